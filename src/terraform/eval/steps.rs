//! Steps behind a value: attributes, indices, splats.
//!
//! A whole resource is not built as a value: it is an unknown because of its own address, a *handle*. A step into a
//! handle looks the attribute up in the instance it names: what the code writes is known, the rest is known only after
//! apply. So a resource can be passed through variables, locals and functions without being evaluated.

use std::sync::Arc;

use super::{Evaluator, Fault, Outcome, parts};
use crate::source::Place;
use crate::syntax::hcl::{self, Step as Part, StepKind};
use crate::terraform::Key;
use crate::terraform::resources::Written;
use crate::terraform::scope::{Done, Scope, has_origin, through};
use crate::value::{Because, Data, Number, Origin, Step, Type, Value, Via, convert};

/// A value on the way through steps.
struct Walk {
    value: Value,
    /// The resource it was taken from on this way.
    from: Option<From>,
    /// Where the value came from that has no origin of its own.
    base: Origin,
}

/// A resource that a walk went into.
struct From {
    address: Arc<str>,
    path: String,
    /// Where the handle was written.
    handle: Origin,
}

/// A value that stands for a whole resource instance, or for all its instances when their number is not known.
pub(in crate::terraform) fn handle(address: &Arc<str>) -> Value {
    let mut value = Value::unknown(Because::Reference {
        address: Arc::clone(address),
        path: Arc::default(),
    });
    value.origin.via = Some(Arc::new(Via {
        step: Step::Resource {
            address: Arc::clone(address),
            path: Arc::default(),
        },
        origins: Vec::new(),
    }));
    value
}

/// `a` + `b` -> `a.b`, with brackets and quotes where a plain word does not do.
fn extend(path: &str, step: &str) -> String {
    let plain = !step.is_empty() && !step.contains(['.', '[', '"']);
    match (path.is_empty(), plain) {
        (true, true) => step.to_owned(),
        (false, true) => format!("{path}.{step}"),
        (_, false) => format!("{path}[\"{step}\"]"),
    }
}

impl<'a> Evaluator<'a> {
    /// Steps behind a slot.
    pub(super) fn follow_done(
        &self,
        file: &hcl::File,
        done: &Done,
        steps: &[Part],
        place: Place,
        scope: &Scope<'_, 'a>,
    ) -> Outcome {
        if steps.is_empty() {
            self.watch(&done.value);
            return Ok(Value {
                data: done.value.data.clone(),
                marks: done.value.marks,
                origin: Origin {
                    place: Some(place),
                    via: Some(Arc::clone(&done.via)),
                },
            });
        }
        let step = done.via.step.clone();
        self.follow(file, done.value.clone(), steps, step, place, scope)
    }

    /// Steps behind a value; the result says that it came by `step`.
    pub(super) fn follow(
        &self,
        file: &hcl::File,
        value: Value,
        steps: &[Part],
        step: Step,
        place: Place,
        scope: &Scope<'_, 'a>,
    ) -> Outcome {
        let base = value.origin.clone();
        let walk = Walk {
            value,
            from: None,
            base,
        };
        let Walk {
            mut value,
            from,
            base,
        } = self.walk(file, walk, steps, scope)?;
        self.watch(&value);
        let behind = if has_origin(&value.origin) {
            value.origin
        } else {
            base
        };
        value.origin = match (from, step) {
            (Some(from), Step::Resource { .. }) => Origin {
                place: Some(place),
                via: Some(resource_via(from.address, from.path, behind)),
            },
            (Some(from), step) => {
                let inner = Origin {
                    place: from.handle.place,
                    via: Some(resource_via(from.address, from.path, behind)),
                };
                through(place, step, inner)
            }
            // A handle says itself what it stands for.
            (None, Step::Resource { .. }) if is_handle(&value.data) => Origin {
                place: Some(place),
                via: behind.via,
            },
            (None, step @ Step::Resource { .. }) => Origin {
                place: Some(place),
                via: Some(Arc::new(Via {
                    step,
                    origins: Vec::new(),
                })),
            },
            (None, Step::Parts) => parts(place, [behind]),
            (None, step) => through(place, step, behind),
        };
        Ok(value)
    }

