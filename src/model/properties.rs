//! Properties as keys: parts of requests, of settings, of what a caller passes.

use super::Model;
use super::index::written_value;
use super::ir::{BindingKind, ExprId, ExprKind, NameId, PropKey};
use super::place::Root;
use super::provenance::{COMPUTED, CONSTANT, Domain, Found, Source, is_constant_case};

/// The parts of a request that its sender chooses.
const REQUEST_DATA: &[&str] =
    &["body", "headers", "query", "params", "cookies", "url", "originalUrl", "path", "ip", "hostname", "handshake"];
/// Properties of a request that have few values.
const FEW: &[&str] = &["method", "httpVersion", "protocol", "length", "statusCode", "readyState", "encrypted", "secure"];

impl Model<'_> {
    /// A part of a new object is not new for that.
    fn part_by_name(&self, name: &str, of: &Source) -> Found {
        self.by_name(name, if matches!(of, Source::Fresh | Source::Instance) { Source::Computed } else { of.clone() })
    }

    pub(super) fn trace_member(&self, expr: ExprId, depth: u32) -> Found {
        let ir = self.ir;
        let ExprKind::Member { object, property, .. } = ir.kind(expr) else { return COMPUTED };
        let name = ir.name(property);
        // A part of a pattern's element (`for (const [k] of list)`) is what the element is.
        if let ExprKind::Element(list) = ir.kind(object) {
            return self.trace_element(list, depth);
        }
        match (ir.global_of(object), name) {
            (Some("process" | "os" | "Math" | "Symbol" | "path"), _) => return CONSTANT,
            _ if FEW.contains(&name) => return CONSTANT,
            _ if is_constant_case(name) => return CONSTANT,
            _ => {}
        }
        if let Some(binding) = ir.binding_of(object) {
            match ir[binding].kind {
                BindingKind::Enum => return CONSTANT,
                BindingKind::Param(function, _) if self.request_params(function).contains(&binding) && self.is_handler(function) => {
                    let source = Source::Request(ir.name(ir[binding].name).to_owned());
                    let named = self.by_name(name, source.clone());
                    // Whoever sends a request chooses what is in it; of a message, a name says whether it has few values (`msg.type`).
                    return if named.domain == Domain::Harmless && !REQUEST_DATA.contains(&name) {
                        named
                    } else {
                        Found { domain: Domain::Unbounded, source }
                    };
                }
                _ => {}
            }
        }
        let own = self.trace_own_property(object, property, depth).or_else(|| self.trace_given_name(expr, depth));
        if let Some(found) = own.or_else(|| self.trace_passed_property(object, property, depth)) {
            return found;
        }
        let inner = self.trace(object, depth);
        let named = self.part_by_name(name, &inner.source);
        if self.is_request_data(object) {
            return inner;
        }
        if inner.domain == Domain::Fixed && inner.source == Source::Constant {
            return if self.is_written_again(expr) { named } else { CONSTANT };
        }
        if self.is_settings(object) && named.domain < Domain::Unbounded {
            return Found { domain: Domain::Harmless, source: named.source };
        }
        if named.domain != Domain::Harmless {
            match inner.source {
                Source::Request(_) => return Found { domain: Domain::Unbounded, source: inner.source },
                Source::Lookup(_) => return Found { domain: Domain::Likely, source: inner.source },
                _ => {}
            }
        }
        self.part(object, name, inner, named, depth)
    }

    /// `await users.find(req.params.id)` of another file is one of the users that there are; `await read(req)` is what was sent.
    pub(super) fn trace_awaited(&self, awaited: ExprId, depth: u32) -> Found {
        let found = self.trace(awaited, depth);
        let ExprKind::Call { callee, args, .. } = self.ir.kind(awaited) else { return found };
        let is_sent =
            |value: ExprId| self.ir.binding_of(value).is_some_and(|binding| matches!(self.ir[binding].kind, BindingKind::Param(..)));
        let of = match self.ir.kind(callee) {
            ExprKind::Member { object, .. } => Some(object),
            _ => None,
        };
        let is_elsewhere = self.callee_function(awaited).is_none() && !self.ir.list(args).iter().copied().chain(of).any(is_sent);
        let asks = of.is_none_or(|object| !matches!(self.trace(object, depth).source, Source::Request(_)));
        if matches!(found.source, Source::Request(_)) && is_elsewhere && asks {
            return Found { domain: Domain::Likely, source: Source::Lookup(self.callee_text(awaited)) };
        }
        found
    }

    /// A property by what its object and its name say.
    fn part(&self, object: ExprId, name: &str, inner: Found, named: Found, depth: u32) -> Found {
        // What hangs on a thing of the program's set-up (`provider.jwkUrl`) has as few values as there are such things.
        if inner.domain == Domain::Harmless && named.domain.is_by_name() {
            return Found { domain: Domain::Unknown, source: named.source };
        }
        // The id of a plugin is one of as many as there are plugins.
        if matches!(name, "id" | "uuid" | "uid" | "guid") && inner.domain < Domain::Unbounded && self.is_of_set_up(object) {
            return Found { domain: Domain::Unknown, source: inner.source };
        }
        let is_part = name.bytes().all(|byte| byte.is_ascii_digit());
        if is_part && inner.source == Source::Fresh {
            return self.trace_element(object, depth);
        }
        if is_part || named.domain == Domain::Unknown && inner.domain.is_by_name() {
            return inner;
        }
        if matches!(inner.source, Source::Fresh | Source::Instance | Source::Counter) {
            named
        } else {
            Found { domain: named.domain, source: inner.source }
        }
    }

    /// By its name one of the things that the program is set up with.
    fn is_of_set_up(&self, object: ExprId) -> bool {
        let name = match self.ir.kind(object) {
            ExprKind::Ident(reference) => self.ir.name(self.ir[reference].name),
            ExprKind::Member { property, .. } => self.ir.name(property),
            _ => return false,
        };
        self.by_name(name, Source::Computed).domain == Domain::Harmless
    }

    /// `req.id`, where `req` was made with `{ id: ++count }` right there.
    fn trace_own_property(&self, object: ExprId, property: NameId, depth: u32) -> Option<Found> {
        let [write] = self.uses.writes(self.ir.binding_of(object)?) else { return None };
        let ExprKind::Object { props, .. } = self.ir.kind(written_value(self.ir, *write)?) else { return None };
        let prop = self.ir.prop_list(props).iter().find(|prop| prop.key == PropKey::Name(property))?;
        let found = self.trace(prop.value, depth);
        (found.domain == Domain::Unbounded).then_some(found)
    }

    /// `this.name`, which the constructor makes: `'job ' + ++count`.
    fn trace_given_name(&self, expr: ExprId, depth: u32) -> Option<Found> {
        let place = self.place(expr)?;
        let Root::Instance(id) = self.root(place) else { return None };
        let values = self.initial_values(place);
        let [only] = values.as_slice() else { return None };
        let is_constructed = self.entities.get(id).constructor == Some(self.ir.function_of(*only)) && !self.is_object(id);
        let found = is_constructed.then(|| self.trace(*only, depth))?;
        // A field that nobody else sets has as few values as its class is made with.
        let is_fixed = found.domain == Domain::Fixed && !self.is_written_again(expr);
        (is_fixed || matches!(found.source, Source::Counter | Source::Random | Source::Time)).then_some(found)
    }

    /// `mail.to`, where a caller in view passes `{ to: req.headers.to }`.
    fn trace_passed_property(&self, object: ExprId, property: NameId, depth: u32) -> Option<Found> {
        let BindingKind::Param(function, index) = self.ir[self.ir.binding_of(object)?].kind else { return None };
        let (arguments, _) = self.known_arguments(function, index);
        let passed = arguments.iter().filter_map(|&argument| match self.ir.kind(argument) {
            ExprKind::Object { props, .. } => {
                self.ir.prop_list(props).iter().find(|prop| prop.key == PropKey::Name(property)).map(|prop| prop.value)
            }
            _ => None,
        });
        let passed: Vec<ExprId> = passed.collect();
        let found = self.joined(&passed, depth);
        (found.domain == Domain::Unbounded).then_some(found)
    }

    /// `req.body`, `ctx.request.headers`: chosen by whoever sends the request.
    fn is_request_data(&self, expr: ExprId) -> bool {
        let mut at = expr;
        let mut is_data = false;
        while let ExprKind::Member { object, property, .. } = self.ir.kind(at) {
            is_data |= REQUEST_DATA.contains(&self.ir.name(property));
            at = object;
        }
        let Some(binding) = self.ir.binding_of(at) else { return false };
        is_data && matches!(self.ir[binding].kind, BindingKind::Param(function, _) if self.request_params(function).contains(&binding))
    }

    /// `options.name`, `config.database`: a value that the program's owner sets.
    fn is_settings(&self, object: ExprId) -> bool {
        let name = match self.ir.kind(object) {
            ExprKind::Ident(reference) => self.ir.name(self.ir[reference].name),
            ExprKind::Member { property, .. } => self.ir.name(property),
            _ => return false,
        };
        matches!(name.trim_start_matches('_'), "options" | "opts" | "config" | "configuration" | "settings" | "env")
    }

    pub(super) fn is_written_again(&self, expr: ExprId) -> bool {
        let Some(place) = self.place(expr) else { return true };
        self.initial_values(place).len() > 1
            || self
                .uses
                .member_writes
                .iter()
                .any(|&write| matches!(self.ir.kind(write), ExprKind::Update { target, .. } if self.place(target) == Some(place)))
    }
}
