//! The catalogue answers, is whole, and points at nothing that is not there.

use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn today() -> Date {
    day("2026-11-21")
}

fn country(regions_id: &str, identifier: &str) -> String {
    let region = Catalog::get().region(regions_id, identifier);
    region.map_or_else(|| "unknown".to_owned(), |region| region.countries.join("+"))
}

mod whole;

mod places {
    use super::*;

    #[test]
    fn the_same_identifier_means_another_country_at_another_provider() {
        for (regions_id, identifier, expected) in [
            ("aws", "eu-west-2", "GB"),
            ("outscale", "eu-west-2", "FR"),
            ("numspot", "eu-west-2", "FR"),
            ("aws", "eu-west-1", "IE"),
            ("alicloud", "eu-west-1", "GB"),
            ("aws", "eu-central-2", "CH"),
            ("gcp", "europe-west2", "GB"),
            ("gcp", "europe-west6", "CH"),
            ("oracle", "eu-jovanovac-1", "RS"),
            ("scaleway", "fr-par", "FR"),
            ("linode", "fr-par", "FR"),
            ("linode", "eu-west", "GB"),
            ("bleu", "bleufrancecentral", "FR"),
            ("s3ns", "u-france-east1", "FR"),
        ] {
            assert_eq!(
                country(regions_id, identifier),
                expected,
                "{regions_id} {identifier}"
            );
        }
    }

    #[test]
    fn zones_lead_to_their_region_and_spelling_does_not_count() {
        for (regions_id, identifier, expected) in [
            ("aws", "eu-west-3a", "FR"),
            ("aws", "EU-WEST-3", "FR"),
            ("gcp", "europe-west9-b", "FR"),
            ("oracle", "Xyz:EU-FRANKFURT-1-AD-1", "DE"),
            ("outscale", "cloudgouv-eu-west-1a", "FR"),
            ("azure", "France Central", "FR"),
            ("azure", "francecentral", "FR"),
            ("ovh", "gra11", "FR"),
            ("ovh", "UK1", "GB"),
            ("aiven", "aws-eu-west-3", "FR"),
            ("aiven", "azure-norway-east", "NO"),
            ("aiven", "upcloud-de-fra", "DE"),
            ("aiven", "do-lon", "GB"),
            ("elastic", "us-east-1", "US"),
            ("snowflake", "AWS_EU_CENTRAL_2", "CH"),
            ("snowflake", "GCP_EUROPE_WEST4", "NL"),
            ("aws", "no-such-region", "unknown"),
            ("aws", "1", "unknown"),
            ("gcp", "europe-west99", "unknown"),
            ("gcp", "us-nowhere9", "unknown"),
            ("ibm", "eu-xx", "unknown"),
            ("ovh", "eu-west-xyz", "unknown"),
            ("nowhere", "eu-west-3", "unknown"),
        ] {
            assert_eq!(
                country(regions_id, identifier),
                expected,
                "{regions_id} {identifier}"
            );
        }
        let zone = Catalog::get().region("aws", "eu-west-3a").unwrap();
        assert_eq!(zone.region_id(), "eu-west-3");
    }

    #[test]
    fn no_guess_leads_from_one_unknown_name_to_several_countries() {
        let catalog = Catalog::get();
        for set in catalog.region_sets() {
            for stem in ["eu", "europe", "us", "asia", "global"] {
                let unheard = format!("{stem}-xq");
                let found = catalog.region(&set.id, &unheard);
                assert!(found.is_none(), "{}: {unheard} is {found:?}", set.id);
            }
        }
    }

    #[test]
    fn names_are_listed_for_suggestions() {
        let names: Vec<&str> = Catalog::get().region_names("outscale").collect();
        assert!(
            names.contains(&"cloudgouv-eu-west-1") && names.is_sorted(),
            "{names:?}"
        );
    }

