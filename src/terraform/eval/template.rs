//! Templates: interpolations and directives to text.

use super::{Evaluator, Fault, Outcome, parts};
use crate::source::Place;
use crate::syntax::hcl::{self, ExprId, List, Part, PartKind};
use crate::terraform::limits::{BYTES_PER_STEP, Exceeded};
use crate::terraform::scope::{Frame, Names, Scope};
use crate::text::{Text, text};
use crate::value::{Because, Data, Marks, Origin, Range, Type, Value, convert, normal_text};

/// A text in the making.
#[derive(Default)]
struct Output {
    text: String,
    /// The first unknown part makes the whole unknown.
    because: Option<Because>,
    /// So much of the text comes before it.
    known: usize,
    marks: Marks,
    origins: Vec<Origin>,
}

/// So many origins of parts are kept: evidence is for people.
const MAX_ORIGINS: usize = 32;

impl Output {
    /// From here on the text is not known.
    fn open(&mut self, because: Because) {
        if self.because.is_none() {
            self.known = self.text.len();
            self.because = Some(because);
        }
    }

    fn came_from(&mut self, origin: &Origin) {
        if self.origins.len() < MAX_ORIGINS {
            self.origins.push(origin.clone());
        }
    }
}

impl<'a> Evaluator<'a> {
    pub(super) fn template(
        &self,
        file: &hcl::File,
        list: List<Part>,
        place: Place,
        scope: &Scope<'_, 'a>,
    ) -> Outcome {
        let mut out = Output::default();
        self.parts(file, list, scope, &mut out)?;
        self.make(out.text.len() / super::BYTES_PER_NODE, place)?;
        let value = match out.because {
            Some(because) => {
                let start = out.text.get(..out.known).unwrap_or_default();
                let range = Range::starting_with(start).with_parts(&out.text);
                Value::unknown_of(Type::String, because).within(range)
            }
            None => Value::string(normal_text(&out.text)),
        };
        let mut value = value.marked(out.marks);
        value.origin = parts(place, out.origins);
        Ok(value)
    }

    fn parts(
        &self,
        file: &hcl::File,
        list: List<Part>,
        scope: &Scope<'_, 'a>,
        out: &mut Output,
    ) -> Result<(), Fault> {
        for part in file.list(list) {
            let before = out.text.len();
            match part.kind {
                PartKind::Literal(_) => {
                    out.text.push_str(&file.part_text(part).unwrap_or_default());
                }
                PartKind::Interpolation(id) => self.interpolation(file, id, scope, out)?,
                PartKind::If(_) | PartKind::For(_) => {
                    let (start, was_open) = (out.text.len(), out.because.is_some());
                    match part.kind {
                        PartKind::If(id) => self.if_directive(file, file.get(id), scope, out)?,
                        PartKind::For(id) => self.for_directive(file, file.get(id), scope, out)?,
                        _ => {}
                    }
                    // A directive is known as a whole or not at all.
                    if !was_open {
                        out.known = out.known.min(start);
                    }
                }
            }
            let written = out.text.len().saturating_sub(before) as u64;
            self.budget
                .step(written / BYTES_PER_STEP as u64)
                .map_err(|exceeded| Fault::limit(file.place(part.span), exceeded))?;
            if out.text.len() > self.budget.limits.string {
                let limit = Exceeded(
                    "a text is longer than a scan allows",
                    "un texte est plus long qu’une analyse ne le permet",
                );
                return Err(Fault::limit(file.place(part.span), limit));
            }
        }
        Ok(())
    }

    fn interpolation(
        &self,
        file: &hcl::File,
        id: ExprId,
        scope: &Scope<'_, 'a>,
        out: &mut Output,
    ) -> Result<(), Fault> {
        let value = self.eval(file, id, scope)?;
        let place = file.place(file.expr(id).span);
        out.marks = out.marks.with(value.marks);
        out.came_from(&value.origin);
        match &value.data {
            Data::Null(_) => {
                return Err(Fault::value(
                    place,
                    Text::new(
                        "null cannot be part of a text",
                        "null ne peut pas entrer dans un texte",
                    ),
                ));
            }
            Data::String(text) => out.text.push_str(text),
            Data::Unknown(unknown) => {
                // What is unknown is not asked for its type.
                out.open(unknown.because.clone());
                if let Some(parts) = &unknown.range.parts {
                    out.text.push_str(parts);
                }
            }
            _ => {
                let text = convert(&value, &Type::String).map_err(|_| {
                    Fault::value(
                        place,
                        text!(
                            "{} cannot be part of a text",
                            "{} ne peut pas entrer dans un texte",
                            value.ty()
                        ),
                    )
                    .help(Text::new(
                        "convert it, for example with jsonencode() or join()",
                        "convertissez-le, par exemple avec jsonencode() ou join()",
                    ))
                })?;
                out.text.push_str(text.as_str().unwrap_or_default());
            }
        }
        Ok(())
    }

    fn if_directive(
        &self,
        file: &hcl::File,
        directive: &hcl::IfDirective,
        scope: &Scope<'_, 'a>,
        out: &mut Output,
    ) -> Result<(), Fault> {
        let test = self.eval(file, directive.condition, scope)?;
        let place = file.place(file.expr(directive.condition).span);
        out.marks = out.marks.with(test.marks);
        out.came_from(&test.origin);
        if let Some(unknown) = test.as_unknown() {
            out.open(unknown.because.clone());
            self.marks_of(file, directive.then, scope, out)?;
            return self.marks_of(file, directive.otherwise, scope, out);
        }
        let (taken, other) =
            match self.bool_of(&test, place, &Text::new("the condition", "la condition"))? {
                Some(true) => (directive.then, directive.otherwise),
                _ => (directive.otherwise, directive.then),
            };
        self.parts(file, taken, scope, out)?;
        // That the other arm is a secret can be told from which one was taken.
        self.marks_of(file, other, scope, out)
    }

    /// Evaluates parts for their marks only.
    fn marks_of(
        &self,
        file: &hcl::File,
        list: List<Part>,
        scope: &Scope<'_, 'a>,
        out: &mut Output,
    ) -> Result<(), Fault> {
        let mut unused = Output::default();
        match self.parts(file, list, scope, &mut unused) {
            Err(fault) if !fault.is_soft() => Err(fault),
            _ => {
                out.marks = out.marks.with(unused.marks);
                Ok(())
            }
        }
    }

    fn for_directive(
        &self,
        file: &hcl::File,
        directive: &hcl::ForDirective,
        scope: &Scope<'_, 'a>,
        out: &mut Output,
    ) -> Result<(), Fault> {
        let collection = self.eval(file, directive.collection, scope)?;
        let place = file.place(file.expr(directive.collection).span);
        out.marks = out.marks.with(collection.marks);
        out.came_from(&collection.origin);
        if let Some(unknown) = collection.as_unknown() {
            super::collections::check_iterable(unknown, place)?;
            out.open(unknown.because.clone());
            return Ok(());
        }
        let (marks, was_open) = (out.marks, out.because.is_some());
        for (key, value) in super::collections::pairs(&collection, place)? {
            self.make(1, place)?;
            let outer = Frame {
                names: Names::One(directive.key_name.map_or("", |name| file.text(name)), key),
                outer: scope.frame,
            };
            let frame = Frame {
                names: Names::One(file.text(directive.value_name), value),
                outer: Some(&outer),
            };
            self.parts(file, directive.body, &scope.with(&frame), out)?;
        }
        // Terraform forgets the marks of the parts when one of them is unknown: there is nothing to hide yet.
        if !was_open && out.because.is_some() {
            out.marks = marks;
        }
        Ok(())
    }
}
