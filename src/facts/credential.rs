//! Static credentials: keys, passwords and tokens that are good by themselves, and how long.
//!
//! What ends one is looked for in this order: a clock that makes it anew, its own arguments, the documented behaviour of
//! the service, a setting of the account. Which type is a credential, and where its end stands, is data of the catalogue.

use super::establish::{Kind, Lens, gap};
use super::location::{dedup, not_known, shown};
use super::{Basis, Credential, EvidenceId, Fact, Gap, Lifetime, Text, period};
use crate::catalog::{
    Certainty, Credential as Facts, CredentialCondition, CredentialDefault, CredentialEnd,
    CredentialLimit, Date, Measure,
};
use crate::graph::{Resource, ResourceId, World};
use crate::value::{Because, Value};

/// Ends so far away are the ways in which people write "never": a hundred years.
const NEVER: u32 = 36_500;

/// Settings, clocks and references beyond these are not looked at.
const MAX_LOOKED_AT: usize = 64;

/// A credential, and the value that its arguments stand in.
#[derive(Clone, Copy)]
struct Held<'a> {
    resource: &'a Resource,
    /// The resource's attributes, or the object that it declares.
    from: &'a Value,
    /// What stands before a path as the resource has it: `manifest`.
    within: &'static str,
    facts: &'static Facts,
    /// Where the catalogue has it from.
    entry: &'static str,
    source: &'static str,
}

/// What one argument says about the end.
enum Says {
    /// Nothing.
    Nothing,
    /// It ends, after so many days where that is known.
    Ends(Option<u32>),
    /// It never does.
    Never,
    /// It is written, and cannot be read here.
    Unknown(Gap),
}

impl<'a> Lens<'a> {
    /// How long a resource is good for, when it is a static credential.
    pub(super) fn credential_of(&mut self, resource: &'a Resource) -> Fact<Credential> {
        // What is only read is judged where it is made.
        if resource.world == World::TerraformData {
            return Fact::Absent;
        }
        let Some(held) = self.held(resource) else {
            return Fact::Absent;
        };
        match self.all_hold(held, &held.facts.when) {
            Some(Ok(true)) | None => {}
            Some(Ok(false)) => return Fact::Absent,
            Some(Err(gap)) => return Fact::Unknown(gap),
        }
        let mut off = held.facts.off.iter();
        if off.any(|condition| self.met(held, condition) == Ok(true)) {
            return Fact::Absent;
        }
        if let Some(rotated) = self.rotated(held) {
            return Fact::Known(rotated);
        }
        match self.written_end(held) {
            Some(found) => found,
            None => self.unwritten_end(held),
        }
    }

    fn held(&self, resource: &'a Resource) -> Option<Held<'a>> {
        let kind = self.kinds.get(resource.id.index()).copied().flatten()?;
        if let Kind::Terraform(kind) = kind
            && let Some(facts) = &kind.credential
        {
            return Some(Held {
                resource,
                from: &resource.attributes,
                within: "",
                facts,
                entry: &kind.name,
                source: of_entry(facts, &kind.source),
            });
        }
        let object = self.object_of(resource)?;
        let facts = object.kind?.credential.as_ref()?;
        let within = match kind {
            Kind::Terraform(kind) => kind.embeds.as_deref().unwrap_or_default(),
            Kind::Kubernetes(_) => "",
        };
        Some(Held {
            resource,
            from: object.value,
            within,
            facts,
            entry: &object.kind?.kind,
            source: of_entry(facts, &object.kind?.source),
        })
    }

    /// The value of an argument, when something is written.
    fn argument(&mut self, held: Held<'a>, path: &'static str) -> Option<&'a Value> {
        let parsed = self.path(path);
        let value = held.from.get(&parsed)?;
        let empty = value.is_null()
            || value.as_str() == Some("")
            || value.elements().is_some_and(<[Value]>::is_empty);
        (!empty).then_some(value)
    }

    /// None: there are no conditions.
    fn all_hold(
        &mut self,
        held: Held<'a>,
        conditions: &'static [CredentialCondition],
    ) -> Option<Result<bool, Gap>> {
        let mut all = None;
        for condition in conditions {
            match self.met(held, condition) {
                Ok(true) => all = Some(Ok(true)),
                other => return Some(other),
            }
        }
        all
    }

