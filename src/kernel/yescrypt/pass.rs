//! A pass of yescrypt over the memory: PBKDF2 before and after it, as in scrypt.

use hmac::{Hmac, KeyInit, Mac};
use pbkdf2::pbkdf2_hmac;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::smix;
use crate::kernel::salsa20::line::Line;

/// Length of what HMAC-SHA-256 returns, in bytes.
pub(super) const HASH: usize = 32;

/// The state of a pass.
pub(super) struct Pass {
    secret: Zeroizing<[u8; HASH]>,
    /// The block B.
    block: Zeroizing<Vec<u8>>,
}

impl Pass {
    /// Starts the pass of this name, with the block size `r`.
    pub(super) fn new(name: &[u8], secret: &[u8], salt: &[u8], r: usize) -> Self {
        let mut secret = hmac(name, secret);
        let mut block = Zeroizing::new(vec![0; smix::block_length(r)]);
        pbkdf2_hmac::<Sha256>(&*secret, salt, 1, &mut block);
        secret.copy_from_slice(&block[..HASH]);
        Self { secret, block }
    }

    /// Mixes the block in memory of [`smix::lines`].
    pub(super) fn mix(mut self, n: usize, memory: &mut [Line]) -> Self {
        let mut boxes = smix::fill_boxes(&mut self.block);
        let last_line = &self.block[self.block.len() - size_of::<Line>()..];
        self.secret = hmac(last_line, &*self.secret);
        smix::smix(&mut self.block, &mut boxes, n, memory);
        self
    }

    /// Writes a key of any length.
    pub(super) fn write(&self, key: &mut [u8]) {
        pbkdf2_hmac::<Sha256>(&*self.secret, &self.block, 1, key);
    }

    /// Returns the key that is stored: its beginning is hashed as in SCRAM (RFC 5802 §3).
    pub(super) fn stored_key(&self, length: usize) -> Zeroizing<Vec<u8>> {
        let mut key = Zeroizing::new(vec![0; length.max(HASH)]);
        self.write(&mut key);
        let client_key = hmac(&key[..HASH], b"Client Key");
        key[..HASH].copy_from_slice(&Sha256::digest(*client_key));
        key.truncate(length);
        key
    }
}

fn hmac(key: &[u8], message: &[u8]) -> Zeroizing<[u8; HASH]> {
    // HMAC takes a key of any length, so that there is always a hash.
    let mac = Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(message));
    Zeroizing::new(mac.map_or([0; HASH], |mac| mac.finalize().into_bytes().into()))
}
