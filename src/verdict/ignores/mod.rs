//! Ignores in the code: `# gardefou: ignore[rule] reason until=2026-12-31`, and the annotation `gardefou.eu/ignore`.
//!
//! Comments are looked at only in texts that hold the marker, which one search tells. An ignore is bound to the code that
//! starts on its line or below it; a finding is accepted when it stands there, or is about a resource that does. What an
//! ignore does not do is said: without a reason, expired, unused, not understood.

mod about;
mod annotation;
mod code;
mod foreign;
mod json;
mod nest;
mod parse;

use hashbrown::{HashMap, HashSet};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use self::code::{Finder, Items, Notation, Region};
use self::nest::{Nest, Spanned};
use self::parse::{Fault, Written};
use super::{AcceptedBy, Finding, Ground, Waived};
use crate::config::{Date, Located};
use crate::discover::{Input, Kind};
use crate::graph::{Graph, Resource};
use crate::kubernetes::{Manifest, Manifests};
use crate::policy::Rule;
use crate::source::{Place, SourceId, Sources, Span};
use crate::syntax::comment::is_marked;
use crate::value::Path;

pub(super) use about::about_ignores;
pub use foreign::Foreign;

/// Where ignores are looked for, and what decides whether they count.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The files of the scan.
    pub files: &'a [Input],
    /// The objects of Kubernetes, and the comments beside them.
    pub manifests: &'a Manifests,
    /// Every rule that can be named.
    pub rules: &'a [Arc<Rule>],
    /// False: they are counted, and do nothing.
    pub heeds: bool,
    /// Days that their last day may lie ahead; none: they need no last day.
    pub max_days: Option<u64>,
    /// Rules and families that they cannot accept.
    pub never: &'a [Located<String>],
    /// Markers of other tools that count, too; none: nobody looks at them.
    pub foreign: Option<&'a Foreign>,
    /// The day that decides which of them have ended.
    pub as_of: Date,
}

/// How many ignores there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IgnoreCount {
    /// Written in the code.
    pub written: usize,
    /// Of these, those that nobody looked at: they are switched off, or stand in code that was fetched.
    pub not_heeded: usize,
    /// Of all, markers of other tools.
    pub foreign: usize,
    /// Markers of other tools that no rule asks the same as; they do nothing.
    pub foreign_unmapped: usize,
}

/// The ignores of a scan.
#[derive(Debug, Default)]
pub struct Ignores {
    all: Vec<Ignore>,
    by_source: HashMap<SourceId, Bound>,
    /// How many there are.
    pub count: IgnoreCount,
}

/// One ignore.
#[derive(Debug)]
struct Ignore {
    source: SourceId,
    written: Written,
    /// What it speaks of; none: nothing.
    region: Option<Region>,
    /// Other roots may have a use for it: its file is not one of the scan.
    is_reached: bool,
    state: State,
    /// By rule: it accepted a finding.
    used: Vec<bool>,
}

/// Whether an ignore counts.
#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Void(Fault),
    NoReason,
    Expired,
    /// Its last day is further than so many days away, or missing.
    TooLong(u64),
    /// It counts, but for the rules that do not exist; with what may have been meant.
    InForce(BTreeMap<usize, NoRule>),
}

/// Why a name in brackets names nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
enum NoRule {
    /// Nobody asks it; this may have been meant.
    Unknown(Option<String>),
    /// It is about waivers and the like.
    Own,
    /// The configuration says that no ignore accepts it.
    Never,
}

/// The ignores of one source, by what they speak of.
#[derive(Debug)]
struct Bound {
    regions: Nest<Region>,
    /// By region: for each rule or family the first ignore that names it, with the position of the name. A rule that a check of
    /// another tool stands for goes with the type that this looks at.
    rules: Vec<BTreeMap<String, (usize, usize)>>,
}

impl Spanned for Region {
    fn span(&self) -> Span {
        self.span
    }
}

/// Texts of HCL that ignores may stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// A file of the scan.
    Scanned,
    /// One beside it, read since a module of it is called.
    Reached,
    /// Fetched by `terraform init`: whoever wrote it knows nothing of the data here.
    Fetched,
}

/// What one source holds: ignores, each with the part that it speaks of.
type Found = Vec<(SourceId, Standing, Written, Option<Region>)>;

impl Ignores {
    /// Finds the ignores of a scan and what they speak of.
    pub fn find(ground: Ground<'_>, asked: Asked<'_>) -> Self {
        let mut ignores = Self::default();
        let (mut found, unmapped) = in_hcl(ground, asked);
        ignores.count.foreign_unmapped = unmapped;
        found.extend(in_yaml(ground.sources, asked.manifests));
        found.extend(annotation::in_annotations(ground.sources, asked.manifests));
        let known = Known::new(asked);
        for (source, standing, written, region) in found {
            ignores.count.written += 1;
            ignores.count.foreign += usize::from(written.foreign.is_some());
            if !asked.heeds || standing == Standing::Fetched {
                ignores.count.not_heeded += 1;
                continue;
            }
            ignores.all.push(Ignore {
                source,
                state: known.state(&written),
                used: vec![false; written.rules.len()],
                written,
                region,
                is_reached: standing == Standing::Reached,
            });
        }
        ignores.bind();
        ignores
    }

