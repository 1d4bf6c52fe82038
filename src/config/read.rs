//! From TOML to [`Config`]: every fault is said, each at its place, and what is right is kept.

mod attestations;
mod render;

use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::words::{Level, UnknownWord};
use super::{
    Assign, Classification, Config, Date, Fail, Ignores, Located, Organisation, Pattern, Target,
    Tenancy, Waiver, keys, suggest,
};
use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, SourceId, Span};

/// Reads a configuration text. What is wrong is left out and said.
pub fn parse(source: SourceId, text: &str) -> (Config, Vec<Problem>) {
    let mut reader = Reader {
        source,
        problems: Vec::new(),
    };
    let config = match DeTable::parse(text) {
        Ok(table) => reader.config(table.get_ref()),
        Err(error) => {
            let problem = Problem::error(
                ProblemCode::Config,
                format!("the configuration is no TOML: {}", error.message().trim()),
            );
            let range = error.span().unwrap_or(0..0);
            reader.problems.push(problem.at(reader.place(range)));
            Config::default()
        }
    };
    (config, reader.problems)
}

pub(super) struct Reader {
    source: SourceId,
    problems: Vec<Problem>,
}

/// One table, with what messages call it and where it is written.
#[derive(Clone, Copy)]
pub(super) struct Section<'a> {
    pub(super) table: &'a DeTable<'a>,
    pub(super) name: &'static str,
    pub(super) place: Place,
}

pub(super) type Entry<'a> = (Place, &'a Spanned<DeValue<'a>>);

impl<'a> Section<'a> {
    pub(super) fn get(&self, reader: &Reader, key: &str) -> Option<Entry<'a>> {
        let (key, value) = self.table.iter().find(|(name, _)| name.get_ref() == key)?;
        Some((reader.place(key.span()), value))
    }
}

impl Reader {
    fn config(&mut self, table: &DeTable<'_>) -> Config {
        let top = Section {
            table,
            name: "the configuration",
            place: self.place(0..0),
        };
        self.known(&top, &keys::CONFIGURATION);
        let (attestations, statements) = self.attestations(&top);
        Config {
            path: None,
            prefix: String::new(),
            organisation: self.organisation(&top),
            classification: self.classification(&top),
            tenancy: self.tenancy(&top),
            targets: self.entries(&top, "target", "[[target]]", Self::target),
            attestations,
            statements,
            waivers: self.entries(&top, "waiver", "[[waiver]]", Self::waiver),
            rules: self.rules(&top),
            policies: self.policies(&top),
            fail: self.fail(&top),
            ignores: self.ignores(&top),
            baseline: self.baseline(&top),
            catalog: self.catalog(&top),
            render: self.render(&top),
            base: None,
        }
    }

    fn organisation(&mut self, top: &Section<'_>) -> Organisation {
        let Some(section) = self.section(top, "organisation", "[organisation]") else {
            return Organisation::default();
        };
        self.known(&section, &keys::ORGANISATION);
        Organisation {
            actor: self.word(&section, "actor"),
            role: self.word(&section, "role"),
            frameworks: self.texts(&section, "frameworks"),
        }
    }

    fn classification(&mut self, top: &Section<'_>) -> Classification {
        let Some(section) = self.section(top, "classification", "[classification]") else {
            return Classification::default();
        };
        self.known(&section, &keys::CLASSIFICATION);
        Classification {
            assume: self.word(&section, "assume"),
            keys: self.texts(&section, "keys"),
            assign: self.entries(
                &section,
                "assign",
                "[[classification.assign]]",
                Self::assign,
            ),
        }
    }

    fn assign(&mut self, entry: &Section<'_>) -> Option<Assign> {
        self.known(entry, &keys::ASSIGN);
        let matches = self.patterns(entry, "match");
        let level = self.word(entry, "level");
        self.required(entry, &keys::ASSIGN);
        Some(Assign {
            matches,
            level: level?,
            place: entry.place,
        })
    }

    fn tenancy(&mut self, top: &Section<'_>) -> Tenancy {
        let Some(section) = self.section(top, "tenancy", "[tenancy]") else {
            return Tenancy::default();
        };
        self.known(&section, &keys::TENANCY);
        Tenancy {
            multi_tenant: self.boolean(&section, "multi-tenant"),
            keys: self.texts(&section, "keys"),
        }
    }

    fn ignores(&mut self, top: &Section<'_>) -> Ignores {
        let Some(section) = self.section(top, "ignores", "[ignores]") else {
            return Ignores::default();
        };
        self.known(&section, &keys::IGNORES);
        Ignores {
            inline: self.boolean(&section, "inline"),
        }
    }

