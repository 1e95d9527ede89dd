//! One pass over the tokens: brackets, functions, what is assigned to what.

use super::evidence::{Alias, Evidence, Frame, Growth, Made, Name, Named, Root};
use super::tokens::{Before, Token, Tokens, Unsure, hash};
use super::words::{self, Words};

macro_rules! names {
    ($($name:ident = $text:literal),* $(,)?) => { $(const $name: u32 = hash($text.as_bytes());)* };
}

names! {
    CONST = "const", LET = "let", VAR = "var", USING = "using", FUNCTION = "function", CLASS = "class", NEW = "new", THIS = "this",
    SUPER = "super", RETURN = "return", TYPEOF = "typeof", VOID = "void", DELETE = "delete", AWAIT = "await", YIELD = "yield",
    THROW = "throw", CASE = "case", DO = "do", ELSE = "else", IN = "in", OF = "of", INSTANCEOF = "instanceof", EXTENDS = "extends",
    IF = "if", FOR = "for", WHILE = "while", SWITCH = "switch", CATCH = "catch", WITH = "with", DEFAULT = "default", ASYNC = "async",
    MAP = "Map", SET_CLASS = "Set", ARRAY = "Array", OBJECT = "Object", AS = "as", SATISFIES = "satisfies", NULL = "null",
    UNDEFINED = "undefined", TRUE = "true", FALSE = "false", GET = "get", SYMBOL = "Symbol", IMPLEMENTS = "implements", IS = "is",
    PROMISE = "Promise", CALL = "call", APPLY = "apply", CONCAT = "concat", SET = "set", EXPORT = "export", CREATE = "create", IMPORT = "import", REQUIRE = "require", CACHE = "cache", FINALIZATION = "FinalizationRegistry", VALUE = "value", TYPE = "type", ASSIGN = "assign", EXTEND = "extend", EXTENDS_HELPER = "_extends", DEFINE = "defineProperty",
    DEFINE_HELPER = "_defineProperty", PROTOTYPE = "prototype", EXPORTS = "exports", CONSTRUCTOR = "constructor", SOCKET = "socket", CONNECTION = "connection",
}

mod close;
mod open;
mod values;
mod word;

/// Stands for a function without a name: whatever it returns may be one of this file's collections.
pub(super) const NAMELESS: Name = 1;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
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
struct Chain {
    root: Root,
    last: Name,
    previous: Name,
    /// The collection that an entry on the way is one of.
    container: Option<Name>,
    key: Option<Name>,
    /// Goes through `socket` or `connection`, which serve the next request too.
    is_kept_alive: bool,
    /// Whose name the last one is, or the container's.
    of: Named,
}

const STARTED: u16 = 1;
/// No other name of anything, if nothing else follows.
const FRESH: u16 = 2;
const CHOICE: u16 = 4;
const CALLED: u16 = 8;
const CLOSURE: u16 = 16;
const IS_THIS: u16 = 32;
const GROUPED: u16 = 64;
const COMPUTED: u16 = 128;
/// `x as T`: what was read last is no part of the value.
const CAST: u16 = 256;

/// What is assigned, and to what.
#[derive(Clone, Copy)]
struct Value {
    variable: Option<Name>,
    name: Option<Name>,
    /// The name before an annotation.
    annotated: Option<Name>,
    key: Option<Name>,
    is_entry: bool,
    is_declared: bool,
    /// A pattern takes it apart: what is made here has no name of its own.
    is_pattern: bool,
    state: u16,
}

#[derive(Clone, Copy)]
struct Group {
    kind: Kind,
    close: u8,
    value: Option<Value>,
    /// Of the group around, in parentheses that only group.
    inherited: Option<Value>,
    chain: Chain,
    callee: Name,
    key: Option<Name>,
    key_is_computed: bool,
    /// What properties with collections belong to may outlive a call.
    stored: Option<bool>,
    declares: bool,
    is_new_declarator: bool,
    declared: Option<Name>,
    /// What is being declared has a type.
    is_annotated: bool,
    is_pattern: bool,
    has_arrow: bool,
    takes_elements: bool,
    is_elements_params: bool,
    stores_arguments: bool,
    names_request: bool,
    /// By a name that has other meanings as well.
    may_name_request: bool,
    after_params: bool,
    /// The name of what a literal is assigned to.
    is_reassigned: bool,
    assigned: Option<Name>,
    spreads: bool,
    has_computed_key: bool,
    /// `type X = ...`
    is_type: bool,
    has_entry: bool,
    /// The descriptor of a property, and that one's name: `Object.defineProperty(x, 'name', { value: [] })`.
    describes: Option<Option<Name>>,
    only: Option<Only>,
    /// The last argument that is a string.
    named: Option<Name>,
    tokens: u32,
    commas: u32,
    made: u32,
}

/// The only token of an index.
#[derive(Clone, Copy)]
enum Only {
    String(Name),
    Number,
    Variable(Name),
}

/// What holds again behind a function.
struct Outer {
    frame: Frame,
    arrows: u32,
    has_request: bool,
    in_constructor: bool,
}

