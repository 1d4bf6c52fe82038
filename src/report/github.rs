//! Workflow commands of GitHub Actions: findings and problems as annotations at their lines, the gravest first.
//!
//! GitHub shows ten annotations of each kind for a step and drops the rest without a word, so the choice is made here, and
//! the last notice says what is left out. Text of the input can neither end a command nor start one: GitHub reads `::name::`
//! at the start of a line and, in its older notation, `##[name]` anywhere in it.

use hashbrown::HashMap;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::io;

use super::human::phrases::COLON;
use super::safe::{cut, unmarked};
use super::spot::Spot;
use super::{Lang, Report, clean_line, first, human};
use crate::config::words::Severity;
use crate::problem::{Problem, Weight};
use crate::verdict::{ExitStatus, Finding, Outcome};

/// Annotations of a kind that GitHub shows for a step.
const SHOWN: usize = 10;
/// Of these, what problems leave to findings when there are many of both.
const FOR_FINDINGS: usize = 5;
/// Bytes of one text of the input in an annotation.
const TEXT: usize = 2000;

/// What GitHub calls an annotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It makes the run fail.
    Error,
    Warning,
    Notice,
}

impl Kind {
    fn of(finding: &Finding, report: &Report<'_>) -> Self {
        if report.bar.fails(finding) {
            Self::Error
        } else if finding.severity >= Severity::Medium {
            Self::Warning
        } else {
            Self::Notice
        }
    }

    fn command(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// What is said of one kind.
#[derive(Default)]
struct Said<'a> {
    problems: Vec<&'a Problem>,
    findings: Vec<&'a Finding>,
    left: usize,
}

/// Writes the report.
///
/// # Errors
/// When `out` cannot take more.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let errors = chosen(Kind::Error, SHOWN, report);
    let warnings = chosen(Kind::Warning, SHOWN, report);
    // What is left out is said by a notice, which takes the place of one.
    let notices = match chosen(Kind::Notice, SHOWN, report) {
        all if errors.left + warnings.left + all.left == 0 => all,
        _ => chosen(Kind::Notice, SHOWN - 1, report),
    };
    for (kind, said) in [
        (Kind::Error, &errors),
        (Kind::Warning, &warnings),
        (Kind::Notice, &notices),
    ] {
        for one in &said.problems {
            problem(kind, one, report, out)?;
        }
        for one in &said.findings {
            finding(kind, one, report, out)?;
        }
    }
    if errors.left + warnings.left + notices.left > 0 {
        let text = left_out([errors.left, warnings.left, notices.left], report.lang);
        command(Kind::Notice, None, "Gardefou", &text, out)?;
    }
    let (_, verdict) = human::verdict_words(report);
    if report.status == ExitStatus::NothingToScan {
        command(Kind::Error, None, "Gardefou", &verdict, out)?;
    }
    // Of the input nothing is in these lines, but in the last of them, and none of these begins with it.
    if report.status != ExitStatus::NothingToScan {
        writeln!(out, "{}", human::counts(report))?;
    }
    let colon = report.lang.say(COLON);
    for (name, words) in human::terms(report) {
        writeln!(out, "{name}{colon} {}", unmarked(&clean_line(&words)))?;
    }
    writeln!(out, "{} {verdict}", human::status_words(report))
}

/// What is shown of a kind: what could not be read first, then one violation and one open question of each rule before their
/// repeats; of these the gravest first, and violations before open questions.
fn chosen<'a>(kind: Kind, most: usize, report: &Report<'a>) -> Said<'a> {
    let mut problems = first::problems(report.problems);
    problems.retain(|one| match one.weight {
        Weight::Error => kind == Kind::Error,
        Weight::Warning => kind == Kind::Warning,
    });
    let is_open = |one: &Finding| one.outcome != Outcome::Violation;
    let mut findings: Vec<&Finding> = (report.findings.iter())
        .filter(|one| one.waived.is_none() && Kind::of(one, report) == kind)
        .collect();
    findings.sort_by_key(|one| (Reverse(one.severity), is_open(one)));
    let mut of_rule: HashMap<(&str, bool), usize> = HashMap::new();
    let mut findings: Vec<_> = findings
        .into_iter()
        .map(|one| {
            let repeats = of_rule.entry((&*one.rule, is_open(one))).or_default();
            *repeats += 1;
            let rank = (*repeats > 1, Reverse(one.severity), is_open(one), *repeats);
            (rank, one)
        })
        .collect();
    findings.sort_by_key(|(rank, _)| *rank);
    let mut said = Said {
        problems,
        findings: findings.into_iter().map(|(_, one)| one).collect(),
        left: 0,
    };
    let all = said.problems.len() + said.findings.len();
    let for_problems = most.saturating_sub(said.findings.len().min(FOR_FINDINGS));
    said.problems.truncate(for_problems);
    said.findings.truncate(most - said.problems.len());
    said.left = all - said.problems.len() - said.findings.len();
    said
}

