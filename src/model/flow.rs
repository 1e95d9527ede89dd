//! Questions about paths through one function, answered over its control-flow graph.

use rustc_hash::{FxHashMap, FxHashSet};

use super::ir::{Block, BlockId, ExprId, ExprKind, FnId, Ir, When};

/// The graph of one function, with its dominators. Built when a candidate asks.
#[derive(Debug)]
pub struct Flow {
    /// The function's blocks in reverse postorder from its entry.
    order: Vec<BlockId>,
    rank: FxHashMap<BlockId, u32>,
    /// Immediate dominators, by rank.
    idom: Vec<u32>,
    preds: Vec<Vec<u32>>,
}

/// A condition that holds wherever control has come this far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guard {
    pub when: When,
    pub block: BlockId,
}

impl Flow {
    pub fn new(ir: &Ir, function: FnId) -> Self {
        let order = reverse_postorder(ir, ir[function].entry);
        let rank: FxHashMap<_, _> = order.iter().enumerate().map(|(index, &block)| (block, index as u32)).collect();
        let mut preds = vec![Vec::new(); order.len()];
        for (index, &block) in order.iter().enumerate() {
            for edge in &ir[block].edges {
                if let Some(&to) = rank.get(&edge.to) {
                    preds[to as usize].push(index as u32);
                }
            }
        }
        let idom = dominators(&preds);
        Self { order, rank, idom, preds }
    }

    /// Whether every path from the entry to `b` passes `a` first (a block dominates itself).
    pub fn dominates(&self, a: BlockId, b: BlockId) -> bool {
        let (Some(&a), Some(&b)) = (self.rank.get(&a), self.rank.get(&b)) else { return false };
        let mut at = b;
        while at > a {
            at = self.idom[at as usize];
        }
        at == a
    }

    pub fn is_reachable(&self, block: BlockId) -> bool {
        self.rank.contains_key(&block)
    }

    /// The branch conditions that every path to `block` has taken, innermost first.
    pub fn guards(&self, ir: &Ir, block: BlockId) -> Vec<Guard> {
        let mut found = Vec::new();
        let Some(&start) = self.rank.get(&block) else { return found };
        let mut at = start;
        loop {
            // A condition guards the block iff its edge's target dominates it and is entered by that edge alone.
            if let [pred] = self.preds[at as usize][..] {
                let from = self.order[pred as usize];
                let here = self.order[at as usize];
                let mut edges = ir[from].edges.iter().filter(|edge| edge.to == here);
                if let (Some(edge), None) = (edges.next(), edges.next())
                    && !matches!(edge.when, When::Always | When::Throws)
                {
                    found.push(Guard { when: edge.when, block: from });
                }
            }
            if at == 0 {
                return found;
            }
            at = self.idom[at as usize];
        }
    }

    /// Whether every path from `from` to `to` meets one of `stops` on its way.
    pub fn must_pass(&self, ir: &Ir, from: BlockId, to: BlockId, stops: &[ExprId]) -> bool {
        let stops: FxHashSet<BlockId> = stops.iter().map(|&stop| ir[stop].block).collect();
        let mut seen = FxHashSet::default();
        let mut work = vec![from];
        while let Some(block) = work.pop() {
            if stops.contains(&block) || !seen.insert(block) {
                continue;
            }
            if block == to {
                return false;
            }
            work.extend(ir[block].edges.iter().map(|edge| edge.to));
        }
        true
    }

    /// The first block of each kind of exit that some path from behind `from` reaches without passing one of `stops`.
    /// Expressions of one block run in the order of their ids.
    pub fn escapes(&self, ir: &Ir, function: FnId, from: ExprId, stops: &[ExprId]) -> Exits {
        let start = ir[from].block;
        let stop_blocks: FxHashSet<BlockId> = stops.iter().map(|&stop| ir[stop].block).collect();
        let mut exits = Exits::default();
        if stops.iter().any(|&stop| ir[stop].block == start && stop > from) {
            return exits;
        }
        // What is waited for is there once the wait is over: a wait that fails leaves nothing behind.
        let work = match ir.kind(from) {
            ExprKind::Await(_) => ir[start].edges.iter().filter(|edge| edge.when != When::Throws).map(|edge| edge.to).collect(),
            _ => onward(ir, start).collect(),
        };
        self.follow(ir, function, (start, work), &stop_blocks, &mut exits);
        exits
    }

