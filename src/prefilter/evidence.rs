//! What was seen in a text, and whether a holder in it can grow.

use std::cell::OnceCell;

use rustc_hash::FxHashSet;

use super::noted::{Alias, Call, Frame, Growth, Local, Made, NAMELESS, NOWHERE, Name, Named, Root, result_of};
use super::{imported, words};

/// Callers of callers that are followed.
const DEEPEST: u32 = 4;

/// Names of names that are followed; behind them a growth may concern anything.
const MOST: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Evidence<'t> {
    pub text: &'t [u8],
    /// Of each frame, if it is one.
    pub locals: Vec<Option<Local>>,
    pub calls: Vec<Call>,
    /// The name of the function of each frame.
    pub names: Vec<Option<Name>>,
    /// Bodies that may be blocks.
    pub doubtful: Vec<Frame>,
    pub registers: bool,
    pub intervals: bool,
    pub timeouts: bool,
    pub requests: bool,
    /// The names of what is stored where there is a request, and those of what variables hold; none: a request.
    pub stored: Vec<Name>,
    pub holding: Vec<(Name, Option<Name>)>,
    /// Parameters that are requests by their type; whether others may be.
    pub request_names: Vec<Name>,
    pub typed: bool,
    /// A function may read a request that another one around it gets.
    pub captures: bool,
    /// The flags of the words that were seen, and of what they do there.
    pub seen: u32,
    /// The modules that make something and are imported, and the names by which they do.
    pub modules: Vec<Name>,
    pub makers: Vec<Name>,
    /// The variables and fields that something is released of in a function.
    pub released: Vec<(Name, Named)>,
    /// Variables that are assigned, other than by their declaration.
    pub reassigned: Vec<Name>,
    /// Fields that are given what is constructed there.
    pub constructed: Vec<Name>,
    /// An asynchronous function waits for one of its own name.
    pub recurs: bool,
    /// What is assigned may be a new promise.
    pub keeps_promise: bool,
    /// `import(...)` stands in the text; `require.cache` does.
    pub imports: bool,
    pub uncaches: bool,
    /// Something is put into what may be a table of the runtime, under a name that is no literal.
    pub adds_to_runtime: bool,
    /// The frames in which a loop may have no end.
    pub endless: Vec<Frame>,
    pub loops: bool,
    pub made: Vec<Made>,
    pub growths: Vec<Growth>,
    /// The names of weak collections; none: of any.
    pub weak: Vec<Option<Name>>,
    /// The frame around each frame.
    pub frames: Vec<Frame>,
    /// Variables that may be another name of something.
    pub aliases: Vec<Name>,
    /// The same for any function's things.
    pub free_aliases: Vec<Name>,
    /// Those of which it is seen what they are names of.
    pub known_aliases: Vec<Alias>,
    /// Variables that a function declares by `const`, `let` or `var`.
    pub declared: FxHashSet<(Name, Frame)>,
    /// The parameters of functions.
    pub params: FxHashSet<(Name, Frame)>,
    /// Variables that hold the result of a call.
    pub results: Vec<(Name, Name)>,
    /// Names that may be those of this file's functions.
    pub defined: Vec<Name>,
    /// The names of functions that have a body, and of those whose body is an expression.
    pub bodies: FxHashSet<Name>,
    pub unseen: Vec<Name>,
    /// Variables that hold a constant, and the text that it is, unless it is a symbol.
    pub constants: Vec<(Name, Option<Name>)>,
    /// How many of the growths were looked at.
    pub looked_at: usize,
    /// Where each name is called, when that was first asked.
    pub called_at: OnceCell<Vec<(Name, u32)>>,
}

/// Which collections a growth may concern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Nothing,
    Named,
    /// Any that is stored, or that a function around has.
    Around,
    Any,
}

