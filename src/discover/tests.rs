use super::*;
use crate::problem::Weight;

struct Folder(tempfile::TempDir);

impl Folder {
    fn of(files: &[(&str, &[u8])]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        for (path, content) in files {
            folder.write(path, content);
        }
        folder
    }

    fn write(&self, path: &str, content: &[u8]) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, content).expect("a file");
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn scan(&self, paths: &[&str]) -> (Inputs, Sources) {
        let sources = Sources::new();
        let paths: Vec<_> = paths.iter().map(|path| self.path(path)).collect();
        (discover(&paths, &Options::default(), &sources), sources)
    }
}

fn names(inputs: &Inputs) -> Vec<(&str, Kind)> {
    inputs
        .files
        .iter()
        .map(|file| (file.path.as_str(), file.kind))
        .collect()
}

#[test]
fn files_are_told_apart_and_sorted() {
    let folder = Folder::of(&[
        ("main.tf", b"locals {}"),
        ("UPPER.TF", b"locals {}"),
        ("UPPER.TFVARS", b"a = 1"),
        ("UPPER.TF.JSON", b"{}"),
        ("b/net.tofu", b""),
        ("b/x.tf.json", b"{}"),
        ("prod.auto.tfvars", b"a = 1"),
        ("k8s/pod.yaml", b"apiVersion: v1\nkind: Pod\n"),
        ("k8s/list.json", b"{\"apiVersion\": \"v1\"}"),
        ("k8s/hidden.yml", b"\"\\x61piVersion\": v1\n"),
        (".github/workflows/ci.yml", b"on: push\n"),
        ("package.json", b"{}"),
        ("chart/Chart.yaml", b"apiVersion: v2\nname: c\n"),
        ("app/kustomization.yaml", b"resources: []\n"),
        ("README.md", b"# x"),
        (".main.tf.swp", b"\xff"),
        (".hidden.tf", b"locals {}"),
        (".hidden.tf.json", b"{}"),
        ("k8s/.claim.yaml", b"apiVersion: v1\n"),
        ("k8s/._claim.yaml", b"apiVersion: \xff"),
        (".linter.yaml", b"rules: []\n"),
        (".linter.json", b"// only words\n{\"match\": \"\\\\d\"}"),
        (".escaped.yaml", b"\"\\x61piVersion\": v1\n"),
        ("main.tf~", b"old"),
        (".terraform/modules/x/main.tf", b"locals {}"),
        (".terraform/modules/modules.json", b"{\"Modules\": []}"),
        (".git/config.yaml", b"apiVersion: v1"),
    ]);
    let (inputs, sources) = folder.scan(&[""]);
    assert_eq!(inputs.problems, []);
    assert_eq!(
        names(&inputs),
        [
            (".escaped.yaml", Kind::Manifest),
            (".terraform/modules/modules.json", Kind::ModulesIndex),
            ("app/kustomization.yaml", Kind::Kustomization),
            ("b/net.tofu", Kind::Terraform),
            ("b/x.tf.json", Kind::Terraform),
            ("chart/Chart.yaml", Kind::HelmChart),
            ("k8s/.claim.yaml", Kind::Manifest),
            ("k8s/hidden.yml", Kind::Manifest),
            ("k8s/list.json", Kind::Manifest),
            ("k8s/pod.yaml", Kind::Manifest),
            ("main.tf", Kind::Terraform),
            ("prod.auto.tfvars", Kind::TerraformVariables),
        ]
    );
    assert_eq!(inputs.files[3].folder, "b");
    assert_eq!(inputs.files[10].folder, "");
    assert_eq!(sources.get(inputs.files[10].source).text(), "locals {}");
    assert_eq!(inputs.counts[&(Kind::Data, State::Skipped)], 5);
    assert_eq!(inputs.counts[&(Kind::Manifest, State::Read)], 5);
    assert_eq!(inputs.counts[&(Kind::Other, State::Skipped)], 8);
}

