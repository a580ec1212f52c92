//! An upper bound for the entropy of a secret that a person chose.

/// Returns the entropy, in bits, that a secret has if its characters were chosen at random from all
/// of the kinds in it. A secret that a person chose has less.
///
/// Estimates of how people choose, such as zxcvbn's, are not used: they need word lists of their own,
/// and only a bound is certain enough for a warning.
#[allow(clippy::cast_precision_loss, reason = "a secret has fewer than 2^52 characters")]
pub(crate) fn max_entropy_bits(secret: &[u8]) -> f64 {
    let text = String::from_utf8_lossy(secret);
    let length = text.chars().count() as f64;
    length * f64::from(alphabet_size(&text)).log2()
}

/// Returns the number of characters to choose from: all of the kinds in the text or, if it has only a
/// few different characters, those.
fn alphabet_size(text: &str) -> u32 {
    const FEW: usize = 4;
    let mut different: Vec<char> = Vec::with_capacity(FEW + 1);
    for character in text.chars() {
        if different.len() <= FEW && !different.contains(&character) {
            different.push(character);
        }
    }
    if different.len() <= FEW {
        return u32::try_from(different.len()).unwrap_or(1).max(1);
    }
    let size_if =
        |is_kind: fn(char) -> bool, size| if text.chars().any(is_kind) { size } else { 0 };
    size_if(|c| c.is_ascii_lowercase(), 26)
        + size_if(|c| c.is_ascii_uppercase(), 26)
        + size_if(|c| c.is_ascii_digit(), 10)
        + size_if(|c| c.is_ascii() && !c.is_ascii_alphanumeric(), 33)
        // The letters of one more alphabet. Its exact size makes no difference.
        + size_if(|c| !c.is_ascii(), 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_that_of_random_characters() {
        // 8 letters: 8 times log2 of 26.
        assert!((max_entropy_bits(b"password") - 37.6).abs() < 0.1);
        assert!((max_entropy_bits(b"Passw0rd!") - 59.1).abs() < 0.1);
        assert!(max_entropy_bits("пароль".as_bytes()) < 64.0);
        assert!(max_entropy_bits(b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") < 1.0);
        assert!((max_entropy_bits(b"abababab") - 8.0).abs() < 0.1);
        assert!(max_entropy_bits(b"correct horse battery staple") > 64.0);
        assert!(max_entropy_bits(b"0123456789abcdef0123456789abcdef") > 128.0);
        assert!(max_entropy_bits(b"\xff\xff") < 64.0 && max_entropy_bits(b"").abs() < 0.1);
    }
}
