//! A stack that is wiped after use.
//!
//! Why is it not enough to wipe each value? The compiler also keeps copies of values on the stack, such as the
//! registers that it saves, and no name in the source refers to them.

use std::hint::black_box;

/// More than any computation here uses of the stack, in bytes. Only deeply nested files need more.
const DEPTH: usize = 128 << 10;

/// Calls `work`, then wipes the part of the stack that it used.
pub fn with_wiped_stack<T>(work: impl FnOnce() -> T) -> T {
    let result = call(work);
    wipe();
    result
}

/// Begins where the frame of [`wipe`] begins: neither is part of the caller's frame.
#[inline(never)]
fn call<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
#[expect(clippy::large_stack_arrays, reason = "it is there for its place on the stack")]
fn wipe() {
    // Mutable, or it would be a constant elsewhere. The black box keeps the compiler from dropping the writes.
    let mut area = [0_u8; DEPTH];
    black_box(&mut area);
}
