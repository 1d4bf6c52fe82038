//! Green because something was not seen.

use super::*;

#[cfg(unix)]
mod charts {
    use super::*;
    use crate::render::Estate;

    /// A fixture with a chart `charts/portal`, and a program in the place of Helm that prints what Helm makes of it.
    fn estate(fixture: &str, script: &str) -> Estate {
        let estate = Estate::new(&[]);
        copy(
            &root().join(FOLDER).join(fixture),
            &estate.code(),
            Path::new(""),
        );
        let template = estate.code().join("charts/portal/templates/storage.yaml");
        let rendered = fs::read_to_string(template)
            .expect("the template")
            .replace("{{ .Values.region }}", "eu-west-3")
            .replace("{{ .Values.encrypted | quote }}", "\"false\"");
        let rendered: String = rendered
            .split("---\n")
            .map(|document| format!("---\n# Source: portal/templates/storage.yaml\n{document}"))
            .collect();
        fs::write(estate.programs().join("rendered"), rendered).expect("written");
        estate.program("helm", &script.replace("PRINT", PRINT));
        estate
    }

    /// Programs start without a path, so there is no `cat`.
    const PRINT: &str =
        "while IFS= read -r line; do printf '%s\\n' \"$line\"; done < \"${0%/*}/rendered\"";

    fn scan(estate: &Estate, more: &[&str]) -> Seen {
        let (code, document) = estate.json("scan", more);
        Seen { code, document }
    }

    const BESIDE: &str = "violation encryption/not-encrypted v1/PersistentVolumeClaim records/letters beside.yaml:27";

    #[test]
    fn checkov_7605() {
        let fixture = "checkov-7605-helm-stderr";
        let warning = "coalesce.go:237: warning: destination for images is a table. Ignoring non-table value ([])";
        // Words on its standard error are no failure.
        let all = scan(
            &estate(fixture, &format!("echo '{warning}' >&2; PRINT")),
            &["--render"],
        );
        assert_eq!(all.code, 1);
        assert_eq!(
            all.of_rule(PLAIN),
            [
                BESIDE,
                "violation encryption/not-encrypted v1/PersistentVolumeClaim records/dossiers charts/portal/templates/storage.yaml:27",
            ]
        );
        assert_eq!(all.problems(), [""; 0]);
        // A status that says so is one, whatever was printed before.
        let failed = scan(
            &estate(fixture, &format!("PRINT; echo '{warning}' >&2; exit 1")),
            &["--render"],
        );
        assert_eq!(failed.code, 2);
        assert_eq!(failed.of_rule(PLAIN), [BESIDE]);
        assert_eq!(failed.problems().len(), 1);
        assert!(
            failed.problems()[0].starts_with("error not-rendered charts/portal/Chart.yaml"),
            "{:?}",
            failed.problems()
        );
        // So is printing nothing.
        let empty = scan(&estate(fixture, "exit 0"), &["--render"]);
        assert_eq!(empty.failing(), [BESIDE]);
        let rendering = &empty.document["coverage"]["renderings"][0];
        assert_eq!(rendering["objects"], 0);
        assert_eq!(
            rendering["empty_templates"][0],
            "charts/portal/templates/storage.yaml"
        );
    }

