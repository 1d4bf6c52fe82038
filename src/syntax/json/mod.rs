//! JSON text to tree, with the span of every key and value. For Terraform's JSON syntax, tfvars, plans and states.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, SourceId, Span};
use crate::syntax::{MAX_NESTING, Origin};
use crate::text::{Text, text};

/// Names one value of a [`Document`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

/// A run of members or elements of a [`Document`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    start: u32,
    len: u32,
}

/// A value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Where it stands, quotes and brackets included.
    pub span: Span,
    /// What it is.
    pub kind: NodeKind,
}

/// The forms of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number; its text is at the span of the node.
    Number,
    /// A string; [`Document::string`] gives its text.
    String,
    /// `[ ... ]`; see [`Document::elements`].
    Array(Run),
    /// `{ ... }`; see [`Document::members`].
    Object(Run),
}

/// One entry of an object. A key may come twice; what that means is for the reader to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// The key with its quotes.
    pub key: Span,
    /// The value.
    pub value: NodeId,
}

/// A JSON text and its tree.
#[derive(Debug, Clone)]
pub struct Document {
    source: SourceId,
    text: Arc<str>,
    nodes: Vec<Node>,
    members: Vec<Member>,
    elements: Vec<NodeId>,
    root: Option<NodeId>,
}

/// Reads a JSON text. On an error there is no root, and exactly one problem.
pub fn parse(source: SourceId, text: Arc<str>) -> (Document, Vec<Problem>) {
    parse_without(source, text, None)
}

/// A member of an object that is about to be read.
pub struct Upcoming<'r, 't> {
    /// The keys of the objects around it from the outermost on, then its own; with their escapes.
    pub path: &'r [&'t str],
    earlier: &'r [Member],
    nodes: &'r [Node],
    text: &'t str,
}

impl<'t> Upcoming<'_, 't> {
    /// The text, quotes included, of an entry that stands before it in the same object.
    pub fn earlier(&self, name: &str) -> Option<&'t str> {
        let inner = |key: Span| Span::new(key.start + 1, key.end.saturating_sub(1));
        let mut found = self.earlier.iter();
        let member = found.find(|member| inner(member.key).of(self.text) == name)?;
        let node = self.nodes.get(member.value.0 as usize)?;
        Some(node.span.of(self.text))
    }
}

/// Says which members a reader has no use for.
pub type Unwanted<'f> = &'f dyn Fn(&Upcoming<'_, '_>) -> bool;

/// Reads a JSON text as [`parse`] does, but for the values of unwanted members: these read as null, take no memory, and
/// are looked at no further than it takes to find their ends.
pub fn parse_without(
    source: SourceId,
    text: Arc<str>,
    unwanted: Option<Unwanted<'_>>,
) -> (Document, Vec<Problem>) {
    let mut reader = Reader {
        unwanted,
        text: &text,
        path: Vec::new(),
        bytes: text.as_bytes(),
        pos: 0,
        depth: 0,
        nodes: Vec::new(),
        members: Vec::new(),
        elements: Vec::new(),
        open_members: Vec::new(),
        open_elements: Vec::new(),
    };
    let (root, problems) = match reader.whole() {
        Ok(root) => (Some(root), Vec::new()),
        Err(fault) => (None, vec![fault.problem(source, &text)]),
    };
    let (nodes, members, elements) = (reader.nodes, reader.members, reader.elements);
    let document = Document {
        source,
        text,
        nodes,
        members,
        elements,
        root,
    };
    (document, problems)
}

struct Reader<'t, 'f> {
    unwanted: Option<Unwanted<'f>>,
    text: &'t str,
    /// Keys of the members around, when somebody asks for them.
    path: Vec<&'t str>,
    bytes: &'t [u8],
    pos: usize,
    depth: u32,
    nodes: Vec<Node>,
    members: Vec<Member>,
    elements: Vec<NodeId>,
    /// Entries of the objects and arrays that are still open, innermost last.
    open_members: Vec<Member>,
    open_elements: Vec<NodeId>,
}

