//! The usual damage to a digest's text on its way into a configuration, and its repair. The rest of
//! the text shows which program changed it.

use super::character::{self, is_blank, straight};
use super::encoding::{base64_decoded, hex_decoded};
use super::escape::{percent_decoded, without_entities};
use super::expand::Expander;
use super::foreign;
use super::surroundings::unquoted;
use unicode_normalization::UnicodeNormalization;

use crate::authelia::{authelia_variable, is_template, is_variable};
use crate::digest::{Digest, FORMATS};
use crate::error::{Field, ParseError, Problem};
use crate::finding::{Code, Finding};
use crate::provider::foreign::{Content, recognise};
use crate::provider::{self, Dialect};

/// The digest in a text, as far as it can be repaired.
pub(crate) struct Reading {
    /// The digest, after the repairs.
    pub(crate) digest: Option<Digest>,
    /// The damage; empty for a digest that Authelia accepts.
    pub(crate) findings: Vec<Finding>,
}

/// The undoing of one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repair {
    Trim,
    Unquote,
    Extract,
    DropLabel,
    HalveDollars,
    AddDollar,
    DropBackslashes,
    DropInvisible,
    Straighten,
    PercentDecode,
    DecodeEntities,
    LowerIdentifier,
    Base64Decode,
    HexDecode,
    Unpad,
    StandardAlphabet,
    DropIncomplete,
    Dialect,
}

impl Repair {
    const ALL: [Self; 18] = [
        Self::Trim,
        Self::Unquote,
        Self::HalveDollars,
        Self::AddDollar,
        Self::DropBackslashes,
        Self::DropInvisible,
        Self::Straighten,
        Self::PercentDecode,
        Self::DecodeEntities,
        Self::LowerIdentifier,
        Self::Unpad,
        Self::StandardAlphabet,
        Self::DropIncomplete,
        Self::Dialect,
        Self::Extract,
        Self::DropLabel,
        Self::Base64Decode,
        Self::HexDecode,
    ];

    /// Returns the text without the change; `None` if the text does not have it.
    fn apply(self, text: &str) -> Option<String> {
        let changed = match self {
            Self::Trim => text.trim().to_owned(),
            Self::Unquote => without_quotes(text)?.to_owned(),
            Self::DropLabel => unlabelled(text)?.to_owned(),
            Self::Extract => {
                let is_alone =
                    |digest: &&str| !is_wrapped(text, digest) && !is_prehashed(text, digest);
                found_within(text).filter(is_alone)?.to_owned()
            }
            Self::HalveDollars => text.replace("$$", "$"),
            Self::AddDollar => lost_dollar(text).then(|| format!("${text}"))?,
            // No digest contains a backslash.
            Self::DropBackslashes => text.replace('\\', ""),
            Self::DropInvisible => text.chars().filter(|c| !is_unseen(*c)).collect(),
            Self::Straighten => straight(&text.nfkc().collect::<String>()),
            Self::DecodeEntities => without_entities(text),
            Self::HexDecode => String::from_utf8(hex_decoded(text.as_bytes())?.to_vec()).ok()?,
            Self::PercentDecode => {
                String::from_utf8(percent_decoded(text.as_bytes())?.to_vec()).ok()?
            }
            Self::Base64Decode => {
                String::from_utf8(base64_decoded(text.as_bytes())?.to_vec()).ok()?
            }
            Self::LowerIdentifier => lower_identifier(text)?,
            Self::DropIncomplete => without_incomplete_byte(text)?.to_owned(),
            Self::Unpad if text.starts_with("$argon2") => unpadded(text),
            Self::StandardAlphabet if text.starts_with("$pbkdf2") => standard_alphabet(text)?,
            Self::Unpad | Self::StandardAlphabet => return None,
            Self::Dialect => match provider::read(text).ok()? {
                // The base64 of a whole digest has a fix of its own.
                (_, Dialect::Plain | Dialect::Phc | Dialect::Base64) => return None,
                (_, Dialect::Foreign(_)) if !is_of_other_software(text) => return None,
                (digest, _) => digest.to_string(),
            },
        };
        (changed != text).then_some(changed)
    }

