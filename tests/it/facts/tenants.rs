//! Whose data it is.
