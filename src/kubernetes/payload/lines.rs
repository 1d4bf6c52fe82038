//! Formats in which every line is a setting.

use std::collections::BTreeMap;

use super::Text;
use crate::source::Span;
use crate::value::Value;

/// Settings of one text that are read.
const MAX_SETTINGS: usize = 10_000;

/// A line that says something, with its offset.
pub(super) struct Line<'t> {
    pub(super) at: u32,
    pub(super) text: &'t str,
}

/// The lines of a text that say something, without their indentation.
pub(super) fn lines<'t>(
    text: &'t str,
    comments: &'static [char],
) -> impl Iterator<Item = Line<'t>> {
    let mut offset = 0_usize;
    text.split_inclusive('\n')
        .filter_map(move |line| {
            let start = offset + line.len() - line.trim_start().len();
            offset += line.len();
            let text = line.trim();
            let says = !text.is_empty() && !text.starts_with(comments);
            says.then_some(Line {
                at: start as u32,
                text,
            })
        })
        .take(MAX_SETTINGS)
}

/// A key, and a value without quotes with its span.
pub(super) struct Setting<'t> {
    pub(super) key: &'t str,
    pub(super) value: &'t str,
    pub(super) span: Span,
}

/// Splits a line at the first of some characters.
pub(super) fn setting<'t>(line: &Line<'t>, splits: fn(char) -> bool) -> Setting<'t> {
    let (key, rest) = line.text.split_once(splits).unwrap_or((line.text, ""));
    let value = rest.trim();
    let bare = ['"', '\'', '`']
        .iter()
        .find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(value);
    let from = line.at + line.text.len() as u32 - rest.len() as u32;
    let inner = rest.find(bare).unwrap_or_default() as u32;
    Setting {
        key: key.trim(),
        value: bare,
        span: Span::new(from + inner, from + inner + bare.len() as u32),
    }
}

/// A mapping that is being filled; of equal keys the last counts.
#[derive(Default)]
pub(super) struct Block {
    entries: Vec<(std::sync::Arc<str>, Value)>,
    span: Option<Span>,
}

impl Block {
    pub(super) fn set(&mut self, key: &str, value: Value) {
        self.entries.push((key.into(), value));
    }

    pub(super) fn covers(&mut self, span: Span) {
        self.span = Some(self.span.map_or(span, |before| before.to(span)));
    }

    pub(super) fn finish(self, text: &Text<'_>) -> Value {
        let span = self.span.unwrap_or_default();
        text.at(Value::object(self.entries), span)
    }
}

fn line_span(line: &Line<'_>) -> Span {
    Span::new(line.at, line.at + line.text.len() as u32)
}

/// `[section]` and `key = value`; what stands before the first section is at the top.
pub(super) fn ini(text: &Text<'_>) -> Value {
    let mut top = Block::default();
    let mut sections: BTreeMap<&str, Block> = BTreeMap::new();
    let mut current: Option<&str> = None;
    for line in lines(text.as_str(), &[';', '#']) {
        top.covers(line_span(&line));
        let section = line
            .text
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'));
        if let Some((name, _)) = section {
            current = Some(name.trim());
            sections
                .entry(name.trim())
                .or_default()
                .covers(line_span(&line));
            continue;
        }
        let setting = setting(&line, |c| c == '=');
        let value = text.string(setting.value, setting.span);
        match current.and_then(|name| sections.get_mut(name)) {
            Some(section) => {
                section.covers(line_span(&line));
                section.set(setting.key, value);
            }
            None => top.set(setting.key, value),
        }
    }
    for (name, section) in sections {
        top.set(name, section.finish(text));
    }
    top.finish(text)
}

/// `[OUTPUT]`, as often as there are outputs, with `Key value`. Names are read in lower case, as Fluent Bit reads them.
pub(super) fn sections(text: &Text<'_>) -> Value {
    let mut all: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut open: Option<(String, Block)> = None;
    let mut close = |open: Option<(String, Block)>| {
        if let Some((name, block)) = open {
            all.entry(name).or_default().push(block.finish(text));
        }
    };
    for line in lines(text.as_str(), &['#', '@']) {
        let name = line
            .text
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'));
        if let Some((name, _)) = name {
            let mut block = Block::default();
            block.covers(line_span(&line));
            close(open.replace((name.trim().to_ascii_lowercase(), block)));
        } else if let Some((_, block)) = &mut open {
            let setting = setting(&line, char::is_whitespace);
            block.covers(line_span(&line));
            let value = text.string(setting.value, setting.span);
            block.set(&setting.key.to_ascii_lowercase(), value);
        }
    }
    close(open);
    lists(text, all)
}

/// Several entries under each name.
pub(super) fn lists(text: &Text<'_>, all: BTreeMap<String, Vec<Value>>) -> Value {
    let whole = Span::new(0, text.as_str().len() as u32);
    let all = all.into_iter().map(|(name, entries)| {
        let entries = text.at(Value::tuple(entries), whole);
        (name.as_str().into(), entries)
    });
    text.at(Value::object(all.collect::<Vec<_>>()), whole)
}

/// The words behind each directive of a Corefile, of all servers together.
pub(super) fn corefile(text: &Text<'_>) -> Value {
    let mut all: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in lines(text.as_str(), &['#']) {
        let mut offset = 0;
        let mut words = line.text.split_ascii_whitespace().map(|word| {
            let at = line.text[offset..].find(word).unwrap_or_default() + offset;
            offset = at + word.len();
            let from = line.at + at as u32;
            (word, Span::new(from, from + word.len() as u32))
        });
        let Some((directive, _)) = words.next() else {
            continue;
        };
        // The first word behind `forward` is the zone.
        let skip = usize::from(directive == "forward");
        let values = words
            .skip(skip)
            .filter(|(word, _)| *word != "{")
            .map(|(word, span)| text.string(word, span));
        all.entry(directive.to_owned()).or_default().extend(values);
    }
    lists(text, all)
}
