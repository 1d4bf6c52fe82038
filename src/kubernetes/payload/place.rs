//! Where the lines of a scalar stand in the text that holds it.

use crate::source::Span;
use crate::syntax::Origin;

/// Maps the content of a scalar to the source; none where that is not exact.
pub(in crate::kubernetes) fn parts(source: &str, at: Span, content: &str) -> Option<Origin> {
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
    let mut lines = lines_of(written, at.start);
    if written.starts_with('|') {
        lines.next()?;
    }
    by_lines(lines, body)
}

/// Every line of the content is a line of the source, behind its indentation. A folded text, or one with escapes, differs.
fn by_lines<'s>(mut lines: impl Iterator<Item = (u32, &'s str)>, body: &str) -> Option<Origin> {
    let mut parts = Origin::default();
    let mut offset = 0_u32;
    for line in body.split('\n') {
        let (from, text) = lines.next()?;
        let is_blank = line.is_empty() && text.trim().is_empty();
        // The last line may end in blanks that are not part of the place.
        let line_end = if lines_end_early(text, line) {
            line.trim_end()
        } else {
            line
        };
        let indent = if is_blank {
            0
        } else {
            let indent = text.len().checked_sub(line_end.len())?;
            let (before, rest) = text.split_at_checked(indent)?;
            if rest != line_end || !before.bytes().all(|byte| byte == b' ') {
                return None;
            }
            indent
        };
        parts.push(offset, from + indent as u32);
        offset += line.len() as u32 + 1;
    }
    Some(parts)
}

fn lines_end_early(text: &str, line: &str) -> bool {
    text.len() < line.len() || !text.ends_with(line)
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
