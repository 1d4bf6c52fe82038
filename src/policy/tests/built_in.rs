//! The policies that the binary carries.

use super::*;

#[test]
fn built_in_policies_load_and_say_all_of_themselves_in_both_languages() {
    let engine = Engine::builtin(Limits::default());
    let ids: Vec<&str> = engine.rules().iter().map(|rule| rule.id.as_str()).collect();
    assert!(ids.is_sorted());
    for id in [
        "classification/unclassified",
        "encryption/key-shared-between-tenants",
        "identity/mfa-not-enforced",
        "qualification/not-qualified",
        "residency/outside-area",
    ] {
        assert!(ids.contains(&id), "{id}");
    }
    for rule in engine.rules() {
        assert!(
            rule.doc.en.contains("## ") && rule.doc.fr.contains("## "),
            "{}",
            rule.id
        );
        assert_ne!(rule.doc.en, rule.doc.fr, "{}", rule.id);
        assert_ne!(rule.title.en, rule.title.fr, "{}", rule.id);
        for requirement in &rule.requirements {
            assert!(
                Catalog::get().requirement(requirement).is_some(),
                "{requirement} of {}",
                rule.id
            );
        }
    }
}

#[test]
fn embedded_rules_are_those_that_the_components_describe() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for policy in precompiled::BUILT_IN {
        let name = policy.name;
        let embedded = policy.rules().expect("rules");
        let mut engine = Engine::empty(Limits::default());
        engine
            .load(&root.join(format!("wasm-policies/{name}.wasm")), name)
            .expect("a component");
        let mut described = embedded.clone();
        described.sort_by(|a, b| a.id.cmp(&b.id));
        assert_eq!(engine.rules(), described, "{name}");
        // In the order of the component: answers name rules by their number.
        let loaded = engine.described();
        assert_eq!(loaded, embedded, "{name}");
    }
}

/// The hash of the sources, as the tool that builds the policies computes it.
#[path = "../../../policies/tool/src/sources.rs"]
mod sources;

#[test]
fn committed_policies_come_from_these_sources() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("wasm-policies/manifest.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    assert_eq!(manifest["contract"].as_str(), Some(CONTRACT));
    let contract = std::fs::read_to_string(root.join("wit/policy.wit")).unwrap();
    assert!(contract.contains(&format!("package {CONTRACT};")));
    let policies = manifest["policies"].as_table().unwrap();
    let families = sources::families(&root.join("policies")).unwrap();
    assert!(families.iter().eq(policies.keys()), "{families:?}");
    for family in families {
        let entry = &policies[&family];
        let rebuild = "run policies/build.sh";
        let hash = sources::hash(root, &family).unwrap();
        assert_eq!(
            entry["sources"].as_str(),
            Some(hash.as_str()),
            "{family}: {rebuild}"
        );
        let component = std::fs::read(root.join(format!("wasm-policies/{family}.wasm"))).unwrap();
        let hash = sources::hash_bytes(&component);
        assert_eq!(
            entry["component"].as_str(),
            Some(hash.as_str()),
            "{family}: {rebuild}"
        );
    }
}

#[test]
fn nothing_of_the_machine_that_built_them_is_in_the_policies() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for precompiled::BuiltIn { name, .. } in precompiled::BUILT_IN {
        let bytes = std::fs::read(root.join(format!("wasm-policies/{name}.wasm"))).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        // The folder of this clone as well, wherever it lies.
        let here = root.to_string_lossy();
        for trace in [
            &*here,
            "/root",
            "/home/",
            "/Users/",
            "/tmp/",
            "/usr/",
            ".cargo",
            "registry/",
            "rustlib",
            "C:\\",
        ] {
            assert!(!text.contains(trace), "{name} contains {trace}");
        }
    }
}
