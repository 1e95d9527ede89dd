//! One pass over the tokens: brackets, functions, what is assigned to what.

use super::evidence::Evidence;
use super::noted::{Alias, Call, Frame, Growth, Local, Made, NAMELESS, NOWHERE, Name, Named, Root};
use super::tokens::{Before, Token, Tokens, Unsure, hash};
use super::words::{self, Words};
use group::*;

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
    PROMISE = "Promise", CALL = "call", APPLY = "apply", CONCAT = "concat", SET = "set", EXPORT = "export", CREATE = "create", IMPORT = "import", REQUIRE = "require", CACHE = "cache", FINALIZATION = "FinalizationRegistry", VALUE = "value", TYPE = "type", ASSIGN = "assign", ADD = "add", SPLICE = "splice", EXTEND = "extend", EXTENDS_HELPER = "_extends", DEFINE = "defineProperty",
    DEFINE_HELPER = "_defineProperty", PROTOTYPE = "prototype", EXPORTS = "exports", CONSTRUCTOR = "constructor", SOCKET = "socket", APP = "app", SERVER = "server", CONNECTION = "connection", FROM = "from",
}

mod close;
mod group;
mod names;
mod open;
mod requests;
mod resources;
mod values;
mod word;

type Groups = Vec<Box<Group>>;

struct Scan<'a> {
    tokens: Tokens<'a>,
    words: &'a Words,
    evidence: Evidence<'a>,
    groups: Groups,
    top: Box<Group>,
    /// Closed ones, to be filled anew.
    spare: Groups,
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
    /// The name of this function, and of the one whose body comes next.
    name: Option<Name>,
    opens_name: Option<Name>,
    /// `async` stands before the parameters that come next, or before this function's.
    says_async: bool,
    opens_async: bool,
    is_async: bool,
    /// The function whose body comes next has a name of its own.
    opens_local: Option<Local>,
    /// Where the name was read that a function declares, or a variable.
    declared_at: (u32, u32),
    /// `function name` was read.
    opens_declared: bool,
    before: Before,
    prev: Token,
    chain: Chain,
    /// What the method was read of that may make it grow.
    receiver: Chain,
    /// That is no variable, and there is a request.
    pushes: bool,
    head: Option<Kind>,
    names_function: bool,
    /// What stood before the name, `this` or `new` that was read last.
    operand_after: Token,
    steps: bool,
    last_index: Option<Option<Only>>,
    closed: Kind,
    /// Names that stand in parentheses, and may turn out to be parameters; those of the function whose body comes next.
    listed: Vec<Name>,
    params: Vec<Name>,
    /// The names of a pattern, with those of the properties.
    pattern: Vec<(Name, Name)>,
    /// The variable of a loop over what is read.
    element: Option<Name>,
}

/// Reads a text up to where `is_enough` says so of what was seen.
pub(super) fn scan<'a>(
    text: &'a [u8],
    may_be_jsx: bool,
    words: &'a Words,
    is_enough: &dyn Fn(&mut Evidence<'a>) -> bool,
) -> Result<Evidence<'a>, Unsure> {
    let mut scan = Scan {
        tokens: Tokens::new(text, may_be_jsx),
        words,
        evidence: Evidence { text, frames: vec![0], locals: vec![None], names: vec![None], defined: vec![NAMELESS], ..Evidence::default() },
        groups: Vec::new(),
        top: Box::new(Group::new(Kind::Block, 0)),
        spare: Vec::new(),
        frame: 0,
        outer: Vec::new(),
        arrows: 0,
        has_request: false,
        gets_request: false,
        in_constructor: false,
        opens_constructor: false,
        name: None,
        opens_name: None,
        says_async: false,
        opens_async: false,
        is_async: false,
        opens_local: None,
        declared_at: (0, 0),
        opens_declared: false,
        before: Before::Operator,
        prev: Token::Semicolon,
        chain: Chain::default(),
        receiver: Chain::default(),
        pushes: false,
        head: None,
        names_function: false,
        operand_after: Token::Semicolon,
        steps: false,
        last_index: None,
        closed: Kind::Block,
        listed: Vec::new(),
        params: Vec::new(),
        pattern: Vec::new(),
        element: None,
    };
    scan.run(is_enough)?;
    Ok(scan.evidence)
}

impl<'a> Scan<'a> {
    fn run(&mut self, is_enough: &dyn Fn(&mut Evidence<'a>) -> bool) -> Result<(), Unsure> {
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
            self.forget_pattern();
            Ok(())
        } else {
            Err(Unsure)
        }
    }

    fn operator(&mut self, token: Token) {
        self.steps = false;
        let state = match token {
            Token::Arrow => {
                self.arrow();
                CLOSURE
            }
            Token::Logical | Token::Question => {
                if self.top.colon_at == 0 {
                    // What comes behind is no property's value as a whole.
                    self.top.colon_at = u32::MAX;
                }
                self.top.is_choice = true;
                // What stands before the question is no value.
                if token == Token::Logical {
                    self.note_choice();
                }
                CHOICE
            }
            Token::Colon => {
                if self.top.colon_at == 0 {
                    self.top.colon_at = self.top.tokens;
                }
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
                0
            }
            Token::Other if !matches!(self.tokens.slice(), b"<" | b">") => COMPUTED,
            Token::Other => {
                self.top.has_angle = true;
                0
            }
            _ => 0,
        };
        self.top.is_compound = true;
        self.top.is_computed |= state & COMPUTED != 0;
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

    fn constant(&mut self, text: Option<Name>) {
        if let Some(Value { variable: Some(variable), state: 0, .. }) = self.top.value {
            self.evidence.constants.push((variable, text));
        }
    }

    fn string(&mut self) {
        self.operand();
        let quoted = self.tokens.slice();
        let text = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
        let name = self.tokens.hash_of_quoted(0);
        let module = if text.starts_with(b"node:") { self.tokens.hash_of_quoted(5) } else { name };
        let flags = self.words.flags(module);
        self.evidence.seen |= flags & (words::METRICS | words::BESIDE | words::LOCALS);
        if flags & words::MODULE != 0 && self.is_imported() {
            self.note_module(module);
        }
        if self.top.tokens == 1 {
            // A name that is spelt with escapes could be any.
            self.top.only = Some(if quoted.contains(&b'\\') { Only::Variable(NAMELESS) } else { Only::String(name) });
        }
        self.top.named = Some(name).filter(|_| !quoted.contains(&b'\\'));
        if self.tokens.peek() == b':' {
            self.top.key = Some(name);
            self.top.key_is_computed = false;
        }
        self.constant(Some(name));
        self.fresh();
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
        self.top.colon_at = 0;
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
        if self.top.kind == Kind::Parens && !self.top.is_compound && self.top.target.is_none() {
            self.top.target = Some(self.chain);
        }
        self.note_choice();
        if let Some(value) = &mut self.top.value {
            value.state |= CHOICE;
        }
        self.end_value();
        let mut value = Value {
            variable: None,
            root: self.chain.root,
            name: None,
            annotated: None,
            key: None,
            is_entry: false,
            // `const { a = [] } = x`.
            is_declared: self.top.is_new_declarator || self.top.is_pattern,
            is_pattern: false,
            is_result: false,
            keeps: false,
            is_stored: false,
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
        self.note_replaced(&value);
        self.note_kept(&mut value);
        self.top.value = Some(value);
        self.top.is_new_declarator = false;
        self.top.after_params = false;
        self.before = Before::Operator;
    }
}
