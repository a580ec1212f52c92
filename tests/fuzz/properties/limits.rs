use std::time::{Duration, Instant};

use oidc_secret::Limits;
use oidc_secret::provider::read;

/// The cost of a digest is estimated in a short time, whatever the digest asks for, and is within limits
/// that do not limit.
pub fn limits(text: &str) {
    /// A sample takes milliseconds; the rest is for a machine with other work.
    const LONGEST: Duration = Duration::from_secs(20);
    let Ok((digest, _)) = read(text) else { return };
    let start = Instant::now();
    let small = Limits { memory: 1 << 20, time: Duration::from_millis(1) };
    let none = Limits { memory: u64::MAX, time: Duration::MAX };
    for length in [0, 72, 1 << 16, usize::MAX >> 1] {
        let _ = small.check(&digest, length);
        let _ = Limits::default().check(&digest, length);
        assert_eq!(none.check(&digest, length), Ok(()));
    }
    assert!(start.elapsed() < LONGEST, "{:?}", start.elapsed());
}
