//! Whether it is known what the data is.

mod contradiction;
mod out_of_band;
mod unclassified;

gardefou_sdk::policy!("classification", [unclassified, contradiction, out_of_band]);
