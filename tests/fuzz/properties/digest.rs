use oidc_secret::{Digest, inspect};

/// A digest that is parsed, printed and parsed again is the same, and its printed form is canonical.
pub fn digest(text: &str) {
    let _ = inspect(text);
    let Ok(digest) = text.parse::<Digest>() else { return };
    let printed = digest.to_string();
    let again: Digest = printed.parse().expect("a printed digest can be parsed");
    assert_eq!(again.to_string(), printed);
    assert_eq!((again.salt(), again.key()), (digest.salt(), digest.key()));
    assert_eq!(again.parameters(), digest.parameters());
}
