//! Measures every kernel and hash function with batch sizes from 1 to 64, on one core.

use std::hint::black_box;

use oidc_secret::digest::pbkdf2::Prf;
use oidc_secret::kernel::{Job, Kernel};
use oidc_secret_benches::{Contender, cpu, rounds};

const SIZES: [usize; 10] = [1, 2, 3, 4, 6, 8, 12, 16, 32, 64];
const ITERATIONS: u32 = 10_000;

fn main() {
    println!("CPU: {}", cpu());
    println!("Microseconds per digest of {ITERATIONS} iterations, by batch size:");
    for (prf, name) in [
        (Prf::Sha512, "SHA-512"),
        (Prf::Sha384, "SHA-384"),
        (Prf::Sha256, "SHA-256"),
        (Prf::Sha224, "SHA-224"),
    ] {
        let sizes: Vec<String> = SIZES.iter().map(ToString::to_string).collect();
        println!("\n| {name} | {} |", sizes.join(" | "));
        println!("| --- |{}", " --- |".repeat(SIZES.len()));
        let kernels = Kernel::available();
        let mut contenders: Vec<Contender> = kernels
            .iter()
            .flat_map(|&kernel| SIZES.map(|size| contender(kernel, prf, size)))
            .collect();
        let best = rounds(&mut contenders, 7);
        for (kernel, times) in kernels.iter().zip(best.chunks(SIZES.len())) {
            let times: Vec<String> =
                times.iter().map(|time| format!("{:.0}", time.as_secs_f64() * 1e6)).collect();
            println!("| {} | {} |", kernel.name(), times.join(" | "));
        }
    }
}

fn contender(kernel: Kernel, prf: Prf, size: usize) -> Contender<'static> {
    let mut keys = vec![vec![0; prf.output_length()]; size];
    Contender::new(kernel.name(), size, move || {
        let (secret, salt, iterations) =
            (&b"insecure_secret"[..], &b"saltsaltsaltsalt"[..], ITERATIONS);
        let jobs = keys.iter_mut().map(|key| Job { prf, secret, salt, iterations, key });
        kernel.derive(jobs.collect(), 1);
        black_box(&keys);
    })
}
