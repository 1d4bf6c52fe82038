//! What is known of one resource type, in sentences.

use std::fmt::{self, Write as _};

use super::Question;
use crate::catalog::{
    Credential, CredentialDefault, CustomerKey, Encryption, EncryptionDefault, Key, KubernetesKind,
    Material, Mfa, MfaKind, ResourceKind, TerraformProvider,
};
use crate::report::human::{Look, Paint};
use crate::report::{Lang, clean_line};

/// Sentences in one language, under names.
struct Page<'p> {
    out: &'p mut String,
    lang: Lang,
    look: &'p Look,
}

impl Page<'_> {
    fn pick(&self, en: &'static str, fr: &'static str) -> &'static str {
        self.lang.pick(en, fr)
    }

    /// A name, and the texts that say something, each on lines of its own.
    fn rows(&mut self, name: &str, texts: &[String]) -> fmt::Result {
        let texts = texts.iter().filter(|text| !text.is_empty());
        for (at, text) in texts.enumerate() {
            self.look
                .row(self.out, if at == 0 { name } else { "" }, text)?;
        }
        Ok(())
    }

    /// `before` and the paths, when there are any.
    fn said(&self, into: &mut Vec<String>, en: &'static str, fr: &'static str, paths: &[String]) {
        if !paths.is_empty() {
            into.push(format!("{} {}", self.pick(en, fr), code(paths)));
        }
    }
}

/// Paths as people quote them.
fn code(paths: &[String]) -> String {
    let quoted: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
    quoted.join(", ")
}

/// Where a type's place comes from, in a word.
pub(super) fn place_word(
    kind: &ResourceKind,
    provider: Option<&TerraformProvider>,
    lang: Lang,
) -> String {
    let pick = |en, fr| lang.pick(en, fr);
    let inherits = kind.location_inherits
        && provider.is_some_and(|provider| !provider.location_paths.is_empty());
    let word = if kind.global {
        pick("no region", "sans région")
    } else if !kind.location.is_empty() && inherits {
        pick("attribute, provider", "attribut, fournisseur")
    } else if !kind.location.is_empty() {
        pick("attribute", "attribut")
    } else if inherits {
        pick("provider", "fournisseur")
    } else if kind.parent.is_some() {
        pick("parent", "parent")
    } else if kind.location_default.is_some() {
        pick("default", "défaut")
    } else if kind.location_inherits {
        pick("outside the code", "hors du code")
    } else {
        ""
    };
    word.to_owned()
}

/// Everything about a type of Terraform.
pub(super) fn terraform(
    out: &mut String,
    kind: &ResourceKind,
    provider: Option<&TerraformProvider>,
    question: &Question<'_>,
    look: &Look,
) -> fmt::Result {
    let lang = question.lang;
    let holds = if kind.holds_data {
        lang.pick("keeps data", "conserve des données")
    } else {
        lang.pick("keeps no data", "ne conserve pas de données")
    };
    let about = format!(
        "{} · {} · {} · {holds}",
        kind.provider, kind.category, kind.service_model
    );
    look.title(out, &clean_line(&kind.name), &clean_line(&about))?;
    writeln!(out)?;
    let mut page = Page { out, lang, look };
    place(&mut page, kind, provider)?;
    copies(&mut page, kind)?;
    encryption(&mut page, &kind.encryption)?;
    if let Some(about) = &kind.key {
        key(&mut page, about)?;
    }
    if let Some(mfa) = &kind.mfa {
        sign_in(&mut page, mfa)?;
    }
    if let Some(of) = &kind.credential {
        credential(&mut page, of)?;
    }
    let name = page.pick("labels", "étiquettes");
    let tags = Some(code(&kind.tags)).filter(|_| !kind.tags.is_empty());
    page.rows(name, &tags.into_iter().collect::<Vec<_>>())?;
    let name = page.pick("classes", "classes");
    page.rows(name, &[kind.class.to_string()])?;
    let outside = question
        .catalog
        .offerings()
        .filter(|offering| offering.not_covered_resource_types.contains(&kind.name));
    let outside: Vec<String> = outside.map(|offering| offering.id.clone()).collect();
    if !outside.is_empty() {
        let name = page.pick("visa", "visa");
        let text = format!(
            "{} {}",
            page.pick("outside that of", "hors de celui de"),
            outside.join(", ")
        );
        page.rows(name, &[text])?;
    }
    let mut notes = vec![kind.note.clone(), kind.version_note.clone()];
    if let Some(version) = &kind.removed_in {
        notes.push(format!(
            "{} {version}",
            page.pick("gone from the provider in", "retiré du fournisseur en")
        ));
    }
    let name = page.pick("note", "note");
    page.rows(name, &notes)?;
    source(&mut page, kind, provider)?;
    writeln!(page.out)
}

