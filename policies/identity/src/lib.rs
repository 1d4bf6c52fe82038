//! Who can sign in, with what, and for how long.

mod long_lived_credential;
mod mfa_not_enforced;

gardefou_sdk::policy!("identity", [long_lived_credential, mfa_not_enforced]);
