//! From resource + attribute path to the narrow place that people look at.
//!
//! The ladder: the attribute's own value, its name, the nearest ancestor that is written, the line that declares the resource. Only
//! places inside the resource count: a value that was taken from elsewhere is shown as evidence, not as the place.

use super::Pointed;
use crate::graph::{Resource, World};
use crate::source::{Place, Source, Sources, Span};
use crate::value::{Path, PathStep};

/// A place and what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located {
    /// At most one line.
    pub place: Place,
    /// What it shows.
    pub pointed: Pointed,
}

/// Where a finding on `path` of a resource is shown. Without a path it is the first piece of evidence, when that is a
/// place (`proof`) inside the resource; proof from elsewhere, as a provider block, leaves the header.
pub fn locate(resource: &Resource, path: &str, proof: Option<Place>, sources: &Sources) -> Located {
    let found = at_path(resource, path)
        .map(|found| nearer(found, path, proof, resource))
        .or_else(|| {
            let place = proof.filter(|place| path.is_empty() && is_inside(place, resource))?;
            Some(Located {
                place,
                pointed: Pointed::Attribute,
            })
        })
        .unwrap_or(Located {
            place: resource.header,
            pointed: Pointed::Header,
        });
    let source = sources.at(found.place.source);
    Located {
        place: Place::new(found.place.source, narrow(source, found.place.span)),
        ..found
    }
}

/// Where a path leads into a text that the resource carries, the proof stands nearer than the start of the text; of the
/// several values that a path with `*` means, it is the one that is meant.
fn nearer(found: Located, path: &str, proof: Option<Place>, resource: &Resource) -> Located {
    let Some(place) = proof.filter(|place| is_inside(place, resource)) else {
        return found;
    };
    let is_one = || {
        let path = Path::parse(path).ok();
        let path = path.filter(|path| path.steps().contains(&PathStep::Every));
        path.is_some_and(|path| {
            let values = resource.attributes.get_all(&path);
            values.iter().any(|value| value.origin.place == Some(place))
        })
    };
    let is_part = found.pointed == Pointed::Ancestor && found.place.contains(place);
    if is_part || is_one() {
        return Located {
            place,
            pointed: Pointed::Attribute,
        };
    }
    found
}

fn at_path(resource: &Resource, path: &str) -> Option<Located> {
    let path = Path::parse(path).ok()?;
    let all = path.steps();
    (1..=all.len()).rev().find_map(|len| {
        let steps = all.get(..len)?;
        let value = resource.attributes.get(&Path::of(steps));
        let own = value.and_then(|value| value.origin.place);
        // A value that was made elsewhere still has a name here.
        let place = own
            .filter(|place| is_inside(place, resource) || is_own(place, resource))
            .or_else(|| name_of(steps, resource))?;
        let pointed = if len == all.len() {
            Pointed::Attribute
        } else {
            Pointed::Ancestor
        };
        Some(Located { place, pointed })
    })
}

fn is_inside(place: &Place, resource: &Resource) -> bool {
    let block = resource.block;
    place.source == block.source
        && place.span.start >= block.span.start
        && place.span.end <= block.span.end
        // The whole block is no place to look at, and the header is where one looks anyway.
        && place.span != block.span
        && *place != resource.header
}

/// What a Kubernetes object holds is written for it, in whichever file: a patch of a kustomization has one of its own.
fn is_own(place: &Place, resource: &Resource) -> bool {
    resource.world == World::Kubernetes && place.source != resource.block.source
}

/// Where the name of a top-level attribute is written.
fn name_of(steps: &[PathStep], resource: &Resource) -> Option<Place> {
    let [PathStep::Key(key)] = steps else {
        return None;
    };
    let names = &resource.attribute_names;
    let at = names.binary_search_by(|(name, _)| name.cmp(key)).ok()?;
    names.get(at).map(|(_, place)| *place)
}

