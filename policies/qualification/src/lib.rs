//! Whether what runs the data is qualified for it.

mod foreign_dependency;
mod not_qualified;

gardefou_sdk::policy!("qualification", [foreign_dependency, not_qualified]);
