use super::super::chart;
use super::{Traced, traced};

/// A chart of one template.
fn one(template: &str, rendered: &str) -> Traced {
    with_values(template, "a: 1\n", rendered)
}

fn with_values(template: &str, values: &str, rendered: &str) -> Traced {
    let files = [
        ("c/Chart.yaml".to_owned(), "name: c\n".to_owned()),
        ("c/values.yaml".to_owned(), values.to_owned()),
        ("c/templates/t.yaml".to_owned(), template.to_owned()),
    ];
    let text = format!("---\n# Source: c/templates/t.yaml\n{rendered}");
    traced(chart, "c", &text, &files, &[])
}

const HEAD: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n";

#[test]
fn what_no_way_explains_stays_rendered() {
    let traced = one(
        &format!("{HEAD}data:\n  a: b\n"),
        &format!("{HEAD}data:\n  a: c\n"),
    );
    assert_eq!(traced.hold().0, 0);
    // A chart may be named in a comment that is not of Helm.
    let traced = one("{{ broken", HEAD);
    assert_eq!(traced.hold().0, 0);
}

#[test]
fn where_ways_differ_nobody_is_named() {
    // Either arm prints the line; which one did cannot be told.
    let template = format!(
        "{HEAD}data:\n  {{{{- if .x }}}}\n  a: b\n  {{{{- else if .y }}}}\n  a: b\n  {{{{- end }}}}\n  c: d\n"
    );
    let traced = one(&template, &format!("{HEAD}data:\n  a: b\n  c: d\n"));
    let address = "v1/ConfigMap x";
    assert_eq!(traced.way(address, "data.a"), ["c (rendered):8 b"]);
    assert_eq!(traced.way(address, "data.c"), ["c/templates/t.yaml:11 d"]);
}

#[test]
fn equal_settings_in_two_places_name_neither() {
    let template = format!("{HEAD}data:\n  a: {{{{ printf \"%s\" (or .Values.a .Values.b) }}}}\n");
    let traced = with_values(&template, "a: v\nb: v\n", &format!("{HEAD}data:\n  a: v\n"));
    assert_eq!(
        traced.way("v1/ConfigMap x", "data.a"),
        ["c/templates/t.yaml:6 {{ printf \"%s\" (or .Values.a .Values.b) }}"]
    );
}

#[test]
fn many_equal_lines_end_in_time() {
    let lines = "  # same\n".repeat(20_000);
    let template = format!(
        "{HEAD}{{{{ range .x }}}}{{{{ if .y }}}}\n  # same{{{{ end }}}}{{{{ end }}}}\n{lines}data: {{}}\n"
    );
    let traced = one(&template, &format!("{HEAD}\n{lines}data: {{}}\n"));
    assert_eq!(traced.file.all.len(), 1);
}

#[test]
fn many_holes_in_a_long_line_end_in_time() {
    let holes = "{{ .a }}x".repeat(2_000);
    let template = format!("{HEAD}data:\n  a: {holes}y\n");
    let long = "x".repeat(50_000);
    let traced = one(&template, &format!("{HEAD}data:\n  a: {long}y\n"));
    assert_eq!(traced.file.all.len(), 1);
}

#[test]
fn templates_that_include_themselves_end() {
    let template = format!(
        "{{{{ define \"r\" }}}}a: b\n{{{{ include \"r\" . }}}}{{{{ include \"r\" . }}}}{{{{ end }}}}{HEAD}data:\n  {{{{ include \"r\" . | nindent 2 }}}}\n"
    );
    let traced = one(&template, &format!("{HEAD}data:\n  \n  a: b\n  "));
    assert_eq!(traced.file.all.len(), 1);
}

#[test]
fn blocks_and_inclusions_nest_without_end() {
    let open = "{{ with .a }}".repeat(31);
    let close = "{{ end }}".repeat(31);
    let helper = format!(
        "{{{{ define \"r\" }}}}{open}{{{{ include \"r\" . }}}}{close}{{{{ end }}}}{HEAD}data:\n  a: {{{{ include \"r\" . }}}}\n"
    );
    let traced = one(&helper, &format!("{HEAD}data:\n  a: b\n"));
    assert_eq!(traced.file.all.len(), 1);
}

#[test]
fn a_long_line_of_many_values_ends_in_time() {
    let inner: Vec<String> = (0..20_000).map(|at| format!("k{at}: {at}")).collect();
    let text = format!("{HEAD}data: {{{}}}\n", inner.join(", "));
    let traced = one(&text, &text);
    assert_eq!(
        traced.way("v1/ConfigMap x", "data.k7"),
        ["c/templates/t.yaml:5 7"]
    );
}

#[test]
fn loops_that_print_nothing_end() {
    let template = format!(
        "{{{{ range .a }}}}{{{{ range .b }}}}{{{{ end }}}}{{{{ continue }}}}{{{{ end }}}}{HEAD}"
    );
    let traced = one(&template, HEAD);
    assert_eq!(
        traced.way("v1/ConfigMap x", "metadata.name"),
        ["c/templates/t.yaml:4 x"]
    );
}

#[test]
fn aliases_and_lists_keep_their_ways() {
    let template = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: &m {name: {{ .Values.a }}}\n  data: {{ .Values.a | toJson }}\n- apiVersion: v1\n  kind: Secret\n  metadata: *m\n";
    let rendered = template
        .replace("{{ .Values.a }}", "1")
        .replace("{{ .Values.a | toJson }}", "{}");
    let traced = one(template, &rendered);
    assert_eq!(
        traced.way("v1/Secret 1", "metadata"),
        [
            "c/templates/t.yaml:10 *m",
            "part <- c/templates/t.yaml:6 {name: {{ .Values.a }}}"
        ]
    );
    let header = traced.manifest("v1/Secret 1").header;
    assert_eq!(traced.shown(header), "c/templates/t.yaml:9 kind: Secret");
}

proptest::proptest! {
    /// Whatever stands in for the chart, what is traced holds, and nothing panics.
    #[test]
    fn a_changed_template_never_misleads(at in 0usize..400, with in "[-{}a:\\n \"|x.$]{0,4}") {
        let template = super::rendered("clinic/templates/deployment.yaml");
        let mut files = super::folder("clinic");
        let at = at % template.len();
        if template.is_char_boundary(at) {
            for (path, text) in &mut files {
                if path.ends_with("deployment.yaml") {
                    text.insert_str(at, &with);
                }
            }
            let traced = traced(
                chart,
                "clinic",
                &super::rendered("clinic.rendered.yaml"),
                &files,
                &["clinic/values-prod.yaml"],
            );
            traced.hold();
        }
    }
}
