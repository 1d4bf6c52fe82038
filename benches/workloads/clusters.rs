//! Made-up folders of Kubernetes manifests of any size.

use std::fmt::Write as _;

use gardefou::catalog::{Catalog, Date};
use gardefou::config::Config;
use gardefou::config::words::Level;
use gardefou::discover::{Input, Kind};
use gardefou::facts::{Facts, Settings, establish};
use gardefou::graph::{Graph, assemble};
use gardefou::kubernetes::{self, Manifests};
use gardefou::source::Sources;
use gardefou::terraform::Estate;

use super::Workload;

/// Tenants of a platform: each has a namespace and a storage class.
const TENANTS: usize = 40;

/// Texts, and what they declare.
pub(crate) struct Parsed {
    sources: Sources,
    manifests: Manifests,
}

impl Workload {
    /// Reads its manifests.
    pub(crate) fn manifests(&self) -> Parsed {
        let sources = Sources::new();
        let inputs: Vec<Input> = self
            .files
            .iter()
            .map(|(path, text)| Input {
                source: sources.add(path.as_str(), text.as_str()),
                folder: path
                    .rsplit_once('/')
                    .map_or("", |(folder, _)| folder)
                    .to_owned(),
                kind: Kind::Manifest,
                path: path.clone(),
            })
            .collect();
        let manifests = kubernetes::read(&inputs, &sources);
        let wrong = manifests.problems.first();
        assert!(wrong.is_none(), "the workload is faulty: {wrong:?}");
        Parsed { sources, manifests }
    }
}

impl Parsed {
    /// How the objects hang together.
    pub(crate) fn graph(&self) -> Graph {
        let estate = Estate::default();
        assemble(&estate, &self.manifests, Catalog::get(), &self.sources)
    }
}

/// Of an organisation that says nothing of itself.
pub(crate) fn settings() -> Settings {
    Settings {
        actor: None,
        as_of: Date::new(2026, 11, 21).expect("a day"),
        assume: Level::Personal,
        config: Config::default(),
    }
}

/// All that is known of the objects of a workload.
pub(crate) fn known(workload: &Workload) -> Facts {
    establish(&workload.manifests().graph(), Catalog::get(), &settings())
}

fn namespace_and_class(tenant: usize) -> String {
    format!(
        r#"---
apiVersion: v1
kind: Namespace
metadata:
  name: team{tenant}
  labels:
    gardefou.eu/sensitivity: health
    gardefou.eu/tenant: t{tenant}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: tenant-{tenant}
provisioner: bsu.csi.outscale.com
parameters:
  type: gp2
  encrypted: "true"
  kmsKeyId: key-{tenant}
"#
    )
}

fn deployment(name: &str, namespace: &str) -> String {
    format!(
        r#"---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: {namespace}
  labels:
    app.kubernetes.io/name: {name}
spec:
  replicas: 3
  selector:
    matchLabels: {{app: {name}}}
  template:
    metadata:
      labels:
        app: {name}
    spec:
      serviceAccountName: {name}
      nodeSelector:
        topology.kubernetes.io/region: eu-west-2
      containers:
        - name: main
          image: registry.example.org/{namespace}/{name}:1.2.3
          ports:
            - containerPort: 8080
          env:
            - name: DATABASE_URL
              valueFrom:
                secretKeyRef: {{name: {name}, key: url}}
            - name: LOG_LEVEL
              value: info
          resources:
            requests: {{cpu: 100m, memory: 128Mi}}
            limits: {{cpu: 500m, memory: 512Mi}}
          volumeMounts:
            - name: data
              mountPath: /var/lib/app
      volumes:
        - name: data
          persistentVolumeClaim:
            claimName: {name}
"#
    )
}

fn claim(name: &str, namespace: &str, class: &str) -> String {
    format!(
        r#"---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {name}
  namespace: {namespace}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: {class}
  resources:
    requests:
      storage: 10Gi
"#
    )
}

fn service(name: &str, namespace: &str) -> String {
    format!(
        r#"---
apiVersion: v1
kind: Service
metadata:
  name: {name}
  namespace: {namespace}
spec:
  selector:
    app: {name}
  ports:
    - port: 80
      targetPort: 8080
"#
    )
}

/// Five objects: an account, a workload with a claim, a service, and the way in from outside.
fn application(at: usize) -> String {
    let (name, tenant) = (format!("app{at}"), at % TENANTS);
    let namespace = format!("team{tenant}");
    let mut text = format!(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {name}\n  namespace: {namespace}\n"
    );
    text.push_str(&deployment(&name, &namespace));
    text.push_str(&claim(&name, &namespace, &format!("tenant-{tenant}")));
    text.push_str(&service(&name, &namespace));
    let _ = write!(
        text,
        r#"---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {name}
  namespace: {namespace}
spec:
  ingressClassName: nginx
  rules:
    - host: {name}.example.org
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {name}
                port: {{number: 80}}
"#
    );
    text
}

/// What all applications share.
fn base() -> Workload {
    let all: String = (0..TENANTS).map(namespace_and_class).collect();
    Workload::default().with("base/classes.yaml", all)
}

/// A platform of forty tenants: one folder and one file for each application.
pub(crate) fn platform(applications: usize) -> Workload {
    (0..applications).fold(base(), |all, at| {
        let path = format!("team{}/app{at}/app.yaml", at % TENANTS);
        all.with(path, application(at))
    })
}

/// The same, all of it in one file.
pub(crate) fn documents(applications: usize) -> Workload {
    let all: Vec<String> = (0..applications).map(application).collect();
    base().with("apps/all.yaml", all.join("---\n"))
}

/// Claims of one class, each used by a workload.
pub(crate) fn claims(count: usize) -> Workload {
    let all: String = (0..count)
        .map(|at| {
            let name = format!("app{at}");
            deployment(&name, "team0") + &claim(&name, "team0", "tenant-0")
        })
        .collect();
    Workload::default().with("all.yaml", namespace_and_class(0) + &all)
}

/// Services of one namespace, each of which selects a workload.
pub(crate) fn services(count: usize) -> Workload {
    let all: String = (0..count)
        .map(|at| {
            let name = format!("app{at}");
            deployment(&name, "team0") + &service(&name, "team0")
        })
        .collect();
    Workload::default().with("all.yaml", namespace_and_class(0) + &all)
}

/// Namespaces with a class and a workload each.
pub(crate) fn namespaces(count: usize) -> Workload {
    (0..count).fold(Workload::default(), |all, at| {
        let workload = deployment(&format!("app{at}"), &format!("team{at}"));
        all.with(
            format!("team{at}.yaml"),
            namespace_and_class(at) + &workload,
        )
    })
}