    #[test]
    fn open_computer_use_403() {
        let fixture = "open-computer-use-403-schema-refuses-values";
        let words = "Error: values don't meet the specifications of the schema(s): at '/secrets': 'oneOf' failed";
        let refused = scan(
            &estate(fixture, &format!("echo \"{words}\" >&2; exit 1")),
            &["--render"],
        );
        assert_eq!(refused.code, 2);
        assert_eq!(refused.failing(), [BESIDE]);
        let problems = refused.problems();
        assert!(
            problems.len() == 1
                && problems[0].starts_with("error not-rendered charts/portal")
                && refused.document["problems"].to_string().contains("oneOf"),
            "{:#}",
            refused.document["problems"]
        );
        // Schemas are left aside, so that they refuse nothing.
        let estate = estate(fixture, "PRINT");
        let all = scan(&estate, &["--render"]);
        assert_eq!(all.code, 1);
        assert_eq!(all.failing().len(), 2);
        assert!(estate.started("helm")[0].contains(" --skip-schema-validation "));
        // Nobody asked: it is said, and the rest is judged.
        let raw = seen(fixture);
        assert_eq!(raw.code, 1);
        assert_eq!(raw.failing(), [BESIDE]);
        assert_eq!(
            raw.problems(),
            [
                "warning not-rendered charts/portal/Chart.yaml: the Helm chart `charts/portal` was not rendered; 1 file is not judged"
            ]
        );
        // With nothing beside it there is nothing to scan, which is no pass.
        let alone = seen_files(fixture, &["charts"]);
        assert_eq!(alone.code, 3);
    }
}

const DOSSIERS: &str =
    "violation encryption/not-encrypted v1/PersistentVolumeClaim records/dossiers";

#[test]
fn checkov_2739() {
    let all = seen("checkov-2739-braces-in-a-config-map");
    assert_eq!(all.code, 1);
    assert_eq!(all.failing(), [format!("{DOSSIERS} stack.yaml:27")]);
    assert_eq!(all.problems(), [""; 0]);
    assert_eq!(all.resources(), 4);
}

#[test]
fn checkov_2660() {
    let all = seen("checkov-2660-template-in-an-annotation");
    assert_eq!(all.code, 1);
    assert_eq!(
        all.failing(),
        [
            "violation qualification/hds-missing apps/v1/Deployment records/api deployment.yaml:29",
            "violation residency/outside-area apps/v1/Deployment records/api deployment.yaml:29",
        ]
    );
    assert_eq!(all.problems(), [""; 0]);
}

#[test]
fn checkov_7630() {
    let all = seen("checkov-7630-equals-sign-as-a-value");
    assert_eq!(all.code, 1);
    assert_eq!(all.failing(), [format!("{DOSSIERS} service.yaml:29")]);
    assert_eq!(all.problems(), [""; 0]);
    assert_eq!(all.resources(), 4);
}

#[test]
fn checkov_3065() {
    let fixture = "checkov-3065-unparsable-file";
    let all = seen(fixture);
    assert_eq!(all.code, 2);
    assert_eq!(
        all.problems(),
        ["error syntax balancer.tf:7: expected a value, found `)`"]
    );
    // What was read of it is not taken for all of it, and the other file is judged.
    assert_eq!(
        all.failing(),
        [
            "undetermined qualification/hds-missing aws_lb.front balancer.tf:1".to_owned(),
            "undetermined residency/outside-area aws_lb.front balancer.tf:1".to_owned(),
            plain("aws_db_instance.beside", "main.tf:11"),
        ]
    );
    assert!(
        all.reasons()
            .contains(&"part of aws_lb.front could not be read")
    );
    // Every format says it, and ends alike.
    let formats = [
        "human", "json", "ndjson", "sarif", "github", "gitlab", "junit", "markdown", "html",
        "oscal",
    ];
    for format in formats {
        let path = format!("{FOLDER}/{fixture}");
        let run = gardefou(&["scan", &path, "--as-of", AS_OF, "--format", format]);
        assert_eq!(run.code, 2, "{format}");
        assert!(
            run.stdout.contains("balancer.tf"),
            "{format}: {}",
            run.stdout
        );
        assert!(
            run.stdout.contains("xpected a value"),
            "{format}: {}",
            run.stdout
        );
    }
}

#[test]
fn checkov_7526() {
    let all = seen("checkov-7526-attribute-called-for");
    assert_eq!(all.code, 1);
    assert_eq!(all.problems(), [""; 0]);
    assert_eq!(
        all.failing(),
        [plain("aws_db_instance.records", "main.tf:21")]
    );
    assert_eq!(all.resources(), 2);
}

