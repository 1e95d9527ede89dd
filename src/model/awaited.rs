//! Promises of one file on which others put reactions: `Promise.race([work, stopped])` with an imported `stopped`.

use super::Model;
use super::context::{Context, ContextKind, Region};
use super::derived::Derived;
use super::facts::Certainty;
use super::ir::{ExprKind, Ir};
use super::links::{ImportUse, UseKind, Wanted};
use super::promise::{Reaction, ReactionKind};
use super::settled::Pending;

const MODULE: Region = Region::Function(Ir::MODULE);

impl Model<'_> {
    /// What this file puts on promises of others.
    pub(super) fn imported_promises(&self, wanted: Wanted<'_>, derived: &Derived, uses: &mut Vec<ImportUse>) {
        for &value in &derived.exprs {
            if !matches!(self.ir.kind(value), ExprKind::Ident(_) | ExprKind::Member { .. }) || self.is_nothing_of(value, wanted) {
                continue;
            }
            let Some((site, how)) = self.reaction_on(value) else { continue };
            let Some((module, path)) = self.imported(value).filter(|(module, path)| wanted.includes(module, path)) else { continue };
            let way = self.way_of_site(site, MODULE);
            uses.push(self.import_use(module, path, site, self.ir.span(site), UseKind::Reacted(how), way));
        }
    }

    /// The reaction on a promise that other files add most often.
    pub(super) fn reaction_outside(&self, promise: &Pending) -> Option<Reaction> {
        let is_one = match promise.region {
            Region::Instance(id) => self.instance_life(id).certainty == Certainty::Proved,
            region => region == MODULE,
        };
        let paths = if is_one { self.paths_of_place(promise.place) } else { Vec::new() };
        if paths.is_empty() {
            return None;
        }
        let context = Context { kind: ContextKind::Unknown, steps: Vec::new(), per_request: false };
        let reaction = Reaction {
            promise: self.place_text(promise.place),
            settled: promise.settled.clone(),
            for_others: true,
            ..self.reaction_at(promise.made, ReactionKind::Await, context)
        };
        let Some(seen) = self.seen_outside(&paths) else { return Some(reaction) };
        seen.uses.iter().find_map(|used| {
            let UseKind::Reacted(how) = used.used.what else { return None };
            let is_again = used.context.kind == ContextKind::Repeated;
            is_again.then(|| Reaction {
                how,
                context: used.context.clone(),
                function: used.used.function.clone(),
                elsewhere: Some((used.file.clone(), used.used.span)),
                for_others: false,
                ..reaction.clone()
            })
        })
    }
}
