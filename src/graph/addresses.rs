//! The addresses of the resources of one root: what each means.

use std::borrow::Cow;
use std::sync::Arc;

use hashbrown::HashMap;

use super::ResourceId;

/// The addresses of one root.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    instances: HashMap<Arc<str>, ResourceId>,
    /// By address without instance keys, where that differs or several have it: what stands for itself alone is above.
    declarations: HashMap<String, Vec<ResourceId>>,
}

impl Addresses {
    /// Makes room for so many more.
    pub(super) fn reserve(&mut self, count: usize) {
        self.instances.reserve(count);
    }

    /// One more; of several resources of one address the first is meant.
    pub(super) fn add(&mut self, address: &Arc<str>, id: ResourceId) {
        let first = *self.instances.entry(Arc::clone(address)).or_insert(id);
        let declaration = without_keys(address);
        let alone = first == id && declaration.len() == address.len();
        match self.declarations.get_mut(&*declaration) {
            Some(all) => all.push(id),
            None if alone => {}
            None => {
                let before = self.instances.get(&*declaration).copied();
                let all = before.into_iter().filter(|before| *before != id);
                let all = all.chain([id]).collect();
                self.declarations.insert(declaration.into_owned(), all);
            }
        }
    }

    /// The instance itself, or every instance of the declaration when the address names no instance (or one that is not
    /// known).
    pub(super) fn resolve(&self, address: &str) -> &[ResourceId] {
        if let Some(id) = self.instances.get(address) {
            return std::slice::from_ref(id);
        }
        let declaration = without_keys(address);
        match self.declarations.get(&*declaration) {
            Some(all) => all,
            None => {
                let alone = self.instances.get(&*declaration);
                alone.map_or(&[], std::slice::from_ref)
            }
        }
    }
}

/// An address without its instance keys: `module.a["x"].t.n[0]` becomes `module.a.t.n`.
fn without_keys(address: &str) -> Cow<'_, str> {
    // Mostly there is none, or one at the end.
    match address.split_once('[') {
        None => return address.into(),
        Some((before, key)) if key.strip_suffix(']').is_some_and(is_plain_key) => {
            return before.into();
        }
        Some(_) => {}
    }
    let mut out = String::with_capacity(address.len());
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    for c in address.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if depth > 0 => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out.into()
}

/// Without brackets or escapes in it: nothing but the key.
fn is_plain_key(key: &str) -> bool {
    !key.contains(['[', ']', '\\'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_means_its_instance_or_all_of_its_declaration() {
        let mut known = Addresses::default();
        let all = [
            "a.one",
            "a.n[0]",
            "a.n[1]",
            "a.twice",
            "a.twice",
            "a.late",
            "a.late[0]",
        ];
        for (address, id) in all.into_iter().zip(0..) {
            known.add(&address.into(), ResourceId(id));
        }
        let meant = |address: &str| -> Vec<u32> {
            let found = known.resolve(address).iter();
            found.map(|id| id.0).collect()
        };
        assert_eq!(meant("a.one"), [0]);
        assert_eq!(meant("a.one[0]"), [0]);
        assert_eq!(meant("a.n[1]"), [2]);
        assert_eq!(meant("a.n"), [1, 2]);
        assert_eq!(meant("a.n[7]"), [1, 2]);
        assert_eq!(meant("a.twice"), [3]);
        assert_eq!(meant("a.twice[0]"), [3, 4]);
        assert_eq!(meant("a.late[1]"), [5, 6]);
        assert!(meant("a.none").is_empty());
    }

    #[test]
    fn instance_keys_are_dropped_even_with_brackets_in_them() {
        assert_eq!(without_keys(r#"module.a["x"].t.n[0]"#), "module.a.t.n");
        assert_eq!(without_keys(r#"t.n["a]b\"c"]"#), "t.n");
        assert_eq!(without_keys("t.n"), "t.n");
        assert_eq!(without_keys("t.n[12]"), "t.n");
        assert_eq!(without_keys(r#"module.a["x"].t.n"#), "module.a.t.n");
        assert_eq!(without_keys(r#"module.a[0].t.n[1]"#), "module.a.t.n");
    }
}
