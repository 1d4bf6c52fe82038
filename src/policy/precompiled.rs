//! Native code of policies: what the binary carries, and what the cache of this user keeps. Starting up pays for no
//! compiler, and listing rules for no policy.
//!
//! The only place of the program where something unchecked runs: see [`native`].

use std::sync::Arc;

use wasmtime::component::Component;
use wasmtime::{Engine, Result};

use super::cache::Kept;
use super::{OptionKind, Rule, RuleOption};
use crate::catalog::{Class, ClassSet};
use crate::config::words::{Level, Severity};
use crate::facts::Text;

/// A policy that the binary carries.
pub(super) struct BuiltIn {
    /// The family.
    pub(super) name: &'static str,
    /// Native code; where the build script could not compile for the target, the portable component.
    code: &'static [u8],
    /// What its `describe` answers. Empty when the build script could not run it: then it is asked when it is loaded.
    rules: &'static [Described],
}

/// A rule as its policy described it when the binary was built.
struct Described {
    id: &'static str,
    title: [&'static str; 2],
    help: [&'static str; 2],
    doc: [&'static str; 2],
    severity: Severity,
    requirements: &'static [&'static str],
    classes: &'static [Class],
    kinds: &'static [&'static str],
    min_level: Option<Level>,
    options: &'static [DescribedOption],
    since: &'static str,
}

struct DescribedOption {
    name: &'static str,
    kind: OptionKind,
    default: &'static [&'static str],
    about: [&'static str; 2],
}

include!(concat!(env!("OUT_DIR"), "/policies.rs"));

impl BuiltIn {
    /// Its rules; none when they were not embedded.
    pub(super) fn rules(&self) -> Option<Vec<Arc<Rule>>> {
        let policy: Arc<str> = self.name.into();
        let rules = self.rules.iter().map(|rule| rule.rule(&policy));
        (!self.rules.is_empty()).then(|| rules.map(Arc::new).collect())
    }

    /// Makes it ready to run.
    pub(super) fn load(&'static self, engine: &Engine) -> Result<Component> {
        if Engine::detect_precompiled(self.code).is_none() {
            return Component::from_binary(engine, self.code);
        }
        native(engine, Native::Embedded(self))
    }
}

impl Described {
    fn rule(&self, policy: &Arc<str>) -> Rule {
        let text = |[en, fr]: [&'static str; 2]| Text::new(en, fr);
        let options = self.options.iter().map(|option| RuleOption {
            name: option.name.to_owned(),
            kind: option.kind,
            default: owned(option.default),
            about: text(option.about),
        });
        Rule {
            id: self.id.to_owned(),
            policy: Arc::clone(policy),
            title: text(self.title),
            help: text(self.help),
            doc: text(self.doc),
            severity: self.severity,
            requirements: owned(self.requirements),
            classes: ClassSet::of(self.classes),
            kinds: owned(self.kinds),
            min_level: self.min_level,
            options: options.collect(),
            since: self.since.to_owned(),
        }
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Native code that may be run. Neither kind can be made from the bytes of a file that somebody names.
pub(super) enum Native<'a> {
    /// A constant of this binary.
    Embedded(&'static BuiltIn),
    /// From the cache of this user.
    Kept(&'a Kept),
}

/// Makes native code ready to run.
///
/// # Errors
/// When it was made by another version of the compiler, with other settings, or for another processor.
pub(super) fn native(engine: &Engine, code: Native<'_>) -> Result<Component> {
    let bytes = match code {
        Native::Embedded(policy) => policy.code,
        Native::Kept(kept) => kept.code(),
    };
    // SAFETY: `deserialize` runs native code that it cannot check, so the bytes must come from wasmtime's own compiler,
    // unchanged. Both kinds do, and their fields are private, so that no other bytes can get here:
    // - `BuiltIn` has no constructor but the constants above, which the build script wrote with this version of wasmtime
    //   from the committed components, and which are part of this binary.
    // - `Kept` is made by `Cache::find` alone: from a file whose name was computed from a portable component, in a folder
    //   that this user owns and nobody else can write to, which says that this program wrote it, and whose hash still
    //   holds. Whoever can write there can replace this binary as well.
    #[allow(unsafe_code)]
    unsafe {
        Component::deserialize(engine, bytes)
    }
}
