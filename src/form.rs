//! `application/x-www-form-urlencoded` text, as OAuth 2.0 wants it of client credentials.

use zeroize::Zeroizing;

use crate::random::is_unreserved;

/// Encodes a text for a form: unreserved characters as they are, a space as `+`, every other
/// byte as `%XX` (RFC 6749 appendix B, with RFC 3986's `~` kept, as Go's `url.QueryEscape` does).
///
/// ```
/// assert_eq!(*oidc_secret::form::encode("a b+c~"), "a+b%2Bc~");
/// ```
#[must_use]
pub fn encode(text: &str) -> Zeroizing<String> {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = Zeroizing::new(String::with_capacity(text.len() * 3));
    for byte in text.bytes() {
        match char::from(byte) {
            ' ' => encoded.push('+'),
            c if is_unreserved(c) => encoded.push(c),
            _ => {
                encoded.push('%');
                encoded.push(HEX[usize::from(byte >> 4)].into());
                encoded.push(HEX[usize::from(byte & 15)].into());
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_beyond_the_unreserved_ones_are_percent_encoded() {
        assert_eq!(*encode("AZaz09-._~"), "AZaz09-._~");
        assert_eq!(*encode("%+ /é"), "%25%2B+%2F%C3%A9");
    }
}
