//! What an action of a template refers to: paths below `.Values`, through `with`, `range`, variables and pipelines.

use std::sync::Arc;

use super::template::{first_word, quoted};

/// Calls inside calls.
const MAX_DEPTH: usize = 16;
/// Calls behind each other in one pipeline.
const MAX_STAGES: usize = 32;
/// So many variables are remembered at one place.
const MAX_SCOPE: usize = 64;

/// An expression, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression {
    /// The dot, or a variable (`$` is the empty name), and the fields behind it.
    Path {
        variable: Option<String>,
        fields: Vec<String>,
    },
    /// Fields behind something else in brackets.
    Field(Box<Expression>, Vec<String>),
    Text(String),
    /// Numbers and words.
    Other(String),
    /// The last argument is what came through the pipe.
    Call(String, Vec<Expression>),
}

impl Expression {
    /// Reads a pipeline; what cannot be read refers to nothing.
    pub(super) fn parse(code: &str) -> Self {
        let mut reader = Reader { rest: code };
        reader
            .pipeline(0)
            .unwrap_or_else(|| Self::Other(String::new()))
    }

    /// True when a function of that name is called anywhere.
    pub(super) fn calls(&self, wanted: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Call(name, arguments) => {
                wanted(name) || arguments.iter().any(|one| one.calls(wanted))
            }
            Self::Field(of, _) => of.calls(wanted),
            _ => false,
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn pipeline(&mut self, depth: usize) -> Option<Expression> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut value = self.command(depth, None)?;
        for _ in 0..MAX_STAGES {
            self.rest = self.rest.trim_start();
            let Some(rest) = self.rest.strip_prefix('|') else {
                return Some(value);
            };
            self.rest = rest;
            value = self.command(depth, Some(value))?;
        }
        None
    }

    fn command(&mut self, depth: usize, piped: Option<Expression>) -> Option<Expression> {
        let mut words = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.is_empty() || self.rest.starts_with(['|', ')']) {
                break;
            }
            words.push(self.operand(depth)?);
        }
        let mut words = words.into_iter();
        let first = words.next()?;
        let mut arguments: Vec<_> = words.collect();
        let is_called = !arguments.is_empty() || piped.is_some();
        arguments.extend(piped);
        Some(match first {
            Expression::Other(name) => Expression::Call(name, arguments),
            // A method, as `.Files.Get "x"`.
            Expression::Path { fields, .. } if is_called => {
                Expression::Call(fields.join("."), arguments)
            }
            first => first,
        })
    }

    fn operand(&mut self, depth: usize) -> Option<Expression> {
        let rest = self.rest;
        if let Some(inner) = rest.strip_prefix('(') {
            self.rest = inner;
            let inner = self.pipeline(depth + 1)?;
            self.rest = self.rest.trim_start().strip_prefix(')')?;
            let fields = self.fields();
            return Some(if fields.is_empty() {
                inner
            } else {
                Expression::Field(Box::new(inner), fields)
            });
        }
        if rest.starts_with(['"', '`']) {
            let (text, rest) = quoted(rest)?;
            self.rest = rest;
            return Some(Expression::Text(text));
        }
        if let Some(named) = rest.strip_prefix('$') {
            let (name, _) = first_word(named);
            self.rest = named.get(name.len()..)?;
            return Some(Expression::Path {
                variable: Some(name.to_owned()),
                fields: self.fields(),
            });
        }
        if rest.starts_with('.') {
            let fields = self.fields();
            if fields.is_empty() {
                self.rest = self.rest.strip_prefix('.')?;
            }
            return Some(Expression::Path {
                variable: None,
                fields,
            });
        }
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '|' | ')' | '('))
            .unwrap_or(rest.len());
        let (word, rest) = rest.split_at_checked(end)?;
        self.rest = rest;
        (!word.is_empty()).then(|| Expression::Other(word.to_owned()))
    }

    /// `.a.b`
    fn fields(&mut self) -> Vec<String> {
        let mut fields = Vec::new();
        while let Some(rest) = self.rest.strip_prefix('.') {
            let end = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            let Some((word, rest)) = rest.split_at_checked(end).filter(|(w, _)| !w.is_empty())
            else {
                break;
            };
            fields.push(word.to_owned());
            self.rest = rest;
        }
        fields
    }
}

/// What a dot or a variable stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Term {
    /// The dot of the top, that holds `Values`.
    Top,
    /// Something below `.Values`.
    Values(Vec<Segment>),
    /// Something else.
    Unknown,
}

/// One step below `.Values`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    Key(Arc<str>),
    /// Each of the elements.
    Each,
}

impl Term {
    fn fields(self, fields: &[String]) -> Self {
        let mut rest = fields.iter();
        let mut segments = match self {
            Self::Unknown => return Self::Unknown,
            Self::Values(segments) => segments,
            Self::Top => match rest.next().map(String::as_str) {
                None => return Self::Top,
                Some("Values") => Vec::new(),
                Some(_) => return Self::Unknown,
            },
        };
        segments.extend(rest.map(|key| Segment::Key(key.as_str().into())));
        Self::Values(segments)
    }

