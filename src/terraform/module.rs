//! Modules as written: one per folder, parsed and indexed once, shared by all its instances.

use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::index::{self, Block, Expr};
use super::limits::MODULE_WEIGHT;
use super::{Mode, TerraformFile};
use crate::catalog::TerraformProvider;
use crate::problem::Problem;
use crate::source::Place;
use crate::value::Constraint;

/// Things with a name, in source order, found by name.
#[derive(Debug)]
pub(super) struct Named<T> {
    pub(super) all: Vec<T>,
    /// As long as `all`.
    names: Vec<Arc<str>>,
    by_name: HashMap<Arc<str>, usize>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            names: Vec::new(),
            by_name: HashMap::new(),
        }
    }
}

impl<T> Named<T> {
    /// Position and thing of a name.
    pub(super) fn get(&self, name: &str) -> Option<(usize, &T)> {
        let at = *self.by_name.get(name)?;
        self.all.get(at).map(|thing| (at, thing))
    }

    /// All with their positions, in the order of names.
    pub(super) fn by_name(&self) -> impl Iterator<Item = (&Arc<str>, usize, &T)> {
        let named = self.names.iter().zip(&self.all).enumerate();
        let mut all: Vec<_> = named.map(|(at, (name, thing))| (name, at, thing)).collect();
        // From the order of the source, which is that of the names more often than not, sorting is a walk.
        all.sort_by_key(|(name, ..)| *name);
        all.into_iter()
    }

    /// The name nearest to a wrong one, for a hint.
    pub(super) fn nearest(&self, wrong: &str) -> Option<Arc<str>> {
        nearest(wrong, self.names.iter().map(Arc::clone))
    }

    pub(super) fn insert(&mut self, name: Arc<str>, thing: T) -> Result<(), T> {
        if self.by_name.contains_key(&name) {
            return Err(thing);
        }
        self.by_name.insert(Arc::clone(&name), self.all.len());
        self.names.push(name);
        self.all.push(thing);
        Ok(())
    }
}

/// Among more candidates than these nobody looks for the nearest: code can be wrong as often as it likes, and `try` asks
/// without wanting to know.
const CANDIDATES: usize = 500;

/// Longer names are never near.
const LONGEST: usize = 64;

/// The candidate that differs least from a wrong name, when it differs little.
pub(super) fn nearest(
    wrong: &str,
    candidates: impl IntoIterator<Item = Arc<str>>,
) -> Option<Arc<str>> {
    // Of a longer one only the beginning counts, and that is too far from all.
    let wrong: Vec<char> = wrong.chars().take(LONGEST + 1).collect();
    let mut best: Option<(usize, Arc<str>)> = None;
    for (at, name) in candidates.into_iter().enumerate() {
        if at == CANDIDATES {
            return None;
        }
        if let Some(distance) = distance(&wrong, &name) {
            let found = (distance, name);
            if best.as_ref().is_none_or(|best| found < *best) {
                best = Some(found);
            }
        }
    }
    best.map(|(_, name)| name)
}

/// Edits between two names; none when they are too many.
fn distance(a: &[char], name: &str) -> Option<usize> {
    let limit = (a.len() / 3).clamp(1, 3);
    let len = name.chars().take(LONGEST + 1).count();
    if a.len().max(len) > LONGEST || a.len().abs_diff(len) > limit {
        return None;
    }
    // Edits from what has been read of `a` to each beginning of the name.
    let mut row: [usize; LONGEST + 1] = std::array::from_fn(|at| at);
    for (read, x) in a.iter().enumerate() {
        let mut before = read + 1;
        let mut diagonal = std::mem::replace(row.first_mut()?, before);
        let mut least = before;
        for (y, cell) in name.chars().zip(row.iter_mut().skip(1)) {
            before = (diagonal + usize::from(*x != y))
                .min(*cell + 1)
                .min(before + 1);
            diagonal = std::mem::replace(cell, before);
            least = least.min(before);
        }
        if least > limit {
            return None;
        }
    }
    row.get(len).copied().filter(|edits| *edits <= limit)
}

/// `variable "name" { }`
#[derive(Debug)]
pub(super) struct VariableDef {
    pub(super) name: Arc<str>,
    pub(super) ty: Constraint,
    /// Whether a type is written at all: without one, texts from outside stay texts.
    pub(super) typed: bool,
    pub(super) default: Option<Expr>,
    pub(super) block: Block,
}

/// `resource "kind" "name" { }` and `data "kind" "name" { }`
#[derive(Debug)]
pub(super) struct ResourceDef {
    pub(super) mode: Mode,
    pub(super) kind: Arc<str>,
    pub(super) name: Arc<str>,
    pub(super) block: Block,
    pub(super) names: Arc<[(Arc<str>, Place)]>,
    /// Its provider, when that says in an attribute of the resource which tags hold in the end. Every reference asks.
    pub(super) tags: OnceLock<Option<&'static TerraformProvider>>,
}

/// Arguments of a resource that Terraform itself reads.
pub(super) const META_ARGUMENTS: [&str; 4] = ["count", "for_each", "provider", "depends_on"];
/// Blocks of a resource that Terraform itself reads.
pub(super) const META_BLOCKS: [&str; 3] = ["lifecycle", "provisioner", "connection"];

