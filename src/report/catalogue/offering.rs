//! One offering, whole: how it stands, what its visa covers, whose it is, how code shows it, where all that was read.

use std::fmt::{self, Write as _};

use super::Question;
use crate::catalog::{
    Answer, Catalog, Certainty, Date, Extraterritorial, Hds, Match, Offering, Provider, Standing,
    Visa,
};
use crate::report::human::{Look, Paint};
use crate::report::{Lang, clean_line};

/// An offering as it stands on a day, with its company.
#[derive(Debug, Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) offering: &'a Offering,
    pub(super) company: Option<&'a Provider>,
    /// Name of the country of the company's seat.
    pub(super) country: Option<&'a String>,
    pub(super) visa: Visa<'a>,
    pub(super) certified: Answer,
    as_of: Date,
    warning_days: u32,
}

impl<'a> About<'a> {
    pub(super) fn new(offering: &'a Offering, catalog: &'a Catalog, as_of: Date) -> Self {
        let company = catalog.provider(offering.provider());
        let places = catalog.jurisdictions();
        Self {
            offering,
            company,
            country: company
                .zip(places)
                .and_then(|(company, places)| places.countries.get(&company.hq_country)),
            visa: catalog.visa_at(offering, as_of),
            certified: catalog.hds(offering, "", None, as_of),
            as_of,
            warning_days: catalog
                .registry()
                .map_or(0, |registry| registry.expiry_warning_days),
        }
    }

    /// The word for where it stands, as in every JSON output.
    pub(super) fn standing(&self) -> &'static str {
        match self.visa.standing {
            Standing::None => "none",
            Standing::Candidate => "candidate",
            Standing::InForce => "in-force",
            Standing::Lapsed => "lapsed",
        }
    }

    /// Days until the visa ends, its last day included; none when it is not in force or has no known end.
    pub(super) fn days_left(&self) -> Option<i64> {
        let last = self.visa.to?;
        (self.visa.standing == Standing::InForce).then(|| self.as_of.days_until(last))
    }

    pub(super) fn visa_paint(&self) -> Paint {
        match self.visa.standing {
            Standing::InForce
                if self
                    .days_left()
                    .is_some_and(|days| days <= i64::from(self.warning_days)) =>
            {
                Paint::Care
            }
            Standing::InForce => Paint::Good,
            Standing::Candidate => Paint::Care,
            Standing::Lapsed => Paint::Bad,
            Standing::None => Paint::Faint,
        }
    }

    pub(super) fn visa_words(&self, lang: Lang) -> String {
        let pick = |en, fr| lang.pick(en, fr);
        match (self.visa.standing, self.visa.to) {
            (Standing::InForce, Some(last)) => {
                format!("{} {last}", pick("until", "jusqu’au"))
            }
            (Standing::InForce, None) => {
                pick("in force, dates unknown", "en cours, dates inconnues").to_owned()
            }
            (Standing::Lapsed, Some(last)) => format!("{} {last}", pick("ended", "échu le")),
            (Standing::Lapsed, None) => pick("ended", "échu").to_owned(),
            (Standing::Candidate, _) => match self.visa.milestone {
                Some(milestone) => format!("{} {milestone}", pick("candidate", "candidate")),
                None => pick("candidate", "candidate").to_owned(),
            },
            (Standing::None, _) if !self.visa.established => pick("unknown", "inconnu").to_owned(),
            (Standing::None, _) => pick("none", "aucun").to_owned(),
        }
    }

    /// The certificate that counts for it.
    fn hds(&self) -> Option<&'a Hds> {
        let of_company = self.company.map(|company| &company.hds);
        self.offering.hds.as_ref().or(of_company)
    }

    pub(super) fn hds_words(&self, lang: Lang) -> String {
        let Some(hds) = self.hds() else {
            return lang.pick("unknown", "inconnu").to_owned();
        };
        match (hds.certified, hds.until) {
            (Answer::No, _) => lang.pick("no", "non").to_owned(),
            (Answer::Unknown, _) => lang.pick("unknown", "inconnu").to_owned(),
            (Answer::Yes, Some(last)) if last < self.as_of => lang.pick("ended", "échu").to_owned(),
            (Answer::Yes, _) => match hds.area {
                Some(area) => format!("{} ({area})", lang.pick("yes", "oui")),
                None if !hds.regions.is_empty() => {
                    lang.pick("some regions", "certaines régions").to_owned()
                }
                None => lang.pick("yes", "oui").to_owned(),
            },
        }
    }

    /// Whether the law of another country reaches it.
    pub(super) fn exposure(&self, lang: Lang) -> (Paint, &'static str) {
        match self.company.map(|company| company.extraterritorial) {
            Some(Extraterritorial::Yes) => (Paint::Bad, lang.pick("exposed", "exposée")),
            Some(Extraterritorial::No) => {
                (Paint::Good, lang.pick("out of reach", "hors d’atteinte"))
            }
            Some(Extraterritorial::OutsideQualifiedScope)
                if self.visa.standing == Standing::InForce =>
            {
                (Paint::Good, lang.pick("out of reach", "hors d’atteinte"))
            }
            Some(Extraterritorial::OutsideQualifiedScope) => (
                Paint::Care,
                lang.pick("reaches the group", "atteint le groupe"),
            ),
            Some(Extraterritorial::Unknown) | None => {
                (Paint::Care, lang.pick("unknown", "inconnu"))
            }
        }
    }

    /// Regions, else sites, inside the visa.
    pub(super) fn scope_words(&self) -> String {
        if self.offering.scope_regions.is_empty() {
            self.offering.scope_sites.join(", ")
        } else {
            self.offering.scope_regions.join(", ")
        }
    }
}