    fn each(self) -> Self {
        match self {
            Self::Values(mut segments) => {
                segments.push(Segment::Each);
                Self::Values(segments)
            }
            _ => Self::Unknown,
        }
    }
}

/// What is known at one place of a template.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    dot: Term,
    variables: Option<Arc<Variable>>,
}

#[derive(Debug)]
struct Variable {
    name: String,
    term: Term,
    before: Option<Arc<Variable>>,
    count: usize,
}

impl Scope {
    /// At the start of a template that gets `dot`.
    pub(super) fn of(dot: Term) -> Self {
        let scope = Self {
            dot: dot.clone(),
            variables: None,
        };
        scope.with(String::new(), dot)
    }

    /// With one more variable.
    pub(super) fn with(&self, name: String, term: Term) -> Self {
        let count = self.variables.as_ref().map_or(0, |before| before.count) + 1;
        if count > MAX_SCOPE {
            return self.clone();
        }
        Self {
            dot: self.dot.clone(),
            variables: Some(Arc::new(Variable {
                name,
                term,
                before: self.variables.clone(),
                count,
            })),
        }
    }

    /// Inside `with`.
    pub(super) fn inside(&self, dot: Term) -> Self {
        Self {
            dot,
            variables: self.variables.clone(),
        }
    }

    /// Inside `range`, whose code may name variables for key and value.
    pub(super) fn looped(&self, names: &[String], over: Term) -> Self {
        let element = over.each();
        let mut scope = self.inside(element.clone());
        if let Some((value, keys)) = names.split_last() {
            for key in keys {
                scope = scope.with(key.clone(), Term::Unknown);
            }
            scope = scope.with(value.clone(), element);
        }
        scope
    }

    fn variable(&self, name: &str) -> Term {
        let mut at = self.variables.as_ref();
        while let Some(variable) = at {
            if variable.name == name {
                return variable.term.clone();
            }
            at = variable.before.as_ref();
        }
        Term::Unknown
    }

    /// What an expression stands for, when that is one thing.
    pub(super) fn term(&self, expression: &Expression) -> Term {
        match expression {
            Expression::Path { variable, fields } => {
                let of = match variable {
                    Some(name) => self.variable(name),
                    None => self.dot.clone(),
                };
                of.fields(fields)
            }
            Expression::Field(of, fields) => self.term(of).fields(fields),
            Expression::Call(name, arguments) if name == "index" || name == "get" => {
                let mut arguments = arguments.iter();
                let Some(of) = arguments.next() else {
                    return Term::Unknown;
                };
                let keys: Option<Vec<String>> = arguments
                    .map(|key| match key {
                        Expression::Text(key) => Some(key.clone()),
                        _ => None,
                    })
                    .collect();
                keys.map_or(Term::Unknown, |keys| self.term(of).fields(&keys))
            }
            _ => Term::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(code: &str) -> String {
        let scope = Scope::of(Term::Top)
            .with("s".into(), Term::Values(vec![Segment::Key("store".into())]))
            .inside(Term::Values(vec![Segment::Key("dot".into())]));
        match scope.term(&Expression::parse(code)) {
            Term::Top => "top".into(),
            Term::Unknown => "?".into(),
            Term::Values(segments) => segments
                .iter()
                .map(|segment| match segment {
                    Segment::Key(key) => format!(".{key}"),
                    Segment::Each => "[]".to_owned(),
                })
                .collect(),
        }
    }

    #[test]
    fn paths_are_followed() {
        let cases = [
            ("$.Values.a.b", ".a.b"),
            ("$", "top"),
            (".x", ".dot.x"),
            (".", ".dot"),
            ("$s.region", ".store.region"),
            ("($.Values.a).b", ".a.b"),
            ("index $.Values \"a-b\" \"c\"", ".a-b.c"),
            ("$.Release.Name", "?"),
            ("$unknown.x", "?"),
            ("quote .x", "?"),
        ];
        for (code, wanted) in cases {
            assert_eq!(term(code), wanted, "{code}");
        }
    }

    #[test]
    fn pipes_give_the_last_argument() {
        let path = Expression::Path {
            variable: None,
            fields: vec!["a".into()],
        };
        assert_eq!(
            Expression::parse(".a | default \"x\" | quote"),
            Expression::Call(
                "quote".into(),
                vec![Expression::Call(
                    "default".into(),
                    vec![Expression::Text("x".into()), path]
                )]
            )
        );
    }

    #[test]
    fn deep_or_broken_code_refers_to_nothing() {
        for code in [
            "(".repeat(10_000),
            "a |".repeat(10_000),
            ")".into(),
            "a (b".into(),
            "| | |".into(),
            "\"".into(),
        ] {
            assert_eq!(Expression::parse(&code), Expression::Other(String::new()));
        }
    }
}
