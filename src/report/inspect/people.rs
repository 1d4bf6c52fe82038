//! The inspection for people.

use std::fmt::{self, Write as _};

use super::{Inspection, root_path, summary, words};
use crate::facts::{EvidenceAt, EvidenceId};
use crate::graph::{RelationKind, Resource, World};
use crate::kubernetes::RenderOutcome;
use crate::report::human::{Look, Verbosity, catalogue, count};
use crate::report::{Lang, clean_line};
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
    renderings(&mut out, inspection, look)?;
    summary::human(&mut out, inspection, look)?;
    for (at, folder) in inspection.catalogues.iter().enumerate() {
        look.row(
            &mut out,
            if at == 0 {
                inspection.lang.pick("facts", "faits")
            } else {
                ""
            },
            &catalogue(folder, inspection.lang),
        )?;
    }
    Ok(out)
}

/// Which values charts were rendered with.
fn renderings(out: &mut String, inspection: &Inspection<'_>, look: &Look) -> fmt::Result {
    let made = inspection.renderings.iter();
    let mut name = inspection.lang.pick("rendered", "rendu");
    for of in made.filter(|of| of.outcome == RenderOutcome::Rendered) {
        let mut text = format!("{} ({}", of.folder, count(of.objects, "object"));
        if let Some(release) = &of.release {
            write!(text, ", release {release}")?;
        }
        if let Some(by) = &of.by {
            write!(text, ", for {}", by.address)?;
        }
        if let Some(namespace) = &of.namespace {
            write!(text, ", namespace {namespace}")?;
        }
        if !of.values.is_empty() {
            write!(text, ", values {}", of.values.join(", "))?;
        }
        if !of.empty.is_empty() {
            write!(text, ", nothing from {}", of.empty.join(", "))?;
        }
        look.row(out, name, &(text + ")"))?;
        name = "";
    }
    if name.is_empty() {
        writeln!(out)?;
    }
    Ok(())
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
            &format!(
                "{}{} {}",
                module.address,
                inspection.lang.pick(":", " :"),
                inspection.lang.of(&module.why)
            ),
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
        &place_of(resource.header, inspection, look),
    )?;
    if let Some(of) = inspection.facts.of(resource.id) {
        describe(out, words::data(of, inspection), inspection, look)?;
        // Of a kind that nobody knows the same reason would stand four times.
        if resource.catalogued {
            describe(out, words::place_and_key(of, inspection), inspection, look)?;
        }
        describe(out, words::services(of, inspection), inspection, look)?;
    }
    relations(out, resource, inspection, look)?;
    if !resource.catalogued {
        look.row(
            out,
            "kind",
            &match inspection.lang {
                Lang::En => format!(
                    "{} is unknown to the catalogue: neither place, host nor key is established",
                    resource.kind
                ),
                Lang::Fr => format!(
                    "{} est inconnu du catalogue : ni lieu, ni hébergeur, ni clé établis",
                    resource.kind
                ),
            },
        )?;
    }
    writeln!(out)
}

/// What it is related to, a line for each kind of relation.
fn relations(
    out: &mut String,
    resource: &Resource,
    inspection: &Inspection<'_>,
    look: &Look,
) -> fmt::Result {
    let mut by_kind: Vec<(RelationKind, Vec<&str>)> = Vec::new();
    for relation in inspection.graph.outgoing(resource.id) {
        let Some(to) = inspection.graph.get(relation.to) else {
            continue;
        };
        match by_kind.iter_mut().find(|(kind, _)| *kind == relation.kind) {
            Some((_, all)) if all.contains(&&*to.address) => {}
            Some((_, all)) => all.push(&to.address),
            None => by_kind.push((relation.kind, vec![&to.address])),
        }
    }
    for (at, (kind, all)) in by_kind.into_iter().enumerate() {
        let name = inspection.lang.pick("relation", "relation");
        let text = format!("{} {}", kind.as_str(), all.join(", "));
        look.row(out, if at == 0 { name } else { "" }, &text)?;
    }
    Ok(())
}

/// `path:line`
pub(super) fn place_of(place: Place, inspection: &Inspection<'_>, look: &Look) -> String {
    let at = look.at(inspection.sources, place);
    // The line is enough to find a fact.
    at.rsplit_once(':')
        .map_or(at.clone(), |(line, _)| line.to_owned())
}

/// Places of evidence that are named beside a fact; `--verbose` shows all of it.
const PLACES: usize = 3;

/// What is known, each with the places that show it.
fn describe(
    out: &mut String,
    all: Vec<words::Said<'_>>,
    inspection: &Inspection<'_>,
    look: &Look,
) -> fmt::Result {
    for said in all {
        let verbose = look.verbosity == Verbosity::Verbose;
        let beside = if verbose {
            String::new()
        } else {
            shown_by(said.evidence, inspection, look)
        };
        look.fact(out, said.name, &said.text, said.paint, &beside)?;
        if verbose {
            look.table(out, "", &evidence_rows(said.evidence, inspection, look))?;
        }
    }
    Ok(())
}

/// The places of some evidence, else the entries of the catalogue.
fn shown_by(ids: &[EvidenceId], inspection: &Inspection<'_>, look: &Look) -> String {
    let pieces = || ids.iter().filter_map(|id| inspection.facts.evidence(*id));
    let mut named: Vec<String> = Vec::new();
    for piece in pieces() {
        if let EvidenceAt::Place(place) = &piece.at {
            let place = place_of(*place, inspection, look);
            if !named.contains(&place) {
                named.push(place);
            }
        }
    }
    if named.is_empty() {
        named.extend(pieces().filter_map(|piece| match &piece.at {
            EvidenceAt::Catalogue { entry, .. } => Some(clean_line(entry).into_owned()),
            EvidenceAt::Place(_) | EvidenceAt::Setting => None,
        }));
    }
    let more = named.len().saturating_sub(PLACES);
    named.truncate(PLACES);
    let mut text = named.join(", ");
    if more > 0 {
        text += &format!(" +{more}");
    }
    text
}

/// Every piece of evidence: where it stands, what it shows, where the catalogue has it from.
fn evidence_rows(ids: &[EvidenceId], inspection: &Inspection<'_>, look: &Look) -> Vec<Vec<String>> {
    let pieces = ids.iter().filter_map(|id| inspection.facts.evidence(*id));
    pieces
        .map(|piece| {
            let label = clean_line(inspection.lang.of(&piece.label)).into_owned();
            match &piece.at {
                EvidenceAt::Place(place) => vec![place_of(*place, inspection, look), label],
                EvidenceAt::Catalogue { entry, source } => vec![
                    clean_line(entry).into_owned(),
                    label,
                    clean_line(source).into_owned(),
                ],
                EvidenceAt::Setting => vec!["-".to_owned(), label],
            }
        })
        .collect()
}
