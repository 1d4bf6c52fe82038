//! Operators and conditionals.

use std::sync::Arc;

use super::{Evaluator, Fault, Outcome, marks, parts};
use crate::source::Place;
use crate::syntax::hcl::{self, BinaryOperator, ExprId, Operand, UnaryOperator};
use crate::terraform::scope::{Scope, has_origin};
use crate::text::{Text, text};
use crate::value::{
    Because, Data, Marks, Number, NumberError, Origin, Range, Step, Type, Unknown, Value, Via,
    convert, equal, unify,
};

/// To find the type of a value and to convert it takes so many steps for each of its parts.
const STEPS_TO_CONVERT: u64 = 8;
/// To compare two values takes so many for each part of both.
const STEPS_TO_COMPARE: u64 = 4;

/// An operand, converted for its operator.
enum Side<T> {
    Known(T),
    Unknown(Arc<Unknown>),
}

impl<'a> Evaluator<'a> {
    /// Operators of one level, from left to right.
    pub(super) fn operation(
        &self,
        file: &hcl::File,
        first: ExprId,
        rest: &[Operand],
        place: Place,
        scope: &Scope<'_, 'a>,
    ) -> Outcome {
        let mut left = self.eval(file, first, scope)?;
        let mut left_place = file.place(file.expr(first).span);
        for operand in rest {
            let right = self.eval(file, operand.expr, scope)?;
            let right_place = file.place(file.expr(operand.expr).span);
            if matches!(
                operand.operator,
                BinaryOperator::Equal | BinaryOperator::NotEqual
            ) {
                self.walks(&left, STEPS_TO_COMPARE, left_place)?;
                self.walks(&right, STEPS_TO_COMPARE, right_place)?;
            }
            let mut result = binary(
                operand.operator,
                (&left, left_place),
                (&right, right_place),
                file.place(operand.operator_span),
            )?;
            left_place = Place::new(place.source, left_place.span.to(right_place.span));
            result.origin = parts(left_place, [left.origin, right.origin]);
            left = result;
        }
        Ok(left)
    }

    pub(super) fn unary(
        &self,
        file: &hcl::File,
        operator: UnaryOperator,
        operand: ExprId,
        place: Place,
        scope: &Scope<'_, 'a>,
    ) -> Outcome {
        let value = self.eval(file, operand, scope)?;
        let at = file.place(file.expr(operand).span);
        let mut result = match operator {
            UnaryOperator::Negate => match number(&value, at)? {
                Side::Known(number) => Value::number(number.negate()),
                Side::Unknown(unknown) => open(Type::Number, &unknown),
            },
            UnaryOperator::Not => match boolean(&value, at)? {
                Side::Known(value) => Value::bool(!value),
                Side::Unknown(unknown) => open(Type::Bool, &unknown),
            },
        };
        result.marks = value.marks;
        result.origin = parts(place, [value.origin]);
        Ok(result)
    }

    /// `condition ? then : otherwise`. Both arms are evaluated, for the result has the type that fits both.
    pub(super) fn conditional(
        &self,
        file: &hcl::File,
        [condition, then, otherwise]: [ExprId; 3],
        place: Place,
        scope: &Scope<'_, 'a>,
    ) -> Outcome {
        let test = self.eval(file, condition, scope)?;
        let at = file.place(file.expr(condition).span);
        // What is unknown is not asked for its type.
        let holds = match test.is_unknown() {
            true => None,
            false => self.bool_of(&test, at, &Text::new("the condition", "la condition"))?,
        };
        // A literal arm cannot change its type by the other one unless that is evaluated, but a fault in the arm that
        // is not taken is none.
        let then_value = self.eval(file, then, scope);
        let otherwise_value = self.eval(file, otherwise, scope);
        let open = || Value::unknown(Because::Error);
        let (then_value, otherwise_value) = match (holds, then_value, otherwise_value) {
            (_, Ok(a), Ok(b)) => (a, b),
            (Some(true), Ok(a), Err(fault)) if fault.is_soft() => {
                return Ok(chosen(a, &test, place));
            }
            (Some(false), Err(fault), Ok(b)) if fault.is_soft() => {
                return Ok(chosen(b, &test, place));
            }
            (None, Ok(a), Err(fault)) if fault.is_soft() => (a, open()),
            (None, Err(fault), Ok(b)) if fault.is_soft() => (open(), b),
            (_, Err(fault), _) | (_, _, Err(fault)) => return Err(fault),
        };
        self.walks(&then_value, STEPS_TO_CONVERT, place)?;
        self.walks(&otherwise_value, STEPS_TO_CONVERT, place)?;
        let ty = common_type(&then_value, &otherwise_value).ok_or_else(|| {
            Fault::value(
                place,
                text!(
                    "both results of a conditional must be of one type: these are {} and {}",
                    "les deux résultats d’une condition doivent être du même type : ici {} et {}",
                    then_value.ty(),
                    otherwise_value.ty()
                ),
            )
        })?;
        if let Some(unknown) = test.as_unknown() {
            let because = unknown.because.clone();
            return Ok(either(
                ty,
                because,
                (test, then_value, otherwise_value),
                place,
            ));
        }
        // That one arm is a secret can be told from which one was taken.
        let marks = marks([&then_value, &otherwise_value]);
        let (taken, arm) = match holds {
            Some(true) => (then_value, then),
            _ => (otherwise_value, otherwise),
        };
        let taken = taken.marked(marks);
        let taken = if matches!(ty, Type::Dynamic) {
            taken
        } else {
            let at = file.place(file.expr(arm).span);
            convert(&taken, &ty).map_err(|error| Fault::value(at, error))?
        };
        Ok(chosen(taken, &test, place))
    }
}

