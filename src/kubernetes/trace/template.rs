//! Go templates as a tree: the texts that they print as they are, the actions, and what is around them.
//!
//! Nothing is evaluated here. A template that this reader does not understand is not traced, which is no fault.

use crate::source::Span;

/// Blocks inside blocks.
const MAX_DEPTH: usize = 32;

/// One file.
#[derive(Debug, Default)]
pub(super) struct Template {
    /// What it prints, in order.
    pub(super) items: Vec<Item>,
    /// Templates that it names, for use by others.
    pub(super) defines: Vec<Define>,
}

/// `{{ define "name" }}...{{ end }}`
#[derive(Debug)]
pub(super) struct Define {
    pub(super) name: String,
    pub(super) items: Vec<Item>,
}

/// One thing that a template holds.
#[derive(Debug)]
pub(super) enum Item {
    /// Text that is printed as it is; white space that markers take away is not part of it.
    Text(Span),
    /// Something that is printed.
    Print(Action),
    /// `$name := ...`: the names, and what they are set to.
    Assign(Vec<String>, Span),
    /// `if`, `with` or `range`.
    Block(Block),
    /// The loop begins again.
    Continue,
    /// The loop ends.
    Break,
}

/// `{{ ... }}`
#[derive(Debug, Clone, Copy)]
pub(super) struct Action {
    /// With its braces.
    pub(super) span: Span,
    /// What stands between them.
    pub(super) code: Span,
    /// Nothing but white space stands before it on its line.
    pub(super) leads: bool,
}

/// What a block does with what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    If,
    With,
    Range,
}

/// A block: its arms, of which at most one is printed (by `range` as often as it likes), and what is printed else.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) form: Form,
    pub(super) arms: Vec<(Span, Vec<Item>)>,
    pub(super) otherwise: Vec<Item>,
}

/// The tree of a text; none when it is no template that Go would accept, or nests too deep.
pub(super) fn parse(text: &str) -> Option<Template> {
    let mut reader = Reader {
        text,
        open: Vec::new(),
        items: Vec::new(),
        template: Template::default(),
    };
    reader.read()?;
    if !reader.open.is_empty() {
        return None;
    }
    reader.template.items = reader.items;
    Some(reader.template)
}

enum Open {
    Define(String),
    /// `block`: a definition that is printed where it stands.
    Named(String, Action),
    Block(Block, Span, bool),
}

struct Reader<'a> {
    text: &'a str,
    /// What is open, with the items before it.
    open: Vec<(Open, Vec<Item>)>,
    items: Vec<Item>,
    template: Template,
}

