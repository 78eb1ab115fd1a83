// SPDX-License-Identifier: MIT
//! The workloads of tests/bench/async/ for a runtime of Rust's, with the same futures, counts and results, and the same
//! lines on standard output: FIGURE SUBJECT SUM COUNT (tests/bench/common/bench.h).

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use futures_util::future::join_all;

#[path = "free_lists.rs"]
mod free_lists;

#[global_allocator]
static HEAP: free_lists::FreeLists = free_lists::FreeLists::new();

/// What a peer has to offer. Everything runs on one thread.
pub trait Runtime {
    type Handle: Future + 'static;
    const NAME: &'static str;

    fn spawn_detached(&self, future: impl Future<Output = ()> + 'static);
    fn spawn(&self, future: impl Future<Output = u64> + 'static) -> Self::Handle;
    fn value(output: <Self::Handle as Future>::Output) -> u64;
    /// Polls `main` and the tasks until `main` is ready.
    fn run(&self, main: impl Future<Output = ()>);
    /// Spawns one trivial task after the other and runs each before the next.
    fn spawn_and_run_each(&'static self, tasks: u64, sum: Rc<Cell<u64>>);
}

pub fn run_groups<R: Runtime>(runtime: &'static R) {
    for group in std::env::args().skip(1) {
        match group.as_str() {
            "yield" => sample("yield", runtime, yields),
            "wake" => {
                sample("storm", runtime, storm);
                sample("ping_pong", runtime, ping_pong);
            }
            "spawn" => {
                sample("spawn_one", runtime, spawn_one);
                sample("spawn_many", runtime, spawn_many);
            }
            "join" => {
                sample("join_handles", runtime, join_handles);
                sample("join_array", runtime, join_array);
            }
            _ => {}
        }
    }
}

/// As in async.c, but once: the first run takes the memory that the second finds.
pub fn sample<R: Runtime>(figure: &str, runtime: &'static R, run: impl Fn(&'static R) -> u64) {
    run(runtime);
    let start = now_ns();
    let operations = run(runtime);
    println!("{} {} {} {}", figure, R::NAME, now_ns() - start, operations);
}

#[repr(C)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

extern "C" {
    fn clock_gettime(clock: i32, now: *mut Timespec) -> i32;
}

const CLOCK_PROCESS_CPUTIME_ID: i32 = 2;

fn now_ns() -> u64 {
    let mut now = Timespec { seconds: 0, nanoseconds: 0 };
    unsafe { clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &mut now) };
    now.seconds as u64 * 1_000_000_000 + now.nanoseconds as u64
}

/// Ready when as many tasks have counted down as there are.
pub struct Latch {
    left: Cell<u64>,
    waiter: RefCell<Option<Waker>>,
}

impl Latch {
    pub fn new(tasks: u64) -> Rc<Latch> {
        Rc::new(Latch { left: Cell::new(tasks), waiter: RefCell::new(None) })
    }

    pub fn count_down(&self) {
        self.left.set(self.left.get() - 1);
        if self.left.get() == 0 {
            if let Some(waker) = self.waiter.borrow_mut().take() {
                waker.wake();
            }
        }
    }
}

pub struct Opened(pub Rc<Latch>);

impl Future for Opened {
    type Output = ();
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0.left.get() == 0 {
            return Poll::Ready(());
        }
        *self.0.waiter.borrow_mut() = Some(context.waker().clone());
        Poll::Pending
    }
}

/// Wakes itself, and is ready at the second poll.
struct Yield(bool);

impl Future for Yield {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

fn yields<R: Runtime>(runtime: &'static R) -> u64 {
    const TASKS: u64 = 1000;
    const YIELDS: u64 = 1000;
    let latch = Latch::new(TASKS);
    for _ in 0..TASKS {
        let latch = latch.clone();
        runtime.spawn_detached(async move {
            for _ in 0..YIELDS {
                Yield(false).await;
            }
            latch.count_down();
        });
    }
    runtime.run(Opened(latch));
    TASKS * YIELDS
}

const SLEEPERS: usize = 10_000;
const STORMS: u64 = 100;

struct Storm {
    wakers: RefCell<Vec<Option<Waker>>>,
    polls: Cell<u64>,
    is_over: Cell<bool>,
    latch: Rc<Latch>,
}

struct Sleeper(Rc<Storm>, usize);

impl Future for Sleeper {
    type Output = ();
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let storm = &self.0;
        storm.polls.set(storm.polls.get() + 1);
        if storm.is_over.get() {
            storm.latch.count_down();
            return Poll::Ready(());
        }
        let place = &mut storm.wakers.borrow_mut()[self.1];
        if !matches!(place, Some(waker) if waker.will_wake(context.waker())) {
            *place = Some(context.waker().clone());
        }
        Poll::Pending
    }
}

/// Wakes them all, then itself: it is polled again behind them.
struct Driver(Rc<Storm>, u64);

