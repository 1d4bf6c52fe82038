//! Of all that was found, what touches the files that changed: the view for a pull request.
//!
//! Everything is judged; only what is shown gets less. A finding is shown when anything that it stands on lies in a changed
//! file: its place, its evidence, the resources it speaks of, the calls and the provider block on the way, the value it is
//! about. And when it is new or worse than before the changes: what was removed from one file breaks a rule in another.

use hashbrown::{HashMap, HashSet};
use std::borrow::Cow;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::baseline::Entry;
use super::served::served;
use super::{Bar, Finding, Ground, Outcome, Requirements};
use crate::discover::{Kind, STDIN, folder_of};
use crate::facts::EvidenceAt;
use crate::graph::{Graph, Resource, ResourceId};
use crate::source::{Place, Source, SourceId, Sources};
use crate::value::Path;

/// What was said to have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScopeKind {
    /// Everything since a commit.
    Since {
        /// As it was asked for: `origin/main`.
        reference: String,
        /// The commit that was compared with: the last that both have in common, in hexadecimal digits.
        commit: String,
    },
    /// Files of a list.
    Listed,
}

impl ScopeKind {
    /// The word used in every output.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Since { .. } => "changed-since",
            Self::Listed => "files",
        }
    }
}

/// What a report says of the part of the findings that it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// What was said to have changed.
    pub kind: ScopeKind,
    /// Changed files that the scan may be about.
    pub files: usize,
    /// Changed files outside of the scan: they touch nothing.
    pub outside: usize,
    /// The changed file that bears on every finding: then all are shown.
    pub everything: Option<String>,
    /// Findings in no changed file that are shown: they are new, or worse than before.
    pub new_elsewhere: usize,
    /// Findings that are not shown.
    pub left_out: usize,
    /// Of these, those that would have made the run fail.
    pub left_out_failing: usize,
}

/// Changed files, by their paths as shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changed {
    /// Files, and folders with all that is below them; an empty path is the top of the scan.
    pub paths: BTreeSet<String>,
    /// Those that are no longer there, where nobody can tell what they held: all that their folders had a part in is touched.
    pub gone: BTreeSet<String>,
    /// They are all that is known: nobody compares with what was before.
    pub is_list: bool,
    /// The evaluation of Terraform asked for one of them beside its code: `file()`, `templatefile()`, modules elsewhere.
    pub is_read: bool,
}

impl Changed {
    /// Is a file one of them, or below one of them?
    pub fn has(&self, path: &str) -> bool {
        let mut at = path;
        loop {
            if self.paths.contains(at) {
                return true;
            }
            match at.rsplit_once('/') {
                Some((above, _)) => at = above,
                // The top of the scan does not hold what is beside it.
                None => return at != ".." && self.paths.contains(""),
            }
        }
    }

    /// Is any of them below a folder?
    fn is_below(&self, folder: &str) -> bool {
        let start = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        let mut after = self.paths.range(start.clone()..);
        after.next().is_some_and(|path| path.starts_with(&start))
    }
}

/// How findings stood before the changes.
#[derive(Debug, Default)]
pub struct Before(HashMap<About, VecDeque<Stood>>);

/// What a finding is about. Unlike its fingerprint without an ordinal: one finding less, and the next one has its name.
#[derive(Debug, PartialEq, Eq, Hash)]
struct About {
    rule: String,
    address: String,
    path: String,
    root: Option<String>,
    attribute: Option<String>,
}

#[derive(Debug)]
struct Stood {
    entry: Entry,
    words: String,
    is_waived: bool,
    fails: bool,
}

/// Of findings about the same, so many are compared; more are shown.
const MAX_COMPARED: usize = 64;

impl About {
    fn of(entry: &mut Entry) -> Self {
        Self {
            rule: std::mem::take(&mut entry.rule),
            address: std::mem::take(&mut entry.address),
            path: std::mem::take(&mut entry.path),
            root: entry.root.take(),
            attribute: entry.attribute.take(),
        }
    }
}

impl Stood {
    /// Did it say the same then, and no better? What was judged has to be the same as for a baseline; and the words, unless
    /// they only say that it is less grave now.
    fn covers(&self, finding: &Finding, ground: Ground<'_>, bar: &Bar) -> bool {
        let is_violation = finding.outcome == Outcome::Violation;
        let is_better = finding.severity < self.entry.severity
            || finding.level < self.entry.level
            || (!self.entry.undetermined && !is_violation);
        let says_the_same =
            *self.words == *finding.message.en || (is_better && !self.entry.judged.is_empty());
        says_the_same
            && self.entry.accepts(finding, ground)
            && (!self.is_waived || finding.waived.is_some())
            && (self.fails || !bar.fails(finding))
    }
}

