//! What describes the service that is called: a provider block, or the block of a state backend.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::{Backend, Catalog, GenericProvider, Offering, SourceFacts, TerraformProvider};
use crate::facts::establish::Lens;
use crate::facts::{EvidenceId, Gap, Text};
use crate::graph::Resource;
use crate::value::Value;

/// A provider block or a backend, with what the catalogue says of its kind.
#[derive(Clone)]
pub(in crate::facts) struct Client<'a> {
    /// The arguments.
    pub(super) config: &'a Value,
    of: Arc<Speech>,
    /// Why the company is open when a block with a usual company may be completed elsewhere.
    backend: Option<&'static Backend>,
}

/// What the catalogue says of the arguments of a provider or a backend.
#[derive(Default)]
pub(in crate::facts) struct Speech {
    /// Offerings that may stand behind it.
    pub(super) sources: Option<&'static SourceFacts>,
    /// Paths of the arguments that tell who answers.
    pub(super) arguments: Vec<&'static str>,
    /// Attributes of resources that may tell the offering, each by the first word of its path.
    telling: Vec<&'static str>,
    /// Company unless an argument says otherwise.
    pub(super) company: Option<&'static str>,
    /// Region file of its identifiers.
    pub(super) regions: Option<&'static str>,
    /// Any company may stand behind it: a bare word is a host.
    pub(super) is_generic: bool,
    /// Types by service, where endpoints are given by service.
    services: Option<&'static BTreeMap<String, Vec<String>>>,
    /// Arguments that name a file with the host.
    files: &'static [String],
    /// Environment variables that replace the arguments.
    env: &'static [String],
}

impl std::ops::Deref for Client<'_> {
    type Target = Speech;

    fn deref(&self) -> &Speech {
        &self.of
    }
}

impl Speech {
    /// Of a provider, by its address.
    pub(in crate::facts) fn of_provider(
        catalog: &'static Catalog,
        address: &str,
        sources: Option<&'static SourceFacts>,
        terraform: Option<&'static TerraformProvider>,
    ) -> Self {
        let generic: Option<&'static GenericProvider> = catalog.generic_provider(address);
        // A provider without facts of its own is its publisher's company.
        let publisher = sources.and_then(|sources| match sources.providers.as_slice() {
            [only] => Some(only.as_str()),
            _ => None,
        });
        let company = match terraform {
            Some(facts) => facts.providers_id.as_deref(),
            None => publisher,
        };
        let regions_of_company = || {
            let company = catalog.provider(company?)?;
            company.identify.regions_id.first().map(String::as_str)
        };
        let own = terraform.map_or(&[][..], |facts| &facts.endpoint_paths);
        let of_generic = generic.map_or(&[][..], |facts| &facts.host_args);
        let mut arguments: Vec<&'static str> = Vec::new();
        for argument in own.iter().chain(of_generic) {
            if !arguments.contains(&argument.as_str()) {
                arguments.push(argument);
            }
        }
        Self {
            sources,
            arguments,
            telling: telling(sources),
            company,
            regions: match terraform {
                Some(facts) => facts.regions_id.as_deref(),
                None => regions_of_company(),
            },
            is_generic: generic.is_some(),
            services: terraform
                .map(|facts| &facts.endpoint_services)
                .filter(|services| !services.is_empty()),
            files: generic.map_or(&[][..], |facts| &facts.file_args),
            env: generic.map_or(&[][..], |facts| &facts.env),
        }
    }

    fn of_backend(catalog: &'static Catalog, backend: &'static Backend) -> Self {
        let company = backend.default_provider.as_deref();
        let regions = company
            .and_then(|company| catalog.provider(company))
            .and_then(|company| company.identify.regions_id.first());
        let source = backend.source.as_deref();
        let sources = source.and_then(|source| catalog.source_facts(source));
        Self {
            sources,
            telling: telling(sources),
            arguments: backend.host_args.iter().map(String::as_str).collect(),
            company,
            regions: regions.map(String::as_str),
            is_generic: company.is_none(),
            services: None,
            files: &backend.file_args,
            env: &backend.env,
        }
    }

