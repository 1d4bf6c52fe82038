//! What the configuration chooses for rules, checked against what they declare.

use super::{OptionKind, Rule, RuleOption};
use crate::config::suggest::closest;
use crate::config::{Config, OptionSetting, OptionValue};
use crate::problem::{Problem, ProblemCode};
use crate::text::{Text, text};

/// Bytes of a value, all elements of a list together.
const MOST_BYTES: usize = 8 << 10;
/// Elements of a list.
const MOST_ELEMENTS: usize = 1_000;

impl OptionKind {
    /// The word used in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::TextList => "list of texts",
        }
    }

    /// What has to be written for it.
    fn wanted(self) -> Text {
        match self {
            Self::Text => Text::new("a text", "un texte"),
            Self::Integer => Text::new("a whole number", "un nombre entier"),
            Self::Boolean => Text::new("true or false", "vrai ou faux"),
            Self::TextList => Text::new("a list of texts", "une liste de textes"),
        }
    }
}

/// Options of the configuration that the rules do not declare, or that have a wrong value. Rules that nobody knows are
/// not looked at here: they are a fault of their own.
pub fn check<'a>(config: &Config, rules: impl Fn(&str) -> Option<&'a Rule>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for setting in &config.rules {
        let Some(rule) = rules(&setting.rule.value) else {
            continue;
        };
        for option in &setting.options {
            problems.extend(wrong(option, rule));
        }
    }
    problems
}

fn wrong(option: &OptionSetting, rule: &Rule) -> Option<Problem> {
    let fault = |message: Text| Problem::error(ProblemCode::Config, message);
    let name = &option.name.value;
    let Some(declared) = rule.options.iter().find(|known| known.name == *name) else {
        let message = text!(
            "{} has no option \"{name}\"",
            "{} n’a pas d’option « {name} »",
            rule.id
        );
        let known: Vec<&str> = rule.options.iter().map(|known| &*known.name).collect();
        let help = match closest(name, known.iter().copied()) {
            Some(near) => text!("did you mean \"{near}\"?", "vouliez-vous dire « {near} » ?"),
            None if known.is_empty() => {
                Text::new("it has no options at all", "elle n’a aucune option")
            }
            None => text!(
                "its options are {}",
                "ses options sont {}",
                known.join(", ")
            ),
        };
        return Some(fault(message).at(option.name.place).help(help));
    };
    if !fits(&option.value.value, declared.kind) {
        let (wanted, about) = (declared.kind.wanted(), &declared.about);
        let message = text!(
            "\"{name}\" of {} takes {wanted}",
            "« {name} » de {} prend {wanted}",
            rule.id;
            wanted
        );
        return Some(
            fault(message)
                .at(option.value.place)
                .help(text!("{name}: {about}", "{name} : {about}"; about)),
        );
    }
    let values = texts(&option.value.value);
    let bytes: usize = values.iter().map(String::len).sum();
    if bytes > MOST_BYTES || values.len() > MOST_ELEMENTS {
        let message = text!(
            "\"{name}\" of {} is too long: {MOST_BYTES} bytes and {MOST_ELEMENTS} elements at most",
            "« {name} » de {} est trop long : {MOST_BYTES} octets et {MOST_ELEMENTS} éléments au plus",
            rule.id
        );
        return Some(fault(message).at(option.value.place));
    }
    None
}

fn fits(value: &OptionValue, kind: OptionKind) -> bool {
    matches!(
        (value, kind),
        (OptionValue::Text(_), OptionKind::Text)
            | (OptionValue::Integer(_), OptionKind::Integer)
            | (OptionValue::Boolean(_), OptionKind::Boolean)
            | (OptionValue::Texts(_), OptionKind::TextList)
    )
}

/// A value as the contract carries it.
fn texts(value: &OptionValue) -> Vec<String> {
    match value {
        OptionValue::Text(text) => vec![text.clone()],
        OptionValue::Integer(number) => vec![number.to_string()],
        OptionValue::Boolean(flag) => vec![flag.to_string()],
        OptionValue::Texts(all) => all.clone(),
    }
}

/// What a rule is told: as configured, else the default. A configured value that does not fit was said to be wrong, and
/// does not count.
pub(super) fn value(config: &Config, rule: &Rule, option: &RuleOption) -> Vec<String> {
    let setting = config.setting_of(&rule.id);
    let mut options = setting.into_iter().flat_map(|setting| &setting.options);
    let configured = options.find(|set| set.name.value == option.name);
    match configured {
        Some(set) if wrong(set, rule).is_none() => texts(&set.value.value),
        _ => option.default.clone(),
    }
}