/// Why a text is no JSON.
enum Fault {
    Expected(Wanted, usize),
    Unclosed(Unclosed, usize),
    BadEscape(usize),
    Control(usize),
    Number(usize, usize),
    TooDeep(usize),
    TooLarge,
}

/// What has to stand somewhere.
#[derive(Clone, Copy)]
enum Wanted {
    End,
    Value,
    Key,
    Member,
    EndOfArray,
    EndOfObject,
}

impl Wanted {
    fn text(self) -> Text {
        match self {
            Self::End => Text::new("the end of the file", "la fin du fichier"),
            Self::Value => Text::new("a value", "une valeur"),
            Self::Key => Text::new("a key in double quotes", "une clé entre guillemets droits"),
            Self::Member => Text::new("`:` and a value", "`:` et une valeur"),
            Self::EndOfArray => Text::new("`,` or `]`", "`,` ou `]`"),
            Self::EndOfObject => Text::new("`,` or `}`", "`,` ou `}`"),
        }
    }
}

/// What has no end.
#[derive(Clone, Copy)]
enum Unclosed {
    String,
    Value,
    Array,
    Object,
}

impl Unclosed {
    fn text(self) -> Text {
        match self {
            Self::String => Text::new("this string is not closed", "cette chaîne n’est pas fermée"),
            Self::Value => Text::new("this value is not closed", "cette valeur n’est pas fermée"),
            Self::Array => Text::new("this array is not closed", "ce tableau n’est pas fermé"),
            Self::Object => Text::new("this object is not closed", "cet objet n’est pas fermé"),
        }
    }
}

