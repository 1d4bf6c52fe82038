//! Patterns, compiled when a text may match them: to compile one takes longer than to read a hundred lines of code, and
//! most are about hosts that a scan never meets.

use std::sync::OnceLock;

use regex::{Captures, Regex};

use super::model::PatternText;

/// A pattern of the catalogue.
pub(super) struct Pattern {
    of: PatternText,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(super) fn new(of: PatternText) -> Self {
        Self {
            of,
            compiled: OnceLock::new(),
        }
    }

    /// None: it is none.
    pub(super) fn compiled(&self) -> Option<&Regex> {
        let compiled = self.compiled.get_or_init(|| Regex::new(&self.of.text).ok());
        compiled.as_ref()
    }

    /// The groups of the first match in a text.
    pub(super) fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        let needs = &self.of.needs;
        let may_match = needs.is_empty() || needs.iter().any(|one| text.contains(one));
        may_match.then(|| self.compiled())??.captures(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_compiled_does_not_match() {
        let hosts = [
            "ghcr.io",
            "123456789012.dkr.ecr.eu-west-3.amazonaws.com",
            "s3.eu-west-3.amazonaws.com",
            "rg.fr-par.scw.cloud",
            "oos.eu-west-2.outscale.com",
            "europe-west9-docker.pkg.dev",
            "eu.gcr.io",
            "team.azurecr.io",
            "login.microsoftonline.com",
            "sts.windows.net",
            "registry.example.org",
            "index.docker.io",
        ];
        let catalog = crate::catalog::Catalog::get();
        let facts = catalog.kubernetes().expect("facts");
        let families = facts.registries.iter().chain(&facts.endpoints);
        let (mut matched, mut spared) = (0, 0);
        for family in families {
            let kept = catalog.patterns.get(&family.host_regex).expect("a pattern");
            let pattern = Pattern::new(kept.of.clone());
            for host in hosts {
                let found = pattern.captures(host).is_some();
                let regex = Regex::new(&family.host_regex).expect("a pattern");
                assert_eq!(found, regex.is_match(host), "{} {host}", family.host_regex);
                matched += usize::from(found);
            }
            spared += usize::from(pattern.compiled.get().is_none());
        }
        assert!(matched >= hosts.len() - 1, "{matched}");
        assert!(spared > 0);
    }
}
