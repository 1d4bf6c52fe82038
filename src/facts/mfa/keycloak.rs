//! Sign-in to a Keycloak realm, by its flows.
//!
//! The flows that come with Keycloak ask the second factor of whoever set one up. A flow of one's own asks everybody when a
//! step that asks for it is required on every way through. What must be is followed as Keycloak does: required and
//! conditional steps make alternatives beside them count for nothing.

use super::carried::Answer;
use super::test::is_one_of;
use crate::catalog::SignIn;
use crate::facts::carried::is_set;
use crate::facts::{MfaState, Text};
use crate::value::Value;

/// Flows inside flows.
const MAX_DEPTH: usize = 32;
/// Steps that are looked at in one realm.
const MAX_STEPS: usize = 10_000;
/// Users and clients that are looked at.
const MAX_LISTED: usize = 10_000;

/// The flows that every realm has without their being written.
const BROWSER: &str = "browser";
const DIRECT: &str = "direct grant";

/// What a flow asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Asks {
    /// One factor.
    Nobody,
    /// The second factor of some.
    Some,
    /// Not known.
    Open,
    /// The second factor of everybody.
    Everybody,
}

/// A realm.
pub(super) fn by_realm<'v>(sign_in: &SignIn, realm: &'v Value) -> Answer<'v> {
    let flag = |name: &str| realm.entry(name).and_then(Value::as_bool);
    if flag("enabled") == Some(false) {
        return Answer::nothing();
    }
    let flows = Flows {
        sign_in,
        realm,
        left: std::cell::Cell::new(MAX_STEPS),
    };
    let named = realm.entry("browserFlow");
    let name = named.and_then(Value::as_str).unwrap_or(BROWSER);
    let shown = |flow: Option<&'v Value>| -> Vec<(&'v Value, String)> {
        let at = flow.or(named).unwrap_or(realm);
        vec![(at, "`browserFlow`".to_owned())]
    };
    let asks = match flows.called(name) {
        Some(flow) => flows.asks(flow, 0),
        // The flow that comes with Keycloak.
        None if name == BROWSER => return built_in(sign_in, realm, shown(None)),
        None => Asks::Open,
    };
    match asks {
        Asks::Everybody => {}
        Asks::Some => return Answer::state(MfaState::Optional, shown(flows.called(name))),
        Asks::Nobody => return Answer::state(MfaState::Off, shown(flows.called(name))),
        Asks::Open => {
            let reason = Text::new(
                "the flow that the realm signs in with is not part of it, or not understood",
                "le flux de connexion du royaume n’en fait pas partie, ou n’est pas compris",
            );
            return Answer::untold(reason, shown(None));
        }
    }
    if let Some(around) = flows.around() {
        return around;
    }
    Answer::state(MfaState::Enforced, shown(flows.called(name)))
}