/// Writes everything about an offering, for people.
///
/// # Errors
/// When `out` cannot take more.
pub fn human(
    offering: &Offering,
    question: &Question<'_>,
    look: &Look,
) -> Result<String, fmt::Error> {
    let about = About::new(offering, question.catalog, question.as_of);
    let mut out = String::new();
    let name = about.company.map_or(String::new(), |company| {
        format!("{} · ", company.legal_name)
    });
    let title = clean_line(&offering.id);
    look.title(
        &mut out,
        &title,
        &clean_line(&format!("{name}{}", offering.name)),
    )?;
    writeln!(out)?;
    visa(&mut out, &about, question, look)?;
    company(&mut out, &about, question.lang, look)?;
    rows(
        &mut out,
        question.lang.pick("note", "note"),
        [offering.note.as_str()],
        look,
    )?;
    shown_by(&mut out, &about, question.lang, look)?;
    siblings(&mut out, &about, question, look)?;
    sources(&mut out, &about, question, look)?;
    Ok(out)
}

/// One name, and a paragraph for each text that says something.
fn rows<'t>(
    out: &mut String,
    name: &str,
    texts: impl IntoIterator<Item = &'t str>,
    look: &Look,
) -> fmt::Result {
    let texts = texts.into_iter().filter(|text| !text.is_empty());
    for (at, text) in texts.enumerate() {
        look.row(out, if at == 0 { name } else { "" }, text)?;
    }
    Ok(())
}

