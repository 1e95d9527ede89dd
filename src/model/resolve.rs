//! Which declaration a name refers to.

use super::ir::*;

/// Ends a chain of indices.
const NONE: u32 = u32::MAX;

impl Ir {
    /// Gives each reference its binding: the innermost declaration of that name around it.
    ///
    /// Walks the tree of scopes once, with the binding that each name has at that moment, so that no reference asks one scope after another.
    pub fn resolve(&mut self) {
        let children = chains(self.scopes.len(), self.scopes.iter().map(|scope| scope.parent));
        let declared = chains(self.scopes.len(), self.bindings.iter().map(|binding| Some(binding.scope)));
        let used = chains(self.scopes.len(), self.references.iter().map(|reference| Some(reference.scope)));
        let mut current: Vec<Option<BindingId>> = vec![None; self.names.len()];
        let mut hidden: Vec<(NameId, Option<BindingId>)> = Vec::new();
        let mut steps: Vec<Step> = (!self.scopes.is_empty()).then_some(Step::Enter(0)).into_iter().collect();
        while let Some(step) = steps.pop() {
            let scope = match step {
                Step::Leave(height) => {
                    for (name, binding) in hidden.drain(height..).rev() {
                        current[name.index()] = binding;
                    }
                    continue;
                }
                Step::Enter(scope) => scope,
            };
            steps.push(Step::Leave(hidden.len()));
            // A chain runs backwards: of several declarations of one name (`var a; var a;`, a parameter and its `var`) the first stands for all.
            for index in declared.of(scope) {
                let name = self.bindings[index as usize].name;
                hidden.push((name, current[name.index()].replace(BindingId(index))));
            }
            for index in used.of(scope) {
                let reference = &mut self.references[index as usize];
                reference.binding = current[reference.name.index()];
            }
            steps.extend(children.of(scope).map(Step::Enter));
        }
    }
}

enum Step {
    Enter(u32),
    /// Restores what was hidden since.
    Leave(usize),
}

/// For each scope the entries of another table that belong to it, the last first.
struct Chains {
    last: Vec<u32>,
    before: Vec<u32>,
}

fn chains(scopes: usize, owners: impl ExactSizeIterator<Item = Option<ScopeId>>) -> Chains {
    let mut chains = Chains { last: vec![NONE; scopes], before: vec![NONE; owners.len()] };
    for (index, owner) in owners.enumerate() {
        if let Some(owner) = owner {
            chains.before[index] = std::mem::replace(&mut chains.last[owner.index()], index as u32);
        }
    }
    chains
}

impl Chains {
    fn of(&self, scope: u32) -> impl Iterator<Item = u32> + '_ {
        let some = |index: u32| (index != NONE).then_some(index);
        std::iter::successors(some(self.last[scope as usize]), move |index| some(self.before[*index as usize]))
    }
}