impl Reader<'_, '_> {
    fn whole(&mut self) -> Result<NodeId, Fault> {
        if u32::try_from(self.bytes.len()).is_err() {
            return Err(Fault::TooLarge);
        }
        if self.bytes.starts_with("\u{FEFF}".as_bytes()) {
            self.pos = '\u{FEFF}'.len_utf8();
        }
        self.skip();
        let root = self.value()?;
        self.skip();
        if self.pos < self.bytes.len() {
            return Err(Fault::Expected(Wanted::End, self.pos));
        }
        Ok(root)
    }

    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.pos).copied()
    }

    fn skip(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte() {
            self.pos += 1;
        }
    }

    fn value(&mut self) -> Result<NodeId, Fault> {
        let start = self.pos;
        let kind = match self.byte() {
            Some(b'{') => self.object()?,
            Some(b'[') => self.array()?,
            Some(b'"') => {
                self.quoted()?;
                NodeKind::String
            }
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", NodeKind::Bool(true))?,
            Some(b'f') => self.word("false", NodeKind::Bool(false))?,
            Some(b'n') => self.word("null", NodeKind::Null)?,
            _ => return Err(Fault::Expected(Wanted::Value, start)),
        };
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node {
            span: Span::new(start as u32, self.pos as u32),
            kind,
        });
        Ok(id)
    }

    fn word(&mut self, word: &'static str, kind: NodeKind) -> Result<NodeKind, Fault> {
        let rest = self.bytes.get(self.pos..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(Fault::Expected(Wanted::Value, self.pos));
        }
        self.pos += word.len();
        Ok(kind)
    }

    fn number(&mut self) -> Result<NodeKind, Fault> {
        let start = self.pos;
        self.pos += usize::from(self.byte() == Some(b'-'));
        let integer = self.pos;
        let zero_first = self.byte() == Some(b'0');
        let mut well_formed = self.digits() && !(zero_first && self.pos - integer > 1);
        if self.byte() == Some(b'.') {
            self.pos += 1;
            well_formed &= self.digits();
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.pos += 1;
            self.pos += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            well_formed &= self.digits();
        }
        if well_formed {
            Ok(NodeKind::Number)
        } else {
            Err(Fault::Number(start, self.pos))
        }
    }

    /// Takes digits; tells whether there was one.
    fn digits(&mut self) -> bool {
        let start = self.pos;
        while let Some(b'0'..=b'9') = self.byte() {
            self.pos += 1;
        }
        self.pos > start
    }

    fn quoted(&mut self) -> Result<Span, Fault> {
        let start = self.pos;
        self.pos += 1;
        loop {
            let rest = self.bytes.get(self.pos..).unwrap_or_default();
            self.pos += plain(rest);
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    let rest = self.bytes.get(self.pos..).unwrap_or_default();
                    self.pos += escape(rest).ok_or(Fault::BadEscape(self.pos))?.1;
                }
                Some(0..=0x1F) => return Err(Fault::Control(self.pos)),
                Some(_) => self.pos += 1,
                None => return Err(Fault::Unclosed(Unclosed::String, start)),
            }
        }
        self.pos += 1;
        Ok(Span::new(start as u32, self.pos as u32))
    }

    fn enter(&mut self) -> Result<usize, Fault> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return Err(Fault::TooDeep(self.pos));
        }
        self.pos += 1;
        Ok(self.pos - 1)
    }

    fn array(&mut self) -> Result<NodeKind, Fault> {
        let start = self.enter()?;
        let begin = self.open_elements.len();
        self.skip();
        if self.byte() == Some(b']') {
            self.pos += 1;
        } else {
            loop {
                let value = self.value()?;
                self.open_elements.push(value);
                if self.ends(b']', Wanted::EndOfArray, Unclosed::Array, start)? {
                    break;
                }
            }
        }
        self.depth -= 1;
        let run = Run::moved(&mut self.open_elements, begin, &mut self.elements);
        Ok(NodeKind::Array(run))
    }

    fn object(&mut self) -> Result<NodeKind, Fault> {
        let start = self.enter()?;
        let begin = self.open_members.len();
        self.skip();
        if self.byte() == Some(b'}') {
            self.pos += 1;
        } else {
            loop {
                if self.byte() != Some(b'"') {
                    return Err(Fault::Expected(Wanted::Key, self.pos));
                }
                let key = self.quoted()?;
                self.skip();
                if self.byte() != Some(b':') {
                    return Err(Fault::Expected(Wanted::Member, self.pos));
                }
                self.pos += 1;
                self.skip();
                let value = self.member(key, begin)?;
                self.open_members.push(Member { key, value });
                if self.ends(b'}', Wanted::EndOfObject, Unclosed::Object, start)? {
                    break;
                }
            }
        }
        self.depth -= 1;
        let run = Run::moved(&mut self.open_members, begin, &mut self.members);
        Ok(NodeKind::Object(run))
    }

    /// The value of a member; `begin` is where the earlier ones of the same object start.
    fn member(&mut self, key: Span, begin: usize) -> Result<NodeId, Fault> {
        let Some(unwanted) = self.unwanted else {
            return self.value();
        };
        let name = Span::new(key.start + 1, key.end.saturating_sub(1));
        self.path.push(name.of(self.text));
        let upcoming = Upcoming {
            path: &self.path,
            earlier: self.open_members.get(begin..).unwrap_or_default(),
            nodes: &self.nodes,
            text: self.text,
        };
        let value = if unwanted(&upcoming) {
            let start = self.pos;
            self.pass_over()?;
            let id = NodeId(self.nodes.len() as u32);
            self.nodes.push(Node {
                span: Span::new(start as u32, self.pos as u32),
                kind: NodeKind::Null,
            });
            id
        } else {
            self.value()?
        };
        self.path.pop();
        Ok(value)
    }

    /// Goes past a value: strings and brackets are all that counts.
    fn pass_over(&mut self) -> Result<(), Fault> {
        let start = self.pos;
        let mut open = 0_usize;
        loop {
            match self.byte() {
                None => return Err(Fault::Unclosed(Unclosed::Value, start)),
                Some(b'"') => self.pass_over_string()?,
                Some(b'{' | b'[') => {
                    open += 1;
                    self.pos += 1;
                }
                Some(b'}' | b']' | b',') if open == 0 => {
                    return Err(Fault::Expected(Wanted::Value, self.pos));
                }
                Some(b'}' | b']') => {
                    open -= 1;
                    self.pos += 1;
                }
                Some(b'-' | b'0'..=b'9' | b'a'..=b'z') if open == 0 => {
                    while let Some(b'-' | b'+' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'E') =
                        self.byte()
                    {
                        self.pos += 1;
                    }
                }
                Some(_) => {
                    self.pos += 1;
                    continue;
                }
            }
            if open == 0 {
                return Ok(());
            }
        }
    }

    fn pass_over_string(&mut self) -> Result<(), Fault> {
        let start = self.pos;
        self.pos += 1;
        loop {
            let rest = self.bytes.get(self.pos..).unwrap_or_default();
            self.pos += plain(rest);
            self.pos += match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => 2,
                Some(_) => 1,
                None => return Err(Fault::Unclosed(Unclosed::String, start)),
            };
        }
        self.pos += 1;
        Ok(())
    }

    /// Takes the comma or the closing bracket after an entry; tells whether it was the bracket.
    fn ends(
        &mut self,
        closer: u8,
        expected: Wanted,
        what: Unclosed,
        start: usize,
    ) -> Result<bool, Fault> {
        self.skip();
        let ended = match self.byte() {
            Some(b',') => false,
            Some(byte) if byte == closer => true,
            Some(_) => return Err(Fault::Expected(expected, self.pos)),
            None => return Err(Fault::Unclosed(what, start)),
        };
        self.pos += 1;
        if !ended {
            self.skip();
        }
        Ok(ended)
    }
}

