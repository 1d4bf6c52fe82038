//! What the API server of a cluster demands of tokens: rules on claims, expressions over claims, flags.
//!
//! Only a demand on `amr` or `acr` shows a factor. Without one the issuer may ask for it, and nothing here tells.

use std::sync::Arc;

use super::carried::Answer;
use super::test::is_one_of;
use crate::catalog::SignIn;
use crate::facts::{MfaState, Text};
use crate::value::Value;

/// Longer expressions are not looked into.
const MAX_EXPRESSION: usize = 8 << 10;
/// Brackets in brackets.
const MAX_DEPTH: usize = 64;

/// What a demand on claims means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Demand {
    /// Nothing about factors.
    Silent,
    /// A claim about factors is spoken of, in words that are not known.
    Open,
    /// Some tokens get through without a factor.
    Partly,
    /// Without a factor, nothing.
    Whole,
    /// Lacking the factor is what is demanded.
    Inverted,
}

/// `AuthenticationConfiguration`.
pub(super) fn by_configuration<'v>(sign_in: &SignIn, root: &'v Value) -> Answer<'v> {
    let kind = root.entry("kind").and_then(Value::as_str);
    if kind != Some("AuthenticationConfiguration") {
        return Answer::nothing();
    }
    if let Some(anonymous) = root.entry("anonymous")
        && let Some(enabled) = anonymous.entry("enabled")
        && enabled.as_bool() == Some(true)
        && !anonymous
            .entry("conditions")
            .is_some_and(crate::facts::carried::is_set)
    {
        return Answer::state(
            MfaState::Off,
            vec![(enabled, "`anonymous.enabled`".to_owned())],
        );
    }
    let issuers = root
        .entry("jwt")
        .and_then(Value::elements)
        .unwrap_or_default();
    if issuers.is_empty() {
        let shown = root.entry("jwt").map(|jwt| (jwt, "`jwt`".to_owned()));
        return Answer::untold(no_issuer(), shown.into_iter().collect());
    }
    let mut worst: Option<(Demand, &Value)> = None;
    for issuer in issuers {
        let rules = issuer
            .entry("claimValidationRules")
            .and_then(Value::elements);
        let found = rules
            .unwrap_or_default()
            .iter()
            .map(|rule| (rule_says(sign_in, rule), rule));
        let best = found.max_by_key(|(says, _)| *says);
        let (says, at) = best
            .filter(|(says, _)| *says != Demand::Silent)
            .unwrap_or((Demand::Silent, issuer));
        // The wrong way round is worst, whatever else is demanded.
        let badness = |says: Demand| match says {
            Demand::Whole => 0,
            Demand::Open => 1,
            Demand::Silent => 2,
            Demand::Partly => 3,
            Demand::Inverted => 4,
        };
        if worst.is_none_or(|(before, _)| badness(says) > badness(before)) {
            worst = Some((says, at));
        }
    }
    let (says, at) = worst.unwrap_or((Demand::Silent, root));
    told(says, vec![(at, "`jwt`".to_owned())])
}

fn told<'v>(says: Demand, shown: Vec<(&'v Value, String)>) -> Answer<'v> {
    match says {
        Demand::Whole => Answer::state(MfaState::Enforced, shown),
        Demand::Partly => Answer::state(MfaState::Optional, shown),
        Demand::Inverted => Answer::state(MfaState::Inverted, shown),
        Demand::Open => Answer::untold(
            Text::new(
                "a rule speaks of `amr` or `acr`, and what it demands is not known to be a second factor",
                "une règle parle de `amr` ou `acr`, sans que ce qu’elle exige soit reconnu comme un second facteur",
            ),
            shown,
        ),
        Demand::Silent => Answer::untold(
            Text::new(
                "no rule demands `amr` or `acr` of the tokens of this issuer, which may enforce a second factor or not",
                "aucune règle n’exige `amr` ou `acr` des jetons de cet émetteur, qui impose un second facteur ou non",
            ),
            shown,
        ),
    }
}

