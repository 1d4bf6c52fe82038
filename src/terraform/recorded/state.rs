//! Terraform states: as they are stored (version 4), and as `terraform show -json` prints them.

use hashbrown::HashMap;
use std::sync::Arc;

use super::shown::{self, Surroundings};
use super::values::{Mask, Masks, Reader};
use super::{RecordedFile, first_line, flat, whole};
use crate::problem::{Problem, ProblemCode};
use crate::syntax::json::{Document, NodeId, NodeKind};
use crate::terraform::providers::normal_source;
use crate::terraform::{Declared, Key, Mode, ProviderConfig, ReadFrom, Root};
use crate::text::{Text, text};
use crate::value::{Because, Value};

/// The only version of stored states since Terraform 0.12.
const VERSION: u64 = 4;

/// A state as it is stored.
pub(super) fn stored(
    file: &RecordedFile,
    document: &Document,
    top: NodeId,
    problems: &mut Vec<Problem>,
) -> Option<Root> {
    let version = document.get(top, "version");
    match version.and_then(|node| whole(document, node)) {
        Some(VERSION) => {}
        Some(_) if is_pointer(document, top) => {
            problems.push(
                Problem::warning(
                    ProblemCode::Unreadable,
                    Text::new(
                        "it says where the state is kept, and holds no resources",
                        "il dit où l’état est gardé, et ne contient aucune ressource",
                    ),
                )
                .gap()
                .at(first_line(file))
                .help(Text::new(
                    "`terraform state pull | gardefou scan -` reads the state itself",
                    "`terraform state pull | gardefou scan -` lit l’état lui-même",
                )),
            );
            return None;
        }
        version => {
            problems.push(other_version(version).at(first_line(file)));
            return None;
        }
    }
    let mut reader = Reader::of_state(document);
    let mut configs = Configs::default();
    let mut resources = Vec::new();
    match reader.list(top, "resources") {
        Some(all) => {
            for node in all {
                add_resource(&mut reader, *node, &mut configs, &mut resources);
            }
        }
        None => reader.fault(
            top,
            Text::new(
                "the state has no list of `resources`",
                "l’état n’a pas de liste `resources`",
            ),
        ),
    }
    let resources = reader.fill(resources, |reader, resource, instance| {
        attributes(reader, instance, &resource.kind, &resource.address).at(resource.block)
    });
    Some(finished(file, reader, top, configs, resources, problems))
}

/// A state as `terraform show -json` prints it.
pub(super) fn shown(
    file: &RecordedFile,
    document: &Document,
    top: NodeId,
    problems: &mut Vec<Problem>,
) -> Option<Root> {
    if let Err(problem) = super::supported_format(file, document, top) {
        problems.push(problem);
        return None;
    }
    let mut reader = Reader::new(document);
    let mut configs = Configs::default();
    // An empty state has no values at all.
    let values = reader.get(top, "values").unwrap_or(top);
    let resources = match reader.get(values, "root_module") {
        Some(module) => shown::resources(&mut reader, module, &mut configs),
        None => Vec::new(),
    };
    Some(finished(file, reader, values, configs, resources, problems))
}

fn finished(
    file: &RecordedFile,
    mut reader: Reader<'_>,
    holds_outputs: NodeId,
    configs: Configs,
    resources: Vec<Declared>,
    problems: &mut Vec<Problem>,
) -> Root {
    let outputs = reader.get(holds_outputs, "outputs");
    let outputs = outputs.map_or_else(Vec::new, |node| shown::outputs(&mut reader, node));
    let own = reader.problems.clone();
    problems.append(&mut reader.problems);
    Root {
        path: file.path.clone(),
        read_from: ReadFrom::State,
        resources,
        providers: configs.all,
        backend: None,
        cloud: None,
        modules: Vec::new(),
        variables: Vec::new(),
        outputs,
        problems: own,
    }
}

/// `.terraform/terraform.tfstate`: a state in form, that holds the configuration of the backend.
fn is_pointer(document: &Document, top: NodeId) -> bool {
    let modules = document.get(top, "modules");
    let modules = modules.map_or(&[][..], |node| document.elements(node));
    let is_empty = |module: &NodeId| {
        let resources = document.get(*module, "resources");
        resources.is_none_or(|node| document.members(node).is_empty())
    };
    document.get(top, "backend").is_some() && modules.iter().all(is_empty)
}

