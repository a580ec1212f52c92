//! Digests whose secret is public.

use std::sync::OnceLock;

use crate::digest::{Digest, ParseError};
use crate::provider;

/// An example digest from documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    digest: &'static str,
    /// Its secret.
    secret: &'static str,
    /// The documentation.
    pub(super) source: &'static str,
}

/// Returns the published digests.
pub(super) fn all() -> impl Iterator<Item = Known> {
    include_str!("known.tsv").lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut fields = line.split('\t');
        let [digest, secret, source] = [fields.next()?, fields.next()?, fields.next()?];
        Some(Known { digest, secret, source })
    })
}

impl Known {
    /// Its digest.
    fn digest(&self) -> Result<Digest, ParseError> {
        provider::read(self.digest).map(|(digest, _)| digest)
    }
}

/// Returns the known digest that equals this one.
pub(super) fn find(digest: &Digest) -> Option<Known> {
    static PARSED: OnceLock<Vec<(Known, Digest)>> = OnceLock::new();
    let parsed = PARSED
        .get_or_init(|| all().filter_map(|known| Some((known, known.digest().ok()?))).collect());
    parsed.iter().find(|(_, known)| is_the_same(known, digest)).map(|(known, _)| *known)
}

/// Whether the two are the same digest, also if one was rewritten or its key truncated.
fn is_the_same(known: &Digest, digest: &Digest) -> bool {
    known.algorithm() == digest.algorithm()
        && !known.salt().is_empty()
        && known.salt() == digest.salt()
        && (known.key().starts_with(digest.key()) || digest.key().starts_with(known.key()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limits, Secret, Verdict, verify_many};

    #[test]
    fn every_known_digest_is_that_of_its_secret() {
        let pairs: Vec<_> = all()
            .map(|known| (Secret::from(known.secret.to_owned()), known.digest().unwrap()))
            .collect();
        let pairs: Vec<_> = pairs.iter().map(|(secret, digest)| (secret, digest)).collect();
        let verdicts = verify_many(&pairs, &Limits::default());
        assert_eq!(verdicts, vec![Ok(Verdict::Match); 13]);
    }
}
