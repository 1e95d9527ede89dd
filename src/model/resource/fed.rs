//! `shared.pipe(new PassThrough()).pipe(res)`: when `res` closes it leaves the stream in between, which its source goes on to feed.

use super::super::Model;
use super::super::access::Access;
use super::super::index::written_value;
use super::super::ir::{BindingId, ExprId, ExprKind, Ir};
use super::super::place::Root;
use super::{Custody, Flaw, Kind, Made, Resource};

/// What is done with a stream in between that does not end it.
const USES: &[&str] = &["pipe", "on", "once", "write", "read", "resume", "pause", "setEncoding"];

impl Model<'_> {
    pub(super) fn fed_streams(&self) -> Vec<Resource> {
        if !self.ir.names.iter().any(|name| matches!(&**name, "stream" | "zlib" | "node:stream" | "node:zlib")) {
            return Vec::new();
        }
        self.uses.calls.iter().filter_map(|&call| self.fed_stream(call)).collect()
    }

    fn fed_stream(&self, call: ExprId) -> Option<Resource> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
        let dest = *self.ir.list(args).first()?;
        let function = self.ir.function_of(call);
        if self.ir.name(property) != "pipe" || function == Ir::MODULE || !self.is_source_of_process(object) {
            return None;
        }
        let locals = self.names_of_fed(call, dest)?;
        let is_used = |&binding: &BindingId| {
            self.ir[self.ir[binding].scope].function == function && self.uses.refs(binding).iter().all(|&at| self.leaves_fed(at, dest))
        };
        let unpipes = self
            .uses
            .calls
            .iter()
            .any(|&at| matches!(self.ir.kind(at), ExprKind::Call { callee, .. } if self.callee_name(callee) == Some("unpipe")));
        if unpipes || !locals.iter().all(is_used) {
            return None;
        }
        let source = self.expr_text(object);
        let name = locals.first().map_or("stream", |&binding| self.ir.name(self.ir[binding].name));
        let mut resource = self.describe(call, format!("pipe from `{source}`"), Flaw::Unreleased);
        resource.kind = Kind {
            keeps: format!("`{source}` goes on feeding this stream when what is behind it has closed"),
            made: Made::PerProcess,
            ends: true,
            release: format!("{source}.unpipe({name})"),
            ..Kind::default()
        };
        resource.custody = match locals.first() {
            Some(_) => Custody::Local { name: name.to_owned() },
            None => Custody::Dropped,
        };
        Some(resource)
    }

    /// A variable of the module that is not set again by the work, or the input of the process.
    pub(super) fn is_source_of_process(&self, object: ExprId) -> bool {
        let Some(place) = self.place(object) else { return false };
        match self.root(place) {
            Root::Global(name) => self.ir.name(name) == "process",
            Root::Binding(binding) => {
                let at_start = |&write: &ExprId| self.ir.function_of(write) == Ir::MODULE;
                self.is_root(place) && self.is_module_level(binding) && self.uses.writes(binding).iter().all(at_start)
            }
            _ => false,
        }
    }

    /// The names of a stream that is made for this pipe; none if it is another stream, or somebody else gets it.
    fn names_of_fed(&self, call: ExprId, dest: ExprId) -> Option<Vec<BindingId>> {
        let made = match self.ir.binding_of(dest) {
            Some(binding) => match self.uses.writes(binding) {
                [write] => written_value(self.ir, *write)?,
                _ => return None,
            },
            None => dest,
        };
        if !self.is_stream_between(made) {
            return None;
        }
        let mut names: Vec<BindingId> = self.ir.binding_of(dest).into_iter().collect();
        match self.uses.parent(call).map(|parent| self.ir.kind(parent)) {
            None => {}
            Some(ExprKind::Member { property, .. }) if USES.contains(&self.ir.name(property)) => {}
            Some(ExprKind::Init { binding, .. }) => names.push(binding),
            _ => return None,
        }
        Some(names)
    }

    /// `new PassThrough()`, `zlib.createGzip()`: a stream that ends with its source only.
    fn is_stream_between(&self, made: ExprId) -> bool {
        let (ExprKind::Call { callee, .. } | ExprKind::New { callee, .. }) = self.ir.kind(made) else { return false };
        let Some((module, path)) = self.imported(callee) else { return false };
        let Some(Access::Member(name)) = path.last() else { return false };
        match module.trim_start_matches("node:") {
            "stream" => matches!(name.as_str(), "PassThrough" | "Transform" | "Duplex"),
            "zlib" => name.starts_with("create"),
            _ => false,
        }
    }

    /// A mention that neither ends the stream nor gives it to somebody.
    fn leaves_fed(&self, at: ExprId, dest: ExprId) -> bool {
        at == dest
            || self.uses.parent(at).is_some_and(|parent| match self.ir.kind(parent) {
                ExprKind::Member { property, .. } => USES.contains(&self.ir.name(property)),
                _ => false,
            })
    }
}
