//! What pods use: the registries of their images, the agents among them, the hosts in their settings.

use super::named::flow_label;
use super::text::without_method;
use super::{Found, Mention};
use crate::catalog::{Agent, KubernetesKind, PodSetting};
use crate::facts::Text;
use crate::facts::establish::Lens;
use crate::facts::hosting::host_of;
use crate::value::{Path, Value};

/// Where an image without a registry comes from.
pub(super) const DOCKER_HUB: &str = "docker.io";

/// Containers of one pod, and settings of one container, that are looked at.
const MAX_CONTAINERS: usize = 64;
const MAX_SETTINGS: usize = 512;

/// Fields of a pod specification with containers: in manifests, and in the Terraform provider.
const CONTAINERS: [&str; 3] = ["containers", "initContainers", "ephemeralContainers"];
const BLOCKS: [&str; 2] = ["container", "init_container"];

impl<'a> Lens<'a> {
    /// What the pods of a workload use.
    pub(super) fn named_by_pod(&mut self, found: &mut Found<'a>) {
        let Some(object) = self.object_of(found.resource) else {
            return;
        };
        let (Some(spec), Some(kind)) = (object.pod_spec(), object.kind) else {
            return;
        };
        let fields: &[&'static str] = if object.is_snake() {
            &BLOCKS
        } else {
            &CONTAINERS
        };
        let path = kind
            .pod_spec
            .as_deref()
            .and_then(|path| Path::parse(path).ok());
        let around = path
            .map(|path| object.shown_path(&path))
            .unwrap_or_default();
        for field in fields {
            // A block of Terraform is a list of one: a path looks through it.
            let containers = spec.get(&self.path(field)).and_then(Value::elements);
            let containers = containers.unwrap_or_default().iter().enumerate();
            for (at, container) in containers.take(MAX_CONTAINERS) {
                let path = || {
                    let dot = if around.is_empty() { "" } else { "." };
                    format!("{around}{dot}{field}.{at}")
                };
                self.named_by_container(found, container, &path);
            }
        }
        let volumes = spec.entry("volumes").and_then(Value::elements);
        let volumes = volumes.unwrap_or_default().iter().enumerate();
        for (at, volume) in volumes.take(MAX_CONTAINERS) {
            let image = volume
                .entry("image")
                .and_then(|image| image.entry("reference"));
            if let Some(image) = image {
                self.note_image(found, image, || {
                    format!("{around}.volumes.{at}.image.reference")
                });
            }
        }
    }

    pub(super) fn named_by_container(
        &mut self,
        found: &mut Found<'a>,
        container: &'a Value,
        path: &dyn Fn() -> String,
    ) {
        let variables = container.entry("env").and_then(Value::elements);
        let variables = variables.unwrap_or_default();
        if let Some(image) = container.entry("image").filter(|image| !image.is_null()) {
            self.note_image(found, image, || format!("{}.image", path()));
            if let Some(name) = image.as_str() {
                self.note_agent(found, name, image, variables, path);
            }
        }
        for (at, variable) in variables.iter().enumerate().take(MAX_SETTINGS) {
            self.note_variable(found, variable, || format!("{}.env.{at}.value", path()));
        }
        for field in ["args", "command"] {
            let words = container.entry(field).and_then(Value::elements);
            let words = words.unwrap_or_default();
            let mut at = 0;
            while let Some(word) = words.get(at).filter(|_| at < MAX_SETTINGS) {
                let path = || format!("{}.{field}.{at}", path());
                let read = self.note_flag(found, words, at, path);
                if read == 0
                    && let Some(text) = word.as_str()
                {
                    self.note_text(found, text, word, path);
                }
                at += read.max(1);
            }
        }
        for field in ["script", "source"] {
            if let Some((script, text)) = container
                .entry(field)
                .and_then(|script| Some((script, script.as_str()?)))
            {
                self.note_text(found, text, script, || format!("{}.{field}", path()));
            }
        }
    }

    fn note_variable(
        &mut self,
        found: &mut Found<'a>,
        variable: &'a Value,
        path: impl Fn() -> String,
    ) {
        let text = |name: &str| variable.entry(name).and_then(Value::as_str);
        let Some(setting) = text("name").and_then(|name| self.setting_called(name)) else {
            return;
        };
        if let (Some(text), Some(value)) = (text("value"), variable.entry("value")) {
            self.note_setting(found, text, value, setting, path);
        } else if let Some(from) = variable.entry("valueFrom") {
            self.note_taken(found, from, setting, path);
        }
    }

