//! `[limits]`: how much is read and worked out.

use super::{Reader, Section};
use crate::config::keys::{self, Takes};
use crate::config::{Limits, Located};
use crate::text::Text;

impl Reader {
    pub(super) fn limits(&mut self, top: &Section<'_>) -> Limits {
        let Some(section) = self.section(top, "limits", Text::same("[limits]")) else {
            return Limits::default();
        };
        self.known(&section, &keys::LIMITS);
        let same = Text::same;
        let values = Text::new("values", "valeurs");
        let instances = Text::new("instances", "instances");
        Limits {
            file_mib: self.limit(&section, "file-mib", &Text::new("MiB", "Mio")),
            recorded_mib: self.limit(&section, "recorded-mib", &Text::new("MiB", "Mio")),
            instances_per_block: self.limit(&section, "instances-per-block", &instances),
            instances: self.limit(&section, "instances", &instances),
            module_depth: self.limit(&section, "module-depth", &Text::new("levels", "niveaux")),
            string_kib: self.limit(&section, "string-kib", &Text::new("KiB", "Kio")),
            values: self.limit(&section, "values", &values),
            steps: self.limit(&section, "steps", &Text::new("steps", "étapes")),
            policy_seconds: self.limit(
                &section,
                "policy-seconds",
                &Text::new("seconds", "secondes"),
            ),
            policy_memory_mib: self.limit(&section, "policy-memory-mib", &Text::new("MiB", "Mio")),
            policy_instructions: self.limit(&section, "policy-instructions", &same("instructions")),
            policy_verdicts: self.limit(
                &section,
                "policy-verdicts",
                &Text::new("verdicts", "verdicts"),
            ),
        }
    }

    /// A number within what the table of keys says: whoever changes the code must not be able to lift a bound altogether.
    fn limit(&mut self, of: &Section<'_>, key: &str, what: &Text) -> Option<Located<u64>> {
        let takes = keys::LIMITS.keys.iter().find(|known| known.name == key)?;
        let Takes::Number(_, most) = takes.takes else {
            return None;
        };
        self.count(of, key, what, most)
    }
}
