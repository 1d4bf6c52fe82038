//! Finding entries by what people type: words that all have to be met, the best hits first.

use super::text::plain;

/// How well a word meets a name. Ordered from the weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hit {
    /// A part of the name starts with the word.
    Start,
    /// It is one or several whole parts of the name.
    Part,
    /// It is the name.
    Whole,
}

/// Words that all have to be met by some name of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    words: Vec<String>,
}

/// So short a word only counts as a whole: `fr` is France, and not the start of `frankfurt`.
const SHORT: usize = 2;

impl Query {
    /// Of what was typed: each text may hold several words.
    pub fn new<S: AsRef<str>>(typed: &[S]) -> Self {
        let words = typed
            .iter()
            .flat_map(|text| text.as_ref().split_whitespace());
        Self {
            words: words.map(plain).filter(|word| !word.is_empty()).collect(),
        }
    }

    /// Was nothing asked for in particular?
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words, in the form in which they are compared.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// How well an entry with these names is met: as its least met word. None: some word is met by no name.
    pub fn hit<S: AsRef<str>>(&self, names: &[S]) -> Option<Hit> {
        let names: Vec<String> = names.iter().map(|name| plain(name.as_ref())).collect();
        let mut weakest = Hit::Whole;
        for word in &self.words {
            let best = names.iter().filter_map(|name| meet(word, name)).max()?;
            weakest = weakest.min(best);
        }
        Some(weakest)
    }
}

/// How well one word meets one name, both folded.
fn meet(word: &str, name: &str) -> Option<Hit> {
    if word == name {
        return Some(Hit::Whole);
    }
    let is_border = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let hits = name.match_indices(word).filter_map(|(at, _)| {
        let (before, rest) = name.split_at_checked(at)?;
        let after = rest.get(word.len()..)?;
        if !is_border(before.chars().next_back()) {
            return None;
        }
        if is_border(after.chars().next()) {
            Some(Hit::Part)
        } else {
            (word.chars().count() > SHORT).then_some(Hit::Start)
        }
    });
    hits.max()
}

/// The candidates most like a word, best first: for "did you mean".
pub fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    // Longer words are far from everything, and comparing them costs.
    if word.len() > 100 {
        return Vec::new();
    }
    let wanted = plain(word);
    let allowed = (wanted.chars().count() / 3).clamp(1, 4);
    let mut near: Vec<(usize, &str)> = candidates
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&wanted, &plain(name)), name))
        .filter(|(distance, _)| *distance <= allowed)
        .collect();
    near.sort_unstable();
    near.dedup();
    near.truncate(most);
    near.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_met_whole_in_part_or_at_the_start() {
        let hit = |query: &str, names: &[&str]| Query::new(&[query]).hit(names);
        assert_eq!(hit("eu-west-2", &["EU_WEST_2"]), Some(Hit::Whole));
        assert_eq!(hit("eu-west-2", &["eu-west-2-wl1"]), Some(Hit::Part));
        assert_eq!(hit("west", &["eu-west-2"]), Some(Hit::Part));
        assert_eq!(hit("frank", &["eu-frankfurt-1"]), Some(Hit::Start));
        assert_eq!(hit("fr", &["eu-frankfurt-1"]), None, "too short");
        assert_eq!(hit("rankfurt", &["eu-frankfurt-1"]), None);
        assert_eq!(hit("", &["anything"]), Some(Hit::Whole));
    }

    #[test]
    fn every_word_has_to_be_met_and_the_weakest_counts() {
        let names = ["eu-west-3", "Paris", "FR", "Amazon Web Services"];
        let hit = |words: &[&str]| Query::new(words).hit(&names);
        assert_eq!(hit(&["paris", "fr"]), Some(Hit::Whole));
        assert_eq!(hit(&["paris amazon"]), Some(Hit::Part));
        assert_eq!(hit(&["paris", "london"]), None);
    }

    #[test]
    fn near_names_come_best_first() {
        let names = [
            "aws_s3_bucket",
            "aws_s3_bucket_acl",
            "google_storage_bucket",
        ];
        assert_eq!(nearest("aws_s3_buckt", names, 5), ["aws_s3_bucket"]);
        assert!(nearest("quite-another-thing", names, 5).is_empty());
    }
}
