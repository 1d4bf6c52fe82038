//! The instances that `count` and `for_each` make.

use std::sync::Arc;

use super::Key;
use super::eval::{BYTES_PER_NODE, Evaluator, Fault};
use super::index::{Block, Expr};
use super::limits::{Exceeded, TOO_MANY};
use super::scope::{Expansion, Form, Item, Repetition, Scope, has_origin};
use crate::source::Place;
use crate::text::{Text, text};
use crate::value::{Because, Data, Number, Origin, Step, Type, Value, Via, convert};

impl<'a> Evaluator<'a> {
    /// The instances that `count` or `for_each` of a block make.
    pub(super) fn expand(&self, block: &Block, scope: &Scope<'_, 'a>) -> Expansion {
        let count = block.body.expr("count");
        let for_each = block.body.expr("for_each");
        if self.budget.is_exhausted() && (count.is_some() || for_each.is_some()) {
            return symbolic(for_each.is_some(), Because::Limit, None);
        }
        let expansion = match (count, for_each) {
            (Some(_), Some(each)) => Err(Fault::code(
                each.place(),
                Text::new(
                    "a block has either `count` or `for_each`, not both",
                    "un bloc a soit `count`, soit `for_each`, pas les deux",
                ),
            )),
            (Some(count), None) => self.expand_count(count, scope),
            (None, Some(each)) => self.expand_each(each, scope),
            (None, None) => {
                return Expansion {
                    form: Form::Single,
                    items: vec![Item {
                        key: None,
                        repetition: Repetition::None,
                    }],
                    over: None,
                };
            }
        };
        expansion.unwrap_or_else(|fault| {
            let because = fault.because();
            self.report(fault);
            symbolic(for_each.is_some(), because, None)
        })
    }

    fn expand_count(&self, expr: &Expr, scope: &Scope<'_, 'a>) -> Result<Expansion, Fault> {
        let place = expr.place();
        let value = self.eval_expr(expr, scope)?;
        if value.is_null() {
            return Err(Fault::value(
                place,
                Text::new("`count` must not be null", "`count` ne doit pas être nul"),
            ));
        }
        let number = convert(&value, &Type::Number).map_err(|error| {
            let why = error.text();
            let message = text!(
                "`count` must be a number: {why}",
                "`count` doit être un nombre : {why}";
                why
            );
            Fault::value(place, message)
        })?;
        if let Some(unknown) = number.as_unknown() {
            return Ok(symbolic(false, unknown.because.clone(), Some(&value)));
        }
        let count = number
            .as_number()
            .and_then(Number::as_i64)
            .and_then(|count| u64::try_from(count).ok())
            .ok_or_else(|| {
                Fault::value(
                    place,
                    text!(
                        "`count` must be a whole number from 0, not {}",
                        "`count` doit être un nombre entier à partir de 0, et non {}",
                        value.show()
                    ),
                )
            })?;
        self.check_number(count, place)?;
        let items = (0..count).map(|at| {
            let mut index = Value::int(i64::try_from(at).unwrap_or_default());
            index.origin = value.origin.clone();
            index.marks = value.marks;
            Item {
                key: Some(Key::Int(at)),
                repetition: Repetition::Count(index.into()),
            }
        });
        Ok(Expansion {
            form: Form::Count,
            items: items.collect(),
            over: None,
        })
    }

    fn expand_each(&self, expr: &Expr, scope: &Scope<'_, 'a>) -> Result<Expansion, Fault> {
        let place = expr.place();
        let value = self.eval_expr(expr, scope)?;
        if value.is_sensitive() {
            return Err(Fault::value(
                place,
                Text::new(
                    "`for_each` must not be sensitive: its keys become part of addresses",
                    "`for_each` ne doit pas être sensible : ses clés entrent dans les adresses",
                ),
            )
            .help(Text::new(
                "use nonsensitive() on the keys if they are no secret",
                "employez nonsensitive() sur les clés si elles ne sont pas secrètes",
            )));
        }
        let mut items = match &value.data {
            Data::Unknown(unknown) => {
                return Ok(symbolic(true, unknown.because.clone(), Some(&value)));
            }
            Data::Null(_) => {
                return Err(Fault::value(
                    place,
                    Text::new(
                        "`for_each` must not be null",
                        "`for_each` ne doit pas être nul",
                    ),
                ));
            }
            Data::Map(_, entries) | Data::Object(entries) => {
                self.check_number(entries.len() as u64, place)?;
                let mut ways = Ways::of(&value.origin);
                let items = entries.iter().map(|(key, element)| {
                    let origin = ways.to(&element.origin);
                    let mut element = element.clone();
                    element.origin = origin;
                    let mut named = Value::string(Arc::clone(key));
                    named.origin = element.origin.clone();
                    Item {
                        key: Some(Key::Str(Arc::clone(key))),
                        repetition: Repetition::Each {
                            key: named.into(),
                            value: element,
                        },
                    }
                });
                items.collect::<Vec<_>>()
            }
            Data::Set(_, all) => {
                self.check_number(all.len() as u64, place)?;
                if let Some(unknown) = value.first_unknown() {
                    return Ok(symbolic(true, unknown.because.clone(), Some(&value)));
                }
                let mut items = Vec::with_capacity(all.len());
                let mut ways = Ways::of(&value.origin);
                for element in all.iter() {
                    let Data::String(key) = &element.data else {
                        return Err(Fault::value(
                            place,
                            text!(
                                "`for_each` takes a set of strings, not a {}",
                                "`for_each` prend un ensemble de chaînes, et non un {}",
                                value.ty()
                            ),
                        )
                        .help(Text::new(
                            "convert it: toset([for x in ... : tostring(x)])",
                            "convertissez-le : toset([for x in ... : tostring(x)])",
                        )));
                    };
                    let origin = ways.to(&element.origin);
                    let mut element = element.clone();
                    element.origin = origin;
                    items.push(Item {
                        key: Some(Key::Str(Arc::clone(key))),
                        repetition: Repetition::Each {
                            key: element.clone().into(),
                            value: element,
                        },
                    });
                }
                items
            }
            _ => {
                return Err(Fault::value(
                    place,
                    text!(
                        "`for_each` takes a map or a set of strings, not a {}",
                        "`for_each` prend une table ou un ensemble de chaînes, et non un {}",
                        value.ty()
                    ),
                )
                .help(Text::new(
                    "make a set of a list with toset()",
                    "faites un ensemble d’une liste avec toset()",
                )));
            }
        };
        items.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(Expansion {
            form: Form::Each,
            items,
            over: Some(Arc::new(Via {
                step: Step::Each,
                origins: vec![value.origin.clone()],
            })),
        })
    }

