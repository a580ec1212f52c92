use oidc_secret::provider::{Provider, Support, read};
use oidc_secret::{Digest, rejected_by_authelia};

/// A digest in the form of any system that is written for another system keeps its parameters, salt and
/// key, and that system accepts it as it is.
pub fn dialects(text: &str) {
    let Ok((digest, _)) = read(text) else { return };
    let _ = rejected_by_authelia(text, &digest);
    for provider in Provider::ALL {
        let Ok(written) = provider.write(&digest) else { continue };
        if key_looks_like_hex(&written) {
            continue;
        }
        let (again, _) = read(&written).expect("a written digest can be read");
        assert_eq!(essence(&again), essence(&digest), "{provider}");
        assert_eq!(provider.reads(&written, &digest), Support::Yes, "{provider}");
    }
}

/// Whether a key in base64 consists of hex digits alone, as which it is read. A random key never does.
fn key_looks_like_hex(written: &str) -> bool {
    let key = written.rsplit('$').next().unwrap_or_default();
    key.len() >= 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// All parts of a digest but the version of bcrypt, which systems write as they like.
fn essence(digest: &Digest) -> (String, String, Vec<u8>, Vec<u8>) {
    let mut parameters = digest.parameters();
    parameters.retain(|parameter| parameter.name != "version");
    let (salt, key) = (digest.salt().to_vec(), digest.key().to_vec());
    (digest.algorithm().to_string(), format!("{parameters:?}"), salt, key)
}
