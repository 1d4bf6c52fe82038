//! The code of modules that are called and were not scanned: it lies beside the scanned folder in the same repository, or
//! where `terraform init` put it (`.terraform/modules`). Such folders are modules only, never roots.

use hashbrown::HashSet;
use std::collections::{BTreeMap, BTreeSet};

use super::load;
use super::module::Module;
use super::{ReadFault, ReadFiles, TerraformFile, paths, versions};
use crate::problem::{Problem, ProblemCode};
use crate::source::Sources;
use crate::syntax::json;
use crate::text::{Text, text};

/// Where `terraform init` says which folder a call means, below the folder of a root.
const INDEX: &str = ".terraform/modules/modules.json";

/// So many calls are followed through fetched modules, for each root.
const MAX_CALLS: usize = 20_000;

/// What is at hand beside the scanned files.
#[derive(Debug, Default)]
pub(super) struct Reached {
    /// Folders that are there because they are called.
    pub(super) companions: BTreeSet<String>,
    /// What `terraform init` left, by the folder of the root.
    pub(super) installed: BTreeMap<String, Installed>,
    /// Files that were read.
    pub(super) files: usize,
    /// What could not be read.
    pub(super) problems: Vec<Problem>,
}

/// The modules that `terraform init` fetched for a root, by the names of the calls: `network.subnets`.
#[derive(Debug, Default)]
pub(super) struct Installed(BTreeMap<String, Entry>);

#[derive(Debug)]
struct Entry {
    source: String,
    /// Of a module of a registry.
    version: Option<String>,
    folder: String,
}

/// Where the code of a call to a fetched module is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fetched<'a> {
    /// In this folder of the scan.
    At(&'a str),
    /// The folder holds the code of another source: the code changed since.
    Stale,
    /// The folder holds a version that the call does not take.
    OtherVersion(&'a str),
    /// `terraform init` did not run, or knew no such call.
    Absent,
}

impl Installed {
    /// The code of the call with these names from the root on, if it still has this source and takes this version.
    pub(super) fn find(&self, names: &str, source: &str, wanted: Option<&str>) -> Fetched<'_> {
        let Some(entry) = self.0.get(names) else {
            return Fetched::Absent;
        };
        if plain(&entry.source) != plain(source) {
            return Fetched::Stale;
        }
        match (&entry.version, wanted) {
            (Some(version), Some(wanted)) if !versions::allows(wanted, version) => {
                Fetched::OtherVersion(version)
            }
            _ => Fetched::At(&entry.folder),
        }
    }
}

/// A source without what `terraform init` adds to it: `registry.terraform.io/`, `git::https://`, `.git`.
fn plain(source: &str) -> String {
    let mut text = source.trim().to_lowercase();
    for prefix in [
        "git::",
        "hg::",
        "https://",
        "http://",
        "ssh://",
        "git@",
        "registry.terraform.io/",
        "registry.opentofu.org/",
    ] {
        if let Some(rest) = text.strip_prefix(prefix) {
            text = rest.to_owned();
        }
    }
    text.replace(".git", "").replace(':', "/")
}

/// Reads the folders that the modules call and the scan does not hold, until none is left that can be read.
pub(super) fn complete(
    modules: &mut BTreeMap<String, Module>,
    indexes: &[&TerraformFile],
    sources: &Sources,
    reader: &dyn ReadFiles,
) -> Reached {
    let mut reached = Reached::default();
    for index in indexes {
        reached.index(index, sources);
    }
    let mut asked = HashSet::new();
    loop {
        let mut wanted: BTreeSet<String> = modules
            .iter()
            .flat_map(|(folder, module)| local_folders(folder, module))
            .collect();
        for (root, installed) in &reached.installed {
            fetched_folders(root, installed, modules, &mut wanted);
        }
        wanted.retain(|folder| !modules.contains_key(folder) && asked.insert(folder.clone()));
        if wanted.is_empty() {
            return reached;
        }
        let mut files = Vec::new();
        for folder in &wanted {
            reached.folder(folder, sources, reader, &mut files);
        }
        for (folder, module) in load::load_all(&files, sources) {
            reached.companions.insert(folder.clone());
            modules.insert(folder, module);
        }
    }
}

/// The folders of the calls whose source is a path.
pub(super) fn local_folders(folder: &str, module: &Module) -> BTreeSet<String> {
    let sources = module.calls.all.iter();
    sources
        .filter_map(|call| call.source.as_deref())
        .filter(|source| paths::is_local(source))
        .filter_map(|source| paths::join(folder, source))
        .collect()
}

