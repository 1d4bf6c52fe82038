//! Which cluster manifests are applied to: targets, attestations, folders, clusters of the same scan.

use super::relations::{inspect, stands};

const API: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {template: {spec: {containers: [{name: a, image: api}]}}}\n";

const API_ADDRESS: &str = "apps/v1/Deployment api";

/// A target at Outscale.
fn target(more: &str) -> String {
    format!("[[target]]\npaths = [\"**\"]\noffering = \"outscale/iaas-cloud-on-demand\"\n{more}\n")
}

fn attestation(offering: &str, more: &str) -> String {
    format!(
        "[[attestation]]\noffering = \"{offering}\"\ncovers = [\"**\"]\nreference = \"contract 1\"\nby = \"RSSI\"\nuntil = 2099-01-31\n{more}\n"
    )
}

#[test]
fn what_a_workload_asks_of_its_nodes_wins_over_the_region_of_the_target() {
    let far = API.replace(
        "{containers",
        "{nodeSelector: {topology.kubernetes.io/zone: us-east-2a}, containers",
    );
    let config = target("region = \"cloudgouv-eu-west-1\"");
    let seen = inspect(&[("gardefou.toml", &config), ("api.yaml", &far)]);
    // Who declares an offering means it, also where its visa does not reach.
    assert_eq!(
        stands(&seen, API_ADDRESS),
        ("us-east-2", "outscale/iaas-cloud-on-demand")
    );
}

#[test]
fn a_target_without_a_region_takes_that_of_its_nodes() {
    let config = target("");
    let seen = inspect(&[("gardefou.toml", &config), ("api.yaml", API)]);
    assert!(stands(&seen, API_ADDRESS).0.contains("names no region"));
    let node = |name: &str, zone: &str| {
        format!(
            "apiVersion: v1\nkind: Node\nmetadata:\n  name: {name}\n  labels: {{topology.kubernetes.io/zone: {zone}}}\n"
        )
    };
    let (one, other) = (node("a", "eu-west-2a"), node("b", "us-east-2a"));
    let seen = inspect(&[
        ("gardefou.toml", &config),
        ("api.yaml", API),
        ("node.yaml", &one),
    ]);
    assert_eq!(stands(&seen, API_ADDRESS).0, "eu-west-2");
    let seen = inspect(&[
        ("gardefou.toml", &config),
        ("api.yaml", API),
        ("node.yaml", &one),
        ("other.yaml", &other),
    ]);
    assert!(stands(&seen, API_ADDRESS).0.contains("names no region"));
}

#[test]
fn an_attestation_completes_a_target_and_does_not_move_it_to_another_company() {
    let warnings = |seen: &serde_json::Value| {
        let problems = seen["problems"].as_array().cloned().unwrap_or_default();
        let messages = problems.iter().filter_map(|one| one["message"].as_str());
        messages.map(str::to_owned).collect::<Vec<_>>()
    };
    // Another offering of the same company, with its region.
    let config = target("") + &attestation("outscale/public-regions", "region = \"eu-west-2\"");
    let seen = inspect(&[("gardefou.toml", &config), ("api.yaml", API)]);
    assert_eq!(
        stands(&seen, API_ADDRESS),
        ("eu-west-2", "outscale/public-regions")
    );
    assert!(warnings(&seen).is_empty(), "{:?}", warnings(&seen));
    // Another company: neither its offering nor its region.
    let config = target("") + &attestation("scaleway/public", "region = \"fr-par\"");
    let seen = inspect(&[("gardefou.toml", &config), ("api.yaml", API)]);
    let (place, host) = stands(&seen, API_ADDRESS);
    assert!(place.contains("names no region"), "{place}");
    assert_eq!(host, "outscale/iaas-cloud-on-demand");
    let said = warnings(&seen);
    assert!(
        said.iter().any(|one| one.contains(
            "the attestation of scaleway/public is not believed for apps/v1/Deployment api: its [[target]] says outscale/iaas-cloud-on-demand"
        )),
        "{said:?}"
    );
    // What the manifests show stands against it as well.
    let class = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: c}\nprovisioner: bsu.csi.outscale.com\n";
    let config = attestation("scaleway/public", "");
    let seen = inspect(&[
        ("gardefou.toml", &config),
        ("api.yaml", API),
        ("class.yaml", class),
    ]);
    let said = warnings(&seen);
    assert!(
        said.iter()
            .any(|one| one.contains("its cluster shows outscale")),
        "{said:?}"
    );
    // And nothing against one where nothing is known.
    let config = attestation("scaleway/public", "region = \"fr-par\"");
    let seen = inspect(&[("gardefou.toml", &config), ("api.yaml", API)]);
    assert_eq!(stands(&seen, API_ADDRESS), ("fr-par", "scaleway/public"));
}

const CLUSTERS: &str = r#"
provider "aws" { region = "eu-west-3" }
resource "aws_eks_cluster" "a" { name = "care" }
provider "aws" {
  alias  = "far"
  region = "us-east-1"
}
resource "aws_eks_cluster" "b" {
  name     = "research"
  provider = aws.far
}
"#;

