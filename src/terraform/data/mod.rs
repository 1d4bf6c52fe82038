//! What data sources answer without a call, so that code that goes through them stays known.
//!
//! Most answers are said by a table of the catalogue ([`table`]): an argument, a part of the provider block, a text made
//! of both. What has to be computed is a file here. Everything else stays unknown: only the provider can tell.

mod arn;
mod files;
mod policy;
mod table;
mod tags;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use super::Mode;
use super::eval::{Evaluator, Fault, Outcome, Spot};
use super::module::ResourceDef;
use super::scope::{Instance, Scope, through};
use crate::source::Place;
use crate::text::{Text, text};
use crate::value::{Because, Marks, Origin, Path, Step, Type, Value};

/// One question: an attribute of one instance of a data source, or of a resource.
struct Asked<'e, 'a> {
    evaluator: &'e Evaluator<'a>,
    spot: Spot,
    instance: &'e Rc<Instance<'a>>,
    def: &'e ResourceDef,
    /// Where the question stands.
    at: Place,
}

impl<'a> Evaluator<'a> {
    /// What is known of an attribute beyond the arguments; none when there is nothing to add to these.
    pub(super) fn answer(
        &self,
        spot: Spot,
        instance: &Rc<Instance<'a>>,
        def: &ResourceDef,
        name: &str,
        at: Place,
    ) -> Result<Option<Value>, Fault> {
        let asked = Asked {
            evaluator: self,
            spot,
            instance,
            def,
            at,
        };
        match (def.mode, &*def.kind, name) {
            (Mode::Managed, ..) => tags::merged(&asked, name),
            (_, "aws_iam_policy_document", "json" | "minified_json") => {
                asked.once(name, |asked| policy::answer(asked, name == "json"))
            }
            (_, "aws_arn", _) => arn::answer(&asked, name),
            (_, "template_file", "rendered") => asked.once(name, files::template),
            (_, "local_file" | "local_sensitive_file", _) if files::answers(name) => {
                asked.once(name, |asked| files::local(asked, name))
            }
            (_, "null_data_source", "outputs") => {
                let inputs = asked.argument("inputs")?;
                Ok(Some(inputs.unwrap_or_else(|| Value::object([]))))
            }
            (_, "terraform_remote_state", "outputs") => asked.remote_state().map(Some),
            _ => table::answer(&asked, name),
        }
    }
}

impl<'a> Asked<'_, 'a> {
    fn header(&self) -> Place {
        self.def.block.header
    }

    /// The arguments.
    fn body(&self) -> Outcome {
        let (_, resource, item) = self.spot;
        self.evaluator
            .body_of(self.instance, resource, item, self.at)
    }

    /// An argument that is set.
    fn argument(&self, name: &str) -> Result<Option<Value>, Fault> {
        if !self.def.block.body.writes(name) {
            return Ok(None);
        }
        let body = self.body()?;
        Ok(match body.entry(name) {
            Some(value) if value.is_null() => None,
            Some(value) => Some(value.clone()),
            // Of what could not be built, nothing is known.
            None => body.is_unknown().then_some(body),
        })
    }

    /// An argument of the provider block that is set.
    fn of_provider(&self, path: &str) -> Result<Option<Value>, Fault> {
        let (_, resource, item) = self.spot;
        let resources = self.evaluator.resources(self.instance, resource, self.at)?;
        let Some(item) = resources.expansion.items.get(item) else {
            return Ok(None);
        };
        let scope = Scope::repeated(self.instance, &item.repetition);
        let provider = self.evaluator.provider_of(self.instance, self.def, &scope);
        let Some((name, config)) = self.evaluator.provider_config(provider) else {
            return Ok(None);
        };
        let found = Path::parse(path).ok().and_then(|path| {
            let value = config.get(&path)?;
            (!value.is_null()).then(|| value.clone())
        });
        Ok(found.map(|mut value| {
            value.origin = through(self.header(), Step::Provider(name), value.origin);
            value
        }))
    }

    /// Renders at the first question only.
    fn once(
        &self,
        name: &str,
        render: impl FnOnce(&Self) -> Outcome,
    ) -> Result<Option<Value>, Fault> {
        let slot = (self.spot, name.to_owned());
        let known = self.evaluator.rendered.borrow().get(&slot).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let value = render(self)?;
        let mut rendered = self.evaluator.rendered.borrow_mut();
        rendered.insert(slot, value.clone());
        Ok(Some(value))
    }

    /// A text made here, within the limits.
    fn text(&self, text: String, marks: Marks, origin: Origin) -> Outcome {
        let limits = &self.evaluator.budget.limits;
        let walked = self.evaluator.budget.step(text.len() as u64 / 64 + 1);
        walked.map_err(|exceeded| Fault::limit(self.at, exceeded))?;
        let value = if text.len() > limits.string {
            Value::unknown_of(Type::String, Because::Limit)
        } else {
            Value::string(text)
        };
        Ok(value.marked(marks).with_origin(origin))
    }

    /// What another run keeps: the code names the place, not the content.
    fn remote_state(&self) -> Outcome {
        let backend = self.argument("backend")?;
        let why = match backend.as_ref().and_then(Value::as_str) {
            Some(backend) => {
                text!(
                    "it is an output of another root, kept in a state in `{backend}`",
                    "c’est une sortie d’une autre racine, gardée dans un état dans `{backend}`"
                )
            }
            None => Text::new(
                "it is an output of another root, kept in its state",
                "c’est une sortie d’une autre racine, gardée dans son état",
            ),
        };
        let mut value = Value::unknown(Because::other(why));
        value.origin.place = Some(self.header());
        Ok(value)
    }
}
