//! Rules, providers, cases: which clouds the cases of a rule are about.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use gardefou::catalog::Catalog;
use serde_json::Value;

use super::sources::{Case, Rule, Shows, rules};
use crate::support::{HOW, hold};

/// How manifests are called beside the providers of Terraform.
const MANIFESTS: &str = "Kubernetes manifests";

/// Cases of each sort.
type Counts = [usize; 3];

#[test]
#[ignore = "a page: held by .ci/run"]
fn the_cases_of_rules_are_counted() {
    hold(
        "docs/src/policy-coverage.md",
        &page(&rules(), Catalog::get()),
    );
}

fn page(rules: &[Rule], catalog: &Catalog) -> String {
    let counted: Vec<(String, BTreeMap<String, Counts>, Counts)> = rules
        .iter()
        .map(|rule| {
            let (by_provider, all) = count(rule, catalog);
            (rule.id(), by_provider, all)
        })
        .collect();
    let seen: BTreeSet<&String> = counted.iter().flat_map(|(_, of, _)| of.keys()).collect();
    let cases: usize = rules.iter().map(|rule| rule.cases.len()).sum();
    let mut out = format!(
        "# Coverage by rule\n\n<!-- Made from policies/*/rules/*/cases/; write it with: {HOW} -->\n\n\
         {} rules, {cases} cases. Each case is a small piece of code that the whole scanner reads: *bad* ones must give a violation on the\n\
         line they mark, *good* ones nothing, *unknown* ones an undetermined outcome. A case counts for every provider whose resources\n\
         it has, so that a row can have more than its total. A provider without cases is no provider without findings: rules read\n\
         [facts](facts.md), and what is known of a provider's types stands in [coverage by provider](coverage-by-provider.md).\n\n\
         ## Rules\n\n| rule | bad | good | unknown | providers |\n|---|---|---|---|---|\n",
        rules.len(),
    );
    for (id, of, [bad, good, unknown]) in &counted {
        writeln!(
            out,
            "| [`{id}`](rules/{id}.md) | {bad} | {good} | {unknown} | {} |",
            of.len()
        )
        .expect("written");
    }
    out += "\n## Providers\n\nBad, good and unknown cases.\n\n";
    // Rules are the rows: their number grows, and so does that of the providers, which have the shorter names.
    for (family, rules) in by_family(&counted) {
        let own: Vec<&String> = seen
            .iter()
            .copied()
            .filter(|provider| rules.iter().any(|(_, of, _)| of.contains_key(*provider)))
            .collect();
        write!(out, "### {family}\n\n| provider |").expect("written");
        for (id, ..) in &rules {
            let name = id.split_once('/').map_or(id.as_str(), |(_, name)| name);
            write!(out, " {name} |").expect("written");
        }
        out += "\n|---|";
        out += &"---|".repeat(rules.len());
        out.push('\n');
        for provider in own {
            write!(out, "| {provider} |").expect("written");
            for (_, of, _) in &rules {
                match of.get(provider) {
                    Some([bad, good, unknown]) => write!(out, " {bad} / {good} / {unknown} |"),
                    None => write!(out, " |"),
                }
                .expect("written");
            }
            out.push('\n');
        }
        out.push('\n');
    }
    let silent: BTreeSet<String> = catalog
        .resource_kinds()
        .map(|kind| short(&kind.provider))
        .filter(|provider| !seen.contains(provider))
        .collect();
    let silent: Vec<String> = silent.into_iter().map(|name| format!("`{name}`")).collect();
    writeln!(
        out,
        "## Providers that no case is about\n\n{}",
        if silent.is_empty() {
            "None.".to_owned()
        } else {
            silent.join(", ")
        }
    )
    .expect("written");
    out
}

type Counted = (String, BTreeMap<String, Counts>, Counts);