    #[test]
    fn the_union_the_area_and_adequacy_are_three_answers() {
        let area = |countries: &[&str]| Catalog::get().area(countries, today());
        assert_eq!(area(&["FR"]), Area::Eu);
        assert_eq!(area(&["EL"]), Area::Eu);
        assert_eq!(area(&["EU"]), Area::Eu);
        for country in ["NO", "IS", "LI"] {
            assert_eq!(area(&[country]), Area::Eea, "{country}");
        }
        for country in ["CH", "GB", "US", "JP"] {
            assert_eq!(area(&[country]), Area::Adequate, "{country}");
        }
        for country in ["IN", "CN", "RS", "??"] {
            assert_eq!(area(&[country]), Area::Third, "{country}");
        }
        assert_eq!(area(&[]), Area::Worldwide);
        assert_eq!(area(&["FR", "NO"]), Area::Eea);
        assert_eq!(area(&["FR", "GB", "IN"]), Area::Third);
    }

    #[test]
    fn territories_stand_apart_from_their_state() {
        let area = |country: &str| Catalog::get().area(&[country], today());
        assert_eq!(area("RE"), Area::Eu);
        assert_eq!(area("AX"), Area::Eu);
        assert_eq!(area("NC"), Area::Third);
        assert_eq!(area("GL"), Area::Third);
        assert_eq!(area("JE"), Area::Adequate);
    }

    #[test]
    fn adequacy_begins_and_ends() {
        let area = |country: &str, on: &str| Catalog::get().area(&[country], day(on));
        assert_eq!(area("GB", "2031-12-27"), Area::Adequate);
        assert_eq!(area("GB", "2031-12-28"), Area::Third);
        assert_eq!(area("US", "2023-07-09"), Area::Third);
        assert_eq!(area("US", "2023-07-10"), Area::Adequate);
        assert_eq!(area("BR", "2025-06-01"), Area::Third);
    }

    #[test]
    fn hosts_tell_company_and_place() {
        let catalog = Catalog::get();
        let found = catalog
            .registry_host("123456789012.dkr.ecr.eu-west-3.amazonaws.com:443")
            .unwrap();
        assert_eq!(
            (found.family.providers_id.as_deref(), found.place.as_deref()),
            (Some("aws"), Some("eu-west-3"))
        );
        let found = catalog
            .endpoint_host("oos.cloudgouv-eu-west-1.outscale.com")
            .unwrap();
        assert_eq!(found.place.as_deref(), Some("cloudgouv-eu-west-1"));
        assert_eq!(
            catalog.providers_of_host("api.eu-west-2.outscale.com"),
            ["outscale"]
        );
        assert!(
            catalog
                .providers_of_host("registry.hopital.example")
                .is_empty()
        );
        assert!(catalog.registry_host("registry.hopital.example").is_none());
    }
}

mod offerings {
    use super::*;

    fn standing(offering: &str, on: &str) -> Standing {
        let catalog = Catalog::get();
        catalog
            .visa_at(catalog.offering(offering).unwrap(), day(on))
            .standing
    }

    #[test]
    fn a_visa_holds_to_its_last_day() {
        let offering = "outscale/iaas-cloud-on-demand";
        assert_eq!(standing(offering, "2023-11-29"), Standing::Candidate);
        assert_eq!(standing(offering, "2023-11-30"), Standing::InForce);
        assert_eq!(standing(offering, "2026-11-30"), Standing::InForce);
        assert_eq!(standing(offering, "2026-12-01"), Standing::Lapsed);
    }

    #[test]
    fn the_visa_is_the_offering_s_not_the_company_s() {
        let on = "2026-11-21";
        assert_eq!(
            standing("ovhcloud/hosted-private-cloud-vmware", on),
            Standing::InForce
        );
        assert_eq!(standing("ovhcloud/public-cloud", on), Standing::None);
        assert_eq!(standing("outscale/public-regions", on), Standing::None);
    }

    #[test]
    fn a_candidate_is_not_qualified() {
        assert_eq!(
            standing("bleu/cloud-de-confiance", "2026-11-21"),
            Standing::Candidate
        );
        assert_eq!(
            standing("scaleway/secnumcloud", "2026-11-21"),
            Standing::Candidate
        );
        // Qualified since 2026-07-31.
        assert_eq!(
            standing("ovhcloud/snc-cloud-platform", "2026-07-30"),
            Standing::Candidate
        );
    }

