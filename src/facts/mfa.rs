//! Multi-factor authentication at identity boundaries: enforced, optional, off, written the wrong way round, or decided
//! outside the code. The tests are data of the catalogue; each holds, fails, or cannot be told.

mod carried;
mod claims;
mod document;
mod keycloak;
mod test;

use hashbrown::HashMap;

use super::establish::{Lens, gap};
use super::location::{because_fr, dedup};
use super::{Basis, EvidenceId, Fact, Gap, Mfa, MfaState, ResourceFacts, Text};
use crate::catalog::{Certainty, Mfa as Facts, MfaKind, MfaRule, MfaTells, MfaTest, RulesMatch};
use crate::graph::{Resource, RootId, World};
use test::{Read, is_one_of, test};

/// What a test says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Says {
    Holds,
    Fails(Weakness),
    Unknown(Gap),
}

/// How a rule that fails leaves the boundary; ordered from bad to less bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weakness {
    Inverted,
    Off,
    Optional,
}

/// One rule's answer with what was looked at.
struct Answered {
    rule: &'static MfaRule,
    says: Says,
    evidence: Vec<EvidenceId>,
    /// A policy document without a word on factors.
    silent: bool,
}

impl<'a> Lens<'a> {
    /// Multi-factor authentication of an identity boundary.
    pub(super) fn mfa_of(&mut self, resource: &'a Resource) -> Fact<Mfa> {
        let carried = self.mfa_carried(resource);
        if resource.world != World::Terraform || !matches!(carried, Fact::Absent) {
            return carried;
        }
        let Some(facts) = self
            .terraform_kind(resource.id)
            .and_then(|kind| kind.mfa.as_ref())
        else {
            return Fact::Absent;
        };
        if !matches!(
            facts.kind,
            MfaKind::Enforcement | MfaKind::PolicyCondition | MfaKind::FederationHint
        ) {
            return Fact::Absent;
        }
        if facts.neutral.iter().any(|condition| {
            let values = self.read(resource, &condition.path, None);
            test(condition.test, &condition.values, &values) == Some(true)
        }) {
            return Fact::Absent;
        }
        let answers: Vec<Answered> = facts
            .rules
            .iter()
            .map(|rule| self.answer(resource, rule))
            .collect();
        match facts.kind {
            MfaKind::Enforcement => self.enforcement(resource, facts, answers),
            MfaKind::PolicyCondition => self.condition(facts, answers),
            _ => self.federation(resource, facts, answers),
        }
    }

    fn enforcement(
        &mut self,
        resource: &'a Resource,
        facts: &'static Facts,
        answers: Vec<Answered>,
    ) -> Fact<Mfa> {
        let says = combine(facts.rules_match, &answers);
        match says {
            Says::Holds if facts.tells == MfaTells::Failing => Fact::Absent,
            Says::Fails(_) if facts.tells == MfaTells::Holding => Fact::Absent,
            Says::Unknown(gap) => Fact::Unknown(gap),
            Says::Holds => self.known(resource, facts, MfaState::Enforced, answers),
            Says::Fails(weakness) => {
                let failing = answers
                    .into_iter()
                    .filter(|answer| answer.says != Says::Holds)
                    .collect();
                self.known(resource, facts, weakness.state(), failing)
            }
        }
    }

    /// A policy: only what it says itself is conclusive, since another policy can demand the factor.
    fn condition(&mut self, facts: &'static Facts, answers: Vec<Answered>) -> Fact<Mfa> {
        if answers.iter().any(|answer| answer.silent) {
            return Fact::Absent;
        }
        let basis = |evidence| Basis {
            certainty: Certainty::Certain,
            evidence: dedup(evidence),
        };
        let mut evidence: Vec<EvidenceId> = Vec::new();
        let mut worst = None;
        for answer in &answers {
            // Something that is not written says nothing; something that is written and wrong does.
            if let Says::Fails(weakness) = &answer.says
                && !answer.evidence.is_empty()
                && matches!(
                    answer.rule.test,
                    MfaTest::NotIn | MfaTest::MapNotIn | MfaTest::JsonCondition
                )
            {
                worst = worst.max(Some(std::cmp::Reverse(*weakness)));
                evidence.extend(&answer.evidence);
            }
        }
        if let Some(std::cmp::Reverse(weakness)) = worst {
            return Fact::Known(Mfa {
                state: weakness.state(),
                audience: facts.audience,
                basis: basis(evidence),
            });
        }
        match combine(facts.rules_match, &answers) {
            Says::Holds => {}
            Says::Unknown(gap)
                if answers
                    .iter()
                    .any(|answer| answer.rule.test == MfaTest::JsonCondition) =>
            {
                return Fact::Unknown(gap);
            }
            Says::Unknown(_) | Says::Fails(_) => return Fact::Absent,
        }
        let evidence = answers
            .into_iter()
            .flat_map(|answer| answer.evidence)
            .collect();
        Fact::Known(Mfa {
            state: MfaState::Enforced,
            audience: facts.audience,
            basis: basis(evidence),
        })
    }

