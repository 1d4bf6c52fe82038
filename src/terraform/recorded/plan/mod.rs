//! A plan, as `terraform show -json` prints it: what will be there after apply.
//!
//! The values stand in `planned_values`, which leaves out what is known only after apply; `resource_changes` says where that
//! is; `configuration` says what the expressions refer to, so that a key "known after apply" is still known to be that
//! key. What is destroyed is in none of the values. Data sources that were read while planning stand in `prior_state`.

mod address;
mod configuration;
mod instances;
mod join;
mod merge;
mod outline;
mod providers;
mod references;
mod sources;

use hashbrown::{HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::RecordedFile;
use super::shown::{self, Surroundings};
use super::values::{Mask, Reader};
use crate::problem::{Problem, ProblemCode};
use crate::source::Place;
use crate::syntax::json::{Document, NodeId, NodeKind, Upcoming};
use crate::terraform::{Declared, Mode, ReadFrom, Root};
use crate::text::{Text, text};
use crate::value::{Data, Marks, Value};

pub(in crate::terraform) use instances::Instances;
pub(in crate::terraform) use join::match_roots;
pub(in crate::terraform) use merge::{Calls, join};

use configuration::Configuration;
use outline::Outline;
use providers::Providers;
use references::Resolver;

/// A plan.
#[derive(Debug)]
pub(in crate::terraform) struct Plan {
    /// What it says will be there, places in its own text.
    root: Root,
    /// What the code declared when it was made.
    outline: Outline,
    /// It leaves out part of what the code declares.
    partial: bool,
    /// Its beginning.
    place: Place,
}

/// Members of a plan that nothing here asks for: what was before, and what only Terraform itself needs.
pub(in crate::terraform) fn unwanted(upcoming: &Upcoming<'_, '_>) -> bool {
    match upcoming.path {
        ["resource_drift" | "relevant_attributes" | "checks" | "output_changes"] => true,
        // Stored states have both names too, one level up.
        ["resource_changes", "change", name] => {
            !matches!(*name, "actions" | "after_unknown" | "after_sensitive")
        }
        ["resource_changes", name] => !matches!(*name, "address" | "mode" | "deposed" | "change"),
        ["prior_state", "values", "outputs"] => true,
        [
            "prior_state",
            ..,
            "values" | "sensitive_values" | "depends_on",
        ] => upcoming.earlier("mode") == Some("\"managed\""),
        _ => false,
    }
}

/// The plan in a document; none when its format is of another time, and then a problem says so.
pub(super) fn read(
    file: &RecordedFile,
    document: &Document,
    top: NodeId,
    problems: &mut Vec<Problem>,
) -> Option<Plan> {
    if let Err(problem) = super::supported_format(file, document, top) {
        problems.push(problem);
        return None;
    }
    let place = super::first_line(file);
    let mut reader = Reader::new(document);
    let reader = &mut reader;
    let configuration = match reader.get(top, "configuration") {
        Some(node) => Configuration::read(reader, node),
        None => Configuration::default(),
    };
    let given = reader.get(top, "variables");
    let variables = providers::variables(reader, given, &configuration);
    let partial = completeness(reader, top, place, problems);

    let Changes {
        unknown,
        sensitive,
        kept,
    } = Changes::of(reader, top);
    let mut around = Around {
        masks: unknown,
        providers: Providers::new(&configuration, &variables),
        data_only: false,
    };
    let mut resources = Vec::new();
    let mut outputs = Vec::new();
    let planned = reader.get(top, "planned_values");
    if planned.is_none() {
        let message = Text::new(
            "the plan has no `planned_values`: what will be there is not in it",
            "le plan n’a pas de `planned_values` : ce qui sera là n’y figure pas",
        );
        problems.push(
            Problem::error(ProblemCode::Unreadable, message)
                .at(place)
                .help(whole_output()),
        );
    }
    if let Some(planned) = planned {
        if let Some(module) = reader.get(planned, "root_module") {
            resources = shown::resources(reader, module, &mut around);
        }
        if let Some(all) = reader.get(planned, "outputs") {
            outputs = shown::outputs(reader, all);
        }
        problems.extend(lost(&kept, &resources).map(|problem| problem.at(place)));
    }
    // Before Terraform 1.0 the values had no mask of their own beside them.
    for resource in &mut resources {
        if let Some(mask) = sensitive.get(&resource.address) {
            resource.attributes = hidden(&resource.attributes, mask);
        }
    }
    add_data(reader, top, &mut around, &mut resources);
    let providers = around.providers.finish(reader);
    drop(around);
    annotate(&configuration, document, &mut resources);
    let own = reader.problems.clone();
    problems.append(&mut reader.problems);
    Some(Plan {
        outline: Outline::of_configuration(&configuration.root),
        root: Root {
            path: file.path.clone(),
            read_from: ReadFrom::Plan,
            resources,
            providers,
            backend: None,
            cloud: None,
            modules: Vec::new(),
            variables,
            outputs,
            problems: own,
        },
        partial,
        place,
    })
}

/// Says what the plan says of itself: that planning failed, or that it leaves something out.
fn completeness(
    reader: &mut Reader<'_>,
    top: NodeId,
    place: Place,
    problems: &mut Vec<Problem>,
) -> bool {
    let says = |name: &str, wanted: bool| {
        let node = reader.get(top, name)?;
        (reader.document.node(node).kind == NodeKind::Bool(wanted)).then_some(())
    };
    if says("errored", true).is_some() {
        let message = Text::new(
            "the plan is not whole: Terraform met an error while planning",
            "le plan n’est pas complet : Terraform a rencontré une erreur en le faisant",
        );
        problems.push(
            Problem::error(ProblemCode::Evaluation, message)
                .at(place)
                .help(Text::new(
                    "make the plan again once `terraform plan` succeeds",
                    "refaites le plan quand `terraform plan` réussit",
                )),
        );
        return true;
    }
    if says("complete", false).is_some() {
        let message = Text::new(
            "the plan leaves part of the code out (`-target`, or changes put off): what it leaves out is not judged by it",
            "le plan laisse une partie du code de côté (`-target`, ou changements remis) : ce qu’il laisse n’est pas jugé d’après lui",
        );
        problems.push(
            Problem::warning(ProblemCode::Unreadable, message)
                .gap()
                .at(place)
                .help(Text::new(
                    "make a plan without `-target`, or scan the code beside it",
                    "faites un plan sans `-target`, ou analysez le code à côté",
                )),
        );
        return true;
    }
    false
}

/// Parts of resources, by address.
type Masks = HashMap<Arc<str>, Mask>;

/// What a plan says of each change, beside the values that come of it.
#[derive(Default)]
struct Changes {
    /// What is known only after apply.
    unknown: Masks,
    /// What is sensitive.
    sensitive: Masks,
    /// Addresses of managed resources that will be there.
    kept: Vec<Arc<str>>,
}

impl Changes {
    fn of(reader: &mut Reader<'_>, top: NodeId) -> Self {
        let document = reader.document;
        let mut found = Self::default();
        let Some(changes) = reader.get(top, "resource_changes") else {
            return found;
        };
        for node in document.elements(changes) {
            // A deposed object is what is left of an instance, and will be destroyed.
            if reader.get(*node, "deposed").is_some() {
                continue;
            }
            let Some(address) = reader.text_of(*node, "address") else {
                continue;
            };
            let Some(change) = reader.get(*node, "change") else {
                continue;
            };
            for (name, masks) in [
                ("after_unknown", &mut found.unknown),
                ("after_sensitive", &mut found.sensitive),
            ] {
                let shape = reader.get(change, name);
                let mask = shape.map(|shape| Mask::of_shape(reader, shape));
                if let Some(mask) = mask.filter(|mask| *mask != Mask::None) {
                    masks.insert(Arc::clone(&address), mask);
                }
            }
            let mode = reader.get(*node, "mode");
            let mode = mode.and_then(|node| document.string(node));
            let actions = reader.get(change, "actions");
            let actions = actions.map_or(&[][..], |actions| document.elements(actions));
            let keeps = |action: &NodeId| {
                let word = document.string(*action);
                word.is_some_and(|word| matches!(&*word, "create" | "update" | "no-op"))
            };
            if mode.as_deref() == Some("managed") && actions.iter().any(keeps) {
                found.kept.push(address);
            }
        }
        found
    }
}

/// Resources that are changed and of which the planned values say nothing: somebody cut the plan, and a scan would pass what it
/// does not hold.
fn lost(kept: &[Arc<str>], planned: &[Declared]) -> Option<Problem> {
    let there: HashSet<&str> = planned.iter().map(|one| &*one.address).collect();
    let mut lost = kept.iter().filter(|address| !there.contains(&***address));
    let first = lost.next()?;
    let message = match lost.count() {
        0 => text!(
            "the plan changes {first}, and its `planned_values` do not hold it",
            "le plan modifie {first}, que ses `planned_values` ne contiennent pas"
        ),
        more => text!(
            "the plan changes {first} and {more} more, and its `planned_values` do not hold them",
            "le plan modifie {first} et {more} autres, que ses `planned_values` ne contiennent pas"
        ),
    };
    let problem = Problem::error(ProblemCode::Unreadable, message);
    Some(problem.help(whole_output()))
}

fn whole_output() -> Text {
    Text::new(
        "scan the whole output of `terraform show -json`",
        "analysez toute la sortie de `terraform show -json`",
    )
}

/// A value with the parts of a mask marked as sensitive.
fn hidden(value: &Value, mask: &Mask) -> Value {
    match mask {
        Mask::None => return value.clone(),
        Mask::All => return value.clone().marked(Marks::SENSITIVE),
        Mask::Parts(_) => {}
    }
    let data = match &value.data {
        Data::Object(all) | Data::Map(_, all) => {
            let all = all.iter();
            let all = all.map(|(key, inner)| (Arc::clone(key), hidden(inner, mask.key(key))));
            Data::Object(Arc::new(all.collect()))
        }
        Data::Tuple(all) | Data::List(_, all) | Data::Set(_, all) => {
            let all = all.iter().enumerate();
            let all = all.map(|(at, inner)| hidden(inner, mask.at(at)));
            Data::Tuple(all.collect())
        }
        other => other.clone(),
    };
    Value {
        data,
        marks: value.marks,
        origin: value.origin.clone(),
    }
}

/// What the values representation does not say of a resource.
struct Around<'a> {
    masks: Masks,
    providers: Providers<'a>,
    /// Only data sources are of use.
    data_only: bool,
}

