//! Regular expressions of the catalogue.

use serde::{Deserialize, Serialize};

/// A regular expression, with what can be told of it without compiling it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PatternText {
    /// As the catalogue writes it.
    pub(crate) text: String,
    /// Whatever it matches has one of these in it. Empty: no such texts are known.
    pub(crate) needs: Vec<String>,
}