    fn bind(&mut self) {
        let mut by_source: HashMap<SourceId, Vec<(Region, usize)>> = HashMap::new();
        for (at, ignore) in self.all.iter().enumerate() {
            if let (true, Some(region)) = (ignore.is_bound(), ignore.region) {
                let bound = by_source.entry(ignore.source).or_default();
                bound.push((region, at));
            }
        }
        for (source, bound) in by_source {
            let regions = Nest::new(bound.iter().map(|(region, _)| *region).collect());
            let mut rules = vec![BTreeMap::new(); regions.len()];
            for (region, at) in &bound {
                let slot = regions
                    .position(region)
                    .and_then(|slot| rules.get_mut(slot));
                let (Some(slot), Some(ignore)) = (slot, self.all.get(*at)) else {
                    continue;
                };
                for (which, (rule, _)) in ignore.written.rules.iter().enumerate() {
                    if ignore.is_unknown(which) {
                        continue;
                    }
                    let kinds = ignore.written.foreign.as_ref();
                    let kinds = kinds.map(|all| all.get(which).map_or(&[][..], |kinds| kinds));
                    let keys = match kinds {
                        None => vec![rule.clone()],
                        Some(kinds) => kinds
                            .iter()
                            .map(|kind| foreign::of_kind(rule, kind))
                            .collect(),
                    };
                    for key in keys {
                        slot.entry(key).or_insert((*at, which));
                    }
                }
            }
            let bound = Bound { regions, rules };
            self.by_source.insert(source, bound);
        }
    }

    /// The ignore that accepts a finding, if one does: the nearest one. All that do are in use.
    pub(super) fn accept(
        &mut self,
        rule: &str,
        finding: &Finding,
        resource: &Resource,
    ) -> Option<Waived> {
        if self.by_source.is_empty() {
            return None;
        }
        let kind = resource.written_kind();
        let mut accepting: Vec<(usize, usize)> = Vec::new();
        let calls = resource.calls.iter().rev().copied();
        for place in [finding.place, resource.block].into_iter().chain(calls) {
            accepting.extend(self.around((rule, kind), place));
        }
        if let Some(path) = finding.attribute.as_deref()
            && self.by_source.contains_key(&resource.block.source)
        {
            accepting.extend(self.on_the_way(rule, resource, path));
        }
        for (ignore, which) in &accepting {
            let used = self.all.get_mut(*ignore);
            if let Some(used) = used.and_then(|ignore| ignore.used.get_mut(*which)) {
                *used = true;
            }
        }
        let mut accepting = accepting.iter().filter_map(|(at, _)| self.all.get(*at));
        let in_force = |ignore: &&Ignore| matches!(ignore.state, State::InForce(_));
        accepting.find(in_force).map(Ignore::waived)
    }

    /// Those of a rule that speak of a place, innermost first. `kind`: the type of the resource, for markers of other tools.
    fn around(&self, asked: (&str, &str), place: Place) -> impl Iterator<Item = (usize, usize)> {
        let bound = self.by_source.get(&place.source).into_iter();
        bound.flat_map(move |bound| {
            let regions = bound.regions.around(place.span);
            regions.filter_map(move |(_, at)| bound.rule(at, asked))
        })
    }

    /// Those that stand at an alias or at `<<` on the way to an attribute: its value is written elsewhere.
    fn on_the_way(&self, rule: &str, resource: &Resource, path: &str) -> Vec<(usize, usize)> {
        let kind = resource.written_kind();
        let mut found = Vec::new();
        let Ok(path) = Path::parse(path) else {
            return found;
        };
        let steps = path.steps();
        let values = (0..=steps.len()).map_while(|len| {
            let steps = steps.get(..len)?;
            resource.attributes.get(&Path::of(steps))
        });
        for value in values {
            let Some(place) = value.origin.place else {
                break;
            };
            if value.origin.via.is_some() {
                found.extend(self.around((rule, kind), place));
            }
        }
        found
    }
}

impl Bound {
    fn rule(&self, region: usize, (rule, kind): (&str, &str)) -> Option<(usize, usize)> {
        let rules = self.rules.get(region)?;
        let family = || {
            let (family, _) = rule.split_once('/')?;
            rules.get(&format!("{family}/*"))
        };
        let other = || rules.get(&foreign::of_kind(rule, kind));
        rules.get(rule).or_else(other).or_else(family).copied()
    }
}

