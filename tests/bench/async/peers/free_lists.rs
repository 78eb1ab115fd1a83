// SPDX-License-Identifier: MIT
//! The heap of the peers: a free list for each size, as cheap as can be, so that runtimes are compared and not the C
//! library's malloc. What is freed is kept for the next run. One thread.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ptr::null_mut;

/// Most blocks; and those that are aligned to cache lines, as tokio's timers are.
const GRAINS: [usize; 2] = [16, 128];
const CLASSES: usize = 64;
const CHUNK: usize = 1 << 20;

struct Grain {
    first: [*mut u8; CLASSES],
    rest: *mut u8,
    rest_bytes: usize,
}

pub struct FreeLists(UnsafeCell<[Grain; 2]>);

unsafe impl Sync for FreeLists {}

const EMPTY: Grain = Grain { first: [null_mut(); CLASSES], rest: null_mut(), rest_bytes: 0 };

impl FreeLists {
    pub const fn new() -> FreeLists {
        FreeLists(UnsafeCell::new([EMPTY; 2]))
    }
}

/// (grain, class); None: for the C library.
fn place_of(layout: Layout) -> Option<(usize, usize)> {
    let grain = (layout.align() > GRAINS[0]) as usize;
    let class = (layout.size().max(1) - 1) / GRAINS[grain];
    (class < CLASSES && layout.align() <= GRAINS[grain]).then(|| (grain, class))
}

unsafe impl GlobalAlloc for FreeLists {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (grain, class) = match place_of(layout) {
            Some(place) => place,
            None => return System.alloc(layout),
        };
        let bytes = (class + 1) * GRAINS[grain];
        let grain = &mut (*self.0.get())[grain];
        let block = grain.first[class];
        if !block.is_null() {
            grain.first[class] = *(block as *mut *mut u8);
            return block;
        }
        if grain.rest_bytes < bytes {
            grain.rest = System.alloc(Layout::from_size_align_unchecked(CHUNK, GRAINS[1]));
            grain.rest_bytes = CHUNK;
        }
        let block = grain.rest;
        grain.rest = block.add(bytes);
        grain.rest_bytes -= bytes;
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match place_of(layout) {
            Some((grain, class)) => {
                let grain = &mut (*self.0.get())[grain];
                *(block as *mut *mut u8) = grain.first[class];
                grain.first[class] = block;
            }
            None => System.dealloc(block, layout),
        }
    }
}