/// A span on one line: a longer one is cut to its first line. Where that line holds no more than an opening bracket, as
/// in `tags = {`, the start of the line says more.
pub fn narrow(source: &Source, span: Span) -> Span {
    let start = source.position(span.start);
    if source.position(span.end).line == start.line {
        return span;
    }
    let Some(line) = source.line_span(start.line) else {
        return span;
    };
    let text = line.of(source.text());
    let end = line.start + text.trim_end().len() as u32;
    let first = Span::new(span.start, end.max(span.start));
    if first
        .of(source.text())
        .trim()
        .chars()
        .any(char::is_alphanumeric)
    {
        return first;
    }
    let indent = text.len() - text.trim_start().len();
    Span::new(line.start + indent as u32, first.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;
    use crate::verdict::testing::{resource, span_of};
    use std::sync::Arc;

    const TEXT: &str = "resource \"a_b\" \"c\" {\n  region = var.r\n  tags = {\n    x = 1\n  }\n  size {\n    y = 2\n  }\n}\nother = var.z\n";

    /// `region`, `tags.x` and `size.y` of the text, with their places; `far` is written outside the block.
    fn example(sources: &Sources) -> Resource {
        let source = sources.add("main.tf", TEXT);
        let at = |value: Value, text: &str| value.at(Place::new(source, span_of(TEXT, text)));
        let object = |key: &str, value| Value::object([(Arc::from(key), value)]);
        let mut resource = resource(
            "a_b.c",
            "a_b",
            Place::new(source, span_of(TEXT, "resource \"a_b\" \"c\"")),
        );
        resource.block = Place::new(
            source,
            Span::new(0, TEXT.find("\nother").unwrap_or(0) as u32),
        );
        resource.attributes = Value::object([
            (Arc::from("region"), at(Value::string("eu"), "var.r")),
            (Arc::from("made"), Value::int(1)),
            (Arc::from("far"), at(Value::string("eu"), "var.z")),
            (
                Arc::from("tags"),
                at(object("x", at(Value::int(1), "1")), "{\n    x = 1\n  }"),
            ),
            (
                Arc::from("size"),
                Value::tuple(vec![at(object("y", at(Value::int(2), "2")), "size")]),
            ),
        ]);
        resource.attribute_names =
            Arc::from([(Arc::from("made"), Place::new(source, span_of(TEXT, "size")))]);
        resource
    }

    #[test]
    fn climbs_the_ladder() {
        let sources = Sources::new();
        let resource = example(&sources);
        let cases = [
            ("region", "var.r", Pointed::Attribute),
            ("tags.x", "1", Pointed::Attribute),
            ("size.0.y", "2", Pointed::Attribute),
            ("tags.absent", "tags = {", Pointed::Ancestor),
            ("size.0.absent.deeper", "size", Pointed::Ancestor),
            ("made", "size", Pointed::Attribute),
            ("absent", "resource \"a_b\" \"c\"", Pointed::Header),
            ("far", "resource \"a_b\" \"c\"", Pointed::Header),
            ("", "resource \"a_b\" \"c\"", Pointed::Header),
            ("not[a path", "resource \"a_b\" \"c\"", Pointed::Header),
        ];
        for (path, text, pointed) in cases {
            let located = locate(&resource, path, None, &sources);
            assert_eq!(sources.text(located.place), text, "{path}");
            assert_eq!(located.pointed, pointed, "{path}");
        }
    }

    #[test]
    fn what_a_patch_sets_in_an_object_is_shown_in_the_patch() {
        let sources = Sources::new();
        let mut resource = example(&sources);
        let patch = sources.add("patch.yaml", "region: us-east-1\n");
        let place = Place::new(patch, Span::new(8, 17));
        resource.attributes =
            Value::object([(Arc::from("region"), Value::string("us-east-1").at(place))]);
        let shown = |resource: &Resource| {
            let located = locate(resource, "region", None, &sources);
            sources.text(located.place)
        };
        assert_eq!(shown(&resource), "resource \"a_b\" \"c\"");
        resource.world = World::Kubernetes;
        assert_eq!(shown(&resource), "us-east-1");
    }

    #[test]
    fn without_a_path_the_proof_decides() {
        let sources = Sources::new();
        let resource = example(&sources);
        let place = |text: &str| Place::new(resource.block.source, span_of(TEXT, text));
        let text = |proof| sources.text(locate(&resource, "", proof, &sources).place);
        assert_eq!(text(Some(place("var.r"))), "var.r");
        assert_eq!(text(Some(place("var.z"))), "resource \"a_b\" \"c\"");
        assert_eq!(text(Some(resource.block)), "resource \"a_b\" \"c\"");
    }

    #[test]
    fn inside_a_text_the_proof_is_nearer() {
        let sources = Sources::new();
        let resource = example(&sources);
        let place = |text: &str| Place::new(resource.block.source, span_of(TEXT, text));
        let text = |path, proof| sources.text(locate(&resource, path, proof, &sources).place);
        assert_eq!(text("tags.absent", Some(place("1"))), "1");
        assert_eq!(text("tags.absent", Some(place("var.r"))), "tags = {");
        assert_eq!(text("tags.x", Some(place("size"))), "1");
    }

    #[test]
    fn a_heredoc_is_cut_to_its_first_line() {
        let sources = Sources::new();
        let text = "a = <<EOT\nlong\ntext\nEOT\n";
        let source = sources.get(sources.add("a.tf", text));
        assert_eq!(narrow(&source, Span::new(4, 23)).of(text), "<<EOT");
    }
}
