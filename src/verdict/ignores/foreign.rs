//! Markers of other tools: `checkov:skip=ID:reason`, `trivy:ignore:ID` and `tfsec:ignore:ID`, for teams that come from these.
//!
//! Only checks that put the same question as a rule of ours count, only at resources that they look at, and only when somebody
//! switched this on. A marker of any other check is counted, and does nothing.

use hashbrown::HashMap;
use std::sync::Arc;

use super::parse::Written;
use crate::catalog::Catalog;
use crate::config::Date;
use crate::source::Span;

/// So many characters of a reason are kept.
const MAX_REASON: usize = 500;
/// So many ids of one marker count.
const MAX_IDS: usize = 50;

/// A tool whose markers are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Tool {
    Checkov,
    Trivy,
    Tfsec,
}

impl Tool {
    const ALL: [Self; 3] = [Self::Checkov, Self::Trivy, Self::Tfsec];

    fn name(self) -> &'static str {
        match self {
            Self::Checkov => "checkov",
            Self::Trivy => "trivy",
            Self::Tfsec => "tfsec",
        }
    }

    fn marker(self) -> &'static str {
        match self {
            Self::Checkov => "checkov:skip=",
            Self::Trivy => "trivy:ignore:",
            Self::Tfsec => "tfsec:ignore:",
        }
    }

    /// Its markers speak of the block around them, not of the code beside or below them.
    pub(super) fn is_inside(self) -> bool {
        self == Self::Checkov
    }
}

/// The checks that ask what rules of ours ask.
#[derive(Debug)]
pub struct Foreign {
    rules: HashMap<(Tool, String), Vec<Asks>>,
}

/// What a check asks: as this rule, of resources of these types.
#[derive(Debug, Clone)]
struct Asks {
    rule: String,
    kinds: Arc<[String]>,
}

/// The markers of a comment.
#[derive(Debug, Default)]
pub(super) struct Markers {
    /// Those of checks that a rule asks, too.
    pub(super) mapped: Vec<(Tool, Written)>,
    /// How many others there are.
    pub(super) unmapped: usize,
}

/// A rule for one type of resource. No rule id holds a space.
pub(super) fn of_kind(rule: &str, kind: &str) -> String {
    format!("{rule} {kind}")
}

/// May there be a marker in a text?
pub(super) fn is_marked(text: &str) -> bool {
    let mut tools = Tool::ALL.iter();
    tools.any(|tool| memchr::memmem::find(text.as_bytes(), tool.marker().as_bytes()).is_some())
}

impl Foreign {
    /// As the catalogue has them.
    pub fn new(catalog: &Catalog) -> Self {
        let mut rules: HashMap<(Tool, String), Vec<Asks>> = HashMap::new();
        for check in catalog.foreign_checks() {
            let known = Tool::ALL.iter();
            for tool in known.filter(|tool| check.tools.iter().any(|name| name == tool.name())) {
                for (id, kinds) in &check.ids {
                    let of = rules.entry((*tool, folded(id))).or_default();
                    of.push(Asks {
                        rule: check.rule.clone(),
                        kinds: kinds.as_slice().into(),
                    });
                }
            }
        }
        Self { rules }
    }

    /// The markers of a comment that starts at `base` in its source.
    pub(super) fn read(&self, text: &str, base: u32, out: &mut Markers) {
        let mut from = base;
        for line in text.split_inclusive('\n') {
            self.line(line.trim_end(), from, out);
            from += line.len() as u32;
        }
    }

    fn line(&self, line: &str, from: u32, out: &mut Markers) {
        let mut found: Vec<(usize, Tool)> = Vec::new();
        for tool in Tool::ALL {
            let all = memchr::memmem::find_iter(line.as_bytes(), tool.marker());
            found.extend(all.map(|at| (at, tool)));
        }
        found.sort_unstable_by_key(|(at, _)| *at);
        let mut last = None;
        found.retain(|(at, _)| {
            let keeps = starts(line, last, *at);
            if keeps {
                last = Some(*at);
            }
            keeps
        });
        let ends = found.iter().skip(1).map(|(at, _)| *at);
        let ends: Vec<usize> = ends.chain([line.len()]).collect();
        for ((at, tool), end) in found.iter().zip(ends) {
            let part = line.get(*at..end).unwrap_or_default();
            let part = part.trim_end_matches([' ', '\t', '#', '/', '*']);
            let span = Span::new(from + *at as u32, from + (*at + part.len()) as u32);
            match self.marker(*tool, part, span) {
                Some(written) => out.mapped.push((*tool, written)),
                None => out.unmapped += 1,
            }
        }
    }

    /// One marker; none when no rule asks what its checks do.
    fn marker(&self, tool: Tool, part: &str, span: Span) -> Option<Written> {
        let said = part.get(tool.marker().len()..)?;
        let ids_end = said
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ',')))
            .unwrap_or(said.len());
        let (ids, mut rest) = said.split_at(ids_end);
        let mut until = None;
        if let Some(after) = rest.strip_prefix(":exp:") {
            let end = after.find(char::is_whitespace).unwrap_or(after.len());
            let (day, more) = after.split_at(end);
            until = Some((day.parse::<Date>().ok()?, span));
            rest = more;
        }
        // Of one workspace, or of one value: whether it holds here nobody says.
        if rest.starts_with(":ws:") || rest.starts_with('[') {
            return None;
        }
        let ids = ids.split(',').filter(|id| !id.is_empty()).take(MAX_IDS);
        let asked = ids.filter_map(|id| self.rules.get(&(tool, folded(id))));
        let asked = asked
            .flatten()
            .map(|asks| ((asks.rule.clone(), span), Arc::clone(&asks.kinds)));
        let (rules, kinds): (Vec<(String, Span)>, Vec<_>) = asked.unzip();
        if rules.is_empty() {
            return None;
        }
        let reason = rest.trim_matches(|c: char| c.is_whitespace() || ":-–—#".contains(c));
        Some(Written {
            span,
            rules,
            reason: reason.chars().take(MAX_REASON).collect(),
            until,
            fault: None,
            foreign: Some(kinds),
        })
    }
}

