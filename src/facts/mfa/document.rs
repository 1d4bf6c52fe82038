//! What a policy document says about a second factor, by the conditions of its statements.
//!
//! The same condition means opposite things in `Allow` and `Deny`, and a condition that also holds when its key is
//! missing (`...IfExists`) lets in requests signed with long-lived keys, which carry no such key at all.

use std::borrow::Cow;

use crate::value::Value;

/// Documents above this are not read.
const MAX_DOCUMENT: usize = 1 << 20;

/// What a document says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// Nothing about factors.
    Silent,
    /// Without a factor, nothing.
    Enforces,
    /// Some requests get through without a factor.
    Optional,
    /// A factor is spoken of, in words that are not known.
    Open,
    /// Having the factor is what is refused, or lacking it what is allowed.
    Inverted,
}

/// Judges a document: text with JSON, or the value itself. `keys` are the condition keys that tell of a factor.
pub(super) fn judge(value: &Value, keys: &[String]) -> Verdict {
    // What is known of a text that is known in part is most of a document.
    let parts = value
        .as_unknown()
        .and_then(|unknown| unknown.range.parts.as_deref());
    let text = value.as_str().or(parts);
    let Some(text) = text.filter(|text| text.len() <= MAX_DOCUMENT) else {
        return Verdict::Silent;
    };
    let Ok(document) = serde_json::from_str::<serde_json::Value>(text) else {
        return if parts.is_some() && keys.iter().any(|key| text.contains(key.as_str())) {
            Verdict::Open
        } else {
            Verdict::Silent
        };
    };
    let found = several(document.get("Statement"))
        .flat_map(|statement| statement_says(statement, keys))
        .collect();
    together(found)
}

/// Judges the blocks that a document is made of, where the document as a whole is not known: a factor is asked for in
/// conditions, and these seldom hold what only apply can tell. None: they do.
pub(super) fn judge_blocks(blocks: &[Value], keys: &[String]) -> Option<Verdict> {
    let mut found = Vec::new();
    for block in blocks {
        if block.is_unknown() {
            return None;
        }
        let effect = match block.entry("effect") {
            Some(effect) if !effect.is_null() => effect.as_str()?,
            _ => "Allow",
        };
        let actions = block.entry("actions").and_then(Value::elements);
        let few = actions.is_some_and(|actions| {
            let named = |action: &Value| action.as_str().is_some_and(|action| !is_every(action));
            !actions.is_empty() && actions.iter().all(named)
        });
        if few && effect.eq_ignore_ascii_case("deny") {
            continue;
        }
        let conditions = block.entry("condition").and_then(Value::elements);
        for condition in conditions.unwrap_or_default() {
            let text = |name: &str| condition.entry(name).and_then(Value::as_str);
            let variable = text("variable")?;
            if !keys
                .iter()
                .any(|known| known.eq_ignore_ascii_case(variable))
            {
                continue;
            }
            let operator = text("test")?;
            for wanted in condition.entry("values").and_then(Value::elements)? {
                let allow = effect.eq_ignore_ascii_case("allow");
                found.extend(test_says(allow, operator, &wanted.as_text()?));
            }
        }
    }
    Some(together(found))
}

fn together(found: Vec<Verdict>) -> Verdict {
    // A complete demand stands, whatever weaker one stands beside it; one the wrong way round is always wrong.
    if found.contains(&Verdict::Inverted) {
        Verdict::Inverted
    } else if found.contains(&Verdict::Enforces) {
        Verdict::Enforces
    } else {
        // Of a demand that is not known nothing is known, whatever stands beside it.
        found.into_iter().max().unwrap_or(Verdict::Silent)
    }
}

