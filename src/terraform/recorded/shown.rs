//! The *values representation* of `terraform show -json`: modules with their resources, as it stands in a shown state
//! (`values`), and in a plan (`planned_values`, and `values` of `prior_state`).

use std::sync::Arc;

use super::values::{Mask, Masks, Reader};
use crate::source::{Place, Span};
use crate::syntax::json::{NodeId, NodeKind};
use crate::terraform::{Declared, Key, Mode, Output};
use crate::text::Text;
use crate::value::{Type, Value};

/// What reading needs to know beside the representation.
pub(in crate::terraform) trait Surroundings {
    /// What of a resource is known only after apply.
    fn unknown(&mut self, reader: &mut Reader<'_>, address: &str) -> Mask;
    /// The provider configuration of a resource: an index into [`super::super::Root::providers`]. `source` is the
    /// normal form of `provider_name`: `hashicorp/aws`.
    fn provider(&mut self, address: &str, module: &str, source: &str) -> usize;
}

/// Every resource of a module (`root_module`) and of those below it, in their order.
pub(in crate::terraform) fn resources(
    reader: &mut Reader<'_>,
    module: NodeId,
    around: &mut dyn Surroundings,
) -> Vec<Declared> {
    let mut all = Vec::new();
    add_module(reader, module, around, &mut all);
    reader.fill(all, |reader, resource, (values, masks)| {
        let attributes = reader.attributes(&resource.kind, &resource.address, values, &masks);
        attributes.at(resource.block)
    })
}

/// A resource without its attributes, and what these are read from.
type Outlined = (Declared, (Option<NodeId>, Masks));

fn add_module(
    reader: &mut Reader<'_>,
    module: NodeId,
    around: &mut dyn Surroundings,
    all: &mut Vec<Outlined>,
) {
    let address = reader.text_of(module, "address").unwrap_or_default();
    for node in reader.list(module, "resources").unwrap_or_default() {
        match resource(reader, *node, &address, around) {
            Some(resource) => all.push(resource),
            None => reader.fault(
                *node,
                Text::new(
                    "a resource without `address`, `type` or `name`",
                    "une ressource sans `address`, `type` ou `name`",
                ),
            ),
        }
    }
    // No deeper than the text is nested, which its reader bounds.
    for node in reader.list(module, "child_modules").unwrap_or_default() {
        add_module(reader, *node, around, all);
    }
}

/// None for what is no resource at all.
fn resource(
    reader: &mut Reader<'_>,
    node: NodeId,
    module: &Arc<str>,
    around: &mut dyn Surroundings,
) -> Option<Outlined> {
    let document = reader.document;
    let address = reader.text_of(node, "address")?;
    let kind = reader.text_of(node, "type")?;
    let name = reader.text_of(node, "name")?;
    let mode = match reader.text_of(node, "mode").as_deref() {
        Some("data") => Mode::Data,
        _ => Mode::Managed,
    };
    // What waits for its deletion is still there.
    let address = match reader.text_of(node, "deposed_key") {
        Some(deposed) => format!("{address} (deposed {deposed})").into(),
        None => address,
    };
    let source = reader.text_of(node, "provider_name").unwrap_or_default();
    let sensitive = match reader.get(node, "sensitive_values") {
        Some(shape) => Mask::of_shape(reader, shape),
        None => Mask::None,
    };
    let masks = Masks {
        sensitive,
        unknown: around.unknown(reader, &address),
    };
    let values = reader.get(node, "values");
    let block = document.place(document.node(node).span);
    let header = reader
        .get(node, "address")
        .map_or(block, |node| document.place(document.node(node).span));
    let key = reader.get(node, "index").and_then(|node| key(reader, node));
    let provider = around.provider(
        &address,
        module,
        &crate::terraform::providers::normal_source(&source),
    );
    let resource = Declared {
        depends_on: addresses(reader, node, "depends_on"),
        each_key: key.as_ref().and_then(|key| each_key(key, header)),
        key,
        address,
        mode,
        kind,
        name,
        module: Arc::clone(module),
        provider,
        header,
        block,
        ..blank(block)
    };
    Some((resource, (values, masks)))
}

/// A resource of which nothing is said.
pub(super) fn blank(place: Place) -> Declared {
    Declared {
        address: Arc::default(),
        mode: Mode::Managed,
        kind: Arc::default(),
        name: Arc::default(),
        key: None,
        module: Arc::default(),
        provider: 0,
        attributes: Value::null(),
        attribute_names: Arc::default(),
        header: place,
        block: place,
        calls: Arc::default(),
        each_key: None,
        depends_on: Arc::default(),
        lifecycle: Arc::default(),
        incomplete: false,
    }
}

/// Which instance: a whole number, or a text.
pub(super) fn key(reader: &mut Reader<'_>, node: NodeId) -> Option<Key> {
    let document = reader.document;
    match document.node(node).kind {
        NodeKind::String => reader.text(node).map(Key::Str),
        NodeKind::Number => {
            let number = document.text(document.node(node).span).parse();
            number.ok().map(Key::Int)
        }
        _ => None,
    }
}

/// `each.key` or `count.index`.
pub(super) fn each_key(key: &Key, place: Place) -> Option<Value> {
    match key {
        Key::Int(at) => i64::try_from(*at).ok().map(Value::int),
        Key::Str(text) => Some(Value::string(Arc::clone(text))),
        Key::Unknown => None,
    }
    .map(|value| value.at(place))
}

/// The addresses in a list of a resource, such as of those it depends on.
pub(super) fn addresses(reader: &mut Reader<'_>, node: NodeId, name: &str) -> Arc<[Arc<str>]> {
    let elements = reader.list(node, name).unwrap_or_default();
    elements
        .iter()
        .filter_map(|address| reader.text(*address))
        .collect()
}

/// The outputs of a root, sorted by name: `{"name": {"value": ..., "sensitive": true}}`. Of a plan, outputs that are
/// known only after apply have no value.
pub(in crate::terraform) fn outputs(reader: &mut Reader<'_>, outputs: NodeId) -> Vec<Output> {
    let document = reader.document;
    let mut all: Vec<Output> = Vec::new();
    for member in document.members(outputs) {
        let name = reader.shared(document.key(member));
        let sensitive = reader
            .get(member.value, "sensitive")
            .is_some_and(|node| document.node(node).kind == NodeKind::Bool(true));
        let mask = if sensitive { Mask::All } else { Mask::None };
        let place = document.place(Span::new(member.key.start, member.key.end));
        let value = match reader.get(member.value, "value") {
            Some(node) => reader.named_value(&name, node, &mask),
            None => Value::unknown_of(
                Type::Dynamic,
                crate::value::Because::other(Text::new(
                    "its value is known only after apply",
                    "sa valeur n’est connue qu’après l’application",
                )),
            )
            .at(place),
        };
        all.push(Output {
            name,
            value,
            sensitive,
            place,
            block: place,
        });
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}
