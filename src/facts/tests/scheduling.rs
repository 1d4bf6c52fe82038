//! Where the scheduler may put a workload, compared with what the scheduler of Kubernetes does.

use super::{Seen, manifests, reason};
use crate::catalog::Certainty;
use crate::facts::Fact;

/// A class that only Scaleway has.
const SCALEWAY: &str = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: bssd}\nprovisioner: csi.scaleway.com\n---\n";

/// A class that only Outscale has.
const OUTSCALE: &str = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: bsu}\nprovisioner: bsu.csi.outscale.com\n---\n";

/// A deployment with this in its pods.
fn pod(spec: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: api, namespace: care}}\nspec:\n  template:\n    spec:\n      {}\n      containers: [{{name: a, image: api}}]\n",
        spec.replace('\n', "\n      ")
    )
}

/// Required terms, each a list of expressions.
fn terms(terms: &[&str]) -> String {
    let terms = terms
        .iter()
        .map(|one| format!("{{matchExpressions: [{one}]}}"));
    format!(
        "affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {{nodeSelectorTerms: [{}]}}}}}}",
        terms.collect::<Vec<_>>().join(", ")
    )
}

fn one(key: &str, operator: &str, values: &str) -> String {
    format!("{{key: {key}, operator: {operator}, values: [{values}]}}")
}

const REGION: &str = "topology.kubernetes.io/region";
const ZONE: &str = "topology.kubernetes.io/zone";

fn node(name: &str, region: &str, more: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Node\nmetadata:\n  name: {name}\n  labels: {{kubernetes.io/hostname: {name}, k8s.scaleway.com/pool: x, topology.kubernetes.io/region: {region}{more}}}\n---\n"
    )
}

/// The region, or the reason why none is known.
fn place(seen: &Seen, address: &str) -> String {
    match &seen.facts_of(address).location {
        Fact::Known(location) => location.region.to_string(),
        open => reason(open).to_owned(),
    }
}

fn api(cluster: &str, spec: &str) -> String {
    place(
        &manifests(&format!("{cluster}{}", pod(spec))),
        "apps/v1/Deployment care/api",
    )
}

#[test]
fn expressions_of_a_term_hold_together_and_terms_are_alternatives() {
    let both = [
        one(REGION, "In", "fr-par, pl-waw"),
        one(ZONE, "In", "fr-par-1, nl-ams-1"),
    ]
    .join(", ");
    assert_eq!(api(SCALEWAY, &terms(&[&both])), "fr-par");
    // Of alternatives, and of values, the worst.
    let (paris, milan) = (one(ZONE, "In", "eu-west-2a"), one(ZONE, "In", "us-east-2a"));
    assert_eq!(api(OUTSCALE, &terms(&[&paris, &milan])), "us-east-2");
    assert_eq!(api(OUTSCALE, &terms(&[&milan, &paris])), "us-east-2");
    assert_eq!(
        api(
            OUTSCALE,
            &terms(&[&one(ZONE, "In", "eu-west-2a, us-east-2a")])
        ),
        "us-east-2"
    );
    // One in an area that is as good, and outside every visa, is the worse one.
    let both = one(ZONE, "In", "cloudgouv-eu-west-1a, eu-west-2a");
    assert_eq!(api(OUTSCALE, &terms(&[&both])), "eu-west-2");
    let both = one(ZONE, "In", "eu-west-2a, cloudgouv-eu-west-1a");
    assert_eq!(api(OUTSCALE, &terms(&[&both])), "eu-west-2");
}

#[test]
fn a_node_selector_holds_beside_each_term() {
    let spec = format!(
        "nodeSelector: {{{REGION}: fr-par}}\n{}",
        terms(&[&one(REGION, "In", "fr-par, pl-waw")])
    );
    assert_eq!(api(SCALEWAY, &spec), "fr-par");
    let spec = format!(
        "nodeSelector: {{{REGION}: fr-par}}\n{}",
        terms(&[&one("pool", "In", "a"), &one("pool", "In", "b")])
    );
    assert_eq!(api(SCALEWAY, &spec), "fr-par");
}

