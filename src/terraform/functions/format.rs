//! `format` and `formatlist`: Terraform's own variant of printf.

use unicode_segmentation::UnicodeSegmentation as _;

use super::{Call, Function, FunctionError, Kind, Outcome, Param};
use crate::text::{Text, text};
use crate::value::{Data, Decimal, Number, Range, Type, Value, convert, normal_text};

const TEXT: Param = Param::new(Kind::String);
const OPEN: Param = Param::new(Kind::Any).or_null().or_unknown();

/// Widths and precisions above this only serve to make long strings.
const MAX_WIDTH: usize = 10_000;

pub(super) const ALL: &[Function] = &[
    Function::variadic("format", &[TEXT], OPEN, Kind::String, format_one),
    Function::variadic(
        "formatlist",
        &[TEXT],
        OPEN,
        Kind::List(&Kind::String),
        format_list,
    ),
];

fn format_one(call: &Call<'_>) -> Outcome {
    let args = call.args.get(1..).unwrap_or_default();
    if let Some(unknown) = call.unknown_inside() {
        // What stands before the first verb stays as it is.
        let start = call.text(0).split('%').next().unwrap_or_default();
        return Ok(unknown.within(Range::starting_with(start)));
    }
    format(call, call.text(0), args)
}

/// Calls `format` for the elements of all lists side by side; other arguments stay the same.
fn format_list(call: &Call<'_>) -> Outcome {
    let args = call.args.get(1..).unwrap_or_default();
    let mut length = None;
    for (at, arg) in args.iter().enumerate() {
        let is_open_set =
            matches!(arg.data, Data::Set(..)) && arg.elements().is_some_and(|all| all.len() > 1);
        if let Some(unknown) = arg.first_unknown()
            && is_open_set
        {
            return Ok(call.unknown(unknown.because.clone()));
        }
        if let Some(unknown) = arg.as_unknown()
            && matches!(
                unknown.ty,
                Type::List(_) | Type::Set(_) | Type::Tuple(_) | Type::Dynamic
            )
        {
            return Ok(call.unknown(unknown.because.clone()));
        }
        let Some(elements) = arg.elements() else {
            continue;
        };
        if length.is_some_and(|length| length != elements.len()) {
            return Err(FunctionError::argument(
                at + 1,
                "all lists must have the same length",
            ));
        }
        length = Some(elements.len());
    }
    let mut out = Vec::new();
    for row in 0..length.unwrap_or(1) {
        let row: Vec<Value> = args
            .iter()
            .map(|arg| match arg.elements() {
                Some(all) => all.get(row).cloned().unwrap_or_else(Value::null),
                None => arg.clone(),
            })
            .collect();
        out.push(match row.iter().find_map(Value::first_unknown) {
            Some(unknown) => Value::unknown_of(Type::String, unknown.because.clone()).never_null(),
            None => format(call, call.text(0), &row)?,
        });
    }
    call.built(Value::list(Type::String, out))
}

/// One `%...` of a format.
#[derive(Default)]
struct Verb {
    plus: bool,
    minus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
    mode: char,
}

fn format(call: &Call<'_>, text: &str, args: &[Value]) -> Outcome {
    let mut out = String::new();
    let mut rest = text;
    let mut next = 0;
    let mut used = 0;
    while let Some(at) = rest.find('%') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let after = after.strip_prefix('%').unwrap_or_default();
        if let Some(after) = after.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let (verb, index, after) = parse_verb(after)?;
        let position = index.unwrap_or(next);
        let Some(arg) = args.get(position) else {
            return Err(FunctionError::argument(
                0,
                format!("there is no argument {} for %{}", position + 1, verb.mode),
            ));
        };
        next = position + 1;
        used = used.max(next);
        append(&verb, arg, position + 1, &mut out)?;
        call.check_length(out.len())?;
        rest = after;
    }
    out.push_str(rest);
    if used < args.len() {
        return Err(FunctionError::argument(
            used + 1,
            format!("too many arguments: the format uses {used}"),
        ));
    }
    call.check_length(out.len())?;
    Ok(Value::string(normal_text(&out)))
}

