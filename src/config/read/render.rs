//! `[render]`: how charts and kustomizations are rendered.

use toml::de::DeValue;

use super::super::{Located, Render, RenderChart};
use super::{Reader, Section};
use crate::text::{Text, text};

/// Seconds that one rendering may take at most: whoever changes the code must not hold a gate up for hours.
const LONGEST: u64 = 600;

impl Reader {
    pub(super) fn render(&mut self, top: &Section<'_>) -> Render {
        let Some(section) = self.section(top, "render", Text::same("[render]")) else {
            return Render::default();
        };
        self.known(&section, &["enabled", "timeout", "chart"]);
        Render {
            enabled: self.boolean(&section, "enabled"),
            timeout: self.seconds(&section, "timeout"),
            charts: self.entries(&section, "chart", "[[render.chart]]", Self::rendered_chart),
        }
    }

    fn rendered_chart(&mut self, entry: &Section<'_>) -> Option<RenderChart> {
        const KEYS: &[&str] = &[
            "paths",
            "values",
            "release",
            "namespace",
            "kube-version",
            "api-versions",
        ];
        self.known(entry, KEYS);
        self.required(entry, &["paths"]);
        Some(RenderChart {
            paths: self.patterns(entry, "paths"),
            values: self.texts(entry, "values"),
            release: self.text(entry, "release"),
            namespace: self.text(entry, "namespace"),
            kube_version: self.text(entry, "kube-version"),
            api_versions: self.texts(entry, "api-versions"),
            place: entry.place,
        })
    }

    fn seconds(&mut self, of: &Section<'_>, key: &str) -> Option<Located<u64>> {
        let (at, value) = of.get(self, key)?;
        let DeValue::Integer(number) = value.get_ref() else {
            self.wrong_type(
                at,
                Text::new("a number of seconds", "un nombre de secondes"),
                value.get_ref(),
                value,
            );
            return None;
        };
        let place = self.place(value.span());
        let digits = number.as_str().replace('_', "");
        let seconds = u64::from_str_radix(&digits, number.radix()).ok();
        match seconds.filter(|seconds| (1..=LONGEST).contains(seconds)) {
            Some(value) => Some(Located {
                value,
                place,
                key: at,
            }),
            None => {
                let message = text!(
                    "`{key}` is a number of seconds from 1 to {LONGEST}",
                    "`{key}` est un nombre de secondes de 1 à {LONGEST}"
                );
                self.wrong(message, place, None);
                None
            }
        }
    }
}
