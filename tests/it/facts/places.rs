//! Where resources and their copies are.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use gardefou::catalog::{Catalog, Date};
use serde_json::Value;

use crate::support::{AS_OF, gardefou_in};

/// What an identifier means at one provider. Reviewed by hand, and not taken from the catalogue.
const REGIONS: &str = include_str!("regions.csv");

/// The same for countries and territories, on the day of the tests.
const COUNTRIES: [(&str, &str); 52] = [
    ("FR", "eu"),
    ("DE", "eu"),
    ("IE", "eu"),
    ("CY", "eu"),
    ("MT", "eu"),
    ("HR", "eu"),
    ("BG", "eu"),
    ("EL", "eu"),
    ("EU", "eu"),
    ("eu", "eu"),
    // Outermost regions, and Åland.
    ("RE", "eu"),
    ("GP", "eu"),
    ("MQ", "eu"),
    ("GF", "eu"),
    ("YT", "eu"),
    ("MF", "eu"),
    ("AX", "eu"),
    ("IS", "eea"),
    ("LI", "eea"),
    ("NO", "eea"),
    ("GB", "adequate"),
    ("UK", "adequate"),
    ("CH", "adequate"),
    ("JE", "adequate"),
    ("GG", "adequate"),
    ("IM", "adequate"),
    ("FO", "adequate"),
    ("AD", "adequate"),
    ("US", "adequate"),
    ("JP", "adequate"),
    ("KR", "adequate"),
    ("CA", "adequate"),
    ("IL", "adequate"),
    ("NZ", "adequate"),
    ("BR", "adequate"),
    // Overseas countries and territories are not Union soil, and neighbours of the Union are not in it.
    ("NC", "third"),
    ("PF", "third"),
    ("WF", "third"),
    ("PM", "third"),
    ("BL", "third"),
    ("GL", "third"),
    ("GI", "third"),
    ("MC", "third"),
    ("SM", "third"),
    ("VA", "third"),
    ("TR", "third"),
    ("RS", "third"),
    ("UA", "third"),
    ("RU", "third"),
    ("SG", "third"),
    ("IN", "third"),
    ("ZZ", "third"),
];

struct Row {
    provider: &'static str,
    identifier: &'static str,
    countries: Vec<&'static str>,
    area: &'static str,
}

fn rows() -> Vec<Row> {
    let lines = REGIONS.lines().filter(|line| !line.starts_with('#'));
    lines
        .skip(1)
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let [provider, identifier, countries, area] = fields[..] else {
                panic!("four fields: {line}");
            };
            Row {
                provider,
                identifier,
                countries: sorted(countries.split(' ').filter(|country| !country.is_empty())),
                area,
            }
        })
        .collect()
}

fn sorted<'t>(all: impl Iterator<Item = &'t str>) -> Vec<&'t str> {
    let mut all: Vec<&str> = all.collect();
    all.sort_unstable();
    all
}

