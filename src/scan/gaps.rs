//! What was to be judged and was not seen, where that fails a run: a gate that nobody watches has to be told.

use std::collections::BTreeSet;

use super::Scan;
use crate::kubernetes::Release;
use crate::problem::{Problem, ProblemCode, Weight};
use crate::text::{Text, text};

/// Makes errors of the gaps of a scan, and says what no problem tells of by itself.
pub(super) fn weigh(scan: &mut Scan) {
    if scan.bar.gaps {
        let unseen = unseen_releases(&scan.manifests.releases);
        scan.problems.extend(unseen);
        for problem in scan.problems.iter_mut().filter(|problem| problem.is_gap) {
            problem.weight = Weight::Error;
        }
    }
    let (judged, least) = (scan.coverage.resources.total, scan.bar.min_resources);
    if judged < least {
        scan.problems.push(too_few(judged, least));
    }
}

/// Charts that Terraform installs and that nobody rendered, once for each block. Without such a gate, the report counts them
/// and what depends on them is undetermined.
fn unseen_releases(releases: &[Release]) -> Vec<Problem> {
    let mut told = BTreeSet::new();
    let unseen = releases
        .iter()
        .filter_map(|release| Some((release, release.unseen.as_ref()?)));
    unseen
        .filter(|(release, _)| told.insert(release.header))
        .map(|(release, why)| {
            let (address, why) = (&release.address, why.text());
            let message = text!(
                "{address} installs a chart that was not rendered; what it makes is not judged: {why}",
                "{address} installe un chart sans rendu ; ce qu’il produit n’est pas jugé : {why}";
                why
            );
            Problem::warning(ProblemCode::NotRendered, message)
                .gap()
                .at(release.header)
                .help(Text::new(
                    "scan what it makes as well: rendered, or exported from the cluster",
                    "analysez aussi ce qu’il produit : rendu, ou exporté du cluster",
                ))
        })
        .collect()
}

/// A scan of the wrong folder finds nothing wrong.
fn too_few(judged: usize, least: usize) -> Problem {
    let message = text!(
        "resources that were judged: {judged}; at least {least} are expected",
        "ressources jugées : {judged} ; au moins {least} sont attendues"
    );
    Problem::error(ProblemCode::Limit, message).help(Text::new(
        "check what is scanned; `--min-resources`, or `min-resources` under `[fail]`, says how many there are",
        "vérifiez ce qui est analysé ; `--min-resources`, ou `min-resources` sous `[fail]`, dit combien il y en a",
    ))
}
