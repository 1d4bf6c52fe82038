//! Sample estates of every provider family, held against the facts that a person who knows the field expects of them.
//!
//! Each folder of `fixtures/estates` has a `facts.toml` with one line for each resource. What a line leaves out is expected
//! not to be there: no copy, no tenant, no encryption to ask about, a level that nobody stated. The values come from the
//! registry and from providers' documentation, not from what the program printed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::Value;

use crate::support::{AS_OF, all_fixtures, gardefou, root, scan_json};

/// What is expected of an estate.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Estate {
    /// The hosts, by short name.
    #[serde(default)]
    hosts: BTreeMap<String, Host>,
    /// Who hosts what does not say otherwise: a name in `hosts`.
    host: Option<String>,
    /// By address; behind the path of its root when that is not the top.
    resources: BTreeMap<String, Expected>,
}

/// Who runs it, and how that stands.
#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields)]
struct Host {
    offering: Option<String>,
    provider: Option<String>,
    visa: String,
    milestone: Option<String>,
    ends: Option<String>,
    scope: String,
    hds: String,
    headquarters: Option<String>,
    exposure: String,
    certainty: String,
    /// What is different on other days.
    #[serde(default)]
    on: BTreeMap<String, Change>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Change {
    visa: Option<String>,
    scope: Option<String>,
    hds: Option<String>,
    exposure: Option<String>,
    /// Nothing is established on that day, for this reason.
    gap: Option<String>,
}

/// What is expected of a resource. `? words` is a stated gap whose reason has these words.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// `region countries area`.
    at: Option<String>,
    /// `kind region countries area`.
    #[serde(default)]
    copies: Vec<String>,
    /// A name in `hosts`, `none`, or a gap.
    host: Option<String>,
    /// `part: yes|no|unknown holder key @ region`.
    #[serde(default)]
    encryption: Vec<String>,
    /// `state audience`.
    mfa: Option<String>,
    #[serde(default)]
    tenants: Vec<String>,
    /// `level origin`; left out of what keeps no data, nothing is asked.
    level: Option<String>,
    /// By fact: why what is expected does not hold yet.
    #[serde(default)]
    pending: BTreeMap<String, String>,
}

/// What came of holding the tables against the program.
#[derive(Default)]
struct Report {
    /// What differs.
    wrong: Vec<String>,
    /// What was put off and holds by now.
    stale: Vec<String>,
    /// How many resources were looked at.
    resources: usize,
}

#[test]
fn every_estate_has_the_facts_that_its_table_states() {
    let report = held();
    assert!(report.wrong.is_empty(), "\n{}", report.wrong.join("\n"));
    assert!(report.resources >= 220, "{} resources", report.resources);
}

#[test]
fn nothing_is_put_off_that_holds() {
    let stale = held().stale;
    assert!(stale.is_empty(), "\n{}", stale.join("\n"));
}

/// Every table, held against the program.
fn held() -> Report {
    let mut report = Report::default();
    for path in all_fixtures() {
        if root().join(&path).join("facts.toml").is_file() {
            check(&path, &mut report);
        } else {
            assert!(
                !path.starts_with("fixtures/estates/"),
                "{path} has no table"
            );
        }
    }
    report
}

fn check(path: &str, report: &mut Report) {
    let table = std::fs::read_to_string(root().join(path).join("facts.toml"));
    let table = table.unwrap_or_else(|error| panic!("{path}/facts.toml: {error}"));
    let estate: Estate =
        toml::from_str(&table).unwrap_or_else(|error| panic!("{path}/facts.toml: {error}"));
    let mut dates: Vec<&str> = vec![AS_OF];
    let others = estate.hosts.values().flat_map(|host| host.on.keys());
    dates.extend(others.map(String::as_str));
    dates.sort_unstable();
    dates.dedup();
    for date in dates {
        check_on(path, &estate, date, report);
    }
    report.resources += estate.resources.len();
}

