//! `residency/worldwide-service`: a service without a region carries the data: a CDN, a front door, replication wherever
//! the provider likes.
//!
//! One finding for each front door: its endpoints, listeners and addresses are parts of it.

use std::collections::{BTreeMap, BTreeSet};

use gardefou_sdk::{
    Area, Class, Direction, EvidenceId, Judgement, Judges, LabelsFact, Level, LocationFact,
    Relation, Resource, ResourceId, Rule, Scan, Severity, Text, Verdict, level_words, listed, text,
};

pub(crate) const RULE: Rule = Rule::apart(prepare);

/// So many parts of a front door are shown beside it.
const SHOWN: usize = 20;

fn prepare<'a>(_: &'a Scan, scope: &[Resource<'a>]) -> Judges<'a> {
    let in_scope: BTreeSet<ResourceId> = scope.iter().map(Resource::id).collect();
    let mut seen: BTreeSet<ResourceId> = BTreeSet::new();
    // By front door its other parts, for which it speaks.
    let mut doors: BTreeMap<ResourceId, Vec<Resource<'a>>> = BTreeMap::new();
    let mut parts_of_others: BTreeSet<ResourceId> = BTreeSet::new();
    for resource in scope.iter().filter(|resource| is_front(resource)) {
        if !seen.insert(resource.id()) {
            continue;
        }
        let mut parts = connected(resource, &mut seen);
        parts.retain(|part| in_scope.contains(&part.id()) && is_front(part));
        let head = head(&parts, resource);
        parts.retain(|part| part.id() != head);
        parts_of_others.extend(parts.iter().map(Resource::id));
        doors.insert(head, parts);
    }
    // A front door of one part is judged as every other resource.
    doors.retain(|_, parts| !parts.is_empty());
    Judges {
        apart: Box::new(move |resource| match doors.get(&resource.id()) {
            Some(parts) => Some(judge(resource, parts)),
            None if parts_of_others.contains(&resource.id()) => Some(Judgement::NotApplicable),
            None => None,
        }),
        rest: Box::new(|resource| judge(resource, &[])),
    }
}

/// Where data meets the outside, everywhere.
fn is_front(resource: &Resource<'_>) -> bool {
    resource.class().contains(Class::EDGE)
        && resource.sensitivity().level != Level::Beyond
        && is_worldwide(resource)
}

fn is_worldwide(resource: &Resource<'_>) -> bool {
    matches!(resource.location(), LocationFact::Known(location) if location.area == Area::Worldwide)
}

/// The resources without a region that a front door is made of, itself first. Each is seen once in a scan.
fn connected<'a>(from: &Resource<'a>, seen: &mut BTreeSet<ResourceId>) -> Vec<Resource<'a>> {
    let mut found = vec![*from];
    let mut next = 0;
    while let Some(at) = found.get(next).cloned() {
        next += 1;
        for relation in [Relation::Exposes, Relation::PartOf, Relation::AttachedTo] {
            // A global network joins front doors that have nothing else in common.
            let joins = match relation {
                Relation::Exposes => Class::EDGE | Class::NETWORK,
                _ => Class::EDGE,
            };
            for towards in [Direction::Outgoing, Direction::Incoming] {
                let mut others = at.related(relation, towards);
                others.retain(|other| {
                    other.class().intersects(joins)
                        && is_worldwide(other)
                        && seen.insert(other.id())
                });
                found.append(&mut others);
            }
        }
    }
    found
}

/// The part that no other part contains or stands before: the first of them in the order of the scan.
fn head(parts: &[Resource<'_>], first: &Resource<'_>) -> ResourceId {
    let ids: BTreeSet<ResourceId> = parts.iter().map(Resource::id).collect();
    let is_part = |resource: &Resource<'_>| {
        let above = resource
            .related(Relation::Exposes, Direction::Incoming)
            .into_iter()
            .chain(resource.related(Relation::PartOf, Direction::Outgoing))
            .chain(resource.related(Relation::AttachedTo, Direction::Outgoing));
        let mut above = above.map(|other| other.id());
        above.any(|other| other != resource.id() && ids.contains(&other))
    };
    let heads = parts.iter().filter(|part| !is_part(part));
    heads.map(Resource::id).min().unwrap_or(first.id())
}

