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
pub(crate) struct Groups {
    /// By resource.
    of: Vec<u32>,
    /// By group: false where only one resource is in it. Where the host does not number in the order in which groups first
    /// come, true more often than it need be.
    shared: Vec<bool>,
}

impl Groups {
    fn new(of: Vec<u32>) -> Self {
        let mut shared = Vec::new();
        for group in &of {
            let at = *group as usize;
            match shared.get_mut(at) {
                Some(shared) => *shared = true,
                None => {
                    shared.resize(at, true);
                    shared.push(false);
                }
            }
        }
        Self { of, shared }
    }

    /// The group that a resource shares with others; none: it is alone.
    #[inline]
    pub(crate) fn shared(&self, id: ResourceId) -> Option<u32> {
        let group = self.of[id as usize];
        self.shared[group as usize].then_some(group)
    }
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
    /// Who has the fact in common; the function fetches the number of each resource.
    pub(crate) fn groups(&self, fetch: impl FnOnce() -> Vec<u32>) -> &Groups {
        self.groups.get_or_init(|| Groups::new(fetch()))
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
            .get_or_init(|| groups.shared.iter().map(|_| OnceCell::new()).collect());
        facts[groups.of[id as usize] as usize].get_or_init(|| Box::new(fetch()))
    }

    /// How many resources there are.
    pub(crate) fn len(&self, fetch: impl FnOnce() -> Vec<u32>) -> usize {
        self.groups(fetch).of.len()
    }
}
