//! What is known of a resource, in sentences, each with what shows it.

use super::Inspection;
use crate::catalog::{Answer, Audience, Certainty};
use crate::facts::{
    Basis, ContradictedBy, CopyKind, Credential, Dependency, Encryption, EvidenceId, Exposure,
    Fact, Flow, Gap, Hosting, KeyHolder, KeyOrigin, LevelFrom, Lifetime, Location, Mfa, MfaState,
    ResourceFacts, Sensitivity, Tenancy, VisaScope, VisaState,
};
use crate::report::Lang;
use crate::report::human::Paint;

/// One thing that is known, or why it is not.
pub(super) struct Said<'a> {
    /// Name of the fact; empty: more of the one before.
    pub(super) name: &'static str,
    pub(super) text: String,
    /// Whether it deserves a look.
    pub(super) paint: Option<Paint>,
    pub(super) evidence: &'a [EvidenceId],
}

/// What a resource holds, and whose it is.
pub(super) fn data<'a>(of: &'a ResourceFacts, inspection: &Inspection<'_>) -> Vec<Said<'a>> {
    let mut out = Vec::new();
    let lang = inspection.lang;
    level(&of.sensitivity, lang, &mut out);
    tenants(&of.tenancy, lang, &mut out);
    out
}

/// Where it is, who runs it, which key, which factor: what is known, and what was asked and is not.
pub(super) fn place_and_key<'a>(
    of: &'a ResourceFacts,
    inspection: &Inspection<'_>,
) -> Vec<Said<'a>> {
    let mut out = Vec::new();
    let lang = inspection.lang;
    let name = lang.pick("location", "lieu");
    fact(name, &of.location, lang, &mut out, |at, out| {
        out.push(place(name, at, lang));
    });
    for copy in &of.copies {
        let name = match copy.kind {
            CopyKind::Replica => lang.pick("replica", "réplica"),
            CopyKind::Backup => lang.pick("backup", "secours"),
            CopyKind::Export => lang.pick("export", "export"),
            CopyKind::GeoRedundant => lang.pick("copy", "copie"),
        };
        let target = copy.target.and_then(|id| inspection.graph.get(id));
        let before = out.len();
        fact(name, &copy.location, lang, &mut out, |at, out| {
            out.push(place(name, at, lang));
        });
        if let (Some(said), Some(target)) = (out.get_mut(before), target) {
            said.text = format!("{}: {}", target.address, said.text);
        }
    }
    let name = lang.pick("hosting", "hébergeur");
    fact(name, &of.hosting, lang, &mut out, |host, out| {
        hosting(name, host, lang, out);
    });
    let name = lang.pick("at rest", "au repos");
    fact(name, &of.encryption, lang, &mut out, |parts, out| {
        for part in parts {
            encryption(name, part, inspection, out);
        }
    });
    let name = "mfa";
    fact(name, &of.mfa, lang, &mut out, |mfa, out| {
        out.push(sign_in(name, mfa, lang));
    });
    let name = lang.pick("lifetime", "validité");
    fact(name, &of.credential, lang, &mut out, |credential, out| {
        out.push(lifetime(name, credential, lang));
    });
    out
}

/// The services of others that it uses, or that it is itself.
pub(super) fn services<'a>(of: &'a ResourceFacts, inspection: &Inspection<'_>) -> Vec<Said<'a>> {
    let lang = inspection.lang;
    let name = lang.pick("uses", "emploie");
    let all = of.dependencies.iter().enumerate();
    all.map(|(at, one)| service(if at == 0 { name } else { "" }, one, lang))
        .collect()
}

/// A service of somebody else: what flows, how it is called, who runs it and where.
fn service<'a>(name: &'static str, of: &'a Dependency, lang: Lang) -> Said<'a> {
    let pick = |en, fr| lang.pick(en, fr);
    let flow = match of.flow {
        Flow::Data => pick("data", "données"),
        Flow::Secrets => pick("secrets", "secrets"),
        Flow::Identities => pick("identities", "identités"),
        Flow::Logs => pick("logs", "journaux"),
        Flow::Images => pick("images", "images"),
        Flow::Sources => pick("sources", "sources"),
    };
    let (who, paint) = match &of.hosting {
        Fact::Known(host) => {
            let offering = host.offering.as_deref().unwrap_or(&host.provider);
            let exposed = host.exposure == Exposure::Exposed;
            (offering.to_owned(), exposed.then_some(Paint::Bad))
        }
        Fact::Unknown(gap) => (
            format!("{} {}", pick("unknown:", "inconnu :"), lang.of(&gap.reason)),
            Some(Paint::Care),
        ),
        Fact::Absent => (pick("nobody", "personne").to_owned(), None),
    };
    let place = match &of.location {
        Fact::Known(at) => format!(", {}", where_it_is(at, lang)),
        Fact::Unknown(_) | Fact::Absent => String::new(),
    };
    let colon = pick(":", " :");
    Said {
        name,
        text: format!("{flow}{colon} {} ({who}){place}", of.name),
        paint,
        evidence: &of.evidence,
    }
}

