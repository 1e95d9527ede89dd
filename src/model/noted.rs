//! What a file would ask the others, noted while it is parsed: where nobody has an answer, it need not be looked at again.

use std::cell::RefCell;
use std::rc::Rc;

use super::access::AccessPath;
use super::context::ContextKind;
use super::facts::Facts;
use super::lasting::{Lasts, Parameter};
use super::links::UseKind;
use super::namesakes::NamedRelease;
use super::origin::Origin;
use super::outside::{FileName, Outside, Seen, Service};
use super::summaries::{Effect, Summary};
use super::worst::Said;
use crate::text::Span;

/// A question to the rest of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    Uses(Vec<AccessPath>),
    UsesOfModule(String, Vec<AccessPath>),
    ReleasedByName(String),
    ReleasedByBases(String, String),
    BaseEnds(String, AccessPath),
    Summary(String, AccessPath),
    AddedBy(String, AccessPath),
    GivesShared(String, AccessPath),
    Origin(String, AccessPath),
    Lasting(Vec<Parameter>),
    FewValues(String, AccessPath),
    Service(String, String),
    Element(String),
    Grown,
}

impl Question {
    /// Adds the worst that can be said to it.
    fn add_any(&self, said: Said) -> Said {
        match self {
            Self::Uses(_) => Said { kind: ContextKind::Repeated, is_kept: true, is_complete: true, is_called: false, drops: true, ..said },
            Self::BaseEnds(..) => Said { extends_end: true, ..said },
            Self::GivesShared(..) => Said { gives_shared: true, ..said },
            Self::Origin(..) => Said { tells_origin: true, ..said },
            Self::Lasting(_) => Said { gives_long: true, ..said },
            _ => said,
        }
    }

    /// Whether many files may have to be read to answer it.
    fn is_dear(&self) -> bool {
        matches!(self, Self::Uses(_) | Self::Lasting(_))
    }

    /// Adds what the others say to make it worse than the file looks by itself; none if there is no telling.
    fn add_worst(&self, outside: &dyn Outside, said: Said) -> Option<Said> {
        match self {
            Self::Uses(paths) => outside.uses(paths).add_worst(said),
            // These take something away.
            Self::UsesOfModule(..)
            | Self::ReleasedByName(_)
            | Self::ReleasedByBases(..)
            | Self::Summary(..)
            | Self::FewValues(..)
            | Self::Element(_) => Some(said),
            Self::BaseEnds(module, path) => {
                let extends_end = said.extends_end || outside.base_ends(module, path);
                Some(Said { extends_end, ..said })
            }
            Self::GivesShared(module, path) => {
                let gives_shared = said.gives_shared || outside.gives_shared(module, path) == Some(true);
                Some(Said { gives_shared, ..said })
            }
            Self::Origin(module, path) => {
                let tells_origin = said.tells_origin || outside.origin(module, path).is_some();
                Some(Said { tells_origin, ..said })
            }
            Self::Lasting(parameters) => {
                let gives_long = said.gives_long || outside.lasting(parameters).for_process > 0;
                Some(Said { gives_long, ..said })
            }
            Self::Service(..) | Self::Grown | Self::AddedBy(..) => self.is_without_answer(outside).then_some(said),
        }
    }

    /// Whether the others say what they would say if they were not there.
    pub fn is_without_answer(&self, outside: &dyn Outside) -> bool {
        match self {
            Self::Uses(paths) => outside.uses(paths).says_nothing(),
            Self::UsesOfModule(module, paths) => outside.uses_of_module(module, paths).says_nothing(),
            Self::ReleasedByName(property) => outside.released_by_name(property).is_empty(),
            Self::ReleasedByBases(module, property) => outside.released_by_bases(module, property).is_empty(),
            Self::BaseEnds(module, path) => !outside.base_ends(module, path),
            Self::Summary(module, path) => outside.summary(module, path).is_none(),
            Self::AddedBy(module, path) => outside.added_by(module, path).is_empty(),
            Self::GivesShared(module, path) => outside.gives_shared(module, path).is_none(),
            Self::Origin(module, path) => outside.origin(module, path).is_none(),
            Self::Lasting(parameters) => outside.lasting(parameters).says_nothing(),
            Self::FewValues(module, path) => !outside.has_few_values(module, path),
            Self::Service(module, class) => outside.service(module, class).is_none(),
            Self::Element(name) => !outside.is_element_once(name),
            Self::Grown => outside.grown().is_empty(),
        }
    }
}

impl Seen {
    fn add_worst(&self, mut said: Said) -> Option<Said> {
        said.is_complete |= self.is_complete;
        let mut is_called = false;
        for used in &self.uses {
            match used.used.what {
                UseKind::Called { is_kept, is_dropped, .. } => {
                    let kind = used.for_module.as_ref().map_or(used.context.kind, |for_module| for_module.kind.max(used.context.kind));
                    said.drops |= is_dropped && kind == ContextKind::Repeated;
                    said.is_kept |= is_kept || matches!(kind, ContextKind::Init | ContextKind::Repeated);
                    said.kind = said.kind.max(kind);
                    is_called |= kind > ContextKind::Teardown && !used.context.is_unused_or_tested();
                }
                UseKind::Reacted(_) => said.kind = said.kind.max(used.context.kind),
                UseKind::Grown(_) => return None,
                _ => {}
            }
        }
        said.is_called &= is_called;
        Some(said)
    }

    fn says_nothing(&self) -> bool {
        self.uses.is_empty() && self.parts == 0 && self.files.is_empty() && !self.is_complete && !self.is_tested
    }
}

