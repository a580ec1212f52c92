#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| oidc_secret_fuzz::properties::edit(text));
