//! Multi-factor authentication of administrators and of end users.
