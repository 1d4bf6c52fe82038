//! JUnit XML, for the test pages of Jenkins, Azure, CircleCI and GitLab.
//!
//! A suite for each rule, a case for each finding, and one case for all resources without one: a case for each of these would
//! be a hundred thousand. A test fails exactly when it makes the run fail, so that a page of tests and the exit status say
//! the same; what else is open is skipped, with the reason. Names are those of resources and stay the same from run to run.
//! There are no times: the same input gives the same bytes.

mod pieces;

use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite, XmlString};

use super::human::phrases::COLON;
use super::spot::{Names, Spot};
use super::{Lang, Report, clean_line, human};
use crate::facts::{Evidence, EvidenceAt};
use crate::problem::{Problem, Weight};
use crate::verdict::{ExitStatus, Finding, Outcome, RuleCount, Waived};

/// The name of the whole.
const NAME: &str = "gardefou";
/// The suite of what could not be read or judged. Those of rules have a `/`.
const SCAN: &str = "scan";
/// The case of all resources without a finding: a name, the same in both languages.
const OTHERS: &str = "resources without a finding";
/// The case of findings that are outside of what is reported.
const NOT_REPORTED: &str = "findings outside of this report";

/// Writes the report.
///
/// # Errors
/// When `out` cannot take more.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    pieces::write(scan(report), &rules(report), report, out)
}

/// A suite for each rule that judged or has a finding, in the order of their ids.
fn rules<'a>(report: &Report<'a>) -> Vec<Rule<'a>> {
    let mut of_rules: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for count in &report.coverage.rules {
        of_rules.insert(&count.rule, Vec::new());
    }
    for finding in report.findings {
        of_rules.entry(&finding.rule).or_default().push(finding);
    }
    let counts: HashMap<&str, &RuleCount> = (report.coverage.rules.iter())
        .map(|count| (count.rule.as_str(), count))
        .collect();
    of_rules
        .into_iter()
        .map(|(id, findings)| {
            let count = counts.get(id).copied();
            Rule {
                others: count.and_then(|count| others(id, count, findings.is_empty(), report.lang)),
                repeated: repeated(findings.iter().map(|one| &*one.address)),
                id,
                findings,
            }
        })
        .collect()
}

/// What becomes the suite of a rule.
struct Rule<'a> {
    id: &'a str,
    findings: Vec<&'a Finding>,
    /// Names that more than one of these have.
    repeated: HashMap<&'a str, usize>,
    /// The case of all resources without a finding.
    others: Option<TestCase>,
}

impl Rule<'_> {
    /// The suite with its counts, without its cases.
    fn head(&self, report: &Report<'_>) -> TestSuite {
        let mut suite = TestSuite::new(xml(self.id));
        suite.add_test_cases(self.others.clone());
        suite.test_cases.clear();
        let fail = self.findings.iter().filter(|one| is_failure(one, report));
        let failures = fail.count();
        suite.tests += self.findings.len();
        suite.failures += failures;
        suite.skipped += self.findings.len() - failures;
        suite
    }

    /// The case of one of its findings.
    fn case(&self, finding: &Finding, report: &Report<'_>) -> TestCase {
        // A finding about the configuration has no resource.
        let title = match &*finding.address {
            "" => &*finding.kind,
            address => address,
        };
        let name = named(title, &finding.fingerprint, &self.repeated);
        let spot = Spot::of(finding.place, report);
        let status = status(finding, &spot, report);
        case(&name, self.id, status, Some(&spot))
    }
}

