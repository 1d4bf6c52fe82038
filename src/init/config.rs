//! The proposed `gardefou.toml`.

use super::{Choices, Key, Place, Seen};
use crate::config::words::{Actor, Level};
use crate::report::Lang;
use crate::report::human::count;

/// Places that are named; the rest is counted.
const PLACES: usize = 8;

/// Of a comment.
const WIDTH: usize = 98;

/// A blank where no line ends: nothing in the texts is this character.
const JOINED: char = '\u{e000}';

/// The text of the configuration.
pub(super) fn text(seen: &Seen, choices: &Choices, lang: Lang) -> String {
    let mut out = Lines::default();
    head(&mut out, seen, lang);
    organisation(&mut out, choices, lang);
    classification(&mut out, seen, choices, lang);
    tenancy(&mut out, seen, choices, lang);
    targets(&mut out, seen, lang);
    render(&mut out, seen, lang);
    fail(&mut out, lang);
    out.0
}

/// A text of comments and settings.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn set(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn note(&mut self, line: &str) {
        // What stands between backquotes is not to be parted.
        let options = textwrap::Options::new(WIDTH)
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        let mut is_quoted = false;
        let line: String = line
            .chars()
            .map(|c| {
                is_quoted ^= c == '`';
                if is_quoted && c == ' ' { JOINED } else { c }
            })
            .collect();
        for line in textwrap::wrap(&line, options) {
            let line = line.replace(JOINED, " ");
            self.set(format!("# {line}").trim_end());
        }
    }

    fn gap(&mut self) {
        self.0.push('\n');
    }
}

fn head(out: &mut Lines, seen: &Seen, lang: Lang) {
    let repository = env!("CARGO_PKG_REPOSITORY");
    out.note(&match lang {
        Lang::En => format!("What Gardefou cannot read from code ({repository}). Proposed by `gardefou init`: check it, change it, keep it under review."),
        Lang::Fr => format!("Ce que Gardefou ne peut pas lire dans le code ({repository}). Proposé par `gardefou init` : à vérifier, à adapter, à relire comme du code."),
    });
    let read = [
        (
            seen.terraform,
            "Terraform file",
            "fichier Terraform",
            "fichiers Terraform",
        ),
        (
            seen.manifests,
            "Kubernetes manifest",
            "manifeste Kubernetes",
            "manifestes Kubernetes",
        ),
        (seen.charts, "Helm chart", "chart Helm", "charts Helm"),
        (
            seen.kustomizations,
            "kustomization",
            "kustomization",
            "kustomizations",
        ),
        (seen.resources, "resource", "ressource", "ressources"),
    ];
    let read: Vec<String> = read
        .into_iter()
        .filter(|(n, ..)| *n > 0)
        .map(|(n, en, fr, many)| counted(n, lang, en, fr, many))
        .collect();
    if read.is_empty() {
        return;
    }
    out.note("");
    out.note(&format!(
        "{}{}",
        lang.pick("Seen here: ", "Vu ici : "),
        read.join(", ")
    ));
    for (place, n) in seen.places.iter().take(PLACES) {
        let n = counted(*n, lang, "resource", "ressource", "ressources");
        out.note(&format!(
            "  {}{}{n}",
            where_it_is(place),
            lang.pick(": ", " : ")
        ));
    }
    let more = seen.places.len().saturating_sub(PLACES);
    if more > 0 {
        out.note(&match lang {
            Lang::En => format!(
                "  and {} more, see `gardefou inspect`",
                count(more, "place")
            ),
            Lang::Fr => format!("  et {more} de plus, voir `gardefou inspect`"),
        });
    }
}

/// `aws eu-west-3 (FR)`
pub(super) fn where_it_is(place: &Place) -> String {
    let mut text = place.offering.as_ref().unwrap_or(&place.provider).clone();
    if let Some(region) = &place.region {
        text += &format!(" {region}");
    }
    // A multi-region has many.
    if !place.countries.is_empty() && place.countries.len() <= 4 {
        text += &format!(" ({})", place.countries.join(", "));
    }
    text
}

pub(super) fn counted(n: usize, lang: Lang, en: &str, fr: &str, many: &str) -> String {
    match lang {
        Lang::En => count(n, en),
        Lang::Fr if n < 2 => format!("{n} {fr}"),
        Lang::Fr => format!("{n} {many}"),
    }
}

