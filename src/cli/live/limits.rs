//! Limits on a request.

use std::time::Duration;

/// The time that a request may take, from the look-up of the host to the end of the answer.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);
