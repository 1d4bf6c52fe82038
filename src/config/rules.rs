//! `[rules]`: a word, or a table with a severity and options.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::read::{Reader, Section};
use super::words::Severity;
use super::{Located, OptionSetting, OptionValue, RuleSetting, keys, suggest};
use crate::source::Place;
use crate::text::{Text, text};

impl Reader {
    pub(super) fn rules(&mut self, top: &Section<'_>) -> Vec<RuleSetting> {
        let Some(section) = self.section(top, "rules", Text::same("[rules]")) else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for (name, value) in section.table {
            let key = self.place(name.span());
            let (severity, options) = match value.get_ref() {
                DeValue::String(_) => match self.severity(key, value) {
                    Some(severity) => (Some(severity), Vec::new()),
                    None => continue,
                },
                DeValue::Table(table) => self.rule(key, table),
                other => {
                    let expected = Text::new(
                        "a severity, \"off\", or a table with severity and options",
                        "une gravité, \"off\", ou une table avec severity et options",
                    );
                    self.wrong_type(key, expected, other, value);
                    continue;
                }
            };
            out.push(RuleSetting {
                rule: Located {
                    value: name.get_ref().to_string(),
                    place: key,
                    key,
                },
                severity,
                options,
            });
        }
        out
    }

    fn rule(
        &mut self,
        key: Place,
        table: &DeTable<'_>,
    ) -> (Option<Located<Option<Severity>>>, Vec<OptionSetting>) {
        let section = Section {
            table,
            name: Text::new("a rule", "une règle"),
            place: key,
        };
        self.known(&section, &keys::RULE);
        let severity = section
            .get(self, "severity")
            .and_then(|(at, value)| self.severity(at, value));
        let options = self.section(
            &section,
            "options",
            Text::new("the options of a rule", "les options d’une règle"),
        );
        let options = options.map_or_else(Vec::new, |options| self.options(&options));
        (severity, options)
    }

    /// `off`, or a severity.
    fn severity(
        &mut self,
        key: Place,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<Located<Option<Severity>>> {
        let word = self.str_of(key, value)?;
        let place = self.place(value.span());
        let severity = match word {
            "off" => None,
            word => match word.parse::<Severity>() {
                Ok(severity) => Some(severity),
                Err(error) => {
                    let message = text!(
                        "`{word}` is no setting of a rule; use off or one of {}",
                        "`{word}` n’est pas un réglage de règle ; employez off ou l’un de {}",
                        error.allowed.join(", ")
                    );
                    let near = suggest::closest(word, error.allowed.iter().copied());
                    self.wrong(message, place, near);
                    return None;
                }
            },
        };
        Some(Located {
            value: severity,
            place,
            key,
        })
    }

    fn options(&mut self, section: &Section<'_>) -> Vec<OptionSetting> {
        let mut out = Vec::new();
        for (name, value) in section.table {
            let key = self.place(name.span());
            if let Some(read) = self.option(key, value) {
                out.push(OptionSetting {
                    name: Located {
                        value: name.get_ref().to_string(),
                        place: key,
                        key,
                    },
                    value: Located {
                        value: read,
                        place: self.place(value.span()),
                        key,
                    },
                });
            }
        }
        out
    }

    fn option(&mut self, key: Place, value: &Spanned<DeValue<'_>>) -> Option<OptionValue> {
        match value.get_ref() {
            DeValue::String(text) => Some(OptionValue::Text(text.to_string())),
            DeValue::Boolean(flag) => Some(OptionValue::Boolean(*flag)),
            DeValue::Integer(number) => {
                let parsed = i64::from_str_radix(number.as_str(), number.radix());
                if parsed.is_err() {
                    let message = text!(
                        "`{}` is too large a number",
                        "`{}` est un nombre trop grand",
                        number.as_str()
                    );
                    self.wrong(message, self.place(value.span()), None);
                }
                parsed.ok().map(OptionValue::Integer)
            }
            DeValue::Array(items) => {
                let mut texts = Vec::new();
                for item in items.iter() {
                    texts.push(self.str_of(key, item)?.to_owned());
                }
                Some(OptionValue::Texts(texts))
            }
            other => {
                let expected = Text::new(
                    "a text, a whole number, true or false, or a list of texts",
                    "un texte, un nombre entier, vrai ou faux, ou une liste de textes",
                );
                self.wrong_type(key, expected, other, value);
                None
            }
        }
    }
}
