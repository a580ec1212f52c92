//! What happens to a secret between the two places that it is copied to, undone or done again.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD as PADDED};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::expand::{self, Expander};
use crate::finding::{Code, Finding};
use crate::form;

type Bytes = Zeroizing<Vec<u8>>;

/// One change of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    DropLineEnd,
    Trim,
    AddLineFeed,
    AddCarriageReturn,
    AddSpace,
    Unquote,
    QuoteDouble,
    QuoteSingle,
    DropLabel,
    Straighten,
    AddByteOrderMark,
    Compose,
    Decompose,
    ComposeCompatibly,
    FormDecode,
    PercentDecode,
    PlusToSpace,
    FormEncode,
    PercentEncode,
    Base64Decode,
    Base64Encode,
    Base64EncodeLine,
    HexDecode,
    HexEncode,
    HalveDollars,
    DoubleDollars,
    DropBackslashes,
    ExpandAsShell,
    ExpandAsCompose,
}

/// What is to be done about a change: by whom the secret was changed.
struct Account {
    /// The change, after "matches after".
    words: &'static str,
    /// What that tells.
    tells: &'static str,
    fix: &'static str,
    code: Code,
}

/// On the provider's side: the digest was made from something else.
const NEW_DIGEST: &str =
    "make the digest again from the secret alone: `printf %s SECRET | oidc-secret hash`";

impl Step {
    /// The steps, the likeliest first.
    pub(super) const ALL: [Self; 29] = [
        Self::DropLineEnd,
        Self::Trim,
        Self::AddLineFeed,
        Self::Unquote,
        Self::Base64Decode,
        Self::FormDecode,
        Self::HalveDollars,
        Self::DropLabel,
        Self::Straighten,
        Self::DropBackslashes,
        Self::ExpandAsShell,
        Self::ExpandAsCompose,
        Self::PercentDecode,
        Self::PlusToSpace,
        Self::Compose,
        Self::Decompose,
        Self::ComposeCompatibly,
        Self::HexDecode,
        Self::FormEncode,
        Self::Base64Encode,
        Self::Base64EncodeLine,
        Self::AddCarriageReturn,
        Self::QuoteDouble,
        Self::QuoteSingle,
        Self::AddSpace,
        Self::PercentEncode,
        Self::DoubleDollars,
        Self::HexEncode,
        Self::AddByteOrderMark,
    ];

    /// Those that happen together with others.
    pub(super) const LIKELY: [Self; 13] = [
        Self::DropLineEnd,
        Self::Trim,
        Self::Unquote,
        Self::Base64Decode,
        Self::FormDecode,
        Self::DropLabel,
        Self::Straighten,
        Self::HalveDollars,
        Self::DropBackslashes,
        Self::AddLineFeed,
        Self::HexDecode,
        Self::Base64Encode,
        Self::FormEncode,
    ];

    /// The changed secret; `None` where there is nothing to change.
    pub(super) fn apply(self, secret: &[u8]) -> Option<Bytes> {
        let changed = match self {
            Self::DropLineEnd => bytes(without_line_end(secret)?),
            Self::AddLineFeed => joined(&[secret, b"\n"]),
            Self::AddCarriageReturn => joined(&[secret, b"\r\n"]),
            Self::AddSpace => joined(&[secret, b" "]),
            Self::QuoteDouble => joined(&[b"\"", secret, b"\""]),
            Self::QuoteSingle => joined(&[b"'", secret, b"'"]),
            Self::AddByteOrderMark => joined(&["\u{feff}".as_bytes(), secret]),
            Self::Base64Encode => text(PADDED.encode(secret)),
            Self::Base64EncodeLine => text(PADDED.encode(&*joined(&[secret, b"\n"]))),
            Self::HexEncode => text(hex(secret)),
            _ => self.apply_to_text(std::str::from_utf8(secret).ok()?)?,
        };
        (!changed.is_empty() && *changed != secret).then_some(changed)
    }

    fn apply_to_text(self, secret: &str) -> Option<Bytes> {
        Some(match self {
            Self::Trim => bytes(secret.trim_matches(is_blank).as_bytes()),
            Self::Unquote => bytes(unquoted(secret)?.as_bytes()),
            Self::DropLabel => bytes(without_label(secret)?.as_bytes()),
            Self::Straighten => text(straight(secret)),
            Self::Compose => text(secret.nfc().collect()),
            Self::Decompose => text(secret.nfd().collect()),
            Self::ComposeCompatibly => text(secret.nfkc().collect()),
            Self::FormDecode => form::decode(&secret.replace('+', " "))?,
            Self::PercentDecode => form::decode(secret)?,
            Self::PlusToSpace => text(secret.replace('+', " ")),
            Self::FormEncode => bytes(form::encode(secret).as_bytes()),
            Self::PercentEncode => text(form::encode(secret).replace('+', "%20")),
            Self::Base64Decode => from_base64(secret)?,
            Self::HexDecode => from_hex(secret)?,
            Self::HalveDollars => text(secret.replace("$$", "$")),
            Self::DoubleDollars => text(secret.replace('$', "$$")),
            Self::DropBackslashes => text(without_backslashes(secret)),
            Self::ExpandAsShell => text(expand::without_variables(secret, Expander::Shell)),
            Self::ExpandAsCompose => text(expand::without_variables(secret, Expander::Compose)),
            _ => return None,
        })
    }

