//! Writes the document piece by piece, each by the library, on all threads. As a whole it would take several times the room
//! of the findings that it is made from.

use std::io;

use quick_junit::{Report as Document, TestCase, TestSuite};

use super::{NAME, Rule};
use crate::report::Report;
use crate::report::ahead::made_ahead;
use crate::verdict::Finding;

/// How the elements of each depth begin and end.
const SUITE: &str = "\n    <testsuite";
const SUITE_END: &str = "\n    </testsuite>";
const CASE: &str = "\n        <testcase";
const WHOLE_END: &str = "\n</testsuites>";

/// Writes the suite of the scan and those of the rules.
pub(super) fn write(
    scan: TestSuite,
    rules: &[Rule<'_>],
    report: &Report<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let heads: Vec<TestSuite> = rules.iter().map(|rule| rule.head(report)).collect();
    let mut whole = Document::new(NAME);
    let scan_text = suite(scan.clone())?;
    whole.add_test_suite(scan);
    whole.add_test_suites(heads.iter().cloned());
    whole.test_suites.clear();
    // The schema that Jenkins holds reports against knows this count for suites, not for the whole.
    let unknown = format!(" skipped=\"{}\"", whole.skipped);
    let text = text(&whole)?.replacen(&unknown, "", 1);
    let end = text.rfind(WHOLE_END).unwrap_or(text.len());
    let (start, end) = text.split_at(end);
    out.write_all(start.as_bytes())?;
    out.write_all(scan_text.as_bytes())?;
    for (rule, head) in rules.iter().zip(heads) {
        let head = suite(head)?;
        if rule.findings.is_empty() && rule.others.is_none() {
            out.write_all(head.as_bytes())?;
            continue;
        }
        out.write_all(head.strip_suffix("/>").unwrap_or(&head).as_bytes())?;
        out.write_all(b">")?;
        let make = |part: &[&Finding]| cases(part.iter().map(|one| rule.case(one, report)));
        made_ahead(&rule.findings, make, |text| out.write_all(text.as_bytes()))?;
        out.write_all(cases(rule.others.clone())?.as_bytes())?;
        out.write_all(SUITE_END.as_bytes())?;
    }
    out.write_all(end.as_bytes())
}

/// Cases as they stand in a suite. What comes from the input holds no `<`.
fn cases(all: impl IntoIterator<Item = TestCase>) -> io::Result<String> {
    let mut of = TestSuite::new(NAME);
    of.add_test_cases(all);
    let text = suite(of)?;
    let start = text.find(CASE).unwrap_or(text.len());
    let end = text.rfind(SUITE_END).unwrap_or(text.len());
    Ok(text.get(start..end).unwrap_or_default().to_owned())
}

/// A suite as it stands in a document.
fn suite(suite: TestSuite) -> io::Result<String> {
    let mut document = Document::new(NAME);
    document.add_test_suite(suite);
    let text = text(&document)?;
    let start = text.find(SUITE).unwrap_or(text.len());
    let end = text.rfind(WHOLE_END).unwrap_or(text.len());
    Ok(text.get(start..end).unwrap_or_default().to_owned())
}

fn text(document: &Document) -> io::Result<String> {
    document.to_string().map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::junit::{rules, scan};
    use crate::report::testing::Sample;
    use crate::verdict::ExitStatus;

    /// The library writes the same at once.
    #[test]
    fn the_pieces_make_the_document() {
        let sample = Sample::new();
        for status in [ExitStatus::Clean, ExitStatus::NothingToScan] {
            let report = sample.report(status);
            let mut document = Document::new(NAME);
            document.add_test_suite(scan(&report));
            let rules = rules(&report);
            assert!(!rules.is_empty());
            for rule in &rules {
                let mut suite = TestSuite::new(rule.id);
                suite.add_test_cases(rule.findings.iter().map(|one| rule.case(one, &report)));
                suite.add_test_cases(rule.others.clone());
                document.add_test_suite(suite);
            }
            let unknown = format!(" skipped=\"{}\"", document.skipped);
            let whole = text(&document).expect("text").replacen(&unknown, "", 1);
            let mut out = Vec::new();
            write(scan(&report), &rules, &report, &mut out).expect("written");
            assert_eq!(String::from_utf8(out).expect("text"), whole);
        }
    }
}