fn place(
    page: &mut Page<'_>,
    kind: &ResourceKind,
    provider: Option<&TerraformProvider>,
) -> fmt::Result {
    let mut texts = Vec::new();
    page.said(&mut texts, "its own", "de son propre", &kind.location);
    if let Some(way) = kind.location_kind {
        texts.push(format!(
            "{} {way}",
            page.pick("the value is a", "la valeur est du genre")
        ));
    }
    if let Some(parent) = &kind.parent {
        let types = if parent.types.is_empty() {
            String::new()
        } else {
            format!(" ({})", parent.types.join(", "))
        };
        texts.push(format!(
            "{} `{}`{types}",
            page.pick("that of what it names in", "celui de ce que nomme"),
            parent.attr
        ));
    }
    page.said(
        &mut texts,
        "or that of what it names in",
        "ou celui de ce que nomme",
        &kind.parent_alternatives,
    );
    let attached: Vec<String> = kind
        .attaches_to
        .iter()
        .map(|link| format!("{} ({})", link.attr, link.kind))
        .collect();
    page.said(&mut texts, "attached by", "attaché par", &attached);
    if kind.location_inherits {
        let paths = provider.map_or(&[][..], |provider| &provider.location_paths);
        if paths.is_empty() {
            texts.push(
                page.pick(
                    "that of the provider's configuration, which code does not show",
                    "celui de la configuration du fournisseur, que le code ne montre pas",
                )
                .to_owned(),
            );
        }
        page.said(
            &mut texts,
            "else the provider block's",
            "sinon, du bloc du fournisseur,",
            paths,
        );
        if let Some(default) = provider.and_then(|provider| provider.location_default.as_ref()) {
            texts.push(format!(
                "{} {default}",
                page.pick(
                    "else, as the provider does,",
                    "sinon, comme le fait le fournisseur,"
                )
            ));
        }
    }
    if let Some(default) = &kind.location_default {
        texts.push(format!(
            "{} {default}",
            page.pick("when nothing says it:", "si rien ne le dit :")
        ));
    }
    if kind.global {
        texts.push(
            page.pick(
                "no region argument: worldwide, or placed by something else",
                "aucun argument de région : mondial, ou placé par autre chose",
            )
            .to_owned(),
        );
    }
    if texts.is_empty() {
        texts.push(
            page.pick("nothing is known of it", "rien n’en est connu")
                .to_owned(),
        );
    }
    texts.push(kind.location_note.clone());
    let name = page.pick("place", "lieu");
    page.rows(name, &texts)
}

fn copies(page: &mut Page<'_>, kind: &ResourceKind) -> fmt::Result {
    let mut texts = Vec::new();
    page.said(&mut texts, "by", "par", &kind.replication);
    for companion in &kind.encryption.companions {
        if !companion.replication.is_empty() {
            let paths = code(&companion.replication);
            texts.push(format!(
                "{} {}: {paths}",
                page.pick("by", "par"),
                companion.kind
            ));
        }
    }
    for values in &kind.replication_values {
        let mut parts = Vec::new();
        if !values.cross_region.is_empty() {
            parts.push(format!(
                "{} {}",
                page.pick("to another region with", "vers une autre région avec"),
                values.cross_region.join(", ")
            ));
        }
        if !values.in_region.is_empty() {
            parts.push(format!(
                "{} {}",
                page.pick("inside it with", "dans la région avec"),
                values.in_region.join(", ")
            ));
        }
        texts.push(format!("`{}`: {}", values.path, parts.join("; ")));
    }
    if !kind.multi_region_values.is_empty() {
        texts.push(format!(
            "{} {}",
            page.pick("over several regions with", "sur plusieurs régions avec"),
            kind.multi_region_values.join(", ")
        ));
    }
    page.said(
        &mut texts,
        "data is sent where this says:",
        "les données partent où le dit",
        &kind.data_egress,
    );
    let name = page.pick("copies", "copies");
    page.rows(name, &texts)
}

