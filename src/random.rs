//! Random text: charsets, unbiased choice, entropy.

use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

use crate::line::is_unwritable;
use crate::name::{UnknownName, by_name};

/// Lower-case, upper-case and digits, from which the named charsets are put together.
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";
/// The unreserved characters of RFC 3986 §2.3 other than letters and digits.
const UNRESERVED_MARKS: &str = "-._~";

/// A named set of characters; names and members are those of `authelia crypto rand --charset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Charset {
    /// a–z, A–Z.
    Alphabetic,
    /// a–z.
    AlphabeticLower,
    /// A–Z.
    AlphabeticUpper,
    /// 0–9.
    Numeric,
    /// 0–9, A–F.
    NumericHex,
    /// a–z, A–Z, 0–9.
    Alphanumeric,
    /// a–z, 0–9.
    AlphanumericLower,
    /// A–Z, 0–9.
    AlphanumericUpper,
    /// The unreserved characters of RFC 3986 §2.3: a–z, A–Z, 0–9, `-._~`.
    Rfc3986,
    /// a–z, 0–9, `-._~`.
    Rfc3986Lower,
    /// A–Z, 0–9, `-._~`.
    Rfc3986Upper,
    /// The 94 printable ASCII characters, without the space.
    Ascii,
}

impl Charset {
    /// Every charset, in the order of Authelia's documentation.
    pub const ALL: &[Self] = &[
        Self::Alphabetic,
        Self::AlphabeticLower,
        Self::AlphabeticUpper,
        Self::Numeric,
        Self::NumericHex,
        Self::Alphanumeric,
        Self::AlphanumericLower,
        Self::AlphanumericUpper,
        Self::Rfc3986,
        Self::Rfc3986Lower,
        Self::Rfc3986Upper,
        Self::Ascii,
    ];

    /// Returns the name, as in `authelia crypto rand --charset`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alphabetic => "alphabetic",
            Self::AlphabeticLower => "alphabetic-lower",
            Self::AlphabeticUpper => "alphabetic-upper",
            Self::Numeric => "numeric",
            Self::NumericHex => "numeric-hex",
            Self::Alphanumeric => "alphanumeric",
            Self::AlphanumericLower => "alphanumeric-lower",
            Self::AlphanumericUpper => "alphanumeric-upper",
            Self::Rfc3986 => "rfc3986",
            Self::Rfc3986Lower => "rfc3986-lower",
            Self::Rfc3986Upper => "rfc3986-upper",
            Self::Ascii => "ascii",
        }
    }

    /// Returns the characters, each once.
    #[must_use]
    pub fn characters(self) -> String {
        let parts: &[&str] = match self {
            Self::Alphabetic => &[LOWER, UPPER],
            Self::AlphabeticLower => &[LOWER],
            Self::AlphabeticUpper => &[UPPER],
            Self::Numeric => &[DIGITS],
            Self::NumericHex => &[DIGITS, "ABCDEF"],
            Self::Alphanumeric => &[LOWER, UPPER, DIGITS],
            Self::AlphanumericLower => &[LOWER, DIGITS],
            Self::AlphanumericUpper => &[UPPER, DIGITS],
            Self::Rfc3986 => &[LOWER, UPPER, DIGITS, UNRESERVED_MARKS],
            Self::Rfc3986Lower => &[LOWER, DIGITS, UNRESERVED_MARKS],
            Self::Rfc3986Upper => &[UPPER, DIGITS, UNRESERVED_MARKS],
            Self::Ascii => return ('!'..='~').collect(),
        };
        parts.concat()
    }
}

impl FromStr for Charset {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        by_name(Self::ALL.iter().copied(), Self::name, name)
    }
}

impl fmt::Display for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether a character is unreserved (RFC 3986 §2.3): safe in every encoding that a client id or
/// secret goes through.
#[must_use]
pub fn is_unreserved(character: char) -> bool {
    character.is_ascii_alphanumeric() || UNRESERVED_MARKS.contains(character)
}

/// The error of the system's random number generator.
///
/// It keeps the system's message as text, so that errors can be cloned and compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the system's random number generator failed: {0}")]
pub struct RandomError(String);

/// The error of parsing an alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AlphabetError {
    /// Fewer than two distinct characters.
    #[error("the alphabet has {0} distinct characters; at least 2 are needed")]
    TooFew(usize),
    /// A control character or a line break, which would end the line that the value is on.
    #[error("the alphabet contains the line break or control character U+{0:04X}")]
    Control(u32),
}

/// At least two distinct characters, from which random text is generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alphabet(Vec<char>);

impl Alphabet {
    /// Returns the characters that are unreserved (RFC 3986 §2.3), or `None` if fewer than two are.
    #[must_use]
    pub fn unreserved(&self) -> Option<Self> {
        let kept: Vec<char> = self.0.iter().copied().filter(|&c| is_unreserved(c)).collect();
        (kept.len() >= 2).then_some(Self(kept))
    }

    /// Returns the entropy of a text of `length` random characters, in bits.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
    pub fn entropy_bits(&self, length: usize) -> f64 {
        (self.0.len() as f64).log2() * length as f64
    }

    /// Generates a text of `length` characters, each equally likely, from the system's random generator.
    ///
    /// # Errors
    /// [`RandomError`] if the system's generator fails.
    pub fn random(&self, length: usize) -> Result<Zeroizing<String>, RandomError> {
        let widest = self.0.iter().map(|c| c.len_utf8()).max().unwrap_or(1);
        let mut text = Zeroizing::new(String::with_capacity(length * widest));
        let mut pool = Pool::new();
        for _ in 0..length {
            text.push(self.0[pool.below(self.0.len())?]);
        }
        Ok(text)
    }
}