/// The verb behind a `%`, the argument it names (from 0), and the text behind it.
fn parse_verb(text: &str) -> Result<(Verb, Option<usize>, &str), FunctionError> {
    let wrong = |what: &str| FunctionError::argument(0, what.to_owned());
    let mut verb = Verb::default();
    let mut rest = text;
    loop {
        let flag = rest.chars().next();
        match flag {
            Some('+') => verb.plus = true,
            Some('-') => verb.minus = true,
            Some('#') => verb.sharp = true,
            Some(' ') => verb.space = true,
            Some('0') => verb.zero = true,
            _ => break,
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    (verb.width, rest) = digits(rest)?;
    if let Some(after) = rest.strip_prefix('.') {
        let (precision, after) = digits(after)?;
        verb.precision = Some(precision.unwrap_or(0));
        rest = after;
    }
    let mut index = None;
    if let Some(after) = rest.strip_prefix('[') {
        let (number, after) = digits(after)?;
        let number = number.and_then(|n| n.checked_sub(1));
        index = Some(number.ok_or_else(|| wrong("an argument number starts at 1"))?);
        rest = after
            .strip_prefix(']')
            .ok_or_else(|| wrong("an argument number needs a closing bracket"))?;
    }
    let mut chars = rest.chars();
    verb.mode = chars
        .next()
        .ok_or_else(|| wrong("it ends in the middle of a verb"))?;
    Ok((verb, index, chars.as_str()))
}

fn digits(text: &str) -> Result<(Option<usize>, &str), FunctionError> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() {
        return Ok((None, rest));
    }
    let number = digits
        .parse()
        .ok()
        .filter(|number| *number <= MAX_WIDTH)
        .ok_or_else(|| FunctionError::argument(0, format!("{digits} is above {MAX_WIDTH}")))?;
    Ok((Some(number), rest))
}

fn no_number() -> Text {
    Text::new("no number", "pas un nombre")
}

fn append(verb: &Verb, arg: &Value, at: usize, out: &mut String) -> Result<(), FunctionError> {
    let unfit = |what: Text| {
        FunctionError::argument(
            at,
            text!(
                "unsupported value for %{}: {what}",
                "valeur non acceptée par %{} : {what}",
                verb.mode;
                what
            ),
        )
    };
    if verb.mode == 'v' {
        let text = match &arg.data {
            Data::String(text) if !verb.sharp => text.to_string(),
            Data::Number(number) if !verb.sharp => general(number, None, 'e'),
            _ => arg.to_json_text(),
        };
        pad(verb, &text, out);
        return Ok(());
    }
    if arg.is_null() {
        return Err(unfit(Text::new(
            "null cannot be formatted",
            "null ne peut pas être mis en forme",
        )));
    }
    let to = |ty: Type| convert(arg, &ty).map_err(|error| unfit(error.text()));
    match verb.mode {
        't' => {
            let flag = to(Type::Bool)?;
            out.push_str(if flag.as_bool() == Some(true) {
                "true"
            } else {
                "false"
            });
        }
        's' | 'q' => {
            let text = to(Type::String)?;
            let text = text.as_str().unwrap_or_default();
            let cut = match verb.precision {
                Some(most) => text.graphemes(true).take(most).collect(),
                None => text.to_owned(),
            };
            let text = if verb.mode == 'q' { quote(&cut) } else { cut };
            pad(verb, &text, out);
        }
        'b' | 'd' | 'o' | 'x' | 'X' => {
            let number = to(Type::Number)?;
            let number = number.as_number().ok_or_else(|| unfit(no_number()))?;
            if !number.is_whole() {
                return Err(unfit(Text::new(
                    "a whole number is required",
                    "un nombre entier est requis",
                )));
            }
            whole(verb, number, out);
        }
        'e' | 'E' | 'f' | 'g' | 'G' => {
            let number = to(Type::Number)?;
            let number = number.as_number().ok_or_else(|| unfit(no_number()))?;
            if number.is_infinite() {
                pad(verb, &number.to_string(), out);
                return Ok(());
            }
            let text = match verb.mode {
                'f' => fixed(number.exact_digits(), verb.precision.unwrap_or(6)),
                'e' | 'E' => scientific(
                    number.exact_digits(),
                    verb.precision.unwrap_or(6),
                    verb.mode,
                ),
                mode => general_digits(number, verb.precision, if mode == 'g' { 'e' } else { 'E' }),
            };
            pad_number(verb, number.has_minus(), "", &text, out);
        }
        other => {
            return Err(FunctionError::argument(
                0,
                text!(
                    "there is no verb %{other}",
                    "il n’y a pas de verbe %{other}"
                ),
            ));
        }
    }
    Ok(())
}

/// Widths count what people see as one character.
fn pad(verb: &Verb, text: &str, out: &mut String) {
    let missing = verb
        .width
        .unwrap_or(0)
        .saturating_sub(text.graphemes(true).count());
    let filling = if verb.zero { "0" } else { " " }.repeat(missing);
    if verb.minus {
        out.push_str(text);
        out.push_str(&filling);
    } else {
        out.push_str(&filling);
        out.push_str(text);
    }
}

fn pad_number(verb: &Verb, negative: bool, prefix: &str, digits: &str, out: &mut String) {
    let sign = match (negative, verb.plus, verb.space) {
        (true, _, _) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    };
    let length = sign.len() + prefix.len() + digits.len();
    let missing = verb.width.unwrap_or(0).saturating_sub(length);
    if verb.zero && !verb.minus {
        out.push_str(sign);
        out.push_str(prefix);
        out.push_str(&"0".repeat(missing));
        out.push_str(digits);
        return;
    }
    let filling = " ".repeat(missing);
    if !verb.minus {
        out.push_str(&filling);
    }
    for part in [sign, prefix, digits] {
        out.push_str(part);
    }
    if verb.minus {
        out.push_str(&filling);
    }
}

fn whole(verb: &Verb, number: &Number, out: &mut String) {
    let big = number.whole_digits().unwrap_or_default();
    let (base, prefix) = match verb.mode {
        'b' => (2, "0b"),
        'o' => (8, "0"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = big.to_str_radix(base);
    if verb.mode == 'X' {
        digits.make_ascii_uppercase();
    }
    if let Some(least) = verb.precision {
        digits.insert_str(0, &"0".repeat(least.saturating_sub(digits.len())));
    }
    let prefix = if verb.sharp { prefix } else { "" };
    pad_number(verb, number.is_negative(), prefix, &digits, out);
}

/// So many digits behind the point.
fn fixed(mut decimal: Decimal, places: usize) -> String {
    let places_i64 = i64::try_from(places).unwrap_or(i64::MAX);
    decimal.round(decimal.point.saturating_add(places_i64));
    let mut out = String::new();
    let digit = |at: i64| {
        usize::try_from(at)
            .ok()
            .and_then(|at| decimal.digits.get(at))
            .map_or('0', |digit| char::from(*digit))
    };
    if decimal.point <= 0 || decimal.digits.is_empty() {
        out.push('0');
    } else {
        out.extend((0..decimal.point).map(digit));
    }
    if places > 0 {
        out.push('.');
        out.extend((0..places_i64).map(|place| digit(decimal.point.saturating_add(place))));
    }
    out
}

/// One digit before the point, so many behind it, and an exponent of at least two digits.
fn scientific(mut decimal: Decimal, places: usize, letter: char) -> String {
    decimal.round(i64::try_from(places).unwrap_or(i64::MAX).saturating_add(1));
    let mut digits = decimal.digits.iter().map(|digit| char::from(*digit));
    let mut out = String::new();
    out.push(digits.next().unwrap_or('0'));
    if places > 0 {
        out.push('.');
        out.extend(digits.chain(std::iter::repeat('0')).take(places));
    }
    let exponent = match decimal.digits.is_empty() {
        true => 0,
        false => decimal.point.saturating_sub(1),
    };
    let sign = if exponent < 0 { '-' } else { '+' };
    out.push_str(&format!("{letter}{sign}{:02}", exponent.unsigned_abs()));
    out
}

/// The shorter of both, with its sign.
fn general(number: &Number, precision: Option<usize>, letter: char) -> String {
    if number.is_infinite() {
        return number.to_string();
    }
    let sign = if number.has_minus() { "-" } else { "" };
    format!("{sign}{}", general_digits(number, precision, letter))
}

fn general_digits(number: &Number, precision: Option<usize>, letter: char) -> String {
    let (decimal, most) = match precision {
        None => (number.shortest_digits(), 6),
        Some(precision) => {
            let precision = i64::try_from(precision.max(1)).unwrap_or(i64::MAX);
            let mut decimal = number.exact_digits();
            decimal.round(precision);
            let length = i64::try_from(decimal.digits.len()).unwrap_or(i64::MAX);
            // Trailing zeros before the point do not call for an exponent.
            let most = if precision > length && length >= decimal.point {
                length
            } else {
                precision
            };
            (decimal, most)
        }
    };
    let exponent = match decimal.digits.is_empty() {
        true => 0,
        false => decimal.point.saturating_sub(1),
    };
    if exponent < -4 || exponent >= most.max(1) {
        let places = decimal.digits.len().saturating_sub(1);
        return scientific(decimal, places, letter);
    }
    let length = i64::try_from(decimal.digits.len()).unwrap_or(i64::MAX);
    let places = usize::try_from(length.saturating_sub(decimal.point)).unwrap_or(0);
    match decimal.digits.is_empty() {
        true => "0".to_owned(),
        false => fixed(decimal, places),
    }
}

/// A string in double quotes, as Go writes it.
pub(super) fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            c if c.is_ascii_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if c.is_control() || c == '\u{feff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