fn encryption(page: &mut Page<'_>, of: &Encryption) -> fmt::Result {
    let mut texts = Vec::new();
    let way = match of.customer_key {
        CustomerKey::NotApplicable => return Ok(()),
        CustomerKey::Attribute => page.pick(
            "a customer's key by an attribute",
            "clé du client par un attribut",
        ),
        CustomerKey::Companion => page.pick(
            "a customer's key by another resource",
            "clé du client par une autre ressource",
        ),
        CustomerKey::CompanionChain => page.pick(
            "a customer's key by a resource of another one",
            "clé du client par la ressource d’une autre",
        ),
        CustomerKey::Linked => page.pick(
            "a customer's key by a configuration that it names",
            "clé du client par une configuration qu’elle nomme",
        ),
        CustomerKey::Parent => page.pick("as what it is part of", "comme ce dont elle fait partie"),
        CustomerKey::FreeForm => page.pick(
            "a customer's key inside a text without a fixed form",
            "clé du client dans un texte sans forme fixe",
        ),
        CustomerKey::Outside => page.pick(
            "a customer's key is set outside this provider's code",
            "clé du client posée hors du code de ce fournisseur",
        ),
        CustomerKey::Passphrase => page.pick(
            "a secret that the customer supplies, not a reference to a key",
            "un secret que fournit le client, non une référence à une clé",
        ),
        CustomerKey::None => page.pick(
            "no customer's key: no argument exists",
            "aucune clé du client : aucun argument n’existe",
        ),
    };
    texts.push(way.to_owned());
    for scope in &of.key_scopes {
        let part = if scope.block.is_empty() {
            String::new()
        } else {
            format!("`{}`: ", scope.block)
        };
        texts.push(format!("{part}{}", code(&scope.paths)));
    }
    for companion in &of.companions {
        if !companion.key_paths.is_empty() {
            texts.push(format!(
                "{}: {}",
                companion.kind,
                code(&companion.key_paths)
            ));
        }
    }
    for link in &of.linked {
        texts.push(format!("`{}` ({})", link.attr, link.kind));
    }
    page.said(
        &mut texts,
        "keys of copies:",
        "clés des copies :",
        &of.replica_key_paths,
    );
    page.said(
        &mut texts,
        "switched on by",
        "activé par",
        &of.enabled_paths,
    );
    page.said(
        &mut texts,
        "switched off by",
        "désactivé par",
        &of.disabled_paths,
    );
    for mode in &of.modes {
        let mut parts = Vec::new();
        for (name, values) in [
            (page.pick("customer", "client"), &mode.customer),
            (page.pick("provider", "fournisseur"), &mode.provider),
            (page.pick("off", "sans"), &mode.off),
        ] {
            if !values.is_empty() {
                parts.push(format!("{name} {}", values.join(", ")));
            }
        }
        texts.push(format!("`{}`: {}", mode.path, parts.join("; ")));
    }
    if !of.provider_values.is_empty() {
        texts.push(format!(
            "{} {}",
            page.pick("the provider's own:", "celles du fournisseur :"),
            of.provider_values.join(", ")
        ));
    }
    let default = match of.default {
        EncryptionDefault::Unencrypted => page.pick("in clear", "en clair"),
        EncryptionDefault::AccountDefault => page.pick(
            "a setting of the account decides",
            "un réglage du compte décide",
        ),
        EncryptionDefault::ProviderOwned => page.pick(
            "a key of the provider that the customer never sees",
            "une clé du fournisseur que le client ne voit jamais",
        ),
        EncryptionDefault::ProviderManaged => page.pick(
            "a key of the provider in the customer's account",
            "une clé du fournisseur dans le compte du client",
        ),
        EncryptionDefault::Parent => {
            page.pick("as what it is part of", "comme ce dont elle fait partie")
        }
        EncryptionDefault::KeyRequired => page.pick(
            "a key is a required argument",
            "une clé est un argument obligatoire",
        ),
        EncryptionDefault::NotApplicable => "",
        EncryptionDefault::Unknown => page.pick("not documented", "non documenté"),
    };
    if !default.is_empty() {
        texts.push(format!(
            "{} {default}",
            page.pick("without any argument:", "sans argument :")
        ));
    }
    let account = [&of.account_switch, &of.account_key].into_iter().flatten();
    let account: Vec<String> = account.cloned().collect();
    page.said(
        &mut texts,
        "the account's settings:",
        "réglages du compte :",
        &account,
    );
    texts.push(of.note.clone());
    let name = page.pick("key", "clé");
    page.rows(name, &texts)
}

