//! What a scheduler reads of a pod: node selectors and required node affinity, as it reads them.
//!
//! The terms of an affinity are alternatives; the expressions and fields of one term hold together, and so do the node
//! selector and whichever term fits. A term without anything in it fits no node. Preferences bind nobody, and are not
//! read.

use super::{inside, text_of};
use crate::catalog::Certainty;
use crate::value::Value;

/// How a label has to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
    Gt,
    Lt,
}

impl Operator {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "In" => Self::In,
            "NotIn" => Self::NotIn,
            "Exists" => Self::Exists,
            "DoesNotExist" => Self::DoesNotExist,
            "Gt" => Self::Gt,
            "Lt" => Self::Lt,
            _ => return None,
        })
    }
}

/// A value that a label is compared with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'v> {
    /// None: it is not known.
    pub(super) text: Option<&'v str>,
    /// Where it stands.
    pub(super) at: &'v Value,
}

impl<'v> Wanted<'v> {
    fn of(at: &'v Value) -> Self {
        Self {
            text: at.as_str(),
            at,
        }
    }
}

/// One thing that a node must have.
#[derive(Debug, Clone)]
pub(super) struct Need<'v> {
    /// The label, or the field: `metadata.name`.
    pub(super) key: &'v str,
    pub(super) of_field: bool,
    pub(super) operator: Operator,
    pub(super) values: Vec<Wanted<'v>>,
    /// How sure it is that the scheduler goes by it.
    pub(super) certainty: Certainty,
}

impl Need<'_> {
    /// Does a node have it? None: a value is not known.
    pub(super) fn holds(&self, label: Option<&str>) -> Option<bool> {
        let mut values = self.values.iter();
        let listed = |label: &str| match values.clone().any(|one| one.text == Some(label)) {
            true => Some(true),
            false => (!values.clone().any(|one| one.text.is_none())).then_some(false),
        };
        match (self.operator, label) {
            (Operator::In, Some(label)) => listed(label),
            (Operator::NotIn, Some(label)) => listed(label).map(|listed| !listed),
            (Operator::Exists, label) => Some(label.is_some()),
            (Operator::DoesNotExist, label) => Some(label.is_none()),
            (Operator::NotIn, None) => Some(true),
            (Operator::In | Operator::Gt | Operator::Lt, None) => Some(false),
            (Operator::Gt | Operator::Lt, Some(label)) => {
                let number = |text: &str| text.parse::<i64>().ok();
                let (Some(bound), None) = (values.next(), values.next()) else {
                    return Some(false);
                };
                let (Some(label), Some(bound)) = (number(label), number(bound.text?)) else {
                    return Some(false);
                };
                Some(match self.operator {
                    Operator::Gt => label > bound,
                    _ => label < bound,
                })
            }
        }
    }
}

/// How the fields of a term are called.
pub(super) struct TermWords {
    pub(super) expressions: &'static str,
    /// Empty: it has none.
    pub(super) fields: &'static str,
}

/// Everything that binds the scheduler.
#[derive(Debug, Default)]
pub(super) struct Selection<'v> {
    /// What holds in every case.
    common: Vec<Need<'v>>,
    /// Alternatives; none: there are no terms.
    terms: Option<Vec<Vec<Need<'v>>>>,
    /// Something of it is not known.
    pub(super) unclear: Option<&'v Value>,
}

/// More than so many alternatives or labels are not followed.
pub(super) const MOST: usize = 64;

/// Nor are labels with more values.
const MOST_VALUES: usize = 1_000;

impl<'v> Selection<'v> {
    /// Labels with the one value that each must have.
    pub(super) fn add_labels(&mut self, labels: Option<&'v Value>) {
        let Some(labels) = labels.filter(|labels| !labels.is_null()) else {
            return;
        };
        let Some(entries) = labels.entries() else {
            if labels.is_unknown() {
                self.unclear = self.unclear.or(Some(labels));
            }
            return;
        };
        let needs = entries.iter().map(|(key, value)| Need {
            key,
            of_field: false,
            operator: Operator::In,
            values: vec![Wanted::of(value)],
            certainty: Certainty::Certain,
        });
        self.common.extend(needs);
    }

    /// The same written as one text, `a=b,c=d`, which binds where the cluster was set up to read it.
    pub(super) fn add_text(&mut self, labels: &'v Value) {
        let needs = text_of(labels)
            .into_iter()
            .flat_map(|text| text.split(','))
            .filter_map(|pair| {
                let (key, value) = pair.split_once('=')?;
                Some(Need {
                    key: key.trim(),
                    of_field: false,
                    operator: Operator::In,
                    values: vec![Wanted {
                        text: Some(value.trim_start_matches('=').trim()),
                        at: labels,
                    }],
                    certainty: Certainty::Probable,
                })
            });
        self.common.extend(needs);
        if labels.is_unknown() {
            self.unclear = self.unclear.or(Some(labels));
        }
    }

    /// Labels of which a policy of the cluster says that they bind.
    pub(super) fn add_probable_labels(&mut self, labels: &'v Value) {
        let before = self.common.len();
        self.add_labels(Some(labels));
        for need in self.common.iter_mut().skip(before) {
            need.certainty = Certainty::Probable;
        }
    }

