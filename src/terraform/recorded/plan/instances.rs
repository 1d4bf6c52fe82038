//! Which instances a plan has, for the evaluation of the code it was made from.

use hashbrown::HashMap;

use super::references::declaration;
use super::{Plan, address};
use crate::terraform::{Key, Variable};
use crate::value::{Data, Entries, Marks, Value};

/// What a plan knows and the code alone does not.
#[derive(Debug)]
pub(in crate::terraform) struct Instances<'p> {
    plan: &'p Plan,
    /// Keys of resources and module calls, by their address without their own key; sorted.
    keys: HashMap<String, Vec<Key>>,
}

impl<'p> Instances<'p> {
    pub(in crate::terraform) fn of(plan: &'p Plan) -> Self {
        let mut keys: HashMap<String, Vec<Key>> = HashMap::new();
        let mut last = "";
        for resource in &plan.root.resources {
            if let Some(key) = &resource.key {
                let all = keys.entry(declaration(resource)).or_default();
                all.push(key.clone());
            }
            // One module's resources stand together.
            if last == &*resource.module {
                continue;
            }
            last = &resource.module;
            for call in address::calls(&resource.module).0 {
                if let Some(key) = call.key.and_then(address::key) {
                    let all = keys.entry(call.declaration.to_owned()).or_default();
                    all.push(key);
                }
            }
        }
        for all in keys.values_mut() {
            all.sort();
            all.dedup();
        }
        Self { plan, keys }
    }

    /// The keys of a repeated block, by its address without a key of its own; none: the plan does not tell.
    pub(in crate::terraform) fn keys(&self, address: &str) -> Option<&[Key]> {
        if let Some(keys) = self.keys.get(address) {
            return Some(keys);
        }
        // No instance at all, or no resource in it.
        let is_resource = !address::calls(address).1.is_empty();
        let whole = !self.plan.partial && self.plan.outline.declares(address);
        (is_resource && whole).then_some(&[])
    }

    /// True when the plan has what a call makes, though its code is not at hand. `address` is without keys.
    pub(in crate::terraform) fn covers(&self, address: &str) -> bool {
        !self.plan.partial && self.plan.outline.declares(address)
    }

    /// The values that the plan was made with.
    pub(in crate::terraform) fn variables(&self) -> impl Iterator<Item = (&Variable, Value)> {
        let all = self.plan.root.variables.iter();
        all.map(|variable| (variable, without_hiding_keys(&variable.value)))
    }
}

/// A value whose parts are secret, not the whole: `for_each` takes the keys of a map whose name alone says secret.
fn without_hiding_keys(value: &Value) -> Value {
    let marks = value.marks;
    let mark = |inner: &Value| without_hiding_keys(&inner.clone().marked(marks));
    let data = match &value.data {
        Data::List(_, all) | Data::Set(_, all) | Data::Tuple(all) => {
            Data::Tuple(all.iter().map(mark).collect::<Vec<_>>().into())
        }
        Data::Map(_, all) | Data::Object(all) => {
            let all = all.iter();
            let all = all.map(|(key, inner)| (key.clone(), mark(inner)));
            Data::Object(all.collect::<Entries>().into())
        }
        _ => return value.clone(),
    };
    Value {
        data,
        marks: marks.without(Marks::SENSITIVE),
        origin: value.origin.clone(),
    }
}
