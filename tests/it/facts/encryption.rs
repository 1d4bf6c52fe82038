//! At rest: whether, by whose key, which key, where the key is.
