//! What the configuration allows ignores in the code to do.

use super::{Estate, HEAD, OUTSIDE, PLAIN, set};

#[test]
fn rules_that_no_ignore_accepts() {
    let code = HEAD.to_owned()
        + r#"
# gardefou: ignore[residency/outside-area] a
resource "aws_s3_bucket" "a" {}
# gardefou: ignore[residency/*, encryption/*] a
resource "aws_db_instance" "b" {
  storage_encrypted = false
}
"#;
    let never = |names: &str| format!("[ignores]\nnever = [{names}]\n");
    let config = never("\"residency/outside-area\"");
    let scan = Estate::new(&[("main.tf", &code), ("gardefou.toml", &config)]).scan();
    assert_eq!(scan.of(OUTSIDE, true), set(&[]));
    assert_eq!(scan.of(PLAIN, true), set(&["aws_db_instance.b"]));
    let said = |line: u32, name: &str| {
        format!(
            "{line} not-allowed: gardefou.toml allows no ignore in the code for {name}: [ignores] never"
        )
    };
    assert_eq!(scan.about(), [said(6, OUTSIDE), said(8, "residency/*")]);
    let config = never("\"encryption/*\"");
    let scan = Estate::new(&[("main.tf", &code), ("gardefou.toml", &config)]).scan();
    assert_eq!(scan.of(OUTSIDE, true).len(), 2);
    assert_eq!(scan.of(PLAIN, true), set(&[]));
    // A waiver of the configuration names who decided.
    let waiver = "[[waiver]]\nrule = \"residency/outside-area\"\nmatch = [\"aws_s3_bucket.a\"]\nreason = \"ours\"\nby = \"DSI\"\nuntil = 2026-12-31\n";
    let config = waiver.to_owned() + &never("\"residency/*\"");
    let scan = Estate::new(&[("main.tf", &code), ("gardefou.toml", &config)]).scan();
    assert_eq!(scan.of(OUTSIDE, true), set(&["aws_s3_bucket.a"]));
    // A name that nobody knows would guard nothing.
    let config = never("\"residency/outside-aera\", \"residenzy/*\"");
    let run = Estate::new(&[("main.tf", &code), ("gardefou.toml", &config)]).run(&[], &[]);
    assert_eq!(run.code, 2);
    assert!(
        run.stdout
            .contains("did you mean \"residency/outside-area\"?"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("there is no rule \"residenzy/*\""),
        "{}",
        run.stdout
    );
}

#[test]
fn a_last_day_may_be_asked_for() {
    let code = HEAD.to_owned()
        + r#"
# gardefou: ignore[residency/outside-area] a
resource "aws_s3_bucket" "endless" {}
# gardefou: ignore[residency/outside-area] a until=2027-02-20
resource "aws_s3_bucket" "too_long" {}
# gardefou: ignore[residency/outside-area] a until=2027-02-19
resource "aws_s3_bucket" "ends" {}
"#;
    let config = "[ignores]\nmax-days = 90\n";
    let scan = Estate::new(&[("main.tf", &code), ("gardefou.toml", config)]).scan();
    assert_eq!(scan.of(OUTSIDE, true), set(&["aws_s3_bucket.ends"]));
    assert_eq!(
        scan.about(),
        [
            "6 not-allowed: this ignore has no last day: gardefou.toml asks for one, at most 90 days ahead",
            "8 not-allowed: this ignore lasts until 2027-02-20, more than the 90 days that gardefou.toml allows",
        ]
    );
    let french = Estate::new(&[("main.tf", &code), ("gardefou.toml", config)]);
    let french = french.run(&["--lang", "fr"], &[]).stdout;
    assert!(
        french.contains("au-delà des 90 jours que permet gardefou.toml"),
        "{french}"
    );
    for wrong in ["0", "4000", "\"90\""] {
        let config = format!("[ignores]\nmax-days = {wrong}\n");
        let estate = Estate::new(&[("main.tf", &code), ("gardefou.toml", &config)]);
        assert_eq!(estate.run(&[], &[]).code, 2, "{wrong}");
    }
}
