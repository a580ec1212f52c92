//! The encodings of salts and keys in other software.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64ct::{Base64ShaCrypt, Encoding as _};

/// Standard base64, padded or not.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    let pairs = digits.filter(|digits| digits.len() % 2 == 0)?;
    pairs.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).ok()).collect()
}

/// Decodes standard base64, padded or not.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    ENGINE.decode(text).ok()
}

/// Decodes Cisco's base64: the characters of `crypt(3)`, with the bits in the usual order.
pub(super) fn from_cisco_base64(text: &str) -> Option<Vec<u8>> {
    let standard = |byte: u8| {
        Some(char::from(match byte {
            b'.' => b'A',
            b'/' => b'B',
            b'0'..=b'9' => byte - b'0' + b'C',
            b'A'..=b'N' => byte - b'A' + b'M',
            b'O'..=b'Z' => byte - b'O' + b'a',
            b'a'..=b'n' => byte - b'a' + b'm',
            b'o'..=b'x' => byte - b'o' + b'0',
            b'y' => b'+',
            b'z' => b'/',
            _ => return None,
        }))
    };
    from_base64(&text.bytes().map(standard).collect::<Option<String>>()?)
}

/// Decodes the base64 of `crypt(3)`: the lowest bits first.
pub(super) fn from_crypt_base64(text: &str) -> Option<Vec<u8>> {
    Base64ShaCrypt::decode_vec(text).ok()
}

/// Returns the value of a number in characters of `crypt(3)`, the lowest six bits first.
pub(super) fn crypt_number(text: &str) -> Option<u32> {
    const CHARACTERS: &str = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    text.chars().rev().try_fold(0_u32, |number, character| {
        let bits = u32::try_from(CHARACTERS.find(character)?).ok()?;
        number.checked_mul(64)?.checked_add(bits)
    })
}

/// Returns a decimal number from 1 on, without a sign.
pub(super) fn count(text: &str) -> Option<u32> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && *number > 0)
}

/// Splits a text at each `$` into exactly this number of fields.
pub(super) fn fields<const N: usize>(text: &str) -> Option<[&str; N]> {
    text.split('$').collect::<Vec<_>>().try_into().ok()
}

/// Strips a scheme in braces, whatever its case.
pub(super) fn without_scheme<'t>(text: &'t str, scheme: &str) -> Option<&'t str> {
    let (name, rest) = text.strip_prefix('{')?.split_once('}')?;
    name.eq_ignore_ascii_case(scheme).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_base64_has_its_own_order() {
        assert_eq!(from_base64("//8"), Some(vec![0xff, 0xff]));
        assert_eq!(from_base64("//8="), Some(vec![0xff, 0xff]));
        assert_eq!(from_cisco_base64("zzw"), Some(vec![0xff, 0xff]));
        assert_eq!(from_cisco_base64("..+"), None);
        assert_eq!(from_crypt_base64("zzD"), Some(vec![0xff, 0xff]));
    }

    #[test]
    fn numbers_have_no_sign_and_no_overflow() {
        assert_eq!(crypt_number("U...."), Some(32));
        assert_eq!(crypt_number("zzzzz"), Some((1 << 30) - 1));
        assert_eq!(crypt_number("zzzzzz"), None);
        assert_eq!(count("0101"), Some(101));
        for text in ["", "0", "+1", "-1", "4294967296", "1e3"] {
            assert_eq!(count(text), None, "{text}");
        }
    }
}
