//! `residency/copy-outside-area`: a replica, a backup or an export leaves the area that the data's level allows.
//!
//! A copy is reported on the store whose data it is. What keeps backups is itself a copy: its own place counts, unless the
//! store that it saves is part of the scan and tells it.

use std::collections::BTreeMap;

use gardefou_sdk::{
    Area, Class, CopyKind, DataCopy, Gap, Judgement, Level, Location, LocationFact, Resource,
    ResourceId, Rule, Scan, Severity, Text, Verdict, level_words, text,
};

use crate::place::{Standing, place_words, standing};

pub(crate) const RULE: Rule = Rule::together(prepare);

fn prepare<'a>(
    scan: &'a Scan,
    scope: &[Resource<'a>],
) -> Box<dyn Fn(&Resource<'a>) -> Judgement + 'a> {
    // Copies that a store tells, with the highest level at which one does.
    let mut told: BTreeMap<ResourceId, Level> = BTreeMap::new();
    for resource in scope {
        let level = resource.sensitivity().level;
        for target in resource.copies().iter().filter_map(|copy| copy.target) {
            let known = told.entry(target).or_insert(level);
            *known = level.max(*known);
        }
    }
    Box::new(move |resource| judge(scan, resource, &told))
}

fn judge(scan: &Scan, resource: &Resource<'_>, told: &BTreeMap<ResourceId, Level>) -> Judgement {
    let level = resource.sensitivity().level;
    if level == Level::Beyond {
        return Judgement::NotApplicable;
    }
    let mut answer = Answer {
        scan,
        resource,
        asked: false,
        found: Vec::new(),
    };
    let keeps_backups = resource.class().contains(Class::BACKUP | Class::HOLDS_DATA);
    if keeps_backups && told.get(&resource.id()).is_none_or(|told| *told < level) {
        answer.weigh(Way::Itself, resource.location(), None);
    }
    // Where a vault is outside itself, so is all that it keeps: its pair adds nothing to that.
    let is_outside = !answer.found.is_empty();
    for copy in resource.copies() {
        if is_outside && copy.kind == CopyKind::GeoRedundant {
            continue;
        }
        if !follows(copy, resource) {
            answer.weigh(Way::Copy(copy), &copy.location, copy.target);
        }
    }
    answer.judgement()
}

/// A copy that is where its primary is, or not known for the same reason, goes with it: that place has a rule of its own,
/// and what is done about it is done for both.
fn follows(copy: &DataCopy, resource: &Resource<'_>) -> bool {
    if resource.class().contains(Class::BACKUP) {
        return false;
    }
    match (&copy.location, resource.location()) {
        (LocationFact::Known(copy), LocationFact::Known(primary)) => {
            copy.region == primary.region
                && copy.countries == primary.countries
                && !resource.regime().allowed.contains(&primary.area)
        }
        (LocationFact::Unknown(copy), LocationFact::Unknown(primary)) => {
            copy.reason == primary.reason
        }
        _ => false,
    }
}

/// How data comes to a place.
#[derive(Clone, Copy)]
enum Way<'a> {
    /// It keeps backups there itself.
    Itself,
    Copy(&'a DataCopy),
}

impl<'a> Way<'a> {
    fn kind(self) -> CopyKind {
        match self {
            Self::Itself => CopyKind::Backup,
            Self::Copy(copy) => copy.kind,
        }
    }

    /// The attribute, where it is one of the resource and names a single place: else the evidence shows it.
    fn path(self, resource: &Resource<'_>) -> &'a str {
        match self {
            Self::Copy(copy) if !copy.path.contains('*') && resource.get(&copy.path).is_some() => {
                &copy.path
            }
            Self::Itself | Self::Copy(_) => "",
        }
    }
}

/// What is found of one resource: one finding for each attribute and place.
struct Answer<'a> {
    scan: &'a Scan,
    resource: &'a Resource<'a>,
    asked: bool,
    found: Vec<Found<'a>>,
}

struct Found<'a> {
    way: Way<'a>,
    place: Place<'a>,
    targets: Vec<ResourceId>,
}

