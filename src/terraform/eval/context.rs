//! What functions see of the evaluation around them.

use std::rc::Rc;
use std::sync::Arc;

use super::Evaluator;
use crate::source::Place;
use crate::syntax::{Origin, hcl};
use crate::terraform::ReadFault;
use crate::terraform::check;
use crate::terraform::functions::{Context, FunctionError};
use crate::terraform::index::Expr;
use crate::terraform::limits::{Limits, read_hcl};
use crate::terraform::paths;
use crate::terraform::scope::{Frame, Names, Scope};
use crate::text::{Lang, Text, text};
use crate::value::{Type, Value, convert};

/// The evaluation around one call.
pub(super) struct CallContext<'e, 's, 'a> {
    pub(super) evaluator: &'e Evaluator<'a>,
    pub(super) scope: &'e Scope<'s, 'a>,
    pub(super) place: Place,
}

impl<'a> Evaluator<'a> {
    /// What a function sees that no expression calls: the one a data source computes its answer with.
    pub(in crate::terraform) fn with_context<T>(
        &self,
        place: Place,
        use_it: impl FnOnce(&dyn Context) -> T,
    ) -> T {
        use_it(&CallContext {
            evaluator: self,
            scope: &Scope::default(),
            place,
        })
    }
}

impl CallContext<'_, '_, '_> {
    /// The tree of a template, made once: instances by the thousand may render the same.
    fn parsed(&self, name: Option<&str>, text: &str) -> Rc<hcl::ParsedExpression> {
        let path = name.and_then(|name| self.resolve(name).ok());
        let is_file = path.is_some();
        let shown = path.unwrap_or_else(|| "a template given as text".to_owned());
        let mut known = self.evaluator.templates.borrow_mut();
        let parsed = known
            .entry((shown.clone(), text.to_owned()))
            .or_insert_with(|| {
                let sources = self.evaluator.sources;
                let source = match is_file {
                    true => sources.add(shown, text),
                    false => sources.add_given(shown, text, false),
                };
                Rc::new(hcl::parse_template(source, text.into(), Origin::WHOLE))
            });
        Rc::clone(parsed)
    }

    /// Terraform runs in the folder of the root module: paths start there.
    fn resolve(&self, path: &str) -> Result<String, ReadFault> {
        let instances = self.evaluator.instances.borrow();
        let root = instances.first().map_or("", |root| &root.module.folder);
        paths::join(root, path).ok_or(ReadFault::Outside)
    }
}

impl Context for CallContext<'_, '_, '_> {
    fn limits(&self) -> &Limits {
        &self.evaluator.budget.limits
    }

    fn spend(&self, steps: usize) -> Result<(), FunctionError> {
        let counted = self.evaluator.budget.step(steps as u64);
        counted.map_err(FunctionError::new)
    }

    fn made(&self, values: usize) -> Result<(), FunctionError> {
        let counted = self.evaluator.budget.make(values);
        counted.map_err(FunctionError::new)
    }

    fn constants(&self, text: &str) -> Result<Value, FunctionError> {
        let source = self.evaluator.sources.add("a text of variables", text);
        let parsed = read_hcl(source, text.into());
        if let Some(problem) = parsed.problems.first() {
            return Err(FunctionError::new(problem.message.clone()));
        }
        let file = Arc::new(parsed.file);
        if file.blocks(file.root()).next().is_some() {
            return Err(FunctionError::new(Text::new(
                "blocks are not allowed here",
                "les blocs ne sont pas permis ici",
            )));
        }
        let mut entries = Vec::new();
        for attribute in file.attributes(file.root()) {
            let expr = Expr::Hcl(Arc::clone(&file), attribute.value);
            if let Some(problem) = check::constant(&expr) {
                return Err(FunctionError::new(problem.message.clone()));
            }
            let value = self
                .evaluator
                .eval(&file, attribute.value, &Scope::default())
                .map_err(|error| FunctionError::new(error.0.problem.message))?;
            entries.push((file.text(attribute.name).into(), value));
        }
        Ok(Value::object(entries))
    }

    fn working_folder(&self) -> Option<String> {
        self.evaluator.working_folder()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadFault> {
        self.evaluator.reader.read(&self.resolve(path)?)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadFault> {
        self.evaluator.reader.list(&self.resolve(folder)?)
    }

    fn render(
        &self,
        name: Option<&str>,
        text: &str,
        variables: &Value,
    ) -> Result<Value, FunctionError> {
        if self.scope.in_template {
            return Err(FunctionError::new(Text::new(
                "a template cannot render another template",
                "un modèle ne peut pas en rendre un autre",
            )));
        }
        let evaluator = self.evaluator;
        let parsed = self.parsed(name, text);
        if let Some(problem) = parsed.problems.first() {
            let why = &problem.message;
            return Err(FunctionError::new(text!(
                "the template is not valid: {why}",
                "le modèle n’est pas valide : {why}";
                why
            )));
        }
        let frame = Frame {
            names: Names::All(variables),
            outer: None,
        };
        let scope = Scope {
            frame: Some(&frame),
            in_template: true,
            ..Scope::default()
        };
        evaluator
            .eval(&parsed.file, parsed.expr, &scope)
            .map_err(|fault| {
                let problem = &fault.0.problem;
                let line = problem
                    .place
                    .map(|place| evaluator.sources.start(place).line);
                FunctionError::new(Text::each(|lang| {
                    let why = lang.of(&problem.message);
                    match (line, lang) {
                        (None, _) => why.to_owned(),
                        (Some(line), Lang::En) => format!("{why} (line {line} of the template)"),
                        (Some(line), Lang::Fr) => format!("{why} (ligne {line} du modèle)"),
                    }
                }))
            })
            .and_then(|value| match name {
                Some(_) => Ok(value),
                // A text that was given directly makes a text, whatever is in it.
                None if value.is_null() => Err(FunctionError::new(Text::new(
                    "the template gives null",
                    "le modèle donne null",
                ))),
                None => convert(&value, &Type::String).map_err(|error| {
                    let why = error.text();
                    FunctionError::new(text!(
                        "the template gives no text: {why}",
                        "le modèle ne donne pas de texte : {why}";
                        why
                    ))
                }),
            })
            .map(|mut value| {
                // The text is that of the call; the template is part of the way.
                value.origin.place.get_or_insert(self.place);
                value
            })
    }
}
