//! Forms of scrypt, all of which can be converted.

use super::content::Content;
use super::encoding::{
    count, crypt_number, fields, from_base64, from_cisco_base64, from_crypt_base64, from_hex,
};
use crate::digest::Digest;
use crate::digest::scrypt::{Cost, Scrypt};

/// The shortest key of all forms. A shorter one is a truncated text.
const SHORTEST_KEY: usize = 16;

fn content(
    log_n: u32,
    block_size: u32,
    parallelism: u32,
    salt: &[u8],
    key: &[u8],
) -> Option<Content> {
    let digest = Scrypt::new(Cost { log_n, block_size, parallelism }, salt.to_vec(), key.to_vec());
    // Printed and parsed again, because the parser checks the bounds of the parameters.
    let digest: Digest = Digest::Scrypt(digest).to_string().parse().ok()?;
    (key.len() >= SHORTEST_KEY).then(|| Content::digest(digest))
}

/// Returns the binary logarithm of a decimal power of two.
fn log2(text: &str) -> Option<u32> {
    count(text).filter(|number| number.is_power_of_two()).map(u32::ilog2)
}

/// `scrypt:32768:8:1$SALT$KEY`: the salt's text, the key in hex (`werkzeug/security.py`).
pub(super) fn werkzeug(text: &str) -> Option<Content> {
    let [costs, salt, key] = fields(text.strip_prefix("scrypt:")?)?;
    let [n, r, p] = costs.split(':').collect::<Vec<_>>().try_into().ok()?;
    content(log2(n)?, count(r)?, count(p)?, salt.as_bytes(), &from_hex(key)?)
}

/// `scrypt$16384$SALT$8$1$KEY`: the salt's text, the key in padded base64
/// (`django/contrib/auth/hashers.py`).
pub(super) fn django(text: &str) -> Option<Content> {
    let [n, salt, r, p, key] = fields(text.strip_prefix("scrypt$")?)?;
    content(log2(n)?, count(r)?, count(p)?, salt.as_bytes(), &from_base64(key)?)
}

/// `$9$SALT$KEY`: N 16,384, r 1, p 1, 14 characters of salt that are hashed as text (hashcat, mode
/// 9300).
pub(super) fn cisco(text: &str) -> Option<Content> {
    let [salt, key] = fields(text.strip_prefix("$9$")?)?;
    let key = from_cisco_base64(key).filter(|key| salt.len() == 14 && key.len() == 32)?;
    content(14, 1, 1, salt.as_bytes(), &key)
}

/// `$7$CU..../....SALT$KEY`: one character for the logarithm of N, five for r and five for p, then the
/// salt's text (libxcrypt, `crypt(5)`).
pub(super) fn crypt(text: &str) -> Option<Content> {
    let [setting, key] = fields(text.strip_prefix("$7$")?)?;
    let (log_n, rest) = setting.split_at_checked(1)?;
    let (r, rest) = rest.split_at_checked(5)?;
    let (p, salt) = rest.split_at_checked(5)?;
    let key = from_crypt_base64(key)?;
    content(crypt_number(log_n)?, crypt_number(r)?, crypt_number(p)?, salt.as_bytes(), &key)
}

/// `{scrypt}$e0801$SALT$KEY` in padded base64: the logarithm of N in 16 bits, r and p in 8 bits each,
/// together in hex (Spring Security, `SCryptPasswordEncoder`).
pub(super) fn spring(text: &str) -> Option<Content> {
    let (scheme, text) = text.strip_prefix("{scrypt")?.split_once('}')?;
    let [parameters, salt, key] = fields(text.strip_prefix('$')?)?;
    let is_hex = parameters.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parameters = u32::from_str_radix(parameters, 16).ok().filter(|_| is_hex)?;
    let [log_n, r, p] = [parameters >> 16, parameters >> 8 & 0xff, parameters & 0xff];
    let content = content(log_n, r, p, &from_base64(salt)?, &from_base64(key)?)?;
    matches!(scheme, "" | "@SpringSecurity_v5_8").then_some(content)
}
