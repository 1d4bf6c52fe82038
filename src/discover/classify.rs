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
            Self::Data => "data file",
            Self::Other => "file",
        }
    }

    /// By name; none for files that need not be opened.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        // Terraform leaves out hidden files and what editors leave behind.
        let is_debris = name.starts_with('.')
            || name.ends_with('~')
            || (name.starts_with('#') && name.ends_with('#'));
        if is_debris {
            return None;
        }
        let lower = name.to_ascii_lowercase();
        let ends = |ends: &[&str]| ends.iter().any(|end| lower.ends_with(end));
        match name {
            "Chart.yaml" => return Some(Self::HelmChart),
            "kustomization.yaml" | "kustomization.yml" | "Kustomization" => {
                return Some(Self::Kustomization);
            }
            _ => {}
        }
        if ends(&[".tf", ".tofu", ".tf.json", ".tofu.json"]) {
            Some(Self::Terraform)
        } else if ends(&[".tfvars", ".tfvars.json"]) {
            Some(Self::TerraformVariables)
        } else if ends(&[".tfstate", ".tfstate.backup"]) {
            Some(Self::TerraformState)
        } else if ends(&[".tfplan"]) {
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
        // Plans and states begin with what tells them; a plan can be large.
        let head = bytes.get(..64 << 10).unwrap_or(bytes);
        let holds =
            |text: &str, within: &[u8]| memchr::memmem::find(within, text.as_bytes()).is_some();
        if head.trim_ascii_start().starts_with(b"{") && holds("\"terraform_version\"", head) {
            if holds("\"lineage\"", head) && holds("\"serial\"", head) {
                return Self::TerraformState;
            }
            let plan = [
                "\"planned_values\"",
                "\"resource_changes\"",
                "\"configuration\"",
                "\"values\"",
            ];
            if holds("\"format_version\"", head) && plan.iter().any(|word| holds(word, head)) {
                return Self::Plan;
            }
        }
        // Every Kubernetes object says `apiVersion`; whoever wants to hide it has to write it escaped or encoded.
        if ["apiVersion", "\\", "binary"]
            .iter()
            .any(|word| holds(word, bytes))
        {
            Self::Manifest
        } else {
            Self::Data
        }
    }

    /// Known, but not read by this version.
    pub(super) const fn is_unsupported(self) -> bool {
        matches!(self, Self::Plan | Self::TerraformState)
    }

    /// Its text is of use.
    pub(super) const fn is_read(self) -> bool {
        !matches!(
            self,
            Self::Plan | Self::TerraformState | Self::Data | Self::Other
        )
    }
}
