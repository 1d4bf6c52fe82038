//! Splats: the same steps for each element.

use std::sync::Arc;

use super::handle::{resource_via, whole_address};
use super::steps::{From, Walk, extend, part_of};
use super::{Evaluator, Fault};
use crate::source::Place;
use crate::syntax::hcl::{self, Step as Part};
use crate::terraform::scope::{Scope, has_origin};
use crate::text::Text;
use crate::value::{Because, Data, Origin, Range, Step, Type, Value, Via};

impl<'a> Evaluator<'a> {
    /// `value[*]` with the steps for each element.
    pub(super) fn splat(
        &self,
        file: &hcl::File,
        walk: Walk,
        each: &[Part],
        at: Place,
        scope: &Scope<'_, 'a>,
    ) -> Result<Walk, Fault> {
        let marks = walk.value.marks;
        let place = walk.value.origin.place;
        let unknown_number = match &walk.value.data {
            Data::Unknown(unknown) => match whole_address(&walk.value.data) {
                // A handle of one instance is one element.
                Some(address) if self.is_instance(&address) => None,
                Some(address) => {
                    let element = self.index_handle(
                        Walk {
                            value: walk.value.clone(),
                            from: None,
                            base: Origin::default(),
                            in_splat: true,
                        },
                        &address,
                        &Value::int(0),
                    );
                    Some(self.walk(file, element, each, scope)?)
                }
                None => match &unknown.ty {
                    Type::Dynamic => Some(Walk {
                        value: walk.value.clone(),
                        from: None,
                        base: Origin::default(),
                        in_splat: true,
                    }),
                    Type::List(_) | Type::Set(_) | Type::Tuple(_) => {
                        return self.splat_unknown(file, walk.clone(), each, scope);
                    }
                    // One element, unless it turns out null.
                    _ => {
                        let element = self.walk(file, walk.clone(), each, scope)?;
                        match unknown.range.is_set {
                            true => None,
                            false => Some(element),
                        }
                    }
                },
            },
            _ => None,
        };
        if let Some(element) = unknown_number {
            let because = match element.value.first_unknown() {
                Some(unknown) => unknown.because.clone(),
                None => match &element.from {
                    Some(from) => Because::Reference {
                        address: Arc::clone(&from.address),
                        path: Arc::clone(&from.path),
                    },
                    None => Because::other(Text::new(
                        "the number of elements is not known",
                        "le nombre d’éléments n’est pas connu",
                    )),
                },
            };
            let mut value = Value::unknown(because).marked(marks);
            value.origin = element.value.origin;
            return Ok(Walk {
                value,
                from: element.from,
                base: walk.base,
                in_splat: walk.in_splat,
            });
        }
        if let Data::Null(Type::List(_) | Type::Set(_) | Type::Tuple(_)) = &walk.value.data {
            return Err(Fault::value(
                at,
                Text::new("null has no elements", "null n’a pas d’éléments"),
            ));
        }
        if walk.value.is_null() {
            return Ok(Walk {
                value: Value::tuple(Vec::new()).marked(marks),
                ..walk
            });
        }
        let elements: Vec<Value> = match walk.value.elements() {
            Some(all) => all.to_vec(),
            None => vec![walk.value.clone()],
        };
        self.make(elements.len(), at)?;
        let mut all = Vec::with_capacity(elements.len());
        for value in elements {
            let value = part_of(&walk.value, value);
            let base = if has_origin(&value.origin) {
                value.origin.clone()
            } else {
                walk.base.clone()
            };
            let element = Walk {
                value,
                from: walk.from.as_ref().map(|from| From {
                    address: Arc::clone(&from.address),
                    path: extend(&from.path, "*").into(),
                    handle: from.handle.clone(),
                }),
                base,
                in_splat: true,
            };
            let element = self.walk(file, element, each, scope)?;
            let mut value = element.value;
            if let Some(from) = element.from {
                let behind = std::mem::take(&mut value.origin);
                value.origin = Origin {
                    place: place.or(behind.place),
                    via: Some(resource_via(from.address, from.path, behind)),
                };
            } else if !has_origin(&value.origin) {
                value.origin = element.base;
            }
            all.push(value);
        }
        let origins = all.iter().take(32).map(|value| value.origin.clone());
        let via = Arc::new(Via {
            step: Step::Parts,
            origins: origins.collect(),
        });
        for value in &all {
            self.walks(value, 1, at)?;
        }
        let ty = match &walk.value.data {
            Data::List(..) | Data::Set(..) => all.first().map(Value::ty),
            _ => None,
        };
        let mut value = match (&walk.value.data, ty) {
            (Data::List(..) | Data::Set(..), None) => Value::list(Type::Dynamic, all),
            // Elements of one type give results of one type.
            (Data::List(..) | Data::Set(..), Some(ty))
                if !ty.has_dynamic() && all.iter().all(|value| value.ty() == ty) =>
            {
                Value::list(ty, all)
            }
            _ => Value::tuple(all),
        };
        value.marks = marks;
        value.origin.via = Some(via);
        Ok(Walk {
            value,
            from: None,
            base: walk.base,
            in_splat: walk.in_splat,
        })
    }

    /// The steps for each element of a list whose length is not known.
    fn splat_unknown(
        &self,
        file: &hcl::File,
        walk: Walk,
        each: &[Part],
        scope: &Scope<'_, 'a>,
    ) -> Result<Walk, Fault> {
        let Some(unknown) = walk.value.as_unknown() else {
            return Ok(walk);
        };
        let because = unknown.because.clone();
        let range = Range {
            is_set: true,
            ..Range::of(&walk.value)
        };
        let element = |of: &Type| {
            let element = Walk {
                value: Value::unknown_of(of.clone(), because.clone())
                    .with_origin(walk.value.origin.clone()),
                from: walk.from.clone(),
                base: walk.base.clone(),
                in_splat: true,
            };
            self.walk(file, element, each, scope)
        };
        let (ty, element) = match &unknown.ty {
            Type::Tuple(all) => {
                let mut types = Vec::with_capacity(all.len());
                let mut last = walk.clone();
                for of in all.iter() {
                    last = element(of)?;
                    types.push(last.value.ty());
                }
                (Type::Tuple(types.into()), last)
            }
            ty => {
                let element = element(ty.element().unwrap_or(&Type::Dynamic))?;
                (Type::list(element.value.ty()), element)
            }
        };
        let mut value = Value::unknown_of(ty, because.clone());
        value.marks = walk.value.marks;
        value.origin = element.value.origin;
        Ok(Walk {
            value: value.within(range),
            from: element.from,
            base: walk.base,
            in_splat: walk.in_splat,
        })
    }
}