#[test]
fn cloud_custodian_10226() {
    let all = seen("cloud-custodian-10226-error-in-a-module");
    assert_eq!(all.code, 2);
    assert_eq!(
        all.problems(),
        ["error syntax modules/store/main.tf:9: expected a value, found `}`"]
    );
    assert_eq!(
        all.failing(),
        [
            plain("aws_db_instance.beside", "main.tf:15"),
            plain(
                "module.store.aws_db_instance.inside",
                "modules/store/main.tf:4"
            ),
            plain(
                "module.store.aws_db_instance.other",
                "modules/store/other.tf:4"
            ),
        ]
    );
}

#[test]
fn cloud_custodian_8439() {
    let all = seen("cloud-custodian-8439-nonsense-is-read");
    assert_eq!(all.code, 2);
    assert_eq!(
        all.problems(),
        ["error syntax main.tf:8: `biscuits` stands outside of a block"]
    );
    assert_eq!(
        all.failing(),
        [plain("aws_db_instance.records", "main.tf:13")]
    );
}

#[test]
fn trivy_7099() {
    let all = seen("trivy-7099-for-each-without-a-value");
    assert_eq!(all.code, 1);
    assert_eq!(
        all.failing(),
        [
            plain("aws_db_instance.each[\"*\"]", "main.tf:17"),
            "undetermined encryption/not-encrypted aws_db_instance.by_value[\"*\"] main.tf:25"
                .to_owned(),
            plain(
                "module.store[\"*\"].aws_db_instance.inside",
                "store/main.tf:4"
            ),
        ]
    );
    assert_eq!(
        all.reasons(),
        ["`storage_encrypted` is not known: variable \"databases\" has no value"]
    );
}

#[test]
fn conftest_952() {
    let fixture = "conftest-952-code-and-plan";
    // One rule reads both, and says the same of both.
    let (code, plan) = (
        seen_files(fixture, &["main.tf"]),
        seen_files(fixture, &["tfplan.json"]),
    );
    let addresses = |seen: &Seen| -> Vec<String> {
        let all = seen.failing();
        let of = |one: &String| one.rsplit_once(' ').expect("a place").0.to_owned();
        all.iter().map(of).collect()
    };
    assert_eq!((code.code, plan.code), (1, 1));
    assert_eq!(
        addresses(&code),
        ["violation encryption/not-encrypted aws_db_instance.records"]
    );
    assert_eq!(addresses(&plan), addresses(&code));
    // A rule that nothing here is asked of says so: it passed nothing.
    assert_eq!(code.counts("identity/mfa-not-enforced"), [0, 0, 0]);
    assert_eq!(code.counts(PLAIN), [1, 1, 0]);
    assert_eq!(plan.counts(PLAIN), [1, 1, 0]);
}

#[test]
fn checkov_3889() {
    let fixture = "checkov-3889-severity-without-a-key";
    for (bar, code) in [("critical", 1), ("high", 1), ("info", 1), ("never", 0)] {
        let all = seen_with(fixture, &["--fail-on", bar]);
        assert_eq!(all.code, code, "{bar}");
        assert_eq!(
            all.of_rule(PLAIN),
            [plain("aws_db_instance.records", "main.tf:11")]
        );
    }
    let all = seen_with(fixture, &["--fail-on", "critical"]);
    assert_eq!(
        all.failing(),
        [plain("aws_db_instance.records", "main.tf:11")]
    );
    assert_eq!(all.document["summary"]["fail_on"], "critical");
}

#[test]
fn checkov_4409() {
    let fixture = "checkov-4409-selector-selects-nothing";
    let path = format!("{FOLDER}/{fixture}");
    for wrong in [
        ["--fail-on", "severe"],
        ["--fail-on", ""],
        ["--framework", "pci"],
        ["--undetermined", "no"],
        ["--assume", "none"],
        ["--policy", "nowhere"],
    ] {
        let run = gardefou(&[&["scan", &path, "--as-of", AS_OF], &wrong[..]].concat());
        assert_eq!(run.code, 2, "{wrong:?}: {}", run.stdout);
        assert!(run.stderr.contains("error") || run.stdout.contains("error"));
    }
    // A rule that does not exist is switched off by nobody.
    let copy = Copy::of(fixture);
    let config = "[rules]\n\"encryption/not-encryptd\" = \"off\"\n";
    fs::write(copy.path().join("gardefou.toml"), config).expect("written");
    let all = copy.scan(&[]);
    assert_eq!(all.code, 2);
    assert_eq!(
        all.failing(),
        [plain("aws_db_instance.records", "main.tf:11")]
    );
    assert!(
        all.problems()[0].starts_with("error config gardefou.toml:2: there is no rule"),
        "{:?}",
        all.problems()
    );
}

