//! Records, and the keys under which they are found.

use std::collections::BTreeMap;

/// Records, and the keys under which they are found.
pub(crate) struct Records<T> {
    pub(crate) records: Vec<T>,
    pub(crate) keys: BTreeMap<String, u32>,
    /// The keys of each record, the one that names it first.
    names: Vec<Vec<String>>,
}

impl<T> Default for Records<T> {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            keys: BTreeMap::new(),
            names: Vec::new(),
        }
    }
}

/// What became of a record.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Put {
    /// It is there.
    Done,
    /// This key of it leads to another record.
    Twice(String),
}

impl<T> Records<T> {
    /// Records that were put together before.
    #[allow(dead_code)]
    pub(crate) fn of(
        records: Vec<T>,
        keys: impl Iterator<Item = (String, u32)>,
        name: impl Fn(&T) -> String,
    ) -> Self {
        let mut names: Vec<Vec<String>> = records.iter().map(|one| vec![name(one)]).collect();
        let keys: BTreeMap<String, u32> = keys.collect();
        for (key, at) in &keys {
            if let Some(of) = names.get_mut(*at as usize)
                && of.first() != Some(key)
            {
                of.push(key.clone());
            }
        }
        Self {
            records,
            keys,
            names,
        }
    }

    /// Every key with its own record.
    pub(super) fn of_map(entries: BTreeMap<String, T>) -> Self {
        let mut records = Self::default();
        for (key, record) in entries {
            records.put(vec![key], record, false);
        }
        records
    }

    /// Is there a record of this name?
    pub(super) fn holds(&self, name: &str) -> bool {
        self.named(name).is_some()
    }

    fn named(&self, name: &str) -> Option<usize> {
        let at = *self.keys.get(name)? as usize;
        let first = self.names.get(at)?.first()?;
        (first == name).then_some(at)
    }

    /// The record of a name.
    pub(super) fn get(&self, name: &str) -> Option<&T> {
        self.records.get(self.named(name)?)
    }

    /// The record of a name.
    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        let at = self.named(name)?;
        self.records.get_mut(at)
    }

    /// Keeps a record. `over`: it takes the place of the one of the same name, and its keys win over those of others;
    /// else every key may lead to one record only.
    pub(super) fn put(&mut self, mut keys: Vec<String>, record: T, over: bool) -> Put {
        let mut seen = std::collections::BTreeSet::new();
        keys.retain(|key| seen.insert(key.clone()));
        let named = keys.first().and_then(|name| self.named(name));
        let at = match named.filter(|_| over) {
            Some(at) => {
                for key in self
                    .names
                    .get_mut(at)
                    .map(std::mem::take)
                    .unwrap_or_default()
                {
                    if self.keys.get(&key) == Some(&(at as u32)) {
                        self.keys.remove(&key);
                    }
                }
                if let Some(slot) = self.records.get_mut(at) {
                    *slot = record;
                }
                at
            }
            None => {
                self.records.push(record);
                self.names.push(Vec::new());
                self.records.len() - 1
            }
        };
        let mut put = Put::Done;
        for key in &keys {
            match self.keys.insert(key.clone(), at as u32) {
                Some(other) if other as usize != at && !over => put = Put::Twice(key.clone()),
                _ => {}
            }
        }
        if let Some(slot) = self.names.get_mut(at) {
            *slot = keys;
        }
        put
    }
}