impl Fault {
    #[cold]
    fn problem(self, source: SourceId, text: &str) -> Problem {
        let (start, end, message, help) = match self {
            Self::Expected(what, at) => {
                let what = what.text();
                let found = text.get(at..).and_then(|rest| rest.chars().next());
                let message = match found {
                    Some(c) if c.is_control() => {
                        text!("expected {what}, found U+{:04X}", "attendu : {what} ; trouvé : U+{:04X}", u32::from(c); what)
                    }
                    Some(c) => {
                        text!("expected {what}, found `{c}`", "attendu : {what} ; trouvé : `{c}`"; what)
                    }
                    None => {
                        text!("expected {what}, found the end of the file", "attendu : {what} ; trouvé : la fin du fichier"; what)
                    }
                };
                let help = match found {
                    Some('/' | '#') => Some(Text::new(
                        "JSON has no comments; a member named \"//\" serves as one",
                        "JSON n’a pas de commentaires ; un membre nommé \"//\" en tient lieu",
                    )),
                    Some('\'') => Some(Text::new(
                        "JSON strings take double quotes",
                        "les chaînes JSON prennent des guillemets droits",
                    )),
                    Some('}' | ']') => Some(Text::new(
                        "remove the comma before it",
                        "ôtez la virgule qui précède",
                    )),
                    _ => None,
                };
                (at, at + found.map_or(0, char::len_utf8), message, help)
            }
            Self::Unclosed(what, at) => {
                // Of a value that is not wanted nobody has looked at the first character, or whether there is one.
                let first = text.get(at..).and_then(|rest| rest.chars().next());
                (at, at + first.map_or(0, char::len_utf8), what.text(), None)
            }
            Self::BadEscape(at) => (
                at,
                at + 1,
                Text::new(
                    "not an escape sequence of JSON",
                    "ce n’est pas une séquence d’échappement de JSON",
                ),
                Some(Text::new(
                    "write a backslash as `\\\\`",
                    "une barre oblique inverse s’écrit `\\\\`",
                )),
            ),
            Self::Control(at) => (
                at,
                at + 1,
                Text::new(
                    "a control character or a line break in a string",
                    "un caractère de contrôle ou un retour à la ligne dans une chaîne",
                ),
                Some(Text::new(
                    "write it as an escape, such as `\\n` or `\\t`",
                    "écrivez-le comme un échappement, tel que `\\n` ou `\\t`",
                )),
            ),
            Self::Number(start, end) => (
                start,
                end,
                Text::new("not a number of JSON", "ce n’est pas un nombre de JSON"),
                Some(Text::new(
                    "no leading zeros, and a digit on both sides of the point",
                    "pas de zéros en tête, et un chiffre de chaque côté du point",
                )),
            ),
            Self::TooDeep(at) => {
                let message = text!(
                    "nested more than {MAX_NESTING} levels deep",
                    "plus de {MAX_NESTING} niveaux d’imbrication"
                );
                let problem = Problem::error(ProblemCode::Limit, message);
                return problem.at(Place::new(source, Span::new(at as u32, at as u32 + 1)));
            }
            Self::TooLarge => {
                let problem = Problem::error(
                    ProblemCode::Limit,
                    Text::new("larger than 4 GiB", "plus de 4 Gio"),
                );
                return problem.at(Place::new(source, Span::default()));
            }
        };
        let span = Span::new(start as u32, end as u32);
        let problem = Problem::error(ProblemCode::Syntax, message).at(Place::new(source, span));
        match help {
            Some(help) => problem.help(help),
            None => problem,
        }
    }
}