fn finding(
    kind: Kind,
    of: &Finding,
    report: &Report<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let lang = report.lang;
    let severity = lang.severity(of.severity);
    let mut title = match of.outcome {
        Outcome::Violation => format!("{} · {severity}", of.rule),
        Outcome::Undetermined(_) => format!(
            "{} · {} {severity}",
            of.rule,
            lang.pick("undetermined, would be", "indéterminé, serait de gravité")
        ),
    };
    if let Some(level) = of.level {
        title += " · ";
        title += lang.data(level);
    }
    let mut lines = vec![said(lang.of(&of.message)).into_owned()];
    if let Outcome::Undetermined(reason) = &of.outcome {
        let word = lang.pick("Reason:", "Motif :");
        lines.push(format!("{word} {}", said(lang.of(reason))));
    }
    let spot = Spot::of(of.place, report);
    if let Some(rendered) = &spot.rendered {
        lines.push(format!("{} {}", within(&spot, lang), said(rendered)));
    }
    let help = lang.of(&of.help);
    if !help.is_empty() {
        let word = lang.pick("What to do:", "Que faire :");
        lines.push(format!("{word} {}", said(help)));
    }
    command(kind, Some(&spot), &title, &lines.join("\n"), out)
}

fn problem(
    kind: Kind,
    of: &Problem,
    report: &Report<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut text = said(report.lang.of(&of.message)).into_owned();
    if let Some(help) = &of.help {
        let word = report.lang.pick("What to do:", "Que faire :");
        text += &format!("\n{word} {}", said(report.lang.of(help)));
    }
    let title = format!("Gardefou · {}", of.code.as_str());
    let spot = Spot::of_problem(of, report);
    if let Some((spot, given)) = (spot.as_ref())
        .filter(|spot| !spot.is_file)
        .and_then(|spot| Some((spot, spot.rendered.as_ref()?)))
    {
        text += &format!("\n{} {}", within(spot, report.lang), said(given));
    }
    command(kind, spot.as_ref(), &title, &text, out)
}

/// What stands before the name of a text that is no file.
fn within(spot: &Spot, lang: Lang) -> &'static str {
    match spot.is_file {
        true => lang.pick("In the rendered text:", "Dans le texte rendu :"),
        false => lang.pick("In what was given:", "Dans ce qui a été donné\u{a0}:"),
    }
}

/// A text of the input on one line, and not without end.
fn said(text: &str) -> Cow<'_, str> {
    match clean_line(text) {
        Cow::Borrowed(text) => cut(text, TEXT),
        Cow::Owned(text) => Cow::Owned(cut(&text, TEXT).into_owned()),
    }
}

fn left_out([errors, warnings, notices]: [usize; 3], lang: Lang) -> String {
    let parts = [
        (errors, ["error", "erreur"]),
        (warnings, ["warning", "avertissement"]),
        (notices, ["notice", "note"]),
    ];
    let parts: Vec<String> = (parts.iter())
        .filter(|(n, _)| *n > 0)
        .map(|(n, [en, fr])| match lang {
            Lang::En => human::count(*n, en),
            Lang::Fr => format!("{n} {fr}{}", if *n > 1 { "s" } else { "" }),
        })
        .collect();
    let parts = parts.join(", ");
    match lang {
        Lang::En => format!(
            "Not shown here, since GitHub shows ten of a kind: {parts}. Every other report of the same run has them: --output \
             markdown=FILE for the job summary, sarif=FILE for code scanning."
        ),
        Lang::Fr => format!(
            "Non montrés ici, car GitHub en montre dix de chaque sorte : {parts}. Tout autre rapport de la même analyse les a : \
             --output markdown=FICHIER pour le résumé de la tâche, sarif=FICHIER pour l’analyse de code."
        ),
    }
}

