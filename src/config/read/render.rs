//! `[render]`: how charts and kustomizations are rendered.

use super::super::{Located, Render, RenderChart, keys};
use super::{Reader, Section};
use crate::text::Text;

impl Reader {
    pub(super) fn render(&mut self, top: &Section<'_>) -> Render {
        let Some(section) = self.section(top, "render", Text::same("[render]")) else {
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
        let things = Text::new("seconds", "secondes");
        self.count(of, key, &things, keys::LONGEST_RENDERING)
    }
}
