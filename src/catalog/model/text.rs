//! Comparing names people write: accents, separators and letter case do not count.

/// Folds a letter to lower case without its accent. `œ` and `æ` become two letters.
fn fold(letter: char, into: &mut String) {
    let plain = match letter {
        'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' | 'À' | 'Â' | 'Ä' | 'Á' | 'Ã' | 'Å' => "a",
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => "e",
        'î' | 'ï' | 'í' | 'ì' | 'Î' | 'Ï' | 'Í' | 'Ì' => "i",
        'ô' | 'ö' | 'ó' | 'ò' | 'õ' | 'Ô' | 'Ö' | 'Ó' | 'Ò' | 'Õ' => "o",
        'û' | 'ü' | 'ù' | 'ú' | 'Û' | 'Ü' | 'Ù' | 'Ú' => "u",
        'ç' | 'Ç' => "c",
        'ñ' | 'Ñ' => "n",
        'ÿ' | 'Ÿ' => "y",
        'œ' | 'Œ' => "oe",
        'æ' | 'Æ' => "ae",
        // Combining accents of decomposed text.
        '\u{300}'..='\u{36f}' => "",
        _ => {
            into.extend(letter.to_lowercase());
            return;
        }
    };
    into.push_str(plain);
}

/// The form in which label keys and values are compared: letters and digits only, folded. `Niveau-Sensibilité` and
/// `niveauSensibilite` are equal.
pub fn normalise(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    for letter in text
        .chars()
        .filter(|c| c.is_alphanumeric() || is_combining(*c))
    {
        fold(letter, &mut normal);
    }
    normal
}

fn is_combining(letter: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&letter)
}

/// Whole words of a name: split at whatever is no letter or digit, and at camel case (`dossierMedical`, `HTTPServer`).
pub fn tokens(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut found = Vec::new();
    let mut word = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() && !is_combining(letter) {
            take(&mut word, &mut found);
            continue;
        }
        let before = at.checked_sub(1).and_then(|i| letters.get(i));
        let after = letters.get(at + 1);
        let starts_hump = letter.is_uppercase()
            && (before.is_some_and(|b| b.is_lowercase() || b.is_numeric())
                || before.is_some_and(|b| b.is_uppercase())
                    && after.is_some_and(|a| a.is_lowercase()));
        if starts_hump {
            take(&mut word, &mut found);
        }
        fold(letter, &mut word);
    }
    take(&mut word, &mut found);
    found
}

fn take(word: &mut String, found: &mut Vec<String>) {
    if !word.is_empty() {
        found.push(std::mem::take(word));
    }
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