fn no_issuer() -> Text {
    Text::new(
        "administrators sign in with certificates or tokens that this configuration says nothing about",
        "les administrateurs se connectent par des certificats ou des jetons dont cette configuration ne dit rien",
    )
}

fn rule_says(sign_in: &SignIn, rule: &Value) -> Demand {
    let text = |name: &str| rule.entry(name).and_then(Value::as_text);
    if let Some(expression) = text("expression") {
        return expression_says(sign_in, &expression, 0);
    }
    match (text("claim"), text("requiredValue")) {
        (Some(claim), Some(value)) => claim_says(sign_in, &claim, &value),
        _ => Demand::Silent,
    }
}

fn claim_says(sign_in: &SignIn, claim: &str, value: &str) -> Demand {
    match claim {
        "amr" if is_one_of(value, &sign_in.factors) => Demand::Whole,
        "acr" if !value.is_empty() && !is_one_of(value, &sign_in.weak) => Demand::Whole,
        "amr" | "acr" => Demand::Open,
        _ => Demand::Silent,
    }
}

/// The flags of the server, or the arguments of kubeadm: a mapping, or a list of name and value.
pub(super) fn by_flags<'v>(sign_in: &SignIn, root: &'v Value) -> Answer<'v> {
    let arguments = root
        .entry("apiServer")
        .and_then(|server| server.entry("extraArgs"));
    let flags = Flags::of(arguments.unwrap_or(root));
    let shown = |name: &str| -> Vec<(&'v Value, String)> {
        let found = flags.all(name);
        found.map(|value| (value, format!("`{name}`"))).collect()
    };
    if flags.texts("anonymous-auth").any(|text| text == "true") {
        return Answer::state(MfaState::Off, shown("anonymous-auth"));
    }
    if flags.all("authentication-config").next().is_some() {
        let reason = Text::new(
            "sign-in is decided by the file that `authentication-config` names",
            "la connexion se décide dans le fichier que nomme `authentication-config`",
        );
        return Answer::untold(reason, shown("authentication-config"));
    }
    if flags.all("oidc-issuer-url").next().is_none() {
        return Answer::nothing();
    }
    let claims: Vec<String> = flags
        .texts("oidc-required-claim")
        .flat_map(|text| text.split(',').map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let says = claims
        .iter()
        .filter_map(|claim| claim.split_once('='))
        .map(|(claim, value)| claim_says(sign_in, claim.trim(), value.trim()))
        .max()
        .unwrap_or(Demand::Silent);
    let at = match says {
        Demand::Silent => "oidc-issuer-url",
        _ => "oidc-required-claim",
    };
    told(says, shown(at))
}

/// Flags by name, with dashes.
struct Flags<'v>(Vec<(String, &'v Value)>);

