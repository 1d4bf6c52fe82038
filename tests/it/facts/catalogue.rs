//! The facts that are shipped: the commands that print them, and folders that correct them.

mod commands;
mod folders;
mod pages;