impl Reader<'_> {
    fn read(&mut self) -> Option<()> {
        let mut at = 0;
        let mut trims = false;
        loop {
            let rest = self.text.get(at..)?;
            let Some(found) = rest.find("{{") else {
                self.print_text(at, self.text.len(), trims, false);
                return Some(());
            };
            let open = at + found;
            let inside = open + 2;
            let trims_left = self.starts(inside, "-") && self.is_space(inside + 1);
            self.print_text(at, open, trims, trims_left);
            let start = if trims_left { inside + 2 } else { inside };
            let (close, code_end) = self.end_of_action(start)?;
            trims = code_end < close;
            let end = close + 2;
            let code = self.text.get(start..code_end)?;
            let lead = code.len() - code.trim_start().len();
            let code_span = span(start + lead, start + lead + code.trim().len());
            let before = self.text.get(..open)?.trim_end_matches([' ', '\t']);
            let action = Action {
                span: span(open, end),
                code: code_span,
                leads: before.is_empty() || before.ends_with('\n'),
            };
            self.action(action)?;
            at = end;
        }
    }

    fn starts(&self, at: usize, with: &str) -> bool {
        self.text
            .get(at..)
            .is_some_and(|rest| rest.starts_with(with))
    }

    fn is_space(&self, at: usize) -> bool {
        matches!(
            self.text.as_bytes().get(at),
            Some(b' ' | b'\t' | b'\r' | b'\n')
        )
    }

    /// Where the closing braces stand, and where the code before them ends (earlier, when they take white space away).
    fn end_of_action(&self, start: usize) -> Option<(usize, usize)> {
        let bytes = self.text.as_bytes();
        let mut at = start;
        let code = self.text.get(start..)?;
        if code.trim_start().starts_with("/*") {
            at = start + code.find("*/")? + 2;
        }
        loop {
            match bytes.get(at)? {
                quote @ (b'"' | b'\'') => {
                    at += 1;
                    while bytes.get(at)? != quote {
                        at += if bytes.get(at)? == &b'\\' { 2 } else { 1 };
                    }
                    at += 1;
                }
                b'`' => {
                    at += 1;
                    at += self.text.get(at..)?.find('`')? + 1;
                }
                b'}' if bytes.get(at + 1) == Some(&b'}') => {
                    let trims = at > start
                        && bytes.get(at - 1) == Some(&b'-')
                        && at
                            .checked_sub(2)
                            .is_some_and(|before| self.is_space(before));
                    return Some((at, if trims { (at - 1).max(start) } else { at }));
                }
                _ => at += 1,
            }
        }
    }

    fn print_text(&mut self, from: usize, to: usize, left: bool, right: bool) {
        const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];
        let whole = self.text.get(from..to).unwrap_or("");
        let mut text = whole;
        if left {
            text = text.trim_start_matches(SPACE);
        }
        let from = to - text.len();
        if right {
            text = text.trim_end_matches(SPACE);
        }
        if !text.is_empty() {
            self.items.push(Item::Text(span(from, from + text.len())));
        }
    }

    fn action(&mut self, action: Action) -> Option<()> {
        let code = action.code.of(self.text);
        let (word, rest) = first_word(code);
        let argument = Span::new(action.code.end - rest.len() as u32, action.code.end);
        match word {
            _ if code.starts_with("/*") => {}
            "" if code.is_empty() => return None,
            "if" => self.open_block(Form::If, argument)?,
            "with" => self.open_block(Form::With, argument)?,
            "range" => self.open_block(Form::Range, argument)?,
            "define" => self.push(Open::Define(quoted(rest)?.0))?,
            "block" => {
                let (name, _) = quoted(rest)?;
                self.push(Open::Named(name, action))?;
            }
            "else" => self.otherwise(rest, argument)?,
            "end" => self.close()?,
            "break" => self.items.push(Item::Break),
            "continue" => self.items.push(Item::Continue),
            _ => match assignment(code) {
                Some((names, value)) => {
                    let value = Span::new(action.code.end - value.len() as u32, action.code.end);
                    self.items.push(Item::Assign(names, value));
                }
                None => self.items.push(Item::Print(action)),
            },
        }
        Some(())
    }

    fn push(&mut self, open: Open) -> Option<()> {
        if self.open.len() >= MAX_DEPTH {
            return None;
        }
        self.open.push((open, std::mem::take(&mut self.items)));
        Some(())
    }

    fn open_block(&mut self, form: Form, argument: Span) -> Option<()> {
        let block = Block {
            form,
            arms: Vec::new(),
            otherwise: Vec::new(),
        };
        self.push(Open::Block(block, argument, false))
    }

    /// What was read so far is an arm; what follows is the next one, or what is printed else.
    fn otherwise(&mut self, rest: &str, argument: Span) -> Option<()> {
        let items = std::mem::take(&mut self.items);
        let (Open::Block(block, of, is_else), _) = self.open.last_mut()? else {
            return None;
        };
        if *is_else {
            return None;
        }
        block.arms.push((*of, items));
        let (word, rest) = first_word(rest);
        match word {
            "if" | "with" => *of = Span::new(argument.end - rest.len() as u32, argument.end),
            _ => *is_else = true,
        }
        Some(())
    }

    fn close(&mut self) -> Option<()> {
        let (open, before) = self.open.pop()?;
        let items = std::mem::replace(&mut self.items, before);
        match open {
            Open::Define(name) => self.template.defines.push(Define { name, items }),
            Open::Named(name, action) => {
                self.template.defines.push(Define { name, items });
                self.items.push(Item::Print(action));
            }
            Open::Block(mut block, of, is_else) => {
                if is_else {
                    block.otherwise = items;
                } else {
                    block.arms.push((of, items));
                }
                self.items.push(Item::Block(block));
            }
        }
        Some(())
    }
}

