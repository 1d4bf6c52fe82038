//! What a running policy can call: reads of the graph and its facts, and nothing else.
//!
//! Ids come from somebody else's program: one that was not handed out traps, and nothing here indexes with it.

use hashbrown::HashMap;
use std::sync::Arc;

use wasmtime::{Error, ResourceLimiter, Result};

use super::alike::{Alike, regime_level};
use super::contract::{self, graph, settings, types};
use super::{Limits, Rule, Subject, options};
use crate::config::words::Level;
use crate::facts::{Evidence, EvidenceAt, EvidenceId, ResourceFacts, Text};
use crate::graph::{Resource, ResourceId};
use crate::source::Place;
use crate::value::{Data, Path, Value};

/// Paths longer or deeper than these are no attribute paths.
const PATH_BYTES: usize = 1_024;
const PATH_STEPS: usize = 64;

/// The state of one run of one policy.
pub(super) struct Host {
    /// None while a policy describes itself: there is nothing to see then.
    subject: Option<Subject>,
    /// The policy's own rules: none while it describes itself.
    rules: Vec<Arc<Rule>>,
    /// Evidence that this policy asked for; ids go on where those of the facts end.
    evidence: Vec<Evidence>,
    /// Positions in `evidence`.
    places: HashMap<Evidence, usize>,
    interned: HashMap<(u32, String), Option<u32>>,
    /// One for each level: the actor is the same throughout.
    regimes: HashMap<Level, settings::Regime>,
    /// Which resources have facts in common.
    alike: Arc<Alike>,
    limiter: Limiter,
}

/// A call that the host refuses; the policy stops there.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub(super) struct Refusal(pub(super) String);

fn refuse(why: impl Into<String>) -> Error {
    Error::new(Refusal(why.into()))
}

impl Host {
    /// Without a subject there is nothing to see; `alike` is that of the subject.
    pub(super) fn new(
        subject: Option<Subject>,
        alike: Arc<Alike>,
        rules: &[Arc<Rule>],
        limits: &Limits,
    ) -> Self {
        Self {
            subject,
            rules: rules.to_vec(),
            evidence: Vec::new(),
            places: HashMap::new(),
            interned: HashMap::new(),
            regimes: HashMap::new(),
            alike,
            limiter: Limiter {
                memory: limits.memory,
                used: 0,
                table_elements: limits.table_elements,
                instances: limits.instances,
                exceeded: None,
            },
        }
    }

    /// How many pieces of evidence can be named.
    pub(super) fn evidence_count(&self) -> usize {
        self.subject
            .as_ref()
            .map_or(0, |subject| subject.facts.evidence_count())
            + self.evidence.len()
    }

    pub(super) fn into_evidence(self) -> Vec<Evidence> {
        self.evidence
    }

    pub(super) fn limiter(&mut self) -> &mut Limiter {
        &mut self.limiter
    }

    /// Keeps a place as evidence; the same place with the same label has one id.
    fn intern(&mut self, place: Place, label: Text) -> Result<EvidenceId> {
        let of_facts = self.subject()?.facts.evidence_count();
        let evidence = Evidence {
            label,
            at: EvidenceAt::Place(place),
        };
        let next = self.evidence.len();
        let at = *self.places.entry(evidence).or_insert_with_key(|evidence| {
            self.evidence.push(evidence.clone());
            next
        });
        u32::try_from(of_facts + at)
            .map(EvidenceId)
            .map_err(|_| refuse("there is too much evidence"))
    }

    fn subject(&self) -> Result<&Subject> {
        self.subject
            .as_ref()
            .ok_or_else(|| refuse("`describe` calls nothing"))
    }

    fn resource(&self, of: u32) -> Result<&Resource> {
        let found = self.subject()?.graph.get(ResourceId(of));
        found.ok_or_else(|| refuse(format!("there is no resource {of}")))
    }

    fn facts(&self, of: u32) -> Result<&ResourceFacts> {
        let found = self.subject()?.facts.of(ResourceId(of));
        found.ok_or_else(|| refuse(format!("there is no resource {of}")))
    }

    /// The number of a resource among those that have a fact in common.
    fn number(&self, of: u32, fact: graph::Fact) -> Result<u32> {
        let numbers = self.alike.in_fact(self.subject()?, fact);
        let found = numbers.get(of as usize);
        found
            .copied()
            .ok_or_else(|| refuse(format!("there is no resource {of}")))
    }

    /// Every value at a path, in the contract's terms; below a sensitive value everything is.
    fn read(&self, of: u32, path: &str) -> Result<Vec<types::Value>> {
        let attributes = &self.resource(of)?.attributes;
        let path = Self::path(path)?;
        let steps = path.steps();
        let withheld = (1..steps.len()).any(|length| {
            let above = Path::of(steps.get(..length).unwrap_or_default());
            attributes
                .get_all(&above)
                .iter()
                .any(|above| above.is_sensitive())
        });
        let found = attributes
            .get_all(&path)
            .into_iter()
            .filter(|found| !found.is_null());
        Ok(found
            .map(|found| {
                if withheld {
                    types::Value::Sensitive
                } else {
                    value(found)
                }
            })
            .collect())
    }

