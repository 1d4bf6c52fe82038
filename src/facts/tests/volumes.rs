//! Where volumes are.

use super::{Seen, manifests, reason};
use crate::facts::Fact;

fn place(seen: &Seen, address: &str) -> String {
    match &seen.facts_of(address).location {
        Fact::Known(location) => location.region.to_string(),
        open => reason(open).to_owned(),
    }
}

fn provider<'s>(seen: &'s Seen, address: &str) -> &'s str {
    match &seen.facts_of(address).hosting {
        Fact::Known(hosting) => &hosting.provider,
        open => reason(open),
    }
}

const CLAIM: &str = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {storageClassName: c}\n---\n";

fn class(more: &str) -> String {
    format!(
        "{CLAIM}apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {{name: c}}\n{more}\n---\n"
    )
}

fn claim(text: &str) -> String {
    place(&manifests(text), "v1/PersistentVolumeClaim data")
}

#[test]
fn a_class_makes_volumes_where_it_may() {
    let one = class(
        "provisioner: csi.scaleway.com\nallowedTopologies: [{matchLabelExpressions: [{key: topology.csi.scaleway.com/zone, values: [fr-par-1, fr-par-2]}]}]",
    );
    assert_eq!(claim(&one), "fr-par-1");
    // Topologies are alternatives.
    let two = class(
        "provisioner: ebs.csi.aws.com\nallowedTopologies: [{matchLabelExpressions: [{key: topology.ebs.csi.aws.com/zone, values: [eu-west-3a]}]}, {matchLabelExpressions: [{key: topology.ebs.csi.aws.com/zone, values: [us-east-1a]}]}]",
    );
    assert_eq!(claim(&two), "us-east-1");
    let old = class(
        "provisioner: kubernetes.io/gce-pd\nparameters: {zones: 'europe-west9-a, us-east1-b'}",
    );
    assert_eq!(claim(&old), "us-east1");
    let azure = class("provisioner: disk.csi.azure.com\nparameters: {location: westeurope}");
    assert_eq!(claim(&azure), "westeurope");
}

#[test]
fn a_claim_that_waits_is_where_the_pod_runs_that_mounts_it() {
    let pod = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  template:\n    spec:\n      nodeSelector: {topology.kubernetes.io/region: fr-par}\n      volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]\n---\n";
    let waits = class("provisioner: csi.scaleway.com\nvolumeBindingMode: WaitForFirstConsumer");
    assert_eq!(claim(&format!("{waits}{pod}")), "fr-par");
    assert!(claim(&waits).contains("in which region"));
    // The driver may choose at once, wherever its pod is to run.
    let now = class("provisioner: csi.scaleway.com\nvolumeBindingMode: Immediate");
    assert!(claim(&format!("{now}{pod}")).contains("in which region"));
    // Of what the class allows, the pod takes its part.
    let wide = class(
        "provisioner: bsu.csi.outscale.com\nvolumeBindingMode: WaitForFirstConsumer\nallowedTopologies: [{matchLabelExpressions: [{key: topology.bsu.csi.outscale.com/zone, values: [eu-west-2a, us-east-2a]}]}]",
    );
    let there = pod.replace("region: fr-par", "zone: eu-west-2a");
    assert_eq!(claim(&format!("{wide}{there}")), "eu-west-2");
    assert_eq!(claim(&wide), "us-east-2");
    let set = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  template:\n    spec:\n      nodeSelector: {topology.kubernetes.io/zone: nl-ams-1}\n  volumeClaimTemplates: [{metadata: {name: disk}, spec: {storageClassName: c}}]\n";
    let seen = manifests(&format!("{waits}{set}"));
    assert_eq!(
        place(&seen, "v1/PersistentVolumeClaim disk-db-*"),
        "nl-ams-1"
    );
}

fn volume(spec: &str) -> Seen {
    manifests(&format!(
        "apiVersion: v1\nkind: PersistentVolume\nmetadata: {{name: v}}\nspec:\n  claimRef: {{name: data}}\n  {spec}\n---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{name: data}}\nspec: {{volumeName: v, storageClassName: ''}}\n"
    ))
}

#[test]
fn a_volume_is_where_its_disk_is() {
    for (spec, region, company) in [
        (
            "csi: {driver: csi.scaleway.com, volumeHandle: fr-par-1/11111111}",
            "fr-par-1",
            "scaleway",
        ),
        (
            "awsElasticBlockStore: {volumeID: 'aws://eu-central-1a/vol-0a'}",
            "eu-central-1",
            "aws",
        ),
        (
            "nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: topology.bsu.csi.outscale.com/zone, operator: In, values: [eu-west-2a]}]}]}}\n  csi: {driver: bsu.csi.outscale.com, volumeHandle: vol-0a}",
            "eu-west-2",
            "outscale",
        ),
    ] {
        let seen = volume(spec);
        for address in ["v1/PersistentVolume v", "v1/PersistentVolumeClaim data"] {
            assert_eq!(place(&seen, address), region, "{spec}");
            assert_eq!(provider(&seen, address), company, "{spec}");
        }
    }
    // Google and S3NS share the driver, not the names of regions.
    let seen = volume(
        "csi: {driver: pd.csi.storage.gke.io, volumeHandle: projects/p/zones/us-east1-b/disks/d}",
    );
    assert_eq!(place(&seen, "v1/PersistentVolumeClaim data"), "us-east1");
    // A resource group may be called like a region.
    let seen = volume(
        "csi: {driver: disk.csi.azure.com, volumeHandle: /subscriptions/s/resourceGroups/westeurope/providers/Microsoft.Compute/disks/d}",
    );
    assert!(place(&seen, "v1/PersistentVolume v").contains("disk.csi.azure.com"));
}

#[test]
fn a_share_is_at_its_host_and_not_in_the_cluster() {
    let seen = volume("nfs: {server: fs-0a.efs.us-east-1.amazonaws.com, path: /}");
    for address in ["v1/PersistentVolume v", "v1/PersistentVolumeClaim data"] {
        let found = (place(&seen, address), provider(&seen, address));
        assert!(found.0 == "us-east-1" && found.1 == "aws", "{found:?}");
    }
    let seen = volume("nfs: {server: files.example.org, path: /}");
    assert!(place(&seen, "v1/PersistentVolume v").contains("files.example.org"));
    // Beside the cluster: its own network.
    let seen = volume("nfs: {server: 10.0.0.4, path: /}");
    assert!(place(&seen, "v1/PersistentVolume v").contains("[[target]]"));
}
