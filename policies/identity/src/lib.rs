//! Who can sign in, and with what.

mod mfa_not_enforced;

gardefou_sdk::policy!("identity", [mfa_not_enforced]);
