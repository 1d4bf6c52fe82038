//! From bytes to a policy that can run: what is refused is refused here, by name, before any of its code runs.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{Store, Trap};

use super::alike::Alike;
use super::cache::{self, Cache};
use super::check::{self, Answered, Asked};
use super::contract::{self, CONTRACT, PolicyPre, types};
use super::fault::Fault;
use super::host::{Host, Refusal};
use super::precompiled::{BuiltIn, Native, native};
use super::{Limits, Rule, Subject};
use crate::discover;
use crate::facts::Evidence;

/// One policy: its rules are known, its code may still have to be loaded.
pub(super) struct Policy {
    /// Family, or the path of the file.
    pub(super) name: Arc<str>,
    pub(super) built_in: bool,
    pub(super) rules: Vec<Arc<Rule>>,
    code: Code,
}

/// What runs.
enum Code {
    Ready(Program),
    /// Loaded when one of its rules is asked for the first time.
    Embedded {
        policy: &'static BuiltIn,
        engine: wasmtime::Engine,
        program: OnceLock<Result<Program, Fault>>,
    },
}

/// A linked component.
struct Program {
    engine: wasmtime::Engine,
    pre: PolicyPre<Host>,
}

/// The answers of a policy in the order asked, and the evidence that it asked for.
pub(super) struct Run {
    pub(super) answers: Vec<Answered>,
    pub(super) evidence: Vec<Evidence>,
}

/// Time between two ticks of the clock that bounds a run.
pub(super) const TICK: std::time::Duration = std::time::Duration::from_millis(10);

/// Reads a policy file, within bounds.
pub(super) fn read(path: &Path, limits: &Limits) -> Result<Vec<u8>, Fault> {
    let bytes = discover::bytes(path, limits.file).map_err(Fault::Unreadable)?;
    if bytes.len() as u64 > limits.file {
        return Err(Fault::TooLarge(limits.file));
    }
    Ok(bytes)
}

/// Compiles a policy of a user, or takes what is left of the last time.
pub(super) fn compile(
    engine: &wasmtime::Engine,
    bytes: &[u8],
    cache: Option<&Cache>,
) -> Result<Component, Fault> {
    match bytes {
        [0, b'a', b's', b'm', 1, 0, 0, 0, ..] => return Err(Fault::CoreModule),
        // Thirteen and upwards: the versions of the component model.
        [0, b'a', b's', b'm', _, 0, 1, 0, ..] => {}
        _ if wasmtime::Engine::detect_precompiled(bytes).is_some() => {
            return Err(Fault::Precompiled);
        }
        _ => return Err(Fault::NoWasm),
    }
    let hash = cache::hash(bytes);
    let kept = cache.and_then(|cache| cache.find(engine, &hash));
    let kept = kept.and_then(|kept| native(engine, Native::Kept(&kept)).ok());
    if let Some(component) = kept {
        return Ok(component);
    }
    // Only from the portable form: what is compiled already is native code, and is never taken from a file.
    let component = Component::from_binary(engine, bytes)
        .map_err(|error| Fault::Invalid(first_line(&error)))?;
    if let Some(cache) = cache {
        cache.keep(engine, &hash, &component);
    }
    Ok(component)
}

impl Policy {
    /// A policy that the binary carries, not loaded.
    pub(super) fn embedded(
        policy: &'static BuiltIn,
        engine: &wasmtime::Engine,
        limits: &Limits,
    ) -> Result<Self, Fault> {
        let code = Code::Embedded {
            policy,
            engine: engine.clone(),
            program: OnceLock::new(),
        };
        let mut this = Self {
            name: policy.name.into(),
            built_in: true,
            rules: Vec::new(),
            code,
        };
        this.rules = match policy.rules() {
            Some(rules) => rules,
            None => check::rules(&this.name, this.program()?.describe(limits)?, limits)?,
        };
        Ok(this)
    }

    /// A policy of a user: checks imports and exports, and asks it for its rules.
    pub(super) fn of_user(
        engine: &wasmtime::Engine,
        name: &str,
        component: &Component,
        limits: &Limits,
    ) -> Result<Self, Fault> {
        let program = Program::link(engine, component)?;
        let name: Arc<str> = name.into();
        Ok(Self {
            built_in: false,
            rules: check::rules(&name, program.describe(limits)?, limits)?,
            name,
            code: Code::Ready(program),
        })
    }

    /// Has its code been loaded?
    #[cfg(test)]
    pub(super) fn is_loaded(&self) -> bool {
        match &self.code {
            Code::Ready(_) => true,
            Code::Embedded { program, .. } => program.get().is_some(),
        }
    }

    fn program(&self) -> Result<&Program, Fault> {
        match &self.code {
            Code::Ready(program) => Ok(program),
            Code::Embedded {
                policy,
                engine,
                program,
            } => {
                let load = || {
                    let component = policy.load(engine);
                    let component = component.map_err(|error| Fault::Invalid(error.to_string()))?;
                    Program::link(engine, &component)
                };
                program.get_or_init(load).as_ref().map_err(Fault::clone)
            }
        }
    }

    /// Asks the policy about these resources.
    pub(super) fn evaluate(
        &self,
        subject: &Subject,
        alike: &Arc<Alike>,
        asked: &[Asked],
        limits: &Limits,
    ) -> Result<Run, Fault> {
        if asked.is_empty() {
            return Ok(Run {
                answers: Vec::new(),
                evidence: Vec::new(),
            });
        }
        let limits = &limits.for_pairs(asked.iter().map(|(_, scope)| scope.len()).sum());
        let host = Host::new(
            Some(subject.clone()),
            Arc::clone(alike),
            &self.rules,
            limits,
        );
        let (answers, host) = self.program()?.call(host, limits, |policy, store| {
            policy.call_evaluate(store, asked)
        })?;
        let answers =
            answers.map_err(|error| Fault::Reported(error.chars().take(500).collect()))?;
        let graph = &subject.graph;
        let answers = check::answers(
            asked,
            answers,
            &self.rules,
            graph,
            host.evidence_count(),
            limits,
        )?;
        Ok(Run {
            answers,
            evidence: host.into_evidence(),
        })
    }
}

