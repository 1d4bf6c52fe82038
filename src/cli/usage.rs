//! What is wrong with what was typed, in French.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, Error, ErrorFormatter, ErrorKind, RichFormatter};

use crate::text::Text;

/// What is wrong with a value, in the language of whoever typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spoken(pub(super) Text);

impl std::fmt::Display for Spoken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.en)
    }
}

impl std::error::Error for Spoken {}

/// Says in French what clap says in English.
pub(super) struct French;

impl ErrorFormatter for French {
    fn format_error(error: &Error<Self>) -> StyledStr {
        let Some(said) = said(error) else {
            return english(error);
        };
        let mut text = format!("erreur : {said}\n");
        let hints = [
            (ContextKind::SuggestedArg, "une option proche existe"),
            (
                ContextKind::SuggestedSubcommand,
                "une commande proche existe",
            ),
            (ContextKind::SuggestedValue, "une valeur proche existe"),
        ];
        for (kind, hint) in hints {
            let near = texts(error, kind);
            if !near.is_empty() {
                text.push_str(&format!("\n  conseil : {hint} : {}\n", quoted(&near)));
            }
        }
        if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
            text.push_str(&format!("\n{usage}\n"));
        }
        text.push_str("\nPour en savoir plus, essayez « --help ».\n");
        StyledStr::from(text)
    }
}

/// The fault in one sentence; none: clap says it.
fn said(error: &Error<French>) -> Option<String> {
    let arg = || quoted(&texts(error, ContextKind::InvalidArg));
    let value = || quoted(&texts(error, ContextKind::InvalidValue));
    Some(match error.kind() {
        ErrorKind::UnknownArgument => format!("argument inattendu : {}", arg()),
        ErrorKind::InvalidSubcommand => {
            format!(
                "commande inconnue : {}",
                quoted(&texts(error, ContextKind::InvalidSubcommand))
            )
        }
        ErrorKind::MissingSubcommand => format!(
            "il faut une commande : {}",
            quoted(&texts(error, ContextKind::ValidSubcommand))
        ),
        ErrorKind::InvalidValue => {
            let valid = texts(error, ContextKind::ValidValue);
            let given = texts(error, ContextKind::InvalidValue);
            let mut said = match given.iter().all(String::is_empty) {
                true => format!("il faut une valeur à {}", arg()),
                false => format!("valeur {} refusée pour {}", value(), arg()),
            };
            if !valid.is_empty() {
                said.push_str(&format!("\n  [valeurs possibles : {}]", valid.join(", ")));
            }
            said
        }
        ErrorKind::ValueValidation => {
            let source = std::error::Error::source(error);
            let why = match source.map(|why| (why, why.downcast_ref::<Spoken>())) {
                Some((_, Some(spoken))) => spoken.0.fr.to_string(),
                Some((why, None)) => why.to_string(),
                None => String::new(),
            };
            format!("valeur {} refusée pour {} : {why}", value(), arg())
        }
        ErrorKind::MissingRequiredArgument => format!("il manque : {}", arg()),
        ErrorKind::ArgumentConflict => format!(
            "{} ne va pas avec {}",
            arg(),
            quoted(&texts(error, ContextKind::PriorArg))
        ),
        ErrorKind::TooManyValues => format!("valeur en trop pour {} : {}", arg(), value()),
        _ => return None,
    })
}

/// Everything else, as clap says it.
fn english(error: &Error<French>) -> StyledStr {
    let mut other = Error::<RichFormatter>::new(error.kind());
    for (kind, value) in error.context() {
        other.insert(kind, value.clone());
    }
    RichFormatter::format_error(&other)
}

fn texts(error: &Error<French>, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(one)) => vec![one.clone()],
        Some(ContextValue::Strings(all)) => all.clone(),
        _ => Vec::new(),
    }
}

fn quoted(all: &[String]) -> String {
    let all: Vec<String> = all.iter().map(|one| format!("« {one} »")).collect();
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(arguments: &[&str]) -> String {
        let command = crate::cli::help::in_french(crate::cli::command());
        let typed = std::iter::once(&"gardefou").chain(arguments);
        let error = command.try_get_matches_from(typed).expect_err("wrong");
        error.apply::<French>().to_string()
    }

    #[test]
    fn faults_are_said_in_french() {
        let cases: [(&[&str], &str); 10] = [
            (&["scna"], "commande inconnue : « scna »"),
            (
                &["scan", "--fromat", "json"],
                "une option proche existe : « --format »",
            ),
            (&["scan", "--lang", "de"], "valeurs possibles : en, fr"),
            (
                &["scan", "--fail-on", "hihg"],
                "refusée pour « --fail-on <SEVERITY> »",
            ),
            (
                &["scan", "--config"],
                "il faut une valeur à « --config <FILE> »",
            ),
            (&["explain"], "il manque : « <RULE|REQUIREMENT|OFFERING> »"),
            (&["scan", "-q", "-v"], "ne va pas avec"),
            (&["policy"], "Commandes:"),
            (
                &["scan", "--output", "bogus=x"],
                "il n’y a pas de format « bogus » : à choisir parmi human, json",
            ),
            (
                &["scan", "--output", "html=-"],
                "se choisit avec `--format html`",
            ),
        ];
        for (arguments, expected) in cases {
            let text = said(arguments);
            assert!(text.contains(expected), "{arguments:?}: {text}");
            assert!(
                !text.contains("error:") && !text.contains("For more"),
                "{text}"
            );
        }
    }
}
