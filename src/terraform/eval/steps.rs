//! Steps behind a value: attributes and indices. Splats have a module of their own.
//!
//! A whole resource is not built as a value: it is an unknown because of its own address, a *handle*. A step into a
//! handle looks the attribute up in the instance it names: what the code writes is known, the rest is known only after
//! apply. So a resource can be passed through variables, locals and functions without being evaluated.

use std::sync::Arc;

use super::handle::{handle, is_collection, is_handle, resource_via, whole_address};
use super::{Evaluator, Fault, Outcome, Spot, parts};
use crate::source::Place;
use crate::syntax::hcl::{self, Step as Part, StepKind};
use crate::terraform::scope::{Done, Scope, has_origin, through};
use crate::text::{Text, text};
use crate::value::{
    Because, ConvertError, Data, Number, Origin, Step, Type, Unknown, Value, Via, convert,
};

/// A value on the way through steps.
#[derive(Clone)]
pub(super) struct Walk {
    pub(super) value: Value,
    /// The resource it was taken from on this way.
    pub(super) from: Option<From>,
    /// Where the value came from that has no origin of its own.
    pub(super) base: Origin,
    /// It is an element of what a splat goes through.
    pub(super) in_splat: bool,
}

/// A resource that a walk went into.
#[derive(Clone)]
pub(super) struct From {
    pub(super) address: Arc<str>,
    pub(super) path: Arc<str>,
    /// Where the handle was written.
    pub(super) handle: Origin,
}

