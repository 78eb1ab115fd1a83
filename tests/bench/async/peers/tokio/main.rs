// SPDX-License-Identifier: MIT
//! tokio's current-thread runtime, with its clock stopped: it is moved on by hand, as ours is.
#[path = "../workloads.rs"]
mod workloads;

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::task::noop_waker_ref;
use tokio::runtime::{Builder, Runtime};
use tokio::task::{JoinError, JoinHandle};
use tokio::time::{advance, sleep, sleep_until, Instant, Sleep};
use workloads::{Latch, Opened};

struct CurrentThread(Runtime);

/// Spawning asks for it; there is only one thread.
struct AssertSend<F>(F);

unsafe impl<F> Send for AssertSend<F> {}

impl<F: Future> Future for AssertSend<F> {
    type Output = F::Output;
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        unsafe { self.map_unchecked_mut(|this| &mut this.0) }.poll(context)
    }
}

impl workloads::Runtime for CurrentThread {
    type Handle = JoinHandle<u64>;
    const NAME: &'static str = "tokio";

    fn spawn_detached(&self, future: impl Future<Output = ()> + 'static) {
        self.0.spawn(AssertSend(future));
    }

    fn spawn(&self, future: impl Future<Output = u64> + 'static) -> JoinHandle<u64> {
        self.0.spawn(AssertSend(future))
    }

    fn value(output: Result<u64, JoinError>) -> u64 {
        output.unwrap()
    }

    fn run(&self, main: impl Future<Output = ()>) {
        self.0.block_on(main);
    }

    /// There is no way to run the tasks that are ready and return, short of entering the runtime anew each time; awaiting
    /// each task costs less.
    fn spawn_and_run_each(&'static self, tasks: u64, sum: Rc<Cell<u64>>) {
        self.0.block_on(async {
            for value in 0..tasks {
                let future = workloads::Trivial { value, sum: Rc::as_ptr(&sum) };
                self.0.spawn(AssertSend(future)).await.unwrap();
            }
        });
    }
}

const TIMERS: u64 = 100_000;
/// Less than two years, which is as far as the wheel goes.
const STEP: Duration = Duration::from_millis(1);

/// The sequence of bench_random() in tests/bench/common/bench.h.
fn random(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

/// Puts timers into the wheel, without tasks, then lets them all fire. The clock moves in one go: with one step to each
/// deadline it would take far longer.
fn timers(runtime: &'static CurrentThread, span: u64) -> u64 {
    runtime.0.block_on(async move {
        let mut seed = 0x853c_49e6_748f_ea9b;
        let start = Instant::now();
        let mut context = Context::from_waker(noop_waker_ref());
        let mut timers: Vec<Pin<Box<Sleep>>> = Vec::with_capacity(TIMERS as usize);
        for _ in 0..TIMERS {
            let deadline = start + STEP * (1 + random(&mut seed) % span) as u32;
            let mut timer = Box::pin(sleep_until(deadline));
            assert!(timer.as_mut().poll(&mut context).is_pending());
            timers.push(timer);
        }
        advance(STEP * (span + 1) as u32).await;
        assert!(timers.iter().all(|timer| timer.is_elapsed()));
    });
    TIMERS
}

/// As many tasks, each of which sleeps once. The runtime moves the clock to the next deadline when all sleep.
fn sleeps(runtime: &'static CurrentThread, span: u64) -> u64 {
    let latch = Latch::new(TIMERS);
    let mut seed = 0x853c_49e6_748f_ea9b;
    for _ in 0..TIMERS {
        let latch = latch.clone();
        let length = STEP * (1 + random(&mut seed) % span) as u32;
        runtime.0.spawn(AssertSend(async move {
            sleep(length).await;
            latch.count_down();
        }));
    }
    runtime.0.block_on(Opened(latch));
    TIMERS
}

fn main() {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let runtime: &'static CurrentThread = Box::leak(Box::new(CurrentThread(runtime)));
    workloads::run_groups(runtime);
    if std::env::args().skip(1).any(|group| group == "timers") {
        workloads::sample("timers_1e6", runtime, |runtime| timers(runtime, 1_000_000));
        workloads::sample("timers_1e9", runtime, |runtime| timers(runtime, 1_000_000_000));
        workloads::sample("sleeps_1e6", runtime, |runtime| sleeps(runtime, 1_000_000));
        workloads::sample("sleeps_1e9", runtime, |runtime| sleeps(runtime, 1_000_000_000));
    }
}
