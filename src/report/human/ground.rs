//! Where people stand who read a report: paths that lead from there, and links for terminals that know them.
//!
//! All other formats speak of paths below the scan root, or of those of the repository. People copy and click what they see,
//! so what they see has to lead to the file from the folder they are in.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use super::finding::position;
use super::layout::{Look, Paint};
use crate::report::{clean_line, percent};
use crate::source::{Place, Sources};

/// The working folder, as seen from the paths of a report.
#[derive(Debug, Clone, Default)]
pub struct Ground {
    /// From the working folder to the scan root: `infra`, or `..`; none when they are the same, or far apart.
    way: Vec<String>,
    /// The folder that printed paths are relative to.
    from: Option<PathBuf>,
    /// Name of this machine, where places are links: a terminal may show what another machine wrote.
    host: Option<String>,
}

impl Ground {
    /// Of a scan of `root` by somebody who stands in `working`; both absolute, links resolved. A root that lies neither below
    /// nor above is far away: paths stay relative to it.
    pub fn new(root: &Path, working: &Path) -> Self {
        let name = |part: Component<'_>| part.as_os_str().to_string_lossy().into_owned();
        if let Ok(below) = root.strip_prefix(working) {
            return Self {
                way: below.components().map(name).collect(),
                from: Some(working.to_owned()),
                host: None,
            };
        }
        if let Ok(above) = working.strip_prefix(root) {
            return Self {
                way: above.components().map(|_| "..".to_owned()).collect(),
                from: Some(working.to_owned()),
                host: None,
            };
        }
        Self {
            way: Vec::new(),
            from: Some(root.to_owned()),
            host: None,
        }
    }

    /// With links to the files, which are on the machine of this name.
    #[must_use]
    pub fn with_links(self, host: String) -> Self {
        Self {
            host: Some(host),
            ..self
        }
    }

    /// Without links: for files, which are read later and elsewhere.
    #[must_use]
    pub fn without_links(self) -> Self {
        Self { host: None, ..self }
    }

    /// A path of a report, as it leads from the working folder.
    fn path<'p>(&self, shown: &'p str) -> Cow<'p, str> {
        // What is piped has no folder, and what is absolute needs none.
        if self.way.is_empty() || shown.starts_with(['/', '<']) {
            return Cow::Borrowed(shown);
        }
        let mut way: Vec<&str> = self.way.iter().map(String::as_str).collect();
        let mut rest = shown;
        // The configuration may lie above the root.
        while let Some(above) = rest.strip_prefix("../") {
            match way.last() {
                Some(&"..") | None => break,
                Some(_) => way.pop(),
            };
            rest = above;
        }
        way.push(rest);
        Cow::Owned(way.join("/"))
    }

    /// The address of a printed path; none where no file is there: links lead somewhere, or are none.
    fn address(&self, printed: &str) -> Option<String> {
        let (host, from) = (self.host.as_ref()?, self.from.as_ref()?);
        let file = from.join(printed);
        if !file.is_file() {
            return None;
        }
        let mut plain = PathBuf::new();
        for part in file.components() {
            match part {
                Component::ParentDir => {
                    plain.pop();
                }
                part => plain.push(part),
            }
        }
        let path = plain.to_str()?;
        // Windows marks absolute paths in a way that no address knows.
        let path = match cfg!(windows) {
            true => Cow::Owned(path.trim_start_matches(r"\\?\").replace('\\', "/")),
            false => Cow::Borrowed(path),
        };
        let slash = if path.starts_with('/') { "" } else { "/" };
        Some(format!("file://{}{slash}{}", percent(host), percent(&path)))
    }
}

impl Look {
    /// A path as people see it from where they stand.
    pub(in crate::report) fn path<'p>(&self, shown: &'p str) -> Cow<'p, str> {
        match self.ground.path(shown) {
            Cow::Borrowed(path) => clean_line(path),
            Cow::Owned(path) => Cow::Owned(clean_line(&path).into_owned()),
        }
    }

    /// `infra/main.tf:3:5`, from where people stand.
    pub(in crate::report) fn at(&self, sources: &Sources, place: Place) -> String {
        let source = sources.get(place.source);
        // What was rendered is no file, and its name says so.
        if source.is_rendered() {
            return position(sources, place);
        }
        let at = sources.start(place);
        format!("{}:{}:{}", self.path(source.path()), at.line, at.column)
    }

    /// A printed place in its colour, as a link where it leads to a file.
    pub(in crate::report) fn place(&self, text: &str) -> String {
        self.link(without_position(text), &self.paint(Paint::Link, text))
    }

    /// A text that links to a printed path.
    pub(super) fn link(&self, path: &str, text: &str) -> String {
        match self.ground.address(path) {
            // The address is percent-encoded: nothing in it can end the sequence.
            Some(address) => format!("\u{1b}]8;;{address}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\"),
            None => text.to_owned(),
        }
    }
}

/// `main.tf` of `main.tf:3:5`.
fn without_position(place: &str) -> &str {
    let mut path = place;
    for _ in 0..2 {
        match path.rsplit_once(':') {
            Some((before, digits)) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                path = before;
            }
            _ => break,
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ground(root: &str, working: &str) -> Ground {
        Ground::new(Path::new(root), Path::new(working))
    }

    #[test]
    fn paths_lead_from_the_working_folder() {
        let below = ground("/r/infra/prod", "/r");
        assert_eq!(below.path("main.tf"), "infra/prod/main.tf");
        assert_eq!(below.path("../main.tf"), "infra/main.tf");
        assert_eq!(below.path("../../gardefou.toml"), "gardefou.toml");
        assert_eq!(below.path("../../../gardefou.toml"), "../gardefou.toml");
        assert_eq!(below.path("<stdin>"), "<stdin>");
        assert_eq!(below.path("/etc/gardefou.toml"), "/etc/gardefou.toml");
        let above = ground("/r", "/r/infra/prod");
        assert_eq!(above.path("main.tf"), "../../main.tf");
        assert_eq!(above.path("../gardefou.toml"), "../../../gardefou.toml");
        assert_eq!(ground("/r", "/r").path("main.tf"), "main.tf");
        assert_eq!(ground("/r/a", "/r/b").path("main.tf"), "main.tf");
    }

    #[test]
    fn positions_are_no_part_of_a_path() {
        assert_eq!(without_position("a/main.tf:3:5"), "a/main.tf");
        assert_eq!(without_position("a:b:3:5"), "a:b");
        assert_eq!(without_position("catalogue"), "catalogue");
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_to_files_and_are_encoded() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a path");
        std::fs::write(root.join("a b\u{1b}\\é.tf"), "").expect("written");
        let ground = Ground::new(&root, &root).with_links("host 1".to_owned());
        assert_eq!(ground.address("other.tf"), None);
        let address = ground.address("a b\u{1b}\\é.tf").expect("an address");
        let end = address.strip_prefix("file://host%201/").expect("a machine");
        assert!(end.ends_with("/a%20b%1B%5C%C3%A9.tf"), "{address}");
        assert!(address.bytes().all(|byte| byte.is_ascii_graphic()));
        // Without a machine there are no links.
        let plain = Ground::new(&root, &root);
        assert_eq!(plain.address("a b\u{1b}\\é.tf"), None);
    }
}