    fn path(text: &str) -> Result<Path> {
        let short: String = text.chars().take(80).collect();
        if text.len() > PATH_BYTES {
            return Err(refuse(format!("`{short}...` is too long for a path")));
        }
        let path = Path::parse(text).map_err(|error| refuse(error.to_string()))?;
        if path.steps().len() > PATH_STEPS {
            return Err(refuse(format!("`{short}` is too deep for a path")));
        }
        Ok(path)
    }
}

fn value(from: &Value) -> types::Value {
    if from.is_sensitive() && !from.is_null() {
        return types::Value::Sensitive;
    }
    let length = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    match &from.data {
        Data::Null(_) => types::Value::Null,
        Data::Bool(value) => types::Value::Boolean(*value),
        Data::Number(number) => match number.as_i64() {
            Some(integer) => types::Value::Integer(integer),
            None => types::Value::Number(number.as_f64()),
        },
        Data::String(text) => types::Value::Text(text.to_string()),
        Data::List(_, all) | Data::Set(_, all) | Data::Tuple(all) => {
            types::Value::Sequence(length(all.len()))
        }
        Data::Map(_, all) | Data::Object(all) => types::Value::Mapping(length(all.len())),
        Data::Unknown(unknown) => types::Value::Unknown(unknown.because.to_string()),
    }
}

impl types::Host for Host {}

impl graph::Host for Host {
    fn address(&mut self, of: u32) -> Result<String> {
        Ok(self.resource(of)?.address.to_string())
    }

    fn kind(&mut self, of: u32) -> Result<String> {
        Ok(self.resource(of)?.kind.to_string())
    }

    fn class_of(&mut self, of: u32) -> Result<types::Class> {
        Ok(contract::classes(self.facts(of)?.classes))
    }

    fn sensitivity_of(&mut self, of: u32) -> Result<types::Sensitivity> {
        Ok(contract::sensitivity(&self.facts(of)?.sensitivity))
    }

    fn location_of(&mut self, of: u32) -> Result<types::LocationFact> {
        Ok(contract::location(&self.facts(of)?.location))
    }

    fn copies_of(&mut self, of: u32) -> Result<Vec<types::DataCopy>> {
        Ok(self.facts(of)?.copies.iter().map(contract::copy).collect())
    }

    fn hosting_of(&mut self, of: u32) -> Result<types::HostingFact> {
        Ok(contract::hosting(&self.facts(of)?.hosting))
    }

    fn hosting_group_of(&mut self, of: u32) -> Result<u32> {
        self.number(of, graph::Fact::HostingOf)
    }

    fn encryption_of(&mut self, of: u32) -> Result<types::EncryptionFact> {
        Ok(contract::encryption(&self.facts(of)?.encryption))
    }

    fn mfa_of(&mut self, of: u32) -> Result<types::MfaFact> {
        Ok(contract::mfa(&self.facts(of)?.mfa))
    }

    fn dependencies_of(&mut self, of: u32) -> Result<Vec<types::Dependency>> {
        let all = &self.facts(of)?.dependencies;
        Ok(all.iter().map(contract::dependency).collect())
    }

    fn credential_of(&mut self, of: u32) -> Result<types::CredentialFact> {
        Ok(contract::credential(&self.facts(of)?.credential))
    }

    fn tenancy_of(&mut self, of: u32) -> Result<types::Tenancy> {
        Ok(contract::tenancy(&self.facts(of)?.tenancy))
    }

    fn labels_of(&mut self, of: u32) -> Result<types::LabelsFact> {
        self.resource(of)?;
        let subject = self.subject()?;
        let facts = Arc::clone(&subject.facts);
        let Some(labels) = facts.labels(ResourceId(of)) else {
            return Ok(types::LabelsFact::Absent);
        };
        let place = labels
            .unknown
            .as_ref()
            .and_then(|unknown| unknown.origin.place);
        let evidence = match place {
            Some(place) => Some(self.intern(place, Text::new("its labels", "ses étiquettes"))?),
            None => None,
        };
        Ok(contract::labels(labels, evidence))
    }

    fn get(&mut self, of: u32, path: String) -> Result<Option<types::Value>> {
        Ok(self.read(of, &path)?.into_iter().next())
    }

    fn get_all(&mut self, of: u32, path: String) -> Result<Vec<types::Value>> {
        self.read(of, &path)
    }

