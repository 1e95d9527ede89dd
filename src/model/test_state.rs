//! What a test leaves behind for the tests after it.

use serde::{Deserialize, Serialize};

use super::Model;
use super::calls::How;
use super::context::{Context, ContextKind, Region, StepKind};
use super::facts::{Facts, Handle, LifeWhy, ReceiverKind, Registration};
use super::ir::{BindingId, ExprId, ExprKind, FnId, Ir, UnaryOp};
use super::resource::{Custody, Flaw};
use crate::text::Span;

/// Something that outlives the test that made it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestState {
    pub span: Span,
    pub statement_hash: u64,
    pub scope: String,
    pub what: TestStateKind,
    /// What keeps it: `process`, `calls`, `process.env`.
    pub holder: String,
    pub holder_span: Option<Span>,
    /// `it`, `beforeEach`.
    pub hook: String,
    pub hook_span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestStateKind {
    /// The event, if it has a name.
    Listener(Option<String>),
    Interval,
    /// `server`, `file watcher`.
    Resource(String),
    /// A collection of the module.
    Collection,
    /// A variable of the environment; whether every test sets it before it runs.
    Environment {
        name: String,
        before_each: bool,
    },
}

/// Calls whose callback runs for one test.
pub const PER_TEST: &[&str] = &["it", "test", "specify", "beforeEach"];
const PER_FILE: &[&str] = &["describe", "suite", "context", "before", "after", "beforeAll", "afterAll", "afterEach"];
const AT_THE_END: &[&str] = &["afterEach", "after", "afterAll", "teardown", "onTestFinished", "addCleanup"];