    /// What to say if the change makes the secret match.
    fn account(self) -> Account {
        let of = |words, tells, fix, code| Account { words, tells, fix, code };
        match self {
            Self::DropLineEnd => of(
                "removing one trailing newline",
                "the digest was made without it",
                "write the application's secret file with `printf %s`",
                Code::LineEnd,
            ),
            Self::Trim => of(
                "removing the space around it",
                "the digest was made without it",
                "remove it from the application's secret",
                Code::Space,
            ),
            Self::AddLineFeed | Self::AddCarriageReturn => of(
                if self == Self::AddLineFeed {
                    "adding a newline"
                } else {
                    "adding a carriage return and a newline"
                },
                "the digest was made from the secret and a line end, as `echo` or an editor writes",
                NEW_DIGEST,
                Code::LineEnd,
            ),
            Self::AddSpace => of(
                "adding a space",
                "the digest was made from the secret and a space",
                NEW_DIGEST,
                Code::Space,
            ),
            Self::Unquote => of(
                "removing the quotes around it",
                "they became part of the application's secret",
                "remove the quotes from the application's secret",
                Code::Quotes,
            ),
            Self::QuoteDouble | Self::QuoteSingle => of(
                if self == Self::QuoteDouble {
                    "adding double quotes"
                } else {
                    "adding single quotes"
                },
                "the digest was made from the secret with quotes around it",
                NEW_DIGEST,
                Code::Quotes,
            ),
            Self::DropLabel => of(
                "removing the label in front of it",
                "what names the secret was copied along with it",
                "remove the label from the application's secret",
                Code::Label,
            ),
            _ => self.account_of_encoding(),
        }
    }

    fn account_of_encoding(self) -> Account {
        let of = |words, tells, fix, code| Account { words, tells, fix, code };
        match self {
            Self::Straighten | Self::AddByteOrderMark => of(
                if self == Self::Straighten {
                    "replacing non-breaking spaces, zero-width characters and typographic quotes"
                } else {
                    "adding a byte order mark"
                },
                "a document or an editor changed the characters of one of the two",
                "copy the secret from where it was made, as plain text",
                Code::Characters,
            ),
            Self::Compose | Self::Decompose | Self::ComposeCompatibly => of(
                match self {
                    Self::Compose => "composing its characters (NFC)",
                    Self::Decompose => "decomposing its characters (NFD)",
                    _ => "replacing its characters by their usual ones (NFKC)",
                },
                "the two have the same letters in different Unicode forms",
                "use a secret of ASCII characters: `oidc-secret new`",
                Code::UnicodeForm,
            ),
            Self::FormDecode | Self::PercentDecode | Self::PlusToSpace => of(
                match self {
                    Self::FormDecode => "form-decoding it",
                    Self::PercentDecode => "decoding its %XX",
                    _ => "taking each + for a space",
                },
                "it is form-encoded on the application's side only",
                "use a secret of A-Z a-z 0-9 - . _ ~, which no encoding changes: `oidc-secret new`",
                Code::FormEncoding,
            ),
            Self::FormEncode | Self::PercentEncode => of(
                if self == Self::FormEncode { "form-encoding it" } else { "percent-encoding it" },
                "the digest was made from the form-encoded secret",
                NEW_DIGEST,
                Code::FormEncoding,
            ),
            Self::Base64Decode | Self::HexDecode => of(
                if self == Self::Base64Decode {
                    "decoding it from base64"
                } else {
                    "decoding it from hex"
                },
                "the application holds it encoded once more than the digest was made from",
                "decode it for the application; in a Kubernetes manifest use `stringData`, or encode \
                 once under `data`",
                Code::Encoding,
            ),
            Self::Base64Encode | Self::Base64EncodeLine | Self::HexEncode => of(
                match self {
                    Self::Base64Encode => "encoding it in base64",
                    Self::Base64EncodeLine => "adding a newline and encoding it in base64",
                    _ => "encoding it in hex",
                },
                "the digest was made from the encoded secret",
                NEW_DIGEST,
                Code::Encoding,
            ),
            Self::HalveDollars => of(
                "writing $ for each $$",
                "they were doubled for Compose where nothing halves them",
                "write each $ once in the application's secret",
                Code::DoubledDollars,
            ),
            Self::DoubleDollars => of(
                "writing $$ for each $",
                "the digest was made from the secret with doubled $",
                NEW_DIGEST,
                Code::DoubledDollars,
            ),
            Self::DropBackslashes => of(
                "removing its backslashes",
                "they were meant for a shell or a parser, which did not see them",
                "remove them from the application's secret",
                Code::Backslashes,
            ),
            _ => of(
                if self == Self::ExpandAsShell {
                    "replacing its $ fields as a shell between double quotes does"
                } else {
                    "replacing its $ fields as Compose does"
                },
                "the digest was made from what was left of the secret",
                "put the secret between single quotes (in Compose, double each $) and make the digest \
                 again",
                Code::Expanded,
            ),
        }
    }
}