#[derive(Clone, Copy, PartialEq)]
enum Place<'a> {
    Outside(&'a Location, Standing),
    Unknown(&'a Gap),
}

impl<'a> Answer<'a> {
    fn weigh(&mut self, way: Way<'a>, location: &'a LocationFact, target: Option<ResourceId>) {
        let level = self.resource.sensitivity().level;
        let place = match location {
            LocationFact::Absent => return,
            // Copies wherever the provider likes are `residency/worldwide-service`.
            LocationFact::Known(location) if location.area == Area::Worldwide => return,
            LocationFact::Known(location) => {
                self.asked = true;
                match standing(self.resource.regime(), level, location) {
                    Standing::Inside => return,
                    standing => Place::Outside(location, standing),
                }
            }
            LocationFact::Unknown(gap) => Place::Unknown(gap),
        };
        let same = self.found.iter_mut().find(|known| {
            known.way.kind() == way.kind()
                && known.way.path(self.resource) == way.path(self.resource)
                && is_same(known.place, place)
        });
        match same {
            Some(same) => same.targets.extend(target),
            None => self.found.push(Found {
                way,
                place,
                targets: target.into_iter().collect(),
            }),
        }
    }

    fn judgement(self) -> Judgement {
        if self.found.is_empty() && !self.asked {
            return Judgement::NotApplicable;
        }
        let verdict = |found: &Found<'a>| self.verdict(found);
        Judgement::of(self.found.iter().map(verdict).collect())
    }

    fn verdict(&self, found: &Found<'a>) -> Verdict {
        let sensitivity = self.resource.sensitivity();
        let outside = outside(sensitivity.level);
        let verdict = match found.place {
            Place::Outside(location, standing) => {
                Verdict::violation(self.message(found.way, location, standing))
                    .severity(standing.severity(outside))
                    .evidence(&location.basis.evidence)
            }
            Place::Unknown(gap) => {
                Verdict::undetermined(gap, self.cannot_tell(found.way)).severity(outside)
            }
        };
        let targets: Vec<Resource<'a>> = found
            .targets
            .iter()
            .map(|id| self.scan.resource(*id))
            .collect();
        verdict
            .path(found.way.path(self.resource))
            .evidence(&sensitivity.basis.evidence)
            .related(&targets)
    }

    fn message(&self, way: Way<'_>, location: &Location, standing: Standing) -> Text {
        let level = self.resource.sensitivity().level;
        let address = self.resource.name();
        let place = place_words(location);
        let Text { en, fr } = level_words(level);
        let wrong = standing.words(level);
        let (wrong_en, wrong_fr) = (&wrong.en, &wrong.fr);
        match (way, way.kind()) {
            (Way::Itself, _) => text!(
                "{address} keeps backups of {en} in {place}, {wrong_en}",
                "{address} sauvegarde {fr} dans {place}, {wrong_fr}"
            ),
            (_, CopyKind::Replica) => text!(
                "{address} replicates {en} to {place}, {wrong_en}",
                "{address} réplique {fr} vers {place}, {wrong_fr}"
            ),
            (_, CopyKind::Backup) => text!(
                "{address} backs up {en} to {place}, {wrong_en}",
                "{address} sauvegarde {fr} vers {place}, {wrong_fr}"
            ),
            (_, CopyKind::Export) => text!(
                "{address} exports {en} to {place}, {wrong_en}",
                "{address} exporte {fr} vers {place}, {wrong_fr}"
            ),
            (_, CopyKind::GeoRedundant) => text!(
                "{address} keeps {en} a second time in {place}, {wrong_en}",
                "{address} conserve {fr} une seconde fois dans {place}, {wrong_fr}"
            ),
        }
    }

    fn cannot_tell(&self, way: Way<'_>) -> Text {
        let address = self.resource.name();
        let Text { en, fr } = level_words(self.resource.sensitivity().level);
        match (way, way.kind()) {
            (Way::Itself, _) => text!(
                "cannot tell where {address} keeps backups of {en}: state its region where this code can show it",
                "impossible de dire où {address} sauvegarde {fr} : indiquez sa région là où ce code peut la montrer"
            ),
            (_, CopyKind::Replica) => text!(
                "cannot tell where {address} replicates {en}: name a destination whose region this code can show",
                "impossible de dire vers où {address} réplique {fr} : nommez une destination dont ce code peut montrer la région"
            ),
            (_, CopyKind::Backup) => text!(
                "cannot tell where {address} backs up {en}: name a destination whose region this code can show",
                "impossible de dire vers où {address} sauvegarde {fr} : nommez une destination dont ce code peut montrer la région"
            ),
            (_, CopyKind::Export) => text!(
                "cannot tell where {address} exports {en}: name a destination whose region this code can show",
                "impossible de dire vers où {address} exporte {fr} : nommez une destination dont ce code peut montrer la région"
            ),
            (_, CopyKind::GeoRedundant) => text!(
                "cannot tell where the second copy of {en} of {address} is: keep copies in the region, or attest where they go",
                "impossible de dire où se trouve la seconde copie de {address}, qui porte {fr} : gardez les copies dans la région, ou attestez où elles vont"
            ),
        }
    }
}

/// Two gaps are one when they say the same; their evidence may differ.
fn is_same(a: Place<'_>, b: Place<'_>) -> bool {
    match (a, b) {
        (Place::Outside(a, _), Place::Outside(b, _)) => {
            a.region == b.region && a.countries == b.countries
        }
        (Place::Unknown(a), Place::Unknown(b)) => a.reason == b.reason,
        _ => false,
    }
}

/// Severity outside; and when the place is not known, that of the worst place.
fn outside(level: Level) -> Severity {
    if level == Level::Particular {
        Severity::Critical
    } else {
        Severity::High
    }
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::testing::{Estate, Item, copy, gap, place};

    use super::*;

    fn at(countries: &[&str], area: Area) -> LocationFact {
        LocationFact::Known(place("somewhere-1", countries, area))
    }

    fn replica(location: LocationFact) -> DataCopy {
        copy(CopyKind::Replica, "replica.*.region_name", location)
    }

    fn judged(item: Item) -> Judgement {
        let mut estate = Estate::new();
        estate.add(item);
        estate.judge_one(RULE)
    }

    fn store(level: Level) -> Item {
        let item = Item::new("aws_dynamodb_table.a").level(level);
        item.at("eu-west-3", &["FR"], Area::Eu)
    }

    #[test]
    fn the_level_decides_the_area() {
        use Severity::{Critical, High, Low, Medium};
        let table = [
            (Level::Particular, "FR", Area::Eu, None),
            (Level::Particular, "NO", Area::Eea, Some(Critical)),
            (Level::Particular, "CH", Area::Adequate, Some(Critical)),
            (Level::Health, "NO", Area::Eea, None),
            (Level::Health, "GB", Area::Adequate, Some(High)),
            (Level::Health, "US", Area::Adequate, Some(High)),
            (Level::Personal, "GB", Area::Adequate, Some(Low)),
            (Level::Personal, "US", Area::Adequate, Some(Medium)),
            (Level::Personal, "RS", Area::Third, Some(High)),
        ];
        for (level, country, area, expected) in table {
            let judgement = judged(store(level).copied(replica(at(&[country], area))));
            let severity = judgement.verdicts().first();
            let severity = severity.and_then(Verdict::severity_override);
            assert_eq!(severity, expected, "{level:?} in {country}");
        }
    }

    #[test]
    fn a_store_without_copies_is_not_asked() {
        assert_eq!(judged(store(Level::Health)), Judgement::NotApplicable);
        let beyond = store(Level::Beyond).copied(replica(at(&["US"], Area::Third)));
        assert_eq!(judged(beyond), Judgement::NotApplicable);
        let anywhere = store(Level::Health).copied(replica(at(&[], Area::Worldwide)));
        assert_eq!(judged(anywhere), Judgement::NotApplicable);
    }

    #[test]
    fn a_destination_that_is_not_known_is_never_a_pass() {
        let inside = replica(at(&["FR"], Area::Eu));
        let open = replica(LocationFact::Unknown(gap("no pair is known")));
        let judgement = judged(store(Level::Personal).copied(inside).copied(open));
        let [verdict] = judgement.verdicts() else {
            panic!("{judgement:?}");
        };
        assert!(!verdict.is_violation());
        assert_eq!(verdict.severity_override(), Some(Severity::High));
    }

    #[test]
    fn one_finding_for_each_place() {
        let mut estate = Estate::new();
        let first = estate.add(store(Level::Public));
        let second = estate.add(store(Level::Public));
        let to = |target, countries: &[&str]| DataCopy {
            target: Some(target),
            ..replica(LocationFact::Known(place(
                countries[0],
                countries,
                Area::Third,
            )))
        };
        let item = store(Level::Health)
            .copied(to(first, &["RS"]))
            .copied(to(second, &["RS"]))
            .copied(to(second, &["CN"]));
        let source = estate.add(item) as usize;
        let all = estate.judge(RULE);
        let [serbia, china] = all[source].verdicts() else {
            panic!("{all:?}");
        };
        assert_eq!(serbia.related_ids(), [first, second]);
        assert_eq!(china.related_ids(), [second]);
    }

    #[test]
    fn a_copy_beside_its_primary_follows_it() {
        let abroad = Item::new("aws_db_instance.a").level(Level::Health);
        let abroad = abroad.at("somewhere-1", &["US"], Area::Third);
        let judgement = judged(abroad.copied(replica(at(&["US"], Area::Third))));
        assert_eq!(judgement, Judgement::NotApplicable);
        // Inside it is evidence for.
        let here = LocationFact::Known(place("eu-west-3", &["FR"], Area::Eu));
        let judgement = judged(store(Level::Health).copied(replica(here)));
        assert_eq!(judgement, Judgement::Passed);
    }

    #[test]
    fn one_open_question_is_asked_once() {
        let open = |reason: &str| replica(LocationFact::Unknown(gap(reason)));
        let item = Item::new("aws_db_instance.a").level(Level::Health);
        let item = item.nowhere("AWS_REGION decides");
        let same = item.clone().copied(open("AWS_REGION decides"));
        assert_eq!(judged(same), Judgement::NotApplicable);
        let other = judged(item.copied(open("variable \"far\"")));
        assert!(!other.verdict().is_violation());
    }

    #[test]
    fn what_keeps_backups_is_a_copy_itself() {
        let vault = |level| {
            let item = Item::new("aws_backup_vault.a").class(Class::HOLDS_DATA | Class::BACKUP);
            item.level(level).at("us-east-1", &["US"], Area::Adequate)
        };
        let judgement = judged(vault(Level::Health));
        assert_eq!(
            judgement.verdict().severity_override(),
            Some(Severity::High)
        );
        // A plan keeps nothing.
        let plan = vault(Level::Health).class(Class::BACKUP);
        assert_eq!(judged(plan), Judgement::NotApplicable);
    }

    #[test]
    fn a_backup_that_its_store_tells_is_told_once() {
        for (of_store, findings) in [(Level::Health, 0), (Level::Personal, 1)] {
            let mut estate = Estate::new();
            let backup = Item::new("aws_db_snapshot.a").class(Class::HOLDS_DATA | Class::BACKUP);
            let backup = backup.level(Level::Health);
            let backup = estate.add(backup.at("us-east-1", &["US"], Area::Adequate));
            let source = estate.add(store(of_store).copied(DataCopy {
                target: Some(backup),
                ..copy(
                    CopyKind::Backup,
                    "db_instance_identifier",
                    at(&["US"], Area::Adequate),
                )
            }));
            let all = estate.judge(RULE);
            assert_eq!(all[source as usize].verdicts().len(), 1);
            // One that is labelled higher than its store speaks for itself.
            assert_eq!(
                all[backup as usize].verdicts().len(),
                findings,
                "{of_store:?}"
            );
        }
    }
}
