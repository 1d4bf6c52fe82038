//! Globs that name files, resources and namespaces.

use crate::text::{Text, text};
use globset::{GlobBuilder, GlobMatcher};

/// What a pattern is held against.
#[derive(Debug, Clone, Copy, Default)]
pub struct Subject<'a> {
    /// Path of its file, relative to the folder of the configuration (see [`super::Config::path_of`]).
    pub path: &'a str,
    /// Its address.
    pub address: &'a str,
    /// The namespace it lies in.
    pub namespace: Option<&'a str>,
}

/// `infra/dmp/**` (a path), `module.patients.**` (an address), `ns:dossier-*` (a namespace).
///
/// In paths `*` stops at `/`; in addresses it does not, and brackets are what they are: `aws_s3_bucket.a["x"]`.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    Namespace(GlobMatcher),
    /// A text cannot tell whether it means a path or an address; few texts can match both.
    Either {
        /// None when it is no valid glob of a path, as an address with brackets may be.
        path: Option<GlobMatcher>,
        address: GlobMatcher,
    },
}

/// A text that is no glob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub why: Text,
}

impl PatternError {
    /// What is wrong, in both languages.
    pub fn text(&self) -> Text {
        let (text, why) = (&self.text, &self.why);
        text!(
            "`{text}` is no pattern: {why}",
            "`{text}` n’est pas un motif : {why}";
            why
        )
    }
}

impl Pattern {
    /// Is it this address, letter by letter?
    pub fn is_exactly(&self, address: &str) -> bool {
        self.text == address
    }

    /// Reads a pattern.
    ///
    /// # Errors
    /// When it is empty, or a glob that is not closed.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let wrong = |why: Text| PatternError {
            text: text.to_owned(),
            why,
        };
        let glob = |text: &str, literal_separator: bool| {
            GlobBuilder::new(text)
                .literal_separator(literal_separator)
                .build()
                .map(|glob| glob.compile_matcher())
                .map_err(|error| wrong(Text::same(error.kind().to_string())))
        };
        if text.is_empty() || text == "ns:" {
            return Err(wrong(Text::new("it is empty", "il est vide")));
        }
        let form = match text.strip_prefix("ns:") {
            Some(namespace) => Form::Namespace(glob(namespace, false)?),
            None => {
                let path = glob(text.trim_start_matches("./"), true);
                let address = glob(&literal_brackets(text), false)?;
                Form::Either {
                    path: if text.contains(['[', '{']) {
                        path.ok()
                    } else {
                        Some(path?)
                    },
                    address,
                }
            }
        };
        Ok(Self {
            text: text.to_owned(),
            form,
        })
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Does it name a kind of resource, wherever it is declared: `vsphere_*`?
    pub fn names_kind(&self, kind: &str) -> bool {
        match &self.form {
            Form::Namespace(_) => false,
            Form::Either { address, .. } => address.is_match(kind),
        }
    }

    /// Does it name this? A resource without instance keys names all its instances.
    pub fn matches(&self, subject: &Subject<'_>) -> bool {
        match &self.form {
            Form::Namespace(glob) => subject.namespace.is_some_and(|name| glob.is_match(name)),
            Form::Either { path, address } => {
                path.as_ref()
                    .is_some_and(|glob| glob.is_match(subject.path))
                    || address.is_match(subject.address)
                    || without_keys(subject.address).is_some_and(|plain| address.is_match(plain))
            }
        }
    }
}

/// Escapes what globs read as sets and alternatives.
fn literal_brackets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '[' => out.push_str("[[]"),
            ']' => out.push_str("[]]"),
            '{' => out.push_str("[{]"),
            '}' => out.push_str("[}]"),
            c => out.push(c),
        }
    }
    out
}

/// `module.a["x"].aws_s3_bucket.b[0]` as `module.a.aws_s3_bucket.b`; none when there is no key.
pub(crate) fn without_keys(address: &str) -> Option<String> {
    if !address.contains('[') {
        return None;
    }
    let mut out = String::with_capacity(address.len());
    let (mut inside, mut quoted, mut escaped) = (false, false, false);
    for c in address.chars() {
        match (inside, c) {
            (false, '[') => inside = true,
            (false, c) => out.push(c),
            (true, _) if escaped => escaped = false,
            (true, '\\') if quoted => escaped = true,
            (true, '"') => quoted = !quoted,
            (true, ']') if !quoted => inside = false,
            (true, _) => {}
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pattern: &str, path: &str, address: &str, namespace: Option<&str>) -> bool {
        let subject = Subject {
            path,
            address,
            namespace,
        };
        Pattern::parse(pattern)
            .expect("a pattern")
            .matches(&subject)
    }

    #[test]
    fn paths_addresses_and_namespaces_are_named() {
        let vm = "module.patients[\"a.b]\"].aws_instance.vm[0]";
        assert!(names("infra/dmp/**", "infra/dmp/x/main.tf", vm, None));
        assert!(!names("infra/*", "infra/dmp/x/main.tf", vm, None));
        assert!(names("module.patients.**", "main.tf", vm, None));
        assert!(names("module.patients[\"a.b]\"].*", "main.tf", vm, None));
        assert!(!names("module.patients[\"b\"].*", "main.tf", vm, None));
        assert!(names("aws_s3_bucket.a", "main.tf", "aws_s3_bucket.a", None));
        assert!(names(
            "aws_s3_bucket.a",
            "main.tf",
            "aws_s3_bucket.a[\"x\"]",
            None
        ));
        assert!(names(
            "aws_s3_bucket.a[0]",
            "main.tf",
            "aws_s3_bucket.a[0]",
            None
        ));
        assert!(!names(
            "aws_s3_bucket.a",
            "main.tf",
            "aws_s3_bucket.ab",
            None
        ));
        assert!(names(
            "apps/v1/Deployment prod/*",
            "a.yaml",
            "apps/v1/Deployment prod/api",
            None
        ));
        assert!(names(
            "ns:dossier-*",
            "a.yaml",
            "v1/Pod x",
            Some("dossier-nantes")
        ));
        assert!(!names("ns:dossier-*", "a.yaml", "v1/Pod x", None));
        assert!(names("./k8s/**", "k8s/a.yaml", "v1/Pod x", None));
        assert!(names("{dev,prod}/*.tf", "prod/main.tf", "a.b", None));
    }

    #[test]
    fn what_is_no_glob_is_refused() {
        assert!(Pattern::parse("").is_err());
        assert!(Pattern::parse("ns:").is_err());
        assert!(Pattern::parse("ns:a[").is_err());
        assert!(Pattern::parse("aws_s3_bucket.a[\"x\"]").is_ok());
    }
}
