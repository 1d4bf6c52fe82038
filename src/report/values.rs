//! Values as JSON, in the notation of Terraform's own plans: the known part of a value, which parts are unknown, which
//! parts are sensitive. Beside them stands what a plan does not say: why a part is unknown.

use std::fmt::Write as _;
use std::io;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::ser::{CompactFormatter, Formatter};
use serde_json::{Map, Value as Json};

use super::safe::escaped_text;
use crate::value::{Because, Data, Number, Origin, Type, Unknown, Value};

/// Whether sensitive values are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Secrets {
    /// As null.
    #[default]
    Hidden,
    /// As they are, since somebody asked for it.
    Shown,
}

impl Secrets {
    /// True when nothing of a value may be printed.
    pub(super) fn hide(self, value: &Value) -> bool {
        self == Self::Hidden && value.is_sensitive()
    }
}

/// The known part of a value: unknown attributes are left out, unknown elements are null, and so is what is hidden.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a>(pub(super) &'a Value, pub(super) Secrets);

impl Serialize for Known<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self(value, secrets) = *self;
        if secrets.hide(value) {
            return to.serialize_none();
        }
        if let Some(elements) = value.elements() {
            let mut seq = to.serialize_seq(Some(elements.len()))?;
            for element in elements {
                seq.serialize_element(&Known(element, secrets))?;
            }
            return seq.end();
        }
        if let Some(entries) = value.entries() {
            let mut map = to.serialize_map(None)?;
            let is_known = |inner: &Value| !inner.is_unknown() || gap(inner).is_none();
            for (key, inner) in entries.iter().filter(|(_, inner)| is_known(inner)) {
                map.serialize_entry(&**key, &Known(inner, secrets))?;
            }
            return map.end();
        }
        match &value.data {
            Data::Bool(truth) => to.serialize_bool(*truth),
            Data::String(text) => to.serialize_str(text),
            Data::Number(number) => write_number(number, to),
            _ => to.serialize_none(),
        }
    }
}

/// With all its digits: Terraform's numbers are wider than those of most readers of JSON. What no integer type holds goes
/// as bytes, which nothing else is written as, and [`Exact`] sets them down as they are.
fn write_number<S: Serializer>(number: &Number, to: S) -> Result<S::Ok, S::Error> {
    match number.as_i64() {
        Some(whole) => to.serialize_i64(whole),
        None => to.serialize_bytes(number.to_string().as_bytes()),
    }
}

/// Writes a document of values, indented.
///
/// # Errors
/// When `out` cannot take more.
pub(crate) fn write(document: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let mut to = serde_json::Serializer::with_formatter(out, Exact(Indented::default()));
    document.serialize(&mut to).map_err(io::Error::from)
}

/// The same as bytes, with room for so many.
pub(super) fn indented(document: &impl Serialize, room: usize) -> serde_json::Result<Vec<u8>> {
    let mut out = Vec::with_capacity(room);
    let mut to = serde_json::Serializer::with_formatter(&mut out, Exact(Indented::default()));
    document.serialize(&mut to)?;
    Ok(out)
}

/// The same on one line.
pub(super) fn on_one_line(document: &impl Serialize, room: usize) -> serde_json::Result<Vec<u8>> {
    let mut out = Vec::with_capacity(room);
    let mut to = serde_json::Serializer::with_formatter(&mut out, Exact(CompactFormatter));
    document.serialize(&mut to)?;
    Ok(out)
}

/// As `serde_json` indents, with each line begun in one step: a report has a million of them.
#[derive(Default)]
struct Indented {
    depth: usize,
    has_value: bool,
}

/// A line break and the indentation of the deepest line that is begun in one step.
const LINE: &[u8] = b",\n                                                                ";

impl Indented {
    fn open<W: ?Sized + io::Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.has_value = false;
        out.write_all(bracket)
    }

    fn close<W: ?Sized + io::Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if self.has_value {
            self.line(out, true)?;
        }
        out.write_all(bracket)
    }

    /// Begins a line; `first`: there is nothing before it to be told apart from.
    fn line<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        let start = usize::from(first);
        let end = 2 + 2 * self.depth;
        if let Some(line) = LINE.get(start..end) {
            return out.write_all(line);
        }
        out.write_all(LINE.get(start..2).unwrap_or_default())?;
        (0..self.depth).try_for_each(|_| out.write_all(b"  "))
    }
}

impl Formatter for Indented {
    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"[")
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"]")
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.line(out, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"{")
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"}")
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.line(out, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }
}

/// Indented, with the digits of wide numbers, and nothing that drives a terminal.
struct Exact<F>(F);

/// Methods that do the same as those of the formatter inside.
macro_rules! as_inside {
    ($($name:ident($($argument:ident: $type:ty)?);)*) => {
        $(fn $name<W: ?Sized + io::Write>(&mut self, out: &mut W $(, $argument: $type)?) -> io::Result<()> {
            self.0.$name(out $(, $argument)?)
        })*
    };
}

