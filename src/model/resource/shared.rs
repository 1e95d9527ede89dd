//! Observables that are shared for good: what connects them to a source that goes on stays when the last subscriber has gone.

use serde::{Deserialize, Serialize};

use super::super::Model;
use super::super::access::Access;
use super::super::context::{Context, ContextKind};
use super::super::facts::Certainty;
use super::super::ir::{ExprId, ExprKind, FunctionKind, Ir};
use super::super::stream::{Older, Stream};
use super::{Flaw, Kind, Resource};

/// What is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// It is seen to go on.
    Lasting,
    /// A service of another file has it, which tells nothing of it yet.
    Service,
    /// An object has it under a name, and it may end.
    Member,
}

impl Source {
    fn of(older: Older) -> Self {
        if older.certainty == Certainty::Unknown { Self::Service } else { Self::Lasting }
    }
}

impl Model<'_> {
    pub(super) fn shared_streams(&self) -> Vec<Resource> {
        if self.ir.find_name("shareReplay").is_none() {
            return Vec::new();
        }
        self.uses.calls.iter().filter_map(|&call| self.focused(Some(self.ir.span(call)), || self.shared_stream(call))).collect()
    }

    /// `this.news.feed$.pipe(map(read), shareReplay(1))` for each component or call.
    fn shared_stream(&self, operator: ExprId) -> Option<Resource> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(operator) else { return None };
        if !self.is_share_replay(callee) || self.counts_subscribers(self.ir.list(args)) {
            return None;
        }
        let pipe = self.uses.parent(operator)?;
        let ExprKind::Call { callee, args, .. } = self.ir.kind(pipe) else { return None };
        let ExprKind::Member { object: source, property, .. } = self.ir.kind(callee) else { return None };
        let before = self.ir.list(args).iter().take_while(|&&arg| arg != operator);
        if self.ir.name(property) != "pipe" || before.into_iter().any(|&arg| self.completes(arg)) || self.is_guarded_once(pipe) {
            return None;
        }
        let (of, context) = self.shared_again(pipe, source)?;
        let name = self.expr_text(source);
        let mut resource = self.describe(operator, "shared observable".to_owned(), Flaw::Shared { source: name.clone(), of });
        resource.kind = Kind {
            keeps: format!("stays subscribed to `{name}` when its own subscribers have gone"),
            release: "shareReplay({ bufferSize: 1, refCount: true })".to_owned(),
            ..Kind::default()
        };
        resource.context = context.unwrap_or(resource.context);
        Some(resource)
    }

    fn is_share_replay(&self, callee: ExprId) -> bool {
        self.imported(callee).is_some_and(|(module, path)| {
            matches!(module, "rxjs" | "rxjs/operators") && matches!(path.last(), Some(Access::Member(name)) if name == "shareReplay")
        })
    }

    /// `shareReplay({ refCount: true })`, or with options that are not in view.
    fn counts_subscribers(&self, args: &[ExprId]) -> bool {
        match args.first().map(|&first| (first, self.ir.kind(first))) {
            None | Some((_, ExprKind::Number(_))) => false,
            Some((options, ExprKind::Object { .. })) => {
                self.object_property(options, "refCount").is_some_and(|value| !matches!(self.ir.kind(value), ExprKind::Bool(false)))
            }
            Some((first, _)) => self.ir.global_of(first) != Some("undefined"),
        }
    }

    fn is_member_of_this(&self, value: ExprId) -> bool {
        matches!(self.ir.kind(value), ExprKind::Member { object, .. } if matches!(self.ir.kind(object), ExprKind::This))
    }

    /// How sure it is that the source goes on, where one more is made of it again and again.
    fn shared_again(&self, pipe: ExprId, source: ExprId) -> Option<(Source, Option<Context>)> {
        let function = self.ir.function_of(pipe);
        if let Some(mount) = self.mount(pipe).filter(|_| function != Ir::MODULE) {
            let Stream::Older(older) = self.stream(source) else { return None };
            let context = Context { kind: ContextKind::Unknown, steps: Vec::new(), per_request: false };
            return (!mount.is_root).then_some((Source::of(older), Some(context)));
        }
        // What a method gives back is another one for each call.
        let is_method = function != Ir::MODULE && !matches!(self.ir[function].kind, FunctionKind::Constructor | FunctionKind::FieldInit);
        let to = self.own_destinations(pipe);
        let is_new = is_method && !to.returned.is_empty() && to.places.is_empty() && to.collections.is_empty() && to.given.is_empty();
        if !is_new {
            return None;
        }
        match self.stream(source) {
            Stream::Older(older) => Some((Source::of(older), None)),
            Stream::Subject => Some((Source::Lasting, None)),
            // What an object has under a name is there for longer than one call.
            Stream::Other if self.is_member_of_this(source) => Some((Source::Member, None)),
            _ => None,
        }
    }
}
