//! Type annotations, as far as they are evidence.

use swc_ecma_ast as ast;

use super::Lowerer;
use crate::model::ir::*;

impl Lowerer<'_> {
    pub(super) fn annotation(&mut self, annotation: Option<&ast::TsTypeAnn>) -> Option<TypeId> {
        annotation.map(|annotation| self.ty(&annotation.type_ann))
    }

    /// What a value says of the type of an unannotated variable: `new Map<K, V>()`, `value as Map<K, V>`.
    pub(super) fn annotation_of_value(&mut self, value: &ast::Expr) -> Option<TypeId> {
        match value {
            ast::Expr::Paren(inner) => self.annotation_of_value(&inner.expr),
            ast::Expr::TsNonNull(inner) => self.annotation_of_value(&inner.expr),
            ast::Expr::TsAs(cast) => Some(self.ty(&cast.type_ann)),
            ast::Expr::TsSatisfies(cast) => Some(self.ty(&cast.type_ann)),
            ast::Expr::TsTypeAssertion(cast) => Some(self.ty(&cast.type_ann)),
            ast::Expr::New(new) => {
                let name = dotted_callee(&new.callee)?;
                let args = new.type_args.as_deref()?;
                let name = self.name_of_text(&name);
                let args = self.type_args(Some(args));
                Some(self.push_type(Type::Named(name, args)))
            }
            _ => None,
        }
    }

    fn push_type(&mut self, ty: Type) -> TypeId {
        let id = TypeId(self.ir.types.len() as u32);
        self.ir.types.push(ty);
        id
    }

    fn types(&mut self, types: &[Box<ast::TsType>]) -> Vec<TypeId> {
        types.iter().map(|ty| self.ty(ty)).collect()
    }

    fn type_args(&mut self, args: Option<&ast::TsTypeParamInstantiation>) -> Vec<TypeId> {
        args.map(|args| self.types(&args.params)).unwrap_or_default()
    }

    fn ty(&mut self, node: &ast::TsType) -> TypeId {
        use ast::TsType as Ts;
        let ty = match node {
            Ts::TsParenthesizedType(inner) => return self.ty(&inner.type_ann),
            Ts::TsOptionalType(inner) => return self.ty(&inner.type_ann),
            Ts::TsTypeOperator(inner) if inner.op == ast::TsTypeOperatorOp::ReadOnly => return self.ty(&inner.type_ann),
            Ts::TsTypeOperator(inner) if inner.op == ast::TsTypeOperatorOp::KeyOf => Type::KeyOf(self.ty(&inner.type_ann)),
            Ts::TsIndexedAccessType(access) => self.part_of_type(access),
            Ts::TsKeywordType(keyword) => Type::Keyword(self.name_of_text(keyword_text(keyword.kind))),
            Ts::TsTypeRef(reference) => {
                let name = self.entity_name(&reference.type_name);
                Type::Named(name, self.type_args(reference.type_params.as_deref()))
            }
            Ts::TsImportType(import) => match &import.qualifier {
                Some(name) => {
                    let name = self.entity_name(name);
                    Type::Named(name, self.type_args(import.type_args.as_deref()))
                }
                None => Type::Other,
            },
            Ts::TsArrayType(array) => Type::Array(self.ty(&array.elem_type)),
            Ts::TsUnionOrIntersectionType(ast::TsUnionOrIntersectionType::TsUnionType(union)) => Type::Union(self.types(&union.types)),
            Ts::TsLitType(literal) => self.literal_type(&literal.lit),
            Ts::TsTypeLit(literal) => self.object_type(&literal.members),
            Ts::TsMappedType(mapped) => match &mapped.type_param.constraint {
                Some(key) => Type::Indexed(self.ty(key)),
                None => Type::Other,
            },
            Ts::TsFnOrConstructorType(_) => Type::Function,
            _ => Type::Other,
        };
        self.push_type(ty)
    }

    /// `(typeof NAMES)[number]`, `(typeof TABLE)[keyof typeof TABLE]`.
    fn part_of_type(&mut self, node: &ast::TsIndexedAccessType) -> Type {
        let mut object = &*node.obj_type;
        while let ast::TsType::TsParenthesizedType(inner) = object {
            object = &inner.type_ann;
        }
        match object {
            ast::TsType::TsTypeQuery(ast::TsTypeQuery { expr_name: ast::TsTypeQueryExpr::TsEntityName(name), .. }) => {
                Type::ElementOf(self.entity_name(name))
            }
            _ => Type::Other,
        }
    }

    /// `type Kind = 'a' | 'b'`.
    pub(super) fn type_alias(&mut self, node: &ast::TsTypeAliasDecl) {
        let name = self.name(&node.id.sym);
        let ty = self.ty(&node.type_ann);
        self.ir.type_names.push((name, ty));
    }

    /// `<K extends keyof Events>`.
    pub(super) fn type_params(&mut self, node: Option<&ast::TsTypeParamDecl>) {
        for param in node.iter().flat_map(|node| &node.params) {
            let Some(constraint) = &param.constraint else { continue };
            let name = self.name(&param.name.sym);
            let ty = self.ty(constraint);
            self.ir.type_names.push((name, ty));
        }
    }

    /// `interface Rows { [id: string]: Row }`: one without an index signature has the keys that are written.
    pub(super) fn interface(&mut self, node: &ast::TsInterfaceDecl) {
        if let ty @ Type::Indexed(_) = self.object_type(&node.body.body) {
            let name = self.name(&node.id.sym);
            let ty = self.push_type(ty);
            self.ir.type_names.push((name, ty));
        }
    }

    fn object_type(&mut self, members: &[ast::TsTypeElement]) -> Type {
        let key = members.iter().find_map(|member| match member {
            ast::TsTypeElement::TsIndexSignature(signature) => match signature.params.first() {
                Some(ast::TsFnParam::Ident(key)) => key.type_ann.as_deref(),
                _ => None,
            },
            _ => None,
        });
        match key {
            Some(key) => Type::Indexed(self.ty(&key.type_ann)),
            None => Type::Other,
        }
    }

    fn literal_type(&mut self, literal: &ast::TsLit) -> Type {
        Type::Literal(match literal {
            ast::TsLit::Str(text) => self.name_of_string(&text.value),
            ast::TsLit::Number(number) => self.name_of_number(number.value),
            ast::TsLit::Bool(value) => self.name_of_text(if value.value { "true" } else { "false" }),
            ast::TsLit::BigInt(number) => self.name_of_text(&number.value.to_string()),
            ast::TsLit::Tpl(_) => return Type::Keyword(self.name_of_text("string")),
        })
    }

    pub(super) fn entity_name(&mut self, name: &ast::TsEntityName) -> NameId {
        if let ast::TsEntityName::Ident(name) = name {
            return self.name(&name.sym);
        }
        let mut parts = Vec::new();
        let mut rest = name;
        while let ast::TsEntityName::TsQualifiedName(qualified) = rest {
            parts.push(&*qualified.right.sym);
            rest = &qualified.left;
        }
        if let ast::TsEntityName::Ident(first) = rest {
            parts.push(&*first.sym);
        }
        parts.reverse();
        self.name_of_text(&parts.join("."))
    }
}

