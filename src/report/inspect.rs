//! What was understood: every resource with its attributes, facts and evidence, the relations between them, variables and
//! outputs. For people who ask why, and for tools of their own.

use std::fmt::{self, Write as _};

use serde::Serialize;

use super::human::Look;
use super::json::{EvidenceOut, LocationOut, ProblemOut, Tool, problem};
use super::values::AsJson;
use super::{Lang, clean_line};
use crate::facts::{Fact, Facts, Gap, ResourceFacts, Tenancy};
use crate::graph::{Graph, Resource, World};
use crate::problem::Problem;
use crate::source::Sources;
use crate::terraform::Estate;

mod facts;

/// What `inspect` prints.
#[derive(Debug, Clone, Copy)]
pub struct Inspection<'a> {
    /// The texts.
    pub sources: &'a Sources,
    /// Resources and relations.
    pub graph: &'a Graph,
    /// Their facts.
    pub facts: &'a Facts,
    /// The Terraform roots.
    pub estate: &'a Estate,
    /// Sorted.
    pub problems: &'a [Problem],
    /// The date of the facts.
    pub as_of: &'a str,
    /// Language of labels and reasons.
    pub lang: Lang,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    tool: Tool,
    as_of: &'a str,
    resources: Vec<ResourceOut<'a>>,
    relations: Vec<RelationOut<'a>>,
    variables: Vec<NamedOut<'a>>,
    outputs: Vec<NamedOut<'a>>,
    problems: Vec<ProblemOut<'a>>,
}

#[derive(Serialize)]
struct ResourceOut<'a> {
    address: &'a str,
    kind: &'a str,
    world: &'static str,
    path: &'a str,
    root: Option<&'a str>,
    module: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    provider: Option<ProviderOut<'a>>,
    catalogued: bool,
    classes: Vec<&'static str>,
    location: LocationOut,
    attributes: AsJson<'a>,
    facts: Option<facts::FactsOut<'a>>,
}

#[derive(Serialize)]
struct ProviderOut<'a> {
    source: &'a str,
    alias: Option<&'a str>,
    config: AsJson<'a>,
    location: Option<LocationOut>,
}

#[derive(Serialize)]
struct RelationOut<'a> {
    from: &'a str,
    relation: &'static str,
    to: &'a str,
    attribute: &'a str,
    location: Option<LocationOut>,
}

/// A variable or an output of a root.
#[derive(Serialize)]
struct NamedOut<'a> {
    root: &'a str,
    name: &'a str,
    value: AsJson<'a>,
    location: LocationOut,
}

/// Writes the inspection as one JSON object.
///
/// # Errors
/// When `out` cannot take more.
pub fn json(inspection: &Inspection<'_>, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    let document = Document {
        schema: super::json::SCHEMA,
        tool: Tool::THIS,
        as_of: inspection.as_of,
        resources: inspection
            .graph
            .resources()
            .iter()
            .map(|r| resource(r, inspection))
            .collect(),
        relations: relations(inspection),
        variables: variables(inspection),
        outputs: outputs(inspection),
        problems: inspection
            .problems
            .iter()
            .map(|p| problem(p, inspection.sources))
            .collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn resource<'a>(resource: &'a Resource, inspection: &Inspection<'a>) -> ResourceOut<'a> {
    let (graph, sources) = (inspection.graph, inspection.sources);
    ResourceOut {
        address: &resource.address,
        kind: &resource.kind,
        world: world(resource.world),
        path: &resource.path,
        root: resource
            .root
            .and_then(|root| graph.roots().get(root.0 as usize))
            .map(|root| &**root),
        module: &resource.module,
        namespace: resource.namespace.as_deref(),
        provider: graph.provider(resource).map(|provider| ProviderOut {
            source: &provider.source,
            alias: provider.alias.as_deref(),
            config: AsJson(&provider.config),
            location: provider.place.map(|place| LocationOut::of(place, sources)),
        }),
        catalogued: resource.catalogued,
        classes: resource
            .classes
            .iter()
            .map(|class| class.as_str())
            .collect(),
        location: LocationOut::of(resource.header, sources),
        attributes: AsJson(&resource.attributes),
        facts: inspection
            .facts
            .of(resource.id)
            .map(|of| facts::out(of, inspection)),
    }
}

fn world(world: World) -> &'static str {
    match world {
        World::Terraform => "terraform",
        World::TerraformData => "terraform-data",
        World::Kubernetes => "kubernetes",
    }
}

