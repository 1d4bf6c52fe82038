//! Names of the input in messages. They may be as long as a file, and a message has a limit.

use std::borrow::Cow;

/// So much of one name is quoted.
const BYTES: usize = 160;

/// So many names of a list are quoted.
const NAMES: usize = 5;

/// A name as a message quotes it: cut when it is long.
pub fn short(name: &str) -> Cow<'_, str> {
    if name.len() <= BYTES {
        return Cow::Borrowed(name);
    }
    let end = name.floor_char_boundary(BYTES);
    Cow::Owned(format!("{}…", name.get(..end).unwrap_or_default()))
}

/// Names as a message lists them: the first few, and a sign that there are more.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut list = String::new();
    for (at, name) in names.into_iter().enumerate() {
        if at == NAMES {
            list.push_str(", …");
            break;
        }
        if at > 0 {
            list.push_str(", ");
        }
        list.push_str(&short(name));
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_is_cut_between_characters() {
        assert_eq!(short("aws_s3_bucket.a"), "aws_s3_bucket.a");
        let long = "é".repeat(1000);
        let cut = short(&long);
        assert!(cut.ends_with("é…") && cut.len() < 200, "{cut}");
    }

    #[test]
    fn a_list_ends_after_a_few() {
        assert_eq!(listed(["a", "b"]), "a, b");
        assert_eq!(listed(["a", "b", "c", "d", "e"]), "a, b, c, d, e");
        assert_eq!(
            listed(["a", "b", "c", "d", "e", "f", "g"]),
            "a, b, c, d, e, …"
        );
    }
}
