//! A part of the findings never looks like all of them, and what a baseline accepts never looks like nothing: tests of every
//! format that has a place for such words.

use serde_json::Value;

use super::testing::Sample;
use super::{Format, Lang, Report, human, write};
use crate::verdict::{ExitStatus, Scope, ScopeKind};

/// Code Quality is a bare list of entries.
const FORMATS: [Format; 9] = [
    Format::Human,
    Format::Json,
    Format::Ndjson,
    Format::Sarif,
    Format::Github,
    Format::Junit,
    Format::Markdown,
    Format::Html,
    Format::Oscal,
];

fn written(format: Format, report: &Report<'_>) -> String {
    let look = human::Look {
        width: 1_000,
        ..human::Look::default()
    };
    let mut out = Vec::new();
    write(format, report, &look, &mut out).expect("written");
    String::from_utf8(out).expect("UTF-8")
}

fn json(format: Format, report: &Report<'_>) -> Value {
    serde_json::from_str(&written(format, report)).expect("JSON")
}

#[test]
fn every_format_says_that_it_shows_a_part() {
    let sample = Sample::in_part();
    let report = sample.report(ExitStatus::Findings);
    for lang in [Lang::En, Lang::Fr] {
        let report = Report { lang, ..report };
        let words = match lang {
            Lang::En => [
                "12 other findings are not shown, 4 of them would fail",
                "1 known in gardefou.baseline.json",
            ],
            Lang::Fr => [
                "12 autres constats ne sont pas montrés, dont 4 bloquants",
                "1 connus selon gardefou.baseline.json",
            ],
        };
        for format in FORMATS {
            let text = written(format, &report).replace("\\.", ".");
            if matches!(format, Format::Json | Format::Ndjson) {
                continue;
            }
            for words in words {
                assert!(text.contains(words), "{format:?} {words}: {text}");
            }
        }
    }
}

#[test]
fn without_them_nothing_is_said_of_them() {
    let sample = Sample::new();
    for format in FORMATS {
        let text = written(format, &sample.report(ExitStatus::Findings));
        for words in [
            "not shown",
            "nown by the baseline",
            "known in",
            "\"left_out\"",
            "baselineState",
        ] {
            // What became of no baseline is null in JSON.
            assert!(!text.contains(words), "{format:?} {words}");
        }
    }
}

#[test]
fn programs_read_the_same_object_everywhere() {
    let sample = Sample::in_part();
    let report = sample.report(ExitStatus::Findings);
    let whole = json(Format::Json, &report);
    assert_eq!(whole["scope"]["left_out"], 12);
    assert_eq!(whole["baseline"]["known"], 1);
    let lines = written(Format::Ndjson, &report);
    let start: Value = serde_json::from_str(lines.lines().next().expect("a line")).expect("JSON");
    let log = json(Format::Sarif, &report);
    let properties = &log["runs"][0]["properties"];
    for key in ["scope", "baseline"] {
        assert_eq!(start[key], whole[key]);
    }
    assert_eq!(properties["scope"], whole["scope"]);
    for key in ["path", "known", "new", "graver", "not_looked_at", "expired"] {
        assert_eq!(properties["baseline"][key], whole["baseline"][key]);
    }
    let oscal = json(Format::Oscal, &report);
    let props = oscal["assessment-results"]["results"][0]["props"].as_array();
    let prop = |name: &str| {
        let mut props = props.expect("a list").iter();
        props
            .find(|one| one["name"] == name)
            .map(|one| &one["value"])
    };
    assert_eq!(prop("left-out"), Some(&"12".into()));
    assert_eq!(prop("baseline-known"), Some(&"1".into()));
}

#[test]
fn results_stand_to_the_baseline_as_its_entries_do() {
    let sample = Sample::in_part();
    let log = json(Format::Sarif, &sample.report(ExitStatus::Findings));
    let results = log["runs"][0]["results"].as_array().expect("a list");
    let state = |outcome: &str, waived: bool| {
        let mut found = results.iter().filter(|one| {
            let is_waived = one["suppressions"] != Value::Array(Vec::new());
            one["properties"]["outcome"] == outcome && is_waived == waived
        });
        let states: Vec<&Value> = found.by_ref().map(|one| &one["baselineState"]).collect();
        states
    };
    assert_eq!(state("violation", false), ["new"]);
    assert_eq!(state("undetermined", false), ["updated"]);
    let mut accepted = state("violation", true);
    accepted.sort_by_key(|one| one.as_str());
    assert_eq!(accepted, ["new", "unchanged"]);
    let known = results
        .iter()
        .find(|one| one["baselineState"] == "unchanged");
    assert_eq!(known.expect("one")["suppressions"][0]["kind"], "external");
    let notes = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    let notes = notes.as_array().expect("a list").iter();
    assert_eq!(notes.filter(|one| one["level"] == "note").count(), 2);
}

