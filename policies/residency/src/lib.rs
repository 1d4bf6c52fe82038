//! Where data is.

mod outside_area;

gardefou_sdk::policy!("residency", [outside_area]);
