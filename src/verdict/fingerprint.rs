//! The stable name of a finding: what it is about, never where in the file.
//!
//! Baselines and alert histories hang on this recipe: a change of it needs a new [`VERSION`].

use sha2::{Digest, Sha256};

use crate::discover::in_repository;
use crate::graph::Resource;

/// Part of every fingerprint.
const VERSION: &str = "gardefou/1";

/// What makes a finding itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity<'a> {
    /// Rule id.
    pub rule: &'a str,
    /// Address of the resource.
    pub address: &'a str,
    /// Folder of its root, where the file does not tell it: a module that several roots call. Else empty.
    pub root: &'a str,
    /// Path of its file, as the repository knows it.
    pub path: &'a str,
    /// Attribute path; empty: the resource.
    pub attribute: &'a str,
    /// Tells findings apart that agree in all the rest; 0 for the first.
    pub discriminator: u32,
}

impl Identity<'_> {
    /// Sixteen hexadecimal digits: enough for the findings of one estate, short enough to read out.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for part in [VERSION, self.rule, self.address, self.path, self.attribute] {
            hash.update(part.as_bytes());
            // No part can hold a NUL byte and shift the border to its neighbour.
            hash.update([0]);
        }
        hash.update(self.discriminator.to_be_bytes());
        if !self.root.is_empty() {
            hash.update(self.root.as_bytes());
        }
        let digest = hash.finalize();
        let halves = digest
            .iter()
            .take(8)
            .flat_map(|byte| [byte >> 4, byte & 15]);
        let digits = halves.filter_map(|half| char::from_digit(half.into(), 16));
        digits.collect()
    }
}

/// The address of an object without a name, which goes by its file, with the path that the repository knows.
pub(super) fn address_inside(resource: &Resource, base: &str) -> Option<String> {
    if base.is_empty() {
        return None;
    }
    let kind = resource.address.strip_suffix(&*resource.path)?;
    let kind = kind.strip_suffix(' ')?;
    Some(format!("{kind} {}", in_repository(base, &resource.path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: Identity<'_> = Identity {
        rule: "residency/outside-area",
        address: "aws_s3_bucket.a",
        root: "",
        path: "main.tf",
        attribute: "region",
        discriminator: 0,
    };

    /// The recipe is a promise to everyone who keeps a baseline.
    #[test]
    fn the_recipe_is_frozen() {
        assert_eq!(BASE.fingerprint(), "b89136b49b76429c");
    }

    #[test]
    fn every_part_counts() {
        let others = [
            Identity {
                rule: "residency/copy-outside-area",
                ..BASE
            },
            Identity {
                address: "aws_s3_bucket.b",
                ..BASE
            },
            Identity {
                root: "prod",
                ..BASE
            },
            Identity {
                path: "a/main.tf",
                ..BASE
            },
            Identity {
                attribute: "",
                ..BASE
            },
            Identity {
                discriminator: 1,
                ..BASE
            },
        ];
        for other in others {
            assert_ne!(other.fingerprint(), BASE.fingerprint(), "{other:?}");
        }
    }
}
