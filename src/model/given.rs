//! Where the values of parameters come from: what callers pass.

use super::Model;
use super::calls::How;
use super::ir::{BindingId, ExprId, ExprKind, FnId};
use super::provenance::{CONSTANT, Domain, Found, Source};

impl Model<'_> {
    pub(super) fn trace_param(&self, binding: BindingId, function: FnId, index: u32, depth: u32) -> Found {
        let name = self.ir.name(self.ir[binding].name);
        if self.request_params(function).contains(&binding) && self.is_handler(function) {
            return Found { domain: Domain::Unbounded, source: Source::Request(name.to_owned()) };
        }
        if let Some(found) = self.decorated_param(function, index, name) {
            return found;
        }
        if let Some(place) = self.element_source(function, index) {
            return self.trace_element(place, depth);
        }
        let source = Source::Parameter(name.to_owned());
        if self.is_message_of_event(function) && self.by_name(name, source.clone()).domain == Domain::Unknown {
            return Found { domain: Domain::Likely, source };
        }
        let (mut arguments, mut complete) = self.known_arguments(function, index);
        // A function that calls itself with what it was given gets nothing new by that.
        arguments.retain(|&argument| self.ir.binding_of(argument) != Some(binding));
        complete &= !arguments.is_empty();
        let mut found = self.joined(&arguments, depth);
        let mut is_passed = !arguments.is_empty();
        if let Some((given, is_all)) = self.arguments_outside(function, index).filter(|_| !complete) {
            complete = is_all && !(given.is_empty() && arguments.is_empty()) && self.is_only_offered(function);
            for argument in given {
                is_passed = true;
                if argument.domain > found.domain {
                    found = Found { domain: argument.domain, source: argument.source };
                }
            }
        }
        if !complete {
            // One caller that is seen to pass ever new values is enough; what the others pass is not known. What is seen says more than a name:
            // where all those in view pass constants, so may the others.
            return match found.domain {
                Domain::Unbounded if is_passed => found,
                Domain::Fixed if is_passed => Found { domain: Domain::Harmless, source },
                Domain::Unknown if matches!(found.source, Source::Lookup(_)) => found,
                _ => self.by_name(name, source),
            };
        }
        match found.domain {
            // Two names that say different things say nothing.
            named if named.is_by_name() && self.by_name(name, source.clone()).domain == Domain::Harmless => {
                Found { domain: Domain::Unknown, source }
            }
            Domain::Unknown if matches!(found.source, Source::Lookup(_)) => found,
            Domain::Unknown | Domain::Harmless => {
                let named = self.by_name(name, source);
                if found.domain == Domain::Harmless && named.domain == Domain::Unknown { found } else { named }
            }
            _ => found,
        }
    }

    /// `@Param('sku') sku`: a part of the request, by what a framework has decorators for.
    fn decorated_param(&self, function: FnId, index: u32, name: &str) -> Option<Found> {
        let param = self.ir[function].params.get(index as usize)?;
        let decorator = param.decorators.iter().copied().find(|&decorator| self.is_request_decorator(decorator))?;
        let source = Source::Request(name.to_owned());
        if let ExprKind::Call { args, .. } = self.ir.kind(decorator) {
            let args = self.ir.list(args);
            if args.iter().any(|&arg| self.lets_few_pass(arg)) {
                return Some(CONSTANT);
            }
            let is_part = args.first().is_some_and(|&first| self.string(first).is_some());
            let named = self.by_name(name, source.clone());
            if is_part && named.domain == Domain::Harmless {
                return Some(named);
            }
        }
        Some(Found { domain: Domain::Unbounded, source })
    }

    /// `new ParseEnumPipe(Kind)`, `ParseBoolPipe`.
    fn lets_few_pass(&self, pipe: ExprId) -> bool {
        let named = match self.ir.kind(pipe) {
            ExprKind::New { callee, .. } => callee,
            _ => pipe,
        };
        self.callee_name(named).is_some_and(|name| self.apis.requests.few_pipes.contains(name))
    }

    /// Whether a function is called with a new request, connection or message each time, by its place or its parameter's name.
    pub(super) fn is_handler(&self, function: FnId) -> bool {
        self.callers(function).iter().any(|caller| {
            matches!(
                caller.how,
                How::Repeats | How::Exported | How::Returned | How::Escapes | How::Uncalled | How::PublicMethod(..) | How::Called
            )
        })
    }

    /// Whether those who call a function out of view get it by an import.
    fn is_only_offered(&self, function: FnId) -> bool {
        self.callers(function)
            .iter()
            .all(|caller| matches!(caller.how, How::Called | How::Exported | How::Returned | How::PublicMethod(..)))
    }

    /// Whether a function handles an event that carries one message or peer each time.
    fn is_message_of_event(&self, function: FnId) -> bool {
        self.callers(function).iter().any(|caller| {
            caller.how == How::Repeats
                && caller.at.and_then(|at| self.event_text(at)).is_some_and(|event| self.apis.events.per_peer.contains(&event))
        })
    }

    /// The parameter of a function that stands for one request, connection or message.
    pub fn request_param(&self, function: FnId) -> Option<super::ir::BindingId> {
        self.request_params(function).first().copied()
    }
}
