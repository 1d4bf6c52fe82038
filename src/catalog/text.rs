//! Comparing names people write: accents, separators and letter case do not count.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Adds a letter in lower case and without accents. `œ` and `æ` become two letters, which Unicode does not do.
fn fold(letter: char, into: &mut String) {
    // Nearly all letters: Unicode has nothing to take apart.
    if letter.is_ascii() {
        into.push(letter.to_ascii_lowercase());
        return;
    }
    for part in letter.nfkd().filter(|part| !is_combining_mark(*part)) {
        match part {
            'œ' | 'Œ' => into.push_str("oe"),
            'æ' | 'Æ' => into.push_str("ae"),
            'ø' | 'Ø' => into.push('o'),
            _ => into.extend(part.to_lowercase()),
        }
    }
}

/// The form in which label keys and values are compared: letters and digits only, folded. `Niveau-Sensibilité` and
/// `niveauSensibilite` are equal.
pub fn normalise(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    for letter in text.chars().filter(|letter| letter.is_alphanumeric()) {
        fold(letter, &mut normal);
    }
    normal
}

/// The form in which people's words are looked for in names: folded, with one separator, `EU_WEST_2` as `eu-west-2`.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.trim().chars() {
        match letter {
            '_' | ' ' | '\t' => plain.push('-'),
            letter => fold(letter, &mut plain),
        }
    }
    plain
}

/// Whole words of a name: split at whatever is no letter or digit, and at camel case (`dossierMedical`, `HTTPServer`).
pub fn tokens(name: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    let mut letters = name
        .chars()
        .filter(|letter| !is_combining_mark(*letter))
        .peekable();
    while let Some(letter) = letters.next() {
        let hump = letter.is_uppercase()
            && (before.is_lowercase()
                || before.is_numeric()
                || before.is_uppercase() && letters.peek().is_some_and(|next| next.is_lowercase()));
        if (hump || !letter.is_alphanumeric()) && !word.is_empty() {
            found.push(std::mem::take(&mut word));
        }
        if letter.is_alphanumeric() {
            fold(letter, &mut word);
        }
        before = letter;
    }
    if !word.is_empty() {
        found.push(word);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_compare_without_accents_case_and_separators() {
        assert_eq!(
            normalise("Niveau-Sensibilité"),
            normalise("niveauSensibilite")
        );
        assert_eq!(normalise("e\u{301}tablissement"), "etablissement");
        assert_eq!(normalise("data_classification"), "dataclassification");
    }

    #[test]
    fn names_split_into_whole_words() {
        assert_eq!(
            tokens("chu-dossierMédical_prod2"),
            ["chu", "dossier", "medical", "prod2"]
        );
        assert_eq!(tokens("HTTPServer"), ["http", "server"]);
        assert_eq!(tokens("souvenir"), ["souvenir"]);
        assert!(tokens("--").is_empty());
    }
}
