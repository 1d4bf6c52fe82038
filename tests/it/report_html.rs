//! The HTML report: whatever the input says, the page has the elements and attributes of the program and no others, loads
//! nothing, and leads nowhere but to itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::{AS_OF, Run, gardefou, gardefou_in, scan_json};

/// Elements that the page is made of.
const ELEMENTS: &str = "!doctype a b body button caption circle code dd defs details div dl dt figcaption figure footer form g h1 \
    h2 h3 h4 head header html input label li line link main mark meta nav ol option p path pattern pre rect script section select \
    span strong style summary svg table tbody td text th thead title tr ul";

/// Attributes that they have.
const ATTRIBUTES: &str = "aria-hidden aria-label aria-labelledby autocomplete charset class content cx cy d data-dark data-fails \
    data-level data-light data-outcome data-rule data-set data-severity data-waived data-words dx fill focusable height hidden \
    href html http-equiv id lang name open patternTransform patternUnits r rel role rx scope spellcheck tabindex transform type \
    value viewBox width x x1 x2 y y1 y2";

/// Elements without an end.
const VOID: [&str; 4] = ["!doctype", "input", "link", "meta"];

/// A tag as it is written.
#[derive(Debug)]
struct Tag<'p> {
    name: &'p str,
    is_end: bool,
    attributes: Vec<(&'p str, &'p str)>,
}

impl<'p> Tag<'p> {
    fn get(&self, name: &str) -> Option<&'p str> {
        let mut attributes = self.attributes.iter();
        attributes
            .find(|(of, _)| *of == name)
            .map(|(_, value)| *value)
    }
}

/// Every tag of a page. Stricter than any browser: what is written in another way than the writer of the page writes, fails.
fn tags(page: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some((text, after)) = rest.split_once('<') {
        assert!(!text.contains('>'), "text with a loose bracket: {text}");
        let end = after.find('>').expect("a tag has an end");
        let (inside, next) = (&after[..end], &after[end + 1..]);
        rest = next;
        let (is_end, inside) = match inside.strip_prefix('/') {
            Some(inside) => (true, inside),
            None => (false, inside),
        };
        let (name, mut more) = inside.split_once(' ').unwrap_or((inside, ""));
        let mut attributes = Vec::new();
        if name == "!doctype" {
            more = "";
        }
        while !more.is_empty() {
            let (attribute, value) = more
                .split_once("=\"")
                .expect("an attribute has a value in quotes");
            let (value, after) = value.split_once('"').expect("quotes are closed");
            attributes.push((attribute, value));
            more = after.strip_prefix(' ').unwrap_or_else(|| {
                assert!(after.is_empty(), "something follows a value: {inside}");
                after
            });
        }
        if let (false, "style" | "script") = (is_end, name) {
            // As browsers do: the first end that looks like one ends it.
            let end = rest.find(&format!("</{name}")).expect("an end");
            rest = &rest[end..];
        }
        tags.push(Tag {
            name,
            is_end,
            attributes,
        });
    }
    assert!(!rest.contains('>'), "text with a loose bracket: {rest}");
    tags
}

/// What holds of every page.
fn hold(page: &str) {
    let tags = tags(page);
    let elements: BTreeSet<&str> = ELEMENTS.split_whitespace().collect();
    let attributes: BTreeSet<&str> = ATTRIBUTES.split_whitespace().collect();
    let (mut ids, mut hrefs, mut open) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for tag in &tags {
        assert!(elements.contains(tag.name), "{tag:?}");
        for (name, value) in &tag.attributes {
            assert!(attributes.contains(name), "{name} of {tag:?}");
            match *name {
                "id" => assert!(ids.insert(*value), "twice: {value}"),
                "href" => drop(hrefs.insert(*value)),
                _ => {}
            }
        }
        if tag.is_end {
            assert_eq!(open.pop(), Some(tag.name), "nesting");
        } else if !VOID.contains(&tag.name) {
            open.push(tag.name);
        }
    }
    assert_eq!(open, [""; 0], "all is closed");
    for href in hrefs {
        match href.strip_prefix('#') {
            Some(id) => assert!(ids.contains(id), "nothing stands at {href}"),
            None => assert_eq!(href, "data:,", "a link out of the page"),
        }
    }
    for tag in &tags {
        for one in ["aria-labelledby", "for"] {
            let of = tag.get(one);
            assert!(of.is_none_or(|id| ids.contains(id)), "{tag:?}");
        }
    }
    let count = |name: &str| {
        tags.iter()
            .filter(|tag| tag.name == name && !tag.is_end)
            .count()
    };
    for once in [
        "html", "head", "body", "style", "script", "main", "nav", "h1",
    ] {
        assert_eq!(count(once), 1, "{once}");
    }
    assert_eq!(
        count("table"),
        count("caption"),
        "every table says what it is"
    );
    let hostile = |c: &char| {
        (c.is_control() && *c != '\n' && *c != '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert_eq!(page.chars().find(hostile), None);
    assert_eq!(headings(&tags), BTreeSet::new(), "a heading skips a level");
}

/// Headings that stand more than one level below the one before.
fn headings<'p>(tags: &[Tag<'p>]) -> BTreeSet<&'p str> {
    let level = |tag: &Tag<'_>| tag.name.strip_prefix('h')?.parse::<u32>().ok();
    let all: Vec<(u32, &'p str)> = tags
        .iter()
        .filter(|tag| !tag.is_end)
        .filter_map(|tag| Some((level(tag)?, tag.name)))
        .collect();
    let skips = all.windows(2).filter(|pair| pair[1].0 > pair[0].0 + 1);
    skips.map(|pair| pair[1].1).collect()
}

