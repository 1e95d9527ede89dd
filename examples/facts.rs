//! Prints the facts of files, with `--ir` their IR, or with `--size` how large the facts are as JSON: `cargo run --example facts -- [--ir|--size] FILE...`.

use leaklint::model::{Model, apis::Apis};
use leaklint::syntax;
use leaklint::text::SourceText;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let apis = Apis::built_in()?;
    let (mut show_ir, mut show_size) = (false, false);
    let (mut source_bytes, mut facts_bytes) = (0, 0);
    for argument in std::env::args().skip(1) {
        if argument.starts_with("--") {
            show_ir |= argument == "--ir";
            show_size |= argument == "--size";
            continue;
        }
        let source = SourceText::new(std::fs::read(&argument)?);
        match syntax::lower(&argument, &source) {
            Ok(parsed) if show_ir => println!("{}", parsed.ir.dump()),
            Ok(parsed) if show_size => {
                source_bytes += source.text().len();
                facts_bytes += serde_json::to_vec(&Model::new(&parsed.ir, &apis, &source).facts())?.len();
            }
            Ok(parsed) => println!("{:#?}", Model::new(&parsed.ir, &apis, &source).facts()),
            Err(problems) => println!("{problems:#?}"),
        }
    }
    if show_size {
        println!("{source_bytes} bytes of source, {facts_bytes} bytes of facts");
    }
    Ok(())
}
