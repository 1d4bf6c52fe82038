//! References to what a module does not declare, in words: for the check of code as written, and for the evaluation.

use super::Mode;
use super::eval::Fault;
use super::module::Module;
use crate::source::Place;

impl Module {
    /// `var.name`
    pub(super) fn no_variable(&self, name: &str, at: Place) -> Fault {
        let message = format!("variable \"{name}\" is not declared in this module");
        let fault = Fault::reference(at, message);
        match self.variables.nearest(name) {
            Some(near) => fault.help(format!("did you mean `var.{near}`?")),
            None => fault.help(format!("declare it: `variable \"{name}\" {{ }}`")),
        }
    }

    /// `local.name`
    pub(super) fn no_local(&self, name: &str, at: Place) -> Fault {
        let message = format!("local.{name} is not declared in this module");
        let fault = Fault::reference(at, message);
        match self.locals.nearest(name) {
            Some(near) => fault.help(format!("did you mean `local.{near}`?")),
            None => fault.help("declare it in a `locals` block"),
        }
    }

    /// `module.name`
    pub(super) fn no_call(&self, name: &str, at: Place) -> Fault {
        let message = format!("module.{name} is not called in this module");
        let fault = Fault::reference(at, message);
        match self.calls.nearest(name) {
            Some(near) => fault.help(format!("did you mean `module.{near}`?")),
            None => fault,
        }
    }

    /// `kind.name`, `data.kind.name`; `kind_at` is where the kind stands, `at` where the name.
    pub(super) fn no_resource(
        &self,
        (mode, kind, kind_at): (Mode, &str, Place),
        name: &str,
        at: Place,
    ) -> Fault {
        if mode == Mode::Managed && !self.has_kind(mode, kind) && !kind.contains('_') {
            return self.no_name(kind, kind_at);
        }
        let prefix = match mode {
            Mode::Managed => kind.to_owned(),
            Mode::Data => format!("data.{kind}"),
        };
        let message = format!("{prefix}.{name} is not declared in this module");
        let fault = Fault::reference(at, message);
        match self.nearest_resource(mode, kind, name) {
            Some(near) => fault.help(format!("did you mean `{prefix}.{near}`?")),
            None => fault,
        }
    }

    /// A name that starts no reference.
    pub(super) fn no_name(&self, name: &str, at: Place) -> Fault {
        let fault = Fault::reference(at, format!("`{name}` refers to nothing"));
        if self.variables.get(name).is_some() {
            return fault.help(format!("did you mean `var.{name}`?"));
        }
        if self.locals.get(name).is_some() {
            return fault.help(format!("did you mean `local.{name}`?"));
        }
        fault.help("a text needs quotes; references start with `var.`, `local.`, `module.`, `data.` or a resource type")
    }
}
