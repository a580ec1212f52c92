//! Inputs that are pieces of the syntax in a random order have the properties of `properties`.
//!
//! Why not only the fuzzer in `fuzz`? It needs a nightly compiler. Random bytes alone would be refused at
//! once, so that the pieces are those that the parsers know.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod pieces;
#[allow(unreachable_pub, reason = "the package of the fuzzer exports them")]
mod properties;
mod seeds;

use proptest::prelude::*;

use pieces::{configuration, digest, log, mutated, template, toml};
use seeds::{configurations, digests, files};

/// Few in the gate; `PROPTEST_CASES` has more tried.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases.unwrap_or(500)) }
}

/// Digests that once did not keep their parts, or whose cost overflowed.
#[test]
fn digests_that_once_failed_have_the_properties() {
    for text in [
        "$md5,rounds=34$abcdefgh$$JY6LX0.NS6tOYx9hShuNM/",
        "{crypt}$md5,rounds=34$abcdefgh$$JY6LX0.NS6tOYx9hShuNM/",
        "$1$abcdefgh$ukzWNW70chL342F.eljZU/",
        "$sha1$40$\"T/3ThUgD$2JyrMRKv67CsSofrGcWxJYGQTnkZ",
        "$pbkdf2-sha512$1000$0123456789abcdef$893b567808ba3b6f7987298bd130bb29cc28ba0af281\r\r6581e1789988",
    ] {
        oidc_secret::provider::read(text).unwrap();
        properties::digest(text);
        properties::dialects(text);
        properties::limits(text);
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_printed_digest_is_parsed_as_the_same(text in prop_oneof![digest(), mutated(digests())]) {
        properties::digest(&text);
    }

    #[test]
    fn a_digest_for_another_system_keeps_its_parts(text in prop_oneof![digest(), mutated(digests())]) {
        properties::dialects(&text);
    }

    #[test]
    fn every_cost_is_estimated_in_a_short_time(text in prop_oneof![digest(), mutated(digests())]) {
        properties::limits(&text);
    }

    #[test]
    fn no_finding_has_the_secret(text in prop_oneof![digest(), mutated(digests())]) {
        properties::diagnose(&text);
    }

    #[test]
    fn libyaml_reads_the_same_clients(text in prop_oneof![configuration(), mutated(configurations())]) {
        properties::yaml(&text);
    }

    #[test]
    fn an_edit_changes_its_part_alone(text in prop_oneof![configuration(), mutated(configurations())]) {
        properties::edit(&text);
    }

    #[test]
    fn every_plaintext_secret_is_redacted(
        text in prop_oneof![configuration(), mutated(configurations())],
    ) {
        properties::redaction(&text);
    }

    #[test]
    fn an_application_is_refused_or_resolved(text in prop_oneof![toml(), mutated(files("catalogue"))]) {
        properties::catalogue(&text);
    }

    #[test]
    fn every_line_of_a_log_counts(text in prop_oneof![log(), mutated(files("tests/cases/log-lines"))]) {
        properties::log(text.as_bytes());
    }

    #[test]
    fn every_resolved_line_has_its_origin(
        text in prop_oneof![template(), configuration(), mutated(configurations())],
    ) {
        properties::template(&text);
    }
}
