//! One root out of a plan and the code it was made from: the plan says which instances there are and what their values
//! are, the code where each was written and by which way it came.

use hashbrown::{HashMap, HashSet};
use std::sync::Arc;

use super::references::declaration;
use super::{Plan, address};
use crate::problem::{Problem, ProblemCode};
use crate::source::Place;
use crate::terraform::{Declared, Key, Mode, Output, ProviderConfig, Root};
use crate::text::{Text, text};
use crate::value::{Because, Data, Entries, Origin, Step, Value, Via};

/// Elements of more than so many nested blocks are paired by position alone.
const MAX_PAIRED: usize = 64;

/// Where the code calls a module that is not at hand.
pub(in crate::terraform) type Calls = HashMap<String, Place>;

/// Puts a plan into the root that its code gave. `calls`: headers of the calls whose code is not at hand, by address
/// without keys.
pub(in crate::terraform) fn join(root: &mut Root, plan: Plan, calls: &Calls) -> Vec<Problem> {
    let code = std::mem::take(&mut root.resources);
    let mut joiner = Joiner {
        planned: HashMap::with_capacity(plan.root.resources.len()),
        templates: HashMap::new(),
        newer: Vec::new(),
        gone: Vec::new(),
    };
    for (at, resource) in plan.root.resources.iter().enumerate() {
        joiner.planned.insert(Arc::clone(&resource.address), at);
    }
    let mut rest: Vec<Option<Declared>> = plan.root.resources.into_iter().map(Some).collect();
    let mut resources = Vec::with_capacity(rest.len());
    for written in code {
        let at = joiner.planned.get(&written.address).copied();
        let planned = at.and_then(|at| rest.get_mut(at)?.take());
        let name = without_keys(&written);
        match planned {
            Some(planned) => {
                joiner
                    .templates
                    .entry(name)
                    .or_insert_with(|| written.clone());
                resources.push(joined(&written, planned, true));
            }
            None if !plan.outline.declares(&written.address) => {
                joiner.newer.push((name, written.header));
                resources.push(written);
            }
            None => {
                let stays = written.mode == Mode::Data || plan.partial;
                // A stand-in for instances that the plan names makes place for them.
                let stands_in = written.key == Some(Key::Unknown);
                joiner
                    .templates
                    .entry(name)
                    .or_insert_with(|| written.clone());
                if stays && !stands_in {
                    resources.push(written);
                }
            }
        }
    }
    let mut providers = PlanProviders::new(&root.providers, plan.root.providers);
    for planned in rest.into_iter().flatten() {
        let name = without_keys(&planned);
        match joiner.templates.get(&name) {
            Some(written) => resources.push(joined(written, planned, false)),
            None => {
                let call = missing_call(&planned.address, calls);
                if call.is_none() && planned.mode == Mode::Managed {
                    joiner.gone.push(name);
                }
                resources.push(on_its_own(planned, call, &mut providers));
            }
        }
    }
    root.resources = resources;
    root.providers.append(&mut providers.added);
    for output in &mut root.outputs {
        let planned = plan.root.outputs.iter();
        let mut planned = planned.filter(|planned| planned.name == output.name);
        if let Some(planned) = planned.next() {
            merge_output(output, planned);
        }
    }
    joiner.drift(plan.place)
}

struct Joiner {
    /// Positions in the plan, by address.
    planned: HashMap<Arc<str>, usize>,
    /// One instance of each block of the code, by its address without keys.
    templates: HashMap<String, Declared>,
    /// Blocks that the plan does not have, with their headers.
    newer: Vec<(String, Place)>,
    /// Blocks that the code does not have.
    gone: Vec<String>,
}

