// SPDX-License-Identifier: MIT
#[path = "../workloads.rs"]
mod workloads;

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;

use async_executor::{LocalExecutor, Task};
use futures_lite::future::block_on;

struct Local(LocalExecutor<'static>);

impl workloads::Runtime for Local {
    type Handle = Task<u64>;
    const NAME: &'static str = "async-executor";

    fn spawn_detached(&self, future: impl Future<Output = ()> + 'static) {
        self.0.spawn(future).detach();
    }

    fn spawn(&self, future: impl Future<Output = u64> + 'static) -> Task<u64> {
        self.0.spawn(future)
    }

    fn value(output: u64) -> u64 {
        output
    }

    fn run(&self, main: impl Future<Output = ()>) {
        block_on(self.0.run(main));
    }

    fn spawn_and_run_each(&'static self, tasks: u64, sum: Rc<Cell<u64>>) {
        for value in 0..tasks {
            self.spawn_detached(workloads::Trivial { value, sum: Rc::as_ptr(&sum) });
            assert!(self.0.try_tick());
        }
    }
}

fn main() {
    workloads::run_groups(Box::leak(Box::new(Local(LocalExecutor::new()))));
}
