//! `[render]`: how charts and kustomizations are rendered.

use super::super::{Located, Render, RenderChart};
use super::{Reader, Section};

/// Seconds that one rendering may take at most: whoever changes the code must not hold a gate up for hours.
const LONGEST: u64 = 600;

impl Reader {
    pub(super) fn render(&mut self, top: &Section<'_>) -> Render {
        let Some(section) = self.section(top, "render", "[render]") else {
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
        self.count(of, key, "seconds", LONGEST)
    }
}
