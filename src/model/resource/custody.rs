//! Who has a resource, and what releases it.

use super::super::Model;
use super::super::access::Access;
use super::super::clearing::Clear;
use super::super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, PropKey, UnaryOp};
use super::super::place::{Place, Root, Step};
use super::super::summaries::Done;
use super::owned::OwnerEnd;
use super::{Acquired, Custody, Target};

/// Methods that let something go, whatever it is.
pub const RELEASES: &[&str] = &["unsubscribe", "close", "disconnect", "destroy", "terminate", "dispose", "unlisten", "quit"];

impl Model<'_> {
    /// Who has it, if that is nobody who may know better.
    pub(super) fn custody(&self, acquired: &Acquired<'_>) -> Option<Custody> {
        let Acquired { call, to, api, .. } = acquired;
        if let Some(setter) = api.id.then(|| self.state_setter(acquired)).flatten() {
            return Some(Custody::State { setter });
        }
        let rendered = to.rendered && !api.id;
        let handed_out = to.handed_out && !self.is_lent_to_requests(acquired);
        if handed_out || rendered || !to.collections.is_empty() || to.given.iter().any(|&given| !self.borrows(given, acquired)) {
            return None;
        }
        if self.goes_on_in_chain(acquired.value) {
            return None;
        }
        if self.is_part_of_effect(self.ir.function_of(*call)) && !api.id {
            return None;
        }
        let Some(&place) = to.places.first() else {
            return Some(match to.locals.first() {
                Some(&binding) => Custody::Local { name: self.ir.name(self.ir[binding].name).to_owned() },
                None => Custody::Dropped,
            });
        };
        let text = self.place_text(place);
        let span = self.declared_at(place).unwrap_or(self.ir.span(*call));
        match self.root(place) {
            Root::Instance(id) if self.is_field(place) => (!self.is_object(id) || api.id).then_some(Custody::Kept { text, span }),
            Root::Binding(binding) if self.is_root(place) && self.is_module_level(binding) => Some(Custody::Variable { text, span }),
            Root::Exports => None,
            _ => (api.id && !self.is_entry(place)).then_some(Custody::Property { text }),
        }
    }

    /// `createClient().connect()`, of which the result is used: it may be the thing itself.
    pub(super) fn goes_on_in_chain(&self, value: ExprId) -> bool {
        let Some(member) = self.uses.parent(value) else { return false };
        let ExprKind::Member { object, .. } = self.ir.kind(member) else { return false };
        let Some(call) = self.uses.parent(member).filter(|_| object == value) else { return false };
        let is_call = matches!(self.ir.kind(call), ExprKind::Call { callee, .. } if callee == member);
        let has_callback = |call: ExprId| match self.ir.kind(call) {
            ExprKind::Call { args, .. } => self.ir.list(args).iter().any(|&arg| self.is_function(arg)),
            _ => false,
        };
        is_call && (self.uses.parent(call).is_some() || has_callback(call))
    }

    pub(super) fn is_field(&self, place: Place) -> bool {
        matches!(self.split(place), Some((owner, Step::Field(_) | Step::Keyed(_))) if self.is_root(owner))
    }

    pub(super) fn is_entry(&self, place: Place) -> bool {
        self.level(place) > 0
    }

    /// A call that gets it as an argument, and has no reason to release it.
    pub(super) fn borrows(&self, given: ExprId, acquired: &Acquired<'_>) -> bool {
        let (ExprKind::Call { callee, .. } | ExprKind::New { callee, .. }) = self.ir.kind(given) else { return false };
        let Some(name) = self.callee_name(callee) else { return false };
        if acquired.api.release_call.iter().any(|release| release == name) || acquired.api.borrows.iter().any(|own| own == name) {
            return true;
        }
        if self.is_option_of(given, acquired) {
            return true;
        }
        // Functions of the module that made it work on it: `fs.writeSync(fd, ...)`.
        let maker = match self.ir.kind(acquired.call) {
            ExprKind::Call { callee, .. } | ExprKind::New { callee, .. } => self.imported(callee),
            _ => None,
        };
        matches!((maker, self.imported(callee)), (Some((own, _)), Some((other, path))) if own == other && is_plain_function(&path))
    }

    /// `setUrl(URL.createObjectURL(file))`, with `setUrl` from `useState`.
    pub(super) fn state_setter(&self, acquired: &Acquired<'_>) -> Option<String> {
        let [given] = acquired.to.given.as_slice() else { return None };
        let ExprKind::Call { callee, args, .. } = self.ir.kind(*given) else { return None };
        if self.sets_state_of_class(callee, acquired) && !acquired.to.handed_out && acquired.to.places.is_empty() {
            return Some(self.expr_text(callee));
        }
        let direct = self.ir.list(args).first() == Some(&acquired.value);
        let state = self.state_of_setter(callee)?;
        let is_released = self.releases_of(acquired).iter().any(|clear| self.ir.binding_of(clear.handle) == Some(state));
        let other_use = acquired.to.handed_out || !acquired.to.places.is_empty();
        // `setClip({ name, url: URL.createObjectURL(blob) })`, in a file that revokes nothing.
        let is_part = || {
            let part = |object| matches!(self.ir.kind(object), ExprKind::Object { .. }) && self.uses.parent(acquired.value) == Some(object);
            self.ir.list(args).first().is_some_and(|&object| part(object)) && !self.names_release_of(acquired)
        };
        (!is_released && !other_use && (direct || acquired.to.locals.len() == 1 || is_part())).then(|| self.expr_text(callee))
    }

    /// `this.setState({ preview: URL.createObjectURL(file) })`, in a file that revokes nothing.
    fn sets_state_of_class(&self, callee: ExprId, acquired: &Acquired<'_>) -> bool {
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return false };
        let is_setter = self.ir.name(property) == "setState" && matches!(self.ir.kind(object), ExprKind::This);
        let of_component = || self.instance_around(self.ir.function_of(acquired.call)).is_some_and(|id| self.component(id).is_some());
        is_setter && of_component() && !self.names_release_of(acquired)
    }

    /// The state that a setter sets: `url` of `const [url, setUrl] = useState()`.
    fn state_of_setter(&self, callee: ExprId) -> Option<BindingId> {
        let setter = self.ir.binding_of(callee)?;
        let part = |binding: BindingId, wanted: &str| {
            let [write] = self.uses.writes(binding) else { return None };
            let value = super::super::index::written_value(self.ir, *write)?;
            match self.ir.kind(value) {
                ExprKind::Member { object, property, .. } if self.ir.name(property) == wanted => Some(object),
                _ => None,
            }
        };
        let made = part(setter, "1")?;
        let ExprKind::Call { callee, .. } = self.ir.kind(made) else { return None };
        if self.callee_name(callee) != Some("useState") {
            return None;
        }
        (0..self.ir.bindings.len()).map(|index| BindingId(index as u32)).find(|&binding| part(binding, "0") == Some(made))
    }

    /// In the effect of a component: how those are cleaned up is a subject of its own.
    pub(super) fn is_part_of_effect(&self, function: FnId) -> bool {
        let mut at = Some(function);
        while let Some(one) = at {
            let call = self.ir[one].expr.and_then(|expr| self.uses.parent(expr));
            let callee = call.and_then(|call| match self.ir.kind(call) {
                ExprKind::Call { callee, .. } => self.callee_name(callee),
                _ => None,
            });
            let is_effect = |name: &str| name.starts_with("use") && name.ends_with("Effect") || name == "onMounted" || name == "onMount";
            if callee.is_some_and(is_effect) {
                return true;
            }
            at = self.ir[one].parent;
        }
        false
    }

    /// Whether an expression names the resource.
    pub(super) fn is_it(&self, value: ExprId, acquired: &Acquired<'_>) -> bool {
        self.clears(Clear { at: value, handle: value }, &acquired.to, None)
    }

    /// The releases in the file that this resource gets.
    pub(super) fn own_releases(&self, acquired: &Acquired<'_>) -> Vec<Clear> {
        let owner = self.maker_place(acquired.call);
        let is_own = |clear: &Clear| {
            clear.handle == acquired.value
                || self.clears(*clear, &acquired.to, None)
                || acquired.api.id && self.names_same_property(clear.handle, acquired)
                || owner.is_some_and(|owner| {
                    self.place(clear.handle) == Some(owner) && self.end_of_owner(owner, clear.at, acquired.call) != OwnerEnd::AfterMany
                })
        };
        let mut found: Vec<Clear> = self.releases_of(acquired).into_iter().filter(is_own).collect();
        found.extend(self.releases_beside(acquired));
        let by_helper = |done: &Done| matches!(done, Done::Releases(method) if acquired.api.release.contains(method));
        found.extend(self.clears_by_helpers(&acquired.to, &by_helper));
        found
    }

    /// `revokeObjectURL(this.src)` or `(event.target.src)` for what was put in `image.src`.
    fn names_same_property(&self, handle: ExprId, acquired: &Acquired<'_>) -> bool {
        let ExprKind::Member { property, .. } = self.ir.kind(handle) else { return false };
        acquired.to.places.iter().any(|&place| matches!(self.split(place), Some((_, Step::Field(name))) if name == property))
    }

    /// Every release of this kind in the file.
    fn releases_of(&self, acquired: &Acquired<'_>) -> Vec<Clear> {
        let api = acquired.api;
        let mut found = self.releases_by_method(|name| api.release.iter().any(|release| release == name));
        for &at in &self.uses.calls {
            let (ExprKind::Call { callee, args, .. } | ExprKind::New { callee, args }) = self.ir.kind(at) else { continue };
            let args = self.ir.list(args);
            if api.called {
                found.push(Clear { at, handle: callee });
            }
            let is_release = |value: ExprId| self.callee_name(value).is_some_and(|name| api.release_call.iter().any(|own| own == name));
            if is_release(callee) {
                found.extend(args.iter().map(|&handle| Clear { at, handle: self.option_fd(handle) }));
            } else if let ExprKind::Member { object, property, .. } = self.ir.kind(callee) {
                match args {
                    // `revokeObjectURL.bind(URL, url)`.
                    [_, handle, ..] if self.ir.name(property) == "bind" && is_release(object) => found.push(Clear { at, handle: *handle }),
                    // `urls.forEach(URL.revokeObjectURL)`.
                    [first, ..] if is_release(*first) => found.push(Clear { at, handle: object }),
                    _ => {}
                }
            }
        }
        found
    }

    /// The descriptor in `fs.createReadStream(null, { fd })`.
    fn option_fd(&self, value: ExprId) -> ExprId {
        let ExprKind::Object { props, .. } = self.ir.kind(value) else { return value };
        let mut props = self.ir.prop_list(props).iter();
        props.find(|prop| matches!(prop.key, PropKey::Name(name) if self.ir.name(name) == "fd")).map_or(value, |prop| prop.value)
    }

    /// Every mention of a method that releases, called or handed on, and every `using`.
    pub(in crate::model) fn releases_by_method(&self, is_release: impl Fn(&str) -> bool) -> Vec<Clear> {
        let mut found = Vec::new();
        for id in self.ir.expr_ids() {
            match self.ir.kind(id) {
                ExprKind::Member { object, property, .. } if is_release(self.ir.name(property)) => {
                    let is_written = self.uses.parent(id).is_some_and(|parent| {
                        matches!(self.ir.kind(parent), ExprKind::Assign { target, .. } if target == id)
                            || matches!(self.ir.kind(parent), ExprKind::Unary(UnaryOp::Delete | UnaryOp::TypeOf, _))
                    });
                    let call =
                        self.uses.parent(id).filter(|&call| matches!(self.ir.kind(call), ExprKind::Call { callee, .. } if callee == id));
                    if !is_written {
                        found.push(Clear { at: call.unwrap_or(id), handle: object });
                    }
                }
                ExprKind::Index { object, index } if self.is_dispose_symbol(index) => found.push(Clear { at: id, handle: object }),
                _ => {}
            }
        }
        found
    }

    /// The objects whose release methods this file names, for files near by.
    pub(in crate::model) fn resource_releases(&self) -> Vec<ExprId> {
        self.releases_by_method(|name| self.apis.resources.releases.contains(name)).into_iter().map(|clear| clear.handle).collect()
    }

    /// The first release that names exactly this field.
    pub(super) fn released_field(&self, releases: &[Clear], place: Place) -> Option<ExprId> {
        releases.iter().find(|clear| self.place(clear.handle) == Some(place)).map(|clear| clear.at)
    }

    /// How long what an observer watches lives, at most.
    pub(super) fn watched(&self, acquired: &Acquired<'_>) -> Target {
        let mut found = None;
        for target in self.observed(acquired) {
            let here = self.target(target);
            found = Some(found.map_or(here, |found| if found == here { found } else { Target::Unknown }));
            if here == Target::Page {
                return here;
            }
        }
        found.unwrap_or(Target::Unknown)
    }

    /// What an observer is told to watch.
    pub(super) fn observed(&self, acquired: &Acquired<'_>) -> Vec<Place> {
        let target = |&call: &ExprId| {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
            let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
            let watches = self.ir.name(property) == "observe" && (object == acquired.value || self.is_it(object, acquired));
            self.ir.list(args).first().and_then(|&target| self.place(target)).filter(|_| watches)
        };
        self.uses.calls.iter().filter_map(target).collect()
    }

    fn target(&self, place: Place) -> Target {
        let is_fixed = |step: Step| matches!(step, Step::Field(name) if matches!(self.ir.name(name), "body" | "head" | "documentElement"));
        if matches!(self.root(place), Root::Global(name) if self.ir.name(name) == "document")
            && self.split(place).is_none_or(|(_, step)| is_fixed(step))
        {
            return Target::Page;
        }
        let makes = |&value: &ExprId| match self.ir.kind(value) {
            ExprKind::Call { callee, .. } => self.callee_name(callee).is_some_and(|name| name.starts_with("create")),
            _ => false,
        };
        let values = self.initial_values(place);
        if !values.is_empty() && values.iter().filter(|&&value| !self.is_nothing(value)).all(makes) { Target::Own } else { Target::Unknown }
    }

    /// `setTimeout(connect, 500)` in `from`.
    fn hands_on(&self, from: FnId, function: FnId) -> bool {
        self.uses.calls.iter().any(|&call| {
            let ExprKind::Call { args, .. } = self.ir.kind(call) else { return false };
            let is_it = |&arg: &ExprId| self.function_value(arg) == Some(function);
            self.is_inside(self.ir.function_of(call), from) && self.ir.list(args).iter().any(is_it)
        })
    }

    /// Made again by the handler of its own end: there is one at a time.
    pub(super) fn renews_itself(&self, acquired: &Acquired<'_>) -> bool {
        const ENDS: &[&str] =
            &["close", "end", "error", "exit", "disconnect", "finish", "closed", "shutdown", "onclose", "onerror", "onend"];
        let function = self.ir.function_of(acquired.call);
        let reaches = |value: ExprId| {
            self.function_value(value).is_some_and(|handler| {
                handler == function
                    || self.is_inside(function, handler)
                    || self.reaches(handler, function, 4)
                    || self.hands_on(handler, function)
            })
        };
        self.ir.expr_ids().any(|id| match self.ir.kind(id) {
            ExprKind::Call { callee, args, .. } => match (self.ir.kind(callee), self.ir.list(args)) {
                (ExprKind::Member { object, .. }, [event, handler, ..]) => {
                    self.string(*event).is_some_and(|event| ENDS.contains(&event)) && self.is_it(object, acquired) && reaches(*handler)
                }
                _ => false,
            },
            ExprKind::Assign { target, value, .. } => match self.ir.kind(target) {
                ExprKind::Member { object, property, .. } => {
                    ENDS.contains(&self.ir.name(property)) && self.is_it(object, acquired) && reaches(value)
                }
                _ => false,
            },
            _ => false,
        })
    }

    /// The name by which its release can be written.
    pub(super) fn name_of_handle<'t>(&'t self, acquired: &Acquired<'_>, custody: &'t Custody) -> Option<&'t str> {
        match custody {
            Custody::Local { name } => Some(name),
            Custody::Kept { text, .. } | Custody::Variable { text, .. } | Custody::Property { text } => Some(text),
            Custody::State { .. } => acquired.to.locals.first().map(|&local| self.ir.name(self.ir[local].name)),
            Custody::Dropped | Custody::Caller { .. } => None,
        }
    }

    /// How its release would be written here.
    pub(super) fn release_text(&self, acquired: &Acquired<'_>, custody: &Custody) -> String {
        let api = acquired.api;
        // What has no name yet needs one before it can be given to its release.
        let name = self.name_of_named(acquired);
        let given = name.as_deref().unwrap_or(self.name_of_handle(acquired, custody).unwrap_or("handle"));
        if api.called {
            return format!("{given}()");
        }
        if let Some(advice) = &api.advice {
            return format!("{given}.{advice}");
        }
        match (api.release.first(), api.release_call.first()) {
            // `channel.port1.close()`: the channel itself has no such method.
            (Some(method), _) => match api.parts.first().filter(|_| !api.parts.iter().any(|part| given.ends_with(part.as_str()))) {
                Some(part) => format!("{given}.{part}.{method}()"),
                None => format!("{given}.{method}()"),
            },
            (None, Some(call)) => {
                let owner = match self.ir.kind(acquired.call) {
                    ExprKind::Call { callee, .. } => match self.ir.kind(callee) {
                        ExprKind::Member { object, .. } if self.is_plain_path(object) => format!("{}.", self.expr_text(object)),
                        _ => String::new(),
                    },
                    _ => String::new(),
                };
                format!("{owner}{call}({given})")
            }
            _ => String::new(),
        }
    }

    /// Whether a binding is one that is written again.
    pub(super) fn is_variable(&self, binding: BindingId) -> bool {
        matches!(self.ir[binding].kind, BindingKind::Let | BindingKind::Var)
    }
}

/// A function of a module. `Disposable.from(watcher)` is none: a class makes something of what it is given.
fn is_plain_function(path: &[Access]) -> bool {
    let is_class = |step: &Access| matches!(step, Access::Member(name) if name.starts_with(|first: char| first.is_ascii_uppercase()));
    path.iter().all(|step| matches!(step, Access::Member(_))) && path.len().checked_sub(2).is_none_or(|of| !is_class(&path[of]))
}
