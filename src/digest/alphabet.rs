//! Base64 in digests: four alphabets, decoded as leniently as Go decodes them.

use base64::Engine;
use base64::alphabet::{BCRYPT, STANDARD};
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64ct::{Base64ShaCrypt, Encoding};
use zeroize::Zeroizing;

use super::error::{Field, ParseError, Problem};

/// The alphabet of a digest's salt and key; never with padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alphabet {
    /// `A-Z a-z 0-9 . /`: the standard one with `.` for `+`, as libpass and Authelia use it.
    Adapted,
    /// `A-Z a-z 0-9 + /` (RFC 4648 §4).
    Standard,
    /// `. / A-Z a-z 0-9`: bcrypt's own order.
    Bcrypt,
}

/// Go's decoder ignores the unused low bits of the last character, and so do we.
const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_encode_padding(false)
    .with_decode_padding_mode(DecodePaddingMode::RequireNone)
    .with_decode_allow_trailing_bits(true);
const ENGINE: GeneralPurpose = GeneralPurpose::new(&STANDARD, CONFIG);
const BCRYPT_ENGINE: GeneralPurpose = GeneralPurpose::new(&BCRYPT, CONFIG);

impl Alphabet {
    const fn description(self) -> &'static str {
        match self {
            Self::Adapted => "A-Z a-z 0-9 . /",
            Self::Standard => "A-Z a-z 0-9 + /",
            Self::Bcrypt => ". / A-Z a-z 0-9",
        }
    }

    /// Returns the engine's character for the same six bits.
    fn to_engine(self, character: char) -> Option<char> {
        match (self, character) {
            (Self::Adapted, '.') => Some('+'),
            (Self::Bcrypt, '.') => Some('.'),
            (Self::Adapted | Self::Bcrypt, '+') => None,
            (_, c) if c.is_ascii_alphanumeric() || c == '+' || c == '/' => Some(c),
            _ => None,
        }
    }

    pub(crate) fn encode(self, bytes: &[u8]) -> String {
        match self {
            Self::Adapted => Zeroizing::new(ENGINE.encode(bytes)).replace('+', "."),
            Self::Standard => ENGINE.encode(bytes),
            Self::Bcrypt => BCRYPT_ENGINE.encode(bytes),
        }
    }

    /// Decodes one field of a digest; carriage returns and line feeds are skipped, as in Go.
    pub(crate) fn decode(self, field: Field, text: &str) -> Result<Vec<u8>, ParseError> {
        // The text of a plaintext digest has a secret, and must not be left in memory.
        let mut plain = Zeroizing::new(String::with_capacity(text.len()));
        for (index, character) in text.chars().enumerate() {
            if character == '\r' || character == '\n' {
                continue;
            }
            let Some(c) = self.to_engine(character) else {
                let (position, alphabet) = (index + 1, self.description());
                let problem = Problem::Character { position, character, alphabet };
                return Err(ParseError::Field { field, problem });
            };
            plain.push(c);
        }
        let engine = if self == Self::Bcrypt { BCRYPT_ENGINE } else { ENGINE };
        engine.decode(plain.as_bytes()).map_err(|_| {
            // With alphabet, padding and trailing bits out of the way, only the length is left.
            let problem = Problem::DanglingCharacter(plain.len());
            ParseError::Field { field, problem }
        })
    }
}

/// The characters of `crypt(3)`, in the order of the six bits that they encode.
pub(super) const CRYPT: &[u8; 64] =
    b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Returns the six bits that a character of `crypt(3)` encodes.
pub(super) fn crypt_bits(character: u8) -> Option<u32> {
    (0..).zip(CRYPT).find(|(_, c)| **c == character).map(|(bits, _)| bits)
}

/// Writes bytes as `crypt(3)` does: six bits a character, the lowest of each three bytes first.
pub(super) fn crypt_encode(bytes: &[u8]) -> String {
    Base64ShaCrypt::encode_string(bytes)
}

/// Reads the text that [`crypt_encode`] writes; stray bits and other characters are refused.
pub(super) fn crypt_decode(text: &str) -> Option<Vec<u8>> {
    Base64ShaCrypt::decode_vec(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn crypt_encoding_round_trips(bytes in prop::collection::vec(any::<u8>(), 0..70)) {
            prop_assert_eq!(crypt_decode(&crypt_encode(&bytes)), Some(bytes));
        }
    }

    #[test]
    fn crypt_decodes_no_stray_bits_and_no_dangling_character() {
        assert_eq!(crypt_encode(&[0xff]), "z1");
        assert_eq!(crypt_decode("z1"), Some(vec![0xff]));
        assert_eq!(crypt_decode("zz"), None);
        assert_eq!(crypt_decode("z"), None);
        assert_eq!(crypt_decode("!1"), None);
        assert_eq!(crypt_decode(""), Some(Vec::new()));
    }

    #[test]
    fn the_alphabets_differ_in_one_character() {
        let bytes = [0xfb, 0xef, 0xbe, 0xff];
        assert_eq!(Alphabet::Adapted.encode(&bytes), "..../w");
        assert_eq!(Alphabet::Standard.encode(&bytes), "++++/w");
        assert_eq!(Alphabet::Adapted.decode(Field::Key, "..../w").unwrap(), bytes);
        assert_eq!(Alphabet::Standard.decode(Field::Key, "++++/w").unwrap(), bytes);
    }

    #[test]
    fn line_ends_and_trailing_bits_are_overlooked() {
        assert_eq!(Alphabet::Standard.decode(Field::Key, "++\r\n++/w\n").unwrap().len(), 4);
        assert_eq!(Alphabet::Standard.decode(Field::Key, "//").unwrap(), [0xff]);
    }

    #[test]
    fn a_decoding_error_has_its_position() {
        let problem = |alphabet: Alphabet, text| match alphabet.decode(Field::Salt, text) {
            Err(ParseError::Field { field: Field::Salt, problem }) => problem,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            problem(Alphabet::Adapted, "ab+d"),
            Problem::Character { position: 3, character: '+', alphabet: "A-Z a-z 0-9 . /" }
        );
        assert_eq!(
            problem(Alphabet::Standard, "abcd="),
            Problem::Character { position: 5, character: '=', alphabet: "A-Z a-z 0-9 + /" }
        );
        assert_eq!(problem(Alphabet::Standard, "abcde"), Problem::DanglingCharacter(5));
    }
}
