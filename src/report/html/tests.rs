use super::{SCRIPT, STYLE, write};
use crate::report::Lang;
use crate::report::testing::Sample;
use crate::verdict::ExitStatus;

fn page(lang: Lang) -> String {
    let sample = Sample::new();
    let mut report = sample.report(ExitStatus::Incomplete);
    report.lang = lang;
    let mut out = Vec::new();
    write(&report, &mut out).expect("written");
    String::from_utf8(out).expect("UTF-8")
}

/// The page without what every page has, an element a line.
fn essence(page: &str) -> String {
    let policy = page.split("Content-Security-Policy\" content=\"").nth(1);
    let policy = policy.and_then(|rest| rest.split('"').next());
    page.replace(STYLE, "…")
        .replace(SCRIPT, "…")
        .replace(policy.expect("a policy"), "…")
        .replace(env!("CARGO_PKG_VERSION"), "0.0.0")
        .replace("><", ">\n<")
}

#[test]
fn what_the_page_says() {
    insta::assert_snapshot!("page", essence(&page(Lang::En)));
}

#[test]
fn in_french_the_frame_is_french() {
    let page = page(Lang::Fr);
    assert!(page.contains("<html lang=\"fr\">"));
    for words in [
        "Contrôle incomplet",
        "Où sont les données",
        "Constats",
        "Exigences",
        "hors de l’EEE",
    ] {
        assert!(page.contains(words), "{words}");
    }
    for words in [
        "Findings",
        "Waived because",
        "Where data sits",
        "What to do",
    ] {
        assert!(!page.contains(words), "{words}");
    }
}

/// A closing tag in them would end them early, and a carriage return would change their hash on the way.
#[test]
fn style_and_script_can_stand_in_a_page() {
    for text in [STYLE, SCRIPT] {
        assert!(!text.contains("</") && !text.contains("<!--") && !text.contains('\r'));
    }
    for forbidden in [
        "http:",
        "https:",
        "@import",
        "fetch(",
        "XMLHttpRequest",
        "eval(",
        "innerHTML",
    ] {
        assert!(
            !STYLE.contains(forbidden) && !SCRIPT.contains(forbidden),
            "{forbidden}"
        );
    }
}
