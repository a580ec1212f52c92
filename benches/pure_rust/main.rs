//! Compares this library with crates for the same formats in pure Rust: one digest, and many on all cores.
//! `cargo bench` measures all formats in about a minute, `cargo bench -- bcrypt argon2id` two of them.
//!
//! The package in `benches` compares with the fastest libraries in C. This program needs none of them.

#![allow(
    clippy::unwrap_used,
    reason = "the parameters are constants, and a failed measurement may end the run"
)]

mod formats;
#[allow(unreachable_pub, reason = "for the package in `benches`, the file is a library")]
#[path = "../rounds.rs"]
mod rounds;

use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use formats::Format;
use oidc_secret::Kernel;
use rounds::{Contender, cpu, print, rounds};

/// Times for the rounds of a table. A slow machine may take longer: three rounds are the minimum.
const TIME_FOR_ONE: Duration = Duration::from_millis(1200);
const TIME_FOR_MANY: Duration = Duration::from_millis(3500);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (flags, filters): (Vec<_>, Vec<_>) =
        arguments.iter().map(String::as_str).partition(|argument| argument.starts_with('-'));
    // Only `cargo bench` passes it; `cargo test --benches` also runs this program, but must not measure.
    if !flags.contains(&"--bench") {
        return ExitCode::SUCCESS;
    }
    if let Some(flag) = flags.iter().find(|&&flag| flag != "--bench") {
        return usage(&format!("unknown flag {flag}"));
    }
    let formats: Vec<Format> = formats::all().into_iter().filter(|f| f.matches(&filters)).collect();
    if formats.is_empty() {
        return usage(&format!("no format has {} in its name", filters.join(" or ")));
    }
    measure(&formats);
    ExitCode::SUCCESS
}

fn usage(error: &str) -> ExitCode {
    let names: Vec<&str> = formats::all().iter().map(|format| format.name).collect();
    eprintln!("error: {error}\nhint: cargo bench -- NAME measures one of {}", names.join(", "));
    ExitCode::from(2)
}

fn measure(formats: &[Format]) {
    let cores = cores();
    let (version, kernel) = (env!("CARGO_PKG_VERSION"), Kernel::current().name());
    println!("CPU: {}; {}; oidc-secret {version}, kernel {kernel}", cpu(), today());
    println!("Each contender has one core, or as many as its row names.");
    for format in formats {
        compare(format, 1, 1, TIME_FOR_ONE);
        compare(format, format.batch * cores, cores, TIME_FOR_MANY);
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Returns today's date. The standard library has no calendar; the program for it is on every Unix system.
fn today() -> String {
    let output = Command::new("date").args(["-u", "+%Y-%m-%d"]).output();
    output.map_or_else(
        |_| "unknown date".to_owned(),
        |o| String::from_utf8_lossy(&o.stdout).trim().to_owned(),
    )
}

/// Measures one format in turns: a number of digests on a number of cores.
fn compare(format: &Format, digests: usize, cores: usize, time: Duration) {
    let mut contenders = vec![Contender::new(row(format.peer, digests, cores), digests, || {
        on_cores(format.theirs, digests / cores, cores);
    })];
    for ours in &format.ours {
        let cores = if digests == 1 { ours.cores_of_one } else { cores };
        let name = row(&ours.name, digests, cores);
        contenders.push(Contender::new(name, digests, move || (ours.derive)(digests, cores)));
    }
    let best = rounds_within(&mut contenders, time);
    let count = if digests == 1 { "one" } else { "many" };
    print(&format!("{}, {}: {count}", format.name, format.cost), &contenders, &best, 1);
}

fn row(name: &str, digests: usize, cores: usize) -> String {
    let digests = if digests == 1 { "one".to_owned() } else { digests.to_string() };
    match cores {
        1 => format!("{name}, {digests}"),
        _ => format!("{name}, {digests} on {cores} cores"),
    }
}

/// Computes the peer's digests, the same number on each core: its crate has no batches.
fn on_cores(derive: fn() -> String, each: usize, cores: usize) {
    let share = || {
        for _ in 0..each {
            black_box(derive());
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..cores {
            scope.spawn(share);
        }
        share();
    });
}

/// Measures rounds until the time is over. The number of rounds would not bound the time: other work on the
/// machine can slow down any of them.
fn rounds_within(contenders: &mut [Contender<'_>], time: Duration) -> Vec<Duration> {
    let start = Instant::now();
    let mut best = rounds(contenders, 3);
    while start.elapsed() < time {
        for (best, each) in best.iter_mut().zip(rounds(contenders, 1)) {
            *best = each.min(*best);
        }
    }
    best
}
