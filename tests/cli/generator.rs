//! The system's random number generator: what is made of it, and its failures.

use std::path::{Path, PathBuf};
use std::process::Command;

use oidc_secret::Charset;

use super::peers::say_skipped;
use super::{QUICK, Run, finish, folder, names, run};

/// Compiles a generator that fails in different ways; `None` without a C compiler, which CI has.
fn failing_generator(folder: &Path) -> Option<PathBuf> {
    let library = folder.join("generator.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/generator.c");
    let compiled =
        Command::new("cc").args(["-shared", "-fPIC", source, "-o"]).arg(&library).status();
    let compiled = compiled.is_ok_and(|status| status.success());
    assert!(compiled || std::env::var_os("CI").is_none(), "cc is missing");
    if !compiled {
        say_skipped("the failing generator: no C compiler");
    }
    compiled.then_some(library)
}

fn run_with(library: &Path, how: &str, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
    command.args(arguments).env("LD_PRELOAD", library).env("GENERATOR", how);
    finish(command, "a-secret-of-some-length\n")
}

#[test]
fn a_generator_that_fails_ends_every_command_without_output() {
    let folder = folder();
    let Some(library) = failing_generator(folder.path()) else { return };
    let file = folder.path().join("secret").display().to_string();
    for how in ["error", "busy", "none"] {
        for arguments in [
            &["rand"][..],
            &["rand", "--out", &file],
            &["new", "kasm"],
            &["new", "kasm", "--secret-out", &file],
            &["hash"],
            &["hash", "--batch"],
            &["verify", QUICK],
            &["audit", "no-such-file"],
        ] {
            let run = run_with(&library, how, arguments);
            assert_eq!(
                (run.code, &*run.stdout),
                (Some(2), ""),
                "{how} {arguments:?} {}",
                run.stderr
            );
            let message = "oidc-secret: error: the system's random number generator failed: ";
            assert!(run.stderr.contains(message), "{how} {arguments:?} {}", run.stderr);
        }
    }
    assert_eq!(names(folder.path()), ["generator.so"]);
}

#[test]
fn a_generator_that_returns_few_bytes_is_asked_again() {
    let folder = folder();
    let Some(library) = failing_generator(folder.path()) else { return };
    let secret = run_with(&library, "short", &["rand", "--charset", "numeric"]).result();
    let secret = secret.trim_end();
    assert_eq!(secret.len(), 72);
    assert!((b'0'..=b'9').all(|digit| secret.bytes().filter(|&byte| byte == digit).count() < 40));
}

/// Returns how many standard deviations Pearson's chi-squared statistic is from its mean.
#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn deviation(counts: &[u64]) -> f64 {
    let expected = counts.iter().sum::<u64>() as f64 / counts.len() as f64;
    let terms = counts.iter().map(|&count| (count as f64 - expected).powi(2) / expected);
    let freedom = (counts.len() - 1) as f64;
    (terms.sum::<f64>() - freedom) / (2.0 * freedom).sqrt()
}

/// The number of characters is that of `RANDOM_CHARACTERS`, to test more of them by hand.
#[test]
fn characters_and_pairs_of_them_are_equally_likely() {
    let total = std::env::var("RANDOM_CHARACTERS").map_or(300_000, |total| total.parse().unwrap());
    for charset in Charset::ALL {
        let name = charset.to_string();
        let count = (total / 1000_u32).to_string();
        let output =
            run(&["rand", "-q", "-x", &name, "--length", "1000", "--count", &count], "").result();
        let characters = charset.characters();
        let size = characters.len();
        let places: Vec<usize> = output.chars().filter_map(|c| characters.find(c)).collect();
        assert_eq!(places.len(), total as usize / 1000 * 1000);
        let (mut singles, mut pairs) = (vec![0; size], vec![0; size * size]);
        // Each character is in one pair: pairs that share one depend on each other.
        for pair in places.chunks_exact(2) {
            singles[pair[0]] += 1;
            singles[pair[1]] += 1;
            pairs[pair[0] * size + pair[1]] += 1;
        }
        let deviations = [deviation(&singles), deviation(&pairs)];
        println!("{name}: {:.2} and {:.2} standard deviations", deviations[0], deviations[1]);
        // Chance exceeds this less than once in 10^8 runs; too even is not random either.
        assert!(
            deviations.iter().all(|sigmas| (-6.0..13.0).contains(sigmas)),
            "{name} {deviations:?}"
        );
    }
}