#[test]
fn kyverno_3206() {
    let fixture = "kyverno-3206-several-files";
    let claim = |name: &str| {
        format!(
            "violation encryption/not-encrypted v1/PersistentVolumeClaim records/{name} {name}.yaml:7"
        )
    };
    let named = seen_files(
        fixture,
        &["namespace.yaml", "class.yaml", "first.yaml", "second.yaml"],
    );
    assert_eq!(named.code, 1);
    assert_eq!(named.resources(), 4);
    assert_eq!(named.failing(), [claim("first"), claim("second")]);
    assert_eq!(seen(fixture).failing(), named.failing());
    // Through a pipe, all in one.
    let folder = root().join(FOLDER).join(fixture);
    let all: String = ["namespace", "class", "first", "second"]
        .iter()
        .map(|name| fs::read_to_string(folder.join(format!("{name}.yaml"))).expect("a file"))
        .collect::<Vec<_>>()
        .join("---\n");
    let path = format!("{FOLDER}/{fixture}/gardefou.toml");
    let arguments = [
        "scan", "-", "--config", &path, "--as-of", AS_OF, "--format", "json",
    ];
    let piped = Seen::of(&crate::support::gardefou_piped(&arguments, all.as_bytes()));
    assert_eq!(piped.resources(), 4);
    assert_eq!(piped.of_rule(PLAIN).len(), 2);
}

#[test]
fn mql_8753() {
    let fixture = "mql-8753-one-path-for-all-modes";
    let folder = root().join(FOLDER).join(fixture);
    let expected = plain("aws_db_instance.records", "main.tf:16");
    let alone = seen(fixture);
    assert_eq!(alone.code, 1);
    assert_eq!(alone.failing(), std::slice::from_ref(&expected));
    // Where it runs changes nothing.
    let arguments = ["scan", ".", "--as-of", AS_OF, "--format", "json"];
    let plain_run = gardefou_in(&folder, &arguments, &[]);
    for environment in [
        [("CI", "true"), ("GITHUB_ACTIONS", "true")],
        [("CI", "true"), ("GITLAB_CI", "true")],
        [
            ("GITHUB_TOKEN", "x"),
            ("TF_CLI_ARGS", "-var encrypted=true"),
        ],
    ] {
        assert_eq!(gardefou_in(&folder, &arguments, &environment), plain_run);
    }
    for more in [
        &["--only-changed", "terraform.tfvars"][..],
        &["main.tf"],
        &[".", "--threads", "1"],
        &[".", "--no-cache"],
    ] {
        let all = seen_in(&folder, more);
        assert_eq!(
            (all.code, all.failing()),
            (1, vec![expected.clone()]),
            "{more:?}"
        );
    }
}

#[test]
fn checkov_2540() {
    let all = seen("checkov-2540-unknown-provider");
    assert_eq!(all.code, 1);
    let open = |rule: &str| format!("undetermined {rule} nimbus_volume.records main.tf:1");
    assert_eq!(
        all.failing(),
        [
            open(PLAIN),
            open("qualification/hds-missing"),
            open("residency/outside-area")
        ]
    );
    assert_eq!(all.reasons(), ["the catalogue does not know nimbus_volume"]);
    let unknown = &all.document["coverage"]["resources"]["unknown_kinds"];
    assert_eq!(unknown[0]["kind"], "nimbus_network");
    assert_eq!(unknown[1]["kind"], "nimbus_volume");
}
