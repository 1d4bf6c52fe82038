//! Sign-in by the configurations that objects carry: Dex, oauth2-proxy, Argo CD, the API server of a cluster, Keycloak.

use super::test::{Read, is_one_of, test};
use super::{claims, keycloak};
use crate::catalog::{Certainty, MfaCondition, MfaTest, Payload, SignIn, SignInBy, SignInTest};
use crate::facts::carried::{all_at, is_set, texts};
use crate::facts::establish::{Lens, gap};
use crate::facts::location::dedup;
use crate::facts::{Basis, Fact, Gap, Mfa, MfaState, Text};
use crate::graph::Resource;
use crate::value::Value;

/// Pieces of evidence of one configuration.
const MAX_EVIDENCE: usize = 8;

/// What one configuration says of sign-in.
pub(super) enum Says {
    /// Nothing.
    Nothing,
    State(MfaState, Certainty),
    Untold(Text),
}

/// An answer with what was looked at.
pub(super) struct Answer<'v> {
    pub(super) says: Says,
    pub(super) shown: Vec<(&'v Value, String)>,
}

impl<'v> Answer<'v> {
    pub(super) fn state(state: MfaState, shown: Vec<(&'v Value, String)>) -> Self {
        Self {
            says: Says::State(state, Certainty::Certain),
            shown,
        }
    }

    pub(super) fn probably(state: MfaState, shown: Vec<(&'v Value, String)>) -> Self {
        Self {
            says: Says::State(state, Certainty::Probable),
            shown,
        }
    }

    pub(super) fn untold(reason: Text, shown: Vec<(&'v Value, String)>) -> Self {
        Self {
            says: Says::Untold(reason),
            shown,
        }
    }

    pub(super) fn nothing() -> Self {
        Self {
            says: Says::Nothing,
            shown: Vec::new(),
        }
    }
}

impl<'a> Lens<'a> {
    /// Sign-in by what a resource carries; of several configurations the weakest counts.
    pub(super) fn mfa_carried(&mut self, resource: &'a Resource) -> Fact<Mfa> {
        let mut worst = Fact::Absent;
        for carried in self.graph.payloads_of(resource.id) {
            let payloads = self.catalog.kubernetes().map(|facts| &facts.payloads);
            let Some(payload) = payloads.and_then(|all| all.get(carried.entry)) else {
                continue;
            };
            let Some(sign_in) = &payload.sign_in else {
                continue;
            };
            let answer = if carried.value.is_unknown() {
                Answer::untold(
                    unread(payload),
                    vec![(&carried.value, carried.path.clone())],
                )
            } else {
                match sign_in.by {
                    SignInBy::Settings => self.by_settings(payload, sign_in, &carried.value),
                    SignInBy::Claims => claims::by_configuration(sign_in, &carried.value),
                    SignInBy::ServerFlags => claims::by_flags(sign_in, &carried.value),
                    SignInBy::Keycloak => keycloak::by_realm(sign_in, &carried.value),
                }
            };
            let fact = self.told(resource, payload, sign_in, answer);
            if rank(&fact) > rank(&worst) {
                worst = fact;
            }
        }
        worst
    }

    fn told(
        &mut self,
        resource: &'a Resource,
        payload: &'static Payload,
        sign_in: &'static SignIn,
        answer: Answer<'a>,
    ) -> Fact<Mfa> {
        let mut evidence = Vec::new();
        for (value, path) in answer.shown.into_iter().take(MAX_EVIDENCE) {
            let product = &payload.product;
            let label = Text::new(format!("{product}: {path}"), format!("{product} : {path}"));
            evidence.extend(self.ledger.way(value, label));
        }
        if evidence.is_empty() {
            evidence.push(self.header(resource));
        }
        let evidence = dedup(evidence);
        match answer.says {
            Says::Nothing => Fact::Absent,
            Says::Untold(reason) => Fact::Unknown(Gap { reason, evidence }),
            Says::State(state, certainty) => Fact::Known(Mfa {
                state,
                audience: sign_in.audience,
                basis: Basis {
                    certainty,
                    evidence,
                },
            }),
        }
    }

    fn by_settings(
        &mut self,
        payload: &'static Payload,
        sign_in: &'static SignIn,
        root: &'a Value,
    ) -> Answer<'a> {
        let holding = |lens: &mut Self, tests: &'static [SignInTest]| -> Held<'a> {
            let mut open = None;
            for one in tests {
                match lens.is_so(one, root) {
                    Some((true, shown)) => return Held::Yes(shown),
                    Some((false, _)) => {}
                    None => open = open.or(Some(one)),
                }
            }
            open.map_or(Held::No, |one| Held::Open(&one.path))
        };
        if !sign_in.when.is_empty() && matches!(holding(self, &sign_in.when), Held::No) {
            return Answer::nothing();
        }
        let mut open = None;
        for (tests, state) in [
            (&sign_in.open, MfaState::Off),
            (&sign_in.offered, MfaState::Optional),
        ] {
            match holding(self, tests) {
                Held::Yes(shown) => return Answer::state(state, shown),
                Held::Open(path) => open = open.or(Some(path)),
                Held::No => {}
            }
        }
        if let Some(path) = open {
            let reason = gap(
                format!(
                    "`{path}` of the configuration of {} is not known",
                    payload.product
                ),
                format!(
                    "`{path}` de la configuration de {} n’est pas connu",
                    payload.product
                ),
            );
            return Answer::untold(reason.reason, Vec::new());
        }
        if let Held::Yes(shown) = holding(self, &sign_in.asked) {
            return Answer::state(MfaState::Enforced, shown);
        }
        self.by_providers(payload, sign_in, root)
    }

    /// Sign-in at somebody else's: is a level asked of each?
    fn by_providers(
        &mut self,
        payload: &'static Payload,
        sign_in: &'static SignIn,
        root: &'a Value,
    ) -> Answer<'a> {
        let mut asked = Vec::new();
        let mut silent = Vec::new();
        for path in &sign_in.providers {
            let steps = self.path(path);
            let found = all_at(root, &steps);
            let blocks = found.into_iter().flat_map(|entry| {
                let value = entry.value;
                value.elements().unwrap_or(std::slice::from_ref(value))
            });
            let name = match path.as_str() {
                "" => "sign-in".to_owned(),
                path => shown_path(path),
            };
            for block in blocks.filter(|block| !is_off(block)) {
                match self.level(sign_in, block) {
                    Some(level) => asked.push((level, name.clone())),
                    None if path.is_empty() => silent.push(self.start(sign_in, block)),
                    None => silent.push((block, name.clone())),
                }
            }
        }
        if !silent.is_empty() {
            return Answer::state(MfaState::OutsideCode, silent);
        }
        if !asked.is_empty() {
            return Answer::probably(MfaState::Enforced, asked);
        }
        let product = &payload.product;
        let reason = Text::new(
            format!("nothing in the configuration of {product} asks for a second factor"),
            format!("rien dans la configuration de {product} n’exige un second facteur"),
        );
        Answer::untold(reason, Vec::new())
    }

    /// What shows that a configuration as a whole is about sign-in.
    fn start(&mut self, sign_in: &'static SignIn, root: &'a Value) -> (&'a Value, String) {
        for one in &sign_in.when {
            let path = self.path(&one.path);
            if let Some(entry) = all_at(root, &path).into_iter().next() {
                return (entry.value, shown_path(&one.path));
            }
        }
        (root, "sign-in".to_owned())
    }

    fn level(&mut self, sign_in: &'static SignIn, block: &'a Value) -> Option<&'a Value> {
        for level in &sign_in.levels {
            let (path, wanted) = match level.split_once('=') {
                Some((path, wanted)) => (path, Some(wanted)),
                None => (level.as_str(), None),
            };
            let path = self.path(path);
            for entry in all_at(block, &path) {
                let tells = |text: &str| match wanted {
                    Some(wanted) => text == wanted,
                    None => !text.is_empty() && !is_one_of(text, &sign_in.weak),
                };
                if texts(entry.value).any(|text| tells(&text)) {
                    return Some(entry.value);
                }
            }
        }
        None
    }