    fn met(
        &mut self,
        held: Held<'a>,
        condition: &'static CredentialCondition,
    ) -> Result<bool, Gap> {
        let Some(value) = self.argument(held, &condition.path) else {
            return Ok(false);
        };
        if value.is_unknown() {
            return Err(self.open_end(value, &condition.path));
        }
        Ok(value
            .as_text()
            .is_some_and(|text| is_one_of(&text, &condition.values)))
    }

    /// The gap of an argument that is written and not known.
    fn open_end(&mut self, value: &'a Value, path: &'static str) -> Gap {
        let way = self.ledger.way(value, quoted(path));
        not_known(value, path, way)
    }

    /// Something here makes it anew as time goes by.
    fn rotated(&mut self, held: Held<'a>) -> Option<Credential> {
        let mut found: Option<(ResourceId, &'static str, Vec<EvidenceId>)> = None;
        for path in &held.facts.rotation_paths {
            let Some(value) = self.argument(held, path) else {
                continue;
            };
            if let Some((clock, from)) = self.clock_behind(held.resource, value) {
                found = Some((clock, path, self.ledger.way(from, quoted(path))));
                break;
            }
        }
        if found.is_none() {
            let root = held.resource.root;
            let named = held.resource.replaced_with.iter().take(MAX_LOOKED_AT);
            let ids = named.flat_map(|address| self.graph.resolve(root, address));
            let clock = ids.copied().find(|id| self.is_clock(*id))?;
            found = Some((clock, "", vec![self.header(held.resource)]));
        }
        let (clock, path, mut evidence) = found?;
        let clock = self.graph.get(clock)?;
        evidence.push(self.ledger.place(
            clock.header,
            Text::new(
                "changes as time goes by, and what depends on it is made anew",
                "change avec le temps, et ce qui en dépend est recréé",
            ),
        ));
        Some(Credential {
            lifetime: Lifetime::Limited,
            days: self.period_of(clock),
            path: joined(held, path),
            basis: Basis {
                // It turns when the code is applied.
                certainty: Certainty::Probable,
                evidence: dedup(evidence),
            },
        })
    }

    /// The clock that a value, or a part of it, was taken from.
    fn clock_behind(
        &self,
        resource: &Resource,
        value: &'a Value,
    ) -> Option<(ResourceId, &'a Value)> {
        let entries = value.entries().unwrap_or_default().iter();
        let parts = entries.map(|(_, part)| part);
        let parts = parts.chain(value.elements().unwrap_or_default());
        let all = parts.take(MAX_LOOKED_AT).chain(std::iter::once(value));
        for part in all {
            let clock = self.referenced(resource, part).into_iter();
            if let Some((id, _)) = clock.into_iter().find(|(id, _)| self.is_clock(*id)) {
                return Some((id, part));
            }
        }
        None
    }

    fn is_clock(&self, id: ResourceId) -> bool {
        let facts = self.catalog.terraform_facts();
        let kind = self.graph.get(id).map(|resource| &*resource.kind);
        facts
            .zip(kind)
            .is_some_and(|(facts, kind)| facts.clocks.contains_key(kind))
    }

    /// Days between two changes of a clock.
    fn period_of(&mut self, clock: &'a Resource) -> Option<u32> {
        let facts = self.catalog.terraform_facts()?.clocks.get(&*clock.kind)?;
        facts.periods.iter().find_map(|period| {
            let value = self.attribute(clock, &period.path)?;
            match self.measured(value, period.is, &period.never, None) {
                Some(Says::Ends(days)) => days,
                _ => None,
            }
        })
    }

    /// What its own arguments say; none: nothing.
    fn written_end(&mut self, held: Held<'a>) -> Option<Fact<Credential>> {
        for end in &held.facts.ends {
            let Some(value) = self.argument(held, &end.path) else {
                continue;
            };
            let says = self.end_says(held, end, value);
            let (lifetime, days) = match says {
                Says::Nothing => continue,
                Says::Unknown(gap) => return Some(Fact::Unknown(gap)),
                // "Never" is what a setting of the account overrules.
                Says::Never => match self.limited(held) {
                    Some(found) => return Some(found),
                    None => (Lifetime::Unlimited, None),
                },
                Says::Ends(days) => (Lifetime::Limited, days),
            };
            // What a plan knows only after apply stands nowhere in it.
            let mut evidence = self.ledger.way(value, quoted(&end.path));
            if evidence.is_empty() {
                evidence.push(self.header(held.resource));
            }
            return Some(Fact::Known(Credential {
                lifetime,
                days,
                path: joined(held, &end.path),
                basis: Basis {
                    certainty: Certainty::Certain,
                    evidence,
                },
            }));
        }
        None
    }

    fn end_says(&mut self, held: Held<'a>, end: &'static CredentialEnd, value: &'a Value) -> Says {
        let Some(unknown) = value.as_unknown() else {
            let start = held.facts.start_path.as_deref();
            let start = start.and_then(|path| self.argument(held, path));
            let start = start.and_then(Value::as_text).and_then(|text| day(&text));
            return match self.measured(value, end.is, &end.never, start) {
                Some(says) => says,
                None => {
                    let text = value.as_text().unwrap_or_default();
                    let text = shown(&text);
                    let path = &end.path;
                    let evidence = self.ledger.way(value, quoted(path));
                    Says::Unknown(Gap {
                        evidence,
                        ..gap(
                            format!("`{path}` says \"{text}\", which cannot be read as an end"),
                            format!(
                                "`{path}` indique « {text} », qui ne se lit pas comme une échéance"
                            ),
                        )
                    })
                }
            };
        };
        match &unknown.because {
            // In a plan: the provider will say, whether the code does or not.
            Because::Reference { address, .. } if **address == *held.resource.address => {
                let name = end.path.split('.').next().unwrap_or_default();
                let names = &held.resource.attribute_names;
                let written = names
                    .binary_search_by(|(known, _)| (**known).cmp(name))
                    .is_ok();
                match (end.computed, written, names.is_empty()) {
                    (false, ..) | (_, true, _) => Says::Ends(None),
                    (true, false, false) => Says::Nothing,
                    (true, false, true) => Says::Unknown(self.open_end(value, &end.path)),
                }
            }
            // Set, and known only after apply.
            Because::Reference { .. } | Because::Function(_) => Says::Ends(None),
            _ => Says::Unknown(self.open_end(value, &end.path)),
        }
    }

    /// What a known value says; none: it cannot be read.
    fn measured(
        &self,
        value: &Value,
        is: Measure,
        never: &[String],
        start: Option<Date>,
    ) -> Option<Says> {
        let text = value.as_text()?;
        let text = text.trim();
        if never.iter().any(|word| fits(text, word)) {
            return Some(Says::Never);
        }
        let each = match is {
            Measure::Flag => {
                let says = |ends| if ends { Says::Ends(None) } else { Says::Never };
                return value.as_bool().map(says);
            }
            Measure::Date => {
                let from = start.unwrap_or(self.settings.as_of);
                let days = u32::try_from(from.days_until(day(text)?).max(0)).ok()?;
                return Some(counted(days));
            }
            Measure::Seconds | Measure::Duration => 1,
            Measure::Minutes => 60,
            Measure::Hours => 3_600,
            Measure::Days => period::DAY,
            Measure::Months => 31 * period::DAY,
            Measure::Years => 366 * period::DAY,
        };
        period::seconds(text, each)
            .map(|seconds| period::days(seconds).map_or(Says::Never, counted))
    }

    /// Nothing is written: what the service does, and what the account says.
    fn unwritten_end(&mut self, held: Held<'a>) -> Fact<Credential> {
        let resource = held.resource;
        if resource.incomplete {
            return Fact::Unknown(gap(
                format!("part of {} could not be read", resource.address),
                format!("une partie de {} n’a pas pu être lue", resource.address),
            ));
        }
        for path in &held.facts.endless_paths {
            if let Some(value) = self.argument(held, path) {
                let evidence = self.ledger.way(value, quoted(path));
                return Fact::Known(known(
                    Lifetime::Unlimited,
                    None,
                    joined(held, path),
                    evidence,
                ));
            }
        }
        if let Some(found) = self.limited(held) {
            return found;
        }
        let entry = self.ledger.catalogue(
            format!("{} credential", held.entry),
            held.source,
            Text::new(
                "what happens when no end is written",
                "ce qui se passe quand aucune échéance n’est écrite",
            ),
        );
        let header = self.header(resource);
        match held.facts.default {
            CredentialDefault::Unlimited => {
                // An end that is written, and empty.
                for end in &held.facts.ends {
                    let path = self.path(&end.path);
                    let Some(value) = held
                        .from
                        .get(&path)
                        .filter(|value| value.origin.place.is_some())
                    else {
                        continue;
                    };
                    let mut evidence = self.ledger.way(value, quoted(&end.path));
                    evidence.push(entry);
                    let path = joined(held, &end.path);
                    return Fact::Known(known(Lifetime::Unlimited, None, path, evidence));
                }
                let evidence = vec![header, entry];
                Fact::Known(known(Lifetime::Unlimited, None, String::new(), evidence))
            }
            CredentialDefault::Limited => {
                let mut found = known(
                    Lifetime::Limited,
                    held.facts.default_days,
                    String::new(),
                    vec![entry],
                );
                found.basis.certainty = Certainty::Probable;
                Fact::Known(found)
            }
            CredentialDefault::Unknown => Fact::Unknown(Gap {
                evidence: vec![header, entry],
                ..gap(
                    "no end is written, and the documentation does not say what then holds",
                    "aucune échéance n’est écrite, et la documentation ne dit pas ce qui vaut alors",
                )
            }),
        }
    }

    /// A setting of the account, in the same root, that ends what says nothing itself.
    fn limited(&mut self, held: Held<'a>) -> Option<Fact<Credential>> {
        let mut open = None;
        for limit in &held.facts.limits {
            let ids = self.graph.of_kind(&limit.kind).iter().take(MAX_LOOKED_AT);
            let settings: Vec<&'a Resource> = ids.filter_map(|id| self.graph.get(*id)).collect();
            for setting in settings {
                if setting.root != held.resource.root || setting.world != World::Terraform {
                    continue;
                }
                let Some(value) = self.limit_of(setting, limit) else {
                    continue;
                };
                if value.is_unknown() {
                    open = open.or(Some(self.open_end(value, &limit.path)));
                    continue;
                }
                let each = value
                    .elements()
                    .unwrap_or(std::slice::from_ref(value))
                    .iter();
                let ends = each.filter_map(|one| {
                    match self.measured(one, limit.is, &limit.never, None)? {
                        Says::Ends(days) => Some(days),
                        _ => None,
                    }
                });
                // Of several that it allows, the longest.
                if let Some(days) = ends.max() {
                    let label = Text::new("limit of the account", "limite du compte");
                    let evidence = self.ledger.way(value, label);
                    return Some(Fact::Known(known(
                        Lifetime::Limited,
                        days,
                        String::new(),
                        evidence,
                    )));
                }
            }
        }
        open.map(Fact::Unknown)
    }

    fn limit_of(
        &mut self,
        setting: &'a Resource,
        limit: &'static CredentialLimit,
    ) -> Option<&'a Value> {
        for condition in &limit.when {
            let value = self.attribute(setting, &condition.path)?;
            let text = value.as_text()?;
            if !condition.values.iter().any(|word| fits(&text, word)) {
                return None;
            }
        }
        self.attribute(setting, &limit.path)
    }
}