impl Joiner {
    /// Says that the code has changed since the plan was made.
    fn drift(mut self, place: Place) -> Vec<Problem> {
        let mut problems = Vec::new();
        self.newer.sort();
        self.newer.dedup_by(|later, earlier| later.0 == earlier.0);
        let header = self.newer.first().map(|(_, header)| *header);
        let newer: Vec<String> = self.newer.into_iter().map(|(name, _)| name).collect();
        if let Some(header) = header {
            let names = list(&newer);
            let message = text!(
                "the plan is older than the code: it has no {names}",
                "le plan est plus ancien que le code : il n’a pas {names}";
                names
            );
            problems.push(
                Problem::warning(ProblemCode::Reference, message)
                    .at(place)
                    .related(
                        header,
                        Text::new("judged as the code says", "jugé selon le code"),
                    )
                    .help(Text::new("make the plan again", "refaites le plan")),
            );
        }
        self.gone.sort();
        self.gone.dedup();
        if !self.gone.is_empty() {
            let names = list(&self.gone);
            let message = text!(
                "the plan is older than the code, which has no {names}",
                "le plan est plus ancien que le code, qui n’a pas {names}";
                names
            );
            problems.push(
                Problem::warning(ProblemCode::Reference, message)
                    .at(place)
                    .help(Text::new("make the plan again", "refaites le plan")),
            );
        }
        problems
    }
}

/// The first names of many.
fn list(names: &[String]) -> Text {
    const SHOWN: usize = 3;
    let shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => Text::same(shown.join(", ")),
        more => text!(
            "{} and {more} more",
            "{} et {more} de plus",
            shown.join(", ")
        ),
    }
}

/// The address of the block, without any keys.
fn without_keys(resource: &Declared) -> String {
    if resource.module.is_empty() || !resource.module.contains('[') {
        return declaration(resource);
    }
    let mut out = String::new();
    for call in address::calls(&resource.module).0 {
        out = address::within(&out, &format!("module.{}", call.name));
    }
    let mut local = resource.clone();
    local.module = "".into();
    address::within(&out, &declaration(&local))
}

/// The header of the nearest call on the way to an address whose code is not at hand.
fn missing_call(address: &str, calls: &Calls) -> Option<Place> {
    let mut name = String::new();
    for call in address::calls(address).0 {
        name = address::within(&name, &format!("module.{}", call.name));
        if let Some(place) = calls.get(&name) {
            return Some(*place);
        }
    }
    None
}

/// An instance as the plan has it, where the code has it. `itself`: the code has this instance, not only its block.
fn joined(written: &Declared, planned: Declared, itself: bool) -> Declared {
    let attributes = Merge {
        block: written.header,
        itself,
    }
    .value(&written.attributes, &planned.attributes);
    Declared {
        attributes,
        provider: written.provider,
        attribute_names: Arc::clone(&written.attribute_names),
        header: written.header,
        block: written.block,
        calls: Arc::clone(&written.calls),
        each_key: match (itself, &written.each_key, planned.each_key) {
            (true, Some(key), _) if !key.is_unknown() => Some(key.clone()),
            (_, Some(key), Some(planned)) => Some(Value {
                origin: key.origin.clone(),
                ..planned
            }),
            (_, _, planned) => planned.map(|key| key.at(written.header)),
        },
        depends_on: Arc::clone(&written.depends_on),
        lifecycle: Arc::clone(&written.lifecycle),
        // What could not be read of the code is in the plan.
        incomplete: false,
        ..planned
    }
}

/// What the code does not have sits at the call that makes it, when that is known.
fn on_its_own(
    mut planned: Declared,
    call: Option<Place>,
    providers: &mut PlanProviders,
) -> Declared {
    planned.provider = providers.of(planned.provider);
    if let Some(call) = call {
        planned.header = call;
        planned.block = call;
        planned.attributes = moved(&planned.attributes, call);
        planned.calls = Arc::from([call]);
        planned.each_key = planned.each_key.map(|key| key.at(call));
    }
    planned
}

