//! The SDK as a stranger's crate gets it: the sources that this binary was built with, made to stand alone, and a lock
//! file with the versions that the built-in policies are built with.

use std::collections::BTreeSet;

include!(concat!(env!("OUT_DIR"), "/workshop.rs"));

/// Where each crate goes, below `vendor/`.
const CRATES: [(&str, &str); 2] = [
    ("sdk/", "gardefou-sdk/"),
    ("macros/", "gardefou-sdk-macros/"),
];

fn source(path: &str) -> Option<&'static str> {
    let found = SOURCES.iter().find(|(name, _)| *name == path);
    found.map(|(_, text)| *text)
}

/// The files of the SDK, by their paths in a new project; none when the binary was built without them.
pub(super) fn files() -> Vec<(String, String)> {
    let workspace = source("Cargo.toml").unwrap_or_default();
    let mut files = Vec::new();
    for (path, text) in SOURCES {
        for (crate_in, crate_out) in CRATES {
            let Some(inside) = path.strip_prefix(crate_in) else {
                continue;
            };
            let text = match inside {
                "Cargo.toml" => alone(text, workspace),
                _ => (*text).to_owned(),
            };
            files.push((format!("vendor/{crate_out}{inside}"), text));
        }
    }
    files
}

/// A manifest that stands without its workspace.
fn alone(manifest: &str, workspace: &str) -> String {
    let inherited = |key: &str| {
        let after = workspace.split("[workspace.package]").nth(1)?;
        let table = after.split("\n[").next()?;
        let mut lines = table.lines();
        lines.find(|line| {
            line.strip_prefix(key)
                .is_some_and(|rest| rest.starts_with(" ="))
        })
    };
    let mut out = String::with_capacity(manifest.len());
    for line in manifest
        .replace("\n[lints]\nworkspace = true\n", "")
        .lines()
    {
        let line = match line.strip_suffix(".workspace = true") {
            Some(key) => inherited(key).unwrap_or(line),
            None => line,
        };
        out.push_str(&line.replace("\"../macros\"", "\"../gardefou-sdk-macros\""));
        out.push('\n');
    }
    out
}

/// One package of a lock file.
struct Locked<'a> {
    name: &'a str,
    version: &'a str,
    /// `name`, or `name version` where two versions are locked.
    dependencies: Vec<&'a str>,
    text: &'a str,
}

impl<'a> Locked<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let field = |key: &str| {
            let mut lines = text.lines();
            let value = lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""))?;
            value.strip_suffix('"')
        };
        let dependencies = text.split("dependencies = [").nth(1).unwrap_or_default();
        Some(Self {
            name: field("name")?,
            version: field("version")?,
            dependencies: dependencies.split('"').skip(1).step_by(2).collect(),
            text: text.trim(),
        })
    }

    fn is(&self, dependency: &str) -> bool {
        let mut words = dependency.split(' ');
        words.next() == Some(self.name) && words.next().is_none_or(|of| of == self.version)
    }
}

/// The lock file of a new crate that uses the SDK.
pub(super) fn lock(package: &str) -> Option<String> {
    let whole = source("Cargo.lock")?;
    let (head, _) = whole.split_once("[[package]]")?;
    let all: Vec<Locked<'_>> = whole
        .split("[[package]]")
        .skip(1)
        .filter_map(Locked::of)
        .collect();
    let mut kept = BTreeSet::new();
    let mut open = vec!["gardefou-sdk"];
    while let Some(dependency) = open.pop() {
        for (at, package) in all.iter().enumerate() {
            if package.is(dependency) && kept.insert(at) {
                open.extend(&package.dependencies);
            }
        }
    }
    let own = format!(
        "name = \"{package}\"\nversion = \"0.1.0\"\ndependencies = [\n \"gardefou-sdk\",\n]"
    );
    let mut blocks: Vec<(&str, &str, String)> = vec![(package, "0.1.0", own)];
    for at in &kept {
        let Some(package) = all.get(*at) else {
            continue;
        };
        let mut text = package.text.to_owned();
        // A version is named only where there are two of them.
        for dependency in &package.dependencies {
            let name = dependency.split(' ').next().unwrap_or(dependency);
            let versions = kept.iter().filter_map(|at| all.get(*at));
            if name != *dependency && versions.filter(|one| one.name == name).count() == 1 {
                text = text.replace(&format!("\"{dependency}\""), &format!("\"{name}\""));
            }
        }
        blocks.push((package.name, package.version, text));
    }
    blocks.sort();
    let mut out = head.to_owned();
    let blocks: Vec<String> = blocks
        .into_iter()
        .map(|(.., text)| format!("[[package]]\n{text}\n"))
        .collect();
    out.push_str(&blocks.join("\n"));
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sdk_stands_alone() {
        let files = files();
        let of = |path: &str| {
            let found = files.iter().find(|(name, _)| name == path);
            &found.expect("a file of the SDK").1
        };
        for manifest in ["gardefou-sdk", "gardefou-sdk-macros"] {
            let text = of(&format!("vendor/{manifest}/Cargo.toml"));
            assert!(!text.contains("workspace"), "{text}");
            let table: toml::Table = text.parse().expect("a manifest");
            assert_eq!(table["package"]["edition"].as_str(), Some("2024"));
        }
        let sdk: toml::Table = of("vendor/gardefou-sdk/Cargo.toml").parse().expect("TOML");
        let macros = &sdk["dependencies"]["gardefou-sdk-macros"]["path"];
        assert_eq!(macros.as_str(), Some("../gardefou-sdk-macros"));
        assert!(of("vendor/gardefou-sdk/src/lib.rs").contains("path: \"../../wit\""));
    }

    #[test]
    fn the_lock_file_holds_what_the_sdk_needs_and_no_more() {
        let lock: toml::Table = lock("house-policy").expect("a lock").parse().expect("TOML");
        let packages = lock["package"].as_array().expect("packages");
        let names: Vec<&str> = packages
            .iter()
            .filter_map(|package| package["name"].as_str())
            .collect();
        assert!(names.is_sorted(), "{names:?}");
        for wanted in [
            "house-policy",
            "gardefou-sdk",
            "gardefou-sdk-macros",
            "wit-bindgen",
        ] {
            assert!(names.contains(&wanted), "{wanted}: {names:?}");
        }
        assert!(!names.contains(&"residency"), "{names:?}");
        assert!(
            !names.contains(&"sha2"),
            "the build tool is no part of the SDK: {names:?}"
        );
    }
}
