//! `tune`: minima, rounding and formats. The measured times depend on the machine and are not tested.

use super::run;
use serde_json::Value;

fn json(args: &[&str]) -> (Value, String) {
    let args: Vec<&str> = ["tune", "--format", "json"].iter().chain(args).copied().collect();
    let (output, messages) = run(&args, "").result_and_messages();
    (serde_json::from_str(&output).unwrap(), messages)
}

fn iterations(args: &[&str]) -> u64 {
    json(args).0["parameters"]["iterations"].as_u64().unwrap()
}

#[test]
fn the_result_is_never_below_the_recommendations() {
    for (algorithm, minimum, weak) in [
        ("pbkdf2-sha512", 220_000, 100_000),
        ("pbkdf2-sha256", 600_000, 100_000),
        ("pbkdf2-sha1", 1_400_000, 100_000),
        ("argon2id", 1, 1),
    ] {
        let (output, messages) = json(&["--target", "1ms", "-a", algorithm]);
        assert_eq!(output["parameters"]["iterations"], minimum, "{output}");
        assert!(messages.contains("recommended minimum"), "{messages}");
        assert_eq!(iterations(&["--target", "1ms", "--allow-weak", "-a", algorithm]), weak);
    }
    assert_eq!(iterations(&["--target", "1ms", "-a", "argon2id", "--memory", "20MiB"]), 2);
    run(&["tune", "-a", "argon2id", "--memory", "1MiB"], "")
        .fails_with(&["19456 KiB", "--allow-weak"]);
}

#[test]
fn the_result_is_readable_and_described() {
    let (output, messages) = json(&["--target", "200ms"]);
    assert_eq!((&output["version"], &output["algorithm"]), (&1.into(), &"pbkdf2-sha512".into()));
    assert_eq!(output["target_ms"], 200.0);
    let digits = output["parameters"]["iterations"].to_string();
    assert!(digits.trim_end_matches('0').len() <= 2, "{digits}");
    let number = |key: &str| output[key].as_f64().unwrap();
    assert!(number("measured_ms") > 0.0 && number("digest_ms_per_core") > 0.0);
    assert!(output["kernel"].is_string());
    assert!(messages.contains("each token request costs"), "{messages}");

    let (output, _) = json(&["-a", "argon2i", "--memory", "32MiB", "--parallelism", "2"]);
    assert_eq!(output["parameters"]["memory_kib"], 32_768);
    assert_eq!(output["parameters"]["parallelism"], 2);
}

#[test]
fn the_command_that_is_printed_works() {
    for algorithm in ["pbkdf2-sha512", "argon2id"] {
        let (table, _) = run(&["tune", "-a", algorithm], "").result_and_messages();
        assert!(table.contains("<- chosen"), "{table}");
        let command = table.lines().last().unwrap().strip_prefix("oidc-secret ").unwrap();
        let args: Vec<&str> = command.split(' ').collect();
        assert!(run(&args, "insecure_secret").result().starts_with(&format!("${algorithm}$")));
    }
}

#[test]
fn a_rate_is_shared_by_cores() {
    let (output, _) = json(&["--rate", "40/s", "--cores", "4"]);
    assert_eq!(output["target_ms"], 100.0);
    run(&["tune", "--rate", "0"], "").fails_with(&["--rate", "50/s"]);
    run(&["tune", "--rate", "5", "--target", "1s"], "").fails_with(&["exclude each other"]);
    run(&["tune", "--cores", "4"], "").fails_with(&["--rate"]);
    run(&["tune", "--factor=-3"], "").fails_with(&["--factor"]);
    run(&["tune", "--memory", "64MiB"], "").fails_with(&["pbkdf2-sha512 has no --memory"]);
}
