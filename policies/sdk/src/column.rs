//! One fact of all resources: fetched for the first of those that have it in common, and kept for the rest.

use std::cell::OnceCell;

use crate::ResourceId;

/// What is known of one fact.
pub(crate) struct Column<T> {
    groups: OnceCell<Groups>,
    /// One for each group, filled as they are asked for. Boxed: most groups may never be.
    facts: OnceCell<Box<[OnceCell<Box<T>>]>>,
}

/// Which resources have the same.
struct Groups {
    /// By resource.
    of: Vec<u32>,
    /// How many resources, by group.
    sizes: Vec<u32>,
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Self {
            groups: OnceCell::new(),
            facts: OnceCell::new(),
        }
    }
}

impl<T> Column<T> {
    fn groups(&self, fetch: impl FnOnce() -> Vec<u32>) -> &Groups {
        self.groups.get_or_init(|| {
            let of = fetch();
            let count = of.iter().max().map_or(0, |most| *most as usize + 1);
            let mut sizes = vec![0; count];
            for group in &of {
                sizes[*group as usize] += 1;
            }
            Groups { of, sizes }
        })
    }

    /// The group of a resource, and how many are in it.
    pub(crate) fn group(&self, id: ResourceId, fetch: impl FnOnce() -> Vec<u32>) -> (u32, u32) {
        let groups = self.groups(fetch);
        let group = groups.of[id as usize];
        (group, groups.sizes[group as usize])
    }

    /// The fact of a resource; the two functions fetch the groups, and the fact of this resource.
    pub(crate) fn get(
        &self,
        id: ResourceId,
        groups: impl FnOnce() -> Vec<u32>,
        fetch: impl FnOnce() -> T,
    ) -> &T {
        let groups = self.groups(groups);
        let facts = self
            .facts
            .get_or_init(|| groups.sizes.iter().map(|_| OnceCell::new()).collect());
        facts[groups.of[id as usize] as usize].get_or_init(|| Box::new(fetch()))
    }

    /// How many resources there are.
    pub(crate) fn len(&self, fetch: impl FnOnce() -> Vec<u32>) -> usize {
        self.groups(fetch).of.len()
    }
}
