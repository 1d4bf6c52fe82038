//! Where resources and their copies are.
