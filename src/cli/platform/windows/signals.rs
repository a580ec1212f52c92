//! Actions before Ctrl-C, Ctrl-Break or the closing of the console ends the process.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Exit code after Ctrl-C: 128 and the number of SIGINT, as in shells.
const INTERRUPTED: i32 = 130;

/// Adds an action, once for its name. What it locks must stay locked if another thread could undo the action.
pub(crate) fn before_end(name: &'static str, action: fn()) -> io::Result<()> {
    let mut actions = actions();
    if actions.is_empty() {
        ctrlc::set_handler(end).map_err(io::Error::other)?;
    }
    actions.insert(name, action);
    Ok(())
}

fn actions() -> MutexGuard<'static, BTreeMap<&'static str, fn()>> {
    static ACTIONS: Mutex<BTreeMap<&str, fn()>> = Mutex::new(BTreeMap::new());
    ACTIONS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn end() {
    // Not locked while they run: one may wait for a thread that adds an action.
    let added: Vec<fn()> = actions().values().copied().collect();
    for action in added {
        action();
    }
    std::process::exit(INTERRUPTED);
}

/// Does nothing: a write that fails never ends the process here.
pub(crate) fn survive_file_size_limit() {}
