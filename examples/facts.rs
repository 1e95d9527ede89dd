//! Prints the facts of a file, or with `--ir` its IR: `cargo run --example facts -- [--ir] FILE`.

use leaklint::model::{Model, apis::Apis};
use leaklint::syntax;
use leaklint::text::SourceText;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut show_ir = false;
    for argument in std::env::args().skip(1) {
        if argument == "--ir" {
            show_ir = true;
            continue;
        }
        let source = SourceText::new(std::fs::read(&argument)?);
        match syntax::lower(&argument, &source) {
            Ok(parsed) if show_ir => println!("{}", parsed.ir.dump()),
            Ok(parsed) => println!("{:#?}", Model::new(&parsed.ir, &Apis::built_in()?, &source).facts()),
            Err(problems) => println!("{problems:#?}"),
        }
    }
    Ok(())
}
