//! Comments that speak to this program, in any notation.

/// What they start with.
pub const MARKER: &str = "gardefou:";

/// May there be one in a text? One search, since most texts have none.
pub fn is_marked(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), MARKER.as_bytes()).is_some()
}
