//! Finds resources by what is written instead of a reference: names, ARNs, resource ids, links.

use hashbrown::HashMap;
use std::sync::Arc;

use super::{Finder, Wanted, fits, is_key};
use crate::catalog::ResourceKind;
use crate::graph::{Graph, Resource, ResourceId, RootId, World};
use crate::value::{Data, Value};

impl Finder<'_> {
    /// The resource that a literal means; none where several could be meant.
    pub(super) fn named(
        &self,
        resource: &Resource,
        path: &str,
        text: &str,
        wanted: Wanted<'_>,
    ) -> Option<ResourceId> {
        self.names
            .find(resource.root, path, text, wanted)
            .or_else(|| self.cited(resource.root, text, wanted))
            .or_else(|| self.identified(resource, text, wanted))
    }

    /// The resource that is cited in one of the ways that its type has: in the same root, or in any where the way of
    /// citing is the same for the whole world.
    pub(super) fn cited(
        &self,
        root: Option<RootId>,
        text: &str,
        wanted: Wanted<'_>,
    ) -> Option<ResourceId> {
        let mut own = Only::default();
        let mut any = Only::default();
        let pieces = std::iter::once(text).chain(text.split(['/', ':', '.', '@']));
        for piece in pieces.take(MAX_PIECES) {
            for id in self.names.cited.get(piece).into_iter().flatten() {
                let Some(target) = self.graph.get(*id) else {
                    continue;
                };
                let Some(kind) = self.kind(target).filter(|kind| fits(kind, wanted)) else {
                    continue;
                };
                if !kind.cited_as.iter().any(|way| is_cited(way, target, text)) {
                    continue;
                }
                // An object belongs to no root: what it cites may be of any.
                if target.root == root || root.is_none() {
                    own.add(*id);
                } else if kind.cited_as.iter().any(|way| !way.contains('*')) {
                    any.add(*id);
                }
            }
        }
        match own {
            Only::None => any.get(),
            _ => own.get(),
        }
    }

    /// The resource that a recorded identifier belongs to, of this root or else of any: the same in every state. None
    /// where several could be meant.
    fn identified(
        &self,
        resource: &Resource,
        text: &str,
        wanted: Wanted<'_>,
    ) -> Option<ResourceId> {
        let all = self.names.identities.get(&*normal_identity(text)?)?;
        let fitting: Vec<&Resource> = all
            .iter()
            .filter_map(|id| self.graph.get(*id))
            .filter(|target| self.kind(target).is_some_and(|kind| fits(kind, wanted)))
            .collect();
        // What a root only reads is declared in another one.
        let managed = |target: &&&Resource| target.world == World::Terraform;
        let own = |target: &&&Resource| target.root == resource.root;
        let only = |mut some: Box<dyn Iterator<Item = &&Resource> + '_>| {
            let first = some.next()?;
            some.next().is_none().then_some(first.id)
        };
        only(Box::new(fitting.iter().filter(managed).filter(own)))
            .or_else(|| only(Box::new(fitting.iter().filter(managed))))
            .or_else(|| only(Box::new(fitting.iter().filter(own))))
    }
}

/// So many parts of a literal are looked up at most.
const MAX_PIECES: usize = 16;

/// One, or several that cannot be told apart.
#[derive(Default, Clone, Copy)]
pub(super) enum Only {
    #[default]
    None,
    One(ResourceId),
    Several,
}

impl Only {
    pub(super) fn add(&mut self, id: ResourceId) {
        *self = match *self {
            Self::None => Self::One(id),
            Self::One(before) if before == id => Self::One(id),
            _ => Self::Several,
        };
    }

    pub(super) fn get(self) -> Option<ResourceId> {
        match self {
            Self::One(id) => Some(id),
            Self::None | Self::Several => None,
        }
    }
}

/// Does a text cite a resource in this way? `arn:*:s3:::{bucket}`
fn is_cited(way: &str, target: &Resource, text: &str) -> bool {
    let Some((before, attribute, after)) = parts_of(way) else {
        return false;
    };
    let name = target.attributes.entry(attribute).and_then(Value::as_str);
    let Some(name) = name.filter(|name| !name.contains('*')) else {
        return false;
    };
    fits_glob(&format!("{before}{name}{after}"), text)
}

/// What stands before the name, the attribute that holds it, and what stands after it.
fn parts_of(way: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = way.split_once('{')?;
    let (attribute, after) = rest.split_once('}')?;
    Some((before, attribute, after))
}

