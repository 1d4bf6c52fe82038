//! The files of `kubernetes/` that hold lists.

use super::super::model::{FieldFact, HostFamily, KubernetesFacts, MetadataKey};
use super::{Page, Subject};

/// Adds what a file says. Over facts that are there, an entry takes the place of the one with the same key; a new one
/// comes before all of them, since the first that fits counts.
pub(super) fn read(into: &mut KubernetesFacts, page: &mut Page<'_>) {
    let Some(mut from) = page.parse::<KubernetesFacts>() else {
        return;
    };
    if page.extending {
        cite(&mut from, page);
    }
    let field = |one: &FieldFact| format!("{} {}", one.fact, one.path);
    let key = |one: &MetadataKey| format!("{} {}", one.fact, one.key);
    let host = |one: &HostFamily| one.host_regex.clone();
    let mut list = Lists { page };
    list.add("pod_facts", &mut into.pod_facts, from.pod_facts, field);
    list.add("labels", &mut into.labels, from.labels, key);
    list.add("annotations", &mut into.annotations, from.annotations, key);
    list.add(
        "load_balancer_annotations",
        &mut into.load_balancer_annotations,
        from.load_balancer_annotations,
        key,
    );
    list.add("drivers", &mut into.drivers, from.drivers, |one| {
        one.provisioner.clone()
    });
    list.add("registries", &mut into.registries, from.registries, host);
    list.add("endpoints", &mut into.endpoints, from.endpoints, host);
    list.add(
        "secret_providers",
        &mut into.secret_providers,
        from.secret_providers,
        |one| one.provider.clone(),
    );
    list.add(
        "secret_stores",
        &mut into.secret_stores,
        from.secret_stores,
        |one| one.store.clone(),
    );
    list.add("agents", &mut into.agents, from.agents, |one| {
        one.product.clone()
    });
    list.add(
        "pod_settings",
        &mut into.pod_settings,
        from.pod_settings,
        |one| {
            format!(
                "{} {}",
                one.flow,
                [&one.env[..], &one.args].concat().join(" ")
            )
        },
    );
    list.add("payloads", &mut into.payloads, from.payloads, |one| {
        one.product.clone()
    });
    list.add(
        "policy_engines",
        &mut into.policy_engines,
        from.policy_engines,
        |one| format!("{} {}", one.engine, one.group),
    );
    list.add("tenancy", &mut into.tenancy, from.tenancy, |one| {
        one.model.clone()
    });
    list.add("managed", &mut into.managed, from.managed, |one| {
        one.groups.join(" ")
    });
}

/// Names the file in the sources.
fn cite(facts: &mut KubernetesFacts, page: &Page<'_>) {
    let keys = facts
        .labels
        .iter_mut()
        .chain(&mut facts.annotations)
        .chain(&mut facts.load_balancer_annotations);
    let sources = keys
        .map(|one| &mut one.source)
        .chain(facts.pod_facts.iter_mut().map(|one| &mut one.source))
        .chain(facts.drivers.iter_mut().map(|one| &mut one.source))
        .chain(facts.secret_providers.iter_mut().map(|one| &mut one.source))
        .chain(facts.secret_stores.iter_mut().map(|one| &mut one.source))
        .chain(facts.agents.iter_mut().map(|one| &mut one.source))
        .chain(facts.pod_settings.iter_mut().map(|one| &mut one.source))
        .chain(facts.payloads.iter_mut().map(|one| &mut one.source))
        .chain(facts.policy_engines.iter_mut().map(|one| &mut one.source))
        .chain(facts.tenancy.iter_mut().map(|one| &mut one.source));
    for source in sources {
        *source = page.cite(source);
    }
}

struct Lists<'l, 'p> {
    page: &'l mut Page<'p>,
}

impl Lists<'_, '_> {
    fn add<T>(&mut self, name: &str, into: &mut Vec<T>, from: Vec<T>, key: impl Fn(&T) -> String) {
        if !self.page.extending {
            into.extend(from);
            return;
        }
        let mut new = Vec::new();
        for (at, one) in from.into_iter().enumerate() {
            let of = key(&one);
            let before = into.iter().position(|before| key(before) == of);
            let entry = format!("{name} {of}");
            let path = [name, &at.to_string()];
            if !self
                .page
                .note(Subject::Kubernetes, &entry, &path, before.is_some())
            {
                continue;
            }
            match before.and_then(|at| into.get_mut(at)) {
                Some(slot) => *slot = one,
                None => new.push(one),
            }
        }
        into.splice(0..0, new);
    }
}