#[test]
fn constraints_that_exclude_each_other_are_said() {
    let spec = format!(
        "nodeSelector: {{{REGION}: fr-par}}\n{}",
        terms(&[&one(REGION, "In", "pl-waw")])
    );
    let said = api(SCALEWAY, &spec);
    assert!(
        said.contains("never scheduled") && said.contains("pl-waw"),
        "{said}"
    );
    let both = [one(REGION, "In", "fr-par"), one(ZONE, "In", "nl-ams-1")].join(", ");
    assert!(api(SCALEWAY, &terms(&[&both])).contains("never scheduled"));
    let both = [one(ZONE, "In", "fr-par-1"), one(REGION, "NotIn", "fr-par")].join(", ");
    assert!(api(SCALEWAY, &terms(&[&both])).contains("never scheduled"));
    // An alternative that nothing fits leaves the others.
    assert_eq!(
        api(SCALEWAY, &terms(&[&both, &one(REGION, "In", "nl-ams")])),
        "nl-ams"
    );
    // A term with nothing in it fits no node.
    let empty = "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{}]}}}";
    assert!(api(SCALEWAY, empty).contains("never scheduled"));
}

#[test]
fn what_keeps_nodes_out_places_nothing_by_itself() {
    let cluster = format!("{SCALEWAY}{}", node("n1", "fr-par", ""));
    for term in [
        one(REGION, "NotIn", "pl-waw"),
        one(ZONE, "Exists", ""),
        one("pool", "In", "gpu"),
        one("cores", "Gt", "\"8\""),
    ] {
        assert!(
            api(SCALEWAY, &terms(&[&term])).contains("in which region"),
            "{term}"
        );
        assert_eq!(api(&cluster, &terms(&[&term])), "fr-par", "{term}");
    }
    assert!(api(&cluster, &terms(&[&one(REGION, "NotIn", "fr-par")])).contains("keeps out"));
    // A preference binds nobody.
    let soft = "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: topology.kubernetes.io/region, operator: In, values: [fr-par]}]}}]}}";
    assert!(api(SCALEWAY, soft).contains("in which region"));
    // One alternative without a place is open to all: the place of the cluster counts as well.
    let mixed = terms(&[&one(REGION, "In", "nl-ams"), &one("pool", "In", "a")]);
    assert!(api(SCALEWAY, &mixed).contains("in which region"));
}

#[test]
fn nodes_that_are_left_place_a_workload() {
    let nodes = [
        node("n1", "fr-par", ", pool: paris"),
        node("n2", "nl-ams", ", pool: far"),
        node("n3", "pl-waw", ", pool: far, cores: \"16\""),
    ]
    .concat();
    let without = api(&nodes, "");
    assert!(without.contains("fr-par and nl-ams"), "{without}");
    assert_eq!(api(&nodes, "nodeSelector: {pool: paris}"), "fr-par");
    assert_eq!(
        api(&nodes, &terms(&[&one("pool", "NotIn", "far")])),
        "fr-par"
    );
    assert_eq!(
        api(&nodes, &terms(&[&one("cores", "Gt", "\"8\"")])),
        "pl-waw"
    );
    assert_eq!(
        api(&nodes, &terms(&[&one(REGION, "NotIn", "pl-waw, nl-ams")])),
        "fr-par"
    );
    assert_eq!(
        api(&nodes, "nodeSelector: {kubernetes.io/hostname: n2}"),
        "nl-ams"
    );
    assert_eq!(api(&nodes, "nodeName: n3"), "pl-waw");
    let field = "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [n1]}]}]}}}";
    assert_eq!(api(&nodes, field), "fr-par");
    // What keeps no node out says nothing.
    assert!(api(&nodes, &terms(&[&one("pool", "NotIn", "none")])).contains("fr-par and nl-ams"));
}

#[test]
fn a_namespace_adds_to_the_selection_of_its_pods() {
    for annotation in [
        "openshift.io/node-selector",
        "scheduler.alpha.kubernetes.io/node-selector",
    ] {
        let namespace = format!(
            "{SCALEWAY}apiVersion: v1\nkind: Namespace\nmetadata:\n  name: care\n  annotations: {{{annotation}: 'env=prod,{REGION}=fr-par'}}\n---\n"
        );
        let seen = manifests(&format!("{namespace}{}", pod("")));
        match &seen.facts_of("apps/v1/Deployment care/api").location {
            Fact::Known(location) => {
                assert_eq!(
                    (&*location.region, location.basis.certainty),
                    ("fr-par", Certainty::Probable)
                );
            }
            other => panic!("{other:?}"),
        }
        let other = format!("nodeSelector: {{{REGION}: pl-waw}}");
        assert!(api(&namespace, &other).contains("never scheduled"));
    }
    let tenant = format!(
        "{SCALEWAY}apiVersion: capsule.clastix.io/v1beta2\nkind: Tenant\nmetadata: {{name: chu}}\nspec: {{nodeSelector: {{{REGION}: nl-ams}}}}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: care, labels: {{capsule.clastix.io/tenant: chu}}}}\n---\n"
    );
    assert_eq!(api(&tenant, ""), "nl-ams");
}

