//! Which parts of a text must not be shown: what stands behind the name of a secret, and what addresses carry before their
//! host or in their query.
//!
//! A text is looked through line by line, whatever it is: a manifest, a template, values, Terraform code. What is shown may be
//! a line that nothing has read, so no syntax tree is asked. Hiding too much costs a word of an excerpt; hiding too little
//! costs a password. Nothing is looked at twice but within a bound: texts are hostile.

mod line;

#[cfg(test)]
mod tests;

use super::Span;
use line::{
    Ends, Frame, Line, Sign, end_of, is_blank, is_mapping, is_nothing, is_of_mysql, is_of_name,
    is_quote, is_secret, plain, quoted, sign,
};

/// So far is looked ahead for the end of an address.
const AHEAD: usize = 2048;
/// So many brackets are followed into each other.
const MAX_FRAMES: usize = 256;
/// So many values of a line are remembered in case their name comes after them.
const MAX_BEFORE: usize = 64;
/// Hosts whose paths are secrets.
const HOOKS: [&str; 5] = [
    "hooks.slack.com",
    "discord.com",
    "discordapp.com",
    "webhook.office.com",
    "outlook.office.com",
];

/// The secrets of a text, in order. `is_hcl`: what has no quotes is an expression there, and shown.
pub(crate) fn secrets_in(text: &str, is_hcl: bool) -> Vec<Span> {
    let mut finder = Finder {
        is_hcl,
        out: Vec::new(),
        below: Below::Nothing,
        armed: None,
        before: None,
        next: Next::Nothing,
    };
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        finder.line(from, line.trim_end());
        from += line.len();
    }
    finder.out
}

struct Finder {
    is_hcl: bool,
    out: Vec<Span>,
    below: Below,
    /// A `name` said secret at this column: a `value` from there on is one, until the indentation goes back.
    armed: Option<usize>,
    /// A `value` that stands before its `name`, with its column.
    before: Option<(usize, Span)>,
    next: Next,
}

/// What becomes of the lines below.
enum Below {
    Nothing,
    /// Hidden as long as they are indented more.
    Deeper(usize),
    /// Hidden as long as they are items.
    Items(usize),
    /// A key of a secret has its value there: a text, a list, or a mapping.
    Open(usize),
    /// A heredoc.
    Until(String),
    /// A private key.
    Key,
}

/// The argument on the next line.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    Nothing,
    Secret,
    /// `user:password`
    Login,
}

impl Finder {
    fn hide(&mut self, line: &Line<'_>, start: usize, end: usize) {
        if end > start {
            self.out.push(Span::new(
                (line.from + start) as u32,
                (line.from + end) as u32,
            ));
        }
    }

    fn line(&mut self, from: usize, text: &str) {
        let content = text.trim_start_matches([' ', '\t']);
        if content.is_empty() {
            return;
        }
        let indent = text.len() - content.len();
        let mut column = indent;
        while let Some(inner) = text.get(column..).and_then(|rest| rest.strip_prefix("- ")) {
            column = text.len() - inner.trim_start_matches(' ').len();
        }
        let mut line = Line {
            from,
            text,
            column,
            quote: None,
            frames: Vec::new(),
            in_template: false,
            arm_next: false,
            remembered: 0,
        };
        if self.is_below(&line, indent) {
            return;
        }
        let goes_back = |column: usize| indent < column || content.starts_with('}');
        self.armed = self.armed.filter(|column| !goes_back(*column));
        self.before = self.before.filter(|(column, _)| !goes_back(*column));
        match std::mem::replace(&mut self.next, Next::Nothing) {
            Next::Secret if !line.rest(column).starts_with('-') => {
                return self.hide(&line, column, text.len());
            }
            Next::Login => {
                let colon = line.rest(column).find(':');
                let start = colon.map_or(text.len(), |colon| column + colon + 1);
                return self.hide(&line, start, text.len());
            }
            _ => {}
        }
        let mut at = column;
        while let Some(byte) = line.byte(at) {
            at = self.step(&mut line, at, byte).max(at + 1);
        }
        if line.frames.iter().any(|frame| frame.armed) {
            self.armed = Some(indent);
        }
    }

