//! Bodies to objects: attributes, nested blocks, dynamic blocks.

use std::sync::Arc;

use super::common::Common;
use super::eval::{Evaluator, Fault, collection_pairs};
use super::index::{Block, Body};
use super::limits::Exceeded;
use super::module::{META_ARGUMENTS, META_BLOCKS};
use super::scope::{Frame, Names, Scope};
use crate::problem::{Problem, ProblemCode};
use crate::text::Text;
use crate::value::{Because, Data, Entries, Origin, Step, Value, Via};

/// Blocks of one kind, in the order written; a dynamic block gives several at once.
type Grouped = Vec<(Arc<str>, Vec<Arc<[Value]>>)>;

impl<'a> Evaluator<'a> {
    /// The arguments of a resource: its body without what Terraform itself reads.
    pub(super) fn body(
        &self,
        body: &Body,
        scope: &Scope<'_, 'a>,
        common: Option<&Common>,
    ) -> Value {
        self.object_with(body, scope, common, &META_ARGUMENTS, &META_BLOCKS)
    }

    /// A body as an object, without the named attributes and blocks.
    pub(super) fn object_of(
        &self,
        body: &Body,
        scope: &Scope<'_, 'a>,
        without: &[&str],
        without_blocks: &[&str],
    ) -> Value {
        self.object_with(body, scope, None, without, without_blocks)
    }

    fn object_with(
        &self,
        body: &Body,
        scope: &Scope<'_, 'a>,
        common: Option<&Common>,
        without: &[&str],
        without_blocks: &[&str],
    ) -> Value {
        let mut entries: Entries = Vec::with_capacity(body.attributes.len() + body.blocks.len());
        for (at, attribute) in body.attributes.iter().enumerate() {
            if without.contains(&&*attribute.name) {
                continue;
            }
            let shared = common.and_then(|common| common.attribute(at));
            let value = self.once_for_all(shared, || {
                let mut value = self.value(&attribute.expr, scope);
                if value.origin.place.is_none() {
                    value.origin.place = Some(attribute.expr.place());
                }
                value
            });
            entries.push((Arc::clone(&attribute.name), value));
        }
        let mut grouped = Grouped::new();
        for (at, block) in body.blocks.iter().enumerate() {
            if without_blocks.contains(&&*block.kind) {
                continue;
            }
            let shared = common.and_then(|common| common.block(at));
            let inside = common.and_then(|common| common.inside(at));
            if &*block.kind == "dynamic" {
                let values = self.once_for_all(shared, || self.dynamic(block, scope).into());
                push(&mut grouped, &block.label(0), values);
            } else {
                let values = self.once_for_all(shared, || {
                    let value = self.object_with(&block.body, scope, inside, &[], &[]);
                    Arc::from([labelled(value.at(block.header), &block.labels)])
                });
                push(&mut grouped, &block.kind, values);
            }
        }
        for (kind, mut given) in grouped {
            let values = match (given.len(), given.pop()) {
                (1, Some(only)) => only,
                (_, last) => given
                    .iter()
                    .chain(&last)
                    .flat_map(|all| all.iter().cloned())
                    .collect(),
            };
            let place = values.first().and_then(|value| value.origin.place);
            let mut value = Value::tuple(values);
            value.origin.place = place;
            entries.push((kind, value));
        }
        Value::object(entries)
    }