/// A marker starts a comment, or follows another one that says nothing more: within other words it is prose, whatever its tool
/// makes of it.
fn starts(line: &str, last: Option<usize>, at: usize) -> bool {
    let before = line.get(..at).unwrap_or_default().trim_end();
    let is_apart = before.is_empty() || before.ends_with(['#', '/', '*']);
    is_apart
        || last.is_some_and(|last| {
            let between = line.get(last..at).unwrap_or_default();
            between.ends_with(char::is_whitespace)
                && !between.trim_end().contains(char::is_whitespace)
        })
}

/// As ids are compared: Trivy has the same one with and without `AVD-`.
fn folded(id: &str) -> String {
    let id = id.to_ascii_lowercase();
    match id.strip_prefix("avd-") {
        Some(rest) => rest.to_owned(),
        None => id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Markers {
        let mut out = Markers::default();
        Foreign::new(Catalog::get()).read(text, 0, &mut out);
        out
    }

    #[test]
    fn markers_are_read_as_their_tools_do() {
        for (text, rule, reason, until) in [
            (
                "#checkov:skip=CKV_AWS_145:test data",
                "encryption/no-customer-key",
                "test data",
                None,
            ),
            (
                "# checkov:skip=CKV_AWS_145: test data",
                "encryption/no-customer-key",
                "test data",
                None,
            ),
            (
                "# checkov:skip=CKV_AWS_20,CKV_AWS_19:both",
                "encryption/not-encrypted",
                "both",
                None,
            ),
            (
                "#trivy:ignore:AVD-AWS-0132 of no worth",
                "encryption/no-customer-key",
                "of no worth",
                None,
            ),
            (
                "#trivy:ignore:aws-0132",
                "encryption/no-customer-key",
                "",
                None,
            ),
            (
                "// tfsec:ignore:aws-s3-enable-bucket-encryption:exp:2027-01-02 later",
                "encryption/not-encrypted",
                "later",
                Some("2027-01-02"),
            ),
            (
                "#tfsec:ignore:AVD-AWS-0088:it is, elsewhere",
                "encryption/not-encrypted",
                "it is, elsewhere",
                None,
            ),
            (
                "/* tfsec:ignore:AWS-0088 */",
                "encryption/not-encrypted",
                "",
                None,
            ),
        ] {
            let found = read(text);
            assert_eq!((found.mapped.len(), found.unmapped), (1, 0), "{text}");
            let written = &found.mapped[0].1;
            assert_eq!(written.rules[0].0, rule, "{text}");
            assert_eq!(written.reason, reason, "{text}");
            let day = written.until.map(|(day, _)| day.to_string());
            assert_eq!(day.as_deref(), until, "{text}");
        }
        let two = read(
            "#tfsec:ignore:aws-s3-enable-bucket-logging tfsec:ignore:aws-s3-encryption-customer-key",
        );
        assert_eq!((two.mapped.len(), two.unmapped), (1, 1));
        let both = read("# trivy:ignore:AVD-AWS-0079");
        assert_eq!(both.mapped[0].1.rules.len(), 2);
    }

    #[test]
    fn what_nobody_maps_is_counted() {
        for text in [
            "#checkov:skip=CKV_AWS_20:public on purpose",
            "#checkov:skip=",
            "#trivy:ignore:*",
            "#tfsec:ignore:AWS-0088:ws:staging",
            "#tfsec:ignore:AWS-0088[bucket=x]",
            "#tfsec:ignore:AWS-0088:exp:soon",
        ] {
            let found = read(text);
            assert_eq!((found.mapped.len(), found.unmapped), (0, 1), "{text}");
        }
        for prose in [
            "# we removed checkov:skip=CKV_AWS_16:legacy in 2024",
            "# tfsec:ignore:AWS-0088 as in trivy:ignore:AWS-0080",
        ] {
            assert!(read(prose).mapped.len() < 2, "{prose}");
        }
        assert!(
            read("# we removed checkov:skip=CKV_AWS_16:legacy in 2024")
                .mapped
                .is_empty()
        );
        let none = read("# see xtfsec:ignore:AWS-0088 and the docs of checkov");
        assert_eq!((none.mapped.len(), none.unmapped), (0, 0));
    }

    #[test]
    fn every_check_names_a_rule_and_a_known_tool() {
        for check in Catalog::get().foreign_checks() {
            assert!(
                !check.ids.is_empty() && !check.source.is_empty(),
                "{check:?}"
            );
            assert!(check.rule.contains('/'), "{check:?}");
            let known = |name: &String| Tool::ALL.iter().any(|tool| tool.name() == name);
            assert!(
                check.tools.iter().all(known) && !check.tools.is_empty(),
                "{check:?}"
            );
            for (id, kinds) in &check.ids {
                assert!(!id.to_lowercase().starts_with("avd-"), "{id}");
                assert!(!kinds.is_empty(), "{id}: which resources?");
                for kind in kinds {
                    let known = Catalog::get().resource_kind(kind);
                    assert!(known.is_some(), "{id}: {kind}");
                }
            }
        }
    }
}
