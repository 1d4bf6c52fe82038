//! What is made of other facts: classes, and what addresses, prefixes and hosts lead to.

use std::collections::BTreeMap;

use super::super::model::*;
use super::{Facts, patterns};

impl Facts {
    /// Fills the tables that are made of others: classes, and what addresses, prefixes and hosts lead to.
    pub(crate) fn connect(&mut self) {
        let saas = |id: &String| {
            self.providers
                .records
                .iter()
                .any(|p| p.id == *id && p.kind == ProviderKind::Saas)
        };
        let third_parties: Vec<String> = (self.terraform.records.iter())
            .filter(|provider| provider.providers_id.as_ref().is_some_and(saas))
            .map(|provider| provider.address.clone())
            .collect();
        for facts in &mut self.resources.records {
            if facts.class.is_empty() {
                facts.class = resource_class(facts, third_parties.contains(&facts.provider));
            }
        }
        for kind in &mut self.kinds.records {
            if kind.class.is_empty() {
                kind.class = kubernetes_class(kind);
            }
        }
        for provider in &self.terraform.records {
            self.prefixes
                .entry(provider.prefix.trim_end_matches('_').to_owned())
                .or_insert_with(|| provider.address.clone());
        }
        for provider in &self.providers.records {
            let identify = &provider.identify;
            for prefix in &identify.resource_prefixes {
                let prefix = prefix.trim_end_matches('_');
                let named = identify
                    .terraform_sources
                    .iter()
                    .find(|source| source.rsplit('/').next() == Some(prefix));
                if let Some(address) = named.or(identify.terraform_sources.first()) {
                    self.prefixes
                        .entry(prefix.to_owned())
                        .or_insert_with(|| address.clone());
                }
            }
            for source in &identify.terraform_sources {
                self.sources
                    .entry(source.to_ascii_lowercase())
                    .or_default()
                    .providers
                    .push(provider.id.clone());
            }
            for suffix in &identify.endpoint_suffixes {
                let suffix = suffix.trim_start_matches(['*', '.']).to_ascii_lowercase();
                self.hosts
                    .entry(suffix)
                    .or_default()
                    .push(provider.id.clone());
            }
            for offering in &provider.offering {
                for when in &offering.matches {
                    if let Some(source) = &when.terraform_source {
                        let candidate = Candidate {
                            offering: offering.id.clone(),
                            when: when.clone(),
                        };
                        self.sources
                            .entry(source.to_ascii_lowercase())
                            .or_default()
                            .candidates
                            .push(candidate);
                    }
                }
            }
        }
        for facts in self.sources.values_mut() {
            facts.candidates.sort_by_key(|candidate| {
                let when = &candidate.when;
                (std::cmp::Reverse(when.weight()), when.certainty)
            });
        }
    }

    /// Every regular expression of the catalogue: each is compiled at most once, when it is first asked for.
    pub(super) fn patterns(&self) -> BTreeMap<String, PatternText> {
        let offerings = self
            .providers
            .records
            .iter()
            .flat_map(|provider| &provider.offering)
            .flat_map(|offering| &offering.matches);
        let of_offerings =
            offerings.flat_map(|when| when.values_regex.iter().chain(&when.endpoint_regex));
        let of_hosts = self
            .kubernetes
            .registries
            .iter()
            .chain(&self.kubernetes.endpoints)
            .map(|family| &family.host_regex);
        let of_identities = self
            .terraform
            .records
            .iter()
            .flat_map(|provider| &provider.computed_location)
            .map(|computed| &computed.pattern);
        let of_forms = self
            .identifiers
            .iter()
            .flat_map(|identifiers| &identifiers.form)
            .map(|form| &form.pattern);
        of_offerings
            .chain(of_forms)
            .chain(of_hosts)
            .chain(of_identities)
            .map(|pattern| (pattern.clone(), patterns::described(pattern)))
            .collect()
    }
}

/// What a Terraform type is, unless its entry says so itself.
fn resource_class(facts: &ResourceKind, third_party: bool) -> ClassSet {
    let mut set = ClassSet::EMPTY;
    if facts.holds_data {
        set = set.with(Class::HoldsData);
    }
    set = match facts.category {
        Category::Compute | Category::Kubernetes => set.with(Class::Compute),
        Category::Serverless => set.with(Class::Workload),
        Category::Identity => set.with(Class::Identity),
        Category::Backup => set.with(Class::Backup),
        Category::Network => set.with(Class::Network),
        Category::Cdn => set.with(Class::Edge),
        Category::ContainerRegistry => set.with(Class::Registry),
        Category::Secrets => set.with(Class::Secrets),
        Category::Logs => set.with(Class::Logs),
        _ => set,
    };
    if let Some(key) = &facts.key {
        set = set.with(match key.kind {
            KeyKind::KeyStore | KeyKind::Hsm => Class::KeyStore,
            _ => Class::Key,
        });
    }
    if set.is_empty() {
        set = set.with(Class::Configuration);
    }
    if third_party {
        set.with(Class::ThirdParty)
    } else {
        set
    }
}

/// What a Kubernetes kind is, unless its entry says so itself.
fn kubernetes_class(kind: &KubernetesKind) -> ClassSet {
    let mut set = ClassSet::EMPTY;
    if kind.holds_data {
        set = set.with(Class::HoldsData);
    }
    if kind.pod_spec.is_some() {
        set = set.with(Class::Workload);
    }
    if kind
        .facts
        .iter()
        .any(|field| field.fact == FactKind::KeyObject)
    {
        set = set.with(Class::Key);
    }
    set = match kind.family.as_str() {
        "cluster-api" | "karpenter" => set.with(Class::Compute),
        "backup" => set.with(Class::Backup),
        "identity" => set.with(Class::Identity),
        "secrets" => set.with(Class::Secrets),
        _ => set,
    };
    if set.is_empty() {
        set.with(Class::Configuration)
    } else {
        set
    }
}
