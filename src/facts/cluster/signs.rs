//! The signs of a cloud that one object shows: its driver, its annotations, the labels and ids of nodes, addresses of
//! clusters, images and arguments of controllers, kinds that one cloud alone has.

use super::companies::Companies;
use super::hints::MAX_SIGNS;
use super::volume::BUILT_IN;
use super::{at, inside, selection, text_of};
use crate::facts::establish::Lens;
use crate::graph::Resource;
use crate::source::Place;
use crate::text::{Text, text};
use crate::value::Value;

/// What kind of sign it is: two of one kind do not agree, they repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum SignKind {
    Driver,
    LoadBalancer,
    Node,
    Selector,
    Controller,
    Kind,
    Address,
    Annotation,
    IngressClass,
    Registry,
}

impl SignKind {
    /// Others can be used from any cloud, and so only support what something else says.
    pub(super) fn proves(self) -> bool {
        !matches!(self, Self::Annotation | Self::IngressClass | Self::Registry)
    }
}

/// One sign, with the companies that have it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sign {
    pub(super) kind: SignKind,
    pub(super) companies: Vec<&'static str>,
    pub(super) text: Text,
    pub(super) place: Option<Place>,
}

impl<'a> Lens<'a> {
    /// Every sign that an object shows.
    pub(super) fn signs_of(
        &self,
        resource: &'a Resource,
        companies: &Companies,
        out: &mut Vec<Sign>,
    ) {
        let value = &resource.attributes;
        self.signs_of_drivers(resource, companies, out);
        if let Some((group, kind)) = resource.kind.split_once('/') {
            let of = companies.api_groups.get(group).cloned().unwrap_or_default();
            let text = || text!("the kind {kind} of {group}", "le type {kind} de {group}");
            push(out, SignKind::Kind, of, text, value);
        }
        if &*resource.kind == "Node" {
            self.signs_of_node(value, companies, out);
        }
        let of_network = resource.classes.contains(crate::catalog::Class::Network);
        let annotations = at(value, &["metadata", "annotations"]);
        for (key, value) in annotations.and_then(Value::entries).unwrap_or_default() {
            let text = || text!("the annotation {key}", "l’annotation {key}");
            if of_network {
                let of = companies.of_prefix(&companies.load_balancers, key);
                push(out, SignKind::LoadBalancer, of, text, value);
            }
            let of = companies.of_prefix(&companies.annotations, key);
            push(out, SignKind::Annotation, of, text, value);
        }
        if let Some(class) = at(value, &["spec", "ingressClassName"])
            && let Some(name) = text_of(class)
        {
            let of = companies.ingress_classes.get(name).cloned();
            let text = || text!("the ingress class {name}", "la classe d’ingress {name}");
            push(
                out,
                SignKind::IngressClass,
                of.unwrap_or_default(),
                text,
                class,
            );
        }
        if &*resource.kind == "Config" {
            self.signs_of_kubeconfig(value, out);
        }
        self.signs_of_pod(resource, companies, out);
    }

    /// Drivers of volumes and of what makes them.
    fn signs_of_drivers(&self, resource: &'a Resource, companies: &Companies, out: &mut Vec<Sign>) {
        let value = &resource.attributes;
        let mut sign = |name: &str, at: &Value| {
            let text = || text!("the volume driver {name}", "le pilote de volume {name}");
            push(out, SignKind::Driver, companies.of_driver(name), text, at);
        };
        let written = match &*resource.kind {
            "storage.k8s.io/StorageClass" => value.entry("provisioner"),
            "snapshot.storage.k8s.io/VolumeSnapshotClass" => value.entry("driver"),
            "snapshot.storage.k8s.io/VolumeSnapshotContent" => inside(value, &["spec", "driver"]),
            "storage.k8s.io/CSIDriver" => inside(value, &["metadata", "name"]),
            "storage.k8s.io/CSINode" => {
                let drivers = inside(value, &["spec", "drivers"]).and_then(Value::elements);
                for driver in drivers.unwrap_or_default() {
                    if let Some((at, name)) = named(driver.entry("name")) {
                        sign(name, at);
                    }
                }
                None
            }
            "PersistentVolume" => {
                let spec = value.entry("spec");
                for (source, driver, _) in BUILT_IN {
                    if let Some(at) = spec.and_then(|spec| spec.entry(source)) {
                        sign(driver, at);
                    }
                }
                spec.and_then(|spec| inside(spec, &["csi", "driver"]))
            }
            _ => None,
        };
        if let Some((at, name)) = named(written) {
            sign(name, at);
        }
    }

