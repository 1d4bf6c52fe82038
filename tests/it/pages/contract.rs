//! The reference of the graph and its facts: `wit/policy.wit`, read by the parser of the component model.

use std::fmt::Write as _;

use wit_parser::{
    Docs, Function, Interface, Resolve, Type, TypeDef, TypeDefKind, TypeId, TypeOwner, WorldItem,
};

use crate::support::{HOW, hold, root};

const HEAD: &str = "\
What a policy sees, and what it answers. This page is made from `wit/policy.wit`, the one source of it: types, facts and calls are as the\n\
host has them in this version. [Policies and the sandbox](policies.md) says what surrounds it.\n\n\
A reader's way through it:\n\n\
1. [`describe`](#fn-describe) returns [rules](#type-rule): what each asks, of which resources.\n\
2. [`evaluate`](#fn-evaluate) is called once for each scan, with the ids of the resources in the scope of each rule.\n\
3. For each resource a rule reads facts ([`location-of`](#fn-location-of), [`hosting-of`](#fn-hosting-of), [`encryption-of`](#fn-encryption-of) ...), attributes\n\
   ([`get`](#fn-get)), relations ([`related`](#fn-related)) and what is asked of it ([`regime-of`](#fn-regime-of)).\n\
4. It answers for every resource of its scope: passed, not applicable, or a [verdict](#type-verdict).\n\n\
A fact has three answers: known, with a [basis](#type-basis); unknown, with a [gap](#type-gap) that says why; absent, when the question\n\
does not arise. [How facts are established](facts.md) says what each rests on. In Rust the SDK (`policies/sdk`) gives them as methods of\n\
`Resource` and `Scan` and fetches each at most once; names are those of this page with underscores.\n";

#[test]
#[ignore = "a page: held by .ci/run"]
fn the_contract_is_what_the_interface_says() {
    let mut resolve = Resolve::default();
    let package = resolve
        .push_file(root().join("wit/policy.wit"))
        .expect("a contract that parses");
    let package = &resolve.packages[package];
    let name = &package.name;
    let mut out = format!(
        "# The graph and its facts\n\n<!-- Made from wit/policy.wit; write it with: {HOW} -->\n\n\
         `{name}`\n\n{HEAD}\n## Contents\n\n"
    );
    let page = Page { resolve: &resolve };
    for id in package.worlds.values() {
        let world = &resolve.worlds[*id];
        writeln!(out, "- [World `{0}`](#world-{0})", world.name).expect("written");
    }
    for (name, id) in &package.interfaces {
        let interface = &resolve.interfaces[*id];
        let functions = interface
            .functions
            .keys()
            .map(|name| format!("[`{name}`](#fn-{name})"));
        let types = page.own_types(interface).into_iter();
        let types = types.map(|(name, _)| format!("[`{name}`](#type-{name})"));
        let all: Vec<String> = functions.chain(types).collect();
        writeln!(
            out,
            "- [Interface `{name}`](#interface-{name}): {}",
            all.join(", ")
        )
        .expect("written");
    }
    for id in package.worlds.values() {
        page.world(&mut out, *id);
    }
    for (name, id) in &package.interfaces {
        page.interface(&mut out, name, &resolve.interfaces[*id]);
    }
    hold("docs/src/policy-reference.md", &out);
}

struct Page<'r> {
    resolve: &'r Resolve,
}

impl<'r> Page<'r> {
    fn world(&self, out: &mut String, id: wit_parser::WorldId) {
        let world = &self.resolve.worlds[id];
        write!(
            out,
            "\n<a id=\"world-{0}\"></a>\n\n## World `{0}`\n",
            world.name
        )
        .expect("written");
        said(out, &world.docs);
        let imports = world.imports.values().filter_map(|item| match item {
            WorldItem::Interface { id, .. } => self.resolve.interfaces[*id].name.as_deref(),
            _ => None,
        });
        let imports: Vec<String> = imports
            .map(|name| format!("[`{name}`](#interface-{name})"))
            .collect();
        write!(out, "\nImports: {}.\n", imports.join(", ")).expect("written");
        for item in world.exports.values() {
            if let WorldItem::Function(function) = item {
                self.function(out, function);
            }
        }
    }

    fn interface(&self, out: &mut String, name: &str, interface: &Interface) {
        write!(
            out,
            "\n<a id=\"interface-{name}\"></a>\n\n## Interface `{name}`\n"
        )
        .expect("written");
        said(out, &interface.docs);
        for function in interface.functions.values() {
            self.function(out, function);
        }
        for (name, of) in self.own_types(interface) {
            self.defined(out, name, of);
        }
    }

