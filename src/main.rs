//! The `leaklint` command.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use leaklint::cli::{self, Environment};
use leaklint::pipeline::workers;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
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
