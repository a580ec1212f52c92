//! The secrets of a file, tried on a digest.

use std::path::Path;

use oidc_secret::{Digest, Finding, Limits, Secret, Verdict, verify_many};

use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::lines::{Line, Lines};
use crate::cli::terminal::progress::Progress;

/// Tries the secrets of a file.
pub(super) fn matching(
    path: &Path,
    digest: &Digest,
    limits: &Limits,
) -> Result<Option<Finding>, Failure> {
    let mut lines = Lines::new(input::bounded(path)?);
    let mut progress = Progress::new("candidates", None);
    loop {
        let read =
            |line: &Line<'_>| (line.number, line.text.map(|text| Secret::from(text.to_vec())));
        let window = lines.window(read).map_err(|error| Failure::io("read", path, &error))?;
        if window.is_empty() {
            return Ok(None);
        }
        let candidates: Vec<_> = window
            .iter()
            .filter_map(|(number, secret)| Some((*number, secret.as_ref()?)))
            .collect();
        let pairs: Vec<_> = candidates.iter().map(|(_, secret)| (*secret, digest)).collect();
        let verdicts = verify_many(&pairs, limits);
        progress.add(pairs.len());
        let found = verdicts.iter().position(|verdict| *verdict == Ok(Verdict::Match));
        if let Some((number, _)) = found.and_then(|index| candidates.get(index)) {
            let place = format!("line {number} of {}", path.display());
            return Ok(Some(Finding::other_secret(&place)));
        }
    }
}
