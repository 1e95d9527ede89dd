//! What conditions come out as where the program does its work: switches that never change, and questions about the environment.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::Model;
use super::flow::Guard;
use super::index::written_value;
use super::ir::{BinaryOp, BindingKind, BlockId, ExprId, ExprKind, FnId, UnaryOp};

/// How code asks where it runs, and what the answer is in production.
#[derive(Debug, Clone, Deserialize)]
pub struct Production {
    /// What holds one of several texts.
    is: FxHashMap<String, String>,
    on: FxHashSet<String>,
    off: FxHashSet<String>,
}

impl Production {
    /// Whether a property of this name may tell where the program runs.
    fn may_tell(&self, property: &str) -> bool {
        let ends_so = |asked: &String| asked.rsplit('.').next() == Some(property);
        self.is.keys().chain(&self.on).chain(&self.off).any(ends_so)
    }
}

/// A switch may be made of another one.
const DEPTH: u32 = 4;

impl Model<'_> {
    /// Whether the program can come to a site: nothing leaves before it on every way, and no switch that is never thrown stands before it.
    pub(super) fn is_come_to(&self, site: ExprId) -> bool {
        let block = self.ir[site].block;
        if let Some(&known) = self.reached.borrow().get(&block) {
            return known;
        }
        let is_reached = self.reaches_block(self.ir.function_of(site), block);
        self.reached.borrow_mut().insert(block, is_reached);
        is_reached
    }

    fn reaches_block(&self, function: FnId, block: BlockId) -> bool {
        let flow = self.flow(function);
        let is_never = |(switch, wanted): (ExprId, bool)| self.in_production(switch, DEPTH).is_some_and(|value| value != wanted);
        let is_off = |guard: &Guard| {
            let parts = guard.when.condition().map(|(condition, wanted)| self.decided(condition, wanted));
            parts.unwrap_or_default().into_iter().any(is_never)
        };
        flow.is_reachable(block) && !flow.guards(self.ir, block).iter().any(is_off)
    }

    /// What a condition is in production, if that is known: `const isRotating = false`, `process.env.NODE_ENV !== 'production'`.
    fn in_production(&self, condition: ExprId, depth: u32) -> Option<bool> {
        let depth = depth.checked_sub(1)?;
        match self.ir.kind(condition) {
            ExprKind::Bool(is) => Some(is),
            ExprKind::Unary(UnaryOp::Not, operand) => self.in_production(operand, depth).map(|is| !is),
            ExprKind::Binary(op, left, right) => {
                let is_same = self.environment(left, right).or_else(|| self.environment(right, left))?;
                match op {
                    BinaryOp::Eq | BinaryOp::StrictEq => Some(is_same),
                    BinaryOp::NotEq | BinaryOp::StrictNotEq => Some(!is_same),
                    _ => None,
                }
            }
            ExprKind::Member { property, .. } if self.apis.production.may_tell(self.ir.name(property)) => {
                let text = self.expr_text(condition);
                let is_on = self.apis.production.on.contains(&text);
                (is_on || self.apis.production.off.contains(&text)).then_some(is_on)
            }
            ExprKind::Ident(_) => match self.ir.binding_of(condition) {
                // What is no constant, a template or whoever uses the component may set.
                Some(binding) if self.ir[binding].kind == BindingKind::Const => {
                    let [write] = self.uses.writes(binding) else { return None };
                    self.in_production(written_value(self.ir, *write)?, depth)
                }
                Some(_) => None,
                None => self.ir.global_of(condition).is_some_and(|name| self.apis.production.off.contains(name)).then_some(false),
            },
            _ => None,
        }
    }

    /// Whether what tells of the environment is a text in production. Of other texts than the usual ones nothing is known.
    fn environment(&self, asked: ExprId, text: ExprId) -> Option<bool> {
        let ExprKind::String(name) = self.ir.kind(text) else { return None };
        let production = match self.ir.kind(asked) {
            ExprKind::Member { property, .. } if self.apis.production.may_tell(self.ir.name(property)) => {
                self.apis.production.is.get(&self.expr_text(asked))?
            }
            // `const { NODE_ENV } = require('./config')`: the same under the same name.
            ExprKind::Ident(_) if self.expr_text(asked) == "NODE_ENV" => self.apis.production.is.get("process.env.NODE_ENV")?,
            _ => return None,
        };
        match self.ir.name(name) {
            name if name == production => Some(true),
            "development" | "test" | "dev" | "testing" | "local" => Some(false),
            _ => None,
        }
    }
}
