//! Regular expressions: Go's syntax, brought to that of the `regex` crate. Both match in linear time, and find the
//! leftmost-first match.

use hashbrown::HashMap;
use std::cell::RefCell;

use regex::{Captures, Regex, RegexBuilder};

use super::{Call, Function, FunctionError, Kind, Outcome, Param};
use crate::text::{Text, text};
use crate::value::{Type, Value, normal_text};

const TEXT: Param = Param::new(Kind::String);

/// Bytes that a compiled expression takes at most, and what a search may then cost: at worst every state is looked at for
/// every byte.
const SIZES: [(usize, usize); 3] = [(1 << 14, 1), (1 << 17, 16), (1 << 20, 256)];
/// So many compiled expressions are kept: the same few are used for all instances of a block.
const MAX_KEPT: usize = 64;
/// Bytes that a search reads for a step. Reading all of them for each match is the worst that a pattern can do, and what
/// makes many matches in a long text slow: every search is linear, all of them together are not.
const BYTES_PER_STEP: usize = 4;
/// Go's bound on `{n}`.
const MAX_REPEAT: u32 = 1_000;

pub(super) const ALL: &[Function] = &[
    Function::new("regex", &[TEXT, TEXT.or_unknown()], Kind::Any, find).or_null(),
    Function::new("regexall", &[TEXT, TEXT], Kind::Any, find_all),
    Function::new("replace", &[TEXT, TEXT, TEXT], Kind::String, replace),
];

fn find(call: &Call<'_>) -> Outcome {
    let regex = compile(call.text(0), 0)?;
    let shape = Shape::of(&regex.regex)?;
    if let Some(unknown) = call.arg(1).as_unknown() {
        return Ok(Value::unknown_of(shape.ty(), unknown.because.clone()).never_null());
    }
    regex.search(call, call.text(1).len())?;
    let found = regex.regex.captures(call.text(1)).ok_or_else(|| {
        FunctionError::argument(
            1,
            Text::new(
                "the pattern does not match it",
                "le motif ne lui correspond pas",
            ),
        )
    })?;
    Ok(shape.value(&found))
}

fn find_all(call: &Call<'_>) -> Outcome {
    let regex = compile(call.text(0), 0)?;
    let shape = Shape::of(&regex.regex)?;
    let text = call.text(1);
    let mut all = Vec::new();
    regex.search(call, text.len())?;
    for found in regex.regex.captures_iter(text) {
        all.push(shape.value(&found));
        call.check_count(all.len())?;
        regex.search(call, text.len() - found.get_match().end())?;
    }
    call.fresh(Value::list(shape.ty(), all))
}

/// A pattern between slashes is a regular expression, everything else a plain text.
fn replace(call: &Call<'_>) -> Outcome {
    let (text, pattern, with) = (call.text(0), call.text(1), call.text(2));
    let inner = pattern
        .strip_prefix('/')
        .and_then(|rest| rest.strip_suffix('/'));
    let Some(inner) = inner else {
        let added = text.matches(pattern).count().saturating_mul(with.len());
        call.check_length(text.len().saturating_add(added))?;
        return call.string(&text.replace(pattern, with));
    };
    let mut out = String::new();
    let mut last = 0;
    let regex = compile(inner, 1)?;
    regex.search(call, text.len())?;
    for found in regex.regex.captures_iter(text) {
        let whole = found.get_match();
        regex.search(call, text.len() - whole.end())?;
        out.push_str(text.get(last..whole.start()).unwrap_or_default());
        found.expand(with, &mut out);
        call.check_length(out.len())?;
        last = whole.end();
    }
    out.push_str(text.get(last..).unwrap_or_default());
    call.string(&out)
}

/// What a match becomes: a string, or its groups by position or by name.
enum Shape {
    Whole,
    Positions(usize),
    Names(Vec<String>),
}

