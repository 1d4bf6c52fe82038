//! What a program would read below a folder, looked at before it runs: Helm follows links, and reads whatever they lead to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Files below one chart.
const MOST: usize = 50_000;

/// Why a folder is not given to a program. The path is below the folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A link that leads out of the code that is scanned.
    Leaves(String),
    /// A pipe or a device, which could be read without end.
    Special(String),
    /// More files than anybody writes.
    TooMany,
    /// It could not be looked at.
    Unreadable(String),
}

/// Every file below a folder, links followed, as paths below it with `/` between parts; sorted.
pub(super) fn files(folder: &Path, boundary: &Path) -> Result<Vec<String>, Refusal> {
    let mut found = Vec::new();
    let mut entered = BTreeSet::new();
    let mut next: Vec<(PathBuf, String)> = vec![(folder.to_owned(), String::new())];
    while let Some((folder, shown)) = next.pop() {
        let unreadable = || Refusal::Unreadable(shown.clone());
        let real = folder.canonicalize().map_err(|_| unreadable())?;
        if !real.starts_with(boundary) {
            return Err(Refusal::Leaves(shown));
        }
        // A link may lead back.
        if !entered.insert(real.clone()) {
            continue;
        }
        for entry in real.read_dir().map_err(|_| unreadable())? {
            let entry = entry.map_err(|_| unreadable())?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let shown = if shown.is_empty() {
                name.into_owned()
            } else {
                format!("{shown}/{name}")
            };
            let path = entry.path();
            let is_link = path.is_symlink();
            let Ok(real) = path.canonicalize() else {
                // It leads nowhere: there is nothing to read behind it. Helm refuses it by itself.
                if is_link {
                    continue;
                }
                return Err(Refusal::Unreadable(shown));
            };
            if is_link && !real.starts_with(boundary) {
                return Err(Refusal::Leaves(shown));
            }
            let about = real
                .metadata()
                .map_err(|_| Refusal::Unreadable(shown.clone()))?;
            if about.is_dir() {
                next.push((real, shown));
            } else if about.is_file() {
                found.push(shown);
            } else {
                return Err(Refusal::Special(shown));
            }
            if found.len() + next.len() > MOST {
                return Err(Refusal::TooMany);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_are_followed_inside_and_refused_outside() {
        let outside = tempfile::tempdir().expect("a folder");
        std::fs::write(outside.path().join("secret"), "x").expect("written");
        let folder = tempfile::tempdir().expect("a folder");
        let boundary = folder.path().canonicalize().expect("there");
        let chart = boundary.join("chart");
        std::fs::create_dir_all(chart.join("templates")).expect("made");
        std::fs::create_dir(boundary.join("shared")).expect("made");
        std::fs::write(boundary.join("shared/a.yaml"), "").expect("written");
        std::fs::write(chart.join("templates/b.yaml"), "").expect("written");
        symlink(boundary.join("shared"), chart.join("templates/more")).expect("linked");
        symlink(&chart, chart.join("templates/back")).expect("linked");
        symlink("nowhere", chart.join("broken")).expect("linked");
        assert_eq!(
            files(&chart, &boundary),
            Ok(vec![
                "templates/b.yaml".to_owned(),
                "templates/more/a.yaml".to_owned()
            ])
        );
        symlink(outside.path(), boundary.join("shared/far")).expect("linked");
        assert_eq!(
            files(&chart, &boundary),
            Err(Refusal::Leaves("templates/more/far".to_owned()))
        );
        std::fs::remove_file(boundary.join("shared/far")).expect("removed");
        symlink(
            outside.path().join("secret"),
            chart.join("templates/c.yaml"),
        )
        .expect("linked");
        assert_eq!(
            files(&chart, &boundary),
            Err(Refusal::Leaves("templates/c.yaml".to_owned()))
        );
    }

    #[test]
    fn pipes_and_sockets_are_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let boundary = folder.path().canonicalize().expect("there");
        let _socket =
            std::os::unix::net::UnixListener::bind(boundary.join("socket")).expect("bound");
        assert_eq!(
            files(&boundary, &boundary),
            Err(Refusal::Special("socket".to_owned()))
        );
    }
}