    #[test]
    fn a_visa_without_dates_is_not_established_and_reaches_no_further_back_than_known() {
        let catalog = Catalog::get();
        let wimi = catalog.offering("cloud-solutions/wimi").unwrap();
        assert!(!catalog.visa_at(wimi, today()).established);
        assert_eq!(catalog.visa_at(wimi, today()).standing, Standing::InForce);
        assert_eq!(
            catalog.visa_at(wimi, day("2026-03-15")).standing,
            Standing::Candidate
        );
    }

    #[test]
    fn certification_for_health_data_has_limits_by_region() {
        let catalog = Catalog::get();
        let hds = |offering: &str, regions: &str, region: &str| {
            catalog.hds(
                catalog.offering(offering).unwrap(),
                "scaleway_instance_server",
                catalog.region(regions, region),
                today(),
            )
        };
        assert_eq!(hds("scaleway/public", "scaleway", "fr-par"), Answer::Yes);
        assert_eq!(hds("scaleway/public", "scaleway", "fr-par-2"), Answer::Yes);
        assert_eq!(hds("scaleway/public", "scaleway", "nl-ams"), Answer::No);
        assert_eq!(hds("scaleway/public", "scaleway", "?"), Answer::Unknown);
        assert_eq!(hds("aws/public", "aws", "eu-west-3"), Answer::Yes);
        assert_eq!(hds("aws/public", "aws", "eu-west-2"), Answer::No);
        assert_eq!(
            hds("azure/public", "azure", "francecentral"),
            Answer::Unknown
        );
        // Storage outside the EEA is never inside a certificate; sites that nobody checked are open.
        assert_eq!(hds("google/public", "gcp", "us-central1"), Answer::No);
        assert_eq!(hds("ovhcloud/public-cloud", "ovh", "BHS5"), Answer::No);
        assert_eq!(hds("ovhcloud/public-cloud", "ovh", "GRA11"), Answer::Yes);
        let later = |region| {
            let regions = catalog.offering("outscale/public-regions").unwrap();
            let region = catalog.region("outscale", region);
            catalog.hds(regions, "outscale_vm", region, day("2026-11-01"))
        };
        assert_eq!(later("us-east-2"), Answer::No);
        assert_eq!(later("eu-west-2"), Answer::Unknown);
    }

    #[test]
    fn certification_for_health_data_has_limits_by_product() {
        let catalog = Catalog::get();
        let hds = |offering: &str, kind: &str, regions: &str, region: &str| {
            let offering = catalog.offering(offering).unwrap();
            let region = catalog.region(regions, region);
            catalog.hds(offering, kind, region, today())
        };
        let scaleway = |kind, region| hds("scaleway/public", kind, "scaleway", region);
        assert_eq!(scaleway("scaleway_object_bucket", "fr-par"), Answer::Yes);
        assert_eq!(scaleway("scaleway_rdb_instance", "fr-par"), Answer::Unknown);
        assert_eq!(scaleway("scaleway_k8s_cluster", "fr-par"), Answer::Unknown);
        assert_eq!(scaleway("scaleway_rdb_instance", "nl-ams"), Answer::No);
        assert_eq!(
            hds("ovhcloud/other", "ovh_vps", "ovh", "GRA11"),
            Answer::Unknown
        );
    }

    /// Health data is stored inside the EEA: a certificate of a company with regions outside it has limits.
    #[test]
    fn no_certificate_reaches_outside_the_area() {
        let catalog = Catalog::get();
        for region in catalog.regions() {
            let outside = catalog.area(&region.countries, today()) > crate::catalog::Area::Eea;
            for company in catalog.providers() {
                let sets = &company.identify.regions_id;
                if outside && sets.contains(&region.regions_id) {
                    let here = catalog.certified(&company.hds, "any", Some(region), today());
                    assert_ne!(here, Answer::Yes, "{} {}", company.id, region.id);
                }
            }
        }
    }

    #[test]
    fn demanding_matches_come_before_the_bare_address() {
        let facts = Catalog::get().source_facts("Hashicorp/AWS").unwrap();
        assert_eq!(facts.providers, ["aws"]);
        let last = facts.candidates.last().unwrap();
        assert_eq!(
            (last.offering.as_str(), last.when.weight()),
            ("aws/public", 0)
        );
        assert!(
            facts
                .candidates
                .iter()
                .any(|candidate| candidate.offering == "outscale/iaas-cloud-on-demand")
        );
        let weights: Vec<usize> = facts
            .candidates
            .iter()
            .map(|candidate| candidate.when.weight())
            .collect();
        assert!(weights.is_sorted_by(|a, b| a >= b), "{weights:?}");
    }
}

