//! Who holds the keys, and for whom.

mod key_shared_between_tenants;

gardefou_sdk::policy!("encryption", [key_shared_between_tenants]);
