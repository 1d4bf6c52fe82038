//! Resource types of Terraform and kinds of Kubernetes: what is known of where their data sits, who holds the key, which
//! factor is asked for.

use std::fmt;
use std::io;

use serde::Serialize;

use super::{Question, kind, write_json};
use crate::catalog::{
    ClassSet, CustomerKey, Evidence, FactKind, Hit, KubernetesKind, ResourceKind, TerraformProvider,
};
use crate::report::Lang;
use crate::report::human::{Cell, Look, Paint, count};

/// A type of either world.
#[derive(Debug, Clone, Copy)]
enum Of<'a> {
    Terraform(&'a ResourceKind, Option<&'a TerraformProvider>),
    Kubernetes(&'a KubernetesKind),
}

/// A type that meets a question.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    of: Of<'a>,
    hit: Hit,
    /// It is what was typed, and not only like it.
    named: bool,
}

/// Types that meet the question, the best hits first.
pub fn find<'a>(question: &Question<'a>) -> Vec<Found<'a>> {
    let catalog = question.catalog;
    let terraform = catalog
        .resource_kinds()
        .map(|kind| Of::Terraform(kind, catalog.terraform_provider(&kind.provider)));
    let all = terraform.chain(catalog.kubernetes_kinds().map(Of::Kubernetes));
    let mut found: Vec<Found<'a>> = all
        .filter_map(|of| {
            let hit = question.query.hit(&of.names())?;
            let named = question.query.words() == [crate::catalog::plain(&of.name())];
            Some(Found { of, hit, named })
        })
        .filter(|one| question.is_of(one.of.providers()))
        .collect();
    found.sort_by_key(|one| std::cmp::Reverse((one.named, one.hit)));
    found
}

/// Names like the one that was asked for.
pub fn near<'a>(question: &Question<'a>) -> Vec<&'a str> {
    let catalog = question.catalog;
    let types = catalog.resource_kinds().map(|kind| kind.name.as_str());
    let kinds = catalog.kubernetes_kinds().map(|kind| kind.kind.as_str());
    super::near(question, types.chain(kinds).filter(|name| *name != "*"))
}

impl<'a> Of<'a> {
    fn name(self) -> String {
        match self {
            Of::Terraform(kind, _) => kind.name.clone(),
            Of::Kubernetes(kind) if kind.group.is_empty() => kind.kind.clone(),
            Of::Kubernetes(kind) => format!("{}/{}", kind.group, kind.kind),
        }
    }

    fn names(self) -> Vec<String> {
        match self {
            Of::Terraform(kind, provider) => {
                let mut names = vec![
                    kind.name.clone(),
                    kind.provider.clone(),
                    kind.category.to_string(),
                    kind.service_model.to_string(),
                ];
                names.extend(provider.and_then(|provider| provider.providers_id.clone()));
                names
            }
            Of::Kubernetes(kind) => vec![
                self.name(),
                kind.kind.clone(),
                kind.group.clone(),
                kind.family.clone(),
                "kubernetes".to_owned(),
            ],
        }
    }

    fn providers(self) -> Vec<&'a str> {
        match self {
            Of::Terraform(kind, provider) => {
                let company = provider.and_then(|provider| provider.providers_id.as_deref());
                [Some(kind.provider.as_str()), company]
                    .into_iter()
                    .flatten()
                    .collect()
            }
            Of::Kubernetes(_) => vec!["kubernetes"],
        }
    }

    fn evidence(self) -> Option<Evidence> {
        match self {
            Of::Terraform(_, provider) => provider.map(|provider| provider.verification),
            Of::Kubernetes(kind) => Some(kind.verification),
        }
    }

    /// Version, or day, of what was read.
    fn read(self) -> Option<&'a str> {
        match self {
            Of::Terraform(_, Some(provider)) => {
                let version = provider.schema_version.as_deref();
                version
                    .or(provider.docs_version.as_deref())
                    .or(provider.docs_date.as_deref())
            }
            Of::Terraform(_, None) | Of::Kubernetes(_) => None,
        }
    }

    fn source(self) -> &'a str {
        match self {
            Of::Terraform(kind, _) => &kind.source,
            Of::Kubernetes(kind) => &kind.source,
        }
    }

    fn holds_data(self) -> bool {
        match self {
            Of::Terraform(kind, _) => kind.holds_data,
            Of::Kubernetes(kind) => kind.holds_data,
        }
    }

    fn class(self) -> ClassSet {
        match self {
            Of::Terraform(kind, _) => kind.class,
            Of::Kubernetes(kind) => kind.class,
        }
    }
}