/// The same value with every place at a block; what it was taken from stays.
fn moved(value: &Value, block: Place) -> Value {
    let data = match &value.data {
        Data::List(_, all) | Data::Set(_, all) | Data::Tuple(all) => {
            let all = all.iter().map(|inner| moved(inner, block));
            Data::Tuple(all.collect::<Vec<_>>().into())
        }
        Data::Map(_, all) | Data::Object(all) => {
            let all = all.iter();
            let all = all.map(|(key, inner)| (Arc::clone(key), moved(inner, block)));
            Data::Object(Arc::new(all.collect::<Entries>()))
        }
        other => other.clone(),
    };
    Value {
        data,
        marks: value.marks,
        origin: Origin {
            place: Some(block),
            via: value.origin.via.clone(),
        },
    }
}

/// Provider configurations that only the plan has.
struct PlanProviders {
    planned: Vec<ProviderConfig>,
    /// Where each is among those of the root, once it is used.
    places: Vec<Option<usize>>,
    added: Vec<ProviderConfig>,
    before: usize,
}

impl PlanProviders {
    fn new(written: &[ProviderConfig], planned: Vec<ProviderConfig>) -> Self {
        // A block of the root is the same in both; the code says more of it.
        let same = |planned: &ProviderConfig| {
            planned.module.is_empty().then(|| {
                written.iter().position(|written| {
                    written.module.is_empty()
                        && written.place.is_some()
                        && planned.place.is_some()
                        && written.source == planned.source
                        && written.alias == planned.alias
                        && written.key.is_none()
                })
            })?
        };
        Self {
            places: planned.iter().map(same).collect(),
            planned,
            added: Vec::new(),
            before: written.len(),
        }
    }

    fn of(&mut self, at: usize) -> usize {
        let (Some(place), Some(planned)) = (self.places.get_mut(at), self.planned.get(at)) else {
            return usize::MAX;
        };
        *place.get_or_insert_with(|| {
            self.added.push(planned.clone());
            self.before + self.added.len() - 1
        })
    }
}

fn merge_output(output: &mut Output, planned: &Output) {
    let merge = Merge {
        block: output.place,
        itself: true,
    };
    output.value = merge.value(&output.value, &planned.value);
    output.sensitive |= planned.sensitive;
}

/// Values of the plan, with origins of the code.
struct Merge {
    /// Where what only the plan has sits.
    block: Place,
    /// The code speaks of this very instance: what its values were taken from holds for it.
    itself: bool,
}

impl Merge {
    fn value(&self, written: &Value, planned: &Value) -> Value {
        let data = match (&written.data, &planned.data) {
            // A single block: Terraform records some of them as an object, not as a sequence of one.
            (Data::Tuple(blocks), Data::Object(_)) => match &blocks[..] {
                [only] => Data::Tuple(Arc::from([self.value(only, planned)])),
                _ => self.moved(planned).data,
            },
            (Data::Object(own) | Data::Map(_, own), Data::Object(all) | Data::Map(_, all)) => {
                Data::Object(Arc::new(self.entries(own, all)))
            }
            (
                Data::Tuple(own) | Data::List(_, own) | Data::Set(_, own),
                Data::Tuple(all) | Data::List(_, all) | Data::Set(_, all),
            ) => Data::Tuple(self.elements(own, all)),
            (_, Data::Unknown(_)) => return self.unknown(written, planned),
            _ => self.moved(planned).data,
        };
        Value {
            data,
            marks: planned.marks.with(written.marks),
            origin: self.origin(written, planned),
        }
    }

    /// The place of the code, and the way that the code says; of resources that it leaves open, the plan tells.
    fn origin(&self, written: &Value, planned: &Value) -> Origin {
        let own = written.origin.via.as_ref().filter(|_| self.itself);
        let via = match (own, &planned.origin.via) {
            (Some(own), Some(_)) if written.origin.references().is_empty() => {
                let by_code = Origin {
                    place: None,
                    via: Some(Arc::clone(own)),
                };
                Some(Arc::new(Via {
                    step: Step::Parts,
                    origins: vec![by_code, planned.origin.clone()],
                }))
            }
            (Some(own), _) => Some(Arc::clone(own)),
            (None, by_plan) => by_plan.clone(),
        };
        Origin {
            place: written.origin.place.or(Some(self.block)),
            via,
        }
    }

