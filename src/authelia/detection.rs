//! Detection of encryption in the contents of a file.
//!
//! It is apart from [`Encryption`], since it reads the YAML, and reading YAML refuses encrypted text.

use super::document::Documents;
use super::encryption::Encryption;
use super::error::ConfigError;

impl Encryption {
    /// Returns the tool that a file is encrypted with: wholly, or in any value of a YAML or JSON
    /// text.
    ///
    /// ```
    /// use oidc_secret::authelia::Encryption;
    ///
    /// assert_eq!(Encryption::of(b"$ANSIBLE_VAULT;1.1;AES256\n3762"), Some(Encryption::AnsibleVault));
    /// assert_eq!(Encryption::of(b"{\"data\": \"ENC[AES256_GCM,data:x]\"}"), Some(Encryption::Sops));
    /// assert_eq!(Encryption::of(b"client_id: kasm"), None);
    /// ```
    #[must_use]
    pub fn of(contents: &[u8]) -> Option<Self> {
        let Ok(text) = std::str::from_utf8(contents) else { return Self::of_bytes(contents) };
        match Documents::read(text) {
            Err(ConfigError::Encrypted { encryption }) => Some(encryption),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginnings are those that `gpg -e` and `gpg -c` write.
    #[test]
    fn an_openpgp_message_is_told_from_latin1_text() {
        for message in [
            &b"\x85\x01\x0c\x03\xfe"[..],
            b"\x84\x5e\x03\xff",
            b"\x8c\x0d\x04\x09\xff",
            b"\xc1\xc0\x4c\x03\xff",
        ] {
            assert_eq!(Encryption::of(message), Some(Encryption::Pgp), "{message:?}");
        }
        for latin1 in [&b"\xc3ngstr\xf6m: 1\n"[..], b"\x84quoted\x93", b"\xc1", b"\xff\xfea"] {
            assert_eq!(Encryption::of(latin1), None, "{latin1:?}");
        }
    }
}