/// `a.b.C` of `new a.b.C()`.
pub(super) fn dotted_callee(callee: &ast::Expr) -> Option<String> {
    let mut parts = Vec::new();
    let mut rest = callee;
    while let ast::Expr::Member(member) = rest {
        parts.push(&*member.prop.as_ident()?.sym);
        rest = &member.obj;
    }
    parts.push(&*rest.as_ident()?.sym);
    parts.reverse();
    Some(parts.join("."))
}

fn keyword_text(kind: ast::TsKeywordTypeKind) -> &'static str {
    use ast::TsKeywordTypeKind as Kind;
    match kind {
        Kind::TsAnyKeyword => "any",
        Kind::TsUnknownKeyword => "unknown",
        Kind::TsNumberKeyword => "number",
        Kind::TsObjectKeyword => "object",
        Kind::TsBooleanKeyword => "boolean",
        Kind::TsBigIntKeyword => "bigint",
        Kind::TsStringKeyword => "string",
        Kind::TsSymbolKeyword => "symbol",
        Kind::TsVoidKeyword => "void",
        Kind::TsUndefinedKeyword => "undefined",
        Kind::TsNullKeyword => "null",
        Kind::TsNeverKeyword => "never",
        Kind::TsIntrinsicKeyword => "intrinsic",
    }
}
