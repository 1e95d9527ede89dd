//! What is open while the tokens are read: brackets, functions, what is assigned.

use super::super::noted::{Frame, Name, Named, Root};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Block,
    Object,
    Function,
    Template,
    Call,
    Parens,
    Head,
    ForHead,
    WhileHead,
    Index,
    Array,
}

/// What an expression so far names: `this.a.b`, `x.y`.
#[derive(Clone, Copy, Default)]
pub(super) struct Chain {
    pub root: Root,
    pub last: Name,
    pub previous: Name,
    /// The collection that an entry on the way is one of.
    pub container: Option<Name>,
    pub key: Option<Name>,
    /// Goes through `socket` or `connection`, which serve the next request too.
    pub is_kept_alive: bool,
    /// Whose name the last one is, or the container's.
    pub of: Named,
}

pub(super) const STARTED: u16 = 1;
/// No other name of anything, if nothing else follows.
pub(super) const FRESH: u16 = 2;
pub(super) const CHOICE: u16 = 4;
pub(super) const CALLED: u16 = 8;
pub(super) const CLOSURE: u16 = 16;
pub(super) const IS_THIS: u16 = 32;
pub(super) const GROUPED: u16 = 64;
pub(super) const COMPUTED: u16 = 128;
/// `x as T`: what was read last is no part of the value.
pub(super) const CAST: u16 = 256;

/// What is assigned, and to what.
#[derive(Clone, Copy)]
pub(super) struct Value {
    pub variable: Option<Name>,
    /// What the name begins with.
    pub root: Root,
    pub name: Option<Name>,
    /// The name before an annotation.
    pub annotated: Option<Name>,
    pub key: Option<Name>,
    pub is_entry: bool,
    pub is_declared: bool,
    /// A pattern takes it apart: what is made here has no name of its own.
    pub is_pattern: bool,
    /// What a function gives back; the variable stands for all that it may be.
    pub is_result: bool,
    /// It may be given a request, or what holds one.
    pub keeps: bool,
    /// It is older than the request.
    pub is_stored: bool,
    pub state: u16,
}

#[derive(Clone, Copy)]
pub(super) struct Group {
    pub kind: Kind,
    pub close: u8,
    pub value: Option<Value>,
    /// Of the group around, in parentheses that only group.
    pub inherited: Option<Value>,
    pub chain: Chain,
    pub callee: Name,
    pub key: Option<Name>,
    pub key_is_computed: bool,
    /// What properties with collections belong to may outlive a call.
    pub stored: Option<bool>,
    pub declares: bool,
    pub is_new_declarator: bool,
    pub declared: Option<Name>,
    /// What is being declared has a type.
    pub is_annotated: bool,
    pub is_pattern: bool,
    pub has_arrow: bool,
    pub takes_elements: bool,
    pub is_elements_params: bool,
    pub stores_arguments: bool,
    pub names_request: bool,
    /// By a name that has other meanings as well.
    pub may_name_request: bool,
    pub after_params: bool,
    /// The name of what a literal is assigned to.
    pub is_reassigned: bool,
    pub assigned: Option<Name>,
    pub assigned_root: Root,
    pub spreads: bool,
    pub has_computed_key: bool,
    /// `type X = ...`
    pub is_type: bool,
    pub has_entry: bool,
    /// The descriptor of a property, and that one's name: `Object.defineProperty(x, 'name', { value: [] })`.
    pub describes: Option<Option<Name>>,
    pub only: Option<Only>,
    /// What stands here may keep a request.
    pub keeps: bool,
    /// The last argument that is a string.
    pub named: Option<Name>,
    /// What a call may make grow.
    pub receiver: Option<Chain>,
    /// Has a `<`, behind which a comma may part type arguments.
    pub has_angle: bool,
    /// In parentheses: what is assigned to, if nothing stands before it.
    pub target: Option<Chain>,
    /// Something is done with what stands here, or chosen.
    pub is_compound: bool,
    /// It is calculated, chosen between.
    pub is_computed: bool,
    pub is_choice: bool,
    /// In a literal: the number of tokens up to the property's colon.
    pub colon_at: u32,
    /// A literal with a function is an object of its own, and no table.
    pub has_function: bool,
    /// The collection that the literal is.
    pub own: Option<(u32, u32)>,
    pub tokens: u32,
    pub commas: u32,
    /// How many names were listed before it.
    pub listed: u32,
    pub made: u32,
}

/// The only token of an index.
#[derive(Clone, Copy)]
pub(super) enum Only {
    String(Name),
    Number,
    Variable(Name),
}

/// What holds again behind a function.
pub(super) struct Outer {
    pub name: Option<Name>,
    pub is_async: bool,
    pub frame: Frame,
    pub arrows: u32,
    pub has_request: bool,
    pub in_constructor: bool,
}

impl Group {
    pub fn new(kind: Kind, close: u8) -> Self {
        Self {
            kind,
            close,
            value: None,
            inherited: None,
            chain: Chain::default(),
            callee: 0,
            key: None,
            key_is_computed: false,
            stored: None,
            declares: false,
            is_new_declarator: false,
            declared: None,
            is_annotated: false,
            is_pattern: false,
            has_arrow: false,
            takes_elements: false,
            is_elements_params: false,
            stores_arguments: false,
            names_request: false,
            may_name_request: false,
            after_params: false,
            is_reassigned: false,
            assigned: None,
            assigned_root: Root::Own,
            spreads: false,
            has_computed_key: false,
            is_type: false,
            has_entry: false,
            describes: None,
            only: None,
            keeps: false,
            named: None,
            receiver: None,
            has_angle: false,
            target: None,
            is_compound: false,
            is_computed: false,
            is_choice: false,
            colon_at: 0,
            has_function: false,
            own: None,
            tokens: 0,
            commas: 0,
            listed: 0,
            made: 0,
        }
    }
}
