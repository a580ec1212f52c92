//! Parsing a digest: the identifier chooses the format, which parses the rest.

use std::borrow::Cow;
use std::str::FromStr;

use super::error::{Field, ParseError};
use super::formats::{Digest, Format, known_identifiers};
use super::go_syntax::empty;

impl FromStr for Digest {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        parse(text)
    }
}

fn parse(text: &str) -> Result<Digest, ParseError> {
    if text.is_empty() {
        return Err(ParseError::Empty);
    }
    let unwrapped = without_scheme(text);
    let Some(rest) = unwrapped.strip_prefix('$') else {
        return Err(ParseError::NoLeadingDollar);
    };
    // go-crypt looks for this identifier before it removes a scheme.
    if rest.starts_with("md5,") && unwrapped != text {
        return Err(unknown_identifier());
    }
    let fields: Vec<&str> = rest.split('$').collect();
    let (identifier, fields) = (fields[0], &fields[1..]);
    match Format::of_identifier(identifier) {
        Some(format) => (format.parse)(identifier, fields),
        None => Err(unknown(identifier, fields)),
    }
}

/// Removes the LDAP schemes that go-crypt removes, in its order, each at most once:
/// `{CRYPT}`, `{ARGON2}`, and `{PBKDF2…}` where a number and `$` follow and no line feed.
fn without_scheme(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix("{CRYPT}").unwrap_or(text);
    let text = text.strip_prefix("{ARGON2}").unwrap_or(text);
    let scheme = text.strip_prefix('{').and_then(|rest| rest.split_once('}'));
    let Some((scheme, rest)) = scheme.filter(|(scheme, _)| scheme.starts_with("PBKDF2")) else {
        return text.into();
    };
    let iterations = rest.split('$').next().unwrap_or_default();
    let numbered = !iterations.is_empty() && iterations.bytes().all(|b| b.is_ascii_digit());
    if numbered && iterations.len() < rest.len() && !rest.contains('\n') {
        format!("${}${rest}", scheme.to_ascii_lowercase()).into()
    } else {
        text.into()
    }
}

/// Returns the error for an unknown identifier.
fn unknown(identifier: &str, fields: &[&str]) -> ParseError {
    /// Shorter numbers are identifiers that others have; longer ones are iterations.
    const SHORTEST_ITERATIONS: usize = 3;
    let is_number = identifier.bytes().all(|b| b.is_ascii_digit());
    match identifier {
        "" => empty(Field::Identifier),
        _ if is_number && identifier.len() >= SHORTEST_ITERATIONS && !fields.is_empty() => {
            ParseError::MissingField { form: "$IDENTIFIER$…", field: Field::Identifier }
        }
        _ => unknown_identifier(),
    }
}

