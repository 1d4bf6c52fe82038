//! The pages that are made from the catalogue: what is committed is what it says now.
//!
//! `GARDEFOU_UPDATE_PAGES=1 cargo test --test it -- --ignored pages` writes them. Counts change with every fact, so that
//! these tests run in `.ci/run`, and not each time somebody tries a correction.

mod requirements;
mod schema;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use gardefou::catalog::{Area, Catalog, CustomerKey, Evidence, RegionKind, ResourceKind, Standing};

use crate::support::{HOW, hold};

#[test]
#[ignore = "a page: held by .ci/run"]
fn coverage_by_provider_is_what_the_catalogue_says() {
    hold(
        "docs/src/coverage-by-provider.md",
        &coverage(Catalog::get()),
    );
}

fn coverage(catalog: &Catalog) -> String {
    let compiled = catalog.registry().expect("a registry").compiled_on;
    let mut out = format!(
        "# Coverage by provider\n\n\
         <!-- Made from catalog/; write it with: {HOW} -->\n\n\
         What the catalogue knows, counted. A type without a rule for its place or its key is still a known type: the fact is then\n\
         unknown, with the reason, and never a silent pass. `gardefou catalog resources TYPE` shows what is known of one.\n\n"
    );
    out += "## Terraform providers\n\n\
            - **place**: types with a rule that tells where they are; **data**: types that keep data, and of them **key**: with a known way for a customer's key,\n  \
            or known to have none.\n\
            - **sign-in**: types that tell something about a second factor.\n\
            - **evidence**: `schema`, every path was found in the provider's schema; `docs`, in its documentation.\n\n\
            | provider | types | place | data | key | sign-in | regions | visas in force | evidence | read in |\n\
            |---|---|---|---|---|---|---|---|---|---|\n";
    let mut by_provider: BTreeMap<&str, Vec<&ResourceKind>> = BTreeMap::new();
    for kind in catalog.resource_kinds() {
        by_provider.entry(&kind.provider).or_default().push(kind);
    }
    for (address, kinds) in &by_provider {
        let provider = catalog.terraform_provider(address);
        let count = |wanted: &dyn Fn(&ResourceKind) -> bool| {
            kinds.iter().filter(|kind| wanted(kind)).count()
        };
        let data = count(&|kind| kind.holds_data);
        let key = count(&|kind| {
            kind.holds_data && kind.encryption.customer_key != CustomerKey::NotApplicable
        });
        let regions = provider
            .and_then(|provider| provider.regions_id.as_deref())
            .map_or(0, |set| places(catalog, set).0);
        let visas = provider
            .and_then(|provider| provider.providers_id.as_deref())
            .map_or(0, |company| in_force(catalog, company));
        let read = provider.and_then(|provider| {
            let version = provider
                .schema_version
                .as_ref()
                .or(provider.docs_version.as_ref());
            version.or(provider.docs_date.as_ref()).cloned()
        });
        writeln!(
            out,
            "| `{address}` | {} | {} | {data} | {key} | {} | {} | {} | {} | {} |",
            kinds.len(),
            count(&placed),
            some(count(&|kind| kind.mfa.is_some())),
            some(regions),
            some(visas),
            provider.map_or("", |provider| provider.verification.as_str()),
            read.unwrap_or_default(),
        )
        .expect("written");
    }
    out += "\n## Regions\n\n\
            Identifiers that name a region or a zone, by where their countries stand. **evidence**: how many identifiers rest on what; the\n\
            words are those of `catalog/README.md`.\n\n\
            | set | company | identifiers | countries | eu | eea | adequate | third | no perimeter | evidence | gathered |\n\
            |---|---|---|---|---|---|---|---|---|---|---|\n";
    for set in catalog.region_sets() {
        let of: Vec<_> = catalog
            .regions()
            .filter(|region| region.regions_id == set.id)
            .collect();
        let countries: BTreeSet<&String> = of.iter().flat_map(|region| &region.countries).collect();
        let area = |wanted: Area| {
            some(
                of.iter()
                    .filter(|region| catalog.area(&region.countries, compiled) == wanted)
                    .count(),
            )
        };
        let mut grades: BTreeMap<Evidence, usize> = BTreeMap::new();
        for region in &of {
            *grades.entry(region.evidence).or_default() += 1;
        }
        let grades: Vec<String> = grades
            .iter()
            .map(|(grade, n)| format!("{grade} {n}"))
            .collect();
        writeln!(
            out,
            "| `{}` | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            set.id,
            set.operator.as_deref().unwrap_or_default(),
            of.len(),
            countries.len(),
            area(Area::Eu),
            area(Area::Eea),
            area(Area::Adequate),
            area(Area::Third),
            area(Area::Worldwide),
            grades.join(", "),
            set.gathered,
        )
        .expect("written");
    }
    writeln!(
        out,
        "\n## Offerings\n\n\
         As of {compiled}, the registry's own day. `gardefou catalog offerings --as-of DAY` tells any other.\n\n\
         | company | seat | offerings | visa in force | candidate | HDS | exposure | certainty |\n\
         |---|---|---|---|---|---|---|---|"
    )
    .expect("written");
    for company in catalog
        .providers()
        .filter(|company| !company.offering.is_empty())
    {
        let standing = |wanted: Standing| {
            let of = company.offering.iter();
            some(
                of.filter(|one| catalog.visa_at(one, compiled).standing == wanted)
                    .count(),
            )
        };
        writeln!(
            out,
            "| `{}` | {} | {} | {} | {} | {} | {} | {} |",
            company.id,
            company.hq_country,
            company.offering.len(),
            standing(Standing::InForce),
            standing(Standing::Candidate),
            company.hds.certified,
            company.extraterritorial,
            company.ownership_confidence,
        )
        .expect("written");
    }
    out += "\n## Kubernetes\n\n| family | kinds | keep data | evidence |\n|---|---|---|---|\n";
    let mut families: BTreeMap<&str, (usize, usize, BTreeSet<&str>)> = BTreeMap::new();
    for kind in catalog.kubernetes_kinds() {
        let (kinds, data, evidence) = families.entry(&kind.family).or_default();
        *kinds += 1;
        *data += usize::from(kind.holds_data);
        evidence.insert(kind.verification.as_str());
    }
    for (family, (kinds, data, evidence)) in families {
        let evidence: Vec<_> = evidence.into_iter().collect();
        writeln!(
            out,
            "| {family} | {kinds} | {} | {} |",
            some(data),
            evidence.join(", ")
        )
        .expect("written");
    }
    let facts = catalog.kubernetes().expect("facts");
    writeln!(
        out,
        "\nBeside them: {} volume drivers, {} families of image registries, {} of service hosts, {} labels and annotations.",
        facts.drivers.len(),
        facts.registries.len(),
        facts.endpoints.len(),
        facts.labels.len() + facts.annotations.len() + facts.load_balancer_annotations.len(),
    )
    .expect("written");
    out
}

/// Zero says nothing in a table.
fn some(n: usize) -> String {
    if n == 0 { String::new() } else { n.to_string() }
}

fn placed(kind: &ResourceKind) -> bool {
    !kind.location.is_empty()
        || kind.location_inherits
        || kind.parent.is_some()
        || !kind.attaches_to.is_empty()
        || kind.location_default.is_some()
        || kind.global
}

/// Regions of a set, zones left out, and all identifiers.
fn places(catalog: &Catalog, set: &str) -> (usize, usize) {
    let all = || catalog.regions().filter(|region| region.regions_id == set);
    (
        all()
            .filter(|region| region.kind == RegionKind::Region)
            .count(),
        all().count(),
    )
}

fn in_force(catalog: &Catalog, company: &str) -> usize {
    let compiled = catalog.registry().expect("a registry").compiled_on;
    catalog.provider(company).map_or(0, |company| {
        let of = company.offering.iter();
        of.filter(|one| catalog.visa_at(one, compiled).standing == Standing::InForce)
            .count()
    })
}
