//! The standard streams that were closed when the process began.
//!
//! Rust's runtime opens `/dev/null` for reading and writing in their places before `main`, so that output vanishes
//! without an error. Later nothing tells this from a parent's own `/dev/null`, as of Python's `subprocess.DEVNULL`,
//! which asks for that. So they are looked at earlier, in a function of `.init_array`.

use std::ffi::c_int;
use std::sync::atomic::{AtomicU8, Ordering};

/// A bit for each descriptor that was closed.
static CLOSED: AtomicU8 = AtomicU8::new(0);

/// The command of `fcntl(2)` that fails for closed descriptors alone; the same in all Unix systems.
const F_GETFD: c_int = 1;

unsafe extern "C" {
    fn fcntl(descriptor: c_int, command: c_int, ...) -> c_int;
}

// SAFETY: the loader calls the pointers of this section as functions of C before `main`, and such a function is
// all that it gets.
#[used]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
static LOOK: extern "C" fn() = look;

extern "C" fn look() {
    for descriptor in 1..=2 {
        // SAFETY: the command reads a flag of any number, open or not, and needs nothing of Rust's runtime.
        if unsafe { fcntl(descriptor, F_GETFD) } == -1 {
            CLOSED.fetch_or(1 << descriptor, Ordering::Relaxed);
        }
    }
}

/// Whether standard output was closed when the process began.
#[must_use]
pub fn stdout() -> bool {
    CLOSED.load(Ordering::Relaxed) & 1 << 1 != 0
}

/// Whether standard error was closed when the process began.
#[must_use]
pub fn stderr() -> bool {
    CLOSED.load(Ordering::Relaxed) & 1 << 2 != 0
}
