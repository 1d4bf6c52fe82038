//! Functions over files and paths. They read through the context, which never leaves the scan.

use base64::Engine as _;

use super::encoding::BASE64;
use super::hash::Digest;
use super::{Call, Function, FunctionError, Kind, Outcome, Param};
use crate::terraform::ReadFault;
use crate::terraform::limits::BYTES_PER_STEP;
use crate::text::{Text, text};
use crate::value::{Because, Type, Value, normal_text};

const TEXT: Param = Param::new(Kind::String);

/// What it takes to find a file and to open it, and to read its bytes, in steps of the evaluation.
const STEPS_PER_FILE: usize = 256;

pub(super) const ALL: &[Function] = &[
    Function::new("abspath", &[TEXT], Kind::String, |call| {
        let path = call.text(0);
        match (path.starts_with('/'), call.context.working_folder()) {
            (true, _) => call.string(&clean(path)),
            (false, Some(folder)) => call.string(&clean(&format!("{folder}/{path}"))),
            (false, None) => Ok(call.unknown(Because::environment(Text::new(
                "the working folder",
                "le dossier de travail",
            )))),
        }
    }),
    Function::new("basename", &[TEXT], Kind::String, |call| {
        call.string(base(call.text(0)))
    }),
    Function::new("dirname", &[TEXT], Kind::String, |call| {
        let path = call.text(0);
        let folder = path.rfind('/').and_then(|end| path.get(..=end));
        call.string(&clean(folder.unwrap_or_default()))
    }),
    Function::new("file", &[TEXT], Kind::String, |call| read_with(call, utf8)),
    Function::new("filebase64", &[TEXT], Kind::String, |call| {
        read_with(call, |bytes| Ok(BASE64.encode(bytes)))
    }),
    Function::new("filebase64sha256", &[TEXT], Kind::String, |call| {
        read_with(call, |bytes| Ok(Digest::Sha256.base64(&bytes)))
    }),
    Function::new("filebase64sha512", &[TEXT], Kind::String, |call| {
        read_with(call, |bytes| Ok(Digest::Sha512.base64(&bytes)))
    }),
    Function::new("fileexists", &[TEXT], Kind::Bool, exists),
    Function::new("filemd5", &[TEXT], Kind::String, |call| {
        read_with(call, |bytes| Ok(Digest::Md5.hex(&bytes)))
    }),
    Function::new("fileset", &[TEXT, TEXT], Kind::Set(&Kind::String), file_set),
    Function::new("filesha1", &[TEXT], Kind::String, |call| {
        read_with(call, |bytes| Ok(Digest::Sha1.hex(&bytes)))
    }),
    Function::new("filesha256", &[TEXT], Kind::String, |call| {
        read_with(call, |bytes| Ok(Digest::Sha256.hex(&bytes)))
    }),
    Function::new("filesha512", &[TEXT], Kind::String, |call| {
        read_with(call, |bytes| Ok(Digest::Sha512.hex(&bytes)))
    }),
    Function::new("pathexpand", &[TEXT], Kind::String, path_expand),
    Function::new(
        "templatefile",
        &[TEXT, Param::new(Kind::Any)],
        Kind::Any,
        template_file,
    )
    .or_null(),
    Function::new(
        "templatestring",
        &[TEXT, Param::new(Kind::Any)],
        Kind::Any,
        template_string,
    ),
];

/// The bytes of the file that the first argument names; an unknown when it lies outside the scan.
fn read(call: &Call<'_>) -> Result<Result<Vec<u8>, Value>, FunctionError> {
    let path = call.text(0);
    if path.is_empty() {
        return Err(FunctionError::argument(
            0,
            Text::new("a path is required", "un chemin est requis"),
        ));
    }
    call.context.spend(STEPS_PER_FILE)?;
    match call.context.read(path) {
        Ok(bytes) => {
            call.context.spend(bytes.len() / BYTES_PER_STEP)?;
            Ok(Ok(bytes))
        }
        Err(ReadFault::Outside) => Ok(Err(call.unknown(outside(path)))),
        Err(fault) => Err(refused(path, &fault)),
    }
}

fn refused(path: &str, fault: &ReadFault) -> FunctionError {
    let why = fault.text();
    FunctionError::argument(0, text!("{path:?}: {why}", "{path:?} : {why}"; why))
}

/// On another machine the file may be there, so it is not known rather than wrong.
fn outside(path: &str) -> Because {
    Because::environment(text!(
        "the file {path:?}, outside the scan,",
        "le fichier {path:?}, hors de l’analyse,"
    ))
}

