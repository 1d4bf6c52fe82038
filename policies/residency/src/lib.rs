//! Where data is.

mod copy_outside_area;
mod outside_area;
mod place;
mod state_outside_area;
mod worldwide_service;

gardefou_sdk::policy!(
    "residency",
    [
        outside_area,
        copy_outside_area,
        worldwide_service,
        state_outside_area
    ]
);
