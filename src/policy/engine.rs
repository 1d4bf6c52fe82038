//! All policies of a scan: loading them, and running them side by side.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};

use rayon::prelude::*;
use wasmtime::Strategy;

use super::alike::Sorts;
use super::cache::Cache;
use super::check::Asked;
use super::fault::Fault;
use super::load::{self, Policy, Run, TICK};
use super::lock::Lock;
use super::named::Named;
use super::{Evaluation, Judgement, Limits, Rule, Subject, compile, precompiled};
use crate::facts::EvidenceId;
use crate::graph::ResourceId;
use crate::problem::Problem;

/// The built-in policies and those of the user. A copy shares what was loaded.
#[derive(Clone)]
pub struct Engine {
    limits: Limits,
    /// Keeps what was compiled.
    cache: Option<Arc<Cache>>,
    /// Runs what was compiled when the binary was built.
    built_in: Option<wasmtime::Engine>,
    /// Compiles the policies of users: at once, for they are run once.
    quick: Option<wasmtime::Engine>,
    policies: Vec<Arc<Policy>>,
    /// In order of their ids.
    rules: Vec<Arc<Rule>>,
    /// What was wrong when loading.
    problems: Vec<Problem>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("rules", &self.rules.len())
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine without any policy.
    pub fn empty(limits: Limits) -> Self {
        Self {
            limits,
            cache: None,
            built_in: None,
            quick: None,
            policies: Vec::new(),
            rules: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// An engine with the policies that the binary carries. They are loaded when one of their rules is asked.
    pub fn builtin(limits: Limits) -> Self {
        let mut this = Self::empty(limits);
        let engine = match wasmtime::Engine::new(&compile::config(Strategy::Cranelift)) {
            Ok(engine) => engine,
            Err(error) => {
                this.problems
                    .push(Fault::Invalid(error.to_string()).problem("built-in", true));
                return this;
            }
        };
        for policy in precompiled::BUILT_IN {
            let policy = Policy::embedded(policy, &engine, &this.limits)
                .map_err(|fault| fault.problem(policy.name, true));
            if let Err(problem) = policy.and_then(|policy| this.add(policy)) {
                this.problems.push(problem);
            }
        }
        this.built_in = Some(engine);
        this
    }

    /// The same policies within other bounds.
    #[must_use]
    pub fn within(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Keeps what it compiles for the next run.
    #[must_use]
    pub fn with_cache(mut self, cache: Cache) -> Self {
        self.cache = Some(Arc::new(cache));
        self
    }

    /// Where it keeps what it compiles.
    pub fn cache(&self) -> Option<&Cache> {
        self.cache.as_deref()
    }

    /// Adds the policy of a user's file; `shown` is its path as people see it.
    ///
    /// # Errors
    /// When it cannot be read, is no component for this contract, or describes its rules wrongly. The engine stays usable.
    pub fn load(&mut self, path: &Path, shown: &str) -> Result<(), Problem> {
        let bytes = self.bytes(path, shown)?;
        self.load_bytes(&bytes, shown)
    }

    /// Adds a policy from its bytes; `shown` names it to people.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_bytes(&mut self, bytes: &[u8], shown: &str) -> Result<(), Problem> {
        let engine = self.quick(shown)?;
        // Describing itself is running code, too.
        let clock = Clock::start(vec![engine.clone()]);
        let policy = self.prepared(&engine, bytes, shown);
        drop(clock);
        self.add(policy?)
    }

    /// Adds the policies of a user's files, as far as they can be loaded and the lock allows them.
    pub(super) fn load_all(&mut self, named: &[Named], lock: Option<&Lock>) -> Vec<Problem> {
        if named.is_empty() {
            return Vec::new();
        }
        let engine = match self.quick("of the user") {
            Ok(engine) => engine,
            Err(problem) => return vec![problem],
        };
        let clock = Clock::start(vec![engine.clone()]);
        let load = |named: &Named| {
            let bytes = self.bytes(&named.path, &named.shown)?;
            if let Some(lock) = lock {
                lock.check(&named.path, &bytes, &named.shown, named.place)?;
            }
            self.prepared(&engine, &bytes, &named.shown)
        };
        let loaded: Vec<Result<Policy, Problem>> = named.par_iter().map(load).collect();
        drop(clock);
        let added = loaded
            .into_iter()
            .map(|policy| policy.and_then(|policy| self.add(policy)));
        added.filter_map(Result::err).collect()
    }

    /// A policy file, within bounds.
    pub(super) fn bytes(&self, path: &Path, shown: &str) -> Result<Vec<u8>, Problem> {
        load::read(path, &self.limits).map_err(|fault| fault.problem(shown, false))
    }

    fn prepared(
        &self,
        engine: &wasmtime::Engine,
        bytes: &[u8],
        shown: &str,
    ) -> Result<Policy, Problem> {
        load::compile(engine, bytes, self.cache.as_deref())
            .and_then(|component| Policy::of_user(engine, shown, &component, &self.limits))
            .map_err(|fault| fault.problem(shown, false))
    }

    /// The compiler for policies of users.
    fn quick(&mut self, shown: &str) -> Result<wasmtime::Engine, Problem> {
        if let Some(engine) = &self.quick {
            return Ok(engine.clone());
        }
        let engine = quick_engine()
            .map_err(|error| Fault::Invalid(error.to_string()).problem(shown, false))?;
        Ok(self.quick.insert(engine).clone())
    }

    /// Names of the policies whose code was loaded.
    #[cfg(test)]
    pub(super) fn loaded(&self) -> Vec<&str> {
        let loaded = self.policies.iter().filter(|policy| policy.is_loaded());
        loaded.map(|policy| &*policy.name).collect()
    }

    /// All rules in the order in which their policies describe them.
    #[cfg(test)]
    pub(super) fn described(&self) -> Vec<Arc<Rule>> {
        let rules = self.policies.iter().flat_map(|policy| &policy.rules);
        rules.cloned().collect()
    }

    /// The bounds of each policy.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    fn add(&mut self, policy: Policy) -> Result<(), Problem> {
        for rule in &policy.rules {
            if let Some(other) = self.rule(&rule.id) {
                let fault = Fault::SameRule {
                    rule: rule.id.clone(),
                    other: other.policy.to_string(),
                };
                return Err(fault.problem(&policy.name, policy.built_in));
            }
        }
        self.rules.extend(policy.rules.iter().cloned());
        self.rules.sort_by(|a, b| a.id.cmp(&b.id));
        self.policies.push(Arc::new(policy));
        Ok(())
    }

    /// Every rule, in order of its id.
    pub fn rules(&self) -> &[Arc<Rule>] {
        &self.rules
    }

    /// The rule of an id.
    pub fn rule(&self, id: &str) -> Option<&Arc<Rule>> {
        let at = self
            .rules
            .binary_search_by(|rule| rule.id.as_str().cmp(id))
            .ok()?;
        self.rules.get(at)
    }

    /// Asks every rule about every resource in its scope. The result depends on the subject and the policies alone.
    pub fn run(&self, subject: &Subject) -> Evaluation {
        let sorts = Sorts::of(subject);
        let scopes: Vec<Vec<Asked>> = self
            .policies
            .iter()
            .map(|policy| scopes(&policy.rules, subject, &sorts))
            .collect();
        let alike = Arc::default();
        let engines = self.built_in.iter().chain(&self.quick).cloned().collect();
        let clock = Clock::start(engines);
        // One policy at a time for each thread: they differ in length, and the longest should not start last.
        let mut order: Vec<usize> = (0..self.policies.len()).collect();
        order.sort_by_key(|at| std::cmp::Reverse(scopes.get(*at).map_or(0, |asked| pairs(asked))));
        let run = |at: usize| {
            let (policy, scopes) = (self.policies.get(at)?, scopes.get(at)?);
            // What nothing can match is never called, nor even loaded.
            let asked: Vec<Asked> = scopes
                .iter()
                .filter(|(_, scope)| !scope.is_empty())
                .cloned()
                .collect();
            Some((at, policy.evaluate(subject, &alike, &asked, &self.limits)))
        };
        let runs = order.into_par_iter().with_max_len(1).filter_map(run);
        let mut runs: Vec<(usize, Result<Run, Fault>)> = runs.collect();
        runs.sort_by_key(|(at, _)| *at);
        drop(clock);
        let mut evaluation = Evaluation {
            problems: self.problems.clone(),
            ..Evaluation::default()
        };
        for ((policy, scopes), (_, run)) in self.policies.iter().zip(&scopes).zip(runs) {
            match run {
                Ok(run) => merge(
                    &mut evaluation,
                    policy,
                    scopes,
                    run,
                    subject.facts.evidence_count(),
                ),
                Err(fault) => evaluation
                    .problems
                    .push(fault.problem(&policy.name, policy.built_in)),
            }
        }
        evaluation
            .judgements
            .sort_by(|a, b| a.rule.id.cmp(&b.rule.id));
        evaluation
    }
}

/// How many questions this is.
fn pairs(asked: &[Asked]) -> usize {
    asked.iter().map(|(_, scope)| scope.len()).sum()
}

/// Winch compiles in a quarter of the time, where it exists.
fn quick_engine() -> wasmtime::Result<wasmtime::Engine> {
    let winch = cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));
    let strategy = if winch {
        Strategy::Winch
    } else {
        Strategy::Cranelift
    };
    wasmtime::Engine::new(&compile::config(strategy))
}