    /// May an attribute of the resource itself tell the offering?
    pub(super) fn is_told_by(&self, resource: &Resource) -> bool {
        let attributes = &resource.attributes;
        self.telling
            .iter()
            .any(|name| attributes.entry(name).is_some())
    }

    /// Does the endpoint of a service serve a type? Where the catalogue does not tell services apart, all serve all.
    pub(super) fn serves(&self, service: &str, kind: &str) -> bool {
        let Some(services) = self.services else {
            return true;
        };
        let Some((_, rest)) = kind.split_once('_') else {
            return true;
        };
        let begins = |prefix: &str| {
            rest.strip_prefix(prefix.trim_end_matches('_'))
                .is_some_and(|after| after.is_empty() || after.starts_with('_'))
        };
        // The longest prefix that is listed decides: firehose, not kinesis, serves `kinesis_firehose_delivery_stream`.
        let all = services
            .iter()
            .flat_map(|(service, prefixes)| prefixes.iter().map(move |prefix| (service, prefix)));
        let longest = all
            .clone()
            .filter(|(_, prefix)| begins(prefix))
            .map(|(_, prefix)| prefix.len())
            .max();
        match longest {
            Some(length) => all
                .filter(|(_, prefix)| prefix.len() == length && begins(prefix))
                .any(|(name, _)| name == service),
            None => begins(service),
        }
    }
}

