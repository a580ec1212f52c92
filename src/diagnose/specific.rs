//! Changes that leave a mark in the given secret, or need one there: quotes, a `$`, an escape.

use unicode_normalization::UnicodeNormalization;

use super::character::straight;
use super::encoding::{
    base64_decoded, from_base64_twice, from_utf16, hex_decoded, padded, standard_base64,
    url_safe_base64,
};
use super::escape::{
    from_json_string, html, json, percent_decoded, small_escapes, with_unicode_escapes,
    without_backslashes, without_entities,
};
use super::expand::{Expander, without_variables};
use super::step::{EDITOR, NEW_DIGEST, PLAIN, Step, bytes, on_text, part, step};
use super::surroundings::{
    from_basic_header, from_json_object, half_unquoted, labelled, unquoted, with_gitlab_prefix,
    without_colours, without_gaps, without_line_end, without_prefix,
};
use crate::finding::Code;
use crate::urlencoding;

const WITHOUT: &str = "the digest was made without it";
const ONCE: &str = "the application holds it encoded once more than the digest was made from";
const ONE_SIDE: &str = "it is form-encoded on the application's side only";
const PARSER: &str = "they were written for a shell or a parser that did not process them";
const LEFT: &str = "the digest was made from the rest of the secret";
const FORMS: &str = "the two have the same letters in different Unicode forms";
const DECODE: &str = "decode it for the application; in a Kubernetes manifest use `stringData`, or encode once under `data`";
const UNRESERVED: &str =
    "use a secret of A-Z a-z 0-9 - . _ ~, which no encoding changes: `oidc-secret new`";
const SINGLE_QUOTES: &str =
    "put the secret between single quotes (in Compose, double each $) and make the digest again";
const ASCII: &str = "use a secret of ASCII characters: `oidc-secret new`";
const PADDING: &str = "write the same = at the end on both sides: make the digest again from the application's secret";
const ALPHABET: &str = "one side has base64 for URLs, with - and _ for + and /";
const HTML: &str = "the digest was made from the secret as the source of a page has it";
const JSON: &str = "the digest was made from the secret as a JSON file has it";

