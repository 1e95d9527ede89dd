//! What becomes of a function's value: the search behind [`Model::callers`].

use rustc_hash::FxHashSet;

use super::Model;
use super::apis::Timing;
use super::calls::{Caller, How};
use super::entity::{EntityId, This};
use super::ir::{BindingId, BindingKind, Exported, ExprId, ExprKind, FnId, FunctionKind, NameId, PropKey, PropKind};
use super::place::Root;

/// `onclick`, `onMessage`: a property that takes the one handler of an event.
fn is_handler_property(name: &str) -> bool {
    name.len() > 2 && name.starts_with("on")
}

pub(super) struct CallerSearch<'m, 'a> {
    model: &'m Model<'a>,
    pub(super) found: Vec<Caller>,
    /// Where the function is taken off an emitter.
    pub(super) removals: Vec<ExprId>,
    seen: FxHashSet<ExprId>,
}

impl<'m, 'a> CallerSearch<'m, 'a> {
    pub(super) fn new(model: &'m Model<'a>) -> Self {
        Self { model, found: Vec::new(), removals: Vec::new(), seen: FxHashSet::default() }
    }

    fn add(&mut self, how: How, at: ExprId) {
        self.found.push(Caller { how, at: Some(at) });
    }

    pub(super) fn function(&mut self, function: FnId) {
        let ir = self.model.ir;
        let declared = &ir[function];
        match declared.kind {
            FunctionKind::Module => return,
            FunctionKind::StaticInit | FunctionKind::Namespace => {
                self.found.push(Caller { how: How::Inline, at: None });
                return;
            }
            FunctionKind::FieldInit | FunctionKind::Constructor => {
                if let This::Instance(id) = self.model.entities.this_of(function) {
                    self.constructions(id);
                }
                return;
            }
            _ if self.model.is_module_wrapper(function) => {
                self.found.push(Caller { how: How::Inline, at: None });
                return;
            }
            _ => {}
        }
        if let Some(expr) = declared.expr {
            self.value(expr);
        }
        for &binding in self.model.uses.bindings_of_function(function) {
            self.binding(binding);
        }
        self.as_member(function);
    }

    fn binding(&mut self, binding: BindingId) {
        let model = self.model;
        if model.ir.exports.iter().any(|export| matches!(export.what, Exported::Binding(exported) if exported == binding)) {
            self.found.push(Caller { how: How::Exported, at: None });
        }
        for export in &model.ir.exports {
            if let Exported::Local(reference) = export.what
                && model.ir[reference].binding == Some(binding)
            {
                self.found.push(Caller { how: How::Exported, at: None });
            }
        }
        for &at in model.uses.refs(binding) {
            self.value(at);
        }
    }

    /// The calls of a method on objects whose class is known, and anybody else's.
    fn as_member(&mut self, function: FnId) {
        for &(id, name, is_static) in self.model.entities.memberships(function) {
            match self.model.run_by_host(id, name, is_static) {
                Some((how, at)) => self.add(how, at),
                None => self.member_uses(id, name, is_static),
            }
        }
    }

    fn member_uses(&mut self, id: EntityId, name: NameId, is_static: bool) {
        let model = self.model;
        let before = self.found.len();
        for &at in model.reads_of(name) {
            let ExprKind::Member { object, .. } = model.ir.kind(at) else { continue };
            let is_one = model.entity_of(object).is_some_and(|(of, statics)| statics == is_static && model.is_a(of, id));
            if is_one || !is_static && model.may_be_made_as(object, id) {
                self.value(at);
            }
        }
        // What the class may name alone, and does, nobody else calls.
        let is_own = self.found.len() > before && model.is_private_member(id, name, is_static);
        if !is_own && !model.ir.name(name).starts_with('#') && !model.is_closed(id) {
            self.found.push(Caller { how: How::PublicMethod(id, name), at: None });
        }
    }

    fn constructions(&mut self, id: EntityId) {
        let model = self.model;
        for &call in &model.uses.calls {
            if let ExprKind::New { callee, .. } = model.ir.kind(call)
                && model.class_named_by(callee) == Some(id)
            {
                self.add(How::Called, call);
            }
        }
        let is_own = !self.found.is_empty() && model.has_private_constructor(id);
        if let Some(binding) = model.entities.get(id).binding
            && model.is_exported(binding)
            && !is_own
        {
            self.found.push(Caller { how: How::Exported, at: None });
        }
    }

