//! One JSON object a line: for pipelines that read as they go, and for warehouses that load lines.
//!
//! Each line says what it is with `type`; beside it stand the keys that the JSON report has for such a thing. Described by
//! `docs/schema/scan-line.schema.json`.

use std::io;

use serde::Serialize;

use super::Report;
use super::ahead::made_ahead;
use super::json::{self, BaselineOut, SCHEMA, ScopeOut, Tool};
use super::values::on_one_line;
use crate::config::Date;

/// Bytes that a line mostly takes.
const A_LINE: usize = 2_000;

/// A line.
#[derive(Serialize)]
struct Line<T> {
    #[serde(rename = "type")]
    is: &'static str,
    #[serde(flatten)]
    what: T,
}

/// The first line: what was run, and whether what follows is all of it.
#[derive(Serialize)]
struct Start<'a> {
    schema: u32,
    tool: Tool,
    as_of: Date,
    config: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<ScopeOut<'a>>,
    baseline: Option<BaselineOut<'a>>,
}

/// The last line: whoever has read it has read everything.
#[derive(Serialize)]
struct End<'a> {
    #[serde(flatten)]
    summary: json::Summary,
    coverage: json::CoverageOut<'a>,
}

/// Writes the report.
///
/// # Errors
/// When `out` cannot take more.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let start = Start {
        schema: SCHEMA,
        tool: Tool::THIS,
        as_of: report.as_of(),
        config: report.config,
        scope: report.scope.map(ScopeOut::of),
        baseline: report.baseline.map(BaselineOut::of),
    };
    out.write_all(&line("start", start)?)?;
    lines("finding", report.findings, out, |one| {
        json::finding(one, report)
    })?;
    lines("requirement", &report.requirements.all, out, |one| {
        json::requirement(one, report)
    })?;
    lines("problem", report.problems, out, |one| {
        json::problem(one, report.sources, report.lang)
    })?;
    let end = End {
        summary: json::summary(report),
        coverage: json::coverage(report.coverage),
    };
    out.write_all(&line("summary", end)?)
}

/// Lines of one type, made by all threads and written in order, some at a time.
fn lines<'a, T: Sync, O: Serialize>(
    is: &'static str,
    all: &'a [T],
    out: &mut dyn io::Write,
    make: impl Fn(&'a T) -> O + Sync,
) -> io::Result<()> {
    let make = |part: &'a [T]| {
        let lines = part.iter().map(|one| line(is, make(one)));
        Ok(lines.collect::<serde_json::Result<Vec<_>>>()?)
    };
    made_ahead(all, make, |lines| {
        lines.iter().try_for_each(|line| out.write_all(line))?;
        // A reader at the other end of a pipe works while the next ones are made.
        out.flush()
    })
}

/// A line with its end. Nothing in it is taken for another end of a line.
fn line(is: &'static str, what: impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut text = on_one_line(&Line { is, what }, A_LINE)?;
    text.push(b'\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Text;
    use crate::report::testing::Sample;
    use crate::verdict::ExitStatus;
    use serde_json::Value;

    fn written(sample: &Sample) -> Vec<Value> {
        let mut text = Vec::new();
        write(&sample.report(ExitStatus::Findings), &mut text).expect("written");
        let text = String::from_utf8(text).expect("UTF-8");
        assert!(text.ends_with('\n'));
        text.lines()
            .map(|line| serde_json::from_str(line).expect("a line is an object"))
            .collect()
    }

    /// The lines together say what the JSON report says.
    #[test]
    fn the_lines_hold_what_the_json_report_holds() {
        hold_the_same(&Sample::new());
        hold_the_same(&Sample::in_part());
    }

    fn hold_the_same(sample: &Sample) {
        let mut whole = Vec::new();
        json::write(&sample.report(ExitStatus::Findings), &mut whole).expect("written");
        let whole: Value = serde_json::from_slice(&whole).expect("JSON");
        let mut said = serde_json::json!({
            "findings": [], "requirements": [], "problems": [], "summary": {},
        });
        for mut line in written(sample) {
            let mut line = line.as_object_mut().expect("an object").clone();
            let is = line.shift_remove("type").expect("a type");
            match is.as_str().expect("a word") {
                "start" => said
                    .as_object_mut()
                    .expect("an object")
                    .extend(std::mem::take(&mut line)),
                "summary" => {
                    said["coverage"] = line.shift_remove("coverage").expect("coverage");
                    said["summary"] = line.into();
                }
                many => said[format!("{many}s")]
                    .as_array_mut()
                    .expect("a list")
                    .push(line.into()),
            }
        }
        assert_eq!(whole, said);
    }

    #[test]
    fn no_text_breaks_a_line() {
        let mut sample = Sample::new();
        let ends = "a\nb\rc\u{b}\u{c}\u{1c}\u{1d}\u{1e}\u{85}\u{2028}\u{2029}\u{1b}[31m";
        for finding in &mut sample.findings {
            finding.message = Text::new(ends, ends);
            finding.address = ends.into();
        }
        let mut text = Vec::new();
        write(&sample.report(ExitStatus::Findings), &mut text).expect("written");
        let text = String::from_utf8(text).expect("UTF-8");
        let strange = |c: char| c.is_control() && c != '\n' || "\u{2028}\u{2029}".contains(c);
        assert!(!text.contains(strange), "{text:?}");
        let lines = written(&sample);
        assert_eq!(lines[1]["message"], ends);
        assert_eq!(lines.last().expect("a line")["type"], "summary");
    }
}
