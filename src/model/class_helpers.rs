//! What compilers and libraries write where a class has no `class`: calls that define members, name a base, or hand on `this`.

use super::ir::{BindingId, ExprId, ExprKind, FnId, Ir, List, PropKey};

/// `{ key: 'deliver', value: function () {} }`, from which a helper makes a method.
pub(super) fn is_member_descriptor(ir: &Ir, props: List) -> bool {
    let has = |wanted: &str| ir.prop_list(props).iter().any(|prop| matches!(prop.key, PropKey::Name(name) if ir.name(name) == wanted));
    has("key") && (has("value") || has("get")) || has("value") && has("writable") && has("configurable")
}

/// The function that a property gets by its descriptor.
pub(super) fn described_function(ir: &Ir, descriptor: ExprId) -> Option<FnId> {
    let ExprKind::Object { props, .. } = ir.kind(descriptor) else { return None };
    ir.prop_list(props).iter().find_map(|prop| match (prop.key, ir.kind(prop.value)) {
        (PropKey::Name(name), ExprKind::Function(function)) if ir.name(name) == "value" => Some(function),
        _ => None,
    })
}

/// The class whose members a compiled `_createClass(X, [...])` defines.
pub(super) fn create_class_call(ir: &Ir, call: ExprId, callee: ExprId) -> Option<BindingId> {
    let ExprKind::Call { args, .. } = ir.kind(call) else { return None };
    let ExprKind::Ident(reference) = ir.kind(callee) else { return None };
    let is_helper = ir.name(ir[reference].name).trim_start_matches('_') == "createClass";
    is_helper.then(|| ir.binding_of(*ir.list(args).first()?)).flatten()
}

/// The class that `util.inherits(X, Base)`, `inherits(X, Base)` or a compiled `_inherits`, `__extends` names.
pub(super) fn inherits_call(ir: &Ir, call: ExprId, callee: ExprId) -> Option<BindingId> {
    let ExprKind::Call { args, .. } = ir.kind(call) else { return None };
    let name = match ir.kind(callee) {
        ExprKind::Member { property, .. } => ir.name(property),
        ExprKind::Ident(reference) => ir.name(ir[reference].name),
        _ => return None,
    };
    matches!(name, "inherits" | "_inherits" | "__extends" | "_inheritsLoose").then(|| ir.binding_of(*ir.list(args).first()?)).flatten()
}

/// `this`, also behind what compilers put around it: `_possibleConstructorReturn(this, ...)`, `_super.call(this)`.
pub(super) fn given_this(ir: &Ir, value: ExprId) -> Option<ExprId> {
    match ir.kind(value) {
        ExprKind::This => Some(value),
        ExprKind::Call { callee, args, .. } => {
            let is_super = matches!(ir.kind(callee), ExprKind::Member { object, property, .. }
                if ir.name(property) == "call" && matches!(ir.kind(object), ExprKind::Ident(it) if ir.name(ir[it].name).starts_with("_super")));
            let passes = is_super || is_helper(ir, callee, &["possibleConstructorReturn", "assertThisInitialized", "callSuper"]);
            let first = *ir.list(args).first().filter(|_| passes)?;
            matches!(ir.kind(first), ExprKind::This).then_some(first)
        }
        ExprKind::Logical(_, left, right) => given_this(ir, left).or_else(|| given_this(ir, right)),
        _ => None,
    }
}

pub(super) fn is_helper(ir: &Ir, callee: ExprId, names: &[&str]) -> bool {
    let name = match ir.kind(callee) {
        ExprKind::Ident(reference) => ir.name(ir[reference].name),
        ExprKind::Member { property, .. } => ir.name(property),
        _ => return false,
    };
    names.contains(&name.trim_start_matches('_'))
}
