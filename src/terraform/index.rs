//! Bodies in one shape, whether written in HCL or in Terraform's JSON syntax.
//!
//! A body is indexed once and then shared by all instances of what it describes: names are interned, attributes
//! sorted, so that evaluation only fills in values.

use hashbrown::HashSet;
use std::sync::Arc;

use super::limits::JSON_VALUES;
use super::schema::Schema;
use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, SourceId, Span};
use crate::syntax::hcl::{self, ExprId};
use crate::syntax::json::{self, NodeId, NodeKind};
use crate::text::{Text, text};
use crate::value::{Number, Value};

/// An expression, wherever it is written.
#[derive(Debug, Clone)]
pub(super) enum Expr {
    /// In HCL.
    Hcl(Arc<hcl::File>, ExprId),
    /// In Terraform's JSON syntax.
    Json(Arc<JsonExpr>),
}

/// A JSON value in the place of an expression.
#[derive(Debug)]
pub(super) struct JsonExpr {
    /// Where it stands.
    pub(super) place: Place,
    /// What it is.
    pub(super) kind: JsonKind,
}

#[derive(Debug)]
pub(super) enum JsonKind {
    /// Null, boolean, number, or a text without template markers.
    Constant(Value),
    /// A text with template markers.
    Template(Arc<hcl::File>, ExprId),
    /// `[...]`
    Array(Vec<Expr>),
    /// `{...}`: keys are templates too.
    Object(Vec<(Expr, Expr)>),
}

impl Expr {
    /// Where it stands.
    pub(super) fn place(&self) -> Place {
        match self {
            Self::Hcl(file, id) => file.place(file.expr(*id).span),
            Self::Json(expr) => expr.place,
        }
    }

    /// The text when it is a string without interpolation.
    pub(super) fn literal_text(&self) -> Option<String> {
        match self {
            Self::Hcl(file, id) => match file.expr(*id).kind {
                hcl::ExprKind::String(literal) => Some(file.literal(literal).into_owned()),
                _ => None,
            },
            Self::Json(expr) => match &expr.kind {
                JsonKind::Constant(value) => value.as_str().map(str::to_owned),
                _ => None,
            },
        }
    }

    /// As [`Expr::as_hcl`], and a text in HCL is read as well: old code quotes its references.
    pub(super) fn as_reference(&self) -> Option<(Arc<hcl::File>, ExprId)> {
        if let (Self::Hcl(file, id), Some(text)) = (self, self.literal_text()) {
            let place = file.place(file.expr(*id).span);
            let origin = crate::syntax::Origin::at(place.span.start + 1);
            let parsed = hcl::parse_expression(place.source, text.into(), origin);
            let whole = parsed.problems.is_empty();
            return whole.then(|| (Arc::new(parsed.file), parsed.expr));
        }
        self.as_hcl()
    }

    /// For arguments that are names, not values (`provider`, `type`, `depends_on`): a JSON text is read as HCL.
    pub(super) fn as_hcl(&self) -> Option<(Arc<hcl::File>, ExprId)> {
        match self {
            Self::Hcl(file, id) => Some((Arc::clone(file), *id)),
            Self::Json(expr) => match &expr.kind {
                JsonKind::Constant(value) => {
                    let text: Arc<str> = value.as_str()?.into();
                    let origin = crate::syntax::Origin::at(expr.place.span.start + 1);
                    let parsed = hcl::parse_expression(expr.place.source, text, origin);
                    parsed
                        .problems
                        .is_empty()
                        .then(|| (Arc::new(parsed.file), parsed.expr))
                }
                JsonKind::Template(file, id) => Some((Arc::clone(file), *id)),
                _ => None,
            },
        }
    }

    /// True for `null` written out.
    pub(super) fn is_null(&self) -> bool {
        match self {
            Self::Hcl(file, id) => file.expr(*id).kind == hcl::ExprKind::Null,
            Self::Json(expr) => {
                matches!(&expr.kind, JsonKind::Constant(value) if value.is_null())
            }
        }
    }

