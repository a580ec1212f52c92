//! Answers that tell nothing about a client, in words. No text of the answer is repeated: it may
//! contain the secret.

use super::answer::Answer;
use super::oauth_error::OAuthError;
use crate::finding::{Code, Finding};

const PROXY: &str =
    "Check that the URL is the provider's, and that no proxy or login page answers instead.";
const FAILED: &str = "Check the log of the provider, and that of the proxy before it.";
const LOG: &str = "Look for the request in the provider's log.";

/// Returns the finding on an answer of a server that the message names, such as `the token endpoint`.
pub(super) fn unclear(server: &str, answer: &Answer) -> Finding {
    let status = answer.status;
    if status == 429 {
        return rate_limit(answer);
    }
    let (seen, fix) = if let 300..400 = status {
        (format!("redirects to another URL (status {status})"), PROXY)
    } else if answer.body.is_none() {
        (format!("answered with more than {} MiB", Answer::MAX_BODY >> 20), PROXY)
    } else if answer.is_html() {
        (format!("answered with an HTML page (status {status})"), PROXY)
    } else if status >= 500 {
        (format!("failed (status {status})"), FAILED)
    } else if let Some(name) = OAuthError::of(answer).and_then(|error| error.name()) {
        (format!("answered {name} (status {status})"), LOG)
    } else {
        (format!("answered something unexpected (status {status})"), PROXY)
    };
    Finding::new(Code::LiveUnclear, format!("{server} {seen}"), fix)
}

fn rate_limit(answer: &Answer) -> Finding {
    let wait = match answer.retry_seconds() {
        Some(seconds) => format!("in {seconds} s"),
        None => "later".to_owned(),
    };
    let message =
        format!("the provider accepts no more requests from this address: try again {wait}");
    Finding::new(Code::RateLimit, message, "Wait, and correct the application that causes them.")
}
