//! The files that hold many entries: regions, companies, resource types, kinds, requirements.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::model::*;
use super::{Facts, Page, Subject};

/// A region file that corrects lines of one that is there, and nothing else of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegionLines {
    id: String,
    #[serde(default)]
    defaults: RegionDefaults,
    #[serde(default)]
    sources: BTreeMap<String, String>,
    #[serde(default)]
    region: BTreeMap<String, RegionLine>,
}

/// A company's file that corrects offerings of one that is there, and nothing else of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfferingLines {
    id: String,
    #[serde(default)]
    offering: Vec<Offering>,
}

impl Facts {
    pub(super) fn read_sources(&mut self, page: &mut Page<'_>) {
        let Some(read) = page.parse::<Sources>() else {
            return;
        };
        for (at, source) in read.source.into_iter().enumerate() {
            page.put(
                Subject::Reference,
                &mut self.references,
                vec![source.id.clone()],
                &["source", &at.to_string()],
                source,
            );
        }
    }

    pub(super) fn read_regions(&mut self, page: &mut Page<'_>) {
        let lines_only = page.extending && page.has_only(&["id", "defaults", "sources", "region"]);
        if lines_only
            && let Some(lines) = page.parse::<RegionLines>()
            && let Some(set) = self.region_sets.get(&lines.id).cloned()
        {
            page.is_named_as_file(&lines.id);
            let file = RegionFile {
                id: lines.id,
                name: set.name,
                operator: set.operator,
                other_operators: set.other_operators,
                terraform: set.terraform,
                gathered: set.gathered,
                defaults: lines.defaults,
                zone_rules: set.zone_rules,
                ignore_spaces: set.ignore_spaces,
                partition_operators: BTreeMap::new(),
                sources: lines.sources,
                derived: set.derived,
                sole_region: set.sole_region,
                note: set.note,
                region: lines.region,
            };
            self.add_regions(&file, page);
            return;
        }
        let Some(file) = page.parse::<RegionFile>() else {
            return;
        };
        page.is_named_as_file(&file.id);
        self.add_regions(&file, page);
        let facts = RegionSet {
            id: file.id.clone(),
            name: file.name,
            operator: file.operator,
            other_operators: file.other_operators,
            terraform: file.terraform,
            gathered: file.gathered,
            zone_rules: file.zone_rules,
            ignore_spaces: file.ignore_spaces,
            derived: file.derived,
            sole_region: file.sole_region,
            note: file.note,
        };
        page.put(
            Subject::RegionSet,
            &mut self.region_sets,
            vec![file.id],
            &["id"],
            facts,
        );
    }

    fn add_regions(&mut self, file: &RegionFile, page: &mut Page<'_>) {
        for (id, line) in &file.region {
            let path = ["region", id.as_str()];
            let fold = |name: &String| {
                format!("{}/{}", file.id, fold_identifier(name, file.ignore_spaces))
            };
            let keys: Vec<String> = std::iter::once(id).chain(&line.aliases).map(fold).collect();
            let before = keys.first().and_then(|key| self.regions.get(key));
            let Some(evidence) = line.evidence.or(file.defaults.evidence) else {
                page.fault(
                    &path,
                    format!("`{id}` has no `evidence`, and `[defaults]` has none"),
                );
                continue;
            };
            let Some(source) = line.source.as_ref().or(file.defaults.source.as_ref()) else {
                page.fault(
                    &path,
                    format!("`{id}` has no `source`, and `[defaults]` has none"),
                );
                continue;
            };
            if line.country.is_some() && !line.countries.is_empty() {
                page.fault(&path, format!("`{id}` has both `country` and `countries`"));
            }
            // A correction leaves a region in its part of the provider, and with who runs that.
            let partition = line
                .partition
                .as_ref()
                .or(file.defaults.partition.as_ref())
                .or(before.map(|before| &before.partition))
                .cloned()
                .unwrap_or_default();
            let same_part = before.filter(|before| before.partition == partition);
            let operator = file
                .partition_operators
                .get(&partition)
                .or(same_part.and_then(|before| before.operator.as_ref()))
                .or(file.operator.as_ref());
            let source = file.sources.get(source).unwrap_or(source);
            let region = Region {
                regions_id: file.id.clone(),
                id: id.clone(),
                city: line.city.clone(),
                countries: match &line.country {
                    Some(one) => vec![one.clone()],
                    None => line.countries.clone(),
                },
                kind: line.kind.unwrap_or(RegionKind::Region),
                status: line.status.unwrap_or(RegionStatus::InService),
                operator: operator.cloned(),
                partition,
                parent: line.parent.clone(),
                pair: line.pair.clone(),
                aliases: line.aliases.clone(),
                since: line.since.clone(),
                service: line.service.clone(),
                services: line.services.clone(),
                evidence,
                source: page.cite(source),
                note: line.note.clone(),
            };
            page.put(Subject::Region, &mut self.regions, keys, &path, region);
        }
    }

    pub(super) fn read_provider(&mut self, page: &mut Page<'_>) {
        let lines_only = page.extending && page.has_only(&["id", "offering"]);
        if lines_only
            && let Some(lines) = page.parse::<OfferingLines>()
            && self.providers.holds(&lines.id)
        {
            page.is_named_as_file(&lines.id);
            self.add_offerings(&lines.id, lines.offering, page);
            return;
        }
        let Some(mut provider) = page.parse::<Provider>() else {
            return;
        };
        page.is_named_as_file(&provider.id);
        let id = provider.id.clone();
        let offerings = std::mem::take(&mut provider.offering);
        if page.extending {
            provider.sources.insert(0, page.file.shown.to_owned());
            // Offerings are entries of their own.
            if let Some(before) = self.providers.get_mut(&id) {
                provider.offering = std::mem::take(&mut before.offering);
            }
        }
        page.put(
            Subject::Provider,
            &mut self.providers,
            vec![id.clone()],
            &["id"],
            provider,
        );
        self.add_offerings(&id, offerings, page);
    }