struct Scan<'a> {
    tokens: Tokens<'a>,
    words: &'a Words,
    evidence: Evidence,
    groups: Vec<Group>,
    top: Group,
    frame: Frame,
    /// Of the functions around, and how many arrows without braces were open in them.
    outer: Vec<Outer>,
    arrows: u32,
    /// A function around, or this one, has a parameter that may be a request.
    has_request: bool,
    /// So has the function whose body comes next.
    gets_request: bool,
    in_constructor: bool,
    opens_constructor: bool,
    before: Before,
    prev: Token,
    chain: Chain,
    head: Option<Kind>,
    names_function: bool,
    /// What stood before the name or `new` that was read last.
    operand_after: Token,
    /// Bodies that may be blocks.
    doubtful: Vec<Frame>,
    steps: bool,
    last_index: Option<Option<Only>>,
    closed: Kind,
}

/// Reads a text up to where `is_enough` says so of what was seen.
pub(super) fn scan(text: &[u8], may_be_jsx: bool, words: &Words, is_enough: &dyn Fn(&mut Evidence) -> bool) -> Result<Evidence, Unsure> {
    let mut scan = Scan {
        tokens: Tokens::new(text, may_be_jsx),
        words,
        evidence: Evidence { frames: vec![0], defined: vec![NAMELESS], ..Evidence::default() },
        groups: Vec::new(),
        top: Group::new(Kind::Block, 0),
        frame: 0,
        outer: Vec::new(),
        arrows: 0,
        has_request: false,
        gets_request: false,
        in_constructor: false,
        opens_constructor: false,
        before: Before::Operator,
        prev: Token::Semicolon,
        chain: Chain::default(),
        head: None,
        names_function: false,
        operand_after: Token::Semicolon,
        doubtful: Vec::new(),
        steps: false,
        last_index: None,
        closed: Kind::Block,
    };
    scan.run(is_enough)?;
    Ok(scan.evidence)
}

impl Group {
    fn new(kind: Kind, close: u8) -> Self {
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
            spreads: false,
            has_computed_key: false,
            is_type: false,
            has_entry: false,
            describes: None,
            only: None,
            named: None,
            tokens: 0,
            commas: 0,
            made: 0,
        }
    }
}

