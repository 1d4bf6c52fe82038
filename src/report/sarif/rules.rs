//! The rules of a run: those of policies, of Gardefou itself, and none that a result names in vain.

use hashbrown::HashMap;
use std::borrow::Cow;
use std::collections::BTreeMap;

use super::log::{Configuration, Descriptor, Message, Override, Reference, RuleProperties};
use super::text::bounded;
use crate::config::words::Severity;
use crate::policy::Rule;
use crate::report::{Lang, Report, clean, clean_line};
use crate::verdict::{Finding, OWN_POLICY, OWN_RULES, OwnRule};

/// Characters that code scanning takes of a description.
const DESCRIPTION: usize = 1024;
/// Characters that it takes of a name.
const NAME: usize = 255;
/// Bytes of the documentation that are carried: a policy of somebody may bring a book.
const DOCUMENTATION: usize = 32 << 10;
/// Tags that code scanning keeps of a rule.
const TAGS: usize = 10;

/// The pages of the rules that come with Gardefou: the sources of the documentation, which are readable as they are.
const PAGES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/src/");

/// Descriptors in the order of their ids.
pub(super) struct Rules<'a> {
    pub(super) all: Vec<Descriptor<'a>>,
    /// Rules that were not asked.
    pub(super) overrides: Vec<Override>,
    index: HashMap<&'a str, usize>,
}

impl<'a> Rules<'a> {
    pub(super) fn of(report: &'a Report<'a>) -> Self {
        let mut known: BTreeMap<&str, What<'a>> = BTreeMap::new();
        // Never without the rule of a result: readers refuse an index that leads nowhere.
        for finding in report.findings {
            known.entry(&finding.rule).or_insert(What::Named(finding));
        }
        for rule in &OWN_RULES {
            known.insert(rule.id, What::Own(rule));
        }
        for rule in report.rules {
            known.insert(&rule.id, What::Policy(rule));
        }
        let overrides = known.keys().enumerate().filter_map(|(index, id)| {
            let left_out = report.coverage.left_out.iter().any(|out| out == id);
            let is_off = report.settings.config.severity_of(id) == Some(None);
            (left_out || is_off).then(|| off(index))
        });
        Self {
            overrides: overrides.collect(),
            all: known
                .iter()
                .map(|(id, what)| descriptor(id, *what, report))
                .collect(),
            index: known.into_keys().zip(0..).collect(),
        }
    }

    /// Where the rule of a finding stands.
    pub(super) fn index(&self, rule: &str) -> usize {
        self.index.get(rule).copied().unwrap_or_default()
    }
}

fn off(index: usize) -> Override {
    Override {
        descriptor: Reference {
            id: None,
            index: Some(index),
        },
        configuration: Configuration {
            enabled: Some(false),
            level: None,
        },
    }
}

/// What is known of a rule.
#[derive(Clone, Copy)]
enum What<'a> {
    Policy(&'a Rule),
    Own(&'a OwnRule),
    Named(&'a Finding),
}

impl<'a> What<'a> {
    fn severity(self) -> Severity {
        match self {
            Self::Policy(rule) => rule.severity,
            Self::Own(rule) => rule.severity,
            Self::Named(finding) => finding.severity,
        }
    }

    /// Title, remedy, and documentation.
    fn texts(self, lang: Lang) -> [String; 3] {
        let of = |text| lang.of(text).trim().to_owned();
        match self {
            Self::Policy(rule) => [of(&rule.title), of(&rule.help), of(&rule.doc)],
            Self::Own(rule) => [of(&rule.title()), of(&rule.help()), of(&rule.doc())],
            Self::Named(finding) => [of(&finding.title), of(&finding.help), String::new()],
        }
    }

    fn policy(self) -> &'a str {
        match self {
            Self::Policy(rule) => &rule.policy,
            Self::Own(_) => OWN_POLICY,
            Self::Named(finding) => finding.rule.split('/').next().unwrap_or_default(),
        }
    }

    /// A built-in policy is called like the family of its rules; one of somebody else by its file.
    fn is_ours(self, id: &str) -> bool {
        match self {
            Self::Policy(rule) => id.split('/').next() == Some(&*rule.policy),
            Self::Own(_) => true,
            Self::Named(_) => false,
        }
    }

    fn page(self, id: &str, lang: Lang) -> Option<String> {
        if !self.is_ours(id) {
            return None;
        }
        let page = match self {
            Self::Own(_) if id.starts_with("waiver/") => "ignores".to_owned(),
            Self::Own(_) => "requirements".to_owned(),
            _ => format!("{}/{id}", lang.pick("rules", "regles")),
        };
        Some(format!("{PAGES}{page}.md"))
    }
}

fn descriptor<'a>(id: &'a str, what: What<'a>, report: &Report<'_>) -> Descriptor<'a> {
    let lang = report.lang;
    // What the configuration says holds for every result; what a verdict says only for its own.
    let set = report.settings.config.severity_of(id).flatten();
    let severity = set.unwrap_or_else(|| what.severity());
    let [title, help, doc] = what.texts(lang);
    let title = some(bounded(&clean_line(&title), DESCRIPTION).into_owned(), id);
    let about = some(first_paragraph(&doc), &title);
    let help = some(clean(&help).into_owned(), &title);
    let help_uri = what.page(id, lang);
    Descriptor {
        id: clean_line(id),
        name: bounded(&pascal_case(id), NAME).into_owned(),
        full_description: Message::plain(bounded(&clean_line(&about), DESCRIPTION).into_owned()),
        help: Message {
            markdown: Some(documentation(&help, &doc, help_uri.as_deref(), lang)),
            text: help.into(),
        },
        help_uri,
        short_description: Message::plain(title),
        default_configuration: Configuration {
            enabled: None,
            level: Some(level(severity)),
        },
        properties: properties(id, what, severity),
    }
}