/// The first word of a code, and the rest.
pub(super) fn first_word(code: &str) -> (&str, &str) {
    let end = code
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(code.len());
    let (word, rest) = code.split_at_checked(end).unwrap_or((code, ""));
    (word, rest.trim_start())
}

/// A text in quotes at the start of a code, and the rest.
pub(super) fn quoted(code: &str) -> Option<(String, &str)> {
    if let Some(raw) = code.strip_prefix('`') {
        let (text, rest) = raw.split_once('`')?;
        return Some((text.to_owned(), rest));
    }
    let inner = code.strip_prefix('"')?;
    let mut text = String::new();
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((text, inner.get(at + 1..)?)),
            '\\' => match chars.next()?.1 {
                'n' => text.push('\n'),
                't' => text.push('\t'),
                other => text.push(other),
            },
            c => text.push(c),
        }
    }
    None
}

/// The names and the value of `$a, $b := value` or `$a = value`.
pub(super) fn assignment(code: &str) -> Option<(Vec<String>, &str)> {
    let (names, value) = code.split_once('=')?;
    let names = names.trim_end().trim_end_matches(':');
    let mut out = Vec::new();
    for name in names.split(',') {
        let name = name.trim().strip_prefix('$')?;
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return None;
        }
        out.push(name.to_owned());
    }
    Some((out, value.trim_start()))
}

/// Texts are below 4 GiB here.
fn span(from: usize, to: usize) -> Span {
    Span::new(from as u32, to as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        fn all(text: &str, items: &[Item], out: &mut Vec<String>) {
            for item in items {
                match item {
                    Item::Text(span) => out.push(span.of(text).to_owned()),
                    Item::Print(action) => out.push(format!("<{}>", action.code.of(text))),
                    Item::Assign(names, value) => {
                        out.push(format!("{}={}", names.join("+"), value.of(text)));
                    }
                    Item::Block(block) => {
                        for (of, items) in &block.arms {
                            out.push(format!("{:?} {}", block.form, of.of(text)));
                            all(text, items, out);
                        }
                        out.push("else".to_owned());
                        all(text, &block.otherwise, out);
                        out.push("end".to_owned());
                    }
                    Item::Continue | Item::Break => out.push("jump".to_owned()),
                }
            }
        }
        let mut out = Vec::new();
        let template = parse(text).unwrap();
        all(text, &template.items, &mut out);
        for define in &template.defines {
            out.push(format!("define {}", define.name));
            all(text, &define.items, &mut out);
        }
        out
    }

    #[test]
    fn markers_take_white_space_away() {
        assert_eq!(
            texts("a: {{ .x }}\n  {{- if .y -}}\n b\n{{- else if .z }} c {{ end }}\n"),
            [
                "a: ", "<.x>", "If .y", "b", "If .z", " c ", "else", "end", "\n"
            ]
        );
    }

    #[test]
    fn quotes_and_comments_hide_braces() {
        assert_eq!(
            texts("{{/* }} \" */}}{{ \"}}\" }}{{- `}}\"` -}} x{{ '}' }}"),
            ["<\"}}\">", "<`}}\"`>", "x", "<'}'>"]
        );
    }

    #[test]
    fn assignments_and_definitions_print_nothing() {
        assert_eq!(
            texts(
                "{{ $a := .Values.b }}{{ define \"n\" }}t{{ end }}{{ range $k, $v := .m }}x{{ break }}{{ end }}"
            ),
            [
                "a=.Values.b",
                "Range $k, $v := .m",
                "x",
                "jump",
                "else",
                "end",
                "define n",
                "t"
            ]
        );
    }

    #[test]
    fn what_go_refuses_is_none() {
        for text in [
            "{{ if .a }}",
            "{{ end }}",
            "{{ \"",
            "{{",
            "{{ if a }}{{ else }}{{ else }}{{ end }}",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
        assert!(parse(&"{{ if .a }}".repeat(1000)).is_none());
    }
}