fn visa(out: &mut String, about: &About<'_>, question: &Question<'_>, look: &Look) -> fmt::Result {
    let (lang, offering) = (question.lang, about.offering);
    let pick = |en, fr| lang.pick(en, fr);
    let mut standing = match about.visa.standing {
        Standing::InForce => pick("in force", "en cours"),
        Standing::Candidate => pick(
            "none: an application is filed",
            "aucun : candidature déposée",
        ),
        Standing::Lapsed => pick("ended", "échu"),
        Standing::None if about.visa.established => pick("none", "aucun"),
        Standing::None => pick("not established", "non établi"),
    }
    .to_owned();
    if let Some(milestone) = about.visa.milestone {
        standing += &format!(", {} {milestone}", pick("milestone", "jalon"));
    }
    if let Some(first) = about.visa.from {
        standing += &format!(", {} {first}", pick("from", "du"));
    }
    if let Some(last) = about.visa.to {
        standing += &format!(
            " {} {last} {}",
            pick("to", "au"),
            pick("inclusive", "inclus")
        );
    }
    if let Some(days) = about.days_left() {
        standing += &match lang {
            Lang::En => format!(
                ": {} left",
                crate::report::human::count(usize::try_from(days).unwrap_or(0), "day")
            ),
            Lang::Fr => format!(" : encore {days} jour(s)"),
        };
    }
    look.row(out, pick("visa", "visa"), &standing)?;
    let mut decision = Vec::new();
    decision.extend(
        offering
            .framework
            .as_ref()
            .map(|version| format!("SecNumCloud {version}")),
    );
    decision.extend(
        offering
            .decision
            .as_ref()
            .map(|number| format!("{} {number}", pick("decision", "décision"))),
    );
    if let Some(registry) = question.catalog.registry() {
        decision.push(format!(
            "{} {}",
            pick("registry of", "registre du"),
            registry.compiled_on
        ));
    }
    decision.push(format!(
        "{} {}",
        pick("certainty", "certitude"),
        offering.confidence
    ));
    look.row(out, "", &decision.join(", "))?;
    rows(
        out,
        "",
        offering.milestone_dates.iter().map(String::as_str),
        look,
    )?;
    if let Some(base) = &offering.composition {
        look.row(out, pick("built on", "bâtie sur"), base)?;
    }
    if offering.ineligible {
        let why = pick(
            "the rules on ownership bar it from a visa of its own",
            "les règles de détention du capital lui interdisent un visa propre",
        );
        look.row(out, "", why)?;
    }
    let mut scope: Vec<String> = Vec::new();
    let mut part = |name: &str, texts: &[String]| {
        if !texts.is_empty() {
            scope.push(format!("{name}: {}", texts.join(", ")));
        }
    };
    part(pick("regions", "régions"), &offering.scope_regions);
    part(pick("sites", "sites"), &offering.scope_sites);
    part(pick("services", "services"), &offering.scope_services);
    part(
        pick("not covered", "non couverts"),
        &offering.not_covered_resource_types,
    );
    if let Some(sure) = offering.scope_confidence {
        scope.push(format!("{} {sure}", pick("certainty", "certitude")));
    }
    let texts = scope.iter().map(String::as_str);
    rows(
        out,
        pick("scope", "périmètre"),
        texts.chain([offering.scope_note.as_str()]),
        look,
    )
}

fn company(out: &mut String, about: &About<'_>, lang: Lang, look: &Look) -> fmt::Result {
    let pick = |en, fr| lang.pick(en, fr);
    if let Some(hds) = about.hds() {
        let mut words = about.hds_words(lang);
        if !hds.regions.is_empty() {
            words += &format!(": {}", hds.regions.join(", "));
        }
        if let Some(last) = hds.until {
            words += &format!(", {} {last}", pick("until", "jusqu’au"));
        }
        rows(out, "HDS", [words.as_str(), &hds.note], look)?;
    }
    let Some(company) = about.company else {
        return Ok(());
    };
    let held = match company.eu_controlled {
        Answer::Yes => pick("controlled from inside the EU", "contrôle dans l’UE"),
        Answer::No => pick("controlled from outside the EU", "contrôle hors de l’UE"),
        Answer::Unknown => pick("control not established", "contrôle non établi"),
    };
    let seat = format!(
        "{}, {} {}, {} {}; {held}; {} {}",
        company.legal_name,
        pick("headquarters", "siège"),
        company.hq_country,
        pick("controlled from", "contrôlée depuis"),
        company.control_country,
        pick("certainty", "certitude"),
        company.ownership_confidence
    );
    rows(
        out,
        pick("company", "société"),
        [seat.as_str(), &company.ownership],
        look,
    )?;
    let (_, exposure) = about.exposure(lang);
    let laws = company.extraterritorial_laws.join(", ");
    rows(
        out,
        pick("law", "lois"),
        [exposure, &laws, &company.extraterritorial_reason],
        look,
    )
}

