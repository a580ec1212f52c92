//! `--live`: every answer of a provider has its documented meaning, and the secret goes nowhere else.

mod peers;
mod server;
mod tls;

use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use self::server::{answer, document, json_answer, provider, serve};
use super::{QUICK, Run, finish, folder};

/// A secret that each encoding changes.
const SECRET: &str = "correct horse:battery+staple%";
const REJECTED: &str = r#"{"error":"invalid_client"}"#;
const ACCEPTED: &str = r#"{"error":"invalid_grant"}"#;

fn command(url: &str, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
    command.args(["diagnose", "--live", url]).args(args);
    for name in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command
}

/// Asks the provider about the client `app`.
#[track_caller]
fn ask(url: &str, args: &[&str]) -> Run {
    asked(command(url, &[&["--client", "app"], args].concat()), SECRET)
}

/// Runs a command whose output must not contain the secret.
#[track_caller]
fn asked(command: Command, secret: &str) -> Run {
    let run = finish(command, secret);
    for output in [&run.stdout, &run.stderr] {
        assert!(!output.contains(secret) && !output.contains("horse"), "{output}");
        assert!(!output.contains(['\u{1b}', '\u{202e}']), "{output}");
    }
    run
}

#[track_caller]
fn report(url: &str, args: &[&str]) -> (Option<i32>, Value) {
    let run = ask(url, &[&["--format", "json"], args].concat());
    (run.code, serde_json::from_str(&run.stdout).unwrap())
}

