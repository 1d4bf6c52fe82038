//! What labels say: keys and values of the catalogue and the configuration, normalised once.

use hashbrown::{HashMap, HashSet};
use std::cell::RefCell;
use std::sync::Arc;

use crate::catalog::{Classification, KeyAbout, LevelOrigin, normalise, tokens};
use crate::config::Config;
use crate::config::words::Level;
use crate::facts::labels::{Label, segments};

/// What a value means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) level: Level,
    /// In percent.
    pub(super) confidence: u8,
    /// A lower bound: ask.
    pub(super) at_least: bool,
    /// Only under a key about classification itself.
    restricted: bool,
}

/// What one label says about the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Nothing.
    Nothing,
    /// A level.
    Says(Meaning),
    /// The data is invented or anonymised.
    Synthetic,
    /// Something that no vocabulary knows.
    Unread,
    /// Something that is not known here.
    Unknown,
}

/// What a key is about.
#[derive(Debug, Clone, Copy, Default)]
struct Key {
    about: Option<KeyAbout>,
    flag: Option<Level>,
    /// Which of the needs of a value is confidentiality, when it holds several.
    need: Option<usize>,
    /// Words for invented data count under it.
    data: bool,
    /// It is such a word itself.
    synthetic: bool,
}

impl Key {
    fn is_nothing(&self) -> bool {
        self.about.is_none()
            && self.flag.is_none()
            && self.need.is_none()
            && !self.data
            && !self.synthetic
    }
}

/// The vocabulary of labels.
pub(super) struct Vocabulary {
    pub(super) facts: Option<&'static Classification>,
    keys: HashMap<String, Key>,
    values: HashMap<String, Meaning>,
    truths: HashSet<String>,
    falsehoods: HashSet<String>,
    synthetic: HashSet<String>,
    negations: HashSet<String>,
    /// Keys as written, met so far: labels repeat.
    met: RefCell<HashMap<Arc<str>, Key>>,
}

/// Words that a value may be made of: `données de santé à caractère personnel` has seven.
const MAX_WORDS: usize = 16;

/// The longest value of several words that the vocabulary has.
const MAX_JOINED: usize = 4;

impl Vocabulary {
    pub(super) fn new(facts: Option<&'static Classification>, config: &Config) -> Self {
        let set = |list: fn(&Classification) -> &Vec<String>| -> HashSet<String> {
            let words = facts.into_iter().flat_map(list);
            words.map(|word| normalise(word)).collect()
        };
        let mut vocabulary = Self {
            facts,
            keys: HashMap::new(),
            values: HashMap::new(),
            truths: set(|facts| &facts.labels.true_words),
            falsehoods: set(|facts| &facts.labels.false_words),
            synthetic: set(|facts| &facts.labels.synthetic),
            negations: set(|facts| &facts.labels.negations),
            met: RefCell::default(),
        };
        if let Some(facts) = facts {
            vocabulary.read_facts(facts);
        }
        for key in &config.classification.keys {
            let entry = vocabulary.keys.entry(normalise(&key.value)).or_default();
            entry.about = entry.about.or(Some(KeyAbout::Classification));
        }
        // The words of the configuration are understood as values too.
        for level in Level::ALL {
            let meaning = Meaning {
                level: *level,
                confidence: 100,
                at_least: false,
                restricted: false,
            };
            let word = normalise(level.as_str());
            vocabulary.values.entry(word).or_insert(meaning);
        }
        vocabulary
    }

    fn read_facts(&mut self, facts: &Classification) {
        let labels = &facts.labels;
        for key in &labels.key {
            self.keys.entry(normalise(&key.key)).or_default().about = Some(key.about);
        }
        for key in &labels.boolean_key {
            self.keys.entry(normalise(&key.key)).or_default().flag = Some(key.level);
        }
        for key in &labels.need_key {
            let at = key.letters.chars().position(|letter| letter == 'c');
            self.keys.entry(normalise(&key.key)).or_default().need = at;
        }
        for key in &labels.synthetic_keys {
            self.keys.entry(normalise(key)).or_default().data = true;
        }
        for key in &self.synthetic {
            self.keys.entry(key.clone()).or_default().synthetic = true;
        }
        for value in &labels.value {
            let meaning = Meaning {
                level: value.level,
                confidence: value.confidence,
                at_least: value.at_least,
                restricted: value.classification_key_only,
            };
            let words = value.words.iter().map(|word| (normalise(word), meaning));
            self.values.extend(words);
        }
    }

    /// From this confidence on a level counts.
    pub(super) fn enforces(&self, confidence: u8) -> bool {
        confidence >= self.facts.map_or(60, |facts| facts.labels.enforce_from)
    }

    /// How far an origin is trusted.
    pub(super) fn confidence(&self, origin: LevelOrigin) -> u8 {
        let known = self.facts.and_then(|facts| {
            let confidence = &facts.labels.confidence;
            confidence.get(&origin).copied()
        });
        known.unwrap_or(0)
    }

    fn key(&self, written: &Arc<str>) -> Key {
        if let Some(key) = self.met.borrow().get(written) {
            return *key;
        }
        let found = segments(written)
            .find_map(|part| self.keys.get(&normalise(part)))
            .copied()
            .unwrap_or_default();
        self.met.borrow_mut().insert(Arc::clone(written), found);
        found
    }

