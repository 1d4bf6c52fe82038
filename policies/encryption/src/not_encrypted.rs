//! `encryption/not-encrypted`: data, or a copy of it, lies in clear.
//!
//! Each part of a store and each copy with an encryption of its own is asked. Where the code cannot tell, a SecNumCloud
//! visa in force answers: the provider has to encrypt what it stores.

use gardefou_sdk::{
    Answer3, Class, CopyKind, DataCopy, Encryption, EncryptionFact, Gap, Hosting, HostingFact,
    Judgement, Level, Resource, Rule, Scan, Scope, Severity, Text, Verdict, Visa, level_words,
    text,
};

use crate::{parts, words};

pub(crate) const RULE: Rule = Rule::each(judge);

/// Data at rest is encrypted.
const AT_REST: &str = "SNC-CRY-001";
/// What leaves for another place is encrypted.
const OF_COPIES: &str = "SNC-CRY-009";

fn judge(scan: &Scan, resource: &Resource<'_>) -> Judgement {
    let Some(severity) = severity(resource.sensitivity().level) else {
        return Judgement::NotApplicable;
    };
    if !resource.class().contains(Class::HOLDS_DATA) && !is_of_cluster(resource) {
        return Judgement::NotApplicable;
    }
    let mut verdicts: Vec<Verdict> = Vec::new();
    let mut asked = false;
    let mut is_clear = false;
    match resource.encryption() {
        EncryptionFact::Absent => {}
        _ if resource.is_encrypted_as_its_whole() => {}
        EncryptionFact::Unknown(gap) => {
            verdicts.push(Verdict::undetermined(gap, cannot_tell(resource, "")));
        }
        EncryptionFact::Known(all) => {
            asked = !all.is_empty();
            is_clear = in_clear(all).next().is_some();
            verdicts.extend(parts::each(in_clear(all), |part, named| {
                Verdict::violation(in_clear_message(resource, named)).evidence(&part.basis.evidence)
            }));
            if !answered_by_visa(resource) {
                verdicts.extend(parts::each(untold(all), |part, named| {
                    Verdict::undecided(no_word(), cannot_tell(resource, named))
                        .evidence(&part.basis.evidence)
                }));
            }
        }
    }
    let mut verdicts: Vec<Verdict> = (verdicts.into_iter())
        .map(|verdict| verdict.against(&[AT_REST]))
        .collect();
    for copy in resource.copies() {
        asked |= !matches!(copy.encryption, EncryptionFact::Absent);
        // A live copy of what lies in clear is encrypted with it.
        let is_live = matches!(copy.kind, CopyKind::Replica | CopyKind::GeoRedundant);
        if !(is_live && is_clear) {
            let verdict = of_copy(scan, resource, copy);
            verdicts.extend(verdict.map(|verdict| verdict.against(&[AT_REST, OF_COPIES])));
        }
    }
    if verdicts.is_empty() && !asked {
        return Judgement::NotApplicable;
    }
    let verdicts = verdicts.into_iter().map(|verdict| {
        verdict
            .severity(severity)
            .evidence(&resource.sensitivity().basis.evidence)
    });
    Judgement::of(verdicts.collect())
}

/// The one setting that encrypts all secrets of a cluster: they are judged there, and not each by itself.
fn is_of_cluster(resource: &Resource<'_>) -> bool {
    let class = resource.class();
    class.contains(Class::SECRETS | Class::CONFIGURATION)
}

fn in_clear(all: &[Encryption]) -> impl Iterator<Item = &Encryption> {
    all.iter().filter(|part| part.at_rest == Answer3::No)
}

fn untold(all: &[Encryption]) -> impl Iterator<Item = &Encryption> {
    all.iter().filter(|part| part.at_rest == Answer3::Unknown)
}

/// Public data is not asked; what lies beyond answers to other rules.
fn severity(level: Level) -> Option<Severity> {
    match level {
        Level::Particular | Level::Health => Some(Severity::Critical),
        Level::Personal => Some(Severity::High),
        Level::Internal => Some(Severity::Medium),
        Level::Public | Level::Beyond => None,
    }
}

