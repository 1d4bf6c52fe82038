//! Ways to a green run that the code itself could take, found while going through the reports.

use super::*;

const STORE: &str = "provider \"aws\" {\n  region = \"eu-west-3\"\n  default_tags {\n    tags = { classification = \"health\" }\n  }\n}\n\nresource \"aws_db_instance\" \"records\" {\n  storage_encrypted = false\n}\n";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    folder
}

#[test]
fn an_ignore_file_does_not_hide_itself() {
    let beside = STORE.replace("false", "true");
    let code = folder(&[
        (".git/HEAD", "ref: refs/heads/main\n"),
        ("main.tf", &beside),
        ("patients/main.tf", STORE),
        ("patients/.gardefouignore", "*\n"),
    ]);
    let left_out = "warning unreadable patients/.gardefouignore: `patients/.gardefouignore` leaves files out of the scan";
    let all = seen_in(code.path(), &["."]);
    assert_eq!((all.code, all.problems()), (0, vec![left_out.to_owned()]));
    let gate = seen_in(code.path(), &[".", "--no-ignore-files"]);
    assert_eq!(
        gate.failing(),
        [plain("aws_db_instance.records", "patients/main.tf:9")]
    );
    // One above what is scanned counts, and is named.
    fs::write(code.path().join(".gardefouignore"), "patients/main.tf\n").expect("written");
    fs::remove_file(code.path().join("patients/.gardefouignore")).expect("removed");
    let below = seen_in(code.path(), &["patients"]);
    assert_eq!(below.code, 3);
    assert_eq!(
        below.problems(),
        [
            "warning unreadable ../.gardefouignore: `../.gardefouignore` leaves files out of the scan"
        ]
    );
}

#[test]
fn a_file_that_is_named_is_judged_or_an_error() {
    let beside = STORE.replace("false", "true");
    let code = folder(&[
        ("main.tf", &beside),
        // What `terraform plan -json` writes is no plan.
        (
            "plan.json",
            "{\"@level\":\"info\",\"type\":\"version\"}\n{\"@level\":\"info\",\"type\":\"planned_change\"}\n",
        ),
        (
            "plan.txt",
            "Terraform will perform the following actions:\n",
        ),
    ]);
    for name in ["plan.json", "plan.txt"] {
        let all = seen_in(code.path(), &["main.tf", name]);
        assert_eq!(all.code, 2, "{name}");
        assert!(
            all.problems()[0].starts_with(&format!("error unreadable {name}: `{name}` was named")),
            "{:?}",
            all.problems()
        );
        assert_eq!(all.counts(PLAIN), [1, 0, 0]);
    }
    assert_eq!(seen_in(code.path(), &["."]).code, 0);
    // As a list of what changed, it is no input.
    let changed = seen_in(code.path(), &["--only-changed", "plan.txt"]);
    assert_eq!(changed.code, 0);
}

/// However another program writes a list, what it names is reported.
#[test]
fn a_list_of_files_loses_none() {
    let code = folder(&[("main.tf", STORE), ("other/main.tf", STORE)]);
    for list in [
        "main.tf\r\n",
        "\u{feff}main.tf\n",
        "./main.tf",
        "other/../main.tf\n",
        "main.tf\0",
        "\"main.tf\"\n",
        "main.tf \n",
    ] {
        fs::write(code.path().join("list"), list).expect("written");
        let all = seen_in(code.path(), &[".", "--files-from", "list"]);
        assert_eq!(
            (all.code, all.failing()),
            (1, vec![plain("aws_db_instance.records", "main.tf:9")]),
            "{list:?}"
        );
    }
}

/// Folders that a walk leaves out are read when the code calls them.
#[test]
fn what_is_called_is_judged_wherever_it_lies() {
    let store = "resource \"aws_db_instance\" \"inside\" {\n  storage_encrypted = false\n}\n";
    let call = |source: &str| {
        let provider = STORE.split("resource").next().expect("a provider");
        format!("{provider}module \"m\" {{\n  source = \"{source}\"\n}}\n")
    };
    for source in ["./node_modules/m", "./.terraform/m", "./.hidden/m"] {
        let file = format!("{source}/main.tf");
        let code = folder(&[("main.tf", &call(source)), (&file, store)]);
        let all = seen_in(code.path(), &["."]);
        assert_eq!(all.code, 1, "{source}");
        assert_eq!(
            all.failing(),
            [plain(
                "module.m.aws_db_instance.inside",
                &format!("{}:2", file.trim_start_matches("./"))
            )]
        );
    }
}

/// A default that is right hides what the values of an environment make wrong.
#[test]
fn values_that_nobody_named_are_said() {
    let main = STORE.replace("= false", "= var.encrypted")
        + "variable \"encrypted\" {\n  default = true\n}\n";
    let code = folder(&[
        ("main.tf", &main),
        ("prod.tfvars", "encrypted = false\n"),
        ("test/terraform.tfvars", "encrypted = false\n"),
    ]);
    let all = seen_in(code.path(), &["."]);
    assert_eq!(all.code, 0);
    assert_eq!(
        all.problems(),
        [
            "warning missing-variable prod.tfvars: `prod.tfvars` and another file of values are not used, since nobody named them: what they would change is not judged"
        ]
    );
    let prod = seen_in(code.path(), &[".", "--var-file", "prod.tfvars"]);
    assert_eq!(
        prod.failing(),
        [plain("aws_db_instance.records", "main.tf:9")]
    );
    assert_eq!(
        prod.problems(),
        [
            "warning missing-variable test/terraform.tfvars: `test/terraform.tfvars` is not used, since nobody named it: what it would change is not judged"
        ]
    );
}