fn check_on(path: &str, estate: &Estate, date: &str, report: &mut Report) {
    let run = gardefou(&["inspect", path, "--as-of", date, "--format", "json"]);
    let document: Value = serde_json::from_str(&run.stdout)
        .unwrap_or_else(|error| panic!("{path}: {error}\n{}", run.stderr));
    // On another day than today's the registry is old, and says so.
    let aged = |problem: &&Value| {
        date != AS_OF && text(&problem["message"]).starts_with("the registry of offerings is of")
    };
    let problems = document["problems"].as_array().into_iter().flatten();
    let problems = problems.filter(|problem| !aged(problem));
    let problems = problems.map(|problem| format!("{path}: problem: {}", problem["message"]));
    report.wrong.extend(problems);
    let found = resources(&document);
    let unlisted = found
        .keys()
        .filter(|at| !estate.resources.contains_key(*at));
    let unlisted = unlisted.map(|at| format!("{path} {at}: no line in facts.toml"));
    report.wrong.extend(unlisted);
    for (address, expected) in &estate.resources {
        let Some(resource) = found.get(address) else {
            report
                .wrong
                .push(format!("{path} {address}: no such resource"));
            continue;
        };
        for (fact, wanted, got) in compare(estate, expected, resource, date) {
            // A day changes what is said of the host; all else is held once.
            if date != AS_OF && fact != "host" {
                continue;
            }
            let same = agrees(&wanted, &got);
            match expected.pending.get(fact) {
                None if !same => report.wrong.push(format!(
                    "{path} {address} on {date}: {fact}\n    expected {wanted}\n    got      {got}"
                )),
                Some(why) if same && date == AS_OF => report
                    .stale
                    .push(format!("{path} {address}: {fact} holds by now ({why})")),
                _ => {}
            }
        }
    }
}

/// Everything that has facts, by address.
fn resources(document: &Value) -> BTreeMap<String, &Value> {
    let mut found = BTreeMap::new();
    for root in document["roots"].as_array().into_iter().flatten() {
        let prefix = match root["path"].as_str() {
            Some(".") | None => String::new(),
            Some(path) => format!("{path}/"),
        };
        let backends = [&root["backend"], &root["cloud"]];
        let all = root["resources"].as_array().into_iter().flatten();
        for resource in all.chain(backends.into_iter().filter(|one| one.is_object())) {
            if resource["facts"].is_object() && resource["mode"] != "data" {
                let address = resource["address"].as_str().expect("an address");
                found.insert(format!("{prefix}{address}"), resource);
            }
        }
    }
    for object in document["objects"].as_array().into_iter().flatten() {
        let address = object["address"].as_str().expect("an address");
        found.insert(address.to_owned(), object);
    }
    found
}