#[test]
fn folders_called_like_a_cluster_tell_which_is_meant() {
    let seen = inspect(&[
        ("infra/main.tf", CLUSTERS),
        ("clusters/care/api.yaml", API),
        (
            "clusters/research/lab/lab.yaml",
            &API.replace("name: api", "name: lab"),
        ),
        ("apps/web.yaml", &API.replace("name: api", "name: web")),
    ]);
    assert_eq!(stands(&seen, API_ADDRESS), ("eu-west-3", "aws/public"));
    assert_eq!(
        stands(&seen, "apps/v1/Deployment lab"),
        ("us-east-1", "aws/public")
    );
    let (place, host) = stands(&seen, "apps/v1/Deployment web");
    for said in [place, host] {
        assert!(
            said.contains("aws_eks_cluster.a and aws_eks_cluster.b"),
            "{said}"
        );
    }
}

#[test]
fn manifests_in_the_folder_of_a_cluster_are_its_own() {
    let root = |region: &str| {
        format!(
            "provider \"aws\" {{ region = \"{region}\" }}\nresource \"aws_eks_cluster\" \"main\" {{ name = \"main\" }}\n"
        )
    };
    let seen = inspect(&[
        ("paris/main.tf", &root("eu-west-3")),
        ("paris/k8s/api.yaml", API),
        ("virginia/main.tf", &root("us-east-1")),
        (
            "virginia/k8s/lab.yaml",
            &API.replace("name: api", "name: lab"),
        ),
    ]);
    assert_eq!(stands(&seen, API_ADDRESS).0, "eu-west-3");
    assert_eq!(stands(&seen, "apps/v1/Deployment lab").0, "us-east-1");
}

#[test]
fn a_module_that_makes_the_cluster_and_is_absent_is_named() {
    let module = "module \"eks\" {\n  source  = \"terraform-aws-modules/eks/aws\"\n  version = \"20.0\"\n}\n";
    let seen = inspect(&[("main.tf", module), ("api.yaml", API)]);
    let (place, host) = stands(&seen, API_ADDRESS);
    for said in [place, host] {
        assert!(said.contains("module.eks"), "{said}");
    }
    // One beside it: which is meant is open.
    let both = format!(
        "{module}provider \"aws\" {{ region = \"eu-west-3\" }}\nresource \"aws_eks_cluster\" \"a\" {{ name = \"a\" }}\n"
    );
    let seen = inspect(&[("main.tf", &both), ("api.yaml", API)]);
    let (place, _) = stands(&seen, API_ADDRESS);
    assert!(
        place.contains("aws_eks_cluster.a may be its cluster") && place.contains("module.eks"),
        "{place}"
    );
    // What only adds to a cluster is none.
    let addition = both.replace(
        "terraform-aws-modules/eks/aws",
        "aws-ia/eks-blueprints-addons/aws",
    );
    let seen = inspect(&[("main.tf", &addition), ("api.yaml", API)]);
    assert_eq!(stands(&seen, API_ADDRESS).0, "eu-west-3");
}

/// One sign that only clusters of one cloud show.
#[test]
fn controllers_kinds_and_labels_of_one_cloud_prove_it() {
    for (sign, company) in [
        (
            "apiVersion: karpenter.k8s.aws/v1\nkind: EC2NodeClass\nmetadata: {name: c}\n",
            "aws/public",
        ),
        (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ccm}\nspec: {template: {spec: {containers: [{name: a, image: 'docker.io/outscale/cloud-provider-osc:v1'}]}}}\n",
            "outscale",
        ),
        (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: scaler}\nspec: {template: {spec: {containers: [{name: a, image: 'registry.k8s.io/autoscaling/cluster-autoscaler:v1', command: ['./cluster-autoscaler', '--cloud-provider=scaleway']}]}}}\n",
            "scaleway/public",
        ),
        (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: gpu}\nspec: {template: {spec: {nodeSelector: {eks.amazonaws.com/nodegroup: gpu}, containers: [{name: a, image: a}]}}}\n",
            "aws/public",
        ),
        (
            "apiVersion: storage.k8s.io/v1\nkind: CSIDriver\nmetadata: {name: csi.exoscale.com}\nspec: {}\n",
            "exoscale",
        ),
    ] {
        let seen = inspect(&[("api.yaml", API), ("sign.yaml", sign)]);
        let (place, host) = stands(&seen, API_ADDRESS);
        assert!(
            host.contains(company) || place.to_lowercase().contains(company),
            "{sign}: {place}, {host}"
        );
    }
    // Annotations of the controller that every OpenStack cloud runs are nobody's.
    let seen = inspect(&[
        ("api.yaml", API),
        (
            "service.yaml",
            "apiVersion: v1\nkind: Service\nmetadata: {name: s, annotations: {loadbalancer.openstack.org/class: x}}\nspec: {type: LoadBalancer}\n",
        ),
        (
            "class.yaml",
            "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: c}\nprovisioner: cinder.csi.openstack.org\n",
        ),
    ]);
    assert!(
        stands(&seen, API_ADDRESS)
            .1
            .contains("cinder.csi.openstack.org may mean")
    );
}