/// What could not be read or judged.
fn scan(report: &Report<'_>) -> TestSuite {
    let mut suite = TestSuite::new(SCAN);
    let mut names = Names::default();
    let titles: Vec<String> = report
        .problems
        .iter()
        .map(|one| title(one, report))
        .collect();
    let repeated = repeated(titles.iter().map(String::as_str));
    for (problem, title) in report.problems.iter().zip(&titles) {
        let fingerprint = names.of(problem, report);
        let name = named(title, &fingerprint, &repeated);
        let mut status = match problem.weight {
            Weight::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
            Weight::Warning => TestCaseStatus::skipped(),
        };
        let spot = Spot::of_problem(problem, report);
        let mut text = String::new();
        if let Some(spot) = &spot {
            line(&mut text, &spot.words());
        }
        for (place, label) in &problem.related {
            line(
                &mut text,
                &format!(
                    "{}  {}",
                    Spot::of(*place, report).words(),
                    report.lang.of(label)
                ),
            );
        }
        if let Some(help) = &problem.help {
            line(&mut text, report.lang.of(help));
        }
        status
            .set_type(problem.code.as_str())
            .set_message(xml(report.lang.of(&problem.message)));
        if !text.is_empty() {
            status.set_description(xml_lines(&text));
        }
        suite.add_test_case(case(&name, SCAN, status, spot.as_ref()));
    }
    if report.status == ExitStatus::NothingToScan {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status
            .set_type("nothing-to-scan")
            .set_message(human::verdict_words(report).1);
        suite.add_test_case(case("nothing-to-scan", SCAN, status, None));
    }
    terms(&mut suite, report);
    suite
}

/// Which part of the findings is here, and what became of the baseline: in words, and for programs.
fn terms(suite: &mut TestSuite, report: &Report<'_>) {
    let colon = report.lang.say(COLON);
    let mut text = String::new();
    for (name, words) in human::terms(report) {
        line(&mut text, &format!("{name}{colon} {words}"));
    }
    if !text.is_empty() {
        suite.set_system_out(xml_lines(&text));
    }
    if let Some(scope) = report.scope {
        suite.add_property(("scope", scope.kind.as_str()));
        suite.add_property(("left-out", &*scope.left_out.to_string()));
        suite.add_property(("left-out-failing", &*scope.left_out_failing.to_string()));
    }
    if let Some(used) = report.baseline {
        suite.add_property(("baseline-known", &*used.known.to_string()));
        suite.add_property(("baseline-new", &*used.new.to_string()));
    }
}

/// `syntax main.tf`
fn title(problem: &Problem, report: &Report<'_>) -> String {
    match Spot::of_problem(problem, report) {
        Some(spot) => {
            let given = spot.rendered.as_ref().filter(|_| !spot.is_file);
            format!("{} {}", problem.code.as_str(), given.unwrap_or(&spot.path))
        }
        None => problem.code.as_str().to_owned(),
    }
}

/// All resources that a rule has nothing to say of. A rule that judged none is skipped: it does not pass. Neither does one whose
/// findings are all left out of the report; a suite without a case is shown by nobody.
fn others(id: &str, count: &RuleCount, is_empty: bool, lang: Lang) -> Option<TestCase> {
    let (passed, none) = (count.passed, count.not_applicable);
    let found = count.violations + count.undetermined > 0;
    match (passed, found) {
        (0, true) if is_empty => {
            let mut status = TestCaseStatus::skipped();
            status.set_type("not-reported").set_message(lang.pick(
                "its findings are not part of this report",
                "ses constats ne font pas partie de ce rapport",
            ));
            Some(case(NOT_REPORTED, id, status, None))
        }
        (0, true) => None,
        (0, false) => {
            let mut status = TestCaseStatus::skipped();
            status.set_type("not-applicable").set_message(match lang {
                Lang::En => format!("no resource to judge, {none} not applicable"),
                Lang::Fr => format!("aucune ressource à juger, {none} sans objet"),
            });
            Some(case(OTHERS, id, status, None))
        }
        _ => {
            let mut case = case(OTHERS, id, TestCaseStatus::success(), None);
            case.set_system_out(match lang {
                Lang::En => format!("{passed} pass, {none} not applicable"),
                Lang::Fr => format!("{passed} en règle, {none} sans objet"),
            });
            Some(case)
        }
    }
}

/// A failure exactly when it makes the run fail.
fn is_failure(finding: &Finding, report: &Report<'_>) -> bool {
    finding.waived.is_none() && report.bar.fails(finding)
}

