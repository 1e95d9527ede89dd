//! What the scan notes of a text: names, collections that are made, what makes them grow, functions and calls.

/// A name's hash; a collision of two names makes them one.
pub(super) type Name = u32;

/// The function whose body something stands in; 0 is the module.
pub(super) type Frame = u32;

/// Of what turns out to be no collection.
pub(super) const NOWHERE: Frame = Frame::MAX;

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
    /// Of what any function has.
    pub is_free: bool,
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
    /// It is an object with properties from the start.
    pub has_entries: bool,
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
    /// The key is the entry's that is written.
    pub is_direct: bool,
    /// An entry is written by its key.
    pub is_entry: bool,
    pub of: Named,
    /// It may be of what a function has that is not around.
    pub is_free: bool,
}

/// Stands for a function without a name: whatever it returns may be one of this file's collections.
pub(super) const NAMELESS: Name = 1;

/// A name for what a function gives back.
pub(super) const fn result_of(function: Name) -> Name {
    function.wrapping_mul(0x9E37_79B1) ^ 0x5BD1
}

/// A function that has a name of its own, and nothing else to be called by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Local {
    pub name: Name,
    /// Where the name is declared.
    pub at: (u32, u32),
}

/// A call by a name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub callee: Name,
    pub is_member: bool,
    pub frame: Frame,
    pub in_arrow: bool,
}