impl<'v> Flags<'v> {
    fn of(root: &'v Value) -> Self {
        let name = |name: &str| name.trim_start_matches("--").replace('_', "-");
        let mut all: Vec<(String, &'v Value)> = Vec::new();
        for (key, value) in root.entries().unwrap_or_default() {
            let key: &Arc<str> = key;
            let values = value.elements().unwrap_or(std::slice::from_ref(value));
            all.extend(values.iter().map(|value| (name(key), value)));
        }
        for pair in root.elements().unwrap_or_default() {
            let key = pair.entry("name").and_then(Value::as_str);
            if let (Some(key), Some(value)) = (key, pair.entry("value")) {
                all.push((name(key), value));
            }
        }
        Self(all)
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &'v Value> {
        let found = self.0.iter().filter(move |(key, _)| key == name);
        found.map(|(_, value)| *value)
    }

    fn texts(&self, name: &str) -> impl Iterator<Item = String> {
        self.all(name)
            .filter_map(|value| value.as_text().map(|text| text.into_owned()))
    }
}

/// What an expression in CEL means when it must be true.
fn expression_says(sign_in: &SignIn, text: &str, depth: usize) -> Demand {
    let text = text.trim();
    if text.len() > MAX_EXPRESSION || depth > MAX_DEPTH {
        return Demand::Open;
    }
    if let Some(inner) = in_brackets(text) {
        return expression_says(sign_in, inner, depth + 1);
    }
    let inner = |part: &str| expression_says(sign_in, part, depth + 1);
    if let Some((condition, then, otherwise)) = ternary(text) {
        // It is true when the condition and the first are, or else the second.
        let first = inner(condition).max(inner(then));
        return either(&[first, inner(otherwise)]);
    }
    let alternatives = split(text, "||");
    if alternatives.len() > 1 {
        let all: Vec<Demand> = alternatives.into_iter().map(inner).collect();
        return either(&all);
    }
    let together = split(text, "&&");
    if together.len() > 1 {
        return together
            .into_iter()
            .map(inner)
            .max()
            .unwrap_or(Demand::Silent);
    }
    term_says(sign_in, text)
}

/// One of them is enough to be let in.
fn either(all: &[Demand]) -> Demand {
    if all.contains(&Demand::Inverted) {
        Demand::Inverted
    } else if all.iter().all(|one| *one == Demand::Whole) {
        Demand::Whole
    } else if all.contains(&Demand::Open) {
        Demand::Open
    } else if all
        .iter()
        .any(|one| matches!(one, Demand::Whole | Demand::Partly))
    {
        Demand::Partly
    } else {
        Demand::Silent
    }
}

fn term_says(sign_in: &SignIn, term: &str) -> Demand {
    if term == "false" {
        // Nobody is let in this way.
        return Demand::Whole;
    }
    let bare: String = term.chars().filter(|c| !c.is_whitespace()).collect();
    let speaks = |claim: &str| {
        let forms = [
            format!("claims.{claim}"),
            format!("claims.?{claim}"),
            format!("claims['{claim}']"),
            format!("claims[\"{claim}\"]"),
            format!("claims[?'{claim}']"),
            format!("claims[?\"{claim}\"]"),
        ];
        forms.iter().any(|form| bare.contains(form.as_str()))
    };
    let (amr, acr) = (speaks("amr"), speaks("acr"));
    if !amr && !acr {
        return Demand::Silent;
    }
    let words = quoted(term);
    let means = |word: &String| {
        amr && is_one_of(word, &sign_in.factors)
            || acr && !word.is_empty() && !is_one_of(word, &sign_in.weak)
    };
    // Names of claims in brackets are no values.
    let words: Vec<String> = words
        .into_iter()
        .filter(|word| !matches!(word.as_str(), "" | "amr" | "acr"))
        .collect();
    if words.is_empty() {
        // `has(claims.amr)`, `size(claims.amr) > 1`: that it is there tells nothing.
        return if bare.starts_with("has(") || bare.starts_with("!has(") {
            Demand::Silent
        } else {
            Demand::Open
        };
    }
    let factor = words.iter().any(means);
    let every = words.iter().all(means);
    let counts = ["size(", "filter(", "<", ">"];
    if counts.iter().any(|word| bare.contains(word)) {
        return Demand::Open;
    }
    if bare.starts_with('!') || bare.contains("!=") || bare.ends_with("==false") {
        return if factor {
            Demand::Inverted
        } else {
            Demand::Open
        };
    }
    match (factor, every) {
        (true, true) => Demand::Whole,
        (true, false) => Demand::Partly,
        _ => Demand::Open,
    }
}

/// What stands in quotes.
fn quoted(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\'']) {
        let (_, after) = rest.split_at(at);
        let mut chars = after.chars();
        let Some(quote) = chars.next() else { break };
        let inner = chars.as_str();
        let Some(end) = inner.find(quote) else { break };
        let (word, after) = inner.split_at(end);
        out.push(word.to_owned());
        rest = after.strip_prefix(quote).unwrap_or_default();
    }
    out
}

