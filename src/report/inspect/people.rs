//! The inspection for people.

use std::fmt::{self, Write as _};

use super::{Inspection, facts};
use crate::facts::{ResourceFacts, Tenancy};
use crate::graph::{Resource, World};
use crate::report::clean_line;
use crate::report::human::Look;

/// Writes the inspection for people: each resource with what is established about it.
///
/// # Errors
/// When `out` cannot take more.
pub fn write(inspection: &Inspection<'_>, look: &Look) -> Result<String, fmt::Error> {
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
