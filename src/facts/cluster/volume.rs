//! Where volumes are: a claim where the volume that it is bound to is, else where its class makes volumes and the pod
//! that mounts it runs; a volume where the nodes are that can mount it, or where its disk is. A share lies at its host.

use std::sync::Arc;

use super::object::Object;
use super::selection::Selection;
use super::site::Site;
use super::{inside, text_of};
use crate::catalog::{Certainty, Provider, VolumeDriver};
use crate::facts::establish::Lens;
use crate::facts::hosting::host_of;
use crate::facts::location::shown;
use crate::facts::{EvidenceId, Fact, Gap, Hosting, Location, Text};
use crate::graph::{RelationKind, Resource};
use crate::value::Value;

/// Sources of volumes that were built into Kubernetes, with the driver that stands for them and the field with the disk.
pub(super) const BUILT_IN: [(&str, &str, &str); 6] = [
    ("awsElasticBlockStore", "kubernetes.io/aws-ebs", "volumeID"),
    ("gcePersistentDisk", "kubernetes.io/gce-pd", "pdName"),
    ("azureDisk", "kubernetes.io/azure-disk", "diskURI"),
    ("azureFile", "kubernetes.io/azure-file", "shareName"),
    ("cinder", "kubernetes.io/cinder", "volumeID"),
    (
        "vsphereVolume",
        "kubernetes.io/vsphere-volume",
        "volumePath",
    ),
];

/// So many pods of one claim are looked at.
const MAX_PODS: usize = 32;

impl<'a> Lens<'a> {
    /// A claim.
    pub(super) fn place_of_claim(
        &mut self,
        claim: &'a Resource,
        site: &Site<'a>,
    ) -> Option<Fact<Location>> {
        if let Some(volume) = self.volume_of(claim)
            && let Some(object) = self.object_of(volume)
            && let Some(found) = self.place_of_volume(&object, site)
        {
            return Some(found);
        }
        let class = self.storage_class_of(claim)?;
        let object = self.object_of(class)?;
        let of_class = self.place_of_class(class, &object, site);
        let mode = object.value.entry(object.words.binding_mode);
        if mode.and_then(Value::as_str) != Some("WaitForFirstConsumer") {
            return of_class;
        }
        // Its volume is made where the first pod runs that mounts it, as far as the class lets it: no worse than either.
        let of_pods = self.place_of_pods(claim, site);
        match (of_class, of_pods) {
            (Some(Fact::Known(class)), Some(Fact::Known(pods))) => {
                let worst = self.worst(vec![class.clone(), pods.clone()], site)?;
                Some(Fact::Known(if worst == class { pods } else { class }))
            }
            (Some(Fact::Known(class)), _) => Some(Fact::Known(class)),
            (_, Some(Fact::Known(pods))) => Some(Fact::Known(pods)),
            (of_class, of_pods) => of_class.or(of_pods),
        }
    }

