//! The proposed job for the CI, and the hook.

use super::{UNPINNED, find_commit};
use crate::report::Lang;

const VERSION: &str = env!("CARGO_PKG_VERSION");
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");
/// `actions/checkout` of version 6.0.2.
const CHECKOUT: &str = "de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2";

/// As in the component for GitLab; the commit follows.
const INSTALL: &str = concat!(
    "(cd \"$(mktemp -d)\" && cargo install --locked --git ",
    env!("CARGO_PKG_REPOSITORY"),
    " --rev"
);

/// What stands above a commit that has to be looked up.
fn unpinned(pin: Option<&str>, indent: &str, lang: Lang) -> String {
    if pin.is_some() {
        return String::new();
    }
    let say = lang.pick(
        "Replace the zeros by the commit of the release, which this prints on its last line:",
        "Remplacez les zéros par le commit de la version, que ceci affiche sur sa dernière ligne :",
    );
    format!("{indent}# {say}\n{indent}#   {}\n", find_commit())
}

/// The name of the action: owner and repository.
fn action() -> &'static str {
    REPOSITORY
        .strip_prefix("https://github.com/")
        .unwrap_or(REPOSITORY)
}

/// `.github/workflows/gardefou.yml`
pub(super) fn github(branch: Option<&str>, pin: Option<&str>, lang: Lang) -> String {
    let say = |en: &'static str, fr: &'static str| lang.pick(en, fr);
    let head = say(
        "Judges every pull request by what it changes, and the main branch as a whole.",
        "Juge chaque demande de fusion sur ce qu’elle change, et la branche principale en entier.",
    );
    let upload = say(
        "`security-events: write` beside it sends findings to code scanning, too.",
        "Avec `security-events: write` en plus, les constats vont aussi dans l’analyse de code.",
    );
    let depth = say(
        "What a pull request changes is told from the commit before.",
        "Ce que change une demande de fusion se lit face au commit précédent.",
    );
    let language = match lang {
        Lang::En => "",
        Lang::Fr => "          lang: fr\n",
    };
    let unknown = match branch {
        Some(_) => String::new(),
        None => format!(
            "    # {}\n",
            say(
                "The branch that others are merged into; nothing here tells its name.",
                "La branche dans laquelle on fusionne les autres ; rien ici ne dit son nom.",
            )
        ),
    };
    let branch = branch.unwrap_or("main");
    let comment = unpinned(pin, "      ", lang);
    let (action, pin) = (action(), pin.unwrap_or(UNPINNED));
    format!(
        "# {head}
name: gardefou

on:
  pull_request:
  push:
{unknown}    branches: [\"{branch}\"]

permissions: {{}}

jobs:
  gardefou:
    runs-on: ubuntu-latest
    permissions:
      # {upload}
      contents: read
    steps:
      - uses: actions/checkout@{CHECKOUT}
        with:
          # {depth}
          fetch-depth: 2
          persist-credentials: false
{comment}      - uses: {action}@{pin} # v{VERSION}
        with:
          changed-since: ${{{{ github.event_name == 'pull_request' && 'HEAD^1' || '' }}}}
{language}"
    )
}

/// `.gitlab-ci.yml`
pub(super) fn gitlab(pin: Option<&str>, lang: Lang) -> String {
    let head = lang.pick(
        "Judges every merge request by what it changes, and every other pipeline as a whole.",
        "Juge chaque demande de fusion sur ce qu’elle change, et tout autre pipeline en entier.",
    );
    let language = match lang {
        Lang::En => "",
        Lang::Fr => " --lang fr",
    };
    let elsewhere = lang.pick(
        "From an empty folder outside of the code: nothing of what is judged has a say in what judges it.",
        "Depuis un dossier vide hors du code : rien de ce qui est jugé n’a son mot à dire sur ce qui juge.",
    );
    let comment = unpinned(pin, "    ", lang);
    let pin = pin.unwrap_or(UNPINNED);
    format!(
        "# {head}
gardefou:
  stage: test
  image: rust:1.95-slim-bookworm
  variables:
    GIT_DEPTH: \"0\"
  rules:
    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  before_script:
    - command -v git >/dev/null || (apt-get update -qq && apt-get install -y -qq --no-install-recommends git >/dev/null)
    # {elsewhere}
{comment}    - {INSTALL} {pin} gardefou)
    - gardefou --version
  script:
    - gardefou scan .{language} --output gitlab=gl-code-quality-report.json --output junit=gardefou.junit.xml ${{CI_MERGE_REQUEST_DIFF_BASE_SHA:+--changed-since \"$CI_MERGE_REQUEST_DIFF_BASE_SHA\"}}
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
      junit: gardefou.junit.xml
"
    )
}

/// `.pre-commit-config.yaml`
pub(super) fn hook(pin: Option<&str>, lang: Lang) -> String {
    let head = lang.pick(
        "Judges everything before each commit, and reports what touches the files of the commit.",
        "Juge tout avant chaque commit, et rapporte ce qui touche les fichiers du commit.",
    );
    let comment = unpinned(pin, "    ", lang);
    let language = match lang {
        Lang::En => "",
        Lang::Fr => "\n        args: [--lang, fr]",
    };
    let pin = pin.unwrap_or(UNPINNED);
    format!(
        "# {head}
repos:
  - repo: {REPOSITORY}
{comment}    rev: \"{pin}\" # v{VERSION}
    hooks:
      - id: gardefou-changed{language}
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pinned_needs_no_advice() {
        let commit = "8e8c483db84b4bee98b60c0593521ed34d9990e8";
        for lang in [Lang::En, Lang::Fr] {
            for text in [
                github(Some("main"), Some(commit), lang),
                gitlab(Some(commit), lang),
                hook(Some(commit), lang),
            ] {
                assert!(text.contains(commit), "{text}");
                assert!(
                    !text.contains(UNPINNED) && !text.contains("ls-remote"),
                    "{text}"
                );
            }
            for text in [
                github(None, None, lang),
                gitlab(None, lang),
                hook(None, lang),
            ] {
                assert!(
                    text.contains(UNPINNED) && text.contains("ls-remote"),
                    "{text}"
                );
            }
        }
    }
    /// One recipe, written in several places.
    #[test]
    fn the_book_and_the_component_say_the_same() {
        let component = include_str!("../../templates/gardefou/template.yml");
        assert!(component.contains(INSTALL), "{INSTALL}");
        assert!(include_str!("../../docs/src/ci.md").contains(CHECKOUT));
    }

    /// The code that is judged could hold a program of that name, or have been cached by another branch.
    #[test]
    fn nothing_of_the_scanned_code_is_run() {
        let text = gitlab(None, Lang::En);
        assert!(
            !text.contains("cache:") && !text.contains("/bin/gardefou"),
            "{text}"
        );
    }
}
