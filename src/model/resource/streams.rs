//! Streams of one connection: files piped into it, and responses that nobody reads.

use super::super::Model;
use super::super::access::Access;
use super::super::edits::Line;
use super::super::facts::TextEdit;
use super::super::ir::{BindingId, ExprId, ExprKind, FnId, PropKey, When};
use super::fact::Remedy;
use super::{Custody, Flaw, Resource};
use crate::text::Span;

/// What is read of a response without reading its body.
const HEAD: &[&str] = &[
    "statusCode",
    "statusMessage",
    "headers",
    "rawHeaders",
    "httpVersion",
    "url",
    "complete",
    "trailers",
    "aborted",
    "headersDistinct",
    "req",
];

impl Model<'_> {
    pub(super) fn streams(&self) -> Vec<Resource> {
        let mut found = Vec::new();
        for &call in &self.uses.calls {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { continue };
            match self.callee_name(callee) {
                Some("createReadStream") => found.extend(self.piped(call, callee)),
                Some("get" | "request") => found.extend(self.unread(call, callee).or_else(|| self.unread_fetched(call, callee))),
                _ => {}
            }
        }
        found
    }

    /// `fs.createReadStream(file).pipe(res)`: when the client goes away, the file stays open.
    fn piped(&self, call: ExprId, callee: ExprId) -> Option<Resource> {
        if !self.is_of(callee, &["fs", "graceful-fs", "fs-extra"], "createReadStream") {
            return None;
        }
        let value = self.settled(call);
        let to = self.loose_destinations(value);
        if to.handed_out || !to.given.is_empty() || !to.places.is_empty() || !to.collections.is_empty() || to.locals.len() > 1 {
            return None;
        }
        let is_stream = |object: ExprId| {
            let object = self.start_of_chain(object);
            object == call || object == value || self.ir.binding_of(object).is_some_and(|binding| to.locals.contains(&binding))
        };
        let function = self.ir.function_of(call);
        let (at, peer) = self.uses.calls.iter().find_map(|&at| {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(at) else { return None };
            let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
            let dest = *self.ir.list(args).first()?;
            (self.ir.name(property) == "pipe" && is_stream(object)).then(|| Some((at, self.response(dest, function)?))).flatten()
        })?;
        let releases = self.releases_by_method(|name| matches!(name, "destroy" | "close" | "unpipe" | "destroySoon"));
        if releases.iter().any(|clear| is_stream(clear.handle)) || self.is_consumed_by(&to.locals, at) {
            return None;
        }
        let mut resource = self.describe(call, "file stream".to_owned(), Flaw::Piped { peer });
        resource.custody = match to.locals.first() {
            Some(&binding) => Custody::Local { name: self.ir.name(self.ir[binding].name).to_owned() },
            None => Custody::Dropped,
        };
        resource.remedy = self.destroy_on_close(at, &resource);
        Some(resource)
    }

    /// Whether the stream is read in another way as well.
    fn is_consumed_by(&self, locals: &[BindingId], pipe: ExprId) -> bool {
        locals.iter().flat_map(|&binding| self.uses.refs(binding)).any(|&at| {
            let Some(member) = self.uses.parent(at) else { return false };
            let listens =
                matches!(self.ir.kind(member), ExprKind::Member { property, .. } if matches!(self.ir.name(property), "on" | "once"));
            let call = self.uses.parent(member);
            listens && call != Some(pipe) && call.and_then(|call| self.event_text(call)).is_some_and(|event| event == "data")
        })
    }

    fn start_of_chain(&self, mut object: ExprId) -> ExprId {
        while let ExprKind::Call { callee, .. } = self.ir.kind(object)
            && let ExprKind::Member { object: inner, property, .. } = self.ir.kind(callee)
            && matches!(self.ir.name(property), "pipe" | "on" | "once" | "setEncoding")
        {
            object = inner;
        }
        object
    }

    /// The response that a destination is, as it is written.
    fn response(&self, dest: ExprId, function: FnId) -> Option<String> {
        let base = match self.ir.kind(dest) {
            ExprKind::Member { object, property, .. } if matches!(self.ir.name(property), "res" | "raw" | "response") => object,
            _ => dest,
        };
        let binding = self.ir.binding_of(base)?;
        let mut at = Some(function);
        while let Some(one) = at {
            if self.request_params(one).contains(&binding) {
                let name = self.ir.name(self.ir[binding].name);
                let is_response = matches!(name, "res" | "response" | "resp" | "reply" | "socket" | "conn" | "connection");
                return (is_response || base != dest).then(|| self.expr_text(dest));
            }
            at = self.ir[one].parent;
        }
        None
    }

    /// `res.on('close', () => stream.destroy())` behind the pipe.
    fn destroy_on_close(&self, pipe: ExprId, resource: &Resource) -> Option<Remedy> {
        let (Custody::Local { name }, Flaw::Piped { peer }) = (&resource.custody, &resource.flaw) else { return None };
        let stmt = self.own_statement(pipe)?;
        let span = self.ir[stmt].span;
        let Line { next, is_alone } = self.line(span);
        next.filter(|_| is_alone)?;
        let callback =
            if self.is_old_script() { format!("function () {{ {name}.destroy(); }}") } else { format!("() => {name}.destroy()") };
        let text = format!(
            "{peer}.on({}, {callback}){}{}{}",
            self.quoted("close"),
            self.end_of_statement(),
            self.newline(),
            self.indent_at(span.start)
        );
        Some(Remedy { does: format!("destroy `{name}` when `{peer}` closes"), edits: vec![TextEdit::insert(span.start, text)] })
    }

    /// `http.get(url, (res) => done(res.statusCode))`: the socket waits for somebody to read the body.
    fn unread(&self, call: ExprId, callee: ExprId) -> Option<Resource> {
        let name = self.callee_name(callee)?;
        if !self.is_of(callee, &["http", "https"], name) {
            return None;
        }
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return None };
        let args = self.ir.list(args);
        let function = self.function_value(*args.last()?)?;
        let has_no_body = |&arg: &ExprId| match self.ir.kind(arg) {
            ExprKind::Object { props, .. } => self.ir.prop_list(props).iter().any(|prop| {
                matches!(prop.key, PropKey::Name(name) if self.ir.name(name) == "method")
                    && self.string(prop.value).is_none_or(|method| method.eq_ignore_ascii_case("head"))
            }),
            _ => false,
        };
        if args.iter().any(has_no_body) {
            return None;
        }
        let param = self.ir[function].params.first()?;
        let binding = param.binding?;
        let readers: Vec<ExprId> = self.uses.refs(binding).iter().copied().filter(|&at| !self.leaves_body(at)).collect();
        if self.ends_request(function, call) {
            return None;
        }
        let name = self.ir.name(self.ir[binding].name).to_owned();
        if !readers.is_empty() {
            let at = self.return_before_body(function, binding, &readers)?;
            return Some(self.describe(call, "response".to_owned(), Flaw::UnreadEarly { name, at }));
        }
        let mut resource = self.describe(call, "response".to_owned(), Flaw::Unread { name: name.clone() });
        resource.remedy = self.resume(function, &name);
        Some(resource)
    }

    /// A `return` of a response's callback, for what its head says, that leaves the body behind.
    fn return_before_body(&self, function: FnId, response: BindingId, readers: &[ExprId]) -> Option<Span> {
        if readers.iter().any(|&at| self.ir.function_of(at) != function) {
            return None;
        }
        let flow = self.flow(function);
        let blocks: Vec<_> = readers.iter().map(|&at| self.ir[at].block).collect();
        let asks = |guard: &super::super::flow::Guard| {
            let (When::True(condition) | When::False(condition)) = guard.when else { return false };
            let span = self.ir.span(condition);
            self.uses.refs(response).iter().any(|&at| span.contains(self.ir.span(at)))
        };
        let early = self.uses.returns(function).iter().copied().find(|&id| {
            let block = self.ir[id].block;
            !blocks.contains(&block)
                && flow.is_reachable(block)
                && !flow.must_pass(self.ir, self.ir[function].entry, block, readers)
                && flow.guards(self.ir, block).iter().any(asks)
        })?;
        Some(self.ir.span(early))
    }

    /// A use of a response that does not read its body.
    fn leaves_body(&self, at: ExprId) -> bool {
        let Some(member) = self.uses.parent(at) else { return false };
        let ExprKind::Member { property, .. } = self.ir.kind(member) else { return false };
        let name = self.ir.name(property);
        if HEAD.contains(&name) {
            return true;
        }
        let call = self.uses.parent(member);
        let event = call.and_then(|call| self.event_text(call));
        matches!(name, "on" | "once" | "addListener")
            && event.is_some_and(|event| matches!(event.as_str(), "error" | "end" | "close" | "aborted"))
    }

    /// Whether the request is destroyed by its callback, or its handle is.
    fn ends_request(&self, callback: FnId, call: ExprId) -> bool {
        let to = self.loose_destinations(call);
        if to.handed_out || !to.places.is_empty() || !to.given.is_empty() {
            return true;
        }
        self.releases_by_method(|name| matches!(name, "destroy" | "abort")).iter().any(|clear| {
            self.is_inside(self.ir.function_of(clear.at), callback)
                || self.ir.binding_of(clear.handle).is_some_and(|binding| to.locals.contains(&binding))
        })
    }

    fn resume(&self, function: FnId, name: &str) -> Option<Remedy> {
        let declared = &self.ir[function];
        let first = self.ir.stmts.iter().filter(|stmt| stmt.in_list && declared.body.contains(stmt.span)).map(|stmt| stmt.span.start).min();
        let at = first.filter(|_| !declared.body_is_expression && declared.directives.is_empty())?;
        let opens = self.source.line_of(declared.body.start) == self.source.line_of(at);
        let separator = if opens { " ".to_owned() } else { format!("{}{}", self.newline(), self.indent_at(at)) };
        let end = if opens { ";" } else { self.end_of_statement() };
        let edits = vec![TextEdit { span: Span::new(at, at), text: format!("{name}.resume(){end}{separator}") }];
        Some(Remedy { does: format!("let the body go: `{name}.resume()`"), edits })
    }

    /// Whether something is a function of one of these modules.
    fn is_of(&self, callee: ExprId, modules: &[&str], name: &str) -> bool {
        self.imported(callee).is_some_and(|(module, path)| {
            modules.contains(&module.trim_start_matches("node:"))
                && matches!(path.iter().rfind(|step| **step != Access::Member("default".to_owned())), Some(Access::Member(last)) if last == name)
        })
    }
}