    /// True for `false` written out.
    pub(super) fn is_false(&self) -> bool {
        match self {
            Self::Hcl(file, id) => file.expr(*id).kind == hcl::ExprKind::Bool(false),
            Self::Json(expr) => {
                matches!(&expr.kind, JsonKind::Constant(value) if value.as_bool() == Some(false))
            }
        }
    }

    /// True when its text does not name an instance of the block around it. Texts inside strings count as well: better one
    /// evaluation too many.
    pub(super) fn is_uniform(&self) -> bool {
        match self {
            Self::Hcl(file, id) => !names_an_instance(file.text(file.expr(*id).span)),
            Self::Json(expr) => match &expr.kind {
                JsonKind::Constant(_) => true,
                JsonKind::Template(file, id) => !names_an_instance(file.text(file.expr(*id).span)),
                JsonKind::Array(all) => all.iter().all(Self::is_uniform),
                JsonKind::Object(all) => {
                    let mut all = all.iter();
                    all.all(|(key, value)| key.is_uniform() && value.is_uniform())
                }
            },
        }
    }

    /// The elements when it is a list written out.
    pub(super) fn elements(&self) -> Option<Vec<Expr>> {
        match self {
            Self::Hcl(file, id) => match file.expr(*id).kind {
                hcl::ExprKind::Tuple(list) => Some(
                    file.list(list)
                        .iter()
                        .map(|id| Self::Hcl(Arc::clone(file), *id))
                        .collect(),
                ),
                _ => None,
            },
            Self::Json(expr) => match &expr.kind {
                JsonKind::Array(all) => Some(all.clone()),
                _ => None,
            },
        }
    }

    /// The entries when it is an object written out: key, place of the key, value. Keys are plain words or texts.
    pub(super) fn entries(&self) -> Option<Vec<(String, Place, Expr)>> {
        match self {
            Self::Hcl(file, id) => match file.expr(*id).kind {
                hcl::ExprKind::Object(list) => Some(
                    file.list(list)
                        .iter()
                        .map(|member| {
                            let key = file.expr(member.key);
                            let text = match key.kind {
                                hcl::ExprKind::String(literal) => {
                                    file.literal(literal).into_owned()
                                }
                                _ => file.text(key.span).to_owned(),
                            };
                            (
                                text,
                                file.place(key.span),
                                Self::Hcl(Arc::clone(file), member.value),
                            )
                        })
                        .collect(),
                ),
                _ => None,
            },
            Self::Json(expr) => match &expr.kind {
                JsonKind::Object(all) => Some(
                    all.iter()
                        .filter_map(|(key, value)| {
                            Some((key.literal_text()?, key.place(), value.clone()))
                        })
                        .collect(),
                ),
                _ => None,
            },
        }
    }
}

/// Whether one of the words is there by which an expression speaks of the instance it belongs to.
fn names_an_instance(text: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    ["each", "count", "self"].iter().any(|word| {
        text.match_indices(word).any(|(at, _)| {
            let (before, after) = (text.get(..at), text.get(at + word.len()..));
            !before.is_some_and(|text| text.ends_with(part))
                && !after.is_some_and(|text| text.starts_with(part))
        })
    })
}

/// `name = value`
#[derive(Debug, Clone)]
pub(super) struct Attribute {
    pub(super) name: Arc<str>,
    pub(super) name_place: Place,
    pub(super) expr: Expr,
}

/// `kind "label" { ... }`
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) kind: Arc<str>,
    pub(super) labels: Vec<Arc<str>>,
    /// From the kind to the last label.
    pub(super) header: Place,
    /// All of it.
    pub(super) place: Place,
    pub(super) body: Body,
}

impl Block {
    /// A label; empty when it is missing.
    pub(super) fn label(&self, at: usize) -> Arc<str> {
        self.labels
            .get(at)
            .map_or_else(|| Arc::from(""), Arc::clone)
    }
}

/// Attributes and blocks.
#[derive(Debug, Clone, Default)]
pub(super) struct Body {
    /// Sorted by name, without repeats.
    pub(super) attributes: Vec<Attribute>,
    /// In source order.
    pub(super) blocks: Vec<Block>,
    /// Part of it could not be parsed.
    pub(super) broken: bool,
}

