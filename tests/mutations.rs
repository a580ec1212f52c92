//! A digest with one byte changed: nothing panics, no wrong secret comes to match, and the right
//! one still matches only where go-crypt is lenient.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::time::Duration;

use oidc_secret::digest::{Digest, FORMATS, FormatStatus};
use oidc_secret::{Limits, Secret, Verdict, verify_many};

/// Digests of `insecure_secret` that are quick to verify, one of each format. Those of PBKDF2 are
/// from Python's hashlib.
fn digests() -> impl Iterator<Item = &'static str> {
    const PBKDF2: [&str; 2] = [
        "$pbkdf2-sha256$1000$c2FsdHNhbHQ$QlsCTAcPWBJ5MpiC9/0oJzfFgKDKhB1X.mVcAsxwbtA",
        "$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHQ$QlsCTAcPWBJ5MpiC9/0oJzfFgKDKhB1X+mVcAsxwbtA",
    ];
    let others = FORMATS.iter().filter(|format| format.name != "pbkdf2").map(|f| f.example);
    PBKDF2.into_iter().chain(others)
}

/// The bytes that replace one; it is also replaced by itself with its lowest bit flipped.
const REPLACEMENTS: [u8; 6] = [b'$', b'.', b'0', b'A', b',', b'\n'];

/// The digest with each byte changed in turn.
fn mutations(digest: &str) -> Vec<String> {
    let mut mutations = Vec::new();
    for (index, byte) in digest.bytes().enumerate() {
        for replacement in REPLACEMENTS.into_iter().chain([byte ^ 1]) {
            let mut bytes = digest.as_bytes().to_vec();
            bytes[index] = replacement;
            mutations.extend(String::from_utf8(bytes).ok().filter(|mutation| mutation != digest));
        }
    }
    mutations
}

/// Whether the digest may well be another way to write the original: it is not how we write it, or
/// all that differs is bcrypt's version, which go-crypt does not look at.
fn is_lenient(mutation: &str, digest: &Digest, original: &str) -> bool {
    let without_version = |digest: &Digest| {
        let mut parameters = digest.parameters();
        parameters.retain(|parameter| parameter.name != "version");
        (parameters, digest.salt().to_vec(), digest.key().to_vec())
    };
    let is_canonical = digest.to_string() == mutation;
    !is_canonical || without_version(digest) == without_version(&original.parse().unwrap())
}

#[test]
fn no_changed_byte_makes_a_wrong_secret_match() {
    let limits = Limits { memory: 64 << 20, time: Duration::from_millis(40) };
    let [right, wrong] = ["insecure_secret", "Insecure_secret"].map(|s| Secret::from(s.to_owned()));
    let mut parsed = 0;
    for original in digests() {
        let digests: Vec<(String, Digest)> = mutations(original)
            .into_iter()
            .filter_map(|mutation| mutation.parse().ok().map(|digest| (mutation, digest)))
            .collect();
        parsed += digests.len();
        let verdicts = |secret| {
            let pairs: Vec<_> = digests.iter().map(|(_, digest)| (secret, digest)).collect();
            verify_many(&pairs, &limits)
        };
        for ((mutation, digest), verdict) in digests.iter().zip(verdicts(&wrong)) {
            let holds_secret = digest.algorithm().format().status == FormatStatus::Plaintext;
            assert!(holds_secret || verdict != Ok(Verdict::Match), "{original} {mutation}");
        }
        for ((mutation, digest), verdict) in digests.iter().zip(verdicts(&right)) {
            let lenient = is_lenient(mutation, digest, original);
            assert!(lenient || verdict != Ok(Verdict::Match), "{original} {mutation}");
        }
    }
    assert!(parsed > 3000, "{parsed} mutations could be read");
}