fn judge(resource: &Resource<'_>, parts: &[Resource<'_>]) -> Judgement {
    // The most sensitive part decides; of equal ones the front door itself.
    let carrier = parts.iter().fold(resource, |best, part| {
        if part.sensitivity().level > best.sensitivity().level {
            part
        } else {
            best
        }
    });
    let sensitivity = carrier.sensitivity();
    let level = sensitivity.level;
    if level == Level::Beyond {
        return Judgement::NotApplicable;
    }
    let everywhere = |location: &LocationFact| match location {
        LocationFact::Known(location) if location.area == Area::Worldwide => {
            Some(location.basis.evidence.clone())
        }
        _ => None,
    };
    let mut copies = resource.copies().iter();
    let (path, evidence): (&str, Vec<EvidenceId>) = match everywhere(resource.location()) {
        Some(evidence) => ("", evidence),
        None => match copies.find_map(|copy| Some((copy, everywhere(&copy.location)?))) {
            Some((copy, evidence)) => (copy.path.as_str(), evidence),
            // It has a place, and another rule asks which.
            None => return Judgement::NotApplicable,
        },
    };
    if carrier.regime().allowed.contains(&Area::Worldwide) {
        return Judgement::Passed;
    }
    let is_copy = !path.is_empty();
    let verdict = match carrier.labels() {
        // What is public may be everywhere, and a label that is not known here may say so.
        LabelsFact::Unknown(gap) if sensitivity.assumed => {
            Verdict::undetermined(gap, cannot_tell(resource))
        }
        _ => Verdict::violation(message(resource, level, is_copy, parts)),
    };
    let path = if path.contains('*') || is_copy && resource.get(path).is_none() {
        ""
    } else {
        path
    };
    let severity = if level == Level::Particular {
        Severity::High
    } else {
        Severity::Medium
    };
    verdict
        .severity(severity)
        .path(path)
        .evidence(&evidence)
        .evidence(&sensitivity.basis.evidence)
        .related(parts.iter().take(SHOWN))
        .into()
}

fn cannot_tell(resource: &Resource<'_>) -> Text {
    let address = resource.name();
    text!(
        "{address} has no region, and what it carries is not known: its labels are not known here; label it where this code can show it",
        "{address} n'a pas de région, et ce qu'il transporte n'est pas connu : ses étiquettes ne sont pas connues ici ; étiquetez-le là où ce code peut le montrer"
    )
}

