//! What the blocks of the language may hold: which arguments, which nested blocks, with how many labels.
//!
//! The JSON syntax needs it to tell blocks from arguments, both syntaxes need it to find what is misspelled. Arguments
//! that are newer than the Terraform we compare with, or that only OpenTofu has, are known too.

/// What a body may hold.
#[derive(Debug)]
pub(super) struct Schema {
    /// Names of arguments; none: any.
    arguments: Option<&'static [&'static str]>,
    /// Kinds of nested blocks, with the number of their labels.
    blocks: &'static [(&'static str, usize, &'static Schema)],
    /// Other nested blocks are possible as well.
    open: bool,
    /// Arguments that are constants: no templates in JSON.
    constants: &'static [&'static str],
}

impl Schema {
    /// Labels and schema of a nested block that is known.
    pub(super) fn block(&self, name: &str) -> Option<(usize, &'static Schema)> {
        let found = self.blocks.iter().find(|(known, ..)| *known == name)?;
        Some((found.1, found.2))
    }

    /// True when an argument may be there.
    pub(super) fn takes(&self, name: &str) -> bool {
        self.arguments.is_none_or(|known| known.contains(&name))
    }

    /// True when a nested block of an unknown kind may be there.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// True when an argument is a constant.
    pub(super) fn is_constant(&self, name: &str) -> bool {
        self.constants.contains(&name)
    }

    /// All names that may be written, for a hint.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        let arguments = self.arguments.unwrap_or_default().iter().copied();
        arguments.chain(self.blocks.iter().map(|(name, ..)| *name))
    }
}

type Blocks = &'static [(&'static str, usize, &'static Schema)];

/// These arguments and blocks, and no others.
const fn closed(arguments: &'static [&'static str], blocks: Blocks) -> Schema {
    Schema {
        arguments: Some(arguments),
        blocks,
        open: false,
        constants: &[],
    }
}

/// Any argument, these blocks and others.
const fn open(blocks: Blocks) -> Schema {
    Schema {
        arguments: None,
        blocks,
        open: true,
        constants: &[],
    }
}

/// Any argument, no block.
const fn arguments() -> Schema {
    Schema {
        arguments: None,
        blocks: &[],
        open: false,
        constants: &[],
    }
}

static ARGUMENTS: Schema = arguments();
static ANYTHING: Schema = open(&[]);
static CONDITION: Schema = closed(&["condition", "error_message"], &[]);
static DYNAMIC: Schema = closed(
    &["for_each", "iterator", "labels"],
    &[("content", 0, &NESTED)],
);
static NESTED: Schema = open(&[("dynamic", 1, &DYNAMIC)]);
static LIFECYCLE: Schema = closed(
    &[
        "create_before_destroy",
        "destroy",
        "enabled",
        "ignore_changes",
        "prevent_destroy",
        "replace_triggered_by",
    ],
    &[
        ("precondition", 0, &CONDITION),
        ("postcondition", 0, &CONDITION),
        ("action_trigger", 0, &ANYTHING),
    ],
);
static PROVISIONER: Schema = open(&[("connection", 0, &ANYTHING)]);
static RESOURCE: Schema = open(&[
    ("lifecycle", 0, &LIFECYCLE),
    ("provisioner", 1, &PROVISIONER),
    ("connection", 0, &ANYTHING),
    ("dynamic", 1, &DYNAMIC),
]);
static CHECK: Schema = closed(&[], &[("data", 2, &RESOURCE), ("assert", 0, &CONDITION)]);
static CLOUD: Schema = open(&[("workspaces", 0, &ANYTHING)]);
static TERRAFORM: Schema = closed(
    &["required_version", "experiments", "language"],
    &[
        ("backend", 1, &ANYTHING),
        ("cloud", 0, &CLOUD),
        ("required_providers", 0, &ARGUMENTS),
        ("provider_meta", 1, &ANYTHING),
        // OpenTofu: how state and plan are encrypted.
        ("encryption", 0, &ANYTHING),
    ],
);
static VARIABLE: Schema = Schema {
    arguments: Some(&[
        "const",
        "default",
        "deprecated",
        "description",
        "ephemeral",
        "nullable",
        "sensitive",
        "type",
    ]),
    blocks: &[("validation", 0, &CONDITION)],
    open: false,
    constants: &["default", "description"],
};
static OUTPUT: Schema = closed(
    &[
        "depends_on",
        "deprecated",
        "description",
        "ephemeral",
        "sensitive",
        "type",
        "value",
    ],
    &[("precondition", 0, &CONDITION)],
);
/// OpenTofu: `enabled`.
static MODULE_LIFECYCLE: Schema = closed(&["enabled"], &[]);
static MODULE: Schema = Schema {
    arguments: None,
    blocks: &[("lifecycle", 0, &MODULE_LIFECYCLE)],
    open: false,
    constants: &[],
};
static MOVED: Schema = closed(&["from", "to"], &[]);
static REMOVED: Schema = closed(
    &["from"],
    &[
        ("lifecycle", 0, &LIFECYCLE),
        ("provisioner", 1, &PROVISIONER),
        ("connection", 0, &ANYTHING),
    ],
);
static IMPORT: Schema = closed(&["for_each", "id", "identity", "provider", "to"], &[]);
static ACTION: Schema = open(&[("config", 0, &NESTED)]);

/// A whole file.
pub(super) static FILE: Schema = closed(
    &[],
    &[
        ("terraform", 0, &TERRAFORM),
        ("variable", 1, &VARIABLE),
        ("locals", 0, &ARGUMENTS),
        ("output", 1, &OUTPUT),
        ("provider", 1, &NESTED),
        ("resource", 2, &RESOURCE),
        ("data", 2, &RESOURCE),
        ("ephemeral", 2, &RESOURCE),
        ("module", 1, &MODULE),
        ("check", 1, &CHECK),
        ("moved", 0, &MOVED),
        ("removed", 0, &REMOVED),
        ("import", 0, &IMPORT),
        ("action", 2, &ACTION),
    ],
);

/// The one resource type whose provider is part of Terraform.
pub(super) static TERRAFORM_DATA: Schema = closed(
    &[
        "count",
        "depends_on",
        "for_each",
        "input",
        "provider",
        "triggers_replace",
    ],
    &[
        ("lifecycle", 0, &LIFECYCLE),
        ("provisioner", 1, &PROVISIONER),
        ("connection", 0, &ANYTHING),
        ("dynamic", 1, &DYNAMIC),
    ],
);
