//! Independent implementations verify the binary's digests, and the binary verifies theirs: libxcrypt,
//! Python's hashlib, libpass, argon2-cffi, Django, htpasswd and OpenSSL.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::Command;

use oidc_secret::{Algorithm, Provider};
use serde_json::{Value, json};

use super::{finish, folder, run};

/// A secret without NUL bytes, whose bytes are different in every encoding but UTF-8.
const SECRET: &str = "pässwörd-~._ 1";

/// Arguments of `hash` for every algorithm and encoding.
const ALGORITHMS: [&str; 24] = [
    "-a pbkdf2-sha512",
    "-a pbkdf2-sha384 -i 100000",
    "-a pbkdf2-sha256 -i 100000",
    "-a pbkdf2-sha224 -i 100000 --salt-length 33",
    "-a pbkdf2-sha1 -i 100000 --key-length 50",
    "-a pbkdf2-sha512 -i 100000 --key-length 200 --salt-length 100",
    "-a pbkdf2-sha512 -i 100000 --encoding phc",
    "-a pbkdf2-sha384 -i 100000 --encoding phc",
    "-a pbkdf2-sha1 -i 100000 --encoding phc",
    "-a argon2id",
    "-a argon2i --memory 1MiB --iterations 4 --parallelism 3",
    "-a argon2d --memory 100 --parallelism 1 --salt-length 8 --key-length 64",
    "-a bcrypt -i 11",
    "-a bcrypt-sha256 -i 10",
    "-a scrypt -i 10",
    "-a scrypt -i 11 --block-size 3 --parallelism 5 --salt-length 33 --key-length 64",
    "-a yescrypt -i 10",
    "-a yescrypt -i 11 --block-size 32",
    "-a yescrypt -i 12 --block-size 9 --salt-length 32",
    "-a sha512crypt --rounds 1000",
    "-a sha512crypt --rounds 5000 --salt-length 8",
    "-a sha256crypt --rounds 1000",
    "-a sha256crypt --rounds 5000 --salt-length 1",
    "-a sha256crypt --rounds 12345",
];

/// Arguments of `hash` for every system, with each format that the system has.
const PROVIDERS: [&str; 27] = [
    "--for authelia -i 100000",
    "--for hydra -i 100000",
    "--for hydra -a bcrypt -i 10",
    "--for zitadel -i 100000",
    "--for zitadel -a bcrypt -i 10",
    "--for zitadel -a scrypt -i 10",
    "--for zitadel -a sha512crypt --rounds 1000",
    "--for kanidm -i 100000",
    "--for kanidm -a argon2id --memory 1MiB",
    "--for kanidm -a sha256crypt --rounds 1000",
    "--for vaultwarden",
    "--for keycloak -i 100000",
    "--for keycloak -a pbkdf2-sha256 -i 100000",
    "--for keycloak -a pbkdf2-sha1 -i 100000",
    "--for django",
    "--for django -a pbkdf2-sha1 -i 100000",
    "--for django -a argon2id",
    "--for ldap -i 100000",
    "--for ldap -a pbkdf2-sha256 -i 100000",
    "--for ldap -a pbkdf2-sha1 -i 100000",
    "--for ldap -a argon2i --memory 1MiB",
    "--for ldap -a bcrypt -i 10",
    "--for ldap -a yescrypt -i 10",
    "--for htpasswd",
    "--for caddy -i 10",
    "--for phc -i 100000",
    "--for phc -a scrypt -i 10",
];

/// Arguments of `hash`, and the systems for which `convert` rewrites the digest.
const CONVERSIONS: [(&str, &str); 8] = [
    ("--for django -i 100000", "authelia hydra zitadel kanidm keycloak phc"),
    ("-a pbkdf2-sha512 -i 100000", "hydra kanidm keycloak ldap phc"),
    ("-a argon2id --memory 1MiB", "hydra zitadel kanidm vaultwarden django ldap caddy phc"),
    ("-a bcrypt -i 10", "hydra zitadel ldap htpasswd caddy"),
    ("-a scrypt -i 10", "zitadel phc"),
    ("-a yescrypt -i 10", "ldap"),
    ("-a sha512crypt --rounds 1000", "zitadel kanidm ldap"),
    ("--for ldap -a sha256crypt --rounds 1000", "authelia zitadel kanidm"),
];

