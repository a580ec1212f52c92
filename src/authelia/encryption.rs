//! Files that a tool has encrypted, wholly or in part. Authelia gets what the tool decrypts, so that
//! the file itself shows nothing about its clients, and a changed file no longer decrypts.

use std::fmt;

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
    /// Returns the tool that has written a file that is not text.
    pub(super) fn of_bytes(contents: &[u8]) -> Option<Self> {
        let headers: [(&[u8], Self); 2] =
            [(b"age-encryption.org/v1", Self::Age), (b"\0GITCRYPT\0", Self::GitCrypt)];
        let found = headers.into_iter().find(|(header, _)| contents.starts_with(header));
        let pgp = || is_encrypted_message(contents).then_some(Self::Pgp);
        found.map(|(_, tool)| tool).or_else(pgp)
    }

    /// Returns the tool that the whole file is encrypted with, by the header that the tool writes.
    pub(super) fn of_file(text: &str) -> Option<Self> {
        let first = [
            ("$ANSIBLE_VAULT;", Self::AnsibleVault),
            ("age-encryption.org/v1", Self::Age),
            ("\0GITCRYPT\0", Self::GitCrypt),
        ];
        // These may have lines of comments before them.
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

    /// Returns the tool that a value is encrypted with, by how it begins or by its tag.
    pub(super) fn of_value(text: &str, tag: Option<&str>) -> Option<Self> {
        let text = text.trim_start();
        if text.starts_with("ENC[AES256_GCM,") {
            return Some(Self::Sops);
        }
        (tag == Some("!vault") || text.starts_with("$ANSIBLE_VAULT;")).then_some(Self::AnsibleVault)
    }
}

/// Whether bytes begin like an encrypted `OpenPGP` message: with a public-key or a symmetric-key
/// encrypted session key (RFC 9580 §5.1, §5.3), whose contents begin with a version from 3 to 6. The
/// first byte alone is not enough: it may be a letter in Latin-1.
fn is_encrypted_message(contents: &[u8]) -> bool {
    let header = match contents {
        // The first octet of an old header gives the size of the length field; in a new header the
        // length's own first octet does (§4.2).
        [0x84 | 0x8c, ..] | [0xc1 | 0xc3, 0..=191, ..] => 2,
        [0x85 | 0x8d, ..] | [0xc1 | 0xc3, 192..=223, ..] => 3,
        [0x86 | 0x8e, ..] => 5,
        [0xc1 | 0xc3, 255, ..] => 6,
        _ => return false,
    };
    matches!(contents.get(header), Some(3..=6))
}