    fn walk(
        &self,
        file: &hcl::File,
        mut walk: Walk,
        steps: &[Part],
        scope: &Scope<'_, 'a>,
    ) -> Result<Walk, Fault> {
        let mut rest = steps;
        while let Some((step, after)) = rest.split_first() {
            rest = after;
            let at = file.place(step.span);
            walk = match step.kind {
                StepKind::Attribute(name) => self.attribute(walk, file.text(name), at)?,
                StepKind::LegacyIndex(digits) => {
                    let key = Value::string(file.text(digits));
                    self.index(walk, &key, at)?
                }
                StepKind::Index(key) => {
                    let key = self.eval(file, key, scope)?;
                    self.index(walk, &key, at)?
                }
                StepKind::FullSplat => return self.splat(file, walk, rest, at, scope),
                StepKind::AttributeSplat => {
                    let inner = rest
                        .iter()
                        .take_while(|step| {
                            matches!(step.kind, StepKind::Attribute(_) | StepKind::LegacyIndex(_))
                        })
                        .count();
                    let (each, after) = rest.split_at(inner);
                    rest = after;
                    self.splat(file, walk, each, at, scope)?
                }
            };
        }
        Ok(walk)
    }

    /// `value.name`
    fn attribute(&self, mut walk: Walk, name: &str, at: Place) -> Result<Walk, Fault> {
        let marks = walk.value.marks;
        if let Some(address) = whole_address(&walk.value.data)
            && let Some((value, address)) = self.attribute_of(&address, name, at)?
        {
            walk.from = Some(From {
                address,
                path: name.to_owned(),
                handle: std::mem::take(&mut walk.value.origin),
            });
            // What the handle was taken from says less than the handle.
            walk.base = Origin::default();
            walk.value = value.marked(marks);
            return Ok(walk);
        }
        let found = match &walk.value.data {
            Data::Unknown(_) => return below_unknown(walk, name, at),
            Data::Object(_) | Data::Map(..) => walk.value.entry(name).cloned(),
            Data::Null(_) => {
                return Err(Fault::value(
                    at,
                    format!("`{name}` is asked of null, which has no attributes"),
                ));
            }
            _ => None,
        };
        if let Some(value) = found {
            if let Some(from) = &mut walk.from {
                from.path = extend(&from.path, name);
            }
            walk.value = part_of(&walk.value, value).marked(marks);
            return Ok(walk);
        }
        self.absent(walk, name, at)
    }

    /// An attribute that is not written. In what comes from a resource the provider may add it.
    fn absent(&self, mut walk: Walk, name: &str, at: Place) -> Result<Walk, Fault> {
        let reference = match &walk.from {
            // All instances together: what is in there is known.
            None if is_collection(&walk.value) => None,
            Some(from) => Some((Arc::clone(&from.address), from.path.clone())),
            None => {
                let references = walk.value.origin.references().into_iter();
                let behind = references.chain(walk.base.references()).next();
                behind.map(|(address, path)| (address, path.to_string()))
            }
        };
        if let Some((address, path)) = reference {
            let path = extend(&path, name);
            if let Some(from) = &mut walk.from {
                from.path.clone_from(&path);
            }
            let mut value = Value::unknown(Because::Reference {
                address,
                path: path.into(),
            });
            value.marks = walk.value.marks;
            walk.value = value;
            return Ok(walk);
        }
        let near = walk.value.entries().and_then(|entries| {
            crate::terraform::module::nearest(name, entries.iter().map(|(key, _)| Arc::clone(key)))
        });
        let fault = match &walk.value.data {
            Data::Object(_) => Fault::value(at, format!("this object has no attribute `{name}`")),
            Data::Map(..) => Fault::value(at, format!("this map has no element \"{name}\"")),
            Data::List(..) | Data::Set(..) | Data::Tuple(_) => Fault::value(
                at,
                format!(
                    "`{name}` is asked of a {}, which has no attributes",
                    walk.value.ty()
                ),
            )
            .help(format!("take one element first, or each with `[*].{name}`")),
            _ => Fault::value(
                at,
                format!(
                    "`{name}` is asked of a {}, which has no attributes",
                    walk.value.ty()
                ),
            ),
        };
        Err(fault.help_near(near, str::to_owned))
    }

