//! Answers of a provider.

use std::time::Duration;

use zeroize::Zeroizing;

/// The answer to a request. It is untrusted: a server may return the secret, control characters or
/// anything else, so that no text of it is ever shown.
#[derive(Clone, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The header `Content-Type`.
    pub content_type: Option<String>,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
    /// The header `Location`.
    pub location: Option<String>,
    /// The body; `None` if it is longer than [`Answer::MAX_BODY`].
    pub body: Option<Zeroizing<Vec<u8>>>,
    /// The time from the request to the end of the answer.
    pub elapsed: Duration,
}

impl Answer {
    /// The maximum length of a body, in bytes.
    pub const MAX_BODY: u64 = 1 << 20;

    /// Returns the seconds of `Retry-After`. A date is ignored, because the clocks may differ.
    pub(super) fn retry_seconds(&self) -> Option<u32> {
        self.retry_after.as_deref()?.trim().parse().ok()
    }

    pub(super) fn is_html(&self) -> bool {
        let is_html =
            |text: &String| text.trim_start().to_ascii_lowercase().starts_with("text/html");
        self.content_type.as_ref().is_some_and(is_html)
    }
}
