//! TOML, and the blocks of Fluentd.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::lines::{Block, lines, lists, setting};
use super::{Text, Unread};
use crate::source::Span;
use crate::value::Value;

/// Blocks inside blocks.
const MAX_NESTING: usize = 32;

pub(super) fn toml(text: &Text<'_>) -> Result<Value, Unread> {
    let parsed = DeTable::parse(text.as_str()).map_err(|_| Unread::Malformed)?;
    let span = parsed.span();
    Ok(table(text, parsed.get_ref(), span, 0))
}

fn table(
    text: &Text<'_>,
    table: &DeTable<'_>,
    span: std::ops::Range<usize>,
    depth: usize,
) -> Value {
    let entries = table.iter().map(|(key, one)| {
        let value = value(text, one.get_ref(), one.span(), depth + 1);
        (key.get_ref().as_ref().into(), value)
    });
    let entries: Vec<_> = entries.collect();
    text.at(Value::object(entries), narrow(span))
}

fn value(text: &Text<'_>, of: &DeValue<'_>, span: std::ops::Range<usize>, depth: usize) -> Value {
    let found = match of {
        _ if depth > MAX_NESTING => Value::unknown(crate::value::Because::Limit),
        DeValue::Table(inner) => return table(text, inner, span, depth),
        DeValue::Array(all) => {
            let all = all
                .iter()
                .map(|one| value(text, one.get_ref(), one.span(), depth + 1));
            Value::tuple(all.collect::<Vec<_>>())
        }
        DeValue::String(inner) => Value::string(inner.as_ref()),
        DeValue::Boolean(inner) => Value::bool(*inner),
        DeValue::Integer(inner) => Value::string(inner.as_str()),
        DeValue::Float(inner) => Value::string(inner.as_str()),
        DeValue::Datetime(inner) => Value::string(inner.to_string()),
    };
    text.at(found, narrow(span))
}

fn narrow(span: std::ops::Range<usize>) -> Span {
    Span::new(span.start as u32, span.end as u32)
}

/// `<match **>`, with `key value` and blocks in it; each is an entry of the list of its name.
pub(super) fn directives(text: &Text<'_>) -> Value {
    struct Open {
        name: String,
        block: Block,
        inner: BTreeMap<String, Vec<Value>>,
    }
    fn close(text: &Text<'_>, mut open: Open) -> (String, Value) {
        for (name, all) in open.inner {
            let all = text.at(Value::tuple(all), Span::default());
            open.block.set(&name, all);
        }
        (open.name, open.block.finish(text))
    }
    let mut top: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut stack: Vec<Open> = Vec::new();
    for line in lines(text.as_str(), &['#']) {
        let span = Span::new(line.at, line.at + line.text.len() as u32);
        if line.text.starts_with("</") {
            if let Some((name, value)) = stack.pop().map(|open| close(text, open)) {
                let into = stack.last_mut().map_or(&mut top, |outer| &mut outer.inner);
                into.entry(name).or_default().push(value);
            }
        } else if let Some(tag) = line
            .text
            .strip_prefix('<')
            .filter(|_| stack.len() < MAX_NESTING)
        {
            let name = tag.trim_end_matches('>').split_ascii_whitespace().next();
            let mut block = Block::default();
            block.covers(span);
            stack.push(Open {
                name: name.unwrap_or_default().to_owned(),
                block,
                inner: BTreeMap::new(),
            });
        } else if let Some(open) = stack.last_mut() {
            let setting = setting(&line, char::is_whitespace);
            open.block.covers(span);
            open.block
                .set(setting.key, text.string(setting.value, setting.span));
        }
    }
    lists(text, top)
}
