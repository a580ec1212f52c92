//! BLAKE2b with an output of any length.

use blake2::Blake2bVarCore;
use blake2::digest::InvalidOutputSize;
use blake2::digest::array::Array;
use blake2::digest::block_api::{UpdateCore, VariableOutputCore};
use blake2::digest::block_buffer::LazyBuffer;
use zeroize::{Zeroize, Zeroizing};

/// H' of RFC 9106 §3.3: the hash of the concatenated parts.
pub(super) fn long_hash(input: &[&[u8]], output: &mut [u8]) -> Result<(), InvalidOutputSize> {
    let length = word(output.len()).to_le_bytes();
    let input: Vec<&[u8]> = [&length[..]].into_iter().chain(input.iter().copied()).collect();
    if output.len() <= 64 {
        return hash(&input, output);
    }
    let mut v = Zeroizing::new([0; 64]);
    hash(&input, &mut v[..])?;
    let mut rest = output;
    while rest.len() > 64 {
        let (half, tail) = rest.split_at_mut(32);
        half.copy_from_slice(&v[..32]);
        rest = tail;
        let previous = v.clone();
        let next = &mut v[..rest.len().min(64)];
        hash(&[&previous[..]], next)?;
    }
    rest.copy_from_slice(&v[..rest.len()]);
    Ok(())
}

/// Returns a count that RFC 9106 writes in 32 bits; none here is larger.
#[allow(clippy::cast_possible_truncation, reason = "lengths and lanes are below 2^32")]
pub(super) const fn word(count: usize) -> u32 {
    count as u32
}

/// BLAKE2b of the concatenated parts, 1 to 64 bytes long.
pub(super) fn hash(parts: &[&[u8]], output: &mut [u8]) -> Result<(), InvalidOutputSize> {
    let mut hasher = Blake2bVarCore::new(output.len())?;
    let mut buffer = LazyBuffer::default();
    for part in parts {
        buffer.digest_blocks(part, |blocks| hasher.update_blocks(blocks));
    }
    let mut full = Array::default();
    hasher.finalize_variable_core(&mut buffer, &mut full);
    output.copy_from_slice(&full[..output.len()]);
    full.zeroize();
    Ok(())
}
