//! The report for people at a terminal, through the real program: its order, its language, its last line.

use crate::support::{AS_OF, Run, gardefou_in};

/// A bucket in London, a database in Virginia and one that nobody can place, in the order in which least weighs most.
const CODE: &str = r#"
variable "region" {}
provider "aws" {
  region = "us-east-1"
}
provider "aws" {
  alias  = "open"
  region = var.region
}
resource "aws_s3_bucket" "open" {
  provider = aws.open
  tags     = { data-classification = "health" }
}
resource "aws_s3_bucket" "letters" {
  tags = { data-classification = "personal" }
}
resource "aws_db_instance" "patients" {
  tags = { data-classification = "particular" }
}
resource "acme_widget" "w" {}
"#;

fn run(more: &[&str]) -> Run {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("main.tf"), CODE).expect("written");
    let arguments = ["scan", ".", "--as-of", AS_OF];
    gardefou_in(folder.path(), &[&arguments, more].concat(), &[])
}

/// The words that findings start with.
fn headings<'r>(run: &'r Run, words: &[&'r str]) -> Vec<&'r str> {
    let first = |line: &'r str| line.split(' ').next().unwrap_or_default();
    let lines = run.stdout.lines().map(first);
    lines.filter(|word| words.contains(word)).collect()
}

#[test]
fn what_weighs_most_comes_first_and_what_is_open_last() {
    let run = run(&[]);
    let order = ["critical", "high", "medium", "low", "info", "undetermined"];
    let found = headings(&run, &order);
    let ranks: Vec<_> = found
        .iter()
        .map(|word| order.iter().position(|one| one == word))
        .collect();
    assert!(ranks.is_sorted(), "{found:?}");
    assert_eq!(found.first(), Some(&"critical"), "{}", run.stdout);
    assert_eq!(found.last(), Some(&"undetermined"), "{}", run.stdout);
}

#[test]
fn one_line_for_each_says_what_an_open_question_weighs() {
    let quiet = run(&["-q"]).stdout;
    let mut open = quiet
        .lines()
        .filter(|line| line.contains(": undetermined "));
    let weighs = |line: &str| {
        let word = line.split(": undetermined ").nth(1).unwrap_or_default();
        ["critical[", "high[", "medium[", "low["]
            .iter()
            .any(|severity| word.starts_with(severity))
    };
    assert!(open.clone().count() > 0, "{quiet}");
    assert!(open.all(weighs), "{quiet}");
}

/// The last line counts what fails; the counts above it tell violations and open questions apart.
#[test]
fn the_last_line_agrees_with_the_counts() {
    let said = run(&[]);
    assert_eq!(said.code, 1);
    let number = |text: &str| -> usize {
        let digits = text.trim().split(' ').next().unwrap_or_default();
        digits.parse().expect("a number")
    };
    let counts = said
        .stdout
        .lines()
        .find_map(|line| line.strip_prefix("   findings "))
        .expect("counts");
    let above = |words: &[&str]| -> usize {
        let parts = counts.split('·');
        let wanted = parts.filter(|part| words.iter().any(|word| part.contains(word)));
        wanted.map(number).sum()
    };
    let last = said.stdout.lines().last().expect("a last line");
    let (failing, open) = last
        .strip_prefix("Exit status 1: ")
        .and_then(|rest| rest.split_once(" findings at or above `high`, "))
        .expect(last);
    assert!(open.ends_with(" of them undetermined"), "{last}");
    let open = number(open);
    assert_eq!(
        number(failing) - open,
        above(&["critical", "high"]),
        "{last}"
    );
    assert!(open <= above(&["undetermined"]), "{last}");
}

/// No word of the frame is left in English.
#[test]
fn the_frame_speaks_french() {
    for more in [&["--lang", "fr"][..], &["--lang", "fr", "--verbose"]] {
        let text = run(more).stdout;
        for phrase in [
            "would be",
            "What to do",
            "Summary",
            "Exit status",
            "at or above",
            "not seen",
            "not set here",
            "nobody said",
            "undetermined",
            "with --verbose",
            "unknown to the catalogue",
            "facts not established",
            "as of",
            "finding",
            " of them",
            "particular data",
            "health data",
            "supposée health",
            "supposée personal",
        ] {
            assert!(!text.contains(phrase), "{phrase:?} in\n{text}");
        }
        for line in text.lines() {
            let name = line.strip_prefix("   ").unwrap_or(line);
            let word = name.split(' ').next().unwrap_or_default();
            let english = [
                "critical",
                "high",
                "medium",
                "low",
                "reason",
                "evidence",
                "also",
                "with",
                "rule",
                "help",
                "against",
                "more",
                "read",
                "problems",
                "error",
                "warning",
                "setting",
                "Requirements",
            ];
            assert!(!english.contains(&word), "{line}");
        }
    }
    let quiet = run(&["--lang", "fr", "-q"]).stdout;
    assert!(quiet.contains(": indéterminé "), "{quiet}");
    assert!(!quiet.contains(" critical["), "{quiet}");
}

#[test]
fn rules_and_their_pages_speak_french() {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = gardefou_in(folder.path(), &["rules", "--lang", "fr"], &[]).stdout;
    for word in ["  critical ", "  high ", "  medium ", "of the tool itself"] {
        assert!(!rules.contains(word), "{word:?} in\n{rules}");
    }
    assert!(rules.contains("critique") && rules.contains("(de l’outil lui-même)"));
}

/// An actor that nobody declared is an open row that says what to write, and no finding is counted for it.
#[test]
fn an_actor_that_nobody_declared_says_what_to_write() {
    let text = run(&[]).stdout;
    let mut lines = text
        .lines()
        .skip_while(|line| !line.contains("SNC-SCP-003"));
    let row: String = lines.by_ref().take(4).collect();
    let row: Vec<&str> = row.split_whitespace().collect();
    let row = row.join(" ");
    assert!(
        row.contains("not declared: write `actor` under [organisation]"),
        "{text}"
    );
    assert!(!row.contains("against"), "{row}");
    let declared = run(&["--actor", "private"]).stdout;
    assert!(!declared.contains("SNC-SCP-003"), "{declared}");
}

/// A folder with code in `infra`, a configuration above it, and a module beside it.
fn estate() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let infra = folder.path().join("infra");
    std::fs::create_dir_all(infra.join("prod")).expect("a folder");
    std::fs::create_dir(folder.path().join(".git")).expect("a folder");
    std::fs::write(infra.join("main.tf"), CODE).expect("written");
    std::fs::write(infra.join("prod/a.tf"), "broken = {\n").expect("written");
    let waiver = "[[waiver]]\nrule = \"residency/outside-area\"\nmatch = [\"nothing\"]\nreason = \"r\"\nby = \"b\"\nuntil = 2027-01-31\n";
    std::fs::write(folder.path().join("gardefou.toml"), waiver).expect("written");
    folder
}

