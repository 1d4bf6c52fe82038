//! Whether it is known what the data is.

mod unclassified;

gardefou_sdk::policy!("classification", [unclassified]);