    fn finding(self, text: &str) -> Finding {
        let (code, message, fix) = match self {
            Self::Trim => (
                Code::Space,
                "there is white space around the digest, which became part of the value",
                "remove it from the configuration",
            ),
            Self::Unquote => (
                Code::Quotes,
                "there are quotes around the digest, which became part of the value",
                "write one pair of quotes only, the configuration's own",
            ),
            Self::Extract | Self::DropLabel => return label(text),
            Self::DropInvisible => return unseen(text),
            Self::Straighten => (
                Code::Characters,
                "the digest has typographic or full-width characters, which a document put there",
                "copy the digest as plain text from its source",
            ),
            Self::DecodeEntities => (
                Code::Encoding,
                "the digest has HTML entities or escapes such as \\u0024 instead of its $",
                "write it in its original form, with its $",
            ),
            Self::HalveDollars => (
                Code::DoubledDollars,
                "each $ of the digest is doubled, as for Compose, but nothing halves them here",
                "write each $ once",
            ),
            Self::AddDollar => (
                Code::LostDollar,
                "the digest lacks its leading $, so Authelia reads it as a plaintext secret",
                "add the leading $",
            ),
            Self::DropBackslashes => (
                Code::Backslashes,
                "there are backslashes before the $ of the digest, written for a shell that did not \
                 process them",
                "remove the backslashes",
            ),
            Self::PercentDecode => (
                Code::FormEncoding,
                "the digest is percent-encoded",
                "write it in its original form, with its $",
            ),
            Self::LowerIdentifier => (
                Code::Case,
                "the digest's identifier is in upper case, which Authelia does not accept",
                "write it in lower case",
            ),
            Self::Base64Decode | Self::HexDecode => (
                Code::Encoding,
                if self == Self::HexDecode {
                    "the digest is encoded in hex"
                } else {
                    "the digest is encoded in base64"
                },
                "decode it; in a Kubernetes manifest use `stringData`, or encode once under `data`",
            ),
            Self::Unpad => (
                Code::OtherDialect,
                "the digest is written for another system: its base64 is padded with =, which \
                 Authelia refuses",
                "remove each = before a $ and at the end",
            ),
            Self::StandardAlphabet => (
                Code::OtherDialect,
                "the digest is written for another system: its salt and key are in base64url, which \
                 Authelia refuses",
                "write . for each - and / for each _ in the last two fields",
            ),
            // Not Code::KeyTruncated: Authelia does not start with such a digest.
            Self::DropIncomplete => (
                Code::Malformed,
                "the digest was truncated: the last character of its key is only a part of a byte",
                "copy the whole digest again, or make a new one with `oidc-secret hash`",
            ),
            Self::Dialect => return dialect(text),
        };
        Finding::new(code, message.to_owned(), fix)
    }
}

/// Reads a digest, and if that fails undoes up to three changes.
pub(crate) fn read(text: &str) -> Reading {
    if let Some(reading) = of_software(text) {
        return reading;
    }
    let as_it_is = text.parse::<Digest>().ok();
    let read_as_it_is = |digest: Digest| {
        let findings = crate::inspect::rejected_by_authelia(text, &digest).into_iter().collect();
        Reading { digest: Some(digest), findings }
    };
    let is_unwrapped = |digest: &Digest| text.starts_with('$') && is_whole(digest);
    if let Some(digest) = as_it_is.clone().filter(is_unwrapped) {
        return read_as_it_is(digest);
    }
    if found_within(text).is_none()
        && let Some(finding) = placeholder(text, "digest")
    {
        return Reading { digest: None, findings: vec![finding] };
    }
    let repaired = (1..=3).find_map(|steps| repaired(text, steps));
    repaired.or_else(|| as_it_is.map(read_as_it_is)).unwrap_or_else(|| {
        let finding = expanded(text).unwrap_or_else(|| malformed(text));
        Reading { digest: None, findings: vec![finding] }
    })
}

/// Reads a digest of other software. One that a plaintext secret may look like is left out: the audit
/// would report such secrets as digests.
fn of_software(text: &str) -> Option<Reading> {
    let read = recognise(text).filter(|foreign| foreign.is_marked)?;
    let digest = match read.content {
        Content::Digests(digests) => digests.into_iter().next(),
        Content::Proof(_) | Content::Opaque => None,
    };
    let finding = match &digest {
        Some(digest) => foreign::rewritable(text, digest, Dialect::Foreign(read.software), true),
        None => foreign::not_rewritable(read.software),
    };
    Some(Reading { digest, findings: vec![finding] })
}

/// Whether a text is a digest of other software, not a plaintext secret. Its text may be one of our
/// formats too, with another key.
pub(crate) fn is_of_other_software(text: &str) -> bool {
    recognise(text).is_some_and(|foreign| foreign.is_marked)
}