    /// `value[key]`
    fn index(&self, mut walk: Walk, key: &Value, at: Place) -> Result<Walk, Fault> {
        let marks = walk.value.marks.with(key.marks);
        if key.is_null() {
            return Err(Fault::value(at, "an index must not be null"));
        }
        if let Data::Unknown(unknown) = &walk.value.data {
            if unknown.ty.is_primitive() {
                return Err(Fault::value(at, format!("a {} takes no index", unknown.ty)));
            }
            if let Some(address) = whole_address(&walk.value.data) {
                return Ok(self.index_handle(walk, &address, key));
            }
            let step = key
                .as_text()
                .map_or_else(|| "*".to_owned(), |text| text.into_owned());
            return below_unknown(walk, &step, at).map(|mut walk| {
                walk.value.marks = walk.value.marks.with(marks);
                walk
            });
        }
        if let Some(unknown) = key.as_unknown() {
            walk.value = self
                .by_unknown_key(&walk, unknown.because.clone())
                .marked(marks);
            return Ok(walk);
        }
        let found = match &walk.value.data {
            Data::List(_, all) | Data::Tuple(all) => {
                let number = convert(key, &Type::Number).map_err(|error| {
                    Fault::value(at, format!("this index is no number: {error}"))
                })?;
                let position = number
                    .as_number()
                    .and_then(Number::as_i64)
                    .and_then(|at| usize::try_from(at).ok());
                position.and_then(|at| all.get(at)).cloned()
            }
            Data::Map(..) | Data::Object(_) => {
                let text = convert(key, &Type::String)
                    .map_err(|error| Fault::value(at, format!("this key is no text: {error}")))?;
                match text.as_str() {
                    Some(name) if walk.value.entry(name).is_none() && walk.from.is_some() => {
                        return self.absent(walk, name, at);
                    }
                    Some(name) => walk.value.entry(name).cloned(),
                    None => None,
                }
            }
            Data::Null(_) => return Err(Fault::value(at, "null takes no index")),
            Data::Set(..) => {
                return Err(Fault::value(at, "the elements of a set have no index")
                    .help("make it a list with tolist(), or use one() for a single element"));
            }
            _ => {
                let ty = walk.value.ty();
                return Err(Fault::value(at, format!("a {ty} takes no index")));
            }
        };
        let Some(value) = found else {
            return Err(no_element(&walk.value, key, at));
        };
        if let Some(from) = &mut walk.from {
            from.path = extend(&from.path, &key.as_text().unwrap_or_default());
        }
        let mut value = part_of(&walk.value, value).marked(marks);
        // Which one it is came from somewhere too.
        if key.origin.via.is_some() && !is_handle(&value.data) {
            value.origin = both(&value.origin, &key.origin);
        }
        walk.value = value;
        Ok(walk)
    }

    /// An element of all the instances of a resource whose number is not known.
    fn index_handle(&self, mut walk: Walk, address: &Arc<str>, key: &Value) -> Walk {
        let symbolic: Arc<str> = format!("{address}{}", Key::Unknown).into();
        let marks = walk.value.marks.with(key.marks);
        if self.addresses.borrow().contains_key(&symbolic) {
            let place = walk.value.origin.place;
            walk.value = handle(&symbolic).marked(marks);
            walk.value.origin.place = place;
        }
        walk
    }

    /// An element that only apply can choose.
    fn by_unknown_key(&self, walk: &Walk, because: Because) -> Value {
        // Which instance is not known, but of which resource is.
        if walk.from.is_none()
            && let Some(via) = &walk.value.origin.via
            && let Step::Resource { address, path } = &via.step
            && path.is_empty()
        {
            return handle(address);
        }
        let mut value = Value::unknown(because);
        let elements = walk.value.elements().unwrap_or_default().iter();
        let entries = walk.value.entries().unwrap_or_default().iter();
        let candidates = elements.chain(entries.map(|(_, value)| value)).take(8);
        value.origin.via = Some(Arc::new(Via {
            step: Step::Parts,
            origins: candidates.map(|value| value.origin.clone()).collect(),
        }));
        value
    }

    /// `value[*]` with the steps for each element.
    fn splat(
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
                        },
                        &address,
                        &Value::int(0),
                    );
                    Some(self.walk(file, element, each, scope)?)
                }
                // Not a collection for sure: null gives nothing, a value gives one.
                None => {
                    let _ = unknown;
                    Some(Walk {
                        value: walk.value.clone(),
                        from: None,
                        base: Origin::default(),
                    })
                }
            },
            _ => None,
        };
        if let Some(element) = unknown_number {
            let because = match element.value.first_unknown() {
                Some(unknown) => unknown.because.clone(),
                None => match &element.from {
                    Some(from) => Because::Reference {
                        address: Arc::clone(&from.address),
                        path: from.path.as_str().into(),
                    },
                    None => Because::other("the number of elements is not known"),
                },
            };
            let mut value = Value::unknown(because).marked(marks);
            value.origin = element.value.origin;
            return Ok(Walk {
                value,
                from: element.from,
                base: walk.base,
            });
        }
        if let Data::Null(Type::List(_) | Type::Set(_) | Type::Tuple(_)) = &walk.value.data {
            return Err(Fault::value(at, "null has no elements"));
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
                    path: extend(&from.path, "*"),
                    handle: from.handle.clone(),
                }),
                base,
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
        let ty = match &walk.value.data {
            Data::List(..) | Data::Set(..) => all.first().map(Value::ty),
            _ => None,
        };
        let mut value = match (&walk.value.data, ty) {
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
        })
    }

    fn is_instance(&self, address: &Arc<str>) -> bool {
        self.addresses.borrow().contains_key(address)
    }

    /// An attribute of a resource instance, and its address; none when the address is of no instance.
    fn attribute_of(
        &self,
        address: &Arc<str>,
        name: &str,
        at: Place,
    ) -> Result<Option<(Value, Arc<str>)>, Fault> {
        let Some(spot) = self.addresses.borrow().get(address).copied() else {
            return Ok(None);
        };
        let value = match self.written(spot, name, at)? {
            Written::Known(value) => value,
            Written::Computed(ty) => Value::unknown_of(
                ty,
                Because::Reference {
                    address: Arc::clone(address),
                    path: name.into(),
                },
            ),
        };
        Ok(Some((value, Arc::clone(address))))
    }
}

