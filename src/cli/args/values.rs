//! The words that options take, and how they are read.

use std::path::PathBuf;

use clap::ValueEnum;

use super::super::usage::Spoken;
use crate::config::words::Severity;
use crate::text::text;

/// A CI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum CiArg {
    /// GitHub Actions
    Github,
    /// GitLab CI
    Gitlab,
    /// None
    None,
}

/// Where an offering stands with ANSSI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum StandingArg {
    /// A visa is in force
    Qualified,
    /// An application is filed
    Candidate,
    /// The visa has ended
    Lapsed,
    /// No visa
    None,
}

/// A format of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Format {
    /// For people
    Human,
    /// One JSON object, described in docs/schema
    Json,
}

/// A format of the report of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ReportFormat {
    /// For people
    Human,
    /// One JSON object, described in docs/schema
    Json,
    /// One JSON object a line: each finding and problem, the summary last
    Ndjson,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands of GitHub Actions: annotations in the changed files
    Github,
    /// Code Quality of GitLab, shown in merge requests
    Gitlab,
    /// JUnit XML, for CI servers
    Junit,
    /// Markdown, for comments on merge requests and job summaries
    Markdown,
    /// One HTML page that needs nothing else
    Html,
    /// OSCAL assessment results as JSON, for compliance officers
    Oscal,
}

impl From<ReportFormat> for crate::report::Format {
    fn from(format: ReportFormat) -> Self {
        match format {
            ReportFormat::Human => Self::Human,
            ReportFormat::Json => Self::Json,
            ReportFormat::Ndjson => Self::Ndjson,
            ReportFormat::Sarif => Self::Sarif,
            ReportFormat::Github => Self::Github,
            ReportFormat::Gitlab => Self::Gitlab,
            ReportFormat::Junit => Self::Junit,
            ReportFormat::Markdown => Self::Markdown,
            ReportFormat::Html => Self::Html,
            ReportFormat::Oscal => Self::Oscal,
        }
    }
}

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum LangArg {
    /// English
    En,
    /// French
    Fr,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Color {
    /// At a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What undetermined findings do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Undetermined {
    /// Fail at every level of data, when their severity reaches --fail-on
    Fail,
    /// Are shown and never fail
    Warn,
    /// Are counted, not shown, and never fail
    Ignore,
}

/// The bar: a severity, or never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct FailOn(pub(in crate::cli) Option<Severity>);

impl std::str::FromStr for FailOn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "never" {
            return Ok(Self(None));
        }
        let severity = text.parse().map_err(|error| format!("{error}, or never"))?;
        Ok(Self(Some(severity)))
    }
}

/// `json=report.json`.
pub(super) fn output(text: &str) -> Result<(ReportFormat, PathBuf), Spoken> {
    let (format, path) = match text.split_once('=') {
        Some((format, path)) if !path.is_empty() => (format, path),
        _ => {
            return Err(Spoken(text!(
                "write it as FORMAT=FILE, such as json=report.json",
                "écrivez FORMAT=FICHIER, comme json=rapport.json"
            )));
        }
    };
    let Ok(is) = ReportFormat::from_str(format, false) else {
        let all = ReportFormat::value_variants().iter();
        let all: Vec<String> = all
            .filter_map(|one| Some(one.to_possible_value()?.get_name().to_owned()))
            .collect();
        let all = all.join(", ");
        return Err(Spoken(text!(
            "there is no format `{format}`: use one of {all}",
            "il n’y a pas de format « {format} » : à choisir parmi {all}"
        )));
    };
    if path == "-" {
        return Err(Spoken(text!(
            "`-` is no file: what goes to standard output is chosen with `--format {format}`",
            "« - » n’est pas un fichier : ce qui va sur la sortie standard se choisit avec `--format {format}`"
        )));
    }
    Ok((is, PathBuf::from(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_name_a_format_and_a_file() {
        assert_eq!(
            output("json=a=b.json"),
            Ok((ReportFormat::Json, PathBuf::from("a=b.json")))
        );
        for wrong in ["json", "json=", "xml=a", "html=-"] {
            assert!(output(wrong).is_err(), "{wrong}");
        }
        let error = output("xml=a").expect_err("no format");
        assert!(error.to_string().contains("sarif") && error.0.fr.contains("sarif"));
    }

    #[test]
    fn the_bar_is_a_severity_or_never() {
        assert_eq!("never".parse(), Ok(FailOn(None)));
        assert_eq!("low".parse(), Ok(FailOn(Some(Severity::Low))));
        let error = "hihg".parse::<FailOn>().expect_err("no severity");
        assert!(
            error.contains("critical") && error.ends_with("or never"),
            "{error}"
        );
    }
}
