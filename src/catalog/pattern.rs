//! Patterns, compiled when a text may match them: to compile one takes longer than to read a hundred lines of code, and
//! most are about hosts that a scan never meets.

use std::sync::OnceLock;

use regex::{Captures, Regex};

/// A pattern of the catalogue.
pub(super) struct Pattern {
    text: String,
    /// For each of its alternatives what stands in all that it matches, in lower case. Empty: that cannot be told.
    needs: Vec<String>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(super) fn new(text: String) -> Self {
        Self {
            needs: needs(&text).unwrap_or_default(),
            text,
            compiled: OnceLock::new(),
        }
    }

    /// None: it is none.
    pub(super) fn compiled(&self) -> Option<&Regex> {
        let compiled = self.compiled.get_or_init(|| Regex::new(&self.text).ok());
        compiled.as_ref()
    }

    /// The groups of the first match in a text that is written in lower case.
    pub(super) fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        let may_match = self.needs.is_empty() || self.needs.iter().any(|one| text.contains(one));
        may_match.then(|| self.compiled())??.captures(text)
    }
}

/// The longest run of plain characters of each alternative, outside of its groups. None where one has none, and where
/// flags change what characters mean.
fn needs(pattern: &str) -> Option<Vec<String>> {
    let mut all = Vec::new();
    let mut run = Run::default();
    let mut depth = 0_usize;
    let mut rest = pattern.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '(' => {
                run.end();
                depth += 1;
                if rest.next_if_eq(&'?').is_some()
                    && rest
                        .next_if(|next| matches!(next, ':' | 'P' | '<'))
                        .is_none()
                {
                    return None;
                }
            }
            ')' => {
                run.end();
                depth = depth.checked_sub(1)?;
            }
            '[' => {
                run.end();
                rest.next_if_eq(&'^');
                rest.next_if_eq(&']');
                loop {
                    match rest.next()? {
                        '\\' => drop(rest.next()?),
                        // Classes in classes.
                        '[' | '&' | '~' => return None,
                        ']' => break,
                        _ => {}
                    }
                }
            }
            '{' => {
                run.drop_last();
                rest.by_ref().find(|next| *next == '}')?;
            }
            '?' | '*' => run.drop_last(),
            '+' | '.' | '^' | '$' => run.end(),
            '|' if depth == 0 => all.push(std::mem::take(&mut run).longest()?),
            '|' => {}
            '\\' => match rest.next()? {
                escaped if escaped.is_ascii_punctuation() => run.push(escaped, depth),
                _ => return None,
            },
            plain => run.push(plain, depth),
        }
    }
    all.push(run.longest()?);
    Some(all)
}

/// Plain characters one after the other, and the longest run before.
#[derive(Default)]
struct Run {
    now: String,
    longest: String,
}

impl Run {
    fn push(&mut self, c: char, depth: usize) {
        if depth == 0 {
            self.now.extend(c.to_lowercase());
        }
    }

    /// The last character need not be there.
    fn drop_last(&mut self) {
        self.now.pop();
        self.end();
    }

    fn end(&mut self) {
        let ended = std::mem::take(&mut self.now);
        if ended.len() > self.longest.len() {
            self.longest = ended;
        }
    }

    fn longest(mut self) -> Option<String> {
        self.end();
        (!self.longest.is_empty()).then_some(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_pattern_needs_stands_in_all_that_it_matches() {
        let found = |pattern: &str| needs(pattern).unwrap_or_default();
        assert_eq!(
            found(r"^(?P<a>[0-9]{12})\.dkr\.ecr(?:-fips)?\.(?:com|eu)$"),
            [".dkr.ecr"]
        );
        assert_eq!(found(r"^ghcr\.io$"), ["ghcr.io"]);
        assert_eq!(
            found(r"^sts\.a\.net$|\.s3\.b\.com$"),
            ["sts.a.net", ".s3.b.com"]
        );
        assert_eq!(found(r"^abcd?e{0,2}f+g*$"), ["abc"]);
        assert_eq!(found(r"x[^]a\]]yz"), ["yz"]);
        assert_eq!(found("ABC"), ["abc"]);
        for open in [
            r"^(?:a|b)$",
            r"^\d+x$",
            "(?i)abc",
            "(?x)a b",
            "abc|(?:d)",
            "[[:alpha:]]abc",
            "",
        ] {
            assert!(found(open).is_empty(), "{open}");
        }
    }

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
        let facts = crate::catalog::Catalog::get().kubernetes().expect("facts");
        let families = facts.registries.iter().chain(&facts.endpoints);
        let (mut matched, mut spared) = (0, 0);
        for family in families {
            let pattern = Pattern::new(family.host_regex.clone());
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
