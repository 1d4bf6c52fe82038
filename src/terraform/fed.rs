//! Folders that Terragrunt or a stack gives values: what their variables say by default is not what is deployed.
//!
//! The files are in languages of their own and are not evaluated. Where they lie and which `source` they name is enough to
//! know whose defaults decide nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::paths;

/// A file of Terragrunt or of a stack.
#[derive(Debug, Clone, Copy)]
pub struct Feeder<'a> {
    /// Its shown path.
    pub path: &'a str,
    /// The folder part of it.
    pub folder: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// The folders that are given values from elsewhere, each with the first file that does.
pub fn fed(feeders: &[Feeder<'_>], folders: &BTreeSet<&str>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    if feeders.is_empty() {
        return found;
    }
    let by_end = by_end(folders);
    let mut known = BTreeSet::new();
    for feeder in feeders {
        let mut feeds = |folder: &str| {
            found
                .entry(folder.to_owned())
                .or_insert_with(|| feeder.path.to_owned());
        };
        if folders.contains(feeder.folder) {
            feeds(feeder.folder);
        }
        for source in sources(feeder.text) {
            if paths::is_local(source) {
                let folder = paths::join(feeder.folder, &source.replace("//", "/"));
                if let Some(folder) = folder.filter(|folder| folders.contains(folder.as_str())) {
                    feeds(&folder);
                }
                continue;
            }
            // The start is worked out there, or is another repository, which may be this one.
            let end = end_of(source);
            if known.contains(&end) {
                continue;
            }
            for folder in by_end.get(end.as_str()).into_iter().flatten() {
                feeds(folder);
            }
            // Another file that says the same says nothing new.
            known.insert(end);
        }
    }
    found
}

/// Folders by everything that their paths end with.
fn by_end<'f>(folders: &BTreeSet<&'f str>) -> BTreeMap<&'f str, Vec<&'f str>> {
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for folder in folders.iter().filter(|folder| !folder.is_empty()) {
        let mut end = *folder;
        loop {
            all.entry(end).or_default().push(folder);
            match end.split_once('/') {
                Some((_, rest)) => end = rest,
                None => break,
            }
        }
    }
    all
}

/// The texts of `source = "..."`.
fn sources(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let value = line.trim().strip_prefix("source")?.trim_start();
        let value = value.strip_prefix('=')?.trim_start().strip_prefix('"')?;
        value.rsplit_once('"').map(|(inside, _)| inside)
    })
}

/// The known end of a source: what follows its last expression, or the folder inside a repository.
fn end_of(source: &str) -> String {
    let known = source.rsplit('}').next().unwrap_or_default();
    let known = known.split('?').next().unwrap_or_default();
    let inside = match known.split_once("://") {
        Some((_, rest)) => rest.split_once("//").map_or("", |(_, inside)| inside),
        None if known.contains(':') => known.split_once("//").map_or("", |(_, inside)| inside),
        None => known,
    };
    inside.replace("//", "/").trim_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_lead_to_the_folders_that_they_can_mean() {
        let folders =
            BTreeSet::from(["live/beside", "modules/store", "modules/restore", "net", ""]);
        for (source, expected) in [
            ("\"../../modules/store\"", "modules/store"),
            ("\"../../modules//store\"", "modules/store"),
            ("\"${get_repo_root()}/modules//store\"", "modules/store"),
            ("\"${get_env(\"BASE\")}//store?ref=v1\"", "modules/store"),
            (
                "\"git::https://git.example/org/all.git//modules/store?ref=v1\"",
                "modules/store",
            ),
            ("\"git@git.example:org/all.git//net\"", "net"),
            ("\"tfr:///org/store/aws?version=1.0.0\"", ""),
            ("\"../../elsewhere\"", ""),
            ("local.source", ""),
        ] {
            let text = format!("terraform {{\n  source = {source}\n}}\n");
            let feeder = Feeder {
                path: "live/prod/terragrunt.hcl",
                folder: "live/prod",
                text: &text,
            };
            let found: Vec<String> = fed(&[feeder], &folders).into_keys().collect();
            let expected: Vec<&str> = [expected]
                .into_iter()
                .filter(|one| !one.is_empty())
                .collect();
            assert_eq!(found, expected, "{source}");
        }
        let beside = Feeder {
            path: "live/beside/terragrunt.hcl",
            folder: "live/beside",
            text: "",
        };
        let found: Vec<String> = fed(&[beside], &folders).into_keys().collect();
        assert_eq!(found, ["live/beside"]);
    }
}