impl Scan<'_> {
    fn run(&mut self, is_enough: &dyn Fn(&mut Evidence) -> bool) -> Result<(), Unsure> {
        while let Some(token) = self.tokens.next(self.before)? {
            self.top.tokens += 1;
            match token {
                Token::Word(word) => self.word(word),
                Token::String => self.string(),
                Token::Literal => {
                    self.operand();
                    if self.top.tokens == 1 {
                        self.top.only = Some(Only::Number);
                    }
                    self.fresh();
                }
                Token::TemplateEnd => {
                    self.operand();
                    self.fresh();
                }
                Token::TemplateOpen => {
                    self.operand();
                    self.push(Group::new(Kind::Template, b'}'));
                    self.before = Before::Operator;
                }
                Token::Open(b'(') => self.open_parens(),
                Token::Open(b'[') => self.open_bracket(),
                Token::Open(_) => self.open_brace(),
                Token::Close(sign) => {
                    self.close(sign)?;
                    if self.closed == Kind::Function && is_enough(&mut self.evidence) {
                        return Ok(());
                    }
                }
                Token::Dot => {
                    if let Some(value) = &mut self.top.value {
                        value.state &= !IS_THIS;
                    }
                    self.before = Before::Dot;
                }
                Token::Comma => self.comma(),
                Token::Semicolon => self.semicolon(),
                Token::Assign => self.assign(),
                _ => self.operator(token),
            }
            self.prev = token;
        }
        if self.groups.is_empty() {
            self.end_value();
            Ok(())
        } else {
            Err(Unsure)
        }
    }

    fn operator(&mut self, token: Token) {
        self.steps = false;
        let state = match token {
            Token::Arrow => {
                if self.tokens.peek() != b'{' {
                    self.evidence.requests |= std::mem::take(&mut self.gets_request);
                    self.evidence.loops |= self.top.takes_elements;
                    let counts = !self.top.has_arrow && !self.top.takes_elements;
                    self.arrows += u32::from(counts);
                    self.top.has_arrow |= counts;
                }
                CLOSURE
            }
            Token::Logical | Token::Question => {
                self.note_choice();
                CHOICE
            }
            Token::Colon => {
                self.note_choice();
                self.top.is_annotated |= self.top.is_new_declarator && self.top.declared.is_some();
                0
            }
            Token::Step => {
                if self.before == Before::Operand && !self.tokens.new_line {
                    return;
                }
                self.steps = true;
                STARTED | FRESH
            }
            Token::Bang if self.before == Before::Operand && !self.tokens.new_line => return,
            Token::Bang => STARTED | FRESH,
            Token::Spread => {
                self.top.spreads = true;
                if self.top.kind == Kind::Array {
                    self.grow_assigned();
                }
                0
            }
            Token::Other if !matches!(self.tokens.slice(), b"<" | b">") => COMPUTED,
            _ => 0,
        };
        if let Some(value) = &mut self.top.value {
            value.state |= state;
        }
        self.before = Before::Operator;
    }

    /// An operand begins; behind another one on the line before, so does a statement.
    fn operand(&mut self) {
        if self.prev == Token::Word(TYPE) && !self.tokens.new_line {
            self.top.is_type = true;
        }
        if matches!(self.before, Before::Operand | Before::Brace) && self.tokens.new_line {
            self.end_statement();
        }
        self.before = Before::Operand;
    }

    fn start(&mut self, state: u16) {
        if let Some(value) = &mut self.top.value
            && value.state & STARTED == 0
        {
            value.state |= STARTED | state;
        }
    }

    fn fresh(&mut self) {
        self.start(FRESH);
        self.chain = Chain { root: Root::Fresh, ..Chain::default() };
    }

    fn constant(&mut self) {
        if let Some(Value { variable: Some(variable), state: 0, .. }) = self.top.value {
            self.evidence.constants.push(variable);
        }
    }

    fn string(&mut self) {
        self.operand();
        let quoted = self.tokens.slice();
        let text = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
        let name = hash(text);
        let module = text.strip_prefix(b"node:").map_or(name, hash);
        self.evidence.resources |= self.words.flags(module) & (words::RESOURCE | words::COMMON_MODULE | words::MEMO | words::METRICS);
        if self.top.tokens == 1 {
            // A name that is spelt with escapes could be any.
            self.top.only = Some(if quoted.contains(&b'\\') { Only::Variable(NAMELESS) } else { Only::String(name) });
        }
        self.top.named = Some(name).filter(|_| !quoted.contains(&b'\\'));
        if self.tokens.peek() == b':' {
            self.top.key = Some(name);
            self.top.key_is_computed = false;
        }
        self.constant();
        self.fresh();
    }

    fn end_value(&mut self) {
        let Some(value) = self.top.value.take() else { return };
        let Some(variable) = value.variable else { return };
        if value.state & CLOSURE != 0 {
            return;
        }
        let is_alias = value.state & (CHOICE | GROUPED) != 0 || value.state & (FRESH | IS_THIS | CALLED | COMPUTED) == 0;
        if is_alias && !self.is_known_alias(&value, variable) {
            let is_free = !value.is_declared || value.state & GROUPED != 0;
            let aliases = if is_free { &mut self.evidence.free_aliases } else { &mut self.evidence.aliases };
            aliases.push(variable);
            aliases.extend(value.annotated.filter(|_| value.is_declared));
        }
    }

    fn end_statement(&mut self) {
        self.end_value();
        self.top.declares = false;
        self.top.is_new_declarator = false;
        self.top.is_annotated = false;
        self.top.is_type = false;
        self.top.key = None;
        self.top.after_params = false;
        self.end_arrow();
    }

    fn end_arrow(&mut self) {
        if std::mem::take(&mut self.top.has_arrow) {
            self.arrows -= 1;
        }
    }

    fn comma(&mut self) {
        self.end_value();
        self.end_arrow();
        self.top.commas += 1;
        self.top.key = None;
        self.top.key_is_computed = false;
        // The comma may part two type arguments of an annotation.
        if !self.top.is_annotated {
            self.top.is_new_declarator = self.top.declares;
            self.top.declared = None;
        }
        self.steps = false;
        self.before = Before::Operator;
    }

    fn semicolon(&mut self) {
        self.end_statement();
        if self.top.kind == Kind::ForHead && self.prev == Token::Semicolon {
            self.evidence.endless.push(self.frame);
        }
        self.steps = false;
        self.before = Before::Operator;
    }

    fn assign(&mut self) {
        self.note_choice();
        if let Some(value) = &mut self.top.value {
            value.state |= CHOICE;
        }
        self.end_value();
        let mut value = Value {
            variable: None,
            name: None,
            annotated: None,
            key: None,
            is_entry: false,
            // `const { a = [] } = x`.
            is_declared: self.top.is_new_declarator || self.top.is_pattern,
            is_pattern: false,
            state: 0,
        };
        if self.top.is_new_declarator {
            value.variable = self.top.declared;
            value.name = self.top.declared;
            value.annotated = std::mem::take(&mut self.top.is_annotated).then_some(self.chain.last);
        } else {
            value.annotated = self.top.key;
            match (self.prev, self.last_index) {
                (Token::Word(_), _) => {
                    value.name = Some(self.chain.last);
                    value.variable = matches!(self.chain.root, Root::Variable(root) if root == self.chain.last).then_some(self.chain.last);
                }
                (Token::Close(b']'), _) if self.closed == Kind::Array => value.is_pattern = true,
                (Token::Close(b']'), Some(index)) => match index {
                    Some(Only::String(name)) => value.name = Some(name),
                    Some(Only::Variable(key)) => value.key = Some(key),
                    _ => value.is_entry = true,
                },
                (Token::Close(b'}'), _) => value.is_pattern = true,
                _ => {}
            }
        }
        self.evidence.defined.extend(value.name);
        self.evidence.requests |= self.has_request && !value.is_declared && self.may_keep(self.tokens.rest());
        self.top.value = Some(value);
        self.top.is_new_declarator = false;
        self.top.after_params = false;
        self.before = Before::Operator;
    }
}
