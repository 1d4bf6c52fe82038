//! What names say: whole words of resources, buckets, databases, namespaces, modules, files and folders.

use hashbrown::HashMap;
use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use crate::catalog::{Category, Classification, NameWords, Trap, tokens};
use crate::config::words::Level;
use crate::value::Value;

/// A word of a name that tells a level.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub(super) level: Level,
    /// Enough by itself?
    pub(super) strong: bool,
    pub(super) word: Rc<str>,
    /// It means something else in some types.
    traps: Vec<&'static Trap>,
}

impl Hit {
    /// Does it count in a type?
    pub(super) fn counts(&self, kind: &str, category: Option<Category>) -> bool {
        !self.traps.iter().any(|trap| {
            category.is_some_and(|category| trap.categories.contains(&category))
                || trap
                    .type_contains
                    .iter()
                    .any(|part| kind.contains(part.as_str()))
        })
    }
}

/// The words of names, by word.
pub(super) struct Names {
    words: HashMap<&'static str, Vec<&'static NameWords>>,
    /// Words that count together, by the first of them.
    together: HashMap<&'static str, Vec<(&'static NameWords, &'static [String])>>,
    traps: HashMap<&'static str, Vec<&'static Trap>>,
    /// Paths of attributes that hold names, by their first step: few of them are set.
    attributes: HashMap<&'static str, Vec<&'static str>>,
    /// Tags that hold names.
    name_tags: &'static [String],
    /// Names that many resources share: paths, modules, namespaces.
    met: HashMap<Arc<str>, Rc<[Hit]>>,
}

impl Names {
    pub(super) fn new(facts: Option<&'static Classification>) -> Self {
        let mut names = Self {
            words: HashMap::new(),
            together: HashMap::new(),
            traps: HashMap::new(),
            attributes: HashMap::new(),
            name_tags: &[],
            met: HashMap::new(),
        };
        let Some(facts) = facts else {
            return names;
        };
        names.name_tags = &facts.names.name_tags;
        for path in &facts.names.attributes {
            let first = path.split('.').next().unwrap_or(path);
            names.attributes.entry(first).or_default().push(path);
        }
        for list in &facts.names.words {
            for word in &list.words {
                names.words.entry(word).or_default().push(list);
            }
            for group in &list.together {
                if let Some(first) = group.first() {
                    let groups = names.together.entry(first).or_default();
                    groups.push((list, group));
                }
            }
        }
        for trap in &facts.names.trap {
            names.traps.entry(&trap.word).or_default().push(trap);
        }
        names
    }

    /// The paths of names that begin with an attribute.
    pub(super) fn attributes(&self, first: &str) -> &[&'static str] {
        self.attributes.get(first).map_or(&[], Vec::as_slice)
    }

    /// Does a tag hold the name of the resource?
    pub(super) fn is_name_tag(&self, key: &str) -> bool {
        self.name_tags
            .iter()
            .any(|tag| tag.eq_ignore_ascii_case(key))
    }

    /// What a name tells, with the words that tell it.
    pub(super) fn hits(&self, name: &str) -> Vec<Hit> {
        let mut words = tokens(name);
        // `patients2` and `chu01` are numbered.
        let numbered: Vec<String> = words
            .iter()
            .filter_map(|word| {
                let stem = word.trim_end_matches(|c: char| c.is_ascii_digit());
                (stem.len() < word.len() && stem.len() > 2).then(|| stem.to_owned())
            })
            .collect();
        words.extend(numbered);
        let has = |word: &String| words.contains(word);
        let mut found = Vec::new();
        for word in &words {
            for list in self.words.get(word.as_str()).into_iter().flatten() {
                let of_word = self.traps.get(word.as_str()).into_iter().flatten();
                let traps: Vec<&Trap> = of_word
                    .copied()
                    .filter(|trap| trap.level == list.level)
                    .collect();
                if traps
                    .iter()
                    .any(|trap| trap.always || trap.beside.iter().any(has))
                {
                    continue;
                }
                found.push(Hit {
                    level: list.level,
                    strong: list.strong,
                    word: word.as_str().into(),
                    traps,
                });
            }
            for (list, group) in self.together.get(word.as_str()).into_iter().flatten() {
                if group.iter().all(has) {
                    found.push(Hit {
                        level: list.level,
                        strong: list.strong,
                        word: group.join("+").into(),
                        traps: Vec::new(),
                    });
                }
            }
        }
        found
    }

    /// The same for a name that many resources share.
    pub(super) fn shared(&mut self, name: &Arc<str>) -> Rc<[Hit]> {
        if let Some(known) = self.met.get(name) {
            return Rc::clone(known);
        }
        let found: Rc<[Hit]> = self.hits(name).into();
        self.met.insert(Arc::clone(name), Rc::clone(&found));
        found
    }

    /// What the folders and the file of a path tell, each by itself.
    pub(super) fn of_path(&mut self, path: &Arc<str>, full: &str) -> Rc<[Hit]> {
        if let Some(known) = self.met.get(path) {
            return Rc::clone(known);
        }
        let found: Rc<[Hit]> = full.split('/').flat_map(|part| self.hits(part)).collect();
        self.met.insert(Arc::clone(path), Rc::clone(&found));
        found
    }
}

/// What is known of a name: all of it, or how it starts (`"patients-${var.env}"`), up to the last whole word.
pub(super) fn known_part(value: &Value) -> Option<Cow<'_, str>> {
    if let Some(text) = value.as_str() {
        return Some(text.into());
    }
    let start = value.as_unknown()?.range.prefix.as_deref()?;
    let whole = start.trim_end_matches(char::is_alphanumeric);
    (!whole.is_empty()).then(|| whole.into())
}