impl Shape {
    fn of(regex: &Regex) -> Result<Self, FunctionError> {
        let groups = regex.captures_len().saturating_sub(1);
        let names: Vec<String> = regex.capture_names().flatten().map(str::to_owned).collect();
        if groups == 0 {
            return Ok(Self::Whole);
        }
        match names.len() {
            0 => Ok(Self::Positions(groups)),
            named if named == groups => Ok(Self::Names(names)),
            _ => Err(FunctionError::argument(
                0,
                Text::new(
                    "named and unnamed groups cannot be mixed",
                    "groupes nommés et groupes sans nom ne se mélangent pas",
                ),
            )),
        }
    }

    fn ty(&self) -> Type {
        match self {
            Self::Whole => Type::String,
            Self::Positions(groups) => Type::Tuple(vec![Type::String; *groups].into()),
            Self::Names(names) => Type::object(
                names
                    .iter()
                    .map(|name| (name.as_str().into(), Type::String)),
            ),
        }
    }

    fn value(&self, found: &Captures<'_>) -> Value {
        let text = |group: Option<regex::Match<'_>>| match group {
            Some(group) => Value::string(normal_text(group.as_str())),
            None => Value::null_of(Type::String),
        };
        match self {
            Self::Whole => text(found.get(0)),
            Self::Positions(groups) => Value::tuple(
                (1..=*groups)
                    .map(|group| text(found.get(group)))
                    .collect::<Vec<_>>(),
            ),
            Self::Names(names) => Value::object(
                names
                    .iter()
                    .map(|name| (name.as_str().into(), text(found.name(name)))),
            ),
        }
    }
}

/// A compiled expression, and what it may cost.
#[derive(Clone)]
struct Compiled {
    regex: Regex,
    /// Steps that a search may take for so many bytes.
    cost: usize,
}

impl Compiled {
    /// Counts a search through so many bytes, as if it read all of them.
    fn search(&self, call: &Call<'_>, bytes: usize) -> Result<(), FunctionError> {
        let steps = (bytes / BYTES_PER_STEP).saturating_mul(self.cost);
        call.context.spend(steps + 1)
    }
}

fn compile(pattern: &str, argument: usize) -> Result<Compiled, FunctionError> {
    thread_local! {
        static KEPT: RefCell<HashMap<String, Compiled>> = RefCell::new(HashMap::new());
    }
    KEPT.with_borrow_mut(|kept| {
        if let Some(compiled) = kept.get(pattern) {
            return Ok(compiled.clone());
        }
        let wrong = |why: Text| {
            FunctionError::argument(argument, text!("it is no regular expression: {why}", "ce n’est pas une expression régulière : {why}"; why))
        };
        let translated = translate(pattern).map_err(wrong)?;
        let mut outcome = Err(regex::Error::CompiledTooBig(0));
        for (limit, cost) in SIZES {
            outcome = RegexBuilder::new(&translated)
                .size_limit(limit)
                .build()
                .map(|regex| Compiled { regex, cost });
            if !matches!(outcome, Err(regex::Error::CompiledTooBig(_))) {
                break;
            }
        }
        let compiled = outcome.map_err(|error| {
            // The last line of the report says what; the others draw the pattern.
            let text = error.to_string();
            wrong(Text::same(
                text.lines().last().unwrap_or_default().to_owned(),
            ))
        })?;
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        kept.insert(pattern.to_owned(), compiled.clone());
        Ok(compiled)
    })
}