    /// True when the line belongs to a secret above it.
    fn is_below(&mut self, line: &Line<'_>, indent: usize) -> bool {
        let is_item = line.column > indent || line.rest(indent) == "-";
        let content = line.rest(line.column);
        let hidden = match &self.below {
            Below::Nothing => return false,
            Below::Deeper(column) => indent > *column,
            Below::Items(column) => {
                indent > *column || is_item && indent >= *column && !is_mapping(content)
            }
            Below::Until(end) => {
                if content == end {
                    self.below = Below::Nothing;
                    return true;
                }
                true
            }
            Below::Key => {
                if content.contains("-----END") {
                    self.below = Below::Nothing;
                    return true;
                }
                true
            }
            Below::Open(column) => {
                let column = *column;
                if content.starts_with('#') {
                    return false;
                }
                let is_inside = indent > column || is_item && indent >= column;
                if !is_inside || is_mapping(content) {
                    self.below = Below::Nothing;
                    self.armed = is_inside.then_some(column + 1).or(self.armed);
                    return false;
                }
                self.below = if is_item {
                    Below::Items(column)
                } else {
                    Below::Deeper(column)
                };
                true
            }
        };
        if hidden {
            self.hide(line, line.column, line.text.len());
        } else {
            self.below = Below::Nothing;
        }
        hidden
    }

    /// Reads on at a byte; where to go on from.
    fn step(&mut self, line: &mut Line<'_>, at: usize, byte: u8) -> usize {
        match byte {
            b'\\' => at + 2,
            b'{' if line.byte(at + 1) == Some(b'{') => {
                line.in_template = true;
                at + 2
            }
            b'}' if line.in_template && line.byte(at + 1) == Some(b'}') => {
                line.in_template = false;
                at + 2
            }
            b'{' | b'[' => {
                let armed = std::mem::take(&mut line.arm_next);
                if line.frames.len() < MAX_FRAMES {
                    line.frames.push(Frame { armed, value: None });
                }
                at + 1
            }
            b'}' | b']' => {
                line.frames.pop();
                at + 1
            }
            b'"' | b'\'' => {
                let after_word = at.checked_sub(1).and_then(|at| line.byte(at));
                let is_apostrophe =
                    byte == b'\'' && after_word.is_some_and(|byte| byte.is_ascii_alphanumeric());
                line.quote = match line.quote {
                    Some(quote) if quote == byte => None,
                    None if !is_apostrophe => Some(byte),
                    quote => quote,
                };
                at + 1
            }
            b':' if line.rest(at).starts_with("://") => self.address(line, at),
            b':' => self.login(line, at),
            b'-' if line.rest(at).starts_with("-----BEGIN ") => self.private_key(line, at),
            byte if is_of_name(byte) => {
                let rest = line.text.as_bytes().get(at..).unwrap_or_default();
                let length = rest.iter().position(|byte| !is_of_name(*byte));
                self.word(line, at, at + length.unwrap_or(rest.len()))
            }
            _ => at + 1,
        }
    }

    fn private_key(&mut self, line: &Line<'_>, at: usize) -> usize {
        let rest = line.rest(at);
        let head = rest.get(..rest.floor_char_boundary(64)).unwrap_or("");
        let Some(start) = head.find("PRIVATE KEY-----") else {
            return at + "-----BEGIN ".len();
        };
        let start = at + start + "PRIVATE KEY-----".len();
        let end = line.rest(start).find("-----END").map(|end| start + end);
        if end.is_none() && line.quote.is_none() {
            self.below = Below::Key;
        }
        let end = end.unwrap_or(line.text.len());
        self.hide(line, start, end);
        end
    }

