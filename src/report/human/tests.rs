use super::{Look, Verbosity, write};
use crate::report::Lang;
use crate::report::testing::Sample;
use crate::verdict::ExitStatus;

fn report(look: &Look) -> String {
    let sample = Sample::new();
    write(&sample.report(ExitStatus::Incomplete), look).expect("a report")
}

fn with(verbosity: Verbosity) -> String {
    report(&Look {
        verbosity,
        ..Look::default()
    })
}

#[test]
fn what_people_read() {
    insta::assert_snapshot!("normal", with(Verbosity::Normal));
    insta::assert_snapshot!("verbose", with(Verbosity::Verbose));
    insta::assert_snapshot!("quiet", with(Verbosity::Quiet));
}

/// Colour adds to the text and changes nothing of it.
#[test]
fn the_text_is_whole_without_colour() {
    for verbosity in [Verbosity::Quiet, Verbosity::Normal, Verbosity::Verbose] {
        let colored = report(&Look {
            color: true,
            verbosity,
            ..Look::default()
        });
        assert!(colored.contains('\u{1b}'));
        let mut plain = String::new();
        let mut parts = colored.split('\u{1b}');
        plain.extend(parts.next());
        for part in parts {
            plain.push_str(part.split_once('m').map_or("", |(_, text)| text));
        }
        assert_eq!(plain, with(verbosity));
    }
}

#[test]
fn undetermined_findings_can_be_left_out() {
    let look = Look {
        undetermined: false,
        ..Look::default()
    };
    let text = report(&look);
    assert!(!text.contains("kms_key"), "{text}");
    assert!(text.contains("1 undetermined"), "still counted: {text}");
}

#[test]
fn lines_keep_to_the_width() {
    for width in [60, 80, 120] {
        let text = report(&Look {
            width,
            ..Look::default()
        });
        for line in text.lines() {
            let wide = line.chars().count();
            // A line of source and a headline are not wrapped.
            assert!(wide <= width + 20, "{wide} at {width}: {line}");
        }
    }
}

#[test]
fn findings_speak_the_language_asked_for() {
    let sample = Sample::new();
    let mut report = sample.report(ExitStatus::Findings);
    report.lang = Lang::Fr;
    let text = write(&report, &Look::default()).expect("a report");
    assert!(text.contains("hors de l’EEE"), "{text}");
    assert!(
        text.contains("cannot") || text.contains("it cannot be told"),
        "English where there is no French: {text}"
    );
}