/// How many bytes at the start of `bytes` are nothing but text: no quote, no backslash, no control character. Eight are
/// looked at in one go; fewer may be answered than there are.
fn plain(bytes: &[u8]) -> usize {
    const EACH: u64 = u64::MAX / 0xFF;
    const HIGH: u64 = EACH * 0x80;
    // Of several bytes below `limit` the first is found for sure; those behind it may only look so.
    let below = |word: u64, limit: u64| word.wrapping_sub(EACH * limit) & !word & HIGH;
    let (eights, _) = bytes.as_chunks::<8>();
    for (at, eight) in eights.iter().enumerate() {
        let word = u64::from_le_bytes(*eight);
        let quotes = below(word ^ (EACH * u64::from(b'"')), 1);
        let backslashes = below(word ^ (EACH * u64::from(b'\\')), 1);
        let found = quotes | backslashes | below(word, 0x20);
        if found != 0 {
            return at * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    eights.len() * 8
}

/// An escape sequence at the start of `bytes`: its character and its length. Half of a surrogate pair alone is the
/// replacement character, as Go reads it.
fn escape(bytes: &[u8]) -> Option<(char, usize)> {
    let simple = match bytes.get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{C}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let first = code_unit(bytes)?;
            if let 0xD800..=0xDBFF = first
                && bytes.get(6..8) == Some(b"\\u")
                && let Some(second @ 0xDC00..=0xDFFF) = bytes.get(6..).and_then(code_unit)
            {
                let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return Some((char::from_u32(code)?, 12));
            }
            return Some((
                char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER),
                6,
            ));
        }
        _ => return None,
    };
    Some((simple, 2))
}

/// The four hexadecimal digits after `\u`.
fn code_unit(bytes: &[u8]) -> Option<u32> {
    let mut code = 0;
    for &digit in bytes.get(2..6)? {
        code = (code << 4) | char::from(digit).to_digit(16)?;
    }
    Some(code)
}

impl Document {
    /// How many values there are, at all levels.
    pub fn count(&self) -> usize {
        self.nodes.len()
    }

    /// The outermost value; none when the text is no JSON.
    pub fn root(&self) -> Option<NodeId> {
        self.root
    }

    /// The value behind an id.
    ///
    /// # Panics
    /// On an id of another document: a fault of the program, never of its input.
    pub fn node(&self, id: NodeId) -> Node {
        self.nodes[id.0 as usize]
    }

    /// The entries of an object in source order; none for other values.
    pub fn members(&self, id: NodeId) -> &[Member] {
        match self.node(id).kind {
            NodeKind::Object(run) => &self.members[run.range()],
            _ => &[],
        }
    }

