//! A policy document in the provider's terms: what it reads of a text, and how two documents are merged.

use std::collections::BTreeMap;

use crate::text::{Text, text};
use serde_json::Value as Json;

/// A document. An empty field is left out when it is written.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) version: String,
    pub(super) id: String,
    pub(super) statements: Vec<Statement>,
}

/// One statement.
#[derive(Debug, Default)]
pub(super) struct Statement {
    pub(super) sid: String,
    pub(super) effect: String,
    pub(super) actions: Option<Json>,
    pub(super) not_actions: Option<Json>,
    pub(super) resources: Option<Json>,
    pub(super) not_resources: Option<Json>,
    /// Type and identifiers.
    pub(super) principals: Vec<(String, Texts)>,
    pub(super) not_principals: Vec<(String, Texts)>,
    /// Test, variable and values.
    pub(super) conditions: Vec<(String, String, Vec<String>)>,
}

/// One text, or a list: the two are not the same in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Texts {
    One(String),
    List(Vec<String>),
}

impl Texts {
    /// None when there are none.
    pub(super) fn of(mut all: Vec<String>) -> Option<Self> {
        match all.len() {
            0 => None,
            1 => all.pop().map(Self::One),
            _ => Some(Self::List(all)),
        }
    }

    pub(super) fn into_json(self) -> Json {
        match self {
            Self::One(text) => Json::String(text),
            Self::List(all) => Json::Array(all.into_iter().map(Json::String).collect()),
        }
    }
}

impl Document {
    pub(super) fn sids(&self) -> impl Iterator<Item = &str> {
        let all = self.statements.iter().map(|statement| &*statement.sid);
        all.filter(|sid| !sid.is_empty())
    }

    /// Takes the other over this: its id, the later version, its statements in the place of those with the same sid.
    pub(super) fn merge(&mut self, newer: Self) {
        if !newer.id.is_empty() {
            self.id = newer.id;
        }
        if newer.version > self.version {
            self.version = newer.version;
        }
        let mut by_sid: BTreeMap<String, usize> = BTreeMap::new();
        for (at, statement) in self.statements.iter().enumerate() {
            // Of several with one sid, the first is replaced.
            if !statement.sid.is_empty() {
                by_sid.entry(statement.sid.clone()).or_insert(at);
            }
        }
        for statement in newer.statements {
            let known = by_sid.get(&statement.sid).copied();
            match known.and_then(|at| self.statements.get_mut(at)) {
                Some(slot) => *slot = statement,
                None => {
                    if !statement.sid.is_empty() {
                        by_sid.insert(statement.sid.clone(), self.statements.len());
                    }
                    self.statements.push(statement);
                }
            }
        }
    }
}

/// Reads a document as the provider does.
pub(super) fn parse(text: &str) -> Result<Document, Text> {
    let json: Json = serde_json::from_str(text).map_err(|error| {
        text!(
            "line {}, column {}: no JSON",
            "ligne {}, colonne {} : pas du JSON",
            error.line(),
            error.column()
        )
    })?;
    let Json::Object(_) = &json else {
        return Err(Text::new("it is no object", "ce n’est pas un objet"));
    };
    let statements = match field(&json, "Statement") {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::Array(all)) => all.iter().map(statement).collect::<Result<_, _>>()?,
        Some(_) => {
            return Err(Text::new(
                "`Statement` is no list",
                "`Statement` n’est pas une liste",
            ));
        }
    };
    Ok(Document {
        version: text_field(&json, "Version")?,
        id: text_field(&json, "Id")?,
        statements,
    })
}

/// Names count whatever their case, the exact one first.
fn field<'j>(json: &'j Json, name: &str) -> Option<&'j Json> {
    let fields = json.as_object()?;
    fields.get(name).or_else(|| {
        let mut all = fields.iter();
        all.find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

fn text_field(json: &Json, name: &str) -> Result<String, Text> {
    match field(json, name) {
        None | Some(Json::Null) => Ok(String::new()),
        Some(Json::String(text)) => Ok(text.clone()),
        Some(_) => Err(text!("`{name}` is no text", "`{name}` n’est pas un texte")),
    }
}

fn statement(json: &Json) -> Result<Statement, Text> {
    if !json.is_object() {
        return Err(Text::new(
            "a statement is no object",
            "un énoncé n’est pas un objet",
        ));
    }
    let any = |name: &str| field(json, name).filter(|value| !value.is_null()).cloned();
    Ok(Statement {
        sid: text_field(json, "Sid")?,
        effect: text_field(json, "Effect")?,
        actions: any("Action"),
        not_actions: any("NotAction"),
        resources: any("Resource"),
        not_resources: any("NotResource"),
        principals: principals(field(json, "Principal"))?,
        not_principals: principals(field(json, "NotPrincipal"))?,
        conditions: conditions(field(json, "Condition"))?,
    })
}

fn principals(json: Option<&Json>) -> Result<Vec<(String, Texts)>, Text> {
    let wrong = || {
        Text::new(
            "`Principal` is neither a text nor texts by type",
            "`Principal` n’est ni un texte ni des textes par type",
        )
    };
    match json {
        None | Some(Json::Null) => Ok(Vec::new()),
        // Whatever the text says.
        Some(Json::String(_)) => Ok(vec![("*".to_owned(), Texts::List(vec!["*".to_owned()]))]),
        Some(Json::Object(all)) => all
            .iter()
            .map(|(kind, value)| match value {
                Json::String(text) => Ok((kind.clone(), Texts::One(text.clone()))),
                Json::Array(all) => {
                    Ok((kind.clone(), Texts::List(strings(all).ok_or_else(wrong)?)))
                }
                _ => Err(wrong()),
            })
            .collect(),
        Some(_) => Err(wrong()),
    }
}

fn strings(all: &[Json]) -> Option<Vec<String>> {
    all.iter()
        .map(|value| value.as_str().map(str::to_owned))
        .collect()
}

fn conditions(json: Option<&Json>) -> Result<Vec<(String, String, Vec<String>)>, Text> {
    let wrong = || {
        Text::new(
            "`Condition` is no object of objects of texts",
            "`Condition` n’est pas un objet d’objets de textes",
        )
    };
    let Some(json) = json.filter(|value| !value.is_null()) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for (test, variables) in json.as_object().ok_or_else(wrong)? {
        for (variable, values) in variables.as_object().ok_or_else(wrong)? {
            let values = match values {
                Json::String(text) => vec![text.clone()],
                Json::Bool(value) => vec![value.to_string()],
                Json::Array(all) => strings(all).ok_or_else(wrong)?,
                // The provider reads past anything else.
                _ => continue,
            };
            found.push((test.clone(), variable.clone(), values));
        }
    }
    Ok(found)
}
