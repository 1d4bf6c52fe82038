//! From TOML to [`Config`]: every fault is said, each at its place, and what is right is kept.

mod attestations;
mod limits;
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
use crate::text::{Text, did_you_mean, text};

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
                text!(
                    "the configuration is no TOML: {}",
                    "la configuration n’est pas du TOML : {}",
                    error.message().trim()
                ),
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
#[derive(Clone)]
pub(super) struct Section<'a> {
    pub(super) table: &'a DeTable<'a>,
    pub(super) name: Text,
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
            name: Text::new("the configuration", "la configuration"),
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
            limits: self.limits(&top),
            base: None,
        }
    }

    fn organisation(&mut self, top: &Section<'_>) -> Organisation {
        let Some(section) = self.section(top, "organisation", Text::same("[organisation]")) else {
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
        let Some(section) = self.section(top, "classification", Text::same("[classification]"))
        else {
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
        let Some(section) = self.section(top, "tenancy", Text::same("[tenancy]")) else {
            return Tenancy::default();
        };
        self.known(&section, &keys::TENANCY);
        Tenancy {
            multi_tenant: self.boolean(&section, "multi-tenant"),
            keys: self.texts(&section, "keys"),
        }
    }

    fn ignores(&mut self, top: &Section<'_>) -> Ignores {
        let Some(section) = self.section(top, "ignores", Text::same("[ignores]")) else {
            return Ignores::default();
        };
        self.known(&section, &keys::IGNORES);
        Ignores {
            inline: self.boolean(&section, "inline"),
            max_days: self.count(
                &section,
                "max-days",
                &Text::new("days", "jours"),
                keys::LONGEST_IGNORE,
            ),
            never: self.texts(&section, "never"),
            foreign: self.boolean(&section, "foreign"),
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
        let section = self.section(top, "baseline", Text::same("[baseline]"))?;
        self.known(&section, &keys::BASELINE);
        self.required(&section, &keys::BASELINE);
        self.text(&section, "file")
    }

    fn catalog(&mut self, top: &Section<'_>) -> Vec<Located<String>> {
        let Some(section) = self.section(top, "catalog", Text::same("[catalog]")) else {
            return Vec::new();
        };
        self.known(&section, &keys::CATALOG);
        self.texts(&section, "paths")
    }

    fn policies(&mut self, top: &Section<'_>) -> Vec<Located<String>> {
        let Some(section) = self.section(top, "policies", Text::same("[policies]")) else {
            return Vec::new();
        };
        self.known(&section, &keys::POLICIES);
        self.texts(&section, "paths")
    }

    fn fail(&mut self, top: &Section<'_>) -> Fail {
        let Some(section) = self.section(top, "fail", Text::same("[fail]")) else {
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
            gaps: self.boolean(&section, "gaps"),
            min_resources: self.count(
                &section,
                "min-resources",
                &Text::new("resources", "ressources"),
                keys::MOST_RESOURCES,
            ),
        }
    }

    // Shapes.

    pub(super) fn section<'a>(
        &mut self,
        of: &Section<'a>,
        key: &str,
        name: Text,
    ) -> Option<Section<'a>> {
        let (at, value) = of.get(self, key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(Section {
                table,
                name,
                place: at,
            }),
            other => {
                self.wrong_type(at, Text::new("a table", "une table"), other, value);
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
                text!("entries written `{name}`", "des entrées écrites `{name}`"),
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
                    let name = Text::same(name);
                    out.extend(read(self, &Section { table, name, place }));
                }
                other => self.wrong_type(
                    at,
                    text!("entries written `{name}`", "des entrées écrites `{name}`"),
                    other,
                    entry,
                ),
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
                self.wrong(error.text(), text.place, near);
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
                self.wrong_type(at, Text::new("true or false", "vrai ou faux"), other, value);
                None
            }
        }
    }

    /// So many of a thing, from 1 to `most`.
    fn count(
        &mut self,
        of: &Section<'_>,
        key: &str,
        what: &Text,
        most: u64,
    ) -> Option<Located<u64>> {
        let (at, value) = of.get(self, key)?;
        let DeValue::Integer(number) = value.get_ref() else {
            let expected = text!("a number of {what}", "un nombre de {what}"; what);
            self.wrong_type(at, expected, value.get_ref(), value);
            return None;
        };
        let place = self.place(value.span());
        let digits = number.as_str().replace('_', "");
        let count = u64::from_str_radix(&digits, number.radix()).ok();
        match count.filter(|count| (1..=most).contains(count)) {
            Some(value) => Some(Located {
                value,
                place,
                key: at,
            }),
            None => {
                let message = text!(
                    "`{key}` is a number of {what} from 1 to {most}",
                    "`{key}` est un nombre de {what} de 1 à {most}"; what
                );
                self.wrong(message, place, None);
                None
            }
        }
    }

    fn text(&mut self, of: &Section<'_>, key: &str) -> Option<Located<String>> {
        let (at, value) = of.get(self, key)?;
        let text = self.str_of(at, value)?;
        if text.trim().is_empty() {
            self.wrong(
                text!("`{key}` is empty", "`{key}` est vide"),
                self.place(value.span()),
                None,
            );
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
            self.wrong_type(
                at,
                Text::new("a list of texts", "une liste de textes"),
                value.get_ref(),
                value,
            );
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
                Err(error) => self.wrong(error.text(), text.place, None),
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
                self.wrong_type(
                    at,
                    Text::new("a day such as 2026-11-30", "un jour tel que 2026-11-30"),
                    other,
                    value,
                );
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
                let message = text!(
                    "`{text}` is no day: {error}",
                    "`{text}` n’est pas un jour : écrivez-le comme 2026-11-30"
                );
                self.wrong(message, place, None);
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
                self.wrong_type(key, Text::new("a text", "un texte"), other, value);
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
                let of = &section.name;
                let message = text!(
                    "`{name}` is no key of {of}; it has {}",
                    "`{name}` n’est pas une clé de {of} ; les clés sont {}",
                    allowed.join(", ");
                    of
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
            let (name, missing) = (&section.name, missing.join(", "));
            let message = text!("{name} needs {missing}", "{name} : il manque {missing}"; name);
            self.wrong(message, section.place, None);
        }
    }

    pub(super) fn wrong_type(
        &mut self,
        key: Place,
        expected: Text,
        found: &DeValue<'_>,
        value: &Spanned<DeValue<'_>>,
    ) {
        let found = match found {
            DeValue::String(_) => Text::new("a text", "un texte"),
            DeValue::Integer(_) | DeValue::Float(_) => Text::new("a number", "un nombre"),
            DeValue::Boolean(_) => Text::new("true or false", "vrai ou faux"),
            DeValue::Datetime(_) => Text::new("a date", "une date"),
            DeValue::Array(_) => Text::new("a list", "une liste"),
            DeValue::Table(_) => Text::new("a table", "une table"),
        };
        let problem = Problem::error(
            ProblemCode::Config,
            text!(
                "{expected} is needed here, not {found}",
                "il faut ici {expected}, et non {found}";
                expected, found
            ),
        );
        let place = self.place(value.span());
        self.problems.push(
            problem
                .at(place)
                .related(key, Text::new("for this key", "pour cette clé")),
        );
    }

    pub(super) fn wrong(&mut self, message: Text, place: Place, near: Option<&str>) {
        let problem = Problem::error(ProblemCode::Config, message).at(place);
        self.problems.push(match near {
            Some(near) => problem.help(did_you_mean(near)),
            None => problem,
        });
    }

    pub(super) fn place(&self, range: std::ops::Range<usize>) -> Place {
        Place::new(self.source, Span::new(range.start as u32, range.end as u32))
    }
}