impl Before {
    /// The findings of the scan before.
    pub fn of(findings: &[Finding], ground: Ground<'_>, bar: &Bar) -> Self {
        let mut all: HashMap<About, VecDeque<Stood>> = HashMap::new();
        for finding in findings {
            let mut entry = Entry::of(finding, ground);
            all.entry(About::of(&mut entry))
                .or_default()
                .push_back(Stood {
                    entry,
                    words: finding.message.en.to_string(),
                    is_waived: finding.waived.is_some(),
                    fails: bar.fails(finding),
                });
        }
        Self(all)
    }

    /// Takes the finding that this one was: each of them can be but one of now.
    fn take(&mut self, finding: &Finding, ground: Ground<'_>, bar: &Bar) -> bool {
        let about = About::of(&mut Entry::of(finding, ground));
        let Some(stood) = self.0.get_mut(&about) else {
            return false;
        };
        let mut first = stood.iter().take(MAX_COMPARED);
        let at = first.position(|one| one.covers(finding, ground, bar));
        at.and_then(|at| stood.remove(at)).is_some()
    }
}

/// How many findings were left out, and why others were not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Narrowed {
    /// Shown since they are new or worse.
    pub new_elsewhere: usize,
    /// Not shown.
    pub left_out: usize,
    /// Of these, those that would have failed.
    pub left_out_failing: usize,
}

/// Keeps the findings that touch what changed, or that were not there before. Requirements keep their standing: it is that
/// of everything that was judged; of their findings they keep those that are shown.
pub fn narrow_to(
    changed: &Changed,
    mut before: Option<Before>,
    ground: Ground<'_>,
    bar: &Bar,
    findings: &mut Vec<Finding>,
    requirements: &mut Requirements,
) -> Narrowed {
    let mut touch = Touch::new(changed, ground.sources, ground.graph);
    let mut narrowed = Narrowed::default();
    let mut now_at: Vec<Option<usize>> = Vec::with_capacity(findings.len());
    let mut kept = 0;
    findings.retain(|finding| {
        let is_new = before
            .as_mut()
            .is_some_and(|before| !before.take(finding, ground, bar));
        let keeps = if touch.finding(finding) {
            true
        } else if is_new {
            narrowed.new_elsewhere += 1;
            true
        } else {
            narrowed.left_out += 1;
            narrowed.left_out_failing += usize::from(bar.fails(finding));
            false
        };
        now_at.push(keeps.then_some(kept));
        kept += usize::from(keeps);
        keeps
    });
    for one in &mut requirements.all {
        let moved = one.findings.iter();
        one.findings = moved
            .filter_map(|at| now_at.get(*at).copied().flatten())
            .collect();
    }
    narrowed
}

/// Tells what is touched. Every source and resource is looked at once.
struct Touch<'a> {
    changed: &'a Changed,
    sources: &'a Sources,
    graph: &'a Graph,
    of_sources: HashMap<SourceId, bool>,
    of_resources: HashMap<ResourceId, bool>,
    /// Folders that lost a file.
    gone: HashSet<&'a str>,
    /// Roots that had a part of theirs in such a folder.
    roots: HashSet<Arc<str>>,
    /// A file that may have held objects of Kubernetes is gone: labels and selectors reach from file to file.
    objects: bool,
}

impl<'a> Touch<'a> {
    fn new(changed: &'a Changed, sources: &'a Sources, graph: &'a Graph) -> Self {
        let gone: HashSet<&str> = changed.gone.iter().map(|path| folder_of(path)).collect();
        let is_object = |path: &&String| {
            let ends = [".yaml", ".yml", ".json", ".tpl"];
            ends.iter().any(|end| path.ends_with(end)) && !path.contains(".tf")
        };
        let mut roots = HashSet::new();
        if !gone.is_empty() {
            for resource in graph.resources() {
                let Some(root) = graph.root_of(resource) else {
                    continue;
                };
                let called = resource.calls.iter().map(|call| sources.get(call.source));
                let is_part = gone.contains(top(root))
                    || gone.contains(folder_of(&resource.path))
                    || called
                        .into_iter()
                        .any(|file| gone.contains(folder_of(file.path())));
                if is_part {
                    roots.insert(Arc::clone(root));
                }
            }
        }
        if changed.is_list {
            roots.extend(served(changed, sources, graph));
        }
        Self {
            changed,
            sources,
            graph,
            of_sources: HashMap::new(),
            of_resources: HashMap::new(),
            objects: changed.gone.iter().any(|path| is_object(&path)),
            gone,
            roots,
        }
    }

