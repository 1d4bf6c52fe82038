//! Asks a component for its rules, and writes them as the Rust expression that the binary is compiled with.
//!
//! The generated bindings belong to the crate that is being built, so this reads the answer field by field. The tests of
//! `src/policy` compare the result with what the component says when it is loaded.

use wasmtime::component::{Component, Linker, Val};
use wasmtime::{Error, Result, Store};

/// `describe` is constant: this is plenty for it.
const FUEL: u64 = 1_000_000_000;

/// `&[Described { .. }, ..]`
pub(super) fn rules(component: &Component) -> Result<String> {
    let mut linker: Linker<()> = Linker::new(component.engine());
    // It calls nothing.
    linker.define_unknown_imports_as_traps(component)?;
    let mut store = Store::new(component.engine(), ());
    store.set_fuel(FUEL)?;
    store.set_epoch_deadline(1);
    let instance = linker.instantiate(&mut store, component)?;
    let describe = instance
        .get_func(&mut store, "describe")
        .ok_or_else(|| Error::msg("no export `describe`"))?;
    let mut answer = [Val::Bool(false)];
    describe.call(&mut store, &[], &mut answer)?;
    let [answer] = &answer;
    list(answer, rule)
}

fn rule(rule: &Val) -> Result<String> {
    Ok(format!(
        "Described {{ id: {}, title: {}, help: {}, doc: {}, severity: {}, requirements: {}, classes: {}, kinds: {}, \
         min_level: {}, options: {}, since: {} }}",
        string(field(rule, "id")?)?,
        text(field(rule, "title")?)?,
        text(field(rule, "help")?)?,
        text(field(rule, "doc")?)?,
        variant("Severity", field(rule, "severity")?)?,
        list(field(rule, "requirements")?, string)?,
        classes(field(rule, "classes")?)?,
        list(field(rule, "kinds")?, string)?,
        level(field(rule, "min-level")?)?,
        list(field(rule, "options")?, option)?,
        string(field(rule, "since")?)?,
    ))
}

fn option(option: &Val) -> Result<String> {
    Ok(format!(
        "DescribedOption {{ name: {}, kind: {}, default: {}, about: {} }}",
        string(field(option, "name")?)?,
        variant("OptionKind", field(option, "kind")?)?,
        list(field(option, "default")?, string)?,
        text(field(option, "about")?)?,
    ))
}

fn field<'a>(record: &'a Val, name: &str) -> Result<&'a Val> {
    let Val::Record(fields) = record else {
        return Err(Error::msg(format!("no record: {record:?}")));
    };
    let found = fields.iter().find(|(known, _)| known == name);
    found
        .map(|(_, value)| value)
        .ok_or_else(|| Error::msg(format!("no field `{name}`")))
}

fn string(value: &Val) -> Result<String> {
    match value {
        Val::String(text) => Ok(format!("{text:?}")),
        other => Err(Error::msg(format!("no text: {other:?}"))),
    }
}

/// English and French.
fn text(value: &Val) -> Result<String> {
    let (en, fr) = (field(value, "en")?, field(value, "fr")?);
    Ok(format!("[{}, {}]", string(en)?, string(fr)?))
}

fn list(value: &Val, each: impl Fn(&Val) -> Result<String>) -> Result<String> {
    let Val::List(all) = value else {
        return Err(Error::msg(format!("no list: {value:?}")));
    };
    let all = all.iter().map(each).collect::<Result<Vec<_>>>()?;
    Ok(format!("&[{}]", all.join(", ")))
}

fn variant(of: &str, value: &Val) -> Result<String> {
    match value {
        Val::Enum(word) => Ok(format!("{of}::{}", camel(word))),
        other => Err(Error::msg(format!("no {of}: {other:?}"))),
    }
}

fn level(value: &Val) -> Result<String> {
    match value {
        Val::Option(None) => Ok("None".to_owned()),
        Val::Option(Some(level)) => Ok(format!("Some({})", variant("Level", level)?)),
        other => Err(Error::msg(format!("no option: {other:?}"))),
    }
}

fn classes(value: &Val) -> Result<String> {
    let Val::Flags(words) = value else {
        return Err(Error::msg(format!("no flags: {value:?}")));
    };
    let words: Vec<String> = words
        .iter()
        .map(|word| format!("Class::{}", camel(word)))
        .collect();
    Ok(format!("&[{}]", words.join(", ")))
}

/// `holds-data`: `HoldsData`
fn camel(word: &str) -> String {
    let mut camel = String::new();
    for part in word.split('-') {
        let mut letters = part.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}
