//! Actions before a signal ends the process. One thread runs them all: the first of several would end the
//! process before the others are done.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// Adds an action, once for its name. What it locks must stay locked if another thread could undo the action.
pub(crate) fn before_end(name: &'static str, action: fn()) -> io::Result<()> {
    let mut actions = actions();
    if actions.is_empty() {
        let signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT])?;
        std::thread::spawn(move || end(signals));
    }
    actions.insert(name, action);
    Ok(())
}

fn actions() -> MutexGuard<'static, BTreeMap<&'static str, fn()>> {
    static ACTIONS: Mutex<BTreeMap<&str, fn()>> = Mutex::new(BTreeMap::new());
    ACTIONS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn end(mut signals: Signals) {
    for signal in signals.forever() {
        // Not locked while they run: one may wait for a thread that adds an action.
        let added: Vec<fn()> = actions().values().copied().collect();
        for action in added {
            action();
        }
        let _ = emulate_default_handler(signal);
    }
}

/// Makes a write beyond the limit of the system for a file's size fail, instead of ending the process with
/// its temporary files left behind.
pub(crate) fn survive_file_size_limit() {
    // Any handler does this; what it sets is of no interest.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
}
