//! The facts of one resource, as JSON.

use serde::Serialize;

use super::words::{exposure, visa};
use super::{Inspection, evidence};
use crate::facts::{
    Basis, ContradictedBy, Copy, CopyKind, Credential, Dependency, Encryption, Fact, Hosting,
    KeyHolder, KeyOrigin, LevelFrom, Lifetime, Location, Mfa, MfaState, ResourceFacts, Tenancy,
    VisaScope,
};
use crate::report::json::EvidenceOut;

/// A fact, a gap with its reason, or null when the question does not arise.
#[derive(Serialize)]
#[serde(untagged)]
enum FactOut<'a, T> {
    Known(T),
    Unknown {
        #[serde(rename = "$unknown")]
        reason: &'a str,
        evidence: Vec<EvidenceOut<'a>>,
    },
}

#[derive(Serialize)]
struct BasisOut<'a> {
    certainty: &'static str,
    evidence: Vec<EvidenceOut<'a>>,
}

#[derive(Serialize)]
pub(super) struct FactsOut<'a> {
    sensitivity: SensitivityOut<'a>,
    tenancy: TenancyOut<'a>,
    location: Option<FactOut<'a, LocationOut<'a>>>,
    copies: Vec<CopyOut<'a>>,
    hosting: Option<FactOut<'a, HostingOut<'a>>>,
    encryption: Option<FactOut<'a, Vec<EncryptionOut<'a>>>>,
    mfa: Option<FactOut<'a, MfaOut<'a>>>,
    credential: Option<FactOut<'a, CredentialOut<'a>>>,
    dependencies: Vec<DependencyOut<'a>>,
}

#[derive(Serialize)]
struct SensitivityOut<'a> {
    level: &'static str,
    assumed: bool,
    raised_from: Option<&'static str>,
    origin: &'static str,
    confidence: u8,
    contradiction: Option<ContradictionOut<'a>>,
    hint: Option<HintOut<'a>>,
    #[serde(flatten)]
    basis: BasisOut<'a>,
}

#[derive(Serialize)]
struct ContradictionOut<'a> {
    by: &'static str,
    level: &'static str,
    #[serde(flatten)]
    basis: BasisOut<'a>,
}

#[derive(Serialize)]
struct HintOut<'a> {
    level: &'static str,
    #[serde(flatten)]
    basis: BasisOut<'a>,
}

#[derive(Serialize)]
struct TenancyOut<'a> {
    state: &'static str,
    tenants: Vec<TenantOut<'a>>,
    #[serde(rename = "$unknown", skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<EvidenceOut<'a>>,
}

#[derive(Serialize)]
struct TenantOut<'a> {
    name: &'a str,
    evidence: Vec<EvidenceOut<'a>>,
}

#[derive(Serialize)]
struct LocationOut<'a> {
    region: &'a str,
    countries: Vec<&'a str>,
    area: &'static str,
    #[serde(flatten)]
    basis: BasisOut<'a>,
}

#[derive(Serialize)]
struct CopyOut<'a> {
    kind: &'static str,
    attribute: &'a str,
    target: Option<&'a str>,
    location: Option<FactOut<'a, LocationOut<'a>>>,
    encryption: Option<FactOut<'a, Vec<EncryptionOut<'a>>>>,
}

#[derive(Serialize)]
struct DependencyOut<'a> {
    flow: &'static str,
    name: &'a str,
    attribute: &'a str,
    target: Option<&'a str>,
    hosting: Option<FactOut<'a, HostingOut<'a>>>,
    location: Option<FactOut<'a, LocationOut<'a>>>,
    evidence: Vec<EvidenceOut<'a>>,
}

#[derive(Serialize)]
struct HostingOut<'a> {
    provider: &'a str,
    offering: Option<&'a str>,
    visa: &'static str,
    milestone: Option<&'a str>,
    visa_from: Option<&'a str>,
    visa_ends: Option<&'a str>,
    scope: &'static str,
    qualified_sibling: Option<&'a str>,
    hds: &'static str,
    headquarters: Option<&'a str>,
    eu_controlled: &'static str,
    exposure: &'static str,
    exposed_to: Vec<&'a str>,
    #[serde(flatten)]
    basis: BasisOut<'a>,
}

#[derive(Serialize)]
struct EncryptionOut<'a> {
    part: &'a str,
    at_rest: &'static str,
    holder: &'static str,
    key: Option<&'a str>,
    key_location: Option<FactOut<'a, LocationOut<'a>>>,
    rotates: Option<bool>,
    erasable: Option<bool>,
    deletion_days: Option<u32>,
    origin: Option<&'static str>,
    #[serde(flatten)]
    basis: BasisOut<'a>,
}