    /// Sign-in that is, or can be, delegated: the factor is asked for elsewhere, unless the boundary has users of its own.
    fn federation(
        &mut self,
        resource: &'a Resource,
        facts: &'static Facts,
        answers: Vec<Answered>,
    ) -> Fact<Mfa> {
        match combine(facts.rules_match, &answers) {
            Says::Holds if !facts.enforced_by.is_empty() => {
                self.enforced_elsewhere(resource, facts, answers)
            }
            Says::Holds => self.known(resource, facts, MfaState::OutsideCode, answers),
            Says::Unknown(gap) => Fact::Unknown(gap),
            Says::Fails(weakness) => {
                let users = self.local_users(resource, facts);
                let failing: Vec<Answered> = answers
                    .into_iter()
                    .filter(|answer| answer.says != Says::Holds)
                    .collect();
                if !users.is_empty() {
                    let mut found = self.known(resource, facts, weakness.state(), failing);
                    if let Fact::Known(mfa) = &mut found {
                        mfa.basis.evidence.extend(users);
                    }
                    return found;
                }
                let why = failing
                    .first()
                    .map_or("", |answer| answer.rule.violation.as_str());
                let evidence = self.evidence_of(resource, failing);
                Fact::Unknown(Gap {
                    evidence,
                    ..gap(
                        format!("whether a second factor is asked for is not in the code: {why}"),
                        format!("le code ne dit pas si un second facteur est demandé : {why}"),
                    )
                })
            }
        }
    }

    /// A flow of its own: some step of it must ask for the factor.
    fn enforced_elsewhere(
        &mut self,
        resource: &'a Resource,
        facts: &'static Facts,
        answers: Vec<Answered>,
    ) -> Fact<Mfa> {
        let steps: Vec<&'a Resource> =
            self.of_root(resource, facts.enforced_by.iter().map(String::as_str));
        for step in steps {
            if let Fact::Known(found) = self.mfa_of(step)
                && found.state == MfaState::Enforced
            {
                let mut evidence = self.evidence_of(resource, answers);
                evidence.extend(found.basis.evidence);
                let basis = Basis {
                    certainty: Certainty::Probable,
                    evidence: dedup(evidence),
                };
                return Fact::Known(Mfa {
                    state: MfaState::Enforced,
                    audience: facts.audience,
                    basis,
                });
            }
        }
        let evidence = self.evidence_of(resource, answers);
        Fact::Unknown(Gap {
            evidence,
            ..gap(
                "sign-in has a flow of its own, and no step of it that requires a second factor is part of the scan",
                "la connexion suit un flux propre, et aucune étape qui exige un second facteur ne fait partie de l’analyse",
            )
        })
    }

    /// The first few users that the boundary itself holds, as evidence.
    fn local_users(&mut self, resource: &'a Resource, facts: &'static Facts) -> Vec<EvidenceId> {
        let mut found = Vec::new();
        for link in &facts.users {
            let users = self.of_root(resource, [link.kind.as_str()]);
            for user in users {
                let Some(value) = self.attribute(user, &link.attr) else {
                    continue;
                };
                if self
                    .referenced(user, value)
                    .iter()
                    .any(|(id, _)| *id == resource.id)
                {
                    found.push(self.ledger.place(
                        user.header,
                        Text::new("a user of its own", "un utilisateur propre"),
                    ));
                    break;
                }
            }
        }
        found
    }