impl<F: Formatter> Formatter for Exact<F> {
    as_inside! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        begin_object_value();
        end_object_value();
    }

    /// What drives terminals or breaks lines is written as `\u` escapes: the same values.
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        self.0.write_string_fragment(out, &escaped_text(fragment))
    }

    fn write_byte_array<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        digits: &[u8],
    ) -> io::Result<()> {
        out.write_all(digits)
    }
}

/// Which parts are unknown, as a plan says it: `true`, or a shape that holds what is unknown and nothing else; `false`
/// or an empty shape when all is known. Of what is hidden the shape is hidden as well.
pub(super) fn unknown(value: &Value, secrets: Secrets) -> Json {
    let ends = |value: &Value| value.is_unknown() || secrets.hide(value);
    shape(value, &ends, &|value| gap(value).is_some())
}

/// The first unknown in a value. What plans and states hold and nobody may see is withheld as soon as it is read, and yet
/// known.
fn gap(value: &Value) -> Option<&Unknown> {
    let found = value.first_unknown();
    found.filter(|unknown| unknown.because != Because::Sensitive)
}

/// Which parts are sensitive, in the same notation.
pub(super) fn sensitive(value: &Value) -> Json {
    let marked = Value::is_sensitive;
    shape(value, &marked, &marked)
}

/// The shape of what holds: `ends` says where to go no deeper, `holds` what to say there.
fn shape(value: &Value, ends: &dyn Fn(&Value) -> bool, holds: &dyn Fn(&Value) -> bool) -> Json {
    if ends(value) {
        return Json::Bool(holds(value));
    }
    if let Some(all) = value.elements() {
        let all: Vec<Json> = all.iter().map(|inner| shape(inner, ends, holds)).collect();
        // One that says nothing of any element says nothing at all.
        return Json::Array(if all.iter().all(is_empty) {
            Vec::new()
        } else {
            all
        });
    }
    if let Some(all) = value.entries() {
        let all = all
            .iter()
            .map(|(key, inner)| (key.to_string(), shape(inner, ends, holds)));
        return Json::Object(all.filter(|(_, shape)| !is_empty(shape)).collect());
    }
    Json::Bool(false)
}

/// True for a shape that says of nothing that it is so.
pub(super) fn is_empty(shape: &Json) -> bool {
    match shape {
        Json::Bool(so) => !so,
        Json::Array(all) => all.is_empty(),
        Json::Object(all) => all.is_empty(),
        _ => true,
    }
}

/// The type as Terraform writes it in plans; none when part of the value is unknown, as there, or when it would tell the
/// keys of what is hidden.
pub(super) fn type_of(value: &Value, secrets: Secrets) -> Option<Json> {
    if value.first_unknown().is_some() {
        return None;
    }
    let ty = value.ty();
    let tells = secrets == Secrets::Hidden
        && has_object(&ty)
        && value.deep_marks().has(crate::value::Marks::SENSITIVE);
    (!tells).then(|| ty.to_json())
}

fn has_object(ty: &Type) -> bool {
    match ty {
        Type::Object(_) => true,
        Type::List(of) | Type::Set(of) | Type::Map(of) => has_object(of),
        Type::Tuple(all) => all.iter().any(has_object),
        Type::Dynamic | Type::String | Type::Number | Type::Bool => false,
    }
}

/// Why each unknown part is unknown, by path; the empty path is the value itself.
pub(super) fn reasons(value: &Value, secrets: Secrets) -> Map<String, Json> {
    let mut out = Map::new();
    leaves(value, secrets, &mut |path, leaf, _| {
        if let Some(unknown) = gap(leaf) {
            out.insert(path.to_owned(), unknown.because.to_string().into());
        }
    });
    out
}

/// Takes a path, the part that stands there, and where it came from.
pub(super) type Visit<'v, 'a> = &'v mut dyn FnMut(&str, &'a Value, &'a Origin);

/// Every part that has no parts of its own. What is hidden counts as one part. A part that was made, as a key by `keys()`,
/// came from where the whole came from.
pub(super) fn leaves<'a>(value: &'a Value, secrets: Secrets, visit: Visit<'_, 'a>) {
    let mut path = String::new();
    walk(value, &value.origin, secrets, &mut path, visit);
}

fn walk<'a>(
    value: &'a Value,
    around: &'a Origin,
    secrets: Secrets,
    path: &mut String,
    visit: Visit<'_, 'a>,
) {
    let own = &value.origin;
    let origin = if own.place.is_some() || own.via.is_some() {
        own
    } else {
        around
    };
    let elements = value.elements().unwrap_or_default();
    let entries = value.entries().unwrap_or_default();
    if secrets.hide(value) || (elements.is_empty() && entries.is_empty()) {
        visit(path, value, origin);
        return;
    }
    let length = path.len();
    for (at, inner) in elements.iter().enumerate() {
        step_to(path, &at.to_string());
        walk(inner, origin, secrets, path, visit);
        path.truncate(length);
    }
    for (key, inner) in entries {
        step_to(path, key);
        walk(inner, origin, secrets, path, visit);
        path.truncate(length);
    }
}