    /// `dynamic "kind" { for_each = ..., content { } }`
    fn dynamic(&self, block: &Block, scope: &Scope<'_, 'a>) -> Vec<Value> {
        let kind = block.label(0);
        let content = block.body.blocks_of("content").next();
        let (Some(content), Some(for_each)) = (content, block.body.expr("for_each")) else {
            self.problem(
                Problem::error(
                    ProblemCode::Syntax,
                    Text::new(
                        "a dynamic block needs `for_each` and `content { }`",
                        "un bloc dynamique a besoin de `for_each` et de `content { }`",
                    ),
                )
                .at(block.header),
            );
            return Vec::new();
        };
        let iterator = match block.body.expr("iterator") {
            Some(expr) => match expr.as_hcl() {
                Some((file, id)) => file.text(file.expr(id).span).to_owned(),
                None => kind.to_string(),
            },
            None => kind.to_string(),
        };
        let collection = self.value(for_each, scope);
        let place = for_each.place();
        if let Some(unknown) = collection.as_unknown() {
            let because = unknown.because.clone();
            let mut one = collection.clone();
            one.data = Value::unknown(because.clone()).data;
            let value = self.dynamic_content(content, &iterator, (&one, &one), scope);
            // Whether there is such a block at all is not known, so nothing in it is. What it refers to still is.
            let mut value_unknown = Value::unknown(because).at(block.header);
            value_unknown.origin.via = Some(Arc::new(Via {
                step: Step::Parts,
                origins: leaves(&value, collection.origin),
            }));
            return vec![value_unknown];
        }
        let pairs = match collection_pairs(&collection, place) {
            Ok(pairs) => pairs,
            Err(fault) => {
                self.report(fault);
                return vec![Value::unknown(Because::Error).at(block.header)];
            }
        };
        if pairs.len() > self.budget.limits.instances_per_block
            || self.budget.make(pairs.len()).is_err()
        {
            let limit = Exceeded(
                "a dynamic block makes more blocks than a scan allows",
                "un bloc dynamique fait plus de blocs qu’une analyse n’en permet",
            );
            self.report(Fault::limit(place, limit));
            return vec![Value::unknown(Because::Limit).at(block.header)];
        }
        let mut all = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            let marks = collection.marks;
            let (key, value) = (key.marked(marks), value.marked(marks));
            let mut object = self.dynamic_content(content, &iterator, (&key, &value), scope);
            object.origin.place = Some(block.header);
            let labels = block.body.expr("labels").map(|expr| {
                let frame = iterator_frame(&iterator, &key, &value, scope);
                self.value(expr, &scope.with(&frame))
            });
            let labels = labels.as_ref().and_then(|labels| labels.elements());
            let labels: Vec<Arc<str>> = labels
                .unwrap_or_default()
                .iter()
                .filter_map(|label| label.as_str().map(Arc::from))
                .collect();
            all.push(labelled(object, &labels));
        }
        all
    }

    fn dynamic_content(
        &self,
        content: &Block,
        iterator: &str,
        (key, value): (&Value, &Value),
        scope: &Scope<'_, 'a>,
    ) -> Value {
        let frame = iterator_frame(iterator, key, value, scope);
        self.object_of(&content.body, &scope.with(&frame), &[], &[])
    }
}

fn iterator_frame<'s>(
    iterator: &'s str,
    key: &Value,
    value: &Value,
    scope: &Scope<'s, '_>,
) -> Frame<'s> {
    let each = Value::object([("key".into(), key.clone()), ("value".into(), value.clone())]);
    Frame {
        names: Names::One(iterator, each),
        outer: scope.frame,
    }
}

fn push(grouped: &mut Grouped, kind: &Arc<str>, values: Arc<[Value]>) {
    if values.is_empty() {
        return;
    }
    match grouped.iter_mut().find(|(known, _)| known == kind) {
        Some((_, before)) => before.push(values),
        None => grouped.push((Arc::clone(kind), vec![values])),
    }
}

/// Labels of a nested block become attributes: `label`, or `label_0` and so on.
fn labelled(value: Value, labels: &[Arc<str>]) -> Value {
    if labels.is_empty() {
        return value;
    }
    let Data::Object(entries) = &value.data else {
        return value;
    };
    let named = labels.iter().enumerate().map(|(at, label)| {
        let name: Arc<str> = if labels.len() == 1 {
            "label".into()
        } else {
            format!("label_{at}").into()
        };
        let mut text = Value::string(Arc::clone(label));
        text.origin = value.origin.clone();
        (name, text)
    });
    // What the block itself says wins.
    let all = named.chain(entries.iter().cloned());
    Value {
        origin: value.origin.clone(),
        marks: value.marks,
        ..Value::object(all.collect::<Vec<_>>())
    }
}

/// So many origins are kept of a block that may not exist.
const MAX_LEAVES: usize = 32;

/// Where the parts of a value came from, and one more.
fn leaves(value: &Value, last: Origin) -> Vec<Origin> {
    fn gather(value: &Value, out: &mut Vec<Origin>) {
        if out.len() >= MAX_LEAVES {
            return;
        }
        if value.origin.via.is_some() {
            out.push(value.origin.clone());
        }
        let elements = value.elements().unwrap_or_default().iter();
        let entries = value.entries().unwrap_or_default().iter();
        for inner in elements.chain(entries.map(|(_, value)| value)) {
            gather(inner, out);
        }
    }
    let mut out = vec![last];
    gather(value, &mut out);
    out
}
