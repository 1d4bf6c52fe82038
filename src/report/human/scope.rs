//! Which part of the findings is shown, in words.

use super::phrases::{A_CHANGED_FILE, A_FINDING, ANOTHER_FINDING};
use crate::report::{Lang, clean_line};
use crate::verdict::{Scope, ScopeKind};

/// `changes since origin/main (3 changed files, 1 outside of the scan); 12 other findings are not shown, 2 of them would
/// fail`.
pub(in crate::report) fn words(scope: &Scope, lang: Lang) -> String {
    let mut text = match &scope.kind {
        ScopeKind::Since { reference, commit } => {
            let short = commit.get(..12).unwrap_or(commit);
            let since = lang.pick("changes since", "changements depuis");
            format!("{since} {} ({short}): ", clean_line(reference))
        }
        ScopeKind::Listed => String::new(),
    };
    if lang == Lang::Fr {
        text = text.replace("): ", ") : ");
    }
    text += &lang.count(scope.files, A_CHANGED_FILE);
    if scope.outside > 0 {
        let outside = lang.pick("outside of the scan", "hors de l’analyse");
        text += &format!(", {} {outside}", scope.outside);
    }
    text += lang.pick("; ", " ; ");
    if let Some(path) = &scope.everything {
        let path = clean_line(path);
        text += &match lang {
            Lang::En => format!("`{path}` bears on everything, so all findings are shown"),
            Lang::Fr => format!("`{path}` concerne tout, donc tous les constats sont montrés"),
        };
        return text;
    }
    if scope.new_elsewhere > 0 {
        let new = lang.count(scope.new_elsewhere, A_FINDING);
        text += &match (lang, scope.new_elsewhere) {
            (Lang::En, _) => format!("{new} in other files, new or worse since then; "),
            (Lang::Fr, 1) => format!("{new} dans un autre fichier, nouveau ou aggravé depuis ; "),
            (Lang::Fr, _) => {
                format!("{new} dans d’autres fichiers, nouveaux ou aggravés depuis ; ")
            }
        };
    }
    if scope.left_out == 0 {
        return text + lang.pick("no other finding", "aucun autre constat");
    }
    text += &lang.count(scope.left_out, ANOTHER_FINDING);
    text += match (lang, scope.left_out) {
        (Lang::En, 1) => " is not shown",
        (Lang::En, _) => " are not shown",
        (Lang::Fr, 1) => " n’est pas montré",
        (Lang::Fr, _) => " ne sont pas montrés",
    };
    if scope.left_out_failing > 0 {
        text += &match (lang, scope.left_out_failing) {
            (Lang::En, n) => format!(", {n} of them would fail"),
            (Lang::Fr, 1) => ", dont 1 bloquant".to_owned(),
            (Lang::Fr, n) => format!(", dont {n} bloquants"),
        };
    }
    text
}
