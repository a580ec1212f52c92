//! The table of formats names those that crypt(3) reads; the system's own crypt(3) agrees.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::process::Command;

use oidc_secret::Provider;
use oidc_secret::digest::{Digest, FORMATS};

/// Prints the digest that crypt(3) computes with each digest as its setting.
const CRYPT: &str = "
import ctypes, ctypes.util, sys
crypt = ctypes.CDLL(ctypes.util.find_library('crypt')).crypt
crypt.restype = ctypes.c_char_p
for setting in sys.argv[1:]:
    print((crypt(b'insecure_secret', setting.encode()) or b'').decode())
";

/// The answers of libxcrypt; `None` where it is not installed. Other implementations lack formats.
fn crypt(digests: &[&str]) -> Option<Vec<String>> {
    const IS_LIBXCRYPT: &str = "import ctypes, ctypes.util; \
        ctypes.CDLL(ctypes.util.find_library('crypt')).crypt_gensalt_ra";
    let python = std::env::var("PEERS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let probe = Command::new(&python).args(["-c", IS_LIBXCRYPT]).output();
    if !probe.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("CI").is_none(), "python3 with libxcrypt is not installed");
        eprintln!("SKIPPED: python3 with libxcrypt is not installed");
        return None;
    }
    let output = Command::new(&python).args(["-c", CRYPT]).args(digests).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect())
}

#[test]
fn the_table_has_the_formats_that_crypt_reads() {
    let examples: Vec<_> = FORMATS.iter().map(|format| format.example).collect();
    let Some(answers) = crypt(&examples) else { return };
    assert_eq!(answers.len(), FORMATS.len());
    for (format, answer) in FORMATS.iter().zip(answers) {
        assert_eq!(format.read_by_crypt, answer == format.example, "{}", format.name);
        let digest: Digest = format.example.parse().unwrap();
        let written = Provider::Ldap.write(&digest).unwrap_or_default();
        assert_eq!(format.read_by_crypt, written.starts_with("{CRYPT}"), "{}", format.name);
    }
}