    /// Does a test hold, and what shows it? None: it cannot be told.
    fn is_so(&mut self, one: &'static SignInTest, root: &'a Value) -> Option<(bool, Shown<'a>)> {
        if one
            .unless
            .iter()
            .any(|condition| self.excuses(condition, root))
        {
            return Some((false, Vec::new()));
        }
        let path = self.path(&one.path);
        let values: Vec<&Value> = all_at(root, &path)
            .iter()
            .map(|entry| entry.value)
            .collect();
        let name = shown_path(&one.path);
        let shown = || -> Shown<'a> {
            if values.is_empty() {
                return vec![(root, name.clone())];
            }
            values.iter().map(|value| (*value, name.clone())).collect()
        };
        let holds = match (one.test, &one.default) {
            (MfaTest::Present, _) => values.iter().any(|value| is_set(value)),
            (MfaTest::Absent, _) => !values.iter().any(|value| is_set(value)),
            (_, Some(default)) if values.is_empty() => {
                test(one.test, &one.values, &[Read::Default(default)])?
            }
            _ => {
                let is_empty = |value: &&Value| value.elements().is_some_and(<[Value]>::is_empty);
                let wants_empty = one.values.iter().any(String::is_empty);
                if wants_empty && values.iter().any(is_empty) {
                    true
                } else {
                    let read: Vec<Read<'_>> =
                        values.iter().map(|value| Read::Written(value)).collect();
                    test(one.test, &one.values, &read)?
                }
            }
        };
        Some((holds, shown()))
    }

    fn excuses(&mut self, condition: &'static MfaCondition, root: &'a Value) -> bool {
        let path = self.path(&condition.path);
        let values = all_at(root, &path);
        match condition.test {
            MfaTest::Present => values.iter().any(|entry| is_set(entry.value)),
            kind => {
                let values = values.iter();
                let read: Vec<Read<'_>> = values.map(|entry| Read::Written(entry.value)).collect();
                test(kind, &condition.values, &read) == Some(true)
            }
        }
    }
}

type Shown<'v> = Vec<(&'v Value, String)>;

/// Does one of several tests hold?
enum Held<'v> {
    Yes(Shown<'v>),
    No,
    /// It depends on what is not known at this path.
    Open(&'static str),
}

/// A path as people write it: `oidc.config` is one key.
fn shown_path(path: &str) -> String {
    format!("`{}`", path.replace("[\"", "").replace("\"]", ""))
}

/// A block that its own switch turns off.
fn is_off(block: &Value) -> bool {
    let switch = |name: &str| block.entry(name).and_then(Value::as_bool);
    switch("enabled") == Some(false) || switch("disabled") == Some(true)
}

fn unread(payload: &Payload) -> Text {
    let product = &payload.product;
    Text::new(
        format!("the configuration of {product} could not be read"),
        format!("la configuration de {product} n’a pas pu être lue"),
    )
}

/// What weighs more when several configurations are carried together.
fn rank(fact: &Fact<Mfa>) -> u8 {
    match fact {
        Fact::Absent => 0,
        Fact::Known(mfa) => match mfa.state {
            MfaState::Enforced => 1,
            MfaState::OutsideCode => 2,
            MfaState::Optional => 4,
            MfaState::Off => 5,
            MfaState::Inverted => 6,
        },
        Fact::Unknown(_) => 3,
    }
}
