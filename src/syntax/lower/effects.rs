//! Whether it matters that an operand runs or does not.

use swc_ecma_ast::*;

/// Nodes looked at before an expression counts as having an effect: a longer look, once per enclosing operator, would be quadratic.
const BUDGET: u32 = 24;

/// Whether an expression calls, constructs, assigns, deletes, waits or makes a function, or is too long to tell.
pub(super) fn has_effect(expr: &Expr) -> bool {
    !is_inert(expr, &mut BUDGET.clone())
}

fn is_inert(expr: &Expr, budget: &mut u32) -> bool {
    if *budget == 0 {
        return false;
    }
    *budget -= 1;
    match expr {
        Expr::Ident(_) | Expr::Lit(_) | Expr::This(_) | Expr::MetaProp(_) | Expr::PrivateName(_) | Expr::SuperProp(_) => true,
        Expr::Member(member) => is_inert_member(member, budget),
        Expr::OptChain(chain) => match &*chain.base {
            OptChainBase::Member(member) => is_inert_member(member, budget),
            OptChainBase::Call(_) => false,
        },
        Expr::Paren(inner) => is_inert(&inner.expr, budget),
        Expr::TsAs(inner) => is_inert(&inner.expr, budget),
        Expr::TsNonNull(inner) => is_inert(&inner.expr, budget),
        Expr::TsSatisfies(inner) => is_inert(&inner.expr, budget),
        Expr::TsConstAssertion(inner) => is_inert(&inner.expr, budget),
        Expr::TsTypeAssertion(inner) => is_inert(&inner.expr, budget),
        Expr::Unary(unary) => unary.op != UnaryOp::Delete && is_inert(&unary.arg, budget),
        Expr::Bin(binary) => is_inert(&binary.left, budget) && is_inert(&binary.right, budget),
        Expr::Cond(cond) => is_inert(&cond.test, budget) && is_inert(&cond.cons, budget) && is_inert(&cond.alt, budget),
        Expr::Tpl(template) => template.exprs.iter().all(|part| is_inert(part, budget)),
        Expr::Seq(sequence) => sequence.exprs.iter().all(|part| is_inert(part, budget)),
        Expr::Array(array) => array.elems.iter().flatten().all(|element| is_inert(&element.expr, budget)),
        Expr::Object(object) => object.props.iter().all(|prop| is_inert_prop(prop, budget)),
        _ => false,
    }
}

fn is_inert_member(member: &MemberExpr, budget: &mut u32) -> bool {
    let index = match &member.prop {
        MemberProp::Computed(computed) => is_inert(&computed.expr, budget),
        MemberProp::Ident(_) | MemberProp::PrivateName(_) => true,
    };
    index && is_inert(&member.obj, budget)
}

fn is_inert_prop(prop: &PropOrSpread, budget: &mut u32) -> bool {
    match prop {
        PropOrSpread::Spread(spread) => is_inert(&spread.expr, budget),
        PropOrSpread::Prop(prop) => match &**prop {
            Prop::Shorthand(_) => true,
            Prop::KeyValue(pair) => !pair.key.is_computed() && is_inert(&pair.value, budget),
            _ => false,
        },
    }
}
