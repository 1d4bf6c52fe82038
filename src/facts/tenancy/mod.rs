//! Whose data it is: tenant labels, keys of collections of tenants, folders, namespaces and the other ways to keep clients
//! apart; then what it is part of, and what several tenants use.

mod beside;
mod flow;
mod hierarchy;
mod own;
mod words;

use hashbrown::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::establish::Lens;
use super::location::dedup;
use super::{EvidenceId, Gap, Tenancy, Tenant};
use crate::catalog::tokens;
use words::Words;

/// A tenant, however it is written; an index into [`Tenants::names`].
type Id = u32;

/// Every tenant met: `CHU-X`, `chu_x` and `chu-x` are one.
#[derive(Default)]
struct Tenants {
    ids: HashMap<String, Id>,
    /// As first written.
    names: Vec<Arc<str>>,
    /// As written, met so far: the same texts come again and again.
    met: HashMap<Arc<str>, Id>,
}

impl Tenants {
    fn id(&mut self, name: &Arc<str>) -> Id {
        if let Some(id) = self.met.get(name) {
            return *id;
        }
        let id = *self.ids.entry(canonical(name)).or_insert_with(|| {
            self.names.push(Arc::clone(name));
            self.names.len() as Id - 1
        });
        self.met.insert(Arc::clone(name), id);
        id
    }
}

/// The words of a name in lower case, without accents: what separates them does not count, that something does counts
/// (`1-1` is not `11`).
fn canonical(name: &str) -> String {
    let words = tokens(name).join("-");
    if words.is_empty() {
        name.to_owned()
    } else {
        words
    }
}

/// A tenant of a resource, with what says so.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Of {
    tenant: Id,
    evidence: Vec<EvidenceId>,
}

/// What is said of the tenants of a resource.
#[derive(Debug, Clone, Default)]
enum Said {
    /// Nothing.
    #[default]
    Nothing,
    /// These, sorted.
    Tenants(Rc<Vec<Of>>),
    /// That there is one, which is not known here.
    Unknown(Rc<Gap>),
    /// Nobody's in particular.
    Nobody,
    /// It has no tenant to ask for.
    Excluded,
}

/// The tenancy of every resource.
pub(super) fn establish(lens: &mut Lens<'_>) -> Vec<Tenancy> {
    let graph = lens.graph;
    let mut tenants = Tenants::default();
    let mut words = Words::new(lens);
    let mut said: Vec<Said> = graph
        .resources()
        .iter()
        .map(|resource| own::said(lens, &mut words, &mut tenants, resource))
        .collect();
    hierarchy::inherit(lens, &words, &mut tenants, &mut said);
    let contained = beside::containers(lens, &words);
    flow::inherit(graph, &contained, &mut said);
    beside::by_known_names(lens, &words, &tenants, &mut said);
    flow::gather(lens, &mut said);
    said.into_iter()
        .map(|said| settle(said, &tenants))
        .collect()
}

fn settle(said: Said, tenants: &Tenants) -> Tenancy {
    let all = match said {
        Said::Unknown(gap) => return Tenancy::Unknown((*gap).clone()),
        Said::Tenants(all) => all,
        Said::Nothing | Said::Nobody | Said::Excluded => return Tenancy::Unattributed,
    };
    let mut all: Vec<Tenant> = all
        .iter()
        .filter_map(|of| {
            Some(Tenant {
                name: Arc::clone(tenants.names.get(of.tenant as usize)?),
                evidence: dedup(of.evidence.clone()),
            })
        })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    match all.len() {
        0 => Tenancy::Unattributed,
        1 => all.pop().map_or(Tenancy::Unattributed, Tenancy::Dedicated),
        _ => Tenancy::Shared(all),
    }
}