impl Future for Driver {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.1 -= 1;
        self.0.is_over.set(self.1 == 0);
        for waker in self.0.wakers.borrow().iter() {
            waker.as_ref().unwrap().wake_by_ref();
        }
        if self.1 == 0 {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

fn storm<R: Runtime>(runtime: &'static R) -> u64 {
    let storm = Rc::new(Storm {
        wakers: RefCell::new(vec![None; SLEEPERS]),
        polls: Cell::new(0),
        is_over: Cell::new(false),
        latch: Latch::new(SLEEPERS as u64),
    });
    for index in 0..SLEEPERS {
        runtime.spawn_detached(Sleeper(storm.clone(), index));
    }
    runtime.spawn_detached(Driver(storm.clone(), STORMS));
    runtime.run(Opened(storm.latch.clone()));
    assert_eq!(storm.polls.get(), SLEEPERS as u64 * (STORMS + 1));
    storm.wakers.borrow_mut().clear();
    SLEEPERS as u64 * STORMS
}

const ROUND_TRIPS: u64 = 1_000_000;

struct Game {
    turn: Cell<usize>,
    turns_left: Cell<u64>,
    wakers: RefCell<[Option<Waker>; 2]>,
    latch: Rc<Latch>,
}

struct Player(Rc<Game>, usize);

impl Future for Player {
    type Output = ();
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let (game, me, other) = (&self.0, self.1, 1 - self.1);
        let mut wakers = game.wakers.borrow_mut();
        if !matches!(&wakers[me], Some(waker) if waker.will_wake(context.waker())) {
            wakers[me] = Some(context.waker().clone());
        }
        if game.turn.get() != me {
            return Poll::Pending;
        }
        game.turn.set(other);
        if let Some(waker) = &wakers[other] {
            waker.wake_by_ref();
        }
        if game.turns_left.get() > 0 {
            game.turns_left.set(game.turns_left.get() - 1);
        }
        if game.turns_left.get() > 0 {
            return Poll::Pending;
        }
        game.latch.count_down();
        Poll::Ready(())
    }
}

fn ping_pong<R: Runtime>(runtime: &'static R) -> u64 {
    let game = Rc::new(Game {
        turn: Cell::new(0),
        turns_left: Cell::new(2 * ROUND_TRIPS),
        wakers: RefCell::new([None, None]),
        latch: Latch::new(2),
    });
    for number in [1, 0] {
        runtime.spawn_detached(Player(game.clone(), number));
    }
    runtime.run(Opened(game.latch.clone()));
    *game.wakers.borrow_mut() = [None, None];
    ROUND_TRIPS
}

const TASKS: u64 = 1 << 20;

fn spawn_one<R: Runtime>(runtime: &'static R) -> u64 {
    let sum = Rc::new(Cell::new(0));
    runtime.spawn_and_run_each(TASKS, sum.clone());
    assert_eq!(sum.get(), TASKS * (TASKS - 1) / 2);
    TASKS
}

/// Ready at its first poll.
pub struct Trivial {
    pub value: u64,
    pub sum: *const Cell<u64>,
}

impl Future for Trivial {
    type Output = ();
    fn poll(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<()> {
        let sum = unsafe { &*self.sum };
        sum.set(sum.get() + self.value);
        Poll::Ready(())
    }
}

fn spawn_many<R: Runtime>(runtime: &'static R) -> u64 {
    let sum = Rc::new(Cell::new(0));
    let latch = Latch::new(1);
    for value in 0..TASKS {
        runtime.spawn_detached(Trivial { value, sum: Rc::as_ptr(&sum) });
    }
    let last = latch.clone();
    runtime.spawn_detached(async move { last.count_down() });
    runtime.run(Opened(latch));
    assert_eq!(sum.get(), TASKS * (TASKS - 1) / 2);
    TASKS
}

const CHILDREN: u64 = 1000;
const JOINS: u64 = 100;

/// A task spawns children that yield once, and takes the value of each.
fn join_handles<R: Runtime>(runtime: &'static R) -> u64 {
    runtime.run(async move {
        for _ in 0..JOINS {
            let handles: Vec<_> = (0..CHILDREN)
                .map(|value| {
                    runtime.spawn(async move {
                        Yield(false).await;
                        value
                    })
                })
                .collect();
            let mut sum = 0;
            for handle in handles {
                sum += R::value(handle.await);
            }
            assert_eq!(sum, CHILDREN * (CHILDREN - 1) / 2);
        }
    });
    CHILDREN * JOINS
}

/// A task waits for an array of futures that are not tasks; each yields once.
fn join_array<R: Runtime>(runtime: &'static R) -> u64 {
    runtime.run(async move {
        for _ in 0..JOINS {
            let children = (0..CHILDREN).map(|value| async move {
                Yield(false).await;
                value
            });
            let sum: u64 = join_all(children).await.into_iter().sum();
            assert_eq!(sum, CHILDREN * (CHILDREN - 1) / 2);
        }
    });
    CHILDREN * JOINS
}
