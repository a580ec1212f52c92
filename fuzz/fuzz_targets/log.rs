#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| oidc_secret_fuzz::properties::log(bytes));
