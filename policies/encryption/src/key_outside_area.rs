//! `encryption/key-outside-area`: a customer's key lies outside the area that its data allows, or is held by a provider
//! that foreign law reaches.
//!
//! One finding for each key: on the key when it is a resource of the scan, else on the first store that names it. Keys
//! that serve no store here, as replicas of others, and stores of keys are judged by their place alone, at the level
//! that the facts give them.

use std::collections::{BTreeMap, BTreeSet};

use gardefou_sdk::{
    Area, Class, Direction, Exposure, Hosting, HostingFact, Judgement, Judges, KeyHolder,
    KeyOrigin, Level, Location, LocationFact, Relation, Resource, ResourceId, Rule, Scan, Scope,
    Severity, Text, Verdict, Visa, level_words, listed, text,
};

use crate::keys::{self, Findings, Key, Served};
use crate::words;

pub(crate) const RULE: Rule = Rule::apart(prepare);

fn prepare<'a>(scan: &'a Scan, scope: &[Resource<'a>]) -> Judges<'a> {
    let in_scope: BTreeSet<ResourceId> = scope.iter().map(Resource::id).collect();
    let served = keys::served(scope);
    let stores = stores_of_keys(scan, &served);
    let mut findings = Findings::default();
    for (key, served) in &served {
        let on = key.seat(served, &in_scope);
        findings.add(on, judge(scan, key, served, on));
    }
    let rest = move |resource: &Resource<'a>| {
        let class = resource.class();
        if class.contains(Class::KEY) {
            unserving(resource)
        } else if class.contains(Class::KEY_STORE) {
            key_store(resource, stores.contains(&resource.id()))
        } else {
            without_finding(resource)
        }
    };
    Judges {
        apart: Box::new(move |resource| findings.of(resource).cloned()),
        rest: Box::new(rest),
    }
}

/// A key with the stores that it serves.
fn judge<'a>(scan: &'a Scan, key: &Key, served: &Served<'a>, on: ResourceId) -> Judgement {
    let Some(store) = served.highest() else {
        return Judgement::NotApplicable;
    };
    let named = key.named(scan);
    let level = store.sensitivity().level;
    let location = &served.known.key_location;
    // On the key its own place proves it; on a store the attribute that names the key.
    let on_store = !matches!(key, Key::Resource(id) if *id == on);
    let prove = |verdict: Verdict, place: &[u32]| {
        let (first, then) = if on_store {
            (served.evidence.as_slice(), place)
        } else {
            (place, served.evidence.as_slice())
        };
        verdict.evidence(first).evidence(then)
    };
    let place = by_place(&named, level, &store.regime().allowed, location);
    let verdict = match place {
        Some(verdict) if verdict.is_violation() => Some(verdict),
        place => {
            let hosting = match key {
                Key::Resource(id) => scan.resource(*id),
                Key::Named { .. } => *store,
            };
            match by_holder(&named, level, &served.known, hosting.hosting()) {
                Some(verdict) if verdict.is_violation() || place.is_none() => Some(verdict),
                _ => place,
            }
        }
    };
    let Some(verdict) = verdict else {
        return Judgement::Passed;
    };
    let place = match location {
        LocationFact::Known(location) => location.basis.evidence.as_slice(),
        LocationFact::Unknown(gap) => gap.evidence.as_slice(),
        LocationFact::Absent => &[],
    };
    prove(verdict, place)
        .severity(severity(level))
        .evidence(&store.sensitivity().basis.evidence)
        .related(&served.shown(scan, key, on, |_| false))
        .into()
}

fn severity(level: Level) -> Severity {
    if level >= Level::Particular {
        Severity::High
    } else {
        Severity::Medium
    }
}

