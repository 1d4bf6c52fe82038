//! Which code a plan was made from.

use std::collections::BTreeMap;

use super::Plan;
use super::outline::Outline;
use crate::discover::folder_of;
use crate::problem::{Problem, ProblemCode};
use crate::terraform::Root;
use crate::terraform::module::Module;
use crate::text::{Text, text};

/// Plans and the roots they belong to.
#[derive(Debug, Default)]
pub(in crate::terraform) struct Matched {
    /// By folder.
    pub(in crate::terraform) joined: BTreeMap<String, Plan>,
    /// Of plans that stand for themselves.
    pub(in crate::terraform) apart: Vec<Root>,
    pub(in crate::terraform) problems: Vec<Problem>,
}

/// Where a plan belongs.
enum Choice {
    Root(String),
    /// To none of the roots at hand.
    None,
    /// To one of several.
    Open(Vec<String>),
}

/// Finds the root that each plan was made from: the one that declares the same names, that of the plan's own folder
/// first. Where two come into question neither is taken, and nor is one that two plans claim.
pub(in crate::terraform) fn match_roots(
    plans: Vec<Plan>,
    modules: &BTreeMap<String, Module>,
    roots: &[String],
) -> Matched {
    let outlines: Vec<(&String, Outline)> = roots
        .iter()
        .filter_map(|folder| Some((folder, Outline::of_code(modules.get(folder)?))))
        .collect();
    let mut matched = Matched::default();
    let mut claims: BTreeMap<String, Vec<Plan>> = BTreeMap::new();
    for plan in plans {
        match choice(&plan, &outlines) {
            Choice::Root(folder) => claims.entry(folder).or_default().push(plan),
            Choice::None => matched.apart.push(plan.root),
            Choice::Open(folders) => {
                let all = Text::each(|lang| {
                    let all: Vec<_> = folders
                        .iter()
                        .map(|folder| lang.of(&shown(folder)).to_owned())
                        .collect();
                    all.join(lang.pick(" or ", " ou "))
                });
                let message = text!(
                    "the plan could be of {all}: it is judged by itself, beside the code",
                    "le plan pourrait être de {all} : il est jugé à part, à côté du code";
                    all
                );
                matched.problems.push(
                    Problem::warning(ProblemCode::Duplicate, message)
                        .at(plan.place)
                        .help(
                            Text::new("put the plan into the folder of its root, or scan that folder alone", "mettez le plan dans le dossier de sa racine, ou analysez ce dossier seul"),
                        ),
                );
                matched.apart.push(plan.root);
            }
        }
    }
    for (folder, mut plans) in claims {
        if plans.len() == 1 {
            matched
                .joined
                .extend(plans.pop().map(|plan| (folder, plan)));
            continue;
        }
        for plan in plans {
            let root = shown(&folder);
            let message = text!(
                "more than one plan is of {root}: each is judged by itself, beside the code",
                "plusieurs plans sont de {root} : chacun est jugé à part, à côté du code";
                root
            );
            matched.problems.push(
                Problem::warning(ProblemCode::Duplicate, message)
                    .at(plan.place)
                    .help(Text::new(
                        "scan one plan at a time to see its findings on the lines of the code",
                        "analysez un plan à la fois pour voir ses constats sur les lignes du code",
                    )),
            );
            matched.apart.push(plan.root);
        }
    }
    matched.apart.sort_by(|a, b| a.path.cmp(&b.path));
    matched
}

fn choice(plan: &Plan, outlines: &[(&String, Outline)]) -> Choice {
    // At least half of all names have to agree: code and plan drift apart, but not by that much.
    let near = |outline: &Outline| {
        let (both, all) = outline.shared(&plan.outline);
        both > 0 && both.saturating_mul(2) >= all
    };
    let same = |outline: &Outline| {
        let (both, all) = outline.shared(&plan.outline);
        both > 0 && both == all
    };
    let own = folder_of(&plan.root.path);
    if let Some((folder, _)) = outlines
        .iter()
        .find(|(folder, outline)| folder.as_str() == own && near(outline))
    {
        return Choice::Root((*folder).clone());
    }
    let those = |fits: &dyn Fn(&Outline) -> bool| -> Vec<String> {
        let fitting = outlines.iter().filter(|(_, outline)| fits(outline));
        fitting.map(|(folder, _)| (*folder).clone()).collect()
    };
    let mut fitting = those(&same);
    if fitting.is_empty() {
        fitting = those(&near);
    }
    match fitting.len() {
        0 => Choice::None,
        1 => fitting.pop().map_or(Choice::None, Choice::Root),
        _ => Choice::Open(fitting),
    }
}

fn shown(folder: &str) -> Text {
    if folder.is_empty() {
        Text::new("the top folder", "le dossier du haut")
    } else {
        Text::same(format!("`{folder}`"))
    }
}