impl Surroundings for Around<'_> {
    fn unknown(&mut self, _reader: &mut Reader<'_>, address: &str) -> Mask {
        self.masks.remove(address).unwrap_or_default()
    }

    fn provider(&mut self, address: &str, _module: &str, source: &str) -> usize {
        if self.data_only && !address::calls(address).1.starts_with("data.") {
            return 0;
        }
        self.providers.of(address, source)
    }
}

/// Adds the data sources that were read while planning.
fn add_data(
    reader: &mut Reader<'_>,
    top: NodeId,
    around: &mut Around<'_>,
    resources: &mut Vec<Declared>,
) {
    let mut node = Some(top);
    for name in ["prior_state", "values", "root_module"] {
        node = node.and_then(|node| reader.get(node, name));
    }
    let Some(module) = node else { return };
    around.data_only = true;
    let mut read = shown::resources(reader, module, around);
    let planned: HashSet<&Arc<str>> = resources.iter().map(|one| &one.address).collect();
    read.retain(|one| one.mode == Mode::Data && !planned.contains(&one.address));
    drop(planned);
    resources.append(&mut read);
}

/// Adds to the resources what the configuration says of them: what their values were taken from, and what they depend on.
fn annotate(configuration: &Configuration, document: &Document, resources: &mut [Declared]) {
    let resolver = Resolver::new(configuration, document, resources);
    let found: Vec<_> = resources
        .par_iter()
        .map(|resource| (resolver.annotate(resource), resolver.depends_on(resource)))
        .collect();
    drop(resolver);
    for (resource, (attributes, depends_on)) in resources.iter_mut().zip(found) {
        if let Some(attributes) = attributes {
            resource.attributes = attributes;
        }
        resource.depends_on = depends_on;
    }
}

#[cfg(test)]
mod tests;
