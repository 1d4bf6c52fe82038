//! The inspection for people.

use std::fmt::{self, Write as _};

use super::{Inspection, facts, root_path};
use crate::facts::ResourceFacts;
use crate::graph::{Resource, World};
use crate::report::clean_line;
use crate::report::human::{Look, count};
use crate::source::Place;
use crate::terraform::{ReadFrom, Root};
use crate::value::{Because, Value};

/// Writes the inspection for people: each root with what is established about its resources, then the objects of
/// Kubernetes.
///
/// # Errors
/// When `out` cannot take more.
pub fn write(inspection: &Inspection<'_>, look: &Look) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let mut of_roots: Vec<Vec<&Resource>> = vec![Vec::new(); inspection.estate.roots.len()];
    let mut objects = Vec::new();
    for resource in inspection.graph.resources() {
        let root = resource
            .root
            .and_then(|root| of_roots.get_mut(root.0 as usize));
        root.unwrap_or(&mut objects).push(resource);
    }
    for (root, resources) in inspection.estate.roots.iter().zip(of_roots) {
        heading(&mut out, root, &resources, inspection, look)?;
        // What is only read is there to be asked for by its address.
        let made = resources
            .into_iter()
            .filter(|one| one.world != World::TerraformData);
        made.into_iter()
            .try_for_each(|one| about(&mut out, one, inspection, look))?;
    }
    if !objects.is_empty() {
        look.title(&mut out, "Kubernetes", &count(objects.len(), "object"))?;
        writeln!(out)?;
        objects
            .into_iter()
            .try_for_each(|one| about(&mut out, one, inspection, look))?;
    }
    Ok(out)
}

/// A root, and what it lacks.
fn heading(
    out: &mut String,
    root: &Root,
    resources: &[&Resource],
    inspection: &Inspection<'_>,
    look: &Look,
) -> fmt::Result {
    let read = resources
        .iter()
        .filter(|one| one.world == World::TerraformData)
        .count();
    let mut counts = count(resources.len() - read, "resource");
    if read > 0 {
        write!(counts, ", {}", count(read, "data source"))?;
    }
    let what = match root.read_from {
        ReadFrom::Code => "Terraform root",
        ReadFrom::Plan => "Terraform plan",
        ReadFrom::State => "Terraform state",
    };
    let path = clean_line(root_path(&root.path));
    look.title(out, &format!("{what} {path}"), &counts)?;
    let is_open = |value: &Value| {
        let unknown = value.as_unknown();
        unknown.is_some_and(|unknown| matches!(unknown.because, Because::Variable(_)))
    };
    let open = root
        .variables
        .iter()
        .filter(|variable| is_open(&variable.value));
    let open: Vec<&str> = open.map(|variable| &*variable.name).collect();
    if !open.is_empty() {
        look.row(
            out,
            "no value",
            &format!("{} (--var and --var-file give one)", open.join(", ")),
        )?;
    }
    let missing = inspection.estate.modules_missing.iter();
    for module in missing.filter(|module| module.root == root.path) {
        look.row(
            out,
            "missing",
            &format!("{}: {}", module.address, module.why),
        )?;
    }
    writeln!(out)
}

/// A resource with what is established about it.
fn about(
    out: &mut String,
    resource: &Resource,
    inspection: &Inspection<'_>,
    look: &Look,
) -> fmt::Result {
    look.title(
        out,
        &clean_line(&resource.address),
        &place_of(resource.header, inspection),
    )?;
    if let Some(of) = inspection.facts.of(resource.id) {
        describe(out, of, inspection, look)?;
    }
    for relation in inspection.graph.outgoing(resource.id) {
        let to = inspection
            .graph
            .get(relation.to)
            .map_or("", |r| &*r.address);
        look.row(out, "relation", &format!("{} {to}", relation.kind.as_str()))?;
    }
    if !resource.catalogued {
        look.row(
            out,
            "kind",
            &format!("{} is unknown to the catalogue", resource.kind),
        )?;
    }
    writeln!(out)
}

/// `path:line`
pub(super) fn place_of(place: Place, inspection: &Inspection<'_>) -> String {
    let at = inspection.sources.start(place);
    let source = inspection.sources.get(place.source);
    format!("{}:{}", clean_line(source.path()), at.line)
}

/// The facts that there are to say, with the first piece of evidence.
fn describe(
    out: &mut String,
    of: &ResourceFacts,
    inspection: &Inspection<'_>,
    look: &Look,
) -> fmt::Result {
    let assumed = if of.sensitivity.assumed {
        " (assumed, nobody said)"
    } else {
        ""
    };
    look.row(out, "level", &format!("{}{assumed}", of.sensitivity.level))?;
    for (name, text) in facts::words(of) {
        look.row(out, name, &text)?;
    }
    let tenants: Vec<&str> = of.tenancy.tenants().iter().map(|one| &*one.name).collect();
    match tenants.as_slice() {
        [] => {}
        [tenant] => look.row(out, "tenant", tenant)?,
        several => look.row(out, "tenants", &several.join(", "))?,
    }
    for (name, gap) in facts::gaps(of) {
        look.row(
            out,
            name,
            &format!("unknown: {}", inspection.lang.of(&gap.reason)),
        )?;
    }
    Ok(())
}