fn telling(sources: Option<&'static SourceFacts>) -> Vec<&'static str> {
    let candidates = sources.map_or(&[][..], |sources| &sources.candidates);
    let arguments = candidates.iter().filter_map(|one| one.when.arg.as_deref());
    let mut words: Vec<&str> = arguments
        .filter_map(|path| path.split(['.', '[']).next())
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

impl<'a> Lens<'a> {
    /// The client behind a resource; none where no service is called.
    pub(super) fn client_of(&self, resource: &'a Resource) -> Option<Client<'a>> {
        if let Some(provider) = self.graph.provider(resource) {
            return Some(Client {
                config: &provider.config,
                of: self.speech_of(resource)?,
                backend: None,
            });
        }
        let backend = self.backend_of(resource)?;
        Some(Client {
            config: &resource.attributes,
            of: Arc::new(Speech::of_backend(self.catalog, backend)),
            backend: Some(backend),
        })
    }

    /// What the catalogue says of a state backend.
    fn backend_of(&self, resource: &Resource) -> Option<&'static Backend> {
        let is_backend = resource
            .classes
            .contains(crate::catalog::Class::StateBackend);
        if !is_backend || resource.provider.is_some() {
            return None;
        }
        self.catalog.backend(&resource.name)
    }

    /// Why nobody is known to answer when no argument says it.
    pub(super) fn silence(&mut self, resource: &'a Resource, client: &Client<'a>) -> Gap {
        let evidence = vec![self.block_of(resource)];
        for file in client.files {
            let path = self.path(file);
            if let Some(value) = client.config.get(&path).filter(|value| !value.is_null()) {
                let label = Text::new(format!("`{file}`"), format!("`{file}`"));
                return Gap {
                    reason: Text::new(
                        format!("the host stands in the file behind `{file}`, which is not read"),
                        format!(
                            "l’hôte figure dans le fichier que désigne `{file}`, qui n’est pas lu"
                        ),
                    ),
                    evidence: self.ledger.way(value, label),
                };
            }
        }
        if let Some(gap) = self.partial(resource, client) {
            return gap;
        }
        if let Some(note) = client.backend.and_then(|backend| backend.nobody.as_ref()) {
            return Gap {
                reason: Text::new(note.en.clone(), note.fr.clone()),
                evidence,
            };
        }
        if let Some(name) = client.env.first() {
            return Gap {
                reason: Text::new(
                    format!("the host comes from the environment ({name}): the block names none"),
                    format!("l’hôte vient de l’environnement ({name}) : le bloc n’en nomme aucun"),
                ),
                evidence,
            };
        }
        let source = match self.graph.provider(resource) {
            Some(provider) => &provider.source,
            None => &resource.kind,
        };
        Gap {
            reason: Text::new(
                format!(
                    "{source} does not tell who runs the service, and nothing in its block does"
                ),
                format!("{source} ne dit pas qui opère le service, et son bloc non plus"),
            ),
            evidence,
        }
    }

    /// Why a backend with a usual company may still be another's: what is missing in its block is given at `init`, and a
    /// host can be among it.
    pub(super) fn partial(&mut self, resource: &'a Resource, client: &Client<'a>) -> Option<Gap> {
        let missing = |argument: &&String| {
            let written = client.config.entry(argument);
            written.is_none_or(Value::is_null)
        };
        let argument = client.backend?.required_args.iter().find(missing)?;
        Some(Gap {
            reason: Text::new(
                format!(
                    "the block is not complete (no `{argument}`): the rest comes from -backend-config"
                ),
                format!(
                    "le bloc est incomplet (sans `{argument}`) : le reste vient de -backend-config"
                ),
            ),
            evidence: vec![self.block_of(resource)],
        })
    }

    /// The provider block, else the header of the resource, as evidence.
    pub(in crate::facts) fn block_of(&mut self, resource: &'a Resource) -> EvidenceId {
        match self
            .graph
            .provider(resource)
            .and_then(|provider| provider.place)
        {
            Some(place) => self.ledger.place(
                place,
                Text::new("provider of the resource", "fournisseur de la ressource"),
            ),
            None => self.header(resource),
        }
    }

    /// The company that a word in an argument means. The outer none: words of this argument mean none; the inner one: the
    /// catalogue knows others, not this one.
    pub(super) fn company_of_word(
        &self,
        client: &Client<'a>,
        argument: &str,
        word: &str,
    ) -> Option<Option<&'static str>> {
        let mut heard = None;
        for candidate in &client.sources?.candidates {
            let when = &candidate.when;
            if when.arg.as_deref() != Some(argument) || when.absent {
                continue;
            }
            if super::matching::fits(self.catalog, when, word) {
                return Some(Some(super::matching::company_of(candidate)));
            }
            heard = Some(None);
        }
        heard
    }

    /// Is an offering among those that may stand behind a client?
    pub(super) fn is_candidate(&self, client: &Client<'a>, offering: &Offering) -> bool {
        let candidates = client.sources.map(|sources| sources.candidates.iter());
        candidates
            .into_iter()
            .flatten()
            .any(|candidate| candidate.offering == offering.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_of_a_service_serves_its_types_and_no_others() {
        let catalog = Catalog::get();
        let speech = Speech::of_provider(
            catalog,
            "hashicorp/aws",
            catalog.source_facts("hashicorp/aws"),
            catalog.terraform_provider("hashicorp/aws"),
        );
        for (service, kind, serves) in [
            ("s3", "aws_s3_bucket", true),
            ("s3", "aws_instance", false),
            ("s3", "aws_s3control_multi_region_access_point", false),
            ("ec2", "aws_instance", true),
            ("ec2", "aws_ebs_volume", true),
            ("ec2", "aws_security_group", true),
            ("elbv2", "aws_lb_target_group", true),
            ("elb", "aws_elb", true),
            ("elb", "aws_lb", false),
            ("rds", "aws_db_instance", true),
            ("logs", "aws_cloudwatch_log_group", true),
            ("cloudwatch", "aws_cloudwatch_log_group", false),
            ("kinesis", "aws_kinesis_stream", true),
            ("kinesis", "aws_kinesis_firehose_delivery_stream", false),
            ("firehose", "aws_kinesis_firehose_delivery_stream", true),
            ("dynamodb", "aws_dynamodb_table", true),
            ("iam", "aws_iam_user", true),
        ] {
            assert_eq!(speech.serves(service, kind), serves, "{service} {kind}");
        }
    }
}