    /// Whether every path to the normal exit that passes none of `stops` begins with something that throws. What a `finally` goes on to depends on how it
    /// was come to, which the graph does not tell.
    pub fn ends_only_by_failure(&self, ir: &Ir, function: FnId, from: ExprId, stops: &[ExprId]) -> bool {
        if self.order.iter().any(|&block| ir[block].in_finally) {
            return false;
        }
        let stop_blocks: FxHashSet<BlockId> = stops.iter().map(|&stop| ir[stop].block).collect();
        let mut seen = FxHashSet::default();
        let mut work = vec![ir[from].block];
        while let Some(block) = work.pop() {
            if block == ir[function].exit {
                return false;
            }
            if seen.insert(block) && !stop_blocks.contains(&block) {
                work.extend(ir[block].edges.iter().filter(|edge| edge.when != When::Throws).map(|edge| edge.to));
            }
        }
        true
    }

    fn follow(
        &self,
        ir: &Ir,
        function: FnId,
        (start, mut work): (BlockId, Vec<BlockId>),
        stop_blocks: &FxHashSet<BlockId>,
        exits: &mut Exits,
    ) {
        let mut seen = FxHashSet::default();
        while let Some(block) = work.pop() {
            if !seen.insert(block) || stop_blocks.contains(&block) {
                continue;
            }
            exits.normal |= block == ir[function].exit;
            exits.throws |= block == ir[function].throw_exit;
            exits.again |= block == start;
            work.extend(onward(ir, block));
        }
    }
}

/// Where control goes on. A clean-up that waits for another one, and what deals with a failure, is taken to succeed, as a plain call is: only a `throw`
/// of its own ends it early.
fn onward(ir: &Ir, block: BlockId) -> impl Iterator<Item = BlockId> {
    let Block { edges, in_finally, in_catch, .. } = &ir[block];
    let goes_on = (*in_finally || *in_catch) && edges.iter().any(|edge| edge.when != When::Throws);
    edges.iter().filter(move |edge| !goes_on || edge.when != When::Throws).map(|edge| edge.to)
}

/// How control can leave without having met a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exits {
    pub normal: bool,
    pub throws: bool,
    /// Comes back to where it started (a loop).
    pub again: bool,
}

fn reverse_postorder(ir: &Ir, entry: BlockId) -> Vec<BlockId> {
    let mut seen = FxHashSet::default();
    let mut order = Vec::new();
    let mut stack = vec![(entry, 0usize)];
    seen.insert(entry);
    while let Some((block, next)) = stack.pop() {
        let Block { edges, .. } = &ir[block];
        match edges.get(next) {
            Some(edge) => {
                stack.push((block, next + 1));
                if seen.insert(edge.to) {
                    stack.push((edge.to, 0));
                }
            }
            None => order.push(block),
        }
    }
    order.reverse();
    order
}

/// Immediate dominators by the iterative algorithm over reverse postorder (Cooper, Harvey and Kennedy, 2001).
fn dominators(preds: &[Vec<u32>]) -> Vec<u32> {
    const UNKNOWN: u32 = u32::MAX;
    let mut idom = vec![UNKNOWN; preds.len()];
    if idom.is_empty() {
        return idom;
    }
    idom[0] = 0;
    let mut changed = true;
    while changed {
        changed = false;
        for block in 1..preds.len() {
            let mut best = UNKNOWN;
            for &pred in &preds[block] {
                if idom[pred as usize] == UNKNOWN {
                    continue;
                }
                best = if best == UNKNOWN { pred } else { meet(&idom, pred, best) };
            }
            if best != idom[block] {
                idom[block] = best;
                changed = true;
            }
        }
    }
    idom
}

fn meet(idom: &[u32], mut a: u32, mut b: u32) -> u32 {
    while a != b {
        while a > b {
            a = idom[a as usize];
        }
        while b > a {
            b = idom[b as usize];
        }
    }
    a
}
