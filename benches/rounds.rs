//! Measures contenders in turns.
//!
//! Speed is a ratio of two times from one run. On a machine that others use too, the times of one
//! contender after those of another say more about the others; so the contenders take turns, round
//! after round, and the fastest of each counts: interference only makes a time longer.

use std::time::{Duration, Instant};

/// Something to measure: what one call does counts as so many digests.
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

/// The fastest time of each contender, a digest, over so many rounds.
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

/// Prints a Markdown table: the time a digest, and how many times as fast as the best of `peers`.
pub fn print(title: &str, contenders: &[Contender<'_>], best: &[Duration], peers: usize) {
    let peer = best[..peers].iter().min().unwrap().as_secs_f64();
    println!("\n| {title} | ms a digest | of the best peer's time | times as fast |");
    println!("| --- | --- | --- | --- |");
    for (contender, time) in contenders.iter().zip(best) {
        let time = time.as_secs_f64();
        let (name, ms) = (&contender.name, time * 1e3);
        println!("| {name} | {ms:.2} | {:.2} | {:.2} |", time / peer, peer / time);
    }
}

/// The CPU's name, for the record.
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
