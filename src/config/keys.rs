//! The keys of `gardefou.toml`: which tables it has, which keys they have, what these take and what they say.
//!
//! The reader asks here what it knows; the schema for editors and the page of all keys are made from here.

use super::words::{Actor, Level, Role, Severity};

/// What a key takes.
#[derive(Debug, Clone, Copy)]
pub enum Takes {
    /// A text.
    Text,
    /// A list of texts.
    Texts,
    /// `true` or `false`.
    Flag,
    /// A day, ISO 8601, with or without quotes.
    Day,
    /// A whole number, from the first to the second.
    Number(u64, u64),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of these words.
    Words(&'static [&'static str]),
    /// A list of globs on paths, addresses and namespaces.
    Patterns,
    /// A table.
    Table(&'static Table),
    /// Any number of tables.
    Entries(&'static Table),
    /// For each rule a severity, `off`, or a table of a severity and of options.
    Rules,
    /// For each option what its rule declares: a text, a whole number, `true` or `false`, or a list of texts.
    Options,
}

/// A key of a table.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// As written.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// What it says, as one sentence without a full stop.
    pub about: &'static str,
    /// What holds without it, in words; empty: nothing.
    pub default: &'static str,
}

/// A table of the configuration.
#[derive(Debug)]
pub struct Table {
    /// As messages call it: `[organisation]`, `[[waiver]]`.
    pub name: &'static str,
    /// What it is for, as one sentence without a full stop.
    pub about: &'static str,
    /// Its keys, in the order of the documentation.
    pub keys: &'static [Key],
    /// The keys that have to be there.
    pub required: &'static [&'static str],
}

impl Table {
    /// The names of its keys.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().map(|key| key.name)
    }
}

const fn key(name: &'static str, takes: Takes, about: &'static str) -> Key {
    Key {
        name,
        takes,
        about,
        default: "",
    }
}

impl Key {
    const fn or(self, default: &'static str) -> Self {
        Self { default, ..self }
    }
}

/// What a level can be.
const LEVELS: &[&str] = Level::WORDS;

/// The whole file.
pub static CONFIGURATION: Table = Table {
    name: "the configuration",
    about: "What Gardefou cannot read in code: who asks, what nobody labelled, what was accepted, and what fails a run",
    required: &[],
    keys: &[
        key(
            "organisation",
            Takes::Table(&ORGANISATION),
            ORGANISATION.about,
        ),
        key(
            "classification",
            Takes::Table(&CLASSIFICATION),
            CLASSIFICATION.about,
        ),
        key("tenancy", Takes::Table(&TENANCY), TENANCY.about),
        key("target", Takes::Entries(&TARGET), TARGET.about),
        key(
            "attestation",
            Takes::Entries(&ATTESTATION),
            ATTESTATION.about,
        ),
        key("waiver", Takes::Entries(&WAIVER), WAIVER.about),
        key(
            "rules",
            Takes::Rules,
            "Rules by their ids: `off`, a severity, or a table of a severity and of options",
        ),
        key("policies", Takes::Table(&POLICIES), POLICIES.about),
        key("fail", Takes::Table(&FAIL), FAIL.about),
        key("ignores", Takes::Table(&IGNORES), IGNORES.about),
        key("baseline", Takes::Table(&BASELINE), BASELINE.about),
        key("catalog", Takes::Table(&CATALOG), CATALOG.about),
        key("render", Takes::Table(&RENDER), RENDER.about),
        key("limits", Takes::Table(&LIMITS), LIMITS.about),
    ],
};

/// `[organisation]`
pub static ORGANISATION: Table = Table {
    name: "[organisation]",
    about: "Who is asking: with the level of the data it decides which law applies",
    required: &[],
    keys: &[
        key(
            "actor",
            Takes::Word(Actor::WORDS),
            "What the organisation is before the law",
        )
        .or("nothing is raised or lowered"),
        key(
            "role",
            Takes::Word(Role::WORDS),
            "Whose cloud it is: `operator` when the tenants are your clients",
        )
        .or("customer"),
        key(
            "frameworks",
            Takes::Texts,
            "Ids of the frameworks that it answers to: secnumcloud, hds, sren, gdpr",
        )
        .or("all"),
    ],
};

/// `[classification]`
pub static CLASSIFICATION: Table = Table {
    name: "[classification]",
    about: "How sensitive data is that the code does not label",
    required: &[],
    keys: &[
        key(
            "assume",
            Takes::Word(LEVELS),
            "The level of data that nothing classifies",
        )
        .or("personal"),
        key(
            "keys",
            Takes::Texts,
            "Label keys of yours that name a level, beside those of the catalogue",
        ),
        key("assign", Takes::Entries(&ASSIGN), ASSIGN.about),
    ],
};

/// `[[classification.assign]]`
pub static ASSIGN: Table = Table {
    name: "[[classification.assign]]",
    about: "Sets the level of what it matches; of several that match, the last counts",
    required: &["match", "level"],
    keys: &[
        key(
            "match",
            Takes::Patterns,
            "Globs on paths, addresses and namespaces (`ns:`)",
        ),
        key("level", Takes::Word(LEVELS), "The level"),
    ],
};

