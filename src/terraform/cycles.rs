//! Circles of references, found in the code as written: also where no value goes around, since Terraform makes no plan
//! of them either.
//!
//! Each module is looked at once. What a call passes through a module is summed up by which variables each output
//! depends on, so that the work grows with the code and not with how often it is called.

mod groups;

use hashbrown::{HashMap, HashSet};
use std::collections::BTreeMap;
use std::fmt;

use groups::Search;

use super::index::{Block, Body, Expr};
use super::module::{CallDef, Module, ResourceDef};
use super::references::{self, Target};
use super::{Mode, paths};
use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, Span};
use crate::syntax::hcl::{self, Step};
use crate::text::{Text, text};

/// All circles of a scan.
#[derive(Debug, Default)]
pub(super) struct Cycles {
    /// With the folder of the module.
    pub(super) problems: Vec<(String, Problem)>,
    /// Headers of all that is part of one: the evaluation need not say it again.
    pub(super) members: HashSet<Place>,
}

/// So many members of a circle are shown.
const SHOWN: usize = 8;

/// The problem of a circle: its members in order, the first one only once.
pub(super) fn problem(members: &[(Place, impl AsRef<str>)]) -> Option<Problem> {
    let (first, name) = members.first()?;
    let mut names: Vec<&str> = members.iter().map(|(_, name)| name.as_ref()).collect();
    names.push(name.as_ref());
    if names.len() > SHOWN {
        names.truncate(SHOWN);
        names.push("...");
    }
    let mut problem = Problem::error(
        ProblemCode::Cycle,
        text!(
            "a circle of references: {}",
            "un cercle de références : {}",
            names.join(" -> ")
        ),
    )
    .at(*first)
    .help(Text::new(
        "let one of them not depend on the others",
        "faites que l’un d’eux ne dépende pas des autres",
    ));
    for (member, name) in members.iter().skip(1).take(SHOWN) {
        let name = name.as_ref();
        problem = problem.related(
            *member,
            text!("{name} is part of it", "{name} en fait partie"),
        );
    }
    Some(problem)
}

/// Looks through all modules.
pub(super) fn find(modules: &BTreeMap<String, Module>) -> Cycles {
    let mut found = Cycles::default();
    let mut summaries: HashMap<&str, Summary> = HashMap::new();
    for folder in callees_first(modules) {
        let Some(module) = modules.get(folder) else {
            continue;
        };
        let graph = Graph::of(module, modules, &summaries);
        for circle in graph.circles() {
            found.members.extend(circle.members);
            let shown: Vec<(Place, String)> = circle
                .path
                .iter()
                .filter_map(|node| graph.nodes.get(*node))
                .map(|node| (node.place(), node.to_string()))
                .collect();
            let told = problem(&shown).map(|problem| (folder.to_owned(), problem));
            found.problems.extend(told);
        }
        if let Some(summary) = graph.summary(module) {
            summaries.insert(folder, summary);
        }
    }
    found
}

/// The local module that a call names.
fn callee<'m>(
    module: &Module,
    call: &CallDef,
    modules: &'m BTreeMap<String, Module>,
) -> Option<(&'m str, &'m Module)> {
    let source = call.source.as_deref()?;
    if !paths::is_local(source) {
        return None;
    }
    let folder = paths::join(&module.folder, source)?;
    let (folder, module) = modules.get_key_value(&folder)?;
    Some((folder, module))
}

/// All folders, each after those it calls; of modules that call one another in a circle, in some fixed order.
fn callees_first(modules: &BTreeMap<String, Module>) -> Vec<&str> {
    let mut order = Vec::with_capacity(modules.len());
    let mut seen: HashSet<&str> = HashSet::new();
    for folder in modules.keys() {
        let mut open = vec![(folder.as_str(), false)];
        while let Some((folder, done)) = open.pop() {
            if done {
                order.push(folder);
            } else if seen.insert(folder) {
                open.push((folder, true));
                if let Some(module) = modules.get(folder) {
                    let callees = module.calls.all.iter();
                    let callees = callees.filter_map(|call| callee(module, call, modules));
                    open.extend(callees.map(|(at, _)| (at, false)));
                }
            }
        }
    }
    order
}

