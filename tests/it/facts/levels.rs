//! How sensitive data is, and who says so.
