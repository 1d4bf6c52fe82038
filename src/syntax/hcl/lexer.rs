//! Characters to words.

/// The text without white space and comments.
pub(super) fn without_trivia(text: &str) -> String {
    text.split_whitespace().collect()
}
