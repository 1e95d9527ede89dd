//! How long a timer waits, as far as the file shows.

use super::super::Model;
use super::super::index::written_value;
use super::super::ir::{BinaryOp, BindingKind, ExprId, ExprKind, LogicalOp, PropKey};
use super::fact::Delay;
use crate::text::Span;

const DEPTH: u32 = 5;
/// A longer text is not quoted.
const LONGEST_TEXT: u32 = 40;

impl Model<'_> {
    pub(super) fn delay(&self, delay: Option<ExprId>) -> Delay {
        let Some(delay) = delay else { return Delay { millis: Some(0), text: String::new(), until: false } };
        let span = self.ir.span(delay);
        let text = if span.end - span.start <= LONGEST_TEXT { self.source.slice(span) } else { "" };
        let text = if text.contains('\n') { "" } else { text };
        let millis = self.millis(delay, DEPTH).map(|millis| millis.max(0.0) as u64);
        Delay { millis, text: text.to_owned(), until: self.is_until(delay, DEPTH) }
    }

    /// `end - Date.now()`, also within a call or under a name.
    fn is_until(&self, value: ExprId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let ir = self.ir;
        match ir.kind(value) {
            ExprKind::Binary(BinaryOp::Sub, _, clock) => matches!(ir.kind(clock), ExprKind::Call { callee, .. }
                if matches!(ir.kind(callee), ExprKind::Member { object, property, .. }
                    if ir.name(property) == "now" && matches!(ir.global_of(object), Some("Date" | "performance")))),
            ExprKind::Call { args, .. } => ir.list(args).iter().any(|&arg| self.is_until(arg, depth)),
            ExprKind::Ident(_) => ir.binding_of(value).is_some_and(|binding| match self.uses.writes(binding) {
                [write] => written_value(ir, *write).is_some_and(|value| self.is_until(value, depth)),
                _ => false,
            }),
            _ => false,
        }
    }

    /// The greatest value in view of a number: a constant, a default, what callers pass.
    fn millis(&self, value: ExprId, depth: u32) -> Option<f64> {
        let depth = depth.checked_sub(1)?;
        let ir = self.ir;
        match ir.kind(value) {
            ExprKind::Number(number) => Some(number),
            ExprKind::Binary(op, left, right) => {
                let (a, b) = (self.millis(left, depth)?, self.millis(right, depth)?);
                match op {
                    BinaryOp::Add => Some(a + b),
                    BinaryOp::Sub => Some(a - b),
                    BinaryOp::Other => self.product(left, right, a, b),
                    _ => None,
                }
            }
            ExprKind::Logical(LogicalOp::Or | LogicalOp::Nullish, _, default) => self.millis(default, depth),
            ExprKind::Conditional(_, yes, no) => match (self.millis(yes, depth), self.millis(no, depth)) {
                (Some(a), Some(b)) => Some(a.max(b)),
                (one, other) => one.or(other),
            },
            ExprKind::Ident(_) => {
                let binding = ir.binding_of(value)?;
                match (ir[binding].kind, self.uses.writes(binding)) {
                    (BindingKind::Param(function, index), []) => {
                        if let Some(default) = ir[function].params.get(index as usize).and_then(|param| param.default) {
                            return self.millis(default, depth);
                        }
                        let arguments = self.arguments(function, index).filter(|arguments| !arguments.is_empty())?;
                        let known: Option<Vec<f64>> = arguments.iter().map(|&argument| self.millis(argument, depth)).collect();
                        known?.into_iter().reduce(f64::max)
                    }
                    (_, [write]) => self.millis(written_value(ir, *write)?, depth),
                    _ => None,
                }
            }
            ExprKind::Member { .. } => {
                let values = self.initial_values(self.place(value)?);
                match values.as_slice() {
                    [only] => self.millis(*only, depth),
                    [] => self.millis(self.default_of(value)?, depth),
                    _ => None,
                }
            }
            // `Math.min(wait, 30_000)`.
            ExprKind::Call { callee, args, .. } => match ir.kind(callee) {
                ExprKind::Member { object, property, .. } if ir.global_of(object) == Some("Math") => {
                    let mut known = ir.list(args).iter().map(|&arg| self.millis(arg, depth));
                    match ir.name(property) {
                        "min" => known.flatten().reduce(f64::min),
                        "random" => Some(1.0),
                        "max" => known.collect::<Option<Vec<f64>>>()?.into_iter().reduce(f64::max),
                        "floor" | "ceil" | "round" => known.next()?,
                        _ => None,
                    }
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// `wait` of `Object.assign({ wait: 500 }, options)` or `{ wait: 500, ...options }`.
    fn default_of(&self, member: ExprId) -> Option<ExprId> {
        let ExprKind::Member { object, property, .. } = self.ir.kind(member) else { return None };
        let values = self.initial_values(self.place(object)?);
        let [only] = values.as_slice() else { return None };
        let literals = match self.ir.kind(*only) {
            ExprKind::Call { callee, args, .. } if self.callee_name(callee) == Some("assign") => self.ir.list(args),
            ExprKind::Object { .. } => std::slice::from_ref(only),
            _ => return None,
        };
        let of_literal = |&literal: &ExprId| match self.ir.kind(literal) {
            ExprKind::Object { props, .. } => {
                self.ir.prop_list(props).iter().find(|prop| prop.key == PropKey::Name(property)).map(|prop| prop.value)
            }
            _ => None,
        };
        literals.iter().find_map(of_literal)
    }

    fn product(&self, left: ExprId, right: ExprId, a: f64, b: f64) -> Option<f64> {
        let between = self.source.slice(Span::new(self.ir.span(left).end, self.ir.span(right).start));
        match between.trim_matches(|char: char| char.is_whitespace() || matches!(char, '(' | ')')) {
            "*" => Some(a * b),
            "/" if b != 0.0 => Some(a / b),
            _ => None,
        }
    }
}