    fn add_offerings(&mut self, provider: &str, offerings: Vec<Offering>, page: &mut Page<'_>) {
        let Some(provider) = self.providers.get_mut(provider) else {
            return;
        };
        for (at, mut offering) in offerings.into_iter().enumerate() {
            let at = at.to_string();
            let path = ["offering", at.as_str()];
            if offering.provider() != provider.id {
                page.fault(
                    &["offering", &at, "id"],
                    format!("`{}` is in the file of `{}`", offering.id, provider.id),
                );
                continue;
            }
            let before = provider
                .offering
                .iter()
                .position(|before| before.id == offering.id);
            if !page.note(Subject::Offering, &offering.id, &path, before.is_some()) {
                continue;
            }
            if page.extending {
                offering.sources.insert(0, page.file.shown.to_owned());
            }
            match before.and_then(|at| provider.offering.get_mut(at)) {
                Some(slot) => *slot = offering,
                None => provider.offering.push(offering),
            }
        }
    }

    pub(super) fn read_terraform_provider(&mut self, page: &mut Page<'_>) {
        let Some(provider) = page.parse::<TerraformProvider>() else {
            return;
        };
        let keys: Vec<String> = std::iter::once(&provider.address)
            .chain(&provider.aliases)
            .map(|address| address.to_ascii_lowercase())
            .collect();
        page.put(
            Subject::TerraformProvider,
            &mut self.terraform,
            keys,
            &["address"],
            provider,
        );
    }

    pub(super) fn read_resources(&mut self, folder: &str, page: &mut Page<'_>) {
        // The folder is named after the provider: its address ends so.
        let address = self
            .terraform
            .records
            .iter()
            .map(|provider| &provider.address)
            .find(|address| address.rsplit('/').next() == Some(folder))
            .cloned();
        let kinds = page.parse::<BTreeMap<String, ResourceKind>>();
        for (title, mut facts) in kinds.unwrap_or_default() {
            // An entry with `types` stands for each of them; its own name is a title.
            let alike = std::mem::take(&mut facts.types);
            let address = address.as_deref();
            for kind in &alike {
                self.add_resource((kind, &title), facts.clone(), address, page);
            }
            if alike.is_empty() {
                self.add_resource((&title, &title), facts, address, page);
            }
        }
    }

    /// One type, with the title of the table that it stands in.
    fn add_resource(
        &mut self,
        (kind, title): (&String, &str),
        mut facts: ResourceKind,
        address: Option<&str>,
        page: &mut Page<'_>,
    ) {
        facts.name.clone_from(kind);
        if facts.provider.is_empty() {
            match address {
                Some(address) => facts.provider = address.to_owned(),
                None => page.fault(
                    &[title],
                    "no provider.toml beside it gives an address that ends in the folder's name",
                ),
            }
        }
        if facts.encryption.key_scopes.is_empty() && !facts.encryption.key_paths.is_empty() {
            let paths = facts.encryption.key_paths.clone();
            facts.encryption.key_scopes.push(KeyScope {
                block: String::new(),
                paths,
                required: true,
            });
        }
        facts.source = page.cite(&facts.source);
        page.put(
            Subject::Resource,
            &mut self.resources,
            vec![kind.clone()],
            &[title],
            facts,
        );
    }

    pub(super) fn read_data_sources(&mut self, page: &mut Page<'_>) {
        let sources = page.parse::<BTreeMap<String, DataSource>>();
        for (kind, mut facts) in sources.unwrap_or_default() {
            facts.name.clone_from(&kind);
            facts.source = page.cite(&facts.source);
            page.put(
                Subject::DataSource,
                &mut self.data_sources,
                vec![kind.clone()],
                &[&kind],
                facts,
            );
        }
    }

    pub(super) fn read_kinds(&mut self, page: &mut Page<'_>) {
        let kinds = page.parse::<KubernetesKinds>();
        for (at, mut kind) in kinds
            .map_or_else(Vec::new, |list| list.kind)
            .into_iter()
            .enumerate()
        {
            kind.source = page.cite(&kind.source);
            let alike = std::mem::take(&mut kind.alike);
            let others = alike.into_iter().map(|name| KubernetesKind {
                kind: name,
                ..kind.clone()
            });
            let others: Vec<_> = others.collect();
            for kind in std::iter::once(kind).chain(others) {
                page.put(
                    Subject::Kind,
                    &mut self.kinds,
                    vec![format!("{}/{}", kind.group, kind.kind)],
                    &["kind", &at.to_string()],
                    kind,
                );
            }
        }
    }

    pub(super) fn read_frameworks(&mut self, page: &mut Page<'_>) {
        let frameworks = page.parse::<Frameworks>();
        let frameworks = frameworks.map_or_else(Vec::new, |list| list.framework);
        for (at, framework) in frameworks.into_iter().enumerate() {
            let keys = [&framework.id].into_iter().chain(&framework.aliases);
            page.put(
                Subject::Framework,
                &mut self.frameworks,
                keys.cloned().collect(),
                &["framework", &at.to_string()],
                framework,
            );
        }
    }

    pub(super) fn read_requirements(&mut self, page: &mut Page<'_>) {
        let requirements = page.parse::<Requirements>();
        let requirements = requirements.map_or_else(Vec::new, |list| list.requirement);
        for (at, requirement) in requirements.into_iter().enumerate() {
            page.put(
                Subject::Requirement,
                &mut self.requirements,
                vec![requirement.id.clone(), requirement.number.clone()],
                &["requirement", &at.to_string()],
                requirement,
            );
        }
    }
}