/// Each cloud has labels of its own, which mean its places whatever is known of the cluster.
#[test]
fn labels_of_one_cloud_mean_its_places_and_prove_it() {
    for (label, value, region, provider) in [
        (
            "topology.bsu.csi.outscale.com/zone",
            "eu-west-2a",
            "eu-west-2",
            "outscale",
        ),
        (
            "topology.csi.scaleway.com/zone",
            "fr-par-1",
            "fr-par-1",
            "scaleway",
        ),
        ("csi.hetzner.cloud/location", "fsn1", "fsn1", "hetzner"),
    ] {
        let seen = manifests(&pod(&format!("nodeSelector: {{{label}: {value}}}")));
        let facts = seen.facts_of("apps/v1/Deployment care/api");
        assert_eq!(
            facts.location.known().map(|place| &*place.region),
            Some(region),
            "{label}"
        );
        assert_eq!(
            facts.hosting.known().map(|host| &*host.provider),
            Some(provider),
            "{label}"
        );
    }
    for (label, value, region) in [
        ("topology.gke.io/zone", "europe-west9-a", "europe-west9"),
        (
            "topology.disk.csi.azure.com/zone",
            "francecentral-1",
            "francecentral",
        ),
        ("topology.ebs.csi.aws.com/zone", "eu-west-3a", "eu-west-3"),
    ] {
        let spec = format!("nodeSelector: {{{label}: {value}}}");
        assert_eq!(api("", &spec), region, "{label}");
    }
    // The driver of Amazon was once Outscale's too: London at one, Paris at the other.
    let spec = "nodeSelector: {topology.ebs.csi.aws.com/zone: eu-west-2a}";
    assert!(api("", spec).contains("another place"), "{}", api("", spec));
    let seen = manifests(&format!("{OUTSCALE}{}", pod(spec)));
    let facts = seen.facts_of("apps/v1/Deployment care/api");
    assert_eq!(
        facts
            .location
            .known()
            .map(|place| place.countries.join(",")),
        Some("FR".to_owned())
    );
}

/// Where offerings are told by their regions, the place of a workload tells its own.
#[test]
fn a_workload_that_is_elsewhere_is_on_the_offering_there() {
    for (zone, offering) in [
        ("cloudgouv-eu-west-1a", "outscale/iaas-cloud-on-demand"),
        ("eu-west-2a", "outscale/public-regions"),
    ] {
        let spec = format!("nodeSelector: {{{ZONE}: {zone}}}");
        let seen = manifests(&format!("{OUTSCALE}{}", pod(&spec)));
        let facts = seen.facts_of("apps/v1/Deployment care/api");
        let found = facts
            .hosting
            .known()
            .and_then(|host| host.offering.as_deref());
        assert_eq!(found, Some(offering));
    }
}

#[test]
fn a_value_that_is_not_known_leaves_the_place_open() {
    let seen = super::seen(
        Some(
            r#"
variable "zone" {}
provider "aws" { region = "eu-west-3" }
resource "aws_eks_cluster" "c" { name = "c" }
provider "kubernetes" { host = aws_eks_cluster.c.endpoint }
resource "kubernetes_stateful_set" "s" {
  spec {
    template {
      spec {
        node_selector = { "topology.kubernetes.io/zone" = var.zone }
      }
    }
  }
}
resource "kubernetes_stateful_set" "t" {
  spec {
    template {
      spec {
        affinity {
          node_affinity {
            required_during_scheduling_ignored_during_execution {
              node_selector_term {
                match_expressions {
                  key      = "topology.kubernetes.io/zone"
                  operator = "In"
                  values   = ["us-east-1a"]
                }
              }
            }
          }
        }
      }
    }
  }
}
"#,
        ),
        None,
    );
    let said = place(&seen, "kubernetes_stateful_set.s");
    assert!(said.contains("variable \"zone\" has no value"), "{said}");
    assert_eq!(place(&seen, "kubernetes_stateful_set.t"), "us-east-1");
}

