//! The `policy!` macro.
//!
//! Everything that is prose or data about a rule stands in files beside it; this macro checks them while the policy is
//! compiled, so that a missing translation or a misspelt class is a build error and never a surprise at run time.

use std::path::{Path, PathBuf};

use proc_macro::{TokenStream, TokenTree};
use serde::Deserialize;

/// `rules/<name>/rule.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RuleFile {
    title: Both,
    help: Both,
    severity: String,
    requirements: Vec<String>,
    since: String,
    scope: ScopeTable,
    #[serde(default)]
    option: Vec<OptionTable>,
}

/// What the rule lets its users choose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionTable {
    name: String,
    default: toml::Value,
    about: Both,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Both {
    en: String,
    fr: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ScopeTable {
    #[serde(default)]
    classes: Vec<String>,
    #[serde(default)]
    kinds: Vec<String>,
    min_level: Option<String>,
}

const SEVERITIES: &[&str] = &["info", "low", "medium", "high", "critical"];
const LEVELS: &[&str] = &[
    "public",
    "internal",
    "personal",
    "health",
    "particular",
    "beyond",
];
const CLASSES: &[&str] = &[
    "holds-data",
    "compute",
    "workload",
    "identity",
    "key",
    "key-store",
    "backup",
    "network",
    "edge",
    "registry",
    "secrets",
    "logs",
    "state-backend",
    "third-party",
    "configuration",
];

/// `policy!("family", [first_rule, second_rule])`: the rules are modules with a constant `RULE`; `rules/first-rule/`
/// holds what is said about them. Exports the component when compiled to WebAssembly.
#[proc_macro]
pub fn policy(input: TokenStream) -> TokenStream {
    match expand(input) {
        Ok(code) => code,
        Err(message) => format!("::core::compile_error!({message:?});"),
    }
    .parse()
    .unwrap_or_default()
}

fn expand(input: TokenStream) -> Result<String, String> {
    let usage = "write `policy!(\"family\", [first_rule, second_rule])`";
    let mut tokens = input.into_iter();
    let family = match tokens.next() {
        Some(TokenTree::Literal(literal)) => literal.to_string().trim_matches('"').to_owned(),
        _ => return Err(usage.to_owned()),
    };
    let _comma = tokens.next();
    let Some(TokenTree::Group(list)) = tokens.next() else {
        return Err(usage.to_owned());
    };
    let modules: Vec<String> = list
        .stream()
        .into_iter()
        .filter_map(|token| match token {
            TokenTree::Ident(name) => Some(name.to_string()),
            _ => None,
        })
        .collect();
    if modules.is_empty() {
        return Err("a policy has at least one rule".to_owned());
    }
    let root =
        PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").map_err(|error| error.to_string())?);
    let rules: Vec<String> = modules
        .iter()
        .map(|module| rule(&root, &family, module))
        .collect::<Result<_, _>>()?;
    Ok(format!(
        "/// The rules of this policy, with all that is said about them.
        pub const RULES: &[::gardefou_sdk::About] = &[{}];
        #[cfg(target_family = \"wasm\")]
        mod component {{
            use ::gardefou_sdk::bindings::{{Answer, Guest, ResourceId, Rule}};
            #[global_allocator]
            static MEMORY: ::gardefou_sdk::Memory = ::gardefou_sdk::Memory::new();
            struct Policy;
            impl Guest for Policy {{
                fn describe() -> ::std::vec::Vec<Rule> {{ ::gardefou_sdk::describe(super::RULES) }}
                fn evaluate(scope: ::std::vec::Vec<(u32, ::std::vec::Vec<ResourceId>)>)
                    -> ::core::result::Result<::std::vec::Vec<Answer>, ::std::string::String>
                {{ ::gardefou_sdk::evaluate(super::RULES, scope) }}
            }}
            ::gardefou_sdk::bindings::export!(Policy with_types_in ::gardefou_sdk::bindings);
        }}",
        rules.join(", ")
    ))
}

fn rule(root: &Path, family: &str, module: &str) -> Result<String, String> {
    let name = module.replace('_', "-");
    let folder = root.join("rules").join(&name);
    let file = |file: &str| {
        let path = folder.join(file);
        std::fs::read_to_string(&path).map_err(|error| format!("rules/{name}/{file}: {error}"))
    };
    let about: RuleFile = toml::from_str(&file("rule.toml")?)
        .map_err(|error| format!("rules/{name}/rule.toml: {error}"))?;
    for doc in ["doc.en.md", "doc.fr.md"] {
        if file(doc)?.trim().is_empty() {
            return Err(format!("rules/{name}/{doc} is empty"));
        }
    }
    let word = |what: &str, word: &str, allowed: &[&str]| match allowed.contains(&word) {
        true => Ok(()),
        false => Err(format!(
            "rules/{name}/rule.toml: `{word}` is no {what}; use one of {}",
            allowed.join(", ")
        )),
    };
    word("severity", &about.severity, SEVERITIES)?;
    let mut classes = String::from("::gardefou_sdk::Class::empty()");
    for class in &about.scope.classes {
        word("class", class, CLASSES)?;
        let constant = class.replace('-', "_").to_uppercase();
        classes.push_str(&format!(".union(::gardefou_sdk::Class::{constant})"));
    }
    let min_level = match &about.scope.min_level {
        Some(level) => {
            word("level", level, LEVELS)?;
            format!("Some(::gardefou_sdk::Level::{})", camel(level))
        }
        None => "None".to_owned(),
    };
    let options: Vec<String> = about
        .option
        .iter()
        .map(|option| option_of(&name, option))
        .collect::<Result<_, _>>()?;
    // The files are named through the manifest folder, so that cargo rebuilds when they change; the compiler keeps only
    // their contents.
    let include = |file: &str| {
        format!("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/rules/{name}/{file}\"))")
    };
    let both = |text: &Both| format!("[{:?}, {:?}]", text.en, text.fr);
    Ok(format!(
        "{{ const _: &str = {}; ::gardefou_sdk::About {{
            id: {:?}, title: {}, help: {}, doc: [{}, {}], severity: ::gardefou_sdk::Severity::{},
            requirements: &{:?}, classes: {classes}, kinds: &{:?}, min_level: {min_level}, options: &[{}], since: {:?},
            rule: {module}::RULE }} }}",
        include("rule.toml"),
        format!("{family}/{name}"),
        both(&about.title),
        both(&about.help),
        include("doc.en.md"),
        include("doc.fr.md"),
        camel(&about.severity),
        about.requirements,
        about.scope.kinds,
        options.join(", "),
        about.since,
    ))
}

/// The kind of an option is that of its default.
fn option_of(rule: &str, option: &OptionTable) -> Result<String, String> {
    let wrong = || {
        format!(
            "rules/{rule}/rule.toml: the default of option `{}` is no text, integer, boolean or list of texts",
            option.name
        )
    };
    let (kind, default) = match &option.default {
        toml::Value::String(text) => ("Text", vec![text.clone()]),
        toml::Value::Integer(number) => ("Integer", vec![number.to_string()]),
        toml::Value::Boolean(yes) => ("Boolean", vec![yes.to_string()]),
        toml::Value::Array(all) => {
            let texts = all.iter().map(|one| one.as_str().map(str::to_owned));
            ("TextList", texts.collect::<Option<_>>().ok_or_else(wrong)?)
        }
        _ => return Err(wrong()),
    };
    Ok(format!(
        "::gardefou_sdk::AboutOption {{ name: {:?}, kind: ::gardefou_sdk::OptionKind::{kind}, default: &{default:?},
            about: [{:?}, {:?}] }}",
        option.name, option.about.en, option.about.fr,
    ))
}

fn camel(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
