//! Classes of libraries that are a Map or a Set by another name.

use super::Model;
use super::access::Access;
use super::ir::ExprId;

impl Model<'_> {
    /// `Collection` of discord.js is a Map.
    pub(super) fn alike(&self, class: ExprId) -> Option<&str> {
        let name = self.callee_name(class)?;
        let mut named = self.apis.alike.iter().filter(|alike| alike.classes.contains(name)).peekable();
        named.peek()?;
        let (module, path) = self.imported(class)?;
        let is_it = matches!(path.last(), Some(Access::Member(last)) if last == name);
        named.find(|alike| is_it && alike.modules.contains(module)).map(|alike| alike.is.as_str())
    }
}