/// What is wrong with the place of a key; nothing: it is inside.
fn by_place(
    named: &str,
    level: Level,
    allowed: &[Area],
    location: &LocationFact,
) -> Option<Verdict> {
    let Text { en, fr } = level_words(level);
    match location {
        LocationFact::Absent => None,
        LocationFact::Unknown(gap) => Some(Verdict::undetermined(
            gap,
            text!(
                "cannot tell where the key {named} of {en} is kept: declare it in the code, or name it with its region",
                "impossible de dire où la clé {named} qui chiffre {fr} est conservée : déclarez-la dans le code, ou nommez-la avec sa région"
            ),
        )),
        LocationFact::Known(location) if allowed.contains(&location.area) => None,
        LocationFact::Known(location) => Some(Verdict::violation(outside(named, level, location))),
    }
}

fn outside(named: &str, level: Level, location: &Location) -> Text {
    let Text { en, fr } = level_words(level);
    let region = words::quoted(&location.region);
    if location.area == Area::Worldwide {
        return text!(
            "the key {named} of {en} is kept in {region}, wherever the provider chooses: make it in a region of the European Union",
            "la clé {named} qui chiffre {fr} est conservée dans {region}, là où le fournisseur le choisit : créez-la dans une région de l'Union européenne"
        );
    }
    let countries = listed(location.countries.iter().map(String::as_str));
    let area = match level {
        Level::Particular => text!("the European Union", "l'Union européenne"),
        _ => text!("the European Economic Area", "l'Espace économique européen"),
    };
    let (area_en, area_fr) = (&area.en, &area.fr);
    text!(
        "the key {named} of {en} is kept in {region} ({countries}), outside {area_en}: make it in a region inside",
        "la clé {named} qui chiffre {fr} est conservée dans {region} ({countries}), hors de {area_fr} : créez-la dans une région à l'intérieur"
    )
}

/// Who can be made to hand out the key; nothing: nobody under foreign law.
fn by_holder(
    named: &str,
    level: Level,
    known: &gardefou_sdk::Encryption,
    hosting: &HostingFact,
) -> Option<Verdict> {
    // The material never comes to the provider.
    if known.holder == KeyHolder::External || known.origin == Some(KeyOrigin::External) {
        return None;
    }
    let Text { en, fr } = level_words(level);
    let ask = || {
        text!(
            "cannot tell whether foreign law reaches the holder of the key {named} of {en}: attest the offering with [[attestation]]",
            "impossible de dire si un droit étranger atteint le détenteur de la clé {named} qui chiffre {fr} : attestez l'offre avec [[attestation]]"
        )
    };
    let hosting = match hosting {
        HostingFact::Absent => return None,
        HostingFact::Unknown(gap) => return Some(Verdict::undetermined(gap, ask())),
        HostingFact::Known(hosting) => hosting,
    };
    let assessed = matches!(
        hosting,
        Hosting {
            visa: Visa::InForce,
            scope: Scope::Inside | Scope::NotStated,
            ..
        }
    );
    let provider = &hosting.provider;
    let reason = match hosting.exposure {
        _ if assessed => return None,
        Exposure::None => return None,
        Exposure::Exposed => {
            let laws = listed(hosting.exposed_to.iter().map(String::as_str));
            let verdict = Verdict::violation(text!(
                "the key {named} of {en} is held by {provider}, which answers to {laws}: keep it in an external key store that you control, or with a provider that no such law reaches",
                "la clé {named} qui chiffre {fr} est détenue par {provider}, qui répond à {laws} : conservez-la dans un magasin de clés externe que vous maîtrisez, ou chez un fournisseur qu'aucun de ces droits n'atteint"
            ));
            return Some(verdict.evidence(&hosting.basis.evidence));
        }
        // The group answers to such a law; only for the qualified offering is it known not to reach the data.
        Exposure::Elsewhere if level < Level::Particular => return None,
        Exposure::Elsewhere => text!(
            "the group of {provider} answers to foreign law, and only its qualified offering was assessed",
            "le groupe de {provider} répond à un droit étranger, et seule son offre qualifiée a été évaluée"
        ),
        Exposure::Unknown => text!(
            "who controls {provider} is not established",
            "on n'a pas établi qui contrôle {provider}"
        ),
    };
    Some(Verdict::undecided(reason, ask()).evidence(&hosting.basis.evidence))
}