fn fact<'a, T>(
    name: &'static str,
    fact: &'a Fact<T>,
    lang: Lang,
    out: &mut Vec<Said<'a>>,
    known: impl FnOnce(&'a T, &mut Vec<Said<'a>>),
) {
    match fact {
        Fact::Known(value) => known(value, out),
        Fact::Unknown(gap) => out.push(unknown(name, gap, lang)),
        Fact::Absent => {}
    }
}

fn unknown<'a>(name: &'static str, gap: &'a Gap, lang: Lang) -> Said<'a> {
    Said {
        name,
        text: format!(
            "{} {}",
            lang.pick("unknown:", "inconnu :"),
            lang.of(&gap.reason)
        ),
        paint: Some(Paint::Care),
        evidence: &gap.evidence,
    }
}

/// `text`, with how sure it is when code alone does not tell.
fn sure(text: String, basis: &Basis, lang: Lang) -> String {
    match basis.certainty {
        Certainty::Certain => text,
        Certainty::Probable => format!("{text} ({})", lang.pick("probable", "probable")),
        Certainty::Attest => format!("{text} ({})", lang.pick("to be attested", "à attester")),
    }
}

fn level<'a>(of: &'a Sensitivity, lang: Lang, out: &mut Vec<Said<'a>>) {
    let pick = |en, fr| lang.pick(en, fr);
    let name = pick("level", "niveau");
    let by = match of.origin {
        LevelFrom::Configuration => pick("by the configuration", "par la configuration"),
        LevelFrom::Label => pick("by its label", "par son étiquette"),
        LevelFrom::InheritedLabel => pick("by an inherited label", "par une étiquette héritée"),
        LevelFrom::ResourceType => pick("by its type", "par son type"),
        LevelFrom::Name => pick("by its name", "par son nom"),
        LevelFrom::Propagated => pick("from what it serves", "de ce qu’elle sert"),
        LevelFrom::Assumed => pick("assumed, nobody said", "supposé, personne ne l’a dit"),
    };
    let mut text = format!("{}, {by}", of.level);
    if let Some(before) = of.raised_from {
        text += &format!(
            ", {} {before} {}",
            pick("raised from", "relevé depuis"),
            pick("for the organisation", "pour l’organisation")
        );
    }
    out.push(Said {
        name,
        text,
        paint: (of.origin == LevelFrom::Assumed).then_some(Paint::Care),
        evidence: &of.basis.evidence,
    });
    if let Some(against) = &of.contradiction {
        let by = match against.by {
            ContradictedBy::Name => pick("its name says", "son nom dit"),
            ContradictedBy::Parent => pick("what it belongs to says", "ce dont elle dépend dit"),
            ContradictedBy::Label => pick("another label says", "une autre étiquette dit"),
        };
        out.push(Said {
            name: "",
            text: format!(
                "{} {by} {}",
                pick("contradicted:", "contredit :"),
                against.level
            ),
            paint: Some(Paint::Bad),
            evidence: &against.basis.evidence,
        });
    }
    if let Some(hint) = &of.hint {
        out.push(Said {
            name: "",
            text: format!(
                "{} {}{}",
                pick("perhaps", "peut-être"),
                hint.level,
                pick(": please classify", " : à classer")
            ),
            paint: Some(Paint::Care),
            evidence: &hint.basis.evidence,
        });
    }
}

fn tenants<'a>(of: &'a Tenancy, lang: Lang, out: &mut Vec<Said<'a>>) {
    let name = match of {
        Tenancy::Shared(_) => lang.pick("tenants", "clients"),
        _ => lang.pick("tenant", "client"),
    };
    if let Tenancy::Unknown(gap) = of {
        out.push(unknown(name, gap, lang));
    }
    for (at, tenant) in of.tenants().iter().enumerate() {
        out.push(Said {
            name: if at == 0 { name } else { "" },
            text: tenant.name.to_string(),
            paint: None,
            evidence: &tenant.evidence,
        });
    }
}

