//! The two base64 alphabets of digests, read as leniently as Go's decoder does.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use crate::error::{Field, ParseError, Problem};

/// Which characters a digest's salt and key are written in; never with padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// `A-Z a-z 0-9 . /`: the standard one with `.` for `+`, as libpass and Authelia use it.
    Adapted,
    /// `A-Z a-z 0-9 + /` (RFC 4648 §4).
    Standard,
}

/// Go's decoder ignores the unused low bits of the last character, and so do we.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

impl Alphabet {
    const fn description(self) -> &'static str {
        match self {
            Self::Adapted => "A-Z a-z 0-9 . /",
            Self::Standard => "A-Z a-z 0-9 + /",
        }
    }

    /// The character of the standard alphabet that stands for the same six bits.
    fn to_standard(self, character: char) -> Option<char> {
        match (self, character) {
            (Self::Adapted, '.') => Some('+'),
            (Self::Adapted, '+') => None,
            (_, c) if c.is_ascii_alphanumeric() || c == '+' || c == '/' => Some(c),
            _ => None,
        }
    }

    pub(super) fn encode(self, bytes: &[u8]) -> String {
        let text = ENGINE.encode(bytes);
        match self {
            Self::Adapted => text.replace('+', "."),
            Self::Standard => text,
        }
    }

    /// Decodes one field of a digest; carriage returns and line feeds are skipped, as in Go.
    pub(super) fn decode(self, field: Field, text: &str) -> Result<Vec<u8>, ParseError> {
        let mut standard = String::with_capacity(text.len());
        for (index, character) in text.chars().enumerate() {
            if character == '\r' || character == '\n' {
                continue;
            }
            let Some(c) = self.to_standard(character) else {
                let (position, alphabet) = (index + 1, self.description());
                let problem = Problem::Character { position, character, alphabet };
                return Err(ParseError::Field { field, problem });
            };
            standard.push(c);
        }
        ENGINE.decode(&standard).map_err(|_| {
            // With alphabet, padding and trailing bits out of the way, only the length is left.
            let problem = Problem::DanglingCharacter(standard.len());
            ParseError::Field { field, problem }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn what_cannot_be_decoded_is_located() {
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
