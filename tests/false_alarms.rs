//! Good pairs of secrets and digests have no findings, and wrong pairs no invented cause.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use oidc_secret::digest::argon2::{self, Cost, Variant};
use oidc_secret::{
    Alphabet, Charset, Code, Digest, Limits, Parameters, Secret, Verdict, diagnose, hash_many,
};

/// Returns secrets of different charsets and lengths, and their digests.
fn pairs(count: usize) -> (Vec<Secret>, Vec<Digest>) {
    // The least work that there is: its amount is not what is diagnosed.
    let cost = Cost { memory: 8, iterations: 1, parallelism: 1 };
    let parameters = argon2::Parameters { cost, ..argon2::Parameters::new(Variant::Argon2id) };
    let charsets = [Charset::Rfc3986, Charset::Alphanumeric, Charset::Ascii, Charset::Numeric];
    let secret = |index: usize| {
        let text = Alphabet::from(charsets[index % charsets.len()]).random(20 + index % 60);
        Secret::from(text.unwrap().to_string())
    };
    let secrets: Vec<_> = (0..count).map(secret).collect();
    let digests = hash_many(&secrets, &Parameters::Argon2(parameters)).unwrap();
    (secrets, digests)
}

#[test]
fn a_thousand_good_pairs_have_no_findings() {
    let (secrets, digests) = pairs(1000);
    for (secret, digest) in secrets.iter().zip(digests) {
        let diagnosis = diagnose(secret, &digest.to_string(), &Limits::default());
        assert_eq!(diagnosis.verdict, Ok(Verdict::Match));
        assert_eq!(diagnosis.findings, [], "{digest}");
        assert!(!diagnosis.is_proved);
    }
}

#[test]
fn a_wrong_pair_has_no_cause() {
    let (secrets, digests) = pairs(200);
    for (secret, digest) in secrets.iter().zip(digests.iter().skip(1)) {
        let diagnosis = diagnose(secret, &digest.to_string(), &Limits::default());
        assert_eq!((diagnosis.verdict, diagnosis.is_proved), (Ok(Verdict::Mismatch), false));
        let codes: Vec<_> = diagnosis.findings.iter().map(|finding| finding.code).collect();
        assert_eq!(codes.last(), Some(&Code::NothingMatches), "{codes:?}");
        assert!(codes.len() == 1 || codes == [Code::UnusualLength, Code::NothingMatches]);
    }
}