fn where_it_is(at: &Location, lang: Lang) -> String {
    let countries = if at.countries.is_empty() {
        return format!("{} ({})", at.region, lang.pick("worldwide", "mondial"));
    } else {
        at.countries.join(", ")
    };
    format!("{} ({countries}; {})", at.region, at.area)
}

fn place<'a>(name: &'static str, at: &'a Location, lang: Lang) -> Said<'a> {
    use crate::catalog::Area;
    Said {
        name,
        text: sure(where_it_is(at, lang), &at.basis, lang),
        paint: match at.area {
            Area::Eu | Area::Eea => None,
            Area::Adequate => Some(Paint::Care),
            Area::Third | Area::Worldwide => Some(Paint::Bad),
        },
        evidence: &at.basis.evidence,
    }
}

fn hosting<'a>(name: &'static str, host: &'a Hosting, lang: Lang, out: &mut Vec<Said<'a>>) {
    let pick = |en, fr| lang.pick(en, fr);
    let offering = host.offering.as_deref().unwrap_or(&host.provider);
    out.push(Said {
        name,
        text: sure(offering.to_owned(), &host.basis, lang),
        paint: None,
        evidence: &host.basis.evidence,
    });
    let mut parts = vec![match (host.visa, &host.visa_ends) {
        (VisaState::InForce, Some(last)) => {
            format!("{} {last}", pick("visa until", "visa jusqu’au"))
        }
        (VisaState::Lapsed, Some(last)) => format!("{} {last}", pick("visa ended", "visa échu le")),
        (state, _) => visa_word(visa(state), lang).to_owned(),
    }];
    if let Some(milestone) = &host.milestone {
        parts.push(milestone.to_string());
    }
    if host.visa == VisaState::InForce && host.scope == VisaScope::Outside {
        parts.push(pick("outside its scope", "hors de son périmètre").to_owned());
    }
    parts.push(
        match host.hds {
            Answer::Yes => pick("HDS certified", "certifié HDS"),
            Answer::No => pick("no HDS", "pas HDS"),
            Answer::Unknown => pick("HDS unknown", "HDS inconnu"),
        }
        .to_owned(),
    );
    if let Some(seat) = &host.headquarters {
        parts.push(format!("{} {seat}", pick("seat", "siège")));
    }
    parts.push(
        match host.exposure {
            Exposure::None => pick(
                "out of reach of foreign law",
                "hors d’atteinte des lois étrangères",
            ),
            Exposure::Exposed => pick("exposed to foreign law", "exposé à des lois étrangères"),
            Exposure::Elsewhere => pick(
                "foreign law reaches its group",
                "des lois étrangères atteignent le groupe",
            ),
            Exposure::Unknown => pick("exposure unknown", "exposition inconnue"),
        }
        .to_owned(),
    );
    let bad = host.exposure == Exposure::Exposed || host.visa == VisaState::Lapsed;
    out.push(Said {
        name: "",
        text: parts.join(", "),
        paint: bad.then_some(Paint::Bad),
        evidence: &[],
    });
}

fn encryption<'a>(
    name: &'static str,
    of: &'a Encryption,
    inspection: &Inspection<'_>,
    out: &mut Vec<Said<'a>>,
) {
    let lang = inspection.lang;
    let pick = |en, fr| lang.pick(en, fr);
    let mut text = match of.at_rest {
        Answer::Yes => pick("encrypted", "chiffré"),
        Answer::No => pick("not encrypted", "non chiffré"),
        Answer::Unknown => pick("encryption unknown", "chiffrement inconnu"),
    }
    .to_owned();
    if !of.part.is_empty() {
        text = format!("{}: {text}", of.part);
    }
    if of.at_rest != Answer::No {
        text += match of.holder {
            KeyHolder::Customer => pick(", the customer's key", ", clé du client"),
            KeyHolder::Provider => pick(", the provider's key", ", clé du fournisseur"),
            KeyHolder::External => pick(", key held outside", ", clé tenue au-dehors"),
            KeyHolder::Impossible => pick(
                ", no customer's key exists for it",
                ", aucune clé du client n’existe pour elle",
            ),
        };
    }
    let key = of.key.and_then(|id| inspection.graph.get(id));
    if let Some(key) = key.map(|key| &*key.address).or(of.key_name.as_deref()) {
        text += &format!(" {key}");
    }
    let mut about = Vec::new();
    match &of.key_location {
        Fact::Known(at) => about.push(format!("{} {}", pick("in", "à"), where_it_is(at, lang))),
        Fact::Unknown(_) => about.push(pick("place unknown", "lieu inconnu").to_owned()),
        Fact::Absent => {}
    }
    match of.rotates {
        Some(true) => about.push(pick("rotates", "renouvelée").to_owned()),
        Some(false) => about.push(pick("does not rotate", "non renouvelée").to_owned()),
        None => {}
    }
    // Of a key that is the provider's, nobody expects it.
    let own = matches!(of.holder, KeyHolder::Customer | KeyHolder::External);
    if own && of.erasable == Some(false) {
        about.push(pick("cannot be destroyed", "indestructible").to_owned());
    }
    if let Some(days) = of.deletion_days {
        about.push(match lang {
            Lang::En => format!("gone {days} days after deletion"),
            Lang::Fr => format!("détruite {days} jours après suppression"),
        });
    }
    match of.origin {
        Some(KeyOrigin::Imported) => about.push(pick("imported", "importée").to_owned()),
        Some(KeyOrigin::Hsm) => about.push(pick("made in an HSM", "née dans un HSM").to_owned()),
        Some(KeyOrigin::External | KeyOrigin::Service) | None => {}
    }
    if !about.is_empty() {
        text += &format!(", {}", about.join(", "));
    }
    out.push(Said {
        name,
        text: sure(text, &of.basis, lang),
        paint: match of.at_rest {
            Answer::Yes => None,
            Answer::No => Some(Paint::Bad),
            Answer::Unknown => Some(Paint::Care),
        },
        evidence: &of.basis.evidence,
    });
}

