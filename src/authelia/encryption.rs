//! Files that a tool has encrypted, wholly or in part. Authelia gets what the tool decrypts, so that
//! what is in the file says nothing about its clients, and a changed file no longer decrypts.

use std::fmt;

use super::document::{Documents, Kind, Node};
use crate::error::ConfigError;

/// The tool that a file is encrypted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encryption {
    /// SOPS, which encrypts values and keeps a MAC over all of them.
    Sops,
    /// Ansible Vault: the whole file, or values with the tag `!vault`.
    AnsibleVault,
    /// Bitnami's Sealed Secrets for Kubernetes.
    SealedSecret,
    /// age.
    Age,
    /// `OpenPGP`.
    Pgp,
    /// git-crypt.
    GitCrypt,
}

impl fmt::Display for Encryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sops => "SOPS",
            Self::AnsibleVault => "Ansible Vault",
            Self::SealedSecret => "Sealed Secrets",
            Self::Age => "age",
            Self::Pgp => "OpenPGP",
            Self::GitCrypt => "git-crypt",
        })
    }
}

impl Encryption {
    /// The tool that a file is encrypted with: wholly, or in any value of a YAML or JSON text.
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

    /// The tool that has written a file that is not text.
    fn of_bytes(contents: &[u8]) -> Option<Self> {
        let headers: [(&[u8], Self); 2] =
            [(b"age-encryption.org/v1", Self::Age), (b"\0GITCRYPT\0", Self::GitCrypt)];
        let found = headers.into_iter().find(|(header, _)| contents.starts_with(header));
        let pgp = || is_encrypted_message(contents).then_some(Self::Pgp);
        found.map(|(_, tool)| tool).or_else(pgp)
    }

    /// The tool that the whole file is encrypted with, by the header that the tool writes.
    pub(super) fn of_file(text: &str) -> Option<Self> {
        let first = [
            ("$ANSIBLE_VAULT;", Self::AnsibleVault),
            ("age-encryption.org/v1", Self::Age),
            ("\0GITCRYPT\0", Self::GitCrypt),
        ];
        // People write a line or two before these.
        let armour = [
            ("-----BEGIN AGE ENCRYPTED FILE-----", Self::Age),
            ("-----BEGIN PGP MESSAGE-----", Self::Pgp),
        ];
        let text = text.trim_start_matches('\u{feff}').trim_start();
        let has_line = |header: &str| text.split(['\n', '\r']).any(|line| line == header);
        let is_first = |(header, _): &(&str, Self)| text.starts_with(header);
        let found = first.into_iter().find(is_first);
        let found = found.or_else(|| armour.into_iter().find(|(header, _)| has_line(header)));
        found.map(|(_, tool)| tool)
    }

    /// The tool that a document, or a value in it, is encrypted with.
    pub(super) fn of_document(root: &Node) -> Option<Self> {
        let has = |name: &str| root.get(name).map(|(_, value)| value);
        // SOPS writes both in every file. A file without encrypted values has them too, and its MAC
        // is over the plain ones.
        let is_sops = has("sops").is_some_and(|sops| {
            ["mac", "lastmodified"].iter().any(|name| sops.get(name).is_some())
        });
        if is_sops {
            return Some(Self::Sops);
        }
        if has("kind").and_then(Node::text) == Some("SealedSecret") {
            return Some(Self::SealedSecret);
        }
        let mut found = None;
        root.each(None, &mut |node, _| {
            found = found.or_else(|| Self::of_value(node));
        });
        found
    }

    fn of_value(node: &Node) -> Option<Self> {
        let Kind::Scalar { text, .. } = &node.kind else { return None };
        let text = text.trim_start();
        if text.starts_with("ENC[AES256_GCM,") {
            return Some(Self::Sops);
        }
        (node.is_vault() || text.starts_with("$ANSIBLE_VAULT;")).then_some(Self::AnsibleVault)
    }
}

/// Whether bytes begin as an encrypted `OpenPGP` message does: with a public-key or a symmetric-key
/// encrypted session key (RFC 9580 §5.1, §5.3), whose contents begin with a version from 3 to 6. The
/// first byte alone may as well be a letter of Latin-1.
fn is_encrypted_message(contents: &[u8]) -> bool {
    let header = match contents {
        // The old form of a header says how many octets its length has, the new one by their values
        // (§4.2).
        [0x84 | 0x8c, ..] | [0xc1 | 0xc3, 0..=191, ..] => 2,
        [0x85 | 0x8d, ..] | [0xc1 | 0xc3, 192..=223, ..] => 3,
        [0x86 | 0x8e, ..] => 5,
        [0xc1 | 0xc3, 255, ..] => 6,
        _ => return false,
    };
    matches!(contents.get(header), Some(3..=6))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginnings are those that `gpg -e` and `gpg -c` write.
    #[test]
    fn a_message_is_told_from_a_letter() {
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