/// What a module passes through.
struct Summary {
    /// For each output, and for each variable: the variables it depends on, by position.
    outputs: Vec<Vec<usize>>,
    variables: Vec<Vec<usize>>,
}

/// What a call stands for: its instances, all that is in them, each argument and each output.
struct Call<'m> {
    instances: usize,
    all: usize,
    arguments: usize,
    outputs: usize,
    module: Option<&'m Module>,
}

/// Something that may depend on something.
enum Node<'m> {
    Variable(&'m Block, &'m str),
    Local(Place, &'m str),
    Output(&'m Block),
    Resource(&'m ResourceDef),
    Call(&'m CallDef),
    /// With the name of the variable.
    Argument(&'m CallDef, &'m str),
    /// With the block of the output.
    Given(&'m CallDef, &'m Block),
}

impl Node<'_> {
    fn place(&self) -> Place {
        match self {
            Self::Variable(block, _) | Self::Output(block) => block.header,
            Self::Local(place, _) => *place,
            Self::Resource(def) => def.block.header,
            Self::Call(call) | Self::Argument(call, _) | Self::Given(call, _) => call.block.header,
        }
    }
}

/// As a circle shows it.
impl fmt::Display for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(_, name) => write!(f, "var.{name}"),
            Self::Local(_, name) => write!(f, "local.{name}"),
            Self::Output(block) => write!(f, "output.{}", block.label(0)),
            Self::Resource(def) => f.write_str(&def.local_address()),
            Self::Call(call) => write!(f, "module.{}", call.name),
            Self::Argument(call, name) => write!(f, "module.{} (argument {name})", call.name),
            Self::Given(call, output) => write!(f, "module.{}.{}", call.name, output.label(0)),
        }
    }
}

/// What depends on what in one module. Nodes are variables, locals, outputs, resources, and what each call stands for.
struct Graph<'m> {
    nodes: Vec<Node<'m>>,
    edges: Vec<Vec<usize>>,
    /// Further places of a node, in the module that is called.
    inner: HashMap<usize, Place>,
    outputs: usize,
}

struct Circle {
    path: Vec<usize>,
    members: Vec<Place>,
}

impl<'m> Graph<'m> {
    fn of(
        module: &'m Module,
        modules: &'m BTreeMap<String, Module>,
        summaries: &HashMap<&str, Summary>,
    ) -> Self {
        let mut graph = Self {
            nodes: Vec::new(),
            edges: Vec::new(),
            inner: HashMap::new(),
            outputs: module.variables.all.len() + module.locals.all.len(),
        };
        for def in &module.variables.all {
            graph.node(Node::Variable(&def.block, &def.name));
        }
        for def in &module.locals.all {
            graph.node(Node::Local(def.name_place, &def.name));
        }
        for def in &module.outputs.all {
            graph.node(Node::Output(def));
        }
        for def in &module.resources {
            graph.node(Node::Resource(def));
        }
        let calls: Vec<Call<'_>> = module
            .calls
            .all
            .iter()
            .map(|call| graph.call(module, call, modules, summaries))
            .collect();
        Edges {
            graph: &mut graph,
            module,
            calls: &calls,
        }
        .add();
        graph
    }

    fn node(&mut self, node: Node<'m>) -> usize {
        self.nodes.push(node);
        self.edges.push(Vec::new());
        self.nodes.len() - 1
    }

    fn edge(&mut self, from: usize, to: usize) {
        if let Some(edges) = self.edges.get_mut(from) {
            edges.push(to);
        }
    }