/// The flows that come with Keycloak ask whoever set up a factor.
fn built_in<'v>(
    sign_in: &SignIn,
    realm: &'v Value,
    mut shown: Vec<(&'v Value, String)>,
) -> Answer<'v> {
    let users = listed(realm, "users");
    let enrols = |user: &Value| {
        let actions = user.entry("requiredActions").and_then(Value::elements);
        let mut actions = actions.unwrap_or_default().iter().filter_map(Value::as_str);
        let credentials = user.entry("credentials").and_then(Value::elements);
        let mut kinds = credentials
            .unwrap_or_default()
            .iter()
            .filter_map(|one| one.entry("type").and_then(Value::as_str));
        actions.any(|action| is_one_of(action, &sign_in.enrolment))
            || kinds.any(|kind| matches!(kind, "otp" | "webauthn" | "webauthn-passwordless"))
    };
    // Accounts of services sign in without a person.
    let is_person = |user: &&Value| user.entry("serviceAccountClientId").is_none();
    let bare = users.iter().filter(is_person).find(|user| !enrols(user));
    let actions = listed(realm, "requiredActions");
    let enrolment = actions.iter().find(|action| {
        let flag = |name: &str| action.entry(name).and_then(Value::as_bool);
        let alias = action.entry("alias").and_then(Value::as_str);
        alias.is_some_and(|alias| is_one_of(alias, &sign_in.enrolment))
            && flag("defaultAction") == Some(true)
            && flag("enabled") != Some(false)
    });
    if let Some(action) = enrolment
        && bare.is_none()
    {
        // All set one up at their first sign-in, and are asked for it from then on.
        shown.insert(0, (action, "`requiredActions`".to_owned()));
        return Answer::probably(MfaState::Enforced, shown);
    }
    let directory = realm
        .entry("components")
        .and_then(|all| all.entry("org.keycloak.storage.UserStorageProvider"))
        .or_else(|| realm.entry("userFederationProviders"))
        .filter(|value| is_set(value));
    let registers = realm
        .entry("registrationAllowed")
        .filter(|value| value.as_bool() == Some(true));
    let local = bare
        .map(|user| (user, "`users`"))
        .or(directory.map(|value| (value, "`UserStorageProvider`")))
        .or(registers.map(|value| (value, "`registrationAllowed`")));
    if let Some((value, name)) = local {
        // The name of a user is nobody's business: the place of the list will do.
        let at = match name {
            "`users`" => realm.entry("users").unwrap_or(value),
            _ => value,
        };
        shown.push((at, name.to_owned()));
        return Answer::state(MfaState::Optional, shown);
    }
    let reason = Text::new(
        "the realm signs in with the flow that comes with Keycloak, which asks a second factor of whoever set one up, \
         and no user of its own is in the code",
        "le royaume emploie le flux fourni avec Keycloak, qui n’exige un second facteur que de qui en a configuré un, et \
         aucun utilisateur propre n’est dans le code",
    );
    Answer::untold(reason, shown)
}

fn listed<'v>(realm: &'v Value, name: &str) -> &'v [Value] {
    let all = realm
        .entry(name)
        .and_then(Value::elements)
        .unwrap_or_default();
    all.get(..MAX_LISTED).unwrap_or(all)
}

struct Flows<'s, 'v> {
    sign_in: &'s SignIn,
    realm: &'v Value,
    left: std::cell::Cell<usize>,
}

