//! What flags and modes say: encryption on or off, with whose key.

use std::sync::Arc;

use super::{Found, MAX_CANDIDATES, Part, under};
use crate::catalog::{Certainty, EncryptionDefault, KeyMode, KeyScope, ResourceKind};
use crate::facts::establish::Lens;
use crate::facts::{Encryption, EvidenceId, Gap, Text};
use crate::graph::{Resource, World};
use crate::value::Value;

use super::cited::Cited;

/// What is switched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing is written.
    Silent,
    /// A flag says yes.
    On,
    /// A flag says no; whether that means in clear is up to the default.
    FlagOff,
    /// A mode or an inverted flag means in clear.
    Off,
    /// A mode means the provider's key.
    Provider,
    /// A mode means a customer's key.
    Customer,
    /// What decides is not known.
    Unknown(Gap),
}

/// What is switched, by what, and whether there is a flag to switch.
pub(super) struct Switch {
    pub(super) state: State,
    pub(super) evidence: Vec<EvidenceId>,
    pub(super) has_flag: bool,
}

impl<'a> Lens<'a> {
    /// What flags and modes of a part say.
    pub(super) fn switched(&mut self, part: Part<'a>) -> Switch {
        let facts = &part.kind.encryption;
        let mut switch = Switch {
            state: State::Silent,
            evidence: Vec::new(),
            has_flag: false,
        };
        for mode in facts
            .modes
            .iter()
            .filter(|mode| mode.applies_to.is_none() && concerns(part, &mode.path))
        {
            for value in self.values(part, &mode.path) {
                self.take(&mut switch, value, &mode.path, |value| by_mode(mode, value));
            }
        }
        for path in facts
            .disabled_paths
            .iter()
            .filter(|path| concerns(part, path))
        {
            for value in self.values(part, path) {
                self.take(&mut switch, value, path, |value| {
                    is_on(value).map(|on| if on { State::Off } else { State::Silent })
                });
            }
        }
        // An extra layer with the provider's keys is the only one where the default is none.
        let layers: &'static [String] = match facts.default {
            EncryptionDefault::Unencrypted | EncryptionDefault::Unknown => {
                &facts.platform_layer_paths
            }
            _ => &[],
        };
        for path in facts
            .enabled_paths
            .iter()
            .chain(layers)
            .filter(|path| concerns(part, path))
        {
            switch.has_flag = true;
            for value in self.values(part, path) {
                self.take(&mut switch, value, path, |value| {
                    is_on(value).map(|on| if on { State::On } else { State::FlagOff })
                });
            }
        }
        switch
    }

    fn take(
        &mut self,
        switch: &mut Switch,
        value: &Value,
        path: &str,
        read: impl Fn(&Value) -> Option<State>,
    ) {
        let state = if value.is_unknown() {
            State::Unknown(self.not_known(value, path))
        } else {
            read(value).unwrap_or(State::Silent)
        };
        if rank(&state) > rank(&switch.state) {
            switch.evidence = self
                .ledger
                .way(value, Text::new(format!("`{path}`"), format!("`{path}`")));
            switch.state = state;
        }
    }

    /// Parts of a service that a mode can leave with the provider's key while the rest has the customer's.
    pub(super) fn parts_by_mode(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
    ) -> Vec<Found> {
        let mut found = Vec::new();
        let whole = Part {
            resource,
            kind,
            block: "",
            content: Some(&resource.attributes),
            paths: &[],
        };
        for mode in &kind.encryption.modes {
            let Some(part) = &mode.applies_to else {
                continue;
            };
            for value in self.values(whole, &mode.path) {
                if value.is_unknown() {
                    found.push(Err(self.not_known(value, &mode.path)));
                    continue;
                }
                let evidence = self.ledger.way(
                    value,
                    Text::new(format!("`{}`", mode.path), format!("`{}`", mode.path)),
                );
                let name: Arc<str> = part.as_str().into();
                match by_mode(mode, value) {
                    Some(State::Off) => {
                        found.push(Ok(self.clear(whole, name, evidence, Certainty::Certain)))
                    }
                    Some(State::Provider) => found.push(Ok(self.provider_key(
                        kind,
                        name,
                        evidence,
                        Certainty::Certain,
                    ))),
                    // The customer's key: that of the resource itself.
                    _ => {}
                }
            }
        }
        found
    }

    /// Whether the account encrypts what does not ask for it: by a resource of the code, in the same region.
    pub(super) fn account_default(
        &mut self,
        part: Part<'a>,
        name: Arc<str>,
        mut evidence: Vec<EvidenceId>,
    ) -> Found {
        let Some(switch_kind) = part.kind.encryption.account_switch.as_deref() else {
            return Err(Gap {
                evidence,
                ..crate::facts::establish::gap(
                    "a setting of the account decides whether it is encrypted",
                    "un réglage du compte décide si elle est chiffrée",
                )
            });
        };
        for switch in self.account_settings(part.resource, switch_kind) {
            let Some(kind) = self.terraform_kind(switch.id) else {
                continue;
            };
            let whole = Part {
                resource: switch,
                kind,
                block: "",
                content: Some(&switch.attributes),
                paths: &[],
            };
            let switched = self.switched(whole);
            match switched.state {
                State::Unknown(gap) => return Err(gap),
                State::Off | State::FlagOff => evidence.extend(switched.evidence),
                _ => {
                    let label = Text::new(
                        "the account encrypts by default",
                        "le compte chiffre par défaut",
                    );
                    evidence.push(self.ledger.place(switch.header, label));
                    return Ok(self.account_key(part, name, evidence));
                }
            }
        }
        evidence.push(self.ledger.catalogue(
            format!("{} encryption default", part.kind.name),
            part.kind.source.clone(),
            Text::new(
                format!("no `{switch_kind}` for this region is part of the scan"),
                format!("aucun `{switch_kind}` pour cette région ne fait partie de l’analyse"),
            ),
        ));
        Ok(self.clear(part, name, evidence, Certainty::Probable))
    }

    /// The key of what is encrypted without naming one: the account's own choice, else the provider's.
    pub(super) fn account_key(
        &mut self,
        part: Part<'a>,
        name: Arc<str>,
        mut evidence: Vec<EvidenceId>,
    ) -> Encryption {
        if let Some(key_kind) = part.kind.encryption.account_key.as_deref() {
            for setting in self.account_settings(part.resource, key_kind) {
                let Some(kind) = self.terraform_kind(setting.id) else {
                    continue;
                };
                let paths = kind.encryption.key_paths.as_slice();
                let whole = Part {
                    resource: setting,
                    kind,
                    block: "",
                    content: Some(&setting.attributes),
                    paths,
                };
                if let Cited::Keys(keys) = self.cited(whole)
                    && let Some(first) = keys.into_iter().next()
                {
                    evidence.push(self.header(setting));
                    return self.with_key(setting, name, first, evidence);
                }
            }
        }
        self.provider_key(part.kind, name, evidence, Certainty::Certain)
    }

    /// Settings of the account that a resource lives in: in its region, or by its provider configuration.
    fn account_settings(&mut self, resource: &'a Resource, kind: &str) -> Vec<&'a Resource> {
        let region = self
            .location_of(resource)
            .known()
            .map(|location| Arc::clone(&location.region));
        let mut found = Vec::new();
        for id in self.graph.of_kind(kind).iter().take(MAX_CANDIDATES) {
            let Some(setting) = self
                .graph
                .get(*id)
                .filter(|setting| setting.world == World::Terraform)
            else {
                continue;
            };
            let there = self
                .location_of(setting)
                .known()
                .map(|location| Arc::clone(&location.region));
            let same = match (&region, &there) {
                (Some(region), Some(there)) => region == there,
                _ => setting.root == resource.root && setting.provider == resource.provider,
            };
            if same {
                found.push(setting);
            }
        }
        found
    }
}