fn several(value: Option<&serde_json::Value>) -> impl Iterator<Item = &serde_json::Value> {
    let all = match value {
        Some(serde_json::Value::Array(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    all.iter()
}

fn statement_says(statement: &serde_json::Value, keys: &[String]) -> Vec<Verdict> {
    let allow = match statement.get("Effect").and_then(serde_json::Value::as_str) {
        Some(effect) if effect.eq_ignore_ascii_case("allow") => Some(true),
        Some(effect) if effect.eq_ignore_ascii_case("deny") => Some(false),
        None if statement.get("Effect").is_some_and(is_open) => None,
        Some("") => None,
        _ => return Vec::new(),
    };
    let Some(condition) = statement
        .get("Condition")
        .and_then(serde_json::Value::as_object)
    else {
        return Vec::new();
    };
    // A refusal of a few actions, such as deleting, asks for no factor at sign-in.
    let few = several(statement.get("Action"))
        .map(|action| !is_open(action) && !is_every(&as_text(action)))
        .reduce(|one, other| one && other);
    if allow == Some(false) && few == Some(true) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (operator, tests) in condition {
        let Some(tests) = tests.as_object() else {
            continue;
        };
        for (key, wanted) in tests {
            if !keys.iter().any(|known| known.eq_ignore_ascii_case(key)) {
                continue;
            }
            for wanted in several(Some(wanted)) {
                let says = match allow {
                    Some(allow) if !is_open(wanted) => test_says(allow, operator, &as_text(wanted)),
                    _ => Some(Verdict::Open),
                };
                found.extend(says);
            }
        }
    }
    found
}

fn is_every(action: &str) -> bool {
    matches!(action, "*" | "*:*")
}

/// Is this the place of something that is not known?
fn is_open(value: &serde_json::Value) -> bool {
    value.as_str() == Some("") || value.get("$unknown").is_some()
}

fn test_says(allow: bool, operator: &str, wanted: &str) -> Option<Verdict> {
    let wanted = if wanted.eq_ignore_ascii_case("true") {
        true
    } else if wanted.eq_ignore_ascii_case("false") {
        false
    } else {
        return None;
    };
    let operator = operator.rsplit_once(':').map_or(operator, |(_, name)| name);
    match (operator.to_ascii_lowercase().as_str(), allow, wanted) {
        ("bool", true, true) | ("boolifexists", false, false) => Some(Verdict::Enforces),
        // Requests without the key pass both.
        ("boolifexists", true, true) | ("bool", false, false) => Some(Verdict::Optional),
        ("bool" | "boolifexists", true, false) | ("bool" | "boolifexists", false, true) => {
            Some(Verdict::Inverted)
        }
        // The key must be there; whether it says true is up to another condition.
        ("null", true, false) | ("null", false, true) => Some(Verdict::Optional),
        ("null", _, _) => Some(Verdict::Inverted),
        _ => None,
    }
}

fn as_text(value: &serde_json::Value) -> Cow<'_, str> {
    match value {
        serde_json::Value::String(text) => text.as_str().into(),
        other => other.to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(effect: &str, operator: &str, wanted: &str) -> Verdict {
        let text = format!(
            r#"{{"Statement":{{"Effect":"{effect}","Action":"*","Condition":{{"{operator}":{{"aws:MultiFactorAuthPresent":{wanted}}}}}}}}}"#
        );
        judge(
            &Value::string(text),
            &["aws:MultiFactorAuthPresent".to_owned()],
        )
    }

    #[test]
    fn a_refusal_of_a_few_actions_asks_for_no_factor_at_sign_in() {
        let said = |actions: &str| {
            let text = format!(
                r#"{{"Statement":[{{"Effect":"Deny",{actions},"Condition":{{"BoolIfExists":{{"aws:MultiFactorAuthPresent":"false"}}}}}}]}}"#
            );
            judge(
                &Value::string(text),
                &["aws:MultiFactorAuthPresent".to_owned()],
            )
        };
        assert_eq!(said(r#""Action":"s3:DeleteObject""#), Verdict::Silent);
        assert_eq!(
            said(r#""Action":["s3:DeleteObject","s3:PutObject"]"#),
            Verdict::Silent
        );
        assert_eq!(said(r#""Action":["s3:Get*","*"]"#), Verdict::Enforces);
        assert_eq!(
            said(r#""NotAction":["iam:EnableMFADevice"]"#),
            Verdict::Enforces
        );
    }

    #[test]
    fn effect_operator_and_value_decide_together() {
        assert_eq!(verdict("Allow", "Bool", "\"true\""), Verdict::Enforces);
        assert_eq!(verdict("Deny", "BoolIfExists", "false"), Verdict::Enforces);
        assert_eq!(
            verdict("Allow", "BoolIfExists", "\"true\""),
            Verdict::Optional
        );
        assert_eq!(verdict("Deny", "Bool", "\"false\""), Verdict::Optional);
        assert_eq!(verdict("Allow", "Bool", "\"false\""), Verdict::Inverted);
        assert_eq!(
            verdict("Deny", "BoolIfExists", "[\"true\"]"),
            Verdict::Inverted
        );
    }

    #[test]
    fn other_documents_say_nothing() {
        let keys = ["aws:MultiFactorAuthPresent".to_owned()];
        for text in [
            "",
            "{",
            "[]",
            r#"{"Statement":[{"Effect":"Allow","Action":"*"}]}"#,
            r#"{"Statement":[1,null]}"#,
        ] {
            assert_eq!(
                judge(&Value::string(text), &keys),
                Verdict::Silent,
                "{text}"
            );
        }
    }
}
