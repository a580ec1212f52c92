//! `tune`: minima, bounds and formats. The measured times depend on the machine and are not tested.

use super::{choices, run};
use serde_json::Value;

fn json(args: &[&str]) -> (Value, String) {
    let args: Vec<&str> = ["tune", "--format", "json"].iter().chain(args).copied().collect();
    let (output, messages) = run(&args, "").result_and_messages();
    (serde_json::from_str(&output).unwrap(), messages)
}

fn parameters(args: &[&str]) -> Value {
    json(args).0["parameters"].clone()
}

/// Returns the digest that a command of `tune` makes.
fn digest(command: &str) -> String {
    let args: Vec<&str> = command.split(' ').collect();
    run(&args, "insecure_secret").result_and_messages().0.trim().to_owned()
}

/// Returns what `inspect` tells of a digest. It may cost more than its limits: the exit code is not looked
/// at.
fn inspection(digest: &str) -> Value {
    serde_json::from_str(&run(&["inspect", "--format", "json", digest], "").stdout).unwrap()
}

#[test]
fn the_result_is_never_below_the_recommendations() {
    for (algorithm, name, minimum, weak) in [
        ("pbkdf2-sha512", "iterations", 220_000, 100_000),
        ("pbkdf2-sha256", "iterations", 600_000, 100_000),
        ("pbkdf2-sha1", "iterations", 1_400_000, 100_000),
        ("argon2id", "iterations", 1, 1),
        ("bcrypt", "cost", 10, 10),
        ("sha512crypt", "rounds", 50_000, 1000),
        ("sha256crypt", "rounds", 50_000, 1000),
    ] {
        let (output, messages) = json(&["--target", "0", "-a", algorithm]);
        assert_eq!(output["parameters"][name], minimum, "{output}");
        assert!(messages.contains("recommended minimum"), "{messages}");
        assert_eq!(messages.contains("--allow-weak"), algorithm != "bcrypt", "{messages}");
        let weakest = parameters(&["--target", "0", "--allow-weak", "-a", algorithm]);
        assert_eq!(weakest[name], weak, "{algorithm}");
    }
    let iterations = |memory| {
        parameters(&["--target", "0", "-a", "argon2id", "--memory", memory])["iterations"].clone()
    };
    assert_eq!((iterations("20MiB"), iterations("46MiB")), (2.into(), 1.into()));
}

#[test]
fn scrypt_is_never_below_owasps_equivalents() {
    for (memory, log_n, parallelism) in
        [("128MiB", 17, 1), ("64MiB", 16, 2), ("40MiB", 15, 3), ("8MiB", 13, 10)]
    {
        let (output, _) = json(&["--target", "0", "-a", "scrypt", "--memory", memory]);
        let parameters = &output["parameters"];
        assert_eq!(parameters["ln"], log_n, "{output}");
        assert_eq!(parameters["parallelism"], parallelism, "{output}");
        let inspection = inspection(&digest(output["command"].as_str().unwrap()));
        let findings = inspection["findings"].as_array().unwrap();
        assert!(findings.iter().all(|finding| finding["code"] != "below-owasp"), "{inspection}");
    }
    let given = parameters(&["--target", "0", "-a", "scrypt", "--parallelism", "6"]);
    assert_eq!((&given["ln"], &given["parallelism"]), (&14.into(), &6.into()));
    let least = parameters(&["--target", "0", "-a", "yescrypt"]);
    assert_eq!(least["ln"], 16);
}

#[test]
fn memory_is_a_maximum_for_scrypt_and_yescrypt() {
    let args = ["--target", "50ms", "--allow-weak", "--memory", "300KiB", "-a"];
    let (output, messages) = json(&[&args[..], &["yescrypt"]].concat());
    assert_eq!(output["parameters"]["ln"], 8);
    assert!(messages.contains("at most ln 8; raise it with --memory"), "{messages}");
    // More passes instead.
    let (output, messages) = json(&[&args[..], &["scrypt"]].concat());
    assert_eq!(output["parameters"]["ln"], 8);
    assert!(output["parameters"]["parallelism"].as_u64().unwrap() > 1, "{output}");
    assert!(!messages.contains("--memory"), "{messages}");
    let (output, messages) = json(&[&args[..], &["scrypt", "--parallelism", "1"]].concat());
    assert_eq!(
        (&output["parameters"]["ln"], &output["parameters"]["parallelism"]),
        (&8.into(), &1.into())
    );
    assert!(messages.contains("raise it with --memory"), "{messages}");
}