    /// The volume that a claim is bound to.
    fn volume_of(&self, claim: &'a Resource) -> Option<&'a Resource> {
        let related = self.graph.outgoing(claim.id).iter();
        related
            .filter(|relation| relation.kind == RelationKind::AttachedTo)
            .filter_map(|relation| self.graph.get(relation.to))
            .find(|target| self.is_kind(target, "", "PersistentVolume"))
    }

    /// The worst place of the pods that mount a claim. `None`: one of them runs anywhere in the cluster.
    fn place_of_pods(&mut self, claim: &'a Resource, site: &Site<'a>) -> Option<Fact<Location>> {
        let graph = self.graph;
        let mut places = Vec::new();
        let mounted = graph
            .incoming(claim.id)
            .filter(|relation| relation.kind == RelationKind::AttachedTo)
            .filter_map(|relation| graph.get(relation.from))
            .take(MAX_PODS);
        for pod in mounted {
            if self.pod_spec(pod).is_none() {
                continue;
            }
            match self.pinned(pod, site)? {
                Fact::Known(place) => places.push(place),
                open => return Some(open),
            }
        }
        self.worst(places, site).map(Fact::Known)
    }

    /// Where a class makes volumes: the topologies that it allows, else a parameter of its driver.
    pub(super) fn place_of_class(
        &mut self,
        class: &Resource,
        object: &Object<'a>,
        site: &Site<'a>,
    ) -> Option<Fact<Location>> {
        let name = shown(&class.name);
        let label = Text::new(
            format!("where class {name} makes volumes"),
            format!("où la classe {name} crée ses volumes"),
        );
        let mut selection = Selection::default();
        let topologies = object.value.entry(object.words.topologies);
        selection.add_terms(topologies, &object.words.topology);
        if let Some(found) = self.selected(&selection, site, &label) {
            return Some(found);
        }
        let driver = object.provisioner().and_then(text_of);
        let driver = driver.and_then(|name| self.catalog.volume_driver(name))?;
        let names = driver
            .location_parameters
            .iter()
            .chain(&driver.zone_parameters);
        let parameters = object.parameters()?;
        let value = names
            .filter_map(|name| parameters.entry(name))
            .find(|value| text_of(value).is_some())?;
        let way = self.ledger.way(value, label);
        let mut places = Vec::new();
        // Old drivers take several zones in one text.
        for text in text_of(value)?.split(',').map(str::trim) {
            match self.place_of_driver(driver, text, site, way.clone()) {
                Some(Fact::Known(place)) => places.push(place),
                other => return other,
            }
        }
        self.worst(places, site).map(Fact::Known)
    }

    /// A place in the words of a driver. `None`: its zones say nothing of the region.
    fn place_of_driver(
        &mut self,
        driver: &'static VolumeDriver,
        text: &str,
        site: &Site<'a>,
        way: Vec<EvidenceId>,
    ) -> Option<Fact<Location>> {
        let sets = self.sets_of_driver(driver);
        let found = match site.regions.filter(|set| sets.contains(set)) {
            Some(set) => self.look_up(Some(set), text, way, Certainty::Certain),
            None if sets.is_empty() => {
                // An availability zone of whichever OpenStack it is lies in the region of the cluster.
                let found = self.look_up(site.regions, text, way, Certainty::Certain);
                return found.known().is_some().then_some(found);
            }
            None => self.in_one_of(&sets, text, way, Certainty::Certain),
        };
        Some(found)
    }

    /// Region files that the zones of a driver can belong to.
    pub(super) fn sets_of_driver(&self, driver: &'static VolumeDriver) -> Vec<&'static str> {
        let mut sets: Vec<&'static str> = driver.regions_id.as_deref().into_iter().collect();
        if !driver.shared {
            return sets;
        }
        let own = driver.providers_id.as_deref();
        let alike = self.catalog.providers().filter(|other| {
            driver.also_used_by.contains(&other.id)
                || (own.is_some() && other.kubernetes.same_signs_as.as_deref() == own)
        });
        sets.extend(alike.flat_map(|other| other.identify.regions_id.iter().map(String::as_str)));
        sets
    }

    /// A volume is where the nodes are that can mount it, or where its disk is.
    pub(super) fn place_of_volume(
        &mut self,
        object: &Object<'a>,
        site: &Site<'a>,
    ) -> Option<Fact<Location>> {
        let mut selection = Selection::default();
        let terms = inside(object.value, object.words.volume_terms);
        selection.add_terms(terms, &object.words.term);
        let label = Text::new(
            "nodes that can mount the volume",
            "nœuds qui peuvent monter le volume",
        );
        if let Some(found) = self.selected(&selection, site, &label) {
            return Some(found);
        }
        if let Some(found) = self.place_in_volume_labels(object, site) {
            return Some(found);
        }
        let (driver, handle) = self.disk_of(object)?;
        let place = place_in_handle(text_of(handle)?)?;
        let way = self.ledger.way(
            handle,
            Text::new("identifier of the disk", "identifiant du disque"),
        );
        let found = self.place_of_driver(driver, place, site, way)?;
        found.known().is_some().then_some(found)
    }

    /// Old drivers put the zone into labels of the volume, several joined by `__`.
    fn place_in_volume_labels(
        &mut self,
        object: &Object<'a>,
        site: &Site<'a>,
    ) -> Option<Fact<Location>> {
        let labels = inside(object.value, &["metadata", "labels"])?;
        let (label, value) = self
            .place_labels()
            .find_map(|label| Some((label, labels.entry(&label.key)?)))?;
        let way = self.ledger.way(
            value,
            Text::new("label of the volume", "étiquette du volume"),
        );
        let mut places = Vec::new();
        for text in text_of(value)?.split("__") {
            match self.labelled(label, text, site, way.clone(), Certainty::Certain) {
                Fact::Known(place) => places.push(place),
                open => return Some(open),
            }
        }
        self.worst(places, site).map(Fact::Known)
    }

    /// The driver of a volume and the identifier of its disk.
    fn disk_of(&self, object: &Object<'a>) -> Option<(&'static VolumeDriver, &'a Value)> {
        let source = inside(object.value, object.words.volume_source)?;
        if let Some(csi) = object.field(source, "csi") {
            let driver = object.field(csi, "driver").and_then(text_of)?;
            let handle = inside(csi, &[object.words.volume_handle])?;
            return Some((self.catalog.volume_driver(driver)?, handle));
        }
        BUILT_IN.iter().find_map(|(name, driver, field)| {
            let disk = object.field(object.field(source, name)?, field)?;
            Some((self.catalog.volume_driver(driver)?, disk))
        })
    }

    /// Where the share is that a volume or a claim mounts. `None`: it is none, or one beside the cluster.
    pub(super) fn location_of_share(&mut self, resource: &'a Resource) -> Option<Fact<Location>> {
        let (value, host) = self.share_of(resource)?;
        let way = self.ledger.way(value, label_of_share());
        Some(match self.place_in_host(&host, way.clone()) {
            Some(found) => found,
            None => {
                let host = shown(&host);
                Fact::Unknown(Gap {
                    reason: Text::new(
                        format!("its files are at {host}, and nothing says where that is"),
                        format!("ses fichiers sont sur {host}, sans que rien n’en dise le lieu"),
                    ),
                    evidence: way,
                })
            }
        })
    }

    /// Who runs that share.
    pub(super) fn hosting_of_share(
        &mut self,
        resource: &'a Resource,
        location: &Fact<Location>,
    ) -> Option<Fact<Arc<Hosting>>> {
        let (value, host) = self.share_of(resource)?;
        let way = self.ledger.way(value, label_of_share());
        let company: Option<&'static Provider> = self.company_of_host(&host);
        Some(match company {
            Some(company) => self.hosting_at(resource, company, location, way),
            None => {
                let host = shown(&host);
                Fact::Unknown(Gap {
                    reason: Text::new(
                        format!("the catalogue does not know who runs {host}"),
                        format!("le catalogue ne sait pas qui opère {host}"),
                    ),
                    evidence: way,
                })
            }
        })
    }

    /// The host of a share that is not beside the cluster.
    fn share_of(&self, resource: &'a Resource) -> Option<(&'a Value, String)> {
        let object = self.object_of(resource)?;
        let kind = object.kind?;
        let value = match (kind.group.as_str(), kind.kind.as_str()) {
            ("", "PersistentVolume") => server_of(&object),
            ("", "PersistentVolumeClaim") => match self.volume_of(resource) {
                Some(volume) => server_of(&self.object_of(volume)?),
                None => {
                    let class = self.object_of(self.storage_class_of(resource)?)?;
                    class.parameters()?.entry("server")
                }
            },
            _ => None,
        }?;
        let text = text_of(value)?;
        let host = host_of(&format!("//{text}"))?;
        (!crate::facts::dependency::is_local(&host)).then_some((value, host))
    }
}

/// The server of a volume that is a share.
fn server_of<'a>(object: &Object<'a>) -> Option<&'a Value> {
    let source = inside(object.value, object.words.volume_source)?;
    let of_nfs = object.field(source, "nfs");
    let server = of_nfs.and_then(|nfs| object.field(nfs, "server"));
    server.or_else(|| {
        let attributes = object.field(object.field(source, "csi")?, "volumeAttributes")?;
        attributes.entry("server")
    })
}