/// SecNumCloud demands encryption at rest of the provider (§10.1.a): inside the visa it is not the client's to show.
fn answered_by_visa(resource: &Resource<'_>) -> bool {
    matches!(
        resource.hosting(),
        HostingFact::Known(Hosting {
            visa: Visa::InForce,
            scope: Scope::Inside | Scope::NotStated,
            ..
        })
    )
}

/// A copy on its way to another place. One that is a resource of the scan and cannot be told is asked there.
fn of_copy(scan: &Scan, resource: &Resource<'_>, copy: &DataCopy) -> Option<Verdict> {
    let undecided = |gap: &Gap| {
        let address = words::address(resource);
        let Text { en, fr } = copy_words(copy.kind);
        Verdict::undetermined(
            gap,
            text!(
                "cannot tell whether {en} of {address} is encrypted at rest: say it where this code can show it",
                "impossible de dire si {fr} de {address} est chiffrée au repos : dites-le là où ce code peut le montrer"
            ),
        )
    };
    let target = copy.target.map(|id| scan.resource(id));
    let verdict = match &copy.encryption {
        EncryptionFact::Absent => return None,
        EncryptionFact::Known(all) => match (in_clear(all).next(), untold(all).next()) {
            (Some(part), _) => {
                Verdict::violation(copy_message(resource, copy.kind)).evidence(&part.basis.evidence)
            }
            (None, Some(part)) if target.is_none() && !answered_by_visa(resource) => {
                undecided(&Gap {
                    reason: no_word(),
                    evidence: part.basis.evidence.clone(),
                })
            }
            (None, _) => return None,
        },
        EncryptionFact::Unknown(gap) if target.is_none() => undecided(gap),
        EncryptionFact::Unknown(_) => return None,
    };
    Some(verdict.path(&copy.path).related(&target))
}

fn in_clear_message(resource: &Resource<'_>, part: &str) -> Text {
    let address = words::address(resource);
    if is_of_cluster(resource) {
        return text!(
            "{address} lets the cluster write its secrets in clear: put a provider that encrypts first, `kms` best of all, and have every secret written again",
            "{address} laisse le cluster écrire ses secrets en clair : placez en premier un fournisseur qui chiffre, de préférence `kms`, puis faites réécrire tous les secrets"
        );
    }
    let Text { en, fr } = level_words(resource.sensitivity().level);
    text!(
        "{address} keeps {en} without encryption at rest{part}: switch it on, in the resource or, where its provider has one, in the default that it falls back on",
        "{address} conserve {fr} sans chiffrement au repos{part} : activez-le, dans la ressource ou, là où son fournisseur en a un, dans le réglage par défaut dont elle dépend"
    )
}

fn cannot_tell(resource: &Resource<'_>, part: &str) -> Text {
    let address = words::address(resource);
    let Text { en, fr } = level_words(resource.sensitivity().level);
    text!(
        "cannot tell whether {address}, which keeps {en}, is encrypted at rest{part}: say it in the code, or use an offering whose visa covers it",
        "impossible de dire si {address}, qui conserve {fr}, est chiffrée au repos{part} : dites-le dans le code, ou utilisez une offre dont le visa le couvre"
    )
}

fn no_word() -> Text {
    text!(
        "nothing in the code switches encryption on, and its provider documents no default",
        "rien dans le code n'active le chiffrement, et son fournisseur ne documente aucun réglage par défaut"
    )
}

fn copy_message(resource: &Resource<'_>, kind: CopyKind) -> Text {
    let address = words::address(resource);
    let data = level_words(resource.sensitivity().level);
    let (data_en, data_fr) = (&data.en, &data.fr);
    let Text { en, fr } = copy_words(kind);
    text!(
        "{en} of {address} keeps {data_en} without encryption at rest: encrypt the copy where it is made",
        "{fr} de {address} conserve {data_fr} sans chiffrement au repos : chiffrez la copie là où elle est faite"
    )
}

