//! Measures several contenders in turns.
//!
//! A speed is the ratio of two times from one run. If all runs of one contender came before those of the
//! next, other work on a shared machine could slow down only one of them. So the contenders take turns,
//! and the fastest time of each counts, because other work can only make a time longer.

use std::time::{Duration, Instant};

/// A function to measure, with the number of digests that one call computes.
pub struct Contender<'a> {
    pub name: String,
    pub digests: usize,
    pub run: Box<dyn FnMut() + 'a>,
}

impl<'a> Contender<'a> {
    pub fn new(name: impl Into<String>, digests: usize, run: impl FnMut() + 'a) -> Self {
        Self { name: name.into(), digests, run: Box::new(run) }
    }
}

/// Measures a number of rounds, and returns the fastest time per digest of each contender.
pub fn rounds(contenders: &mut [Contender<'_>], rounds: usize) -> Vec<Duration> {
    let mut best = vec![Duration::MAX; contenders.len()];
    for _ in 0..rounds {
        for (contender, best) in contenders.iter_mut().zip(&mut best) {
            let start = Instant::now();
            (contender.run)();
            let each = start.elapsed() / u32::try_from(contender.digests).unwrap();
            *best = each.min(*best);
        }
    }
    best
}

/// Prints a Markdown table with the time per digest and the speed relative to the fastest of `peers`.
pub fn print(title: &str, contenders: &[Contender<'_>], best: &[Duration], peers: usize) {
    let peer = best[..peers].iter().min().unwrap().as_secs_f64();
    println!("\n| {title} | ms per digest | relative time | relative speed |");
    println!("| --- | --- | --- | --- |");
    for (contender, time) in contenders.iter().zip(best) {
        let time = time.as_secs_f64();
        let (name, ms) = (&contender.name, time * 1e3);
        println!("| {name} | {ms:.2} | {:.2} | {:.2} |", time / peer, peer / time);
    }
}

/// Returns the name of the CPU.
pub fn cpu() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let value = |key: &str| {
        let line = info.lines().find(|line| line.starts_with(key));
        line.and_then(|line| line.split(':').nth(1)).map_or("?", str::trim).to_owned()
    };
    let (name, family, model) = (value("model name"), value("cpu family"), value("model\t"));
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!("{name} (family {family}, model {model}), {cores} cores")
}
