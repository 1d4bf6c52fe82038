//! `wit/policy.wit`, and the facts in its terms.
//!
//! The contract names the same things as `crate::facts`; it is a copy on purpose, so that the scanner's types can change
//! while policies that were built long ago go on running.

use crate::catalog::{self, AppliedRegime, ClassSet};
use crate::config::words;
use crate::facts::{self, EvidenceId, Fact};
use crate::graph::RelationKind;

/// The bindings that wasmtime generates.
#[allow(missing_docs, unreachable_pub, unsafe_code, clippy::all)]
pub(super) mod wit {
    wasmtime::component::bindgen!({
        world: "policy",
        path: "wit",
        imports: { default: trappable },
    });
}

pub(super) use wit::gardefou::policy::{graph, settings, types};
pub(super) use wit::{Policy, PolicyPre};

/// The contract that this scanner offers; a policy for another minor version is refused.
pub const CONTRACT: &str = "gardefou:policy@0.1.0";

/// Turns one closed list of words into the other; a missing one does not compile.
macro_rules! same {
    ($($name:ident: $from:ty => $to:ty { $($variant:ident),+ })+) => {
        $(pub(super) fn $name(from: $from) -> $to {
            match from { $(<$from>::$variant => <$to>::$variant,)+ }
        })+
    };
}

same! {
    level: words::Level => types::Level { Public, Internal, Personal, Health, Particular, Beyond }
    level_from: types::Level => words::Level { Public, Internal, Personal, Health, Particular, Beyond }
    severity_from: types::Severity => words::Severity { Info, Low, Medium, High, Critical }
    area: catalog::Area => types::Area { Eu, Eea, Adequate, Third, Worldwide }
    certainty: catalog::Certainty => types::Certainty { Certain, Probable, Attest }
    answer: facts::Answer => types::Answer3 { Yes, No, Unknown }
    visa: facts::VisaState => types::Visa { None, Candidate, InForce, Lapsed }
    scope: facts::VisaScope => types::Scope { Inside, Outside, NotStated }
    beyond: facts::Beyond => types::Beyond { Place, Service, Model }
    exposure: facts::Exposure => types::Exposure { None, Exposed, Elsewhere, Unknown }
    holder: facts::KeyHolder => types::KeyHolder { Customer, Provider, External, Impossible }
    key_origin: facts::KeyOrigin => types::KeyOrigin { Service, Imported, Hsm, External }
    copy_kind: facts::CopyKind => types::CopyKind { Replica, Backup, Export, GeoRedundant }
    level_origin: facts::LevelFrom => types::LevelOrigin {
        Configuration, Label, InheritedLabel, ResourceType, Name, Propagated, Assumed
    }
    contradicted_by: facts::ContradictedBy => types::ContradictedBy { Name, Parent, Label }
    mfa_state: facts::MfaState => types::MfaState { Enforced, Optional, Off, Inverted, OutsideCode }
    audience: facts::Audience => types::Audience { Administrators, EndUsers, Both }
    flow: facts::Flow => types::Flow { Data, Secrets, Identities, Logs, Images, Sources }
    lifetime: facts::Lifetime => types::Lifetime { Unlimited, Limited }
    option_kind_from: types::OptionKind => super::OptionKind { Text, Integer, Boolean, TextList }
    demand: catalog::Demand => settings::Demand { None, Advised, Required }
    relation_from: graph::Relation => RelationKind {
        EncryptsWith, ReplicatesTo, BacksUpTo, AttachedTo, RunsOn, PartOf, LogsTo, ReadsFrom, Exposes
    }
}

pub(super) fn actor(from: words::Actor) -> settings::Actor {
    match from {
        words::Actor::State => settings::Actor::State,
        words::Actor::StateOperator => settings::Actor::StateOperator,
        words::Actor::Gip => settings::Actor::Gip,
        words::Actor::Oiv => settings::Actor::Oiv,
        words::Actor::Ose => settings::Actor::Ose,
        words::Actor::HealthBody => settings::Actor::HealthBody,
        words::Actor::LocalAuthority => settings::Actor::LocalAuthority,
        // `private` is a word of many languages that policies are written in.
        words::Actor::Private => settings::Actor::PrivateBody,
    }
}

/// Both sides list the classes in the same order, one bit each; a test holds it.
pub(super) fn classes(from: ClassSet) -> types::Class {
    catalog::Class::ALL
        .iter()
        .zip(CLASS_FLAGS)
        .filter(|(class, _)| from.contains(**class))
        .fold(types::Class::empty(), |set, (_, flag)| set | flag)
}

