//! Caches that a library keeps: memoized functions, loaders, compiled schemas, sessions.

use serde::{Deserialize, Serialize};

use super::Model;
use super::access::{Access, AccessPath};
use super::clearing::Clear;
use super::context::{Context, ContextKind, Region};
use super::facts::{Certainty, Facts, Life};
use super::ir::{BindingKind, ExprId, ExprKind, FnId, Ir, PropKey, PropKind, Type};
use super::links::UseKind;
use super::origin::without_default;
use super::outside::FileName;
use super::place::{Place, Root};
use super::provenance::{Domain, Provenance, Source};
use super::resource::api::MakePath;
use super::vocabulary::MEMO_MODULE;
use crate::text::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MemoKind {
    Function,
    Cache,
    Loader,
    Schemas,
    Sessions,
    /// Results of queries: they expire in a page, and never on a server.
    Queries,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemoApi {
    pub kind: MemoKind,
    pub module: Vec<String>,
    make: Vec<MakePath>,
    bounds: Vec<String>,
    #[serde(default)]
    unbound: Vec<String>,
    release: Vec<String>,
    #[serde(default)]
    grows: Vec<String>,
    /// The option of what grows it that is the key.
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    identity: bool,
    #[serde(default)]
    resolver: bool,
    /// Only where this option is given.
    #[serde(default)]
    with: Option<String>,
    /// Later major versions ask for a bound.
    #[serde(default)]
    before: Option<u32>,
    /// What bounds it, as the end of "give it a bound: "; `{}` is its name.
    #[serde(default)]
    advice: String,
    pub example: String,
    pub source: String,
}

#[derive(Debug, Deserialize)]
pub struct MemoFile {
    pub memo: Vec<MemoApi>,
}

/// Such a cache without a bound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Memo {
    pub kind: MemoKind,
    /// The call or construction that makes it.
    pub span: Span,
    pub statement_hash: u64,
    pub scope: String,
    /// What is called, as written.
    pub call: String,
    /// The name of the cache or memoized function.
    pub name: String,
    /// It is a member of the module or the program itself, not of an object that comes and goes.
    pub is_global: bool,
    /// How long the object lives that has it, if it is a field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub life: Option<Life>,
    /// What would bound it.
    pub advice: String,
    /// Uses that add an entry.
    pub growth: Option<MemoGrowth>,
    /// Only if the version of the library is older than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub older: Option<Older>,
}

/// A library, and a major version of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Older {
    pub module: String,
    pub than: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemoGrowth {
    pub span: Span,
    /// The file of the span, if it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileName>,
    /// This file offers it and does not use it itself: others may, nobody told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub for_others: bool,
    pub function: String,
    pub key: Provenance,
    /// The key is an object or array that is compared by identity, and made again for each call.
    pub by_identity: bool,
    pub context: Context,
}

impl Memo {
    /// Only other files could make it grow, and nobody told.
    pub fn is_for_others(&self) -> bool {
        self.growth.as_ref().is_some_and(|growth| growth.for_others)
    }
}

impl Facts {
    /// Leaves out what is only so in other versions of libraries than those that are used.
    pub fn retain_versions(&mut self, is_older: &dyn Fn(&str, u32) -> bool) {
        self.memos.retain(|memo| memo.older.as_ref().is_none_or(|older| is_older(&older.module, older.than)));
    }
}

/// Modules of many functions, which are no function themselves.
pub const LIBRARIES: &[&str] = &["lodash", "lodash-es", "underscore"];

impl MemoApi {
    /// The names of what makes one.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.make.iter().filter_map(MakePath::name)
    }
}

