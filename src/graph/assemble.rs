//! Builds the graph from evaluated Terraform code and Kubernetes manifests.

use std::sync::Arc;

use hashbrown::HashMap;
use rayon::prelude::*;

use super::embedded;
use super::{
    ABSENT_MODULE, Graph, GraphBuilder, Module, Provider, ProviderId, Resource, ResourceId, RootId,
    World,
};
use crate::catalog::{Catalog, Class, ClassSet};
use crate::kubernetes::{self, Manifests};
use crate::source::{SourceId, Sources};
use crate::terraform::{Backend, Declared, Estate, Mode, ModuleCall, Root};
use crate::value::Value;

/// One graph of everything that was read.
pub fn assemble(
    estate: &Estate,
    manifests: &Manifests,
    catalog: &Catalog,
    sources: &Sources,
) -> Graph {
    let mut builder = GraphBuilder::default();
    let mut firsts = Vec::with_capacity(estate.roots.len());
    for root in &estate.roots {
        firsts.push(builder.so_far().resources().len());
        add_root(&mut builder, root, catalog, sources);
    }
    let releases = manifests.releases.iter().map(|release| {
        let first = firsts.get(release.root)?;
        u32::try_from(first + release.at).ok().map(ResourceId)
    });
    let releases: Vec<Option<ResourceId>> = releases.collect();
    for (id, release) in releases.iter().zip(&manifests.releases) {
        if let Some(id) = id {
            builder.release(*id, release.clone());
        }
    }
    let first_manifest = builder.so_far().resources().len() as u32;
    // What only the manifests tell does not wait for their resources.
    let ((), (links, carried)) = rayon::join(
        || super::manifests::add(&mut builder, manifests, &releases, catalog),
        || {
            rayon::join(
                || kubernetes::links(manifests, catalog),
                || super::payloads::of_manifests(manifests, catalog, sources),
            )
        },
    );
    super::relations::add(&mut builder, manifests, links, first_manifest, catalog);
    let graph = builder.so_far();
    let payloads = super::payloads::find(graph, carried, first_manifest, catalog, sources);
    builder.payloads(payloads);
    builder.finish()
}

fn add_root(builder: &mut GraphBuilder, root: &Root, catalog: &Catalog, sources: &Sources) {
    let root_id = builder.root(root.path.as_str().into(), root.read_from);
    // `hashicorp/random` and its like hold nothing and sit nowhere: there is nothing to know about their types.
    let providers: Vec<Behind> = root
        .providers
        .iter()
        .map(|provider| {
            let id = builder.provider(Provider {
                source: Arc::clone(&provider.source),
                alias: provider.alias.clone(),
                config: provider.config.withheld(),
                place: provider.place,
            });
            Behind {
                id,
                neutral: catalog.is_neutral(&provider.source),
                third_party: catalog.third_party(&provider.source).is_some(),
            }
        })
        .collect();
    let paths = paths_of(root, sources);
    let resources: Vec<Resource> = root
        .resources
        .par_iter()
        .with_min_len(AT_A_TIME)
        .map(|declared| {
            let path = paths.get(&declared.header.source).cloned();
            let path = path.unwrap_or_default();
            resource(declared, root_id, path, &providers, catalog, sources)
        })
        .collect();
    for resource in resources {
        builder.resource(resource);
    }
    for variable in &root.variables {
        builder.variable(Arc::clone(&variable.name), variable.value.withheld());
    }
    for call in &root.modules {
        let module = module(call);
        if call.absent.is_some() && !call.arguments.is_empty() {
            let path = sources.get(call.header.source).path().into();
            builder.resource(absent(call, &module, root_id, path));
        }
        builder.module(root_id, module);
    }
    let backends = [
        ("terraform.backend.", &root.backend),
        ("terraform.", &root.cloud),
    ];
    for (prefix, backend) in backends
        .into_iter()
        .filter_map(|(prefix, backend)| Some((prefix, backend.as_ref()?)))
    {
        let path = sources.get(backend.place.source).path().into();
        builder.resource(state(backend, prefix, root_id, path));
    }
}

/// Resources that one thread takes at a time.
const AT_A_TIME: usize = 512;

/// The paths of the files that declare the resources of a root.
fn paths_of(root: &Root, sources: &Sources) -> HashMap<SourceId, Arc<str>> {
    let mut paths = HashMap::new();
    for declared in &root.resources {
        let id = declared.header.source;
        paths
            .entry(id)
            .or_insert_with(|| sources.get(id).path().into());
    }
    paths
}

/// A provider of a root, with what its address tells.
struct Behind {
    id: ProviderId,
    /// It holds nothing and sits nowhere.
    neutral: bool,
    /// Its company sells services that others use from their own clouds.
    third_party: bool,
}

