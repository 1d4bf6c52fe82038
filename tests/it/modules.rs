//! Modules that the real Terraform refused (`tests/conformance/README.md`): each of its errors is a problem of the same
//! kind in the same block, and its warnings are warnings. And modules on disk: links, examples, OpenTofu.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gardefou::problem::{Problem, ProblemCode, Weight};
use gardefou::scan::{self, ConfigChoice, Request, Scan};
use gardefou::source::Sources;
use gardefou::terraform::{Estate, FolderFiles, Options, TerraformFile, VarInput, evaluate};

use crate::support::{AS_OF, gardefou_in};

/// Modules that Terraform refuses and a scan reads, with the reason.
pub(crate) const READ_ALL_THE_SAME: [(&str, &str); 5] = [
    ("backend-variable", "OpenTofu takes variables there"),
    ("module-source-variable", "OpenTofu takes variables there"),
    ("lifecycle-expression", "OpenTofu takes expressions there"),
    ("count-unknown", "with a state it is known"),
    ("for-each-unknown-keys", "with a state they are known"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/modules")
}

/// Everything below a folder that Terraform reads.
fn files(top: &Path, folder: &str, sources: &Sources, into: &mut Vec<TerraformFile>) {
    let mut names: Vec<String> = std::fs::read_dir(top.join(folder))
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("a name")
        })
        .collect();
    names.sort();
    for name in names {
        let shown = if folder.is_empty() {
            name.clone()
        } else {
            format!("{folder}/{name}")
        };
        let here = top.join(&shown);
        if here.is_dir() {
            files(top, &shown, sources, into);
        } else if [".tf", ".tf.json", ".tfvars", ".tfvars.json"]
            .iter()
            .any(|end| name.ends_with(end))
        {
            let text = std::fs::read_to_string(&here).expect("a text");
            into.push(TerraformFile {
                source: sources.add(shown.clone(), text),
                path: shown,
                folder: folder.to_owned(),
            });
        }
    }
}

/// What `run.json` says of the command line and the environment.
fn options(top: &Path, sources: &Sources) -> Options {
    let mut options = Options::default();
    let Ok(run) = std::fs::read_to_string(top.join("run.json")) else {
        return options;
    };
    let run: serde_json::Value = serde_json::from_str(&run).expect("JSON");
    for (name, text) in run["env"].as_object().into_iter().flatten() {
        let text = text.as_str().expect("a text").to_owned();
        if name == "TF_WORKSPACE" {
            options.workspace = text;
        } else {
            options.environment.push((name.clone(), text));
        }
    }
    let args = run["args"].as_array().into_iter().flatten();
    let mut args = args.map(|arg| arg.as_str().expect("a text"));
    while let Some(arg) = args.next() {
        options.vars.push(match arg.strip_prefix("-var-file=") {
            Some(file) => VarInput::File {
                path: file.to_owned(),
                source: sources.add(
                    file,
                    std::fs::read_to_string(top.join(file)).expect("a file"),
                ),
            },
            None => {
                assert_eq!(arg, "-var");
                let (name, text) = args
                    .next()
                    .and_then(|var| var.split_once('='))
                    .expect("a=b");
                VarInput::Var {
                    name: name.to_owned(),
                    text: text.to_owned(),
                }
            }
        });
    }
    options
}

/// `FILE:LINE` of a problem and of the places it names.
fn lines(problem: &Problem, sources: &Sources) -> Vec<String> {
    let related = problem.related.iter().map(|(place, _)| *place);
    let mut all: Vec<String> = problem
        .place
        .into_iter()
        .chain(related)
        .map(|place| {
            let path = sources.get(place.source).path().to_owned();
            format!("{path}:{}", sources.start(place).line)
        })
        .collect();
    all.extend(problem.path.clone());
    all
}

/// `FILE:LINE` of the header of the block that a line belongs to: a problem is in the right block.
fn block(at: &str, top: &Path) -> String {
    let Some((file, line)) = at.rsplit_once(':') else {
        return at.to_owned();
    };
    let text = std::fs::read_to_string(top.join(file)).unwrap_or_default();
    let line: usize = line.parse().expect("a line");
    let head = text
        .lines()
        .take(line)
        .enumerate()
        .filter(|(_, text)| text.starts_with(|c: char| c.is_alphabetic() || c == '\u{feff}'))
        .last();
    format!("{file}:{}", head.map_or(1, |(at, _)| at + 1))
}

