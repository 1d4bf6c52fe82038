//! What a pod mounts, reads and acts as.

use std::sync::Arc;

use super::Finder;
use crate::catalog::Tie;
use crate::kubernetes::Manifest;
use crate::value::{Path, Value};

/// The pods that a workload makes.
pub(super) struct Pod<'a> {
    spec: Option<&'a Value>,
    pub(super) labels: &'a [(Arc<str>, Value)],
}

const CLAIM: &str = "PersistentVolumeClaim";
const SECRET: &str = "Secret";
const SETTINGS: &str = "ConfigMap";
const ACCOUNT: &str = "ServiceAccount";
const SECRET_CLASS: &str = "secrets-store.csi.x-k8s.io/SecretProviderClass";

impl<'a> Pod<'a> {
    /// From the path of its specification.
    pub(super) fn of(manifest: &'a Manifest, path: &Path) -> Option<Self> {
        let around = Path::of(path.steps().split_last()?.1.to_vec());
        let labels = manifest
            .value
            .get(&around)
            .and_then(|pod| pod.entry("metadata")?.entry("labels")?.entries());
        Some(Self {
            spec: manifest.value.get(path),
            labels: labels.unwrap_or_default(),
        })
    }

    /// The elements of a list of the specification.
    fn list(&self, name: &str) -> &'a [Value] {
        elements(self.spec.and_then(|spec| spec.entry(name)))
    }

    /// What it names: the kind, the relation, and the name.
    fn names(&self) -> Vec<(&'static str, Tie, &'a Value)> {
        let mut out = Vec::new();
        for volume in self.list("volumes") {
            of_volume(volume, &mut out);
        }
        for containers in ["containers", "initContainers", "ephemeralContainers"] {
            for container in self.list(containers) {
                of_container(container, &mut out);
            }
        }
        for secret in self.list("imagePullSecrets") {
            note(SECRET, Tie::ReadsFrom, Some(secret), "name", &mut out);
        }
        out
    }

    /// The account that it acts as, when one is written.
    fn account(&self) -> Option<&'a Value> {
        let spec = self.spec?;
        let named = |name: &str| spec.entry(name).filter(|name| !name.is_null());
        named("serviceAccountName").or_else(|| named("serviceAccount"))
    }
}

type Names<'a> = Vec<(&'static str, Tie, &'a Value)>;

fn elements(list: Option<&Value>) -> &[Value] {
    list.and_then(Value::elements).unwrap_or_default()
}

fn note<'a>(
    kind: &'static str,
    tie: Tie,
    block: Option<&'a Value>,
    key: &str,
    out: &mut Names<'a>,
) {
    out.extend(
        block
            .and_then(|block| block.entry(key))
            .map(|name| (kind, tie, name)),
    );
}

fn of_volume<'a>(volume: &'a Value, out: &mut Names<'a>) {
    let claim = volume.entry("persistentVolumeClaim");
    note(CLAIM, Tie::AttachedTo, claim, "claimName", out);
    note(
        SECRET,
        Tie::ReadsFrom,
        volume.entry("secret"),
        "secretName",
        out,
    );
    note(
        SETTINGS,
        Tie::ReadsFrom,
        volume.entry("configMap"),
        "name",
        out,
    );
    let projected = volume.entry("projected");
    for source in elements(projected.and_then(|projected| projected.entry("sources"))) {
        note(SECRET, Tie::ReadsFrom, source.entry("secret"), "name", out);
        note(
            SETTINGS,
            Tie::ReadsFrom,
            source.entry("configMap"),
            "name",
            out,
        );
    }
    let Some(csi) = volume.entry("csi") else {
        return;
    };
    let attributes = csi.entry("volumeAttributes");
    note(
        SECRET_CLASS,
        Tie::ReadsFrom,
        attributes,
        "secretProviderClass",
        out,
    );
    let secret = csi.entry("nodePublishSecretRef");
    note(SECRET, Tie::ReadsFrom, secret, "name", out);
}

fn of_container<'a>(container: &'a Value, out: &mut Names<'a>) {
    for variable in elements(container.entry("env")) {
        let Some(from) = variable.entry("valueFrom") else {
            continue;
        };
        note(
            SECRET,
            Tie::ReadsFrom,
            from.entry("secretKeyRef"),
            "name",
            out,
        );
        note(
            SETTINGS,
            Tie::ReadsFrom,
            from.entry("configMapKeyRef"),
            "name",
            out,
        );
    }
    for from in elements(container.entry("envFrom")) {
        note(SECRET, Tie::ReadsFrom, from.entry("secretRef"), "name", out);
        note(
            SETTINGS,
            Tie::ReadsFrom,
            from.entry("configMapRef"),
            "name",
            out,
        );
    }
}

impl Finder<'_, '_> {
    pub(super) fn pod(&mut self, at: usize, manifest: &Manifest, pod: &Pod<'_>) {
        let namespace = manifest.namespace.as_deref();
        for (kind, tie, name) in pod.names() {
            if let Some(text) = name.as_str() {
                let found = self.find(kind, namespace, text, manifest);
                self.link(at, tie, found, name.origin.place);
            }
        }
        let account = pod.account();
        let name = account.map_or(Some("default"), Value::as_str);
        let found = name.and_then(|name| self.find(ACCOUNT, namespace, name, manifest));
        let place = account.and_then(|name| name.origin.place);
        self.link(at, Tie::AttachedTo, found, place);
    }
}
