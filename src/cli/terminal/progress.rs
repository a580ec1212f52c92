//! A progress bar on a terminal.

use std::io::{IsTerminal, Write, stderr, stdout};
use std::time::{Duration, Instant};

use crate::cli::platform::terminal;

/// The time between two changes of the line: a terminal over a slow connection keeps up with it.
const INTERVAL: Duration = Duration::from_millis(100);

/// Erases the line and returns to its beginning (ECMA-48 §8.3.41).
const ERASE: &str = "\r\x1b[K";

/// Progress of a long run, shown on standard error if that is a terminal and standard output is
/// not: there the results themselves show the progress. Dropping it removes it from the screen.
pub(crate) struct Progress {
    is_shown: bool,
    what: &'static str,
    total: Option<u64>,
    count: u64,
    began: Instant,
    shown: Option<Instant>,
}

impl Progress {
    /// Creates a bar up to a total or, without one, a counter.
    pub(crate) fn new(what: &'static str, total: Option<u64>) -> Self {
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let is_shown = !is_dumb
            && stderr().is_terminal()
            && !stdout().is_terminal()
            && terminal::obeys_escapes();
        Self { is_shown, what, total, count: 0, began: Instant::now(), shown: None }
    }

    /// Shows the number of those done.
    pub(crate) fn set(&mut self, count: usize) {
        self.count = count as u64;
        let is_due = self.shown.is_none_or(|shown| shown.elapsed() >= INTERVAL);
        if self.is_shown && is_due {
            let columns = terminal::columns(stderr()).unwrap_or(80);
            let line = self.line(columns, self.began.elapsed());
            let _ = stderr().write_all(format!("{ERASE}{line}").as_bytes());
            self.shown = Some(Instant::now());
        }
    }

    pub(crate) fn add(&mut self, count: usize) {
        self.set(usize::try_from(self.count).unwrap_or(usize::MAX).saturating_add(count));
    }

    /// Returns the line for a terminal, one column shorter than that: some begin a new line after the last one.
    fn line(&self, columns: usize, elapsed: Duration) -> String {
        let Self { what, total, count, .. } = self;
        let rate = per_second(*count, elapsed);
        let Some(total) = total else {
            return truncated(format!("{count} {what}, {rate:.0}/s"), columns);
        };
        let left = total.saturating_sub(*count);
        let text = match rate {
            0.0 => format!(" {count}/{total} {what}"),
            rate => format!(" {count}/{total} {what}, {} left", time(approximate(left) / rate)),
        };
        truncated(bar(*count, *total, columns.saturating_sub(text.len() + 1)) + &text, columns)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            let _ = stderr().write_all(ERASE.as_bytes());
        }
    }
}

fn truncated(line: String, columns: usize) -> String {
    if line.chars().count() < columns {
        line
    } else {
        line.chars().take(columns.saturating_sub(1)).collect()
    }
}

fn per_second(count: u64, elapsed: Duration) -> f64 {
    if elapsed.is_zero() { 0.0 } else { approximate(count) / elapsed.as_secs_f64() }
}

#[allow(clippy::cast_precision_loss, reason = "more digits than are shown")]
fn approximate(count: u64) -> f64 {
    count as f64
}

fn bar(count: u64, total: u64, width: usize) -> String {
    let done = u128::from(count.min(total)) * width as u128 / u128::from(total.max(1));
    let done = usize::try_from(done).unwrap_or(width);
    "█".repeat(done) + &"░".repeat(width - done)
}

fn time(seconds: f64) -> String {
    match seconds {
        ..120.0 => format!("{seconds:.0} s"),
        ..7200.0 => format!("{:.0} min", seconds / 60.0),
        _ => format!("{:.0} h", seconds / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(total: Option<u64>, count: u64, columns: usize, seconds: u64) -> String {
        let progress = Progress { total, count, ..Progress::new("clients", total) };
        progress.line(columns, Duration::from_secs(seconds))
    }

    #[test]
    fn the_line_shows_what_is_done_and_the_time_that_is_left() {
        assert_eq!(line(Some(100), 25, 37, 10), "██░░░░░░░░ 25/100 clients, 30 s left");
        assert_eq!(line(Some(100), 1, 24, 60), " 1/100 clients, 99 min ");
        assert_eq!(line(Some(9), 0, 20, 0), "░░░░░░░ 0/9 clients");
        assert_eq!(line(None, 40, 80, 8), "40 clients, 5/s");
        assert_eq!(line(Some(0), 0, 20, 1), "░░░░░░░ 0/0 clients");
    }

    proptest::proptest! {
        /// A line as long as the terminal or longer would begin another, which is not erased.
        #[test]
        fn the_line_is_shorter_than_the_terminal(
            total: Option<u64>, count: u64, columns in 1..200_usize, seconds: u32,
        ) {
            let line = line(total, count, columns, seconds.into());
            proptest::prop_assert!(line.chars().count() < columns);
        }
    }
}
