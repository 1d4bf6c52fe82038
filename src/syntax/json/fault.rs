//! Why a text is no JSON, in words.

use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, SourceId, Span};
use crate::syntax::MAX_NESTING;
use crate::text::{Text, text};

/// Why a text is no JSON.
pub(super) enum Fault {
    Expected(Wanted, usize),
    Unclosed(Unclosed, usize),
    BadEscape(usize),
    Control(usize),
    Number(usize, usize),
    TooDeep(usize),
    TooLarge,
}

/// What has to stand somewhere.
#[derive(Clone, Copy)]
pub(super) enum Wanted {
    End,
    Value,
    Key,
    Member,
    EndOfArray,
    EndOfObject,
}

impl Wanted {
    fn text(self) -> Text {
        match self {
            Self::End => Text::new("the end of the file", "la fin du fichier"),
            Self::Value => Text::new("a value", "une valeur"),
            Self::Key => Text::new("a key in double quotes", "une clé entre guillemets droits"),
            Self::Member => Text::new("`:` and a value", "`:` et une valeur"),
            Self::EndOfArray => Text::new("`,` or `]`", "`,` ou `]`"),
            Self::EndOfObject => Text::new("`,` or `}`", "`,` ou `}`"),
        }
    }
}

/// What has no end.
#[derive(Clone, Copy)]
pub(super) enum Unclosed {
    String,
    Array,
    Object,
}

impl Unclosed {
    fn text(self) -> Text {
        match self {
            Self::String => Text::new("this string is not closed", "cette chaîne n’est pas fermée"),
            Self::Array => Text::new("this array is not closed", "ce tableau n’est pas fermé"),
            Self::Object => Text::new("this object is not closed", "cet objet n’est pas fermé"),
        }
    }
}

impl Fault {
    #[cold]
    pub(super) fn problem(self, source: SourceId, text: &str) -> Problem {
        let (start, end, message, help) = match self {
            Self::Expected(what, at) => {
                let what = what.text();
                let found = text.get(at..).and_then(|rest| rest.chars().next());
                let message = match found {
                    Some(c) if c.is_control() => {
                        text!("expected {what}, found U+{:04X}", "attendu : {what} ; trouvé : U+{:04X}", u32::from(c); what)
                    }
                    Some(c) => {
                        text!("expected {what}, found `{c}`", "attendu : {what} ; trouvé : `{c}`"; what)
                    }
                    None => {
                        text!("expected {what}, found the end of the file", "attendu : {what} ; trouvé : la fin du fichier"; what)
                    }
                };
                let help = match found {
                    Some('/' | '#') => Some(Text::new(
                        "JSON has no comments; a member named \"//\" serves as one",
                        "JSON n’a pas de commentaires ; un membre nommé \"//\" en tient lieu",
                    )),
                    Some('\'') => Some(Text::new(
                        "JSON strings take double quotes",
                        "les chaînes JSON prennent des guillemets droits",
                    )),
                    Some('}' | ']') => Some(Text::new(
                        "remove the comma before it",
                        "ôtez la virgule qui précède",
                    )),
                    _ => None,
                };
                (at, at + found.map_or(0, char::len_utf8), message, help)
            }
            Self::Unclosed(what, at) => (at, at + 1, what.text(), None),
            Self::BadEscape(at) => (
                at,
                at + 1,
                Text::new(
                    "not an escape sequence of JSON",
                    "ce n’est pas une séquence d’échappement de JSON",
                ),
                Some(Text::new(
                    "write a backslash as `\\\\`",
                    "une barre oblique inverse s’écrit `\\\\`",
                )),
            ),
            Self::Control(at) => (
                at,
                at + 1,
                Text::new(
                    "a control character or a line break in a string",
                    "un caractère de contrôle ou un retour à la ligne dans une chaîne",
                ),
                Some(Text::new(
                    "write it as an escape, such as `\\n` or `\\t`",
                    "écrivez-le comme un échappement, tel que `\\n` ou `\\t`",
                )),
            ),
            Self::Number(start, end) => (
                start,
                end,
                Text::new("not a number of JSON", "ce n’est pas un nombre de JSON"),
                Some(Text::new(
                    "no leading zeros, and a digit on both sides of the point",
                    "pas de zéros en tête, et un chiffre de chaque côté du point",
                )),
            ),
            Self::TooDeep(at) => {
                let message = text!(
                    "nested more than {MAX_NESTING} levels deep",
                    "plus de {MAX_NESTING} niveaux d’imbrication"
                );
                let problem = Problem::error(ProblemCode::Limit, message);
                return problem.at(Place::new(source, Span::new(at as u32, at as u32 + 1)));
            }
            Self::TooLarge => {
                let problem = Problem::error(
                    ProblemCode::Limit,
                    Text::new("larger than 4 GiB", "plus de 4 Gio"),
                );
                return problem.at(Place::new(source, Span::default()));
            }
        };
        let span = Span::new(start as u32, end as u32);
        let problem = Problem::error(ProblemCode::Syntax, message).at(Place::new(source, span));
        match help {
            Some(help) => problem.help(help),
            None => problem,
        }
    }
}
