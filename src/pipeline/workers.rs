//! Threads that survive what they work on: deep recursion, panics, and files that never end.
//!
//! Results come over a channel and the collector decides when the run is over, never a join: a parser cannot be cancelled, so a worker that is
//! stuck is left behind, replaced, and ended by the end of the process. That is for analysing files; what always ends goes to rayon.

use std::any::Any;
use std::cell::RefCell;
use std::io;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use rayon::prelude::*;

/// Virtual memory: only what deep code touches is ever used.
const STACKS: [usize; 3] = [1 << 30, 256 << 20, 64 << 20];
/// Unoptimised builds need the most; optimised ones at most 8 KB a level.
const BYTES_PER_LEVEL: usize = (1 << 30) / 20_000;

/// What the machine allows an analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Code nested deeper than this may overflow the stack.
    pub nesting: u32,
}

impl Limits {
    const fn of_stack(bytes: usize) -> Self {
        Self { nesting: (bytes / BYTES_PER_LEVEL) as u32 }
    }
}

/// How a job ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    Done(T),
    /// With the panic's message.
    Panicked(String),
    /// It ran past its deadline, and may run still.
    TooSlow,
}

/// How many workers, and how long a job may take.
#[derive(Debug, Clone, Copy)]
pub struct Pool {
    pub threads: usize,
    pub deadline: Duration,
}

/// What a worker does with the n-th job.
pub type Job<T> = dyn Fn(usize, Limits) -> T + Send + Sync;

type Message<T> = (usize, Result<T, String>);

struct Shared<T> {
    next: AtomicUsize,
    jobs: usize,
    job: Arc<Job<T>>,
    /// Who waits for the results: woken when there is no job left, as to wake it for each result costs more than many a job.
    collector: Thread,
}

/// What a worker is busy with, for the collector to watch.
#[derive(Default)]
struct Slot {
    current: Mutex<Option<(usize, Instant)>>,
    abandoned: AtomicBool,
}

impl Slot {
    fn set(&self, current: Option<(usize, Instant)>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = current;
    }

    fn overdue(&self, deadline: Duration) -> Option<usize> {
        let current = *self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.filter(|(_, since)| since.elapsed() > deadline).map(|(job, _)| job)
    }
}

impl Pool {
    /// Runs jobs `0..jobs`, started in that order; the outcomes are in that order too.
    pub fn run<T: Send + 'static>(self, jobs: usize, job: Arc<Job<T>>) -> Vec<Outcome<T>> {
        if jobs == 0 {
            return Vec::new();
        }
        let (sender, results) = mpsc::channel();
        let shared = Arc::new(Shared { next: AtomicUsize::new(0), jobs, job, collector: thread::current() });
        let crew = Crew::start(self.threads.clamp(1, jobs), shared, sender);
        Collector { crew, deadline: self.deadline, outcomes: (0..jobs).map(|_| None).collect(), left: jobs }.collect(&results)
    }

    /// Runs jobs that always end and need no large stack, such as rules over facts; the outcomes are in the order of the jobs.
    pub fn map<T: Send>(self, jobs: usize, job: impl Fn(usize) -> T + Sync) -> Vec<Outcome<T>> {
        let guarded = |n| match catch_unwind(AssertUnwindSafe(|| job(n))) {
            Ok(value) => Outcome::Done(value),
            Err(payload) => Outcome::Panicked(message_of(&*payload)),
        };
        let threads = self.threads.clamp(1, jobs.max(1));
        match rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|_| NAME.into()).build() {
            Ok(pool) => pool.install(|| (0..jobs).into_par_iter().map(guarded).collect()),
            Err(_) => (0..jobs).map(guarded).collect(),
        }
    }
}

struct Crew<T> {
    shared: Arc<Shared<T>>,
    sender: Sender<Message<T>>,
    slots: Vec<Arc<Slot>>,
    stack: usize,
}

impl<T: Send + 'static> Crew<T> {
    fn start(threads: usize, shared: Arc<Shared<T>>, sender: Sender<Message<T>>) -> Self {
        let mut crew = Self { shared, sender, slots: Vec::new(), stack: 0 };
        // All workers get the stack that the first one got, so that the outcome does not depend on which of them takes a file.
        for stack in STACKS {
            crew.stack = stack;
            if crew.hire().is_ok() {
                break;
            }
        }
        for _ in 1..threads {
            if crew.hire().is_err() {
                break;
            }
        }
        crew
    }

    fn hire(&mut self) -> io::Result<()> {
        let slot = Arc::new(Slot::default());
        let (shared, sender, own) = (Arc::clone(&self.shared), self.sender.clone(), Arc::clone(&slot));
        let limits = Limits::of_stack(self.stack);
        thread::Builder::new().name(NAME.into()).stack_size(self.stack).spawn(move || {
            work(&shared, &own, limits, &sender);
            shared.collector.unpark();
        })?;
        self.slots.push(slot);
        Ok(())
    }
}

fn work<T>(shared: &Shared<T>, slot: &Slot, limits: Limits, results: &Sender<Message<T>>) {
    while !slot.abandoned.load(Ordering::Relaxed) {
        let job = shared.next.fetch_add(1, Ordering::Relaxed);
        if job >= shared.jobs {
            return;
        }
        slot.set(Some((job, Instant::now())));
        let result = catch_unwind(AssertUnwindSafe(|| (shared.job)(job, limits))).map_err(|payload| message_of(&*payload));
        slot.set(None);
        if results.send((job, result)).is_err() {
            return;
        }
    }
}

