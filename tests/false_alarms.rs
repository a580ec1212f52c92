//! Good pairs of secrets and digests are not talked about.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use oidc_secret::digest::argon2::{self, Cost, Variant};
use oidc_secret::{Alphabet, Charset, Limits, Parameters, Secret, Verdict, diagnose, hash_many};

#[test]
fn a_thousand_good_pairs_have_no_findings() {
    // The least work that there is: its amount is not what is diagnosed.
    let cost = Cost { memory: 8, iterations: 1, parallelism: 1 };
    let parameters = argon2::Parameters { cost, ..argon2::Parameters::new(Variant::Argon2id) };
    let charsets = [Charset::Rfc3986, Charset::Alphanumeric, Charset::Ascii, Charset::Numeric];
    let secret = |index: usize| {
        let text = Alphabet::from(charsets[index % charsets.len()]).random(20 + index % 60);
        Secret::from(text.unwrap().to_string())
    };
    let secrets: Vec<_> = (0..1000).map(secret).collect();
    let digests = hash_many(&secrets, &Parameters::Argon2(parameters)).unwrap();
    for (secret, digest) in secrets.iter().zip(digests) {
        let diagnosis = diagnose(secret, &digest.to_string(), &Limits::default());
        assert_eq!(diagnosis.verdict, Ok(Verdict::Match));
        assert_eq!(diagnosis.findings, [], "{digest}");
    }
}