/// A key that serves no store of the scan: a replica, or one whose label says what it is for.
fn unserving(resource: &Resource<'_>) -> Judgement {
    // What leads to another key, as an alias does, is not the key; a replica names its primary and is one.
    let primaries = resource.related(Relation::ReplicatesTo, Direction::Incoming);
    let mut named = resource
        .related(Relation::EncryptsWith, Direction::Outgoing)
        .into_iter();
    if named.any(|key| !primaries.contains(&key)) {
        return Judgement::NotApplicable;
    }
    placed(resource)
}

/// A vault, a ring, a hardware module. What is in it is judged key by key.
fn key_store(resource: &Resource<'_>, has_keys: bool) -> Judgement {
    if has_keys {
        return Judgement::NotApplicable;
    }
    let within = [Relation::PartOf, Relation::AttachedTo, Relation::RunsOn]
        .into_iter()
        .flat_map(|way| resource.related(way, Direction::Incoming))
        .any(|key| key.class().contains(Class::KEY) && keys::asked(key.sensitivity().level));
    if within {
        return Judgement::NotApplicable;
    }
    placed(resource)
}

/// By its own place and level.
fn placed(resource: &Resource<'_>) -> Judgement {
    let sensitivity = resource.sensitivity();
    let level = sensitivity.level;
    if !keys::asked(level) {
        return Judgement::NotApplicable;
    }
    let named = words::address(resource).to_string();
    let regime = resource.regime();
    let mut verdicts: Vec<Verdict> = Vec::new();
    let location = resource.location();
    if matches!(location, LocationFact::Absent) {
        return Judgement::NotApplicable;
    }
    if let Some(verdict) = by_place(&named, level, &regime.allowed, location) {
        verdicts.push(match location {
            LocationFact::Known(location) => verdict.evidence(&location.basis.evidence),
            _ => verdict,
        });
    }
    // Copies that are resources are judged themselves.
    for copy in resource
        .copies()
        .iter()
        .filter(|copy| copy.target.is_none())
    {
        if let Some(verdict) = by_place(&named, level, &regime.allowed, &copy.location) {
            verdicts.push(verdict.path(&copy.path));
        }
    }
    let verdicts = verdicts.into_iter().map(|verdict| {
        verdict
            .severity(severity(level))
            .evidence(&sensitivity.basis.evidence)
    });
    Judgement::of(verdicts.collect())
}

/// Stores of keys whose keys are judged where they are used.
fn stores_of_keys(scan: &Scan, served: &BTreeMap<Key, Served<'_>>) -> BTreeSet<ResourceId> {
    let mut found = BTreeSet::new();
    for (key, served) in served {
        match key {
            Key::Resource(id) => {
                let key = scan.resource(*id);
                let lives_in = [Relation::PartOf, Relation::AttachedTo, Relation::RunsOn]
                    .into_iter()
                    .flat_map(|way| key.related(way, Direction::Outgoing));
                found.extend(lives_in.map(|store| store.id()));
            }
            Key::Named { .. } => {
                let named = served
                    .stores
                    .iter()
                    .flat_map(|store| store.related(Relation::EncryptsWith, Direction::Outgoing));
                found.extend(named.map(|store| store.id()));
            }
        }
    }
    found
}