/// What became of the test, and why.
fn status(finding: &Finding, spot: &Spot, report: &Report<'_>) -> TestCaseStatus {
    let lang = report.lang;
    let severity = lang.severity(finding.severity);
    let said = lang.of(&finding.message);
    let word = finding.outcome.as_str();
    let (kind, message) = match (&finding.waived, &finding.outcome) {
        (Some(waived), _) => ("waived", why_waived(waived, lang)),
        (None, Outcome::Violation) => (word, format!("{severity}{} {said}", lang.pick(":", " :"))),
        (None, Outcome::Undetermined(reason)) => {
            let reason = lang.of(reason);
            let text = match lang {
                Lang::En => format!("undetermined, would be {severity}: {said}: {reason}"),
                Lang::Fr => {
                    format!("indéterminé, serait de gravité {severity} : {said} : {reason}")
                }
            };
            (word, text)
        }
    };
    let mut status = match is_failure(finding, report) {
        true => TestCaseStatus::non_success(NonSuccessKind::Failure),
        false => TestCaseStatus::skipped(),
    };
    status
        .set_type(kind)
        .set_message(xml(&message))
        .set_description(xml_lines(&description(finding, spot, report)));
    status
}

/// Who accepts it, why, and until when.
fn why_waived(waived: &Waived, lang: Lang) -> String {
    let word = lang.accepted_by(waived.kind);
    let colon = lang.pick(":", " :");
    let mut why = format!("{word}{colon} {}", waived.reason);
    for (word, what) in [
        (lang.pick("by", "par"), &waived.by),
        (lang.pick("until", "jusqu’au"), &waived.until),
    ] {
        if let Some(what) = what {
            // Writing to a String cannot fail.
            let _ = write!(why, ", {word} {what}");
        }
    }
    why
}

/// The place, what is said of it, what proves it, what to do: a line each.
fn description(finding: &Finding, spot: &Spot, report: &Report<'_>) -> String {
    let lang = report.lang;
    let mut text = String::new();
    line(&mut text, &spot.words());
    line(&mut text, lang.of(&finding.message));
    if let Some(level) = finding.level {
        line(&mut text, lang.data(level));
    }
    for piece in &finding.evidence {
        line(&mut text, &evidence(piece, report));
    }
    for related in &finding.related {
        let at = Spot::of(related.place, report).words();
        line(&mut text, &format!("{at}  {}", related.address));
    }
    line(&mut text, lang.of(&finding.help));
    if !finding.requirements.is_empty() {
        let word = lang.pick("against", "contre");
        line(
            &mut text,
            &format!("{word} {}", finding.requirements.join(", ")),
        );
    }
    line(&mut text, &finding.fingerprint);
    text
}

fn evidence(piece: &Evidence, report: &Report<'_>) -> String {
    let label = report.lang.of(&piece.label);
    match &piece.at {
        EvidenceAt::Place(place) => format!("{}  {label}", Spot::of(*place, report).words()),
        EvidenceAt::Catalogue { entry, .. } => format!("{entry}  {label}"),
        EvidenceAt::Setting => label.to_owned(),
    }
}

/// Names that more than one case has.
fn repeated<'a>(names: impl Iterator<Item = &'a str>) -> HashMap<&'a str, usize> {
    let mut all = HashMap::new();
    for name in names {
        *all.entry(name).or_default() += 1;
    }
    all.retain(|_, n| *n > 1);
    all
}

/// GitLab takes cases of one name for one case.
fn named(title: &str, fingerprint: &str, repeated: &HashMap<&str, usize>) -> String {
    match repeated.contains_key(title) || title.is_empty() {
        true => format!("{title} [{fingerprint}]"),
        false => title.to_owned(),
    }
}

fn case(name: &str, class: &str, status: TestCaseStatus, spot: Option<&Spot>) -> TestCase {
    let mut case = TestCase::new(xml(name), status);
    case.set_classname(xml(class));
    if let Some(spot) = spot.filter(|spot| spot.is_file) {
        case.extra.insert("file".into(), xml(&spot.path));
        if let Some((start, _)) = spot.lines {
            case.extra
                .insert("line".into(), start.line.to_string().into());
        }
    }
    case
}

/// Adds a line that may come from the input.
fn line(text: &mut String, line: &str) {
    if !line.is_empty() {
        text.push_str(&clean_line(line));
        text.push('\n');
    }
}

/// One line as XML may hold it.
fn xml(text: &str) -> XmlString {
    xml_lines(&clean_line(text))
}

/// Clean lines as XML may hold them: two characters that are harmless elsewhere are none of XML's.
fn xml_lines(text: &str) -> XmlString {
    XmlString::new(text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}"))
}
