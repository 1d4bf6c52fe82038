//! Answers that a table of the catalogue gives.

use super::Asked;
use crate::catalog::Recipe;
use crate::terraform::eval::{Fault, marks, parts, unknown_from};
use crate::text::{Text, text};
use crate::value::{Because, Marks, Type, Value};

/// How deep answers may be made of one another. The tables need three.
const MAX_DEPTH: usize = 8;

/// What the catalogue says; none when it says nothing.
pub(super) fn answer(asked: &Asked<'_, '_>, name: &str) -> Result<Option<Value>, Fault> {
    let Some(source) = asked.evaluator.options.catalog.data_source(&asked.def.kind) else {
        return Ok(None);
    };
    match source.attributes.get(name) {
        Some(recipe) if !name.starts_with('_') => evaluate(asked, name, recipe, 0),
        _ => Ok(None),
    }
}

fn evaluate(
    asked: &Asked<'_, '_>,
    name: &str,
    recipe: &Recipe,
    depth: usize,
) -> Result<Option<Value>, Fault> {
    let secret = if recipe.sensitive {
        Marks::SENSITIVE
    } else {
        Marks::NONE
    };
    for (argument, start) in &recipe.starts_with {
        let value = asked.argument(argument)?;
        let text = value.as_ref().and_then(Value::as_str);
        if text.is_none_or(|text| !text.starts_with(start)) {
            return Ok(None);
        }
    }
    for argument in &recipe.unless {
        if asked.argument(argument)?.is_some() {
            return looked_up(asked, name, argument);
        }
    }
    let given = match &recipe.unknown {
        Some(why) => {
            let why = Text::new(why.en.clone(), why.fr.clone());
            Some(Value::unknown_of(Type::String, Because::other(why)).at(asked.header()))
        }
        None => given(asked, recipe, depth)?,
    };
    Ok(given.map(|value| value.marked(secret)))
}

/// By an argument that only a call understands. It does not pass through as another attribute.
fn looked_up(asked: &Asked<'_, '_>, name: &str, argument: &str) -> Result<Option<Value>, Fault> {
    if name == argument {
        return Ok(None);
    }
    let why = text!(
        "the provider looks it up by `{argument}`",
        "le fournisseur le cherche d’après `{argument}`"
    );
    let mut value = Value::unknown_of(Type::String, Because::other(why));
    value.origin.place = Some(asked.header());
    Ok(Some(value))
}

fn given(asked: &Asked<'_, '_>, recipe: &Recipe, depth: usize) -> Result<Option<Value>, Fault> {
    for from in &recipe.from {
        let found = match from.strip_prefix("provider:") {
            Some(path) => asked.of_provider(path)?,
            None => asked.argument(from)?,
        };
        if let Some(mut value) = found {
            if recipe.folded
                && let Some(text) = value.as_str()
            {
                let folded = text.to_lowercase().replace(' ', "");
                value = Value {
                    data: Value::string(folded).data,
                    ..value
                };
            }
            return Ok(Some(value));
        }
    }
    if depth < MAX_DEPTH {
        if let Some(text) = &recipe.text {
            return composed(asked, text, depth);
        }
        if let Some(of) = &recipe.of {
            return found(asked, of, recipe, depth);
        }
    }
    Ok(recipe.env.as_ref().map(|name| {
        let because = Because::environment(Text::same(name.clone()));
        Value::unknown_of(Type::String, because).at(asked.header())
    }))
}

/// Another attribute, or an argument.
fn other(asked: &Asked<'_, '_>, name: &str, depth: usize) -> Result<Option<Value>, Fault> {
    let source = asked.evaluator.options.catalog.data_source(&asked.def.kind);
    match source.and_then(|source| source.attributes.get(name)) {
        Some(recipe) => evaluate(asked, name, recipe, depth + 1),
        None => asked.argument(name),
    }
}

fn composed(asked: &Asked<'_, '_>, text: &str, depth: usize) -> Result<Option<Value>, Fault> {
    let mut out = String::new();
    let mut used: Vec<Value> = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        let Some(value) = other(asked, name, depth)? else {
            return Ok(None);
        };
        out.push_str(before);
        match value.as_text() {
            Some(text) => out.push_str(&text),
            None if value.is_unknown() => {
                return Ok(Some(unknown_from(&value, Type::String, asked.header())));
            }
            None => return Ok(None),
        }
        used.push(value);
        rest = after;
    }
    out.push_str(rest);
    let marks = marks(&used);
    let origin = parts(asked.header(), used.into_iter().map(|value| value.origin));
    asked.text(out, marks, origin).map(Some)
}

fn found(
    asked: &Asked<'_, '_>,
    of: &str,
    recipe: &Recipe,
    depth: usize,
) -> Result<Option<Value>, Fault> {
    let Some(value) = other(asked, of, depth)? else {
        return Ok(None);
    };
    if value.is_unknown() {
        return Ok(Some(unknown_from(&value, Type::String, asked.header())));
    }
    let Some(text) = value.as_str() else {
        return Ok(None);
    };
    let starts = |(start, _): &(&String, &String)| text.starts_with(start.as_str());
    let longest = recipe.by_prefix.iter().filter(starts);
    let longest = longest.max_by_key(|(start, _)| start.len());
    Ok(longest
        .map(|(_, found)| found)
        .filter(|found| !found.is_empty())
        .map(|found| {
            let origin = parts(asked.header(), [value.origin.clone()]);
            Value::string(found.as_str())
                .marked(value.marks)
                .with_origin(origin)
        }))
}