    /// What becomes of an expression whose value is the function.
    pub(super) fn value(&mut self, value: ExprId) {
        if !self.seen.insert(value) {
            return;
        }
        let ir = self.model.ir;
        let Some(parent) = self.model.uses.parent(value) else {
            if self.model.is_decorator(value) {
                self.add(How::Called, value);
            }
            if ir.exports.iter().any(|export| export.what == Exported::Expr(value)) {
                self.add(How::Exported, value);
            }
            return;
        };
        match ir.kind(parent) {
            ExprKind::Call { callee, .. } | ExprKind::New { callee, .. } if callee == value => self.add(How::Called, parent),
            ExprKind::TaggedTemplate { tag, .. } if tag == value => self.add(How::Called, parent),
            ExprKind::Call { .. } | ExprKind::New { .. } => self.argument(parent, value),
            ExprKind::Member { property, .. } => self.member_of_function(parent, ir.name(property)),
            ExprKind::Init { binding, .. } => self.stored_in(binding, parent),
            ExprKind::Assign { target, value: assigned, .. } if assigned == value => match ir.binding_of(target) {
                Some(binding) => self.stored_in(binding, parent),
                None if self.model.place(target).is_some_and(|place| self.model.root(place) == Root::Exports) => {
                    self.add(How::Exported, parent);
                    self.read_there(target);
                }
                None => self.stored_in_member(target, parent),
            },
            ExprKind::Logical(..) | ExprKind::Conditional(..) | ExprKind::Sequence(_) | ExprKind::Await(_) | ExprKind::Spread(_) => {
                self.value(parent)
            }
            ExprKind::Return(_) => self.returned(parent),
            ExprKind::Yield(_) => self.add(How::Returned, parent),
            ExprKind::Object { props, .. } => self.property(parent, props, value),
            ExprKind::Jsx { .. } => self.add(How::Repeats, parent),
            ExprKind::Array(_) => self.add(How::Escapes, parent),
            _ => {}
        }
    }

    /// A closure that is returned runs where the results of its maker's calls are called.
    fn returned(&mut self, at: ExprId) {
        let maker = self.model.ir.function_of(at);
        let is_plain = !self.model.ir[maker].is_async && !self.model.ir[maker].is_generator;
        let mut in_view = is_plain;
        if is_plain {
            for caller in self.model.callers(maker).iter() {
                match (caller.how, caller.at) {
                    (How::Called, Some(call)) => self.value(call),
                    _ => in_view = false,
                }
            }
        }
        if !in_view {
            self.add(How::Returned, at);
        }
    }

    fn member_of_function(&mut self, member: ExprId, name: &str) {
        if !matches!(name, "call" | "apply" | "bind") {
            return;
        }
        let Some(call) = self.model.uses.parent(member) else { return };
        match self.model.ir.kind(call) {
            ExprKind::Call { callee, .. } if callee == member && name == "bind" => self.value(call),
            ExprKind::Call { callee, .. } if callee == member => self.add(How::Called, call),
            _ => {}
        }
    }

    fn stored_in(&mut self, binding: BindingId, at: ExprId) {
        if self.model.uses.function_of_binding(binding).is_none() {
            self.binding(binding);
        }
        // `const f = exports.f = () => {}` hands out the assignment's value as well.
        if matches!(self.model.ir.kind(at), ExprKind::Assign { .. }) {
            self.value(at);
        }
    }

    fn stored_in_member(&mut self, target: ExprId, at: ExprId) {
        let model = self.model;
        let ExprKind::Member { object, property, .. } = model.ir.kind(target) else {
            self.add(How::Escapes, at);
            return;
        };
        match model.entity_of(object) {
            Some((id, is_static)) => {
                let known = model.entities.get(id);
                let is_member = if is_static { &known.statics } else { &known.methods }.contains_key(&property);
                if !is_member {
                    self.member_uses(id, property, is_static);
                }
            }
            // `X.prototype.m = f` is a member, and counted there.
            None if matches!(model.ir.kind(object), ExprKind::Member { property, .. } if model.ir.name(property) == "prototype") => {}
            None if is_handler_property(model.ir.name(property)) => self.add(How::Repeats, at),
            None => {
                if !model.is_table_of_functions(object) {
                    self.add(How::Escapes, at);
                }
                self.read_there(target);
            }
        }
    }

    /// `exports.start()` of what was assigned to `exports.start`.
    fn read_there(&mut self, target: ExprId) {
        self.model.reads_of_property(target).into_iter().for_each(|at| self.value(at));
    }

    /// A property of an object literal: a member, run by whoever gets the object.
    fn property(&mut self, object: ExprId, props: super::ir::List, value: ExprId) {
        let ir = self.model.ir;
        let Some(prop) = ir.prop_list(props).iter().find(|prop| prop.value == value) else { return };
        if prop.kind == PropKind::Spread {
            return;
        }
        let is_member = matches!(prop.key, PropKey::Name(_)) && matches!(ir.kind(value), ExprKind::Function(_));
        let ExprKind::Object { object: id, .. } = ir.kind(object) else {
            self.add(How::Escapes, object);
            return;
        };
        if let (false, PropKey::Name(name)) = (is_member, prop.key)
            && let Some((how, at)) = self.model.run_by_maker(object, ir.name(name))
        {
            self.add(how, at);
            return;
        }
        if !is_member || self.model.entities.of_object(id).is_none() {
            let how = if self.model.is_exported_value(object) { How::Exported } else { How::Escapes };
            self.add(how, object);
        }
    }