/// Returns the codes of the findings.
fn codes(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// A configuration with the client `app`, whose secret is `insecure_secret`.
fn configuration(more: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let entry = format!(
        "{{client_id: app, client_secret: '{QUICK}', redirect_uris: ['https://a.test/cb']{more}}}"
    );
    let text = format!("identity_providers: {{oidc: {{clients: [{entry}]}}}}");
    std::fs::write(file.path(), text).unwrap();
    file
}

#[test]
fn an_accepted_secret_is_a_success() {
    let server = provider(400, ACCEPTED);
    assert_eq!(ask(&server.url, &[]).result(), "the provider accepts the secret\n");
    let (code, report) = report(&server.url, &[]);
    assert_eq!((code, codes(&report)), (Some(0), vec![]));
    assert_eq!(report["live"], json!({"secret": "accepted", "request": null, "grant": null}));
}

#[test]
fn requests_are_those_of_an_application() {
    let server = provider(400, ACCEPTED);
    ask(&server.url, &[]).result();
    let requests = server.requests();
    assert_eq!(requests.len(), 2, "{requests:#?}");
    let agent = format!("user-agent: oidc-secret/{}", env!("CARGO_PKG_VERSION"));
    assert!(requests.iter().all(|request| request.to_lowercase().contains(&agent)));
    assert!(requests[0].starts_with("GET /.well-known/openid-configuration HTTP/1.1"));
    assert!(requests[1].starts_with("POST /token HTTP/1.1"), "{}", requests[1]);
    // `printf app:correct+horse%3Abattery%2Bstaple%25 | base64`
    let header = "authorization: Basic YXBwOmNvcnJlY3QraG9yc2UlM0FiYXR0ZXJ5JTJCc3RhcGxlJTI1";
    assert!(requests[1].contains(header), "{}", requests[1]);
    assert!(requests[1].contains("grant_type=authorization_code&code="));
    assert!(!requests.concat().contains("client_credentials"));
}

#[test]
fn a_rejected_secret_is_an_error() {
    let server = provider(401, REJECTED);
    let (code, found) = report(&server.url, &[]);
    assert_eq!((code, codes(&found)), (Some(1), vec!["wrong-secret"]));
    assert_eq!(found["live"]["secret"], "rejected");
    assert_eq!(server.requests().len(), 2, "a rejection is not tried again");
}

#[test]
fn the_running_provider_is_compared_with_the_configuration() {
    let file = configuration("");
    let args = ["--client", "app", "--config", file.path().to_str().unwrap()];
    for (status, body, secret, output) in [
        (400, ACCEPTED, "insecure_secret", "match\nthe provider accepts the secret\n"),
        (401, REJECTED, "insecure_secret", "match\n\nerror live-other-configuration: "),
        (
            400,
            ACCEPTED,
            SECRET,
            "mismatch\nthe provider accepts the secret\n\nerror live-other-configuration: ",
        ),
        (401, REJECTED, SECRET, "mismatch\n\nerror wrong-secret: "),
    ] {
        let run = asked(command(&provider(status, body).url, &args), secret);
        assert!(run.stdout.starts_with(output), "{}", run.stdout);
        assert_eq!(run.code == Some(0), output == run.stdout, "{}", run.stdout);
    }
}

#[test]
fn the_method_is_that_of_the_configuration() {
    let file = configuration(", token_endpoint_auth_method: client_secret_post");
    let path = file.path().to_str().unwrap();
    let server = provider(400, ACCEPTED);
    asked(command(&server.url, &["--config", path]), "insecure_secret").result_and_messages();
    assert!(server.requests()[1].contains("&client_id=app&client_secret=insecure_secret"));
    let server = provider(400, ACCEPTED);
    let args = ["--config", path, "--auth-method", "client_secret_basic"];
    asked(command(&server.url, &args), "insecure_secret").result_and_messages();
    assert!(server.requests()[1].contains("authorization: Basic "));
}

#[test]
fn a_refused_method_is_followed_by_the_other() {
    let authelia = serve(|request, url| match request.split(' ').next().unwrap() {
        "GET" => document(url),
        // Authelia's description.
        _ if request.contains("authorization: Basic") => json_answer(
            401,
            r#"{"error":"invalid_client","error_description":"Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method). The request was determined to be using 'token_endpoint_auth_method' method 'client_secret_basic', however the OAuth 2.0 client registration does not allow this method."}"#,
        ),
        _ => json_answer(400, ACCEPTED),
    });
    let (code, report) = report(&authelia.url, &[]);
    assert_eq!((code, codes(&report)), (Some(1), vec!["wrong-method"]));
    assert_eq!(report["live"]["secret"], "accepted");
    assert_eq!(authelia.requests().len(), 3);
}

#[test]
fn an_answer_that_tells_nothing_is_unclear() {
    let page = "<!doctype html><title>Sign in</title>";
    for (response, message) in [
        (answer(200, "Content-Type: text/html", page), "answered with an HTML page (status 200)"),
        (json_answer(500, "{}"), "failed (status 500)"),
        (answer(503, "", "upstream"), "failed (status 503)"),
        (json_answer(200, r#"{"access_token":"x"}"#), "answered something unexpected (status 200)"),
        (json_answer(400, "{\"error\":"), "answered something unexpected (status 400)"),
        (
            json_answer(400, r#"{"error":"invalid_request"}"#),
            "answered invalid_request (status 400)",
        ),
        (answer(429, "Retry-After: 42", ""), "try again in 42 s"),
        (answer(429, "", ""), "try again later"),
        (answer(400, "", &"x".repeat((1 << 20) + 1)), "answered with more than 1 MiB"),
        (answer(302, "Location: /x", ""), "redirects to another URL (status 302)"),
    ] {
        let server =
            serve(
                move |request, url| {
                    if request.starts_with("GET") { document(url) } else { response.clone() }
                },
            );
        let run = ask(&server.url, &[]);
        assert_eq!(run.code, Some(2), "{}", run.stdout);
        assert!(run.stdout.contains(message), "{message}: {}", run.stdout);
        let code = if message.contains("try again") { "rate-limit" } else { "live-unclear" };
        assert!(run.stdout.starts_with(&format!("warning {code}: ")), "{}", run.stdout);
        assert_eq!(server.requests().len(), 2, "{message}");
    }
}

#[test]
fn what_a_server_repeats_is_not_shown() {
    let echo = json!({"error": "invalid_client", "error_description": format!("\u{1b}[2J\u{202e}{SECRET}")});
    let run = ask(&provider(401, &echo.to_string()).url, &[]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    let echo = json!({"error": SECRET});
    assert_eq!(ask(&provider(400, &echo.to_string()).url, &[]).code, Some(2));
}

#[test]
fn no_redirect_is_followed() {
    let other = provider(400, ACCEPTED);
    let target = other.url.clone();
    let server = serve(move |_, _| answer(302, &format!("Location: {target}/x"), ""));
    let run = ask(&server.url, &[]);
    assert_eq!(run.code, Some(2));
    let message = format!("the discovery URL redirects to {} (status 302)", other.url);
    assert!(run.stdout.contains(&message), "{}", run.stdout);
    let target = other.url.clone();
    let server = serve(move |request, url| {
        if request.starts_with("GET") {
            document(url)
        } else {
            answer(307, &format!("Location: {target}/token"), "")
        }
    });
    assert_eq!(ask(&server.url, &[]).code, Some(2));
    assert!(other.requests().is_empty());
}

#[test]
fn a_secret_goes_to_no_other_origin() {
    let other = provider(400, ACCEPTED);
    let url = other.url.clone();
    let server = serve(move |_, own| {
        document(&url).replacen(&format!("\"{url}\""), &format!("\"{own}\""), 1)
    });
    let (code, report) = report(&server.url, &["--redirect-uri", "https://app.example.com/cb"]);
    assert_eq!((code, codes(&report)), (Some(1), vec!["live-other-origin"; 2]));
    assert_eq!((server.requests().len(), other.requests().len()), (1, 0));
}

#[test]
fn the_issuer_is_the_url() {
    let server = serve(|request, url| {
        if request.starts_with("GET") {
            document(url).replacen(&format!("\"{url}\""), &format!("\"{url}/\""), 1)
        } else {
            json_answer(400, ACCEPTED)
        }
    });
    let (code, found) = report(&server.url, &[]);
    assert_eq!((code, codes(&found)), (Some(0), vec!["live-issuer-slash"]));
    let (code, found) = report(&format!("{}/", server.url), &[]);
    assert_eq!((code, codes(&found)), (Some(0), vec![]));
    let (code, found) = report(&server.url.replace("127.0.0.1", "localhost"), &[]);
    let mut expected = vec!["live-issuer-mismatch"];
    expected.extend(["live-other-origin"; 2]);
    assert_eq!((code, codes(&found)), (Some(1), expected));
}

#[test]
fn a_slow_server_is_given_up() {
    let server = serve(|_, url| {
        std::thread::sleep(Duration::from_secs(30));
        document(url)
    });
    let start = Instant::now();
    ask(&server.url, &[]).fails_with(&["did not answer within 10 s"]);
    assert!((9..15).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
}

#[test]
fn an_interrupt_ends_the_program_at_once() {
    let server = serve(|_, url| {
        std::thread::sleep(Duration::from_secs(30));
        document(url)
    });
    let mut child = command(&server.url, &["--client", "app"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    server.wait_for_request();
    let start = Instant::now();
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success() && !child.wait().unwrap().success());
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
fn a_server_that_cannot_be_reached_is_an_error() {
    // The port is free again once the listener is gone.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    ask(&format!("http://127.0.0.1:{port}"), &[])
        .fails_with(&["refuses the connection", "check the URL"]);
    ask("https://nothing.invalid", &[]).fails_with(&["the host nothing.invalid is not found"]);
    let silent = serve(|_, _| String::new());
    ask(&silent.url, &[]).fails_with(&["closed the connection without an answer"]);
    let other = serve(|_, _| "SSH-2.0-OpenSSH_9.2\r\n".to_owned());
    ask(&other.url, &[]).fails_with(&["does not answer in HTTP"]);
}

#[test]
fn what_else_is_wrong_is_reported_without_the_provider() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let file = configuration("");
    let url = format!("http://127.0.0.1:{port}");
    let args = ["--config", file.path().to_str().unwrap()];
    let run = asked(command(&url, &args), "insecure_secret\u{a0}");
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stdout.starts_with("mismatch\n\nerror space: "), "{}", run.stdout);
    assert!(run.stderr.contains("warning: "), "{}", run.stderr);
    assert!(run.stderr.contains("refuses the connection"), "{}", run.stderr);
}

#[test]
fn a_url_that_would_reveal_the_secret_is_refused() {
    for (url, words) in [
        ("http://auth.example.com", "must begin with https://"),
        ("auth.example.com", "--live needs a full URL, such as https://auth.example.com"),
        ("https://user:pw@auth.example.com", "more than a scheme, a host, a port and a path"),
        ("https://auth.example.com?x=1", "more than a scheme, a host, a port and a path"),
    ] {
        ask(url, &[]).fails_with(&[words]);
    }
    asked(command("https://auth.example.com", &[]), SECRET).fails_with(&["--client"]);
}

#[test]
fn a_public_client_sends_no_secret() {
    let server = provider(400, ACCEPTED);
    let output = ask(&server.url, &["--auth-method", "none"]).result();
    assert_eq!(output, "the provider accepts the public client\n");
    assert!(!server.requests().concat().contains("Basic"));
    assert!(server.requests()[1].contains("&client_id=app"));
}

#[test]
fn a_proxy_is_used_except_for_excluded_hosts_and_this_machine() {
    let proxy = serve(|_, _| answer(403, "", ""));
    let through = |url: &str, excluded: &str| {
        let mut command = command(url, &["--client", "app"]);
        command.env("HTTPS_PROXY", &proxy.url).env("NO_PROXY", excluded);
        asked(command, SECRET)
    };
    let url = "https://auth.nothing.invalid";
    through(url, "example.com").fails_with(&["the proxy does not connect to https://auth.nothing"]);
    assert!(proxy.requests()[0].starts_with("CONNECT auth.nothing.invalid:443 "));
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for scheme in ["http", "socks5"] {
        let mut command = command(url, &["--client", "app"]);
        command.env("ALL_PROXY", format!("{scheme}://127.0.0.1:{port}"));
        asked(command, SECRET).fails_with(&["the proxy does not connect", "HTTPS_PROXY"]);
    }
    through(url, "example.com,nothing.invalid").fails_with(&["auth.nothing.invalid is not found"]);
    through(&provider(400, ACCEPTED).url, "").result();
    assert_eq!(proxy.requests().len(), 1);
}

#[test]
fn an_authorization_request_is_checked_without_a_browser() {
    let refused = |description: &str| {
        let body = json!({"error": "invalid_request", "error_description": description});
        json_answer(400, &body.to_string())
    };
    let unregistered = "The 'redirect_uri' parameter does not match any of the OAuth 2.0 Client's pre-registered 'redirect_uris'.";
    for (response, code, found) in [
        (json_answer(201, r#"{"request_uri":"urn:x","expires_in":60}"#), 0, vec![]),
        (refused(unregistered), 1, vec!["redirect-mismatch"]),
        (json_answer(400, r#"{"error":"invalid_scope"}"#), 1, vec!["scope-not-allowed"]),
        (refused("Clients must include a 'code_challenge'"), 1, vec!["pkce-missing"]),
        // Nothing has told whether the redirect URI is registered.
        (json_answer(401, REJECTED), 2, vec![]),
        (answer(404, "", ""), 2, vec!["live-unclear"]),
    ] {
        let server = serve(move |request, url| match request.split(' ').nth(1).unwrap() {
            "/par" => response.clone(),
            "/token" => json_answer(400, ACCEPTED),
            _ => document(url),
        });
        let args = ["--redirect-uri", "https://app.example.com/cb", "--app", "grafana"];
        let (exit, report) = report(&server.url, &args);
        assert_eq!((exit, codes(&report)), (Some(code), found), "{report}");
        let requests = server.requests();
        let pushed = requests.last().unwrap();
        for part in [
            "redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb",
            "scope=openid+profile+groups+email",
            "code_challenge_method=S256",
        ] {
            assert!(pushed.contains(part), "{pushed}");
        }
        assert_eq!(requests.len(), 3);
    }
}

#[test]
fn the_time_of_a_rejection_tells_an_unknown_client() {
    let folder = folder();
    let digest = folder.path().join("digest");
    let text = super::run(&["hash", "-i", "1000000"], SECRET).result();
    std::fs::write(&digest, text).unwrap();
    let path = digest.to_str().unwrap();
    let quick = provider(401, REJECTED);
    let args = ["--digest-file", path, "--client", "app"];
    let run = asked(command(&quick.url, &args), "wrong password");
    assert!(run.stdout.contains("likely does not know the client"), "{}", run.stdout);
    assert!(run.stdout.contains("error unknown-client: "), "{}", run.stdout);
}