    /// Managed resources of some types in the same root; the first few.
    fn of_root<'k>(
        &self,
        resource: &Resource,
        kinds: impl IntoIterator<Item = &'k str>,
    ) -> Vec<&'a Resource> {
        let ids = kinds
            .into_iter()
            .flat_map(|kind| self.graph.of_kind(kind).iter().take(MAX_LOOKED_AT));
        let found = ids.filter_map(|id| self.graph.get(*id));
        found
            .filter(|other| other.root == resource.root && other.world == World::Terraform)
            .collect()
    }

    fn known(
        &mut self,
        resource: &'a Resource,
        facts: &'static Facts,
        state: MfaState,
        answers: Vec<Answered>,
    ) -> Fact<Mfa> {
        let evidence = self.evidence_of(resource, answers);
        Fact::Known(Mfa {
            state,
            audience: facts.audience,
            basis: Basis {
                certainty: Certainty::Certain,
                evidence,
            },
        })
    }

    fn evidence_of(&mut self, resource: &Resource, answers: Vec<Answered>) -> Vec<EvidenceId> {
        let evidence: Vec<EvidenceId> = answers
            .into_iter()
            .flat_map(|answer| answer.evidence)
            .collect();
        if evidence.is_empty() {
            vec![self.header(resource)]
        } else {
            dedup(evidence)
        }
    }

    fn answer(&mut self, resource: &'a Resource, rule: &'static MfaRule) -> Answered {
        let mut evidence = Vec::new();
        for value in self.attributes(resource, &rule.path) {
            evidence.extend(self.ledger.way(
                value,
                Text::new(format!("`{}`", rule.path), format!("`{}`", rule.path)),
            ));
        }
        if rule.test == MfaTest::JsonCondition {
            let found = self.document(resource, rule);
            let (says, silent) = match found {
                None | Some(document::Verdict::Silent) => (Says::Fails(Weakness::Off), true),
                Some(document::Verdict::Enforces) => (Says::Holds, false),
                Some(document::Verdict::Optional) => (Says::Fails(Weakness::Optional), false),
                Some(document::Verdict::Inverted) => (Says::Fails(Weakness::Inverted), false),
                Some(document::Verdict::Open) => {
                    let reason = gap(
                        format!(
                            "`{}` has a condition on a second factor, and what it demands is not known",
                            rule.path
                        ),
                        format!(
                            "`{}` porte une condition sur un second facteur, et ce qu’elle exige n’est pas connu",
                            rule.path
                        ),
                    );
                    let missing = Gap {
                        evidence: evidence.clone(),
                        ..reason
                    };
                    (Says::Unknown(missing), false)
                }
            };
            return Answered {
                rule,
                says,
                evidence,
                silent,
            };
        }
        let says = self.says(resource, rule);
        Answered {
            rule,
            says,
            evidence,
            silent: false,
        }
    }

    /// What a policy document says: its text, or the blocks it is made of when part of it is known only after apply.
    fn document(
        &mut self,
        resource: &'a Resource,
        rule: &'static MfaRule,
    ) -> Option<document::Verdict> {
        let value = self.attribute(resource, &rule.path)?;
        let own = document::judge(value, &rule.values);
        if !value.is_unknown() || own != document::Verdict::Silent {
            return Some(own);
        }
        let mut made_of = self.referenced(resource, value).into_iter();
        made_of.find_map(|(id, _)| {
            let source = self.graph.get(id)?;
            let facts = self.catalog.data_source(&source.kind)?;
            let blocks = source.attributes.entry(facts.statements.as_deref()?)?;
            document::judge_blocks(blocks.elements()?, &rule.values)
        })
    }

    fn says(&mut self, resource: &'a Resource, rule: &'static MfaRule) -> Says {
        let values = self.read(resource, &rule.path, rule.default.as_deref());
        match test_rule(self, resource, rule, &values) {
            Some(true) => Says::Holds,
            Some(false) => {
                for condition in &rule.unless {
                    let others = self.read(resource, &condition.path, None);
                    if test(condition.test, &condition.values, &others) == Some(true) {
                        return Says::Holds;
                    }
                }
                let offered = values
                    .iter()
                    .flat_map(Read::texts)
                    .any(|text| is_one_of(&text, &rule.optional));
                Says::Fails(if offered || rule.partial {
                    Weakness::Optional
                } else {
                    Weakness::Off
                })
            }
            None => {
                let unknown = values.iter().find_map(Read::unknown);
                let (en, fr) = unknown.map_or_else(
                    || {
                        (
                            "it is not set".to_owned(),
                            "il n’est pas renseigné".to_owned(),
                        )
                    },
                    |because| (because.to_string(), because_fr(because)),
                );
                let path = &rule.path;
                let mut missing = gap(
                    format!("`{path}` is not known: {en}"),
                    format!("`{path}` n’est pas connu : {fr}"),
                );
                for value in self.attributes(resource, path) {
                    missing.evidence.extend(
                        self.ledger
                            .way(value, Text::new(format!("`{path}`"), format!("`{path}`"))),
                    );
                }
                Says::Unknown(missing)
            }
        }
    }

    /// What stands at a path; the default when nothing does.
    fn read(
        &mut self,
        resource: &'a Resource,
        path: &'static str,
        default: Option<&'static str>,
    ) -> Vec<Read<'a>> {
        let found: Vec<Read<'a>> = self
            .attributes(resource, path)
            .into_iter()
            .map(Read::Written)
            .collect();
        match default {
            Some(default) if found.is_empty() && !resource.incomplete => {
                vec![Read::Default(default)]
            }
            _ => found,
        }
    }
}