/// One command, on a line of its own.
fn command(
    kind: Kind,
    at: Option<&Spot>,
    title: &str,
    text: &str,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    write!(out, "::{} ", kind.command())?;
    // Of what is no file the run is annotated.
    if let Some(spot) = at.filter(|spot| spot.is_file) {
        write!(out, "file={},", property(&spot.path))?;
        if let Some((start, end)) = spot.lines {
            write!(out, "line={},endLine={},", start.line, end.line)?;
            // The runner takes columns of one line alone.
            if start.line == end.line {
                let end = end.column.max(start.column);
                write!(out, "col={},endColumn={end},", start.column)?;
            }
        }
    }
    writeln!(out, "title={}::{}", property(title), data(text))
}

/// Text behind the command.
fn data(text: &str) -> String {
    let text = text
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A");
    // The log shows the message behind a mark in the older notation, and would read another one.
    unmarked(&text).into_owned()
}

/// Text within the command.
fn property(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
        .replace(':', "%3A")
        .replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemCode;
    use crate::report::testing::Sample;
    use crate::text::Text;

    fn written(report: &Report<'_>) -> String {
        let mut out = Vec::new();
        write(report, &mut out).expect("written");
        String::from_utf8(out).expect("UTF-8")
    }

    fn of<'t>(text: &'t str, command: &str) -> Vec<&'t str> {
        let start = format!("::{command} ");
        text.lines()
            .filter(|line| line.starts_with(&start))
            .collect()
    }

    #[test]
    fn what_fails_is_an_error_and_what_is_waived_is_none() {
        let sample = Sample::new();
        let text = written(&sample.report(ExitStatus::Incomplete));
        let errors = of(&text, "error");
        let starts = [
            "::error file=main.tf,line=1,endLine=1,col=1,endColumn=17,title=Gardefou · syntax::a block is not closed%0A",
            "::error file=main.tf,line=5,endLine=5,col=1,endColumn=33,title=residency/outside-area · critical · health data::",
            "::error file=main.tf,line=9,endLine=9,col=1,endColumn=33,title=encryption/key-shared-between-tenants · \
             undetermined%2C would be high · health data::",
            "::error file=main.tf,line=11,endLine=11,col=12,endColumn=23,title=residency/outside-area · critical · health data::",
        ];
        assert_eq!(errors.len(), starts.len(), "{text}");
        for (error, start) in errors.iter().zip(starts) {
            assert!(error.starts_with(start), "{error}\n{start}");
        }
        assert_eq!(of(&text, "warning").len(), 1, "{text}");
        assert!(!text.contains("unclassified"), "{text}");
        assert!(text.contains("1 waived"), "{text}");
        let last = text.lines().last().expect("a line");
        assert_eq!(
            last,
            "Exit status 2: not everything could be judged: 1 error; what could be has 3 failing findings"
        );
    }

    #[test]
    fn ten_of_a_kind_and_a_count_of_the_rest() {
        let mut sample = Sample::new();
        let one = sample.findings[1].clone();
        let mut other = one.clone();
        other.rule = "residency/copy-outside-area".into();
        let mut low = one.clone();
        low.severity = Severity::Low;
        sample.findings = std::iter::repeat_n(one, 30).collect();
        sample.findings.push(other);
        sample.findings.extend(std::iter::repeat_n(low, 12));
        let problems =
            (0..20).map(|n| Problem::error(ProblemCode::Syntax, Text::same(format!("fault {n}"))));
        sample.problems = problems.collect();
        let text = written(&sample.report(ExitStatus::Incomplete));
        let errors = of(&text, "error");
        assert_eq!(errors.len(), 10, "{text}");
        let faults = errors.iter().filter(|line| line.contains("fault"));
        assert_eq!(faults.count(), 5, "{text}");
        // A rule that found one thing is not lost behind one that found thirty.
        assert!(
            errors.iter().any(|line| line.contains("copy-outside")),
            "{text}"
        );
        let notices = of(&text, "notice");
        assert_eq!(notices.len(), 10, "{text}");
        assert!(
            notices[9].contains("41 errors, 3 notices"),
            "{}",
            notices[9]
        );
    }

    #[test]
    fn a_violation_is_not_hidden_by_open_questions() {
        let mut sample = Sample::new();
        let mut open = sample.findings[1].clone();
        open.rule = "tenancy/a".into();
        open.severity = Severity::Critical;
        open.outcome = Outcome::Undetermined(Text::same("nobody knows"));
        let mut violation = sample.findings[1].clone();
        violation.rule = "tenancy/b".into();
        violation.severity = Severity::High;
        violation.outcome = Outcome::Violation;
        let mut same_rule = violation.clone();
        same_rule.rule = "tenancy/a".into();
        sample.findings = std::iter::repeat_n(open, 30).collect();
        sample.findings.extend([violation, same_rule]);
        sample.problems.clear();
        let report = sample.report(ExitStatus::Findings);
        let said = chosen(Kind::Error, SHOWN, &report);
        let first: Vec<_> = (said.findings.iter())
            .take(3)
            .map(|one| (&*one.rule, one.outcome == Outcome::Violation))
            .collect();
        assert_eq!(
            first,
            [
                ("tenancy/a", false),
                ("tenancy/b", true),
                ("tenancy/a", true)
            ]
        );
    }

    #[test]
    fn nothing_to_scan_is_an_error() {
        let mut sample = Sample::new();
        sample.findings.clear();
        sample.problems.clear();
        let text = written(&sample.report(ExitStatus::NothingToScan));
        assert!(text.starts_with("::error title=Gardefou::"), "{text}");
    }

    #[test]
    fn what_came_through_a_pipe_has_no_file() {
        let mut sample = Sample::new();
        sample.findings.truncate(2);
        let source = sample.sources.add_given("<stdin>", "a\n", false);
        sample.findings[1].place =
            crate::source::Place::new(source, crate::source::Span::new(0, 1));
        let problem = Problem::error(ProblemCode::Syntax, Text::same("x"));
        sample.problems = vec![problem.in_file("<stdin>")];
        let text = written(&sample.report(ExitStatus::Incomplete));
        assert!(!text.contains("file=<stdin>"), "{text}");
        assert!(text.contains("%0AIn what was given: <stdin>:1:1"), "{text}");
        assert!(
            text.contains("::x%0AIn what was given: <stdin>\n"),
            "{text}"
        );
    }

    #[test]
    fn problems_take_all_places_that_findings_leave() {
        let mut sample = Sample::new();
        sample.findings.truncate(2);
        let problems =
            (0..20).map(|n| Problem::error(ProblemCode::Syntax, Text::same(format!("fault {n}"))));
        sample.problems = problems.collect();
        let text = written(&sample.report(ExitStatus::Incomplete));
        let errors = of(&text, "error");
        let faults = errors.iter().filter(|line| line.contains("fault"));
        assert_eq!((errors.len(), faults.count()), (10, 9), "{text}");
    }

    #[test]
    fn no_text_starts_a_command_of_its_own() {
        let hostile = "x\n::set-output name=a::b\r\n::error::c %0A::warning::d ##[error]e,file=f";
        let mut sample = Sample::new();
        let finding = &mut sample.findings[1];
        finding.rule = "a,b=c::d/e".into();
        finding.message.en = hostile.into();
        finding.help.en = hostile.into();
        let source = sample.sources.add(format!("{hostile}.tf"), "a\n");
        finding.place = crate::source::Place::new(source, crate::source::Span::new(0, 1));
        sample.problems = vec![
            Problem::error(ProblemCode::Syntax, Text::same(hostile))
                .in_file(hostile)
                .help(Text::same(hostile)),
            Problem::error(ProblemCode::Policy, Text::same(hostile)),
        ];
        let text = written(&sample.report(ExitStatus::Incomplete));
        let starts = [
            "::error ",
            "::warning ",
            "::notice ",
            "Exit status 2:",
            "2 critical · ",
        ];
        for line in text.lines() {
            assert!(starts.iter().any(|start| line.starts_with(start)), "{line}");
            let Some(command) = line.strip_prefix("::") else {
                continue;
            };
            let (head, data) = command.split_once("::").expect("a separator");
            let names: Vec<&str> = head
                .split_once(' ')
                .map(|(_, rest)| rest)
                .unwrap_or_default()
                .split(',')
                .map(|pair| pair.split('=').next().unwrap_or_default())
                .collect();
            assert!(
                names.is_sorted_by_key(|name| [
                    "file",
                    "line",
                    "endLine",
                    "col",
                    "endColumn",
                    "title"
                ]
                .iter()
                .position(|one| one == name)),
                "{names:?}"
            );
            assert!(!data.contains("##["), "{data}");
            assert!(!data.contains("%0A::"), "{data}");
        }
    }
}
