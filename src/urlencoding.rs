//! `application/x-www-form-urlencoded` text, the encoding that OAuth 2.0 requires for client credentials.

use zeroize::Zeroizing;

use crate::random::is_unreserved;

/// Encodes a text: unreserved characters are kept, a space becomes `+`, and every other byte
/// becomes `%XX` (RFC 6749 appendix B, with RFC 3986's `~` kept, as Go's `url.QueryEscape` does).
///
/// ```
/// assert_eq!(*oidc_secret::urlencoding::encode("a b+c~"), "a+b%2Bc~");
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

/// Decodes each `%XX`; a `+` is kept. `None` if a `%` is not followed by two hexadecimal digits.
///
/// ```
/// assert_eq!(*oidc_secret::urlencoding::decode("a%20b%2bc+").unwrap(), b"a b+c+");
/// assert!(oidc_secret::urlencoding::decode("100%").is_none());
/// ```
#[must_use]
pub fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut decoded = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        if *byte != b'%' {
            decoded.push(*byte);
            continue;
        }
        let [high, low, after @ ..] = rest else {
            return None;
        };
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        decoded.push(u8::try_from(digit(high)? << 4 | digit(low)?).ok()?);
        rest = after;
    }
    Some(decoded)
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