pub(super) fn classes_from(from: types::Class) -> ClassSet {
    catalog::Class::ALL
        .iter()
        .zip(CLASS_FLAGS)
        .filter(|(_, flag)| from.contains(*flag))
        .fold(ClassSet::EMPTY, |set, (class, _)| set.with(*class))
}

const CLASS_FLAGS: [types::Class; 15] = [
    types::Class::HOLDS_DATA,
    types::Class::COMPUTE,
    types::Class::WORKLOAD,
    types::Class::IDENTITY,
    types::Class::KEY,
    types::Class::KEY_STORE,
    types::Class::BACKUP,
    types::Class::NETWORK,
    types::Class::EDGE,
    types::Class::REGISTRY,
    types::Class::SECRETS,
    types::Class::LOGS,
    types::Class::STATE_BACKEND,
    types::Class::THIRD_PARTY,
    types::Class::CONFIGURATION,
];

fn texts(from: &[std::sync::Arc<str>]) -> Vec<String> {
    from.iter().map(|text| text.to_string()).collect()
}

fn text_of(from: Option<&std::sync::Arc<str>>) -> Option<String> {
    from.map(|text| text.to_string())
}

pub(super) fn text(from: &facts::Text) -> types::Text {
    types::Text {
        en: from.en.to_string(),
        fr: from.fr.to_string(),
    }
}

pub(super) fn text_from(from: types::Text) -> facts::Text {
    facts::Text::new(from.en, from.fr)
}

fn ids(from: &[EvidenceId]) -> Vec<u32> {
    from.iter().map(|id| id.0).collect()
}

fn basis(from: &facts::Basis) -> types::Basis {
    types::Basis {
        certainty: certainty(from.certainty),
        evidence: ids(&from.evidence),
    }
}

fn gap(from: &facts::Gap) -> types::Gap {
    types::Gap {
        reason: text(&from.reason),
        evidence: ids(&from.evidence),
    }
}

/// A fact in the contract's terms: `known`, `unknown` or `absent` of the variant.
macro_rules! fact {
    ($from:expr, $variant:ident, $known:expr) => {
        match $from {
            Fact::Known(value) => types::$variant::Known($known(value)),
            Fact::Unknown(because) => types::$variant::Unknown(gap(because)),
            Fact::Absent => types::$variant::Absent,
        }
    };
}

pub(super) fn location(from: &Fact<facts::Location>) -> types::LocationFact {
    fact!(from, LocationFact, |location: &facts::Location| {
        types::Location {
            region: location.region.to_string(),
            countries: texts(&location.countries),
            area: area(location.area),
            basis: basis(&location.basis),
        }
    })
}

pub(super) fn hosting(from: &Fact<std::sync::Arc<facts::Hosting>>) -> types::HostingFact {
    fact!(from, HostingFact, |hosting: &facts::Hosting| {
        types::Hosting {
            provider: hosting.provider.to_string(),
            offering: text_of(hosting.offering.as_ref()),
            visa: visa(hosting.visa),
            milestone: text_of(hosting.milestone.as_ref()),
            milestone_on: text_of(hosting.milestone_on.as_ref()),
            visa_from: text_of(hosting.visa_from.as_ref()),
            visa_ends: text_of(hosting.visa_ends.as_ref()),
            scope: scope(hosting.scope),
            outside_by: hosting.outside_by.map(beyond),
            other_siblings: texts(&hosting.other_siblings),
            qualified_sibling: text_of(hosting.qualified_sibling.as_ref()),
            visa_places: texts(&hosting.visa_places),
            hds: answer(hosting.hds),
            headquarters: text_of(hosting.headquarters.as_ref()),
            headquarters_area: hosting.headquarters_area.map(area),
            eu_controlled: answer(hosting.eu_controlled),
            exposure: exposure(hosting.exposure),
            exposed_to: texts(&hosting.exposed_to),
            basis: basis(&hosting.basis),
        }
    })
}

pub(super) fn encryption(from: &Fact<Vec<facts::Encryption>>) -> types::EncryptionFact {
    fact!(from, EncryptionFact, |parts: &Vec<facts::Encryption>| {
        parts.iter().map(encryption_part).collect::<Vec<_>>()
    })
}

fn encryption_part(from: &facts::Encryption) -> types::Encryption {
    types::Encryption {
        part: from.part.to_string(),
        at_rest: answer(from.at_rest),
        holder: holder(from.holder),
        key: from.key.map(|id| id.0),
        key_name: text_of(from.key_name.as_ref()),
        key_location: location(&from.key_location),
        rotates: from.rotates,
        erasable: from.erasable,
        deletion_days: from.deletion_days,
        origin: from.origin.map(key_origin),
        basis: basis(&from.basis),
    }
}

