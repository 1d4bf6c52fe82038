//! Paths of the scan: relative to its top, `/` between parts, no `.`, and `..` only at the start: beside the top.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// `folder/path` with `.` and `..` resolved; none when it is absolute. Whether it may be read is for the reader to say.
pub(super) fn join(folder: &str, path: &str) -> Option<String> {
    if path.starts_with(['/', '~']) || path.get(1..2) == Some(":") {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split(['/', '\\'])) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// True for a module source that is a path, and not an address.
pub(super) fn is_local(source: &str) -> bool {
    source == "."
        || source == ".."
        || ["./", "../", ".\\", "..\\"]
            .iter()
            .any(|start| source.starts_with(start))
}

/// The folder that a folder is, links followed. `links` lead from folder to folder.
pub(super) fn real<'p>(folder: &'p str, links: &BTreeMap<String, String>) -> Cow<'p, str> {
    let mut real = Cow::Borrowed(folder);
    // Links that lead to links: the system follows no more of them either.
    for _ in 0..40 {
        let step = links.iter().rev().find_map(|(link, target)| {
            let rest = real.strip_prefix(link.as_str())?;
            let below = rest.is_empty() || rest.starts_with('/');
            let joined = format!("{target}{rest}");
            below.then(|| joined.trim_start_matches('/').to_owned())
        });
        match step {
            Some(next) => real = Cow::Owned(next),
            None => break,
        }
    }
    real
}

/// How to go from one folder of the scan to another: `.`, `../b`, `modules/x`.
pub(super) fn relative(from: &str, to: &str) -> String {
    let split = |path: &str| -> Vec<String> {
        path.split('/')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (from, to) = (split(from), split(to));
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let ups = from.len() - shared;
    let mut parts = vec!["..".to_owned(); ups];
    parts.extend(to.into_iter().skip(shared));
    if parts.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_dots() {
        assert_eq!(join("a/b", "../c").as_deref(), Some("a/c"));
        assert_eq!(join("a/b", "./x/./y").as_deref(), Some("a/b/x/y"));
        assert_eq!(join("a", "..").as_deref(), Some(""));
        assert_eq!(join("a", "../../x").as_deref(), Some("../x"));
        assert_eq!(join("../x", "../../y").as_deref(), Some("../../y"));
        assert_eq!(join("a", "/etc"), None);
    }

    #[test]
    fn links_lead_to_folders() {
        let links = [("a/l", "m"), ("m/deep", "n"), ("top", "")];
        let links: BTreeMap<String, String> = links
            .iter()
            .map(|(from, to)| ((*from).to_owned(), (*to).to_owned()))
            .collect();
        assert_eq!(real("a/b", &links), "a/b");
        assert_eq!(real("a/l", &links), "m");
        assert_eq!(real("a/lx", &links), "a/lx");
        assert_eq!(real("a/l/x", &links), "m/x");
        assert_eq!(real("a/l/deep/x", &links), "n/x");
        assert_eq!(real("top/m", &links), "m");
    }

    #[test]
    fn goes_from_folder_to_folder() {
        assert_eq!(relative("", ""), ".");
        assert_eq!(relative("", "modules/x"), "modules/x");
        assert_eq!(relative("envs/prod", "modules/x"), "../../modules/x");
        assert_eq!(relative("a", "a/b"), "b");
        assert_eq!(relative("a", "../b"), "../../b");
    }
}
