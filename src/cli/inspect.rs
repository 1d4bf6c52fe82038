//! `gardefou inspect`: what was understood.

use hashbrown::HashMap;
use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::args::{Format, InspectArgs, TerminalArgs};
use super::{Fault, request, terminal, threads};
use crate::discover::Kind;
use crate::graph::ResourceId;
use crate::kubernetes::printable;
use crate::problem::Weight;
use crate::report::clean_line;
use crate::report::human::Look;
use crate::report::inspect::{self, Inspection, Secrets, route};
use crate::scan::{self, Scan};
use crate::text::text;
use crate::value::Value;
use crate::verdict::ExitStatus;

pub(super) fn run(
    args: &InspectArgs,
    options: Option<&ArgMatches>,
    terminal: &TerminalArgs,
) -> Result<ExitStatus, Fault> {
    let lang = terminal.lang();
    threads::set(args.input.threads);
    let (question, paths) = question(args)?;
    let asked = scan::Request {
        paths: paths
            .into_iter()
            .filter(|path| !request::is_standard_input(path))
            .collect(),
        ..request::request(&args.input, options)?
    };
    let mut scan = scan::understand(&asked);
    let objects = without_secrets(&mut scan, args.show_sensitive);
    let as_of = scan.settings.as_of.to_string();
    let inspection = Inspection {
        sources: &scan.sources,
        graph: &scan.graph,
        facts: &scan.facts,
        estate: &scan.estate,
        catalogues: &scan.coverage.catalogues,
        renderings: &scan.manifests.renderings,
        problems: &scan.problems,
        as_of: &as_of,
        lang,
        // What a plan or a state records is secret by itself, and a plan may be joined to its code.
        secrets: if args.show_sensitive && !recorded(&scan) {
            Secrets::Shown
        } else {
            Secrets::Hidden
        },
        objects: &objects,
    };
    let look = Look {
        ground: terminal::ground(terminal, scan.inputs.root.as_deref()),
        ..terminal::look(terminal)
    };
    let answer = match &question {
        Some(of) => Some(
            route::ask(&inspection, &of.address, of.attribute.as_deref())
                .map_err(|error| Fault::usage(error.0))?,
        ),
        None => None,
    };
    terminal::print(|out| match (args.format, &answer) {
        (Format::Json, Some(answer)) => route::json(answer, out),
        (Format::Json, None) => inspect::json(&inspection, out),
        (Format::Human, answer) => {
            let text = match answer {
                Some(answer) => route::human(answer, &look),
                None => inspect::human(&inspection, &look),
            };
            let text = text.map_err(std::io::Error::other)?;
            out.write_all(terminal::readable(&text).as_bytes())
        }
    })
    .map_err(Fault::stdout)?;
    let errors: Vec<_> = scan
        .problems
        .iter()
        .filter(|p| p.weight == Weight::Error)
        .collect();
    if args.format == Format::Human {
        for problem in &errors {
            terminal::say(&format!(
                "{}: {}",
                lang.pick("error", "erreur "),
                clean_line(lang.of(&problem.message))
            ));
        }
    }
    Ok(if !errors.is_empty() {
        ExitStatus::Incomplete
    } else if scan.coverage.scanned() == 0 {
        ExitStatus::NothingToScan
    } else {
        ExitStatus::Clean
    })
}

/// The Kubernetes objects as they may be printed. What Terraform declares of Kubernetes becomes so, unless secrets of code are
/// asked for.
fn without_secrets(scan: &mut Scan, show_sensitive: bool) -> HashMap<ResourceId, Value> {
    const KINDS: [&str; 4] = ["kubernetes_", "kubectl_", "helm_", "kustomization_"];
    if !show_sensitive {
        let resources = scan
            .estate
            .roots
            .iter_mut()
            .flat_map(|root| &mut root.resources);
        let of_kubernetes =
            resources.filter(|declared| KINDS.iter().any(|kind| declared.kind.starts_with(kind)));
        for declared in of_kubernetes {
            declared.attributes = printable(&declared.attributes);
        }
    }
    let objects = scan.graph.resources().iter().filter(|one| one.is_object());
    objects
        .map(|object| (object.id, printable(&object.attributes)))
        .collect()
}

fn recorded(scan: &Scan) -> bool {
    let mut files = scan.inputs.files.iter();
    files.any(|file| matches!(file.kind, Kind::Plan | Kind::TerraformState))
}

/// Which resource, and which of its attributes.
#[derive(Debug, PartialEq, Eq)]
struct Question {
    address: String,
    attribute: Option<String>,
}

/// What is asked, and what is read. An argument that exists is read; the first that does not, and looks like an address,
/// is one, and the next that does not exist is a path of its attributes.
fn question(args: &InspectArgs) -> Result<(Option<Question>, Vec<PathBuf>), Fault> {
    let mut paths = args.input.paths.clone();
    let mut attribute = args.attribute.clone();
    if let Some(address) = args.resource.clone() {
        return Ok((Some(Question { address, attribute }), paths));
    }
    let first = paths.first().and_then(|path| path.to_str());
    let address = first.filter(|text| !Path::new(text).exists() && looks_like_address(text));
    let Some(address) = address.map(str::to_owned) else {
        return match attribute {
            Some(attribute) => Err(Fault::usage(text!(
                "--attribute {attribute}: of which resource? write --resource ADDRESS as well",
                "--attribute {attribute} : de quelle ressource ? écrivez aussi --resource ADRESSE"
            ))),
            None => Ok((None, paths)),
        };
    };
    paths.remove(0);
    if attribute.is_none()
        && let Some(path) = paths.first()
        && !request::is_standard_input(path)
        && !path.exists()
    {
        attribute = Some(paths.remove(0).display().to_string());
    }
    if paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    Ok((Some(Question { address, attribute }), paths))
}

/// Endings of files, which addresses do not have.
const FILES: [&str; 10] = [
    "tf", "tofu", "tfvars", "json", "yaml", "yml", "tfstate", "tfplan", "hcl", "toml",
];

/// `module.a["x"].type.name[0]`, `data.type.name`, `apps/v1/Deployment prod/api`
fn looks_like_address(text: &str) -> bool {
    let before_key = text.split(['[', '"']).next().unwrap_or_default();
    let word = |part: &str| {
        part.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && part
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    let first = before_key.split('.').next().unwrap_or_default();
    let ending = text.rsplit('.').next().unwrap_or_default();
    // `x_store.json` may well be a resource, `main.tf` is none.
    let is_file = FILES.contains(&ending) && !first.contains('_');
    (word(before_key) && before_key.contains('.') && !is_file)
        || (text.contains(' ') && text.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_files() {
        for address in [
            "aws_s3_bucket.a",
            "module.db[\"eu/west\"].aws_db_instance.main[0]",
            "data.aws_region.current",
            "x_store.json",
            "apps/v1/Deployment prod/api",
        ] {
            assert!(looks_like_address(address), "{address}");
        }
        for path in [
            "infra",
            "infra/main.tf",
            "main.tf",
            "./a.b",
            "../x.y",
            "-",
            "plan.json",
            "",
        ] {
            assert!(!looks_like_address(path), "{path}");
        }
    }
}
