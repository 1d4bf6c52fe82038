//! Which roots of Terraform a list of files bears on.
//!
//! A value says where it is from, but a condition leaves no trace: `count`, `for_each` and dynamic blocks make resources or
//! do not, whatever file decided it. And a list does not tell what a file held before. So a listed file touches all of the
//! roots that it serves: that is more than it changed, and never less.

use hashbrown::HashSet;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::Changed;
use super::scope::{kind, top};
use crate::discover::{Kind, STDIN, folder_of};
use crate::graph::Graph;
use crate::source::Sources;

/// The roots that any of the listed files may serve: their folders as shown.
pub(super) fn served(changed: &Changed, sources: &Sources, graph: &Graph) -> Vec<Arc<str>> {
    // Which root it is that asked for a file, nobody knows.
    if changed.is_read {
        return graph.roots().iter().map(shown).collect();
    }
    let parts = Parts::of(sources, graph);
    let objects: HashSet<&str> = graph
        .resources()
        .iter()
        .filter(|one| one.is_object())
        .map(|one| &*one.path)
        .collect();
    let mut all = HashSet::new();
    for path in &changed.paths {
        if path == STDIN {
            continue;
        }
        let is_code = matches!(kind(path), Some(Kind::Terraform));
        let is_variables = matches!(kind(path), Some(Kind::TerraformVariables));
        let mut found = false;
        let mut add = |roots: &HashSet<usize>| {
            found = true;
            all.extend(roots.iter().copied());
        };
        // Code counts in its folder; what may be variables or data, in all folders above it.
        let mut at = folder_of(path);
        loop {
            if let Some(roots) = parts.by_folder.get(at) {
                add(roots);
            }
            if is_code || at.is_empty() || at == ".." || objects.contains(path.as_str()) {
                break;
            }
            at = folder_of(at);
        }
        // A folder: all that it holds.
        let below = parts.by_folder.range(path.clone()..);
        for (folder, roots) in below.take_while(|(folder, _)| folder.starts_with(path.as_str())) {
            let rest = folder.get(path.len()..).unwrap_or_default();
            if path.is_empty() || rest.is_empty() || rest.starts_with('/') {
                add(roots);
            }
        }
        // Code of a module that is called in a way that was not followed, variables that somebody names. What lies beside
        // the scan was asked for, or it serves nothing here.
        if !found && (is_code || is_variables) && !path.starts_with("../") {
            return graph.roots().iter().map(shown).collect();
        }
    }
    let roots = graph.roots().iter().enumerate();
    roots
        .filter(|(at, _)| all.contains(at))
        .map(|(_, root)| shown(root))
        .collect()
}

/// As findings name a root.
fn shown(root: &Arc<str>) -> Arc<str> {
    if root.is_empty() {
        Arc::from(".")
    } else {
        Arc::clone(root)
    }
}

/// The folders that roots are made of.
struct Parts {
    by_folder: BTreeMap<String, HashSet<usize>>,
}

impl Parts {
    fn of(sources: &Sources, graph: &Graph) -> Self {
        let mut parts = Self {
            by_folder: BTreeMap::new(),
        };
        for (at, root) in graph.roots().iter().enumerate() {
            parts.add(top(root), at);
        }
        for resource in graph.resources() {
            if let Some(root) = resource.root {
                parts.add(folder_of(&resource.path), root.0 as usize);
            }
        }
        for (root, module) in graph.modules() {
            let caller = sources.get(module.header.source);
            let caller = folder_of(caller.path());
            let root = root.0 as usize;
            parts.add(caller, root);
            // A module may have no resource of its own, and decide about those of others.
            if module.source.starts_with("./") || module.source.starts_with("../") {
                parts.add(&joined(caller, &module.source), root);
            }
        }
        parts
    }

    fn add(&mut self, folder: &str, root: usize) {
        match self.by_folder.get_mut(folder) {
            Some(roots) => {
                roots.insert(root);
            }
            None => {
                let roots = HashSet::from([root]);
                self.by_folder.insert(folder.to_owned(), roots);
            }
        }
    }
}

/// A folder seen from another one, both as shown.
fn joined(from: &str, to: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    for part in to.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn folders_of_modules_are_found() {
        assert_eq!(joined("prod", "../modules/net"), "modules/net");
        assert_eq!(joined("", "./net/"), "net");
        assert_eq!(joined("", "../net"), "../net");
        assert_eq!(joined("../a", "../../b"), "../../b");
    }
}