/// What is wrong with our answer to a recorded module.
fn faults(top: &Path) -> Vec<String> {
    let sources = Sources::new();
    let mut all = Vec::new();
    files(top, "", &sources, &mut all);
    let options = options(top, &sources);
    let estate = evaluate(&all, &sources, &options, &FolderFiles::new(top, 1 << 20));
    let expected = std::fs::read_to_string(top.join("expected.json")).expect("the plan");
    let expected: serde_json::Value = serde_json::from_str(&expected).expect("JSON");
    let texts = |name: &str| -> BTreeSet<String> {
        let all = expected[name].as_array().into_iter().flatten();
        all.filter_map(|text| Some(text.as_str()?.to_owned()))
            .collect()
    };
    let mut faults = Vec::new();
    let of = |weight: Weight| estate.problems.iter().filter(move |p| p.weight == weight);
    let told: BTreeSet<String> = of(Weight::Error)
        .flat_map(|p| lines(p, &sources))
        .map(|at| block(&at, top))
        .collect();
    let titles = texts("summaries");
    let open = open_ends(&estate, &sources, &titles);
    // Terraform gives values from the environment a made-up file name.
    for at in texts("at").into_iter().filter(|at| !at.starts_with('<')) {
        let at = block(&at, top);
        if !told.contains(&at) && !open.contains(&at) {
            faults.push(format!("nothing is said of {at} ({titles:?})"));
        }
    }
    for title in &titles {
        if let Some(code) = code_of(title)
            && of(Weight::Error).all(|problem| problem.code != code)
        {
            faults.push(format!(
                "no problem of the kind {} ({title})",
                code.as_str()
            ));
        }
    }
    if expected["error"].as_bool() == Some(true) {
        if told.is_empty() && open.is_empty() && of(Weight::Error).next().is_none() {
            faults.push(format!("no problem ({titles:?})"));
        }
    } else {
        faults.extend(
            of(Weight::Error)
                .map(|p| format!("too much: {} {:?}", p.message.en, lines(p, &sources))),
        );
    }
    let warned: BTreeSet<String> = of(Weight::Warning)
        .flat_map(|p| lines(p, &sources))
        .collect();
    for warning in texts("warnings") {
        let (_, at) = warning.rsplit_once(" at ").unwrap_or((&warning, ""));
        // A value without a place, and what only an apply decides.
        if !warned.contains(at)
            && !at.is_empty()
            && !warning.starts_with("Check block assertion known after")
        {
            faults.push(format!("no warning: {warning}"));
        }
    }
    if !faults.is_empty() {
        faults.extend(of(Weight::Error).chain(of(Weight::Warning)).map(|p| {
            format!(
                "  said: {} {} {:?}",
                p.code.as_str(),
                p.message.en,
                lines(p, &sources)
            )
        }));
    }
    faults
}

/// What a plan needs and a scan can do without: variables of the root without a value, keys known after apply only.
fn open_ends(estate: &Estate, sources: &Sources, titles: &BTreeSet<String>) -> BTreeSet<String> {
    let path = |source| sources.get(source).path().to_owned();
    let mut open = BTreeSet::new();
    for root in &estate.roots {
        let mut places = Vec::new();
        if titles.contains("No value for required variable") {
            let unset = root.variables.iter().filter(|v| v.value.is_unknown());
            places.extend(unset.map(|v| v.place));
        }
        if titles.iter().any(|title| {
            title.starts_with("Invalid count") || title.starts_with("Invalid for_each")
        }) {
            let symbolic = root
                .resources
                .iter()
                .filter(|r| r.address.contains("[\"*\"]"));
            places.extend(symbolic.flat_map(|r| r.calls.iter().copied().chain([r.header])));
        }
        for place in places {
            open.insert(format!(
                "{}:{}",
                path(place.source),
                sources.start(place).line
            ));
        }
    }
    open
}

/// The kind of problem that stands for an error of Terraform.
fn code_of(title: &str) -> Option<ProblemCode> {
    if title == "Cycle" || title.starts_with("Self-referenc") {
        Some(ProblemCode::Cycle)
    } else if title.starts_with("Duplicate ") && title != "Duplicate object key" {
        Some(ProblemCode::Duplicate)
    } else if title.starts_with("Reference to undeclared") {
        Some(ProblemCode::Reference)
    } else if title == "Unreadable module directory" {
        Some(ProblemCode::MissingModule)
    } else {
        None
    }
}

#[test]
fn errors_are_at_the_lines_where_terraform_has_them() {
    let mut names: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("the modules")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    names.sort();
    let mut wrong = 0;
    for path in &names {
        let name = path.file_name().and_then(|name| name.to_str());
        if READ_ALL_THE_SAME
            .iter()
            .any(|(known, _)| Some(*known) == name)
        {
            continue;
        }
        let faults = faults(path);
        if !faults.is_empty() {
            wrong += 1;
            eprintln!("{}:\n  {}", name.unwrap_or_default(), faults.join("\n  "));
        }
    }
    assert_eq!(wrong, 0, "of {} modules", names.len());
}