#[derive(Serialize)]
struct MfaOut<'a> {
    state: &'static str,
    audience: &'static str,
    #[serde(flatten)]
    basis: BasisOut<'a>,
}

#[derive(Serialize)]
struct CredentialOut<'a> {
    lifetime: &'static str,
    days: Option<u32>,
    attribute: &'a str,
    #[serde(flatten)]
    basis: BasisOut<'a>,
}

/// Everything established about a resource.
pub(super) fn out<'a>(of: &'a ResourceFacts, inspection: &Inspection<'a>) -> FactsOut<'a> {
    FactsOut {
        sensitivity: SensitivityOut {
            level: of.sensitivity.level.as_str(),
            assumed: of.sensitivity.assumed,
            raised_from: of.sensitivity.raised_from.map(|level| level.as_str()),
            origin: level_from(of.sensitivity.origin),
            confidence: of.sensitivity.confidence,
            contradiction: of
                .sensitivity
                .contradiction
                .as_ref()
                .map(|against| ContradictionOut {
                    by: contradicted_by(against.by),
                    level: against.level.as_str(),
                    basis: basis(&against.basis, inspection),
                }),
            hint: of.sensitivity.hint.as_ref().map(|hint| HintOut {
                level: hint.level.as_str(),
                basis: basis(&hint.basis, inspection),
            }),
            basis: basis(&of.sensitivity.basis, inspection),
        },
        tenancy: tenancy(&of.tenancy, inspection),
        location: fact(&of.location, inspection, location),
        copies: of
            .copies
            .iter()
            .map(|copy| copy_out(copy, inspection))
            .collect(),
        hosting: fact(&of.hosting, inspection, |of, inspection| {
            hosting(of, inspection)
        }),
        encryption: fact(&of.encryption, inspection, |all, of| encryptions(all, of)),
        mfa: fact(&of.mfa, inspection, mfa),
        credential: fact(&of.credential, inspection, credential),
        dependencies: of
            .dependencies
            .iter()
            .map(|one| dependency(one, inspection))
            .collect(),
    }
}

fn fact<'a, T, O>(
    fact: &'a Fact<T>,
    inspection: &Inspection<'a>,
    known: impl Fn(&'a T, &Inspection<'a>) -> O,
) -> Option<FactOut<'a, O>> {
    match fact {
        Fact::Known(value) => Some(FactOut::Known(known(value, inspection))),
        Fact::Unknown(gap) => Some(FactOut::Unknown {
            reason: inspection.lang.of(&gap.reason),
            evidence: evidence(&gap.evidence, inspection),
        }),
        Fact::Absent => None,
    }
}

fn basis<'a>(basis: &Basis, inspection: &Inspection<'a>) -> BasisOut<'a> {
    BasisOut {
        certainty: basis.certainty.as_str(),
        evidence: evidence(&basis.evidence, inspection),
    }
}

fn location<'a>(of: &'a Location, inspection: &Inspection<'a>) -> LocationOut<'a> {
    LocationOut {
        region: &of.region,
        countries: of.countries.iter().map(|country| &**country).collect(),
        area: of.area.as_str(),
        basis: basis(&of.basis, inspection),
    }
}

fn copy_out<'a>(copy: &'a Copy, inspection: &Inspection<'a>) -> CopyOut<'a> {
    let target = copy.target.and_then(|id| inspection.graph.get(id));
    CopyOut {
        kind: copy_kind(copy.kind),
        attribute: &copy.path,
        target: target.map(|resource| &*resource.address),
        location: fact(&copy.location, inspection, location),
        encryption: fact(&copy.encryption, inspection, |all, of| encryptions(all, of)),
    }
}

fn dependency<'a>(of: &'a Dependency, inspection: &Inspection<'a>) -> DependencyOut<'a> {
    let target = of.target.and_then(|id| inspection.graph.get(id));
    DependencyOut {
        flow: of.flow.as_str(),
        name: &of.name,
        attribute: &of.path,
        target: target.map(|resource| &*resource.address),
        hosting: fact(&of.hosting, inspection, |of, inspection| {
            hosting(of, inspection)
        }),
        location: fact(&of.location, inspection, location),
        evidence: evidence(&of.evidence, inspection),
    }
}