    fn unknown(&self, written: &Value, planned: &Value) -> Value {
        // The code's reason says more than the plan's, unless it is that part of the code is not at hand.
        let by_code = self.itself
            && !written.origin.references().is_empty()
            && written
                .as_unknown()
                .is_some_and(|unknown| matches!(unknown.because, Because::Reference { .. }));
        let from = if by_code { written } else { planned };
        Value {
            data: from.data.clone(),
            marks: planned.marks.with(written.marks),
            origin: self.origin(written, planned),
        }
    }

    fn moved(&self, planned: &Value) -> Value {
        moved(planned, self.block)
    }

    fn entries(&self, own: &Entries, all: &Entries) -> Entries {
        let find = |key: &Arc<str>| {
            let at = own.binary_search_by(|(name, _)| name.cmp(key)).ok()?;
            own.get(at).map(|(_, value)| value)
        };
        let mut merged: Entries = all
            .iter()
            .map(|(key, planned)| {
                let value = match find(key) {
                    Some(written) => self.value(written, planned),
                    None => self.moved(planned),
                };
                (Arc::clone(key), value)
            })
            .collect();
        // What a plan does not have at all, the code still says.
        let missing = |key: &Arc<str>| all.binary_search_by(|(name, _)| name.cmp(key)).is_err();
        merged.extend(own.iter().filter(|(key, _)| missing(key)).cloned());
        merged.sort_by(|a, b| a.0.cmp(&b.0));
        merged
    }

    /// Sets come in another order than they were written in: each element goes to the one that agrees with it most.
    fn elements(&self, own: &[Value], all: &[Value]) -> Arc<[Value]> {
        let by_position = own.len() > MAX_PAIRED || all.len() > MAX_PAIRED;
        let mut free: HashSet<usize> = (0..own.len()).collect();
        let mut merged = Vec::with_capacity(all.len());
        for (at, planned) in all.iter().enumerate() {
            let best = if by_position {
                (own.len() == all.len()).then_some(at)
            } else {
                let mut fitting: Vec<(usize, usize)> = free
                    .iter()
                    .filter_map(|at| Some((agreement(own.get(*at)?, planned)?, *at)))
                    .collect();
                // Most agreement first; then the nearest position.
                fitting.sort_by_key(|(agreed, other)| {
                    (usize::MAX - agreed, other.abs_diff(at), *other)
                });
                fitting.first().map(|(_, at)| *at)
            };
            let written = best.and_then(|best| {
                own.get(best).inspect(|_| {
                    free.remove(&best);
                })
            });
            merged.push(match written {
                Some(written) => self.value(written, planned),
                None => match own.first().filter(|_| own.len() == 1) {
                    // Blocks of a dynamic block that could not be expanded.
                    Some(only) => moved(planned, only.origin.place.unwrap_or(self.block)),
                    None => self.moved(planned),
                },
            });
        }
        merged.into()
    }
}

/// How many parts two values have in common; none when a part of one is not that of the other.
fn agreement(written: &Value, planned: &Value) -> Option<usize> {
    match (&written.data, &planned.data) {
        (Data::Unknown(_) | Data::Null(_), _) | (_, Data::Unknown(_) | Data::Null(_)) => Some(0),
        (Data::Object(own) | Data::Map(_, own), Data::Object(_) | Data::Map(..)) => {
            let mut sum = 0;
            for (key, value) in own.iter() {
                if let Some(other) = planned.entry(key) {
                    sum += agreement(value, other)?;
                }
            }
            Some(sum)
        }
        (
            Data::Tuple(own) | Data::List(_, own) | Data::Set(_, own),
            Data::Tuple(all) | Data::List(_, all) | Data::Set(_, all),
        ) => {
            if own.len() != all.len() {
                return Some(0);
            }
            let pairs = own.iter().zip(all.iter());
            let mut sum = 0;
            for (written, planned) in pairs {
                sum += agreement(written, planned).unwrap_or(0);
            }
            Some(sum)
        }
        _ => (written.as_text()? == planned.as_text()?).then_some(1),
    }
}
