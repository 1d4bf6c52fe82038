//! Names of files, resources, tags and values that are meant to do something in a reader of these reports.

use std::fs;

use super::readers::{commands, entries, suites};
use super::{hold, reports};

/// What each reader acts on: commands, tags, references, pictures, links, ends of cells and of code.
const EVIL: [&str; 12] = [
    "::error::forged",
    "##[error]forged",
    "%0A::error::forged",
    "a,file=forged.tf",
    "]]><failure/>",
    "<img src=x onerror=alert(1)>",
    "![a](http://a.example/b.png)",
    "@everyone #1 !1 :tada:",
    "`</details><script>alert(1)</script>`",
    "| a | b |",
    "x\u{1b}[31m\u{202e}\u{ffff}y",
    "$$x$$ https://a.example www.a.example",
];

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace("${", "$${")
        .replace("%{", "%%{")
}

/// A repository in which everything that can be named is named so.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(file, text).expect("written");
    };
    write(".git/HEAD", "");
    let mut config = String::new();
    for (at, evil) in EVIL.iter().enumerate() {
        let evil = escaped(evil);
        // Each file is a root of its own.
        let name = format!("f{at} {}.tf", EVIL[at].replace(['/', '\u{1b}'], "-"));
        let code = format!(
            "provider \"aws\" {{\n  region = \"us-east-1\"\n}}\nresource \"aws_s3_bucket\" \"b{at}\" {{\n  for_each = toset([\"{evil}\"])\n  bucket = each.key\n  \
             tags = {{ data-classification = \"health\", tenant = \"{evil}\" }}\n}}\nresource \"aws_s3_bucket\" \"c{at}\" {{\n  bucket = \"{evil}\"\n  tags = \
             {{ classification = \"health\" }}\n}}\nmodule \"m{at}\" {{\n  source = \"./{evil}\"\n}}\n"
        );
        write(&format!("d{at}/{name}"), &code);
        write(&format!("e{at}/{name}"), &format!("broken = \"{evil}\n"));
        if !evil.contains('\u{1b}') {
            config += &format!(
                "[[waiver]]\nrule = \"residency/outside-area\"\nmatch = [\"aws_s3_bucket.c{at}\"]\nreason = '''{}'''\nby = '''{}'''\nuntil = 2026-12-31\n",
                EVIL[at], EVIL[at]
            );
        }
        let manifest = format!(
            "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: '{}'\n  labels: {{gardefou.eu/sensitivity: health}}\n",
            EVIL[at]
                .replace('\'', "''")
                .replace(['\u{1b}', '\u{ffff}'], "-")
        );
        write(&format!("k{at}.yaml"), &manifest);
    }
    write("gardefou.toml", &config);
    folder
}

#[test]
fn no_name_does_anything() {
    let folder = repository();
    for lang in ["en", "fr"] {
        let all = reports(folder.path(), &[".", "--lang", lang], &[]);
        assert_eq!(all.code, 2, "{}", all.markdown);
        // Files whose names are not printable are named otherwise: nothing is looked up.
        hold("hostile names", &all, None);
        for (format, text) in [
            ("github", &all.github),
            ("gitlab", &all.gitlab),
            ("junit", &all.junit),
            ("markdown", &all.markdown),
        ] {
            let hostile = text
                .chars()
                .find(|c| (c.is_control() && *c != '\n') || matches!(c, '\u{202a}'..='\u{202e}'));
            assert_eq!(hostile, None, "{format}");
        }
        assert!(!all.junit.contains('\u{ffff}'), "no character of XML");
        for command in commands(&all.github) {
            assert_ne!(command.property("file"), Some("forged.tf"));
            assert!(
                !command
                    .data
                    .lines()
                    .any(|line| line.trim_start().starts_with("::")),
                "{command:?}"
            );
            assert!(!command.data.contains("##["), "{command:?}");
        }
        assert!(entries(&all.gitlab).len() > 20);
        assert!(suites(&all.junit).len() > 10);
        hold_markdown(&all.markdown);
    }
}

/// Outside of code there is no tag but our own, no reference, no picture, no link.
fn hold_markdown(text: &str) {
    for line in text.lines().skip(1) {
        let outside = without_code(line);
        let mut tags = outside.split('<').skip(1);
        let own = [
            "details>",
            "/details>",
            "summary>",
            "/summary>",
            "b>",
            "/b>",
            "br>",
            "sub>",
            "/sub>",
            "span>",
            "/span>",
        ];
        assert!(
            tags.all(|tag| own.iter().any(|start| tag.starts_with(start))),
            "{line}"
        );
        for mark in [
            "@everyone",
            "#1",
            "!1",
            ":tada:",
            "](",
            "https://",
            "www.a",
            "$$",
        ] {
            assert!(!outside.contains(mark), "{mark}: {line}");
        }
        assert!(!line.starts_with('/'), "{line}");
        // A row of a table has as many cells as its head.
        if line.starts_with("| 2026") {
            assert_eq!(outside.matches('|').count(), 6, "{line}");
        }
    }
}

/// A line without its spans of code and without escaped marks.
fn without_code(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        if c == '\\' {
            let mut chars = rest.chars();
            chars.next();
            chars.next();
            rest = chars.as_str();
            continue;
        }
        if c != '`' {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let run = rest.len() - rest.trim_start_matches('`').len();
        let (fence, behind) = rest.split_at(run);
        // The end is a run of the same length.
        let mut from = 0;
        let end = loop {
            let Some(at) = behind[from..].find('`').map(|at| at + from) else {
                break None;
            };
            let n = behind[at..].len() - behind[at..].trim_start_matches('`').len();
            if n == run {
                break Some(at + n);
            }
            from = at + n;
        };
        match end {
            Some(end) => rest = &behind[end..],
            None => {
                out.push_str(fence);
                rest = behind;
            }
        }
    }
    out
}
