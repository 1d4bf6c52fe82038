//! The documentation holds together: every link leads to a page and a heading that exist, every page is in the book.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::support::root;

/// A page: its links, and what can be linked in it.
struct Page {
    links: Vec<(usize, String)>,
    anchors: BTreeSet<String>,
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    assert!(pages.len() > 60, "{} pages", pages.len());
    let mut broken = Vec::new();
    for (path, page) in &pages {
        for (line, link) in &page.links {
            if let Some(why) = wrong(path, link, &pages) {
                let shown = path.strip_prefix(root()).unwrap_or(path).display();
                broken.push(format!("{shown}:{line}: {link}: {why}"));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_page_is_in_the_book() {
    let top = root().join("docs/src");
    let summary = read(&top.join("SUMMARY.md"));
    let linked: BTreeSet<PathBuf> = summary
        .links
        .iter()
        .map(|(_, link)| top.join(link))
        .collect();
    let missing: Vec<_> = pages()
        .into_keys()
        .filter(|path| path.starts_with(&top) && !path.ends_with("SUMMARY.md"))
        .filter(|path| !linked.contains(path))
        .collect();
    assert!(missing.is_empty(), "not in SUMMARY.md: {missing:?}");
}

/// Why a link leads nowhere. What lies outside is not asked.
fn wrong(from: &Path, link: &str, pages: &BTreeMap<PathBuf, Page>) -> Option<String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match file {
        "" => from.to_owned(),
        file => plain(&from.parent().unwrap_or(from).join(file)),
    };
    if !target.exists() {
        return Some("there is no such file".to_owned());
    }
    // The book holds its own pages alone.
    let book = root().join("docs/src");
    if from.starts_with(&book) && !target.starts_with(&book) {
        return Some("it leads out of the book: link the repository".to_owned());
    }
    let known = |page: &Page| page.anchors.contains(anchor);
    match pages.get(&target) {
        Some(page) if !anchor.is_empty() && !known(page) => {
            Some("there is no such heading".to_owned())
        }
        _ => None,
    }
}

/// Without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => drop(out.pop()),
            std::path::Component::CurDir => {}
            part => out.push(part),
        }
    }
    out
}

fn pages() -> BTreeMap<PathBuf, Page> {
    let mut left = vec![root().join("docs/src")];
    let mut files: Vec<PathBuf> = [
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "CHANGELOG.md",
    ]
    .iter()
    .map(|name| root().join(name))
    .collect();
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => left.push(path),
                false if path.extension().is_some_and(|end| end == "md") => files.push(path),
                false => {}
            }
        }
    }
    files
        .into_iter()
        .map(|file| (file.clone(), read(&file)))
        .collect()
}

/// Links and headings outside of code.
fn read(file: &Path) -> Page {
    let text = std::fs::read_to_string(file).expect("a page");
    let mut page = Page {
        links: Vec::new(),
        anchors: BTreeSet::new(),
    };
    let mut fence = false;
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fence = !fence;
            continue;
        }
        if fence {
            continue;
        }
        if let Some((id, _)) = line
            .strip_prefix("<a id=\"")
            .and_then(|rest| rest.split_once('"'))
        {
            page.anchors.insert(id.to_owned());
        }
        if line.starts_with('#') {
            let title = line.trim_start_matches('#').trim();
            let mut anchor = anchor(title);
            let same = (1..).map(|n| format!("{}-{n}", self::anchor(title)));
            for next in same {
                if !page.anchors.contains(&anchor) {
                    break;
                }
                anchor = next;
            }
            page.anchors.insert(anchor);
        }
        let mut rest = without_code(line);
        while let Some(start) = rest.find("](") {
            let tail = rest.split_off(start + 2);
            let end = tail.find(')').unwrap_or(tail.len());
            page.links.push((at + 1, tail[..end].trim().to_owned()));
            rest = tail[end..].to_owned();
        }
    }
    page
}

/// The line without what stands between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// What a heading is called in addresses.
fn anchor(title: &str) -> String {
    let linked = title.replace('`', "");
    linked
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
            _ => None,
        })
        .collect()
}