    fn target(&mut self, entry: &Section<'_>) -> Option<Target> {
        self.known(entry, &keys::TARGET);
        let paths = self.patterns(entry, "paths");
        let offering = self.text(entry, "offering");
        let region = self.text(entry, "region");
        self.required(entry, &keys::TARGET);
        Some(Target {
            paths,
            offering: offering?,
            region,
            place: entry.place,
        })
    }

    fn waiver(&mut self, entry: &Section<'_>) -> Option<Waiver> {
        self.known(entry, &keys::WAIVER);
        let rule = self.text(entry, "rule");
        let matches = self.patterns(entry, "match");
        let reason = self.text(entry, "reason");
        let by = self.text(entry, "by");
        let until = self.date(entry, "until");
        self.required(entry, &keys::WAIVER);
        Some(Waiver {
            rule: rule?,
            matches,
            reason: reason?,
            by: by?,
            until: until?,
            place: entry.place,
        })
    }

    fn baseline(&mut self, top: &Section<'_>) -> Option<Located<String>> {
        let section = self.section(top, "baseline", "[baseline]")?;
        self.known(&section, &keys::BASELINE);
        self.required(&section, &keys::BASELINE);
        self.text(&section, "file")
    }

    fn catalog(&mut self, top: &Section<'_>) -> Vec<Located<String>> {
        let Some(section) = self.section(top, "catalog", "[catalog]") else {
            return Vec::new();
        };
        self.known(&section, &keys::CATALOG);
        self.texts(&section, "paths")
    }

    fn policies(&mut self, top: &Section<'_>) -> Vec<Located<String>> {
        let Some(section) = self.section(top, "policies", "[policies]") else {
            return Vec::new();
        };
        self.known(&section, &keys::POLICIES);
        self.texts(&section, "paths")
    }

    fn fail(&mut self, top: &Section<'_>) -> Fail {
        let Some(section) = self.section(top, "fail", "[fail]") else {
            return Fail::default();
        };
        self.known(&section, &keys::FAIL);
        let undetermined = section.get(self, "undetermined").map(|_| {
            let words = self.texts(&section, "undetermined");
            words
                .into_iter()
                .filter_map(|word| self.located_word::<Level>(word))
                .collect()
        });
        Fail {
            on: self.word(&section, "on"),
            undetermined,
        }
    }

    // Shapes.