fn hosting<'a>(of: &'a Hosting, inspection: &Inspection<'a>) -> HostingOut<'a> {
    HostingOut {
        provider: &of.provider,
        offering: of.offering.as_deref(),
        visa: visa(of.visa),
        milestone: of.milestone.as_deref(),
        visa_from: of.visa_from.as_deref(),
        visa_ends: of.visa_ends.as_deref(),
        scope: match of.scope {
            VisaScope::Inside => "inside",
            VisaScope::Outside => "outside",
            VisaScope::NotStated => "not-stated",
        },
        qualified_sibling: of.qualified_sibling.as_deref(),
        hds: of.hds.as_str(),
        headquarters: of.headquarters.as_deref(),
        eu_controlled: of.eu_controlled.as_str(),
        exposure: exposure(of.exposure),
        exposed_to: of.exposed_to.iter().map(|law| &**law).collect(),
        basis: basis(&of.basis, inspection),
    }
}

fn encryptions<'a>(all: &'a [Encryption], inspection: &Inspection<'a>) -> Vec<EncryptionOut<'a>> {
    all.iter().map(|one| encryption(one, inspection)).collect()
}

fn encryption<'a>(of: &'a Encryption, inspection: &Inspection<'a>) -> EncryptionOut<'a> {
    let key = of
        .key
        .and_then(|id| inspection.graph.get(id))
        .map(|key| &*key.address);
    EncryptionOut {
        part: &of.part,
        at_rest: of.at_rest.as_str(),
        holder: holder(of.holder),
        key: key.or(of.key_name.as_deref()),
        key_location: fact(&of.key_location, inspection, location),
        rotates: of.rotates,
        erasable: of.erasable,
        deletion_days: of.deletion_days,
        origin: of.origin.map(key_origin),
        basis: basis(&of.basis, inspection),
    }
}

fn tenancy<'a>(of: &'a Tenancy, inspection: &Inspection<'a>) -> TenancyOut<'a> {
    let gap = match of {
        Tenancy::Unknown(gap) => Some(gap),
        _ => None,
    };
    TenancyOut {
        state: match of {
            Tenancy::Dedicated(_) => "dedicated",
            Tenancy::Shared(_) => "shared",
            Tenancy::Unknown(_) => "unknown",
            Tenancy::Unattributed => "unattributed",
        },
        tenants: of
            .tenants()
            .iter()
            .map(|tenant| TenantOut {
                name: &tenant.name,
                evidence: evidence(&tenant.evidence, inspection),
            })
            .collect(),
        reason: gap.map(|gap| inspection.lang.of(&gap.reason)),
        evidence: gap.map_or_else(Vec::new, |gap| evidence(&gap.evidence, inspection)),
    }
}

fn mfa<'a>(of: &'a Mfa, inspection: &Inspection<'a>) -> MfaOut<'a> {
    MfaOut {
        state: mfa_state(of.state),
        audience: of.audience.as_str(),
        basis: basis(&of.basis, inspection),
    }
}

fn credential<'a>(of: &'a Credential, inspection: &Inspection<'a>) -> CredentialOut<'a> {
    CredentialOut {
        lifetime: match of.lifetime {
            Lifetime::Unlimited => "unlimited",
            Lifetime::Limited => "limited",
        },
        days: of.days,
        attribute: &of.path,
        basis: basis(&of.basis, inspection),
    }
}

fn key_origin(origin: KeyOrigin) -> &'static str {
    match origin {
        KeyOrigin::Service => "service",
        KeyOrigin::Imported => "imported",
        KeyOrigin::Hsm => "hsm",
        KeyOrigin::External => "external",
    }
}

fn copy_kind(kind: CopyKind) -> &'static str {
    match kind {
        CopyKind::Replica => "replica",
        CopyKind::Backup => "backup",
        CopyKind::Export => "export",
        CopyKind::GeoRedundant => "geo-redundant",
    }
}

fn level_from(origin: LevelFrom) -> &'static str {
    match origin {
        LevelFrom::Configuration => "configuration",
        LevelFrom::Label => "label",
        LevelFrom::InheritedLabel => "inherited-label",
        LevelFrom::ResourceType => "resource-type",
        LevelFrom::Name => "name",
        LevelFrom::Propagated => "propagated",
        LevelFrom::Assumed => "assumed",
    }
}

fn contradicted_by(by: ContradictedBy) -> &'static str {
    match by {
        ContradictedBy::Name => "name",
        ContradictedBy::Parent => "parent",
        ContradictedBy::Label => "label",
    }
}

fn holder(holder: KeyHolder) -> &'static str {
    match holder {
        KeyHolder::Customer => "customer",
        KeyHolder::Provider => "provider",
        KeyHolder::External => "external",
        KeyHolder::Impossible => "impossible",
    }
}

fn mfa_state(state: MfaState) -> &'static str {
    match state {
        MfaState::Enforced => "enforced",
        MfaState::Optional => "optional",
        MfaState::Off => "off",
        MfaState::Inverted => "inverted",
        MfaState::OutsideCode => "outside-code",
    }
}
