//! `aws_iam_policy_document`: the JSON that the AWS provider makes of its blocks.
//!
//! Later documents replace statements with the same `sid`; a single action, resource or principal stands without a list;
//! several of them are sorted, last first; conditions keep the order of their values. Known deviation: several
//! `principals` blocks of one type, and several conditions on one key, are joined in the order written, while the
//! provider joins them in the order of its hashes. The meaning is the same.

mod document;
mod json;

use std::sync::Arc;

use document::{Document, Statement, Texts};

use super::Asked;
use crate::terraform::eval::{Fault, Outcome, parts, unknown_from};
use crate::text::{Text, text};
use crate::value::{Data, Origin, Type, Value};

/// The version when none is written.
const VERSION: &str = "2012-10-17";
/// The version that knows no variables.
const OLD_VERSION: &str = "2008-10-17";
/// So many places are kept as evidence of a document.
const MAX_ORIGINS: usize = 48;

/// The document as text.
pub(super) fn answer(asked: &Asked<'_, '_>, indented: bool) -> Outcome {
    let body = asked.body()?;
    if body.first_unknown().is_some() {
        let mut value = unknown_from(&body, Type::String, asked.header());
        value.origin = origin(asked, &body);
        return Ok(value.marked(body.deep_marks()));
    }
    let document = build(asked, &body)?;
    let text = json::write(&document, indented);
    asked.text(text, body.deep_marks(), origin(asked, &body))
}

/// Where the document came from: what it refers to first, then its statements.
fn origin(asked: &Asked<'_, '_>, body: &Value) -> Origin {
    fn references(value: &Value, found: &mut Vec<Origin>) {
        if value.origin.via.is_some() && found.len() < MAX_ORIGINS {
            found.push(value.origin.clone());
            return;
        }
        for inner in value.elements().unwrap_or_default() {
            references(inner, found);
        }
        for (_, inner) in value.entries().unwrap_or_default() {
            references(inner, found);
        }
    }
    let mut found = Vec::new();
    references(body, &mut found);
    let statements = body.entry("statement").and_then(Value::elements);
    let statements = statements.unwrap_or_default().iter();
    found.extend(statements.map(|statement| statement.origin.clone()));
    found.truncate(MAX_ORIGINS);
    parts(asked.header(), found)
}

fn build(asked: &Asked<'_, '_>, body: &Value) -> Result<Document, Fault> {
    let mut merged = Document::default();
    let mut sids: Vec<String> = Vec::new();
    // Before version 4 of the provider, one document of each sort was given by itself.
    for source in documents(body, "source_json", "source_policy_documents") {
        let document = read(asked, source)?;
        for sid in document.sids() {
            if sids.iter().any(|known| known == sid) {
                return Err(twice(asked, source, sid));
            }
            sids.push(sid.to_owned());
        }
        merged.merge(document);
    }
    merged.merge(own(asked, body)?);
    for source in documents(body, "override_policy_documents", "override_json") {
        merged.merge(read(asked, source)?);
    }
    Ok(merged)
}

/// The texts of two arguments, in this order: one of them holds a list.
fn documents<'v>(body: &'v Value, first: &str, second: &str) -> impl Iterator<Item = &'v Value> {
    let all = [first, second].map(|name| body.entry(name));
    all.into_iter().flatten().flat_map(|value| {
        let one = std::slice::from_ref(value);
        let list = value.elements().unwrap_or(one).iter();
        let single = value.elements().is_none();
        // An empty text in an argument of its own is as if it were not there.
        list.filter(move |text| !(text.is_null() || single && text.as_str() == Some("")))
    })
}

fn read(asked: &Asked<'_, '_>, source: &Value) -> Result<Document, Fault> {
    let place = source.origin.place.unwrap_or(asked.header());
    let text = source.as_str().unwrap_or_default();
    let walked = asked.evaluator.budget.step(text.len() as u64 / 16 + 1);
    walked.map_err(|exceeded| Fault::limit(place, exceeded))?;
    document::parse(text).map_err(|why| {
        let message = text!(
            "this is no policy document: {why}",
            "ceci n’est pas un document de politique : {why}";
            why
        );
        Fault::value(place, message)
    })
}

fn twice(asked: &Asked<'_, '_>, at: &Value, sid: &str) -> Fault {
    let place = at.origin.place.unwrap_or(asked.header());
    let fault = Fault::value(
        place,
        text!(
            "two statements have the sid \"{sid}\"",
            "deux énoncés ont le sid « {sid} »"
        ),
    );
    fault.help(Text::new(
        "give each a sid of its own, or none",
        "donnez à chacun son propre sid, ou aucun",
    ))
}

