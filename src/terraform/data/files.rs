//! Data sources that read files or render templates, as the functions of the same purpose do.

use super::Asked;
use crate::terraform::eval::{Fault, Outcome, parts, unknown_from};
use crate::terraform::functions::{self, FunctionError};
use crate::text::{Text, text};
use crate::value::{Because, Marks, Type, Value, convert};

/// `template_file`: `template` with `vars`.
pub(super) fn template(asked: &Asked<'_, '_>) -> Outcome {
    let header = asked.header();
    let Some(template) = asked.argument("template")? else {
        // `filename` is how the oldest versions were told to read a file.
        return Ok(Value::unknown(Because::other(Text::new(
            "it has no `template`",
            "elle n’a pas de `template`",
        )))
        .at(header));
    };
    let vars = asked.argument("vars")?;
    let vars = vars.unwrap_or_else(|| Value::object([]));
    let origin = parts(header, [template.origin.clone(), vars.origin.clone()]);
    let marks = template.marks.with(vars.deep_marks());
    let unknown = [&template, &vars].into_iter().find(|v| v.is_unknown());
    if let Some(unknown) = unknown {
        return Ok(unknown_from(unknown, Type::String, header));
    }
    let place = template.origin.place.unwrap_or(header);
    let vars = convert(&vars, &Type::Map(Type::String.into())).map_err(|error| {
        let why = error.text();
        let message = text!(
            "`vars` must be texts: {why}",
            "les valeurs de `vars` doivent être des textes : {why}";
            why
        );
        Fault::value(place, message)
    })?;
    let text = template.as_str().unwrap_or_default();
    let rendered = asked.evaluator.with_context(place, |context| {
        context.render(None, text, &vars.unmarked())
    });
    let mut value = rendered.map_err(|error| {
        let why = error.message;
        let message = text!(
            "the template fails: {why}",
            "le modèle échoue : {why}";
            why
        );
        Fault::value(place, message)
    })?;
    value.origin = origin;
    Ok(value.marked(marks))
}

/// Attributes of `local_file`, and the function of the language that computes each of its content.
const OF_CONTENT: [(&str, &str); 9] = [
    ("content", ""),
    ("content_base64", "base64encode"),
    ("content_md5", "md5"),
    ("content_sha1", "sha1"),
    ("content_sha256", "sha256"),
    ("content_sha512", "sha512"),
    ("content_base64sha256", "base64sha256"),
    ("content_base64sha512", "base64sha512"),
    ("id", "sha1"),
];

pub(super) fn answers(name: &str) -> bool {
    OF_CONTENT.iter().any(|(known, _)| *known == name)
}

/// `local_file` and `local_sensitive_file`: what is in a file of the scan.
pub(super) fn local(asked: &Asked<'_, '_>, name: &str) -> Outcome {
    let header = asked.header();
    let filename = asked.argument("filename")?;
    let Some(filename) = filename else {
        return Ok(Value::unknown(Because::other(Text::new(
            "it has no `filename`",
            "elle n’a pas de `filename`",
        )))
        .at(header));
    };
    if filename.is_unknown() {
        return Ok(unknown_from(&filename, Type::String, header));
    }
    let origin = parts(header, [filename.origin.clone()]);
    let content = asked.evaluator.with_context(header, |context| {
        let mut value = call("file", filename.clone(), context)?;
        if let Some((_, function)) = OF_CONTENT.iter().find(|(known, _)| *known == name)
            && !function.is_empty()
        {
            value = call(function, value, context)?;
        }
        Ok(value)
    });
    let value = match content {
        Ok(value) => value,
        // It may be made by a resource before it is read, so this is no mistake of the code.
        Err(error) => {
            let error: FunctionError = error;
            let named = filename.as_str().filter(|_| !filename.is_sensitive());
            let why = Text::each(|lang| {
                let shown = named.unwrap_or(lang.pick("the file", "le fichier"));
                let cannot = lang.pick("cannot be read:", "ne peut pas être lu :");
                format!("{shown} {cannot} {}", lang.of(&error.message))
            });
            Value::unknown_of(Type::String, Because::other(why))
        }
    };
    let secret = &*asked.def.kind == "local_sensitive_file" && name.starts_with("content");
    let hash = name.contains("md5") || name.contains("sha");
    let marks = if secret && !hash {
        Marks::SENSITIVE
    } else {
        Marks::NONE
    };
    Ok(value.marked(marks).with_origin(origin))
}

fn call(name: &str, argument: Value, context: &dyn functions::Context) -> functions::Outcome {
    match functions::lookup(name) {
        Some(function) => functions::call(function, vec![argument], context, None),
        None => Err(FunctionError::new(format!("{name}() does not exist"))),
    }
}
