//! One page that needs nothing else.

use std::io;

use super::Report;

/// Writes the report.
///
/// # Errors
/// When `out` cannot take more.
pub fn write(_report: &Report<'_>, _out: &mut dyn io::Write) -> io::Result<()> {
    Ok(())
}