/// Returns the error for an identifier that no format has.
fn unknown_identifier() -> ParseError {
    ParseError::UnknownIdentifier { known: known_identifiers() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::FORMATS;
    use crate::digest::error::Field::{Identifier, Iterations, Key, Parameters, Salt, Version};
    use proptest::prelude::*;

    const SALT: &str = "c8p78n7pUMln0jzvd4aK4Q";
    const KEY: &str =
        "JNRBzwAo0ek5qKn50cFzzvE9RXV88h1wJn5KGiHrD0YKtZaR/nCb2CJPOsKaPK0hjf.9yHxzQGZziziccp6Yng";

    #[test]
    fn a_missing_field_is_named() {
        let missing = |text: &str| match parse(text) {
            Err(ParseError::MissingField { field, .. }) => field,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(missing(&format!("$310000${SALT}${KEY}")), Identifier);
        assert_eq!(missing(&format!("$pbkdf2-sha512${SALT}${KEY}")), Iterations);
        assert_eq!(missing(&format!("$pbkdf2-sha512$310000${KEY}")), Salt);
        assert_eq!(missing(&format!("$pbkdf2-sha512$310000${SALT}")), Key);
        assert_eq!(missing(&format!("$pbkdf2-sha512$i=310000,l=64${SALT}")), Key);
        assert_eq!(missing("$pbkdf2-sha512"), Iterations);
        assert_eq!(missing("$pbkdf2-sha512$"), Iterations);
        assert_eq!(missing("$pbkdf2-sha512$310000"), Salt);

        let (salt, key) = ("D+aISAJ4lET8vbRHs4eP8A", "hxU6gloNNiPCsDfNWna83gElJRcouTV/+wfEMVR+X7o");
        assert_eq!(missing(&format!("$argon2id$m=64,t=2,p=1${salt}${key}")), Version);
        assert_eq!(missing(&format!("$argon2id$v=19${salt}${key}")), Parameters);
        assert_eq!(missing(&format!("$argon2id$v=19$m=64,t=2,p=1${key}")), Salt);
        assert_eq!(missing(&format!("$argon2id$v=19$m=64,t=2,p=1${salt}")), Key);
        assert_eq!(missing("$argon2id"), Version);
        assert_eq!(missing("$argon2id$v=19"), Parameters);
        assert_eq!(missing("$argon2id$v=19$m=64,t=2,p=1"), Salt);
    }

    #[test]
    fn the_examples_are_canonical_digests_of_the_same_secret() {
        let secret = "insecure_secret".to_owned().into();
        for format in FORMATS {
            let digest: Digest = format.example.parse().unwrap();
            assert!(format.algorithms.contains(&digest.algorithm()), "{}", format.name);
            assert_eq!(digest.to_string(), format.example);
            let verdict = crate::verify(&secret, &digest, &crate::Limits::default());
            assert_eq!(verdict, Ok(crate::Verdict::Match), "{}", format.name);
        }
    }

    #[test]
    fn messages_never_quote_the_text() {
        for text in ["hunter2", "$hunter2", "$hunter2$x$y$z", "$pbkdf2-sha512$hunter2$a$b"] {
            let message = parse(text).unwrap_err().to_string();
            assert!(!message.contains("hunter2"), "{message}");
        }
    }

    fn text(pattern: &'static str) -> impl Strategy<Value = String> {
        proptest::string::string_regex(pattern).unwrap()
    }

    /// Returns the text of a digest in any format.
    fn written() -> impl Strategy<Value = String> {
        let base64 = || text("[A-Za-z0-9]{4}([A-Za-z0-9]{4}){0,20}");
        let [crypt_salt, crypt_key] = [text("[./0-9A-Za-z]{0,16}"), text("[./0-9A-Za-z]{1,86}")];
        let salts = (base64(), crypt_salt, text("[./A-Za-z0-9]{21}[.Oeu]"));
        let keys = (base64(), crypt_key, text("[./A-Za-z0-9]{31}"));
        (0..14, 1_u32..1 << 20, 1_u32..31, salts, keys).prop_map(|(format, n, log, salts, keys)| {
            let ((salt, salt64, bsalt), (key, key64, bkey)) = (salts, keys);
            let cost = log.max(4);
            match format {
                0 => format!("$pbkdf2-sha384${n}${salt}${key}"),
                1 => format!("$pbkdf2-sha1$i={n},l={}${salt}${key}", key.len() / 4 * 3),
                2 => format!("$argon2d$v=19$m={n},t={log},p=3${salt}${key}"),
                3 => format!("$2y${cost:02}${bsalt}{bkey}"),
                4 => format!("$bcrypt-sha256$v=2,t=2a,r={cost}${bsalt}${bkey}"),
                5 => format!("$scrypt$ln={log},r={log},p={n}${salt}${key}"),
                6 => format!("$y$j{}T${salt64}$...{key}", &bkey[..1]),
                7 => format!("$5$rounds={n}${salt64}${key64}"),
                8 => format!("$6${salt64}${key64}"),
                9 => format!("$plaintext${salt}${key}"),
                10 => format!("$base64${key}"),
                11 => format!("$apr1${salt64}${key64}"),
                12 => format!("$md5,rounds={n}${salt64}$${key64}"),
                _ => format!("$sha1${n}${salt64}${key64}"),
            }
        })
    }

    proptest! {
        #[test]
        fn a_printed_digest_parses_back(text in written()) {
            // A generated yescrypt key may have stray bits, and its setting may be invalid.
            if let Ok(digest) = parse(&text) {
                let printed = digest.to_string();
                prop_assert_eq!(parse(&printed), Ok(digest));
                prop_assert_eq!(printed.replacen("$pbkdf2$", "$pbkdf2-sha1$", 1), text);
            } else {
                prop_assert!(text.starts_with("$y$"), "{}", text);
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in any::<String>()) {
            let _ = parse(&text);
            for format in FORMATS {
                let _ = parse(&format!("${}${text}", format.identifiers[0]));
            }
        }

        #[test]
        fn no_mutation_makes_the_parser_panic(text in written(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut bytes = text.into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(digest) = parse(&String::from_utf8_lossy(&bytes)) {
                let printed = digest.to_string();
                prop_assert_eq!(parse(&printed).map(|again| again.to_string()), Ok(printed));
            }
        }
    }
}
