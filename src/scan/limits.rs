//! The limits of a scan: those of the configuration, else those of whoever holds them.

use std::time::Duration;

use crate::config::{Limits, Located};
use crate::discover;
use crate::policy;
use crate::terraform::limits as terraform;

/// A root takes at most this part of the steps of a scan.
const ROOTS_WITHOUT_END: u64 = 16;

fn size(said: &Option<Located<u64>>) -> Option<usize> {
    let said = said.as_ref()?;
    usize::try_from(said.value).ok()
}

/// How large files may be.
pub(super) fn of_files(said: &Limits, options: discover::Options) -> discover::Options {
    let bytes = |mib: &Option<Located<u64>>| Some(mib.as_ref()?.value << 20);
    discover::Options {
        max_file: bytes(&said.file_mib).unwrap_or(options.max_file),
        max_recorded: bytes(&said.recorded_mib).unwrap_or(options.max_recorded),
        ..options
    }
}

/// How far Terraform code is evaluated. Where the address space of the process is bounded (`ulimit -v`), what finds no room in
/// it is above the limits: it ends with their message, and not with the process.
pub(super) fn of_evaluation(said: &Limits) -> terraform::Limits {
    let limits = evaluation(said);
    match address_space() {
        Some(bytes) => in_room_of(bytes, limits),
        None => limits,
    }
}

fn in_room_of(bytes: u64, limits: terraform::Limits) -> terraform::Limits {
    /// The program, its threads and the sandbox.
    const OWN: u64 = 512 << 20;
    /// Measured: with a few arguments, from its evaluation to its judgement.
    const INSTANCE: u64 = 8 << 10;
    /// Measured: a short text with the places that it comes from.
    const VALUE: u64 = 1 << 10;
    let room = bytes.saturating_sub(OWN);
    let instances = usize::try_from(room / INSTANCE).unwrap_or(usize::MAX);
    terraform::Limits {
        instances: limits.instances.min(instances.max(1_000)),
        values: limits.values.min((room / VALUE).max(10_000)),
        ..limits
    }
}

#[cfg(unix)]
fn address_space() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::As).current
}

#[cfg(not(unix))]
fn address_space() -> Option<u64> {
    None
}

fn evaluation(said: &Limits) -> terraform::Limits {
    let own = terraform::Limits::default();
    let number = |said: &Option<Located<u64>>| Some(said.as_ref()?.value);
    let steps_in_all = number(&said.steps).unwrap_or(own.steps_in_all);
    terraform::Limits {
        instances_per_block: size(&said.instances_per_block).unwrap_or(own.instances_per_block),
        instances: size(&said.instances).unwrap_or(own.instances),
        module_depth: size(&said.module_depth).unwrap_or(own.module_depth),
        string: size(&said.string_kib).map_or(own.string, |kib| kib << 10),
        values: number(&said.values).unwrap_or(own.values),
        steps: (steps_in_all / ROOTS_WITHOUT_END).max(1),
        steps_in_all,
        ..own
    }
}

/// What a policy may use.
pub(super) fn of_policies(said: &Limits, own: &policy::Limits) -> policy::Limits {
    let number = |said: &Option<Located<u64>>| Some(said.as_ref()?.value);
    policy::Limits {
        wall_clock: number(&said.policy_seconds).map_or(own.wall_clock, Duration::from_secs),
        memory: size(&said.policy_memory_mib).map_or(own.memory, |mib| mib << 20),
        fuel: number(&said.policy_instructions).unwrap_or(own.fuel),
        verdicts: size(&said.policy_verdicts).unwrap_or(own.verdicts),
        ..own.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;
    use crate::source::Sources;

    #[test]
    fn what_is_not_said_stays() {
        let said = Limits::default();
        assert_eq!(evaluation(&said), terraform::Limits::default());
        let own = policy::Limits::default();
        assert_eq!(of_policies(&said, &own), own);
        let own = discover::Options::default();
        let files = of_files(&said, own.clone());
        assert_eq!(
            (files.max_file, files.max_recorded),
            (own.max_file, own.max_recorded)
        );
    }

    #[test]
    fn what_finds_no_room_is_above_the_limits() {
        let own = terraform::Limits::default();
        assert_eq!(in_room_of(1 << 40, own), own);
        let small = in_room_of(1 << 30, own);
        assert_eq!((small.instances, small.values), (1 << 16, 1 << 19));
        let tiny = in_room_of(0, own);
        assert_eq!((tiny.instances, tiny.values), (1_000, 10_000));
    }

    #[test]
    fn every_key_is_heeded() {
        let sources = Sources::new();
        let text = "[limits]\nfile-mib = 2\nrecorded-mib = 3\ninstances-per-block = 4\ninstances = 5\nmodule-depth = 6\n\
             string-kib = 7\nvalues = 8\nsteps = 320\npolicy-seconds = 9\npolicy-memory-mib = 10\npolicy-instructions = 11\n\
             policy-verdicts = 12\n";
        let (config, problems) = parse(sources.add("gardefou.toml", text), text);
        assert!(problems.is_empty(), "{problems:?}");
        let said = &config.limits;
        let files = of_files(said, discover::Options::default());
        assert_eq!((files.max_file, files.max_recorded), (2 << 20, 3 << 20));
        let evaluation = evaluation(said);
        let expected = terraform::Limits {
            instances_per_block: 4,
            instances: 5,
            module_depth: 6,
            string: 7 << 10,
            values: 8,
            steps: 20,
            steps_in_all: 320,
            ..terraform::Limits::default()
        };
        assert_eq!(evaluation, expected);
        let policies = of_policies(said, &policy::Limits::default());
        let expected = policy::Limits {
            wall_clock: Duration::from_secs(9),
            memory: 10 << 20,
            fuel: 11,
            verdicts: 12,
            ..policy::Limits::default()
        };
        assert_eq!(policies, expected);
        assert_eq!(
            text.lines().count() - 1,
            crate::config::keys::LIMITS.keys.len()
        );
    }
}