/// The scope of every rule that is on, in ascending order of the resources.
fn scopes(rules: &[Arc<Rule>], subject: &Subject, sorts: &Sorts<'_>) -> Vec<Asked> {
    let on = rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| !subject.is_off(&rule.id));
    on.map(|(at, rule)| (at as u32, sorts.scope(rule)))
        .collect()
}

impl Rule {
    /// Is the rule asked of resources of this kind and these classes?
    pub fn asks(&self, kind: &str, classes: crate::catalog::ClassSet) -> bool {
        let everything = self.kinds.is_empty() && self.classes.is_empty();
        everything
            || self.classes.intersects(classes)
            || self
                .kinds
                .iter()
                .any(|asked| match asked.strip_suffix('*') {
                    Some(family) => kind.starts_with(family),
                    None => kind == asked,
                })
    }
}

/// Adds the answers of a policy; its evidence goes behind that of the policies before it.
fn merge(
    evaluation: &mut Evaluation,
    policy: &Policy,
    scopes: &[Asked],
    run: Run,
    of_facts: usize,
) {
    let shift = evaluation.evidence.len() as u32;
    let mut answers = run.answers.into_iter();
    for (rule, scope) in scopes {
        let Some(rule) = policy.rules.get(*rule as usize) else {
            continue;
        };
        let mut judgement = Judgement {
            rule: Arc::clone(rule),
            passed: Vec::new(),
            not_applicable: Vec::new(),
            verdicts: Vec::new(),
        };
        if !scope.is_empty()
            && let Some(answered) = answers.next()
        {
            judgement.passed = answered.passed;
            judgement.not_applicable = answered.not_applicable;
            judgement.verdicts = answered.verdicts;
            for id in judgement
                .verdicts
                .iter_mut()
                .flat_map(|verdict| &mut verdict.evidence)
            {
                if id.0 as usize >= of_facts {
                    *id = EvidenceId(id.0 + shift);
                }
            }
        }
        evaluation.judgements.push(judgement);
    }
    evaluation.evidence.extend(run.evidence);
}

impl Judgement {
    /// How many resources the rule was asked about.
    pub fn scope(&self) -> usize {
        let mut judged: Vec<ResourceId> = self.verdicts.iter().map(|verdict| verdict.on).collect();
        judged.dedup();
        self.passed.len() + self.not_applicable.len() + judged.len()
    }
}

/// Ticks while policies run, so that none outlives its time on the clock.
struct Clock {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Clock {
    fn start(engines: Vec<wasmtime::Engine>) -> Self {
        let (stop, stopped) = mpsc::channel::<()>();
        let tick = move || {
            while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                engines.iter().for_each(wasmtime::Engine::increment_epoch);
            }
        };
        // Without a thread fuel alone bounds the run: it ends all the same.
        let thread = std::thread::Builder::new()
            .name("policy clock".to_owned())
            .spawn(tick)
            .ok();
        Self {
            stop: Some(stop),
            thread,
        }
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        // Closing the channel ends the thread at once.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
    }
}
