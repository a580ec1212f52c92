//! Tests whether the time of a comparison or a verification tells how much of it agrees, in the manner of dudect
//! (Reparaz, Balasch and Verbauwhede, "Dude, is my code constant time?", 2017).
//!
//! Two classes of inputs are measured in random order, so that other load on the machine meets both alike. Then
//! Welch's t-test compares their mean times. It proves nothing: it fails to find a difference.

use std::array::from_fn;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use oidc_secret::{Digest, Limits, Secret, diagnose, verify};
use oidc_secret_benches::cpu;

const SECRET: &str = "insecure_secret_of_seventy_two_characters_that_nobody_uses_anywhere_else";
/// The first and the last byte of [`SECRET`].
const ENDS: [usize; 2] = [0, SECRET.len() - 1];
/// The digest of [`SECRET`] by Python's `hashlib.pbkdf2_hmac`. It has few iterations, because the noise grows with
/// the time.
const DIGEST: &str = "$pbkdf2-sha512$10$c2FsdHNhbHRzYWx0c2FsdA$74YuCFM4rtKeSGEd3VarGFw5EBY7zlexhSkACG9fB9L.AjLPs.FGPUlwjYZzehqQUgojdeDqsaZ9YfBonfRiuQ";
/// The characters of [`DIGEST`] that have the first and the last six bits of a byte of its key. The last character
/// of all has fewer bits.
const KEY: [usize; 2] = [DIGEST.len() - 86, DIGEST.len() - 2];

/// Inputs that exist at the same time.
const BATCH: usize = 500;
/// The least |t| that is a difference, as in the paper: by chance one test in 10⁵ exceeds it.
const THRESHOLD: f64 = 4.5;
/// The t-test of fewer measurements says nothing, as in dudect.
const ENOUGH: usize = 10_000;

/// Measured times of two classes, in nanoseconds.
type Times = [Vec<u32>; 2];