    fn finding(&mut self, finding: &Finding) -> bool {
        if self.place(finding.place) {
            return true;
        }
        let waived = finding.waived.as_ref().and_then(|waived| waived.place);
        let related = finding.related.iter().map(|related| related.place);
        let evidence = finding.evidence.iter().filter_map(|piece| match piece.at {
            EvidenceAt::Place(place) => Some(place),
            EvidenceAt::Catalogue { .. } | EvidenceAt::Setting => None,
        });
        let mut places = waived.into_iter().chain(related).chain(evidence);
        if places.any(|place| self.place(place)) {
            return true;
        }
        let in_root = finding.root.as_ref();
        if in_root.is_some_and(|root| self.roots.contains(root) || self.gone.contains(top(root))) {
            return true;
        }
        let resource = finding.on.and_then(|id| self.graph.get(id));
        resource.is_some_and(|resource| {
            self.resource(resource) || self.attribute(resource, finding.attribute.as_deref())
        })
    }

    fn resource(&mut self, resource: &Resource) -> bool {
        if let Some(known) = self.of_resources.get(&resource.id) {
            return *known;
        }
        let provider = resource
            .provider
            .and_then(|id| self.graph.providers().get(id.0 as usize))
            .and_then(|provider| provider.place);
        let release = resource.release.and_then(|id| self.graph.get(id));
        let own = [resource.header, resource.block];
        let mut places = own
            .into_iter()
            .chain(resource.calls.iter().copied())
            .chain(provider)
            .chain(release.map(|release| release.header));
        let touched = self.changed.has(&resource.path)
            || places.any(|place| self.place(place))
            || (self.objects && resource.is_object());
        self.of_resources.insert(resource.id, touched);
        touched
    }

    /// The way of the value that the finding is about: a variables file may stand at its end.
    fn attribute(&mut self, resource: &Resource, path: Option<&str>) -> bool {
        let Some(path) = path.and_then(|path| Path::parse(path).ok()) else {
            return false;
        };
        let values = resource.attributes.get_all(&path);
        values.into_iter().any(|value| {
            let mut way = value.origin.chain().into_iter();
            way.any(|(place, _)| self.place(place))
        })
    }

    fn place(&mut self, place: Place) -> bool {
        if let Some(known) = self.of_sources.get(&place.source) {
            return *known;
        }
        let touched = self.source(&self.sources.get(place.source));
        self.of_sources.insert(place.source, touched);
        touched
    }

    /// What is rendered takes from other folders, too: bases, other charts, files of values. A list does not tell.
    fn any_rendered(&self) -> bool {
        let mut all = self.changed.paths.iter();
        self.changed.is_list
            && all.any(|path| {
                path != STDIN
                    && !matches!(kind(path), Some(Kind::Terraform | Kind::TerraformVariables))
            })
    }

    fn source(&self, source: &Source) -> bool {
        if source.is_rendered() {
            // `portal (rendered)`: it was made of all that is below its folder.
            let path = source.path();
            let folder = path.rfind(" (").and_then(|at| path.get(..at));
            return self.any_rendered()
                || folder.is_some_and(|folder| {
                    self.changed.has(folder) || self.changed.is_below(top(folder))
                });
        }
        self.changed.has(source.path()) || self.gone.contains(folder_of(source.path()))
    }
}

/// The folder of a root without the point that stands for the top.
pub(super) fn top(folder: &str) -> &str {
    if folder == "." { "" } else { folder }
}

/// Of a file, by its name.
pub(super) fn kind(path: &str) -> Option<Kind> {
    Kind::of_name(path.rsplit('/').next().unwrap_or(path))
}

/// The changed file that decides about everything: the configuration, what it names, and what leaves files out. `named` are
/// files and folders that the scan took its settings from; paths as shown.
pub fn bears_on_everything<'c>(
    changed: &'c Changed,
    named: &[Cow<'_, str>],
    gitignore: bool,
) -> Option<&'c str> {
    const SETTINGS: [&str; 6] = [
        "gardefou.toml",
        ".gardefou.toml",
        ".github/gardefou.toml",
        "gardefou.lock",
        "gardefou.baseline.json",
        ".gardefou.baseline.json",
    ];
    let mut all = changed.paths.iter().map(String::as_str);
    all.find(|path| {
        let name = path.rsplit('/').next().unwrap_or(path);
        // The nearest one going up counts, so those above the scan may be it.
        let from_above = path.trim_start_matches("../");
        SETTINGS.contains(&from_above)
            || name == ".gardefouignore"
            || (gitignore && name == ".gitignore")
            || named.iter().any(|one| is_in(path, one) || is_in(one, path))
    })
}

