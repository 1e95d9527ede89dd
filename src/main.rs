//! The `leaklint` command.

use std::ffi::{c_int, c_long};
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use leaklint::cli::{self, Environment};
use leaklint::pipeline::workers;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