/// Files in a folder of their own.
fn estate_of(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

fn understand(folder: &Path) -> Scan {
    scan::understand(&Request {
        paths: vec![folder.to_owned()],
        config: ConfigChoice::Without,
        ..Request::default()
    })
}

/// Root and address of all resources.
fn addresses(scan: &Scan) -> Vec<(String, String)> {
    let all = scan.estate.roots.iter().flat_map(|root| {
        let resources = root.resources.iter();
        resources.map(|one| (root.path.clone(), one.address.to_string()))
    });
    all.collect()
}

fn pair(root: &str, address: &str) -> (String, String) {
    (root.to_owned(), address.to_owned())
}

fn messages(scan: &Scan, weight: Weight) -> Vec<&str> {
    let all = scan.problems.iter().filter(|one| one.weight == weight);
    all.map(|one| &*one.message.en).collect()
}

const BUCKET: &str = "resource \"aws_s3_bucket\" \"b\" {}\n";

#[cfg(unix)]
#[test]
fn a_folder_under_two_names_is_judged_under_its_own() {
    let folder = estate_of(&[
        ("modules/store/main.tf", BUCKET),
        ("modules/alone/main.tf", BUCKET),
        (
            "prod/main.tf",
            "module \"s\" { source = \"./modules/store\" }\n",
        ),
    ]);
    std::os::unix::fs::symlink("../modules", folder.path().join("prod/modules")).expect("a link");
    let scan = understand(folder.path());
    assert_eq!(messages(&scan, Weight::Error), [""; 0]);
    assert_eq!(
        addresses(&scan),
        [
            pair("modules/alone", "aws_s3_bucket.b"),
            pair("prod", "module.s.aws_s3_bucket.b"),
        ]
    );
}

#[test]
fn a_module_is_judged_as_its_examples_call_it() {
    let folder = estate_of(&[
        ("main.tf", BUCKET),
        (
            "examples/complete/main.tf",
            "module \"m\" { source = \"../..\" }\n",
        ),
        ("tests/setup/main.tf", BUCKET),
    ]);
    let scan = understand(folder.path());
    assert_eq!(
        addresses(&scan),
        [
            pair("examples/complete", "module.m.aws_s3_bucket.b"),
            pair("tests/setup", "aws_s3_bucket.b"),
        ]
    );
}

#[test]
fn opentofu_files_and_sources() {
    let folder = estate_of(&[
        ("main.tf", "output \"never\" { value = nothing }\n"),
        (
            "main.tofu",
            "variable \"kind\" { default = \"store\" }\nmodule \"m\" { source = \"./modules/${var.kind}\" }\nmodule \"n\" { source = \"./modules/${var.open}\" }\nvariable \"open\" {}\n",
        ),
        (
            "more.tf.json",
            "{\"output\": {\"x\": {\"value\": \"${nothing}\"}}}",
        ),
        ("more.tofu.json", "{\"output\": {\"x\": {\"value\": 1}}}"),
        ("modules/store/main.tf", BUCKET),
    ]);
    let scan = understand(folder.path());
    assert!(addresses(&scan).contains(&pair("", "module.m.aws_s3_bucket.b")));
    assert_eq!(
        messages(&scan, Weight::Error),
        ["module.n is not judged: its source is not known"]
    );
    let shadowed = messages(&scan, Weight::Warning);
    assert_eq!(shadowed.len(), 2, "{shadowed:?}");
    assert!(shadowed.iter().all(|one| one.contains("takes its place")));
}

#[test]
fn the_workspace_comes_from_the_command_line_alone() {
    let folder = estate_of(&[
        (
            "main.tf",
            "resource \"aws_s3_bucket\" \"b\" { count = terraform.workspace == \"prod\" ? 2 : 1 }\n",
        ),
        (".terraform/environment", "prod"),
    ]);
    let count = |more: &[&str]| {
        let path = folder.path().to_str().expect("UTF-8");
        let arguments = [
            &["scan", path, "--format", "json", "--as-of", AS_OF][..],
            more,
        ]
        .concat();
        let run = gardefou_in(folder.path(), &arguments, &[]);
        let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
        document["coverage"]["resources"]["total"].as_u64()
    };
    assert_eq!(count(&[]), Some(1));
    assert_eq!(count(&["--workspace", "prod"]), Some(2));
}
