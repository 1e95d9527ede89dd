//! What the parser reports: which errors leave the tree whole, and what the others spoil.

use swc_common::Spanned;
use swc_ecma_ast::Program;
use swc_ecma_parser::error::{Error, SyntaxError};

use super::{Problem, ProblemKind};
use crate::text::Span;

/// A file with more errors than this is broken as a whole; to list them all tells nothing more.
const MOST_PROBLEMS: usize = 10;

pub(super) fn problems(errors: &[Error]) -> Vec<Problem> {
    let mut problems: Vec<Problem> = errors.iter().map(problem).collect();
    problems.sort_by_key(|problem| problem.span);
    problems.dedup();
    problems.truncate(MOST_PROBLEMS);
    problems
}

pub(super) fn problem(error: &Error) -> Problem {
    let message = error.kind().msg();
    Problem { kind: ProblemKind::Syntax, message: message.trim_end_matches('.').to_owned(), help: None, span: span(error.span()) }
}

fn span(span: swc_common::Span) -> Span {
    Span::new(span.lo.0.saturating_sub(1), span.hi.0.saturating_sub(1))
}

/// The top-level statements in which an error may have bent the tree.
pub(super) fn distrusted(program: &Program, errors: &[Error]) -> Vec<Span> {
    if errors.iter().all(is_harmless) {
        return Vec::new();
    }
    let statements: Vec<Span> = match program {
        Program::Module(module) => module.body.iter().map(|item| span(item.span())).collect(),
        Program::Script(script) => script.body.iter().map(|stmt| span(stmt.span())).collect(),
    };
    let mut bent: Vec<Span> = Vec::new();
    for error in errors.iter().filter(|error| !is_harmless(error)) {
        // An error behind the last statement, or between two, belongs to what stands before it.
        let behind = statements.partition_point(|statement| statement.start <= span(error.span()).start);
        bent.extend(behind.checked_sub(1).and_then(|index| statements.get(index)).or(statements.first()));
    }
    bent.sort();
    bent.dedup();
    bent
}

/// Whether an error leaves the tree as it is written: a rule of strict mode, of modules or of types that nothing here depends on.
pub(super) fn is_harmless(error: &Error) -> bool {
    use SyntaxError as E;
    match error.kind() {
        E::WithLabel { inner, .. } => is_harmless(inner),
        kind => matches!(
            kind,
            E::LegacyOctal
                | E::LegacyDecimal
                | E::TS1085
                | E::LegacyCommentInModule
                | E::WithInStrict
                | E::TS2410
                | E::TS1102
                | E::InvalidIdentInStrict(_)
                | E::InvalidIdentInAsync
                | E::EvalAndArgumentsInStrict
                | E::TS1100
                | E::AwaitParamInAsync
                | E::AwaitInFunction
                | E::DuplicateLabel(_)
                | E::TS1105
                | E::TS1107
                | E::TS1115
                | E::TS1116
                | E::LabelledFunctionInStrict
                | E::DeclNotAllowed
                | E::IllegalLanguageModeDirective
                | E::CommaAfterRestElement
                | E::NonLastRestParam
                | E::TS1014
                | E::ArgumentsInClassField
                | E::InvalidNewTarget
                | E::NullishCoalescingWithLogicalOp
                | E::DuplicatedRegExpFlags(_)
                | E::UnknownRegExpFlags
                | E::NotSimpleAssign
                | E::TS2406
                | E::ConstDeclarationsRequireInitialization
                | E::VarInitializerInForInHead
                | E::TS1106
                | E::GetterParam
                | E::SetterParam
                | E::DuplicateConstructor
                | E::GeneratorConstructor
                | E::ConstructorAccessor
                | E::TS1164
                | E::TS1183
                | E::TS1244
                | E::TS1245
                | E::TS1267
                | E::TS2206
                | E::TS2207
                | E::TS2369
                | E::TS2414
                | E::TS2427
                | E::TS2452
                | E::TS2483
                | E::TS4112
        ),
    }
}