fn other_version(version: Option<u64>) -> Problem {
    match version {
        Some(version @ 0..VERSION) => Problem::error(
            ProblemCode::Unreadable,
            text!(
                "a state of version {version}, which Terraform wrote before 0.12, and was not read", "un état de version {version}, que Terraform écrivait avant 0.12, et qui n’a pas été lu"
            ),
        )
        .help(Text::new("a current Terraform still reads it: scan what `terraform show -json FILE` prints", "un Terraform actuel le lit encore : analysez ce qu’affiche `terraform show -json FICHIER`")),
        Some(version) => Problem::error(
            ProblemCode::Unreadable,
            text!(
                "a state of version {version}; this version of Gardefou reads version {VERSION}", "un état de version {version} ; cette version de Gardefou lit la version {VERSION}"
            ),
        )
        .help(Text::new("scan what `terraform show -json FILE` prints, or update Gardefou", "analysez ce qu’affiche `terraform show -json FICHIER`, ou mettez Gardefou à jour")),
        None => Problem::error(
            ProblemCode::Unreadable,
            Text::new("the `version` of the state is no whole number, and it was not read", "le `version` de l’état n’est pas un nombre entier, et il n’a pas été lu"),
        ),
    }
}

/// The instances of a resource, without their attributes.
fn add_resource(
    reader: &mut Reader<'_>,
    node: NodeId,
    configs: &mut Configs,
    all: &mut Vec<(Declared, NodeId)>,
) {
    let (Some(kind), Some(name)) = (reader.text_of(node, "type"), reader.text_of(node, "name"))
    else {
        return reader.fault(
            node,
            Text::new(
                "a resource without `type` or `name`",
                "une ressource sans `type` ou `name`",
            ),
        );
    };
    let mode = match reader.text_of(node, "mode").as_deref() {
        Some("data") => Mode::Data,
        _ => Mode::Managed,
    };
    let module = reader.text_of(node, "module").unwrap_or_default();
    let provider = reader.text_of(node, "provider");
    let Some(instances) = reader.list(node, "instances") else {
        return reader.fault(
            node,
            Text::new(
                "a resource without `instances`",
                "une ressource sans `instances`",
            ),
        );
    };
    let declaration = {
        let dot = if module.is_empty() { "" } else { "." };
        let data = if mode == Mode::Data { "data." } else { "" };
        format!("{module}{dot}{data}{kind}.{name}")
    };
    let document = reader.document;
    let named = reader.get(node, "name").map_or(node, |name| name);
    for instance in instances {
        let index = reader.get(*instance, "index_key");
        let key = index.and_then(|node| shown::key(reader, node));
        let header = document.place(document.node(index.unwrap_or(named)).span);
        // The block of a single instance is the whole resource, so that its header lies in it.
        let block = if instances.len() == 1 {
            node
        } else {
            *instance
        };
        let block = document.place(document.node(block).span);
        // What waits for its deletion is still there.
        let deposed = reader.text_of(*instance, "deposed");
        let address = address(&declaration, key.as_ref(), deposed.as_deref());
        // OpenTofu: instances may differ in their provider configuration.
        let provider = reader
            .text_of(*instance, "provider")
            .or_else(|| provider.clone());
        let resource = Declared {
            address,
            mode,
            kind: Arc::clone(&kind),
            name: Arc::clone(&name),
            each_key: key.as_ref().and_then(|key| shown::each_key(key, header)),
            key,
            module: Arc::clone(&module),
            provider: configs.written(provider.as_deref().unwrap_or_default()),
            header,
            depends_on: shown::addresses(reader, *instance, "dependencies"),
            ..shown::blank(block)
        };
        all.push((resource, *instance));
    }
}

fn address(declaration: &str, key: Option<&Key>, deposed: Option<&str>) -> Arc<str> {
    let key = key.map(Key::to_string).unwrap_or_default();
    match deposed {
        Some(deposed) => format!("{declaration}{key} (deposed {deposed})").into(),
        None => format!("{declaration}{key}").into(),
    }
}

fn attributes(reader: &mut Reader<'_>, instance: NodeId, kind: &str, address: &Arc<str>) -> Value {
    let sensitive = match reader.get(instance, "sensitive_attributes") {
        Some(paths) => Mask::of_paths(reader, paths),
        None => Mask::None,
    };
    let present = |node: &NodeId| reader.document.node(*node).kind != NodeKind::Null;
    if let Some(values) = reader.get(instance, "attributes").filter(present) {
        let masks = Masks {
            sensitive,
            unknown: Mask::None,
        };
        return reader.attributes(kind, address, Some(values), &masks);
    }
    match reader.get(instance, "attributes_flat").filter(present) {
        Some(flat) => flat::attributes(reader, kind, flat),
        None => {
            reader.fault(
                instance,
                Text::new(
                    "an instance without `attributes`",
                    "une instance sans `attributes`",
                ),
            );
            Value::unknown(Because::other(Text::new(
                "the state holds no attributes of it",
                "l’état n’en contient aucun attribut",
            )))
        }
    }
}