    /// The elements of an array; none for other values.
    pub fn elements(&self, id: NodeId) -> &[NodeId] {
        match self.node(id).kind {
            NodeKind::Array(run) => &self.elements[run.range()],
            _ => &[],
        }
    }

    /// Keys that their object has more than once, in the order of objects; at most so many.
    pub fn repeated_keys(&self, most: usize) -> Vec<Span> {
        let mut found = Vec::new();
        for node in &self.nodes {
            let NodeKind::Object(run) = node.kind else {
                continue;
            };
            let members = &self.members[run.range()];
            if found.len() < most && members.len() > 1 {
                self.repeated_among(members, &mut found);
            }
        }
        found.truncate(most);
        found
    }

    fn repeated_among(&self, members: &[Member], found: &mut Vec<Span>) {
        // Written in order, as Terraform does: one look at each.
        let raw = |member: &Member| self.text(member.key);
        let in_order = members
            .iter()
            .zip(members.iter().skip(1))
            .all(|(a, b)| raw(a) < raw(b));
        let is_plain = |member: &Member| memchr::memchr(b'\\', raw(member).as_bytes()).is_none();
        if in_order && members.iter().all(is_plain) {
            return;
        }
        let mut names: Vec<(Cow<'_, str>, Span)> = members
            .iter()
            .map(|member| (self.key(member), member.key))
            .collect();
        names.sort_unstable();
        let pairs = names.iter().zip(names.iter().skip(1));
        found.extend(
            pairs
                .filter(|(a, b)| a.0 == b.0)
                .map(|(_, (_, again))| *again),
        );
    }

    /// The first entry of that name in an object.
    pub fn get(&self, id: NodeId, name: &str) -> Option<NodeId> {
        self.members(id)
            .iter()
            .find(|member| self.is_key(member, name))
            .map(|member| member.value)
    }

    /// True when that is the text of a key. Most are told apart by their lengths: an escape is longer than what it stands for.
    pub fn is_key(&self, member: &Member, name: &str) -> bool {
        let raw = self.raw_key(member);
        match raw.len().cmp(&name.len()) {
            Ordering::Less => false,
            Ordering::Equal => raw == name && !raw.contains('\\'),
            Ordering::Greater => raw.contains('\\') && self.key(member) == name,
        }
    }

    fn raw_key(&self, member: &Member) -> &str {
        self.text(Span::new(
            member.key.start + 1,
            member.key.end.saturating_sub(1),
        ))
    }

    /// The text of a key.
    pub fn key(&self, member: &Member) -> Cow<'_, str> {
        let raw = self.raw_key(member);
        if memchr::memchr(b'\\', raw.as_bytes()).is_none() {
            return Cow::Borrowed(raw);
        }
        self.unquoted(member.key).0
    }

    /// The text of a string value; none for other values.
    pub fn string(&self, id: NodeId) -> Option<Cow<'_, str>> {
        Some(self.string_with_origin(id)?.0)
    }

    /// The text of a string value, and where its characters stand in the source, for a parser that reads on in it.
    pub fn string_with_origin(&self, id: NodeId) -> Option<(Cow<'_, str>, Origin)> {
        let node = self.node(id);
        matches!(node.kind, NodeKind::String).then(|| self.unquoted(node.span))
    }

    /// The text of a quoted string at a span (a key, or a string value), and where its characters stand.
    pub fn unquoted(&self, span: Span) -> (Cow<'_, str>, Origin) {
        let inner = Span::new(span.start + 1, span.end.saturating_sub(1));
        let raw = inner.of(&self.text);
        let mut origin = Origin::at(inner.start);
        let Some(mut at) = memchr::memchr(b'\\', raw.as_bytes()) else {
            return (Cow::Borrowed(raw), origin);
        };
        let mut text = String::with_capacity(raw.len());
        let mut done = 0;
        // Only whole sequences are here: the parser has looked at each.
        while let Some((c, used)) = raw.as_bytes().get(at..).and_then(escape) {
            text.push_str(raw.get(done..at).unwrap_or_default());
            origin.push(text.len() as u32, inner.start + at as u32);
            text.push(c);
            done = at + used;
            origin.push(text.len() as u32, inner.start + done as u32);
            let rest = raw.as_bytes().get(done..).unwrap_or_default();
            match memchr::memchr(b'\\', rest) {
                Some(next) => at = done + next,
                None => break,
            }
        }
        text.push_str(raw.get(done..).unwrap_or_default());
        (Cow::Owned(text), origin)
    }

    /// The text at a span.
    pub fn text(&self, span: Span) -> &str {
        span.of(&self.text)
    }

    /// Where a span is.
    pub fn place(&self, span: Span) -> Place {
        Place::new(self.source, span)
    }
}