    /// Alternatives.
    pub(super) fn add_terms(&mut self, terms: Option<&'v Value>, words: &TermWords) {
        let Some(terms) = terms.filter(|terms| !terms.is_null()) else {
            return;
        };
        let one = std::slice::from_ref(terms);
        let all = match terms.elements() {
            Some(all) => all,
            // A block that is written once.
            None if terms.entries().is_some() => one,
            None => {
                if terms.is_unknown() {
                    self.unclear = self.unclear.or(Some(terms));
                }
                return;
            }
        };
        let mut found = Vec::with_capacity(all.len());
        for term in all {
            if term.is_unknown() {
                self.unclear = self.unclear.or(Some(term));
                continue;
            }
            let mut needs = Vec::new();
            for (name, of_field) in [(words.expressions, false), (words.fields, true)] {
                let Some(list) = (!name.is_empty()).then(|| term.entry(name)).flatten() else {
                    continue;
                };
                if list.is_unknown() {
                    self.unclear = self.unclear.or(Some(list));
                }
                let one = std::slice::from_ref(list);
                let list = match list.entries() {
                    Some(_) => one,
                    None => list.elements().unwrap_or_default(),
                };
                needs.extend(list.iter().filter_map(|one| self.need(one, of_field)));
            }
            found.push(needs);
        }
        self.terms.get_or_insert_default().extend(found);
    }

    /// Expressions that hold together.
    pub(super) fn add_requirements(&mut self, list: &'v Value) {
        if list.is_unknown() {
            self.unclear = self.unclear.or(Some(list));
        }
        for expression in list.elements().unwrap_or_default() {
            let need = self.need(expression, false);
            self.common.extend(need);
        }
    }

    fn need(&mut self, expression: &'v Value, of_field: bool) -> Option<Need<'v>> {
        let text = |name: &str| expression.entry(name).and_then(Value::as_str);
        // Topologies of storage classes have no operator: they list.
        let operator = expression.entry("operator").filter(|o| !o.is_null());
        let operator = match operator {
            None => Some(Operator::In),
            Some(operator) => operator.as_str().and_then(Operator::parse),
        };
        let (Some(key), Some(operator)) = (text("key"), operator) else {
            self.unclear = self.unclear.or(Some(expression));
            return None;
        };
        let values = expression.entry("values");
        let listed = values.and_then(Value::elements).unwrap_or_default();
        let mut wanted: Vec<Wanted<'v>> = listed.iter().map(Wanted::of).collect();
        if let Some(values) = values.filter(|values| values.is_unknown()) {
            wanted.push(Wanted::of(values));
        }
        Some(Need {
            key,
            of_field,
            operator,
            values: wanted,
            certainty: Certainty::Certain,
        })
    }

    /// Nothing binds.
    pub(super) fn is_empty(&self) -> bool {
        self.common.is_empty() && self.terms.is_none() && self.unclear.is_none()
    }

    /// More than anybody writes by hand, so that nothing is said of it.
    pub(super) fn is_too_large(&self) -> bool {
        let terms = self.terms.as_deref().unwrap_or_default();
        {
            let many = |needs: &[Need<'_>]| {
                needs.len() > MOST || needs.iter().any(|need| need.values.len() > MOST_VALUES)
            };
            terms.len() > MOST || many(&self.common) || terms.iter().any(|term| many(term))
        }
    }

    /// The alternatives, each with all that holds in it. None at all: no node fits any.
    pub(super) fn ways(&self) -> Vec<Vec<&Need<'v>>> {
        match &self.terms {
            None => vec![self.common.iter().collect()],
            Some(terms) => terms
                .iter()
                .filter(|term| !term.is_empty())
                .map(|term| self.common.iter().chain(term).collect())
                .collect(),
        }
    }

    /// Labels that every node has which it may run on.
    pub(super) fn labels_of_all(&self) -> impl Iterator<Item = &Need<'v>> {
        let only = match self.terms.as_deref() {
            Some([term]) => term.as_slice(),
            _ => &[],
        };
        let certain = |need: &&Need<'v>| {
            !need.of_field && matches!(need.operator, Operator::In | Operator::Exists)
        };
        self.common.iter().chain(only).filter(certain)
    }
}

/// What binds pods by their own specification, or by a block of an operator that is passed on to them.
pub(super) fn of_pod<'v>(spec: &'v Value, words: &super::object::Words) -> Selection<'v> {
    let mut selection = Selection::default();
    selection.add_labels(inside(spec, &[words.node_selector]));
    let affinity = inside(spec, &["affinity"]);
    // Blocks of operators have the affinity to nodes without the block around it.
    for around in affinity.into_iter().chain([spec]) {
        selection.add_terms(inside(around, words.terms), &words.term);
    }
    selection
}

/// Are replicas kept apart by region, so that some run in each?
pub(super) fn is_spread_over_regions(spec: &Value, is_region: impl Fn(&str) -> bool) -> bool {
    let is_over = |one: &Value| {
        let key = one.entry("topologyKey").and_then(Value::as_str);
        key.is_some_and(&is_region)
    };
    let all = |list: Option<&Value>, binds: &dyn Fn(&Value) -> bool| {
        let list = list.and_then(Value::elements).unwrap_or_default();
        list.iter().any(|one| is_over(one) && binds(one))
    };
    let apart = inside(
        spec,
        &[
            "affinity",
            "podAntiAffinity",
            "requiredDuringSchedulingIgnoredDuringExecution",
        ],
    );
    let is_hard = |one: &Value| {
        one.entry("whenUnsatisfiable").and_then(Value::as_str) != Some("ScheduleAnyway")
    };
    all(apart, &|_| true) || all(spec.entry("topologySpreadConstraints"), &is_hard)
}
