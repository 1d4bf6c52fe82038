//! The language of the environment, where no option says one.

use std::ffi::OsString;

use crate::text::Lang;

/// The language of a command line that is not understood: what it says of it, else the environment.
pub(super) fn of_arguments(arguments: &[OsString]) -> Lang {
    let mut typed = arguments
        .iter()
        .map_while(|one| one.to_str().filter(|one| *one != "--"));
    let mut said = None;
    while let Some(one) = typed.next() {
        if one == "--lang" {
            said = typed.next();
        } else if let Some(word) = one.strip_prefix("--lang=") {
            said = Some(word);
        }
    }
    let variable = std::env::var("GARDEFOU_LANG").ok();
    let said = said.or(variable.as_deref());
    said.and_then(spoken).unwrap_or_else(of_environment)
}

/// The language of the environment: its variables as POSIX and gettext read them.
pub(super) fn of_environment() -> Lang {
    read(|name| std::env::var(name).ok())
}

/// The first of `LC_ALL`, `LC_MESSAGES` and `LANG` that says something names the locale. Unless that is the plain one of C,
/// `LANGUAGE` may name languages in the order in which they are liked.
fn read(variable: impl Fn(&str) -> Option<String>) -> Lang {
    let said = |name: &str| variable(name).filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(said);
    let Some(locale) = locale.filter(|locale| !matches!(language(locale), "C" | "POSIX")) else {
        return Lang::En;
    };
    match said("LANGUAGE") {
        Some(liked) => liked.split(':').find_map(spoken).unwrap_or_default(),
        None => spoken(&locale).unwrap_or_default(),
    }
}

/// The language of a locale: `fr` of `fr_CA.UTF-8@euro`.
fn language(locale: &str) -> &str {
    let end = locale.find(['_', '-', '.', '@']).unwrap_or(locale.len());
    locale.split_at(end).0
}

/// The language of a locale, if it is one of ours.
fn spoken(locale: &str) -> Option<Lang> {
    match language(locale).to_ascii_lowercase().as_str() {
        "fr" => Some(Lang::Fr),
        "en" => Some(Lang::En),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Lang {
        read(|name| {
            let found = variables.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_first_variable_that_says_something_wins() {
        assert_eq!(with(&[]), Lang::En);
        assert_eq!(with(&[("LANG", "fr_FR.UTF-8")]), Lang::Fr);
        assert_eq!(
            with(&[("LC_MESSAGES", "fr_CA"), ("LANG", "en_US.UTF-8")]),
            Lang::Fr
        );
        assert_eq!(with(&[("LC_ALL", "C"), ("LANG", "fr_FR.UTF-8")]), Lang::En);
        assert_eq!(
            with(&[("LC_ALL", ""), ("LC_MESSAGES", ""), ("LANG", "fr")]),
            Lang::Fr
        );
        assert_eq!(
            with(&[("LC_CTYPE", "fr_FR.UTF-8"), ("LC_TIME", "fr_FR")]),
            Lang::En
        );
    }

    #[test]
    fn french_is_known_by_its_first_part() {
        for french in [
            "fr",
            "FR",
            "fr_FR",
            "fr_FR.UTF-8",
            "fr_CA.ISO-8859-1@euro",
            "fr-BE",
            "fr.UTF-8",
        ] {
            assert_eq!(with(&[("LANG", french)]), Lang::Fr, "{french}");
        }
        for other in [
            "C",
            "POSIX",
            "C.UTF-8",
            "en_GB",
            "de_DE.UTF-8",
            "frp",
            "fra_FR",
            "french",
            "_fr",
            "\u{e9}",
        ] {
            assert_eq!(with(&[("LANG", other)]), Lang::En, "{other}");
        }
    }

    #[test]
    fn a_list_of_languages_comes_first_unless_the_locale_is_plain() {
        let both = |locale, list| with(&[("LANG", locale), ("LANGUAGE", list)]);
        assert_eq!(both("en_US.UTF-8", "fr"), Lang::Fr);
        assert_eq!(both("fr_FR.UTF-8", "en:fr"), Lang::En);
        assert_eq!(both("fr_FR.UTF-8", "de:fr_CA:en"), Lang::Fr);
        assert_eq!(both("fr_FR.UTF-8", "de:it"), Lang::En);
        assert_eq!(both("fr_FR.UTF-8", ""), Lang::Fr);
        assert_eq!(both("C", "fr"), Lang::En);
        assert_eq!(both("C.UTF-8", "fr"), Lang::En);
        assert_eq!(with(&[("LANGUAGE", "fr")]), Lang::En);
    }
}