impl ResourceDef {
    pub(super) fn new(mode: Mode, block: Block) -> Self {
        let mut names: Vec<(Arc<str>, Place)> = Vec::new();
        for attribute in &block.body.attributes {
            if !META_ARGUMENTS.contains(&&*attribute.name) {
                names.push((Arc::clone(&attribute.name), attribute.name_place));
            }
        }
        for inner in &block.body.blocks {
            if &*inner.kind == "dynamic" {
                names.push((inner.label(0), inner.header));
            } else if !META_BLOCKS.contains(&&*inner.kind) {
                names.push((Arc::clone(&inner.kind), inner.header));
            }
        }
        names.sort_by(|a, b| a.0.cmp(&b.0));
        names.dedup_by(|later, earlier| later.0 == earlier.0);
        Self {
            mode,
            kind: block.label(0),
            name: block.label(1),
            names: names.into(),
            tags: OnceLock::new(),
            block,
        }
    }

    /// `aws_s3_bucket.b`, `data.aws_region.r`
    pub(super) fn local_address(&self) -> String {
        match self.mode {
            Mode::Managed => format!("{}.{}", self.kind, self.name),
            Mode::Data => format!("data.{}.{}", self.kind, self.name),
        }
    }
}

/// `module "name" { }`
#[derive(Debug)]
pub(super) struct CallDef {
    pub(super) name: Arc<str>,
    /// The `source` argument, when it is a plain text.
    pub(super) source: Option<String>,
    pub(super) block: Block,
}

impl CallDef {
    /// The `version` argument, when it is a plain text.
    pub(super) fn version(&self) -> Option<String> {
        self.block.body.expr("version")?.literal_text()
    }
}

/// One entry of `required_providers`.
#[derive(Debug, Clone, Default)]
pub(super) struct Required {
    pub(super) source: Option<String>,
    pub(super) version: Option<String>,
    /// `configuration_aliases`, as written: `aws.replica`.
    pub(super) aliases: Vec<String>,
}

/// A folder of Terraform files.
#[derive(Debug, Default)]
pub(super) struct Module {
    pub(super) folder: String,
    pub(super) variables: Named<VariableDef>,
    pub(super) locals: Named<index::Attribute>,
    pub(super) outputs: Named<Block>,
    pub(super) resources: Vec<ResourceDef>,
    pub(super) managed: HashMap<Arc<str>, HashMap<Arc<str>, usize>>,
    pub(super) data: HashMap<Arc<str>, HashMap<Arc<str>, usize>>,
    pub(super) calls: Named<CallDef>,
    pub(super) providers: Vec<Block>,
    pub(super) required: BTreeMap<Arc<str>, Required>,
    pub(super) backend: Option<Block>,
    pub(super) cloud: Option<Block>,
    pub(super) checks: Vec<Block>,
    /// `import { }`
    pub(super) imports: Vec<Block>,
    /// `removed { }`
    pub(super) removals: Vec<Block>,
    /// The `.tfvars` files beside it.
    pub(super) values: Vec<TerraformFile>,
    pub(super) problems: Vec<Problem>,
}

impl Module {
    /// Position and definition of a resource or data source.
    pub(super) fn resource(
        &self,
        mode: Mode,
        kind: &str,
        name: &str,
    ) -> Option<(usize, &ResourceDef)> {
        let table = self.table(mode);
        let at = *table.get(kind)?.get(name)?;
        self.resources.get(at).map(|def| (at, def))
    }

    /// True when a resource or data source of that kind is declared.
    pub(super) fn has_kind(&self, mode: Mode, kind: &str) -> bool {
        self.table(mode).contains_key(kind)
    }

    /// The name nearest to a wrong one among the resources of a kind.
    pub(super) fn nearest_resource(&self, mode: Mode, kind: &str, wrong: &str) -> Option<Arc<str>> {
        nearest(wrong, self.table(mode).get(kind)?.keys().cloned())
    }

    /// What an instance of it takes, in instances of a resource.
    pub(super) fn weight(&self) -> usize {
        MODULE_WEIGHT
            + self.variables.all.len()
            + self.locals.all.len()
            + self.outputs.all.len()
            + self.resources.len()
            + self.calls.all.len()
    }

    fn table(&self, mode: Mode) -> &HashMap<Arc<str>, HashMap<Arc<str>, usize>> {
        match mode {
            Mode::Managed => &self.managed,
            Mode::Data => &self.data,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near<const N: usize>(wrong: &str, names: [&str; N]) -> Option<Arc<str>> {
        nearest(wrong, names.map(Arc::from))
    }

    #[test]
    fn the_nearest_name_differs_by_few_edits() {
        let names = ["region", "regions", "réseau", "zone", "b", "a"];
        for (wrong, found) in [
            ("region", Some("region")),
            ("regoin", Some("region")),
            ("regionsx", Some("regions")),
            ("reseau", Some("réseau")),
            ("zine", Some("zone")),
            ("zin", None),
            ("x", Some("a")),
            ("", Some("a")),
            ("rxgxxn", None),
        ] {
            assert_eq!(near(wrong, names).as_deref(), found, "{wrong}");
        }
        assert_eq!(
            near(&"a".repeat(64), [&"a".repeat(63)]).map(|name| name.len()),
            Some(63)
        );
        assert_eq!(near(&"a".repeat(65), [&"a".repeat(64)]), None);
        assert_eq!(near(&"a".repeat(64), [&"a".repeat(65)]), None);
    }

    #[test]
    fn among_too_many_none_is_looked_for() {
        let names = |count| (0..count).map(|at| Arc::from(format!("name-{at}")));
        assert!(nearest("name-x", names(CANDIDATES)).is_some());
        assert_eq!(nearest("name-x", names(CANDIDATES + 1)), None);
    }
}