/// `[tenancy]`
pub static TENANCY: Table = Table {
    name: "[tenancy]",
    about: "Whose data it is, where several clients share an estate",
    required: &[],
    keys: &[
        key(
            "multi-tenant",
            Takes::Flag,
            "Several clients share what is scanned",
        )
        .or("true once two tenants are found"),
        key(
            "keys",
            Takes::Texts,
            "Label keys of yours that name the tenant, beside those of the catalogue",
        ),
    ],
};

/// `[[target]]`
pub static TARGET: Table = Table {
    name: "[[target]]",
    about: "Where Kubernetes manifests are applied, which they rarely say themselves",
    required: &["paths", "offering"],
    keys: &[
        key("paths", Takes::Patterns, "Globs on the paths of manifests"),
        key(
            "offering",
            Takes::Text,
            "Id of the offering that the cluster runs on: `gardefou catalog offerings`",
        ),
        key("region", Takes::Text, "Its region")
            .or("that of the nodes among the manifests, when they agree"),
    ],
};

/// `[[attestation]]`, of an offering or of requirements.
pub static ATTESTATION: Table = Table {
    name: "[[attestation]]",
    about: "What code cannot show, stated by a person, with an end: of an offering, or of requirements",
    required: &["reference", "by", "until"],
    keys: &[
        key(
            "offering",
            Takes::Text,
            "Id of the offering that runs what is covered; not beside requirements",
        ),
        key(
            "requirement",
            Takes::Text,
            "Id of a requirement that is met otherwise; not beside an offering",
        ),
        key("requirements", Takes::Texts, "Several of them"),
        key(
            "statement",
            Takes::Text,
            "What is stated of the requirements, in words",
        ),
        key(
            "covers",
            Takes::Patterns,
            "Globs on types, addresses, paths and namespaces; an offering needs them",
        )
        .or("for requirements: the whole scan"),
        key(
            "region",
            Takes::Text,
            "Region of what an offering covers, when the code does not tell",
        ),
        key("reference", Takes::Text, "The document that says so"),
        key("by", Takes::Text, "Who states it"),
        key("until", Takes::Day, "The last day on which it counts"),
    ],
};

/// The keys of an attestation of an offering.
pub static OF_OFFERING: &[&str] = &["offering", "covers", "region", "reference", "by", "until"];

/// The keys of an attestation of requirements.
pub static OF_REQUIREMENTS: &[&str] = &[
    "requirement",
    "requirements",
    "statement",
    "covers",
    "reference",
    "by",
    "until",
];

/// `[[waiver]]`
pub static WAIVER: Table = Table {
    name: "[[waiver]]",
    about: "An accepted finding (dérogation): it stays listed and does not fail a run",
    required: &["rule", "match", "reason", "by", "until"],
    keys: &[
        key("rule", Takes::Text, "Id of the rule"),
        key(
            "match",
            Takes::Patterns,
            "Globs on paths, addresses and namespaces (`ns:`)",
        ),
        key("reason", Takes::Text, "Why it is accepted"),
        key("by", Takes::Text, "Who accepts it"),
        key("until", Takes::Day, "The last day on which it counts"),
    ],
};

/// A rule of `[rules]` that is written as a table.
pub static RULE: Table = Table {
    name: "a rule",
    about: "Severity and options of a rule",
    required: &[],
    keys: &[
        key("severity", Takes::Word(SETTINGS), "Its severity, or `off`").or("that of the rule"),
        key(
            "options",
            Takes::Options,
            "Its options, as `gardefou explain RULE` lists them",
        ),
    ],
};

/// What a rule can be set to.
pub static SETTINGS: &[&str] = &["off", "info", "low", "medium", "high", "critical"];

/// `[policies]`
pub static POLICIES: Table = Table {
    name: "[policies]",
    about: "Policies beside the built-in ones",
    required: &[],
    keys: &[key(
        "paths",
        Takes::Texts,
        "Component files or folders of them, relative to the folder of the configuration",
    )],
};

/// `[fail]`
pub static FAIL: Table = Table {
    name: "[fail]",
    about: "What makes a run fail",
    required: &[],
    keys: &[
        key("on", Takes::Word(Severity::WORDS), "The lowest severity that fails a run").or("high"),
        key(
            "undetermined",
            Takes::Words(LEVELS),
            "The levels of data at which an undetermined outcome fails a run, when its severity does",
        )
        .or("health and particular"),
        key(
            "gaps",
            Takes::Flag,
            "What was to be judged and was not seen fails a run, as with `--fail-on-gaps`",
        )
        .or("false"),
        key(
            "min-resources",
            Takes::Number(1, MOST_RESOURCES),
            "A run that judges fewer resources fails, as with `--min-resources`",
        )
        .or("no bound"),
    ],
};

/// Resources that a run may be asked to judge at least.
pub const MOST_RESOURCES: u64 = 10_000_000;

