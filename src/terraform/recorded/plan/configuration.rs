//! The `configuration` of a plan: which blocks the code has, and what their expressions refer to.

use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::address;
use crate::source::Place;
use crate::syntax::json::{Document, NodeId, NodeKind};
use crate::terraform::recorded::values::Reader;

/// What the code was when the plan was made.
#[derive(Debug, Default)]
pub(super) struct Configuration {
    pub(super) root: Module,
    /// By key: `aws`, `aws.west`, `module.m:aws`.
    pub(super) providers: BTreeMap<Arc<str>, Provider>,
}

/// A module, once for all its instances.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// By address within the module: `aws_s3_bucket.b`, `data.aws_region.r`.
    pub(super) resources: HashMap<String, Resource>,
    pub(super) calls: BTreeMap<Arc<str>, Call>,
    /// Their expressions.
    pub(super) outputs: BTreeMap<Arc<str>, NodeId>,
    /// Their definitions.
    pub(super) variables: BTreeMap<Arc<str>, NodeId>,
}

/// A resource or data block.
#[derive(Debug)]
pub(super) struct Resource {
    /// Of its arguments, by name.
    pub(super) expressions: Option<NodeId>,
    /// Key of its provider configuration; empty when the plan gives none.
    pub(super) provider: Arc<str>,
    /// What `for_each` or `count` is.
    pub(super) over: Option<NodeId>,
    /// Addresses within the module.
    pub(super) depends_on: Vec<Arc<str>>,
}

/// A module block.
#[derive(Debug)]
pub(super) struct Call {
    /// Of its arguments, by name.
    pub(super) expressions: Option<NodeId>,
    /// What `for_each` or `count` is.
    pub(super) over: Option<NodeId>,
    pub(super) module: Module,
}

/// A provider block, or the use of a provider without one.
#[derive(Debug)]
pub(super) struct Provider {
    pub(super) name: Arc<str>,
    /// `hashicorp/aws`
    pub(super) source: Arc<str>,
    pub(super) alias: Option<Arc<str>>,
    /// Address of the module of the block, without keys.
    pub(super) module: Arc<str>,
    pub(super) version: Option<Arc<str>>,
    /// Of its arguments, by name; none: the plan gives none.
    pub(super) expressions: Option<NodeId>,
    pub(super) place: Place,
}

impl Configuration {
    pub(super) fn read(reader: &mut Reader<'_>, node: NodeId) -> Self {
        let root = reader.get(node, "root_module");
        let root = root.map(|root| Module::read(reader, root));
        let mut providers = BTreeMap::new();
        let document = reader.document;
        let members = reader.get(node, "provider_config");
        for member in members.map_or(&[][..], |members| document.members(members)) {
            let key = reader.shared(document.key(member));
            let provider = Provider::read(reader, &key, member.value, document.place(member.key));
            providers.insert(key, provider);
        }
        Self {
            root: root.unwrap_or_default(),
            providers,
        }
    }

    /// The module that an address lies in, whatever its keys, and what is left of the address.
    pub(super) fn module<'t>(&self, address: &'t str) -> Option<(&Module, &'t str)> {
        let (calls, local) = address::calls(address);
        let mut module = &self.root;
        for call in calls {
            module = &module.calls.get(call.name)?.module;
        }
        Some((module, local))
    }
}