/// The words for a few steps one after the other: what was done, what it tells, what to do.
pub(super) fn account(steps: &[Step]) -> Finding {
    let accounts: Vec<_> = steps.iter().map(|step| step.account()).collect();
    let words: Vec<_> = accounts.iter().map(|account| account.words).collect();
    let [first, ..] = &accounts[..] else {
        return Finding::new(Code::NothingMatches, String::new(), NEW_DIGEST);
    };
    let message = format!("the secret matches after {}: {}", words.join(" and then "), first.tells);
    Finding::new(first.code, message, first.fix)
}

fn bytes(bytes: &[u8]) -> Bytes {
    Zeroizing::new(bytes.to_vec())
}

fn text(text: String) -> Bytes {
    Zeroizing::new(text.into_bytes())
}

fn joined(parts: &[&[u8]]) -> Bytes {
    Zeroizing::new(parts.concat())
}

fn without_line_end(secret: &[u8]) -> Option<&[u8]> {
    secret.strip_suffix(b"\r\n").or(secret.strip_suffix(b"\n")).or(secret.strip_suffix(b"\r"))
}

/// White space, and what is as invisible.
pub(super) fn is_blank(character: char) -> bool {
    character.is_whitespace() || is_zero_width(character)
}

fn is_zero_width(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// What stands between a pair of quotes, plain or typographic.
pub(super) fn unquoted(text: &str) -> Option<&str> {
    const PAIRS: [(char, char); 7] = [
        ('"', '"'),
        ('\'', '\''),
        ('`', '`'),
        ('\u{201c}', '\u{201d}'),
        ('\u{2018}', '\u{2019}'),
        ('\u{201e}', '\u{201c}'),
        ('\u{ab}', '\u{bb}'),
    ];
    PAIRS.iter().find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close))
}

/// What stands behind `Client secret: ` or `CLIENT_SECRET=`.
fn without_label(text: &str) -> Option<&str> {
    if let Some((label, rest)) = text.rsplit_once(": ") {
        let is_label = label.chars().all(|c| c.is_alphanumeric() || " _-".contains(c));
        return is_label.then_some(rest);
    }
    let (name, value) = text.split_once('=')?;
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || "_- ".contains(c));
    let is_padding = value.trim_end_matches('=').is_empty();
    (is_name && !name.is_empty() && !is_padding).then_some(value)
}

/// With the characters that a keyboard gives: spaces, quotes and hyphens, and nothing invisible.
fn straight(text: &str) -> String {
    let straight = |character| match character {
        _ if is_zero_width(character) => None,
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(' '),
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{2032}' => Some('\''),
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2033}' => Some('"'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        other => Some(other),
    };
    text.chars().filter_map(straight).collect()
}

/// Base64 of either alphabet, with padding or without, and with line breaks.
fn from_base64(text: &str) -> Option<Bytes> {
    /// Shorter text is too often base64 by chance.
    const SHORTEST: usize = 4;
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let compact: Zeroizing<String> =
        Zeroizing::new(text.chars().filter(|c| !c.is_ascii_whitespace()).collect());
    let url_safe = compact.contains(['-', '_']);
    let alphabet = if url_safe { &URL_SAFE } else { &STANDARD };
    let decoded = GeneralPurpose::new(alphabet, config).decode(compact.as_bytes()).ok()?;
    (compact.len() >= SHORTEST).then(|| Zeroizing::new(decoded))
}

fn hex(bytes: &[u8]) -> String {
    let digit = |bits: u8| char::from_digit(bits.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn from_hex(text: &str) -> Option<Bytes> {
    let digits: Option<Vec<u32>> = text.trim().chars().map(|c| c.to_digit(16)).collect();
    let digits = Zeroizing::new(digits?);
    let pair = |pair: &[u32]| u8::try_from(pair[0] << 4 | pair[1]).ok();
    let is_whole = digits.len() % 2 == 0 && !digits.is_empty();
    is_whole.then(|| digits.chunks(2).map(pair).collect::<Option<Vec<u8>>>())?.map(Zeroizing::new)
}

/// What a shell leaves of `\$` or `\\`.
fn without_backslashes(text: &str) -> String {
    let mut characters = text.chars();
    let mut plain = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.push(characters.next().unwrap_or('\\')),
            other => plain.push(other),
        }
    }
    plain
}
