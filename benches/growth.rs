//! Ten times the work, how many times the time? One line for each way in which input can be large; more than eleven is
//! too much. And what an instance costs in memory.
//!
//! `cargo bench --bench growth` prints all of it; further arguments choose lines by a part of their name.
//! `cargo bench --bench growth -- --write FOLDER SIZE NAME` writes a repository instead, for the program to scan.
//! `cargo bench --bench growth -- --names` prints the repositories that can be written, with the size of each.
//! `cargo bench --bench growth -- --floor read|parse FOLDER` only walks, reads and parses a folder, to be timed from outside.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints, and fails by panicking"
)]

mod workloads;

use std::hint::black_box;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use gardefou::source::Sources;
use gardefou::syntax::{hcl, yaml};
use workloads::{SHAPES, Workload, clusters, floor, manifests, recorded};

type Repository = (&'static str, usize, fn(usize) -> Workload);

/// Ways in which a repository can be large, with a size at which each takes some milliseconds. A hundred times as large it
/// is still below all limits.
const REPOSITORIES: [Repository; 20] = [
    (
        "for_each instances of three linked resources",
        300,
        workloads::linked,
    ),
    ("instances of an unknown type", 10_000, |n| {
        workloads::plain(n, false)
    }),
    ("instances of a known type", 10_000, |n| {
        workloads::plain(n, true)
    }),
    (
        "instances that refer to instances",
        1_000,
        workloads::references,
    ),
    ("keys of a tfvars object", 3_000, workloads::tfvars_object),
    ("lines of a tfvars file", 2_000, workloads::tfvars_lines),
    ("roots that call a module each", 50, workloads::modules),
    ("instances of a module", 90, workloads::module_instances),
    ("resource blocks", 1_000, workloads::blocks),
    ("locals", 4_000, workloads::locals),
    ("variables", 500, workloads::variables),
    ("outputs", 3_000, workloads::outputs),
    ("dynamic blocks", 2_000, workloads::dynamic_blocks),
    ("elements of collections", 1_000, workloads::collections),
    ("files of a module", 500, workloads::files),
    ("overrides", 1_000, workloads::overrides),
    ("resources in JSON syntax", 1_000, workloads::json),
    (
        "sites that give every rule something to do",
        50,
        workloads::estate,
    ),
    ("resources of a plan", 600, recorded::plan),
    ("resources of a state", 600, recorded::state),
];

/// Ways in which manifests can be many.
const MANIFESTS: [Repository; 5] = [
    ("files of manifests", 200, clusters::platform),
    ("manifests of a file", 100, clusters::documents),
    ("claims of a class", 400, clusters::claims),
    ("services of a namespace", 400, clusters::services),
    ("namespaces", 400, clusters::namespaces),
];

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|one| one != "--bench")
        .collect();
    match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["--write", folder, size, name] => write(Path::new(folder), size, name),
        ["--names"] => names(),
        ["--floor", until, folder] => floor_of(until, Path::new(folder)),
        wanted => growth(wanted),
    }
}

fn write(folder: &Path, size: &str, name: &str) {
    let all = || REPOSITORIES.iter().chain(&MANIFESTS);
    let (_, _, make) = all()
        .find(|(known, ..)| *known == name)
        .or_else(|| all().find(|(known, ..)| known.contains(name)))
        .expect("a name of a line");
    make(size.parse().expect("a number")).write(folder);
}

fn names() {
    for (name, size, _) in REPOSITORIES.iter().chain(&MANIFESTS) {
        println!("{size}\t{name}");
    }
}

fn floor_of(until: &str, folder: &Path) {
    let until = floor::Until::named(until).expect("read or parse");
    let (files, bytes) = floor::run(folder, until);
    println!("{files} files, {bytes} bytes");
}

fn growth(wanted: &[&str]) {
    let chosen = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part));
    println!("{:<52} {:>9} {:>9} {:>7}", "", "once", "10 times", "ratio");
    for (name, make) in SHAPES.iter().filter(|(name, _)| chosen(name)) {
        let source = Sources::new().add("bench.tf", "");
        let [small, large] = [10_000, 100_000].map(|size| Arc::<str>::from(make(size)));
        let run = |text: &Arc<str>| {
            black_box(hcl::parse(source, Arc::clone(text)));
        };
        line(&format!("parse: {name}"), || run(&small), || run(&large));
    }
    for (name, make) in manifests::SHAPES.iter().filter(|(name, _)| chosen(name)) {
        let source = Sources::new().add("bench.yaml", "");
        let [small, large] = [10_000, 100_000].map(make);
        let run = |text: &str| {
            black_box(yaml::parse(source, text));
        };
        line(
            &format!("parse YAML: {name}"),
            || run(&small),
            || run(&large),
        );
    }
    for (name, size, make) in REPOSITORIES.iter().filter(|(name, ..)| chosen(name)) {
        let (small, large) = (make(*size), make(size * 10));
        let run = |workload: &Workload| {
            black_box(workload.evaluate());
        };
        line(&format!("evaluate: {name}"), || run(&small), || run(&large));
    }
    for (name, size, make) in MANIFESTS.iter().filter(|(name, ..)| chosen(name)) {
        let (small, large) = (make(*size), make(size * 10));
        let run = |workload: &Workload| {
            black_box(clusters::known(workload));
        };
        line(
            &format!("establish: {name}"),
            || run(&small),
            || run(&large),
        );
    }
}

fn line(name: &str, small: impl Fn(), large: impl Fn()) {
    // Once for nothing: the first run pays for what all share.
    small();
    let (small, large) = (each(&small), each(&large));
    let ratio = large / small;
    let mark = if ratio > 11.0 { "  <- above 11" } else { "" };
    println!("{name:<52} {small:>6.2} ms {large:>6.1} ms {ratio:>6.1}x{mark}");
}

/// Milliseconds of processor time that a run takes, as the mean of many: what else the machine does counts for little.
fn each(run: &dyn Fn()) -> f64 {
    let start = processor_time();
    let mut runs = 0.0;
    loop {
        run();
        runs += 1.0;
        let spent = processor_time().saturating_sub(start);
        if spent > Duration::from_millis(300) {
            return spent.as_secs_f64() * 1e3 / runs;
        }
    }
}

/// What this process has used, all threads together; elsewhere than on Linux the time of day.
fn processor_time() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let used = std::fs::read_to_string("/proc/self/stat")
        .ok()
        .and_then(|stat| {
            let (_, fields) = stat.rsplit_once(')')?;
            let mut fields = fields.split_whitespace().skip(11);
            let mut ticks = || fields.next()?.parse::<u64>().ok();
            Some(Duration::from_millis(10 * (ticks()? + ticks()?)))
        });
    used.unwrap_or_else(|| START.elapsed())
}
