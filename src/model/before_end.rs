//! Whether the end of a component comes to the clear of what it started: what only its events, its updates or an earlier hook clear goes on after it.

use super::Model;
use super::calls::How;
use super::clearing::Armed;
use super::frameworks::Again;
use super::ir::{ExprId, ExprKind, FnId, Ir};
use super::mount::Mount;
use super::provenance::words;
use rustc_hash::FxHashSet;

/// How a function that clears comes to run.
enum Part {
    /// When the component is done, or by somebody who may know that it is.
    End,
    /// While the component lives, and by nobody else.
    Life,
    /// By whoever runs it.
    ByCallers,
}

impl Model<'_> {
    /// The component runs something else when it is done, or nothing, and every clear of the interval is for while it lives.
    pub(super) fn is_forgotten_by_end(&self, armed: &Armed<'_>, mount: &Mount) -> bool {
        let is_own = mount.owner.is_some() && !mount.is_composable() && !armed.to.handed_out && armed.to.collections.is_empty();
        is_own && !armed.clears.is_empty() && armed.clears.iter().all(|clear| self.is_of_life(clear.at, armed, mount))
    }

    fn is_of_life(&self, clear: ExprId, armed: &Armed<'_>, mount: &Mount) -> bool {
        let starter = self.ir.function_of(armed.call);
        let mut seen = FxHashSet::default();
        let mut work = vec![(self.ir.function_of(clear), clear)];
        while let Some((function, site)) = work.pop() {
            let is_by_itself = armed.callback.is_some_and(|callback| self.is_inside(function, callback));
            if function == Ir::MODULE || is_by_itself {
                return false;
            }
            // A clear on the way to the next start ends nothing; one behind the start ends what that run began.
            let is_restart = function == starter && site < armed.call || self.starts_anew(function, site, starter);
            if !is_restart && function == starter {
                return false;
            }
            if is_restart || !seen.insert(function) {
                continue;
            }
            match self.part_of(function, mount) {
                Part::End => return false,
                Part::Life => continue,
                Part::ByCallers => {}
            }
            let callers = self.callers(function);
            let is_run = callers.iter().any(|caller| !matches!(caller.how, How::PublicMethod(..) | How::Uncalled));
            for caller in callers.iter() {
                match (caller.how, caller.at) {
                    // Who has a component by reference calls what the component itself has no use for.
                    (How::PublicMethod(..), _) if is_run => {}
                    (How::Repeats, Some(at)) if !self.tells_end(at) => {}
                    (How::Called | How::Inline | How::Later | How::EachElement, Some(at)) if !self.tells_end(at) => {
                        work.push((self.ir.function_of(at), at))
                    }
                    (How::Inline, None) if self.ir[function].parent.is_some() => {
                        work.extend(self.ir[function].parent.map(|parent| (parent, clear)))
                    }
                    _ => return false,
                }
            }
        }
        true
    }

    /// `this.stop(); this.start();`.
    fn starts_anew(&self, function: FnId, site: ExprId, starter: FnId) -> bool {
        let begins = |&call: &ExprId| call > site && self.ir.function_of(call) == function && self.callee_function(call) == Some(starter);
        self.uses.calls.iter().any(begins)
    }

    fn part_of(&self, function: FnId, mount: &Mount) -> Part {
        // `stop` beside `start` ends what a component does, and not the component.
        if self.teardown_around(function).is_some_and(|name| !name.trim_start_matches('_').starts_with("stop")) {
            return Part::End;
        }
        let Some(own) = self.mount_at(function) else {
            let is_end = |&(id, name, _): &(_, _, _)| self.component(id).is_some_and(|api| api.end.contains(self.ir.name(name)));
            return if self.entities.memberships(function).iter().any(is_end) { Part::End } else { Part::ByCallers };
        };
        // What runs with each change may be told by a change that the component is done: only an end that forgets it speaks against that.
        match own.again {
            Again::Never => Part::Life,
            _ if mount.end.is_some() => Part::Life,
            _ => Part::End,
        }
    }

    /// `onUnmounted(stop)`, `this.$once('hook:beforeDestroy', stop)`.
    fn tells_end(&self, at: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(at) else { return false };
        let by_name = self.callee_name(callee).is_some_and(|name| self.apis.frameworks.ends.verbs.contains(name));
        let is_end = |event: String| words(&event).iter().any(|word| self.apis.frameworks.ends.events.contains(word));
        by_name || self.event_text(at).is_some_and(is_end)
    }
}