/// Is a path another one, or below it?
fn is_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::words::Severity;
    use crate::verdict::testing::finding;
    use crate::verdict::{AcceptedBy, Waived};

    fn changed(paths: &[&str]) -> Changed {
        Changed {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            ..Changed::default()
        }
    }

    #[test]
    fn folders_stand_for_all_below_them() {
        let some = changed(&["a/b.tf", "modules/net", "../shared/x.tf"]);
        for path in ["a/b.tf", "modules/net/main.tf", "../shared/x.tf"] {
            assert!(some.has(path), "{path}");
        }
        for path in [
            "a",
            "a/b.tfvars",
            "modules/network/main.tf",
            "shared/x.tf",
            "",
        ] {
            assert!(!some.has(path), "{path}");
        }
        let all = changed(&[""]);
        assert!(all.has("a/b.tf") && all.has("x"));
        assert!(!all.has("../x"));
        assert!(some.is_below("a") && some.is_below("modules") && some.is_below(""));
        assert!(!some.is_below("b") && !some.is_below("modul"));
    }

    #[test]
    fn what_got_worse_or_says_something_else_is_new() {
        let bar = Bar::default();
        let sources = Sources::new();
        sources.add("main.tf", "x");
        let (graph, facts) = (Graph::default(), crate::facts::Facts::default());
        let ground = Ground {
            sources: &sources,
            graph: &graph,
            facts: &facts,
            catalog: crate::catalog::Catalog::get(),
            base: "",
        };
        let knew = |before: &Finding, now: &Finding| {
            let before = std::slice::from_ref(before);
            Before::of(before, ground, &bar).take(now, ground, &bar)
        };
        let was = finding("a/b", "x.y", Severity::Medium);
        assert!(knew(&was, &was));
        let mut better = was.clone();
        better.severity = Severity::Low;
        assert!(knew(&was, &better) && !knew(&better, &was));
        let mut less = was.clone();
        less.level = Some(crate::config::words::Level::Internal);
        assert!(knew(&was, &less) && !knew(&less, &was));
        let mut open = was.clone();
        open.outcome = Outcome::Undetermined(crate::facts::Text::new("x", "x"));
        assert!(!knew(&open, &was));
        let mut other = was.clone();
        other.address = Arc::from("x.z");
        assert!(!knew(&was, &other));
        let mut moved = was.clone();
        moved.message = crate::facts::Text::new("in Beijing", "à Pékin");
        assert!(!knew(&was, &moved));
        let judged = |entry: &str| {
            let mut finding = was.clone();
            finding.evidence.push(crate::facts::Evidence {
                label: crate::facts::Text::new("x", "x"),
                at: EvidenceAt::Catalogue {
                    entry: entry.to_owned().into(),
                    source: "".into(),
                },
            });
            finding
        };
        let (paris, beijing) = (
            judged("regions/aws eu-west-3"),
            judged("regions/aws cn-north-1"),
        );
        assert!(knew(&paris, &paris) && !knew(&paris, &beijing));
        let mut waived = was.clone();
        waived.waived = Some(Waived {
            kind: AcceptedBy::Config,
            reason: "so".into(),
            by: None,
            until: None,
            place: None,
        });
        assert!(knew(&was, &waived) && !knew(&waived, &was));
        // Its name goes with its place among those that are like it; what it is does not.
        let both = [beijing.clone(), paris.clone()];
        let mut before = Before::of(&both, ground, &bar);
        assert!(before.take(&paris, ground, &bar) && !before.take(&paris, ground, &bar));
        assert!(before.take(&beijing, ground, &bar));
    }

    #[test]
    fn settings_bear_on_everything() {
        let named = [Cow::Borrowed("policies/own"), Cow::Borrowed("../facts")];
        let bears = |path: &str, gitignore| {
            bears_on_everything(&changed(&[path]), &named, gitignore).is_some()
        };
        for path in [
            "gardefou.toml",
            "../../gardefou.toml",
            "../.github/gardefou.toml",
            "a/.gardefouignore",
            "policies/own/p.wasm",
            "../facts/regions/x.toml",
            "policies",
        ] {
            assert!(bears(path, false), "{path}");
        }
        for path in [
            "fixtures/gardefou.toml",
            "main.tf",
            "policies/owner.tf",
            ".gitignore",
        ] {
            assert!(!bears(path, false), "{path}");
        }
        assert!(bears("a/.gitignore", true));
    }
}
