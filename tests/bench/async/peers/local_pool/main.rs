// SPDX-License-Identifier: MIT
#[path = "../workloads.rs"]
mod workloads;

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;

use futures_executor::{LocalPool, LocalSpawner};
use futures_util::future::RemoteHandle;
use futures_util::task::LocalSpawnExt;

struct Local {
    pool: RefCell<LocalPool>,
    spawner: LocalSpawner,
}

impl workloads::Runtime for Local {
    type Handle = RemoteHandle<u64>;
    const NAME: &'static str = "LocalPool";

    fn spawn_detached(&self, future: impl Future<Output = ()> + 'static) {
        self.spawner.spawn_local(future).unwrap();
    }

    fn spawn(&self, future: impl Future<Output = u64> + 'static) -> RemoteHandle<u64> {
        self.spawner.spawn_local_with_handle(future).unwrap()
    }

    fn value(output: u64) -> u64 {
        output
    }

    fn run(&self, main: impl Future<Output = ()>) {
        self.pool.borrow_mut().run_until(main);
    }

    fn spawn_and_run_each(&'static self, tasks: u64, sum: Rc<Cell<u64>>) {
        for value in 0..tasks {
            self.spawn_detached(workloads::Trivial { value, sum: Rc::as_ptr(&sum) });
            self.pool.borrow_mut().run_until_stalled();
        }
    }
}

fn main() {
    let pool = LocalPool::new();
    let spawner = pool.spawner();
    workloads::run_groups(Box::leak(Box::new(Local { pool: RefCell::new(pool), spawner })));
}