impl Program {
    /// Checks imports and exports, and resolves them.
    fn link(engine: &wasmtime::Engine, component: &Component) -> Result<Self, Fault> {
        let newer_patch = imports(engine, component)?;
        exports(engine, component)?;
        let mut linker: Linker<Host> = Linker::new(engine);
        let misfit = |error: wasmtime::Error| match &newer_patch {
            Some(version) => Fault::TooNew(version.clone()),
            None => Fault::WrongShape(first_line(&error)),
        };
        contract::Policy::add_to_linker::<_, HasSelf<_>>(&mut linker, |host| host)
            .map_err(misfit)?;
        let pre = linker
            .instantiate_pre(component)
            .and_then(PolicyPre::new)
            .map_err(misfit)?;
        Ok(Self {
            engine: engine.clone(),
            pre,
        })
    }

    fn describe(&self, limits: &Limits) -> Result<Vec<types::Rule>, Fault> {
        let host = Host::new(None, Arc::default(), &[], limits);
        let described = self.call(host, limits, |policy, store| policy.call_describe(store))?;
        Ok(described.0)
    }

    /// Calls an export in a fresh store: what one call did is gone before the next.
    fn call<T>(
        &self,
        host: Host,
        limits: &Limits,
        call: impl FnOnce(&contract::Policy, &mut Store<Host>) -> wasmtime::Result<T>,
    ) -> Result<(T, Host), Fault> {
        let mut store = Store::new(&self.engine, host);
        store.limiter(|host| host.limiter());
        store.set_hostcall_fuel(limits.handed);
        let ticks = limits.wall_clock.as_nanos().div_ceil(TICK.as_nanos());
        store.set_epoch_deadline(u64::try_from(ticks).unwrap_or(u64::MAX >> 1));
        let result = store
            .set_fuel(limits.fuel)
            .and_then(|()| self.pre.instantiate(&mut store))
            .and_then(|policy| call(&policy, &mut store));
        match result {
            Ok(value) => Ok((value, store.into_data())),
            Err(error) => Err(why(&error, store.data_mut(), limits)),
        }
    }
}

/// Why a run ended early.
fn why(error: &wasmtime::Error, host: &mut Host, limits: &Limits) -> Fault {
    if let Some(what) = host.limiter().exceeded.take() {
        return Fault::Memory(what);
    }
    if let Some(Refusal(why)) = error.downcast_ref() {
        return Fault::Refused(why.clone());
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Fault::Fuel(limits.fuel),
        Some(Trap::Interrupt) => Fault::Clock(limits.wall_clock),
        Some(trap) => Fault::Trap(
            trap.to_string()
                .trim_start_matches("wasm trap: ")
                .to_owned(),
        ),
        None => match first_line(error) {
            // The type of this error is the runtime's own secret.
            why if why.ends_with(HANDED) => Fault::Handed(limits.handed),
            why => Fault::Trap(why),
        },
    }
}

/// How the runtime says that a policy hands over more than it may.
const HANDED: &str = "fuel allocated for hostcalls has been exhausted";

fn first_line(error: &wasmtime::Error) -> String {
    let text = error.root_cause().to_string();
    text.lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(300)
        .collect()
}

/// Checks that nothing is imported but the contract; answers the version when it is a later patch of ours.
fn imports(engine: &wasmtime::Engine, component: &Component) -> Result<Option<String>, Fault> {
    let mut newer_patch = None;
    let (package, ours) = CONTRACT.split_once('@').unwrap_or((CONTRACT, ""));
    let mut names: Vec<String> = component
        .component_type()
        .imports(engine)
        .map(|(name, _)| name.to_owned())
        .collect();
    // WASI first: it is what authors meet.
    names.sort_by_key(|name| !name.starts_with("wasi:"));
    for name in names {
        let (interface, version) = name.split_once('@').unwrap_or((&name, ""));
        if interface.starts_with("wasi:") {
            return Err(Fault::Wasi(name));
        }
        let known = ["types", "graph", "settings"].iter().any(|known| {
            interface
                .strip_prefix(package)
                .and_then(|rest| rest.strip_prefix('/'))
                == Some(*known)
        });
        if !known {
            return Err(Fault::ForeignImport(name));
        }
        let (Some(theirs), Some(ours)) = (numbers(version), numbers(ours)) else {
            return Err(Fault::ForeignImport(name));
        };
        if theirs[..2] > ours[..2] {
            return Err(Fault::TooNew(format!("{package}@{version}")));
        }
        if theirs[..2] < ours[..2] {
            return Err(Fault::TooOld(format!("{package}@{version}")));
        }
        if theirs > ours {
            newer_patch = Some(format!("{package}@{version}"));
        }
    }
    Ok(newer_patch)
}

/// `1.2.3` as numbers.
fn numbers(version: &str) -> Option<[u64; 3]> {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

fn exports(engine: &wasmtime::Engine, component: &Component) -> Result<(), Fault> {
    for wanted in ["describe", "evaluate"] {
        let found = component
            .component_type()
            .exports(engine)
            .any(|(name, item)| {
                name == wanted && matches!(item.ty, ComponentItem::ComponentFunc(_))
            });
        if !found {
            return Err(Fault::MissingExport(wanted));
        }
    }
    Ok(())
}
