//! Compares this library's formats other than PBKDF2 with the C libraries that most programs use: one digest,
//! and many. Run it with `taskset -c 0`, so that many digests have one core, as the peers have.

use std::ffi::{CStr, CString, c_char};
use std::hint::black_box;

use oidc_secret::{Digest, Limits, Secret, verify_many};
use oidc_secret_benches::{Contender, cpu, print, rounds};

const SECRET: &str = "insecure_secret";
/// Digests of a batch.
const MANY: usize = 48;

fn main() {
    println!("CPU: {}, this process on {} of them", cpu(), cores());
    for (name, setting) in [
        ("bcrypt, cost 10", "$2b$10$abcdefghijklmnopqrstuu"),
        ("sha512crypt, 50,000 rounds", "$6$rounds=50000$abcdefghijklmnop"),
        ("sha256crypt, 50,000 rounds", "$5$rounds=50000$abcdefghijklmnop"),
        ("yescrypt, N 16384, r 8", "$y$jB5$abcdefghijklmnopqrstu."),
    ] {
        let digest = libxcrypt(setting);
        compare(name, &digest, "libxcrypt", &|| drop(black_box(libxcrypt(setting))));
    }
    let scrypt = format!("$scrypt$ln=16,r=8,p=1${}${}", "A".repeat(22), "A".repeat(43));
    compare("scrypt, N 65536, r 8", &scrypt, "OpenSSL", &|| {
        let mut key = [0; 32];
        openssl::pkcs5::scrypt(SECRET.as_bytes(), &[0; 16], 1 << 16, 8, 1, 1 << 30, &mut key)
            .unwrap();
        black_box(key);
    });
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(0, std::num::NonZero::get)
}

/// Measures one verification and many in turns with the peer.
fn compare(name: &str, digest: &str, peer: &str, theirs: &dyn Fn()) {
    let digest: Digest = digest.parse().unwrap();
    let secret = Secret::from(SECRET.to_owned());
    let ours = |count: usize| {
        let pairs = vec![(&secret, &digest); count];
        black_box(verify_many(&pairs, &Limits::default()));
    };
    let mut contenders = vec![
        Contender::new(peer, 1, theirs),
        Contender::new("ours, one", 1, || ours(1)),
        Contender::new(format!("ours, {MANY} on {} core(s)", cores()), MANY, || ours(MANY)),
    ];
    let best = rounds(&mut contenders, 12);
    print(name, &contenders, &best, 1);
}

// The library is installed on the system.
#[link(name = "crypt")]
unsafe extern "C" {
    fn crypt(secret: *const c_char, setting: *const c_char) -> *const c_char;
}

fn libxcrypt(setting: &str) -> String {
    let (secret, setting) = (CString::new(SECRET).unwrap(), CString::new(setting).unwrap());
    // SAFETY: both are C strings, and `crypt` returns one that is valid until its next call.
    let digest = unsafe { CStr::from_ptr(crypt(secret.as_ptr(), setting.as_ptr())) };
    digest.to_str().unwrap().to_owned()
}