impl Model<'_> {
    pub(super) fn test_states(&self, facts: &Facts) -> Vec<TestState> {
        let mut found = Vec::new();
        for one in &facts.registrations {
            let long =
                matches!(one.receiver.kind, ReceiverKind::Process | ReceiverKind::Page | ReceiverKind::Module | ReceiverKind::Import);
            if let Some((hook, hook_span)) =
                hook(&one.context).filter(|_| long && one.released.is_none() && !one.once && !self.is_made_by_hooks(one))
            {
                found.push(TestState {
                    span: one.span,
                    statement_hash: one.statement_hash,
                    scope: one.scope.clone(),
                    what: TestStateKind::Listener(one.event.clone()),
                    holder: one.receiver.text.clone(),
                    holder_span: one.receiver.span,
                    hook,
                    hook_span,
                });
            }
        }
        for one in facts.intervals.iter().filter(|one| one.cleared.is_none() && one.handle != Handle::HandedOut) {
            if let Some((hook, hook_span)) = hook(&one.context) {
                let (statement_hash, scope) = (one.statement_hash, one.scope.clone());
                let (what, holder) = (TestStateKind::Interval, "setInterval".to_owned());
                found.push(TestState { span: one.span, statement_hash, scope, what, holder, holder_span: None, hook, hook_span });
            }
        }
        let is_left = |custody: &Custody| matches!(custody, Custody::Dropped | Custody::Local { .. } | Custody::Variable { .. });
        for one in facts.resources.iter().filter(|one| one.flaw == Flaw::Unreleased && is_left(&one.custody) && one.target.is_none()) {
            if let Some((hook, hook_span)) = hook(&one.context).filter(|_| !one.kind.ends) {
                let (statement_hash, scope) = (one.statement_hash, one.scope.clone());
                let (what, holder) = (TestStateKind::Resource(one.what.clone()), one.call.clone());
                found.push(TestState { span: one.span, statement_hash, scope, what, holder, holder_span: None, hook, hook_span });
            }
        }
        for one in
            facts.collections.iter().filter(|one| one.life.why == LifeWhy::ModuleScope && one.shrinks.is_empty() && one.bound.is_none())
        {
            let growth = one.growths.iter().find_map(|growth| Some((growth.span, hook(&growth.context)?)));
            if let Some((span, (hook, hook_span))) = growth {
                let (statement_hash, scope) = (one.holder.declaration_hash, one.holder.scope.clone());
                let (holder, holder_span) = (one.holder.text.clone(), Some(one.holder.span));
                found.push(TestState {
                    span,
                    statement_hash,
                    scope,
                    what: TestStateKind::Collection,
                    holder,
                    holder_span,
                    hook,
                    hook_span,
                });
            }
        }
        self.environments(&mut found);
        found
    }

    /// A receiver that a hook or test puts into a variable of the module, or into a part of one: it may be another one for each test.
    fn is_made_by_hooks(&self, registration: &Registration) -> bool {
        if registration.receiver.kind != ReceiverKind::Module {
            return false;
        }
        let declared = self.ir.bindings.iter().position(|binding| Some(binding.span) == registration.receiver.span);
        let is_set_later = declared.is_some_and(|index| {
            let writes = self.uses.writes(BindingId(index as u32));
            writes.iter().any(|&write| self.ir.function_of(write) != Ir::MODULE)
        });
        is_set_later || registration.receiver.text.contains('.')
    }

    /// `process.env.MODE = 'x'` in a test, which nothing puts back.
    fn environments(&self, found: &mut Vec<TestState>) {
        let writes: Vec<(ExprId, Option<&str>)> =
            self.uses.member_writes.iter().filter_map(|&write| Some((write, self.environment_write(write)?))).collect();
        for &(write, name) in &writes {
            let Some(name) = name else { continue };
            let context = self.context(write, Region::Function(Ir::MODULE));
            let Some((hook, hook_span)) = hook(&context) else { continue };
            let function = self.ir.function_of(write);
            let puts_back = |&(other, named): &(ExprId, Option<&str>)| {
                other != write
                    && named.is_none_or(|named| named == name)
                    && (named.is_none() || self.ir.function_of(other) == function || self.is_hook(self.ir.function_of(other)))
            };
            if writes.iter().any(puts_back) || self.restores_environment() {
                continue;
            }
            found.push(TestState {
                span: self.ir.span(write),
                statement_hash: self.text_hash(self.ir[self.ir[write].stmt].span),
                scope: self.qualified_name(write),
                what: TestStateKind::Environment { name: name.to_owned(), before_each: hook == "beforeEach" },
                holder: "process.env".to_owned(),
                holder_span: None,
                hook,
                hook_span,
            });
        }
    }

    /// The variable that is set or deleted; none if it may be any or all of them.
    fn environment_write(&self, write: ExprId) -> Option<Option<&str>> {
        let target = match self.ir.kind(write) {
            ExprKind::Assign { target, .. } | ExprKind::Unary(UnaryOp::Delete, target) => target,
            _ => return None,
        };
        let is_env = |object: ExprId| {
            matches!(self.ir.kind(object), ExprKind::Member { object, property, .. }
                if self.ir.name(property) == "env" && self.ir.global_of(object) == Some("process"))
        };
        match self.ir.kind(target) {
            _ if is_env(target) => Some(None),
            ExprKind::Member { object, property, .. } if is_env(object) => Some(Some(self.ir.name(property))),
            ExprKind::Index { object, .. } if is_env(object) => Some(None),
            _ => None,
        }
    }

    /// A function that a hook runs: around each test, or at the end.
    fn is_hook(&self, function: FnId) -> bool {
        let callers = self.callers(function);
        callers.iter().any(|caller| {
            caller.how == How::Test && caller.at.and_then(|at| self.callee_word(at)).is_some_and(|word| word != "it" && word != "test")
        })
    }

    fn callee_word(&self, call: ExprId) -> Option<&str> {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
        self.callee_name(callee)
    }

    /// Whether a call by its name puts the environment back: `restoreEnv()`, `Object.assign(process.env, saved)`, `vi.unstubAllEnvs()`.
    fn restores_environment(&self) -> bool {
        self.uses.calls.iter().any(|&call| {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return false };
            let word = self.callee_name(callee).unwrap_or_default();
            let by_name =
                ["restore", "reset", "unstub"].iter().any(|start| word.starts_with(start)) && word.to_ascii_lowercase().contains("env");
            let assigns = word == "assign" && self.ir.list(args).first().is_some_and(|&first| self.expr_text(first) == "process.env");
            by_name || assigns || AT_THE_END.contains(&word) && self.ir.list(args).iter().any(|&arg| self.ir.binding_of(arg).is_some())
        })
    }
}

/// The test, or what runs before each, that leads to a site.
fn hook(context: &Context) -> Option<(String, Span)> {
    if context.kind != ContextKind::Test {
        return None;
    }
    let (word, span) = context.steps.iter().find_map(|step| match &step.what {
        StepKind::Callback(callee) => {
            let known = callee.rsplit(['.', '(', ')']).find(|word| PER_TEST.contains(word) || PER_FILE.contains(word))?;
            Some((known.to_owned(), step.span))
        }
        _ => None,
    })?;
    PER_TEST.contains(&word.as_str()).then_some((word, span))
}
