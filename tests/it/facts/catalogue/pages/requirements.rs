//! The page with every requirement: what it asks, where it is read, who answers it.

use std::fmt::Write as _;

use gardefou::catalog::{Catalog, Check, Requirement};
use gardefou::policy::{Engine, Limits};

use super::{HOW, hold};

#[test]
#[ignore = "a page: held by .ci/run"]
fn the_table_of_requirements_is_what_rules_and_catalogue_say() {
    hold("docs/src/requirement-table.md", &page(Catalog::get()));
}

fn page(catalog: &Catalog) -> String {
    let engine = Engine::builtin(Limits::default());
    let mut out = format!(
        "# All requirements\n\n\
         <!-- Made from catalog/frameworks/ and the rules; write it with: {HOW} -->\n\n\
         Each is one clause of a text, in the words of this tool: a working reading, not legal advice. `Ref` is the SecNumCloud 3.2\n\
         referential. [Frameworks and requirements](requirements.md) says what the standings mean.\n\n\
         - **rules** give evidence for and against it; **attestation**: a person can state it in `gardefou.toml`; **not checked**: why nothing\n  \
         here looks at it.\n\
         - **levels**: severity of a violation for p(ublic), i(nternal), pe(rsonal), h(ealth), pa(rticular) data, b(eyond).\n\n"
    );
    let mut all: Vec<&Requirement> = catalog.requirements().collect();
    all.sort_by_key(|one| {
        let number = one.number.trim_start_matches('R');
        number.parse::<u32>().unwrap_or(u32::MAX)
    });
    for framework in catalog.frameworks() {
        let of: Vec<&&Requirement> = all
            .iter()
            .filter(|one| one.framework == framework.id)
            .collect();
        let others = all
            .iter()
            .filter(|one| one.framework != framework.id && framework.is_served_by(one))
            .count();
        writeln!(
            out,
            "## {}\n\n{}. {}\n",
            framework.name, framework.text, framework.about
        )
        .expect("written");
        if others > 0 {
            let named: Vec<String> = framework
                .includes
                .iter()
                .map(|id| format!("`{id}`"))
                .collect();
            writeln!(
                out,
                "`--framework {}` asks {others} requirements of other frameworks too: {}. Why: {}.\n",
                framework.aliases.first().unwrap_or(&framework.id),
                named.join(", "),
                framework.includes_source
            )
            .expect("written");
        }
        if of.is_empty() {
            continue;
        }
        out += "| id | number | references | what it asks | levels | how it is answered |\n|---|---|---|---|---|---|\n";
        for one in of {
            row(&mut out, one, &engine);
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn row(out: &mut String, one: &Requirement, engine: &Engine) {
    let rules: Vec<String> = engine
        .rules()
        .iter()
        .filter(|rule| rule.requirements.contains(&one.id))
        .map(|rule| format!("`{}`", rule.id))
        .collect();
    let levels: Vec<String> = one
        .severity
        .iter()
        .map(|(level, severity)| {
            let short = match level.as_str() {
                "personal" => "pe",
                "particular" => "pa",
                other => other.get(..1).unwrap_or(other),
            };
            format!("{short} {severity}")
        })
        .collect();
    let mut answered = Vec::new();
    match one.check {
        Check::Scan => answered.push("the scan itself".to_owned()),
        _ if !rules.is_empty() => answered.push(rules.join(", ")),
        _ => {
            let why = one.unchecked.as_ref().map(|why| why.en.as_str());
            let why = why.unwrap_or("no rule of this version judges it");
            answered.push(format!("not checked: {why}"));
        }
    }
    if one.is_attestable() {
        answered.push("attestation".to_owned());
    }
    let cell = |text: &str| text.replace('|', "\\|");
    writeln!(
        out,
        "| `{}` | {} | {} | {}<br>*{}* | {} | {} |",
        one.id,
        one.number,
        cell(&one.references.join(", ")),
        cell(&one.title),
        cell(&one.title_fr),
        levels.join(", "),
        cell(&answered.join("; "))
    )
    .expect("written");
}
