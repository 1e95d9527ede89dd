//! What holds for the IR of every program.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::*;
use crate::{
    model::ir::*,
    syntax::{Language, parse},
};

/// Fails if the IR contradicts its own documentation.
#[track_caller]
pub(super) fn hold(ir: &Ir, text: &str) {
    for id in ir.expr_ids() {
        let expr = ir[id];
        inside(expr.span, text);
        assert!(expr.stmt.index() < ir.stmts.len(), "{expr:?} stands in no statement");
        for operand in ir.operands(id) {
            assert!(operand < id, "{expr:?} stands before its operand {operand:?}");
            assert_eq!(ir.function_of(operand), ir.function_of(id), "{expr:?} takes an operand of another function");
        }
        match expr.kind {
            ExprKind::Ident(reference) => assert_eq!(ir[reference].expr, id),
            ExprKind::Function(function) => assert_eq!(ir[function].expr, Some(id)),
            ExprKind::Class(class) => assert_eq!(ir[class].expr, Some(id)),
            ExprKind::Object { object, .. } => assert_eq!(ir.objects[object.index()], id),
            _ => {}
        }
    }
    for block in &ir.blocks {
        assert!(block.in_loop.is_none_or(|id| ir[id].function == block.function));
        assert!(block.edges.iter().all(|edge| ir[edge.to].function == block.function), "{block:?} leads out of its function");
    }
    for (index, function) in ir.functions.iter().enumerate() {
        let id = FnId(index as u32);
        inside(function.span, text);
        assert!(function.span.contains(function.body), "{function:?}");
        assert!(function.name_span.is_none_or(|name| function.span.contains(name)), "{function:?}");
        assert!([function.entry, function.exit, function.throw_exit].iter().all(|block| ir[*block].function == id));
        assert!([function.exit, function.throw_exit].iter().all(|block| ir[*block].edges.is_empty()));
        assert_eq!(function.created_in.map(|block| ir[block].function), function.parent);
        assert_eq!(ir[function.scope].function, id);
    }
    for binding in &ir.bindings {
        inside(binding.span, text);
        assert!(binding.declaration.contains(binding.span), "{binding:?}");
        assert_eq!(at(text, binding.span).is_empty(), ir.name(binding.name).is_empty());
    }
    for class in &ir.classes {
        assert!(class.span.contains(class.body) && at(text, class.body).starts_with('{'), "{class:?}");
        assert!(class.members.iter().all(|member| class.body.contains(member.span)), "{class:?}");
    }
    for stmt in &ir.stmts {
        inside(stmt.span, text);
        assert!(stmt.parent.is_none_or(|parent| ir.stmts[parent.index()].span.contains(stmt.span)), "{stmt:?}");
    }
}

#[track_caller]
fn inside(span: Span, text: &str) {
    assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} is no range of the text");
}

/// Also says what lowering costs: `LEAKLINT_CORPUS=folder cargo test --release --lib -- --ignored corpus --nocapture`
#[test]
#[ignore = "needs a folder of packages in LEAKLINT_CORPUS"]
fn the_invariants_hold_in_a_corpus() {
    on_a_big_stack(|| {
        let mut files = Vec::new();
        collect(Path::new(&std::env::var("LEAKLINT_CORPUS").expect("LEAKLINT_CORPUS")), &mut files);
        let (mut parsing, mut all) = (Duration::ZERO, Duration::ZERO);
        for path in &files {
            let source = SourceText::new(fs::read(path).expect("a readable file"));
            let path = path.to_string_lossy();
            let start = Instant::now();
            drop(parse::recovered(Language::of_path(&path), source.text()));
            parsing += start.elapsed();
            let start = Instant::now();
            let result = lower(&path, &source);
            all += start.elapsed();
            if let Ok(parsed) = result {
                let held = std::panic::catch_unwind(|| hold(&parsed.ir, source.text()));
                assert!(held.is_ok(), "in {path}");
            }
        }
        let share = all.as_secs_f64() / parsing.as_secs_f64() - 1.0;
        println!("{} files: parsing {parsing:?}, lowering {:.0} % of it", files.len(), share * 100.0);
        assert!(!files.is_empty());
    });
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let is_script = path
            .extension()
            .is_some_and(|extension| ["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"].iter().any(|known| extension == *known));
        if path.is_dir() {
            collect(&path, files);
        } else if is_script {
            files.push(path);
        }
    }
}