fn known(
    lifetime: Lifetime,
    days: Option<u32>,
    path: String,
    evidence: Vec<EvidenceId>,
) -> Credential {
    Credential {
        lifetime,
        days,
        path,
        basis: Basis {
            certainty: Certainty::Certain,
            evidence,
        },
    }
}

/// An end so far away is none.
fn counted(days: u32) -> Says {
    if days >= NEVER {
        Says::Never
    } else {
        Says::Ends(Some(days))
    }
}

/// The day that a date or moment begins with.
fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    let after = text.get(10..)?;
    let ends_there = after.is_empty() || after.starts_with(['T', 't', ' ']);
    text.get(..10)?.parse().ok().filter(|_| ends_there)
}

fn is_one_of(text: &str, values: &[String]) -> bool {
    values.iter().any(|value| value.eq_ignore_ascii_case(text))
}

/// Is it the word, or does it begin or end as the word does where that has a `*`?
fn fits(text: &str, word: &str) -> bool {
    match (word.strip_prefix('*'), word.strip_suffix('*')) {
        (Some(end), _) => text.ends_with(end),
        (_, Some(start)) => text.starts_with(start),
        _ => text.eq_ignore_ascii_case(word),
    }
}

fn quoted(path: &str) -> Text {
    Text::new(format!("`{path}`"), format!("`{path}`"))
}

/// The path as the resource has it.
fn joined(held: Held<'_>, path: &str) -> String {
    match held.within {
        "" => path.to_owned(),
        within if path.is_empty() => within.to_owned(),
        within => format!("{within}.{path}"),
    }
}

fn of_entry(facts: &'static Facts, kind: &'static str) -> &'static str {
    if facts.source.is_empty() {
        kind
    } else {
        &facts.source
    }
}