impl Evidence<'_> {
    /// Whether a growth since the last time is certain to matter, whatever comes behind it.
    pub fn grows_by_now(&mut self) -> bool {
        let new = self.growths.get(self.looked_at..).unwrap_or_default();
        self.looked_at = self.growths.len();
        new.iter().any(|growth| {
            let is_certain = matches!(growth.root, Root::Own | Root::Variable(_)) && (growth.frame != 0 || growth.in_arrow);
            is_certain && self.made.iter().any(|made| self.may_grow(made, growth, Reach::Named))
        })
    }

    /// Whether a variable may be another name of something.
    pub fn is_alias(&self, variable: Name) -> bool {
        self.may_be_any(variable) || self.known_aliases.iter().any(|alias| alias.variable == variable)
    }

    /// Whether a variable may be another name of what is not seen.
    fn may_be_any(&self, variable: Name) -> bool {
        self.aliases.contains(&variable) || self.free_aliases.contains(&variable)
    }

    /// Whether something that is older than a request may keep it.
    pub fn keeps_request(&self) -> bool {
        self.requests || !self.stored.is_empty() && (self.typed || self.stored.iter().any(|&name| self.may_hold_request(name, DEEPEST)))
    }

    fn may_hold_request(&self, name: Name, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return true };
        let is_function = name == NAMELESS || self.bodies.contains(&name) || self.unseen.contains(&name);
        let holds = |&(variable, of): &(Name, Option<Name>)| variable == name && of.is_none_or(|of| self.may_hold_request(of, depth));
        self.request_names.contains(&name)
            || is_function && (self.captures || !self.request_names.is_empty())
            || self.holding.iter().any(holds)
    }

    /// Whether a word with one of these flags was seen.
    pub fn notes(&self, flags: u32) -> bool {
        self.seen & flags != 0
    }

    /// Whether a weak collection is used as an object, or something is registered at a registry of finalizers.
    pub fn misuses_weak(&self) -> bool {
        let is_weak = |name: Name| self.weak.iter().any(|weak| weak.is_none_or(|weak| weak == name));
        self.notes(words::WEAK_CLASS)
            && (self.notes(words::FINALIZES)
                || self.growths.iter().filter(|growth| growth.is_entry).any(|growth| {
                    is_weak(growth.name)
                        || self.named_otherwise(growth).any(|other| is_weak(other.name))
                        || !self.arguments(growth).is_empty()
                }))
    }

    pub fn memoizes(&self) -> bool {
        self.notes(words::MEMO)
    }

    pub fn makes_resource(&self) -> bool {
        self.notes(words::RESOURCE | words::METHOD)
            || self.released.iter().any(|&(name, of)| {
                let waits = || of == Named::Variable && self.notes(words::WAITS) && self.reassigned.contains(&name);
                self.constructed.contains(&name) || waits() || of == Named::Variable && self.names_constructed(name)
            })
    }

    /// Whether a variable may be another name of a field that is given something new.
    fn names_constructed(&self, variable: Name) -> bool {
        !self.constructed.is_empty()
            && (self.may_be_any(variable)
                || self.known_aliases.iter().any(|alias| alias.variable == variable && self.constructed.contains(&alias.name)))
    }

    pub fn has_growing_holder(&self) -> bool {
        if self.made.is_empty() || self.growths.is_empty() {
            return false;
        }
        self.growths.iter().any(|growth| (growth.frame != 0 || growth.in_arrow || self.is_endless(0)) && self.may_go_on(growth))
    }

    fn may_go_on(&self, growth: &Growth) -> bool {
        let mut meant = vec![*growth];
        let mut at = 0;
        while let Some(&growth) = meant.get(at) {
            let reach = self.reach(&growth);
            if at == MOST || reach != Reach::Nothing && self.made.iter().any(|made| self.may_grow(made, &growth, reach)) {
                return true;
            }
            for other in self.named_otherwise(&growth).chain(self.under_constants(&growth)).chain(self.arguments(&growth)) {
                if !meant.contains(&other) {
                    meant.push(other);
                }
            }
            at += 1;
        }
        false
    }

    /// What else a growth may concern, as a variable that it begins with is another name of something.
    fn named_otherwise<'a>(&'a self, growth: &'a Growth) -> impl Iterator<Item = Growth> + use<'a> {
        let variable = match growth.root {
            Root::Variable(_) if self.owner(growth).is_some_and(|(_, is_param)| is_param) => None,
            Root::Variable(variable) => Some(variable),
            // What the function gives back.
            Root::Result(callee) if growth.name == 0 => Some(result_of(callee)),
            _ => None,
        };
        let is_result = matches!(growth.root, Root::Result(_));
        let aliases = self.known_aliases.iter().filter(move |alias| Some(alias.variable) == variable);
        aliases.flat_map(move |&Alias { root, name, of, key, is_entry, is_free, .. }| {
            let is_free = growth.is_free || is_free;
            // A part has the same name there, and may be a part of an entry.
            let part = (growth.of != Named::Variable && !is_result).then_some(Growth { root, is_free, ..*growth });
            let is_whole = growth.of != Named::Field || is_entry || is_result;
            let whole = is_whole.then_some(Growth { root, name, of, key, is_direct: false, is_free, ..*growth });
            part.into_iter().chain(whole)
        })
    }

    /// What a growth of `x[KEY]` concerns if the key is a constant: a field.
    fn under_constants(&self, growth: &Growth) -> impl Iterator<Item = Growth> {
        let texts = growth.key.filter(|_| !growth.is_direct).into_iter().flat_map(|key| self.texts_of(key));
        texts.map(|name| Growth { name, of: Named::Field, key: None, ..*growth })
    }

    fn is_constant(&self, variable: Name) -> bool {
        self.constants.iter().any(|(constant, _)| *constant == variable)
    }

    fn texts_of(&self, variable: Name) -> impl Iterator<Item = Name> {
        self.constants.iter().filter(move |(constant, _)| *constant == variable).filter_map(|(_, text)| *text)
    }

    /// Whether what a loop in a function makes grow may go on and on: that function runs one time, and the loop may have no end.
    fn is_endless(&self, frame: Frame) -> bool {
        self.endless.contains(&frame) && self.may_run_once(frame, DEEPEST)
    }

    /// Whether a function may be called one time, and by one that is.
    fn may_run_once(&self, frame: Frame, depth: u32) -> bool {
        let (Some(name), Some(depth)) = (self.names[frame as usize], depth.checked_sub(1)) else { return true };
        let mut calls = self.calls.iter().filter(|call| call.callee == name);
        match (calls.next(), calls.next()) {
            (Some(call), None) => self.may_run_once(call.frame, depth),
            _ => false,
        }
    }

    /// Whether a variable is declared in a function and in none around it.
    pub fn is_local(&self, variable: Name, frame: Frame) -> bool {
        let declares = |frame: Frame| self.declared.contains(&(variable, frame));
        if frame == 0 || !declares(frame) {
            return false;
        }
        let mut at = frame;
        while at != 0 {
            at = self.frames[at as usize];
            if declares(at) {
                return false;
            }
        }
        true
    }

    /// Whether something with one of these names can be the other: a global variable is a field of the global object.
    fn are_alike(&self, made: &Made, growth: &Growth) -> bool {
        match (made.of, growth.of) {
            (Named::Variable, Named::Field) => false,
            (Named::Field, Named::Variable) => !self.declared.iter().any(|(variable, _)| *variable == growth.name),
            _ => true,
        }
    }

    fn may_grow(&self, made: &Made, growth: &Growth, reach: Reach) -> bool {
        let is_named = || match (made.key, made.name) {
            // An entry of something else, unless its key is a constant.
            (Some(key), _) => growth.key == Some(key) && self.is_constant(key) || self.texts_of(key).any(|text| text == growth.name),
            (None, None) => self.are_alike(made, growth),
            (None, Some(name)) => name == growth.name && self.are_alike(made, growth),
        };
        match reach {
            _ if made.frame == NOWHERE => false,
            Reach::Nothing => false,
            Reach::Any => true,
            Reach::Around => made.stored || self.is_around(made.frame, growth),
            Reach::Named => {
                is_named() && !self.dies(growth) && {
                    made.stored || growth.is_free && self.may_run_once(made.frame, DEEPEST) || self.is_around(made.frame, growth)
                }
            }
        }
    }

    /// Whether what grows hangs on a variable of a function, and no other function makes it grow; or on what the caller gave.
    fn dies(&self, growth: &Growth) -> bool {
        match self.owner(growth) {
            Some((owner, false)) => growth.of != Named::Either && !self.doubtful.contains(&owner) && !self.is_around(owner, growth),
            Some((_, true)) => growth.of == Named::Field,
            None => false,
        }
    }

    /// The function whose variable a growth begins with, and whether that is a parameter.
    fn owner(&self, growth: &Growth) -> Option<(Frame, bool)> {
        let Root::Variable(variable) = growth.root else { return None };
        let mut at = growth.frame;
        while at != 0 && !growth.is_free {
            if self.declared.contains(&(variable, at)) {
                return Some((at, false));
            }
            if self.params.contains(&(variable, at)) {
                return Some((at, true));
            }
            at = self.frames[at as usize];
        }
        None
    }

    /// What a function of this file is given for a parameter that it makes grow.
    fn arguments(&self, growth: &Growth) -> Vec<Growth> {
        let Some((frame, true)) = self.owner(growth).filter(|_| growth.of == Named::Variable) else { return Vec::new() };
        let Some(callee) = self.names[frame as usize] else { return Vec::new() };
        if !self.calls.iter().any(|call| call.callee == callee) {
            return Vec::new();
        }
        let called = self.called_at.get_or_init(|| imported::called(self.text));
        let given: Vec<(Name, Named)> = imported::calls_of(self.text, called, callee).flat_map(imported::paths).collect();
        let calls = self.calls.iter().filter(|call| call.callee == callee);
        let at = |&Call { frame, in_arrow, .. }: &Call| {
            let grown = |&(name, of): &(Name, Named)| {
                let (root, of) = if of == Named::Field { (Root::Own, of) } else { (Root::Variable(name), Named::Variable) };
                Growth { root, name, of, frame, in_arrow, key: None, is_direct: false, is_entry: growth.is_entry, is_free: false }
            };
            given.iter().map(grown).collect::<Vec<_>>()
        };
        calls.flat_map(at).collect()
    }

    /// Whether a growth stands in a function inside of `frame` that may live on when that one has returned.
    fn is_around(&self, frame: Frame, growth: &Growth) -> bool {
        if frame == growth.frame {
            return growth.in_arrow || self.is_endless(frame);
        }
        let mut at = growth.frame;
        let mut escapes = growth.in_arrow;
        while at != 0 {
            escapes = escapes || self.may_escape(at, frame, DEEPEST);
            at = self.frames[at as usize];
            if at == frame {
                return escapes || frame == 0;
            }
        }
        false
    }

    /// Whether a function may be called when the one around it has returned: unless nothing is done with it but to call it there, by its name.
    fn may_escape(&self, frame: Frame, owner: Frame, depth: u32) -> bool {
        let (Some(local), Some(depth)) = (self.locals[frame as usize], depth.checked_sub(1)) else { return true };
        let is_inside = |call: &Call| call.frame == owner || call.frame == frame || !self.may_escape(call.frame, owner, depth);
        let mut calls = self.calls.iter().filter(|call| call.callee == local.name && !call.is_member);
        !calls.all(|call| !call.in_arrow && is_inside(call)) || self.is_handed_on(local)
    }

    /// Whether a function is named other than to call it.
    fn is_handed_on(&self, local: Local) -> bool {
        let (from, to) = (local.at.0 as usize, local.at.1 as usize);
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || *byte >= 0x80;
        memchr::memmem::find_iter(self.text, &self.text[from..to]).any(|at| {
            let (before, behind) = (&self.text[..at], &self.text[at + (to - from)..]);
            let is_word = !before.last().is_some_and(is_part) && !behind.first().is_some_and(is_part);
            is_word && at != from && !behind.trim_ascii_start().starts_with(b"(")
        })
    }

    /// Whether what is called so may be a function of this file of which it is not seen all that it gives back.
    fn may_give_unseen(&self, callee: Name) -> bool {
        self.defined.contains(&callee) && (callee == NAMELESS || !self.bodies.contains(&callee) || self.unseen.contains(&callee))
    }

    fn reach(&self, growth: &Growth) -> Reach {
        match growth.root {
            Root::Own => Reach::Named,
            Root::Fresh => Reach::Nothing,
            Root::Anything => Reach::Any,
            Root::Result(callee) if self.may_give_unseen(callee) || self.may_be_any(result_of(callee)) => Reach::Any,
            Root::Result(callee) if growth.name != 0 && self.defined.contains(&callee) => Reach::Named,
            Root::Result(_) => Reach::Nothing,
            // A parameter has the value that the caller gave.
            Root::Variable(_) if self.owner(growth).is_some_and(|(_, is_param)| is_param) => Reach::Named,
            Root::Variable(name) if self.free_aliases.contains(&name) => Reach::Any,
            Root::Variable(name) => {
                let of_result = |&(variable, callee): &(Name, Name)| variable == name && self.may_give_unseen(callee);
                if self.results.iter().any(of_result) {
                    Reach::Any
                } else if self.aliases.contains(&name) {
                    Reach::Around
                } else {
                    Reach::Named
                }
            }
        }
    }
}