/// Each fact with what is expected and what was found, as texts.
fn compare(
    estate: &Estate,
    expected: &Expected,
    resource: &Value,
    date: &str,
) -> Vec<(&'static str, String, String)> {
    let facts = &resource["facts"];
    let list = |all: &[String]| all.join(" | ");
    let each = |value: &Value, show: fn(&Value) -> String| -> String {
        let all = value.as_array().into_iter().flatten();
        all.map(show).collect::<Vec<_>>().join(" | ")
    };
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    let encryption = match gap(&facts["encryption"]) {
        Some(reason) => reason,
        None => each(&facts["encryption"], encryption),
    };
    let mfa = match (gap(&facts["mfa"]), &facts["mfa"]) {
        (Some(reason), _) => reason,
        (None, Value::Null) => "none".to_owned(),
        (None, mfa) => format!("{} {}", text(&mfa["state"]), text(&mfa["audience"])),
    };
    let tenancy = &facts["tenancy"];
    let tenants = gap(tenancy)
        .unwrap_or_else(|| each(&tenancy["tenants"], |one| text(&one["name"]).to_owned()));
    let name = expected.host.as_ref().or(estate.host.as_ref());
    let name = name.map_or("none", String::as_str);
    let host = match estate.hosts.get(name) {
        Some(host) => host.shown_on(date),
        None => name.to_owned(),
    };
    let sensitivity = &facts["sensitivity"];
    let level = format!(
        "{} {}",
        text(&sensitivity["level"]),
        text(&sensitivity["origin"])
    );
    let mut level_expected = expected
        .level
        .clone()
        .unwrap_or("personal assumed".to_owned());
    // Nobody asks how sensitive the data of something is that keeps none.
    let classes = resource["classes"].as_array().into_iter().flatten();
    if expected.level.is_none() && !classes.into_iter().any(|class| class == "holds-data") {
        level_expected.clone_from(&level);
    }
    vec![
        ("at", or_none(&expected.at), location(&facts["location"])),
        (
            "copies",
            list(&expected.copies),
            each(&facts["copies"], copy),
        ),
        ("host", host, hosting(&facts["hosting"])),
        ("encryption", list(&expected.encryption), encryption),
        ("mfa", or_none(&expected.mfa), mfa),
        ("tenants", list(&expected.tenants), tenants),
        ("level", level_expected, level),
    ]
}

/// A gap agrees when its reason has the words that are expected, element by element.
fn agrees(expected: &str, got: &str) -> bool {
    let (wanted, found): (Vec<&str>, Vec<&str>) =
        (expected.split(" | ").collect(), got.split(" | ").collect());
    wanted.len() == found.len()
        && wanted.iter().zip(found).all(|(wanted, found)| {
            match (wanted.split_once("? "), found.split_once("? ")) {
                (Some((before, words)), Some((same, reason))) => {
                    before == same && reason.contains(words)
                }
                _ => *wanted == found,
            }
        })
}

impl Host {
    fn shown_on(&self, date: &str) -> String {
        let mut host = self.clone();
        if let Some(change) = self.on.get(date).cloned() {
            if let Some(reason) = change.gap {
                return format!("? {reason}");
            }
            host.visa = change.visa.unwrap_or(host.visa);
            host.scope = change.scope.unwrap_or(host.scope);
            host.hds = change.hds.unwrap_or(host.hds);
            host.exposure = change.exposure.unwrap_or(host.exposure);
        }
        host.shown()
    }

    fn shown(&self) -> String {
        let company = self.offering.as_deref().and_then(|id| id.split_once('/'));
        let provider = company.map_or(self.provider.as_deref().unwrap_or("-"), |(name, _)| name);
        [
            provider,
            self.offering.as_deref().unwrap_or("-"),
            &self.visa,
            self.milestone.as_deref().unwrap_or("-"),
            self.ends.as_deref().unwrap_or("-"),
            &self.scope,
            "hds",
            &self.hds,
            self.headquarters.as_deref().unwrap_or("-"),
            "exposure",
            &self.exposure,
            &self.certainty,
        ]
        .join(" ")
    }
}

fn hosting(value: &Value) -> String {
    if let Some(reason) = gap(value) {
        return reason;
    }
    if value.is_null() {
        return "none".to_owned();
    }
    let owned = |name: &str| value[name].as_str().map(str::to_owned);
    Host {
        offering: owned("offering"),
        provider: owned("provider"),
        visa: text(&value["visa"]).to_owned(),
        milestone: owned("milestone"),
        ends: owned("visa_ends"),
        scope: text(&value["scope"]).to_owned(),
        hds: text(&value["hds"]).to_owned(),
        headquarters: owned("headquarters"),
        exposure: text(&value["exposure"]).to_owned(),
        certainty: text(&value["certainty"]).to_owned(),
        on: BTreeMap::new(),
    }
    .shown()
}

