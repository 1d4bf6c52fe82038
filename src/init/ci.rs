//! The proposed job for the CI, and the hook.

use super::{UNPINNED, find_commit};
use crate::report::Lang;

const VERSION: &str = env!("CARGO_PKG_VERSION");
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");
/// `actions/checkout` of version 6.0.1.
const CHECKOUT: &str = "8e8c483db84b4bee98b60c0593521ed34d9990e8 # v6.0.1";

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
pub(super) fn github(branch: &str, pin: Option<&str>, lang: Lang) -> String {
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
    let comment = unpinned(pin, "      ", lang);
    let (action, pin) = (action(), pin.unwrap_or(UNPINNED));
    format!(
        "# {head}
name: gardefou

on:
  pull_request:
  push:
    branches: [\"{branch}\"]

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
    let which = match pin {
        Some(commit) => format!("--rev {commit}"),
        None => format!("--tag v{VERSION}"),
    };
    let language = match lang {
        Lang::En => "",
        Lang::Fr => " --lang fr",
    };
    format!(
        "# {head}
gardefou:
  stage: test
  image: rust:1.95
  variables:
    GIT_DEPTH: \"0\"
  cache:
    key: gardefou-{VERSION}
    paths: [.gardefou-bin]
  rules:
    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script:
    - test -x .gardefou-bin/bin/gardefou || cargo install --locked --root .gardefou-bin --git {REPOSITORY} {which} gardefou
    - .gardefou-bin/bin/gardefou scan .{language} --output gitlab=gl-code-quality-report.json --output junit=gardefou.xml ${{CI_MERGE_REQUEST_DIFF_BASE_SHA:+--changed-since \"$CI_MERGE_REQUEST_DIFF_BASE_SHA\"}}
  artifacts:
    when: always
    paths: [gl-code-quality-report.json]
    reports:
      codequality: gl-code-quality-report.json
      junit: gardefou.xml
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
            for text in [github("main", Some(commit), lang), hook(Some(commit), lang)] {
                assert!(
                    !text.contains(UNPINNED) && !text.contains("ls-remote"),
                    "{text}"
                );
            }
            for text in [github("main", None, lang), hook(None, lang)] {
                assert!(
                    text.contains(UNPINNED) && text.contains("ls-remote"),
                    "{text}"
                );
            }
        }
    }
}
