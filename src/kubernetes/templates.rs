//! Claims that a workload makes for each of its pods: those of a StatefulSet, and volumes that live as long as the pod.

use std::sync::Arc;

use super::Manifest;
use crate::value::Value;

/// Name, the value that names it, and the claim.
type Template = (Arc<str>, Option<Value>, Value);

/// Where pods are specified; kinds of operators make their own claims.
const PODS: [&[&str]; 4] = [
    &["spec", "template", "spec"],
    &["spec"],
    &["spec", "jobTemplate", "spec", "template", "spec"],
    &["template", "spec"],
];

pub(super) fn of(workload: &Manifest) -> Vec<Template> {
    let owner = workload.name.as_deref().unwrap_or("*");
    let mut found = Vec::new();
    if &*workload.group == "apps" && &*workload.kind == "StatefulSet" {
        let templates = inside(&workload.value, &["spec", "volumeClaimTemplates"]);
        for template in templates.and_then(Value::elements).unwrap_or_default() {
            let named = inside(template, &["metadata", "name"]);
            let volume = named.and_then(Value::as_text).unwrap_or_default();
            let name = format!("{volume}-{owner}-*").into();
            found.push((name, named.cloned(), template.clone()));
        }
    }
    if !matches!(&*workload.group, "" | "apps" | "batch" | "argoproj.io") {
        return found;
    }
    let spec = PODS.iter().find_map(|path| {
        inside(&workload.value, path).filter(|spec| spec.entry("containers").is_some())
    });
    let volumes = spec.and_then(|spec| spec.entry("volumes")?.elements());
    for volume in volumes.unwrap_or_default() {
        let Some(template) = inside(volume, &["ephemeral", "volumeClaimTemplate"]) else {
            continue;
        };
        let named = volume.entry("name");
        let name = named.and_then(Value::as_text).unwrap_or_default();
        let name = match &*workload.kind {
            "Pod" => format!("{owner}-{name}"),
            _ => format!("{owner}-*-{name}"),
        };
        found.push((name.into(), named.cloned(), template.clone()));
    }
    found
}

fn inside<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| value.entry(key))
}