    /// The instances that a plan has, where the code alone does not tell them.
    pub(super) fn as_planned(&self, address: &str, mut expansion: Expansion) -> Expansion {
        let Form::Unknown { .. } = expansion.form else {
            return expansion;
        };
        let Some(keys) = self.planned.and_then(|planned| planned.keys(address)) else {
            return expansion;
        };
        let Some(open) = expansion.items.pop() else {
            return expansion;
        };
        if !self.budget.instances(keys.len()) {
            expansion.items.push(open);
            return expansion;
        }
        let of_key = |key: &Key| {
            let repetition = match (key, &open.repetition) {
                (Key::Int(at), Repetition::Count(index)) => {
                    let number = Value::int(i64::try_from(*at).unwrap_or_default());
                    let origin = index.value.origin.clone();
                    Repetition::Count(number.with_origin(origin).into())
                }
                (Key::Str(text), Repetition::Each { key, value }) => Repetition::Each {
                    key: Value::string(Arc::clone(text))
                        .with_origin(key.value.origin.clone())
                        .into(),
                    value: value.clone(),
                },
                _ => return None,
            };
            let key = Some(key.clone());
            Some(Item { key, repetition })
        };
        let items: Option<Vec<Item>> = keys.iter().map(of_key).collect();
        match items {
            Some(items) => Expansion {
                form: match open.repetition {
                    Repetition::Count(_) => Form::Count,
                    _ => Form::Each,
                },
                items,
                over: expansion.over,
            },
            None => {
                expansion.items.push(open);
                expansion
            }
        }
    }

    /// Counts the addresses of instances: a name may be as long as a file, and each of them repeats it.
    pub(super) fn affords(&self, address: usize, expansion: &Expansion) -> bool {
        let keys = expansion.items.iter().map(|item| match &item.key {
            Some(Key::Str(key)) => key.len(),
            _ => 0,
        });
        let bytes = keys.fold(0usize, |all, key| all.saturating_add(address + key));
        self.budget.make(bytes / BYTES_PER_NODE).is_ok()
    }

    fn check_number(&self, count: u64, place: Place) -> Result<(), Fault> {
        if count > self.budget.limits.instances_per_block as u64 {
            let limit = Exceeded(
                "a block has more instances than a scan allows",
                "un bloc a plus d’instances qu’une analyse n’en permet",
            );
            return Err(Fault::limit(place, limit));
        }
        if !self
            .budget
            .instances(usize::try_from(count).unwrap_or(usize::MAX))
        {
            return Err(Fault::limit(place, TOO_MANY));
        }
        Ok(())
    }
}

/// The ways to the elements of a collection. Those that one expression made come the same way, and share it.
struct Ways<'w> {
    whole: &'w Origin,
    last: Option<(&'w Origin, Origin)>,
}

impl<'w> Ways<'w> {
    fn of(whole: &'w Origin) -> Self {
        Self { whole, last: None }
    }

    fn to(&mut self, element: &'w Origin) -> Origin {
        if let Some((before, way)) = &self.last
            && is_same(before, element)
        {
            return way.clone();
        }
        let way = match has_origin(element) {
            true => self.whole.inside(element),
            false => self.whole.clone(),
        };
        self.last = Some((element, way.clone()));
        way
    }
}

/// Are two origins one, as far as that is seen at once?
fn is_same(one: &Origin, other: &Origin) -> bool {
    let same_way = match (&one.via, &other.via) {
        (None, None) => true,
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        _ => false,
    };
    one.place == other.place && same_way
}

impl Expansion {
    /// One instance that stands for those that are too many.
    pub(super) fn cut(self) -> Self {
        match self.form {
            Form::Single => self,
            Form::Count | Form::Unknown { each: false } => symbolic(false, Because::Limit, None),
            Form::Each | Form::Unknown { each: true } => symbolic(true, Because::Limit, None),
        }
    }
}

/// One instance that stands for all.
fn symbolic(each: bool, because: Because, from: Option<&Value>) -> Expansion {
    let unknown = |ty: Type| {
        let mut value = Value::unknown_of(ty, because.clone());
        if let Some(from) = from {
            value.origin = from.origin.clone();
            value.marks = from.marks;
        }
        value
    };
    let repetition = if each {
        Repetition::Each {
            key: unknown(Type::String).into(),
            value: unknown(Type::Dynamic),
        }
    } else {
        Repetition::Count(unknown(Type::Number).into())
    };
    Expansion {
        form: Form::Unknown { each },
        items: vec![Item {
            key: Some(Key::Unknown),
            repetition,
        }],
        over: from.filter(|_| each).map(|from| {
            Arc::new(Via {
                step: Step::Each,
                origins: vec![from.origin.clone()],
            })
        }),
    }
}