/// Operators pass their own blocks on to the pods that they make; virtual machines and workflows are pods in the end.
#[test]
fn objects_that_make_pods_are_where_those_may_run() {
    for (object, address) in [
        (
            "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: db}\nspec: {instances: 3, affinity: {nodeSelector: {topology.kubernetes.io/region: nl-ams}}}",
            "postgresql.cnpg.io/v1/Cluster db",
        ),
        (
            "apiVersion: acid.zalan.do/v1\nkind: postgresql\nmetadata: {name: db}\nspec: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: topology.kubernetes.io/region, operator: In, values: [nl-ams]}]}]}}}",
            "acid.zalan.do/v1/postgresql db",
        ),
        (
            "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {name: vm}\nspec: {template: {spec: {nodeSelector: {topology.kubernetes.io/region: nl-ams}}}}",
            "kubevirt.io/v1/VirtualMachine vm",
        ),
        (
            "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: s}\nspec: {template: {spec: {nodeSelector: {topology.kubernetes.io/region: nl-ams}}}}",
            "serving.knative.dev/v1/Service s",
        ),
        (
            "apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nmetadata: {name: w}\nspec: {workflowSpec: {nodeSelector: {topology.kubernetes.io/region: nl-ams}, templates: [{name: a}]}}",
            "argoproj.io/v1alpha1/CronWorkflow w",
        ),
        (
            "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: j}\nspec: {jobTemplate: {spec: {template: {spec: {nodeSelector: {topology.kubernetes.io/region: nl-ams}}}}}}",
            "batch/v1/CronJob j",
        ),
    ] {
        let seen = manifests(&format!("{SCALEWAY}{object}\n"));
        assert_eq!(place(&seen, address), "nl-ams", "{object}");
    }
    let pool = format!(
        "{SCALEWAY}apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {{name: p}}\nspec: {{template: {{spec: {{requirements: [{}, {}]}}}}}}\n",
        one(ZONE, "In", "nl-ams-1, fr-par-1"),
        one(ZONE, "NotIn", "fr-par-1")
    );
    assert_eq!(
        place(&manifests(&pool), "karpenter.sh/v1/NodePool p"),
        "nl-ams-1"
    );
    // Parts that are bound each for itself: the worst; one that nothing binds is wherever the cluster is.
    let search = |second: &str| {
        let text = format!(
            "{OUTSCALE}apiVersion: elasticsearch.k8s.elastic.co/v1\nkind: Elasticsearch\nmetadata: {{name: e}}\nspec:\n  nodeSets:\n    - {{name: a, podTemplate: {{spec: {{nodeSelector: {{{ZONE}: eu-west-2a}}}}}}}}\n    - {{name: b, podTemplate: {{spec: {second}}}}}\n"
        );
        place(
            &manifests(&text),
            "elasticsearch.k8s.elastic.co/v1/Elasticsearch e",
        )
    };
    assert_eq!(
        search(&format!("{{nodeSelector: {{{ZONE}: us-east-2a}}}}")),
        "us-east-2"
    );
    assert!(search("{hostNetwork: false}").contains("in which region"));
}

#[test]
fn what_runs_on_every_node_or_in_every_region_is_where_the_worst_is() {
    let nodes = [
        node("n1", "fr-par", ""),
        node("n2", "nl-ams", ", pool: far"),
    ]
    .concat();
    let spread = format!(
        "topologySpreadConstraints: [{{maxSkew: 1, topologyKey: {REGION}, whenUnsatisfiable: DoNotSchedule}}]"
    );
    // One replica is in one place.
    assert!(api(&nodes, &spread).contains("fr-par and nl-ams"));
    let of_two = |text: &str| text.replace("spec:\n  template", "spec:\n  replicas: 2\n  template");
    let known = |text: &str| {
        let seen = manifests(&format!("{nodes}{text}"));
        let address = ["apps/v1/Deployment care/api", "apps/v1/DaemonSet care/api"];
        let found = seen
            .graph
            .resources()
            .iter()
            .find(|one| address.contains(&&*one.address));
        place(&seen, &found.expect("a workload").address.clone())
    };
    assert_eq!(known(&of_two(&pod(&spread))), "fr-par");
    let soft = spread.replace("DoNotSchedule", "ScheduleAnyway");
    assert!(known(&of_two(&pod(&soft))).contains("fr-par and nl-ams"));
    let apart = format!(
        "affinity: {{podAntiAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: [{{topologyKey: {REGION}}}]}}}}"
    );
    assert_eq!(known(&of_two(&pod(&apart))), "fr-par");
    assert_eq!(
        known(&pod("").replace("kind: Deployment", "kind: DaemonSet")),
        "fr-par"
    );
}