fn organisation(out: &mut Lines, choices: &Choices, lang: Lang) {
    out.gap();
    out.set("[organisation]");
    out.note(lang.pick(
        "What the organisation is before the law; with the level of the data it decides which rules bind it. \
         With `state`, `state-operator` and `gip`, health data is of particular sensitivity (SREN act, article 31).",
        "Ce qu’est l’organisation au regard de la loi ; avec le niveau des données, cela décide des règles qui l’obligent. \
         Avec `state`, `state-operator` et `gip`, les données de santé sont d’une sensibilité particulière (loi SREN, article 31).",
    ));
    out.note(&Actor::WORDS.join(", "));
    match choices.actor {
        Some(actor) => out.set(&format!("actor = \"{actor}\"")),
        None => {
            out.note(lang.pick(
                "Nobody said, so nothing is raised or lowered:",
                "Personne ne l’a dit, donc rien n’est relevé ni abaissé :",
            ));
            out.set("# actor = \"health-body\"");
        }
    }
}

fn classification(out: &mut Lines, seen: &Seen, choices: &Choices, lang: Lang) {
    out.gap();
    out.set("[classification]");
    let n = seen.assumed;
    out.note(&match (n, lang) {
        (0, Lang::En) => "The level of data that nothing classifies; here there is none yet.".to_owned(),
        (0, Lang::Fr) => {
            "Le niveau des données que rien ne classe ; il n’y en a pas encore ici.".to_owned()
        }
        (_, Lang::En) => format!(
            "The level of data that nothing classifies: {} here. An assumed level classifies nothing: \
             `classification/unclassified` still says so.",
            counted(n, lang, "resource", "", "")
        ),
        (_, Lang::Fr) => format!(
            "Le niveau des données que rien ne classe : {} ici. Un niveau supposé ne classe rien : \
             `classification/unclassified` le signale toujours.",
            counted(n, lang, "", "ressource", "ressources")
        ),
    });
    let levels: Vec<&str> = Level::ALL
        .iter()
        .filter(|level| **level != Level::Beyond)
        .map(|level| level.as_str())
        .collect();
    out.note(&levels.join(", "));
    out.set(&format!("assume = \"{}\"", choices.assume));
    let (known, like): (Vec<&Key>, Vec<&Key>) = seen.level_keys.iter().partition(|key| key.known);
    for key in known {
        let n = counted(
            key.resources,
            lang,
            "resource carries",
            "ressource porte",
            "ressources portent",
        );
        let n = if lang == Lang::En && key.resources != 1 {
            format!("{} resources carry", key.resources)
        } else {
            n
        };
        out.note(&match lang {
            Lang::En => format!(
                "{n} the label `{}`{}, which is read as a level.",
                key.name,
                values(key)
            ),
            Lang::Fr => format!(
                "{n} l’étiquette `{}`{}, lue comme un niveau.",
                key.name,
                values(key)
            ),
        });
    }
    keys(
        out,
        &like,
        "keys",
        lang,
        [
            "looks as if it said how sensitive data is",
            "semble dire la sensibilité des données",
        ],
    );
    out.note(lang.pick(
        "Levels by path, address or namespace; a label on the resource wins:",
        "Des niveaux par chemin, adresse ou espace de noms ; une étiquette sur la ressource l’emporte :",
    ));
    out.set("# [[classification.assign]]");
    out.set("# match = [\"infra/records/**\", \"module.patients.**\", \"ns:records-*\"]");
    out.set("# level = \"health\"");
}

/// ` (health, personal)`
fn values(key: &Key) -> String {
    if key.values.is_empty() {
        return String::new();
    }
    let values: Vec<&str> = key.values.iter().map(String::as_str).collect();
    format!(" ({})", values.join(", "))
}

/// Keys that may mean something: to be confirmed by removing the mark of the comment.
fn keys(out: &mut Lines, like: &[&Key], setting: &str, lang: Lang, [en, fr]: [&str; 2]) {
    for key in like {
        let n = counted(key.resources, lang, "resource", "ressource", "ressources");
        out.note(&match lang {
            Lang::En => format!("`{}`{} on {n} {en}. If it does:", key.name, values(key)),
            Lang::Fr => format!(
                "`{}`{} sur {n} {fr}. Si c’est le cas :",
                key.name,
                values(key)
            ),
        });
    }
    if !like.is_empty() {
        let names: Vec<String> = like.iter().map(|key| format!("\"{}\"", key.name)).collect();
        out.set(&format!("# {setting} = [{}]", names.join(", ")));
    }
}

fn tenancy(out: &mut Lines, seen: &Seen, choices: &Choices, lang: Lang) {
    out.gap();
    out.set("[tenancy]");
    out.note(lang.pick(
        "Do several clients share this estate? Without an answer, the rules about tenants apply once two of them are found.",
        "Plusieurs clients partagent-ils cet ensemble ? Sans réponse, les règles sur les clients valent dès que deux sont trouvés.",
    ));
    if !seen.tenants.is_empty() {
        let named: Vec<&str> = seen
            .tenants
            .iter()
            .take(PLACES)
            .map(String::as_str)
            .collect();
        let n = counted(seen.tenants.len(), lang, "client", "client", "clients");
        let found = lang.pick("found here", "ici");
        out.note(&format!(
            "{n} {found}{}{}",
            lang.pick(": ", " : "),
            named.join(", ")
        ));
    }
    match choices.multi_tenant {
        Some(several) => out.set(&format!("multi-tenant = {several}")),
        None => out.set("# multi-tenant = true"),
    }
    let like: Vec<&Key> = seen.tenant_keys.iter().filter(|key| !key.known).collect();
    keys(
        out,
        &like,
        "keys",
        lang,
        ["looks as if it named the client", "semble nommer le client"],
    );
}