fn by_family(counted: &[Counted]) -> BTreeMap<&str, Vec<&Counted>> {
    let mut families: BTreeMap<&str, Vec<&Counted>> = BTreeMap::new();
    for one in counted {
        let family = one.0.split('/').next().unwrap_or_default();
        families.entry(family).or_default().push(one);
    }
    families
}

fn count(rule: &Rule, catalog: &Catalog) -> (BTreeMap<String, Counts>, Counts) {
    let mut by_provider: BTreeMap<String, Counts> = BTreeMap::new();
    let mut all = Counts::default();
    for case in &rule.cases {
        let at = match case.shows {
            Shows::Bad => 0,
            Shows::Good => 1,
            Shows::Unknown => 2,
        };
        all[at] += 1;
        for provider in providers(case, catalog) {
            by_provider.entry(provider).or_default()[at] += 1;
        }
    }
    (by_provider, all)
}

/// The providers whose resources a case has.
fn providers(case: &Case, catalog: &Catalog) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, text) in &case.files {
        match name.rsplit('.').next() {
            Some("tf" | "tofu") => {
                for line in text.lines() {
                    let line = line.trim_start();
                    if let Some(kind) = labelled(line, "resource \"") {
                        found.extend(provider_of(kind, catalog));
                    } else if let Some(backend) = labelled(line, "backend \"") {
                        let kind = format!("terraform.backend.{backend}");
                        found.extend(provider_of(&kind, catalog));
                    } else if line.starts_with("cloud {") {
                        found.extend(provider_of("terraform.cloud", catalog));
                    }
                }
            }
            Some("yaml" | "yml") => {
                found.insert(MANIFESTS.to_owned());
            }
            Some("json" | "tfstate") => {
                if let Ok(document) = serde_json::from_str(text) {
                    types(&document, catalog, &mut found);
                }
            }
            _ => {}
        }
    }
    found
}

fn labelled<'l>(line: &'l str, block: &str) -> Option<&'l str> {
    line.strip_prefix(block)?.split('"').next()
}

/// Types that the catalogue does not have are of no provider: those of helpers, and invented ones.
fn provider_of(kind: &str, catalog: &Catalog) -> Option<String> {
    catalog
        .resource_kind(kind)
        .map(|kind| short(&kind.provider))
}

/// Types in a plan, a state, or code written as JSON: as names, or as keys.
fn types(document: &Value, catalog: &Catalog, found: &mut BTreeSet<String>) {
    match document {
        Value::String(text) => found.extend(provider_of(text, catalog)),
        Value::Array(all) => all.iter().for_each(|one| types(one, catalog, found)),
        Value::Object(all) => {
            for (key, value) in all {
                found.extend(provider_of(key, catalog));
                types(value, catalog, found);
            }
        }
        _ => {}
    }
}

/// `hashicorp/aws` as people call it.
fn short(provider: &str) -> String {
    provider.rsplit('/').next().unwrap_or(provider).to_owned()
}

#[test]
fn a_case_is_about_the_providers_of_its_resources() {
    let case = |name: &str, text: &str| Case {
        name: name.to_owned(),
        shows: Shows::Bad,
        files: vec![(name.to_owned(), text.to_owned())],
    };
    let of = |name: &str, text: &str| {
        let found = providers(&case(name, text), Catalog::get());
        found.into_iter().collect::<Vec<_>>().join(" ")
    };
    let code = "resource \"aws_s3_bucket\" \"a\" {}\nresource \"time_rotating\" \"t\" {}\n  resource \"acme_x\" \"y\" {}";
    assert_eq!(of("bad-a.tf", code), "aws");
    assert_eq!(of("bad-a.yaml", "kind: Secret"), MANIFESTS);
    let state = r#"{"resources": [{"type": "scaleway_object_bucket"}]}"#;
    assert_eq!(of("bad-a.tfstate", state), "scaleway");
    let json = r#"{"resource": {"outscale_volume": {"v": {}}}}"#;
    assert_eq!(of("main.tf.json", json), "outscale");
}