/// What the blocks of the data source say.
fn own(asked: &Asked<'_, '_>, body: &Value) -> Result<Document, Fault> {
    let text = |name: &str| body.entry(name).and_then(Value::as_text);
    let mut document = Document {
        version: text("version").map_or_else(|| VERSION.to_owned(), |text| text.into_owned()),
        id: text("policy_id").map_or_else(String::new, |text| text.into_owned()),
        statements: Vec::new(),
    };
    let variables = Variables {
        asked,
        allowed: document.version != OLD_VERSION,
    };
    let blocks = body.entry("statement").and_then(Value::elements);
    let mut sids: Vec<Arc<str>> = Vec::new();
    for block in blocks.unwrap_or_default() {
        let statement = statement(block, &variables)?;
        if !statement.sid.is_empty() {
            if sids.iter().any(|known| **known == *statement.sid) {
                return Err(twice(asked, block, &statement.sid));
            }
            sids.push(statement.sid.as_str().into());
        }
        document.statements.push(statement);
    }
    Ok(document)
}

fn statement(block: &Value, variables: &Variables<'_, '_, '_>) -> Result<Statement, Fault> {
    let text = |name: &str| {
        let value = block.entry(name).and_then(Value::as_text);
        value.map(|text| text.into_owned())
    };
    let plain = |name: &str| Texts::of(unique(block.entry(name)));
    let expanded = |name: &str| -> Result<Option<Texts>, Fault> {
        let all = variables.expand(unique(block.entry(name)), block)?;
        Ok(Texts::of(all))
    };
    let mut statement = Statement {
        sid: text("sid").unwrap_or_default(),
        effect: text("effect").unwrap_or_else(|| "Allow".to_owned()),
        actions: plain("actions").map(Texts::into_json),
        not_actions: plain("not_actions").map(Texts::into_json),
        resources: expanded("resources")?.map(Texts::into_json),
        not_resources: expanded("not_resources")?.map(Texts::into_json),
        ..Statement::default()
    };
    for (name, into) in [
        ("principals", &mut statement.principals),
        ("not_principals", &mut statement.not_principals),
    ] {
        for block in blocks(block, name) {
            let kind = block.entry("type").and_then(Value::as_text);
            let all = variables.expand(unique(block.entry("identifiers")), block)?;
            let all = Texts::of(all).unwrap_or(Texts::List(Vec::new()));
            into.push((kind.unwrap_or_default().into_owned(), all));
        }
    }
    for block in blocks(block, "condition") {
        let text = |name: &str| {
            let value = block.entry(name).and_then(Value::as_text);
            value.unwrap_or_default().into_owned()
        };
        let values = variables.expand(texts(block.entry("values")), block)?;
        statement
            .conditions
            .push((text("test"), text("variable"), values));
    }
    Ok(statement)
}

fn blocks<'v>(body: &'v Value, name: &str) -> &'v [Value] {
    body.entry(name)
        .and_then(Value::elements)
        .unwrap_or_default()
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let Some(value) = value else {
        return Vec::new();
    };
    let one = match &value.data {
        Data::Null(_) => &[],
        _ => std::slice::from_ref(value),
    };
    let all = value.elements().unwrap_or(one).iter();
    all.filter_map(|text| Some(text.as_text()?.into_owned()))
        .collect()
}

/// The elements of a set, in the order of the document: sorted, last first.
fn unique(value: Option<&Value>) -> Vec<String> {
    let mut all = texts(value);
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.dedup();
    all
}

/// `&{aws:username}` stands for the policy variable, since `${...}` means something to Terraform.
struct Variables<'s, 'e, 'a> {
    asked: &'s Asked<'e, 'a>,
    allowed: bool,
}

impl Variables<'_, '_, '_> {
    fn expand(&self, mut all: Vec<String>, block: &Value) -> Result<Vec<String>, Fault> {
        for text in &mut all {
            if !text.contains("&{") {
                continue;
            }
            if !self.allowed {
                let place = block.origin.place.unwrap_or(self.asked.header());
                return Err(Fault::value(
                    place,
                    text!(
                        "a document of version {OLD_VERSION} knows no variables",
                        "un document de version {OLD_VERSION} ne connaît pas les variables"
                    ),
                )
                .help(text!(
                    "write version {VERSION}",
                    "écrivez la version {VERSION}"
                )));
            }
            *text = text.replace("&{", "${");
        }
        Ok(all)
    }
}