/// What a conditional gives whose condition is not known: what both arms have in common.
fn either(
    ty: Type,
    because: Because,
    (test, then, otherwise): (Value, Value, Value),
    place: Place,
) -> Value {
    let marks = marks([&test, &then, &otherwise]);
    let mut value = match then.is_null() && otherwise.is_null() {
        true => Value::null_of(ty),
        false => Value::unknown_of(ty, because).within(Range::either(&then, &otherwise)),
    };
    value.marks = marks;
    value.origin = parts(place, [test.origin, then.origin, otherwise.origin]);
    value
}

/// The arm that was taken, with the condition as part of its origin.
fn chosen(mut value: Value, test: &Value, place: Place) -> Value {
    value.marks = value.marks.with(test.marks);
    let arm = std::mem::take(&mut value.origin);
    let mut origins = Vec::with_capacity(2);
    // A literal that was taken is news: the other was not.
    if has_origin(&arm) {
        origins.push(arm);
    }
    if test.origin.via.is_some() {
        origins.push(test.origin.clone());
    }
    value.origin = Origin {
        place: Some(place),
        via: Some(Arc::new(Via {
            step: Step::Parts,
            origins,
        })),
    };
    value
}

/// The type of a conditional. A bare `null` takes the type of the other arm.
fn common_type(a: &Value, b: &Value) -> Option<Type> {
    let untyped_null = |value: &Value| {
        matches!(value.data, Data::Null(Type::Dynamic)) && value.marks == Marks::NONE
    };
    match (untyped_null(a), untyped_null(b)) {
        (true, _) => Some(b.ty()),
        (_, true) => Some(a.ty()),
        // A null that is a secret keeps its type open.
        _ if [a, b]
            .iter()
            .any(|v| matches!(v.data, Data::Null(Type::Dynamic))) =>
        {
            Some(Type::Dynamic)
        }
        _ => unify(&[a.ty(), b.ty()]),
    }
}

fn number(value: &Value, place: Place) -> Result<Side<Number>, Fault> {
    if value.is_null() {
        return Err(Fault::value(
            place,
            Text::new(
                "a number is needed, not null",
                "il faut un nombre, et non null",
            ),
        ));
    }
    if let Data::Number(number) = &value.data {
        return Ok(Side::Known(number.clone()));
    }
    let converted = convert(value, &Type::Number).map_err(|error| {
        let why = error.text();
        let message = text!(
            "a number is needed: {why}",
            "il faut un nombre : {why}";
            why
        );
        Fault::value(place, message)
    })?;
    Ok(match converted.data {
        Data::Number(number) => Side::Known(number),
        Data::Unknown(unknown) => Side::Unknown(unknown),
        _ => {
            return Err(Fault::value(
                place,
                Text::new("a number is needed", "il faut un nombre"),
            ));
        }
    })
}

fn boolean(value: &Value, place: Place) -> Result<Side<bool>, Fault> {
    if value.is_null() {
        return Err(Fault::value(
            place,
            Text::new(
                "true or false is needed, not null",
                "il faut vrai ou faux, et non null",
            ),
        ));
    }
    let converted = convert(value, &Type::Bool).map_err(|error| {
        let why = error.text();
        let message = text!(
            "true or false is needed: {why}",
            "il faut vrai ou faux : {why}";
            why
        );
        Fault::value(place, message)
    })?;
    Ok(match converted.data {
        Data::Bool(value) => Side::Known(value),
        Data::Unknown(unknown) => Side::Unknown(unknown),
        _ => {
            return Err(Fault::value(
                place,
                Text::new("true or false is needed", "il faut vrai ou faux"),
            ));
        }
    })
}