/// Whether the salt and the key are well-formed, for formats whose parser accepts any text there.
fn is_whole(digest: &Digest) -> bool {
    let fields = digest.fields();
    let Some(characters) = fields.key_characters() else {
        return true;
    };
    let is_crypt = |byte: &u8| byte.is_ascii_alphanumeric() || b"./".contains(byte);
    let has_text_salt = digest.algorithm().format().name != "bcrypt"
        && digest.algorithm().format().name != "bcrypt-sha256";
    fields.key().len() == characters
        && fields.key().iter().all(is_crypt)
        && (!has_text_salt || fields.salt().iter().all(u8::is_ascii_graphic))
}

/// Returns the digest after this number of repairs, with a finding for each.
fn repaired(text: &str, steps: usize) -> Option<Reading> {
    Repair::ALL.iter().find_map(|repair| {
        let changed = repair.apply(text)?;
        let finding = repair.finding(text);
        if steps > 1 {
            let mut reading = repaired(&changed, steps - 1)?;
            reading.findings.insert(0, finding);
            return Some(reading);
        }
        // A digest of other software needs another step, even if its text can be read as one of ours.
        let is_ours = changed.starts_with('$') && !is_of_other_software(&changed);
        let digest = changed.parse::<Digest>().ok().filter(|_| is_ours)?;
        if !is_whole(&digest) {
            return None;
        }
        Some(Reading { digest: Some(digest), findings: vec![finding] })
    })
}

/// Returns the text inside quotes of any kind, even if they are on one side only.
fn without_quotes(text: &str) -> Option<&str> {
    let is_quote = |c: char| "\"'`\u{201c}\u{201d}\u{201e}\u{2018}\u{2019}\u{ab}\u{bb}".contains(c);
    let is_blank_or_quote = |c: char| is_blank(c) || is_quote(c);
    let inside = text.trim_matches(is_blank_or_quote);
    let around = text.trim_matches(is_blank);
    (around.starts_with(is_quote) || around.ends_with(is_quote)).then_some(inside)
}

/// Whether a character is invisible or a gap.
fn is_unseen(character: char) -> bool {
    is_blank(character) || character.is_control()
}

/// Returns the finding on the first invisible character.
fn unseen(text: &str) -> Finding {
    let found = text.chars().enumerate().find(|(_, character)| is_unseen(*character));
    let what = found.map_or_else(String::new, |(index, character)| {
        let (name, number) = (character::name(character), u32::from(character));
        format!("the digest has {name} (U+{number:04X}) at position {}", index + 1)
    });
    Finding::new(Code::Characters, what, "copy the digest as one line of plain text")
}

/// Returns a digest within a text, up to the next character that no digest contains.
fn found_within(text: &str) -> Option<&str> {
    let identifiers = FORMATS.iter().flat_map(|format| format.identifiers);
    let start = identifiers.filter_map(|name| text.find(&format!("${name}$"))).min()?;
    let digest = &text[start..];
    let is_foreign = |c: char| !c.is_ascii_alphanumeric() && !"$./+=,-_".contains(c);
    let end = digest.find(is_foreign);
    Some(digest[..end.unwrap_or(digest.len())].trim_end_matches(','))
}