/// Who answers for it until a day has decided. Without them it is known, and no more.
#[test]
fn a_known_risk_is_open_unless_somebody_answers_for_it() {
    let status = |by: Option<&str>, until: Option<&str>| {
        let mut sample = Sample::in_part();
        for finding in &mut sample.findings {
            if let Some(waived) = &mut finding.waived {
                waived.by = by.map(str::to_owned);
                waived.until = until.map(str::to_owned);
            }
        }
        let oscal = json(Format::Oscal, &sample.report(ExitStatus::Findings));
        let risks = &oscal["assessment-results"]["results"][0]["risks"];
        let risks = risks.as_array().expect("a list").iter();
        let known = risks.filter(|one| {
            let props = one["props"].as_array().map_or(&[][..], Vec::as_slice);
            props
                .iter()
                .any(|one| one["name"] == "accepted-by" && one["value"] == "baseline")
        });
        let known: Vec<String> = known.map(|one| one["status"].to_string()).collect();
        known
    };
    assert_eq!(
        status(Some("DSI"), Some("2027-03-31")),
        ["\"deviation-approved\""]
    );
    assert_eq!(status(Some("DSI"), None), ["\"open\""]);
    assert_eq!(status(None, Some("2027-03-31")), ["\"open\""]);
}

/// A baseline may know thousands: it is one row, and is not listed among the waivers.
#[test]
fn people_see_the_baseline_as_a_whole() {
    let sample = Sample::in_part();
    let report = sample.report(ExitStatus::Findings);
    let page = written(Format::Html, &report);
    let waivers = page
        .split("id=\"waivers-heading\"")
        .nth(1)
        .expect("the part");
    let waivers = waivers.split("</section>").next().expect("its end");
    for words in ["before we began", "2027-03-31", "DSI", "in force"] {
        assert_eq!(waivers.matches(words).count(), 1, "{words}: {waivers}");
    }
    let markdown = written(Format::Markdown, &report);
    assert!(
        markdown.contains("| ☑️ known by the baseline | 1 | | **1** |"),
        "{markdown}"
    );
    assert!(markdown.contains("| ☑️ waived |"), "{markdown}");
    assert!(!markdown.contains("before we began"), "{markdown}");
    let junit = written(Format::Junit, &report);
    let said = "message=\"known by the baseline: before we began, by DSI, until 2027-03-31\"";
    assert_eq!(junit.matches(said).count(), 1, "{junit}");
    assert!(
        junit.contains("<property name=\"left-out\" value=\"12\"/>"),
        "{junit}"
    );
}

#[test]
fn hostile_names_do_nothing_in_these_words() {
    let hostile = "x\n::error::a ##[error]b <b>@all</b>\u{1b}[31m";
    let mut sample = Sample::in_part();
    if let Some(used) = &mut sample.baseline {
        used.path = hostile.into();
        used.reason = hostile.into();
        used.by = Some(hostile.into());
    }
    for everything in [None, Some(hostile.to_owned())] {
        sample.scope = Some(Scope {
            kind: ScopeKind::Since {
                reference: hostile.into(),
                commit: hostile.into(),
            },
            everything,
            ..sample.scope.clone().expect("a scope")
        });
        for format in FORMATS {
            let text = written(format, &sample.report(ExitStatus::Findings));
            assert!(!text.contains('\u{1b}'), "{format:?}");
            if format == Format::Github {
                assert!(!text.contains("##["), "{text}");
            }
            if matches!(format, Format::Github | Format::Human) {
                let mut lines = text.lines();
                assert!(
                    !lines.any(|line| line.trim().starts_with("::error::")),
                    "{text}"
                );
            }
            if matches!(format, Format::Html | Format::Junit) {
                assert!(!text.contains("<b>@"), "{format:?}: {text}");
            }
            // A path that bears on everything is code, where nothing is read.
            if format == Format::Markdown {
                let prose = text.replace("`x ::error::a", "\0");
                let prose = prose.split('\0').next().unwrap_or_default();
                assert!(!prose.contains("@all") && !prose.contains("<b>@"), "{text}");
            }
        }
    }
}