/// The steps, the likeliest first.
pub(super) static SPECIFIC: [Step; 54] = [
    step(
        Code::LineEnd,
        true,
        "removing one trailing newline",
        WITHOUT,
        "write the application's secret file with `printf %s`",
        |s| Some(bytes(without_line_end(s)?)),
    ),
    step(
        Code::LineEnd,
        true,
        "removing the line ends around it",
        WITHOUT,
        "write the application's secret file with `printf %s`",
        |s| on_text(s, |s| Some(s.trim_matches(['\r', '\n']).to_owned())),
    ),
    step(
        Code::Space,
        true,
        "removing the space around it",
        WITHOUT,
        "remove it from the application's secret",
        |s| on_text(s, |s| Some(s.trim().to_owned())),
    ),
    step(
        Code::Quotes,
        true,
        "removing the quotes around it",
        "they became part of the application's secret",
        "remove the quotes from the application's secret",
        |s| on_text(s, |s| unquoted(s).map(ToOwned::to_owned)),
    ),
    step(Code::Encoding, true, "decoding it from base64", ONCE, DECODE, base64_decoded),
    step(Code::FormEncoding, true, "form-decoding it", ONE_SIDE, UNRESERVED, |s| {
        percent_decoded(&on_text(s, |s| Some(s.replace('+', " ")))?)
    }),
    step(
        Code::DoubledDollars,
        true,
        "writing $ for each $$",
        "they were doubled for Compose where nothing halves them",
        "write each $ once in the application's secret",
        |s| on_text(s, |s| Some(s.replace("$$", "$"))),
    ),
    step(
        Code::Label,
        true,
        "removing the label before it and the text around it",
        "its label was copied with it",
        "remove the label from the application's secret",
        |s| on_text(s, labelled),
    ),
    step(
        Code::Label,
        true,
        "taking what follows the label in line 1",
        "the output of a program was stored whole, and its label was copied with it",
        "give the application only the secret in line 1, without its label",
        |s| on_text(s, |s| labelled(s.trim_start().split_once('\n')?.0)),
    ),
    step(
        Code::Label,
        true,
        "removing the comment after it",
        "a comment in its file was read as part of it",
        "remove the comment, or put it on a separate line",
        |s| on_text(s, |s| Some(s.split_once(" #")?.0.trim_end().to_owned())),
    ),
    step(
        Code::Characters,
        true,
        "replacing non-breaking spaces, zero-width characters and typographic quotes",
        EDITOR,
        PLAIN,
        |s| on_text(s, |s| Some(straight(s))),
    ),
    step(
        Code::Backslashes,
        true,
        "removing its backslashes",
        PARSER,
        "remove them from the application's secret",
        |s| on_text(s, |s| Some(without_backslashes(s))),
    ),
    step(
        Code::Quotes,
        false,
        "removing the quote at its end or its beginning",
        "half of a pair was copied with it",
        "remove the quote from the application's secret",
        |s| on_text(s, |s| half_unquoted(s).map(ToOwned::to_owned)),
    ),
    step(
        Code::Backslashes,
        false,
        "reading its backslashes as JSON does",
        PARSER,
        "remove them from the application's secret",
        |s| on_text(s, from_json_string),
    ),
    step(
        Code::Label,
        false,
        "extracting it from the JSON around it",
        "the complete output of a program or a file was used as the secret",
        "give the application only the value of the key",
        |s| on_text(s, from_json_object),
    ),
    step(
        Code::Encoding,
        false,
        "reading it as an Authorization header",
        "the header of client_secret_basic was used as the secret",
        "give the application only the secret, and let it make the header",
        |s| on_text(s, from_basic_header),
    ),
    step(
        Code::Label,
        false,
        "removing its prefix",
        "the digest was made from the rest of the secret",
        "make the digest again from the whole secret: `oidc-secret hash --raw --secret-file FILE`",
        |s| on_text(s, without_prefix),
    ),
    step(
        Code::Label,
        false,
        "adding the prefix gloas-",
        "a secret of GitLab begins with it, and it was not copied",
        "give the application the whole secret, with its prefix",
        |s| on_text(s, with_gitlab_prefix),
    ),
    step(
        Code::Quotes,
        true,
        "writing ' for each ''",
        "they were doubled for YAML or SQL that did not process them",
        "write each ' once in the application's secret",
        |s| on_text(s, |s| Some(s.replace("''", "'"))),
    ),
    step(
        Code::Characters,
        true,
        "removing the colours of a terminal",
        "a program wrote colours into a file or a pipe, and they became part of the secret",
        "make the secret again with the program's colours switched off",
        |s| on_text(s, |s| Some(without_colours(s))),
    ),
    step(
        Code::Padding,
        true,
        "removing the = at its end",
        "the digest was made without this padding of base64",
        PADDING,
        |s| on_text(s, |s| Some(s.trim_end_matches('=').to_owned())),
    ),
    step(
        Code::Padding,
        true,
        "adding the = that base64 has at its end",
        "the padding of base64 is missing in the application's secret",
        "give the application the secret with each = at its end, between quotes",
        |s| on_text(s, padded),
    ),
    step(
        Code::Padding,
        false,
        "removing the last = at its end",
        "the digest was made without the last = of its padding",
        PADDING,
        |s| part(s, |s| s.strip_suffix('=')),
    ),
    step(
        Code::Base64Alphabet,
        true,
        "writing + and / for its - and _",
        ALPHABET,
        NEW_DIGEST,
        |s| on_text(s, standard_base64),
    ),
    step(
        Code::Base64Alphabet,
        true,
        "writing - and _ for its + and /",
        ALPHABET,
        NEW_DIGEST,
        |s| on_text(s, url_safe_base64),
    ),
    step(
        Code::Encoding,
        true,
        "decoding its HTML entities",
        "it was copied from the source of a page",
        "copy the secret as it is shown, or from its source",
        |s| on_text(s, |s| Some(without_entities(s))),
    ),
    step(
        Code::Space,
        false,
        "removing the white space within it",
        "it was wrapped into lines where it was copied from",
        "write the application's secret without it",
        |s| on_text(s, without_gaps),
    ),
    step(
        Code::IncompleteSecret,
        true,
        "taking its first line only",
        "the digest was made from the first line",
        "give the application the first line only",
        |s| part(s, |s| Some(s.lines().next()?.trim_end_matches('\r'))),
    ),
    step(
        Code::Encoding,
        true,
        "decoding it twice from base64",
        "it is encoded twice for the application",
        DECODE,
        |s| from_base64_twice(std::str::from_utf8(s).ok()?),
    ),
    step(
        Code::Expanded,
        false,
        "replacing its $ fields as a shell between double quotes does",
        LEFT,
        SINGLE_QUOTES,
        |s| on_text(s, |s| Some(without_variables(s, Expander::Shell))),
    ),
    step(
        Code::Expanded,
        false,
        "replacing its $ fields as Compose does",
        LEFT,
        SINGLE_QUOTES,
        |s| on_text(s, |s| Some(without_variables(s, Expander::Compose))),
    ),
    step(
        Code::Expanded,
        false,
        "replacing its $ fields as make does",
        LEFT,
        "double each $ in a Makefile, and make the digest again",
        |s| on_text(s, |s| Some(without_variables(s, Expander::Make))),
    ),
    step(Code::FormEncoding, false, "decoding its %XX", ONE_SIDE, UNRESERVED, percent_decoded),
    step(Code::FormEncoding, false, "replacing each + by a space", ONE_SIDE, UNRESERVED, |s| {
        on_text(s, |s| Some(s.replace('+', " ")))
    }),
    step(Code::UnicodeForm, false, "composing its characters (NFC)", FORMS, ASCII, |s| {
        on_text(s, |s| Some(s.nfc().collect()))
    }),
    step(Code::UnicodeForm, false, "decomposing its characters (NFD)", FORMS, ASCII, |s| {
        on_text(s, |s| Some(s.nfd().collect()))
    }),
    step(
        Code::UnicodeForm,
        false,
        "replacing its characters by their usual ones (NFKC)",
        FORMS,
        ASCII,
        |s| on_text(s, |s| Some(s.nfkc().collect())),
    ),
    step(Code::Encoding, true, "decoding it from hex", ONCE, DECODE, hex_decoded),
    step(
        Code::FormEncoding,
        true,
        "form-encoding it",
        "the digest was made from the form-encoded secret",
        NEW_DIGEST,
        |s| on_text(s, |s| Some(urlencoding::encode(s).to_string())),
    ),
    step(
        Code::FormEncoding,
        false,
        "percent-encoding it",
        "the digest was made from the percent-encoded secret",
        NEW_DIGEST,
        |s| on_text(s, |s| Some(urlencoding::encode(s).replace('+', "%20"))),
    ),
    step(
        Code::FormEncoding,
        false,
        "percent-encoding it with lower-case letters",
        "the digest was made from the percent-encoded secret",
        NEW_DIGEST,
        |s| on_text(s, |s| Some(small_escapes(&urlencoding::encode(s).replace('+', "%20")))),
    ),
    step(
        Code::DoubledDollars,
        false,
        "writing $$ for each $",
        "the digest was made from the secret with doubled $",
        NEW_DIGEST,
        |s| on_text(s, |s| Some(s.replace('$', "$$"))),
    ),
    step(
        Code::FormEncoding,
        false,
        "replacing each space by a +",
        "the application's secret was form-decoded but never encoded",
        UNRESERVED,
        |s| on_text(s, |s| Some(s.replace(' ', "+"))),
    ),
    step(
        Code::Encoding,
        false,
        "decoding it from UTF-16",
        "it was written to a file by a program that writes UTF-16",
        "save the application's secret file as UTF-8, without a byte order mark",
        from_utf16,
    ),
    step(
        Code::Label,
        true,
        "removing the punctuation around it",
        "the text around the secret was copied with it",
        "remove it from the application's secret",
        |s| {
            on_text(s, |s| {
                Some(s.trim().trim_matches(['*', '_', ',', ';', '<', '>', '(', ')']).to_owned())
            })
        },
    ),
    step(Code::Encoding, false, "escaping it for HTML", HTML, NEW_DIGEST, |s| {
        on_text(s, |s| Some(html(s, Some(("&quot;", "&#x27;")))))
    }),
    step(
        Code::Encoding,
        false,
        "escaping it for HTML, with &#34; and &#39; for quotes",
        HTML,
        NEW_DIGEST,
        |s| on_text(s, |s| Some(html(s, Some(("&#34;", "&#39;"))))),
    ),
    step(
        Code::Encoding,
        false,
        "escaping it for HTML, with &quot; and &#039; for quotes",
        HTML,
        NEW_DIGEST,
        |s| on_text(s, |s| Some(html(s, Some(("&quot;", "&#039;"))))),
    ),
    step(Code::Encoding, false, "escaping it for HTML, except for quotes", HTML, NEW_DIGEST, |s| {
        on_text(s, |s| Some(html(s, None)))
    }),
    step(Code::Backslashes, false, "escaping it as JSON", JSON, NEW_DIGEST, |s| on_text(s, json)),
    step(
        Code::Backslashes,
        false,
        "escaping it as JSON, with \\u0026, \\u003c and \\u003e as Go writes them",
        JSON,
        NEW_DIGEST,
        |s| on_text(s, |s| Some(with_unicode_escapes(&json(s)?, |c| "<>&".contains(c)))),
    ),
    step(
        Code::Backslashes,
        false,
        "escaping it as JSON, with \\u before all that is not ASCII",
        JSON,
        NEW_DIGEST,
        |s| on_text(s, |s| Some(with_unicode_escapes(&json(s)?, |c| !c.is_ascii()))),
    ),
    step(
        Code::Backslashes,
        false,
        "escaping it as JSON, with \\/ for each /",
        JSON,
        NEW_DIGEST,
        |s| on_text(s, |s| Some(json(s)?.replace('/', "\\/"))),
    ),
    step(
        Code::Backslashes,
        false,
        "writing it as a JSON string, with its quotes",
        JSON,
        NEW_DIGEST,
        |s| {
            // Without an escape, these are only quotes around it.
            let escaped = |s: &str| json(s).filter(|escaped| escaped != s);
            on_text(s, |s| Some(format!("\"{}\"", escaped(s)?)))
        },
    ),
];