fn properties<'a>(id: &'a str, what: What<'a>, severity: Severity) -> RuleProperties<'a> {
    let rule = match what {
        What::Policy(rule) => Some(rule),
        What::Own(_) | What::Named(_) => None,
    };
    let requirements = rule.map_or(&[][..], |rule| &rule.requirements);
    let requirements: Vec<Cow<'a, str>> = requirements.iter().map(|one| clean_line(one)).collect();
    let mut tags: Vec<Cow<'a, str>> = vec!["security".into()];
    tags.extend(id.split('/').next().map(clean_line));
    tags.extend(requirements.iter().cloned());
    tags.dedup();
    tags.truncate(TAGS);
    RuleProperties {
        tags,
        // A rule of ours asks facts, and says when it cannot tell; of those of others nothing is known.
        precision: match what.is_ours(id) {
            true => "high",
            false => "medium",
        },
        problem_severity: match level(severity) {
            "error" => "error",
            "warning" => "warning",
            _ => "recommendation",
        },
        security_severity: score(severity),
        severity: severity.as_str(),
        policy: clean_line(what.policy()),
        requirements,
        min_level: rule.and_then(|rule| rule.min_level.map(|level| level.as_str())),
        since: match what {
            What::Policy(rule) => clean_line(&rule.since),
            What::Own(rule) => rule.since.into(),
            What::Named(_) => "".into(),
        },
    }
}

/// The level of a violation.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// A number that code scanning reads back as critical, high, medium and low; it knows nothing below that.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.5",
    }
}

/// A text, or another where it is empty: readers refuse empty ones.
fn some(text: String, instead: &str) -> String {
    match text.trim().is_empty() {
        true => instead.to_owned(),
        false => text,
    }
}

/// `residency/outside-area` as `ResidencyOutsideArea`.
fn pascal_case(id: &str) -> String {
    let words = id.split(|c: char| !c.is_alphanumeric());
    words
        .flat_map(|word| {
            let mut chars = word.chars();
            let first = chars.next().into_iter().flat_map(char::to_uppercase);
            first.chain(chars).collect::<Vec<char>>()
        })
        .collect()
}

/// The first words of the documentation that are neither a heading nor anything else but plain text.
fn first_paragraph(doc: &str) -> String {
    let mut paragraphs = doc.split("\n\n").map(str::trim);
    let plain = |text: &&str| text.starts_with(char::is_alphanumeric) || text.starts_with('`');
    paragraphs.find(plain).unwrap_or_default().to_owned()
}

/// What to do, then the documentation without its title, which is shown above it already.
fn documentation(help: &str, doc: &str, page: Option<&str>, lang: Lang) -> String {
    let doc = clean(doc);
    let body = match doc.strip_prefix("# ") {
        Some(titled) => titled.split_once('\n').map_or("", |(_, rest)| rest),
        None => &doc,
    };
    let mut text = format!("**{}** {help}", lang.pick("What to do:", "Que faire :"));
    let body = body.trim();
    if !body.is_empty() {
        text.push_str("\n\n");
        text.push_str(&shortened(body));
    }
    if let Some(page) = page {
        let name = lang.pick("The page of this rule", "La page de cette règle");
        text.push_str(&format!("\n\n[{name}]({page})"));
    }
    text
}

/// Whole lines, as many as there is room for.
fn shortened(body: &str) -> String {
    if body.len() <= DOCUMENTATION {
        return body.to_owned();
    }
    let start = body.get(..body.floor_char_boundary(DOCUMENTATION));
    let mut text = start.unwrap_or_default().to_owned();
    if let Some(end) = text.rfind('\n') {
        text.truncate(end);
    }
    // An open example would swallow what follows.
    let fences = text.lines().filter(|line| line.starts_with("```")).count();
    if fences % 2 == 1 {
        text.push_str("\n```");
    }
    text + "\n\n…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_word() {
        assert_eq!(
            pascal_case("residency/outside-area"),
            "ResidencyOutsideArea"
        );
        assert_eq!(pascal_case("waiver/no-reason"), "WaiverNoReason");
    }

    #[test]
    fn the_first_words_of_a_page_describe_the_rule() {
        let doc = "# Title\n\n## What it checks\n\nWhere `x` is,\nand why.\n\n| a |\n";
        assert_eq!(first_paragraph(doc), "Where `x` is,\nand why.");
        assert_eq!(first_paragraph("# Title"), "");
    }

    #[test]
    fn a_long_page_is_cut_and_no_example_stays_open() {
        let doc = format!("# T\n\n```hcl\n{}", "a = 1\n".repeat(10_000));
        let text = documentation("Do it.", &doc, Some("https://x.example/y"), Lang::En);
        assert!(text.len() < DOCUMENTATION + 200);
        assert!(text.starts_with("**What to do:** Do it.\n\n```hcl\na = 1\n"));
        assert!(text.ends_with("a = 1\n```\n\n…\n\n[The page of this rule](https://x.example/y)"));
    }
}
