//! What the names of a file say by the tables: asked once for each name, where each call would ask again.

use rustc_hash::FxHashMap;

use super::Model;
use super::apis::Apis;
use super::ir::NameId;

/// Registers a listener.
pub(super) const REGISTERS: u8 = 1;
/// Takes a listener off.
pub(super) const RELEASES: u8 = 2;
/// Makes a collection grow or shrink.
pub(super) const OPERATES: u8 = 4;
/// Adds to a table of the runtime.
pub(super) const RUNTIME: u8 = 8;

/// The words of the tables.
#[derive(Debug, Default)]
pub struct Vocabulary {
    flags: FxHashMap<String, u8>,
}

impl Vocabulary {
    pub(super) fn new(apis: &Apis) -> Self {
        let mut flags = FxHashMap::default();
        let mut add = |word: &str, flag: u8| *flags.entry(word.to_owned()).or_default() |= flag;
        for api in &apis.listeners {
            api.register.iter().chain(&api.once).for_each(|word| add(word, REGISTERS));
            api.release.iter().for_each(|word| add(word, RELEASES));
        }
        let operating = apis.grow.keyed.iter().chain(&apis.grow.element).chain(&apis.shrink.one).chain(&apis.shrink.all);
        operating.map(String::as_str).chain(["splice", "deleteProperty"]).for_each(|word| add(word, OPERATES));
        for api in &apis.runtime {
            add(api.call.rsplit('.').next().unwrap_or_default(), RUNTIME);
        }
        Self { flags }
    }
}

impl Model<'_> {
    /// Whether a name says this anywhere.
    pub(super) fn says(&self, name: NameId, flag: u8) -> bool {
        self.vocabulary().get(name.index()).is_some_and(|flags| flags & flag != 0)
    }

    /// Whether some name of the file does.
    pub(super) fn any_says(&self, flag: u8) -> bool {
        self.vocabulary().iter().any(|flags| flags & flag != 0)
    }

    fn vocabulary(&self) -> &[u8] {
        let known = &self.apis.vocabulary.flags;
        self.vocabulary.get_or_init(|| self.ir.names.iter().map(|name| known.get(&**name).copied().unwrap_or_default()).collect())
    }
}