    /// What a label says.
    pub(super) fn read(&self, label: &Label) -> Reading {
        let key = self.key(&label.key);
        if key.is_nothing() {
            return Reading::Nothing;
        }
        if label.value.is_unknown() {
            let asked = key.about.is_some() || key.flag.is_some() || key.need.is_some();
            return if asked {
                Reading::Unknown
            } else {
                Reading::Nothing
            };
        }
        let Some(text) = label.value.as_text() else {
            return Reading::Nothing;
        };
        let value = normalise(&text);
        if value.is_empty() {
            return Reading::Nothing;
        }
        let says = |level| {
            Reading::Says(Meaning {
                level,
                confidence: 100,
                at_least: false,
                restricted: false,
            })
        };
        if self.truths.contains(&value) {
            if let Some(level) = key.flag {
                return says(level);
            }
            if key.synthetic {
                return Reading::Synthetic;
            }
        }
        if self.falsehoods.contains(&value) && (key.flag.is_some() || key.synthetic) {
            return Reading::Nothing;
        }
        if let Some(at) = key.need {
            let grade = grade_of(&text, at);
            let meaning = grade.and_then(|grade| self.values.get(&format!("c{grade}")));
            return meaning.map_or(Reading::Unread, |meaning| Reading::Says(*meaning));
        }
        if (key.about.is_some() || key.data || key.flag.is_some())
            && self.is_synthetic(&value, &text)
        {
            return Reading::Synthetic;
        }
        let Some(about) = key.about.or(key.flag.map(|_| KeyAbout::Topic)) else {
            return Reading::Nothing;
        };
        match self.level_of(&value, &text, about == KeyAbout::Classification) {
            Some(meaning) => Reading::Says(meaning),
            None if about == KeyAbout::Topic => Reading::Nothing,
            None => Reading::Unread,
        }
    }

    fn is_synthetic(&self, value: &str, text: &str) -> bool {
        self.synthetic.contains(value)
            || tokens(text)
                .iter()
                .take(MAX_WORDS)
                .try_fold(false, |found, word| {
                    // A negation anywhere: what is meant takes a person.
                    (!self.negations.contains(word)).then(|| found || self.synthetic.contains(word))
                })
                .unwrap_or(false)
    }

    /// The level that a value means: as a whole, else the highest of its parts, else of the words in it.
    fn level_of(&self, value: &str, text: &str, of_classification: bool) -> Option<Meaning> {
        let known = |word: &str| {
            let meaning = self.values.get(word)?;
            (!meaning.restricted || of_classification).then_some(*meaning)
        };
        if let Some(meaning) = known(value) {
            return Some(meaning);
        }
        let parts = text.split([',', ';', '/', '|', '+', '&', '(', ')', '\n']);
        let parts = parts.take(MAX_WORDS).map(|part| self.level_of_part(part));
        highest(parts.flatten())
    }

    fn level_of_part(&self, part: &str) -> Option<Meaning> {
        let open = |word: &str| {
            let meaning = self.values.get(word)?;
            (!meaning.restricted).then_some(*meaning)
        };
        if let Some(meaning) = open(&normalise(part)) {
            return Some(meaning);
        }
        let words = tokens(part);
        if words.len() < 2
            || words.len() > MAX_WORDS
            || words.iter().any(|word| self.negations.contains(word))
        {
            return None;
        }
        // The longest run of words that starts somewhere and is known.
        let joined = |from: usize| {
            let mut lengths = (1..=MAX_JOINED).rev();
            lengths.find_map(|length| open(&words.get(from..from + length)?.concat()))
        };
        highest((0..words.len()).filter_map(joined))
    }
}

/// The highest of several meanings; of equal ones the first.
fn highest(meanings: impl Iterator<Item = Meaning>) -> Option<Meaning> {
    meanings.reduce(|best, next| {
        if (next.level, next.confidence) > (best.level, best.confidence) {
            next
        } else {
            best
        }
    })
}

/// The grade of confidentiality among several needs: `D2I3C4T1` by its letter, `2-3-4-1` and `2341` by its position.
fn grade_of(text: &str, position: usize) -> Option<char> {
    let signs: Vec<char> = text
        .chars()
        .filter(|sign| sign.is_ascii_alphanumeric())
        .map(|sign| sign.to_ascii_lowercase())
        .take(MAX_WORDS)
        .collect();
    let grade = match signs.iter().position(|sign| *sign == 'c') {
        Some(letter) => signs.get(letter + 1),
        None => signs.get(position),
    };
    grade.copied().filter(char::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidentiality_is_found_by_letter_and_by_position() {
        assert_eq!(grade_of("D2I3C4T1", 2), Some('4'));
        assert_eq!(grade_of("C3-I2-D1", 2), Some('3'));
        assert_eq!(grade_of("2-3-4-1", 2), Some('4'));
        assert_eq!(grade_of("2341", 2), Some('4'));
        assert_eq!(grade_of("faible", 2), None);
        assert_eq!(grade_of("", 0), None);
    }
}
