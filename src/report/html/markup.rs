//! A writer of markup that cannot forget to escape: names of elements and attributes are written in the program, all
//! else is made visible, cut and escaped on its way in. There is no way to write a text as markup.

use hashbrown::HashSet;

use crate::report::clean_line;

/// Characters of one text that are shown: names have no limit, a page has.
const LONGEST: usize = 2_000;

/// An attribute: the name is the program's, the value may be anybody's.
pub(super) type Attribute<'a> = (&'static str, &'a str);

/// A place in the page that links may lead to: letters, digits and hyphens, and only once in a page.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Anchor(String);

impl Anchor {
    /// One that the program itself names.
    pub(super) fn fixed(name: &'static str) -> Self {
        Self(name.to_owned())
    }

    /// What stands in `id`.
    pub(super) fn id(&self) -> &str {
        &self.0
    }
}

/// Hands out anchors, each once.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    taken: HashSet<String>,
}

impl Anchors {
    /// An anchor that reads like a name, as far as its letters allow.
    pub(super) fn make(&mut self, before: &'static str, name: &str) -> Anchor {
        let tame = |c: char| {
            if c.is_ascii_alphanumeric() { c } else { '-' }
        };
        let stem: String = before
            .chars()
            .chain(name.chars().take(80).map(tame))
            .collect();
        let mut id = stem.clone();
        let mut number = 1;
        while id.is_empty() || !self.taken.insert(id.clone()) {
            number += 1;
            id = format!("{stem}-{number}");
        }
        Anchor(id)
    }
}

/// Markup under way.
#[derive(Debug, Default)]
pub(super) struct Markup {
    out: String,
}

impl Markup {
    /// What was written so far, and an empty page to go on with.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.out)
    }

    /// An element with what is in it.
    pub(super) fn tag(
        &mut self,
        name: &'static str,
        attributes: &[Attribute<'_>],
        inside: impl FnOnce(&mut Self),
    ) {
        self.open(name, attributes);
        inside(self);
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    /// An element with one text in it.
    pub(super) fn leaf(&mut self, name: &'static str, attributes: &[Attribute<'_>], text: &str) {
        self.tag(name, attributes, |h| h.text(text));
    }

    /// An element that holds nothing.
    pub(super) fn void(&mut self, name: &'static str, attributes: &[Attribute<'_>]) {
        self.open(name, attributes);
    }

    /// A link to another part of the page: there are no others.
    pub(super) fn link(
        &mut self,
        to: &Anchor,
        attributes: &[Attribute<'_>],
        inside: impl FnOnce(&mut Self),
    ) {
        self.out.push_str("<a href=\"#");
        self.out.push_str(&to.0);
        self.out.push('"');
        self.attributes(attributes);
        self.out.push('>');
        inside(self);
        self.out.push_str("</a>");
    }

    /// Text on one line.
    pub(super) fn text(&mut self, text: &str) {
        let shown = clean_line(text);
        let cut = shown.char_indices().nth(LONGEST).map(|(at, _)| at);
        self.escaped(cut.and_then(|at| shown.get(..at)).unwrap_or(&shown));
        if cut.is_some() {
            self.out.push('…');
        }
    }

    /// A sentence: what stands between backticks is code.
    pub(super) fn prose(&mut self, text: &str) {
        let mut parts = text.split('`').peekable();
        let mut is_code = false;
        while let Some(part) = parts.next() {
            match (is_code, parts.peek().is_some()) {
                (true, true) => self.leaf("code", &[], part),
                // The last backtick has no partner.
                (true, false) => {
                    self.text("`");
                    self.text(part);
                }
                (false, _) => self.text(part),
            }
            is_code = !is_code;
        }
    }

    /// Source text of an excerpt, which is harmless already; line breaks and tabs stay.
    pub(super) fn source(&mut self, text: &str) {
        self.escaped(text);
    }

    /// A part of the page that is written in the program as it is: style, script, its head.
    pub(super) fn fixed(&mut self, markup: &'static str) {
        self.out.push_str(markup);
    }

    /// Markup that this writer wrote before.
    pub(super) fn append(&mut self, written: &Markup) {
        self.out.push_str(&written.out);
    }

    /// Bytes so far.
    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    fn open(&mut self, name: &'static str, attributes: &[Attribute<'_>]) {
        self.out.push('<');
        self.out.push_str(name);
        self.attributes(attributes);
        self.out.push('>');
    }

    fn attributes(&mut self, attributes: &[Attribute<'_>]) {
        for (name, value) in attributes {
            debug_assert!(
                !matches!(*name, "href" | "src" | "style") && !name.starts_with("on"),
                "{name}: links are made with `link`, nothing else loads or runs"
            );
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            self.text(value);
            self.out.push('"');
        }
    }

    fn escaped(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '\'' => self.out.push_str("&#39;"),
                // Half of a line break of an excerpt.
                '\r' => {}
                c => self.out.push(c),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Markup)) -> String {
        let mut markup = Markup::default();
        write(&mut markup);
        markup.take()
    }

    #[test]
    fn nothing_is_markup_but_what_the_program_wrote() {
        let evil = "<script>\"'&\u{202e}\u{0}\n";
        let shown = "&lt;script&gt;&quot;&#39;&amp;\\u{202e}\\u{0} ";
        assert_eq!(written(|h| h.text(evil)), shown);
        assert_eq!(
            written(|h| h.leaf("p", &[("title", evil)], evil)),
            format!("<p title=\"{shown}\">{shown}</p>")
        );
        assert_eq!(written(|h| h.source("a<b\n")), "a&lt;b\n");
    }

    #[test]
    fn backticks_in_pairs_are_code() {
        assert_eq!(
            written(|h| h.prose("set `a` or `<b>`, not ` alone")),
            "set <code>a</code> or <code>&lt;b&gt;</code>, not ` alone"
        );
        assert_eq!(written(|h| h.prose("none")), "none");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let text = written(|h| h.text(&"é".repeat(LONGEST + 1)));
        assert_eq!(text.chars().count(), LONGEST + 1);
        assert!(text.ends_with("é…"));
    }

    #[test]
    fn anchors_are_tame_and_unique() {
        let mut anchors = Anchors::default();
        let mut make = |name: &str| anchors.make("r-", name).id().to_owned();
        assert_eq!(make("a/b\" onload=\"x"), "r-a-b--onload--x");
        assert_eq!(make("SNC-LOC-001"), "r-SNC-LOC-001");
        assert_eq!(make("SNC-LOC-001"), "r-SNC-LOC-001-2");
        assert_eq!(make(&"x".repeat(500)).len(), 82);
    }
}