/// An element or attribute of a value, with the way of the whole in its origin. All the instances of a resource have no
/// way of their own.
fn part_of(whole: &Value, mut part: Value) -> Value {
    if has_origin(&part.origin) && !is_collection(whole) && !is_handle(&part.data) {
        part.origin = whole.origin.inside(&part.origin);
    }
    part
}

/// The origin of an element that was chosen by a key.
fn both(element: &Origin, key: &Origin) -> Origin {
    Origin {
        place: element.place,
        via: Some(Arc::new(Via {
            step: Step::Parts,
            origins: vec![
                Origin {
                    place: None,
                    via: element.via.clone(),
                },
                key.clone(),
            ],
        })),
    }
}

/// The address when the value is a handle.
fn whole_address(data: &Data) -> Option<Arc<str>> {
    match data {
        Data::Unknown(unknown) => match &unknown.because {
            Because::Reference { address, path } if path.is_empty() => Some(Arc::clone(address)),
            _ => None,
        },
        _ => None,
    }
}

/// All instances of a resource.
fn is_collection(value: &Value) -> bool {
    !value.is_unknown()
        && value
            .origin
            .via
            .as_ref()
            .is_some_and(|via| matches!(&via.step, Step::Resource { path, .. } if path.is_empty()))
}

fn is_handle(data: &Data) -> bool {
    whole_address(data).is_some()
}

fn resource_via(address: Arc<str>, path: String, behind: Origin) -> Arc<Via> {
    Arc::new(Via {
        step: Step::Resource {
            address,
            path: path.into(),
        },
        origins: if has_origin(&behind) {
            vec![behind]
        } else {
            Vec::new()
        },
    })
}

/// A step into an unknown: unknown as well, for the same reason.
fn below_unknown(mut walk: Walk, step: &str, at: Place) -> Result<Walk, Fault> {
    let Data::Unknown(unknown) = &walk.value.data else {
        return Ok(walk);
    };
    let ty = match &unknown.ty {
        Type::Dynamic => Type::Dynamic,
        Type::List(element) | Type::Set(element) | Type::Map(element) => (**element).clone(),
        Type::Tuple(all) => step
            .parse::<usize>()
            .ok()
            .and_then(|at| all.get(at).cloned())
            .unwrap_or_default(),
        Type::Object(attributes) => {
            let found = attributes.iter().find(|attribute| *attribute.name == *step);
            match found {
                Some(attribute) => attribute.ty.clone(),
                None => {
                    return Err(Fault::value(
                        at,
                        format!("this object has no attribute `{step}`"),
                    ));
                }
            }
        }
        primitive => {
            return Err(Fault::value(
                at,
                format!("`{step}` is asked of a {primitive}, which has no attributes"),
            ));
        }
    };
    let because = match &unknown.because {
        Because::Reference { address, path } => {
            let path = extend(path, step);
            walk.from = Some(From {
                address: Arc::clone(address),
                path: path.clone(),
                handle: match walk.from {
                    Some(from) => from.handle,
                    None => walk.value.origin.clone(),
                },
            });
            walk.base = Origin::default();
            Because::Reference {
                address: Arc::clone(address),
                path: path.into(),
            }
        }
        because => because.clone(),
    };
    let origin = match walk.from {
        // The way is told anew, with the longer path.
        Some(_) => Origin::default(),
        None => walk.value.origin.clone(),
    };
    walk.value = Value::unknown_of(ty, because)
        .marked(walk.value.marks)
        .with_origin(origin);
    Ok(walk)
}

fn no_element(value: &Value, key: &Value, at: Place) -> Fault {
    let shown = if key.is_sensitive() {
        "(sensitive)".to_owned()
    } else {
        key.show().to_string()
    };
    match value.elements() {
        Some([]) => Fault::value(at, format!("there is no element {shown}: it is empty")),
        Some(all) => Fault::value(
            at,
            format!(
                "there is no element {shown}: there are {} elements, from 0",
                all.len()
            ),
        ),
        None => Fault::value(at, format!("there is no element {shown}")),
    }
}