/// What an operator answers when an operand is not known: of its type, and no null.
fn open(ty: Type, unknown: &Unknown) -> Value {
    Value::unknown_of(ty, unknown.because.clone()).never_null()
}

fn binary(
    operator: BinaryOperator,
    (left, left_at): (&Value, Place),
    (right, right_at): (&Value, Place),
    operator_at: Place,
) -> Outcome {
    use BinaryOperator as B;
    let marks = marks([left, right]);
    let value = match operator {
        B::Equal | B::NotEqual => {
            // Marks inside count as well: the answer tells about the content.
            let marks = left.deep_marks().with(right.deep_marks());
            return Ok(compare_equal(operator, left, right).marked(marks));
        }
        B::And | B::Or => match (boolean(left, left_at)?, boolean(right, right_at)?) {
            (Side::Known(a), Side::Known(b)) => Value::bool(match operator {
                B::And => a && b,
                _ => a || b,
            }),
            (Side::Unknown(unknown), _) | (_, Side::Unknown(unknown)) => open(Type::Bool, &unknown),
        },
        B::Less | B::LessOrEqual | B::Greater | B::GreaterOrEqual => {
            match (number(left, left_at)?, number(right, right_at)?) {
                (Side::Known(a), Side::Known(b)) => Value::bool(match operator {
                    B::Less => a < b,
                    B::LessOrEqual => a <= b,
                    B::Greater => a > b,
                    _ => a >= b,
                }),
                (Side::Unknown(a), b) => compare_bounds(operator, (&a.range, &b.range()), &a),
                (a, Side::Unknown(b)) => compare_bounds(operator, (&a.range(), &b.range), &b),
            }
        }
        B::Add | B::Subtract | B::Multiply | B::Divide | B::Modulo => {
            match (number(left, left_at)?, number(right, right_at)?) {
                (Side::Known(a), Side::Known(b)) => {
                    Value::number(arithmetic(operator, &a, &b).map_err(|error| {
                        let why = error.text();
                        let message = text!(
                            "this cannot be computed: {why}",
                            "ceci ne se calcule pas : {why}";
                            why
                        );
                        Fault::value(operator_at, message)
                    })?)
                }
                (Side::Unknown(unknown), _) | (_, Side::Unknown(unknown)) => {
                    open(Type::Number, &unknown)
                }
            }
        }
    };
    Ok(value.marked(marks))
}

impl Side<Number> {
    fn range(&self) -> Range {
        match self {
            Self::Known(number) => Range::of(&Value::number(number.clone())),
            Self::Unknown(unknown) => unknown.range.clone(),
        }
    }
}

/// Bounds can decide comparisons where the numbers are not known.
fn compare_bounds(
    operator: BinaryOperator,
    (left, right): (&Range, &Range),
    unknown: &Unknown,
) -> Value {
    let below = |a: &Range, b: &Range| match (&a.most, &b.least) {
        (Some(most), Some(least)) => most < least,
        _ => false,
    };
    let not_below = |a: &Range, b: &Range| match (&a.least, &b.most) {
        (Some(least), Some(most)) => least >= most,
        _ => false,
    };
    let (holds, fails) = match operator {
        BinaryOperator::Less => (below(left, right), not_below(left, right)),
        BinaryOperator::Greater => (below(right, left), not_below(right, left)),
        BinaryOperator::LessOrEqual => (below(left, right), below(right, left)),
        _ => (below(right, left), below(left, right)),
    };
    match (holds, fails) {
        (true, _) => Value::bool(true),
        (_, true) => Value::bool(false),
        _ => open(Type::Bool, unknown),
    }
}

fn arithmetic(operator: BinaryOperator, a: &Number, b: &Number) -> Result<Number, NumberError> {
    match operator {
        BinaryOperator::Add => a.add(b),
        BinaryOperator::Subtract => a.subtract(b),
        BinaryOperator::Multiply => a.multiply(b),
        BinaryOperator::Divide => a.divide(b),
        _ => a.remainder(b),
    }
}

fn compare_equal(operator: BinaryOperator, left: &Value, right: &Value) -> Value {
    let same = equal(left, right);
    match same {
        Some(same) => Value::bool(same == (operator == BinaryOperator::Equal)),
        None => {
            let unknown = left.first_unknown().or_else(|| right.first_unknown());
            let because = unknown.map_or(Because::Error, |unknown| unknown.because.clone());
            Value::unknown_of(Type::Bool, because).never_null()
        }
    }
}
