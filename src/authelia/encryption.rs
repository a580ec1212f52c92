//! Files that a tool has encrypted, wholly or in part. Authelia gets what the tool decrypts, so that
//! what is in the file says nothing about its clients, and a changed file no longer decrypts.

use std::fmt;

use super::document::{Kind, Node};

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
    /// The tool that the whole file is encrypted with, by the header that the tool writes.
    pub(super) fn of_file(text: &str) -> Option<Self> {
        let headers = [
            ("$ANSIBLE_VAULT;", Self::AnsibleVault),
            ("age-encryption.org/v1", Self::Age),
            ("-----BEGIN AGE ENCRYPTED FILE-----", Self::Age),
            ("-----BEGIN PGP MESSAGE-----", Self::Pgp),
            ("\0GITCRYPT\0", Self::GitCrypt),
        ];
        let text = text.trim_start_matches('\u{feff}').trim_start();
        headers.into_iter().find(|(header, _)| text.starts_with(header)).map(|(_, tool)| tool)
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