/// The provider configurations that a state names. It says no more of them than their names.
#[derive(Debug, Default)]
struct Configs {
    all: Vec<ProviderConfig>,
    known: HashMap<String, usize>,
}

impl Configs {
    /// `module.m.provider["registry.terraform.io/hashicorp/aws"].west`
    fn written(&mut self, written: &str) -> usize {
        if let Some(at) = self.known.get(written) {
            return *at;
        }
        let config = config_of(written);
        self.add(written, config)
    }

    fn add(&mut self, written: &str, config: ProviderConfig) -> usize {
        let at = self.all.len();
        self.all.push(config);
        self.known.insert(written.to_owned(), at);
        at
    }
}

impl Surroundings for Configs {
    fn unknown(&mut self, _: &mut Reader<'_>, _: &str) -> Mask {
        Mask::None
    }

    fn provider(&mut self, _: &str, _: &str, source: &str) -> usize {
        if let Some(at) = self.known.get(source) {
            return *at;
        }
        self.add(source, unsaid(source, None, None, ""))
    }
}

/// A configuration of which only the names are known.
fn unsaid(source: &str, alias: Option<&str>, key: Option<Key>, module: &str) -> ProviderConfig {
    let local_name = source.rsplit('/').next().unwrap_or(source);
    ProviderConfig {
        source: source.into(),
        local_name: local_name.into(),
        alias: alias.map(Arc::from),
        key,
        module: module.into(),
        config: Value::unknown(Because::other(Text::new(
            "a state does not hold the configuration of providers",
            "un état ne contient pas la configuration des fournisseurs",
        ))),
        place: None,
        version: None,
    }
}

fn config_of(written: &str) -> ProviderConfig {
    // Terraform 0.12 wrote `provider.aws.west`; since then the source stands in brackets.
    let (module, rest) = match written.rfind("provider[\"") {
        Some(at) => (at, written.get(at + "provider".len()..)),
        None => match written.rfind("provider.") {
            Some(at) => (at, written.get(at + "provider.".len()..)),
            None => (0, Some(written)),
        },
    };
    let module = written
        .get(..module)
        .unwrap_or_default()
        .trim_end_matches('.');
    let rest = rest.unwrap_or_default();
    let (source, rest) = match rest.strip_prefix("[\"") {
        Some(quoted) => quoted.split_once("\"]").unwrap_or((quoted, "")),
        None => match rest.find(['.', '[']) {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        },
    };
    let (alias, key) = match rest.strip_prefix('.') {
        Some(rest) => match rest.split_once('[') {
            Some((alias, key)) => (Some(alias), instance_key(key)),
            None => (Some(rest), None),
        },
        None => (None, None),
    };
    unsaid(&normal_source(source), alias, key, module)
}

/// `"eu"]` or `0]`
fn instance_key(text: &str) -> Option<Key> {
    let inner = text.strip_suffix(']')?;
    match inner
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
    {
        Some(key) => Some(Key::Str(key.into())),
        None => inner.parse().ok().map(Key::Int),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provider_configurations_are_told_apart_by_what_is_written() {
        let read = |written| {
            let config = config_of(written);
            (
                config.source.to_string(),
                config.alias.map(|alias| alias.to_string()),
                config.key,
                config.module.to_string(),
            )
        };
        let aws = || "hashicorp/aws".to_owned();
        assert_eq!(
            read(r#"provider["registry.terraform.io/hashicorp/aws"]"#),
            (aws(), None, None, String::new())
        );
        assert_eq!(
            read(r#"module.m["a.provider"].provider["registry.terraform.io/hashicorp/aws"].west"#),
            (
                aws(),
                Some("west".into()),
                None,
                r#"module.m["a.provider"]"#.into()
            )
        );
        assert_eq!(
            read(r#"provider["registry.opentofu.org/hashicorp/aws"].by["eu"]"#),
            (
                aws(),
                Some("by".into()),
                Some(Key::Str("eu".into())),
                String::new()
            )
        );
        assert_eq!(
            read("module.m.provider.aws.west"),
            (aws(), Some("west".into()), None, "module.m".into())
        );
        assert_eq!(
            read(r#"provider["example.com/acme/cloud"]"#),
            ("example.com/acme/cloud".into(), None, None, String::new())
        );
    }
}
