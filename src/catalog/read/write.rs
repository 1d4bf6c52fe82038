//! Facts as tables of bytes: what `src/catalog/table.rs` reads.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::super::model::Classification;
use super::{Facts, Records};

/// A table, by its name.
pub(crate) type Tables = Vec<(&'static str, Vec<u8>)>;

impl Facts {
    /// Every table.
    ///
    /// # Errors
    /// When a file that there has to be is missing, or something is too large.
    pub(crate) fn tables(mut self) -> io::Result<Tables> {
        let patterns = self.patterns();
        let prefixes = std::mem::take(&mut self.prefixes);
        let sources = std::mem::take(&mut self.sources);
        let hosts = std::mem::take(&mut self.hosts);
        let classification = self
            .labels
            .zip(self.names)
            .map(|(labels, names)| Classification { labels, names });
        Ok(vec![
            ("resources", table(&self.resources)?),
            ("terraform", table(&self.terraform)?),
            ("data-sources", table(&self.data_sources)?),
            ("regions", table(&self.regions)?),
            ("region-sets", table(&self.region_sets)?),
            ("providers", table(&self.providers)?),
            ("kinds", table(&self.kinds)?),
            ("requirements", table(&self.requirements)?),
            ("references", table(&self.references)?),
            ("frameworks", table(&self.frameworks)?),
            ("prefixes", table(&Records::of_map(prefixes))?),
            ("sources", table(&Records::of_map(sources))?),
            ("hosts", table(&Records::of_map(hosts))?),
            ("patterns", table(&Records::of_map(patterns))?),
            ("kubernetes", single("kubernetes", Some(self.kubernetes))?),
            (
                "jurisdictions",
                single("jurisdictions.toml", self.jurisdictions)?,
            ),
            ("registry", single("registry.toml", self.registry)?),
            (
                "terraform-facts",
                single("terraform.toml", self.terraform_facts)?,
            ),
            ("identifiers", single("identifiers.toml", self.identifiers)?),
            ("foreign", single("foreign.toml", self.foreign)?),
            ("classification", single("classification/", classification)?),
            (
                "tenancy",
                single("classification/tenancy.toml", self.tenancy)?,
            ),
            ("regimes", single("frameworks/regime.toml", self.regimes)?),
        ])
    }
}

fn single<T: Serialize>(file: &str, record: Option<T>) -> io::Result<Vec<u8>> {
    let missing = || io::Error::other(format!("catalog/{file} is missing"));
    let record = record.ok_or_else(missing)?;
    table(&Records::of_map(BTreeMap::from([(String::new(), record)])))
}

/// Writes a table; `src/catalog/table.rs` reads it and says what the bytes mean.
fn table<T: Serialize>(records: &Records<T>) -> io::Result<Vec<u8>> {
    let word = |number: usize| {
        u32::try_from(number)
            .map(u32::to_le_bytes)
            .map_err(io::Error::other)
    };
    let mut bodies: Vec<u8> = Vec::new();
    let mut offsets: Vec<u8> = Vec::new();
    for record in &records.records {
        offsets.extend(word(bodies.len())?);
        bodies.extend(postcard::to_allocvec(record).map_err(io::Error::other)?);
    }
    offsets.extend(word(bodies.len())?);
    let mut keys: Vec<u8> = Vec::new();
    let mut index: Vec<u8> = Vec::new();
    for (key, record) in &records.keys {
        index.extend(word(keys.len())?);
        index.extend(record.to_le_bytes());
        keys.extend(key.as_bytes());
    }
    index.extend(word(keys.len())?);
    let mut bytes: Vec<u8> = Vec::new();
    bytes.extend(word(records.records.len())?);
    bytes.extend(word(records.keys.len())?);
    bytes.extend(offsets);
    bytes.extend(index);
    bytes.extend(keys);
    bytes.extend(bodies);
    Ok(bytes)
}
