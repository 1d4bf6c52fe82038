//! Manifests and the clusters of the Terraform code in the same scan.

use super::{Seen, reason, seen};
use crate::catalog::Certainty;
use crate::facts::Fact;

const API: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {template: {spec: {containers: [{name: a, image: api}]}}}\n";

const API_ADDRESS: &str = "apps/v1/Deployment api";

fn stands(seen: &Seen) -> (String, String) {
    let facts = seen.facts_of(API_ADDRESS);
    let place = match &facts.location {
        Fact::Known(location) => location.region.to_string(),
        open => reason(open).to_owned(),
    };
    let host = match &facts.hosting {
        Fact::Known(hosting) => hosting.offering.as_deref().unwrap_or("?").to_owned(),
        open => reason(open).to_owned(),
    };
    (place, host)
}

const PARIS: &str = "provider \"aws\" { region = \"eu-west-3\" }\nresource \"aws_eks_cluster\" \"paris\" { name = \"prod\" }\n";
const WARSAW: &str = "provider \"scaleway\" { region = \"pl-waw\" }\nresource \"scaleway_k8s_cluster\" \"warsaw\" {\n  name    = \"far\"\n  version = \"1\"\n  cni     = \"cilium\"\n}\n";

#[test]
fn the_only_cluster_is_that_of_the_manifests() {
    let seen = seen(Some(PARIS), Some(API));
    assert_eq!(
        stands(&seen),
        ("eu-west-3".to_owned(), "aws/public".to_owned())
    );
    let facts = seen.facts_of(API_ADDRESS);
    let location = facts.location.known().expect("a place");
    assert_eq!(location.basis.certainty, Certainty::Probable);
    let named = location.basis.evidence.iter().any(|id| {
        let evidence = seen.facts.evidence(*id).expect("evidence");
        evidence.label.en.contains("aws_eks_cluster.paris")
    });
    assert!(named);
}

#[test]
fn of_two_clusters_the_signs_tell_or_nothing_does() {
    let both = format!("{PARIS}{WARSAW}");
    let (place, host) = stands(&seen(Some(&both), Some(API)));
    for said in [place, host] {
        assert!(
            said.contains("aws_eks_cluster.paris") && said.contains("scaleway_k8s_cluster.warsaw"),
            "{said}"
        );
    }
    let class = |driver: &str| {
        format!(
            "{API}---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {{name: c}}\nprovisioner: {driver}\n"
        )
    };
    let (place, _) = stands(&seen(Some(&both), Some(&class("csi.scaleway.com"))));
    assert_eq!(place, "pl-waw");
    // One that two clouds use is enough when only one of them has a cluster.
    let (place, _) = stands(&seen(Some(&both), Some(&class("ebs.csi.aws.com"))));
    assert_eq!(place, "eu-west-3");
    // A cluster of another cloud than the manifests show is not theirs.
    let (place, host) = stands(&seen(Some(PARIS), Some(&class("csi.scaleway.com"))));
    assert!(
        place.contains("Scaleway") && host == "scaleway/public",
        "{place} {host}"
    );
    let (place, _) = stands(&seen(Some(WARSAW), Some(&class("ebs.csi.aws.com"))));
    assert!(place.contains("may mean"), "{place}");
    // Torn signs stay torn.
    let torn = format!(
        "{}---\napiVersion: v1\nkind: Node\nmetadata: {{name: n}}\nspec: {{providerID: 'hcloud://1'}}\n",
        class("csi.scaleway.com")
    );
    let (place, _) = stands(&seen(Some(PARIS), Some(&torn)));
    assert!(place.contains("two clouds"), "{place}");
}

#[test]
fn what_is_not_known_of_the_cluster_is_not_of_its_objects() {
    let unknown = "variable \"region\" {}\nprovider \"aws\" { region = var.region }\nresource \"aws_eks_cluster\" \"c\" { name = \"c\" }\n";
    let (place, host) = stands(&seen(Some(unknown), Some(API)));
    assert!(
        place.contains("var") && place.contains("aws_eks_cluster.c"),
        "{place}"
    );
    assert_eq!(host, "aws/public");
}

#[test]
fn a_workload_pins_itself_against_its_cluster() {
    let far = API.replace(
        "{containers",
        "{nodeSelector: {topology.kubernetes.io/region: us-east-1}, containers",
    );
    let (place, host) = stands(&seen(Some(PARIS), Some(&far)));
    assert_eq!((place.as_str(), host.as_str()), ("us-east-1", "aws/public"));
}
