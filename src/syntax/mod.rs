//! Text to tree, for each syntax the scanner reads. Nothing here knows what the text is about.

pub mod comment;
pub mod hcl;
pub mod json;
mod origin;
pub mod yaml;

pub use origin::Origin;

/// How deep brackets, blocks and operators may nest. Terraform has no such limit, but our recursion needs one.
pub const MAX_NESTING: u32 = 256;

/// After so many faults in one text the rest of it is left unread, which the last problem says.
pub const MAX_PROBLEMS: usize = 100;