pub(super) fn copy(from: &facts::Copy) -> types::DataCopy {
    types::DataCopy {
        kind: copy_kind(from.kind),
        location: location(&from.location),
        encryption: encryption(&from.encryption),
        target: from.target.map(|id| id.0),
        path: from.path.clone(),
    }
}

pub(super) fn mfa(from: &Fact<facts::Mfa>) -> types::MfaFact {
    fact!(from, MfaFact, |mfa: &facts::Mfa| types::Mfa {
        state: mfa_state(mfa.state),
        audience: audience(mfa.audience),
        basis: basis(&mfa.basis),
    })
}

pub(super) fn dependency(from: &facts::Dependency) -> types::Dependency {
    types::Dependency {
        flow: flow(from.flow),
        name: from.name.to_string(),
        hosting: hosting(&from.hosting),
        location: location(&from.location),
        path: from.path.clone(),
        target: from.target.map(|id| id.0),
        evidence: ids(&from.evidence),
    }
}

pub(super) fn credential(from: &Fact<facts::Credential>) -> types::CredentialFact {
    fact!(from, CredentialFact, |credential: &facts::Credential| {
        types::Credential {
            lifetime: lifetime(credential.lifetime),
            days: credential.days,
            path: credential.path.clone(),
            basis: basis(&credential.basis),
        }
    })
}

/// Labels; `evidence` is where those that cannot be known are written.
pub(super) fn labels(from: &facts::Labels, evidence: Option<EvidenceId>) -> types::LabelsFact {
    if let Some(unknown) = &from.unknown {
        let because = unknown.as_unknown().map(|unknown| &unknown.because);
        let (en, fr) = because.map_or_else(Default::default, |because| {
            (because.to_string(), facts::because_fr(because))
        });
        return types::LabelsFact::Unknown(types::Gap {
            reason: types::Text {
                en: format!("its labels are not known here: {en}"),
                fr: format!("ses étiquettes ne sont pas connues ici : {fr}"),
            },
            evidence: evidence.iter().map(|id| id.0).collect(),
        });
    }
    let label = |label: &facts::Label| types::Label {
        key: label.key.to_string(),
        value: label
            .value
            .as_text()
            .filter(|_| !label.value.is_sensitive())
            .map(|text| text.into_owned()),
    };
    let mut labels: Vec<types::Label> = from.all.iter().map(label).collect();
    labels.sort_by(|a, b| a.key.cmp(&b.key));
    types::LabelsFact::Known(labels)
}

pub(super) fn tenancy(from: &facts::Tenancy) -> types::Tenancy {
    match from {
        facts::Tenancy::Dedicated(one) => types::Tenancy::Dedicated(tenant(one)),
        facts::Tenancy::Shared(all) => types::Tenancy::Shared(all.iter().map(tenant).collect()),
        facts::Tenancy::Unknown(because) => types::Tenancy::Unknown(gap(because)),
        facts::Tenancy::Unattributed => types::Tenancy::Unattributed,
    }
}

fn tenant(from: &facts::Tenant) -> types::Tenant {
    types::Tenant {
        name: from.name.to_string(),
        evidence: ids(&from.evidence),
    }
}

pub(super) fn sensitivity(from: &facts::Sensitivity) -> types::Sensitivity {
    types::Sensitivity {
        level: level(from.level),
        assumed: from.assumed,
        raised_from: from.raised_from.map(level),
        origin: level_origin(from.origin),
        confidence: from.confidence,
        contradiction: from
            .contradiction
            .as_ref()
            .map(|against| types::Contradiction {
                by: contradicted_by(against.by),
                level: level(against.level),
                basis: basis(&against.basis),
            }),
        hint: from.hint.as_ref().map(|hint| types::Hint {
            level: level(hint.level),
            basis: basis(&hint.basis),
        }),
        basis: basis(&from.basis),
    }
}

pub(super) fn regime(from: &AppliedRegime) -> settings::Regime {
    let areas = |all: &[catalog::Area]| all.iter().copied().map(area).collect();
    settings::Regime {
        allowed: areas(&from.regime.allowed),
        tolerated: areas(&from.regime.tolerated),
        qualification: demand(from.regime.qualification),
        hds: demand(from.regime.hds),
        customer_key: demand(from.regime.customer_key),
        mfa: demand(from.regime.mfa),
        frameworks: from.regime.frameworks.clone(),
        bound: from.bound,
        softened: from.softened,
    }
}