impl<'v> Flows<'_, 'v> {
    /// A flow by its alias or id.
    fn called(&self, name: &str) -> Option<&'v Value> {
        listed(self.realm, "authenticationFlows")
            .iter()
            .find(|flow| {
                let is = |field: &str| flow.entry(field).and_then(Value::as_str) == Some(name);
                is("alias") || is("id")
            })
    }

    fn asks(&self, flow: &'v Value, depth: usize) -> Asks {
        let steps = flow
            .entry("authenticationExecutions")
            .and_then(Value::elements);
        let Some(steps) = steps.filter(|_| depth <= MAX_DEPTH) else {
            return Asks::Open;
        };
        let Some(left) = self.left.get().checked_sub(steps.len()) else {
            return Asks::Open;
        };
        self.left.set(left);
        let (mut must, mut may) = (Vec::new(), Vec::new());
        for step in steps {
            let requirement = step.entry("requirement").and_then(Value::as_str);
            let asks = self.step(step, depth);
            match (requirement, asks) {
                (Some("REQUIRED"), asks) => must.push(asks.unwrap_or(Asks::Nobody)),
                // Under a condition, at most some are asked.
                (Some("CONDITIONAL"), asks) => must.push(asks.unwrap_or(Asks::Nobody).min_some()),
                (Some("ALTERNATIVE"), Some(asks)) => may.push(asks),
                (Some("ALTERNATIVE" | "DISABLED"), _) => {}
                _ => must.push(Asks::Open),
            }
        }
        if let Some(most) = must.iter().copied().max() {
            return most;
        }
        let all = |wanted: Asks| may.iter().all(|one| *one == wanted);
        match may.as_slice() {
            [] => Asks::Nobody,
            _ if all(Asks::Everybody) => Asks::Everybody,
            _ if all(Asks::Nobody) => Asks::Nobody,
            _ if may.contains(&Asks::Open) && !may.contains(&Asks::Nobody) => Asks::Open,
            _ => Asks::Some,
        }
    }

    /// None: a step that admits nobody new.
    fn step(&self, step: &'v Value, depth: usize) -> Option<Asks> {
        let text = |name: &str| step.entry(name).and_then(Value::as_str);
        let is_flow = ["authenticatorFlow", "autheticatorFlow"]
            .iter()
            .any(|name| step.entry(name).and_then(Value::as_bool) == Some(true));
        if let Some(name) = text("flowAlias").filter(|_| is_flow || text("authenticator").is_none())
        {
            return Some(match self.called(name) {
                Some(inner) => self.asks(inner, depth + 1),
                None => Asks::Open,
            });
        }
        let name = text("authenticator")?;
        if is_one_of(name, &self.sign_in.neutral) {
            None
        } else if is_one_of(name, &self.sign_in.factors) {
            Some(Asks::Everybody)
        } else if is_one_of(name, &self.sign_in.weak) {
            Some(Asks::Some)
        } else {
            Some(Asks::Nobody)
        }
    }

    /// Ways around the flow of the browser: clients with a flow of their own, passwords without a browser, other
    /// companies' sign-in.
    fn around(&self) -> Option<Answer<'v>> {
        let clients = listed(self.realm, "clients");
        let direct = self.realm.entry("directGrantFlow").and_then(Value::as_str);
        let direct = direct.unwrap_or(DIRECT);
        let direct_asks = self
            .called(direct)
            .map_or(Asks::Some, |flow| self.asks(flow, 0));
        let mut open = None;
        for client in clients {
            let flag = |name: &str| client.entry(name).and_then(Value::as_bool);
            if flag("enabled") == Some(false) {
                continue;
            }
            let own = client.entry("authenticationFlowBindingOverrides");
            let own = own.and_then(Value::entries).unwrap_or_default();
            for (kind, value) in own {
                let Some(name) = value.as_str().filter(|name| !name.is_empty()) else {
                    continue;
                };
                let shown = vec![(value, "`authenticationFlowBindingOverrides`".to_owned())];
                match self.called(name).map(|flow| self.asks(flow, 0)) {
                    Some(Asks::Everybody) => {}
                    Some(Asks::Some | Asks::Nobody) if kind.starts_with("browser") => {
                        return Some(Answer::state(MfaState::Optional, shown));
                    }
                    _ => open = open.or(Some(shown)),
                }
            }
            if let Some(grant) = client.entry("directAccessGrantsEnabled")
                && grant.as_bool() == Some(true)
                && direct_asks != Asks::Everybody
            {
                let shown = vec![(grant, "`directAccessGrantsEnabled`".to_owned())];
                return Some(Answer::state(MfaState::Optional, shown));
            }
        }
        if let Some(shown) = open {
            let reason = Text::new(
                "a client signs in with a flow that is not part of the realm",
                "un client se connecte par un flux qui ne fait pas partie du royaume",
            );
            return Some(Answer::untold(reason, shown));
        }
        let brokers = listed(self.realm, "identityProviders").iter();
        let mut brokers = brokers.filter(|broker| {
            let flag = |name: &str| broker.entry(name).and_then(Value::as_bool);
            let after = broker
                .entry("postBrokerLoginFlowAlias")
                .and_then(Value::as_str);
            let asks = after.and_then(|name| self.called(name));
            flag("enabled") != Some(false)
                && flag("linkOnly") != Some(true)
                && asks.is_none_or(|flow| self.asks(flow, 0) != Asks::Everybody)
        });
        let broker = brokers.next()?;
        let shown = vec![(broker, "`identityProviders`".to_owned())];
        Some(Answer::state(MfaState::OutsideCode, shown))
    }
}

impl Asks {
    fn min_some(self) -> Self {
        match self {
            Self::Everybody | Self::Some => Self::Some,
            other => other,
        }
    }
}
