//! Who holds the keys, and for whom.

mod keys;
mod parts;
mod words;

mod key_not_erasable;
mod key_outside_area;
mod key_shared_between_tenants;
mod no_customer_key;
mod not_encrypted;

gardefou_sdk::policy!(
    "encryption",
    [
        key_not_erasable,
        key_outside_area,
        key_shared_between_tenants,
        no_customer_key,
        not_encrypted,
    ]
);