/// Writes a pattern of Go as one of the `regex` crate.
fn translate(pattern: &str) -> Result<String, Text> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    let mut class_depth = 0;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = match c {
            '\\' => translate_escape(after, class_depth > 0, &mut out)?,
            '[' if class_depth == 0 => {
                class_depth = 1;
                out.push('[');
                let after = match after.strip_prefix('^') {
                    Some(after) => {
                        out.push('^');
                        after
                    }
                    None => after,
                };
                // A bracket right at the start is a member, not the end.
                match after.strip_prefix(']') {
                    Some(after) => {
                        out.push_str("\\]");
                        after
                    }
                    None => after,
                }
            }
            '[' if after.starts_with(':') && after.contains(":]") => {
                let end = after.find(":]").map_or(0, |end| end + 2);
                out.push('[');
                out.push_str(after.get(..end).unwrap_or_default());
                after.get(end..).unwrap_or_default()
            }
            ']' if class_depth > 0 => {
                class_depth = 0;
                out.push(']');
                after
            }
            // Set operations of the crate are plain characters in Go.
            '[' | '&' | '~' if class_depth > 0 => {
                out.push('\\');
                out.push(c);
                after
            }
            '-' if class_depth > 0 && after.starts_with('-') => {
                out.push_str("\\-");
                after
            }
            '{' if class_depth == 0 => {
                match repetition(after)? {
                    true => out.push('{'),
                    false => out.push_str("\\{"),
                }
                after
            }
            '(' if after.starts_with('?') => {
                check_flags(after)?;
                out.push('(');
                after
            }
            _ => {
                out.push(c);
                after
            }
        };
    }
    Ok(out)
}

/// Go knows fewer flags than the crate.
fn check_flags(text: &str) -> Result<(), Text> {
    let flags = text.trim_start_matches('?');
    if flags.starts_with(['P', '<']) {
        return Ok(());
    }
    let end = flags.find([':', ')']).unwrap_or(flags.len());
    match flags.get(..end) {
        Some(flags) if flags.chars().all(|c| "imsU-".contains(c)) => Ok(()),
        _ => Err(Text::new(
            "unknown group or flag",
            "groupe ou option inconnus",
        )),
    }
}

/// True when the text behind `{` makes it a repetition; otherwise the brace stands for itself.
fn repetition(text: &str) -> Result<bool, Text> {
    let Some((inner, _)) = text.split_once('}') else {
        return Ok(false);
    };
    let (least, most) = inner.split_once(',').unwrap_or((inner, ""));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(least) || !(most.is_empty() || is_number(most)) {
        return Ok(false);
    }
    let fits = |text: &str| text.is_empty() || text.parse().is_ok_and(|n: u32| n <= MAX_REPEAT);
    if fits(least) && fits(most) {
        Ok(true)
    } else {
        Err(Text::new(
            "a repetition is above 1000",
            "une répétition dépasse 1000",
        ))
    }
}

/// Classes by letter mean ASCII in Go.
fn translate_escape<'t>(text: &'t str, in_class: bool, out: &mut String) -> Result<&'t str, Text> {
    let c = text.chars().next().ok_or(Text::new(
        "it ends in a backslash",
        "elle finit par une barre oblique inverse",
    ))?;
    let after = text.get(c.len_utf8()..).unwrap_or_default();
    let (plain, negated) = match c {
        'd' | 'D' => ("0-9", c == 'D'),
        'w' | 'W' => ("0-9A-Za-z_", c == 'W'),
        's' | 'S' => ("\\t\\n\\x0C\\r ", c == 'S'),
        'Q' => {
            let (quoted, after) = after.split_once("\\E").unwrap_or((after, ""));
            out.push_str(&regex::escape(quoted));
            return Ok(after);
        }
        'b' if !in_class => {
            out.push_str("(?-u:\\b)");
            return Ok(after);
        }
        'p' | 'P' | 'x' => {
            out.push('\\');
            out.push(c);
            // Its braces are no repetition.
            let end = match after.starts_with('{') {
                true => after.find('}').map_or(after.len(), |end| end + 1),
                false => 0,
            };
            let (braces, after) = after.split_at(end);
            out.push_str(braces);
            return Ok(after);
        }
        'A' | 'B' | 'z' | 'a' | 'f' | 't' | 'n' | 'r' | 'v' => {
            out.push('\\');
            out.push(c);
            return Ok(after);
        }
        c if c.is_ascii_punctuation() => {
            out.push_str(&regex::escape(&c.to_string()));
            return Ok(after);
        }
        _ => return Err(Text::new("unknown escape", "échappement inconnu")),
    };
    match (in_class, negated) {
        (true, false) => out.push_str(plain),
        (_, true) => out.push_str(&format!("[^{plain}]")),
        (false, false) => out.push_str(&format!("[{plain}]")),
    }
    Ok(after)
}
