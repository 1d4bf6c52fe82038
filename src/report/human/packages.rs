//! Charts and kustomizations in the summary: what came of them, and what was not seen.

use super::layout::Look;
use super::phrases::{A_RELEASE, A_TEMPLATE, AN_OBJECT, COLON, EMPTY, NO_RENDERING, NOT_RENDERED};
use super::{Verbosity, phrases::Phrase};
use crate::discover::Kind;
use crate::kubernetes::PackageKind;
use crate::report::{Lang, clean_line};
use crate::verdict::{Coverage, PackageCount};

/// Templates that are named unless everything is asked for.
const NAMED: usize = 5;

fn kind(of: &PackageCount) -> Kind {
    match of.kind {
        PackageKind::Chart => Kind::HelmChart,
        PackageKind::Kustomization => Kind::Kustomization,
    }
}

/// `2 Helm charts (17 objects)`
pub(super) fn rendered(coverage: &Coverage, lang: Lang) -> Vec<String> {
    let rendered = coverage.packages.iter().filter(|of| of.rendered > 0);
    rendered
        .map(|of| {
            let packages = lang.files(of.rendered, kind(of));
            format!("{packages} ({})", lang.count(of.objects, AN_OBJECT))
        })
        .collect()
}

/// What was not rendered, and which templates gave nothing.
pub(super) fn not_seen(coverage: &Coverage, lang: Lang, look: &Look) -> Vec<String> {
    let colon = lang.say(COLON);
    let mut lines = Vec::new();
    let mut add = |n: usize, of: &PackageCount, what: Phrase| {
        if n > 0 {
            lines.push(format!(
                "{}{colon} {}",
                lang.files(n, kind(of)),
                lang.say(what)
            ));
        }
    };
    for of in &coverage.packages {
        add(of.failed, of, NO_RENDERING);
        add(of.not_rendered, of, NOT_RENDERED);
    }
    let unseen = coverage.releases.unseen();
    if unseen > 0 {
        lines.push(format!(
            "{}{colon} {}",
            lang.count(unseen, A_RELEASE),
            lang.say(NOT_RENDERED)
        ));
    }
    for of in coverage.renderings.iter().filter(|of| !of.empty.is_empty()) {
        let most = if look.verbosity == Verbosity::Verbose {
            usize::MAX
        } else {
            NAMED
        };
        let names = of.empty.iter().take(most);
        let names: Vec<_> = names.map(|name| clean_line(name)).collect();
        let more = if of.empty.len() > names.len() {
            ", …"
        } else {
            ""
        };
        let with = match of.values.is_empty() {
            true => String::new(),
            false => format!(" ({})", clean_line(&of.values.join(", "))),
        };
        lines.push(format!(
            "{} {}{with}{colon} {}{more}",
            lang.count(of.empty.len(), A_TEMPLATE),
            lang.say(EMPTY),
            names.join(", ")
        ));
    }
    lines
}