impl From<Charset> for Alphabet {
    fn from(charset: Charset) -> Self {
        Self(charset.characters().chars().collect())
    }
}

/// Parses a list of characters, of which repeated ones count once.
impl FromStr for Alphabet {
    type Err = AlphabetError;

    fn from_str(text: &str) -> Result<Self, AlphabetError> {
        let mut characters = Vec::new();
        for c in text.chars() {
            if is_unwritable(c) {
                return Err(AlphabetError::Control(c.into()));
            }
            if !characters.contains(&c) {
                characters.push(c);
            }
        }
        if characters.len() < 2 {
            return Err(AlphabetError::TooFew(characters.len()));
        }
        Ok(Self(characters))
    }
}

/// Fills `bytes` from the system's random generator.
///
/// # Errors
/// [`RandomError`] if the system's generator fails.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), RandomError> {
    getrandom::fill(bytes).map_err(|error| RandomError(error.to_string()))
}

/// Random 32-bit words, fetched from the system 64 at a time.
struct Pool {
    bytes: Zeroizing<[u8; 256]>,
    used: usize,
}

impl Pool {
    fn new() -> Self {
        Self { bytes: Zeroizing::new([0; 256]), used: 256 }
    }

    fn word(&mut self) -> Result<u32, RandomError> {
        if self.used == self.bytes.len() {
            fill(&mut self.bytes[..])?;
            self.used = 0;
        }
        let mut word = [0; 4];
        word.copy_from_slice(&self.bytes[self.used..self.used + 4]);
        self.used += 4;
        Ok(u32::from_le_bytes(word))
    }

    /// Returns a number below `bound`, each equally likely.
    ///
    /// Words from the incomplete last multiple of `bound` below 2^32 are replaced by new ones:
    /// reducing them too would make the smaller numbers likelier.
    ///
    /// Why is this not simply `rand`'s `random_range`? `rand` samples only from generators that
    /// cannot fail, so a failure of the system's generator would be a panic instead of an error.
    /// Without its feature `unbiased` the result is only nearly uniform.
    fn below(&mut self, bound: usize) -> Result<usize, RandomError> {
        let bound = bound as u64;
        let complete = (1 << 32) / bound * bound;
        loop {
            let word = u64::from(self.word()?);
            if word < complete {
                #[allow(clippy::cast_possible_truncation, reason = "below a usize")]
                return Ok((word % bound) as usize);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charsets_have_the_documented_sizes_and_no_repeats() {
        let sizes = [52, 26, 26, 10, 16, 62, 36, 36, 66, 40, 40, 94];
        for (charset, size) in Charset::ALL.iter().copied().zip(sizes) {
            let characters = charset.characters();
            assert_eq!(characters.chars().count(), size, "{charset}");
            assert_eq!(characters.parse::<Alphabet>().unwrap(), charset.into(), "{charset}");
        }
    }

    #[test]
    fn repeated_characters_count_once() {
        let alphabet: Alphabet = "aabab".parse().unwrap();
        assert!((alphabet.entropy_bits(8) - 8.0).abs() < 1e-9);
        assert_eq!("aaa".parse::<Alphabet>(), Err(AlphabetError::TooFew(1)));
        assert_eq!("".parse::<Alphabet>(), Err(AlphabetError::TooFew(0)));
        for (text, character) in [("ab\n", 10), ("ab\u{2028}", 0x2028)] {
            assert_eq!(text.parse::<Alphabet>(), Err(AlphabetError::Control(character)));
        }
    }

    #[test]
    fn a_standard_secret_has_435_bits() {
        assert!((Alphabet::from(Charset::Rfc3986).entropy_bits(72) - 435.2).abs() < 0.1);
    }

    /// Pearson's chi-squared test at a false-alarm rate below 10^-9 for each alphabet.
    #[test]
    fn every_character_is_equally_likely() {
        for text in ["ab", "abc", "0123456789", &Charset::Rfc3986.characters(), "äß€🔑"] {
            let alphabet: Alphabet = text.parse().unwrap();
            let generated = alphabet.random(100_000).unwrap();
            let count = |c| generated.chars().filter(|&d| d == c).count();
            #[allow(clippy::cast_precision_loss)]
            let expected = 100_000.0 / alphabet.0.len() as f64;
            #[allow(clippy::cast_precision_loss)]
            let chi2: f64 =
                alphabet.0.iter().map(|&c| (count(c) as f64 - expected).powi(2) / expected).sum();
            #[allow(clippy::cast_precision_loss)]
            let freedom = (alphabet.0.len() - 1) as f64;
            assert!(chi2 < freedom + 9.0 * (2.0 * freedom).sqrt() + 25.0, "{text}: {chi2}");
            assert_eq!(generated.chars().count(), 100_000);
        }
    }

    #[test]
    fn a_word_of_the_incomplete_last_multiple_is_replaced() {
        let mut pool = Pool::new();
        pool.used = 0;
        // 2^32 = 3 * 1431655765 + 1: the word 2^32 - 1 is the only one refused.
        pool.bytes[..4].copy_from_slice(&u32::MAX.to_le_bytes());
        pool.bytes[4..8].copy_from_slice(&7_u32.to_le_bytes());
        assert_eq!(pool.below(3).unwrap(), 1);
        assert_eq!(pool.used, 8);
    }
}