    /// A variable that takes its value from a key of another object, under a name that says nothing there.
    fn note_taken(
        &mut self,
        found: &mut Found<'a>,
        from: &'a Value,
        setting: &'static PodSetting,
        path: impl Fn() -> String,
    ) {
        let Some(reference) = from.entry("configMapKeyRef") else {
            return;
        };
        let text = |name: &str| reference.entry(name).and_then(Value::as_str);
        let (Some(name), Some(key)) = (text("name"), text("key")) else {
            return;
        };
        if self.setting_called(key).is_some() {
            return;
        }
        let graph = self.graph;
        let mut targets = graph.outgoing(found.resource.id).iter();
        let target = targets.find_map(|relation| {
            let target = graph.get(relation.to)?;
            (*target.name == *name && self.is_kind(target, "", "ConfigMap")).then_some(target)
        });
        if let Some(text) = target.and_then(|target| self.entry_called(target, key)) {
            // The path leads to `value`.
            let path = || format!("{}From.configMapKeyRef.key", path());
            self.note_setting(found, text, reference, setting, path);
        }
    }

    /// What a variable of that name tells; the same names come again and again.
    pub(super) fn setting_called(&mut self, name: &str) -> Option<&'static PodSetting> {
        if let Some(known) = self.hosts.settings.get(name) {
            return *known;
        }
        let settings = self.catalog.kubernetes().map(|facts| &facts.pod_settings);
        let found = settings.into_iter().flatten().find(|one| one.names(name));
        self.hosts.settings.insert(name.to_owned(), found);
        found
    }

    /// `--flag=value`, or `--flag` and the value after it: how many words it is, none when it is no such flag.
    fn note_flag(
        &mut self,
        found: &mut Found<'a>,
        words: &'a [Value],
        at: usize,
        path: impl Fn() -> String,
    ) -> usize {
        let Some((word, text)) = words.get(at).and_then(|word| Some((word, word.as_str()?))) else {
            return 0;
        };
        if !text.starts_with("--") {
            return 0;
        }
        let (flag, value, read) = match text.split_once('=') {
            Some((flag, value)) => (flag, Some(value), 1),
            None => (text, words.get(at + 1).and_then(Value::as_str), 2),
        };
        let settings = self.catalog.kubernetes().map(|facts| &facts.pod_settings);
        let mut settings = settings.into_iter().flatten();
        let setting = settings.find(|one| one.args.iter().any(|name| name == flag));
        let (Some(setting), Some(value)) = (setting, value) else {
            return 0;
        };
        self.note_setting(found, value, word, setting, path);
        read
    }

    pub(super) fn note_setting(
        &mut self,
        found: &mut Found<'a>,
        text: &str,
        value: &Value,
        setting: &'static PodSetting,
        path: impl Fn() -> String,
    ) {
        self.note_value(found, text, value, false, setting, path);
    }

    /// The value of a setting; one that is hidden names a company, and no host.
    pub(super) fn note_value(
        &mut self,
        found: &mut Found<'a>,
        text: &str,
        value: &Value,
        hidden: bool,
        setting: &'static PodSetting,
        path: impl Fn() -> String,
    ) {
        let flow = setting.flow;
        let text = text.trim();
        let mention = |lens: &mut Self| Mention {
            flow,
            path: path(),
            evidence: lens.ledger.way(value, flow_label(flow)),
        };
        let scheme = text.split_once(':').map(|(scheme, _)| scheme);
        if let Some(company) = scheme.and_then(|scheme| setting.companies.get(scheme)) {
            let mention = mention(self);
            self.note_company(found, company, None, mention);
            return;
        }
        // A reference to another variable is filled in by the cluster.
        let host = host_of(without_method(text)).filter(|host| !host.contains("$("));
        let Some(host) = host else { return };
        if self.is_none_of_others(found, flow, &host, setting.known_only) {
            return;
        }
        let mention = mention(self);
        if hidden {
            self.note_hidden(found, &host, mention);
        } else {
            self.note_host(found, &host, mention, setting.known_only);
        }
    }

    /// Software that sends something to the company that makes it.
    fn note_agent(
        &mut self,
        found: &mut Found<'a>,
        name: &str,
        image: &Value,
        variables: &[Value],
        path: &dyn Fn() -> String,
    ) {
        let repository = repository(name);
        let agents = self.catalog.kubernetes().map(|facts| &facts.agents);
        let mut agents = agents.into_iter().flatten();
        let Some(agent) =
            agents.find(|one| one.images.iter().any(|end| ends_with(repository, end)))
        else {
            return;
        };
        let host = variables.iter().find_map(|variable| {
            let text = |name: &str| variable.entry(name).and_then(Value::as_str);
            let named = agent
                .env
                .iter()
                .any(|name| Some(name.as_str()) == text("name"));
            named.then(|| host_of(text("value")?)).flatten()
        });
        self.note_agent_of(found, agent, image, host, format!("{}.image", path()));
    }

    /// An object that asks for such software.
    pub(super) fn note_agent_object(&mut self, found: &mut Found<'a>, kind: &KubernetesKind) {
        let agents = self.catalog.kubernetes().map(|facts| &facts.agents);
        let name = |one: &&Agent| {
            let mut kinds = one.kinds.iter();
            kinds
                .any(|name| name.split_once('/') == Some((kind.group.as_str(), kind.kind.as_str())))
        };
        let Some(agent) = agents.into_iter().flatten().find(name) else {
            return;
        };
        // Its own field names the host already.
        if found.all.iter().any(|one| one.flow == agent.flow) {
            return;
        }
        let evidence = vec![self.header(found.resource)];
        let mention = Mention {
            flow: agent.flow,
            path: String::new(),
            evidence,
        };
        self.note_company(found, &agent.providers_id, None, mention);
    }

    fn note_agent_of(
        &mut self,
        found: &mut Found<'a>,
        agent: &'static Agent,
        image: &Value,
        host: Option<String>,
        path: String,
    ) {
        let label = Text::new(
            format!("{}: {}", agent.product, &*flow_label(agent.flow).en),
            format!("{} : {}", agent.product, &*flow_label(agent.flow).fr),
        );
        let mention = Mention {
            flow: agent.flow,
            path,
            evidence: self.ledger.way(image, label),
        };
        match host {
            Some(host) => self.note_host(found, &host, mention, false),
            None => self.note_company(found, &agent.providers_id, None, mention),
        }
    }
}

