//! What a configuration or a command line asks for that cannot be, and facts that are too old.

use hashbrown::HashSet;
use std::path::PathBuf;

use super::{Request, Variable, renders};
use crate::catalog::Catalog;
use crate::config::{self, Config, Date};
use crate::discover::{Inputs, Kind};
use crate::policy::Engine;
use crate::problem::{Problem, ProblemCode};
use crate::terraform::{Estate, ReadFrom};
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

/// Files of values that Terraform takes only when they are named, and nobody did: the defaults were judged in their place, and
/// with the values something else may be deployed. Beside a plan, the values are those of the plan.
pub(super) fn idle_values(request: &Request, inputs: &Inputs, estate: &Estate) -> Option<Problem> {
    let roots = estate.roots.iter();
    let code: HashSet<&str> = roots
        .filter(|root| root.read_from == ReadFrom::Code)
        .map(|root| root.path.as_str())
        .collect();
    if code.is_empty() || inputs.of(Kind::Plan).next().is_some() {
        return None;
    }
    let named: Vec<PathBuf> = request
        .variables
        .iter()
        .filter_map(|variable| match variable {
            Variable::File(path) => path.canonicalize().ok(),
            Variable::Text { .. } => None,
        })
        .collect();
    let is_named = |path: &str| {
        let file = inputs.root.as_ref().map(|root| root.join(path));
        let real = file.and_then(|file| file.canonicalize().ok());
        real.is_some_and(|real| named.contains(&real))
    };
    let taken = |folder: &str, path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let by_name = matches!(name, "terraform.tfvars" | "terraform.tfvars.json")
            || name.ends_with(".auto.tfvars")
            || name.ends_with(".auto.tfvars.json");
        by_name && code.contains(folder)
    };
    let mut idle = inputs
        .of(Kind::TerraformVariables)
        .filter(|file| !taken(&file.folder, &file.path))
        .filter(|file| named.is_empty() || !is_named(&file.path));
    let first = idle.next()?.path.as_str();
    let message = match idle.count() {
        0 => text!(
            "`{first}` is not used, since nobody named it: what it would change is not judged",
            "`{first}` n’est pas utilisé, car personne ne l’a nommé : ce qu’il changerait n’est pas jugé"
        ),
        1 => text!(
            "`{first}` and another file of values are not used, since nobody named them: what they would change is not judged",
            "`{first}` et un autre fichier de valeurs ne sont pas utilisés, car personne ne les a nommés : ce qu’ils changeraient n’est pas jugé"
        ),
        more => text!(
            "`{first}` and {more} more files of values are not used, since nobody named them: what they would change is not judged",
            "`{first}` et {more} autres fichiers de valeurs ne sont pas utilisés, car personne ne les a nommés : ce qu’ils changeraient n’est pas jugé"
        ),
    };
    let problem = Problem::warning(ProblemCode::MissingVariable, message).help(Text::new(
        "`--var-file` names one; scan once with the values of each environment",
        "`--var-file` en nomme un ; analysez une fois avec les valeurs de chaque environnement",
    ));
    Some(problem.in_file(first))
}
