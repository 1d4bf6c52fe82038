//! What can be asked of the catalogue.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Format, StandingArg};
use crate::catalog::Area;

/// Arguments of `catalog`.
#[derive(Debug, Args)]
pub(in crate::cli) struct CatalogArgs {
    #[command(subcommand)]
    pub(in crate::cli) command: CatalogCommand,
}

/// What is looked up.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum CatalogCommand {
    /// Regions and zones: which countries each identifier stands for, at every provider that has it
    Regions {
        #[command(flatten)]
        list: ListArgs,
        /// Only those of an area: eu, eea, adequate, third or worldwide
        #[arg(long, value_name = "AREA", value_parser = crate::cli::catalog::area)]
        area: Option<Area>,
    },
    /// Offerings: SecNumCloud visa, scope, certificate for health data, seat, exposure to foreign law
    Offerings {
        #[command(flatten)]
        list: ListArgs,
        /// Only those that stand so with ANSSI on the day of --as-of
        #[arg(long, value_name = "STATUS")]
        status: Option<StandingArg>,
    },
    /// Resource types: where place, copies, key and second factor come from
    Resources {
        #[command(flatten)]
        list: ListArgs,
    },
}

/// Arguments of every listing of the catalogue.
#[derive(Debug, Args)]
pub(in crate::cli) struct ListArgs {
    /// Words that an entry has to meet: an id, an alias, a city, a country, a company, a category
    #[arg(value_name = "QUERY")]
    pub(in crate::cli) query: Vec<String>,
    /// Only of this provider: its id, or the address of the Terraform provider
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) provider: Option<String>,
    /// A folder of facts over the shipped ones, laid out like catalog/, repeatable; later ones win
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) catalog: Vec<PathBuf>,
    /// The date that decides which visas are in force: 2026-11-30 [default: today]
    #[arg(
        long,
        value_name = "DATE",
        env = "GARDEFOU_AS_OF",
        hide_env_values = true
    )]
    pub(in crate::cli) as_of: Option<String>,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(in crate::cli) format: Format,
}
