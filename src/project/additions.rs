//! What others add to the collections of a file, and nothing else that they say: where that makes no finding even at worst, the rest is not asked.

use std::rc::Rc;

use super::graph::View;
use crate::model::access::AccessPath;
use crate::model::lasting::{Lasts, Parameter};
use crate::model::namesakes::NamedRelease;
use crate::model::origin::Origin;
use crate::model::outside::{FileName, Outside, Seen, Service};
use crate::model::summaries::{Effect, Summary};

pub struct Additions<'v, 'a>(pub &'v View<'a>);

impl Outside for Additions<'_, '_> {
    fn uses(&self, paths: &[AccessPath]) -> Rc<Seen> {
        if self.grown().iter().any(|grown| paths.contains(grown)) { self.0.uses(paths) } else { Rc::default() }
    }

    fn uses_of_module(&self, _module: &str, _paths: &[AccessPath]) -> Rc<Seen> {
        Rc::default()
    }

    fn released_by_name(&self, _property: &str) -> Vec<(FileName, NamedRelease)> {
        Vec::new()
    }

    fn released_by_bases(&self, _module: &str, _property: &str) -> Vec<(FileName, NamedRelease)> {
        Vec::new()
    }

    fn base_ends(&self, _module: &str, _path: &AccessPath) -> bool {
        false
    }

    fn summary(&self, _module: &str, _path: &AccessPath) -> Option<Summary> {
        None
    }

    fn added_by(&self, module: &str, path: &AccessPath) -> Vec<Effect> {
        self.0.added_by(module, path)
    }

    fn gives_shared(&self, _module: &str, _path: &AccessPath) -> Option<bool> {
        None
    }

    fn origin(&self, _module: &str, _path: &AccessPath) -> Option<Origin> {
        None
    }

    fn lasting(&self, _parameters: &[Parameter]) -> Lasts {
        Lasts::default()
    }

    fn has_few_values(&self, _module: &str, _path: &AccessPath) -> bool {
        false
    }

    fn service(&self, _module: &str, _class: &str) -> Option<Service> {
        None
    }

    fn is_element_once(&self, _name: &str) -> bool {
        false
    }

    fn grown(&self) -> Vec<AccessPath> {
        self.0.grown()
    }
}