fn read_with(call: &Call<'_>, then: fn(Vec<u8>) -> Result<String, FunctionError>) -> Outcome {
    match read(call)? {
        Ok(bytes) => call.string(&then(bytes)?),
        Err(unknown) => Ok(unknown),
    }
}

fn utf8(bytes: Vec<u8>) -> Result<String, FunctionError> {
    String::from_utf8(bytes).map_err(|_| {
        FunctionError::argument(
            0,
            Text::new(
                "the file is no UTF-8 text",
                "le fichier n’est pas un texte UTF-8",
            ),
        )
    })
}

fn exists(call: &Call<'_>) -> Outcome {
    let path = call.text(0);
    if path.is_empty() {
        return Err(FunctionError::argument(
            0,
            Text::new("a path is required", "un chemin est requis"),
        ));
    }
    call.context.spend(STEPS_PER_FILE)?;
    match call.context.read(path) {
        Ok(_) | Err(ReadFault::TooBig) => Ok(Value::bool(true)),
        Err(ReadFault::NotFound) => Ok(Value::bool(false)),
        Err(ReadFault::Outside) => Ok(call.unknown(outside(path))),
        Err(fault) => Err(refused(path, &fault)),
    }
}

fn path_expand(call: &Call<'_>) -> Outcome {
    let path = call.text(0);
    match path.strip_prefix('~') {
        None => call.string(path),
        Some("") => Ok(call.unknown(Because::environment(Text::new(
            "the home folder",
            "le dossier personnel",
        )))),
        Some(rest) if rest.starts_with('/') => Ok(call.unknown(Because::environment(Text::new(
            "the home folder",
            "le dossier personnel",
        )))),
        Some(_) => Err(FunctionError::argument(
            0,
            Text::new(
                "the home folder of another user cannot be found",
                "le dossier personnel d’un autre utilisateur ne peut pas être trouvé",
            ),
        )),
    }
}

fn base(path: &str) -> &str {
    if path.is_empty() {
        return ".";
    }
    match path.trim_end_matches('/').rsplit('/').next() {
        Some("") | None => "/",
        Some(name) => name,
    }
}

