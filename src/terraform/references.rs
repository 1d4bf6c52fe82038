//! The names that code refers to, whether or not it is ever evaluated.

use std::sync::Arc;

use super::index::{Body, Expr, JsonKind};
use crate::source::Span;
use crate::syntax::hcl::{self, ExprId, ExprKind, List, Part, PartKind, Step, StepKind};

/// Called with the text that a name stands in, the name, and the steps after it.
pub(super) type Visit<'v> = dyn FnMut(&hcl::File, Span, &[Step]) + 'v;

/// Names that `for` and dynamic blocks bring in: they refer to nothing outside.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bound<'b> {
    names: [Option<&'b str>; 2],
    outer: Option<&'b Bound<'b>>,
}

impl Bound<'_> {
    fn has(&self, name: &str) -> bool {
        let mut next = Some(self);
        while let Some(bound) = next {
            if bound.names.contains(&Some(name)) {
                return true;
            }
            next = bound.outer;
        }
        false
    }
}

/// Arguments that hold names of other things than values.
const NO_VALUES: [&str; 8] = [
    "depends_on",
    "ignore_changes",
    "iterator",
    "on_failure",
    "provider",
    "providers",
    "replace_triggered_by",
    "when",
];

/// All references in the values of a body, nested blocks included.
pub(super) fn of_body(body: &Body, visit: &mut Visit<'_>) {
    in_body(body, &Bound::default(), visit);
}

fn in_body(body: &Body, bound: &Bound<'_>, visit: &mut Visit<'_>) {
    for attribute in &body.attributes {
        if !NO_VALUES.contains(&&*attribute.name) {
            in_expr(&attribute.expr, bound, visit);
        }
    }
    for block in &body.blocks {
        if &*block.kind != "dynamic" {
            in_body(&block.body, bound, visit);
            continue;
        }
        if let Some(each) = block.body.expr("for_each") {
            in_expr(each, bound, visit);
        }
        let renamed = block.body.expr("iterator").and_then(Expr::as_hcl);
        let label = block.label(0);
        let iterator = match &renamed {
            Some((file, id)) => file.text(file.expr(*id).span),
            None => &label,
        };
        let inner = Bound {
            names: [Some(iterator), None],
            outer: Some(bound),
        };
        if let Some(labels) = block.body.expr("labels") {
            in_expr(labels, &inner, visit);
        }
        for content in block.body.blocks_of("content") {
            in_body(&content.body, &inner, visit);
        }
    }
}

/// All references in an expression.
pub(super) fn of_expr(expr: &Expr, visit: &mut Visit<'_>) {
    in_expr(expr, &Bound::default(), visit);
}

fn in_expr(expr: &Expr, bound: &Bound<'_>, visit: &mut Visit<'_>) {
    match expr {
        Expr::Hcl(file, id) => walk(file, *id, bound, visit),
        Expr::Json(json) => match &json.kind {
            JsonKind::Constant(_) => {}
            JsonKind::Template(file, id) => walk(file, *id, bound, visit),
            JsonKind::Array(all) => all.iter().for_each(|expr| in_expr(expr, bound, visit)),
            JsonKind::Object(all) => {
                for (key, value) in all {
                    in_expr(key, bound, visit);
                    in_expr(value, bound, visit);
                }
            }
        },
    }
}

fn walk(file: &hcl::File, id: ExprId, bound: &Bound<'_>, visit: &mut Visit<'_>) {
    let expr = file.expr(id);
    match expr.kind {
        ExprKind::Variable => {
            if !bound.has(file.text(expr.span)) {
                visit(file, expr.span, &[]);
            }
        }
        ExprKind::Traversal { base, steps } => {
            let steps = file.list(steps);
            let start = file.expr(base);
            match start.kind {
                ExprKind::Variable if bound.has(file.text(start.span)) => {}
                ExprKind::Variable => visit(file, start.span, steps),
                _ => walk(file, base, bound, visit),
            }
            for step in steps {
                if let StepKind::Index(key) = step.kind {
                    walk(file, key, bound, visit);
                }
            }
        }
        ExprKind::For(each) => {
            let each = file.get(each);
            walk(file, each.collection, bound, visit);
            let inner = Bound {
                names: [
                    Some(file.text(each.value_name)),
                    each.key_name.map(|name| file.text(name)),
                ],
                outer: Some(bound),
            };
            for part in [each.key, Some(each.value), each.condition] {
                part.into_iter()
                    .for_each(|part| walk(file, part, &inner, visit));
            }
        }
        ExprKind::Template(parts) => walk_parts(file, parts, bound, visit),
        _ => file.children(id, &mut |child| walk(file, child, bound, visit)),
    }
}

