//! Templates: interpolations and directives to text.

use super::{Evaluator, Fault, Outcome, parts};
use crate::source::Place;
use crate::syntax::hcl::{self, ExprId, List, Part, PartKind};
use crate::terraform::limits::Exceeded;
use crate::terraform::scope::{Frame, Names, Scope};
use crate::value::{Because, Data, Marks, Origin, Type, Value, convert, normal_text};

/// A text in the making.
#[derive(Default)]
struct Output {
    text: String,
    /// The first unknown part makes the whole unknown.
    because: Option<Because>,
    marks: Marks,
    origins: Vec<Origin>,
}

/// So many origins of parts are kept: evidence is for people.
const MAX_ORIGINS: usize = 32;

impl Output {
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
            Some(because) => Value::unknown_of(Type::String, because),
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
            match part.kind {
                PartKind::Literal(_) => {
                    out.text.push_str(&file.part_text(part).unwrap_or_default());
                }
                PartKind::Interpolation(id) => self.interpolation(file, id, scope, out)?,
                PartKind::If(id) => self.if_directive(file, file.get(id), scope, out)?,
                PartKind::For(id) => self.for_directive(file, file.get(id), scope, out)?,
            }
            if out.text.len() > self.budget.limits.string {
                let limit = Exceeded("a text is longer than a scan allows");
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
            Data::Null(_) => return Err(Fault::value(place, "null cannot be part of a text")),
            Data::String(text) => out.text.push_str(text),
            Data::Unknown(unknown) => {
                out.because.get_or_insert_with(|| unknown.because.clone());
                convert(&value, &Type::String)
                    .map_err(|error| Fault::value(place, error.to_string()))?;
            }
            _ => {
                let text = convert(&value, &Type::String).map_err(|_| {
                    Fault::value(place, format!("{} cannot be part of a text", value.ty()))
                        .help("convert it, for example with jsonencode() or join()")
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
        match self.bool_of(&test, place, "the condition")? {
            Some(true) => self.parts(file, directive.then, scope, out),
            Some(false) => self.parts(file, directive.otherwise, scope, out),
            None => {
                let because = test.as_unknown().map(|unknown| unknown.because.clone());
                out.because = out.because.take().or(because);
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
            out.because.get_or_insert_with(|| unknown.because.clone());
            return Ok(());
        }
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
        Ok(())
    }
}