mod terraform {
    use super::*;

    #[test]
    fn addresses_are_found_however_they_are_written() {
        let catalog = Catalog::get();
        let address = |written: &str| {
            catalog
                .terraform_provider(written)
                .map(|p| p.address.as_str())
        };
        assert_eq!(address("hashicorp/aws"), Some("hashicorp/aws"));
        assert_eq!(
            address("registry.example/Hashicorp/AWS"),
            Some("hashicorp/aws")
        );
        assert_eq!(address("aws"), Some("hashicorp/aws"));
        assert_eq!(address("hashicorp/scaleway"), Some("scaleway/scaleway"));
        assert_eq!(address("mrparkers/keycloak"), Some("keycloak/keycloak"));
        assert_eq!(address("acme/unheard-of"), None);
    }

    #[test]
    fn a_type_leads_to_its_provider() {
        let catalog = Catalog::get();
        assert_eq!(
            catalog.provider_for_type_prefix("aws_s3_bucket"),
            "hashicorp/aws"
        );
        assert_eq!(
            catalog.provider_for_type_prefix("google_storage_bucket"),
            "hashicorp/google"
        );
        assert_eq!(
            catalog.provider_for_type_prefix("datadog_monitor"),
            "DataDog/datadog"
        );
        assert_eq!(
            catalog.provider_for_type_prefix("unheard_of"),
            "hashicorp/unheard"
        );
    }

    #[test]
    fn types_that_are_alike_share_an_entry_and_keep_their_names() {
        let catalog = Catalog::get();
        let load_balancer = catalog.resource_kind("aws_lb").unwrap();
        let former = catalog.resource_kind("aws_alb").unwrap();
        assert_eq!(
            (load_balancer.name.as_str(), former.name.as_str()),
            ("aws_lb", "aws_alb")
        );
        assert_eq!(load_balancer.class, former.class);
        assert!(catalog.resource_kind("load-balancer").is_none());
    }

    /// What holds or carries data is no setting, however small it looks.
    #[test]
    fn settings_stand_apart_from_what_holds_and_carries() {
        let class = |kind: &str| Catalog::get().resource_kind(kind).unwrap().class;
        for (kind, expected) in [
            ("aws_db_parameter_group", Class::Configuration),
            ("aws_s3_bucket_public_access_block", Class::Configuration),
            ("aws_iam_role_policy_attachment", Class::Configuration),
            ("azurerm_management_group", Class::Configuration),
            ("google_project_service", Class::Configuration),
            ("google_storage_bucket_iam_member", Class::Configuration),
            ("kubernetes_role_binding_v1", Class::Configuration),
            ("aws_security_group", Class::Network),
            ("aws_vpn_connection", Class::Network),
            ("azurerm_private_dns_a_record", Class::Network),
            ("outscale_security_group", Class::Network),
            ("scaleway_vpc_public_gateway", Class::Network),
            ("openstack_networking_router_v2", Class::Network),
            ("aws_lambda_function_url", Class::Edge),
            ("aws_iam_server_certificate", Class::Secrets),
            ("outscale_server_certificate", Class::Secrets),
            ("ovh_cloud_managed_database", Class::HoldsData),
            ("outscale_oos_bucket", Class::HoldsData),
        ] {
            assert!(class(kind).contains(expected), "{kind}: {}", class(kind));
        }
        for file in whole::toml_files("resources") {
            let name = file.file_name().unwrap().to_string_lossy();
            if !name.starts_with("settings") {
                continue;
            }
            let entries: toml::Table = std::fs::read_to_string(&file).unwrap().parse().unwrap();
            for (title, entry) in &entries {
                let types = entry.get("types").and_then(toml::Value::as_array);
                let own = toml::Value::from(title.as_str());
                for kind in types
                    .into_iter()
                    .flatten()
                    .chain(types.is_none().then_some(&own))
                {
                    let kind = kind.as_str().unwrap();
                    assert!(!class(kind).contains(Class::HoldsData), "{kind}");
                }
            }
        }
    }