/// How code shows the offering, and what only a statement can tell.
fn shown_by(out: &mut String, about: &About<'_>, lang: Lang, look: &Look) -> fmt::Result {
    let matches = &about.offering.matches;
    let heading = lang.pick("How code shows it", "Ce qui la montre dans le code");
    writeln!(out, "\n{}\n", look.paint(Paint::Strong, heading))?;
    if matches.is_empty() {
        let none = lang.pick(
            "nothing in code: a [[target]] or an [[attestation]] of the configuration names it",
            "rien dans le code : une [[target]] ou une [[attestation]] de la configuration la nomme",
        );
        return look.row(out, "", none);
    }
    for certainty in [Certainty::Certain, Certainty::Probable, Certainty::Attest] {
        let of = matches.iter().filter(|one| one.certainty == certainty);
        for (at, one) in of.enumerate() {
            let name = if at == 0 { certainty.as_str() } else { "" };
            look.row(out, name, &sentence(one, lang))?;
        }
    }
    if matches.iter().all(|one| one.certainty == Certainty::Attest) {
        let only = lang.pick(
            "code cannot tell it from the company's other offerings: an [[attestation]] has to say it",
            "le code ne la distingue pas des autres offres : une [[attestation]] doit le dire",
        );
        look.row(out, "", only)?;
    }
    Ok(())
}

/// A match in words.
fn sentence(of: &Match, lang: Lang) -> String {
    let pick = |en, fr| lang.pick(en, fr);
    let mut parts = Vec::new();
    parts.extend(of.terraform_source.clone());
    if !of.resource_types.is_empty() {
        parts.push(of.resource_types.join(", "));
    }
    if !of.resource_type_prefixes.is_empty() {
        parts.push(format!("{}*", of.resource_type_prefixes.join("*, ")));
    }
    let named = of.arg.as_ref().or(of.env.as_ref());
    if let Some(name) = named {
        parts.push(match (&of.values_regex, of.absent) {
            (_, true) => format!("{} {name}", pick("without", "sans")),
            (Some(pattern), _) => format!("{name} {} /{pattern}/", pick("like", "de la forme")),
            (None, _) => format!("{name} = {}", of.values.join(pick(" or ", " ou "))),
        });
    }
    if let Some(pattern) = &of.endpoint_regex {
        parts.push(format!(
            "{} /{pattern}/",
            pick("an endpoint like", "une adresse de la forme")
        ));
    }
    if of.kubernetes {
        parts.push(
            pick(
                "the company's marks in manifests",
                "les marques de la société dans les manifestes",
            )
            .to_owned(),
        );
    }
    let mut text = parts.join(", ");
    if !of.note.is_empty() {
        text += &format!(" ({})", of.note.trim_end_matches('.'));
    }
    text
}

fn siblings(
    out: &mut String,
    about: &About<'_>,
    question: &Question<'_>,
    look: &Look,
) -> fmt::Result {
    let Some(company) = about.company else {
        return Ok(());
    };
    let others = company
        .offering
        .iter()
        .filter(|other| other.id != about.offering.id);
    let rows: Vec<Vec<String>> = others
        .map(|other| {
            let other = About::new(other, question.catalog, question.as_of);
            vec![
                clean_line(&other.offering.id).into_owned(),
                other.visa_words(question.lang),
                clean_line(&other.offering.name).into_owned(),
            ]
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let heading = question
        .lang
        .pick("Others of the company", "Autres offres de la société");
    writeln!(out, "\n{}\n", look.paint(Paint::Strong, heading))?;
    look.table(out, "visa", &rows)
}

fn sources(
    out: &mut String,
    about: &About<'_>,
    question: &Question<'_>,
    look: &Look,
) -> fmt::Result {
    let heading = question.lang.pick("Sources", "Sources");
    writeln!(out, "\n{}\n", look.paint(Paint::Strong, heading))?;
    let of_company = about.company.into_iter().flat_map(|company| {
        let more = [&company.hds.source, &company.identify.source];
        company.sources.iter().chain(more)
    });
    let own_hds = about.offering.hds.iter().map(|hds| &hds.source);
    let mut seen: Vec<&str> = Vec::new();
    for id in about
        .offering
        .sources
        .iter()
        .chain(own_hds)
        .chain(of_company)
    {
        if seen.contains(&id.as_str()) {
            continue;
        }
        seen.push(id);
        let text = match question.catalog.reference(id) {
            Some(source) => format!("{id} ({}): {}", source.kind, source.reference),
            None => id.clone(),
        };
        look.row(out, "", &text)?;
    }
    Ok(())
}
