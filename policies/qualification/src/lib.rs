//! Whether what runs the data is qualified for it.

mod not_qualified;

gardefou_sdk::policy!("qualification", [not_qualified]);
