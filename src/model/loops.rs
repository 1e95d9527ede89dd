//! Loops: whether one goes on for as long as the program, and where it stands.

use rustc_hash::FxHashSet;

use super::Model;
use super::index::written_value;
use super::ir::{BindingId, Block, ExprId, ExprKind, LoopId, LoopKind, UnaryOp, When};
use super::provenance::first_word;
use crate::text::Span;

impl Model<'_> {
    /// `while (true)`, `for (;;)`, or a loop that waits for each message: no bound that start-up sets.
    pub fn is_endless(&self, id: LoopId) -> bool {
        let ir = self.ir;
        let one = &ir[id];
        match one.kind {
            LoopKind::ForAwait => !self.is_gathered(id) && !one.test.is_some_and(|list| self.has_an_end(list)),
            LoopKind::For => one.test.is_none() && !self.ends_at_once(id),
            LoopKind::While | LoopKind::DoWhile => one.test.is_none_or(|test| {
                let holds =
                    matches!(ir.kind(test), ExprKind::Bool(true)) || matches!(ir.kind(test), ExprKind::Number(value) if value != 0.0);
                holds && !self.ends_at_once(id) || self.is_running_flag(test)
            }),
            LoopKind::ForOf | LoopKind::ForIn => false,
        }
    }

    /// `collection.find({})`, by itself or by its name: what there is when it is asked for.
    fn has_an_end(&self, list: ExprId) -> bool {
        match self.ir.kind(list) {
            ExprKind::Await(value) => self.has_an_end(value),
            ExprKind::Array(_) => true,
            ExprKind::Ident(_) => match self.ir.binding_of(list).map(|binding| self.uses.writes(binding)) {
                Some(&[write]) => written_value(self.ir, write).is_some_and(|value| value < list && self.has_an_end(value)),
                _ => false,
            },
            ExprKind::Call { callee, .. } => {
                let is_query = |name: &str| first_word(name).is_some_and(|first| self.apis.queries.words.contains(&first));
                let is_asked = || match self.ir.kind(callee) {
                    ExprKind::Member { object, .. } => self.has_an_end(object),
                    _ => false,
                };
                self.callee_name(callee).is_some_and(is_query) || is_asked()
            }
            _ => false,
        }
    }

    /// A loop that is left by `break` or `return` and waits for nothing: nothing else runs until it has ended.
    fn ends_at_once(&self, id: LoopId) -> bool {
        if let Some(&known) = self.ending_loops.borrow().get(&id) {
            return known;
        }
        let ends = !self.waits_within(id) && self.is_left(id);
        self.ending_loops.borrow_mut().insert(id, ends);
        ends
    }

    /// `for await (const chunk of stream) chunks.push(chunk); return chunks`: what is read behind a loop that fills it waits for the loop's end.
    fn is_gathered(&self, id: LoopId) -> bool {
        if let Some(&known) = self.ending_loops.borrow().get(&id) {
            return known;
        }
        let one = &self.ir[id];
        let gathered = (0..self.ir.bindings.len() as u32).map(BindingId).any(|binding| {
            let declared = &self.ir[binding];
            let refs = self.uses.refs(binding);
            self.ir[declared.scope].function == one.function
                && declared.declaration.end <= one.span.start
                && refs.iter().any(|&at| self.ir.span(at).start >= one.span.end && self.ir.function_of(at) == one.function)
                && (refs.iter().any(|&at| one.span.contains(self.ir.span(at)) && self.is_added_to(at))
                    || self.uses.writes(binding).iter().any(|&at| one.span.contains(self.ir.span(at))))
        });
        self.ending_loops.borrow_mut().insert(id, gathered);
        gathered
    }

    /// `list.push(x)`, `set.add(x)`, `map.set(k, v)`.
    fn is_added_to(&self, value: ExprId) -> bool {
        let Some(member) = self.uses.parent(value) else { return false };
        let ExprKind::Member { property, .. } = self.ir.kind(member) else { return false };
        matches!(self.ir.name(property), "push" | "unshift" | "add" | "set" | "append")
    }

    fn waits_within(&self, id: LoopId) -> bool {
        let one = &self.ir[id];
        let waits = self.waits.get_or_init(|| {
            let is_wait = |expr: &ExprId| matches!(self.ir.kind(*expr), ExprKind::Await(_) | ExprKind::Yield(_));
            self.ir.expr_ids().filter(is_wait).collect()
        });
        waits.iter().any(|&wait| self.ir.function_of(wait) == one.function && one.span.contains(self.ir.span(wait)))
    }

    /// Whether some path leaves a loop other than by an exception.
    fn is_left(&self, id: LoopId) -> bool {
        let mut seen = FxHashSet::default();
        let mut work = vec![self.ir[id].header];
        while let Some(block) = work.pop() {
            if !self.is_in_loop(&self.ir[block], id) {
                return true;
            }
            if seen.insert(block) {
                let edges = self.ir[block].edges.iter().filter(|edge| edge.when != When::Throws);
                work.extend(edges.map(|edge| edge.to));
            }
        }
        false
    }

    fn is_in_loop(&self, block: &Block, id: LoopId) -> bool {
        let mut at = block.in_loop;
        while let Some(inner) = at {
            if inner == id {
                return true;
            }
            at = self.ir[inner].parent;
        }
        false
    }

    /// `while (this.running)`, `while (!stopped)`: ends only when somebody says so.
    fn is_running_flag(&self, test: ExprId) -> bool {
        let place = match self.ir.kind(test) {
            ExprKind::Unary(UnaryOp::Not, operand) => operand,
            _ => test,
        };
        let name = match self.ir.kind(place) {
            ExprKind::Member { property, .. } => self.ir.name(property),
            ExprKind::Ident(reference) => self.ir.name(self.ir[reference].name),
            _ => return false,
        };
        let name = name.trim_start_matches(['_', '#']).to_ascii_lowercase();
        ["running", "isrunning", "active", "stopped", "closed", "alive", "shutdown", "closing", "stopping", "aborted", "done"]
            .contains(&name.as_str())
    }

    pub fn loop_head(&self, id: LoopId) -> Span {
        let one = &self.ir[id];
        let end = one.test.map_or(one.span.start + 3, |test| self.ir.span(test).end);
        Span::new(one.span.start, end.min(one.span.end))
    }
}