    fn word(&mut self, line: &mut Line<'_>, start: usize, end: usize) -> usize {
        let word = line.text.get(start..end).unwrap_or("").to_owned();
        let bare = word.trim_start_matches('-');
        let is_flag = bare.len() < word.len();
        let before = start.checked_sub(1).and_then(|at| line.byte(at));
        let sign = sign(line, before, end);
        if is_flag && matches!(&*word, "-p" | "-u" | "--user") {
            return self.login_flag(line, &word, before, end);
        }
        if is_flag && word.starts_with("-p") && sign.is_none() && is_of_mysql(line, start) {
            self.hide(line, start + 2, end);
            return end;
        }
        let in_query = matches!(before, Some(b'?' | b'&' | b';'));
        if is_secret(bare, in_query) {
            let Some(sign) = sign else {
                return self.without_sign(line, is_flag, before, (start, end));
            };
            // `arn:aws:secretsmanager:...:secret:name`, `registry/secret:1.2`
            let is_part = matches!(before, Some(b':' | b'/'));
            if is_part && sign.is_colon && !is_blank(line.byte(sign.end)) {
                return end;
            }
            let is_alone = start == line.column || before.is_some_and(is_quote);
            let ends = match () {
                () if in_query => Ends::Query,
                () if is_flag && !is_alone => Ends::Word,
                () => Ends::Line,
            };
            return self.value(line, &sign, ends);
        }
        let Some(sign) = sign else { return end };
        let is_key = start == line.column
            || before.is_some_and(is_quote)
            || before.is_none_or(|byte| matches!(byte, b' ' | b'{' | b','));
        match bare {
            "name" | "key" if is_key => {
                let value = line.skip_blanks(sign.end);
                let rest = line.rest(value).trim_start_matches(['"', '\'', '\\']);
                let length = rest.bytes().position(|byte| !is_of_name(byte));
                if is_secret(
                    rest.get(..length.unwrap_or(rest.len())).unwrap_or(""),
                    false,
                ) {
                    self.arm(line);
                }
                end
            }
            "value" | "default" if is_key => {
                let frame = line.frames.last();
                let is_armed = frame.is_some_and(|frame| frame.armed)
                    || self.armed.is_some_and(|column| line.column >= column);
                if is_armed {
                    return self.value(line, &sign, Ends::Line);
                }
                self.remember(line, &sign, bare == "value");
                end
            }
            _ => end,
        }
    }

    /// The name that stands here says secret: its value is one, before or after it.
    fn arm(&mut self, line: &mut Line<'_>) {
        let before = match line.frames.last_mut() {
            Some(frame) => {
                frame.armed = true;
                frame.value.take()
            }
            None => {
                self.armed = Some(line.column);
                let here = |(column, _): &(usize, Span)| *column == line.column;
                self.before.take_if(|before| here(before)).map(|all| all.1)
            }
        };
        self.out.extend(before);
    }

    fn remember(&mut self, line: &mut Line<'_>, sign: &Sign, is_value: bool) {
        line.remembered += 1;
        let is_inside = line.quote.is_some() && !sign.closes;
        if !is_value || is_inside || line.remembered > MAX_BEFORE {
            return;
        }
        let (start, end) = self.extent(line, sign, Ends::Line, None);
        let span = Span::new((line.from + start) as u32, (line.from + end) as u32);
        match line.frames.last_mut() {
            _ if end <= start => {}
            Some(frame) => frame.value = Some(span),
            None => self.before = Some((line.column, span)),
        }
    }

    /// Hides the value behind a sign.
    fn value(&mut self, line: &mut Line<'_>, sign: &Sign, ends: Ends) -> usize {
        if sign.closes {
            line.quote = None;
        }
        let start = line.skip_blanks(sign.end);
        let rest = line.rest(start);
        if (rest.is_empty() || rest.starts_with('#')) && ends == Ends::Line {
            if sign.is_colon && line.quote.is_none() {
                self.below = Below::Open(line.column);
            }
            return start;
        }
        if rest.starts_with('{') && !rest.starts_with("{{") {
            line.arm_next = true;
            return start;
        }
        if let Some(list) = rest.strip_prefix('[') {
            match list.trim_start().chars().next() {
                None => self.below = Below::Deeper(line.column),
                Some('{') => {}
                _ => {
                    let end = list.find(']').unwrap_or(list.len());
                    self.hide(line, start + 1, start + 1 + end);
                    return start + 1 + end;
                }
            }
            return start;
        }
        if !sign.is_colon
            && let Some(end) = rest.strip_prefix("<<")
        {
            let end = end.trim_start_matches('-').trim();
            self.below = Below::Until(end.to_owned());
            return line.text.len();
        }
        let is_quoted = rest.starts_with(['"', '\'', '\\']);
        if self.is_hcl && !is_quoted && line.quote.is_none() {
            return self.literals(line, start);
        }
        let mut below = Below::Nothing;
        let (start, end) = self.extent(line, sign, ends, Some(&mut below));
        self.hide(line, start, end);
        if !matches!(below, Below::Nothing) {
            self.below = below;
        }
        end
    }