impl Body {
    /// The attribute of a name.
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        let at = self
            .attributes
            .binary_search_by(|attribute| (*attribute.name).cmp(name))
            .ok()?;
        self.attributes.get(at)
    }

    /// The expression of an attribute.
    pub(super) fn expr(&self, name: &str) -> Option<&Expr> {
        self.attribute(name).map(|attribute| &attribute.expr)
    }

    /// The blocks of a kind.
    pub(super) fn blocks_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |block| &*block.kind == kind)
    }

    /// True when something of that name is written, be it as attribute, block or dynamic block.
    pub(super) fn writes(&self, name: &str) -> bool {
        self.attribute(name).is_some()
            || self.blocks.iter().any(|block| {
                &*block.kind == name
                    || (&*block.kind == "dynamic"
                        && block.labels.first().is_some_and(|l| **l == *name))
            })
    }

    /// True when nothing in it tells the instances of its block apart: no expression but the number of instances itself
    /// names `each`, `count` or `self`. In doubt false.
    pub(super) fn is_uniform(&self) -> bool {
        let own = |attribute: &&Attribute| !matches!(&*attribute.name, "count" | "for_each");
        self.attributes
            .iter()
            .filter(own)
            .all(|a| a.expr.is_uniform())
            && self.blocks.iter().all(|block| block.body.all_uniform())
    }

    /// The same with `count` and `for_each`: those of a nested block are attributes like others.
    pub(super) fn all_uniform(&self) -> bool {
        self.attributes
            .iter()
            .all(|attribute| attribute.expr.is_uniform())
            && self.blocks.iter().all(|block| block.body.all_uniform())
    }

    /// Puts what an override file says over this body: attributes by name, nested blocks by kind.
    pub(super) fn overridden_by(&mut self, other: Body) {
        for attribute in other.attributes {
            match self
                .attributes
                .binary_search_by(|own| own.name.cmp(&attribute.name))
            {
                Ok(at) => {
                    if let Some(own) = self.attributes.get_mut(at) {
                        *own = attribute;
                    }
                }
                Err(at) => self.attributes.insert(at, attribute),
            }
        }
        let replaced: HashSet<Arc<str>> = other.blocks.iter().map(block_name).collect();
        self.blocks
            .retain(|own| MERGED.contains(&&*own.kind) || !replaced.contains(&block_name(own)));
        for block in other.blocks {
            let own = self.blocks.iter_mut().find(|own| own.kind == block.kind);
            match own {
                Some(own) if MERGED.contains(&&*block.kind) => own.body.overridden_by(block.body),
                _ => self.blocks.push(block),
            }
        }
        self.broken |= other.broken;
    }
}

/// Nested blocks that an override file merges instead of replacing them.
const MERGED: [&str; 1] = ["lifecycle"];

/// What a nested block sets: its kind, or the label of a `dynamic` block.
fn block_name(block: &Block) -> Arc<str> {
    if &*block.kind == "dynamic" {
        block.label(0)
    } else {
        Arc::clone(&block.kind)
    }
}

/// Makes bodies out of parsed texts; names of one module are shared.
#[derive(Debug, Default)]
pub(super) struct Indexer {
    names: HashSet<Arc<str>>,
    /// What was wrong.
    pub(super) problems: Vec<Problem>,
}

impl Indexer {
    /// One shared copy of a name.
    pub(super) fn name(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.names.get(text) {
            return Arc::clone(known);
        }
        let name: Arc<str> = text.into();
        self.names.insert(Arc::clone(&name));
        name
    }

    /// A body in HCL.
    pub(super) fn hcl(&mut self, file: &Arc<hcl::File>, body: &hcl::Body) -> Body {
        let mut out = Body {
            broken: body.broken,
            ..Body::default()
        };
        for item in file.list(body.items) {
            match item {
                hcl::Item::Attribute(attribute) => out.attributes.push(Attribute {
                    name: self.name(file.text(attribute.name)),
                    name_place: file.place(attribute.name),
                    expr: Expr::Hcl(Arc::clone(file), attribute.value),
                }),
                hcl::Item::Block(block) => {
                    let labels = file
                        .list(block.labels)
                        .iter()
                        .map(|label| self.name(&file.label(label)))
                        .collect();
                    out.blocks.push(Block {
                        kind: self.name(file.text(block.kind)),
                        labels,
                        header: file.place(block.header),
                        place: file.place(block.span),
                        body: self.hcl(file, file.get(block.body)),
                    });
                }
            }
        }
        sort(&mut out.attributes);
        out
    }