impl Run {
    /// Moves what is open since `begin` to where finished runs are kept.
    fn moved<T: Copy>(open: &mut Vec<T>, begin: usize, kept: &mut Vec<T>) -> Self {
        let start = kept.len() as u32;
        kept.extend(open.drain(begin..));
        Self {
            start,
            len: kept.len() as u32 - start,
        }
    }

    fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.start as usize + self.len as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn read(text: &str) -> (Document, Vec<Problem>) {
        parse(Sources::new().add("test.json", text), Arc::from(text))
    }

    #[test]
    fn keeps_order_duplicates_and_spans() {
        let text = "\u{FEFF}{\"a\": [1, -2.5e+3, \"x\"], \"b\": null, \"a\": {\"c\": true}}\r\n";
        let (document, problems) = read(text);
        assert_eq!(problems, []);
        let Some(root) = document.root() else {
            unreachable!("a text without problems has a root")
        };
        let keys: Vec<_> = document
            .members(root)
            .iter()
            .map(|m| document.key(m))
            .collect();
        assert_eq!(keys, ["a", "b", "a"]);
        let first = document.get(root, "a").map(|id| {
            let spans = document
                .elements(id)
                .iter()
                .map(|id| document.text(document.node(*id).span));
            spans.collect::<Vec<_>>()
        });
        assert_eq!(first, Some(vec!["1", "-2.5e+3", "\"x\""]));
        assert_eq!(
            document.text(document.node(root).span),
            text.trim_start_matches('\u{FEFF}').trim()
        );
    }

