//! What lives inside another resource and says the same: judged once, there.
//!
//! A container of a storage account, a database of a server: where it is, who runs it and how it is encrypted is that of
//! what it lives in, and so is the remedy. What differs is judged where it differs.

use crate::{
    Class, Direction, Encryption, EncryptionFact, Hosting, HostingFact, LocationFact, Relation,
    Resource,
};

/// So deep may parts lie in each other.
const MAX_DEPTH: usize = 8;

impl<'a> Resource<'a> {
    /// It lives inside another resource that answers for where it is.
    pub fn is_placed_as_its_whole(&self) -> bool {
        self.whole()
            .is_some_and(|whole| same_place(self.location(), whole.location()))
    }

    /// It lives inside another resource that answers for who runs it.
    pub fn is_hosted_as_its_whole(&self) -> bool {
        self.whole()
            .is_some_and(|whole| same_host(self.hosting(), whole.hosting()))
    }

    /// It lives inside another resource that answers for its encryption.
    pub fn is_encrypted_as_its_whole(&self) -> bool {
        self.whole()
            .is_some_and(|whole| same_encryption(self.encryption(), whole.encryption()))
    }

    /// What it lives in: a store too, of data that is at least as sensitive. A backup, a machine, a log is a thing of its
    /// own.
    fn whole(&self) -> Option<Resource<'a>> {
        let keeps = |class: Class| class.contains(Class::HOLDS_DATA);
        let class = self.class();
        if !keeps(class) || !(Class::HOLDS_DATA | Class::SECRETS).contains(class) {
            return None;
        }
        let above = |of: &Resource<'a>| of.related(Relation::PartOf, Direction::Outgoing);
        let level = self.sensitivity().level;
        let whole = above(self).into_iter().find(|other| {
            let class = other.class();
            keeps(class)
                && !class.intersects(Class::BACKUP | Class::STATE_BACKEND)
                && other.sensitivity().level >= level
        })?;
        // Of resources that are parts of each other none could answer for the rest: there the way up has no end.
        let mut next = vec![whole];
        for _ in 0..MAX_DEPTH {
            if next.is_empty() {
                break;
            }
            next = next.iter().flat_map(above).collect();
        }
        next.is_empty().then_some(whole)
    }
}

fn same_place(part: &LocationFact, whole: &LocationFact) -> bool {
    match (part, whole) {
        (LocationFact::Known(part), LocationFact::Known(whole)) => {
            part.region == whole.region && part.countries == whole.countries
        }
        (LocationFact::Unknown(part), LocationFact::Unknown(whole)) => part.reason == whole.reason,
        _ => false,
    }
}

fn same_host(part: &HostingFact, whole: &HostingFact) -> bool {
    let told = |hosting: &Hosting| {
        (
            hosting.visa,
            hosting.scope,
            hosting.hds,
            hosting.exposure,
            hosting.eu_controlled,
        )
    };
    match (part, whole) {
        (HostingFact::Known(part), HostingFact::Known(whole)) => {
            part.offering == whole.offering
                && part.provider == whole.provider
                && told(part) == told(whole)
        }
        (HostingFact::Unknown(part), HostingFact::Unknown(whole)) => part.reason == whole.reason,
        _ => false,
    }
}

/// The whole may have parts of other kinds beside.
fn same_encryption(part: &EncryptionFact, whole: &EncryptionFact) -> bool {
    let same = |a: &Encryption, b: &Encryption| {
        a.at_rest == b.at_rest && a.holder == b.holder && a.key == b.key && a.key_name == b.key_name
    };
    match (part, whole) {
        (EncryptionFact::Known(part), EncryptionFact::Known(whole)) => {
            part.iter().all(|a| whole.iter().any(|b| same(a, b)))
        }
        (EncryptionFact::Unknown(part), EncryptionFact::Unknown(whole)) => {
            part.reason == whole.reason
        }
        _ => false,
    }
}
