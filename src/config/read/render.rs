//! `[render]`: how charts and kustomizations are rendered.

use toml::de::DeValue;

use super::super::{Located, Render, RenderChart, keys};
use super::{Reader, Section};

impl Reader {
    pub(super) fn render(&mut self, top: &Section<'_>) -> Render {
        let Some(section) = self.section(top, "render", "[render]") else {
            return Render::default();
        };
        self.known(&section, &keys::RENDER);
        Render {
            enabled: self.boolean(&section, "enabled"),
            timeout: self.seconds(&section, "timeout"),
            charts: self.entries(&section, "chart", "[[render.chart]]", Self::rendered_chart),
        }
    }

    fn rendered_chart(&mut self, entry: &Section<'_>) -> Option<RenderChart> {
        self.known(entry, &keys::RENDERED_CHART);
        self.required(entry, &keys::RENDERED_CHART);
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
            self.wrong_type(at, "a number of seconds", value.get_ref(), value);
            return None;
        };
        let place = self.place(value.span());
        let digits = number.as_str().replace('_', "");
        let seconds = u64::from_str_radix(&digits, number.radix()).ok();
        match seconds.filter(|seconds| (1..=keys::LONGEST_RENDERING).contains(seconds)) {
            Some(value) => Some(Located {
                value,
                place,
                key: at,
            }),
            None => {
                let message = format!(
                    "`{key}` is a number of seconds from 1 to {}",
                    keys::LONGEST_RENDERING
                );
                self.wrong(message, place, None);
                None
            }
        }
    }
}
