//! A new policy that builds and passes its own cases at once.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::component::WIT;
use super::sdk;
use crate::policy::CONTRACT;
use crate::text::{Lang, Text, why_not};

/// A language to write policies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// With the SDK of the built-in policies.
    Rust,
    /// In QuickJS, with `jco`.
    JavaScript,
    /// In CPython, with `componentize-py`.
    Python,
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rust => "Rust",
            Self::JavaScript => "JavaScript",
            Self::Python => "Python",
        })
    }
}

/// `family/rule`, both in kebab case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    family: String,
    rule: String,
}

/// Names that mean something else to a Rust compiler, or to the files of a crate.
const TAKEN: [&str; 45] = [
    "abstract",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "component",
    "const",
    "continue",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "lib",
    "loop",
    "main",
    "match",
    "mod",
    "move",
    "mut",
    "priv",
    "pub",
    "ref",
    "return",
    "static",
    "struct",
    "super",
    "trait",
    "true",
    "try",
    "type",
    "use",
    "where",
];

/// Longest part of a name.
const LONGEST: usize = 60;

impl std::str::FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((family, rule)) = text.split_once('/') else {
            return Err("a rule is called family/rule, such as house/data-owner".to_owned());
        };
        for part in [family, rule] {
            let wrong = if part.is_empty() {
                "a part is empty"
            } else if part.len() > LONGEST {
                "a part is longer than 60 letters"
            } else if !part.starts_with(|first: char| first.is_ascii_lowercase()) {
                "each part starts with a letter from a to z"
            } else if !part
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            {
                "write it in kebab case: letters from a to z, digits and `-`"
            } else if part.ends_with('-') || part.contains("--") {
                "a `-` stands between two words"
            } else if TAKEN.contains(&part) {
                "this word is taken in Rust"
            } else {
                continue;
            };
            return Err(format!("{wrong}, such as house/data-owner"));
        }
        Ok(Self {
            family: family.to_owned(),
            rule: rule.to_owned(),
        })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.family, self.rule)
    }
}

/// Why a policy was not started.
#[derive(Debug, thiserror::Error)]
pub enum NotStarted {
    /// Something is there.
    #[error("{0} is there already: nothing is overwritten")]
    Taken(PathBuf),
    /// It cannot be written.
    #[error("could not write {0}: {1}")]
    Output(PathBuf, io::Error),
    /// The binary was built without the SDK.
    #[error("this build of gardefou does not carry the SDK for Rust")]
    NoSdk,
}

impl NotStarted {
    /// What is wrong, in both languages.
    pub fn text(&self) -> Text {
        let french = match self {
            Self::Taken(path) => {
                format!("{} existe déjà : rien n’est écrasé", path.display())
            }
            Self::Output(path, error) => {
                let why = why_not(error.kind());
                format!(
                    "écriture impossible dans {} : {}",
                    path.display(),
                    Lang::Fr.of(&why)
                )
            }
            Self::NoSdk => "ce gardefou a été construit sans le SDK pour Rust".to_owned(),
        };
        Text::new(self.to_string(), french)
    }
}

macro_rules! template {
    ($path:literal) => {
        include_str!(concat!("templates/", $path, ".in"))
    };
}

const CASES: [(&str, &str); 5] = [
    ("bad-empty.tf", template!("cases/bad-empty.tf")),
    ("bad-nobody.tf", template!("cases/bad-nobody.tf")),
    ("good-no-data.tf", template!("cases/good-no-data.tf")),
    ("good-owner.tf", template!("cases/good-owner.tf")),
    (
        "unknown-variable.tf",
        template!("cases/unknown-variable.tf"),
    ),
];

impl Name {
    /// The family, which the folder is called by.
    pub fn family(&self) -> &str {
        &self.family
    }