/// Reports that a check did not run, even if the test runner captures output. In CI it fails.
pub(crate) fn skipped(what: &str) {
    assert!(std::env::var_os("CI").is_none(), "in CI every peer must be installed: {what}");
    say_skipped(what);
}

/// Reports that a check did not run, even if the test runner captures output.
pub(crate) fn say_skipped(what: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED {what}");
}

/// Returns a Python that has the peers of `peers.py`, if one is installed.
pub(crate) fn python() -> Option<String> {
    const IMPORTS: &str = "import argon2, bcrypt, ctypes, ctypes.util, django, passlib.hash; \
        ctypes.CDLL(ctypes.util.find_library('crypt')).crypt_gensalt";
    python_with(IMPORTS, "libpass, argon2-cffi, bcrypt, django and libxcrypt")
}

/// Returns a Python that can run these imports, if one is installed.
pub(crate) fn python_with(imports: &str, what: &str) -> Option<String> {
    let python = std::env::var("PEERS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let probe = Command::new(&python).args(["-c", imports]).output();
    let python = probe.is_ok_and(|output| output.status.success()).then_some(python);
    if python.is_none() {
        skipped(&format!("peers: no python3 with {what} (set PEERS_PYTHON)"));
    }
    python
}

/// Whether a program is installed and accepts these arguments.
pub(crate) fn is_installed(program: &str, args: &[&str]) -> bool {
    let there =
        Command::new(program).args(args).output().is_ok_and(|output| output.status.success());
    if !there {
        skipped(&format!("peers: no {program} that accepts {}", args.join(" ")));
    }
    there
}

/// Returns the answers of `peers.py` to a command, one for each record.
fn answers(python: &str, command: &str, records: &[Value]) -> Vec<Vec<Value>> {
    let mut process = Command::new(python);
    process.args([concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/peers.py"), command]);
    let input: String = records.iter().map(|record| format!("{record}\n")).collect();
    let output = finish(process, input);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Verifies digests with the peers in Python, each with its secret and with a wrong one. Returns the
/// number of digests that each peer read.
pub(crate) fn verified(python: &str, made: &[(String, String)]) -> BTreeMap<String, usize> {
    let records: Vec<_> =
        made.iter().map(|(digest, secret)| json!({"digest": digest, "secret": secret})).collect();
    let answers = answers(python, "verify", &records);
    assert_eq!(answers.len(), made.len());
    let mut read = BTreeMap::new();
    for ((digest, _), verdicts) in made.iter().zip(answers) {
        assert!(!verdicts.is_empty(), "no peer reads {digest}");
        for verdict in verdicts {
            let expected = (&true.into(), &false.into());
            assert_eq!((&verdict[1], &verdict[2]), expected, "{digest} {verdict}");
            *read.entry(verdict[0].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    read
}

/// Returns the expected number of digests for each peer.
fn counts<const N: usize>(counts: [(&str, usize); N]) -> BTreeMap<String, usize> {
    counts.map(|(peer, count)| (peer.to_owned(), count)).into()
}

/// Returns the digest of [`SECRET`] that `hash` prints with these arguments.
fn hash(arguments: &str) -> String {
    let args: Vec<&str> = ["hash"].into_iter().chain(arguments.split(' ')).collect();
    run(&args, SECRET).result_and_messages().0.trim().to_owned()
}

/// Converts a digest with these arguments after `--for`.
fn convert(digest: &str, args: &str) -> String {
    let convert = ["convert", "--digest-file", "-", "--for"];
    let args: Vec<&str> = convert.into_iter().chain(args.split(' ')).collect();
    run(&args, digest).result_and_messages().0.trim().to_owned()
}

/// Returns the digest and the secret that `new` prints.
fn client() -> (String, String) {
    let client = run(&["new", "-q", "kasm", "--format", "json"], "").result();
    let client: Value = serde_json::from_str(&client).unwrap();
    let text = |key: &str| client[key].as_str().unwrap().to_owned();
    (text("client_secret_digest"), text("client_secret"))
}

#[test]
fn every_algorithm_and_system_is_verified_by_peers() {
    let second = |args: &&'static str| args.split(' ').nth(1).unwrap();
    let algorithms: BTreeSet<_> = ALGORITHMS.iter().map(second).collect();
    assert_eq!(algorithms, Algorithm::recommended().map(Algorithm::name).collect());
    let systems = Provider::ALL.iter().map(|provider| provider.name()).collect::<BTreeSet<_>>();
    assert_eq!(PROVIDERS.iter().map(second).collect::<BTreeSet<_>>(), systems);
    let converted: BTreeSet<_> = CONVERSIONS.iter().flat_map(|(_, to)| to.split(' ')).collect();
    assert_eq!(converted, systems);
}

#[test]
fn python_verifies_the_digests_of_hash_and_new() {
    let Some(python) = python() else { return };
    let mut made: Vec<_> = ALGORITHMS.iter().map(|args| (hash(args), SECRET.to_owned())).collect();
    made.push(client());
    let expected = counts([
        ("with_argon2_cffi", 3),
        ("with_hashlib_pbkdf2", 10),
        ("with_hashlib_scrypt", 2),
        ("with_hmac_and_libxcrypt", 1),
        // Three of PBKDF2 and of sha256crypt, two of sha512crypt, one of bcrypt, bcrypt-sha256 and
        // scrypt.
        ("with_libpass", 11),
        ("with_libxcrypt", 9),
    ]);
    assert_eq!(verified(&python, &made), expected);
}

#[test]
fn python_verifies_the_digests_of_hash_for_providers() {
    let Some(python) = python() else { return };
    let made: Vec<_> = PROVIDERS.iter().map(|args| (hash(args), SECRET.to_owned())).collect();
    let expected = counts([
        ("with_argon2_cffi", 3),
        ("with_django", 3),
        ("with_hashlib_pbkdf2", 13),
        ("with_hashlib_scrypt", 2),
        ("with_libpass", 16),
        ("with_libxcrypt", 8),
    ]);
    assert_eq!(verified(&python, &made), expected);
}

#[test]
fn python_verifies_converted_digests() {
    let Some(python) = python() else { return };
    let mut made = Vec::new();
    for (arguments, systems) in CONVERSIONS {
        let digest = hash(arguments);
        made.extend(systems.split(' ').map(|to| (convert(&digest, to), SECRET.to_owned())));
    }
    let expected = counts([
        ("with_argon2_cffi", 7),
        ("with_django", 1),
        ("with_hashlib_pbkdf2", 11),
        ("with_hashlib_scrypt", 2),
        ("with_libpass", 18),
        ("with_libxcrypt", 12),
    ]);
    assert_eq!(verified(&python, &made), expected);
}

/// Asserts that each digest matches [`SECRET`] and does not match another secret.
#[track_caller]
fn assert_match(digests: &[String]) {
    for (secret, expected) in [(SECRET.to_owned(), "match"), (format!("{SECRET}x"), "mismatch")] {
        let input: String = digests
            .iter()
            .map(|digest| format!("{}\n", json!({"digest": digest, "secret": secret})))
            .collect();
        let run = run(&["verify", "--batch", "--any-format"], &input);
        assert_eq!(run.stdout.lines().count(), digests.len(), "{}", run.stderr);
        for (digest, line) in digests.iter().zip(run.stdout.lines()) {
            let verdict: Value = serde_json::from_str(line).unwrap();
            assert_eq!(verdict["verdict"], expected, "{digest} {verdict}");
        }
    }
}

#[test]
fn digests_made_by_python_are_verified() {
    let Some(python) = python() else { return };
    let answers = answers(&python, "make", &[json!({"secret": SECRET})]);
    let mut made = BTreeMap::new();
    let mut digests = Vec::new();
    for answer in &answers[0] {
        let (maker, digest) = (answer[0].as_str().unwrap(), answer[1].as_str().unwrap());
        *made.entry(maker.to_owned()).or_default() += 1;
        // `verify` reads no digest in Django's dialect.
        let is_django = !digest.starts_with(['$', '{']);
        digests.push(if is_django { convert(digest, "authelia") } else { digest.to_owned() });
    }
    let expected = counts([
        ("made_by_argon2_cffi", 3),
        ("made_by_django", 3),
        ("made_by_libpass", 20),
        ("made_by_libxcrypt", 11),
    ]);
    assert_eq!(made, expected);
    assert_match(&digests);
}

/// Whether htpasswd accepts a secret for the user joe, in a file with one line.
fn htpasswd_accepts(line: &str, secret: &str) -> bool {
    let folder = folder();
    let file = folder.path().join("htpasswd");
    std::fs::write(&file, format!("{line}\n")).unwrap();
    let mut command = Command::new("htpasswd");
    command.arg("-vb").arg(file).args(["joe", secret]);
    let run = finish(command, "");
    match run.code {
        Some(0) => true,
        Some(3) => false,
        code => panic!("{code:?} {}", run.stderr),
    }
}

/// Returns the line of htpasswd for the user joe with [`SECRET`].
fn made_by_htpasswd(options: &[&str]) -> String {
    let mut command = Command::new("htpasswd");
    command.args(options).args(["joe", SECRET]);
    finish(command, "").result().trim().to_owned()
}

#[test]
fn htpasswd_and_verify_accept_each_others_digests() {
    if !is_installed("htpasswd", &["-nbm", "joe", "secret"]) {
        return;
    }
    let theirs = [made_by_htpasswd(&["-nbB", "-C", "10"]), made_by_htpasswd(&["-nbm"])];
    assert!(theirs[0].starts_with("joe:$2y$10$") && theirs[1].starts_with("joe:$apr1$"));
    let digests = theirs.clone().map(|line| line.replacen("joe:", "", 1));
    assert_match(&digests);
    let ours = [
        hash("--for htpasswd --username joe"),
        convert(&hash("-a bcrypt -i 10"), "htpasswd --username joe"),
        convert(&digests[1], "htpasswd --username joe"),
    ];
    for line in ours {
        assert!(htpasswd_accepts(&line, SECRET), "{line}");
        assert!(!htpasswd_accepts(&line, &format!("{SECRET}x")), "{line}");
    }
}

/// Returns the digest of a secret by `openssl passwd`.
fn made_by_openssl(algorithm: &str, salt: &str, secret: &str) -> String {
    let mut command = Command::new("openssl");
    command.args(["passwd", algorithm, "-salt", salt, "-stdin"]);
    finish(command, format!("{secret}\n")).result().trim().to_owned()
}

#[test]
fn openssl_makes_the_same_crypt_digests() {
    if !is_installed("openssl", &["passwd", "-6", "-salt", "salt", "secret"]) {
        return;
    }
    let theirs = [("-6", "$6$"), ("-5", "$5$"), ("-1", "$1$"), ("-apr1", "$apr1$")].map(
        |(algorithm, identifier)| {
            let digest = made_by_openssl(algorithm, "saltsalt", SECRET);
            assert!(digest.starts_with(identifier), "{digest}");
            digest
        },
    );
    assert_match(&theirs);
    for (algorithm, ours) in [
        ("-6", hash("-a sha512crypt --rounds 1000")),
        ("-5", hash("-a sha256crypt --rounds 1000 --salt-length 7")),
    ] {
        let salt = &ours[3..ours.rfind('$').unwrap()];
        assert_eq!(made_by_openssl(algorithm, salt, SECRET), ours);
        assert_ne!(made_by_openssl(algorithm, salt, &format!("{SECRET}x")), ours);
    }
}

#[test]
fn openssl_derives_the_same_key() {
    // OpenSSL has this command since version 3.0.
    if !is_installed("openssl", &["kdf", "-help"]) {
        return;
    }
    let digest = run(&["hash", "-i", "100000", "--encoding", "phc"], "insecure_secret").stdout;
    let fields: Vec<&str> = digest.trim().split('$').collect();
    let hex = |text: &str| {
        use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
        let bytes = STANDARD_NO_PAD.decode(text).unwrap();
        bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>()
    };
    let salt = format!("hexsalt:{}", hex(fields[3]).concat());
    let mut command = Command::new("openssl");
    command.args(["kdf", "-keylen", "64", "-kdfopt", "digest:SHA512", "-kdfopt"]);
    command.args(["pass:insecure_secret", "-kdfopt", &salt, "-kdfopt", "iter:100000", "PBKDF2"]);
    assert_eq!(finish(command, "").result().trim(), hex(fields[4]).join(":"));
}
