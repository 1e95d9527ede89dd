//! Names of events that are put together: whether two of them differ, and whether a name is made for one piece of work.

use super::super::Model;
use super::super::ir::{BinaryOp, ExprId, ExprKind};
use super::super::place::Place;
use super::super::provenance::Domain;

/// A piece of a name.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(String),
    Of(Place),
    /// `++this.last`: the next number.
    Count,
}

/// Names followed to what they were given.
const DEPTH: u32 = 6;

impl Model<'_> {
    /// `DONE + id` and `FAILED + id`: they begin with other texts, so that they are never the same name.
    pub(super) fn begin_otherwise(&self, own: ExprId, theirs: ExprId) -> bool {
        let first = |name: ExprId| {
            let mut pieces = Vec::new();
            self.pieces(name, DEPTH, &mut pieces)?;
            match pieces.into_iter().next()? {
                Piece::Text(text) => Some(text),
                Piece::Of(_) | Piece::Count => None,
            }
        };
        match (first(own), first(theirs)) {
            (Some(own), Some(theirs)) => !own.starts_with(&theirs) && !theirs.starts_with(&own),
            _ => false,
        }
    }

    /// `on('click' + ns)` and `off(ns)` where `ns` is `'.menu' + id`: jQuery takes off all that bear a namespace.
    pub(super) fn is_in_namespace(&self, own: ExprId, theirs: ExprId) -> bool {
        let pieces = |name: ExprId| {
            let mut found = Vec::new();
            self.pieces(name, DEPTH, &mut found).map(|()| found)
        };
        let (Some(own), Some(theirs)) = (pieces(own), pieces(theirs)) else { return false };
        let Some((Piece::Text(first), rest)) = theirs.split_first().filter(|_| own.len() >= theirs.len()) else { return false };
        let (before, ending) = own.split_at(own.len() - rest.len());
        let is_after =
            matches!(before.last(), Some(Piece::Text(text)) if text.ends_with(first.as_str()) && (before.len() > 1 || text != first));
        first.starts_with('.') && is_after && ending == rest
    }

    /// `done:${id}`: a text with the id of one piece of work, of which there is another one each time.
    pub(super) fn is_name_of_work(&self, name: ExprId) -> bool {
        let mut pieces = Vec::new();
        let is_joined = self.pieces(name, DEPTH, &mut pieces).is_some()
            && matches!(pieces.first(), Some(Piece::Text(_)))
            && pieces.iter().any(|piece| matches!(piece, Piece::Of(_) | Piece::Count));
        is_joined && self.provenance(name).domain >= Domain::Likely
    }

    fn pieces(&self, name: ExprId, depth: u32, found: &mut Vec<Piece>) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        if let Some(text) = self.string(name) {
            match found.last_mut() {
                Some(Piece::Text(before)) => before.push_str(text),
                _ => found.push(Piece::Text(text.to_owned())),
            }
            return Some(());
        }
        match self.ir.kind(name) {
            ExprKind::Template(parts) => self.ir.list(parts).iter().try_for_each(|&part| self.pieces(part, depth, found)),
            ExprKind::Binary(BinaryOp::Add, left, right) => {
                self.pieces(left, depth, found)?;
                self.pieces(right, depth, found)
            }
            ExprKind::Ident(_) | ExprKind::Member { .. } => match self.joined_of(name) {
                Some(made) => self.pieces(made, depth, found),
                None => self.piece_of(name, found),
            },
            ExprKind::Update { .. } => {
                found.push(Piece::Count);
                Some(())
            }
            _ => self.piece_of(name, found),
        }
    }

    /// What a variable or a field is put together of, where it is given one thing.
    fn joined_of(&self, name: ExprId) -> Option<ExprId> {
        let [made] = self.initial_values(self.place(name)?)[..] else { return None };
        matches!(self.ir.kind(made), ExprKind::Template(_) | ExprKind::Binary(BinaryOp::Add, ..)).then_some(made)
    }

    fn piece_of(&self, name: ExprId, found: &mut Vec<Piece>) -> Option<()> {
        found.push(Piece::Of(self.place(name)?));
        Some(())
    }
}