/// `*` stands for anything.
fn fits_glob(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = pieces.next_back() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = rest.get(at + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// An identifier that means the same wherever it is written: an ARN, a resource id of Azure, a link, a UUID. Azure does
/// not tell capitals apart.
fn normal_identity(text: &str) -> Option<std::borrow::Cow<'_, str>> {
    const PREFIXES: [&str; 8] = [
        "/subscriptions/",
        "arn:",
        "projects/",
        "https://",
        "organizations/",
        "acs:",
        "crn:",
        "ocid1.",
    ];
    if text.len() < 12 {
        return None;
    }
    if text.starts_with("/subscriptions/") {
        return Some(text.to_ascii_lowercase().into());
    }
    // The newest part of an identifier with a UUID is that UUID: `fr-par/2ee3...`.
    let last = text.rsplit('/').next().unwrap_or(text);
    let is_uuid = last.len() == 36
        && last.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    // `vol-0a1b2c3d4e5f60718`
    let is_short = text.split_once('-').is_some_and(|(kind, id)| {
        kind.bytes().all(|byte| byte.is_ascii_lowercase())
            && id.len() >= 8
            && id.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    (is_uuid || is_short || PREFIXES.iter().any(|prefix| text.starts_with(prefix)))
        .then_some(text.into())
}

/// Root, type, attribute and literal.
type Named<'a> = (Option<RootId>, &'a str, &'a str, Arc<str>);

/// Resources by the literal names that others cite them by; none where two have the same.
pub(super) struct Names<'a> {
    by_attribute: HashMap<Named<'a>, Option<ResourceId>>,
    keys: HashMap<(Option<RootId>, Arc<str>), Option<ResourceId>>,
    /// Who has an identifier, among the resources that are recorded.
    identities: HashMap<Arc<str>, Vec<ResourceId>>,
    /// By the names that ways of citing are built on.
    cited: HashMap<Arc<str>, Vec<ResourceId>>,
}

/// Attributes that identify a recorded resource.
const IDENTITIES: [&str; 3] = ["id", "arn", "self_link"];

/// More resources with one identifier are told apart by nobody.
const MAX_NAMESAKES: usize = 16;

impl<'a> Names<'a> {
    pub(super) fn new(
        graph: &'a Graph,
        kinds: &HashMap<&'a str, Option<&'a ResourceKind>>,
        present: &[&'a ResourceKind],
    ) -> Self {
        // Attributes that some type present here links by, and those that hold the names they mean.
        let mut attributes: Vec<&'a str> = vec!["name", "id"];
        for kind in present {
            attributes.extend(kind.parent.iter().map(|parent| parent.attr.as_str()));
            attributes.extend(
                kind.attaches_to
                    .iter()
                    .chain(&kind.encryption.linked)
                    .map(|link| link.attr.as_str()),
            );
            attributes.extend(
                kind.encryption
                    .companions
                    .iter()
                    .filter_map(|companion| companion.link.as_deref()),
            );
        }
        attributes.sort_unstable();
        attributes.dedup();
        let mut names = Self {
            by_attribute: HashMap::new(),
            keys: HashMap::new(),
            identities: HashMap::new(),
            cited: HashMap::new(),
        };
        for resource in graph.resources() {
            let Some(kind) = kinds.get(&*resource.kind).copied().flatten() else {
                continue;
            };
            names.add(resource, kind, &attributes);
            if graph.is_recorded(resource) {
                names.identify(resource, kind);
            }
        }
        names
    }

    fn identify(&mut self, resource: &Resource, kind: &ResourceKind) {
        let of_keys = kind.key.iter().flat_map(|key| &key.reference_attributes);
        let attributes = IDENTITIES.into_iter().chain(of_keys.map(String::as_str));
        for attribute in attributes {
            let value = resource.attributes.entry(attribute);
            let Some(text) = value.and_then(Value::as_str).and_then(normal_identity) else {
                continue;
            };
            let known = self.identities.entry(text.into()).or_default();
            if known.len() < MAX_NAMESAKES && !known.contains(&resource.id) {
                known.push(resource.id);
            }
        }
    }

    fn add(&mut self, resource: &'a Resource, kind: &'a ResourceKind, attributes: &[&'a str]) {
        let literal = |attribute: &str| match &resource.attributes.entry(attribute)?.data {
            Data::String(text) if !text.is_empty() => Some(Arc::clone(text)),
            _ => None,
        };
        if resource.world == World::Terraform {
            for attribute in attributes {
                if let Some(text) = literal(attribute) {
                    insert(
                        &mut self.by_attribute,
                        (resource.root, &*resource.kind, attribute, text),
                        resource.id,
                    );
                }
            }
            for (_, attribute, _) in kind.cited_as.iter().filter_map(|way| parts_of(way)) {
                if let Some(text) = literal(attribute) {
                    let all = self.cited.entry(text).or_default();
                    if all.len() < MAX_NAMESAKES && !all.contains(&resource.id) {
                        all.push(resource.id);
                    }
                }
            }
        }
        if is_key(kind) {
            for attribute in kind.key.iter().flat_map(|key| &key.reference_attributes) {
                if let Some(text) = literal(attribute) {
                    insert(&mut self.keys, (resource.root, text), resource.id);
                }
            }
        }
    }

    pub(super) fn find(
        &self,
        root: Option<RootId>,
        attribute: &str,
        text: &str,
        wanted: Wanted<'_>,
    ) -> Option<ResourceId> {
        let of_type = |kind: &str| {
            let by = |attribute: &str| {
                self.by_attribute
                    .get(&(root, kind, attribute, Arc::from(text)))
                    .copied()
                    .flatten()
            };
            by(attribute).or_else(|| by("name")).or_else(|| by("id"))
        };
        match wanted {
            Wanted::Key => self.keys.get(&(root, Arc::from(text))).copied().flatten(),
            Wanted::Type(kind) => of_type(kind),
            Wanted::Parent(types) | Wanted::Nearest(types) => {
                types.iter().find_map(|kind| of_type(kind))
            }
            Wanted::Store => None,
        }
    }
}

/// The first one gets the name; a second one makes it mean nothing.
fn insert<K: std::hash::Hash + Eq>(
    names: &mut HashMap<K, Option<ResourceId>>,
    name: K,
    id: ResourceId,
) {
    names
        .entry(name)
        .and_modify(|found| *found = found.filter(|before| *before == id))
        .or_insert(Some(id));
}