/// Positions outside quotes and brackets.
fn outside(text: &str) -> Vec<usize> {
    let (mut depth, mut quote) = (0_i32, None);
    let mut out = Vec::new();
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, _) if depth == 0 => out.push(at),
            (None, _) => {}
        }
    }
    out
}

fn split<'t>(text: &'t str, by: &str) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let mut from = 0;
    for at in outside(text) {
        if at >= from && text.get(at..).is_some_and(|rest| rest.starts_with(by)) {
            parts.extend(text.get(from..at));
            from = at + by.len();
        }
    }
    parts.extend(text.get(from..));
    parts
}

/// `condition ? then : otherwise`; `.?` and `[?` are other things.
fn ternary(text: &str) -> Option<(&str, &str, &str)> {
    let places = outside(text);
    let is = |at: usize, wanted: char| text.get(at..).is_some_and(|rest| rest.starts_with(wanted));
    let mut all = places.iter().copied();
    let question = all
        .find(|at| is(*at, '?') && !text.get(..*at).is_some_and(|before| before.ends_with('.')))?;
    let colon = all.find(|at| is(*at, ':'))?;
    Some((
        text.get(..question)?,
        text.get(question + 1..colon)?,
        text.get(colon + 1..)?,
    ))
}

/// The inside of brackets that enclose the whole.
fn in_brackets(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?;
    let mut depth = 0_i32;
    for c in inner.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return None;
        }
    }
    (depth == 0).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Audience, SignInBy};

    fn words() -> SignIn {
        SignIn {
            by: SignInBy::Claims,
            audience: Audience::Administrators,
            when: Vec::new(),
            open: Vec::new(),
            offered: Vec::new(),
            asked: Vec::new(),
            providers: Vec::new(),
            levels: Vec::new(),
            factors: vec!["mfa".to_owned(), "otp".to_owned()],
            weak: vec!["pwd".to_owned(), "0".to_owned()],
            neutral: Vec::new(),
            enrolment: Vec::new(),
        }
    }

    #[test]
    fn expressions_are_understood_as_far_as_they_go() {
        for (text, wanted) in [
            (r#""mfa" in claims.amr"#, Demand::Whole),
            (r#"has(claims.amr) && "mfa" in claims.amr"#, Demand::Whole),
            (r#"claims.amr.exists(x, x == "otp")"#, Demand::Whole),
            (r#"claims['acr'] == 'eidas2'"#, Demand::Whole),
            (r#"claims.?acr.orValue("") == "eidas3""#, Demand::Whole),
            (r#"claims.acr in ["eidas2", "eidas3"]"#, Demand::Whole),
            (r#"claims.acr in ["pwd", "eidas3"]"#, Demand::Partly),
            (
                r#"has(claims.amr) ? "mfa" in claims.amr : false"#,
                Demand::Whole,
            ),
            (
                r#"has(claims.amr) ? "mfa" in claims.amr : true"#,
                Demand::Partly,
            ),
            (r#"!has(claims.amr) || "mfa" in claims.amr"#, Demand::Partly),
            (
                r#"("mfa" in claims.amr) || ("otp" in claims.amr)"#,
                Demand::Whole,
            ),
            (
                r#"has(claims.amr)?"mfa" in claims.amr:true"#,
                Demand::Partly,
            ),
            (r#"("mfa" in claims.amr) == false"#, Demand::Inverted),
            (
                r#"claims.amr.filter(x, x == "mfa").size() == 0"#,
                Demand::Open,
            ),
            (r#"!("mfa" in claims.amr)"#, Demand::Inverted),
            (r#"claims.acr != "eidas2""#, Demand::Inverted),
            (r#""pwd" in claims.amr"#, Demand::Open),
            ("has(claims.amr)", Demand::Silent),
            ("size(claims.amr) > 1", Demand::Open),
            (r#"claims.hd == "chu.example""#, Demand::Silent),
            ("true", Demand::Silent),
            ("", Demand::Silent),
            ("((((", Demand::Silent),
        ] {
            assert_eq!(expression_says(&words(), text, 0), wanted, "{text}");
        }
    }
}