    /// A body in Terraform's JSON syntax. `schema` says which properties are blocks, since the text does not.
    pub(super) fn json(&mut self, doc: &json::Document, node: NodeId, schema: &Schema) -> Body {
        let mut out = Body::default();
        self.json_into(doc, node, schema, &mut out);
        sort(&mut out.attributes);
        out
    }

    fn json_into(&mut self, doc: &json::Document, node: NodeId, schema: &Schema, out: &mut Body) {
        match doc.node(node).kind {
            // Several bodies in an array are one body.
            NodeKind::Array(_) => {
                for element in doc.elements(node) {
                    self.json_into(doc, *element, schema, out);
                }
            }
            NodeKind::Object(_) => {
                for member in doc.members(node) {
                    let key = doc.key(member);
                    if key == "//" {
                        continue;
                    }
                    let name = self.name(&key);
                    match schema.block(&key) {
                        Some((labels, inner)) => {
                            let mut path = Vec::new();
                            let at = doc.place(member.key);
                            self.json_blocks(
                                doc,
                                member.value,
                                &name,
                                at,
                                labels,
                                inner,
                                &mut path,
                                out,
                            );
                        }
                        None => out.attributes.push(Attribute {
                            name_place: doc.place(member.key),
                            expr: if schema.is_constant(&name) {
                                let value = json_constant(doc, member.value);
                                constant(doc.place(doc.node(member.value).span), value)
                            } else {
                                self.json_expr(doc, member.value)
                            },
                            name,
                        }),
                    }
                }
            }
            NodeKind::Null => {}
            _ => self.problems.push(
                Problem::error(
                    ProblemCode::Syntax,
                    Text::new("an object is needed here", "il faut ici un objet"),
                )
                .at(doc.place(doc.node(node).span)),
            ),
        }
    }

    /// Blocks of a kind: one object level per label, arrays allowed at each of them.
    #[expect(clippy::too_many_arguments, reason = "the state of one recursion")]
    fn json_blocks(
        &mut self,
        doc: &json::Document,
        node: NodeId,
        kind: &Arc<str>,
        at: Place,
        labels: usize,
        schema: &Schema,
        path: &mut Vec<Arc<str>>,
        out: &mut Body,
    ) {
        match doc.node(node).kind {
            NodeKind::Array(_) => {
                for element in doc.elements(node) {
                    // A list of nested blocks without labels: each one is a block of its own.
                    let at = if labels == 0 && doc.elements(node).len() > 1 {
                        doc.place(doc.node(*element).span)
                    } else {
                        at
                    };
                    self.json_blocks(doc, *element, kind, at, labels, schema, path, out);
                }
            }
            NodeKind::Object(_) if labels > path.len() => {
                for member in doc.members(node) {
                    let key = doc.key(member);
                    if key == "//" {
                        continue;
                    }
                    path.push(self.name(&key));
                    let at = doc.place(member.key);
                    self.json_blocks(doc, member.value, kind, at, labels, schema, path, out);
                    path.pop();
                }
            }
            NodeKind::Object(_) => {
                let body = self.json(doc, node, schema);
                out.blocks.push(Block {
                    kind: Arc::clone(kind),
                    labels: path.clone(),
                    header: at,
                    place: Place::new(at.source, at.span.to(doc.node(node).span)),
                    body,
                });
            }
            NodeKind::Null => {}
            _ => self.problems.push(
                Problem::error(
                    ProblemCode::Syntax,
                    text!(
                        "`{kind}` needs an object here",
                        "`{kind}` a besoin ici d’un objet"
                    ),
                )
                .at(doc.place(doc.node(node).span)),
            ),
        }
    }