    /// The texts in an expression: what has no quotes names what is elsewhere.
    fn literals(&mut self, line: &Line<'_>, mut at: usize) -> usize {
        while let Some(found) = line.rest(at).find('"') {
            let start = at + found;
            at = start + quoted(line.rest(start)).0;
            self.hide(line, start + 1, at.saturating_sub(1));
        }
        line.text.len()
    }

    /// From where to where a value goes on its line, and whether it goes on below.
    fn extent(
        &self,
        line: &Line<'_>,
        sign: &Sign,
        ends: Ends,
        below: Option<&mut Below>,
    ) -> (usize, usize) {
        let mut start = line.skip_blanks(sign.end);
        // Tags and anchors.
        while sign.is_colon && line.rest(start).starts_with(['!', '&']) {
            let length = line.rest(start).find([' ', '\t']);
            start = line.skip_blanks(length.map_or(line.text.len(), |length| start + length));
        }
        let rest = line.rest(start);
        let own = line.quote.filter(|_| !sign.closes);
        let (length, goes_on) = match rest.bytes().next() {
            Some(b'\\') => {
                let slashes = rest.len() - rest.trim_start_matches('\\').len();
                let mark = rest.get(..slashes + 1).unwrap_or("\\");
                let inner = rest.get(mark.len()..).unwrap_or("");
                let found = inner.find(mark).map(|at| at + 2 * mark.len());
                (found.unwrap_or(rest.len()), false)
            }
            Some(byte) if is_quote(byte) && Some(byte) != own => {
                let (length, is_closed) = quoted(rest);
                (length, !is_closed && sign.is_colon)
            }
            _ if is_nothing(rest) => (0, false),
            _ => plain(rest, own, ends, !line.frames.is_empty()),
        };
        if let Some(below) = below
            && goes_on
            && sign.is_colon
            && own.is_none()
        {
            *below = Below::Deeper(line.column);
        }
        (start, start + length)
    }

    /// A name of a secret that is followed by no sign: a flag before its argument, SQL, `Http_Passwd x`.
    fn without_sign(
        &mut self,
        line: &mut Line<'_>,
        is_flag: bool,
        before: Option<u8>,
        (start, end): (usize, usize),
    ) -> usize {
        if is_flag {
            return self.argument(line, before, end, Next::Secret);
        }
        let at = line.skip_blanks(end);
        let rest = line.rest(at);
        let word = line.text.get(start..end).unwrap_or("");
        let given = rest
            .strip_prefix('|')
            .map(str::trim_start)
            .and_then(|rest| rest.strip_prefix("default "))
            .map(str::trim_start)
            .filter(|rest| rest.starts_with(['"', '\'']));
        if let Some(given) = given {
            let from = line.text.len() - given.len();
            let end = from + quoted(given).0;
            self.hide(line, from, end);
            return end;
        }
        if self.is_hcl {
            let names = line.rest(line.column).starts_with("variable ");
            if names && before == Some(b'"') {
                self.armed = Some(line.column + 1);
            }
            return end;
        }
        if at > end && rest.starts_with('\'') {
            let end = at + quoted(rest).0;
            self.hide(line, at, end);
            return end;
        }
        if word.eq_ignore_ascii_case("bearer") && at > end {
            let length = rest.find([' ', '"', '\'']).unwrap_or(rest.len());
            if length >= 8 {
                self.hide(line, at, at + length);
            }
            return at + length;
        }
        if start == line.column && at > end && line.frames.is_empty() && !rest.contains([':', '='])
        {
            self.hide(line, at, line.text.len());
            return line.text.len();
        }
        end
    }