fn location(value: &Value) -> String {
    if let Some(reason) = gap(value) {
        return reason;
    }
    if value.is_null() {
        return "none".to_owned();
    }
    let countries = value["countries"].as_array().into_iter().flatten();
    let countries: Vec<&str> = countries.map(text).collect();
    let words = [
        text(&value["region"]).to_owned(),
        countries.join(","),
        text(&value["area"]).to_owned(),
    ];
    words
        .into_iter()
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn copy(value: &Value) -> String {
    format!(
        "{} {}",
        value["kind"].as_str().unwrap_or("-"),
        location(&value["location"])
    )
}

fn encryption(value: &Value) -> String {
    let mut shown = String::new();
    if let Some(part) = value["part"].as_str().filter(|part| !part.is_empty()) {
        let _ = write!(shown, "{part}: ");
    }
    shown.push_str(text(&value["at_rest"]));
    if value["at_rest"] == "no" {
        return shown;
    }
    let _ = write!(shown, " {}", text(&value["holder"]));
    if let Some(key) = value["key"].as_str() {
        let _ = write!(shown, " {key}");
    }
    match (
        gap(&value["key_location"]),
        value["key_location"]["region"].as_str(),
    ) {
        (Some(reason), _) => {
            let _ = write!(shown, " @ {reason}");
        }
        (None, Some(region)) => {
            let _ = write!(shown, " @ {region}");
        }
        (None, None) => {}
    }
    shown
}

/// `? reason`.
fn gap(value: &Value) -> Option<String> {
    value["$unknown"]
        .as_str()
        .map(|reason| format!("? {reason}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

/// Where a situation stands, told by its findings.
fn findings(path: &str) -> BTreeMap<(String, String), Vec<String>> {
    let (_, document) = scan_json(path, &[]);
    let mut found: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for finding in document["findings"].as_array().into_iter().flatten() {
        let key = (
            text(&finding["rule"]).to_owned(),
            text(&finding["outcome"]).to_owned(),
        );
        let address = text(&finding["address"]).to_owned();
        found.entry(key).or_default().push(address);
    }
    found
}

/// Of every store of a situation: its address and its facts.
fn stores(path: &str) -> Vec<(String, Value)> {
    let run = gardefou(&["inspect", path, "--as-of", AS_OF, "--format", "json"]);
    let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let all = resources(&document).into_iter();
    all.filter(|(address, resource)| {
        let classes = resource["classes"].as_array().into_iter().flatten();
        classes.into_iter().any(|class| class == "holds-data") && !address.starts_with("terraform.")
    })
    .map(|(address, resource)| (address, resource["facts"].clone()))
    .collect()
}

#[test]
fn the_platform_on_azure_is_in_the_union_and_neither_qualified_nor_out_of_reach() {
    let path = "fixtures/health-data-hub-on-azure";
    let stores = stores(path);
    assert!(stores.len() >= 27, "{} stores", stores.len());
    for (address, facts) in &stores {
        let area = if address == "azurerm_log_analytics_workspace.supervision" {
            "adequate"
        } else {
            "eu"
        };
        assert_eq!(facts["location"]["area"], area, "{address}");
        let host = &facts["hosting"];
        assert_eq!(host["offering"], "azure/public", "{address}");
        assert_eq!(host["visa"], "none", "{address}");
        assert_eq!(host["exposure"], "exposed", "{address}");
        assert_eq!(host["hds"], "unknown", "{address}");
    }
    let found = findings(path);
    let of = |rule: &str, outcome: &str| {
        let key = (rule.to_owned(), outcome.to_owned());
        found.get(&key).cloned().unwrap_or_default()
    };
    // A vault that holds keys alone answers to the rules about keys, and what lives in a store is judged with it.
    let elsewhere = [
        "azurerm_key_vault.",
        "azurerm_storage_container.",
        "azurerm_storage_data_lake_gen2_filesystem.",
        "azurerm_postgresql_flexible_server_database.",
    ];
    let particular = stores.iter().filter(|(address, facts)| {
        facts["sensitivity"]["level"] == "particular"
            && !elsewhere.iter().any(|kind| address.contains(kind))
    });
    let particular: Vec<&str> = particular.map(|(address, _)| address.as_str()).collect();
    let mut unqualified = of("qualification/not-qualified", "violation");
    unqualified.sort();
    for address in particular {
        assert!(unqualified.iter().any(|at| at == address), "{address}");
    }
    assert_eq!(
        of("residency/outside-area", "violation"),
        ["azurerm_log_analytics_workspace.supervision"]
    );
    assert_eq!(
        of("encryption/key-shared-between-tenants", "violation"),
        [r#"azurerm_key_vault_key.projet["cohortes"]"#]
    );
    assert_eq!(
        of("identity/mfa-not-enforced", "violation"),
        ["azuread_conditional_access_policy.administrateurs_mfa"]
    );
    assert_eq!(
        of("classification/unclassified", "violation"),
        ["azurerm_storage_account.depot"]
    );
}

#[test]
fn the_platform_that_moved_is_qualified_in_scope_and_out_of_reach() {
    let path = "fixtures/health-data-hub-moved";
    let stores = stores(path);
    assert!(stores.len() >= 19, "{} stores", stores.len());
    for (address, facts) in &stores {
        let at = &facts["location"];
        assert_eq!(at["region"], "u-france-east1", "{address}");
        assert_eq!(at["area"], "eu", "{address}");
        let host = &facts["hosting"];
        assert_eq!(host["offering"], "s3ns/premi3ns", "{address}");
        assert_eq!(host["visa"], "in-force", "{address}");
        assert_eq!(host["scope"], "inside", "{address}");
        assert_eq!(host["exposure"], "none", "{address}");
        assert_eq!(host["hds"], "unknown", "{address}");
        for copy in facts["copies"].as_array().into_iter().flatten() {
            assert_eq!(copy["location"]["region"], "u-france-east1", "{address}");
        }
        if facts["sensitivity"]["level"] != "particular" {
            continue;
        }
        for part in facts["encryption"].as_array().into_iter().flatten() {
            assert_eq!(part["holder"], "customer", "{address}");
            let key = &part["key_location"];
            assert_eq!(key["region"], "u-france-east1", "{address}");
        }
    }
    let undetermined = |rule: &str, address: &str| {
        (
            (rule.to_owned(), "undetermined".to_owned()),
            vec![address.to_owned()],
        )
    };
    assert_eq!(
        findings(path),
        BTreeMap::from([
            // The key that the storage class names is managed outside this code.
            undetermined(
                "encryption/key-not-erasable",
                "v1/PersistentVolumeClaim espace-registre-avc/travail"
            ),
            undetermined(
                "encryption/key-shared-between-tenants",
                "google_kms_crypto_key.socle"
            ),
            undetermined(
                "identity/mfa-not-enforced",
                "google_iam_workforce_pool_provider.annuaire"
            ),
        ])
    );
    let (_, document) = scan_json(path, &[]);
    let violations = document["summary"]["violations"].as_object();
    let violations = violations.expect("counts by severity").values();
    assert!(violations.into_iter().all(|count| count == 0));
    assert_eq!(document["summary"]["undetermined"], 3);
}

/// The visa of the new host begins and ends on known days.
#[test]
fn the_platform_that_moved_is_not_qualified_outside_its_visa() {
    for (date, qualified) in [
        ("2025-12-16", false),
        ("2025-12-17", true),
        ("2028-12-17", true),
        ("2028-12-18", false),
    ] {
        let path = "fixtures/health-data-hub-moved";
        let run = gardefou(&["scan", path, "--as-of", date, "--format", "json"]);
        let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
        let findings = document["findings"].as_array().into_iter().flatten();
        let unqualified = findings.filter(|finding| {
            finding["rule"] == "qualification/not-qualified" && finding["outcome"] == "violation"
        });
        assert_eq!(unqualified.count() == 0, qualified, "{date}");
    }
}
