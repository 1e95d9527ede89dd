//! What was seen in a text, and whether a holder in it can grow.

use rustc_hash::FxHashSet;

use super::words;

/// A name's hash; a collision of two names makes them one.
pub(super) type Name = u32;

/// The function whose body something stands in; 0 is the module.
pub(super) type Frame = u32;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Root {
    /// `this`, or what is certain to be no other name of anything.
    #[default]
    Own,
    Variable(Name),
    /// The result of a call of this name.
    Result(Name),
    /// A literal, which nothing holds yet.
    Fresh,
    /// In parentheses.
    Anything,
}

/// Whose name something has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Named {
    Variable,
    Field,
    #[default]
    Either,
}

/// What a variable is another name of, or a part of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alias {
    pub variable: Name,
    pub root: Root,
    /// The last name, or that of the collection that an entry on the way is one of.
    pub name: Name,
    pub of: Named,
    pub is_entry: bool,
    pub key: Option<Name>,
}

/// A collection that is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made {
    /// None: stored where its name cannot be told.
    pub name: Option<Name>,
    pub frame: Frame,
    /// Stored in a field, or in a variable that may be another function's.
    pub stored: bool,
    /// Stored under this key if the key is a constant, otherwise an entry of something else.
    pub key: Option<Name>,
    pub of: Named,
}

/// Something that makes a collection grow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Growth {
    pub root: Root,
    /// The collection's last name.
    pub name: Name,
    pub frame: Frame,
    /// In a function expression without braces of its own.
    pub in_arrow: bool,
    /// A key on the way, which may be a constant.
    pub key: Option<Name>,
    pub of: Named,
}

/// Names of names that are followed; behind them a growth may concern anything.
const MOST: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Evidence {
    pub registers: bool,
    pub intervals: bool,
    pub timeouts: bool,
    pub requests: bool,
    /// What was seen of resources: flags of words.
    pub resources: u32,
    /// The frames in which a loop may have no end.
    pub endless: Vec<Frame>,
    pub loops: bool,
    pub made: Vec<Made>,
    pub growths: Vec<Growth>,
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
    /// Variables that hold the result of a call.
    pub results: Vec<(Name, Name)>,
    /// Names that may be those of this file's functions.
    pub defined: Vec<Name>,
    /// Variables that hold a constant.
    pub constants: Vec<Name>,
    /// How many of the growths were looked at.
    pub looked_at: usize,
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

impl Evidence {
    /// Whether a growth since the last time is certain to matter, whatever comes behind it.
    pub fn grows_by_now(&mut self) -> bool {
        let new = self.growths.get(self.looked_at..).unwrap_or_default();
        self.looked_at = self.growths.len();
        new.iter().any(|growth| {
            let is_certain = matches!(growth.root, Root::Own | Root::Variable(_)) && (growth.frame != 0 || growth.in_arrow);
            is_certain && self.made.iter().any(|made| self.may_grow(made, growth, Reach::Named))
        })
    }

    /// Whether a word with one of these flags was seen.
    pub fn notes(&self, flags: u32) -> bool {
        self.resources & flags != 0
    }

    pub fn memoizes(&self) -> bool {
        self.notes(words::MEMO)
    }

    pub fn makes_resource(&self) -> bool {
        let has = |flags: u32| self.resources & flags == flags;
        has(words::RESOURCE) || has(words::METHOD) || has(words::RESOURCE_IF | words::COMMON_MODULE) || has(words::RELEASES | words::WAITS)
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
            for other in self.named_otherwise(&growth) {
                if !meant.contains(&other) {
                    meant.push(other);
                }
            }
            at += 1;
        }
        false
    }

    /// What else a growth may concern, as a variable that it begins with is another name of something.
    fn named_otherwise(&self, growth: &Growth) -> impl Iterator<Item = Growth> {
        let aliases = self.known_aliases.iter().filter(|alias| growth.root == Root::Variable(alias.variable));
        aliases.flat_map(|&Alias { root, name, of, key, is_entry, .. }| {
            // A part has the same name there, and may be a part of an entry.
            let part = (growth.of != Named::Variable).then_some(Growth { root, ..*growth });
            let whole = (growth.of != Named::Field || is_entry).then_some(Growth { root, name, of, key, ..*growth });
            part.into_iter().chain(whole)
        })
    }

    fn is_endless(&self, frame: Frame) -> bool {
        self.endless.contains(&frame)
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
        let is_named = match (made.key, made.name) {
            // An entry of something else, unless its key is a constant.
            (Some(key), _) if !self.constants.contains(&key) => return false,
            (Some(_), _) | (None, None) => self.are_alike(made, growth),
            (None, Some(name)) => name == growth.name && self.are_alike(made, growth),
        };
        match reach {
            Reach::Nothing => false,
            Reach::Any => true,
            Reach::Around => made.stored || self.is_around(made.frame, growth),
            Reach::Named => is_named && (made.stored || self.is_around(made.frame, growth)),
        }
    }

    /// Whether a growth stands in a function inside of `frame`.
    fn is_around(&self, frame: Frame, growth: &Growth) -> bool {
        if frame == growth.frame {
            return growth.in_arrow || self.is_endless(frame);
        }
        let mut at = growth.frame;
        while at != 0 {
            at = self.frames[at as usize];
            if at == frame {
                return true;
            }
        }
        false
    }

    fn reach(&self, growth: &Growth) -> Reach {
        if growth.key.is_some_and(|key| self.constants.contains(&key)) {
            return Reach::Any;
        }
        match growth.root {
            Root::Own => Reach::Named,
            Root::Fresh => Reach::Nothing,
            Root::Anything => Reach::Any,
            Root::Result(callee) if self.defined.contains(&callee) => Reach::Any,
            Root::Result(_) => Reach::Nothing,
            Root::Variable(name) if self.free_aliases.contains(&name) => Reach::Any,
            Root::Variable(name) => {
                let of_result = |&(variable, callee): &(Name, Name)| variable == name && self.defined.contains(&callee);
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