/// Writes the types for people: all that is known when one was named, else a line each.
///
/// # Errors
/// When `out` cannot take more.
pub fn human(
    found: &[Found<'_>],
    question: &Question<'_>,
    look: &Look,
) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let named: Vec<_> = found.iter().filter(|one| one.named).collect();
    let alone = if found.len() == 1 {
        found.iter().collect()
    } else {
        named
    };
    if !alone.is_empty() {
        for one in alone {
            match one.of {
                Of::Terraform(kind, provider) => {
                    kind::terraform(&mut out, kind, provider, question, look)?;
                }
                Of::Kubernetes(kind) => kind::kubernetes(&mut out, kind, question.lang, look)?,
            }
        }
        return Ok(out);
    }
    let pick = |en, fr| question.lang.pick(en, fr);
    let rows: Vec<Vec<Cell>> = found.iter().map(|one| row(one.of, question.lang)).collect();
    let headings = [
        pick("type", "type"),
        pick("what", "nature"),
        pick("data", "données"),
        pick("place from", "lieu par"),
        pick("customer key by", "clé du client par"),
        pick("evidence", "preuve"),
        pick("read in", "lu dans"),
    ];
    look.grid(&mut out, &headings, &rows, false)?;
    let counted = match question.lang {
        Lang::En => format!(
            "{}; name one to see all that is known of it",
            count(found.len(), "type")
        ),
        Lang::Fr => format!(
            "{} type(s) ; en nommer un montre tout ce qui en est connu",
            found.len()
        ),
    };
    out += &format!("\n{}\n", look.paint(Paint::Faint, &counted));
    Ok(out)
}

fn row(of: Of<'_>, lang: Lang) -> Vec<Cell> {
    let pick = |en, fr| lang.pick(en, fr);
    let (what, place, key) = match of {
        Of::Terraform(kind, provider) => (
            kind.category.as_str().to_owned(),
            kind::place_word(kind, provider, lang),
            match kind.encryption.customer_key {
                CustomerKey::NotApplicable => String::new(),
                way => way.as_str().to_owned(),
            },
        ),
        Of::Kubernetes(kind) => {
            let tells = |wanted: FactKind| kind.facts.iter().any(|field| field.fact == wanted);
            let placed = tells(FactKind::Region) || tells(FactKind::Zone);
            (
                kind.family.clone(),
                if placed {
                    pick("field", "champ").to_owned()
                } else {
                    String::new()
                },
                if tells(FactKind::EncryptionKey) {
                    pick("field", "champ").to_owned()
                } else {
                    String::new()
                },
            )
        }
    };
    let source = match of.read() {
        Some(version) if !of.source().is_empty() => format!("{} ({version})", of.source()),
        Some(version) => version.to_owned(),
        None => of.source().to_owned(),
    };
    vec![
        Cell::of(Paint::Strong, of.name()),
        Cell::plain(what),
        Cell::plain(if of.holds_data() {
            pick("yes", "oui")
        } else {
            ""
        }),
        Cell::plain(place),
        Cell::plain(key),
        Cell::plain(of.evidence().map_or("", |evidence| evidence.as_str())),
        Cell::of(Paint::Faint, source),
    ]
}

#[derive(Serialize)]
struct Listing<'a> {
    resources: Vec<KindOut<'a>>,
}

#[derive(Serialize)]
struct KindOut<'a> {
    #[serde(rename = "type")]
    name: String,
    world: &'static str,
    provider: Option<&'a str>,
    holds_data: bool,
    classes: ClassSet,
    evidence: Option<&'static str>,
    read_in: Option<&'a str>,
    source: &'a str,
    /// The whole entry, with the keys of the catalogue.
    entry: EntryOut<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum EntryOut<'a> {
    Terraform(&'a ResourceKind),
    Kubernetes(&'a KubernetesKind),
}

/// Writes the types as JSON.
///
/// # Errors
/// When `out` cannot take more.
pub fn json(
    found: &[Found<'_>],
    question: &Question<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let resources = found.iter().map(|one| KindOut {
        name: one.of.name(),
        world: match one.of {
            Of::Terraform(..) => "terraform",
            Of::Kubernetes(_) => "kubernetes",
        },
        provider: match one.of {
            Of::Terraform(kind, _) => Some(&kind.provider),
            Of::Kubernetes(_) => None,
        },
        holds_data: one.of.holds_data(),
        classes: one.of.class(),
        evidence: one.of.evidence().map(|evidence| evidence.as_str()),
        read_in: one.of.read(),
        source: one.of.source(),
        entry: match one.of {
            Of::Terraform(kind, _) => EntryOut::Terraform(kind),
            Of::Kubernetes(kind) => EntryOut::Kubernetes(kind),
        },
    });
    let resources = resources.collect();
    let near = if found.is_empty() {
        near(question)
    } else {
        Vec::new()
    };
    write_json(Listing { resources }, near, question, out)
}
