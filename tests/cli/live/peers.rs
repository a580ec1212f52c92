//! Two real providers: oidc-provider from npm, and django-oauth-toolkit from `PyPI`.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::peers::skipped;
use super::super::run;
use super::{SECRET, asked, codes, command};

const REDIRECT: [&str; 2] = ["--redirect-uri", "https://app.example.com/callback"];

/// A provider, which is killed at the end of the test.
struct Peer {
    process: Child,
    port: u16,
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Peer {
    /// Starts a provider, which reads a line and prints its port once it listens.
    fn start(mut command: Command, line: &str) -> Self {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        writeln!(process.stdin.take().unwrap(), "{line}").unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut peer = Self { process, port: 0 };
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let _ = output.read_line(&mut line);
            let _ = sender.send(line);
        });
        let line = receiver.recv_timeout(Duration::from_secs(60)).expect("the provider starts");
        peer.port = line.trim().parse().unwrap_or_else(|_| panic!("no port: {line:?}"));
        peer
    }

    /// Asks about a client; returns the exit code, the answers and the codes of the findings.
    fn ask(
        &self,
        path: &str,
        client: &str,
        secret: &str,
        args: &[&str],
    ) -> (i32, Value, Vec<String>) {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let args = [&["--client", client, "--format", "json"], args].concat();
        let run = asked(command(&url, &args), secret);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let codes = codes(&report).into_iter().map(ToOwned::to_owned).collect();
        (run.code.unwrap(), report["live"].clone(), codes)
    }
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn oidc_provider() -> Option<Peer> {
    let packages = root("target/peers/node");
    let has_node = Command::new("node").arg("--version").stdout(Stdio::null()).status();
    if !has_node.is_ok_and(|status| status.success()) || !packages.join("node_modules").exists() {
        skipped("oidc-provider: it is not installed");
        return None;
    }
    let mut command = Command::new("node");
    command.arg(root("tests/live/oidc_provider.mjs")).arg(packages).arg(SECRET);
    Some(Peer::start(command, ""))
}

fn django(clients: &Value) -> Option<Peer> {
    let python = std::env::var("PEERS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has =
        Command::new(&python).args(["-c", "import oauth2_provider"]).stderr(Stdio::null()).status();
    if !has.is_ok_and(|status| status.success()) {
        skipped("django-oauth-toolkit: it is not installed");
        return None;
    }
    let mut command = Command::new(python);
    command.arg(root("tests/live/django_provider.py"));
    Some(Peer::start(command, &clients.to_string()))
}

#[test]
fn oidc_provider_answers_as_documented() {
    let Some(peer) = oidc_provider() else { return };
    let ask = |client: &str, secret: &str, args: &[&str]| peer.ask("", client, secret, args);
    let post = ["--auth-method", "client_secret_post"];
    let none = ["--auth-method", "none"];
    let live = |secret: &str| json!({"secret": secret, "request": null, "grant": null});
    for (client, args, answer) in [
        ("basic", &[][..], "accepted"),
        ("post", &post, "accepted"),
        // It accepts both methods from each of the two clients.
        ("post", &[], "accepted"),
        ("basic", &post, "accepted"),
        ("public", &none, "public"),
    ] {
        assert_eq!(ask(client, SECRET, args), (0, live(answer), vec![]), "{client} {args:?}");
    }
    // The client may not use the grant, which is told only after the secret was checked.
    let refused = json!({"secret": "accepted", "request": null, "grant": "refused"});
    assert_eq!(ask("implicit", SECRET, &[]), (0, refused, vec![]));
    for (client, secret, args) in [
        ("basic", "wrong password", &[][..]),
        ("post", "wrong password", &post),
        ("implicit", "wrong password", &[]),
        ("nobody", SECRET, &[]),
        ("public", SECRET, &[]),
    ] {
        let wrong = vec!["wrong-secret".to_owned()];
        assert_eq!(ask(client, secret, args), (1, live("rejected"), wrong), "{client} {args:?}");
    }
    let unknown = (
        1,
        json!({"secret": null, "request": null, "grant": null}),
        vec!["unknown-client".to_owned()],
    );
    assert_eq!(ask("basic", SECRET, &none), unknown);
}

#[test]
fn oidc_provider_checks_pushed_requests() {
    let Some(peer) = oidc_provider() else { return };
    let ask = |client: &str, args: &[&str]| peer.ask("", client, SECRET, args);
    let post = [&REDIRECT[..], &["--auth-method", "client_secret_post"]].concat();
    let none = [&REDIRECT[..], &["--auth-method", "none"]].concat();
    for (client, args, answer) in [
        ("basic", &REDIRECT[..], "accepted"),
        ("post", &post, "accepted"),
        ("public", &none, "public"),
    ] {
        let live = json!({"secret": answer, "request": "accepted", "grant": null});
        assert_eq!(ask(client, args), (0, live, vec![]), "{client}");
    }
    let refused = json!({"secret": "accepted", "request": "refused", "grant": null});
    let other = ["--redirect-uri", "https://app.example.com/callback/"];
    assert_eq!(ask("basic", &other), (1, refused.clone(), vec!["redirect-mismatch".to_owned()]));
    let refused = json!({"secret": "accepted", "request": "refused", "grant": "refused"});
    assert_eq!(ask("implicit", &REDIRECT), (1, refused, vec!["grant-not-allowed".to_owned()]));
}

#[test]
fn django_accepts_the_secret_of_a_digest_for_django() {
    let digest = run(&["hash", "--for", "django", "--quiet"], SECRET).result();
    let argon2 = run(&["hash", "--for", "django", "-a", "argon2id", "--quiet"], SECRET).result();
    let clients = json!({"app": digest.trim(), "argon2": argon2.trim(), "public": null});
    let Some(peer) = django(&clients) else { return };
    let ask = |client: &str, secret: &str, args: &[&str]| peer.ask("/o", client, secret, args);
    let post = ["--auth-method", "client_secret_post"];
    let live = |secret: &str| json!({"secret": secret, "request": null, "grant": null});
    for (client, args) in [("app", &[][..]), ("app", &post), ("argon2", &[])] {
        assert_eq!(ask(client, SECRET, args), (0, live("accepted"), vec![]), "{client} {args:?}");
    }
    let none = ["--auth-method", "none"];
    assert_eq!(ask("public", SECRET, &none), (0, live("public"), vec![]));
    let wrong = vec!["wrong-secret".to_owned()];
    assert_eq!(ask("app", "wrong password", &[]), (1, live("rejected"), wrong.clone()));
    assert_eq!(ask("nobody", SECRET, &[]), (1, live("rejected"), wrong));
}

/// Only a provider that computes a digest for each known client can be read by its time.
#[test]
fn the_time_of_django_tells_an_unknown_client() {
    let digest = run(&["hash", "--for", "django", "--quiet"], SECRET).result();
    let Some(peer) = django(&json!({"app": digest.trim()})) else { return };
    let folder = super::folder();
    let file = folder.path().join("digest");
    // The same work in Authelia's format, for the estimate.
    let same = run(&["convert", digest.trim(), "--for", "authelia", "--quiet"], "").result();
    std::fs::write(&file, same).unwrap();
    let path = file.to_str().unwrap();
    let ask = |client: &str| peer.ask("/o", client, "wrong password", &["--digest-file", path]).2;
    assert!(ask("nobody").contains(&"unknown-client".to_owned()));
    assert!(ask("app").contains(&"wrong-secret".to_owned()));
}