fn label_of_share() -> Text {
    Text::new("host of the share", "hôte du partage")
}

/// The part of a disk's identifier that names a place: `projects/p/zones/Z/disks/d`, `aws://Z/vol-1`, `Z/1234`,
/// `arn:aws:ec2:R:...`. Names that people gave (projects, resource groups) are never taken for one.
fn place_in_handle(handle: &str) -> Option<&str> {
    if handle.starts_with("arn:") {
        return handle.split(':').nth(3).filter(|place| !place.is_empty());
    }
    let handle = handle.split_once("://").map_or(handle, |(_, rest)| rest);
    let mut pieces = handle.split('/');
    let mut named = pieces.clone();
    if named.any(|piece| matches!(piece, "zones" | "regions" | "locations")) {
        return named.next();
    }
    let first = pieces.next()?;
    // `modeInstance/Z/instance/share` of Filestore.
    let place = match first.starts_with("mode") {
        true => pieces.next(),
        false => Some(first),
    };
    place.filter(|place| !place.is_empty() && pieces.next().is_some())
}

#[cfg(test)]
mod tests {
    use super::place_in_handle;

    #[test]
    fn only_the_part_that_is_a_place_is_taken() {
        for (handle, place) in [
            (
                "projects/europe-west1/zones/us-east1-b/disks/d",
                Some("us-east1-b"),
            ),
            (
                "projects/p/regions/europe-west9/disks/d",
                Some("europe-west9"),
            ),
            ("aws://eu-west-3a/vol-0a", Some("eu-west-3a")),
            ("fr-par-1/11111111-1111", Some("fr-par-1")),
            (
                "modeInstance/europe-west9-a/share/vol1",
                Some("europe-west9-a"),
            ),
            (
                "arn:aws:ec2:eu-west-3:111122223333:volume/vol-1",
                Some("eu-west-3"),
            ),
            ("vol-0a", None),
            (
                "/subscriptions/s/resourceGroups/westeurope/providers/Microsoft.Compute/disks/d",
                None,
            ),
        ] {
            assert_eq!(place_in_handle(handle), place, "{handle}");
        }
    }
}
