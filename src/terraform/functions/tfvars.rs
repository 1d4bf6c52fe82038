//! The functions of Terraform's own provider, `provider::terraform::NAME`: values to the text of a tfvars file, laid out as
//! `terraform fmt` would, and back.

use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation as _;

use super::{Call, Function, FunctionError, Kind, Outcome, Param};
use crate::text::text;
use crate::value::{Data, Value};

const ANY: Param = Param::new(Kind::Any);

/// By their names behind `provider::terraform::`.
pub(super) const ALL: &[Function] = &[
    Function::new("encode_expr", &[ANY], Kind::String, encode_expr),
    Function::new("encode_tfvars", &[ANY], Kind::String, encode_tfvars),
    Function::new(
        "decode_tfvars",
        &[Param::new(Kind::String)],
        Kind::Any,
        |call| {
            let value = call.context.constants(call.text(0));
            value.map_err(|error| FunctionError::argument(0, error.message))
        },
    ),
];

fn encode_expr(call: &Call<'_>) -> Outcome {
    let value = call.arg(0);
    if let Some(unknown) = value.first_unknown() {
        return Ok(call.unknown(unknown.because.clone()));
    }
    let mut lines = Lines::new(call);
    lines.value(value)?;
    lines.finish()
}

fn encode_tfvars(call: &Call<'_>) -> Outcome {
    let value = call.arg(0);
    if let Some(unknown) = value.first_unknown() {
        return Ok(call.unknown(unknown.because.clone()));
    }
    let Some(entries) = value.entries() else {
        return Err(FunctionError::argument(
            0,
            text!(
                "an object is required, not {}",
                "un objet est requis, et non {}",
                value.ty()
            ),
        ));
    };
    let mut lines = Lines::new(call);
    for (name, value) in entries {
        if !is_identifier(name) {
            return Err(FunctionError::argument(
                0,
                text!(
                    "{name:?} is no name of a variable",
                    "{name:?} n’est pas un nom de variable"
                ),
            ));
        }
        lines.entry(name, value)?;
    }
    lines.finish()
}

/// A word that needs no quotes as a key.
fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars
        .next()
        .is_some_and(|first| first == '_' || first.is_alphabetic())
        && chars.all(|c| c == '_' || c == '-' || c.is_alphanumeric())
}

/// A line before it is indented and aligned.
#[derive(Default)]
struct Line {
    text: String,
    /// Where ` = ` begins, when the whole value stands on this line.
    equals: Option<usize>,
    /// Brackets opened less brackets closed.
    brackets: i64,
}

struct Lines<'c> {
    call: &'c Call<'c>,
    done: Vec<Line>,
    open: Line,
    bytes: usize,
}

impl<'c> Lines<'c> {
    fn new(call: &'c Call<'c>) -> Self {
        Self {
            call,
            done: Vec::new(),
            open: Line::default(),
            bytes: 0,
        }
    }

    fn push(&mut self, text: &str) -> Result<(), FunctionError> {
        self.bytes += text.len();
        self.open.text.push_str(text);
        self.call.check_length(self.bytes)
    }

    fn bracket(&mut self, text: &str, change: i64) -> Result<(), FunctionError> {
        self.open.brackets += change;
        self.push(text)
    }

    fn end_line(&mut self) {
        if self.open.brackets != 0 {
            self.open.equals = None;
        }
        self.done.push(std::mem::take(&mut self.open));
    }

    fn entry(&mut self, name: &str, value: &Value) -> Result<(), FunctionError> {
        if is_identifier(name) {
            self.push(name)?;
        } else {
            self.push(&quoted(name))?;
        }
        self.open.equals = Some(self.open.text.len());
        self.push(" = ")?;
        self.value(value)?;
        self.end_line();
        Ok(())
    }

    fn value(&mut self, value: &Value) -> Result<(), FunctionError> {
        if let Some(elements) = value.elements() {
            self.bracket("[", 1)?;
            for (at, element) in elements.iter().enumerate() {
                if at > 0 {
                    self.push(", ")?;
                }
                self.value(element)?;
            }
            return self.bracket("]", -1);
        }
        if let Some(entries) = value.entries() {
            self.bracket("{", 1)?;
            if !entries.is_empty() {
                self.end_line();
            }
            for (key, value) in entries {
                self.entry(key, value)?;
            }
            return self.bracket("}", -1);
        }
        match &value.data {
            Data::String(text) => self.push(&quoted(text)),
            Data::Bool(_) | Data::Number(_) => self.push(&value.as_text().unwrap_or_default()),
            _ => self.push("null"),
        }
    }

    /// Indents by the brackets that are open, and aligns the equals signs of neighbouring lines.
    fn finish(mut self) -> Outcome {
        if !self.open.text.is_empty() {
            self.end_line();
        } else if !self.done.is_empty() {
            // A file ends with a line break.
            self.done.push(Line::default());
        }
        let mut out = String::with_capacity(self.bytes);
        let mut open: Vec<i64> = Vec::new();
        let mut rest = self.done.as_slice();
        while let Some(first) = rest.first() {
            let chain = rest
                .iter()
                .take_while(|line| line.equals.is_some())
                .count()
                .max(1);
            let (lines, after) = rest.split_at(chain);
            rest = after;
            let widths = lines.iter().map(width);
            let widest = widths.max().unwrap_or_default();
            for line in lines {
                if !std::ptr::eq(line, first) || !out.is_empty() {
                    out.push('\n');
                }
                indent(&mut open, line.brackets);
                if !line.text.is_empty() {
                    out.extend(std::iter::repeat_n("  ", open_before(&open, line.brackets)));
                }
                match line.equals {
                    Some(at) => {
                        let (key, value) = line.text.split_at(at);
                        out.push_str(key);
                        out.extend(std::iter::repeat_n(' ', widest - width(line)));
                        out.push_str(value);
                    }
                    None => out.push_str(&line.text),
                }
                self.call.check_length(out.len())?;
            }
        }
        self.call.string(&out)
    }
}

fn width(line: &Line) -> usize {
    let key = line.equals.and_then(|at| line.text.get(..at));
    key.unwrap_or_default().graphemes(true).count()
}

/// Takes in what a line opens or closes: one level of indentation for each line that opens brackets, however many.
fn indent(open: &mut Vec<i64>, change: i64) {
    if change > 0 {
        open.push(change);
        return;
    }
    let mut closed = -change;
    while closed > 0 {
        match open.last_mut() {
            None => return,
            Some(last) if closed < *last => {
                *last -= closed;
                return;
            }
            Some(last) => {
                closed -= *last;
                open.pop();
            }
        }
    }
}

/// The levels that a line itself is indented by: what it opens counts from the next one on.
fn open_before(open: &[i64], change: i64) -> usize {
    open.len() - usize::from(change > 0)
}

/// A quoted template that means the text.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '$' | '%' => {
                out.push(c);
                if chars.peek() == Some(&'{') {
                    out.push(c);
                }
            }
            c if c.is_control() => _ = write!(out, "\\u{:04x}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