fn message(resource: &Resource<'_>, level: Level, is_copy: bool, parts: &[Resource<'_>]) -> Text {
    let address = resource.name();
    let Text { en, fr } = level_words(level);
    if is_copy {
        return text!(
            "{address} lets the provider copy {en} wherever it likes: name the regions, or switch the copies off",
            "{address} laisse le fournisseur copier {fr} où il le souhaite : nommez les régions, ou désactivez les copies"
        );
    }
    let with = if parts.is_empty() {
        text!("", "")
    } else {
        let names = listed(parts.iter().map(Resource::address));
        text!(" (with {names})", " (avec {names})")
    };
    let (with_en, with_fr) = (&with.en, &with.fr);
    if resource.class().contains(Class::EDGE) {
        return text!(
            "{address}{with_en} carries {en} through points all over the world: use a front door in a region, or keep it to public content",
            "{address}{with_fr} fait passer {fr} par des points du monde entier : utilisez une entrée régionale, ou réservez-le aux contenus publics"
        );
    }
    text!(
        "{address} holds {en} in a service without a region, where the provider chooses the place: name the regions, or use a service that has one",
        "{address} porte {fr} dans un service sans région, dont le fournisseur choisit le lieu : nommez les régions, ou utilisez un service qui en a une"
    )
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::CopyKind;
    use gardefou_sdk::testing::{Estate, Item, copy, place};

    use super::*;

    fn judged(item: Item) -> Judgement {
        let mut estate = Estate::new();
        estate.add(item);
        estate.judge_one(RULE)
    }

    fn door(address: &str, level: Level) -> Item {
        let item = Item::new(address).class(Class::NETWORK | Class::EDGE);
        item.level(level).at("global", &[], Area::Worldwide)
    }

    #[test]
    fn severity_follows_the_level() {
        for (level, expected) in [
            (Level::Internal, None),
            (Level::Personal, Some(Severity::Medium)),
            (Level::Health, Some(Severity::Medium)),
            (Level::Particular, Some(Severity::High)),
            (Level::Beyond, None),
        ] {
            let judgement = judged(door("aws_globalaccelerator_accelerator.a", level));
            let severity = judgement.verdicts().first();
            let severity = severity.and_then(Verdict::severity_override);
            assert_eq!(severity, expected, "{level:?}");
        }
    }

    #[test]
    fn a_service_with_a_region_answers_to_other_rules() {
        let item = Item::new("aws_lb.a").level(Level::Particular);
        let abroad = item.clone().at("us-east-1", &["US"], Area::Third);
        assert_eq!(judged(abroad), Judgement::NotApplicable);
        assert_eq!(
            judged(item.nowhere("AWS_REGION decides")),
            Judgement::NotApplicable
        );
    }

    #[test]
    fn a_store_wherever_the_provider_likes_is_one() {
        let item = Item::new("google_secret_manager_secret.a").level(Level::Health);
        let judgement = judged(item.at("global", &[], Area::Worldwide));
        assert!(judgement.verdict().is_violation());
    }

    #[test]
    fn copies_wherever_the_provider_likes_are_one() {
        let item = Item::new("cloudflare_d1_database.a").level(Level::Health);
        let item = item.at("weur", &["FR"], Area::Eu).copied(copy(
            CopyKind::GeoRedundant,
            "read_replication.mode",
            LocationFact::Known(place("global", &[], Area::Worldwide)),
        ));
        let judgement = judged(item);
        assert!(judgement.verdict().message().en.contains("copy"));
    }

    #[test]
    fn one_finding_for_a_front_door_at_the_level_of_its_most_sensitive_part() {
        let mut estate = Estate::new();
        let endpoint = estate.add(door("azurerm_cdn_frontdoor_endpoint.e", Level::Particular));
        let profile = estate.add(door("azurerm_cdn_frontdoor_profile.p", Level::Personal));
        let other = estate.add(door("azurerm_cdn_frontdoor_profile.q", Level::Personal));
        estate.relate(endpoint, Relation::PartOf, profile);
        let all = estate.judge(RULE);
        assert_eq!(all[endpoint as usize], Judgement::NotApplicable);
        let verdict = all[profile as usize].verdict();
        assert_eq!(verdict.severity_override(), Some(Severity::High));
        assert_eq!(verdict.related_ids(), [endpoint]);
        assert_eq!(all[other as usize].verdicts().len(), 1);
    }

    #[test]
    fn addresses_before_one_proxy_are_one_front_door() {
        let mut estate = Estate::new();
        let v4 = estate.add(door(
            "google_compute_global_forwarding_rule.v4",
            Level::Health,
        ));
        let proxy = door("google_compute_target_https_proxy.p", Level::Health);
        let proxy = estate.add(proxy.class(Class::NETWORK));
        let v6 = estate.add(door(
            "google_compute_global_forwarding_rule.v6",
            Level::Health,
        ));
        estate.relate(v4, Relation::Exposes, proxy);
        estate.relate(v6, Relation::Exposes, proxy);
        let all = estate.judge(RULE);
        assert_eq!(all[v4 as usize].verdict().related_ids(), [v6]);
        assert_eq!(all[v6 as usize], Judgement::NotApplicable);
    }

    #[test]
    fn a_network_in_common_makes_no_front_door() {
        let mut estate = Estate::new();
        let network = door("google_compute_network.n", Level::Health).class(Class::NETWORK);
        let network = estate.add(network);
        let first = estate.add(door(
            "google_compute_global_forwarding_rule.a",
            Level::Health,
        ));
        let second = estate.add(door(
            "google_compute_global_forwarding_rule.b",
            Level::Health,
        ));
        estate.relate(first, Relation::AttachedTo, network);
        estate.relate(second, Relation::AttachedTo, network);
        let all = estate.judge(RULE);
        for door in [first, second] {
            assert_eq!(all[door as usize].verdicts().len(), 1);
        }
    }

    #[test]
    fn labels_that_cannot_be_known_leave_open_what_it_carries() {
        let item =
            Item::new("aws_cloudfront_distribution.a").class(Class::HOLDS_DATA | Class::EDGE);
        let item = item.at("global", &[], Area::Worldwide);
        assert!(judged(item.clone()).verdict().is_violation());
        let open = item.labels_unknown("variable \"tags\"");
        assert!(!judged(open.clone()).verdict().is_violation());
        // What it stands before says it.
        let carried = open
            .level(Level::Health)
            .origin(gardefou_sdk::LevelOrigin::Propagated);
        assert!(judged(carried).verdict().is_violation());
    }
}
