//! Judging once what is alike.
//!
//! Resources of one block, of one module, of one template mostly differ by nothing but their names. While a rule judges a
//! resource, what it reads of it is noted; a resource of which the same reads give the same answers gets the same
//! judgement, with its own name in the messages, and the rule does not run again. A rule that looks at the id, the address
//! or the attributes of a resource is asked about each.
//!
//! Sound as long as a judgement depends on nothing but what it reads of the resource, and on what is the same for all:
//! that is what [`Rule`](crate::Rule) asks of a rule.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::num::NonZeroU32;

use crate::bindings::gardefou::policy::types::Outcome;
use crate::column::Groups;
use crate::{Direction, Fact, Judgement, Relation, Resource, Text, Verdict, short};

/// Stands where the name of the judged resource goes. No character, so no input has a reason to contain it; where one
/// does all the same, the first judgement shows it, and every resource is judged by itself.
const STAND_IN: &str = "\u{10FFFF}";

/// What can be read of a resource that others may have in common with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Reads {
    Fact(Fact),
    Related(Relation, Direction),
}

/// What is read of the resource that is being judged.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    reads: RefCell<Vec<Reads>>,
    /// Something was read that it has in common with nobody.
    identified: Cell<bool>,
    /// Its name is left open.
    unnamed: Cell<bool>,
}

impl Watched {
    /// A fact is read.
    pub(crate) fn note(&self, reads: Reads) {
        if !self.identified.get() {
            let mut noted = self.reads.borrow_mut();
            if !noted.contains(&reads) {
                noted.push(reads);
            }
        }
    }

    /// Something is read that no other resource has.
    pub(crate) fn identify(&self) {
        self.identified.set(true);
    }

    /// What to write instead of its name.
    pub(crate) fn stand_in(&self) -> Option<&'static str> {
        self.unnamed.get().then_some(STAND_IN)
    }

    /// What is read meanwhile, and whether the resource was told from all others after that.
    fn watch<T>(&self, judge: impl FnOnce() -> T) -> (T, Vec<Reads>, bool) {
        self.reads.take();
        self.identified.set(false);
        let judged = judge();
        (judged, self.reads.take(), self.identified.get())
    }

    fn unnamed<T>(&self, judge: impl FnOnce() -> T) -> T {
        self.unnamed.set(true);
        let judged = judge();
        self.unnamed.set(false);
        judged
    }
}

/// What one rule said so far, by what it read.
pub(crate) struct Memo<'a> {
    /// The first is where every resource starts.
    steps: Vec<Step<'a>>,
}

enum Step<'a> {
    /// Nobody came here yet.
    New,
    /// The rule reads something next.
    Reads(Fork<'a>),
    /// It has read enough.
    Says(Template),
    /// It looks at each resource by itself.
    Own,
}

/// Where what is read decides how it goes on.
struct Fork<'a> {
    reads: Reads,
    groups: &'a Groups,
    /// The next step of those alike, by the number that they have in common.
    near: Vec<Option<NonZeroU32>>,
    /// The same for numbers above `NEAR`.
    far: BTreeMap<u32, NonZeroU32>,
}

/// Numbers below this are looked up at once; bounded, since there can be as many forks as resources.
const NEAR: u32 = 256;

impl<'a> Fork<'a> {
    fn new(reads: Reads, groups: &'a Groups) -> Self {
        Self {
            reads,
            groups,
            near: Vec::new(),
            far: BTreeMap::new(),
        }
    }

    fn next(&self, group: u32) -> Option<NonZeroU32> {
        if group < NEAR {
            *self.near.get(group as usize)?
        } else {
            self.far.get(&group).copied()
        }
    }

    /// Leads on to a step, unless it leads to one already.
    fn or_to(&mut self, group: u32, new: NonZeroU32) -> NonZeroU32 {
        if group >= NEAR {
            return *self.far.entry(group).or_insert(new);
        }
        let at = group as usize;
        if self.near.len() <= at {
            self.near.resize(at + 1, None);
        }
        match self.near.get_mut(at) {
            Some(next) => *next.get_or_insert(new),
            None => new,
        }
    }
}

impl<'a> Memo<'a> {
    pub(crate) fn new() -> Self {
        Self {
            steps: vec![Step::New],
        }
    }