#[test]
fn the_digest_of_every_algorithm_has_the_chosen_parameters() {
    let algorithms = choices(&["hash", "-a", "x"]);
    assert_eq!(algorithms, choices(&["tune", "-a", "x"]));
    for algorithm in algorithms {
        let (output, _) = json(&["--target", "2ms", "--allow-weak", "-a", &algorithm]);
        assert_eq!((&output["version"], &output["algorithm"]), (&1.into(), &(*algorithm).into()));
        assert_eq!(output["target_ms"], 2.0);
        for key in ["measured_ms", "digest_ms_per_core", "digests_per_second"] {
            assert!(output[key].as_f64().unwrap() > 0.0, "{output}");
        }
        assert!(output["kernel"].is_string());
        let digest = digest(output["command"].as_str().unwrap());
        run(&["verify", &digest], "insecure_secret").result_and_messages();
        let inspection = inspection(&digest);
        assert_eq!(inspection["algorithm"], *algorithm);
        assert_eq!(inspection["parameters"], output["parameters"], "{output}");
    }
}

#[test]
fn the_table_has_the_neighbours_and_ends_with_the_command() {
    for (algorithm, minimum, flag) in [
        ("bcrypt", "10", "--cost 10"),
        ("sha512crypt", "1000", "--rounds 1000"),
        ("pbkdf2-sha512", "100000", "--iterations 100000"),
    ] {
        let args = ["tune", "--allow-weak", "--target", "0", "-a", algorithm];
        let (table, messages) = run(&args, "").result_and_messages();
        let row = |cost: &str| {
            let row = table.lines().find(|line| line.split_whitespace().next() == Some(cost));
            row.unwrap_or_else(|| panic!("{cost} is not in: {table}"))
        };
        assert!(row(minimum).ends_with("<- chosen"), "{table}");
        let number = minimum.parse::<u32>().unwrap();
        let next = if algorithm == "bcrypt" { number + 1 } else { 2 * number };
        assert!(row(&next.to_string()).ends_with("over the target"), "{table}");
        assert!(table.contains("  Authelia's default\n"), "{table}");
        // `hash` refuses what is below the minimum.
        assert_eq!(table.lines().nth(1), Some(row(minimum)));
        let command = format!("oidc-secret hash --algorithm {algorithm} {flag}");
        assert_eq!(table.lines().last(), Some(&*command));
        assert!(messages.contains("each token request costs"), "{messages}");
    }
}

#[test]
fn other_defaults_are_not_authelias() {
    let args = ["tune", "-a", "scrypt", "--allow-weak", "--target", "0", "--parallelism"];
    let table =
        |parallelism| run(&[&args[..], &[parallelism]].concat(), "").result_and_messages().0;
    assert!(table("1").contains("Authelia's default"));
    assert!(!table("2").contains("Authelia's default"));
}

#[test]
fn the_result_is_readable() {
    for algorithm in ["pbkdf2-sha512", "sha256crypt"] {
        let parameters = parameters(&["--target", "300ms", "-a", algorithm]);
        let cost = parameters.as_object().unwrap().values().next().unwrap().to_string();
        assert!(cost.trim_end_matches('0').len() <= 2, "{cost}");
    }
    let given = parameters(&["-a", "argon2i", "--memory", "32MiB", "--parallelism", "2"]);
    assert_eq!((&given["memory_kib"], &given["parallelism"]), (&32_768.into(), &2.into()));
}

#[test]
fn a_rate_is_shared_by_cores() {
    let (output, _) = json(&["--rate", "40/s", "--cores", "4"]);
    assert_eq!(output["target_ms"], 100.0);
}

#[test]
fn what_does_not_apply_is_an_error() {
    for (args, words) in [
        (&["--rate", "0"][..], &["--rate", "50/s"][..]),
        (&["--rate", "5", "--target", "1s"], &["exclude each other"]),
        (&["--cores", "4"], &["--rate"]),
        (&["--factor=-3"], &["--factor"]),
        (&["--memory", "64MiB"], &["pbkdf2-sha512 has no --memory"]),
        (&["-a", "bcrypt", "--memory", "64MiB"], &["bcrypt has no --memory"]),
        (&["-a", "sha512crypt", "--parallelism", "2"], &["sha512crypt has no --parallelism"]),
        (&["-a", "yescrypt", "--parallelism", "2"], &["yescrypt has no --parallelism"]),
        (&["-a", "argon2id", "--memory", "1MiB"], &["1024 KiB", "19456 KiB", "--allow-weak"]),
        (&["-a", "argon2id", "--memory", "0", "--allow-weak"], &["--memory is 0 KiB"]),
        (&["-a", "scrypt", "--memory", "4MiB"], &["4096 KiB", "8192 KiB", "--allow-weak"]),
        (
            &["-a", "scrypt", "--memory", "32MiB", "--parallelism", "2"],
            &["with --parallelism 2", "65536 KiB"],
        ),
        (&["-a", "scrypt", "--memory", "1", "--allow-weak"], &["--memory is 1 KiB", "raise it"]),
        (&["-a", "yescrypt", "--memory", "32MiB"], &["65536 KiB", "--allow-weak"]),
        (&["-a", "md5crypt"], &["--algorithm takes one of", "scrypt"]),
    ] {
        run(&[&["tune"], args].concat(), "").fails_with(words);
    }
}
