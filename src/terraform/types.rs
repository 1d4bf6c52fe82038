//! Type constraints as `variable` blocks write them: `map(object({ name = string, port = optional(number, 80) }))`.

use super::index::Expr;
use crate::problem::{Problem, ProblemCode};
use crate::source::Place;
use crate::syntax::hcl::{self, ExprId, ExprKind};
use crate::text::{Text, text};
use crate::value::{Constraint, ConstraintAttribute, Number, Value, convert};

/// Reads the `type` argument.
///
/// # Errors
/// When it is no type.
pub(super) fn constraint(expr: &Expr) -> Result<Constraint, Problem> {
    let wrong = || {
        wrong(
            expr.place(),
            Text::new("this is no type", "ceci n’est pas un type"),
        )
    };
    let (file, id) = expr.as_hcl().ok_or_else(wrong)?;
    // Code from before 0.12 quotes them.
    if let ExprKind::String(literal) = file.expr(id).kind {
        return match &*file.literal(literal) {
            "string" => Ok(Constraint::String),
            "list" => Ok(Constraint::List(Box::new(Constraint::Any))),
            "map" => Ok(Constraint::Map(Box::new(Constraint::Any))),
            _ => Err(wrong()),
        };
    }
    read(&file, id)
}

/// As code from before 0.12 writes types: Terraform refuses them since.
pub(super) fn is_quoted(expr: &Expr) -> bool {
    matches!(expr, Expr::Hcl(file, id) if matches!(file.expr(*id).kind, ExprKind::String(_)))
}

fn wrong(place: Place, message: Text) -> Problem {
    Problem::error(ProblemCode::Evaluation, message)
        .at(place)
        .help(Text::new(
            "types are string, number, bool, any, list(...), set(...), map(...), object({...}) and tuple([...])",
            "les types sont string, number, bool, any, list(...), set(...), map(...), object({...}) et tuple([...])",
        ))
}

fn read(file: &hcl::File, id: ExprId) -> Result<Constraint, Problem> {
    let expr = file.expr(id);
    let place = file.place(expr.span);
    match expr.kind {
        ExprKind::Parentheses(inner) => read(file, inner),
        ExprKind::Variable => match file.text(expr.span) {
            "string" => Ok(Constraint::String),
            "number" => Ok(Constraint::Number),
            "bool" => Ok(Constraint::Bool),
            "any" => Ok(Constraint::Any),
            "list" => Ok(Constraint::List(Box::new(Constraint::Any))),
            "set" => Ok(Constraint::Set(Box::new(Constraint::Any))),
            "map" => Ok(Constraint::Map(Box::new(Constraint::Any))),
            other => Err(wrong(
                place,
                text!("`{other}` is no type", "`{other}` n’est pas un type"),
            )),
        },
        ExprKind::Call(call) => {
            let call = file.get(call);
            let name = file.function(call);
            let &[argument] = file.list(call.args) else {
                return Err(wrong(
                    place,
                    text!("{name}() takes one type", "{name}() prend un seul type"),
                ));
            };
            match &*name {
                "list" => Ok(Constraint::List(Box::new(read(file, argument)?))),
                "set" => Ok(Constraint::Set(Box::new(read(file, argument)?))),
                "map" => Ok(Constraint::Map(Box::new(read(file, argument)?))),
                "tuple" => tuple(file, argument),
                "object" => object(file, argument),
                other => Err(wrong(
                    place,
                    text!("`{other}` is no type", "`{other}` n’est pas un type"),
                )),
            }
        }
        _ => Err(wrong(
            place,
            Text::new("this is no type", "ceci n’est pas un type"),
        )),
    }
}

fn tuple(file: &hcl::File, id: ExprId) -> Result<Constraint, Problem> {
    let expr = file.expr(id);
    let ExprKind::Tuple(list) = expr.kind else {
        return Err(wrong(
            file.place(expr.span),
            Text::new(
                "tuple() takes types in brackets",
                "tuple() prend des types entre crochets",
            ),
        ));
    };
    let all: Result<_, _> = file.list(list).iter().map(|id| read(file, *id)).collect();
    Ok(Constraint::Tuple(all?))
}

