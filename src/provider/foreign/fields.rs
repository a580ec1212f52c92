//! Digests in our formats with other encodings of the salt and the key.

use super::content::Content;
use super::encoding::{from_base64, from_hex};
use crate::digest::{Alphabet, Digest};

/// The text before the salt, the salt and the key of a digest with such fields.
struct Fields<'t> {
    head: &'t str,
    salt: &'t str,
    key: &'t str,
}

impl<'t> Fields<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let (head, key) = text.rsplit_once('$')?;
        let (head, salt) = head.rsplit_once('$')?;
        let is_known = ["$pbkdf2", "$argon2", "$scrypt$"].iter().any(|name| head.starts_with(name));
        is_known.then_some(Self { head, salt, key })
    }

    /// The alphabet of the two fields. A PHC string of PBKDF2 has the standard one.
    fn alphabet(&self) -> Alphabet {
        let is_phc = self.head.contains('=');
        if self.head.starts_with("$pbkdf2") && !is_phc {
            Alphabet::Adapted
        } else {
            Alphabet::Standard
        }
    }

    fn digest(&self, salt: &[u8], key: &[u8]) -> Option<Digest> {
        let encode = |bytes| self.alphabet().encode(bytes);
        format!("{}${}${}", self.head, encode(salt), encode(key)).parse().ok()
    }
}

/// Reads a digest whose key is in hex. Hex digits are valid base64 too, but 32 or more random characters
/// of base64 are not hex digits alone: the chance is 4^-32.
///
/// A salt may then be in hex, text or base64. 32 hex digits are the usual 16 bytes; fewer are too short
/// for random bytes, and rather text.
pub(super) fn hex(text: &str) -> Option<Content> {
    const SHORTEST: usize = 16;
    // As in base64, line breaks within a field do not count. Otherwise they would decide which of the two
    // encodings a text is read in.
    let text = text.replace(['\r', '\n'], "");
    let fields = Fields::read(&text)?;
    let key = from_hex(fields.key).filter(|key| key.len() >= SHORTEST)?;
    let in_hex = from_hex(fields.salt);
    let as_text = Some(fields.salt.as_bytes().to_vec());
    let in_base64 = from_base64(&fields.salt.replace('.', "+"));
    let salts = match &in_hex {
        Some(salt) if salt.len() >= SHORTEST => [in_hex, as_text, in_base64],
        Some(_) => [as_text, in_hex, in_base64],
        None => [in_base64, as_text, in_hex],
    };
    let mut digests = Vec::new();
    for digest in salts.into_iter().flatten().filter_map(|salt| fields.digest(&salt, &key)) {
        // An empty salt is the same in every encoding.
        if !digests.contains(&digest) {
            digests.push(digest);
        }
    }
    (!digests.is_empty()).then_some(Content::Digests(digests))
}

/// Reads a digest whose fields are in another alphabet of base64, or padded.
pub(crate) fn with_usual_alphabet(text: &str) -> Option<Digest> {
    let fields = Fields::read(text)?;
    let decode = |field: &str| from_base64(&field.replace(['-', '.'], "+").replace('_', "/"));
    fields.digest(&decode(fields.salt)?, &decode(fields.key)?)
}
