//! The `leaklint` command.

use std::alloc::{GlobalAlloc, Layout};
use std::ffi::{c_int, c_long};
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use leaklint::cli::{self, Environment};
use leaklint::pipeline::workers;
use libmimalloc_sys as mimalloc;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// mimalloc. Its functions that take an alignment need three times the instructions, and nearly nothing asks for more than any block has.
struct Allocator;

/// What mimalloc aligns all blocks to that are as large.
const ALIGNED: usize = 16;

const fn is_aligned_by_itself(layout: &Layout, size: usize) -> bool {
    layout.align() <= ALIGNED && layout.align() <= size
}

// SAFETY: mimalloc gives blocks of the size and the alignment, or none.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let size = layout.size();
        // SAFETY: any size and any alignment of a layout may be asked for.
        let block = unsafe {
            if is_aligned_by_itself(&layout, size) { mimalloc::mi_malloc(size) } else { mimalloc::mi_malloc_aligned(size, layout.align()) }
        };
        block.cast()
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let size = layout.size();
        // SAFETY: as above.
        let block = unsafe {
            if is_aligned_by_itself(&layout, size) { mimalloc::mi_zalloc(size) } else { mimalloc::mi_zalloc_aligned(size, layout.align()) }
        };
        block.cast()
    }

    unsafe fn dealloc(&self, block: *mut u8, _layout: Layout) {
        // SAFETY: the block is one of mimalloc's.
        unsafe { mimalloc::mi_free(block.cast()) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let (block, align) = (block.cast(), layout.align());
        // SAFETY: the block is one of mimalloc's.
        let block = unsafe {
            if is_aligned_by_itself(&layout, size) {
                mimalloc::mi_realloc(block, size)
            } else {
                mimalloc::mi_realloc_aligned(block, size, align)
            }
        };
        block.cast()
    }
}

/// Its place in mimalloc's list of options (`mi_option_t` of version 2).
const PURGE_DELAY: c_int = 15;
const NEVER: c_long = -1;

unsafe extern "C" {
    /// Of mimalloc, which is linked in.
    safe fn mi_option_set(option: c_int, value: c_long);
}

fn main() -> ExitCode {
    // One file after the other needs the same memory: giving it back in between costs page faults, and the peak is the same.
    mi_option_set(PURGE_DELAY, NEVER);
    workers::catch_panics_quietly();
    let cwd = match std::env::current_dir() {
        Ok(cwd) => cwd,
        Err(error) => {
            eprintln!("error: the working directory cannot be read: {error}");
            return ExitCode::from(cli::EXIT_ERROR);
        }
    };
    let mut environment = Environment {
        cwd,
        input: &mut io::stdin(),
        terminal: io::stdout().is_terminal(),
        out: &mut io::stdout(),
        err: &mut io::stderr(),
        variable: &|name| std::env::var(name).ok(),
    };
    let tool = match leaklint::tool() {
        Ok(tool) => tool,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(cli::EXIT_ERROR);
        }
    };
    ExitCode::from(cli::run(&tool, std::env::args_os().collect(), &mut environment))
}