#[test]
fn an_identifier_means_what_the_table_says() {
    let catalog = Catalog::get();
    let on: Date = AS_OF.parse().expect("a day");
    let rows = rows();
    let mut wrong = String::new();
    for row in &rows {
        let Some(region) = catalog.region(row.provider, row.identifier) else {
            let _ = writeln!(wrong, "{} {}: unknown", row.provider, row.identifier);
            continue;
        };
        let countries = sorted(region.countries.iter().map(String::as_str));
        let area = catalog.area(&region.countries, on).as_str();
        if countries != row.countries || area != row.area {
            let _ = writeln!(
                wrong,
                "{} {}: {countries:?} {area}, not {:?} {}",
                row.provider, row.identifier, row.countries, row.area
            );
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(rows.len() >= 450, "{} rows", rows.len());
}

#[test]
fn a_country_stands_where_the_table_says() {
    let catalog = Catalog::get();
    let on: Date = AS_OF.parse().expect("a day");
    for (country, area) in COUNTRIES {
        assert_eq!(catalog.area(&[country], on).as_str(), area, "{country}");
    }
}

/// A type of each provider, with the attribute that names its region.
const TYPES: [(&str, &str, &str); 15] = [
    ("aws", "aws_s3_bucket", "region"),
    ("azure", "azurerm_storage_account", "location"),
    ("gcp", "google_bigquery_dataset", "location"),
    ("scaleway", "scaleway_rdb_instance", "region"),
    ("ovh", "ovh_cloud_project_storage", "region_name"),
    ("outscale", "outscale_volume", "subregion_name"),
    ("exoscale", "exoscale_compute_instance", "zone"),
    ("hcloud", "hcloud_server", "location"),
    ("upcloud", "upcloud_server", "zone"),
    ("linode", "linode_instance", "region"),
    ("digitalocean", "digitalocean_volume", "region"),
    ("ionoscloud", "ionoscloud_datacenter", "location"),
    ("aiven", "aiven_pg", "cloud_name"),
    ("elastic", "ec_deployment", "region"),
    ("snowflake", "snowflake_account", "region"),
];

/// The table again, through the program: what a resource says is looked up at its own provider.
#[test]
fn a_resource_is_where_the_table_says() {
    let mut code = String::new();
    let mut expected = BTreeMap::new();
    for (at, row) in rows().into_iter().enumerate() {
        if let Some((_, kind, attribute)) = TYPES.iter().find(|(id, ..)| *id == row.provider) {
            let _ = writeln!(
                code,
                "resource \"{kind}\" \"r{at}\" {{ {attribute} = \"{}\" }}",
                row.identifier
            );
            expected.insert(format!("{kind}.r{at}"), row);
        }
    }
    assert!(expected.len() >= 250, "{} resources", expected.len());
    let facts = inspect(&code);
    let mut wrong = String::new();
    for (address, row) in expected {
        let location = &facts[&address]["location"];
        let countries = location["countries"].as_array().into_iter().flatten();
        let countries = sorted(countries.filter_map(Value::as_str));
        // Several places that nobody listed: open, and no service without a region.
        let is_open = location["$unknown"]
            .as_str()
            .is_some_and(|reason| reason.contains("spans"));
        if is_open && row.countries.is_empty() && row.identifier == "europe" {
            continue;
        }
        if countries != row.countries || location["area"] != row.area {
            let _ = writeln!(
                wrong,
                "{address} {}: {location}, not {:?} {}",
                row.identifier, row.countries, row.area
            );
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// The facts of every resource of a piece of code, by address.
fn inspect(code: &str) -> BTreeMap<String, Value> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("main.tf"), code).expect("a file");
    let run = gardefou_in(
        folder.path(),
        &["inspect", ".", "--format", "json", "--as-of", AS_OF],
        &[],
    );
    let document: Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}\n{}", run.stderr));
    let roots = document["roots"].as_array().into_iter().flatten();
    roots
        .flat_map(|root| root["resources"].as_array().into_iter().flatten())
        .map(|resource| {
            let address = resource["address"].as_str().expect("an address");
            (address.to_owned(), resource["facts"].clone())
        })
        .collect()
}

/// `kind attribute region`, or the reason why the region is open.
fn copies(facts: &Value) -> Vec<String> {
    let all = facts["copies"].as_array().into_iter().flatten();
    all.map(|copy| {
        let place = copy["location"]["region"]
            .as_str()
            .or(copy["location"]["$unknown"].as_str())
            .unwrap_or("nowhere");
        let text = |name: &str| copy[name].as_str().unwrap_or("-").to_owned();
        format!("{} {} {place}", text("kind"), text("attribute"))
    })
    .collect()
}

/// What people write to have a second copy, at providers that write it each in its own way.
#[test]
fn copies_are_found_however_a_provider_writes_them() {
    let facts = inspect(
        r#"
resource "azurerm_storage_account" "s" {
  location                 = "UK South"
  account_replication_type = "GZRS"
}
resource "azurerm_container_registry" "r" {
  location = "francecentral"
  georeplications { location = "East US" }
}
resource "ovh_cloud_project_database" "d" {
  nodes { region = "GRA" }
  backup_regions = ["GRA", "BHS"]
}
resource "google_storage_bucket" "b" {
  name     = "b"
  location = "EU"
  custom_placement_config { data_locations = ["EUROPE-WEST1", "EUROPE-WEST2"] }
}
resource "google_logging_project_sink" "s" {
  name        = "s"
  destination = "bigquery.googleapis.com/projects/p/datasets/d"
}
resource "scaleway_rdb_instance" "i" { backup_same_region = false }
"#,
    );
    let of = |address: &str| copies(&facts[address]);
    assert_eq!(
        of("azurerm_storage_account.s"),
        ["geo-redundant account_replication_type ukwest"]
    );
    assert_eq!(
        of("azurerm_container_registry.r"),
        ["replica georeplications.*.location eastus"]
    );
    assert_eq!(
        of("ovh_cloud_project_database.d"),
        ["backup backup_regions BHS"]
    );
    assert_eq!(
        of("google_storage_bucket.b"),
        [
            "replica custom_placement_config.data_locations europe-west1",
            "replica custom_placement_config.data_locations europe-west2"
        ]
    );
    assert_eq!(
        of("google_logging_project_sink.s"),
        ["export destination its name does not say where it is"]
    );
    let open = of("scaleway_rdb_instance.i");
    assert!(
        matches!(&open[..], [one] if one.starts_with("backup backup_same_region") && one.contains("no pair of fr-par")),
        "{open:?}"
    );
}
