//! What a file is: by its name, and where the name does not say enough by a look at its content.

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `.tf`, `.tofu`, and their `.json` forms.
    Terraform,
    /// `.tfvars`, `.tfvars.json`.
    TerraformVariables,
    /// `.terraform/modules/modules.json`: where `terraform init` put the modules.
    ModulesIndex,
    /// YAML or JSON that may hold Kubernetes objects.
    Manifest,
    /// `Chart.yaml`: its folder is a Helm chart.
    HelmChart,
    /// `kustomization.yaml`: its folder is a kustomization.
    Kustomization,
    /// A Terraform plan.
    Plan,
    /// A Terraform state.
    TerraformState,
    /// What Terraform keeps of the state before: `terraform.tfstate.backup`.
    StateBackup,
    /// Terragrunt and Terraform stacks: they give modules values and providers, in a language of their own.
    Orchestration,
    /// YAML or JSON without Kubernetes objects.
    Data,
    /// Everything else.
    Other,
}

impl Kind {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Terraform => "terraform",
            Self::TerraformVariables => "terraform-variables",
            Self::ModulesIndex => "modules-index",
            Self::Manifest => "manifest",
            Self::HelmChart => "helm-chart",
            Self::Kustomization => "kustomization",
            Self::Plan => "terraform-plan",
            Self::TerraformState => "terraform-state",
            Self::StateBackup => "terraform-state-backup",
            Self::Orchestration => "terraform-orchestration",
            Self::Data => "data",
            Self::Other => "other",
        }
    }

    /// In words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Terraform => "Terraform file",
            Self::TerraformVariables => "Terraform variables file",
            Self::ModulesIndex => "Terraform modules index",
            Self::Manifest => "Kubernetes manifest",
            Self::HelmChart => "Helm chart",
            Self::Kustomization => "kustomization",
            Self::Plan => "Terraform plan",
            Self::TerraformState => "Terraform state",
            Self::StateBackup => "backup of a Terraform state",
            Self::Orchestration => "Terragrunt or stack file",
            Self::Data => "data file",
            Self::Other => "file",
        }
    }

    /// By name; none for files that need not be opened.
    pub fn of_name(name: &str) -> Option<Self> {
        // What editors and file systems leave behind.
        let is_debris = name.ends_with('~')
            || name.starts_with(".#")
            || name.starts_with("._")
            || (name.starts_with('#') && name.ends_with('#'));
        if is_debris {
            return None;
        }
        let lower = name.to_ascii_lowercase();
        let ends = |ends: &[&str]| ends.iter().any(|end| lower.ends_with(end));
        // Terraform does not take `MAIN.TF` for code, on any system.
        let ends_so = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
        // Terraform leaves out hidden files; whoever applies a folder of manifests applies those too.
        if name.starts_with('.') {
            let may_be_applied = ends(&[".yaml", ".yml", ".json"])
                && !ends(&[".tf.json", ".tofu.json", ".tfvars.json"]);
            return may_be_applied.then_some(Self::Manifest);
        }
        match name {
            "Chart.yaml" => return Some(Self::HelmChart),
            "kustomization.yaml" | "kustomization.yml" | "Kustomization" => {
                return Some(Self::Kustomization);
            }
            _ => {}
        }
        let orchestrates = matches!(
            name,
            "terragrunt.hcl" | "terragrunt.hcl.json" | "terragrunt.stack.hcl"
        );
        if orchestrates || ends(&[".tfcomponent.hcl", ".tfstack.hcl", ".tfdeploy.hcl"]) {
            Some(Self::Orchestration)
        } else if ends_so(&[".tf", ".tofu", ".tf.json", ".tofu.json"]) {
            Some(Self::Terraform)
        } else if ends_so(&[".tfvars", ".tfvars.json"]) {
            Some(Self::TerraformVariables)
        } else if ends(&[".tfstate"]) {
            Some(Self::TerraformState)
        } else if ends(&[".backup"]) && lower.contains(".tfstate.") {
            Some(Self::StateBackup)
        } else if ends(&[".tfplan"]) || lower == "tfplan" {
            Some(Self::Plan)
        } else if ends(&[".yaml", ".yml", ".json"]) {
            Some(Self::Manifest)
        } else {
            None
        }
    }

    /// Looks into YAML and JSON: they may be anything.
    pub(super) fn with_content(self, bytes: &[u8]) -> Self {
        if self != Self::Manifest {
            return self;
        }
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let holds = |text: &str| memchr::memmem::find(bytes, text.as_bytes()).is_some();
        if bytes.trim_ascii_start().starts_with(b"{") {
            if holds("\"format_version\"") {
                if holds("\"planned_values\"") || holds("\"resource_changes\"") {
                    return Self::Plan;
                }
                let is_empty = bytes.len() < 64 && !holds(",");
                // Without values it is empty, or cut off before it says what it is: whoever reads it tells.
                if is_empty || holds("\"terraform_version\"") {
                    return Self::TerraformState;
                }
            }
            if holds("\"lineage\"")
                && holds("\"serial\"")
                && (holds("\"terraform_version\"") || holds("\"encrypted_data\""))
            {
                return Self::TerraformState;
            }
        }
        // In UTF-16 it would look like anything: whoever reads it says that it cannot.
        let is_utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
        // Every Kubernetes object says `apiVersion`; whoever wants to hide it has to write it escaped or encoded.
        if is_utf16
            || ["apiVersion", "\\", "binary"]
                .iter()
                .any(|word| holds(word))
        {
            Self::Manifest
        } else {
            Self::Data
        }
    }

    /// By content alone; none for what is neither JSON nor YAML that is of use.
    pub(super) fn of_content(bytes: &[u8]) -> Option<Self> {
        match Self::Manifest.with_content(bytes) {
            Self::Data => None,
            // Without a name to go by, an escape says nothing.
            Self::Manifest if memchr::memmem::find(bytes, b"apiVersion").is_none() => None,
            kind => Some(kind),
        }
    }

    /// Plans and states: they may be large, and their texts are private.
    pub const fn is_recorded(self) -> bool {
        matches!(self, Self::Plan | Self::TerraformState | Self::StateBackup)
    }

    /// Its text is of use.
    pub(super) const fn is_read(self) -> bool {
        !matches!(self, Self::Data | Self::Other)
    }
}

/// Is a file hidden, by its path?
pub(super) fn is_hidden(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with('.')
}

/// Does a text say `apiVersion`, or have what it takes to say it in another way?
pub(super) fn may_be_object(bytes: &[u8]) -> bool {
    let is_utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
    let words = ["apiVersion", "\\x", "\\u", "\\U", "\\\n", "\\\r", "!binary"];
    is_utf16
        || words
            .iter()
            .any(|word| memchr::memmem::find(bytes, word.as_bytes()).is_some())
}

/// How a plan begins as `terraform plan -out` writes it: it is a ZIP archive.
pub(super) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// Does it look like Terraform code?
pub(super) fn looks_like_code(bytes: &[u8]) -> bool {
    const BLOCKS: [&[u8]; 8] = [
        b"resource ",
        b"data ",
        b"terraform {",
        b"provider ",
        b"module ",
        b"variable ",
        b"locals {",
        b"output ",
    ];
    bytes.split(|byte| *byte == b'\n').take(1000).any(|line| {
        let line = line.trim_ascii_start();
        BLOCKS.iter().any(|block| line.starts_with(block)) && line.contains(&b'{')
    })
}