    #[test]
    fn a_bucket_and_a_key_say_what_they_are() {
        let catalog = Catalog::get();
        let bucket = catalog.resource_kind("aws_s3_bucket").unwrap();
        assert!(bucket.class.contains(Class::HoldsData) && bucket.location_inherits);
        let completes = "aws_s3_bucket_server_side_encryption_configuration";
        assert!(
            bucket
                .encryption
                .companions
                .iter()
                .any(|companion| companion.kind == completes)
        );
        let key = catalog.resource_kind("aws_kms_key").unwrap();
        assert_eq!(key.class, ClassSet::of(&[Class::Key]));
        let database = catalog.resource_kind("aws_db_instance").unwrap();
        assert_eq!(database.encryption.key_scopes.len(), 1);
        let monitor = catalog.resource_kind("mongodbatlas_cluster").unwrap();
        assert!(monitor.class.contains(Class::ThirdParty));
        let state = catalog.resource_kind("terraform.backend.s3").unwrap();
        assert!(state.class.contains(Class::StateBackend));
        assert!(catalog.resource_kind("aws_unheard_of").is_none());
    }
}

mod regimes {
    use super::*;

    fn regime(actor: Option<Actor>, level: Level) -> AppliedRegime {
        Catalog::get().regime(actor, level).unwrap()
    }

    #[test]
    fn the_actor_raises_health_data() {
        let alone = regime(None, Level::Health);
        assert_eq!(alone.level, Level::Health);
        assert_eq!(alone.regime.allowed, [Area::Eu, Area::Eea]);
        assert_eq!(
            (alone.regime.qualification, alone.regime.hds),
            (Demand::Advised, Demand::Required)
        );

        let state = regime(Some(Actor::State), Level::Health);
        assert_eq!(state.level, Level::Particular);
        assert_eq!(state.raised_from.unwrap().0, Level::Health);
        assert_eq!(state.regime.allowed, [Area::Eu]);
        // Raised data is still health data: both rows are asked.
        assert_eq!(
            (state.regime.qualification, state.regime.hds),
            (Demand::Required, Demand::Required)
        );
        assert!(state.bound && state.regime.frameworks.contains(&"hds".to_owned()));

        let hospital = regime(Some(Actor::HealthBody), Level::Health);
        assert_eq!(hospital.level, Level::Health);
        assert!(hospital.bound && hospital.raised_from.is_none());
    }

    #[test]
    fn a_private_body_is_advised_on_qualification() {
        assert!(regime(Some(Actor::Private), Level::Particular).softened);
        assert!(!regime(Some(Actor::Private), Level::Health).softened);
        assert!(!regime(None, Level::Particular).softened);
        assert_eq!(regime(None, Level::Particular).regime.hds, Demand::None);
    }

    #[test]
    fn nothing_is_concluded_above_the_band() {
        let regime = regime(Some(Actor::State), Level::Beyond).regime;
        assert!(regime.no_verdict && regime.allowed.is_empty());
    }

    #[test]
    fn requirements_answer_to_id_and_number() {
        let catalog = Catalog::get();
        let requirement = catalog.requirement("SNC-LOC-001").unwrap();
        assert_eq!(requirement.number, "R18");
        assert_eq!(catalog.requirement("R18"), Some(requirement));
        assert_eq!(
            requirement.severity.get(&Level::Particular),
            Some(&Severity::Critical)
        );
        assert_eq!(requirement.references, ["Ref 19.2.a-b"]);
    }
}

mod dates {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-1-1",
            "26-01-01",
            "2026-01-01 ",
            "",
            "2026-00-10",
            "+026-01-01",
        ] {
            assert_eq!(text.parse::<Date>(), Err(NotADate), "{text}");
        }
        assert_eq!(day("2024-02-29").to_string(), "2024-02-29");
    }

    #[test]
    fn days_are_counted_across_leap_years() {
        assert_eq!(day("2026-11-21").days_until(day("2026-11-30")), 9);
        assert_eq!(day("2024-02-28").days_until(day("2024-03-01")), 2);
        assert_eq!(day("2023-11-30").days_until(day("2026-11-30")), 1096);
        assert_eq!(day("2026-12-01").days_until(day("2026-11-30")), -1);
    }
}