    fn call(
        &mut self,
        module: &Module,
        call: &'m CallDef,
        modules: &'m BTreeMap<String, Module>,
        summaries: &HashMap<&str, Summary>,
    ) -> Call<'m> {
        let instances = self.node(Node::Call(call));
        let all = self.node(Node::Call(call));
        self.edge(all, instances);
        let callee = callee(module, call, modules);
        let arguments = self.nodes.len();
        let outputs = arguments + callee.map_or(0, |(_, callee)| callee.variables.all.len());
        let Some((folder, callee)) = callee else {
            return Call {
                instances,
                all,
                arguments,
                outputs,
                module: None,
            };
        };
        for def in &callee.variables.all {
            let node = self.node(Node::Argument(call, &def.name));
            self.inner.insert(node, def.block.header);
            self.edge(node, instances);
            self.edge(all, node);
        }
        for def in &callee.outputs.all {
            let node = self.node(Node::Given(call, def));
            self.inner.insert(node, def.header);
            self.edge(node, instances);
            self.edge(all, node);
        }
        if let Some(summary) = summaries.get(folder) {
            for (from, variables) in summary.variables.iter().enumerate() {
                for variable in variables {
                    self.edge(arguments + from, arguments + variable);
                }
            }
            for (from, variables) in summary.outputs.iter().enumerate() {
                for variable in variables {
                    self.edge(outputs + from, arguments + variable);
                }
            }
        }
        Call {
            instances,
            all,
            arguments,
            outputs,
            module: Some(callee),
        }
    }

    /// Which variables each output and each variable depends on; none when it would take too long to find out.
    fn summary(&self, module: &Module) -> Option<Summary> {
        let variables = module.variables.all.len();
        let mut left = MAX_STEPS;
        let mut reached_from = |start: usize| -> Option<Vec<usize>> {
            if self.edges.get(start).is_none_or(Vec::is_empty) {
                return Some(Vec::new());
            }
            let mut seen = HashSet::new();
            seen.insert(start);
            let mut open = vec![start];
            while let Some(node) = open.pop() {
                for next in self.edges.get(node).into_iter().flatten() {
                    left = left.checked_sub(1)?;
                    if seen.insert(*next) {
                        open.push(*next);
                    }
                }
            }
            let mut reached: Vec<usize> = seen
                .into_iter()
                .filter(|node| *node < variables && *node != start)
                .collect();
            reached.sort_unstable();
            Some(reached)
        };
        let outputs = self.outputs..self.outputs + module.outputs.all.len();
        Some(Summary {
            outputs: outputs.map(&mut reached_from).collect::<Option<_>>()?,
            variables: (0..variables)
                .map(&mut reached_from)
                .collect::<Option<_>>()?,
        })
    }

    /// One circle of each group of nodes that all depend on one another.
    fn circles(&self) -> Vec<Circle> {
        let mut circles = Vec::new();
        for group in self.groups() {
            let within: HashSet<usize> = group.iter().copied().collect();
            // It is told from the member that is written first.
            let start = group.iter().copied().min_by_key(|node| {
                let start = self.nodes.get(*node).map(|node| node.place().span.start);
                (start, *node)
            });
            let Some(start) = start else {
                continue;
            };
            let Some(path) = self.way_back(start, &within) else {
                continue;
            };
            let own = group.iter().filter_map(|node| self.nodes.get(*node));
            let inner = group.iter().filter_map(|node| self.inner.get(node));
            let members = own.map(Node::place).chain(inner.copied()).collect();
            circles.push(Circle { path, members });
        }
        circles.sort_by(|a, b| a.path.cmp(&b.path));
        circles
    }

    /// The shortest way from a node to itself.
    fn way_back(&self, start: usize, within: &HashSet<usize>) -> Option<Vec<usize>> {
        let mut from: HashMap<usize, usize> = HashMap::new();
        let mut open = std::collections::VecDeque::from([start]);
        while let Some(node) = open.pop_front() {
            for next in self.edges.get(node).into_iter().flatten() {
                if *next == start {
                    let mut path = vec![node];
                    while let Some(before) = path.last().filter(|node| **node != start) {
                        path.push(*from.get(before)?);
                    }
                    path.reverse();
                    return Some(path);
                }
                if within.contains(next) && !from.contains_key(next) {
                    from.insert(*next, node);
                    open.push_back(*next);
                }
            }
        }
        None
    }

    /// Groups of nodes that all depend on one another (Tarjan's algorithm, without recursion), alone ones left out but
    /// for those that depend on themselves.
    fn groups(&self) -> Vec<Vec<usize>> {
        let mut search = Search::among(self.edges.len());
        for root in 0..self.edges.len() {
            let mut work = vec![(root, 0)];
            while let Some((node, at)) = work.pop() {
                let edges = self.edges.get(node).map_or(&[][..], Vec::as_slice);
                if at == 0 {
                    if !search.enter(node) {
                        continue;
                    }
                } else if let Some(done) = edges.get(at - 1) {
                    search.lower(node, search.low(*done));
                }
                let mut deeper = None;
                for (position, next) in edges.iter().enumerate().skip(at) {
                    match search.met(*next) {
                        None => {
                            deeper = Some((position, *next));
                            break;
                        }
                        Some(met) if met.open => search.lower(node, met.index),
                        Some(_) => {}
                    }
                }
                match deeper {
                    Some((position, next)) => work.extend([(node, position + 1), (next, 0)]),
                    None => search.close(node, edges.contains(&node)),
                }
            }
        }
        search.groups
    }
}