/// The shortest path that means the same, as Go's `filepath.Clean` makes it.
fn clean(path: &str) -> String {
    let is_rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&"..") | None if !is_rooted => parts.push(".."),
                _ => {
                    parts.pop();
                }
            },
            name => parts.push(name),
        }
    }
    let joined = parts.join("/");
    match (is_rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

fn file_set(call: &Call<'_>) -> Outcome {
    let (folder, pattern) = (call.text(0), call.text(1));
    let cleaned = clean(pattern);
    let pattern: Vec<&str> = cleaned.split('/').collect();
    if !pattern.iter().all(|part| is_well_formed(part)) {
        return Err(FunctionError::argument(
            1,
            Text::new("it is no file pattern", "ce n’est pas un motif de fichiers"),
        ));
    }
    call.context.spend(STEPS_PER_FILE)?;
    let files = match call.context.list(folder) {
        Ok(files) => files,
        Err(ReadFault::NotFound) => Vec::new(),
        Err(ReadFault::Outside) => return Ok(call.unknown(outside(folder))),
        Err(fault) => {
            return Err(refused(folder, &fault));
        }
    };
    call.context
        .spend(STEPS_PER_FILE.saturating_mul(files.len()))?;
    let mut found = Vec::new();
    for file in &files {
        let parts: Vec<&str> = file.split('/').collect();
        if matches_path(&pattern, &parts) {
            found.push(Value::string(normal_text(file)));
        }
        call.check_count(found.len())?;
    }
    Ok(Value::set(Type::String, found))
}

/// Braces and brackets are closed inside one part of the path.
fn is_well_formed(part: &str) -> bool {
    let mut open = None;
    let mut chars = part.chars();
    while let Some(c) = chars.next() {
        match (c, open) {
            ('\\', _) => _ = chars.next(),
            ('{', None) => open = Some('}'),
            ('[', None) => open = Some(']'),
            (c, Some(closing)) if c == closing => open = None,
            ('}', None) => return false,
            _ => {}
        }
    }
    open.is_none()
}

/// `**` alone stands for any number of folders. Linear in both, by remembering where the last `**` can give way.
fn matches_path(pattern: &[&str], path: &[&str]) -> bool {
    let (mut p, mut f) = (0, 0);
    let mut back = None;
    while f < path.len() {
        match (pattern.get(p), path.get(f)) {
            (Some(&"**"), _) => {
                back = Some((p + 1, f));
                p += 1;
            }
            (Some(part), Some(name)) if matches_name(part, name) => {
                p += 1;
                f += 1;
            }
            _ => match back {
                Some((after, at)) => {
                    back = Some((after, at + 1));
                    p = after;
                    f = at + 1;
                }
                None => return false,
            },
        }
    }
    pattern
        .get(p..)
        .unwrap_or_default()
        .iter()
        .all(|part| *part == "**")
}

fn matches_name(pattern: &str, name: &str) -> bool {
    let mut steps = NAME_STEPS;
    matches_chars(pattern, name, &mut steps)
}

/// A bound on the work for one name: nested alternatives and stars could take any time otherwise.
const NAME_STEPS: u32 = 10_000;

fn matches_chars(pattern: &str, name: &str, steps: &mut u32) -> bool {
    let Some(left) = steps.checked_sub(1) else {
        return false;
    };
    *steps = left;
    let mut rest = pattern.chars();
    let mut name_chars = name.chars();
    match rest.next() {
        None => name.is_empty(),
        Some('*') => {
            matches_chars(rest.as_str(), name, steps)
                || name_chars.next().is_some() && matches_chars(pattern, name_chars.as_str(), steps)
        }
        Some('?') => {
            name_chars.next().is_some() && matches_chars(rest.as_str(), name_chars.as_str(), steps)
        }
        Some('[') => {
            let Some((class, after)) = rest.as_str().split_once(']') else {
                return false;
            };
            name_chars.next().is_some_and(|c| in_class(class, c))
                && matches_chars(after, name_chars.as_str(), steps)
        }
        Some('{') => {
            let Some((choices, after)) = rest.as_str().split_once('}') else {
                return false;
            };
            choices
                .split(',')
                .any(|choice| matches_chars(&format!("{choice}{after}"), name, steps))
        }
        Some('\\') => match (rest.next(), name_chars.next()) {
            (Some(wanted), Some(c)) if wanted == c => {
                matches_chars(rest.as_str(), name_chars.as_str(), steps)
            }
            _ => false,
        },
        Some(wanted) => {
            name_chars.next() == Some(wanted)
                && matches_chars(rest.as_str(), name_chars.as_str(), steps)
        }
    }
}

fn in_class(class: &str, c: char) -> bool {
    let (negated, class) = match class.strip_prefix(['!', '^']) {
        Some(rest) => (true, rest),
        None => (false, class),
    };
    let members: Vec<char> = class.chars().collect();
    let mut found = false;
    let mut at = 0;
    while let Some(from) = members.get(at) {
        match (members.get(at + 1), members.get(at + 2)) {
            (Some('-'), Some(to)) => {
                found |= (*from..=*to).contains(&c);
                at += 3;
            }
            _ => {
                found |= *from == c;
                at += 1;
            }
        }
    }
    found != negated
}

/// Template variables are names that a template can refer to.
fn check_variables(variables: &Value) -> Result<(), FunctionError> {
    let Some(entries) = variables.entries() else {
        return Err(FunctionError::argument(
            1,
            Text::new(
                "a map or object is required",
                "une table ou un objet est requis",
            ),
        ));
    };
    for (name, _) in entries {
        let mut chars = name.chars();
        let is_name = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        if !is_name {
            return Err(FunctionError::argument(
                1,
                text!(
                    "{name:?} cannot be the name of a template variable",
                    "{name:?} ne peut pas être le nom d’une variable de modèle"
                ),
            ));
        }
    }
    Ok(())
}

fn rendered(value: Value) -> Outcome {
    if value.is_null() {
        return Err(FunctionError::new(Text::new(
            "the template gives null",
            "le modèle donne null",
        )));
    }
    Ok(value)
}

fn template_file(call: &Call<'_>) -> Outcome {
    check_variables(call.arg(1))?;
    match read(call)? {
        Ok(bytes) => {
            let text = utf8(bytes)?;
            rendered(
                call.context
                    .render(Some(call.text(0)), &text, call.arg(1))?,
            )
        }
        Err(unknown) => Ok(unknown),
    }
}

fn template_string(call: &Call<'_>) -> Outcome {
    check_variables(call.arg(1))?;
    rendered(call.context.render(None, call.text(0), call.arg(1))?)
}