fn main() -> ExitCode {
    println!("CPU: {}\n", cpu());
    println!(
        "| case | measurements per class | largest t, absolute | mean difference there | verdict |"
    );
    println!("| --- | --- | --- | --- | --- |");
    let results = [controls(), comparisons(), verifications()];
    if results.contains(&false) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Measures what must be found, and two equal classes, which must not.
fn controls() -> bool {
    let [equal, first, last] = variants(SECRET, ENDS).map(String::into_bytes);
    let early_exit = |bytes: &Vec<u8>| *bytes == SECRET.as_bytes();
    let longer = [SECRET.to_owned(), SECRET.repeat(4)].map(Secret::from);
    let digest: Digest = DIGEST.parse().unwrap();
    [
        differs("control: `==`, equal, first byte", 1_000_000, [&equal, &first], early_exit),
        differs("control: `==`, first byte, last byte", 1_000_000, [&first, &last], early_exit),
        same("control: `==`, equal, equal", 1_000_000, [&equal, &equal], early_exit),
        differs("control: `verify`, 72 bytes, 288 bytes", 100_000, longer.each_ref(), |secret| {
            verify(secret, &digest, &Limits::default())
        }),
    ]
    .iter()
    .all(|&as_expected| as_expected)
}

/// Measures the comparison alone, and that of the key in `verify`: the secret is the same, the digest's key is not.
fn comparisons() -> bool {
    let parse = |text: String| text.parse::<Digest>().unwrap();
    let [equal, first, last] =
        variants(SECRET, ENDS).map(|text| parse(format!("$plaintext${text}")));
    let is_equal = |digest: &Digest| *digest == equal;
    let keys = variants(DIGEST, KEY).map(parse);
    let secret = Secret::from(SECRET.to_owned());
    let verify = |digest: &Digest| verify(&secret, digest, &Limits::default());
    let count = 2_000_000;
    [
        same("comparison, equal, first byte", count, [&equal, &first], is_equal),
        same("comparison, equal, last byte", count, [&equal, &last], is_equal),
        same("comparison, first byte, last byte", count, [&first, &last], is_equal),
        same("key in `verify`, equal, first byte", count, [&keys[0], &keys[1]], verify),
        same("key in `verify`, equal, last byte", count, [&keys[0], &keys[2]], verify),
        same("key in `verify`, first byte, last byte", count, [&keys[1], &keys[2]], verify),
    ]
    .iter()
    .all(|&as_expected| as_expected)
}

/// Measures `verify` with right and wrong secrets, and the comparison of a secret with a text in `diagnose`.
fn verifications() -> bool {
    let half = SECRET[..36].to_owned() + &SECRET[..36];
    let other: String = SECRET.chars().rev().collect();
    let [right, half, other] = [SECRET.to_owned(), half, other].map(Secret::from);
    let digest: Digest = DIGEST.parse().unwrap();
    let verify = |secret: &Secret| verify(secret, &digest, &Limits::default());
    // The text is always the same, as `diagnose` also looks for what it could be.
    let [_, first, last] = variants(SECRET, ENDS).map(Secret::from);
    let diagnose = |secret: &Secret| diagnose(secret, SECRET, &Limits::default());
    let count = 1_000_000;
    [
        same("`verify`, right, wrong", count, [&right, &other], verify),
        same("`verify`, right, first half right", count, [&right, &half], verify),
        same("`verify`, wrong, first half right", count, [&other, &half], verify),
        same("`diagnose`, first byte, last byte", 500_000, [&first, &last], diagnose),
    ]
    .iter()
    .all(|&as_expected| as_expected)
}

/// Returns a text as it is, and with another character at one or the other place.
fn variants(text: &str, places: [usize; 2]) -> [String; 3] {
    let [first, last] = places.map(|index| changed(text, index));
    [text.to_owned(), first, last]
}

fn changed(text: &str, index: usize) -> String {
    let other = if text[index..].starts_with('x') { "y" } else { "x" };
    [&text[..index], other, &text[index + 1..]].concat()
}

/// Measures two classes, and returns whether no difference is found.
fn same<I: Clone, O>(name: &str, count: usize, classes: [&I; 2], run: impl Fn(&I) -> O) -> bool {
    test(name, &measure(count, classes, run)) < THRESHOLD
}

/// Measures two classes, and returns whether a difference is found.
fn differs<I: Clone, O>(name: &str, count: usize, classes: [&I; 2], run: impl Fn(&I) -> O) -> bool {
    !same(name, count, classes, run)
}

/// Measures until each class has `count` times. Every input is a new copy: the place of an input in memory also has
/// an influence on the time, and must not depend on the class.
fn measure<I: Clone, O>(count: usize, classes: [&I; 2], run: impl Fn(&I) -> O) -> Times {
    let mut times = Times::default();
    while times.iter().any(|times| times.len() < count) {
        let mut random = [0; BATCH];
        openssl::rand::rand_bytes(&mut random).unwrap();
        let order = random.map(|byte| usize::from(byte & 1));
        let inputs = order.map(|class| classes[class].clone());
        let measured: [u32; BATCH] = from_fn(|index| time(&run, &inputs[index]));
        order.iter().zip(measured).for_each(|(&class, time)| times[class].push(time));
    }
    times
}

#[inline(never)]
fn time<I, O>(run: impl Fn(&I) -> O, input: &I) -> u32 {
    let start = Instant::now();
    let result = black_box(run(black_box(input)));
    let time = start.elapsed();
    drop(result);
    u32::try_from(time.as_nanos()).unwrap_or(u32::MAX)
}

/// Prints the largest |t|, with all times and without the longest ones, and returns it.
///
/// Interrupts lengthen some measurements and hide small differences. So the test is repeated with the times below
/// each of a hundred percentiles, those of dudect: the n-th keeps all but 2^(−n/10) of the times.
fn test(name: &str, times: &Times) -> f64 {
    let mut times = times.clone();
    times.iter_mut().for_each(|times| times.sort_unstable());
    let mut pooled = times.concat();
    pooled.sort_unstable();
    let limits = (1..=100).map(|n| {
        let kept = 1.0 - 0.5_f64.powf(f64::from(n) / 10.0);
        pooled[(pooled.len() as f64 * kept) as usize]
    });
    let mut largest = (0.0, 0.0);
    for limit in limits.chain([u32::MAX]) {
        let kept = times.each_ref().map(|times| &times[..times.partition_point(|&t| t < limit)]);
        let (t, difference) = welch(kept);
        if kept.iter().all(|times| times.len() >= ENOUGH) && t > largest.0 {
            largest = (t, difference);
        }
    }
    let (t, difference) = largest;
    let verdict = if t < THRESHOLD { "no evidence of a difference" } else { "different" };
    let count = times.each_ref().map(Vec::len).into_iter().min().unwrap_or_default();
    println!("| {name} | {count} | {t:.1} | {difference:.1} ns | {verdict} |");
    t
}

/// Returns |t|, and how much longer the second class takes, in nanoseconds.
fn welch(classes: [&[u32]; 2]) -> (f64, f64) {
    let [(mean, error), (other_mean, other_error)] = classes.map(|times| {
        let count = times.len() as f64;
        let mean = times.iter().map(|&time| f64::from(time)).sum::<f64>() / count;
        let square = |&time: &u32| (f64::from(time) - mean).powi(2);
        (mean, times.iter().map(square).sum::<f64>() / (count - 1.0) / count)
    });
    let difference = other_mean - mean;
    (difference.abs() / (error + other_error).sqrt(), difference)
}
