//! What executes on what, and what makes what reachable.

use super::{Finder, Relation, RelationKind, Resource, Wanted, Way};
use crate::catalog::ResourceKind;

impl<'a> Finder<'a> {
    pub(super) fn service(
        &mut self,
        resource: &'a Resource,
        kind: &'a ResourceKind,
        out: &mut Vec<Relation>,
    ) {
        for (references, relation, way) in [
            (&kind.runs_on, RelationKind::RunsOn, Way::Out),
            (&kind.hosts, RelationKind::RunsOn, Way::In),
            (&kind.exposed_by, RelationKind::Exposes, Way::In),
        ] {
            for reference in references {
                let wanted = Wanted::Nearest(&reference.types);
                self.relate(resource, &reference.attr, relation, wanted, way, out);
            }
        }
        let mut said = Vec::new();
        for reference in &kind.exposes {
            let wanted = Wanted::Nearest(&reference.types);
            self.relate(
                resource,
                &reference.attr,
                RelationKind::Exposes,
                wanted,
                Way::Out,
                &mut said,
            );
        }
        self.speak(resource, kind, said, out);
    }

    /// What a resource says of itself holds for those it speaks for as well.
    pub(super) fn speak(
        &mut self,
        resource: &'a Resource,
        kind: &'a ResourceKind,
        said: Vec<Relation>,
        out: &mut Vec<Relation>,
    ) {
        let mut named = Vec::new();
        let wanted = Wanted::Nearest(&[]);
        let paths: &[String] = if said.is_empty() {
            &[]
        } else {
            &kind.speaks_for
        };
        for path in paths {
            self.relate(
                resource,
                path,
                RelationKind::Exposes,
                wanted,
                Way::Out,
                &mut named,
            );
        }
        for speaker in &named {
            for relation in &said {
                let mut theirs = relation.clone();
                let own = if relation.from == resource.id {
                    &mut theirs.from
                } else {
                    &mut theirs.to
                };
                *own = speaker.to;
                if theirs.from != theirs.to {
                    out.push(theirs);
                }
            }
        }
        out.extend(said);
    }
}