thread_local! {
    /// Where the last panic of this thread was raised.
    static RAISED_AT: RefCell<Option<String>> = const { RefCell::new(None) };
}

const NAME: &str = "worker";

/// Keeps the panics of workers off the screen: they come back as outcomes, with their place in the source.
pub fn catch_panics_quietly() {
    let default = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if thread::current().name() == Some(NAME) {
            RAISED_AT.set(info.location().map(ToString::to_string));
        } else {
            default(info);
        }
    }));
}

fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string).or_else(|| payload.downcast_ref::<String>().cloned());
    let text = text.unwrap_or_else(|| "a panic without a message".into());
    RAISED_AT.take().map_or_else(|| text.clone(), |place| format!("{text} ({place})"))
}

struct Collector<T> {
    crew: Crew<T>,
    deadline: Duration,
    outcomes: Vec<Option<Outcome<T>>>,
    left: usize,
}

impl<T: Send + 'static> Collector<T> {
    fn collect(mut self, results: &Receiver<Message<T>>) -> Vec<Outcome<T>> {
        let tick = (self.deadline / 4).clamp(Duration::from_millis(5), Duration::from_millis(250));
        let mut checked = Instant::now();
        while self.left > 0 && !self.crew.slots.is_empty() {
            thread::park_timeout(tick);
            for (job, result) in results.try_iter() {
                self.decide(job, result.map_or_else(Outcome::Panicked, Outcome::Done));
            }
            if checked.elapsed() >= tick {
                checked = Instant::now();
                self.abandon_overdue();
            }
        }
        let lost = || Outcome::Panicked("no worker thread could be started".into());
        self.outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(lost)).collect()
    }

    /// The first word on a job counts: a late result of an abandoned worker is dropped.
    fn decide(&mut self, job: usize, outcome: Outcome<T>) {
        if let Some(open) = self.outcomes.get_mut(job)
            && open.is_none()
        {
            *open = Some(outcome);
            self.left -= 1;
        }
    }

    fn abandon_overdue(&mut self) {
        let overdue: Vec<(usize, usize)> =
            self.crew.slots.iter().enumerate().filter_map(|(at, slot)| Some((at, slot.overdue(self.deadline)?))).collect();
        for (at, job) in overdue.into_iter().rev() {
            self.decide(job, Outcome::TooSlow);
            let slot = self.crew.slots.swap_remove(at);
            slot.abandoned.store(true, Ordering::Relaxed);
            // With no thread to replace it, the others go on; with no others, the rest of the jobs is lost and said to be.
            let _ = self.crew.hire();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run<T: Send + 'static>(threads: usize, jobs: usize, job: impl Fn(usize, Limits) -> T + Send + Sync + 'static) -> Vec<Outcome<T>> {
        Pool { threads, deadline: Duration::from_secs(60) }.run(jobs, Arc::new(job))
    }

    #[test]
    fn outcomes_are_in_the_order_of_the_jobs() {
        let squares = run(2, 100, |n, _| n * n);
        assert!(squares.iter().enumerate().all(|(n, square)| *square == Outcome::Done(n * n)));
        assert!(run(2, 0, |n, _| n).is_empty());
    }

    #[test]
    fn a_panic_costs_its_own_job_only() {
        let outcomes = run(1, 3, |n, _| if n == 1 { panic!("job {n}") } else { n });
        assert_eq!(outcomes, [Outcome::Done(0), Outcome::Panicked("job 1".into()), Outcome::Done(2)]);
    }

    #[test]
    fn plain_jobs_share_what_they_borrow() {
        let numbers = [3, 1, 2];
        let pool = Pool { threads: 2, deadline: Duration::ZERO };
        let outcomes = pool.map(3, |n| if numbers[n] == 1 { panic!("one") } else { numbers[n] });
        assert_eq!(outcomes, [Outcome::Done(3), Outcome::Panicked("one".into()), Outcome::Done(2)]);
        assert!(pool.map(0, |n| n).is_empty());
    }

    #[test]
    fn a_job_past_its_deadline_is_given_up_and_its_worker_replaced() {
        let job = |n, _| {
            if n == 0 {
                thread::sleep(Duration::from_secs(60));
            }
            n
        };
        let outcomes = Pool { threads: 1, deadline: Duration::from_secs(1) }.run(3, Arc::new(job));
        assert_eq!(outcomes, [Outcome::TooSlow, Outcome::Done(1), Outcome::Done(2)]);
    }

    #[test]
    fn workers_stand_recursion_that_overflows_an_ordinary_stack() {
        fn descend(levels: usize) -> usize {
            let frame = std::hint::black_box([levels; 512]);
            if levels == 0 { 0 } else { 1 + descend(levels - 1) + frame[0] - levels }
        }
        let outcomes = run(1, 1, |_, limits| descend(limits.nesting as usize));
        assert_eq!(outcomes, [Outcome::Done(Limits::of_stack(STACKS[0]).nesting as usize)]);
    }
}