    fn keys(&mut self, of: u32, path: String) -> Result<Vec<String>> {
        if !matches!(
            self.read(of, &path)?.first(),
            Some(types::Value::Mapping(_))
        ) {
            return Ok(Vec::new());
        }
        let found = self.resource(of)?.attributes.get(&Self::path(&path)?);
        let entries = found.and_then(Value::entries).unwrap_or_default();
        Ok(entries.iter().map(|(key, _)| key.to_string()).collect())
    }

    fn evidence_of(&mut self, of: u32, path: String) -> Result<Option<u32>> {
        if let Some(known) = self.interned.get(&(of, path.clone())) {
            return Ok(*known);
        }
        let found = self
            .resource(of)?
            .attributes
            .get(&Self::path(&path)?)
            .and_then(|found| found.origin.place);
        let label = Text::new(format!("attribute {path}"), format!("attribut {path}"));
        let id = found
            .map(|place| self.intern(place, label))
            .transpose()?
            .map(|id| id.0);
        self.interned.insert((of, path), id);
        Ok(id)
    }

    fn related(
        &mut self,
        of: u32,
        by: graph::Relation,
        towards: graph::Direction,
    ) -> Result<Vec<u32>> {
        let resource = self.resource(of)?;
        let graph = &self.subject()?.graph;
        let kind = contract::relation_from(by);
        Ok(match towards {
            graph::Direction::Outgoing => graph
                .outgoing(resource.id)
                .iter()
                .filter(|edge| edge.kind == kind)
                .map(|edge| edge.to.0)
                .collect(),
            graph::Direction::Incoming => graph
                .incoming(resource.id)
                .filter(|edge| edge.kind == kind)
                .map(|edge| edge.from.0)
                .collect(),
        })
    }

    fn of_kind(&mut self, kind: String) -> Result<Vec<u32>> {
        Ok(self
            .subject()?
            .graph
            .of_kind(&kind)
            .iter()
            .map(|id| id.0)
            .collect())
    }

    fn alike_in(&mut self, fact: graph::Fact) -> Result<Vec<u32>> {
        Ok(self.alike.in_fact(self.subject()?, fact).to_vec())
    }

    fn alike_in_related(
        &mut self,
        by: graph::Relation,
        towards: graph::Direction,
    ) -> Result<Vec<u32>> {
        let numbers = self.alike.in_related(self.subject()?, by, towards);
        Ok(numbers.to_vec())
    }
}

impl settings::Host for Host {
    fn regime_group_of(&mut self, of: u32) -> Result<u32> {
        self.number(of, graph::Fact::RegimeOf)
    }

    fn regime_of(&mut self, of: u32) -> Result<settings::Regime> {
        let level = regime_level(self.facts(of)?);
        if let Some(known) = self.regimes.get(&level) {
            return Ok(known.clone());
        }
        let subject = self.subject()?;
        let regime = subject.catalog.regime(subject.settings.actor, level);
        let regime = regime
            .ok_or_else(|| refuse(format!("the catalogue has no regime for {level} data")))?;
        let regime = contract::regime(&regime);
        self.regimes.insert(level, regime.clone());
        Ok(regime)
    }

    fn who(&mut self) -> Result<Option<settings::Actor>> {
        Ok(self.subject()?.settings.actor.map(contract::actor))
    }

    fn multi_tenant(&mut self) -> Result<bool> {
        Ok(self.subject()?.multi_tenant())
    }

    fn as_of(&mut self) -> Result<String> {
        Ok(self.subject()?.settings.as_of.to_string())
    }

    fn option_of(&mut self, rule: String, name: String) -> Result<Vec<String>> {
        let known = self.rules.iter().find(|known| known.id == rule);
        let option = known.and_then(|known| {
            let mut options = known.options.iter();
            Some((known, options.find(|option| option.name == name)?))
        });
        match option {
            Some((rule, option)) => {
                let config = &self.subject()?.settings.config;
                Ok(options::value(config, rule, option))
            }
            None => Err(refuse(format!(
                "no rule here declares an option {name:.80?}"
            ))),
        }
    }
}

/// Refuses growth beyond the limits, and remembers which one it was.
pub(super) struct Limiter {
    memory: usize,
    /// By all its memories together.
    used: usize,
    table_elements: usize,
    instances: usize,
    /// What the policy wanted too much of.
    pub(super) exceeded: Option<String>,
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        let used = self.used.saturating_add(desired.saturating_sub(current));
        if used <= self.memory {
            self.used = used;
            return Ok(true);
        }
        let what = format!("{} MiB of memory", self.memory >> 20);
        self.exceeded = Some(what.clone());
        // A trap, not a refusal that the guest might swallow.
        Err(refuse(what))
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        if desired <= self.table_elements {
            return Ok(true);
        }
        let what = format!("{} table elements", self.table_elements);
        self.exceeded = Some(what.clone());
        Err(refuse(what))
    }

    fn instances(&self) -> usize {
        self.instances
    }

    fn tables(&self) -> usize {
        self.instances
    }

    fn memories(&self) -> usize {
        self.instances
    }
}