/// What weighs more when several are written.
fn rank(state: &State) -> u8 {
    match state {
        State::Silent => 0,
        State::On => 1,
        State::FlagOff => 2,
        State::Customer => 3,
        State::Provider => 4,
        State::Unknown(_) => 5,
        State::Off => 6,
    }
}

fn by_mode(mode: &KeyMode, value: &Value) -> Option<State> {
    let text = value.as_text()?;
    let says = |values: &[String]| values.iter().any(|known| known.eq_ignore_ascii_case(&text));
    if says(&mode.off) {
        Some(State::Off)
    } else if says(&mode.provider) {
        Some(State::Provider)
    } else if says(&mode.customer) {
        Some(State::Customer)
    } else {
        None
    }
}

/// A flag; a block that is there counts as on.
fn is_on(value: &Value) -> Option<bool> {
    if value.entries().is_some() {
        return Some(true);
    }
    let text = value.as_text()?;
    if ["true", "enabled", "1", "yes", "on"]
        .iter()
        .any(|on| text.eq_ignore_ascii_case(on))
    {
        return Some(true);
    }
    ["false", "disabled", "0", "no", "off", "none"]
        .iter()
        .any(|off| text.eq_ignore_ascii_case(off))
        .then_some(false)
}

/// Is a flag or mode about this part? It is about the parts whose key stands nearest to it.
fn concerns(part: Part<'_>, path: &'static str) -> bool {
    let scopes = &part.kind.encryption.key_scopes;
    if scopes.is_empty() {
        return under(part.block, path).is_some();
    }
    let Some(own) = nearness(part.block, part.paths, path) else {
        return false;
    };
    let nearest = scopes
        .iter()
        .filter_map(|scope: &KeyScope| nearness(&scope.block, &scope.paths, path))
        .max();
    nearest.is_none_or(|nearest| own >= nearest)
}

fn nearness(block: &str, paths: &[String], flag: &'static str) -> Option<usize> {
    under(block, flag)?;
    let shared = |path: &String| {
        path.split('.')
            .zip(flag.split('.'))
            .take_while(|(a, b)| a == b)
            .count()
    };
    Some(
        paths
            .iter()
            .map(shared)
            .max()
            .unwrap_or(0)
            .max(if block.is_empty() {
                0
            } else {
                block.split('.').count()
            }),
    )
}
