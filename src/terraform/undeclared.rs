//! References to what a module does not declare, in words: for the check of code as written, and for the evaluation.

use super::Mode;
use super::eval::Fault;
use super::module::Module;
use crate::source::Place;
use crate::text::{Text, text};

impl Module {
    /// `var.name`
    pub(super) fn no_variable(&self, name: &str, at: Place) -> Fault {
        let message = text!(
            "variable \"{name}\" is not declared in this module",
            "la variable « {name} » n’est pas déclarée dans ce module"
        );
        let fault = Fault::reference(at, message);
        match self.variables.nearest(name) {
            Some(near) => fault.help(text!(
                "did you mean `var.{near}`?",
                "vouliez-vous dire `var.{near}` ?"
            )),
            None => fault.help(text!(
                "declare it: `variable \"{name}\" {{ }}`",
                "déclarez-la : `variable \"{name}\" {{ }}`"
            )),
        }
    }

    /// `local.name`
    pub(super) fn no_local(&self, name: &str, at: Place) -> Fault {
        let message = text!(
            "local.{name} is not declared in this module",
            "local.{name} n’est pas déclarée dans ce module"
        );
        let fault = Fault::reference(at, message);
        match self.locals.nearest(name) {
            Some(near) => fault.help(text!(
                "did you mean `local.{near}`?",
                "vouliez-vous dire `local.{near}` ?"
            )),
            None => fault.help(Text::new(
                "declare it in a `locals` block",
                "déclarez-la dans un bloc `locals`",
            )),
        }
    }

    /// `module.name`
    pub(super) fn no_call(&self, name: &str, at: Place) -> Fault {
        let message = text!(
            "module.{name} is not called in this module",
            "module.{name} n’est pas appelé dans ce module"
        );
        let fault = Fault::reference(at, message);
        match self.calls.nearest(name) {
            Some(near) => fault.help(text!(
                "did you mean `module.{near}`?",
                "vouliez-vous dire `module.{near}` ?"
            )),
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
        let message = text!(
            "{prefix}.{name} is not declared in this module",
            "{prefix}.{name} n’est pas déclarée dans ce module"
        );
        let fault = Fault::reference(at, message);
        match self.nearest_resource(mode, kind, name) {
            Some(near) => fault.help(text!(
                "did you mean `{prefix}.{near}`?",
                "vouliez-vous dire `{prefix}.{near}` ?"
            )),
            None => fault,
        }
    }

    /// A name that starts no reference.
    pub(super) fn no_name(&self, name: &str, at: Place) -> Fault {
        let fault = Fault::reference(
            at,
            text!("`{name}` refers to nothing", "`{name}` ne renvoie à rien"),
        );
        if self.variables.get(name).is_some() {
            return fault.help(text!(
                "did you mean `var.{name}`?",
                "vouliez-vous dire `var.{name}` ?"
            ));
        }
        if self.locals.get(name).is_some() {
            return fault.help(text!(
                "did you mean `local.{name}`?",
                "vouliez-vous dire `local.{name}` ?"
            ));
        }
        fault.help(Text::new("a text needs quotes; references start with `var.`, `local.`, `module.`, `data.` or a resource type", "un texte a besoin de guillemets ; les références commencent par `var.`, `local.`, `module.`, `data.` ou un type de ressource"))
    }
}