fn lifetime<'a>(name: &'static str, of: &'a Credential, lang: Lang) -> Said<'a> {
    let pick = |en, fr| lang.pick(en, fr);
    let text = match (of.lifetime, of.days) {
        (Lifetime::Unlimited, _) => pick("good without end", "valable sans fin").to_owned(),
        (Lifetime::Limited, Some(days)) => {
            let (days_en, days_fr) = (plural(days, "day"), plural(days, "jour"));
            match lang {
                Lang::En => format!("good for {days_en}"),
                Lang::Fr => format!("valable {days_fr}"),
            }
        }
        (Lifetime::Limited, None) => {
            pick("ends, when is not known", "a une fin, à une date inconnue").to_owned()
        }
    };
    Said {
        name,
        text: sure(text, &of.basis, lang),
        paint: (of.lifetime == Lifetime::Unlimited).then_some(Paint::Bad),
        evidence: &of.basis.evidence,
    }
}

/// `1 day`, `2 days`; both languages put the same letter there.
fn plural(n: u32, one: &str) -> String {
    format!("{n} {one}{}", if n > 1 { "s" } else { "" })
}

fn sign_in<'a>(name: &'static str, of: &'a Mfa, lang: Lang) -> Said<'a> {
    let pick = |en, fr| lang.pick(en, fr);
    let (paint, state) = match of.state {
        MfaState::Enforced => (None, pick("enforced", "exigé")),
        MfaState::Optional => (
            Some(Paint::Care),
            pick("offered, not enforced", "proposé, non exigé"),
        ),
        MfaState::Off => (Some(Paint::Bad), pick("off", "absent")),
        MfaState::Inverted => (
            Some(Paint::Bad),
            pick(
                "the condition is the wrong way round",
                "la condition est à l’envers",
            ),
        ),
        MfaState::OutsideCode => (
            Some(Paint::Care),
            pick("decided outside the code", "décidé hors du code"),
        ),
    };
    let whom = match of.audience {
        Audience::Administrators => pick("administrators", "administrateurs"),
        Audience::EndUsers => pick("end users", "utilisateurs"),
        Audience::Both => pick("everybody", "tous"),
    };
    Said {
        name,
        text: sure(format!("{state} ({whom})"), &of.basis, lang),
        paint,
        evidence: &of.basis.evidence,
    }
}

/// The word of every JSON output.
pub(super) fn visa(visa: VisaState) -> &'static str {
    match visa {
        VisaState::None => "none",
        VisaState::Candidate => "candidate",
        VisaState::InForce => "in-force",
        VisaState::Lapsed => "lapsed",
    }
}

/// What people read for it.
fn visa_word(word: &str, lang: Lang) -> &'static str {
    match word {
        "candidate" => lang.pick("candidate, no visa yet", "candidate, pas encore de visa"),
        "in-force" => lang.pick("visa in force", "visa en cours"),
        "lapsed" => lang.pick("visa ended", "visa échu"),
        _ => lang.pick("no visa", "sans visa"),
    }
}

/// The word of every JSON output.
pub(super) fn exposure(of: Exposure) -> &'static str {
    match of {
        Exposure::None => "none",
        Exposure::Exposed => "exposed",
        Exposure::Elsewhere => "elsewhere",
        Exposure::Unknown => "unknown",
    }
}