#[test]
fn paths_are_relative_to_what_was_given() {
    let folder = Folder::of(&[
        ("a/x/one.tf", b""),
        ("a/y/two.tf", b""),
        ("a/y/other.txt", b""),
    ]);
    let given = |paths: &[&str]| {
        let (inputs, _) = folder.scan(paths);
        inputs
            .files
            .iter()
            .map(|file| file.path.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(given(&["a"]), ["x/one.tf", "y/two.tf"]);
    assert_eq!(given(&["a/x", "a/y"]), ["x/one.tf", "y/two.tf"]);
    assert_eq!(given(&["a/y/two.tf"]), ["two.tf"]);
    assert_eq!(given(&["a", "a/x", "a/x/one.tf"]), ["x/one.tf", "y/two.tf"]);
}

#[test]
fn a_path_that_is_not_there_is_named() {
    let folder = Folder::of(&[("main.tf", b"")]);
    let (inputs, _) = folder.scan(&["nowhere", ""]);
    assert_eq!(inputs.files.len(), 1);
    assert_eq!(inputs.problems.len(), 1);
    assert_eq!(inputs.problems[0].weight, Weight::Error);
    assert!(inputs.problems[0].message.en.contains("nowhere"));
    let (inputs, _) = folder.scan(&["nowhere"]);
    assert!(inputs.root.is_none() && inputs.files.is_empty());
}

#[test]
fn git_hides_nothing_unless_asked_and_our_own_ignore_file_says_so() {
    let folder = Folder::of(&[
        (".gitignore", b"out/\n*.tfvars\n"),
        (".gardefouignore", b"examples/\n"),
        ("out/a.tf", b""),
        ("examples/a.tf", b""),
        ("main.tf", b""),
        ("terraform.tfvars", b""),
    ]);
    let (inputs, _) = folder.scan(&[""]);
    let names_only = |inputs: &Inputs| -> Vec<String> {
        names(inputs)
            .into_iter()
            .map(|(name, _)| name.to_owned())
            .collect()
    };
    assert_eq!(
        names_only(&inputs),
        ["main.tf", "out/a.tf", "terraform.tfvars"]
    );
    assert_eq!(inputs.problems.len(), 1);
    assert_eq!(inputs.problems[0].weight, Weight::Warning);
    assert!(inputs.problems[0].message.en.contains(".gardefouignore"));
    // A gate reads what the code would leave out.
    let gate = Options {
        no_ignore_files: true,
        ..Options::default()
    };
    let inputs = discover(&[folder.path("")], &gate, &Sources::new());
    assert_eq!(
        names_only(&inputs),
        ["examples/a.tf", "main.tf", "out/a.tf", "terraform.tfvars"]
    );
    assert_eq!(inputs.problems.len(), 0);
    let options = Options {
        gitignore: true,
        ..Options::default()
    };
    let inputs = discover(&[folder.path("")], &options, &Sources::new());
    assert_eq!(names_only(&inputs), ["main.tf"]);
}

#[test]
fn an_ignore_file_that_hides_itself_is_named_all_the_same() {
    let folder = Folder::of(&[
        (".gardefouignore", b"infra/.gardefouignore\n"),
        ("infra/.gardefouignore", b"*\n"),
        ("infra/main.tf", b""),
        ("main.tf", b""),
    ]);
    let named = |paths: &[&str]| -> Vec<String> {
        let (inputs, _) = folder.scan(paths);
        let of = |problem: &Problem| problem.path.clone().unwrap_or_default();
        inputs.problems.iter().map(of).collect()
    };
    assert_eq!(named(&[""]), [".gardefouignore", "infra/.gardefouignore"]);
    // The one above counts there, too.
    assert_eq!(named(&["infra"]), ["../.gardefouignore", ".gardefouignore"]);
    assert_eq!(
        named(&["infra/main.tf"]),
        ["../.gardefouignore", ".gardefouignore"]
    );
}

#[test]
fn a_file_that_was_named_and_holds_nothing_is_an_error() {
    let folder = Folder::of(&[
        ("main.tf", b"locals {}"),
        (
            "plan.txt",
            b"Terraform will perform the following actions:\n",
        ),
        ("plan.json", b"{\"@level\":\"info\",\"type\":\"version\"}\n"),
        ("pod", b"apiVersion: v1\nkind: Pod\n"),
    ]);
    let (inputs, _) = folder.scan(&["main.tf", "plan.txt", "plan.json", "pod"]);
    assert_eq!(
        names(&inputs),
        [("main.tf", Kind::Terraform), ("pod", Kind::Manifest)]
    );
    let problems: Vec<_> = inputs
        .problems
        .iter()
        .map(|one| (one.weight, one.path.as_deref()))
        .collect();
    assert_eq!(
        problems,
        [
            (Weight::Error, Some("plan.json")),
            (Weight::Error, Some("plan.txt"))
        ]
    );
    // Of a folder, what can be read is.
    let (inputs, _) = folder.scan(&[""]);
    assert_eq!(inputs.problems.len(), 0);
}

#[test]
fn what_cannot_be_read_is_a_problem_and_the_rest_is_read() {
    let folder = Folder::of(&[
        ("good.tf", b"locals {}"),
        ("latin1.tf", b"# one\n# caf\xe9\n"),
        ("big.tf", &[b' '; 2000]),
        ("notes.yaml", b"caf\xe9: 1"),
    ]);
    let options = Options {
        max_file: 1024,
        ..Options::default()
    };
    let inputs = discover(&[folder.path("")], &options, &Sources::new());
    assert_eq!(names(&inputs), [("good.tf", Kind::Terraform)]);
    let problems: Vec<_> = inputs.problems.iter().map(|p| (p.code, p.weight)).collect();
    assert_eq!(
        problems,
        [
            (ProblemCode::Limit, Weight::Error),
            (ProblemCode::Encoding, Weight::Error)
        ]
    );
    assert!(inputs.problems[1].message.en.contains("line 2"));
    assert_eq!(inputs.counts[&(Kind::Terraform, State::Unreadable)], 2);
    assert_eq!(inputs.counts[&(Kind::Data, State::Skipped)], 1);
}

const STATE: &[u8] =
    b"{\"version\":4,\"terraform_version\":\"1.11.4\",\"serial\":1,\"lineage\":\"x\",\"resources\":[]}";
const PLAN: &[u8] =
    b"{\"format_version\":\"1.2\",\"terraform_version\":\"1.11.4\",\"planned_values\":{}}";

#[test]
fn plans_and_states_are_recognised_by_their_content() {
    let folder = Folder::of(&[
        ("a/plan.json", PLAN),
        (
            "b.json",
            b"{\"values\":{},\"terraform_version\":\"1\",\"format_version\":\"1.0\"}",
        ),
        (
            "cut.json",
            b"{\"format_version\":\"1.2\",\"terraform_version\":\"1.11.4\",\"variables\":{\"a\":{}",
        ),
        ("empty.json", b"{\"format_version\":\"1.0\"}\n"),
        ("export.json", STATE),
        (
            "locked.json",
            b"{\"serial\":1,\"lineage\":\"x\",\"encrypted_data\":\"\"}",
        ),
        (
            "schemas.json",
            b"{\"format_version\":\"1.0\",\"provider_schemas\":{}}",
        ),
        ("terraform.tfstate", b"{\"version\": 4}"),
    ]);
    let (inputs, sources) = folder.scan(&[""]);
    assert_eq!(inputs.problems, []);
    assert_eq!(
        names(&inputs),
        [
            ("a/plan.json", Kind::Plan),
            ("b.json", Kind::TerraformState),
            ("cut.json", Kind::TerraformState),
            ("empty.json", Kind::TerraformState),
            ("export.json", Kind::TerraformState),
            ("locked.json", Kind::TerraformState),
            ("terraform.tfstate", Kind::TerraformState),
        ]
    );
    let private = |file: &Input| sources.get(file.source).is_private();
    assert!(inputs.files.iter().all(private));
}

#[test]
fn what_powershell_writes_is_read() {
    let text = String::from_utf8_lossy(PLAN);
    let wide = |bytes: fn(u16) -> [u8; 2]| {
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        units.flat_map(bytes).collect::<Vec<u8>>()
    };
    let with_mark = [b"\xEF\xBB\xBF".as_slice(), PLAN].concat();
    let folder = Folder::of(&[
        ("be.json", &wide(u16::to_be_bytes)),
        ("le.json", &wide(u16::to_le_bytes)),
        ("mark.json", &with_mark),
    ]);
    let (inputs, sources) = folder.scan(&[""]);
    assert_eq!(inputs.problems, []);
    for (file, name) in inputs.files.iter().zip(["be.json", "le.json", "mark.json"]) {
        assert_eq!((file.path.as_str(), file.kind), (name, Kind::Plan));
        let source = sources.get(file.source);
        assert_eq!(source.text().trim_start_matches('\u{FEFF}'), text);
    }
    assert_eq!(inputs.files.len(), 3);
}

#[test]
fn a_backup_counts_only_when_the_state_is_lost() {
    let folder = Folder::of(&[
        ("a/terraform.tfstate", STATE),
        ("a/terraform.tfstate.1700000000.backup", STATE),
        ("a/terraform.tfstate.backup", STATE),
        ("b/terraform.tfstate.backup", STATE),
    ]);
    let (inputs, _) = folder.scan(&[""]);
    assert_eq!(
        names(&inputs),
        [
            ("a/terraform.tfstate", Kind::TerraformState),
            ("b/terraform.tfstate.backup", Kind::TerraformState),
        ]
    );
    assert_eq!(inputs.counts[&(Kind::StateBackup, State::Skipped)], 2);
    let (inputs, _) = folder.scan(&["a/terraform.tfstate.backup"]);
    assert_eq!(inputs.files.len(), 1, "given by hand, it is wanted");
}

#[test]
fn a_binary_plan_is_told_how_to_become_readable() {
    let folder = Folder::of(&[
        ("main.tf", b""),
        ("tfplan", b"PK\x03\x04..."),
        ("p.out", b"PK\x03\x04..."),
    ]);
    let (inputs, _) = folder.scan(&[""]);
    assert_eq!(inputs.counts[&(Kind::Plan, State::Unsupported)], 1);
    let weights: Vec<_> = inputs
        .problems
        .iter()
        .map(|problem| problem.weight)
        .collect();
    assert_eq!(
        weights,
        [Weight::Warning],
        "beside the code it takes nothing away"
    );
    for name in ["tfplan", "p.out"] {
        let (inputs, _) = folder.scan(&[name]);
        assert_eq!(inputs.problems[0].weight, Weight::Error);
        let help = inputs.problems[0].help.as_deref();
        let help = help.map_or("", |help| &help.en);
        assert!(
            help.contains(&format!("terraform show -json {name} > plan.json")),
            "{help}"
        );
    }
}

#[test]
fn files_that_are_too_large_end_at_once() {
    let folder = Folder::of(&[("main.tf", b"")]);
    for name in ["huge.tfstate", "huge.json"] {
        let file = std::fs::File::create(folder.path(name)).expect("a file");
        file.set_len(2 << 30).expect("a file with a hole");
    }
    let (inputs, _) = folder.scan(&[""]);
    let said: Vec<_> = inputs
        .problems
        .iter()
        .map(|problem| (problem.path.as_deref().unwrap_or_default(), problem.weight))
        .collect();
    assert_eq!(
        said,
        [
            ("huge.json", Weight::Warning),
            ("huge.tfstate", Weight::Error)
        ]
    );
    assert!(inputs.problems[1].message.en.contains("1 GiB"));
}

#[test]
fn a_state_may_be_larger_than_code() {
    let padded = |text: &[u8]| [text, &[b' '; 4000]].concat();
    let folder = Folder::of(&[
        ("a.json", &padded(STATE)),
        ("b.tfstate", &padded(STATE)),
        ("c.tf", &padded(b"")),
    ]);
    let sources = Sources::new();
    let options = Options {
        max_file: 1000,
        max_recorded: 5000,
        ..Options::default()
    };
    let inputs = discover(&[folder.path("")], &options, &sources);
    assert_eq!(inputs.files.len(), 2);
    for file in &inputs.files {
        assert_eq!(sources.get(file.source).text().len(), STATE.len() + 4000);
    }
    let options = Options {
        max_recorded: 3000,
        ..options
    };
    let inputs = discover(&[folder.path("")], &options, &sources);
    assert!(inputs.files.is_empty());
    assert_eq!(inputs.problems.len(), 3);
}

#[test]
fn what_comes_through_a_pipe_is_told_apart_by_its_content() {
    let piped = |text: &[u8]| {
        let mut inputs = Inputs::default();
        from_pipe(
            &mut &*text,
            &Options::default(),
            &Sources::new(),
            &mut inputs,
        );
        let kind = inputs.files.first().map(|file| file.kind);
        let said = inputs
            .problems
            .first()
            .map(|problem| problem.message.en.to_string());
        assert!(
            inputs
                .problems
                .iter()
                .all(|problem| problem.weight == Weight::Error)
        );
        (kind, said.unwrap_or_default())
    };
    assert_eq!(piped(PLAN), (Some(Kind::Plan), String::new()));
    assert_eq!(piped(STATE), (Some(Kind::TerraformState), String::new()));
    let manifest = b"apiVersion: v1\nkind: Pod\n";
    assert_eq!(piped(manifest), (Some(Kind::Manifest), String::new()));
    for (text, word) in [
        (b" \n".as_slice(), "empty"),
        (b"resource \"a_b\" \"c\" {\n}\n", "Terraform code"),
        (b"hello", "neither"),
        (b"PK\x03\x04", "binary plan"),
    ] {
        let (kind, said) = piped(text);
        assert_eq!(kind, None);
        assert!(said.contains(word), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_inside_the_scan_only() {
    use std::os::unix::fs::symlink;
    let outside = Folder::of(&[("secret.tf", b"outside")]);
    let folder = Folder::of(&[("common/providers.tf", b"inside"), ("env/main.tf", b"")]);
    symlink(
        folder.path("common/providers.tf"),
        folder.path("env/providers.tf"),
    )
    .expect("link");
    symlink(outside.path("secret.tf"), folder.path("env/secret.tf")).expect("link");
    symlink(outside.path(""), folder.path("env/elsewhere")).expect("link");
    symlink(folder.path("env"), folder.path("env/again")).expect("link");
    let (inputs, _) = folder.scan(&[""]);
    let paths: Vec<_> = inputs.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        paths,
        ["common/providers.tf", "env/main.tf", "env/providers.tf"]
    );
    let problems: Vec<_> = inputs
        .problems
        .iter()
        .map(|problem| (problem.path.as_deref().unwrap_or(""), problem.weight))
        .collect();
    assert_eq!(
        problems,
        [
            ("env/again", Weight::Warning),
            ("env/elsewhere", Weight::Warning),
            ("env/secret.tf", Weight::Error),
        ]
    );
}

#[test]
fn shown_paths_are_named_as_the_repository_does() {
    for (base, shown, expected) in [
        ("", "main.tf", "main.tf"),
        ("", ".", "."),
        ("infra/prod", "main.tf", "infra/prod/main.tf"),
        ("infra/prod", ".", "infra/prod"),
        ("infra/prod", "../modules/m.tf", "infra/modules/m.tf"),
        ("infra/prod", "../../m.tf", "m.tf"),
        ("infra/prod", "../../../m.tf", "../../../m.tf"),
        ("infra", "<stdin>", "<stdin>"),
        ("infra", "/else/where.tf", "/else/where.tf"),
    ] {
        assert_eq!(in_repository(base, shown), expected, "{base} {shown}");
    }
}