/// `[ignores]`
pub static IGNORES: Table = Table {
    name: "[ignores]",
    about: "What ignores in the code may do",
    required: &[],
    keys: &[
        key(
            "inline",
            Takes::Flag,
            "Ignores in the code count; `false`: they do nothing and are counted",
        )
        .or("true"),
        key(
            "max-days",
            Takes::Number(1, LONGEST_IGNORE),
            "Days that an ignore may last from the day of the scan; one without an end does nothing then",
        )
        .or("no bound"),
        key(
            "never",
            Takes::Texts,
            "Rules, or families as `residency/*`, that no ignore in the code can accept",
        ),
        key(
            "foreign",
            Takes::Flag,
            "Markers of checkov, trivy and tfsec count as ignores where their check asks what a rule here asks",
        )
        .or("false"),
    ],
};

/// `[baseline]`
pub static BASELINE: Table = Table {
    name: "[baseline]",
    about: "Findings that were there when Gardefou came, and do not fail a run",
    required: &["file"],
    keys: &[key(
        "file",
        Takes::Text,
        "The baseline, relative to the folder of the configuration",
    )],
};

/// Days that an ignore may be allowed at most: ten years are no end.
pub const LONGEST_IGNORE: u64 = 3650;

/// `[catalog]`
pub static CATALOG: Table = Table {
    name: "[catalog]",
    about: "Facts of yours over the shipped ones",
    required: &[],
    keys: &[key(
        "paths",
        Takes::Texts,
        "Folders laid out like the catalogue, relative to the folder of the configuration and inside its repository",
    )],
};

/// `[render]`
pub static RENDER: Table = Table {
    name: "[render]",
    about: "How Helm charts and kustomizations are rendered",
    required: &[],
    keys: &[
        key("enabled", Takes::Flag, "Render them, as with `--render`").or("false"),
        key(
            "timeout",
            Takes::Number(1, LONGEST_RENDERING),
            "Seconds for each",
        )
        .or("60"),
        key(
            "chart",
            Takes::Entries(&RENDERED_CHART),
            RENDERED_CHART.about,
        ),
    ],
};

/// Seconds that one rendering may take at most: whoever changes the code must not hold a gate up for hours.
pub const LONGEST_RENDERING: u64 = 600;

/// `[[render.chart]]`
pub static RENDERED_CHART: Table = Table {
    name: "[[render.chart]]",
    about: "With what a chart is rendered",
    required: &["paths"],
    keys: &[
        key("paths", Takes::Patterns, "Globs on the folders of charts"),
        key(
            "values",
            Takes::Texts,
            "Files of values, as `helm -f`; later ones win",
        ),
        key("release", Takes::Text, "Name of the release").or("that of the chart"),
        key("namespace", Takes::Text, "Its namespace").or("default"),
        key(
            "kube-version",
            Takes::Text,
            "Version of Kubernetes that charts may ask for",
        ),
        key(
            "api-versions",
            Takes::Texts,
            "Further API versions that charts may ask for",
        ),
    ],
};

/// `[limits]`
pub static LIMITS: Table = Table {
    name: "[limits]",
    about: "How much of a thing is read and worked out; what is above a limit is an error that names it",
    required: &[],
    keys: &[
        key("file-mib", Takes::Number(1, 256), "MiB of one file").or("16"),
        key(
            "recorded-mib",
            Takes::Number(1, 2048),
            "MiB of one plan or state",
        )
        .or("1024"),
        key(
            "instances-per-block",
            Takes::Number(1, 1_000_000),
            "Instances of one Terraform block",
        )
        .or("100000"),
        key(
            "instances",
            Takes::Number(1, 10_000_000),
            "Instances of all Terraform blocks; one of a module counts as 100",
        )
        .or("1000000"),
        key(
            "module-depth",
            Takes::Number(1, 64),
            "Calls of modules inside modules",
        )
        .or("32"),
        key(
            "string-kib",
            Takes::Number(1, 16_384),
            "KiB of one text made by the evaluation of Terraform code",
        )
        .or("1024"),
        key(
            "values",
            Takes::Number(1, 1 << 26),
            "Values made by the evaluation of all Terraform code",
        )
        .or("4194304"),
        key(
            "steps",
            Takes::Number(1, 1 << 36),
            "Steps of the evaluation of all Terraform code; one root takes at most a sixteenth",
        )
        .or("4294967296"),
        key(
            "policy-seconds",
            Takes::Number(1, 600),
            "Seconds of one policy",
        )
        .or("10"),
        key(
            "policy-memory-mib",
            Takes::Number(1, 1024),
            "MiB of memory of one policy",
        )
        .or("64"),
        key(
            "policy-instructions",
            Takes::Number(1, 1_000_000_000_000),
            "Instructions of one policy",
        )
        .or("1000000000"),
        key(
            "policy-verdicts",
            Takes::Number(1, 10_000_000),
            "Verdicts of one policy",
        )
        .or("100000"),
    ],
};
