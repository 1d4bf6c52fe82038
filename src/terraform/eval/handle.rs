//! Handles: values that stand for a whole resource, which is never built as a value of its own.

use std::sync::Arc;

use super::steps::Walk;
use super::{Evaluator, Fault, Outcome, Spot};
use crate::source::Place;
use crate::terraform::Key;
use crate::terraform::resources::Written;
use crate::terraform::scope::has_origin;
use crate::value::{Because, Data, Origin, Step, Value, Via};

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

impl<'a> Evaluator<'a> {
    /// An element of all the instances of a resource whose number is not known.
    pub(super) fn index_handle(&self, mut walk: Walk, address: &Arc<str>, key: &Value) -> Walk {
        let symbolic: Arc<str> = format!("{address}{}", Key::Unknown).into();
        let marks = walk.value.marks.with(key.marks);
        if self.addresses.borrow().contains_key(&symbolic) {
            let place = walk.value.origin.place;
            walk.value = handle(&symbolic).marked(marks);
            walk.value.origin.place = place;
        }
        walk
    }

    pub(super) fn is_instance(&self, address: &Arc<str>) -> bool {
        self.addresses.borrow().contains_key(address)
    }

    /// An attribute of a resource instance; none when the address is of no instance.
    pub(super) fn attribute_of(
        &self,
        address: &Arc<str>,
        name: &Arc<str>,
        at: Place,
    ) -> Result<Option<Value>, Fault> {
        let Some(spot) = self.addresses.borrow().get(address).copied() else {
            return Ok(None);
        };
        self.attribute_at(spot, address, name, at).map(Some)
    }

    /// An attribute of the resource instance at a spot, which has this address.
    pub(super) fn attribute_at(
        &self,
        spot: Spot,
        address: &Arc<str>,
        name: &Arc<str>,
        at: Place,
    ) -> Outcome {
        Ok(match self.written(spot, name, at)? {
            Written::Known(value) => value,
            Written::Computed(ty) => {
                let because = Because::Reference {
                    address: Arc::clone(address),
                    path: Arc::clone(name),
                };
                let value = Value::unknown_of(ty, because);
                // What every provider sets, though its value is known only after apply.
                if &**name == "id" {
                    value.never_null()
                } else {
                    value
                }
            }
        })
    }
}

/// The address when the value is a handle.
pub(super) fn whole_address(data: &Data) -> Option<Arc<str>> {
    match data {
        Data::Unknown(unknown) => match &unknown.because {
            Because::Reference { address, path } if path.is_empty() => Some(Arc::clone(address)),
            _ => None,
        },
        _ => None,
    }
}

/// All instances of a resource.
pub(super) fn is_collection(value: &Value) -> bool {
    !value.is_unknown()
        && value
            .origin
            .via
            .as_ref()
            .is_some_and(|via| matches!(&via.step, Step::Resource { path, .. } if path.is_empty()))
}

pub(super) fn is_handle(data: &Data) -> bool {
    whole_address(data).is_some()
}

pub(super) fn resource_via(address: Arc<str>, path: Arc<str>, behind: Origin) -> Arc<Via> {
    Arc::new(Via {
        step: Step::Resource { address, path },
        origins: if has_origin(&behind) {
            vec![behind]
        } else {
            Vec::new()
        },
    })
}
