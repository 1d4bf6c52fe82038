//! The shape of a fact.
//!
//! One definition serves two readers: `build.rs` reads `catalog/**/*.toml` into these types, and the program reads the
//! binary tables made of them. So nothing here may use the rest of the crate, and no field may be left out when
//! writing (the tables are positional): an absent key in TOML is a default value.

mod area;
mod classification;
mod common;
mod credential;
mod data_source;
mod foreign;
mod framework;
mod identifier;
mod kubernetes;
mod object;
mod pattern;
mod payload;
mod provider;
mod region;
mod resource;
mod service;
mod terraform;

pub use area::*;
pub use classification::*;
pub use common::*;
pub use credential::*;
pub use data_source::*;
pub use foreign::*;
pub use framework::*;
pub use identifier::*;
pub use kubernetes::*;
pub use object::*;
pub(crate) use pattern::*;
pub use payload::*;
pub use provider::*;
pub use region::*;
pub use resource::*;
pub use service::*;
pub use terraform::*;