/// The registry of an image: the first part of its name is a host only if it looks like one.
pub(super) fn image_host(name: &str) -> String {
    let name = name.trim();
    let name = name
        .strip_prefix("oci://")
        .or_else(|| name.strip_prefix("docker://"))
        .or_else(|| name.strip_prefix("https://"))
        .unwrap_or(name);
    let host = match name.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host,
        _ => return DOCKER_HUB.to_owned(),
    };
    let host = match host.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or(address),
        None => host.split(':').next().unwrap_or(host),
    };
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// The name of an image without registry, tag and digest.
fn repository(name: &str) -> &str {
    let name = name.split('@').next().unwrap_or(name);
    let name = match name.split_once('/') {
        Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => rest,
        _ => name,
    };
    name.split(':').next().unwrap_or(name)
}

/// Is a path, or the end of one: mirrors put their own folders before it.
fn ends_with(path: &str, end: &str) -> bool {
    path.strip_suffix(end)
        .is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_part_of_an_image_is_a_registry_only_if_it_looks_like_one() {
        for (name, host) in [
            ("nginx", "docker.io"),
            ("nginx:1.27", "docker.io"),
            ("library/nginx", "docker.io"),
            ("acme.fr/app", "acme.fr"),
            ("ghcr.io/acme/app:1@sha256:abc", "ghcr.io"),
            ("localhost/app", "localhost"),
            ("registry:5000/app", "registry"),
            ("GHCR.IO./acme/app", "ghcr.io"),
            ("[2001:db8::1]:5000/app", "2001:db8::1"),
            ("registry.example.org:5000/app", "registry.example.org"),
            ("", "docker.io"),
        ] {
            assert_eq!(image_host(name), host, "{name}");
        }
    }

    #[test]
    fn agents_are_found_behind_mirrors() {
        let is_agent = |name: &str| ends_with(repository(name), "datadog/agent");
        assert!(is_agent("datadog/agent:7"));
        assert!(is_agent("gcr.io/datadog/agent@sha256:0"));
        assert!(is_agent("registry.example.org:5000/mirror/datadog/agent:7"));
        assert!(!is_agent("acme/notdatadog/agent-x"));
        assert!(!is_agent("xdatadog/agent"));
    }
}