    fn argument(&mut self, call: ExprId, argument: ExprId) {
        let model = self.model;
        // Who takes a listener off does not run it.
        if matches!(model.ir.kind(call), ExprKind::Call { callee, .. }
            if matches!(model.ir.kind(callee), ExprKind::Member { property, .. } if model.apis.releases_listener(model.ir.name(property))))
        {
            self.removals.push(call);
            return;
        }
        if self.is_executor(call, argument) || self.is_called_back(call, argument) {
            self.add(How::Later, call);
            return;
        }
        if let Some(timing) = model.argument_timing(call, argument) {
            let how = match timing {
                Timing::Loop => How::EachElement,
                Timing::Inline => How::Inline,
                Timing::Later => How::Later,
                Timing::Repeats => How::Repeats,
                Timing::Test => How::Test,
            };
            self.add(how, call);
            return;
        }
        if let Some(function) = model.callee_function(call)
            && let Some(how) = self.passed_on(call, argument, function)
        {
            self.add(how, call);
            return;
        }
        self.wrapped(call, argument);
    }

    /// `new Library((resolve, reject) => ...)`: a promise by what it takes, whatever it is called.
    fn is_executor(&self, call: ExprId, argument: ExprId) -> bool {
        let ir = self.model.ir;
        let (ExprKind::New { callee, .. }, ExprKind::Function(function)) = (ir.kind(call), ir.kind(argument)) else { return false };
        let names: Vec<&str> =
            ir[function].params.iter().filter_map(|param| param.binding).map(|binding| ir.name(ir[binding].name)).collect();
        ir.global_of(callee).is_none() && matches!(names[..], ["resolve", "reject"])
    }

    /// A function of this file that has the name of one which registers (`createServer`), and calls back when its own work is done.
    fn is_called_back(&self, call: ExprId, argument: ExprId) -> bool {
        let model = self.model;
        let ExprKind::Call { callee, args, .. } = model.ir.kind(call) else { return false };
        let Some(function) = model.ir.binding_of(callee).and_then(|binding| model.uses.function_of_binding(binding)) else { return false };
        let index = model.ir.list(args).iter().position(|&arg| arg == argument);
        let Some(param) = index.and_then(|index| model.ir[function].params.get(index)?.binding) else { return false };
        let uses = model.uses.refs(param);
        let is_callee = |at: ExprId| {
            model.uses.parent(at).is_some_and(|parent| matches!(model.ir.kind(parent), ExprKind::Call { callee, .. } if callee == at))
        };
        model.argument_timing(call, argument) == Some(Timing::Repeats) && !uses.is_empty() && uses.iter().all(|&at| is_callee(at))
    }

    /// A function of this file that only calls its parameter: the argument runs when it does.
    fn passed_on(&self, call: ExprId, argument: ExprId, function: FnId) -> Option<How> {
        let model = self.model;
        let (ExprKind::Call { args, .. } | ExprKind::New { args, .. }) = model.ir.kind(call) else { return None };
        let index = model.ir.list(args).iter().position(|&arg| arg == argument)?;
        let param = model.ir[function].params.get(index)?.binding?;
        let uses = model.uses.refs(param);
        let calls = uses.iter().all(|&at| {
            model.uses.parent(at).is_some_and(|parent| matches!(model.ir.kind(parent), ExprKind::Call { callee, .. } if callee == at && model.ir.function_of(parent) == function))
        });
        if uses.is_empty() || !calls {
            return None;
        }
        let in_loop = uses.iter().any(|&at| model.ir[model.ir[at].block].in_loop.is_some());
        Some(if in_loop { How::EachElement } else { How::Inline })
    }

    /// `const handler = debounce(f)`: who gets the wrapper runs the function.
    fn wrapped(&mut self, call: ExprId, _argument: ExprId) {
        let before = self.found.len();
        if let Some(parent) = self.model.uses.parent(call) {
            let is_value = match self.model.ir.kind(parent) {
                ExprKind::Init { binding, .. } => self.model.ir[binding].kind != BindingKind::Catch,
                ExprKind::Assign { .. } | ExprKind::Return(_) | ExprKind::Object { .. } => true,
                ExprKind::Call { callee, .. } | ExprKind::New { callee, .. } => callee != call,
                _ => false,
            };
            if is_value {
                self.value(call);
            }
        }
        if self.found.len() == before {
            self.add(How::Escapes, call);
        }
    }
}