fn targets(out: &mut Lines, seen: &Seen, lang: Lang) {
    let Some(folder) = seen.unplaced.first() else {
        return;
    };
    out.gap();
    out.note(&match lang {
        Lang::En => format!(
            "Nothing says whose cluster runs the manifests in {}. `gardefou catalog offerings` lists the ids.",
            seen.unplaced.join(", ")
        ),
        Lang::Fr => format!(
            "Rien ne dit chez qui tournent les manifestes de {}. `gardefou catalog offerings` liste les identifiants.",
            seen.unplaced.join(", ")
        ),
    });
    out.set("# [[target]]");
    out.set(&format!("# paths = [\"{folder}/**\"]"));
    out.set("# offering = \"outscale/iaas-cloud-on-demand\"");
    out.set("# region = \"cloudgouv-eu-west-1\"");
}

fn render(out: &mut Lines, seen: &Seen, lang: Lang) {
    if seen.charts + seen.kustomizations == 0 {
        return;
    }
    out.gap();
    out.note(lang.pick(
        "Charts and kustomizations are judged when they are rendered, by the installed `helm` and `kubectl` or `kustomize`:",
        "Charts et kustomizations sont jugés une fois rendus, par `helm` et `kubectl` ou `kustomize` s’ils sont installés :",
    ));
    out.set("# [render]");
    out.set("# enabled = true");
}

fn fail(out: &mut Lines, lang: Lang) {
    out.gap();
    out.set("[fail]");
    out.note(lang.pick(
        "The lowest severity that fails a run: info, low, medium, high, critical.",
        "La gravité à partir de laquelle une exécution échoue : info, low, medium, high, critical.",
    ));
    out.set("on = \"high\"");
    out.note(lang.pick(
        "At these levels, what could not be decided fails too: what nobody could see is no pass.",
        "À ces niveaux, ce qui n’a pas pu être décidé fait échouer aussi : ce que personne n’a pu voir ne passe pas.",
    ));
    out.set("undetermined = [\"health\", \"particular\"]");
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::source::Sources;

    fn key(name: &str, known: bool) -> Key {
        Key {
            name: name.into(),
            resources: 12,
            values: BTreeSet::from(["santé".to_owned()]),
            known,
        }
    }

    #[test]
    fn every_proposal_loads() {
        let seen = Seen {
            terraform: 2,
            manifests: 1,
            charts: 1,
            resources: 40,
            places: vec![(
                Place {
                    provider: "aws".into(),
                    offering: None,
                    region: Some("eu-west-3".into()),
                    countries: vec!["FR".into()],
                },
                12,
            )],
            assumed: 3,
            level_keys: vec![
                key("data-classification", true),
                key("acme/data-class", false),
            ],
            tenant_keys: vec![key("client", true), key("code-etablissement", false)],
            tenants: vec!["chu-a".into(), "chu-b".into()],
            unplaced: vec!["k8s".into()],
            ..Seen::default()
        };
        for lang in [Lang::En, Lang::Fr] {
            for (actor, multi_tenant) in [(None, None), (Some(Actor::Gip), Some(true))] {
                let choices = Choices {
                    actor,
                    assume: Level::Health,
                    multi_tenant,
                    ci: None,
                    hook: false,
                    pin: None,
                };
                let text = text(&seen, &choices, lang);
                // As it is, and with every proposal taken.
                let taken: String = text
                    .lines()
                    .map(|line| {
                        let setting = line.strip_prefix("# ").filter(|rest| {
                            rest.starts_with('[')
                                || rest.split_once(" = ").is_some_and(|(key, _)| {
                                    key.chars().all(|c| c.is_ascii_lowercase() || c == '-')
                                })
                        });
                        format!("{}\n", setting.unwrap_or(line))
                    })
                    .collect();
                assert!(taken.contains("\n[[target]]\n"), "{taken}");
                for text in [&text, &taken] {
                    let sources = Sources::new();
                    let source = sources.add("gardefou.toml", text.as_str());
                    let (config, problems) = crate::config::parse(source, text);
                    assert!(problems.is_empty(), "{problems:#?}\n{text}");
                    assert_eq!(config.assume(), Level::Health);
                }
            }
        }
    }
}