/// `a` + `b` -> `a.b`, with brackets and quotes where a plain word does not do: as [`crate::value::Path`] reads it.
fn step_to(path: &mut String, step: &str) {
    let plain = !step.is_empty() && !step.contains(['.', '[', ']', '"', '*']);
    if plain {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(step);
    } else {
        // Writing to a string never fails.
        let quote = if step.contains('"') { '\'' } else { '"' };
        _ = write!(path, "[{quote}{step}{quote}]");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Because, Marks};
    use std::sync::Arc;

    #[test]
    fn lines_are_indented_as_everywhere() {
        let mut deep = serde_json::json!({"a": [], "b": {}, "c": [1, [2, {"d": null}]], "e": "f"});
        for depth in 0..80 {
            let room = depth % 3;
            let own = indented(&deep, room).expect("JSON");
            let known = serde_json::to_vec_pretty(&deep).expect("JSON");
            assert_eq!(String::from_utf8(own), String::from_utf8(known));
            deep = match depth % 2 {
                0 => serde_json::json!([deep, "x"]),
                _ => serde_json::json!({"y": deep}),
            };
        }
    }

    fn json(value: &Value, secrets: Secrets) -> String {
        let mut out = Vec::new();
        let mut to = serde_json::Serializer::with_formatter(
            &mut out,
            Exact(serde_json::ser::CompactFormatter),
        );
        Known(value, secrets).serialize(&mut to).expect("JSON");
        String::from_utf8(out).expect("UTF-8")
    }

    fn object(entries: &[(&str, Value)]) -> Value {
        Value::object(
            entries
                .iter()
                .map(|(key, value)| (Arc::from(*key), value.clone())),
        )
    }

    fn example() -> Value {
        let secret = |value: Value| value.marked(Marks::SENSITIVE);
        let open = || Value::unknown(Because::Variable("x".into()));
        object(&[
            ("a", Value::int(1)),
            ("b", open()),
            ("c", secret(Value::string("hunter2"))),
            ("d.e", Value::tuple(vec![Value::null(), open()])),
            (
                "f",
                secret(object(&[("user", Value::string("eve")), ("pin", open())])),
            ),
            ("g", Value::tuple(vec![Value::bool(true)])),
        ])
    }

    #[test]
    fn unknown_parts_are_left_out_and_sensitive_ones_hidden() {
        let value = example();
        assert_eq!(
            json(&value, Secrets::Hidden),
            r#"{"a":1,"c":null,"d.e":[null,null],"f":null,"g":[true]}"#
        );
        assert_eq!(
            unknown(&value, Secrets::Hidden).to_string(),
            r#"{"b":true,"d.e":[false,true],"f":true}"#
        );
        assert_eq!(sensitive(&value).to_string(), r#"{"c":true,"f":true}"#);
        let reasons = Json::Object(reasons(&value, Secrets::Hidden)).to_string();
        let why = r#""variable \"x\" has no value""#;
        assert_eq!(
            reasons,
            format!(r#"{{"b":{why},"[\"d.e\"].1":{why},"f":{why}}}"#)
        );
        assert!(type_of(&value, Secrets::Hidden).is_none());
    }

    #[test]
    fn secrets_are_shown_when_asked_for() {
        let value = example();
        assert!(
            json(&value, Secrets::Shown)
                .contains(r#""c":"hunter2","d.e":[null,null],"f":{"user":"eve"}"#)
        );
        assert_eq!(
            unknown(&value, Secrets::Shown).to_string(),
            r#"{"b":true,"d.e":[false,true],"f":{"pin":true}}"#
        );
        let secret = object(&[("eve", Value::int(1))]).marked(Marks::SENSITIVE);
        assert_eq!(type_of(&secret, Secrets::Hidden), None);
        assert_eq!(
            type_of(&secret, Secrets::Shown)
                .map(|ty| ty.to_string())
                .as_deref(),
            Some(r#"["object",{"eve":"number"}]"#)
        );
    }

    #[test]
    fn numbers_keep_every_digit() {
        let number = |text: &str| {
            let number = Number::parse(text).expect("a number");
            json(&Value::from(Data::Number(number)), Secrets::Hidden)
        };
        assert_eq!(number("0.5"), "0.5");
        assert_eq!(number("12"), "12");
        assert_eq!(number("9007199254740993000001"), "9007199254740993000001");
        assert_eq!(
            number("0.1234567890123456789012345"),
            "0.1234567890123456789012345"
        );
    }
}