fn relations<'a>(inspection: &Inspection<'a>) -> Vec<RelationOut<'a>> {
    let address = |id| inspection.graph.get(id).map_or("", |r| &*r.address);
    let out = |relation: &'a crate::graph::Relation| RelationOut {
        from: address(relation.from),
        relation: relation.kind.as_str(),
        to: address(relation.to),
        attribute: &relation.path,
        location: relation
            .place
            .map(|place| LocationOut::of(place, inspection.sources)),
    };
    inspection.graph.relations().iter().map(out).collect()
}

fn variables<'a>(inspection: &Inspection<'a>) -> Vec<NamedOut<'a>> {
    let roots = inspection.estate.roots.iter();
    let named = roots.flat_map(|root| {
        root.variables
            .iter()
            .map(|variable| (&*root.path, variable))
    });
    let out = |(root, variable): (&'a str, &'a crate::terraform::Variable)| NamedOut {
        root,
        name: &variable.name,
        value: AsJson(&variable.value),
        location: LocationOut::of(variable.place, inspection.sources),
    };
    named.map(out).collect()
}

fn outputs<'a>(inspection: &Inspection<'a>) -> Vec<NamedOut<'a>> {
    let roots = inspection.estate.roots.iter();
    let named = roots.flat_map(|root| root.outputs.iter().map(|output| (&*root.path, output)));
    let out = |(root, output): (&'a str, &'a crate::terraform::Output)| NamedOut {
        root,
        name: &output.name,
        value: AsJson(&output.value),
        location: LocationOut::of(output.place, inspection.sources),
    };
    named.map(out).collect()
}

/// Writes the inspection for people: each resource with what is established about it.
///
/// # Errors
/// When `out` cannot take more.
pub fn human(inspection: &Inspection<'_>, look: &Look) -> Result<String, fmt::Error> {
    let mut out = String::new();
    for resource in inspection.graph.resources() {
        if resource.world == World::TerraformData {
            continue;
        }
        look.title(
            &mut out,
            &clean_line(&resource.address),
            &place_of(resource, inspection),
        )?;
        if let Some(of) = inspection.facts.of(resource.id) {
            describe(&mut out, of, inspection, look)?;
        }
        for relation in inspection.graph.outgoing(resource.id) {
            let to = inspection
                .graph
                .get(relation.to)
                .map_or("", |r| &*r.address);
            look.row(
                &mut out,
                "relation",
                &format!("{} {to}", relation.kind.as_str()),
            )?;
        }
        if !resource.catalogued {
            look.row(
                &mut out,
                "kind",
                &format!("{} is unknown to the catalogue", resource.kind),
            )?;
        }
        writeln!(out)?;
    }
    Ok(out)
}

fn place_of(resource: &Resource, inspection: &Inspection<'_>) -> String {
    let at = inspection.sources.start(resource.header);
    let source = inspection.sources.get(resource.header.source);
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
    match &of.tenancy {
        Tenancy::Dedicated(tenant) => look.row(out, "tenant", tenant)?,
        Tenancy::Shared(tenants) => look.row(out, "tenants", &tenants.join(", "))?,
        Tenancy::Unattributed => {}
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

/// Evidence of a fact.
fn evidence<'a>(
    ids: &[crate::facts::EvidenceId],
    inspection: &Inspection<'a>,
) -> Vec<EvidenceOut<'a>> {
    ids.iter()
        .filter_map(|id| inspection.facts.evidence(*id))
        .map(|piece| EvidenceOut::of(piece, inspection.sources, inspection.lang))
        .collect()
}

/// The gap of an unknown fact.
fn gap_of<T>(fact: &Fact<T>) -> Option<&Gap> {
    match fact {
        Fact::Unknown(gap) => Some(gap),
        Fact::Known(_) | Fact::Absent => None,
    }
}
