//! Where the lines of a scalar stand in the text that holds it.

use crate::source::Span;
use crate::syntax::Origin;

/// Maps the content of a scalar to the source; none where that is not exact.
pub(super) fn parts(source: &str, at: Span, content: &str) -> Option<Origin> {
    let written = at.of(source);
    let body = content.trim_end_matches('\n');
    if body.is_empty() {
        return None;
    }
    // Plain, or quoted without an escape: it stands there as it is.
    if !body.contains('\n')
        && let Some(found) = written.find(body)
    {
        return Some(Origin::at(at.start + found as u32));
    }
    if !written.starts_with('|') {
        return None;
    }
    let mut lines = lines_of(written, at.start);
    lines.next()?;
    let mut parts = Origin::default();
    let mut offset = 0_u32;
    for line in body.split('\n') {
        let (from, text) = lines.next()?;
        let indent = text.len().checked_sub(line.len())?;
        let (before, rest) = text.split_at_checked(indent)?;
        if rest != line || !before.bytes().all(|byte| byte == b' ') {
            // A blank line may be shorter than the indentation.
            if !(line.is_empty() && text.trim().is_empty()) {
                return None;
            }
        }
        let indent = indent.min(text.len());
        parts.push(offset, from + indent as u32);
        offset += line.len() as u32 + 1;
    }
    Some(parts)
}

/// Lines with their offsets, without line breaks.
fn lines_of(text: &str, from: u32) -> impl Iterator<Item = (u32, &str)> {
    let mut at = from;
    text.split('\n').map(move |line| {
        let start = at;
        at += line.len() as u32 + 1;
        (start, line.strip_suffix('\r').unwrap_or(line))
    })
}
