//! What can be said only of a program that nobody else imports: who calls and who mounts stands in it.

use super::facts::{Certainty, Facts, NearMissWhy, ReceiverKind, Registration};

impl Facts {
    /// Keeps to what the program itself shows.
    pub fn keep_to_program(&mut self) {
        self.registrations.retain(|registration| !is_switched_off(registration));
        self.registrations.iter_mut().for_each(doubt_signal);
    }
}

/// What one run of a component adds and another one takes off, which a user of the component may unmount between the two: its own program switches it
/// off before. Of two read alerts none was right.
fn is_switched_off(registration: &Registration) -> bool {
    registration.near_miss.as_ref().is_some_and(|miss| miss.why == NearMissWhy::OtherRun)
}

/// A signal that a caller gives is made for its work, if no caller is seen to give one that lasts: of three read alerts none was right.
fn doubt_signal(registration: &mut Registration) {
    let receiver = &mut registration.receiver;
    if receiver.kind == ReceiverKind::AbortSignal && receiver.certainty == Certainty::Likely {
        receiver.certainty = Certainty::Unknown;
    }
}
