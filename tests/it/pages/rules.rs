//! A page for each rule in each language, and one that lists them.
//!
//! All of it stands beside the rule: `rule.toml`, `doc.en.md`, `doc.fr.md`, and the cases, which are the examples.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use gardefou::catalog::Catalog;

use super::sources::{Case, Rule, Shows, rules};
use crate::support::{HOW, hold, root};

/// What differs between the languages, the words apart that stand in the sources.
struct Words {
    /// `docs/src/<folder>/` and `docs/src/<folder>.md`.
    folder: &'static str,
    other: &'static str,
    other_name: &'static str,
    french: bool,
    title: &'static str,
    lead: &'static str,
    columns: [&'static str; 4],
    severity: &'static str,
    since: &'static str,
    asked_of: &'static str,
    everything: &'static str,
    from_level: &'static str,
    requirements: &'static str,
    requirement_columns: [&'static str; 3],
    options: &'static str,
    option_columns: [&'static str; 3],
    examples: &'static str,
    examples_lead: &'static str,
    shows: [&'static str; 3],
    nothing: &'static str,
}

const ENGLISH: Words = Words {
    folder: "rules",
    other: "regles",
    other_name: "Français",
    french: false,
    title: "Rules",
    lead: "What the built-in policies ask. The severity is the rule's own: most weigh by level, as their pages say.\n\
           `gardefou explain RULE` prints the same text; `[rules]` in the [configuration](configuration.md) switches a rule off,\n\
           weighs it otherwise, or sets its options.",
    columns: ["rule", "finds", "severity", "requirements"],
    severity: "severity",
    since: "since",
    asked_of: "asked of",
    everything: "every resource",
    from_level: "from level",
    requirements: "Requirements",
    requirement_columns: ["id", "asks", "reference"],
    options: "Options",
    option_columns: ["option", "default", "decides"],
    examples: "Examples",
    examples_lead: "The rule is tested with these. `expect:` marks the line of a violation, `expect-undetermined:` that of a question\n\
                    that cannot be decided there.",
    shows: ["What is found", "What passes", "What cannot be decided"],
    nothing: "none",
};

const FRENCH: Words = Words {
    folder: "regles",
    other: "rules",
    other_name: "English",
    french: true,
    title: "Règles",
    lead: "Ce que demandent les politiques intégrées. La gravité est celle de la règle ; la plupart pèsent selon le niveau, comme le\n\
           disent leurs pages. `gardefou explain RÈGLE` affiche le même texte ; `[rules]` dans la [configuration](configuration.md)\n\
           désactive une règle, la pèse autrement ou fixe ses options.",
    columns: ["règle", "trouve", "gravité", "exigences"],
    severity: "gravité",
    since: "depuis",
    asked_of: "interroge",
    everything: "toute ressource",
    from_level: "à partir du niveau",
    requirements: "Exigences",
    requirement_columns: ["identifiant", "demande", "référence"],
    options: "Options",
    option_columns: ["option", "défaut", "décide"],
    examples: "Exemples",
    examples_lead: "La règle est testée avec eux. `expect:` marque la ligne d'une violation, `expect-undetermined:` celle d'une question qui ne\n\
                    peut pas y être tranchée.",
    shows: [
        "Ce qui est trouvé",
        "Ce qui passe",
        "Ce qui ne peut pas être tranché",
    ],
    nothing: "aucune",
};

#[test]
#[ignore = "a page: held by .ci/run"]
fn rules_are_described_as_they_are() {
    let rules = rules();
    for words in [&ENGLISH, &FRENCH] {
        hold(
            &format!("docs/src/{}.md", words.folder),
            &index(&rules, words),
        );
        let mut pages = BTreeSet::new();
        for rule in &rules {
            let path = format!("docs/src/{}/{}.md", words.folder, rule.id());
            hold(&path, &page(rule, words));
            pages.insert(path);
        }
        no_others(words.folder, &pages);
    }
    let summary = fs::read_to_string(root().join("docs/src/SUMMARY.md")).expect("a summary");
    hold("docs/src/SUMMARY.md", &linked(&summary, &rules));
}

/// A rule that went, or changed its name, leaves no page behind.
fn no_others(folder: &str, pages: &BTreeSet<String>) {
    let top = root().join("docs/src").join(folder);
    for family in fs::read_dir(&top).into_iter().flatten().flatten() {
        for page in fs::read_dir(family.path()).into_iter().flatten().flatten() {
            let path = format!(
                "docs/src/{folder}/{}/{}",
                family.file_name().to_string_lossy(),
                page.file_name().to_string_lossy()
            );
            if pages.contains(&path) {
                continue;
            }
            assert!(
                crate::support::updates_pages(),
                "{path} is of no rule: write the pages with `{HOW}`"
            );
            fs::remove_file(page.path()).expect("removed");
        }
    }
}

/// The summary with the pages of the rules below the two that list them.
fn linked(summary: &str, rules: &[Rule]) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in summary.lines() {
        // Whatever stood below is written anew.
        if inside && line.starts_with("  ") {
            continue;
        }
        inside = false;
        out.push_str(line);
        out.push('\n');
        for words in [&ENGLISH, &FRENCH] {
            if line.ends_with(&format!("]({}.md)", words.folder)) {
                inside = true;
                for rule in rules {
                    let id = rule.id();
                    writeln!(out, "  - [{id}]({}/{id}.md)", words.folder).expect("written");
                }
            }
        }
    }
    out
}

fn index(rules: &[Rule], words: &Words) -> String {
    let [rule_column, finds, severity, requirements] = words.columns;
    let mut out = format!(
        "# {}\n\n<!-- Made from policies/*/rules/; write it with: {HOW} -->\n\n[{}]({}.md)\n\n{}\n\n\
         | {rule_column} | {finds} | {severity} | {requirements} |\n|---|---|---|---|\n",
        words.title, words.other_name, words.other, words.lead
    );
    for rule in rules {
        let id = rule.id();
        let title = words.of(&rule.about.title.en, &rule.about.title.fr);
        writeln!(
            out,
            "| [`{id}`]({}/{id}.md) | {title} | {} | {} |",
            words.folder,
            rule.about.severity,
            list(&rule.about.requirements, words.nothing),
        )
        .expect("written");
    }
    out
}

impl Words {
    fn of<'t>(&self, en: &'t str, fr: &'t str) -> &'t str {
        if self.french { fr } else { en }
    }
}

fn list(all: &[String], nothing: &str) -> String {
    if all.is_empty() {
        return nothing.to_owned();
    }
    let quoted: Vec<String> = all.iter().map(|one| format!("`{one}`")).collect();
    quoted.join(", ")
}

fn page(rule: &Rule, words: &Words) -> String {
    let id = rule.id();
    let about = &rule.about;
    let doc = words.of(&rule.doc.en, &rule.doc.fr);
    let (title, text) = doc.split_once('\n').unwrap_or((doc, ""));
    let asked: Vec<String> = [&about.scope.classes, &about.scope.kinds]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let mut out = format!(
        "{title}\n\n<!-- Made from policies/{}/rules/{}/; write it with: {HOW} -->\n\n\
         `{id}` · [{}](../../{}/{id}.md)\n\n{}\n\n\
         | {} | {} | {} | {} |\n|---|---|---|---|\n| {} | {} | {} | {} |\n",
        rule.family,
        rule.name,
        words.other_name,
        words.other,
        words.of(&about.help.en, &about.help.fr),
        words.severity,
        words.asked_of,
        words.from_level,
        words.since,
        about.severity,
        list(&asked, words.everything),
        about.scope.min_level.as_deref().unwrap_or(words.nothing),
        about.since,
    );
    writeln!(out, "\n{}", text.trim()).expect("written");
    options(&mut out, rule, words);
    requirements(&mut out, rule, words);
    write!(out, "\n## {}\n\n{}\n", words.examples, words.examples_lead).expect("written");
    for (shows, heading) in Shows::ALL.into_iter().zip(words.shows) {
        let mut cases = rule
            .cases
            .iter()
            .filter(|case| case.shows == shows)
            .peekable();
        if cases.peek().is_some() {
            write!(out, "\n### {heading}\n").expect("written");
        }
        for case in cases {
            example(&mut out, case);
        }
    }
    out
}

fn options(out: &mut String, rule: &Rule, words: &Words) {
    if rule.about.option.is_empty() {
        return;
    }
    let [name, default, decides] = words.option_columns;
    write!(
        out,
        "\n## {}\n\n| {name} | {default} | {decides} |\n|---|---|---|\n",
        words.options
    )
    .expect("written");
    for option in &rule.about.option {
        let about = words.of(&option.about.en, &option.about.fr);
        let value = plain(&option.default);
        writeln!(out, "| `{}` | `{value}` | {about} |", option.name).expect("written");
    }
}

/// A default as people write it.
fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => format!("{text:?}"),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(yes) => yes.to_string(),
        toml::Value::Array(all) => {
            let all: Vec<String> = all.iter().map(plain).collect();
            format!("[{}]", all.join(", "))
        }
        other => panic!("no default of an option: {other:?}"),
    }
}

fn requirements(out: &mut String, rule: &Rule, words: &Words) {
    if rule.about.requirements.is_empty() {
        return;
    }
    let [id, asks, reference] = words.requirement_columns;
    write!(
        out,
        "\n## {}\n\n| {id} | {asks} | {reference} |\n|---|---|---|\n",
        words.requirements
    )
    .expect("written");
    for id in &rule.about.requirements {
        let known = Catalog::get().requirement(id);
        let known = known.unwrap_or_else(|| panic!("{}: no requirement {id}", rule.id()));
        writeln!(
            out,
            "| `{id}` | {} | {} |",
            known.title,
            known.references.join("; ")
        )
        .expect("written");
    }
}

fn example(out: &mut String, case: &Case) {
    write!(out, "\n#### `{}`\n", case.name).expect("written");
    for (name, text) in &case.files {
        if case.files.len() > 1 || *name != case.name {
            write!(out, "\n`{name}`\n").expect("written");
        }
        let language = match name.rsplit('.').next() {
            Some("tf" | "tofu" | "tfvars" | "hcl") => "hcl",
            Some("yaml" | "yml") => "yaml",
            Some("json") => "json",
            Some("toml") => "toml",
            _ => "text",
        };
        let fence = fence(text);
        write!(out, "\n{fence}{language}\n{}\n{fence}\n", shown(text)).expect("written");
    }
}

/// Plans and states are long.
fn shown(text: &str) -> String {
    const LINES: usize = 120;
    let text = text.trim_end();
    let mut lines: Vec<&str> = text.lines().take(LINES).collect();
    if text.lines().nth(LINES).is_some() {
        lines.push("...");
    }
    lines.join("\n")
}

/// Longer than any row of backticks inside.
fn fence(text: &str) -> String {
    let mut longest = 2;
    let mut row = 0;
    for letter in text.chars() {
        row = if letter == '`' { row + 1 } else { 0 };
        longest = longest.max(row);
    }
    "`".repeat(longest + 1)
}

#[test]
fn the_summary_keeps_what_is_written_by_hand() {
    let summary = "# Summary\n\n- [Rules](rules.md)\n  - [gone/rule](rules/gone/rule.md)\n- [Règles](regles.md)\n- [Last](last.md)\n  - [Below](below.md)\n";
    let mut some = rules();
    some.truncate(1);
    let id = some[0].id();
    let wanted = format!(
        "# Summary\n\n- [Rules](rules.md)\n  - [{id}](rules/{id}.md)\n- [Règles](regles.md)\n  - [{id}](regles/{id}.md)\n- [Last](last.md)\n  - [Below](below.md)\n"
    );
    assert_eq!(linked(summary, &some), wanted);
    assert_eq!(linked(&wanted, &some), wanted);
}
