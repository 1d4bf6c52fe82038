//! What an ignore is written for: the resources of an address, the findings on them, and the block in the code.

use std::collections::BTreeSet;

use crate::config::{suggest, without_keys};
use crate::graph::Resource;
use crate::report::Lang;
use crate::scan::Scan;
use crate::source::Place;
use crate::verdict::Finding;

/// Addresses that are named where one is not known, or means several.
pub(super) const NAMED: usize = 5;

/// `module.a["x"].b.c[0]` as `module.a.b.c`.
pub(super) fn plain(address: &str) -> String {
    without_keys(address).unwrap_or_else(|| address.to_owned())
}

/// The rule or family that is meant.
pub(super) fn rule(scan: &Scan, name: &str, lang: Lang) -> Result<(), String> {
    let rules: Vec<&str> = scan.rules.iter().map(|rule| rule.id.as_str()).collect();
    let families: BTreeSet<String> = rules
        .iter()
        .filter_map(|rule| Some(format!("{}/*", rule.split_once('/')?.0)))
        .collect();
    if rules.contains(&name) || families.contains(name) {
        return Ok(());
    }
    let all = rules
        .iter()
        .copied()
        .chain(families.iter().map(|one| &**one));
    let near = suggest::closest(name, all);
    Err(match (lang, near) {
        (Lang::En, Some(near)) => format!("there is no rule \"{name}\": did you mean \"{near}\"?"),
        (Lang::Fr, Some(near)) => {
            format!("il n’y a pas de règle « {name} » : vouliez-vous dire « {near} » ?")
        }
        (Lang::En, None) => format!("there is no rule \"{name}\": `gardefou rules` lists them"),
        (Lang::Fr, None) => {
            format!("il n’y a pas de règle « {name} » : `gardefou rules` les liste")
        }
    })
}

/// The resources of an address: one instance, or all of a declaration.
pub(super) fn resources<'s>(
    scan: &'s Scan,
    address: &str,
    lang: Lang,
) -> Result<Vec<&'s Resource>, String> {
    let all = scan.graph.resources();
    let exactly: Vec<&Resource> = all.iter().filter(|one| &*one.address == address).collect();
    if !exactly.is_empty() {
        return Ok(exactly);
    }
    let instances = all.iter().filter(|one| plain(&one.address) == address);
    let instances: Vec<&Resource> = instances.collect();
    if !instances.is_empty() {
        return Ok(instances);
    }
    let near = suggest::closest(address, all.iter().map(|one| &*one.address));
    Err(match (lang, near) {
        (Lang::En, Some(near)) => {
            format!("there is no resource `{address}`: did you mean `{near}`?")
        }
        (Lang::Fr, Some(near)) => {
            format!("il n’y a pas de ressource `{address}` : vouliez-vous dire `{near}` ?")
        }
        (Lang::En, None) => {
            format!("there is no resource `{address}` here: `gardefou inspect` lists them")
        }
        (Lang::Fr, None) => {
            format!("il n’y a pas ici de ressource `{address}` : `gardefou inspect` les liste")
        }
    })
}

/// The findings of a rule or family on resources.
pub(super) fn findings<'s>(scan: &'s Scan, name: &str, on: &[&Resource]) -> Vec<&'s Finding> {
    let ids: BTreeSet<_> = on.iter().map(|one| one.id).collect();
    let family = name
        .strip_suffix('*')
        .filter(|family| family.ends_with('/'));
    let is_meant =
        |rule: &str| rule == name || family.is_some_and(|family| rule.starts_with(family));
    let found = scan.findings.iter();
    found
        .filter(|one| is_meant(&one.rule) && one.on.is_some_and(|id| ids.contains(&id)))
        .collect()
}

/// What an ignore at a place accepts beside the findings on the resources that are meant: it speaks of all that the block
/// declares, or of what the call of a module brings.
pub(super) fn others<'s>(
    scan: &'s Scan,
    name: &str,
    on: &[&Resource],
    place: Place,
) -> Vec<&'s Finding> {
    let meant: BTreeSet<_> = on.iter().map(|one| one.id).collect();
    let all = scan.graph.resources().iter();
    let there = all.filter(|one| one.block == place || one.calls.contains(&place));
    let there: Vec<&Resource> = there.filter(|one| !meant.contains(&one.id)).collect();
    let mut found = findings(scan, name, &there);
    found.retain(|one| one.waived.is_none());
    found
}

/// The block that all resources share, or the call of a module that they do.
pub(super) fn block(
    scan: &Scan,
    on: &[&Resource],
    at: Option<&str>,
    lang: Lang,
) -> Result<Place, String> {
    let mut places: Vec<Place> = Vec::new();
    for resource in on {
        let place = match at {
            None => resource.block,
            Some(at) => call(resource, at).ok_or_else(|| no_call(resource, at, lang))?,
        };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    match places.as_slice() {
        [place] => Ok(*place),
        _ => {
            let named = places.iter().take(NAMED).map(|place| {
                let path = scan.sources.get(place.source).path().to_owned();
                format!("{path}:{}", scan.sources.start(*place).line)
            });
            let named: Vec<String> = named.collect();
            let named = named.join(", ");
            Err(match lang {
                Lang::En => format!(
                    "this address is declared more than once: {named}\nhelp: give the folder of one of them"
                ),
                Lang::Fr => format!(
                    "cette adresse est déclarée plusieurs fois : {named}\nremède : donnez le dossier de l’une d’elles"
                ),
            })
        }
    }
}

/// The call of a module on the way to a resource.
fn call(resource: &Resource, at: &str) -> Option<Place> {
    let way = plain(&resource.module);
    let below = way.strip_prefix(&plain(at))?;
    if !(below.is_empty() || below.starts_with('.')) || at.is_empty() {
        return None;
    }
    // Names of modules hold no dot.
    let depth = plain(at).split('.').count() / 2;
    resource.calls.get(depth.checked_sub(1)?).copied()
}

fn no_call(resource: &Resource, at: &str, lang: Lang) -> String {
    let (address, way) = (&resource.address, plain(&resource.module));
    match (lang, way.is_empty()) {
        (Lang::En, true) => format!("`{address}` is in no module: leave --at out"),
        (Lang::Fr, true) => format!("`{address}` n’est dans aucun module : retirez --at"),
        (Lang::En, false) => {
            format!("`{at}` is no call on the way to `{address}`, which is `{way}`")
        }
        (Lang::Fr, false) => {
            format!("`{at}` n’est pas un appel qui mène à `{address}`, soit `{way}`")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_left_out_of_addresses() {
        assert_eq!(plain("module.a[\"x.]\\\"\"].b.c[0]"), "module.a.b.c");
        assert_eq!(
            plain("apps/v1/Deployment prod/api"),
            "apps/v1/Deployment prod/api"
        );
    }
}
