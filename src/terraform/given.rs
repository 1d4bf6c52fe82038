//! Values from outside: those of files, of the environment, of the command line and of plans.

use crate::value::Value;

/// Values from outside for the variables of a root, by position.
#[derive(Debug, Default)]
pub(super) struct Given(Vec<Option<Value>>);

impl Given {
    pub(super) fn get(&self, variable: usize) -> Option<&Value> {
        self.0.get(variable)?.as_ref()
    }

    /// Takes the place of an earlier one.
    pub(super) fn set(&mut self, variable: usize, value: Value) {
        if self.0.len() <= variable {
            self.0.resize(variable + 1, None);
        }
        if let Some(slot) = self.0.get_mut(variable) {
            *slot = Some(value);
        }
    }
}