/// What was asked about the findings at some places, in the order in which it was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Questions {
    pub focus: Vec<Span>,
    pub asked: Vec<Question>,
}

impl Questions {
    /// The paths under which others may use what this file offers.
    pub fn paths(&self) -> impl Iterator<Item = &AccessPath> {
        self.asked.iter().flat_map(|question| match question {
            Question::Uses(paths) => paths.as_slice(),
            _ => &[],
        })
    }

    /// The modules of which it is asked what their functions do.
    pub fn summarised(&self) -> impl Iterator<Item = &str> {
        self.asked.iter().filter_map(|question| match question {
            Question::Summary(module, _)
            | Question::AddedBy(module, _)
            | Question::GivesShared(module, _)
            | Question::Origin(module, _) => Some(module.as_str()),
            _ => None,
        })
    }

    /// Whether the file's own view stands: as long as nothing is answered, the model asks what it asked when nobody was there.
    pub fn are_without_answer(&self, outside: &dyn Outside) -> bool {
        self.asked.iter().all(|question| question.is_without_answer(outside))
    }

    /// Whether what this file imports has a say, though nobody imports the file. Summaries only take something away.
    pub fn are_about_modules(&self, is_reported: bool) -> bool {
        self.asked.iter().any(|question| match question {
            Question::GivesShared(..) | Question::Origin(..) | Question::BaseEnds(..) | Question::AddedBy(..) | Question::Element(_) => {
                true
            }
            Question::Summary(..) | Question::FewValues(..) => is_reported,
            _ => false,
        })
    }

    /// Whether the worst that the others say makes no finding, by `is_finding`; false if there is no telling. What costs much is asked last, and
    /// only if a finding depends on it.
    pub fn make_nothing(&self, outside: &dyn Outside, is_finding: &dyn Fn(Said) -> bool) -> bool {
        let (dear, cheap): (Vec<&Question>, Vec<&Question>) = self.asked.iter().partition(|question| question.is_dear());
        let with_any = |said: Said, open: &[&Question]| open.iter().fold(said, |said, question| question.add_any(said));
        let Some(mut said) = cheap.iter().try_fold(Said::NOTHING, |said, question| question.add_worst(outside, said)) else { return false };
        let mut open = dear.as_slice();
        // Each answer may decide it, whatever the others would be.
        while is_finding(with_any(said, open)) {
            let Some((question, left)) = open.split_first() else { return false };
            if open.len() < dear.len() && is_finding(said) {
                return false;
            }
            match question.add_worst(outside, said) {
                Some(worse) => said = worse,
                None => return false,
            }
            open = left;
        }
        true
    }
}

/// A project without other files, which notes what it is asked.
#[derive(Default)]
pub struct Alone {
    asked: RefCell<Vec<Question>>,
}

impl Alone {
    fn note(&self, question: Question) {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&question) {
            asked.push(question);
        }
    }

    /// What was asked; none if being asked changes what the file says, whatever the answers.
    pub fn questions(self, focus: &[Span], first: &Facts, asking: &Facts) -> Option<Questions> {
        (first == asking).then(|| Questions { focus: focus.to_vec(), asked: self.asked.into_inner() })
    }
}

impl Outside for Alone {
    fn uses(&self, paths: &[AccessPath]) -> Rc<Seen> {
        self.note(Question::Uses(paths.to_vec()));
        Rc::default()
    }

    fn uses_of_module(&self, module: &str, paths: &[AccessPath]) -> Rc<Seen> {
        self.note(Question::UsesOfModule(module.to_owned(), paths.to_vec()));
        Rc::default()
    }

    fn released_by_name(&self, property: &str) -> Vec<(FileName, NamedRelease)> {
        self.note(Question::ReleasedByName(property.to_owned()));
        Vec::new()
    }

    fn released_by_bases(&self, module: &str, property: &str) -> Vec<(FileName, NamedRelease)> {
        self.note(Question::ReleasedByBases(module.to_owned(), property.to_owned()));
        Vec::new()
    }

    fn base_ends(&self, module: &str, path: &AccessPath) -> bool {
        self.note(Question::BaseEnds(module.to_owned(), path.clone()));
        false
    }

    fn summary(&self, module: &str, path: &AccessPath) -> Option<Summary> {
        self.note(Question::Summary(module.to_owned(), path.clone()));
        None
    }

    fn added_by(&self, module: &str, path: &AccessPath) -> Vec<Effect> {
        self.note(Question::AddedBy(module.to_owned(), path.clone()));
        Vec::new()
    }

    fn gives_shared(&self, module: &str, path: &AccessPath) -> Option<bool> {
        self.note(Question::GivesShared(module.to_owned(), path.clone()));
        None
    }

    fn origin(&self, module: &str, path: &AccessPath) -> Option<Origin> {
        self.note(Question::Origin(module.to_owned(), path.clone()));
        None
    }

    fn lasting(&self, parameters: &[Parameter]) -> Lasts {
        self.note(Question::Lasting(parameters.to_vec()));
        Lasts::default()
    }

    fn has_few_values(&self, module: &str, path: &AccessPath) -> bool {
        self.note(Question::FewValues(module.to_owned(), path.clone()));
        false
    }

    fn service(&self, module: &str, class: &str) -> Option<Service> {
        self.note(Question::Service(module.to_owned(), class.to_owned()));
        None
    }

    fn is_element_once(&self, name: &str) -> bool {
        self.note(Question::Element(name.to_owned()));
        false
    }

    fn grown(&self) -> Vec<AccessPath> {
        self.note(Question::Grown);
        Vec::new()
    }
}