/// What looks like `path.tf:3:5` leads to a file from the folder in which one stands.
fn places(text: &str) -> std::collections::BTreeSet<&str> {
    let words = text.split([' ', '[', ']', '\n']);
    words
        .filter_map(|word| {
            let word = word.trim_end_matches(':');
            let path = word.rsplit(':').nth(2).map(|_| word)?;
            let path = path.rsplitn(3, ':').nth(2)?;
            [".tf", ".toml"]
                .iter()
                .any(|end| path.ends_with(end))
                .then_some(path)
        })
        .collect()
}

#[test]
fn paths_lead_from_where_one_stands() {
    let folder = estate();
    let cases = [
        (
            ".",
            "infra",
            ["gardefou.toml", "infra/main.tf", "infra/prod/a.tf"],
        ),
        ("infra", ".", ["../gardefou.toml", "main.tf", "prod/a.tf"]),
        (
            "infra/prod",
            "..",
            ["../../gardefou.toml", "../main.tf", "../prod/a.tf"],
        ),
    ];
    for (stand, scanned, expected) in cases {
        for more in [&[][..], &["--verbose"], &["--quiet"]] {
            let arguments = ["scan", scanned, "--as-of", AS_OF];
            let stand = folder.path().join(stand);
            let run = gardefou_in(&stand, &[&arguments, more].concat(), &[]);
            let printed = places(&run.stdout);
            assert_eq!(printed, expected.into(), "{}", run.stdout);
            for path in printed {
                assert!(stand.join(path).is_file(), "{path}");
            }
        }
    }
    // Formats that machines read do not depend on it.
    let json = |stand: &str, scanned: &str| {
        let arguments = ["scan", scanned, "--as-of", AS_OF, "--format", "json"];
        gardefou_in(&folder.path().join(stand), &arguments, &[]).stdout
    };
    assert_eq!(json(".", "infra"), json("infra", "."));
}

/// Links and colour add to the text and change nothing of it.
#[test]
fn places_are_links_where_they_are_asked_for() {
    let folder = estate();
    let arguments = ["scan", "infra", "--as-of", AS_OF];
    let run = |environment: &[(&str, &str)], more: &[&str]| {
        gardefou_in(folder.path(), &[&arguments, more].concat(), environment).stdout
    };
    let plain = run(&[], &[]);
    assert!(!plain.contains('\u{1b}'));
    let forced = [("FORCE_COLOR", "1"), ("FORCE_HYPERLINK", "1")];
    let linked = run(&forced, &[]);
    let file = folder
        .path()
        .canonicalize()
        .expect("a path")
        .join("infra/main.tf");
    let address = format!("{}\u{1b}\\", file.to_str().expect("UTF-8"));
    assert!(linked.contains("\u{1b}]8;;file://"), "{linked:?}");
    assert!(linked.contains(&address), "{linked:?}");
    let mut text = String::new();
    let mut rest = linked.as_str();
    while let Some((before, sequence)) = rest.split_once('\u{1b}') {
        text += before;
        let end = if sequence.starts_with(']') {
            "\u{1b}\\"
        } else {
            "m"
        };
        rest = sequence.split_once(end).expect("an end").1;
    }
    assert_eq!(text + rest, plain);
    // Nobody asked, or somebody asked not to.
    let known = [("TERM_PROGRAM", "vscode"), ("FORCE_COLOR", "1")];
    for (environment, more) in [
        (&known[..], &[][..]),
        (&forced[..], &["--color", "never"]),
        (&[("FORCE_HYPERLINK", "1")], &[]),
        (
            &[
                ("FORCE_HYPERLINK", "1"),
                ("NO_COLOR", "1"),
                ("FORCE_COLOR", "1"),
            ],
            &[],
        ),
        (&[("FORCE_HYPERLINK", "0"), ("FORCE_COLOR", "1")], &[]),
    ] {
        let text = run(environment, more);
        assert!(!text.contains("\u{1b}]8"), "{environment:?} {more:?}");
    }
    let path = folder.path().join("report.txt");
    let output = format!("human={}", path.display());
    run(&forced, &["--output", &output]);
    let file = std::fs::read_to_string(path).expect("a report");
    assert!(!file.contains('\u{1b}'));
}
