//! "Did you mean ...?"

/// The candidate that is most likely meant by a misspelt word; none when nothing is near.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Longer words are far from everything, and comparing them costs.
    if word.len() > 200 {
        return None;
    }
    let fold = |text: &str| text.to_lowercase().replace('_', "-");
    let wanted = fold(word);
    let allowed = (wanted.chars().count() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&wanted, &fold(candidate)),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let keys = ["actor", "role"];
        assert_eq!(closest("actr", keys), Some("actor"));
        assert_eq!(closest("Actor", keys), Some("actor"));
        assert_eq!(closest("rle", keys), Some("role"));
        assert_eq!(closest("organisation", keys), None);
        assert_eq!(
            closest("multi_tenant", ["multi-tenant"]),
            Some("multi-tenant")
        );
    }
}
