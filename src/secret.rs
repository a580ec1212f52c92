//! The plaintext client secret, kept out of logs and wiped from memory when dropped.

use std::fmt;

use zeroize::Zeroizing;

#[cfg(unix)]
use crate::kernel::memory::page_lock::PageLock;
use crate::random::{Alphabet, Charset, RandomError};

/// A client secret: the bytes that the application holds.
///
/// The bytes are wiped when the value is dropped, and `Debug` shows none of them. As far as the system allows
/// it, they are not written to swap space.
///
/// ```
/// use oidc_secret::Secret;
///
/// let secret = Secret::from("insecure_secret".to_owned());
/// assert_eq!(format!("{secret:?}"), "Secret([redacted])");
/// ```
pub struct Secret {
    bytes: Zeroizing<Vec<u8>>,
    /// Dropped after the bytes are wiped.
    #[cfg(unix)]
    _lock: PageLock,
}

impl Secret {
    /// Generates a secret of `length` unreserved characters (RFC 3986 §2.3), each equally likely.
    /// 72 characters have 435 bits of entropy.
    ///
    /// ```
    /// use oidc_secret::Secret;
    ///
    /// assert_eq!(Secret::random(72)?.expose().len(), 72);
    /// # Ok::<(), oidc_secret::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`RandomError`] if the system's generator fails.
    pub fn random(length: usize) -> Result<Self, RandomError> {
        Ok(Alphabet::from(Charset::Rfc3986).random(length)?.into())
    }

    /// Returns the bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.bytes
    }
}

impl From<Zeroizing<Vec<u8>>> for Secret {
    fn from(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self {
            #[cfg(unix)]
            _lock: PageLock::new(&bytes),
            bytes,
        }
    }
}

impl Clone for Secret {
    fn clone(&self) -> Self {
        self.bytes.clone().into()
    }
}

impl From<Vec<u8>> for Secret {
    fn from(bytes: Vec<u8>) -> Self {
        Zeroizing::new(bytes).into()
    }
}

impl From<Zeroizing<String>> for Secret {
    fn from(mut text: Zeroizing<String>) -> Self {
        std::mem::take(&mut *text).into()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}