impl Ignore {
    /// Is it looked for what it speaks of? A marker of another tool that does nothing is worth a word only where it would.
    fn is_bound(&self) -> bool {
        match self.state {
            State::InForce(_) => true,
            State::Void(_) => false,
            State::NoReason | State::Expired | State::TooLong(_) => self.written.foreign.is_some(),
        }
    }

    /// Would it accept a finding, if it were in force?
    fn is_met(&self) -> bool {
        self.used.contains(&true)
    }

    fn is_unknown(&self, which: usize) -> bool {
        matches!(&self.state, State::InForce(unknown) if unknown.contains_key(&which))
    }

    fn place(&self) -> Place {
        Place::new(self.source, self.written.span)
    }

    fn waived(&self) -> Waived {
        let until = self.written.until;
        Waived {
            kind: AcceptedBy::Inline,
            reason: self.written.reason.clone(),
            by: None,
            until: until.map(|(date, _)| date.to_string()),
            place: Some(self.place()),
        }
    }
}

/// The names that may stand in brackets.
struct Known<'a> {
    asked: Asked<'a>,
    rules: BTreeSet<&'a str>,
    families: BTreeSet<String>,
}

impl<'a> Known<'a> {
    fn new(asked: Asked<'a>) -> Self {
        let rules = asked.rules;
        let families = rules.iter().filter_map(|rule| rule.id.split_once('/'));
        Self {
            asked,
            families: families.map(|(family, _)| format!("{family}/*")).collect(),
            rules: rules.iter().map(|rule| rule.id.as_str()).collect(),
        }
    }

    fn state(&self, written: &Written) -> State {
        let as_of = self.asked.as_of;
        if let Some(fault) = &written.fault {
            return State::Void(fault.clone());
        }
        if !written.has_reason() {
            return State::NoReason;
        }
        if written.until.is_some_and(|(last, _)| as_of > last) {
            return State::Expired;
        }
        let until = written.until.map(|(last, _)| as_of.days_until(last));
        if let Some(most) = self.asked.max_days
            && until.is_none_or(|days| u64::try_from(days).unwrap_or(0) > most)
        {
            return State::TooLong(most);
        }
        let named = written.rules.iter().enumerate();
        let unknown = named.filter_map(|(at, (rule, _))| Some((at, self.fault_of(rule)?)));
        State::InForce(unknown.collect())
    }

    /// Is no ignore to accept this rule or, of a family, one of its rules?
    fn is_never(&self, name: &str) -> bool {
        let mut never = self.asked.never.iter().map(|one| &*one.value);
        never.any(|one| one == name || is_of(one, name) || is_of(name, one))
    }

    fn fault_of(&self, name: &str) -> Option<NoRule> {
        if self.is_never(name) {
            return Some(NoRule::Never);
        }
        if self.rules.contains(name) || self.families.contains(name) {
            return None;
        }
        let mut own = super::OWN_RULES
            .iter()
            .filter_map(|rule| rule.id.split_once('/'));
        let family = name.split_once('/').map_or(name, |(family, _)| family);
        if own.any(|(own, _)| own == family) {
            return Some(NoRule::Own);
        }
        let rules = self.rules.iter().copied();
        let families = self.families.iter().map(String::as_str);
        let near = crate::config::suggest::closest(name, rules.chain(families));
        Some(NoRule::Unknown(near.map(str::to_owned)))
    }
}

/// Is a rule of this family?
fn is_of(family: &str, rule: &str) -> bool {
    let start = family
        .strip_suffix('*')
        .filter(|start| start.ends_with('/'));
    start.is_some_and(|start| rule.starts_with(start))
}

/// The ignores of Terraform code, and how many markers of other tools do nothing.
fn in_hcl(ground: Ground<'_>, asked: Asked<'_>) -> (Found, usize) {
    let mut all: Vec<(SourceId, Standing)> = asked
        .files
        .iter()
        .filter(|file| file.kind == Kind::Terraform)
        .map(|file| (file.source, Standing::Scanned))
        .collect();
    let scanned: HashSet<SourceId> = asked.files.iter().map(|file| file.source).collect();
    for source in sources_of(ground.graph) {
        if !scanned.contains(&source) {
            let text = ground.sources.get(source);
            let is_fetched = text.path().split('/').any(|part| part == ".terraform");
            let standing = match is_fetched {
                true => Standing::Fetched,
                false => Standing::Reached,
            };
            all.push((source, standing));
        }
    }
    let marks = Marks {
        foreign: asked.foreign,
    };
    let mut found: Vec<(String, OfText)> = all
        .par_iter()
        .filter_map(|(source, standing)| {
            let text = ground.sources.get(*source);
            let may_hold = !text.is_private() && marks.may_stand_in(text.text());
            may_hold.then(|| {
                let found = of_terraform(&text, *source, *standing, marks);
                (text.path().to_owned(), found)
            })
        })
        .collect();
    // Ids depend on the order of reading.
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    let unmapped = found.iter().map(|(_, (_, unmapped))| unmapped).sum();
    let found = found.into_iter().flat_map(|(_, (found, _))| found);
    (found.collect(), unmapped)
}