    #[test]
    fn keys_are_found_by_their_texts() {
        let (document, _) = read(r#"{"ab": 1, "a\u0062c": 2, "a\\nb": 3, "a\nb": 4}"#);
        let found = |name: &str| {
            let node = document.get(document.root()?, name)?;
            Some(document.text(document.node(node).span))
        };
        let names = ["ab", "abc", "a\\nb", "a\nb", "a", "a\\u0062c"];
        let expected = [Some("1"), Some("2"), Some("3"), Some("4"), None, None];
        assert_eq!(names.map(found), expected);
    }

    #[test]
    fn the_end_of_a_string_is_found_wherever_it_is() {
        for before in 0..20 {
            for after in 0..10 {
                let (x, y) = ("x".repeat(before), "y".repeat(after));
                let text = format!(r#"["{x}\"é{y}","{x}",{{"{y}":"\\"}}]"#);
                let (document, problems) = read(&text);
                assert_eq!(problems, [], "{text}");
                let all = document.root().map(|root| document.elements(root));
                let all = all.unwrap_or_default().iter();
                let strings: Vec<_> = all.filter_map(|id| document.string(*id)).collect();
                assert_eq!(strings, [format!("{x}\"é{y}"), x.clone()]);
                for control in ['\n', '\u{1F}', '\u{0}'] {
                    let (_, problems) = read(&format!("[\"{x}{control}{y}\"]"));
                    assert_eq!(problems.len(), 1, "{x}{control:?}{y}");
                }
            }
        }
    }

    #[test]
    fn strings_know_where_their_characters_come_from() {
        let text = r#"["a\n${b}\ud83d\ude00c\ud800d"]"#;
        let (document, problems) = read(text);
        assert_eq!(problems, []);
        let string = document
            .root()
            .and_then(|root| document.elements(root).first().copied());
        let Some((value, origin)) = string.and_then(|id| document.string_with_origin(id)) else {
            unreachable!("there is one string")
        };
        assert_eq!(value, "a\n${b}\u{1F600}c\u{FFFD}d");
        for part in ["${b}", "c", "d"] {
            let at = value.find(part).unwrap_or_default() as u32;
            let span = origin.span(Span::new(at, at + part.len() as u32));
            assert_eq!(span.of(text), part);
        }
        assert_eq!(origin.span(Span::new(1, 2)).of(text), "\\n");
        assert_eq!(origin.span(Span::new(6, 10)).of(text), "\\ud83d\\ude00");
    }

    #[test]
    fn refuses_what_is_no_json() {
        let refused = [
            "",
            " ",
            "{",
            "[1,]",
            "[1 2]",
            "{\"a\":1,}",
            "{a:1}",
            "{'a':1}",
            "01",
            "-",
            "1.",
            ".5",
            "1e",
            "+1",
            "nul",
            "\"a",
            "\"\\x\"",
            "\"\\u12\"",
            "\"a\nb\"",
            "1 2",
            "// c\n1",
            "{\"a\" 1}",
            "[1",
            "\"\u{1}\"",
            "\"\\",
        ];
        for text in refused {
            let (document, problems) = read(text);
            assert!(document.root().is_none(), "{text:?}");
            assert_eq!(problems.len(), 1, "{text:?}");
        }
    }

    #[test]
    fn what_nobody_wants_takes_no_nodes() {
        let text = r#"{"a": {"skip": [1, {"x": "]}\""}], "mode": "m", "v": 1e-3, "k": [true]}, "skip": 2,
            "b": [{"mode": "d", "v": "kept"}, {"mode": "m", "v": {"deep": [[]]} }]}"#;
        let unwanted = |upcoming: &Upcoming<'_, '_>| {
            upcoming.path.last() == Some(&"v") && upcoming.earlier("mode") == Some("\"m\"")
                || upcoming.path == ["a", "skip"]
        };
        let source = Sources::new().add("test.json", text);
        let (document, problems) = parse_without(source, Arc::from(text), Some(&unwanted));
        assert_eq!(problems, []);
        let get = |id: NodeId, name: &str| document.get(id, name).expect("a member");
        let root = document.root().expect("a root");
        let a = get(root, "a");
        assert_eq!(document.node(get(a, "skip")).kind, NodeKind::Null);
        assert_eq!(document.node(get(a, "v")).kind, NodeKind::Null);
        assert_eq!(document.elements(get(a, "k")).len(), 1);
        assert_eq!(document.node(get(root, "skip")).kind, NodeKind::Number);
        let kept: Vec<_> = document
            .elements(get(root, "b"))
            .iter()
            .map(|id| document.string(get(*id, "v")))
            .collect();
        assert_eq!(kept, [Some("kept".into()), None]);
        for broken in [
            r#"{"a": {"skip": [1"#,
            r#"{"a": {"skip": "\"#,
            r#"{"a": {"skip": }}"#,
            r#"{"a": {"skip": , "x": 1}}"#,
            r#"{"a": {"skip": "#,
            r#"{"a": {"skip": é"#,
        ] {
            let (document, problems) = parse_without(source, Arc::from(broken), Some(&unwanted));
            assert!(document.root().is_none() && problems.len() == 1, "{broken}");
            let span = problems[0].place.expect("a place").span;
            let there = broken.get(span.start as usize..span.end as usize);
            assert!(there.is_some(), "{broken}: {span:?}");
        }
    }

    #[test]
    fn nesting_is_limited_not_fatal() {
        let (_, problems) = read(&"[".repeat(100_000));
        assert_eq!(problems.first().map(|p| p.code), Some(ProblemCode::Limit));
        let (_, problems) = read(&format!("{}{}", "[".repeat(256), "]".repeat(256)));
        assert_eq!(problems, []);
    }
}
