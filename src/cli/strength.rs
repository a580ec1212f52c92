//! An upper bound for the entropy of a secret that a person chose.

/// Characters of one kind, and their number: how much a character of the kind can add.
const KINDS: [(fn(&char) -> bool, f64); 5] = [
    (|c| c.is_ascii_lowercase(), 26.0),
    (|c| c.is_ascii_uppercase(), 26.0),
    (|c| c.is_ascii_digit(), 10.0),
    (|c| c.is_ascii() && !c.is_ascii_alphanumeric(), 33.0),
    // The letters of an alphabet besides ASCII's. A few more or less make no difference.
    (|c| !c.is_ascii(), 100.0),
];

/// Returns the entropy, in bits, that a secret has if its characters were chosen at random from all
/// of the kinds in it. A secret that a person chose has less.
///
/// Estimates of how people choose, such as zxcvbn's, are not used: they need word lists of their own,
/// and only a bound is certain enough for a warning.
#[allow(clippy::cast_precision_loss, reason = "a secret has fewer than 2^52 characters")]
pub(crate) fn max_entropy_bits(secret: &[u8]) -> f64 {
    // With fewer different characters than this, their number says more than their kinds.
    const FEW: usize = 5;
    let text = String::from_utf8_lossy(secret);
    let length = text.chars().count() as f64;
    let mut different = [None; FEW];
    for character in text.chars() {
        match different.iter_mut().find(|seen| seen.is_none_or(|seen| seen == character)) {
            Some(seen) => *seen = Some(character),
            None => {
                let kinds = KINDS.iter().filter(|(is_kind, _)| text.chars().any(|c| is_kind(&c)));
                return length * kinds.map(|(_, count)| count).sum::<f64>().log2();
            }
        }
    }
    length * (different.iter().flatten().count().max(1) as f64).log2()
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
