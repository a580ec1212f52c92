//! The kind and size of a key in PEM.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// The kind of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyKind {
    Rsa,
    P256,
    P384,
    P521,
    Ed25519,
}

/// The object identifiers in DER (RFC 3279, 5480, 8410).
const IDENTIFIERS: [(&[u8], KeyKind); 5] = [
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01], KeyKind::Rsa),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], KeyKind::P256),
    (&[0x2b, 0x81, 0x04, 0x00, 0x22], KeyKind::P384),
    (&[0x2b, 0x81, 0x04, 0x00, 0x23], KeyKind::P521),
    (&[0x2b, 0x65, 0x70], KeyKind::Ed25519),
];

/// The header of a key in PEM, which every key has.
pub(super) const PEM: &str = "-----BEGIN ";

impl KeyKind {
    fn of(der: &[u8]) -> Option<Self> {
        // The identifier is at the beginning, but after a whole key in the format of SEC 1.
        let has = |id: &[u8]| der.windows(id.len()).any(|bytes| bytes == id);
        IDENTIFIERS.iter().find(|(id, _)| has(id)).map(|(_, kind)| *kind)
    }

    /// The algorithm that Authelia signs with, unless another one is given.
    pub(super) fn algorithm(self) -> &'static str {
        match self {
            Self::Rsa => "RS256",
            Self::P256 => "ES256",
            Self::P384 => "ES384",
            Self::P521 => "ES512",
            Self::Ed25519 => "EdDSA",
        }
    }
}

/// The kind and size of a key.
pub(super) struct Key {
    /// `None` for a key that is not in PEM or of another kind.
    pub(super) kind: Option<KeyKind>,
    /// The number of bytes: a key of RSA with 2048 bits has more than 256.
    pub(super) length: Option<usize>,
}

impl Key {
    pub(super) fn of(pem: &str) -> Self {
        let der = der(pem);
        // The formats of one algorithm only have no identifier.
        let kind = if pem.contains("BEGIN RSA ") {
            Some(KeyKind::Rsa)
        } else {
            der.as_ref().and_then(|der| KeyKind::of(der))
        };
        Self { kind, length: der.map(|der| der.len()) }
    }
}

fn der(pem: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (_, rest) = pem.split_once(PEM)?.1.split_once("-----")?;
    let body = rest.split("-----").next()?;
    let body: Zeroizing<String> =
        Zeroizing::new(body.chars().filter(|c| !c.is_ascii_whitespace()).collect());
    STANDARD.decode(&*body).ok().map(Zeroizing::new)
}
