//! A progress bar on a terminal.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

/// Progress of a long run, shown on standard error if that is a terminal and standard output is
/// not: there the results themselves show the progress. Dropping it removes it from the screen.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Creates a bar up to a total or, without one, a counter.
    pub(crate) fn new(what: &'static str, total: Option<u64>) -> Self {
        let shown = std::io::stderr().is_terminal() && !std::io::stdout().is_terminal();
        if !shown {
            return Self(ProgressBar::hidden());
        }
        let (bar, template) = match total {
            Some(total) => (ProgressBar::new(total), "{wide_bar} {pos}/{len} {msg}, {eta} left"),
            None => (ProgressBar::new_spinner(), "{spinner} {pos} {msg}, {rate}"),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                let _ = write!(out, "{:.0}/s", state.per_sec());
            };
            bar.set_style(style.with_key("rate", rate));
        }
        bar.set_message(what);
        Self(bar)
    }

    /// Shows the number of those done.
    pub(crate) fn set(&mut self, count: usize) {
        self.0.set_position(count as u64);
    }

    pub(crate) fn add(&mut self, count: usize) {
        self.0.inc(count as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
