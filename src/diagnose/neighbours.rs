//! Other clients to which a secret or a digest belongs.

use std::collections::BTreeMap;

use super::search::verify_in_rounds;
use crate::cost::Limits;
use crate::digest::Digest;
use crate::secret::Secret;
use crate::verify::Verdict;

/// The bytes of a key that are enough to tell digests with the same salt apart.
const ENOUGH: usize = 16;

/// Returns the indexes of the digests that a secret matches, in order.
///
/// PBKDF2 keys are computed side by side, and equal digests once. After each round of digests,
/// `progress` is called with the number of tried digests and of all. A digest over the limits does not
/// match.
///
/// ```
/// use oidc_secret::{Digest, Limits, Secret, matching_digests};
///
/// let digest: Digest = "$2b$04$55New.8h1Q2ysvHdSrQMNOv3j4tRGU4cqk7AkM8ZBXoPdLbtSxQYe".parse()?;
/// let secret = Secret::from("insecure_secret".to_owned());
/// let found = matching_digests(&secret, &[digest], &Limits::default(), &mut |_, _| {});
/// assert_eq!(found, [0]);
/// # Ok::<(), oidc_secret::Error>(())
/// ```
#[must_use]
pub fn matching_digests(
    secret: &Secret,
    digests: &[Digest],
    limits: &Limits,
    progress: &mut dyn FnMut(usize, usize),
) -> Vec<usize> {
    let mut indexes: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, digest) in digests.iter().enumerate() {
        indexes.entry(digest.to_string()).or_default().push(index);
    }
    let pairs: Vec<_> = indexes.values().map(|equal| (secret, &digests[equal[0]])).collect();
    let verdicts = verify_in_rounds(&pairs, limits, |_| false, progress);
    let matches = indexes.values().zip(verdicts).filter(|(_, v)| *v == Ok(Verdict::Match));
    let mut found: Vec<usize> = matches.flat_map(|(equal, _)| equal).copied().collect();
    found.sort_unstable();
    found
}

/// Returns the indexes of the digests that equal the given one, in whatever form they are written.
///
/// A truncated key counts as equal if enough of it is left.
///
/// ```
/// use oidc_secret::{Digest, equal_digests};
///
/// let digest: Digest = "$2b$04$55New.8h1Q2ysvHdSrQMNOv3j4tRGU4cqk7AkM8ZBXoPdLbtSxQYe".parse()?;
/// assert_eq!(equal_digests(&digest, std::slice::from_ref(&digest)), [0]);
/// # Ok::<(), oidc_secret::Error>(())
/// ```
#[must_use]
pub fn equal_digests(digest: &Digest, others: &[Digest]) -> Vec<usize> {
    let is_equal = |other: &Digest| *other == *digest || is_truncated(digest, other);
    let indexes = others.iter().enumerate().filter(|(_, other)| is_equal(other));
    indexes.map(|(index, _)| index).collect()
}

/// Whether the key of one digest is the beginning of the other's. Equal parameters need not be asked
/// for: with others, the keys would not agree.
fn is_truncated(digest: &Digest, other: &Digest) -> bool {
    let (key, other_key) = (digest.key(), other.key());
    digest.algorithm() == other.algorithm()
        && digest.fields().salt() == other.fields().salt()
        && key.len().min(other_key.len()) >= ENOUGH
        && (key.starts_with(other_key) || other_key.starts_with(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "$pbkdf2-sha512$1000$c8p78n7pUMln0jzvd4aK4Q$";

    fn digest(text: &str) -> Digest {
        text.parse().unwrap()
    }

    #[test]
    fn a_truncated_digest_equals_the_whole_one() {
        let key = "JNRBzwAo0ek5qKn50cFzzvE9RXV88h1wJn5KGiHrD0YKtZaR";
        let whole = digest(&format!("{DIGEST}{key}"));
        let others = [
            digest(&format!("{DIGEST}{}", &key[..24])),
            digest(&format!("{DIGEST}{}", &key[..12])),
            digest(&format!("{DIGEST}{}", key.replacen('J', "K", 1))),
            whole.clone(),
        ];
        assert_eq!(equal_digests(&whole, &others), [0, 3]);
        assert_eq!(equal_digests(&others[0], &others), [0, 3]);
    }
}
