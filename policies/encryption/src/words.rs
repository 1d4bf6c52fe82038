//! Words that the messages of this family share. Names come from the code that is judged: each is cut, and lists end.

use gardefou_sdk::{Name, Resource, Text, listed, short};

/// The address of a resource, at a length that a sentence bears.
pub(crate) fn address<'a>(resource: &Resource<'a>) -> Name<'a> {
    resource.name()
}

/// A name from the code, in quotes.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", short(name))
}

/// Which parts of a resource: " (a, b)", or nothing where the resource itself is among them.
pub(crate) fn parts<'t>(names: impl IntoIterator<Item = &'t str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let named = listed(names.iter().copied());
    if names.contains(&"") || named.is_empty() {
        String::new()
    } else {
        format!(" ({named})")
    }
}

/// Why it cannot be said whether a part has a customer's key: its provider offers none.
pub(crate) fn no_key_offered() -> Text {
    Text {
        en: "this provider's code offers no customer key for this type".to_owned(),
        fr: "le code de ce fournisseur n'offre pas de clé du client pour ce type".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_and_parts_named() {
        let long = "é".repeat(10_000);
        assert!(quoted(&long).ends_with("…\"") && quoted(&long).len() < 200);
        assert_eq!(parts(["data", "root"]), " (data, root)");
        assert_eq!(parts(["", "root"]), "");
        assert_eq!(parts([""]), "");
    }
}