/// So many edges are followed to sum a module up.
const MAX_STEPS: usize = 4 << 20;

/// Adds what the code says to a graph.
struct Edges<'g, 'm> {
    graph: &'g mut Graph<'m>,
    module: &'m Module,
    calls: &'g [Call<'m>],
}

impl Edges<'_, '_> {
    fn add(&mut self) {
        let module = self.module;
        let mut node = 0;
        for def in &module.variables.all {
            for rule in def.block.body.blocks_of("validation") {
                self.body(node, &rule.body);
            }
            node += 1;
        }
        for def in &module.locals.all {
            self.expr(node, &def.expr);
            node += 1;
        }
        for def in &module.outputs.all {
            self.body(node, &def.body);
            self.listed(node, &def.body, "depends_on");
            node += 1;
        }
        for def in &module.resources {
            self.body(node, &def.block.body);
            self.listed(node, &def.block.body, "depends_on");
            for lifecycle in def.block.body.blocks_of("lifecycle") {
                self.listed(node, &lifecycle.body, "replace_triggered_by");
            }
            node += 1;
        }
        for (def, call) in module.calls.all.iter().zip(self.calls) {
            let body = &def.block.body;
            self.listed(call.instances, body, "depends_on");
            for attribute in &body.attributes {
                let variable = call.module.and_then(|m| m.variables.get(&attribute.name));
                match (&*attribute.name, variable) {
                    ("count" | "for_each", _) => self.expr(call.instances, &attribute.expr),
                    (_, Some((at, _))) => self.expr(call.arguments + at, &attribute.expr),
                    _ => {}
                }
            }
        }
    }

    fn body(&mut self, from: usize, body: &Body) {
        references::of_body(body, &mut |file, name, steps| {
            self.reference(from, file, name, steps);
        });
    }

    fn expr(&mut self, from: usize, expr: &Expr) {
        references::of_expr(expr, &mut |file, name, steps| {
            self.reference(from, file, name, steps);
        });
    }

    fn listed(&mut self, from: usize, body: &Body, argument: &str) {
        let Some(expr) = body.expr(argument) else {
            return;
        };
        for (file, id) in references::written(expr) {
            if let Some((name, steps)) = references::plain(&file, id) {
                self.reference(from, &file, name, steps);
            }
        }
    }

    fn reference(&mut self, from: usize, file: &hcl::File, name: Span, steps: &[Step]) {
        let module = self.module;
        let variables = module.variables.all.len();
        let resources = self.graph.outputs + module.outputs.all.len();
        let to = match references::target(file, name, steps).0 {
            Target::Variable(name) => module.variables.get(name).map(|(at, _)| at),
            Target::Local(name) => module.locals.get(name).map(|(at, _)| variables + at),
            Target::Resource(mode, kind, name) => {
                self.resource(mode, kind, name).map(|at| resources + at)
            }
            Target::Module(name, output) => {
                let call = module
                    .calls
                    .get(name)
                    .and_then(|(at, _)| self.calls.get(at));
                call.map(|call| {
                    let outputs = call.module.map(|callee| &callee.outputs);
                    let output = output.and_then(|name| outputs?.get(name));
                    match output {
                        Some((at, _)) => call.outputs + at,
                        // The whole of it, be it for one output of all instances, is all that is in it.
                        None => call.all,
                    }
                })
            }
            Target::Other => None,
        };
        // A resource that names itself, or a condition of a variable, is looked at elsewhere.
        if let Some(to) = to
            && (to != from || (variables..self.graph.outputs).contains(&from))
        {
            self.graph.edge(from, to);
        }
    }

    fn resource(&self, mode: Mode, kind: &str, name: &str) -> Option<usize> {
        self.module.resource(mode, kind, name).map(|(at, _)| at)
    }
}
