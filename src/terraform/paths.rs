//! Paths of the scan: relative to its top, `/` between parts, no `.`, and `..` only at the start: beside the top.

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
    fn goes_from_folder_to_folder() {
        assert_eq!(relative("", ""), ".");
        assert_eq!(relative("", "modules/x"), "modules/x");
        assert_eq!(relative("envs/prod", "modules/x"), "../../modules/x");
        assert_eq!(relative("a", "a/b"), "b");
        assert_eq!(relative("a", "../b"), "../../b");
    }
}