    /// What the rule says of a resource.
    pub(crate) fn judge(
        &mut self,
        resource: &Resource<'a>,
        judge: &dyn Fn(&Resource<'a>) -> Judgement,
    ) -> Judgement {
        let mut step = self.steps.first();
        loop {
            match step {
                Some(Step::Says(template)) => return template.of(resource),
                Some(Step::Own) => return judge(resource),
                Some(Step::Reads(fork)) => {
                    let Some(group) = fork.groups.shared(resource.number()) else {
                        return judge(resource);
                    };
                    let Some(found) = fork.next(group) else { break };
                    step = self.steps.get(found.get() as usize);
                }
                Some(Step::New) | None => break,
            }
        }
        self.learn(resource, judge)
    }

    fn learn(
        &mut self,
        resource: &Resource<'a>,
        judge: &dyn Fn(&Resource<'a>) -> Judgement,
    ) -> Judgement {
        let scan = resource.scan();
        let judged = resource.to_judge();
        let (judgement, reads, identified) = scan.watched().watch(|| judge(&judged));
        let ways: Option<Vec<Way<'a>>> = reads
            .into_iter()
            .map(|reads| {
                let groups = scan.groups(reads);
                let group = groups.shared(resource.number())?;
                Some(Way {
                    reads,
                    groups,
                    group,
                })
            })
            .collect();
        // Nobody else would come this way.
        let Some(ways) = ways else { return judgement };
        let says = if identified {
            Step::Own
        } else {
            let template = Template::new(scan.watched().unnamed(|| judge(&judged)));
            // The only proof that the name stands where the stand-in does, and nowhere else.
            if template.of(resource) == judgement {
                Step::Says(template)
            } else {
                Step::Own
            }
        };
        self.keep(&ways, says);
        judgement
    }

    /// Adds the way to an answer.
    fn keep(&mut self, ways: &[Way<'a>], says: Step<'a>) {
        let mut at = 0;
        for way in ways {
            let new = u32::try_from(self.steps.len())
                .ok()
                .and_then(NonZeroU32::new);
            let (Some(step), Some(new)) = (self.steps.get_mut(at), new) else {
                return;
            };
            if matches!(step, Step::New) {
                *step = Step::Reads(Fork::new(way.reads, way.groups));
            }
            let next = match step {
                Step::Reads(fork) if fork.reads == way.reads => fork.or_to(way.group, new),
                // Another order than before: nothing is kept of it.
                _ => return,
            };
            if next == new {
                self.steps.push(Step::New);
            }
            at = next.get() as usize;
        }
        if let Some(step @ Step::New) = self.steps.get_mut(at) {
            *step = says;
        }
    }
}

/// One thing that was read, and the others of whom it would be the same.
struct Way<'a> {
    reads: Reads,
    groups: &'a Groups,
    group: u32,
}

/// A judgement that leaves open of whom it speaks.
enum Template {
    /// It names nobody.
    Plain(Judgement),
    Verdicts(Vec<Said>),
}

struct Said {
    /// Without its texts.
    verdict: Verdict,
    message: [Pieces; 2],
    reason: Option<[Pieces; 2]>,
}

impl Template {
    fn new(judgement: Judgement) -> Self {
        match judgement {
            Judgement::Verdicts(verdicts) => {
                Self::Verdicts(verdicts.into_iter().map(Said::new).collect())
            }
            judgement => Self::Plain(judgement),
        }
    }

    fn of(&self, resource: &Resource<'_>) -> Judgement {
        match self {
            Self::Plain(judgement) => judgement.clone(),
            Self::Verdicts(all) => {
                let name = short(resource.written_address());
                Judgement::Verdicts(all.iter().map(|said| said.of(&name)).collect())
            }
        }
    }
}

impl Said {
    fn new(mut verdict: Verdict) -> Self {
        let message = Pieces::of(&verdict.message);
        let reason = match &verdict.outcome {
            Outcome::Undetermined(reason) => Some(Pieces::of(reason)),
            Outcome::Violation => None,
        };
        verdict.outcome = Outcome::Violation;
        verdict.message = Text {
            en: String::new(),
            fr: String::new(),
        };
        Self {
            verdict,
            message,
            reason,
        }
    }

    fn of(&self, name: &str) -> Verdict {
        Verdict {
            outcome: match &self.reason {
                Some(reason) => Outcome::Undetermined(Pieces::text(reason, name)),
                None => Outcome::Violation,
            },
            message: Pieces::text(&self.message, name),
            ..self.verdict.clone()
        }
    }
}

/// A text, and where the name goes in it.
struct Pieces {
    text: String,
    cuts: Vec<usize>,
}

impl Pieces {
    fn new(text: &str) -> Self {
        let mut pieces = Self {
            text: String::with_capacity(text.len()),
            cuts: Vec::new(),
        };
        for (at, piece) in text.split(STAND_IN).enumerate() {
            if at > 0 {
                pieces.cuts.push(pieces.text.len());
            }
            pieces.text.push_str(piece);
        }
        pieces
    }

    fn of(text: &Text) -> [Self; 2] {
        [Self::new(&text.en), Self::new(&text.fr)]
    }

    fn with(&self, name: &str) -> String {
        let mut text = String::with_capacity(self.text.len() + self.cuts.len() * name.len());
        let mut done = 0;
        for cut in &self.cuts {
            text.push_str(self.text.get(done..*cut).unwrap_or_default());
            text.push_str(name);
            done = *cut;
        }
        text.push_str(self.text.get(done..).unwrap_or_default());
        text
    }

    fn text([en, fr]: &[Self; 2], name: &str) -> Text {
        Text {
            en: en.with(name),
            fr: fr.with(name),
        }
    }
}

#[cfg(test)]
mod tests;
