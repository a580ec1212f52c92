//! Draws the chart of a record: `docs/speed.svg` from a Markdown file of `benches/record`. It measures
//! nothing, so anyone can draw the committed chart again and compare.

mod draw;
mod record;

use std::process::ExitCode;

use record::Record;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(path), None) = (arguments.next(), arguments.next()) else {
        return failure("the chart needs one record, such as benches/record/DATE-formats-CPU.md");
    };
    let path = path.display().to_string();
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => return failure(&format!("cannot read {path}: {error}")),
    };
    match Record::parse(&text).map_err(Into::into).and_then(|record| draw::svg(&record)) {
        Ok(svg) => {
            print!("{svg}");
            ExitCode::SUCCESS
        }
        Err(error) => failure(&format!("{path}: {error}")),
    }
}

fn failure(message: &str) -> ExitCode {
    eprintln!("error: {message}");
    ExitCode::from(2)
}