    /// A JSON value in the place of an expression.
    pub(super) fn json_expr(&mut self, doc: &json::Document, node: NodeId) -> Expr {
        let span = doc.node(node).span;
        let kind = match doc.node(node).kind {
            NodeKind::Array(_) => JsonKind::Array(
                doc.elements(node)
                    .iter()
                    .map(|element| self.json_expr(doc, *element))
                    .collect(),
            ),
            NodeKind::Object(_) => JsonKind::Object(
                doc.members(node)
                    .iter()
                    .map(|member| {
                        let (text, origin) = doc.unquoted(member.key);
                        let key = self.json_text(doc, &text, origin, member.key);
                        (key, self.json_expr(doc, member.value))
                    })
                    .collect(),
            ),
            NodeKind::String => match doc.string_with_origin(node) {
                Some((text, origin)) => return self.json_text(doc, &text, origin, span),
                None => JsonKind::Constant(Value::string("")),
            },
            _ => JsonKind::Constant(json_scalar(doc, node)),
        };
        let place = doc.place(span);
        Expr::Json(Arc::new(JsonExpr { place, kind }))
    }

    fn json_text(
        &mut self,
        doc: &json::Document,
        text: &str,
        origin: crate::syntax::Origin,
        span: Span,
    ) -> Expr {
        let place = doc.place(span);
        let kind = if text.contains("${") || text.contains("%{") {
            let parsed = hcl::parse_template(place.source, text.into(), origin);
            self.problems.extend(parsed.problems);
            JsonKind::Template(Arc::new(parsed.file), parsed.expr)
        } else {
            JsonKind::Constant(Value::string(text).at(place))
        };
        Expr::Json(Arc::new(JsonExpr { place, kind }))
    }
}

fn constant(place: Place, value: Value) -> Expr {
    let kind = JsonKind::Constant(value);
    Expr::Json(Arc::new(JsonExpr { place, kind }))
}

/// The tree of a JSON text of bounded size. On a fault there is no root.
pub(super) fn read_json(source: SourceId, text: Arc<str>) -> (json::Document, Vec<Problem>) {
    let (doc, mut problems) = json::parse(source, text);
    if doc.count() <= JSON_VALUES {
        return (doc, problems);
    }
    let place = Place::new(source, Span::new(0, 0));
    let message = text!(
        "the file holds more than {JSON_VALUES} values and was not read",
        "le fichier contient plus de {JSON_VALUES} valeurs et n’a pas été lu"
    );
    problems.push(Problem::error(ProblemCode::Limit, message).at(place));
    (json::parse(source, "{}".into()).0, problems)
}

/// A JSON value taken as it is, without templates: as tfvars files are read.
pub(super) fn json_constant(doc: &json::Document, node: NodeId) -> Value {
    let place = doc.place(doc.node(node).span);
    match doc.node(node).kind {
        NodeKind::Array(_) => {
            let all = doc.elements(node).iter();
            Value::tuple(all.map(|e| json_constant(doc, *e)).collect::<Vec<_>>())
        }
        NodeKind::Object(_) => Value::object(
            doc.members(node)
                .iter()
                .map(|member| (doc.key(member).into(), json_constant(doc, member.value))),
        ),
        NodeKind::String => Value::string(doc.string(node).unwrap_or_default()),
        _ => json_scalar(doc, node),
    }
    .at(place)
}

fn json_scalar(doc: &json::Document, node: NodeId) -> Value {
    let span = doc.node(node).span;
    match doc.node(node).kind {
        NodeKind::Bool(value) => Value::bool(value),
        NodeKind::Number => Number::parse(doc.text(span)).map_or_else(Value::null, |number| {
            crate::value::Data::Number(number).into()
        }),
        _ => Value::null(),
    }
    .at(doc.place(span))
}

/// Sorts by name; of equal names (a problem of the parser) the first stays.
fn sort(attributes: &mut Vec<Attribute>) {
    attributes.sort_by(|a, b| a.name.cmp(&b.name));
    attributes.dedup_by(|later, earlier| later.name == earlier.name);
}