fn html(path: &str, more: &[&str]) -> Run {
    let mut arguments = vec!["scan", path, "--as-of", AS_OF, "--format", "html"];
    arguments.extend(more);
    gardefou(&arguments)
}

/// Values of an attribute of the findings.
fn of_findings<'p>(tags: &'p [Tag<'p>], attribute: &str) -> Vec<&'p str> {
    let findings = tags.iter().filter(|tag| tag.get("data-severity").is_some());
    findings.filter_map(|tag| tag.get(attribute)).collect()
}

#[test]
fn every_finding_stands_in_the_page_under_its_fingerprint() {
    for path in [
        "fixtures/health-data-hub-on-azure",
        "fixtures/clinic-saas-on-outscale",
        "fixtures/mixed-aws",
        "fixtures/recorded-states",
        "fixtures/broken/syntax-error",
        "fixtures/hospital-platform/clean",
        "fixtures/broken/empty",
    ] {
        let run = html(path, &[]);
        let (code, json) = scan_json(path, &[]);
        assert_eq!(run.code, code, "{path}");
        hold(&run.stdout);
        let tags = tags(&run.stdout);
        let mut shown = of_findings(&tags, "id");
        let findings = json["findings"].as_array().expect("findings");
        let mut known: Vec<&str> = findings
            .iter()
            .filter_map(|one| one["fingerprint"].as_str())
            .collect();
        shown.sort_unstable();
        known.sort_unstable();
        assert_eq!(shown, known, "{path}");
        let failing = of_findings(&tags, "data-fails");
        assert_eq!(
            failing.iter().filter(|fails| **fails == "yes").count(),
            findings.iter().filter(|one| one["fails"] == true).count(),
            "{path}"
        );
    }
}

/// The excerpt of a finding, with its mark, as text.
fn marks(page: &str) -> Vec<&str> {
    let parts = page.split("<mark>").skip(1);
    parts
        .filter_map(|part| part.split("</mark>").next())
        .collect()
}

#[test]
fn the_page_says_what_was_found() {
    let page = html("fixtures/health-data-hub-on-azure", &[]).stdout;
    for words in [
        "<h1 id=\"verdict-heading\">Failed</h1>",
        "Exit status 1: 43 findings at or above <code>high</code>",
        "27 resources with data: 26 in the European Economic Area, 1 outside it, 0 in a place that is not established.",
        "Azure public regions",
        "severity high and above; undetermined as well for health and particular data",
        "<code>SNC-QUA-001</code>",
        "azurerm_kubernetes_cluster.calcul",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(
        marks(&page)
            .contains(&"resource &quot;azurerm_kubernetes_cluster&quot; &quot;calcul&quot;")
    );
    let page = html("fixtures/clinic-saas-on-outscale", &[]).stdout;
    assert!(page.contains("visa until 2026-11-30, 9 days left"));
    assert!(page.contains("class=\"visa ending\""));
    assert!(page.contains("since 2023-11-30"));
}

#[test]
fn the_page_speaks_french() {
    let page = html("fixtures/clinic-saas-on-outscale", &["--lang", "fr"]).stdout;
    hold(&page);
    assert!(page.contains("<html lang=\"fr\">"));
    assert!(page.contains("visa jusqu’au 2026-11-30, encore 9 jours"));
    assert!(page.contains("Contrôle en échec") && !page.contains("Undetermined because"));
}

#[test]
fn the_same_bytes_at_any_number_of_threads() {
    let path = "fixtures/health-data-hub-on-azure";
    let one = html(path, &["--threads", "1"]).stdout;
    assert!(!one.is_empty());
    assert_eq!(one, html(path, &["--threads", "8"]).stdout);
}

/// Names that would be markup, script, a link, the end of an element, or that hide what they are.
const EVIL: [&str; 7] = [
    "<script>alert(1)</script>",
    "\\\" onload=\\\"alert(1)",
    "javascript:alert(1)",
    "</style><svg onload=alert(1)>",
    "</script><img src=x onerror=alert(1)>",
    "a\u{202e}b\u{2066}c",
    "x\u{0}y\u{1b}[2J&lt;&#60;b&#62;`<i>`",
];

fn estate(folder: &Path) {
    let keys: Vec<String> = EVIL.iter().map(|evil| format!("\"{evil}\"")).collect();
    let keys = keys.join(", ");
    let evil = EVIL.concat();
    let code = format!(
        "# {evil}\nprovider \"aws\" {{\n  region = \"us-east-1\"\n}}\nresource \"aws_s3_bucket\" \"a\" {{\n  for_each = toset([{keys}])\n  \
         bucket = each.key # {evil}\n  tags = {{ data-classification = \"health\", tenant = each.key }}\n}}\nresource \"aws_s3_bucket\" \"w\" {{\n  \
         # gardefou: ignore[residency/outside-area] {evil}\n  tags = {{ data-classification = \"health\" }}\n}}\nmodule \"m\" {{\n  source = \"./{evil}\"\n}}\n\
         variable \"x\" {{}}\nresource \"aws_db_instance\" \"d\" {{\n  region = \"${{var.x}}{evil}\"\n}}\n"
    );
    let plain = "\"><img src=x onerror=alert(1)>";
    fs::write(folder.join(format!("{plain}.tf")), code).expect("written");
    let broken = format!("broken = \"{}\n", EVIL.concat());
    fs::write(folder.join("<svg onload=alert(2)>\u{202e}.tf"), broken).expect("written");
    let evil = EVIL.concat().replace(['\u{0}', '\u{1b}'], "");
    let config = format!(
        "[[waiver]]\nrule = \"residency/outside-area\"\nmatch = [\"aws_s3_bucket.a*\"]\nreason = \"{evil}\"\nby = \"{evil}\"\nuntil = 2027-01-01\n\
         [[attestation]]\nrequirements = [\"SNC-GOV-001\"]\nstatement = \"{evil}\"\nreference = \"{evil}\"\nby = \"{evil}\"\nuntil = 2027-01-01\n"
    );
    fs::write(folder.join("gardefou.toml"), config).expect("written");
    let manifest = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: \"<script>alert(3)</script>\"\n  labels:\n    data-classification: health\n    tenant: \"' onclick='alert(1)\"\n";
    fs::write(folder.join("k.yaml"), manifest).expect("written");
}

#[test]
fn nothing_from_the_input_is_markup() {
    let folder = tempfile::tempdir().expect("a folder");
    estate(folder.path());
    for lang in ["en", "fr"] {
        let arguments = [
            "scan", ".", "--as-of", AS_OF, "--format", "html", "--lang", lang,
        ];
        let page = gardefou_in(folder.path(), &arguments, &[]).stdout;
        hold(&page);
        for seen in [
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            "&quot;&gt;&lt;img src=x onerror=alert(1)&gt;.tf",
            "&lt;/style&gt;&lt;svg onload=alert(1)&gt;",
            "&lt;script&gt;alert(3)",
            "\\u{202e}",
        ] {
            assert!(page.contains(seen), "{lang}: {seen}");
        }
        assert!(of_findings(&tags(&page), "id").len() > 10);
    }
}

#[test]
fn secrets_are_masked_as_elsewhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let code = "provider \"aws\" { region = \"us-east-1\" }\nresource \"aws_db_instance\" \"a\" {\n  password = \"hunter2hunter2\"\n  tags = { data-classification = \"health\" }\n  storage_encrypted = false\n  master_password = \"hunter2hunter2\"\n}\n";
    fs::write(folder.path().join("main.tf"), code).expect("written");
    let arguments = ["scan", ".", "--as-of", AS_OF, "--format", "html"];
    let page = gardefou_in(folder.path(), &arguments, &[]).stdout;
    hold(&page);
    assert!(page.contains("storage_encrypted") && page.contains("***"));
    assert!(!page.contains("hunter2"));
}

/// A page that no browser opens helps nobody: it has the gravest findings, and says that there are more.
#[test]
fn a_page_is_bounded_and_says_what_it_leaves_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let code = "provider \"aws\" { region = \"us-east-1\" }\nresource \"aws_s3_bucket\" \"a\" {\n  count = 1500\n  tags = { data-classification = \"health\" }\n}\n";
    fs::write(folder.path().join("main.tf"), code).expect("written");
    let arguments = ["scan", ".", "--as-of", AS_OF, "--format", "html"];
    let page = gardefou_in(folder.path(), &arguments, &[]).stdout;
    hold(&page);
    let tags = tags(&page);
    let severities = of_findings(&tags, "data-severity");
    assert_eq!(severities.len(), 3000);
    assert!(page.contains("This page shows 3000 of 9000 findings"));
    // No rule hides the others.
    let rules: BTreeSet<&str> = tags.iter().filter_map(|tag| tag.get("data-rule")).collect();
    assert_eq!(rules.len(), 6, "{rules:?}");
    assert!(page.contains(" of 1500 findings</span>"));
    assert!(page.contains("<code>gardefou scan --output json=findings.json</code>"));
    // The counts are those of all findings.
    assert!(
        page.contains("1500 resources with data: 0 in the European Economic Area, 1500 outside it")
    );
}