fn object(file: &hcl::File, id: ExprId) -> Result<Constraint, Problem> {
    let expr = file.expr(id);
    let ExprKind::Object(members) = expr.kind else {
        return Err(wrong(
            file.place(expr.span),
            Text::new(
                "object() takes attributes in braces",
                "object() prend des attributs entre accolades",
            ),
        ));
    };
    let mut attributes: Vec<ConstraintAttribute> = Vec::with_capacity(members.len());
    let mut names = hashbrown::HashSet::new();
    for member in file.list(members) {
        let key = file.expr(member.key);
        let name = match key.kind {
            ExprKind::String(literal) => file.literal(literal).into_owned(),
            _ => file.text(key.span).to_owned(),
        };
        if !names.insert(name.clone()) {
            let message = text!("`{name}` is there twice", "`{name}` y figure deux fois");
            return Err(wrong(file.place(key.span), message));
        }
        attributes.push(attribute(file, name, member.value)?);
    }
    Ok(Constraint::object(attributes))
}

fn attribute(file: &hcl::File, name: String, id: ExprId) -> Result<ConstraintAttribute, Problem> {
    let expr = file.expr(id);
    if let ExprKind::Call(call) = expr.kind
        && file.function(file.get(call)) == "optional"
    {
        let (inner, default) = match file.list(file.get(call).args) {
            [inner] => (*inner, None),
            [inner, default] => (*inner, Some(*default)),
            _ => {
                let place = file.place(expr.span);
                return Err(wrong(
                    place,
                    Text::new(
                        "optional() takes a type and perhaps a default",
                        "optional() prend un type et, au besoin, une valeur par défaut",
                    ),
                ));
            }
        };
        let constraint = read(file, inner)?;
        let default = match default {
            Some(id) => Some(self::default(file, id, &constraint)?),
            None => None,
        };
        return Ok(ConstraintAttribute {
            name: name.into(),
            constraint,
            optional: true,
            default,
        });
    }
    Ok(ConstraintAttribute {
        name: name.into(),
        constraint: read(file, id)?,
        optional: false,
        default: None,
    })
}

fn default(file: &hcl::File, id: ExprId, constraint: &Constraint) -> Result<Value, Problem> {
    let place = file.place(file.expr(id).span);
    let value = constant(file, id).ok_or_else(|| {
        wrong(
            place,
            Text::new(
                "the default of an optional attribute must be constant",
                "la valeur par défaut d’un attribut facultatif doit être constante",
            ),
        )
    })?;
    let ty = constraint.ty();
    // Defaults inside are filled in when the attribute is.
    constraint
        .apply(&value)
        .or_else(|_| convert(&value, &ty))
        .map_err(|error| {
            let why = error.text();
            let message = text!(
                "this default does not fit its type: {why}",
                "cette valeur par défaut ne convient pas à son type : {why}";
                why
            );
            wrong(place, message)
        })
}

/// The value of an expression without references.
fn constant(file: &hcl::File, id: ExprId) -> Option<Value> {
    let expr = file.expr(id);
    let value = match expr.kind {
        ExprKind::Null => Value::null(),
        ExprKind::Bool(value) => Value::bool(value),
        ExprKind::Number => Value::number(Number::parse(file.text(expr.span))?),
        ExprKind::String(literal) => {
            Value::string(crate::value::normal_text(&file.literal(literal)))
        }
        ExprKind::Parentheses(inner) => constant(file, inner)?,
        ExprKind::Unary {
            operator: hcl::UnaryOperator::Negate,
            operand,
        } => Value::number(constant(file, operand)?.as_number()?.negate()),
        ExprKind::Tuple(list) => {
            let all: Option<Vec<Value>> = file
                .list(list)
                .iter()
                .map(|id| constant(file, *id))
                .collect();
            Value::tuple(all?)
        }
        ExprKind::Object(members) => {
            let mut entries = Vec::new();
            for member in file.list(members) {
                let key = file.expr(member.key);
                let name = match key.kind {
                    ExprKind::String(literal) => file.literal(literal).into_owned(),
                    _ => file.text(key.span).to_owned(),
                };
                entries.push((name.into(), constant(file, member.value)?));
            }
            Value::object(entries)
        }
        _ => return None,
    };
    Some(value.at(file.place(expr.span)))
}
