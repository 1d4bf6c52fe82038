//! The HTML report: whatever the input says, the page has the elements and attributes of the program and no others, loads
//! nothing, and leads nowhere but to itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::{AS_OF, Run, gardefou, gardefou_in, scan_json};

mod page;

use page::{Tag, hold, tags};

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
