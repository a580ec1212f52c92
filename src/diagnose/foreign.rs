//! Digests and tokens of other software that no system here reads.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::finding::{Code, Finding};

/// Beginnings of texts that no other software writes, and the name of the software or the format.
const BEGINNINGS: [(&str, &str); 20] = [
    ("$P$", "WordPress (phpass)"),
    ("$H$", "phpBB (phpass)"),
    ("$gy$", "crypt(3) (gost-yescrypt)"),
    ("$8$", "Cisco IOS (type 8)"),
    ("$9$", "Cisco IOS (type 9)"),
    ("$7$101$", "Mosquitto"),
    ("$7$", "crypt(3) (scrypt)"),
    ("grub.pbkdf2.", "GRUB"),
    ("SCRAM-SHA-256$", "PostgreSQL (SCRAM)"),
    ("@ByteArray(", "qBittorrent"),
    ("entropy:", "macOS"),
    ("pbkdf2:", "Werkzeug"),
    ("scrypt:", "Werkzeug"),
    ("{PBKDF2}$", "Dovecot"),
    ("{pbkdf2", "Spring Security"),
    ("{scrypt", "Spring Security"),
    ("{noop}", "Spring Security (the plaintext secret)"),
    ("{NT}", "Windows (NT hash)"),
    ("{SSHA", "an LDAP directory (salted SHA)"),
    ("{SHA", "an LDAP directory (SHA)"),
];

/// Returns the finding on a text of other software, which cannot be rewritten: the algorithm is another
/// one, or its parameters are not in the text.
pub(super) fn finding(text: &str) -> Option<Finding> {
    let text = text.trim();
    if is_token(text) {
        return Some(Finding::new(
            Code::Malformed,
            "this is a JSON Web Token, not a digest".to_owned(),
            "write the digest of the client's secret, made with `oidc-secret hash`",
        ));
    }
    let name = beginning(text).or_else(|| shape(text))?;
    let message = format!(
        "the digest is written for another system: it has the form of {name}, which cannot be \
         rewritten for Authelia"
    );
    let fix = "make a new digest from the secret with `oidc-secret hash`";
    Some(Finding::new(Code::OtherDialect, message, fix))
}

fn beginning(text: &str) -> Option<&'static str> {
    BEGINNINGS.iter().find(|(start, _)| text.starts_with(start)).map(|(_, name)| *name)
}

/// Tells a text without a mark of its own by its length and alphabet.
fn shape(text: &str) -> Option<&'static str> {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if text.contains("\"secretData\"") && text.contains("argon2") {
        return Some("Keycloak with Argon2");
    }
    if text.strip_prefix('*').is_some_and(|rest| rest.len() == 40 && is_hex(rest)) {
        return Some("MySQL");
    }
    if is_hex(text) {
        return of_hex_digits(text.len());
    }
    if let Some((salt, key)) = text.split_once(':')
        && is_hex(salt)
        && is_hex(key)
        && salt.len() >= 16
        && key.len() >= 64
    {
        return Some("a salt and a key in hex, without parameters");
    }
    of_bytes(&STANDARD.decode(text).ok()?)
}

fn of_hex_digits(length: usize) -> Option<&'static str> {
    Some(match length {
        32 => "MD5 in hex",
        40 => "SHA-1 in hex",
        64 => "SHA-256 in hex",
        100 => "Grafana",
        128 => "SHA-512 in hex",
        _ => return None,
    })
}

/// Tells bytes that are in base64.
fn of_bytes(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0, ..] if bytes.len() == 49 => Some("ASP.NET Identity (version 2)"),
        [1, 0, 0, 0, 0..=2, ..] if bytes.len() >= 45 => Some("ASP.NET Core Identity (version 3)"),
        _ if bytes.len() == 32 => Some("SHA-256 in base64, as in IdentityServer"),
        _ if bytes.len() == 64 && bytes.iter().all(u8::is_ascii_hexdigit) => {
            Some("SHA-256 in hex, encoded in base64")
        }
        _ if bytes.len() == 64 => Some("SHA-512 in base64, as in IdentityServer"),
        _ => None,
    }
}

/// Whether a text is a JSON Web Token: a header in JSON, a payload and a signature.
fn is_token(text: &str) -> bool {
    text.starts_with("eyJ") && text.matches('.').count() == 2 && !text.contains([' ', '$'])
}

/// Returns the finding on a digest of PBKDF2 whose key is in hex: its characters are valid base64, so
/// that it is read as another key.
pub(super) fn hex_key(text: &str) -> Option<Finding> {
    let [_, name, _, _, key] = text.trim().split('$').collect::<Vec<_>>()[..] else { return None };
    let is_hex = key.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let bytes = match name {
        "pbkdf2-sha512" => 64,
        "pbkdf2-sha256" => 32,
        _ => return None,
    };
    (is_hex && key.len() == 2 * bytes).then(|| {
        let message = "the digest is written for another system: its key is in hex, as GitLab and \
                       Devise write it, while Authelia reads base64";
        let fix = "make a new digest from the secret with `oidc-secret hash`";
        Finding::new(Code::OtherDialect, message.to_owned(), fix)
    })
}