/// `a` + `b` -> `a.b`, with brackets and quotes where a plain word does not do.
pub(super) fn extend(path: &str, step: &str) -> String {
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
            in_splat: false,
        };
        let walk = self.walk(file, walk, steps, scope)?;
        Ok(arrived(walk, step, place))
    }

    /// Starts at an attribute of a resource instance.
    pub(super) fn start_at(
        &self,
        spot: Spot,
        address: &Arc<str>,
        name: &str,
        at: Place,
    ) -> Result<Walk, Fault> {
        let path: Arc<str> = name.into();
        Ok(Walk {
            value: self.attribute_at(spot, address, &path, at)?,
            from: Some(From {
                address: Arc::clone(address),
                path,
                handle: Origin::default(),
            }),
            base: Origin::default(),
            in_splat: false,
        })
    }

    pub(super) fn walk(
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
        if let Some(address) = whole_address(&walk.value.data) {
            let path: Arc<str> = name.into();
            if let Some(value) = self.attribute_of(&address, &path, at)? {
                walk.from = Some(From {
                    address,
                    path,
                    handle: std::mem::take(&mut walk.value.origin),
                });
                // What the handle was taken from says less than the handle.
                walk.base = Origin::default();
                walk.value = value.marked(marks);
                return Ok(walk);
            }
        }
        let found = match &walk.value.data {
            Data::Unknown(_) => return below_unknown(walk, name, at, false),
            Data::Object(_) | Data::Map(..) => walk.value.entry(name).cloned(),
            Data::Null(_) => {
                return Err(Fault::value(
                    at,
                    text!(
                        "`{name}` is asked of null, which has no attributes",
                        "`{name}` est demandé à null, qui n’a pas d’attributs"
                    ),
                ));
            }
            _ => None,
        };
        if let Some(value) = found {
            if let Some(from) = &mut walk.from {
                from.path = extend(&from.path, name).into();
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
            Some(from) => Some((Arc::clone(&from.address), Arc::clone(&from.path))),
            None => {
                let references = walk.value.origin.references().into_iter();
                references.chain(walk.base.references()).next()
            }
        };
        if let Some((address, path)) = reference {
            let path: Arc<str> = extend(&path, name).into();
            if let Some(from) = &mut walk.from {
                from.path = Arc::clone(&path);
            }
            let mut value = Value::unknown(Because::Reference { address, path });
            value.marks = walk.value.marks;
            walk.value = value;
            return Ok(walk);
        }
        let near = walk.value.entries().and_then(|entries| {
            crate::terraform::module::nearest(name, entries.iter().map(|(key, _)| Arc::clone(key)))
        });
        let fault = match &walk.value.data {
            Data::Object(_) => Fault::value(
                at,
                text!(
                    "this object has no attribute `{name}`",
                    "cet objet n’a pas d’attribut `{name}`"
                ),
            ),
            Data::Map(..) => Fault::value(
                at,
                text!(
                    "this map has no element \"{name}\"",
                    "cette table n’a pas d’élément « {name} »"
                ),
            ),
            Data::List(..) | Data::Set(..) | Data::Tuple(_) => Fault::value(
                at,
                text!(
                    "`{name}` is asked of a {}, which has no attributes",
                    "`{name}` est demandé à un {}, qui n’a pas d’attributs",
                    walk.value.ty()
                ),
            )
            .help(text!(
                "take one element first, or each with `[*].{name}`",
                "prenez d’abord un élément, ou chacun avec `[*].{name}`"
            )),
            _ => Fault::value(
                at,
                text!(
                    "`{name}` is asked of a {}, which has no attributes",
                    "`{name}` est demandé à un {}, qui n’a pas d’attributs",
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
            return Err(Fault::value(
                at,
                Text::new(
                    "an index must not be null",
                    "un indice ne doit pas être nul",
                ),
            ));
        }
        if let Data::Unknown(unknown) = &walk.value.data {
            if unknown.ty.is_primitive() {
                let message = text!(
                    "a {} takes no index",
                    "un {} ne prend pas d’indice",
                    unknown.ty
                );
                return Err(match is_by_schema(&walk, unknown) {
                    true => Fault::code(at, message),
                    false => Fault::value(at, message),
                });
            }
            if matches!(unknown.ty, Type::Set(_)) {
                return Err(set_index(at));
            }
            if let Some(address) = whole_address(&walk.value.data) {
                return Ok(self.index_handle(walk, &address, key));
            }
            let step = key
                .as_text()
                .map_or_else(|| "*".to_owned(), |text| text.into_owned());
            if matches!(unknown.ty, Type::List(_) | Type::Tuple(_)) && !key.is_unknown() {
                convert(key, &Type::Number).map_err(|error| no_number(at, &error))?;
            }
            return below_unknown(walk, &step, at, true);
        }
        if walk.value.is_null() {
            return Err(Fault::value(
                at,
                Text::new("null takes no index", "null ne prend pas d’indice"),
            ));
        }
        if let Some(unknown) = key.as_unknown() {
            if matches!(walk.value.data, Data::Set(..)) {
                return Err(set_index(at));
            }
            let ty = walk.value.outer_ty();
            if ty.is_primitive() {
                return Err(Fault::value(
                    at,
                    text!("a {ty} takes no index", "un {ty} ne prend pas d’indice"),
                ));
            }
            walk.value = self
                .by_unknown_key(&walk, unknown.because.clone())
                .marked(marks);
            return Ok(walk);
        }
        let found = match &walk.value.data {
            Data::List(_, all) | Data::Tuple(all) => {
                let number = convert(key, &Type::Number).map_err(|error| no_number(at, &error))?;
                let position = number
                    .as_number()
                    .and_then(Number::as_i64)
                    .and_then(|at| usize::try_from(at).ok());
                position.and_then(|at| all.get(at)).cloned()
            }
            Data::Map(..) | Data::Object(_) => {
                let text = convert(key, &Type::String).map_err(|error| {
                    let why = error.text();
                    let message = text!(
                        "this key is no text: {why}",
                        "cette clé n’est pas un texte : {why}";
                        why
                    );
                    Fault::value(at, message)
                })?;
                match text.as_str() {
                    Some(name) if walk.value.entry(name).is_none() && walk.from.is_some() => {
                        return self.absent(walk, name, at);
                    }
                    Some(name) => walk.value.entry(name).cloned(),
                    None => None,
                }
            }
            Data::Set(..) => {
                return Err(set_index(at));
            }
            _ => {
                let ty = walk.value.ty();
                return Err(Fault::value(
                    at,
                    text!("a {ty} takes no index", "un {ty} ne prend pas d’indice"),
                ));
            }
        };
        let Some(value) = found else {
            return Err(no_element(&walk.value, key, at));
        };
        if let Some(from) = &mut walk.from {
            let key = key.as_text().unwrap_or_default();
            from.path = extend(&from.path, &key).into();
        }
        let mut value = part_of(&walk.value, value).marked(marks);
        // Which one it is came from somewhere too.
        if key.origin.via.is_some() && !is_handle(&value.data) {
            value.origin = both(&value.origin, &key.origin);
        }
        walk.value = value;
        Ok(walk)
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
        let ty = match &walk.value.data {
            Data::List(of, _) | Data::Map(of, _) => of.clone(),
            _ => Type::Dynamic,
        };
        let mut value = Value::unknown_of(ty, because);
        let elements = walk.value.elements().unwrap_or_default().iter();
        let entries = walk.value.entries().unwrap_or_default().iter();
        let candidates = elements.chain(entries.map(|(_, value)| value)).take(8);
        value.origin.via = Some(Arc::new(Via {
            step: Step::Parts,
            origins: candidates.map(|value| value.origin.clone()).collect(),
        }));
        value
    }
}

/// The value at the end of a walk, with an origin that says that it came by `step`.
pub(super) fn arrived(walk: Walk, step: Step, place: Place) -> Value {
    let Walk {
        mut value,
        from,
        base,
        ..
    } = walk;
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
    value
}

/// An element or attribute of a value, with the way of the whole in its origin. All the instances of a resource have no
/// way of their own.
pub(super) fn part_of(whole: &Value, mut part: Value) -> Value {
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

/// A step into an unknown: unknown as well, for the same reason.
fn below_unknown(mut walk: Walk, step: &str, at: Place, is_index: bool) -> Result<Walk, Fault> {
    let Data::Unknown(unknown) = &walk.value.data else {
        return Ok(walk);
    };
    let ty = match &unknown.ty {
        Type::Dynamic => Type::Dynamic,
        Type::Map(element) => (**element).clone(),
        Type::List(_) | Type::Set(_) | Type::Tuple(_) if !is_index => {
            return Err(Fault::value(
                at,
                text!(
                    "`{step}` is asked of a {}, which has no attributes",
                    "`{step}` est demandé à un {}, qui n’a pas d’attributs",
                    unknown.ty
                ),
            ));
        }
        Type::List(element) | Type::Set(element) => (**element).clone(),
        Type::Tuple(all) => step
            .parse::<usize>()
            .ok()
            .and_then(|at| all.get(at).cloned())
            .unwrap_or_default(),
        Type::Object(attributes) => {
            let found = attributes.iter().find(|attribute| *attribute.name == *step);
            match found {
                Some(attribute) => attribute.ty.clone(),
                // Terraform does not look, for an index.
                None if is_index => Type::Dynamic,
                None => {
                    return Err(Fault::value(
                        at,
                        text!(
                            "this object has no attribute `{step}`",
                            "cet objet n’a pas d’attribut `{step}`"
                        ),
                    ));
                }
            }
        }
        primitive => {
            let message = text!(
                "`{step}` is asked of a {primitive}, which has no attributes",
                "`{step}` est demandé à un {primitive}, qui n’a pas d’attributs"
            );
            // What the schema says is known before any value is.
            return Err(match is_by_schema(&walk, unknown) {
                true => Fault::code(at, message),
                false => Fault::value(at, message),
            });
        }
    };
    let because = match &unknown.because {
        Because::Reference { address, path }
            if walk.from.is_some() || is_attribute(&walk.value.origin, address, path) =>
        {
            let path: Arc<str> = extend(path, step).into();
            walk.from = Some(From {
                address: Arc::clone(address),
                path: Arc::clone(&path),
                handle: match walk.from {
                    Some(from) => from.handle,
                    None => walk.value.origin.clone(),
                },
            });
            walk.base = Origin::default();
            Because::Reference {
                address: Arc::clone(address),
                path,
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

/// True when a value was handed on as it is: what is asked of it is asked of the attribute. What was only worked out from
/// the attribute is something else.
fn is_attribute(origin: &Origin, address: &str, path: &str) -> bool {
    let mut next = Some(origin);
    while let Some(via) = next.and_then(|origin| origin.via.as_deref()) {
        match &via.step {
            Step::Resource {
                address: of,
                path: at,
            } => return **of == *address && **at == *path,
            Step::Parts => return false,
            _ => next = via.origins.first().filter(|_| via.origins.len() == 1),
        }
    }
    false
}

/// True for `id` of a resource named in the same reference: its type is part of the schema.
fn is_by_schema(walk: &Walk, unknown: &Unknown) -> bool {
    walk.from.as_ref().is_some_and(|from| &*from.path == "id")
        && !walk.in_splat
        && matches!(&unknown.because, Because::Reference { path, .. } if &**path == "id")
}

fn no_number(at: Place, error: &ConvertError) -> Fault {
    let why = error.text();
    let message = text!(
        "this index is no number: {why}",
        "cet indice n’est pas un nombre : {why}";
        why
    );
    Fault::value(at, message)
}

fn set_index(at: Place) -> Fault {
    Fault::value(
        at,
        Text::new(
            "the elements of a set have no index",
            "les éléments d’un ensemble n’ont pas d’indice",
        ),
    )
    .help(Text::new(
        "make it a list with tolist(), or use one() for a single element",
        "faites-en une liste avec tolist(), ou employez one() pour un seul élément",
    ))
}

fn no_element(value: &Value, key: &Value, at: Place) -> Fault {
    let shown = if key.is_sensitive() {
        "(sensitive)".to_owned()
    } else {
        key.show().to_string()
    };
    match value.elements() {
        Some([]) => Fault::value(
            at,
            text!(
                "there is no element {shown}: it is empty",
                "il n’y a pas d’élément {shown} : il n’y en a aucun"
            ),
        ),
        Some(all) => Fault::value(
            at,
            text!(
                "there is no element {shown}: there are {} elements, from 0",
                "il n’y a pas d’élément {shown} : le nombre d’éléments est {}, à partir de 0",
                all.len()
            ),
        ),
        None => Fault::value(
            at,
            text!(
                "there is no element {shown}",
                "il n’y a pas d’élément {shown}"
            ),
        ),
    }
}