/// The ignores of one text, and how many markers of other tools do nothing.
type OfText = (Found, usize);

/// Which markers are looked for.
#[derive(Clone, Copy)]
struct Marks<'a> {
    foreign: Option<&'a Foreign>,
}

impl Marks<'_> {
    fn may_stand_in(self, text: &str) -> bool {
        is_marked(text) || self.foreign.is_some() && foreign::is_marked(text)
    }
}

/// The sources that Terraform resources and calls of modules stand in.
fn sources_of(graph: &Graph) -> BTreeSet<SourceId> {
    let mut all = BTreeSet::new();
    let mut last = None;
    let resources = graph.resources().iter().filter(|one| one.root.is_some());
    let places = resources.flat_map(|one| {
        std::iter::once(one.block.source).chain(one.calls.iter().map(|call| call.source))
    });
    for source in places {
        if last.replace(source) != Some(source) {
            all.insert(source);
        }
    }
    all
}

fn of_terraform(
    text: &crate::source::Source,
    source: SourceId,
    standing: Standing,
    marks: Marks<'_>,
) -> OfText {
    let (found, unmapped) = match text.path().ends_with(".json") {
        true => (json::of_text(source, text), 0),
        false => {
            let may_hold = |text: &str| marks.may_stand_in(text);
            let (comments, items) = code::of_hcl(source, text, may_hold);
            let mut finder = Finder::new(text, Notation::Hcl, &items);
            of_comments(text.text(), &comments, &mut finder, marks)
        }
    };
    let found = found.into_iter();
    let found = found.map(|(written, region)| (source, standing, written, region));
    (found.collect(), unmapped)
}

/// The ignores of the comments of one text, in order, and how many markers of other tools do nothing.
fn of_comments(
    text: &str,
    comments: &[Span],
    finder: &mut Finder<'_>,
    marks: Marks<'_>,
) -> (Vec<(Written, Option<Region>)>, usize) {
    let mut found = Vec::new();
    let mut unmapped = 0;
    // What stands below is known first.
    for comment in comments.iter().rev() {
        let mut written = Vec::new();
        parse::comment(comment.of(text), comment.start, &mut written);
        let mut markers = foreign::Markers::default();
        if let Some(foreign) = marks.foreign {
            foreign.read(comment.of(text), comment.start, &mut markers);
            unmapped += markers.unmapped;
        }
        if written.is_empty() && markers.mapped.is_empty() {
            continue;
        }
        let beside = finder.of(*comment);
        for (tool, marker) in markers.mapped.into_iter().rev() {
            let region = match tool.is_inside() {
                true => finder.around(*comment),
                false => beside,
            };
            found.push((marker, region));
        }
        found.extend(written.into_iter().rev().map(|one| (one, beside)));
    }
    found.reverse();
    (found, unmapped)
}

/// The ignores in comments beside objects of Kubernetes. In other YAML there is nothing to ignore.
fn in_yaml(sources: &Sources, manifests: &Manifests) -> Found {
    let mut comments: BTreeMap<SourceId, Vec<Span>> = BTreeMap::new();
    for comment in &manifests.comments {
        if is_marked(comment.span.of(sources.get(comment.source).text())) {
            comments
                .entry(comment.source)
                .or_default()
                .push(comment.span);
        }
    }
    if comments.is_empty() {
        return Found::new();
    }
    let mut objects: BTreeMap<SourceId, Vec<&Manifest>> = BTreeMap::new();
    for manifest in &manifests.all {
        if comments.contains_key(&manifest.block.source) {
            objects
                .entry(manifest.block.source)
                .or_default()
                .push(manifest);
        }
    }
    let mut found: Vec<(String, Found)> = objects
        .into_par_iter()
        .map(|(source, objects)| {
            let text = sources.get(source);
            let items = Items::of_objects(source, objects.into_iter());
            let mut comments = comments.get(&source).cloned().unwrap_or_default();
            comments.sort_unstable();
            comments.dedup();
            let mut finder = Finder::new(&text, Notation::Yaml, &items);
            let marks = Marks { foreign: None };
            let (found, _) = of_comments(text.text(), &comments, &mut finder, marks);
            let found = found
                .into_iter()
                .map(|(written, region)| (source, Standing::Scanned, written, region));
            (text.path().to_owned(), found.collect())
        })
        .collect();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found.into_iter().flat_map(|(_, found)| found).collect()
}