    /// Every file of a new policy: its path in the project, `/` between parts, and its text.
    pub fn files(&self, language: Language) -> Vec<(String, String)> {
        let module = self.rule.replace('-', "_");
        let (_, contract) = CONTRACT.split_once('@').unwrap_or((CONTRACT, ""));
        let fill = |template: &str| {
            template
                .replace("{{family}}", &self.family)
                .replace("{{rule}}", &self.rule)
                .replace("{{module}}", &module)
                .replace("{{contract}}", contract)
                .replace("{{version}}", env!("CARGO_PKG_VERSION"))
        };
        let rule = format!("rules/{}", self.rule);
        let mut files: Vec<(String, String)> = Vec::new();
        let mut add = |path: &str, text: &str| files.push((path.to_owned(), fill(text)));
        match language {
            Language::Rust => {
                add("Cargo.toml", template!("rust/Cargo.toml"));
                add(".gitignore", template!("rust/gitignore"));
                add("README.md", template!("rust/README.md"));
                add("src/lib.rs", template!("rust/lib.rs"));
                add(&format!("src/{module}.rs"), template!("rust/rule.rs"));
                add(&format!("{rule}/rule.toml"), template!("rust/rule.toml"));
                add(&format!("{rule}/doc.en.md"), template!("prose/doc.en.md"));
                add(&format!("{rule}/doc.fr.md"), template!("prose/doc.fr.md"));
            }
            Language::JavaScript => {
                add("package.json", template!("javascript/package.json"));
                add(".gitignore", template!("javascript/gitignore"));
                add("README.md", template!("javascript/README.md"));
                add("policy.js", template!("javascript/policy.js"));
            }
            Language::Python => {
                add("pyproject.toml", template!("python/pyproject.toml"));
                add(".gitignore", template!("python/gitignore"));
                add("README.md", template!("python/README.md"));
                add("policy.py", template!("python/policy.py"));
            }
        }
        add(".gardefouignore", template!("gardefouignore"));
        for (case, text) in CASES {
            add(&format!("{rule}/cases/{case}"), text);
        }
        files.push(("wit/policy.wit".to_owned(), WIT.to_owned()));
        if language == Language::Rust {
            files.extend(sdk::files());
            let lock = sdk::lock(&format!("{}-policy", self.family));
            files.extend(lock.map(|lock| ("Cargo.lock".to_owned(), lock)));
        }
        files.sort();
        files
    }

    /// Writes a new policy into a folder that is not there yet, or is empty; answers the paths written.
    ///
    /// # Errors
    /// When something is there, or cannot be written.
    pub fn start(&self, language: Language, folder: &Path) -> Result<Vec<String>, NotStarted> {
        let files = self.files(language);
        if language == Language::Rust && !files.iter().any(|(path, _)| path == "Cargo.lock") {
            return Err(NotStarted::NoSdk);
        }
        let taken = || NotStarted::Taken(folder.to_owned());
        match std::fs::read_dir(folder) {
            Ok(mut entries) => {
                if entries.next().is_some() {
                    return Err(taken());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Err(taken()),
            Err(error) => return Err(NotStarted::Output(folder.to_owned(), error)),
        }
        let mut written = Vec::new();
        for (path, text) in files {
            let to = folder.join(&path);
            let failed = |error: io::Error| match error.kind() {
                io::ErrorKind::AlreadyExists => NotStarted::Taken(to.clone()),
                _ => NotStarted::Output(to.clone(), error),
            };
            if let Some(parent) = to.parent() {
                std::fs::create_dir_all(parent).map_err(failed)?;
            }
            // Something may have come in between: still nothing is overwritten.
            let file = OpenOptions::new().write(true).create_new(true).open(&to);
            file.and_then(|mut file| file.write_all(text.as_bytes()))
                .map_err(failed)?;
            written.push(path);
        }
        Ok(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kebab_case_and_lead_nowhere_else() {
        for good in ["house/data-owner", "a/b", "h2/rule-3"] {
            assert!(good.parse::<Name>().is_ok(), "{good}");
        }
        for wrong in [
            "",
            "owner",
            "/",
            "house/",
            "/rule",
            "../x",
            "house/../x",
            "house/a/b",
            "House/rule",
            "house/Rule",
            "house/a_b",
            "house/-a",
            "house/a-",
            "house/a--b",
            "house/1a",
            "house/é",
            "house/type",
            "house/component",
            "house/a b",
            "house\\x/y",
            "house/.",
        ] {
            let error = wrong.parse::<Name>().expect_err(wrong);
            assert!(
                error.ends_with("such as house/data-owner"),
                "{wrong}: {error}"
            );
        }
        assert!(format!("a/{}", "b".repeat(61)).parse::<Name>().is_err());
    }

    #[test]
    fn every_placeholder_is_filled() {
        let name: Name = "house/data-owner".parse().expect("a name");
        for language in [Language::Rust, Language::JavaScript, Language::Python] {
            let files = name.files(language);
            for (path, text) in files
                .iter()
                .filter(|(path, _)| !path.starts_with("vendor/"))
            {
                assert!(!text.contains("{{") || path.ends_with(".rs"), "{path}");
                assert!(
                    !text.contains("{{family}}") && !text.contains("{{module}}"),
                    "{path}"
                );
            }
            let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
            assert!(
                paths.contains(&"rules/data-owner/cases/bad-empty.tf"),
                "{paths:?}"
            );
            assert!(paths.contains(&"wit/policy.wit"), "{paths:?}");
        }
    }
}
