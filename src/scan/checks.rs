//! What a configuration or a command line asks for that cannot be, and facts that are too old.

use super::{Request, renders};
use crate::catalog::Catalog;
use crate::config::{self, Config, Date};
use crate::policy::Engine;
use crate::problem::{Problem, ProblemCode};
use crate::text::{Text, text};
use crate::verdict;

/// Offerings that the configuration names and nobody knows.
pub(super) fn unknown_offerings(config: &Config, catalog: &Catalog) -> Vec<Problem> {
    let mut problems = Vec::new();
    let named = config
        .targets
        .iter()
        .map(|target| &target.offering)
        .chain(config.attestations.iter().map(|one| &one.offering));
    for offering in named {
        if catalog.offering(&offering.value).is_some() {
            continue;
        }
        let known = catalog.offerings().map(|offering| offering.id.as_str());
        let help = match config::suggest::closest(&offering.value, known) {
            Some(near) => text!("did you mean \"{near}\"?", "vouliez-vous dire « {near} » ?"),
            None => Text::new(
                "`gardefou catalog offerings` lists them",
                "`gardefou catalog offerings` les liste",
            ),
        };
        problems.push(
            Problem::error(
                ProblemCode::Config,
                text!(
                    "the registry has no offering \"{}\"",
                    "le registre n’a pas d’offre « {} »",
                    offering.value
                ),
            )
            .at(offering.place)
            .help(help),
        );
    }
    problems
}

/// Regions that the configuration names and that the company of the offering does not have.
pub(super) fn unknown_regions(config: &Config, catalog: &Catalog) -> Vec<Problem> {
    let targets = config
        .targets
        .iter()
        .map(|target| (&target.offering, &target.region));
    let attestations = config
        .attestations
        .iter()
        .map(|attestation| (&attestation.offering, &attestation.region));
    let mut problems = Vec::new();
    for (offering, region) in targets.chain(attestations) {
        let Some(region) = region else { continue };
        let company = catalog
            .offering(&offering.value)
            .and_then(|offering| catalog.provider(offering.provider()));
        let Some(company) = company else { continue };
        let sets = &company.identify.regions_id;
        let known = |set: &String| catalog.region(set, &region.value).is_some();
        if sets.is_empty() || sets.iter().any(known) {
            continue;
        }
        let names = sets.iter().flat_map(|set| catalog.region_names(set));
        let help = match config::suggest::closest(&region.value, names) {
            Some(near) => text!("did you mean \"{near}\"?", "vouliez-vous dire « {near} » ?"),
            None => Text::new(
                "`gardefou catalog regions --provider` lists them",
                "`gardefou catalog regions --provider` les liste",
            ),
        };
        problems.push(
            Problem::error(
                ProblemCode::Config,
                text!(
                    "{} has no region \"{}\"",
                    "{} n’a pas de région « {} »",
                    company.id,
                    region.value
                ),
            )
            .at(region.place)
            .help(help),
        );
    }
    problems
}

/// Visas are granted and withdrawn: an old registry says little of today.
pub(super) fn stale_registry(catalog: &Catalog, as_of: Date) -> Option<Problem> {
    let registry = catalog.registry()?;
    let days = registry.compiled_on.days_until(as_of);
    (days > i64::from(registry.stale_after_days)).then(|| {
        Problem::warning(
            ProblemCode::Stale,
            text!(
                "the registry of offerings is of {}, {days} days before the day of this scan", "le registre des offres date du {}, {days} jours avant le jour de cette analyse",
                registry.compiled_on
            ),
        )
        .help(Text::new("visas may have been granted, renewed or withdrawn since: take a newer Gardefou, or correct the facts with --catalog", "des visas ont pu être délivrés, renouvelés ou retirés depuis : prenez un Gardefou plus récent, ou corrigez les faits avec --catalog"))
    })
}

/// A severity or a waiver of a rule that nobody asks would be heeded by nobody.
pub(super) fn unknown_rules(config: &Config, engine: &Engine) -> Vec<Problem> {
    let known: Vec<&str> = engine
        .rules()
        .iter()
        .map(|rule| rule.id.as_str())
        .chain(verdict::OWN_RULES.iter().map(|rule| rule.id))
        .collect();
    let settings = config.rules.iter().map(|setting| &setting.rule);
    let waivers = config.waivers.iter().map(|waiver| &waiver.rule);
    // A family is named as `residency/*`.
    let is_family = |name: &str| {
        let family = name
            .strip_suffix('*')
            .filter(|family| family.ends_with('/'));
        family.is_some_and(|family| known.iter().any(|rule| rule.starts_with(family)))
    };
    let never = config.ignores.never.iter();
    settings
        .chain(waivers)
        .filter(|named| !known.contains(&named.value.as_str()))
        .chain(
            never
                .filter(|named| !known.contains(&named.value.as_str()) && !is_family(&named.value)),
        )
        .map(|named| {
            let help = match config::suggest::closest(&named.value, known.iter().copied()) {
                Some(near) => text!("did you mean \"{near}\"?", "vouliez-vous dire « {near} » ?"),
                None => {
                    Text::new("`gardefou rules` lists the rules; those of your own policies need --policy", "`gardefou rules` liste les règles ; celles de vos propres politiques demandent --policy")
                }
            };
            let message = text!("there is no rule \"{}\"", "il n’y a pas de règle « {} »", named.value);
            Problem::error(ProblemCode::Config, message)
                .at(named.place)
                .help(help)
        })
        .collect()
}

/// Values that nothing is rendered with.
pub(super) fn unused_values(request: &Request, config: &Config) -> Option<Problem> {
    let unused = !request.render.values.is_empty() && !renders(request, config);
    unused.then(|| {
        let message = Text::new(
            "--values says what charts are rendered with, and none is rendered",
            "--values dit avec quoi rendre les charts, et aucun n’est rendu",
        );
        Problem::warning(ProblemCode::Config, message)
            .help(Text::new("add --render", "ajoutez --render"))
    })
}
