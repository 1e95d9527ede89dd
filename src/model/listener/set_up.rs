//! What is done one time, by the names of the functions that do it.

use super::super::Model;
use super::super::apis::Startup;
use super::super::context::{Context, StepKind};
use super::super::provenance::first_word;

impl Model<'_> {
    /// Whether what runs again and again calls a function that is named as one that makes a program or a page ready.
    pub(super) fn is_set_up_by_name(&self, context: &Context) -> bool {
        let mut inwards = context.steps.iter().rev().take_while(|step| !step.what.is_called_back());
        inwards.any(|step| matches!(&step.what, StepKind::Call(name) if name.rsplit('.').next().is_some_and(|name| self.apis.startup.is_once(name))))
    }
}

impl Startup {
    fn is_once(&self, name: &str) -> bool {
        name.starts_with("setUp") || first_word(name).is_some_and(|word| self.once.contains(&word))
    }
}
