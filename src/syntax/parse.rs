//! From text to swc's tree, and at once on to the IR.

use std::mem;

use swc_common::{
    BytePos,
    comments::{CommentKind, SingleThreadedComments},
};
use swc_ecma_ast::{EsVersion, Program};
use swc_ecma_parser::{EsSyntax, FlowSyntax, Parser, StringInput, Syntax, TsSyntax, error::Error, lexer::Lexer};

use super::{
    Language, OUR_NAME, Parsed, Problem, ProblemKind,
    component::Block,
    depth, errors,
    lower::lower_program,
    merge::{self, Part},
};
use crate::{
    model::ir::{Comment, Ir},
    text::Span,
};

/// Lowers a script, whose first byte is the byte `base` of the file.
pub(super) fn script(language: Language, base: u32, text: &str, depth_limit: u32) -> Result<Parsed, Vec<Problem>> {
    let Read { tree, comments } = read(language, base, text, depth_limit).map_err(|problem| vec![problem])?;
    let mut ir = lower_program(&tree.program, text, base);
    ir.comments = comments;
    let distrusted = errors::distrusted(&tree.program, &tree.errors);
    Ok(Parsed { ir, problems: errors::problems(&tree.errors), distrusted })
}

/// Lowers the script blocks of a component together. A block that cannot be read costs itself alone.
pub(super) fn component(blocks: &[Block], text: &str, depth_limit: u32) -> Parsed {
    let mut parsed = Parsed { ir: Ir::default(), problems: Vec::new(), distrusted: Vec::new() };
    let mut parts = Vec::new();
    let mut comments = Vec::new();
    let mut first_statement: Option<u32> = None;
    for &block in blocks {
        match read(block.language, block.start as u32, text.get(block.start..block.end).unwrap_or_default(), depth_limit) {
            Ok(Read { tree, comments: found }) => {
                comments.extend(found);
                parsed.problems.extend(errors::problems(&tree.errors));
                parsed.distrusted.extend(errors::distrusted(&tree.program, &tree.errors));
                let first = merge::first_statement(&tree.program);
                first_statement = first_statement.into_iter().chain(first).min();
                parts.push(Part { block, program: tree.program });
            }
            Err(problem) => parsed.problems.push(problem),
        }
    }
    let markup = merge::words_outside(blocks, text);
    let program = merge::merge(parts, &|name| markup.contains(name));
    parsed.ir = lower_program(&program, text, 0);
    parsed.ir.name_setup(blocks.iter().filter(|block| block.per_component).map(|block| Span::new(block.start as u32, block.end as u32)));
    comments.sort_by_key(|comment: &Comment| comment.span);
    parsed.ir.comments = comments;
    parsed.ir.first_statement = first_statement;
    parsed
}

struct Read {
    tree: Tree,
    comments: Vec<Comment>,
}

fn read(language: Language, base: u32, text: &str, depth_limit: u32) -> Result<Read, Problem> {
    if let Some(offset) = depth::too_deep(text.as_bytes(), depth_limit) {
        return Err(too_deep(base + offset, depth_limit));
    }
    let comments = memchr::memmem::find(text.as_bytes(), OUR_NAME).map(|_| SingleThreadedComments::default());
    let tree = match parse(syntax(language), base, text, comments.as_ref()) {
        Err(problem) if language == Language::JavaScript => second_try(base, text, comments.as_ref()).ok_or(problem),
        Ok(tree) if language == Language::JavaScript && tree.is_bent() && has_flow_pragma(text) => {
            Ok(second_try(base, text, comments.as_ref()).unwrap_or(tree))
        }
        result => result,
    };
    let tree = tree.map_err(|error| errors::problem(&error))?;
    Ok(Read { tree, comments: comments.map(ours).unwrap_or_default() })
}

struct Tree {
    program: Program,
    errors: Vec<Error>,
}

impl Tree {
    fn is_bent(&self) -> bool {
        self.errors.iter().any(|error| !errors::is_harmless(error))
    }
}

fn parse(syntax: Syntax, base: u32, text: &str, comments: Option<&SingleThreadedComments>) -> Result<Tree, Error> {
    // swc counts from 1: position 0 means "nowhere".
    let start = BytePos(base + 1);
    let input = StringInput::new(text, start, BytePos(start.0 + text.len() as u32));
    let comments = comments.map(|comments| comments as &dyn swc_common::comments::Comments);
    let mut parser = Parser::new_from(Lexer::new(syntax, EsVersion::latest(), input, comments));
    let program = parser.parse_program()?;
    Ok(Tree { program, errors: parser.take_errors() })
}

/// The errors that the parser gets over.
#[cfg(test)]
pub(super) fn recovered(language: Language, text: &str) -> Vec<Error> {
    parse(syntax(language), 0, text, None).map(|tree| tree.errors).unwrap_or_default()
}

/// A file that is no JavaScript may be Flow.
fn second_try(base: u32, text: &str, comments: Option<&SingleThreadedComments>) -> Option<Tree> {
    if let Some(comments) = comments {
        forget(comments);
    }
    let flow = FlowSyntax { jsx: true, all: true, enums: true, decorators: true, components: true, ..FlowSyntax::default() };
    parse(Syntax::Flow(flow), base, text, comments).ok().filter(|tree| !tree.is_bent())
}

/// Comments of the first try would appear twice.
fn forget(comments: &SingleThreadedComments) {
    let (mut leading, mut trailing) = comments.borrow_all_mut();
    leading.clear();
    trailing.clear();
}

fn has_flow_pragma(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), b"@flow").is_some()
}

fn syntax(language: Language) -> Syntax {
    match language {
        Language::JavaScript => Syntax::Es(EsSyntax {
            jsx: true,
            fn_bind: false,
            decorators: true,
            decorators_before_export: true,
            export_default_from: true,
            import_attributes: true,
            allow_super_outside_method: true,
            allow_return_outside_function: true,
            auto_accessors: true,
            explicit_resource_management: true,
        }),
        Language::TypeScript | Language::TypeScriptJsx | Language::Declarations => Syntax::Typescript(TsSyntax {
            tsx: language == Language::TypeScriptJsx,
            dts: language == Language::Declarations,
            decorators: true,
            ..TsSyntax::default()
        }),
    }
}

fn too_deep(offset: u32, limit: u32) -> Problem {
    Problem {
        kind: ProblemKind::TooDeep,
        message: format!("this file nests more than {limit} levels deep"),
        help: Some("split the expression, or leave the file out with an ignore file if it is generated".into()),
        span: Span::new(offset, offset + 1),
    }
}

/// The comments that speak to us, in the order of the file.
fn ours(comments: SingleThreadedComments) -> Vec<Comment> {
    let (leading, trailing) = comments.take_all();
    let mut ours = Vec::new();
    for map in [leading, trailing] {
        for comment in mem::take(&mut *map.borrow_mut()).into_values().flatten() {
            if memchr::memmem::find(comment.text.as_bytes(), OUR_NAME).is_some() {
                let span = Span::new(comment.span.lo.0.saturating_sub(1), comment.span.hi.0.saturating_sub(1));
                ours.push(Comment { span, text: comment.text.to_string(), is_block: comment.kind == CommentKind::Block });
            }
        }
    }
    ours.sort_by_key(|comment| comment.span);
    ours.dedup();
    ours
}