fn copy_words(kind: CopyKind) -> Text {
    match kind {
        CopyKind::Replica => text!("a replica", "une réplique"),
        CopyKind::Backup => text!("a backup", "une sauvegarde"),
        CopyKind::Export => text!("an export", "une exportation"),
        CopyKind::GeoRedundant => text!("a geo-redundant copy", "une copie géo-redondante"),
    }
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::testing::{Estate, Item, encryption, gap, unqualified};
    use gardefou_sdk::{EvidenceId, KeyHolder, LocationFact};

    use super::*;

    fn part(name: &str, at_rest: Answer3) -> Encryption {
        let mut part = Encryption {
            part: name.to_owned(),
            at_rest,
            ..encryption(KeyHolder::Provider)
        };
        // Each block is evidence of its own.
        part.basis.evidence = vec![name.bytes().map(EvidenceId::from).sum()];
        part
    }

    fn store(level: Level, at_rest: Answer3) -> Item {
        Item::new("aws_ebs_volume.a")
            .level(level)
            .encrypted_as(&[part("", at_rest)])
    }

    fn judged(item: Item) -> Judgement {
        let mut estate = Estate::new();
        estate.add(item);
        estate.judge_one(RULE)
    }

    fn copied(encryption: EncryptionFact) -> DataCopy {
        DataCopy {
            kind: CopyKind::Backup,
            location: LocationFact::Absent,
            encryption,
            target: None,
            path: "backup".to_owned(),
        }
    }

    #[test]
    fn secrets_of_a_cluster_are_judged_where_it_is_set_how_they_are_written() {
        let of = |class, at_rest| judged(store(Level::Health, at_rest).class(class));
        let cluster = Class::SECRETS | Class::CONFIGURATION;
        let judgement = of(cluster, Answer3::No);
        assert!(judgement.verdict().is_violation());
        assert_eq!(of(cluster, Answer3::Yes), Judgement::Passed);
        // A secret that keeps nothing itself is not asked.
        assert_eq!(of(Class::SECRETS, Answer3::No), Judgement::NotApplicable);
    }

    #[test]
    fn severity_follows_the_level() {
        let of = |level| {
            judged(store(level, Answer3::No))
                .verdicts()
                .first()
                .and_then(Verdict::severity_override)
        };
        assert_eq!(of(Level::Public), None);
        assert_eq!(of(Level::Internal), Some(Severity::Medium));
        assert_eq!(of(Level::Personal), Some(Severity::High));
        assert_eq!(of(Level::Health), Some(Severity::Critical));
        assert_eq!(of(Level::Particular), Some(Severity::Critical));
        assert_eq!(of(Level::Beyond), None);
        assert_eq!(
            judged(store(Level::Health, Answer3::Yes)),
            Judgement::Passed
        );
        assert_eq!(
            judged(Item::new("aws_vpc.a").level(Level::Health)),
            Judgement::NotApplicable
        );
    }

    #[test]
    fn every_part_counts_by_itself() {
        let judgement = judged(Item::new("aws_instance.a").encrypted_as(&[
            part("root_block_device", Answer3::Yes),
            part("ebs_block_device.0", Answer3::No),
            part("ebs_block_device.1", Answer3::No),
        ]));
        let [first, second] = judgement.verdicts() else {
            panic!("{judgement:?}");
        };
        assert!(first.message().en.contains("(ebs_block_device.0)"));
        assert!(second.message().fr.contains("(ebs_block_device.1)"));
    }

    #[test]
    fn parts_that_one_line_shows_have_one_finding() {
        let alike = |name: &str| Encryption {
            part: name.to_owned(),
            at_rest: Answer3::No,
            ..encryption(KeyHolder::Provider)
        };
        let of = |parts: &[Encryption]| judged(Item::new("store.a").encrypted_as(parts));
        let judgement = of(&[alike("logs"), alike("backups")]);
        assert!(judgement.verdict().message().en.contains("(logs, backups)"));
        // Where the resource itself is among them, it is all of it.
        let judgement = of(&[alike(""), alike("backups")]);
        assert!(!judgement.verdict().message().en.contains('('));
    }

    #[test]
    fn a_live_copy_in_clear_goes_with_its_primary() {
        let clear = || EncryptionFact::Known(vec![part("", Answer3::No)]);
        let live = DataCopy {
            kind: CopyKind::Replica,
            ..copied(clear())
        };
        let of = |copy| judged(store(Level::Health, Answer3::No).copied(copy));
        assert_eq!(of(live).verdicts().len(), 1);
        // A backup is switched by itself.
        assert_eq!(of(copied(clear())).verdicts().len(), 2);
    }

    #[test]
    fn a_thousand_parts_are_counted_not_listed() {
        let all: Vec<Encryption> = (0..1_000)
            .map(|at| part(&format!("disk.{at}"), Answer3::No))
            .collect();
        let judgement = judged(Item::new("aws_instance.a").encrypted_as(&all));
        let verdicts = judgement.verdicts();
        assert_eq!(verdicts.len(), 16);
        assert!(verdicts[15].message().fr.contains("(+984)"));
    }

    #[test]
    fn only_a_visa_that_covers_it_answers_what_the_code_does_not() {
        let hosted = |visa, scope| {
            judged(store(Level::Health, Answer3::Unknown).hosted(Hosting {
                visa,
                scope,
                ..unqualified("outscale")
            }))
        };
        assert_eq!(hosted(Visa::InForce, Scope::Inside), Judgement::Passed);
        for (visa, scope) in [
            (Visa::InForce, Scope::Outside),
            (Visa::Candidate, Scope::Inside),
            (Visa::Lapsed, Scope::Inside),
            (Visa::None, Scope::NotStated),
        ] {
            let judgement = hosted(visa, scope);
            assert!(!judgement.verdict().is_violation(), "{visa:?} {scope:?}");
            assert_eq!(
                judgement.verdict().severity_override(),
                Some(Severity::Critical)
            );
        }
        // What is switched off in the code is off, whoever runs it.
        let off = store(Level::Health, Answer3::No).hosted(Hosting {
            visa: Visa::InForce,
            scope: Scope::Inside,
            ..unqualified("outscale")
        });
        assert!(judged(off).verdict().is_violation());
    }

    #[test]
    fn a_gap_is_never_a_pass() {
        let item = Item::new("aws_db_instance.a").encryption_unknown("var.encrypted has no value");
        let judgement = judged(item);
        let verdict = judgement.verdict();
        assert_eq!(
            verdict.reason().map(|reason| reason.en.as_str()),
            Some("var.encrypted has no value")
        );
        assert_eq!(verdict.severity_override(), Some(Severity::High));
    }

    #[test]
    fn a_copy_in_clear_breaks_it_at_what_makes_the_copy() {
        let clear = EncryptionFact::Known(vec![part("", Answer3::No)]);
        let judgement = judged(store(Level::Health, Answer3::Yes).copied(copied(clear)));
        let verdict = judgement.verdict();
        assert!(verdict.is_violation());
        assert_eq!(verdict.attribute(), "backup");
        assert!(verdict.message().en.starts_with("a backup of"));
    }

    #[test]
    fn a_copy_that_cannot_be_told_is_asked_once() {
        let unknown = || EncryptionFact::Unknown(gap("somewhere"));
        let judgement = judged(store(Level::Health, Answer3::Yes).copied(copied(unknown())));
        assert!(!judgement.verdict().is_violation());

        let mut estate = Estate::new();
        let vault = estate.add(
            Item::new("aws_backup_vault.v")
                .level(Level::Health)
                .encryption_unknown("x"),
        );
        let mut copy = copied(unknown());
        copy.target = Some(vault);
        let source = estate.add(store(Level::Health, Answer3::Yes).copied(copy));
        assert_eq!(estate.judge(RULE)[source as usize], Judgement::Passed);
        assert!(!estate.judge(RULE)[vault as usize].verdict().is_violation());
    }
}