/// Follows the calls from a root on, as the index names them, through what is at hand.
fn fetched_folders(
    root: &str,
    installed: &Installed,
    modules: &BTreeMap<String, Module>,
    wanted: &mut BTreeSet<String>,
) {
    let mut open = vec![(String::new(), root.to_owned())];
    let mut followed = 0;
    while let Some((names, folder)) = open.pop() {
        let Some(module) = modules.get(&folder) else {
            continue;
        };
        for call in &module.calls.all {
            followed += 1;
            // A module that contains itself would be followed for ever.
            if followed > MAX_CALLS {
                return;
            }
            let Some(source) = call.source.as_deref() else {
                continue;
            };
            let names = match names.as_str() {
                "" => call.name.to_string(),
                names => format!("{names}.{}", call.name),
            };
            let target = if paths::is_local(source) {
                paths::join(&folder, source)
            } else {
                match installed.find(&names, source, call.version().as_deref()) {
                    Fetched::At(folder) => Some(folder.to_owned()),
                    Fetched::Stale | Fetched::OtherVersion(_) | Fetched::Absent => None,
                }
            };
            if let Some(target) = target {
                wanted.insert(target.clone());
                open.push((names, target));
            }
        }
    }
}

impl Reached {
    fn index(&mut self, file: &TerraformFile, sources: &Sources) {
        let Some(root) = file.path.strip_suffix(INDEX) else {
            return;
        };
        let root = root.trim_end_matches('/');
        let (doc, problems) = json::parse(file.source, sources.get(file.source).shared_text());
        self.problems.extend(problems);
        let listed = doc.root().and_then(|top| doc.get(top, "Modules"));
        let mut installed = Installed::default();
        for node in listed.map(|node| doc.elements(node)).unwrap_or_default() {
            let text = |name| doc.get(*node, name).and_then(|node| doc.string(node));
            let (Some(names), Some(source), Some(dir)) = (text("Key"), text("Source"), text("Dir"))
            else {
                continue;
            };
            // Local calls are found by their path; the root is no call.
            if let Some(folder) = paths::join(root, &dir)
                && !names.is_empty()
            {
                let entry = Entry {
                    source: source.into_owned(),
                    version: text("Version").map(|version| version.into_owned()),
                    folder,
                };
                installed.0.insert(names.into_owned(), entry);
            }
        }
        self.installed.insert(root.to_owned(), installed);
    }

    /// Takes in the Terraform files of one folder.
    fn folder(
        &mut self,
        folder: &str,
        sources: &Sources,
        reader: &dyn ReadFiles,
        files: &mut Vec<TerraformFile>,
    ) {
        // Why a folder cannot be read is said where it is called.
        for name in reader.folder(folder).unwrap_or_default() {
            if name.starts_with('.') || !load::is_code(&name) {
                continue;
            }
            let path = match folder {
                "" => name,
                folder => format!("{folder}/{name}"),
            };
            let text = match reader.read(&path) {
                Ok(bytes) => String::from_utf8(bytes).map_err(|_| {
                    let message = text!(
                        "`{path}` is not UTF-8 and was not read",
                        "`{path}` n’est pas en UTF-8 et n’a pas été lu"
                    );
                    Problem::error(ProblemCode::Encoding, message).help(Text::new(
                        "save the file as UTF-8",
                        "enregistrez le fichier en UTF-8",
                    ))
                }),
                Err(fault) => {
                    let why = fault.text();
                    let code = match fault {
                        ReadFault::TooBig => ProblemCode::Limit,
                        _ => ProblemCode::Unreadable,
                    };
                    let message = text!("`{path}` was not read: {why}", "`{path}` n’a pas été lu : {why}"; why);
                    Err(Problem::error(code, message))
                }
            };
            match text {
                Ok(text) => {
                    self.files += 1;
                    files.push(TerraformFile {
                        source: sources.add(path.as_str(), text),
                        path,
                        folder: folder.to_owned(),
                    });
                }
                Err(problem) => self.problems.push(problem.in_file(path)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_the_same_before_and_after_init() {
        let same = [
            (
                "terraform-aws-modules/vpc/aws",
                "registry.terraform.io/terraform-aws-modules/vpc/aws",
            ),
            (
                "terraform-aws-modules/eks/aws//modules/node",
                "registry.terraform.io/terraform-aws-modules/eks/aws//modules/node",
            ),
            (
                "github.com/org/repo//sub?ref=v1.2.3",
                "git::https://github.com/org/repo.git//sub?ref=v1.2.3",
            ),
            (
                "git@github.com:org/repo.git",
                "git::ssh://git@github.com/org/repo.git",
            ),
        ];
        for (written, recorded) in same {
            assert_eq!(plain(written), plain(recorded), "{written}");
        }
        assert_ne!(
            plain("github.com/org/repo?ref=v1"),
            plain("git::https://github.com/org/repo.git?ref=v2")
        );
    }
}