    /// The argument behind a flag, which may be on the next line.
    fn argument(
        &mut self,
        line: &mut Line<'_>,
        before: Option<u8>,
        flag: usize,
        next: Next,
    ) -> usize {
        let closing = line.byte(flag).filter(|byte| is_quote(*byte));
        let mut at = flag;
        if closing.is_some() && closing == before {
            line.quote = None;
            at += 1;
        }
        let rest = line.rest(at);
        let value = rest.trim_start_matches([' ', '\t', ',']);
        at += rest.len() - value.len();
        if value.is_empty() || value == "\\" {
            self.next = next;
            return line.text.len();
        }
        if at == flag || value.starts_with(['-', ']', '}', ')', '|', '&', ';']) {
            return at;
        }
        let length = if value.starts_with(['"', '\'']) {
            quoted(value).0
        } else {
            plain(value, line.quote, Ends::Word, !line.frames.is_empty()).0
        };
        let word = value.get(..length).unwrap_or("");
        let start = match (next, word.find(':')) {
            (Next::Login, None) => at + length,
            (Next::Login, Some(colon)) => at + colon + 1,
            _ => at,
        };
        self.hide(line, start, at + length);
        at + length
    }

    /// `-p password`, unless it is a port or a path; `-u user:password`.
    fn login_flag(
        &mut self,
        line: &mut Line<'_>,
        flag: &str,
        before: Option<u8>,
        end: usize,
    ) -> usize {
        if flag != "-p" {
            return self.argument(line, before, end, Next::Login);
        }
        let rest = line.rest(end);
        let value = rest.trim_start_matches(['"', '\'', ' ', ',']);
        let first = value.chars().next();
        let word = value.split([' ', '"', '\'', ',', ']']).next();
        let is_port =
            word.is_some_and(|word| word.bytes().all(|b| b.is_ascii_digit() || b == b':'));
        if is_port || matches!(first, None | Some('/' | '.' | '$')) {
            return end;
        }
        self.argument(line, before, end, Next::Secret)
    }

    /// What an address says before its host, and the paths of hooks.
    fn address(&mut self, line: &Line<'_>, at: usize) -> usize {
        let start = at + "://".len();
        let rest = line.rest(start);
        let rest = rest.get(..rest.floor_char_boundary(AHEAD)).unwrap_or("");
        let token = rest.get(..end_of(rest, &[])).unwrap_or("");
        let authority = token.get(..end_of(token, b"/?#,)]};")).unwrap_or("");
        let scheme = line.text.get(..at).unwrap_or("");
        let is_web = scheme.ends_with("http") || scheme.ends_with("https");
        let user = match authority.rfind('@') {
            Some(user) => Some(user).filter(|user| {
                is_web
                    || authority
                        .get(..*user)
                        .is_some_and(|user| user.contains(':'))
            }),
            // A password with a `/` in it.
            None => {
                let port = authority.split_once(':').map_or("", |(_, port)| port);
                let is_port =
                    port.starts_with(['$', '{']) || port.bytes().all(|b| b.is_ascii_digit());
                token.rfind('@').filter(|_| !is_port)
            }
        };
        if let Some(user) = user {
            self.hide(line, start, start + user);
            return start + user.max(authority.len());
        }
        let end = start + authority.len();
        if HOOKS.iter().any(|host| authority.ends_with(host)) {
            self.hide(line, end + 1, start + token.len());
            return start + token.len();
        }
        end
    }

    /// `user:password@host`, without a scheme.
    fn login(&mut self, line: &Line<'_>, at: usize) -> usize {
        let is_after_word = at
            .checked_sub(1)
            .and_then(|at| line.byte(at))
            .is_some_and(is_of_name);
        if !is_after_word || is_blank(line.byte(at + 1)) {
            return at + 1;
        }
        let rest = line.rest(at + 1);
        let rest = rest.get(..rest.floor_char_boundary(128)).unwrap_or("");
        let word = rest.get(..end_of(rest, b"/,:")).unwrap_or("");
        let Some((password, host)) = word.rsplit_once('@') else {
            return at + 1;
        };
        if host.contains('.') || host.starts_with("tcp(") {
            self.hide(line, at + 1, at + 1 + password.len());
        }
        at + 1 + password.len()
    }
}