fn resource(
    declared: &Declared,
    root: RootId,
    path: Arc<str>,
    providers: &[Behind],
    catalog: &Catalog,
    sources: &Sources,
) -> Resource {
    let known = catalog.resource_kind(&declared.kind);
    let opened = known.and_then(|kind| embedded::opened(declared, kind, sources));
    let attributes = opened.as_ref().unwrap_or(&declared.attributes);
    let object = known.and_then(|kind| embedded::Object::of(attributes, kind));
    let provider = providers.get(declared.provider);
    let neutral = provider.is_some_and(|provider| provider.neutral);
    // What a company that sells software has of its own is a third party's, whatever the type.
    let unlisted = match provider {
        Some(provider) if provider.third_party => ClassSet::EMPTY.with(Class::ThirdParty),
        _ => ClassSet::EMPTY,
    };
    let prevent_destroy = declared
        .lifecycle
        .prevent_destroy
        .as_ref()
        .and_then(crate::value::Value::as_bool);
    Resource {
        id: ResourceId(0),
        world: match declared.mode {
            Mode::Managed => World::Terraform,
            Mode::Data => World::TerraformData,
        },
        address: Arc::clone(&declared.address),
        kind: Arc::clone(&declared.kind),
        name: Arc::clone(&declared.name),
        attributes: attributes.withheld(),
        header: declared.header,
        block: declared.block,
        root: Some(root),
        written_as: None,
        path,
        module: Arc::clone(&declared.module),
        calls: Arc::clone(&declared.calls),
        instance_key: declared.each_key.as_ref().map(Value::withheld),
        provider: provider.map(|provider| provider.id),
        release: None,
        namespace: None,
        // What is only read is judged where it is made.
        classes: match declared.mode {
            // A whole object is what it is, whatever brings it.
            Mode::Managed if object.is_some() => {
                let known = object
                    .as_ref()
                    .and_then(|object| Some((object.known(catalog)?, object.value)));
                known.map_or(ClassSet::EMPTY, |(kind, value)| {
                    kind.class
                        .union(super::manifests::classes_besides(kind, value))
                })
            }
            Mode::Managed => known.map_or(unlisted, |kind| {
                let mirrored = kind.mirrors.as_deref();
                let mirrored = mirrored.and_then(|name| catalog.kind_called(name));
                let besides = mirrored.map_or(ClassSet::EMPTY, |object| {
                    super::manifests::classes_besides(object, &declared.attributes)
                });
                kind.class.union(besides)
            }),
            Mode::Data => ClassSet::EMPTY,
        },
        object: object.as_ref().map(embedded::Object::word),
        catalogued: match &object {
            Some(object) => object.known(catalog).is_some(),
            None => known.is_some() || neutral,
        },
        attribute_names: Arc::clone(&declared.attribute_names),
        incomplete: declared.incomplete,
        prevent_destroy: prevent_destroy.unwrap_or(false),
        replaced_with: Arc::clone(&declared.lifecycle.replace_triggered_by),
    }
}

fn module(call: &ModuleCall) -> Module {
    let arguments = call.arguments.iter();
    Module {
        address: Arc::clone(&call.address),
        caller: Arc::clone(&call.caller),
        name: Arc::clone(&call.name),
        source: Arc::clone(&call.source),
        header: call.header,
        each_key: call.each_key.as_ref().map(Value::withheld),
        arguments: arguments
            .map(|(name, value)| (Arc::clone(name), value.withheld()))
            .collect(),
        absent: call.absent.clone(),
    }
}

/// A module whose code is not at hand stands for what is in it: its arguments may say what that is.
fn absent(call: &ModuleCall, module: &Module, root: RootId, path: Arc<str>) -> Resource {
    Resource {
        id: ResourceId(0),
        world: World::Terraform,
        kind: ABSENT_MODULE.into(),
        address: Arc::clone(&call.address),
        name: Arc::clone(&call.name),
        attributes: Value::object(module.arguments.iter().cloned()),
        header: call.header,
        block: call.block,
        root: Some(root),
        written_as: None,
        path,
        module: Arc::clone(&call.caller),
        calls: Arc::from([]),
        instance_key: module.each_key.clone(),
        provider: None,
        release: None,
        namespace: None,
        classes: ClassSet::EMPTY,
        object: None,
        catalogued: false,
        attribute_names: Arc::from([]),
        incomplete: false,
        prevent_destroy: false,
        replaced_with: Arc::default(),
    }
}

/// The state backend of a root is a resource too: it holds what the resources hold.
fn state(backend: &Backend, prefix: &str, root: RootId, path: Arc<str>) -> Resource {
    let address: Arc<str> = format!("{prefix}{}", backend.kind).into();
    Resource {
        id: ResourceId(0),
        world: World::Terraform,
        kind: Arc::clone(&address),
        address,
        name: Arc::clone(&backend.kind),
        attributes: backend.config.withheld(),
        header: backend.place,
        block: backend.block,
        root: Some(root),
        written_as: None,
        path,
        module: "".into(),
        calls: Arc::from([]),
        instance_key: None,
        provider: None,
        release: None,
        namespace: None,
        classes: ClassSet::EMPTY.with(Class::StateBackend),
        object: None,
        catalogued: true,
        attribute_names: Arc::from([]),
        incomplete: false,
        prevent_destroy: false,
        replaced_with: Arc::default(),
    }
}
