//! The resources that findings speak of, as inventory items.

use hashbrown::HashMap;
use std::ops::Range;

use super::model::{Item, Prop, Subject};
use super::text::{known, markup, prop};
use super::uuid::uuid;
use super::{Report, is_own};
use crate::graph::ResourceId;
use crate::verdict::Finding;

/// One resource.
struct Named<'a> {
    uuid: String,
    address: &'a str,
    root: Option<&'a str>,
    kind: Option<&'a str>,
    on: Option<ResourceId>,
}

/// Every resource that a finding is about or speaks of, in the order in which they are met.
pub(super) struct Subjects<'a> {
    all: Vec<Named<'a>>,
    /// By address and root: two roots that call one module hold the same addresses.
    known: HashMap<(&'a str, Option<&'a str>), usize>,
}

impl<'a> Subjects<'a> {
    pub(super) fn of(report: &Report<'a>) -> Self {
        let mut all = Self {
            all: Vec::new(),
            known: HashMap::new(),
        };
        let findings = || report.findings.iter().filter(|one| !is_own(one));
        for finding in findings() {
            all.add(report, finding, &finding.address, true);
        }
        for finding in findings() {
            for related in &finding.related {
                all.add(report, finding, &related.address, false);
            }
        }
        all
    }

    fn add(&mut self, report: &Report<'a>, finding: &'a Finding, address: &'a str, own: bool) {
        let root = finding.root.as_deref();
        let at = self.all.len();
        if *self.known.entry((address, root)).or_insert(at) != at {
            return;
        }
        self.all.push(Named {
            uuid: uuid(
                "resource",
                &[report.base, root.unwrap_or_default(), address],
            ),
            address,
            root,
            kind: own.then_some(&*finding.kind),
            on: finding.on.filter(|_| own),
        });
    }

    /// What a finding is about, then what it speaks of.
    pub(super) fn named(&self, finding: &'a Finding) -> Vec<Subject> {
        let related = finding.related.iter().map(|one| &*one.address);
        let mut out: Vec<Subject> = Vec::new();
        for address in std::iter::once(&*finding.address).chain(related) {
            let at = self.known.get(&(address, finding.root.as_deref()));
            let Some(one) = at.and_then(|at| self.all.get(*at)) else {
                continue;
            };
            if out.iter().all(|said| said.subject_uuid != one.uuid) {
                out.push(Subject {
                    subject_uuid: one.uuid.clone(),
                    is: "inventory-item",
                    title: markup(address),
                });
            }
        }
        out
    }

    /// How many items there are.
    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    /// Some of the items themselves, with what is known of them.
    pub(super) fn items(
        &self,
        report: &Report<'_>,
        some: &Range<usize>,
    ) -> impl Iterator<Item = Item> {
        let all = self.all.get(some.clone()).into_iter().flatten();
        all.map(|one| Item {
            uuid: one.uuid.clone(),
            description: match one.kind {
                Some(kind) => format!("{} ({})", markup(one.address), markup(kind)),
                None => markup(one.address),
            },
            props: one.props(report),
        })
    }
}

impl Named<'_> {
    fn props(&self, report: &Report<'_>) -> Vec<Prop> {
        let facts = self.on.and_then(|id| report.facts.of(id));
        let location = facts.and_then(|facts| facts.location.known());
        let hosting = facts.and_then(|facts| facts.hosting.known());
        let words = |all: &[std::sync::Arc<str>]| {
            let all: Vec<&str> = all.iter().map(|one| &**one).collect();
            all.join(", ")
        };
        let props = [
            known("asset-id", self.address),
            self.kind.and_then(|kind| known("asset-type", kind)),
            self.root.and_then(|root| prop("terraform-root", root)),
            facts.and_then(|facts| prop("level", facts.sensitivity.level.as_str())),
            location.and_then(|one| prop("region", &one.region)),
            location.and_then(|one| prop("countries", words(&one.countries))),
            hosting.and_then(|one| prop("provider", &one.provider)),
            hosting.and_then(|one| prop("offering", one.offering.as_deref()?)),
        ];
        props.into_iter().flatten().collect()
    }
}