    /// Those that are not taken from another interface.
    fn own_types<'i>(&self, interface: &'i Interface) -> Vec<(&'i String, &'r TypeDef)> {
        let all = interface.types.iter();
        all.map(|(name, id)| (name, &self.resolve.types[*id]))
            .filter(|(_, of)| !self.is_used(of))
            .collect()
    }

    /// `use types.{..}` makes an alias of the same name.
    fn is_used(&self, of: &TypeDef) -> bool {
        let TypeDefKind::Type(Type::Id(id)) = of.kind else {
            return false;
        };
        let aliased = &self.resolve.types[id];
        aliased.name == of.name && matches!(aliased.owner, TypeOwner::Interface(_))
    }

    fn function(&self, out: &mut String, function: &Function) {
        let parameters: Vec<String> = function
            .params
            .iter()
            .map(|one| format!("`{}`: {}", one.name, self.shown(&one.ty)))
            .collect();
        let result = function
            .result
            .as_ref()
            .map(|of| format!(" → {}", self.shown(of)));
        let name = &function.name;
        write!(
            out,
            "\n<a id=\"fn-{name}\"></a>\n\n### `{name}`\n\n({}){}\n",
            parameters.join(", "),
            result.unwrap_or_default()
        )
        .expect("written");
        said(out, &function.docs);
    }

    fn defined(&self, out: &mut String, name: &str, of: &TypeDef) {
        write!(out, "\n<a id=\"type-{name}\"></a>\n\n### `{name}`\n\n").expect("written");
        match &of.kind {
            TypeDefKind::Record(_) => out.push_str("A record.\n"),
            TypeDefKind::Variant(_) => out.push_str("One of these, with what belongs to it.\n"),
            TypeDefKind::Enum(_) => out.push_str("One of these words.\n"),
            TypeDefKind::Flags(_) => out.push_str("Any of these at once.\n"),
            TypeDefKind::Type(of) => {
                writeln!(out, "Another name of {}.", self.shown(of)).expect("written")
            }
            _ => {}
        }
        said(out, &of.docs);
        match &of.kind {
            TypeDefKind::Record(record) => {
                out.push_str("\n| field | type | |\n|---|---|---|\n");
                for field in &record.fields {
                    let (ty, docs) = (self.shown(&field.ty), line(&field.docs));
                    writeln!(out, "| `{}` | {ty} | {docs} |", field.name).expect("written");
                }
            }
            TypeDefKind::Variant(variant) => {
                out.push_str("\n| case | holds | |\n|---|---|---|\n");
                for case in &variant.cases {
                    let ty = case.ty.as_ref().map(|of| self.shown(of));
                    writeln!(
                        out,
                        "| `{}` | {} | {} |",
                        case.name,
                        ty.unwrap_or_default(),
                        line(&case.docs)
                    )
                    .expect("written");
                }
            }
            TypeDefKind::Enum(words) => {
                words_table(out, words.cases.iter().map(|case| (&case.name, &case.docs)));
            }
            TypeDefKind::Flags(words) => {
                words_table(out, words.flags.iter().map(|flag| (&flag.name, &flag.docs)));
            }
            _ => {}
        }
    }

    /// A type, with links to those that are described here.
    fn shown(&self, of: &Type) -> String {
        let Type::Id(id) = of else {
            return format!("`{}`", primitive(of));
        };
        let of = &self.resolve.types[*id];
        if let Some(name) = &of.name {
            return format!("[`{name}`](#type-{name})");
        }
        match &of.kind {
            TypeDefKind::Option(inner) => format!("option of {}", self.shown(inner)),
            TypeDefKind::List(inner) => format!("list of {}", self.shown(inner)),
            TypeDefKind::Tuple(tuple) => {
                let all: Vec<String> = tuple.types.iter().map(|one| self.shown(one)).collect();
                format!("({})", all.join(", "))
            }
            TypeDefKind::Result(result) => {
                let side = |of: &Option<Type>| {
                    of.as_ref()
                        .map_or("nothing".to_owned(), |of| self.shown(of))
                };
                format!("{}, or an error: {}", side(&result.ok), side(&result.err))
            }
            other => other.as_str().to_owned(),
        }
    }
}

/// A table, or a line where no word needs a word more.
fn words_table<'w>(out: &mut String, words: impl Iterator<Item = (&'w String, &'w Docs)> + Clone) {
    if words.clone().all(|(_, docs)| docs.contents.is_none()) {
        let all: Vec<String> = words.map(|(name, _)| format!("`{name}`")).collect();
        write!(out, "\n{}\n", all.join(", ")).expect("written");
        return;
    }
    out.push_str("\n| word | |\n|---|---|\n");
    for (name, docs) in words {
        writeln!(out, "| `{name}` | {} |", line(docs)).expect("written");
    }
}

fn said(out: &mut String, docs: &Docs) {
    if let Some(text) = &docs.contents {
        write!(out, "\n{}\n", text.trim()).expect("written");
    }
}

/// As one line of a table.
fn line(docs: &Docs) -> String {
    let text = docs.contents.as_deref().unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}

fn primitive(of: &Type) -> &'static str {
    match of {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::ErrorContext => "error-context",
        Type::Id(_) => "",
    }
}

/// Every type and call has a word of explanation: this page is all that authors have.
#[test]
fn everything_in_the_contract_is_explained() {
    let mut resolve = Resolve::default();
    let package = resolve
        .push_file(root().join("wit/policy.wit"))
        .expect("a contract");
    let mut silent = Vec::new();
    let page = Page { resolve: &resolve };
    for id in resolve.packages[package].interfaces.values() {
        let interface = &resolve.interfaces[*id];
        for (name, of) in page.own_types(interface) {
            if of.docs.contents.is_none() && takes_words(&resolve, of) {
                silent.push(name.clone());
            }
        }
        for (name, function) in &interface.functions {
            if function.docs.contents.is_none() {
                silent.push(name.clone());
            }
        }
    }
    assert!(
        silent.is_empty(),
        "no comment in wit/policy.wit: {silent:?}"
    );
}

/// The three answers of a fact are explained once for all.
fn takes_words(resolve: &Resolve, of: &TypeDef) -> bool {
    let is_gap = |id: &TypeId| resolve.types[*id].name.as_deref() == Some("gap");
    let TypeDefKind::Variant(variant) = &of.kind else {
        return true;
    };
    let mut cases = variant.cases.iter();
    !cases.any(|case| matches!(&case.ty, Some(Type::Id(id)) if is_gap(id)))
}