/// Returns the text after `Digest: ` or `NAME=`.
fn unlabelled(text: &str) -> Option<&str> {
    let is_name = |name: &str| {
        let name = name.trim_matches(is_blank);
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let variable = text.split_once('=').filter(|(name, _)| is_name(name));
    Some(variable.or(text.split_once(": "))?.1)
}

/// Whether the text before a digest is an LDAP scheme: then it belongs to the digest. Other software
/// has schemes that no system here reads, such as Spring's `{bcrypt}`.
fn is_wrapped(text: &str, digest: &str) -> bool {
    let before = text.split(digest).next().unwrap_or_default().trim_matches(is_blank);
    provider::read(text.trim_matches(is_blank)).is_ok()
        && before.starts_with('{')
        && before.find('}') == Some(before.len() - 1)
}

/// Whether the text before a digest marks it as one of a hash of the secret. Alone, such a digest matches
/// no secret.
fn is_prehashed(text: &str, digest: &str) -> bool {
    let before = text.split(digest).next().unwrap_or_default().trim_end_matches('$');
    before.ends_with("wp") || before.ends_with("bcrypt_sha256")
}

/// Returns the finding on other text around a digest.
fn label(text: &str) -> Finding {
    let digest = found_within(text).or_else(|| unlabelled(text));
    let before = digest.and_then(|digest| text.split(digest).next()).unwrap_or_default();
    let what = if before.trim_matches(is_blank).is_empty() {
        "there is text after the digest, which became part of the value"
    } else if before.trim_start().starts_with("Digest:") {
        "the label `Digest:` was copied with the digest"
    } else {
        "there is text before the digest, which became part of the value"
    };
    let fix = "copy only the digest, from its first $ on";
    Finding::new(Code::Label, what.to_owned(), fix)
}

fn dialect(text: &str) -> Finding {
    match provider::read(text) {
        Ok((digest, dialect)) => foreign::rewritable(text, &digest, dialect, true),
        // Never reached: the repair has read the same text.
        Err(_) => malformed(text),
    }
}

fn lost_dollar(text: &str) -> bool {
    FORMATS
        .iter()
        .flat_map(|format| format.identifiers)
        .any(|identifier| text.strip_prefix(identifier).is_some_and(|rest| rest.starts_with('$')))
}

fn lower_identifier(text: &str) -> Option<String> {
    let (identifier, rest) = text.strip_prefix('$')?.split_once('$')?;
    Some(format!("${}${rest}", identifier.to_ascii_lowercase()))
}

/// Returns a digest whose salt and key are not padded.
fn unpadded(text: &str) -> String {
    let fields: Vec<_> = text.split('$').map(|field| field.trim_end_matches('=')).collect();
    fields.join("$")
}

/// Returns a digest of PBKDF2 whose salt and key are in its own alphabet instead of base64url.
fn standard_alphabet(text: &str) -> Option<String> {
    let (head, key) = text.rsplit_once('$')?;
    let (head, salt) = head.rsplit_once('$')?;
    let adapted = |field: &str| field.trim_end_matches('=').replace('-', ".").replace('_', "/");
    Some(format!("{head}${}${}", adapted(salt), adapted(key)))
}

/// Returns a truncated digest of PBKDF2 without the character that a truncation within a byte left at
/// its end. The rest of the key is the beginning of the whole one, and still proves the secret.
fn without_incomplete_byte(text: &str) -> Option<&str> {
    /// 16 bytes in base64: a shorter key proves little.
    const SHORTEST: usize = 22;
    let [_, name, _, _, key] = text.split('$').collect::<Vec<_>>()[..] else { return None };
    let is_incomplete = name.starts_with("pbkdf2") && key.len() % 4 == 1 && key.len() > SHORTEST;
    text.get(..text.len() - 1).filter(|_| is_incomplete)
}

/// Returns a finding on a placeholder.
pub(super) fn placeholder(text: &str, what: &str) -> Option<Finding> {
    let text = text.trim_matches(is_blank);
    let text = unquoted(text).unwrap_or(text);
    let is_name = |name: &str| {
        let mut bytes = name.bytes();
        bytes.next().is_some_and(|b| b.is_ascii_uppercase() || b == b'_')
            && bytes.all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    let within = |open: &str, close: &str| {
        text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).is_some()
    };
    if let Some(name) = authelia_variable(text) {
        let message = format!(
            "the {what} is the name {name}, but values in a list cannot come from Authelia's variables"
        );
        let fix = "write the digest itself, or a template that reads it from a file";
        return Some(Finding::new(Code::Placeholder, message, fix));
    }
    let filler = if is_template(text) {
        "a template ({{ … }})"
    } else if is_variable(text) {
        "a variable (${…})"
    } else if text.strip_prefix('$').is_some_and(is_name) {
        "a variable ($NAME)"
    } else if within("$(", ")") {
        "a command ($(…))"
    } else if within("{env.", "}") || within("%env(", ")%") || text.starts_with("$env:") {
        "a variable ({env.…}, %env(…)% or $env:…)"
    } else if within("<", ">")
        && text.chars().all(|c| c.is_alphanumeric() || "<> _-.:,/".contains(c))
    {
        "a placeholder (<…>)"
    } else if within("__", "__") && is_name(text) {
        "a placeholder (__NAME__)"
    } else if text.len() > 2 && within("%", "%") && is_name(&text[1..text.len() - 1]) {
        "a variable (%NAME%)"
    } else if is_masked(text) {
        "a mask or a word instead of a value"
    } else {
        return path(text, what);
    };
    let message = format!("the {what} is {filler} that was not replaced");
    let fix = "write the value itself, or have the placeholder replaced by the program that reads the file";
    Some(Finding::new(Code::Placeholder, message, fix))
}

/// Whether a text only marks the place of a secret, or masks one.
fn is_masked(text: &str) -> bool {
    const WORDS: [&str; 10] = [
        "changeme",
        "replaceme",
        "redacted",
        "hidden",
        "masked",
        "null",
        "undefined",
        "yoursecret",
        "yourclientsecret",
        "clientsecrethere",
    ];
    let is_letter = |c: &char| c.is_ascii_alphanumeric();
    let word: String = text.chars().filter(is_letter).map(|c| c.to_ascii_lowercase()).collect();
    let is_mask = text.len() > 2 && text.chars().all(|c| "*•●".contains(c));
    is_mask || WORDS.contains(&&*word)
}

/// Returns a finding on the path of a file instead of its contents.
fn path(text: &str, what: &str) -> Option<Finding> {
    const FOLDERS: [&str; 10] = [
        "/run/",
        "/etc/",
        "/var/",
        "/config/",
        "/secrets/",
        "/home/",
        "/opt/",
        "/mnt/",
        "/data/",
        "./",
    ];
    let name = text.strip_prefix("file:").map_or(text, |path| path.trim_start_matches("//"));
    let is_path = name != text || FOLDERS.iter().any(|folder| name.starts_with(folder));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    (is_path && name.chars().all(is_plain)).then(|| {
        let message = format!("the {what} is the path of a file, not its contents");
        let fix = "write the file's contents, or use the setting that takes a path (often a variable that \
                   ends in _FILE)";
        Finding::new(Code::Placeholder, message, fix)
    })
}

/// Returns the finding on a digest whose `$` fields were expanded.
fn expanded(text: &str) -> Option<Finding> {
    let text = unlabelled(text).unwrap_or(text).trim_matches(is_blank);
    let by = expanders(without_quotes(text).unwrap_or(text))?;
    let (message, fix) = match by {
        [Expander::Shell] => (
            "a shell, or Go's expansion as in Authelia's expand-env filter, replaced the $ fields of \
             the digest: $pbkdf2, $3 and so on are unset variables",
            "put the digest between single quotes; for Authelia, do not use the expand-env filter",
        ),
        [Expander::Compose] => (
            "Compose or envsubst replaced the $ fields of the digest that begin with a letter",
            "double every $ in a Compose file, or keep the digest in a file that is not expanded",
        ),
        [Expander::Make] => (
            "make replaced each $ of the digest and the character after it",
            "double every $ in a Makefile, or keep the digest in a file",
        ),
        _ => (
            "something that expands variables (a shell, Compose, envsubst or Authelia's expand-env \
             filter) replaced the $ fields of the digest",
            "put the digest between single quotes, double every $ in a Compose file, and do not \
             use the expand-env filter",
        ),
    };
    Some(Finding::new(Code::Expanded, message.to_owned(), fix))
}

/// Whether a text is the rest of an expanded digest, and too unusual to be a secret by chance.
pub(super) fn is_expanded_digest(text: &str) -> bool {
    let has = |part: &str| text.contains(part);
    let is_special = text.starts_with("-sha") || has(",t=") || has(",r=") || has("rounds=");
    let is_special = is_special || text.starts_with('=') && has("$");
    is_special && expanded(text).is_some()
}

const EITHER: &[Expander] = &[Expander::Shell, Expander::Compose];

/// Returns the programs that turn a digest into a text like this.
fn expanders(text: &str) -> Option<&'static [Expander]> {
    const SHELL: &[Expander] = &[Expander::Shell];
    const COMPOSE: &[Expander] = &[Expander::Compose];
    // $pbkdf2-sha512$3…, $argon2id$v=19$m=65536…, $scrypt$ln=16… and $6$rounds=50000$…
    if !text.contains('$')
        && ["bkdf2-sha", "rgon2", "cryptn=", "crypt-sha256=", "ounds="]
            .iter()
            .any(|s| text.starts_with(s))
    {
        return Some(&[Expander::Make]);
    }
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    // $pbkdf2-sha512$310000$…: the name of the hash function is not part of the variable.
    for hash in ["-sha512", "-sha384", "-sha256", "-sha224", "-sha1"] {
        let Some(rest) = text.strip_prefix(hash) else { continue };
        return Some(match rest.strip_prefix('$') {
            Some(rest) if digits(rest) > 0 => COMPOSE,
            _ if digits(rest) > 0 => SHELL,
            _ => EITHER,
        });
    }
    if text.starts_with("-sha256=2,t=") || text.starts_with("-sha256=2,r=") {
        return Some(EITHER);
    }
    // $argon2id$v=19$m=65536,t=3,p=4$…, $scrypt$ln=16,r=8,p=1$… and $6$rounds=50000$…
    let assignment = text.trim_start_matches(|c: char| c != '=');
    let is_argon2 =
        text.starts_with('=') && assignment.contains(",t=") && assignment.contains(",p=");
    let is_scrypt =
        text.starts_with('=') && assignment.contains(",r=") && assignment.contains(",p=");
    if is_argon2 || is_scrypt {
        return Some(EITHER);
    }
    if text.strip_prefix('=').is_some_and(|rest| digits(rest) > 2) {
        return Some(SHELL);
    }
    if ["$5=", "$6="].iter().any(|start| text.starts_with(start)) {
        return Some(COMPOSE);
    }
    bcrypt_expanders(text).or_else(|| half_expanded(text).then_some(COMPOSE))
}