/// A store: its key is judged elsewhere, or cannot be known.
fn without_finding(resource: &Resource<'_>) -> Judgement {
    if !keys::counts(resource) {
        return Judgement::NotApplicable;
    }
    let address = words::address(resource);
    let ask = || {
        text!(
            "cannot tell which key encrypts {address}, and so where it is kept: name the key in the code",
            "impossible de dire quelle clé chiffre {address}, donc où elle est conservée : nommez la clé dans le code"
        )
    };
    keys::untold(resource, severity(resource.sensitivity().level), ask)
        .map_or(Judgement::NotApplicable, Judgement::from)
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::testing::{Estate, Item, certain, encryption, gap, unqualified};
    use gardefou_sdk::{CopyKind, DataCopy, Encryption, EncryptionFact};

    use super::*;

    fn at(region: &str, country: &str, area: Area) -> LocationFact {
        LocationFact::Known(Location {
            region: region.to_owned(),
            countries: vec![country.to_owned()],
            area,
            basis: certain(700),
        })
    }

    fn with(key: Option<ResourceId>, location: LocationFact) -> Encryption {
        Encryption {
            key,
            key_name: key.is_none().then(|| "arn:key".to_owned()),
            key_location: location,
            ..encryption(KeyHolder::Customer)
        }
    }

    fn store(level: Level, part: Encryption) -> Item {
        Item::new("aws_s3_bucket.a")
            .level(level)
            .encrypted_as(&[part])
    }

    fn key() -> Item {
        Item::new("aws_kms_key.k").class(Class::KEY)
    }

    /// One key at a place, held by someone, for a store of this level: what is said of the key.
    fn judged(level: Level, location: LocationFact, hosting: Option<Hosting>) -> Judgement {
        let mut estate = Estate::new();
        let item = match hosting {
            Some(hosting) => key().hosted(hosting),
            None => key(),
        };
        let key = estate.add(item);
        estate.add(store(level, with(Some(key), location)));
        estate.judge(RULE).swap_remove(0)
    }

    fn exposed(exposure: Exposure) -> Hosting {
        Hosting {
            exposure,
            exposed_to: vec!["US CLOUD Act".to_owned()],
            ..unqualified("aws")
        }
    }

    #[test]
    fn the_level_of_the_store_decides_where_its_key_may_be() {
        let of = |level, country, area| {
            judged(level, at("r", country, area), None)
                .verdicts()
                .first()
                .and_then(Verdict::severity_override)
        };
        let table = [
            (Level::Particular, "FR", Area::Eu, None),
            (Level::Particular, "NO", Area::Eea, Some(Severity::High)),
            (Level::Health, "NO", Area::Eea, None),
            (Level::Health, "US", Area::Adequate, Some(Severity::Medium)),
            (Level::Health, "", Area::Worldwide, Some(Severity::Medium)),
            (Level::Personal, "US", Area::Third, None),
        ];
        for (level, country, area, expected) in table {
            assert_eq!(of(level, country, area), expected, "{level:?} {country}");
        }
    }

    #[test]
    fn an_exposed_holder_breaks_it_unless_the_key_is_outside_its_reach() {
        let inside = || at("eu-west-3", "FR", Area::Eu);
        let judgement = judged(Level::Health, inside(), Some(exposed(Exposure::Exposed)));
        assert!(judgement.verdict().is_violation());
        assert!(judgement.verdict().message().fr.contains("US CLOUD Act"));

        let mut estate = Estate::new();
        let key = estate.add(key().hosted(exposed(Exposure::Exposed)));
        let part = Encryption {
            holder: KeyHolder::External,
            origin: Some(KeyOrigin::External),
            ..with(Some(key), inside())
        };
        estate.add(store(Level::Health, part));
        assert_eq!(estate.judge(RULE)[0], Judgement::Passed);
    }

    #[test]
    fn a_holder_that_nobody_knows_is_undetermined() {
        let of = |level, exposure| {
            judged(level, at("r", "FR", Area::Eu), Some(exposed(exposure)))
                .verdicts()
                .first()
                .map(Verdict::is_violation)
        };
        assert_eq!(of(Level::Health, Exposure::None), None);
        assert_eq!(of(Level::Health, Exposure::Unknown), Some(false));
        assert_eq!(of(Level::Health, Exposure::Elsewhere), None);
        assert_eq!(of(Level::Particular, Exposure::Elsewhere), Some(false));
        let assessed = Hosting {
            visa: Visa::InForce,
            scope: Scope::Inside,
            ..exposed(Exposure::Elsewhere)
        };
        let judgement = judged(Level::Particular, at("r", "FR", Area::Eu), Some(assessed));
        assert_eq!(judgement, Judgement::Passed);
    }

    #[test]
    fn an_unknown_place_is_undetermined_and_an_exposed_holder_still_a_violation() {
        let unknown = || LocationFact::Unknown(gap("no region"));
        assert!(
            !judged(Level::Health, unknown(), None)
                .verdict()
                .is_violation()
        );
        let both = judged(Level::Health, unknown(), Some(exposed(Exposure::Exposed)));
        assert!(both.verdict().is_violation());
    }

    #[test]
    fn a_key_that_is_only_named_is_reported_on_the_first_store_by_what_names_it() {
        let mut estate = Estate::new();
        for _ in 0..2 {
            estate.add(store(
                Level::Health,
                with(None, at("us-east-1", "US", Area::Adequate)),
            ));
        }
        let all = estate.judge(RULE);
        assert_eq!(all[0].verdict().evidence_ids(), [600, 700, 800]);
        assert_eq!(all[1], Judgement::NotApplicable);
    }

    #[test]
    fn a_replica_key_is_judged_by_its_own_place() {
        let mut estate = Estate::new();
        let primary = estate.add(key());
        let replica = estate.add(key().level(Level::Health).at(
            "us-east-1",
            &["US"],
            Area::Adequate,
        ));
        let alias = estate.add(
            key()
                .level(Level::Health)
                .at("us-east-1", &["US"], Area::Adequate),
        );
        estate.relate(primary, Relation::ReplicatesTo, replica);
        estate.relate(replica, Relation::EncryptsWith, primary);
        estate.relate(alias, Relation::EncryptsWith, primary);
        estate.add(store(
            Level::Health,
            with(Some(primary), at("eu-west-3", "FR", Area::Eu)),
        ));
        let all = estate.judge(RULE);
        assert_eq!(all[primary as usize], Judgement::Passed);
        assert!(all[replica as usize].verdict().is_violation());
        assert_eq!(all[alias as usize], Judgement::NotApplicable);
    }

    #[test]
    fn the_key_of_a_replica_of_the_data_counts() {
        let mut estate = Estate::new();
        let part = with(None, at("us-east-1", "US", Area::Adequate));
        estate.add(
            store(Level::Health, encryption(KeyHolder::Provider)).copied(DataCopy {
                kind: CopyKind::Replica,
                location: LocationFact::Absent,
                encryption: EncryptionFact::Known(vec![part]),
                target: None,
                path: "replica.region_name".to_owned(),
            }),
        );
        assert!(estate.judge_one(RULE).verdict().is_violation());
    }

    #[test]
    fn a_key_store_is_reported_only_where_no_key_of_it_is() {
        let vault = || {
            Item::new("azurerm_key_vault.v")
                .class(Class::KEY_STORE)
                .level(Level::Health)
                .at("eastus", &["US"], Area::Adequate)
        };
        let mut estate = Estate::new();
        estate.add(vault());
        assert!(estate.judge_one(RULE).verdict().is_violation());
        let mut estate = Estate::new();
        let store = estate.add(vault());
        let key = estate.add(key().level(Level::Health));
        estate.relate(key, Relation::PartOf, store);
        assert_eq!(estate.judge(RULE)[store as usize], Judgement::NotApplicable);
    }

    #[test]
    fn provider_keys_are_not_asked_and_unnamed_ones_are_undetermined() {
        let mut estate = Estate::new();
        estate.add(store(Level::Health, encryption(KeyHolder::Provider)));
        estate.add(store(Level::Health, encryption(KeyHolder::Customer)));
        let all = estate.judge(RULE);
        assert_eq!(all[0], Judgement::NotApplicable);
        assert!(!all[1].verdict().is_violation());
    }
}
