//! Changes that almost any secret may have gone through.

use zeroize::Zeroizing;

use super::encoding::ByteOrder::{Big, Little};
use super::encoding::{
    ByteOrder, Bytes, MIME_LINE, PEM_LINE, base64, base64_in_lines, base64_twice, base64url, hex,
    utf16, wrapped,
};
use super::step::{EDITOR, NEW_DIGEST, PLAIN, Step, joined, on_text, part, step, text};
use crate::finding::Code;

const LINE: &str =
    "the digest was made from the secret and a line end, which `echo` and editors write";
const ENCODED: &str = "the digest was made from the encoded secret";
const QUOTED: &str = "the digest was made from the secret with quotes around it";
const PARTIAL: &str = "the digest was made from a part of the secret";
const UTF16: &str = "the digest was made from UTF-16, in which Windows and .NET keep text";
const WRAPPED: &str =
    "the digest was made from the secret in lines, as `openssl` and `base64` write it";
const WHOLE: &str = "give the application the whole secret";

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The steps, the likeliest first.
pub(super) static GENERAL: [Step; 30] = [
    step(Code::LineEnd, true, "adding a newline", LINE, NEW_DIGEST, |s| Some(joined(&[s, b"\n"]))),
    step(Code::Encoding, true, "encoding it in base64", ENCODED, NEW_DIGEST, |s| Some(base64(s))),
    step(Code::LineEnd, false, "adding a carriage return and a newline", LINE, NEW_DIGEST, |s| {
        Some(joined(&[s, b"\r\n"]))
    }),
    step(Code::IncompleteSecret, false, "removing its last character", PARTIAL, NEW_DIGEST, |s| {
        part(s, |s| s.get(..s.char_indices().last()?.0))
    }),
    step(Code::IncompleteSecret, false, "removing its first character", PARTIAL, NEW_DIGEST, |s| {
        part(s, |s| s.get(s.chars().next()?.len_utf8()..))
    }),
    step(
        Code::IncompleteSecret,
        false,
        "doubling its last character",
        "the last character is missing in the application's secret, which ends with it twice",
        WHOLE,
        |s| on_text(s, |s| Some(format!("{s}{}", s.chars().last()?))),
    ),
    step(
        Code::IncompleteSecret,
        false,
        "doubling its first character",
        "the first character is missing in the application's secret, which begins with it twice",
        WHOLE,
        |s| on_text(s, |s| Some(format!("{}{s}", s.chars().next()?))),
    ),
    step(Code::Quotes, false, "adding double quotes", QUOTED, NEW_DIGEST, |s| {
        Some(joined(&[b"\"", s, b"\""]))
    }),
    step(Code::Quotes, false, "adding single quotes", QUOTED, NEW_DIGEST, |s| {
        Some(joined(&[b"'", s, b"'"]))
    }),
    step(
        Code::Space,
        false,
        "adding a space",
        "the digest was made from the secret and a space",
        NEW_DIGEST,
        |s| Some(joined(&[s, b" "])),
    ),
    step(Code::Encoding, false, "encoding it in hex", ENCODED, NEW_DIGEST, |s| Some(text(hex(s)))),
    step(
        Code::Encoding,
        false,
        "adding a newline and encoding it in base64",
        ENCODED,
        NEW_DIGEST,
        |s| Some(base64(&joined(&[s, b"\n"]))),
    ),
    step(
        Code::Encoding,
        false,
        "encoding it in base64 with lines of 76 characters",
        ENCODED,
        NEW_DIGEST,
        |s| base64_in_lines(s, MIME_LINE),
    ),
    step(
        Code::Encoding,
        false,
        "encoding it in base64 with lines of 64 characters",
        ENCODED,
        NEW_DIGEST,
        |s| base64_in_lines(s, PEM_LINE),
    ),
    step(Code::LineEnd, false, "wrapping it at 64 characters", WRAPPED, NEW_DIGEST, |s| {
        wrapped(s, PEM_LINE)
    }),
    step(
        Code::LineEnd,
        false,
        "wrapping it at 64 characters, with a newline at its end",
        WRAPPED,
        NEW_DIGEST,
        |s| Some(joined(&[&wrapped(s, PEM_LINE)?, b"\n"])),
    ),
    step(Code::LineEnd, false, "wrapping it at 76 characters", WRAPPED, NEW_DIGEST, |s| {
        wrapped(s, MIME_LINE)
    }),
    step(
        Code::LineEnd,
        false,
        "wrapping it at 76 characters, with a newline at its end",
        WRAPPED,
        NEW_DIGEST,
        |s| Some(joined(&[&wrapped(s, MIME_LINE)?, b"\n"])),
    ),
    step(
        Code::Characters,
        false,
        "adding a byte order mark at the beginning",
        EDITOR,
        PLAIN,
        |s| Some(joined(&["\u{feff}".as_bytes(), s])),
    ),
    step(
        Code::Characters,
        false,
        "adding a byte order mark at the beginning, and a carriage return and a newline at the end",
        "an editor of Windows wrote the file that the digest was made from",
        NEW_DIGEST,
        |s| Some(joined(&[BYTE_ORDER_MARK, s, b"\r\n"])),
    ),
    step(Code::Encoding, false, "encoding it in UTF-16 (little-endian)", UTF16, NEW_DIGEST, |s| {
        in_utf16(s, "", Little, "")
    }),
    step(
        Code::Encoding,
        false,
        "encoding it in UTF-16 (little-endian) with a byte order mark",
        UTF16,
        NEW_DIGEST,
        |s| in_utf16(s, "\u{feff}", Little, ""),
    ),
    step(
        Code::Encoding,
        false,
        "encoding it in UTF-16 (little-endian) with a byte order mark, a carriage return and a newline",
        UTF16,
        NEW_DIGEST,
        |s| in_utf16(s, "\u{feff}", Little, "\r\n"),
    ),
    step(Code::Encoding, false, "encoding it in UTF-16 (big-endian)", UTF16, NEW_DIGEST, |s| {
        in_utf16(s, "", Big, "")
    }),
    step(
        Code::Encoding,
        false,
        "encoding it in UTF-16 (big-endian) with a byte order mark",
        UTF16,
        NEW_DIGEST,
        |s| in_utf16(s, "\u{feff}", Big, ""),
    ),
    step(Code::Encoding, false, "encoding it in base64 for URLs", ENCODED, NEW_DIGEST, |s| {
        Some(base64url(s))
    }),
    step(Code::Encoding, false, "encoding it in upper-case hex", ENCODED, NEW_DIGEST, |s| {
        Some(text(hex(s).to_uppercase()))
    }),
    step(Code::Encoding, false, "encoding it twice in base64", ENCODED, NEW_DIGEST, |s| {
        Some(base64(&base64(s)))
    }),
    step(
        Code::Encoding,
        false,
        "encoding it twice in base64, with a newline in between",
        ENCODED,
        NEW_DIGEST,
        |s| Some(base64_twice(s)),
    ),
    step(
        Code::Encoding,
        false,
        "adding a newline and encoding it twice in base64, with a newline in between",
        ENCODED,
        NEW_DIGEST,
        |s| Some(base64_twice(&joined(&[s, b"\n"]))),
    ),
];

/// Encodes a text in UTF-16, with more text before and after it.
fn in_utf16(secret: &[u8], before: &str, order: ByteOrder, after: &str) -> Option<Bytes> {
    let secret = std::str::from_utf8(secret).ok()?;
    Some(utf16(&Zeroizing::new([before, secret, after].concat()), order))
}