/// What the type says about a key it is.
fn key(page: &mut Page<'_>, of: &Key) -> fmt::Result {
    let mut texts = vec![format!(
        "{} {}",
        page.pick("it is itself a", "elle est elle-même :"),
        of.kind
    )];
    page.said(
        &mut texts,
        "others cite",
        "les autres citent",
        &of.reference_attributes,
    );
    for (en, fr, path) in [
        ("rotates by", "rotation par", &of.rotation_path),
        ("how often:", "périodicité :", &of.rotation_period_path),
        (
            "destroyed after",
            "détruite après",
            &of.deletion_window_path,
        ),
        (
            "destruction prevented by",
            "destruction empêchée par",
            &of.purge_protection_path,
        ),
        ("copied by", "copiée par", &of.multi_region_path),
    ] {
        if let Some(path) = path {
            page.said(&mut texts, en, fr, std::slice::from_ref(path));
        }
    }
    for rule in &of.origins {
        let paths = std::slice::from_ref(&rule.path);
        let (en, fr) = match rule.is {
            Material::Service => ("made by the service by", "créée par le service par"),
            Material::Imported => ("brought in by", "importée par"),
            Material::Hsm => ("in a hardware module by", "dans un module matériel par"),
            Material::External => ("held outside by", "tenue au-dehors par"),
        };
        page.said(&mut texts, en, fr, paths);
    }
    let name = page.pick("is a key", "est clé");
    page.rows(name, &texts)
}

fn sign_in(page: &mut Page<'_>, of: &Mfa) -> fmt::Result {
    let what = match of.kind {
        MfaKind::Enforcement => page.pick(
            "it can demand a second factor",
            "peut exiger un second facteur",
        ),
        MfaKind::Adaptive => page.pick("it asks depending on risk", "demande selon le risque"),
        MfaKind::Reauth => page.pick("it asks again", "redemande"),
        MfaKind::PolicyCondition => page.pick(
            "a permission can hold only with a second factor",
            "une permission peut ne valoir qu’avec un second facteur",
        ),
        MfaKind::FederationHint => page.pick("sign-in is delegated", "connexion déléguée"),
        MfaKind::Evidence => page.pick(
            "it shows that factors exist",
            "montre que des facteurs existent",
        ),
        MfaKind::DeleteProtection => page.pick(
            "a factor is needed to delete: no proof of sign-in",
            "un facteur est exigé pour supprimer : ne prouve rien sur la connexion",
        ),
        MfaKind::RootCredentials => page.pick(
            "credentials of the root account",
            "identifiants du compte racine",
        ),
        MfaKind::NoAuth => page.pick("sign-in without any factor", "connexion sans facteur"),
    };
    let mut texts = vec![format!("{what} ({})", of.audience)];
    for rule in &of.rules {
        let values = if rule.values.is_empty() {
            String::new()
        } else {
            format!(" {}", rule.values.join(", "))
        };
        texts.push(format!("`{}` {}{values}", rule.path, rule.test));
    }
    texts.push(of.required.clone());
    let name = page.pick("sign-in", "connexion");
    page.rows(name, &texts)
}

