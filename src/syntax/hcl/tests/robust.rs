//! Hostile input: nothing panics, and every span can be read back.

use proptest::prelude::*;

use super::{cases, read};
use crate::source::Span;
use crate::syntax::hcl::{File, Item, PartKind, StepKind};

/// A bit of everything.
pub(super) const SAMPLE: &str = r#"# header
resource "aws_s3_bucket" "données-é" {
  bucket = "data-${var.name}-%{if x}a%{else}b%{endif}" // note
  count  = var.n > 0 ? length(var.list[*].id) : -1.5e3
  tags = {
    "k"     = null, (var.k) : [1, 2, true]
    d.e = { for k, v in m : k => v... if !v.off }
  }
  text = <<-EOT
    a ${~ b ~}
      %{ for i, x in y ~}
      $${i} ${x.0.*.z}
      %{ endfor }
  EOT
  one { x = core::f(b, a...) }
  two { x = f(g(<<T
t
T
  )...) }
  /* c */
}
"#;

/// Checks all spans of a text's tree and problems.
fn check(text: &str) {
    let parsed = read(text);
    let file = &parsed.file;
    let arenas = &file.arenas;
    let inside = |span: Span| {
        assert!(span.start <= span.end, "{span:?} in {text:?}");
        assert!(
            text.get(span.start as usize..span.end as usize).is_some(),
            "{span:?} in {text:?}"
        );
    };
    arenas.exprs.iter().for_each(|expr| inside(expr.span));
    arenas.bodies.iter().for_each(|body| inside(body.span));
    arenas.labels.iter().for_each(|label| inside(label.span));
    arenas
        .labels
        .iter()
        .for_each(|label| inside(label.text.span));
    arenas.calls.iter().for_each(|call| inside(call.name));
    file.comments()
        .iter()
        .for_each(|comment| inside(comment.span));
    for step in &arenas.steps {
        inside(step.span);
        if let StepKind::Attribute(name) | StepKind::LegacyIndex(name) = step.kind {
            inside(name);
        }
    }
    for part in &arenas.parts {
        inside(part.span);
        if let PartKind::Literal(_) = part.kind {
            assert!(file.part_text(part).is_some());
        }
    }
    arenas
        .bodies
        .iter()
        .for_each(|body| check_items(file, body.span, file.list(body.items)));
    for problem in &parsed.problems {
        inside(problem.place.map(|place| place.span).unwrap());
        problem
            .related
            .iter()
            .for_each(|(place, _)| inside(place.span));
    }
}

fn check_items(file: &File, outer: Span, items: &[Item]) {
    let mut before = outer.start;
    for item in items {
        let (name, span) = match item {
            Item::Attribute(attribute) => (attribute.name, attribute.span),
            Item::Block(block) => (block.kind, block.span),
        };
        assert!(!file.text(name).is_empty());
        assert_eq!(name.start, span.start);
        assert!(
            before <= span.start && span.end <= outer.end,
            "{span:?} outside {outer:?}"
        );
        before = span.end;
    }
}

#[test]
fn every_prefix_is_read_without_panic() {
    for text in cases::TAKEN.iter().chain(cases::REFUSED).chain([&SAMPLE]) {
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            check(&text[..end]);
        }
    }
}

#[test]
fn every_change_of_a_character_is_read_without_panic() {
    assert_eq!(read(SAMPLE).problems, []);
    for (at, c) in SAMPLE.char_indices() {
        let (before, after) = (&SAMPLE[..at], &SAMPLE[at + c.len_utf8()..]);
        for other in ["", "\"", "{", "}", "\n", "$", "\\", "*", "\u{0}", "é"] {
            check(&format!("{before}{other}{after}"));
        }
    }
}

#[test]
fn a_word_that_is_no_directive_belongs_to_what_follows() {
    check("a = <<A\n%{\na = [");
    check("a = \"%{\nb = 1\n");
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in r#"([a-c0-9 =.,:?*~$%{}()\[\]"\\\n\r\t#/<>!&|é-]|<<-?A\n|\nA\n|for |if |in |\$\{|%\{|[ab] = ){0,60}"#) {
        check(&text);
    }
}