fn walk_parts(file: &hcl::File, parts: List<Part>, bound: &Bound<'_>, visit: &mut Visit<'_>) {
    for part in file.list(parts) {
        match part.kind {
            PartKind::Literal(_) => {}
            PartKind::Interpolation(inner) => walk(file, inner, bound, visit),
            PartKind::If(id) => {
                let directive = file.get(id);
                walk(file, directive.condition, bound, visit);
                walk_parts(file, directive.then, bound, visit);
                walk_parts(file, directive.otherwise, bound, visit);
            }
            PartKind::For(id) => {
                let directive = file.get(id);
                walk(file, directive.collection, bound, visit);
                let inner = Bound {
                    names: [
                        Some(file.text(directive.value_name)),
                        directive.key_name.map(|name| file.text(name)),
                    ],
                    outer: Some(bound),
                };
                walk_parts(file, directive.body, &inner, visit);
            }
        }
    }
}

/// The first function call in an expression, as a span of its name.
pub(super) fn first_call(expr: &Expr) -> Option<(Arc<hcl::File>, Span)> {
    fn find(file: &hcl::File, id: ExprId) -> Option<Span> {
        if let ExprKind::Call(call) = file.expr(id).kind {
            return Some(file.get(call).name);
        }
        let mut found = None;
        file.children(id, &mut |child| {
            if found.is_none() {
                found = find(file, child);
            }
        });
        found
    }
    match expr {
        Expr::Hcl(file, id) => Some((Arc::clone(file), find(file, *id)?)),
        Expr::Json(_) => None,
    }
}

/// What a reference names, as far as its steps tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target<'f> {
    Variable(&'f str),
    Local(&'f str),
    /// A managed resource or a data source.
    Resource(super::Mode, &'f str, &'f str),
    /// A module call, and the output when one of one instance is named.
    Module(&'f str, Option<&'f str>),
    /// `each`, `count`, `self`, `path`, `terraform` and what is not complete.
    Other,
}

/// What a reference names, and where the name stands.
pub(super) fn target<'f>(file: &'f hcl::File, name: Span, steps: &[Step]) -> (Target<'f>, Span) {
    let attribute = |at: usize| match steps.get(at).map(|step| step.kind) {
        Some(StepKind::Attribute(span)) => Some(span),
        _ => None,
    };
    let text = |span: Span| file.text(span);
    let found = match text(name) {
        "var" => attribute(0).map(|at| (Target::Variable(text(at)), at)),
        "local" => attribute(0).map(|at| (Target::Local(text(at)), at)),
        "data" => match (attribute(0), attribute(1)) {
            (Some(kind), Some(at)) => {
                let target = Target::Resource(super::Mode::Data, text(kind), text(at));
                Some((target, at))
            }
            _ => None,
        },
        "module" => attribute(0).map(|at| {
            let is_key = |step: &Step| match step.kind {
                StepKind::LegacyIndex(_) => true,
                StepKind::Index(key) => {
                    matches!(file.expr(key).kind, ExprKind::Number | ExprKind::String(_))
                }
                _ => false,
            };
            let key = steps.get(1).is_some_and(is_key);
            let output = attribute(if key { 2 } else { 1 }).map(text);
            (Target::Module(text(at), output), at)
        }),
        "each" | "count" | "self" | "path" | "terraform" | "tofu" | "ephemeral" | "action" => None,
        kind => attribute(0).map(|at| {
            let target = Target::Resource(super::Mode::Managed, kind, text(at));
            (target, at)
        }),
    };
    found.unwrap_or((Target::Other, name))
}

/// The elements of a list of references, such as `depends_on`: each as the text and the expression it stands for.
/// Old code writes them as texts.
pub(super) fn written(expr: &Expr) -> Vec<(Arc<hcl::File>, ExprId)> {
    let all = expr.elements().unwrap_or_default();
    all.iter().filter_map(Expr::as_reference).collect()
}

/// The name and the steps of an expression that is a reference and nothing else.
pub(super) fn plain(file: &hcl::File, id: ExprId) -> Option<(Span, &[Step])> {
    let expr = file.expr(id);
    match expr.kind {
        ExprKind::Variable => Some((expr.span, &[])),
        ExprKind::Traversal { base, steps } => {
            let start = file.expr(base);
            (start.kind == ExprKind::Variable).then(|| (start.span, file.list(steps)))
        }
        _ => None,
    }
}
