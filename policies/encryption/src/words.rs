//! Words that the messages of this family share. Names come from the code that is judged: each is cut, and lists end.

use std::borrow::Cow;

use gardefou_sdk::{Resource, Text};

/// So many names are listed.
const LISTED: usize = 5;
/// So many characters of a name in a list, and of an address.
const OF_A_NAME: usize = 60;
const OF_AN_ADDRESS: usize = 200;

/// The text, or its start.
fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
    }
}

/// Up to five names, then "…".
pub(crate) fn listed<'t>(names: impl IntoIterator<Item = &'t str>) -> String {
    let mut shown = String::new();
    for (at, name) in names.into_iter().enumerate() {
        if at > 0 {
            shown.push_str(", ");
        }
        if at == LISTED {
            shown.push('…');
            break;
        }
        shown.push_str(&cut(name, OF_A_NAME));
    }
    shown
}

/// The address of a resource, at a length that a sentence bears.
pub(crate) fn address<'r>(resource: &'r Resource<'_>) -> Cow<'r, str> {
    cut(resource.address(), OF_AN_ADDRESS)
}

/// A name from the code, in quotes.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", cut(name, OF_AN_ADDRESS))
}

/// Which parts of a resource: " (a, b)", or nothing for the resource itself.
pub(crate) fn parts<'t>(names: impl IntoIterator<Item = &'t str>) -> String {
    let named = listed(names.into_iter().filter(|name| !name.is_empty()));
    if named.is_empty() {
        named
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
    fn lists_end_and_names_are_cut() {
        assert_eq!(listed(["a", "b"]), "a, b");
        assert_eq!(
            listed(["a", "b", "c", "d", "e", "f", "g"]),
            "a, b, c, d, e, …"
        );
        let long = "é".repeat(10_000);
        assert_eq!(listed([long.as_str()]).chars().count(), OF_A_NAME + 1);
        assert_eq!(quoted(&long).chars().count(), OF_AN_ADDRESS + 3);
        assert_eq!(parts(["", "root"]), " (root)");
        assert_eq!(parts([""]), "");
    }
}