    pub(super) fn section<'a>(
        &mut self,
        of: &Section<'a>,
        key: &str,
        name: &'static str,
    ) -> Option<Section<'a>> {
        let (at, value) = of.get(self, key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(Section {
                table,
                name,
                place: at,
            }),
            other => {
                self.wrong_type(at, "a table", other, value);
                None
            }
        }
    }

    fn entries<'a, T>(
        &mut self,
        of: &Section<'a>,
        key: &str,
        name: &'static str,
        mut read: impl FnMut(&mut Self, &Section<'a>) -> Option<T>,
    ) -> Vec<T> {
        let Some((at, value)) = of.get(self, key) else {
            return Vec::new();
        };
        let DeValue::Array(entries) = value.get_ref() else {
            self.wrong_type(
                at,
                &format!("entries written `{name}`"),
                value.get_ref(),
                value,
            );
            return Vec::new();
        };
        let mut out = Vec::new();
        for entry in entries.iter() {
            match entry.get_ref() {
                DeValue::Table(table) => {
                    let place = self.place(entry.span());
                    out.extend(read(self, &Section { table, name, place }));
                }
                other => self.wrong_type(at, &format!("entries written `{name}`"), other, entry),
            }
        }
        out
    }

    // Values.

    fn word<T: FromStr<Err = UnknownWord>>(
        &mut self,
        of: &Section<'_>,
        key: &str,
    ) -> Option<Located<T>> {
        let text = self.text(of, key)?;
        self.located_word(text)
    }

    fn located_word<T: FromStr<Err = UnknownWord>>(
        &mut self,
        text: Located<String>,
    ) -> Option<Located<T>> {
        match text.value.parse() {
            Ok(value) => Some(Located {
                value,
                place: text.place,
                key: text.key,
            }),
            Err(error) => {
                let near = suggest::closest(&text.value, error.allowed.iter().copied());
                self.wrong(error.to_string(), text.place, near);
                None
            }
        }
    }

    fn boolean(&mut self, of: &Section<'_>, key: &str) -> Option<Located<bool>> {
        let (at, value) = of.get(self, key)?;
        match value.get_ref() {
            DeValue::Boolean(flag) => Some(Located {
                value: *flag,
                place: self.place(value.span()),
                key: at,
            }),
            other => {
                self.wrong_type(at, "true or false", other, value);
                None
            }
        }
    }

    fn text(&mut self, of: &Section<'_>, key: &str) -> Option<Located<String>> {
        let (at, value) = of.get(self, key)?;
        let text = self.str_of(at, value)?;
        if text.trim().is_empty() {
            self.wrong(format!("`{key}` is empty"), self.place(value.span()), None);
            return None;
        }
        Some(Located {
            value: text.to_owned(),
            place: self.place(value.span()),
            key: at,
        })
    }

    fn texts(&mut self, of: &Section<'_>, key: &str) -> Vec<Located<String>> {
        let Some((at, value)) = of.get(self, key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(at, "a list of texts", value.get_ref(), value);
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items.iter() {
            if let Some(text) = self.str_of(at, item) {
                out.push(Located {
                    value: text.to_owned(),
                    place: self.place(item.span()),
                    key: at,
                });
            }
        }
        out
    }

    fn patterns(&mut self, of: &Section<'_>, key: &str) -> Vec<Located<Pattern>> {
        let texts = self.texts(of, key);
        let mut out = Vec::new();
        for text in texts {
            match Pattern::parse(&text.value) {
                Ok(value) => out.push(Located {
                    value,
                    place: text.place,
                    key: text.key,
                }),
                Err(error) => self.wrong(error.to_string(), text.place, None),
            }
        }
        out
    }

    /// A day, with or without quotes.
    fn date(&mut self, of: &Section<'_>, key: &str) -> Option<Located<Date>> {
        let (at, value) = of.get(self, key)?;
        let place = self.place(value.span());
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(datetime) => datetime.to_string(),
            other => {
                self.wrong_type(at, "a day such as 2026-11-30", other, value);
                return None;
            }
        };
        match text.parse() {
            Ok(value) => Some(Located {
                value,
                place,
                key: at,
            }),
            Err(error) => {
                self.wrong(format!("`{text}` is no day: {error}"), place, None);
                None
            }
        }
    }

    pub(super) fn str_of<'a>(
        &mut self,
        key: Place,
        value: &'a Spanned<DeValue<'_>>,
    ) -> Option<&'a str> {
        match value.get_ref() {
            DeValue::String(text) => Some(text),
            other => {
                self.wrong_type(key, "a text", other, value);
                None
            }
        }
    }

    // Faults.

    pub(super) fn known(&mut self, section: &Section<'_>, table: &keys::Table) {
        let allowed: Vec<&str> = table.names().collect();
        self.known_of(section, &allowed);
    }

    pub(super) fn known_of(&mut self, section: &Section<'_>, allowed: &[&str]) {
        for (key, _) in section.table {
            let name = key.get_ref().as_ref();
            if !allowed.contains(&name) {
                let message = format!(
                    "`{name}` is no key of {}; it has {}",
                    section.name,
                    allowed.join(", ")
                );
                let near = suggest::closest(name, allowed.iter().copied());
                self.wrong(message, self.place(key.span()), near);
            }
        }
    }

    fn required(&mut self, section: &Section<'_>, table: &keys::Table) {
        self.required_of(section, table.required);
    }

    fn required_of(&mut self, section: &Section<'_>, keys: &[&str]) {
        let missing: Vec<_> = keys
            .iter()
            .filter(|key| section.get(self, key).is_none())
            .map(|key| format!("`{key}`"))
            .collect();
        if !missing.is_empty() {
            let message = format!("{} needs {}", section.name, missing.join(", "));
            self.wrong(message, section.place, None);
        }
    }

    pub(super) fn wrong_type(
        &mut self,
        key: Place,
        expected: &str,
        found: &DeValue<'_>,
        value: &Spanned<DeValue<'_>>,
    ) {
        let found = match found {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let problem = Problem::error(
            ProblemCode::Config,
            format!("{expected} is needed here, not {found}"),
        );
        let place = self.place(value.span());
        self.problems
            .push(problem.at(place).related(key, "for this key"));
    }

    pub(super) fn wrong(&mut self, message: String, place: Place, near: Option<&str>) {
        let problem = Problem::error(ProblemCode::Config, message).at(place);
        self.problems.push(match near {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem,
        });
    }

    pub(super) fn place(&self, range: std::ops::Range<usize>) -> Place {
        Place::new(self.source, Span::new(range.start as u32, range.end as u32))
    }
}
