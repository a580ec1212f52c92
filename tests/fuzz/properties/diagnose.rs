use std::time::Duration;

use oidc_secret::{Limits, Secret, Verdict};

use super::SECRET;

/// A secret that is compared with any text is in no finding. A match is never proved by a change.
pub fn diagnose(text: &str) {
    // Of the candidates for a secret, thousands are hashed.
    let limits = Limits { memory: 1 << 16, time: Duration::from_micros(20) };
    let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
    let (start, end) = text.split_at(middle);
    for secret in [SECRET.to_owned(), format!("{start}{SECRET}{end}"), format!("{SECRET}{text}")] {
        let diagnosis = oidc_secret::diagnose(&Secret::from(secret), text, &limits);
        for finding in &diagnosis.findings {
            assert!(!finding.message.to_lowercase().contains(SECRET), "{}", finding.code.name());
        }
        assert!(!(diagnosis.is_proved && diagnosis.verdict == Ok(Verdict::Match)));
    }
}
