//! Loops around a registration in which the receiver stays the same.

use super::super::Model;
use super::super::apis::{Duplicates, Timing};
use super::super::calls::How;
use super::super::facts::{LoopEvent, LoopSite};
use super::super::index::written_value;
use super::super::ir::{BinaryOp, BindingId, BindingKind, ExprId, ExprKind, FnId, LoopId, LoopKind};
use super::super::place::{Place, Root};
use super::Site;
use crate::text::Span;

impl Model<'_> {
    /// The loop around a registration in which the receiver stays the same.
    pub(super) fn loop_around(&self, site: &Site<'_>, place: Place) -> Option<LoopSite> {
        let ir = self.ir;
        if self.level(place) > 0 || matches!(self.root(place), Root::Value(_)) {
            return None;
        }
        let mut around = ir[ir[site.call].block].in_loop.filter(|_| self.comes_again(site.call));
        let mut found = None;
        while let Some(id) = around {
            // A receiver that is bound inside the loop is another one in each turn.
            if self.is_made_in(place, ir[id].span) {
                break;
            }
            let one = self.loop_site(site, id);
            if found.is_none() || one.endless {
                found = Some(one);
            }
            around = ir[id].parent;
        }
        found.or_else(|| {
            let function = ir.function_of(site.call);
            self.loop_callback(site, function, place)
                .or_else(|| self.loop_body(site, function, place))
                .or_else(|| self.recursion(site, function, place))
        })
    }

    /// Whether a loop can go on behind a site, and does not leave by `return` or `break` on every path.
    fn comes_again(&self, site: ExprId) -> bool {
        let function = self.ir.function_of(site);
        self.flow(function).escapes(self.ir, function, site, &[]).again
    }

    fn loop_site(&self, site: &Site<'_>, id: LoopId) -> LoopSite {
        let one = &self.ir[id];
        LoopSite {
            span: self.loop_head(id),
            endless: self.is_endless(id),
            counted: matches!(one.kind, LoopKind::For | LoopKind::ForOf | LoopKind::ForIn),
            fixed: self.is_fixed_loop(id) || self.is_same_each_turn(site, one.span),
            event: self.varies(site),
            recursion: false,
        }
    }

    /// Whether the receiver comes into being within a span.
    fn is_made_in(&self, place: Place, span: Span) -> bool {
        let declared = matches!(self.root(place), Root::Binding(binding) if span.contains(self.ir[binding].span));
        declared
            || self.initial_values(place).iter().any(|&value| {
                span.contains(self.ir.span(value))
                    && matches!(
                        self.ir.kind(value),
                        ExprKind::New { .. } | ExprKind::Call { .. } | ExprKind::Await(_) | ExprKind::Element(_)
                    )
            })
    }

    /// An EventTarget knows a handler that is made outside of the loop from the first turn on.
    fn is_same_each_turn(&self, site: &Site<'_>, span: Span) -> bool {
        site.api.duplicates == Duplicates::Ignored
            && match self.ir.kind(site.handler) {
                ExprKind::Ident(_) => self.ir.binding_of(site.handler).is_some_and(|binding| !span.contains(self.ir[binding].span)),
                ExprKind::Member { .. } | ExprKind::This => true,
                _ => false,
            }
    }

    fn is_fixed_loop(&self, id: LoopId) -> bool {
        let one = &self.ir[id];
        match (one.kind, one.test) {
            (LoopKind::ForOf | LoopKind::ForIn, Some(list)) => self.is_fixed_list(list),
            (LoopKind::For | LoopKind::While | LoopKind::DoWhile, Some(test)) => match self.ir.kind(test) {
                ExprKind::Binary(BinaryOp::Less | BinaryOp::LessEq | BinaryOp::Greater | BinaryOp::GreaterEq, left, right) => {
                    [left, right].into_iter().any(|side| {
                        matches!(self.ir.kind(side), ExprKind::Number(_)) && one.kind == LoopKind::For && side == right
                            || matches!(self.ir.kind(side), ExprKind::Member { object, property, .. } if self.ir.name(property) == "length" && self.is_fixed_list(object))
                    })
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// What of a registration is another one in each turn, besides a function made there.
    fn varies(&self, site: &Site<'_>) -> LoopEvent {
        // A list of handlers that were there before: each is registered one time.
        if self.is_loop_item(site.handler) {
            return LoopEvent::Item;
        }
        self.loop_event(site.call, site.event.unwrap_or(site.call))
    }

    /// Whether the event is another one in each turn.
    pub(super) fn loop_event(&self, call: ExprId, event: ExprId) -> LoopEvent {
        if event == call || self.string(event).is_some() {
            return LoopEvent::Same;
        }
        if self.is_loop_item(event) {
            return LoopEvent::Item;
        }
        match self.ir.kind(event) {
            ExprKind::Template(parts) if self.ir.list(parts).iter().any(|&part| !matches!(self.ir.kind(part), ExprKind::String(_))) => {
                LoopEvent::Made
            }
            ExprKind::Binary(BinaryOp::Add, ..) => LoopEvent::Made,
            ExprKind::Index { index, .. } if self.is_loop_item(index) => LoopEvent::Item,
            ExprKind::Member { object, .. } if self.is_loop_item(object) => LoopEvent::Item,
            ExprKind::Index { .. } => LoopEvent::Item,
            // `const name = file.replace('.js', '')`.
            ExprKind::Ident(_) if self.is_text_of_item(event) => LoopEvent::Item,
            _ => LoopEvent::Same,
        }
    }

    /// Whether a name is set to what a call makes of the loop's item, or to a text with the item in it.
    fn is_text_of_item(&self, name: ExprId) -> bool {
        let Some([write]) = self.ir.binding_of(name).map(|binding| self.uses.writes(binding)) else { return false };
        written_value(self.ir, *write).is_some_and(|value| match self.ir.kind(value) {
            ExprKind::Call { callee, args, .. } => match self.ir.kind(callee) {
                ExprKind::Member { object, .. } if self.is_loop_item(object) => true,
                _ => self.ir.list(args).first().is_some_and(|&first| self.is_loop_item(first)),
            },
            ExprKind::Template(parts) => self.ir.list(parts).iter().any(|&part| self.is_loop_item(part)),
            _ => false,
        })
    }

    /// `items.forEach(item => bus.on(...))`.
    fn loop_callback(&self, site: &Site<'_>, function: FnId, place: Place) -> Option<LoopSite> {
        let expr = self.ir[function].expr?;
        let call = self.uses.parent(expr)?;
        if self.argument_timing(call, expr) != Some(Timing::Loop) || self.is_made_in(place, self.ir[function].span) {
            return None;
        }
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
        let ExprKind::Member { object, .. } = self.ir.kind(callee) else { return None };
        Some(LoopSite {
            span: self.callee_span(call),
            endless: false,
            counted: true,
            fixed: self.is_fixed_list(object) || self.is_same_each_turn(site, self.ir[function].span),
            event: self.varies(site),
            recursion: false,
        })
    }

    /// A local function that is the body of a loop, as compilers write it.
    fn loop_body(&self, site: &Site<'_>, function: FnId, place: Place) -> Option<LoopSite> {
        let callers = self.callers(function);
        let [caller] = callers.as_slice() else { return None };
        let at = caller.at.filter(|_| caller.how == How::Called)?;
        let id = self.ir[self.ir[at].block].in_loop?;
        let around = self.ir.function_of(at);
        if self.ir[function].parent != Some(around)
            || self.is_made_in(place, self.ir[function].span)
            || self.is_made_in(place, self.ir[id].span)
        {
            return None;
        }
        Some(self.loop_site(site, id))
    }

    /// A function that runs itself again: at once, from a callback, or from a handler that it registers.
    fn recursion(&self, site: &Site<'_>, function: FnId, place: Place) -> Option<LoopSite> {
        let again = self.next_run(site.call)?;
        let outside = match self.root(place) {
            Root::Binding(binding) => !self.is_inside(self.ir[self.ir[binding].scope].function, function),
            Root::Instance(_) => true,
            _ => false,
        };
        if !outside || self.is_made_in(place, self.ir[function].span) {
            return None;
        }
        Some(LoopSite { span: self.ir.span(again), endless: true, counted: false, fixed: false, event: self.varies(site), recursion: true })
    }

    /// Where the function of a site is run again from within itself.
    pub(super) fn next_run(&self, site: ExprId) -> Option<ExprId> {
        let function = self.ir.function_of(site);
        self.callers(function).iter().find_map(|caller| {
            let at = caller.at.filter(|_| matches!(caller.how, How::Called | How::Later | How::Repeats))?;
            let from = self.ir.function_of(at);
            // One that waits until it may begin does not get as far in the same run.
            let waits =
                self.seen_from(at, function).is_some_and(|at| self.are_exclusive(site, at) || self.are_exclusive_once_done(site, at));
            let is_next = caller.how != How::Called || from != function || self.is_behind(site, at);
            (self.is_inside(from, function) && !waits && is_next).then_some(at)
        })
    }

    /// Whether the way from a site leads to another one of the same function.
    fn is_behind(&self, site: ExprId, other: ExprId) -> bool {
        let ir = self.ir;
        let function = ir.function_of(site);
        let flow = self.flow(function);
        ir[site].block == ir[other].block && other > site || flow.dominates(ir[site].block, ir[other].block)
    }

    /// A list that the program fixes: a literal, a constant of literals.
    pub fn is_fixed_list(&self, list: ExprId) -> bool {
        self.is_fixed_list_within(list, 8)
    }

    fn is_fixed_list_within(&self, list: ExprId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let ir = self.ir;
        match ir.kind(list) {
            ExprKind::Array(items) => ir.list(items).iter().all(|&item| !matches!(ir.kind(item), ExprKind::Spread(_))),
            ExprKind::Object { .. } => true,
            ExprKind::Ident(_) => ir.binding_of(list).is_some_and(|binding| self.is_fixed_binding(binding, depth)),
            ExprKind::Call { callee, args, .. } => match ir.kind(callee) {
                ExprKind::Member { object, .. } if matches!(ir.global_of(object), Some("Object")) => {
                    ir.list(args).first().is_some_and(|&arg| self.is_fixed_list_within(arg, depth))
                }
                ExprKind::Member { object, .. } => {
                    matches!(ir.kind(object), ExprKind::String(_)) || self.is_fixed_list_within(object, depth)
                }
                _ => false,
            },
            ExprKind::Member { object, property, .. } => is_constant_name(ir.name(property)) || self.is_required_module(object),
            _ => false,
        }
    }

    /// `require(path)`, `require(path).default`: what a module offers under a name is a part of the program.
    fn is_required_module(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Member { object, property, .. } => self.ir.name(property) == "default" && self.is_required_module(object),
            ExprKind::Call { callee, .. } => self.ir.global_of(callee) == Some("require"),
            _ => false,
        }
    }

    fn is_fixed_binding(&self, binding: BindingId, depth: u32) -> bool {
        let ir = self.ir;
        match (ir[binding].kind, self.uses.writes(binding)) {
            (BindingKind::Enum, _) => true,
            (BindingKind::Import(_), _) => is_constant_name(ir.name(ir[binding].name)),
            (_, [write]) => written_value(ir, *write).is_some_and(|value| {
                // What is filled later is not fixed.
                self.is_fixed_list_within(value, depth) && !self.is_filled(binding)
            }),
            _ => false,
        }
    }

    fn is_filled(&self, binding: BindingId) -> bool {
        self.uses.refs(binding).iter().any(|&at| {
            let Some(parent) = self.uses.parent(at) else { return false };
            match self.ir.kind(parent) {
                ExprKind::Member { property, .. } => matches!(self.ir.name(property), "push" | "unshift" | "add" | "set"),
                ExprKind::Index { object, .. } => {
                    object == at
                        && self
                            .uses
                            .parent(parent)
                            .is_some_and(|write| matches!(self.ir.kind(write), ExprKind::Assign { target, .. } if target == parent))
                }
                _ => false,
            }
        })
    }
}

fn is_constant_name(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
}