impl Module {
    fn read(reader: &mut Reader<'_>, node: NodeId) -> Self {
        let document = reader.document;
        let mut module = Self::default();
        if let Some(resources) = reader.get(node, "resources") {
            for node in document.elements(resources) {
                if let Some((address, resource)) = Resource::read(reader, *node) {
                    module.resources.insert(address, resource);
                }
            }
        }
        if let Some(calls) = reader.get(node, "module_calls") {
            for member in document.members(calls) {
                let name = reader.shared(document.key(member));
                let inner = reader.get(member.value, "module");
                let call = Call {
                    expressions: reader.get(member.value, "expressions"),
                    over: over(reader, member.value),
                    // No deeper than the text is nested, which its reader bounds.
                    module: inner
                        .map(|inner| Self::read(reader, inner))
                        .unwrap_or_default(),
                };
                module.calls.insert(name, call);
            }
        }
        if let Some(outputs) = reader.get(node, "outputs") {
            for member in document.members(outputs) {
                if let Some(expression) = reader.get(member.value, "expression") {
                    let name = reader.shared(document.key(member));
                    module.outputs.insert(name, expression);
                }
            }
        }
        if let Some(variables) = reader.get(node, "variables") {
            for member in document.members(variables) {
                let name = reader.shared(document.key(member));
                module.variables.insert(name, member.value);
            }
        }
        module
    }
}

impl Resource {
    fn read(reader: &mut Reader<'_>, node: NodeId) -> Option<(String, Self)> {
        let kind = reader.text_of(node, "type")?;
        let name = reader.text_of(node, "name")?;
        let address = match reader.text_of(node, "mode").as_deref() {
            Some("data") => format!("data.{kind}.{name}"),
            _ => format!("{kind}.{name}"),
        };
        let depends_on = reader.get(node, "depends_on");
        let depends_on = depends_on.map_or(&[][..], |all| reader.document.elements(all));
        let resource = Self {
            expressions: reader.get(node, "expressions"),
            provider: reader
                .text_of(node, "provider_config_key")
                .unwrap_or_default(),
            over: over(reader, node),
            depends_on: depends_on
                .iter()
                .filter_map(|address| reader.text(*address))
                .collect(),
        };
        Some((address, resource))
    }
}

fn over(reader: &Reader<'_>, node: NodeId) -> Option<NodeId> {
    reader
        .get(node, "for_each_expression")
        .or_else(|| reader.get(node, "count_expression"))
}

impl Provider {
    fn read(reader: &mut Reader<'_>, key: &Arc<str>, node: NodeId, place: Place) -> Self {
        let local = key.rsplit_once(':').map_or(&**key, |(_, local)| local);
        let name = reader
            .text_of(node, "name")
            .unwrap_or_else(|| local.split('.').next().unwrap_or_default().into());
        let source = reader.text_of(node, "full_name");
        let expressions = reader
            .get(node, "expressions")
            .filter(|node| matches!(reader.document.node(*node).kind, NodeKind::Object(_)));
        Self {
            source: crate::terraform::providers::normal_source(source.as_ref().unwrap_or(&name)),
            alias: reader.text_of(node, "alias"),
            module: reader.text_of(node, "module_address").unwrap_or_default(),
            version: reader.text_of(node, "version_constraint"),
            expressions,
            place,
            name,
        }
    }
}

/// What an expression of the configuration is.
pub(super) enum Form<'d> {
    /// `{"constant_value": ...}`
    Constant(NodeId),
    /// `{"references": [...]}`, and `{}`, which refers to nothing and is no constant.
    References(&'d [NodeId]),
    /// The arguments of a nested block, by name; or nested blocks by label.
    Block,
    /// Nested blocks.
    Blocks(&'d [NodeId]),
    /// None of these.
    Other,
}

/// Tells an expression from nested blocks, which stand in the same places.
pub(super) fn form(document: &Document, node: NodeId) -> Form<'_> {
    match document.node(node).kind {
        NodeKind::Array(_) => Form::Blocks(document.elements(node)),
        NodeKind::Object(_) => {
            let members = document.members(node);
            if members.is_empty() {
                return Form::References(&[]);
            }
            if members.len() == 1 {
                if let Some(constant) = document.get(node, "constant_value") {
                    return Form::Constant(constant);
                }
                if let Some(references) = document.get(node, "references") {
                    let all = document.elements(references);
                    let texts = |id: &NodeId| document.node(*id).kind == NodeKind::String;
                    if !all.is_empty() && all.iter().all(texts) {
                        return Form::References(all);
                    }
                }
            }
            Form::Block
        }
        _ => Form::Other,
    }
}
