//! One PBKDF2-HMAC-SHA-512 at 310,000 iterations and nothing else: what `oidc-secret hash` is
//! measured against.

use std::hint::black_box;

fn main() {
    let (secret, salt) = (black_box(b"insecure_secret"), black_box(&[7; 16]));
    black_box(pbkdf2::pbkdf2_hmac_array::<sha2::Sha512, 64>(secret, salt, 310_000));
}