    fn signs_of_node(&self, node: &Value, companies: &Companies, out: &mut Vec<Sign>) {
        let labels = at(node, &["metadata", "labels"]);
        for (key, value) in labels.and_then(Value::entries).unwrap_or_default() {
            let of = companies.of_label(key);
            let text = || text!("the node label {key}", "l’étiquette de nœud {key}");
            push(out, SignKind::Node, of, text, value);
        }
        if let Some(id) = at(node, &["spec", "providerID"])
            && let Some((scheme, _)) = text_of(id).and_then(|text| text.split_once("://"))
        {
            let of = companies.schemes.get(scheme).cloned().unwrap_or_default();
            push(
                out,
                SignKind::Node,
                of,
                || {
                    text!(
                        "the node id {scheme}://",
                        "l’identifiant de nœud {scheme}://"
                    )
                },
                id,
            );
        }
    }

    /// Regions in the addresses of clusters.
    pub(super) fn places_of_kubeconfig(&self, resource: &Resource) -> Vec<(String, Option<Place>)> {
        if &*resource.kind != "Config" {
            return Vec::new();
        }
        let clusters = resource.attributes.entry("clusters");
        let clusters = clusters.and_then(Value::elements).unwrap_or_default();
        clusters
            .iter()
            .take(MAX_SIGNS)
            .filter_map(|cluster| {
                let server = at(cluster, &["cluster", "server"])?;
                let (_, region) = self.api_host(text_of(server)?)?;
                Some((region?, server.origin.place))
            })
            .collect()
    }

    fn signs_of_kubeconfig(&self, config: &Value, out: &mut Vec<Sign>) {
        let clusters = config.entry("clusters").and_then(Value::elements);
        for cluster in clusters.unwrap_or_default() {
            if let Some(server) = at(cluster, &["cluster", "server"])
                && let Some((company, _)) = text_of(server).and_then(|text| self.api_host(text))
            {
                let text = || Text::new("the address of the cluster", "l’adresse du cluster");
                push(
                    out,
                    SignKind::Address,
                    vec![company.id.as_str()],
                    text,
                    server,
                );
            }
        }
    }

    /// What a pod shows: labels that its nodes must have, images, and what tells a controller its cloud.
    fn signs_of_pod(&self, resource: &'a Resource, companies: &Companies, out: &mut Vec<Sign>) {
        let Some(object) = self.object_of(resource) else {
            return;
        };
        let Some(spec) = object.pod_spec() else {
            return;
        };
        for need in selection::of_pod(spec, object.words).labels_of_all() {
            let of = companies.of_label(need.key);
            let text = || {
                text!(
                    "the label {} that nodes must have",
                    "l’étiquette {} exigée des nœuds",
                    need.key
                )
            };
            if let Some(value) = need.values.first() {
                push(out, SignKind::Selector, of, text, value.at);
            }
        }
        let containers = ["containers", "initContainers"]
            .into_iter()
            .filter_map(|name| spec.entry(name)?.elements())
            .flatten();
        for container in containers {
            if let Some((image, text)) = named(container.entry("image")) {
                signs_of_image(image, text, companies, out);
            }
            for list in ["command", "args"] {
                let list = container.entry(list).and_then(Value::elements);
                for argument in list.unwrap_or_default() {
                    signs_of_argument(argument, companies, out);
                }
            }
        }
    }
}

/// Private registries of clouds; public ones are used from everywhere. And images of the software that only one cloud's
/// clusters run.
fn signs_of_image(image: &Value, text: &str, companies: &Companies, out: &mut Vec<Sign>) {
    let path = text.split(['@', ':']).next().unwrap_or(text);
    let name = path.rsplit('/').next().unwrap_or(path);
    if let Some(of) = companies.controllers.get(name) {
        let text = || text!("the controller {name}", "le contrôleur {name}");
        push(out, SignKind::Controller, of.clone(), text, image);
    }
    let host = text.split_once('/').map(|(host, _)| host);
    if let Some(host) = host.filter(|host| host.contains('.')) {
        let of = companies.of_registry(host);
        push(
            out,
            SignKind::Registry,
            of,
            || text!("the registry {host}", "le registre {host}"),
            image,
        );
    }
}

/// `--cloud-provider=aws` of an autoscaler, a kubelet, a controller manager.
fn signs_of_argument(argument: &Value, companies: &Companies, out: &mut Vec<Sign>) {
    let Some(name) = text_of(argument).and_then(|text| text.strip_prefix("--cloud-provider="))
    else {
        return;
    };
    if let Some(of) = companies.cloud_providers.get(name) {
        let text = || {
            text!(
                "the argument --cloud-provider={name}",
                "l’argument --cloud-provider={name}"
            )
        };
        push(out, SignKind::Controller, of.clone(), text, argument);
    }
}

/// A value with its text.
fn named(value: Option<&Value>) -> Option<(&Value, &str)> {
    let value = value?;
    Some((value, text_of(value)?))
}

fn push(
    out: &mut Vec<Sign>,
    kind: SignKind,
    companies: Vec<&'static str>,
    text: impl Fn() -> Text,
    at: &Value,
) {
    if !companies.is_empty() {
        out.push(Sign {
            kind,
            companies,
            text: text(),
            place: at.origin.place,
        });
    }
}