/// What the type says about the static credential it is.
fn credential(page: &mut Page<'_>, of: &Credential) -> fmt::Result {
    let mut texts = Vec::new();
    for (condition, en, fr) in [
        (
            &of.when,
            "a static credential when",
            "secret statique quand",
        ),
        (&of.off, "switched off when", "désactivé quand"),
    ] {
        for condition in condition {
            let values = condition.values.join(", ");
            let before = page.pick(en, fr);
            texts.push(format!("{before} `{}` = {values}", condition.path));
        }
    }
    let ends: Vec<String> = of.ends.iter().map(|end| end.path.clone()).collect();
    page.said(&mut texts, "ended by", "fin par", &ends);
    page.said(
        &mut texts,
        "made anew by a clock behind",
        "recréé par une horloge derrière",
        &of.rotation_paths,
    );
    page.said(
        &mut texts,
        "kept alive by",
        "prolongé par",
        &of.endless_paths,
    );
    for limit in &of.limits {
        let before = page.pick("limited by", "limité par");
        texts.push(format!("{before} `{}.{}`", limit.kind, limit.path));
    }
    let otherwise = match of.default {
        CredentialDefault::Unlimited => page.pick("good without end", "valable sans fin"),
        CredentialDefault::Limited => page.pick("the service ends it", "le service y met fin"),
        CredentialDefault::Unknown => page.pick("not documented", "non documenté"),
    };
    let days = of.default_days.map(|days| match page.lang {
        Lang::En => format!(", after {days} days"),
        Lang::Fr => format!(", après {days} jours"),
    });
    texts.push(format!(
        "{} {otherwise}{}",
        page.pick("without any argument:", "sans argument :"),
        days.unwrap_or_default()
    ));
    texts.push(of.note.clone());
    texts.push(of.source.clone());
    let name = page.pick("lifetime", "validité");
    page.rows(name, &texts)
}

fn source(
    page: &mut Page<'_>,
    kind: &ResourceKind,
    provider: Option<&TerraformProvider>,
) -> fmt::Result {
    let mut texts = vec![kind.source.clone()];
    if let Some(provider) = provider {
        let mut read = vec![format!(
            "{} {}",
            page.pick("evidence", "preuve"),
            provider.verification
        )];
        let versions = [
            &provider.schema_version,
            &provider.docs_version,
            &provider.docs_date,
            &provider.docs_repository,
        ];
        read.extend(versions.into_iter().flatten().cloned());
        texts.push(read.join(", "));
    }
    let name = page.pick("source", "source");
    page.rows(name, &texts)
}

/// Everything about a kind of Kubernetes.
pub(super) fn kubernetes(
    out: &mut String,
    kind: &KubernetesKind,
    lang: Lang,
    look: &Look,
) -> fmt::Result {
    let name = if kind.group.is_empty() {
        kind.kind.clone()
    } else {
        format!("{}/{}", kind.group, kind.kind)
    };
    let holds = if kind.holds_data {
        lang.pick("keeps data", "conserve des données")
    } else {
        lang.pick("keeps no data", "ne conserve pas de données")
    };
    look.title(
        out,
        &clean_line(&name),
        &clean_line(&format!("Kubernetes · {} · {holds}", kind.family)),
    )?;
    writeln!(out)?;
    if !kind.facts.is_empty() {
        let heading = lang.pick("What its fields tell", "Ce que disent ses champs");
        writeln!(out, "{}\n", look.paint(Paint::Faint, heading))?;
    }
    for field in &kind.facts {
        look.row(out, "", &format!("`{}`: {}", field.path, field.fact))?;
        look.row(out, "", &format!("  {}", field.meaning))?;
    }
    let mut page = Page { out, lang, look };
    let pods: Vec<String> = kind.pod_spec.iter().cloned().collect();
    if !pods.is_empty() {
        page.rows("pods", &[code(&pods)])?;
    }
    let name = page.pick("classes", "classes");
    page.rows(name, &[kind.class.to_string()])?;
    let name = page.pick("versions", "versions");
    page.rows(name, &[kind.versions.join(", ")])?;
    let name = page.pick("note", "note");
    page.rows(name, std::slice::from_ref(&kind.note))?;
    let read = format!("{} {}", page.pick("evidence", "preuve"), kind.verification);
    let name = page.pick("source", "source");
    page.rows(name, &[kind.source.clone(), read])?;
    writeln!(page.out)
}
