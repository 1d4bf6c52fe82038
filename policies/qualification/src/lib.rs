//! Whether what runs the data is qualified for it.

mod common;
mod days;
mod extraterritorial_exposure;
mod foreign_dependency;
mod hds_missing;
mod not_qualified;
mod outside_scope;
mod visa_ending;

gardefou_sdk::policy!(
    "qualification",
    [
        not_qualified,
        outside_scope,
        visa_ending,
        extraterritorial_exposure,
        hds_missing,
        foreign_dependency,
    ]
);
