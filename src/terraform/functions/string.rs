//! Functions over strings. A character is a grapheme cluster where people would count, a code point where Go does.

use unicode_segmentation::UnicodeSegmentation as _;

use super::{Call, Function, FunctionError, Kind, Outcome, Param};
use crate::text::Text;
use crate::value::{Type, Value, normal_text};

const TEXT: Param = Param::new(Kind::String);
const NUMBER: Param = Param::new(Kind::Number);
const TEXTS: Param = Param::new(Kind::List(&Kind::String));

pub(super) const ALL: &[Function] = &[
    Function::new("chomp", &[TEXT], Kind::String, |call| {
        call.string(call.text(0).trim_end_matches(['\r', '\n']))
    }),
    Function::new("endswith", &[TEXT, TEXT], Kind::Bool, |call| {
        Ok(Value::bool(call.text(0).ends_with(call.text(1))))
    }),
    Function::new("indent", &[NUMBER, TEXT], Kind::String, indent),
    Function::variadic("join", &[TEXT], TEXTS, Kind::String, join),
    Function::new("lower", &[TEXT], Kind::String, |call| {
        call.string(&call.text(0).chars().map(lower).collect::<String>())
    }),
    Function::new("split", &[TEXT, TEXT], Kind::List(&Kind::String), split),
    Function::new(
        "startswith",
        &[TEXT.or_unknown(), TEXT],
        Kind::Bool,
        starts_with,
    ),
    Function::new("strcontains", &[TEXT, TEXT], Kind::Bool, |call| {
        Ok(Value::bool(call.text(0).contains(call.text(1))))
    })
    .or_null(),
    Function::new("strrev", &[TEXT], Kind::String, |call| {
        call.string(&call.text(0).graphemes(true).rev().collect::<String>())
    }),
    Function::new("substr", &[TEXT, NUMBER, NUMBER], Kind::String, substr),
    Function::new("title", &[TEXT], Kind::String, |call| {
        call.string(&title(call.text(0)))
    }),
    Function::new("trim", &[TEXT, TEXT], Kind::String, |call| {
        let cut = call.text(1);
        call.string(call.text(0).trim_matches(|c| cut.contains(c)))
    }),
    Function::new("trimprefix", &[TEXT, TEXT], Kind::String, |call| {
        let text = call.text(0);
        call.string(text.strip_prefix(call.text(1)).unwrap_or(text))
    }),
    Function::new("trimspace", &[TEXT], Kind::String, |call| {
        call.string(call.text(0).trim())
    }),
    Function::new("trimsuffix", &[TEXT, TEXT], Kind::String, |call| {
        let text = call.text(0);
        call.string(text.strip_suffix(call.text(1)).unwrap_or(text))
    }),
    Function::new("upper", &[TEXT], Kind::String, |call| {
        call.string(&call.text(0).chars().map(upper).collect::<String>())
    }),
];

/// The known start of an unknown text may tell.
fn starts_with(call: &Call<'_>) -> Outcome {
    let wanted = call.text(1);
    let Some(unknown) = call.arg(0).as_unknown() else {
        return Ok(Value::bool(call.text(0).starts_with(wanted)));
    };
    let known = unknown.range.prefix.as_deref().unwrap_or_default();
    if known.starts_with(wanted) {
        return Ok(Value::bool(true));
    }
    Ok(match !known.is_empty() && known.len() >= wanted.len() {
        true => Value::bool(false),
        false => call.unknown(unknown.because.clone()),
    })
}

fn indent(call: &Call<'_>) -> Outcome {
    let (spaces, text) = (call.size(0)?, call.text(1));
    let breaks = text.matches('\n').count();
    call.check_length(text.len().saturating_add(breaks.saturating_mul(spaces)))?;
    if breaks == 0 {
        return call.string(text);
    }
    call.string(&text.replace('\n', &format!("\n{}", " ".repeat(spaces))))
}

fn join(call: &Call<'_>) -> Outcome {
    if call.args.len() < 2 {
        return Err(FunctionError::new(Text::new(
            "at least one list is required",
            "au moins une liste est requise",
        )));
    }
    if let Some(unknown) = call.unknown_inside() {
        return Ok(unknown);
    }
    let mut out = String::new();
    let separator = call.text(0);
    let mut is_first = true;
    for (at, list) in call.args.iter().enumerate().skip(1) {
        for element in list.elements().unwrap_or_default() {
            let Some(text) = element.as_str() else {
                return Err(FunctionError::argument(
                    at,
                    Text::new("an element is null", "un élément est nul"),
                ));
            };
            if !is_first {
                out.push_str(separator);
            }
            is_first = false;
            out.push_str(text);
            call.check_length(out.len())?;
        }
    }
    call.string(&out)
}

fn split(call: &Call<'_>) -> Outcome {
    let (separator, text) = (call.text(0), call.text(1));
    let parts: Vec<Value> = if separator.is_empty() {
        // Between code points, without the empty texts at both ends that Rust would give.
        text.chars().map(|c| Value::string(c.to_string())).collect()
    } else {
        text.split(separator)
            .map(|part| Value::string(normal_text(part)))
            .collect()
    };
    call.check_count(parts.len())?;
    Ok(Value::list(Type::String, parts))
}

fn substr(call: &Call<'_>) -> Outcome {
    let (text, offset, length) = (call.text(0), call.int(1)?, call.int(2)?);
    let skip = match usize::try_from(offset) {
        Ok(skip) => skip,
        Err(_) => {
            let back = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            text.graphemes(true).count().saturating_sub(back)
        }
    };
    // Any negative length means all the rest.
    let take = usize::try_from(length).unwrap_or(usize::MAX);
    call.string(
        &text
            .graphemes(true)
            .skip(skip)
            .take(take)
            .collect::<String>(),
    )
}

/// One code point for one, as Go maps case: `ß` has no upper case of its own.
fn upper(c: char) -> char {
    let mut mapped = c.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(upper), None) => upper,
        _ => c,
    }
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at_start = true;
    for c in text.chars() {
        out.push(if at_start { title_case(c) } else { c });
        at_start = match c {
            '_' => false,
            c if c.is_ascii() => !c.is_ascii_alphanumeric(),
            c => c.is_whitespace(),
        };
    }
    out
}

fn title_case(c: char) -> char {
    match c {
        'Ǆ'..='ǆ' => 'ǅ',
        'Ǉ'..='ǉ' => 'ǈ',
        'Ǌ'..='ǌ' => 'ǋ',
        'Ǳ'..='ǳ' => 'ǲ',
        c => upper(c),
    }
}