impl Model<'_> {
    pub fn memos(&self) -> Vec<Memo> {
        if !self.meanings.any(MEMO_MODULE) {
            return Vec::new();
        }
        let names_module = |api: &&MemoApi| api.module.iter().any(|module| self.ir.names.iter().any(|name| **name == **module));
        let apis: Vec<&MemoApi> = self.apis.memos.iter().filter(names_module).collect();
        if apis.is_empty() {
            return Vec::new();
        }
        let calls = self.uses.calls.iter();
        calls.filter_map(|&call| self.focused(Some(self.ir.span(call)), || self.memo(call, self.memo_api(call, &apis)?))).collect()
    }

    fn memo_api<'m>(&self, call: ExprId, apis: &[&'m MemoApi]) -> Option<&'m MemoApi> {
        let (callee, constructs) = match self.ir.kind(call) {
            ExprKind::Call { callee, .. } => (callee, false),
            ExprKind::New { callee, .. } => (callee, true),
            _ => return None,
        };
        let (module, path) = self.imported(callee)?;
        let path = without_default(path);
        // A whole library is no function of its own.
        let is_library = path.is_empty() && LIBRARIES.contains(&module);
        let is_given = |api: &MemoApi| api.with.as_ref().is_none_or(|option| self.gives_option(call, option));
        apis.iter().copied().find(|api| {
            !is_library
                && is_given(api)
                && api.module.iter().any(|own| own == module)
                && api.make.iter().any(|make| make.matches(constructs, &path))
        })
    }

    fn memo(&self, call: ExprId, api: &MemoApi) -> Option<Memo> {
        if self.is_bounded_memo(call, api) {
            return None;
        }
        let memo = |name: String, is_global: bool, life: Option<Life>, growth: Option<MemoGrowth>| Memo {
            kind: api.kind,
            span: self.ir.span(call),
            statement_hash: self.text_hash(self.ir[self.ir[call].stmt].span),
            scope: self.qualified_name(call),
            call: self.callee_text(call),
            advice: api.advice.replace("{}", &name),
            name,
            is_global,
            life,
            growth,
            older: api.before.and_then(|than| Some(Older { module: api.module.first()?.clone(), than })),
        };
        if api.kind == MemoKind::Sessions {
            return self.is_come_to(call).then(|| memo(self.callee_text(call), true, None, None));
        }
        let to = self.loose_destinations(call);
        let &place = to.places.first()?;
        let life = match self.root(place) {
            Root::Instance(id) if self.is_object(id) => return None,
            Root::Instance(id) => Some(self.instance_life(id)),
            _ => None,
        };
        // One for each piece of work goes with it.
        if life.as_ref().is_some_and(|life| life.certainty == Certainty::Short) {
            return None;
        }
        let is_global = match self.root(place) {
            Root::Binding(binding) => self.is_module_level(binding),
            Root::Exports => true,
            Root::Instance(_) => life.as_ref().is_some_and(|life| life.certainty == Certainty::Proved),
            _ => return None,
        };
        let own = |clear: &Clear| self.clears(*clear, &to, None);
        let releases = self.releases_by_method(|name| api.release.iter().any(|release| release == name));
        let has_own_cache = self.ir.expr_ids().any(|id| {
            matches!(self.ir.kind(id), ExprKind::Member { object, property, .. } if self.ir.name(property) == "cache" && self.place(object) == Some(place))
        });
        if has_own_cache || releases.iter().any(own) || to.places.len() > 1 || !to.collections.is_empty() {
            return None;
        }
        let growth = self.memo_growth(call, api, place).or_else(|| self.memo_growth_outside(call, api, place))?;
        Some(memo(self.place_text(place), is_global, life, Some(growth)))
    }

    fn is_bounded_memo(&self, call: ExprId, api: &MemoApi) -> bool {
        let (ExprKind::Call { args, .. } | ExprKind::New { args, .. }) = self.ir.kind(call) else { return true };
        self.ir.list(args).iter().any(|&arg| {
            let value = self.value_of(arg);
            match self.ir.kind(value) {
                ExprKind::Object { props, .. } => {
                    let is_bound = |name: &str| api.bounds.iter().any(|bound| bound == name);
                    self.is_completed_later(arg)
                        || self.ir.prop_list(props).iter().any(|prop| match prop.key {
                            PropKey::Name(name) => is_bound(self.ir.name(name)) && !self.is_no_bound(prop.value, api),
                            _ => prop.kind == PropKind::Spread,
                        })
                }
                ExprKind::Function(_) => false,
                // What is not seen may hold a bound, unless it is the function itself or its resolver.
                _ => {
                    api.kind != MemoKind::Function && api.kind != MemoKind::Schemas && api.kind != MemoKind::Loader
                        || matches!(self.ir.kind(value), ExprKind::Spread(_))
                }
            }
        })
    }

    fn gives_option(&self, call: ExprId, wanted: &str) -> bool {
        let (ExprKind::Call { args, .. } | ExprKind::New { args, .. }) = self.ir.kind(call) else { return false };
        self.ir.list(args).iter().any(|&arg| self.option(self.value_of(arg), wanted).is_some())
    }

    /// `new session.MemoryStore()`, which is what is taken if none is given.
    fn is_no_bound(&self, value: ExprId, api: &MemoApi) -> bool {
        let ExprKind::New { callee, .. } = self.ir.kind(self.value_of(value)) else { return false };
        !api.unbound.is_empty()
            && self.imported_from_afar(callee).is_some_and(|(module, path)| {
                let last = path.last();
                api.module.iter().any(|own| own == module) && matches!(last, Some(Access::Member(name)) if api.unbound.contains(name))
            })
    }

    /// The object literal that a name always is.
    fn value_of(&self, arg: ExprId) -> ExprId {
        let written = self.ir.binding_of(arg).map(|binding| self.uses.writes(binding));
        match written {
            Some([write]) => super::index::written_value(self.ir, *write).unwrap_or(arg),
            _ => arg,
        }
    }

    /// `options.store = ...` behind the literal.
    fn is_completed_later(&self, arg: ExprId) -> bool {
        let Some(binding) = self.ir.binding_of(arg) else { return false };
        self.uses.refs(binding).iter().any(|&at| {
            let Some(member) = self.uses.parent(at).filter(|&member| matches!(self.ir.kind(member), ExprKind::Member { .. })) else {
                return false;
            };
            self.uses.parent(member).is_some_and(|write| matches!(self.ir.kind(write), ExprKind::Assign { target, .. } if target == member))
        })
    }

    /// The use that adds the most different entries.
    fn memo_growth(&self, call: ExprId, api: &MemoApi, place: Place) -> Option<MemoGrowth> {
        let array = api.identity && !self.has_resolver(call, api) && self.takes_array(call);
        let sites = self.uses.calls.iter().copied().filter_map(|site| Some((site, self.memo_key(site, api, place)?)));
        let growths = sites.map(|(site, key)| {
            let mut provenance = self.provenance(key);
            // What a resolver makes of it is not known.
            if self.has_resolver(call, api) && provenance.domain.is_by_name() {
                provenance.domain = Domain::Unknown;
            }
            if api.kind == MemoKind::Schemas && self.is_converted(key) {
                provenance = Provenance { domain: Domain::Unbounded, source: Source::Fresh, ..provenance };
            }
            let is_object = array || provenance.source == Source::Fresh || self.is_known_object(key);
            let by_identity = api.identity && is_object && !self.has_resolver(call, api);
            MemoGrowth {
                span: self.ir.span(site),
                file: None,
                for_others: false,
                function: self.function_name(self.ir.function_of(site)),
                key: provenance,
                by_identity,
                context: self.context(site, Region::Function(Ir::MODULE)),
            }
        });
        let is_served = |growth: &MemoGrowth| api.kind != MemoKind::Queries || growth.context.is_for_peer();
        let growths = growths.filter(|growth| growth.context.kind > ContextKind::Startup && is_served(growth));
        growths.max_by_key(|growth| (growth.by_identity, growth.key.domain, growth.context.kind))
    }

    /// The same by other files.
    fn memo_growth_outside(&self, call: ExprId, api: &MemoApi, place: Place) -> Option<MemoGrowth> {
        let own = self.paths_of_place(place);
        // What is compared by identity, or named by an option, is not seen from afar.
        if own.is_empty() || api.key.is_some() || api.kind == MemoKind::Schemas {
            return None;
        }
        let with = |names: &[String]| -> Vec<AccessPath> {
            let of = |path: &AccessPath| {
                names.iter().map(|name| [path.as_slice(), &[Access::Member(name.clone())]].concat()).collect::<Vec<_>>()
            };
            own.iter().flat_map(of).collect()
        };
        let paths = if api.kind == MemoKind::Function { own.clone() } else { with(&api.grows) };
        let is_used = |names: &[String]| self.seen_outside(&with(names)).is_some_and(|seen| !seen.uses.is_empty() || seen.parts > 0);
        if is_used(&api.release) || api.kind == MemoKind::Function && is_used(&["cache".to_owned()]) {
            return None;
        }
        let seen = self.seen_outside(&paths);
        let growths = seen.iter().flat_map(|seen| &seen.uses).filter_map(|used| {
            let UseKind::Called { arguments, .. } = &used.used.what else { return None };
            // With a time to live of its own.
            if used.context.kind <= ContextKind::Startup || api.kind == MemoKind::Cache && arguments.len() > 2 {
                return None;
            }
            let key = arguments.first()?.clone();
            // What a resolver makes of it is not known.
            let is_unknown = self.has_resolver(call, api) && key.domain.is_by_name();
            Some(MemoGrowth {
                span: used.used.span,
                file: Some(used.file.clone()),
                for_others: false,
                function: String::new(),
                key: if is_unknown { Provenance { domain: Domain::Unknown, ..key } } else { key },
                by_identity: false,
                context: used.context.clone(),
            })
        });
        growths.max_by_key(|growth| (growth.key.domain, growth.context.kind)).or_else(|| {
            let key = self.provenance(call);
            let context = self.context(call, Region::Function(Ir::MODULE));
            Some(MemoGrowth {
                span: self.ir.span(call),
                file: None,
                for_others: true,
                function: String::new(),
                key,
                by_identity: false,
                context,
            })
        })
    }

    /// What an entry is kept under, where a call adds one.
    fn memo_key(&self, site: ExprId, api: &MemoApi, place: Place) -> Option<ExprId> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(site) else { return None };
        let args = self.ir.list(args);
        let key = *args.first()?;
        if api.kind == MemoKind::Function {
            return self.stands_for(callee, place).then_some(key);
        }
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
        let grows = api.grows.iter().any(|grow| grow == self.ir.name(property)) && self.stands_for(object, place);
        // With a time to live of its own.
        let has_ttl = api.kind == MemoKind::Cache && args.len() > 2;
        if let Some(option) = &api.key {
            return self.varying_part(self.option(key, option)?).filter(|_| grows);
        }
        let is_name = api.kind == MemoKind::Schemas && self.string(key).is_some();
        (grows && !has_ttl && !is_name).then_some(key)
    }

    /// `id` of `['user', id]`.
    fn varying_part(&self, key: ExprId) -> Option<ExprId> {
        match self.ir.kind(key) {
            ExprKind::Array(items) => self.ir.list(items).iter().copied().rfind(|&item| self.string(item).is_none()),
            ExprKind::Object { props, .. } => {
                self.ir.prop_list(props).iter().map(|prop| prop.value).filter(|&value| self.string(value).is_none()).last()
            }
            _ => Some(key),
        }
    }

    fn has_resolver(&self, call: ExprId, api: &MemoApi) -> bool {
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return false };
        api.resolver && self.ir.list(args).len() > 1
    }

    /// Whether the memoized function takes an array, which is compared by identity.
    fn takes_array(&self, call: ExprId) -> bool {
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return false };
        let Some(function) = self.ir.list(args).first().and_then(|&value| self.function_value(value)) else { return false };
        let annotation = self.ir[function].params.first().and_then(|param| param.annotation);
        annotation.is_some_and(|annotation| matches!(self.ir[annotation], Type::Array(_)))
    }

    /// What a function made out of what the caller gave: another object each time.
    fn is_converted(&self, key: ExprId) -> bool {
        let value = self.value_of(key);
        let function = self.ir.function_of(key);
        let ExprKind::Call { callee, args, .. } = self.ir.kind(value) else { return false };
        let is_given = |arg: &ExprId| {
            let param = self.ir.binding_of(*arg).map(|binding| self.ir[binding].kind);
            matches!(param, Some(BindingKind::Param(of, _)) if of == function)
        };
        self.ir.function_of(value) == function
            && self.imported(callee).is_some()
            && self.ir.list(args).iter().any(is_given)
            && !self.looks_up(callee, function)
    }

    /// A function whose name says that it gives back what is there.
    fn looks_up(&self, callee: ExprId, _function: FnId) -> bool {
        let words = self.callee_name(callee).map(super::provenance::words).unwrap_or_default();
        words.iter().any(|word| matches!(word.as_str(), "get" | "find" | "lookup" | "resolve" | "cached" | "memoized" | "memo" | "fetch"))
    }
}
