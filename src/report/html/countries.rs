//! Names of countries for people. The catalogue has the English ones.

use std::borrow::Cow;

use crate::catalog::Catalog;
use crate::report::Lang;

/// In French, in the order of the codes.
const FRENCH: &[(&str, &str)] = &[
    ("AD", "Andorre"),
    ("AE", "Émirats arabes unis"),
    ("AR", "Argentine"),
    ("AT", "Autriche"),
    ("AU", "Australie"),
    ("AW", "Aruba"),
    ("AX", "Îles Åland"),
    ("BD", "Bangladesh"),
    ("BE", "Belgique"),
    ("BG", "Bulgarie"),
    ("BH", "Bahreïn"),
    ("BL", "Saint-Barthélemy"),
    ("BQ", "Bonaire, Saint-Eustache et Saba"),
    ("BR", "Brésil"),
    ("CA", "Canada"),
    ("CH", "Suisse"),
    ("CI", "Côte d’Ivoire"),
    ("CL", "Chili"),
    ("CN", "Chine"),
    ("CO", "Colombie"),
    ("CW", "Curaçao"),
    ("CY", "Chypre"),
    ("CZ", "Tchéquie"),
    ("DE", "Allemagne"),
    ("DK", "Danemark"),
    ("EE", "Estonie"),
    ("EG", "Égypte"),
    ("ES", "Espagne"),
    ("FI", "Finlande"),
    ("FO", "Îles Féroé"),
    ("FR", "France"),
    ("GB", "Royaume-Uni"),
    ("GF", "Guyane"),
    ("GG", "Guernesey"),
    ("GI", "Gibraltar"),
    ("GL", "Groenland"),
    ("GP", "Guadeloupe"),
    ("GR", "Grèce"),
    ("HK", "Hong Kong"),
    ("HR", "Croatie"),
    ("HU", "Hongrie"),
    ("ID", "Indonésie"),
    ("IE", "Irlande"),
    ("IL", "Israël"),
    ("IM", "Île de Man"),
    ("IN", "Inde"),
    ("IS", "Islande"),
    ("IT", "Italie"),
    ("JE", "Jersey"),
    ("JP", "Japon"),
    ("KR", "Corée du Sud"),
    ("LI", "Liechtenstein"),
    ("LT", "Lituanie"),
    ("LU", "Luxembourg"),
    ("LV", "Lettonie"),
    ("MA", "Maroc"),
    ("MC", "Monaco"),
    ("MF", "Saint-Martin"),
    ("MQ", "Martinique"),
    ("MT", "Malte"),
    ("MX", "Mexique"),
    ("MY", "Malaisie"),
    ("NC", "Nouvelle-Calédonie"),
    ("NG", "Nigéria"),
    ("NL", "Pays-Bas"),
    ("NO", "Norvège"),
    ("NZ", "Nouvelle-Zélande"),
    ("OM", "Oman"),
    ("PE", "Pérou"),
    ("PF", "Polynésie française"),
    ("PH", "Philippines"),
    ("PL", "Pologne"),
    ("PM", "Saint-Pierre-et-Miquelon"),
    ("PT", "Portugal"),
    ("QA", "Qatar"),
    ("RE", "La Réunion"),
    ("RO", "Roumanie"),
    ("RS", "Serbie"),
    ("RU", "Russie"),
    ("SA", "Arabie saoudite"),
    ("SE", "Suède"),
    ("SG", "Singapour"),
    ("SI", "Slovénie"),
    ("SJ", "Svalbard et Jan Mayen"),
    ("SK", "Slovaquie"),
    ("SM", "Saint-Marin"),
    ("SX", "Saint-Martin (partie néerlandaise)"),
    ("TF", "Terres australes françaises"),
    ("TH", "Thaïlande"),
    ("TR", "Turquie"),
    ("TW", "Taïwan"),
    ("US", "États-Unis"),
    ("UY", "Uruguay"),
    ("VA", "Saint-Siège"),
    ("VN", "Viêt Nam"),
    ("WF", "Wallis-et-Futuna"),
    ("YT", "Mayotte"),
    ("ZA", "Afrique du Sud"),
];

/// What a country is called; its code where the catalogue has no name for it.
pub(super) fn name<'a>(code: &'a str, catalog: &'static Catalog, lang: Lang) -> Cow<'a, str> {
    if code.eq_ignore_ascii_case("EU") {
        // What a provider promises without naming the country.
        return lang
            .pick(
                "A Member State, not said which",
                "Un État membre, sans dire lequel",
            )
            .into();
    }
    let french = FRENCH.binary_search_by_key(&code, |(code, _)| code).ok();
    if let (Lang::Fr, Some((_, name))) = (lang, french.and_then(|at| FRENCH.get(at))) {
        return Cow::Borrowed(name);
    }
    let names = catalog.jurisdictions().map(|places| &places.countries);
    names
        .and_then(|names| names.get(code))
        .map_or(Cow::Borrowed(code), |name| Cow::Borrowed(name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_of_the_catalogue_has_a_french_name() {
        assert!(FRENCH.is_sorted_by_key(|(code, _)| code));
        let countries = &Catalog::get().jurisdictions().expect("countries").countries;
        let french: Vec<&str> = FRENCH.iter().map(|(code, _)| *code).collect();
        let known: Vec<&str> = countries.keys().map(String::as_str).collect();
        assert_eq!(french, known);
        assert_eq!(name("DE", Catalog::get(), Lang::Fr), "Allemagne");
        assert_eq!(name("DE", Catalog::get(), Lang::En), "Germany");
        assert_eq!(name("XX", Catalog::get(), Lang::Fr), "XX");
    }
}