/// More candidates than these are not looked at.
const MAX_LOOKED_AT: usize = 256;

impl Weakness {
    fn state(self) -> MfaState {
        match self {
            Self::Inverted => MfaState::Inverted,
            Self::Off => MfaState::Off,
            Self::Optional => MfaState::Optional,
        }
    }
}

fn test_rule<'a>(
    lens: &mut Lens<'a>,
    resource: &'a Resource,
    rule: &'static MfaRule,
    values: &[Read<'a>],
) -> Option<bool> {
    if rule.test != MfaTest::PairEquals {
        return test(rule.test, &rule.values, values);
    }
    // The attribute is a key; its value stands beside it.
    let beside = lens.attribute(resource, "value");
    let key = values.iter().flat_map(Read::texts).next()?;
    let (_, wanted) = rule
        .values
        .iter()
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case(&key))?;
    beside?
        .as_text()
        .map(|text| text.eq_ignore_ascii_case(wanted))
}

/// All rules, or one of them; alternatives count as one rule.
fn combine(how: RulesMatch, answers: &[Answered]) -> Says {
    let mut groups: Vec<(Option<&str>, Says)> = Vec::new();
    for answer in answers {
        let word = answer.rule.alternative.as_deref();
        match groups
            .iter_mut()
            .find(|(group, _)| word.is_some() && *group == word)
        {
            Some((_, says)) => *says = best(says.clone(), answer.says.clone()),
            None => groups.push((word, answer.says.clone())),
        }
    }
    let mut all = groups.into_iter().map(|(_, says)| says);
    let Some(first) = all.next() else {
        return Says::Fails(Weakness::Off);
    };
    all.fold(first, if how == RulesMatch::Any { best } else { worst })
}

fn best(a: Says, b: Says) -> Says {
    match (a, b) {
        (Says::Holds, _) | (_, Says::Holds) => Says::Holds,
        (Says::Unknown(gap), _) | (_, Says::Unknown(gap)) => Says::Unknown(gap),
        (Says::Fails(a), Says::Fails(b)) => Says::Fails(a.max(b)),
    }
}

fn worst(a: Says, b: Says) -> Says {
    match (a, b) {
        (Says::Fails(a), Says::Fails(b)) => Says::Fails(a.min(b)),
        (Says::Fails(a), _) | (_, Says::Fails(a)) => Says::Fails(a),
        (Says::Unknown(gap), _) | (_, Says::Unknown(gap)) => Says::Unknown(gap),
        (Says::Holds, Says::Holds) => Says::Holds,
    }
}

/// Resources that the catalogue judges as a set (conditional access, console passwords beside policies): in a root where
/// one enforces, all pass.
pub(super) fn judge_together(lens: &mut Lens<'_>, resources: &mut [ResourceFacts]) {
    let mut enforcing: HashMap<(Option<RootId>, &'static str), Mfa> = HashMap::new();
    let set_of = |lens: &Lens<'_>, resource: &Resource| {
        lens.terraform_kind(resource.id)?
            .mfa
            .as_ref()?
            .set
            .as_deref()
    };
    for (resource, facts) in lens.graph.resources().iter().zip(resources.iter()) {
        if let Fact::Known(mfa) = &facts.mfa
            && mfa.state == MfaState::Enforced
            && let Some(set) = set_of(lens, resource)
        {
            enforcing
                .entry((resource.root, set))
                .or_insert_with(|| mfa.clone());
        }
    }
    if enforcing.is_empty() {
        return;
    }
    for (resource, facts) in lens.graph.resources().iter().zip(resources.iter_mut()) {
        // A policy document speaks for others, and is judged by what it says itself.
        let document = |kind: &crate::catalog::ResourceKind| {
            let mfa = kind.mfa.as_ref();
            mfa.is_some_and(|mfa| mfa.kind == MfaKind::PolicyCondition)
        };
        if matches!(facts.mfa, Fact::Absent)
            || lens.terraform_kind(resource.id).is_some_and(document)
        {
            continue;
        }
        if let Some(set) = set_of(lens, resource)
            && let Some(mfa) = enforcing.get(&(resource.root, set))
        {
            facts.mfa = Fact::Known(mfa.clone());
        }
    }
}