/// `$2b$12$SALTKEY`: a shell leaves `b2` and a part of the last field, Compose `$2b$12` and that.
fn bcrypt_expanders(text: &str) -> Option<&'static [Expander]> {
    const FIELD: usize = 53;
    let is_base64 = |text: &str| {
        text.len() <= FIELD && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"./".contains(&b))
    };
    for version in ["a", "b", "x", "y"] {
        let Some(rest) = text.strip_prefix(version) else { continue };
        let mut characters = rest.chars();
        let is_cost = characters.next().is_some_and(|c| c.is_ascii_digit());
        let left = characters.as_str();
        if is_cost && is_base64(left) && left.contains(['.', '/']) {
            return Some(&[Expander::Shell]);
        }
    }
    let rest = text.strip_prefix("$2").and_then(|rest| rest.get(1..))?.strip_prefix('$')?;
    let left = rest.get(2..)?;
    let is_cost = rest.bytes().take(2).all(|byte| byte.is_ascii_digit());
    let is_left = left.is_empty() || left.starts_with(['.', '/']) && is_base64(left);
    (is_cost && is_left).then_some(&[Expander::Compose])
}

/// Whether the fields that begin with a letter are missing, and only those.
fn half_expanded(text: &str) -> bool {
    /// A salt of 16 bytes, in characters of base64.
    const USUAL_SALT: usize = 22;
    let is_missing = matches!(
        text.parse::<Digest>(),
        Err(ParseError::MissingField { .. } | ParseError::Field { .. })
    );
    let fields: Vec<&str> = text.split('$').skip(1).collect();
    let is_fewer = text.starts_with('$') && fields.len() < 4;
    // A field that the program would have expanded must be absent.
    let is_expanded =
        fields.iter().skip(1).all(|field| !field.starts_with(|c: char| c.is_ascii_alphabetic()));
    // The last field contains the rest of the expanded ones; otherwise the text was truncated instead.
    let last = fields.last().copied().unwrap_or_default();
    let is_number = |field: &str| field.bytes().all(|byte| byte.is_ascii_digit());
    let is_glued = if fields.len() < 3 { !is_number(last) } else { last.len() > USUAL_SALT };
    let is_numbered =
        fields.get(1).is_some_and(|field| field.starts_with(|c: char| c.is_ascii_digit()));
    is_missing && is_fewer && is_expanded && is_numbered && is_glued
}

fn malformed(text: &str) -> Finding {
    let error = text.parse::<Digest>().err();
    let reason = error.as_ref().map(ToString::to_string).unwrap_or_default();
    let finding = Finding::new(
        Code::Malformed,
        format!("the digest cannot be read: {reason}"),
        "copy it again, or make a new one with `oidc-secret hash`",
    );
    let mark = error.and_then(|error| Some((text.to_owned(), position(text, &error)?)));
    Finding { mark, ..finding }
}

/// Returns the position of the invalid character in the text, counted from 0: the key is the last
/// field, and the salt the one before.
fn position(text: &str, error: &ParseError) -> Option<usize> {
    let ParseError::Field { field, problem: Problem::Character { position, .. } } = error else {
        return None;
    };
    let from_end = match field {
        Field::Key => 1,
        Field::Salt => 2,
        _ => return None,
    };
    let fields: Vec<&str> = text.split('$').collect();
    let before = fields.len().checked_sub(from_end)?;
    let start: usize = fields[..before].iter().map(|field| field.chars().count() + 1).sum();
    Some(start + position - 1)
}
