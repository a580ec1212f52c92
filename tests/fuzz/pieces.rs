//! Strategies that join pieces of a syntax.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Pieces, a third of which is random text.
fn joined(pieces: &'static [&'static str], most: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => select(pieces).prop_map(ToOwned::to_owned),
        1 => "[ -~]{0,9}",
        1 => any::<char>().prop_map(String::from),
    ];
    vec(piece, 0..most).prop_map(|pieces| pieces.concat())
}

/// A text with some of its characters changed, removed or repeated.
pub(crate) fn mutated(texts: Vec<String>) -> impl Strategy<Value = String> {
    const PARTS: [&str; 16] = [
        "$", "\n", "\r", "'", "\"", "# ", ": ", "- ", "{{", "}}", "&a ", "*a", "|", " ", "0",
        "\u{2028}",
    ];
    let edit = (any::<Index>(), 0..6_usize, select(&PARTS[..]), any::<char>());
    (select(texts), vec(edit, 0..4)).prop_map(|(text, edits)| {
        let mut characters: Vec<char> = text.chars().collect();
        for (at, kind, part, character) in edits {
            let at = at.index(characters.len().max(1));
            match kind {
                0 if at < characters.len() => characters[at] = character,
                1 if at < characters.len() => drop(characters.remove(at)),
                2 => characters.truncate(at),
                3 => characters.extend_from_within(at..),
                _ => drop(characters.splice(at..at, part.chars())),
            }
        }
        // Doubled ends would grow without a limit.
        characters.truncate(32 << 10);
        characters.into_iter().collect()
    })
}

pub(crate) fn digest() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "$",
        "$",
        "$",
        "$",
        ",",
        "=",
        ":",
        "{CRYPT}",
        "{ARGON2}",
        "{PBKDF2-SHA512}",
        "pbkdf2-sha512",
        "pbkdf2",
        "pbkdf2_sha256",
        "argon2id",
        "v=19",
        "m=64,t=2,p=1",
        "m=4294967295",
        "scrypt",
        "ln=4,r=8,p=1",
        "y",
        "j75",
        "2b",
        "2y",
        "04",
        "bcrypt-sha256",
        "v=2,t=2b,r=4",
        "6",
        "5",
        "rounds=1000",
        "1",
        "md5",
        "sha1",
        "plaintext",
        "base64",
        "310000",
        "1000",
        "18446744073709551616",
        "c2FsdHNhbHQ",
        "D+aISAJ4lET8vbRHs4eP8A",
        "abcdefgh",
        "hxU6gloNNiPCsDfNWna83gElJRcouTV/+wfEMVR+X7o",
        "ukzWNW70chL342F.eljZU/",
        "==",
        "user:",
        "i=1000,l=32",
        "55New.8h1Q2ysvHdSrQMNOv3j4tRGU4cqk7AkM8ZBXoPdLbtSxQYe",
        "SCRAM-SHA-256",
        "grub.pbkdf2.sha512.1000.",
    ];
    joined(PIECES, 12)
}

pub(crate) fn configuration() -> impl Strategy<Value = String> {
    const LINES: &[&str] = &[
        "- client_id: a",
        "- client_id: 'b'",
        "- {client_id: c, client_secret: '$plaintext$x'}",
        "  client_secret: 'x'",
        "  client_secret: \"x\\u0041\" # x",
        "  client_secret: >-",
        "  client_secret: &s x",
        "  client_secret: *s",
        "  client_secret:",
        "    x",
        "  redirect_uris:",
        "  - 'https://a.example.com/cb'",
        "  # x",
        "# x",
        "",
        "  public: true",
        "  client_secret: '{{ secret `/a` }}'",
        "  <<: *m",
        "  ? client_secret",
        "  : 'it''s'",
        "  client_secret: \"x",
        "    y\"",
        "  client_name: |2-",
        "      text",
        "  scopes: [openid, 'a b', \"c\"]",
        "  client_secret: !!str x",
        "...",
        "---",
        "\t",
        "  client_secret: x # y",
        "  client_secret: $argon2id$x",
    ];
    const ENDS: [&str; 8] = ["\n", "\n", "\n", "\n", "\n", "\n", "\r\n", "\r"];
    const HEADS: [&str; 5] = [
        "identity_providers:\n  oidc:\n    clients:\n",
        "# x\nserver: {address: 'x'}\nidentity_providers:\n  oidc:\n    hmac_secret: 'x'\n    clients: &l\n",
        "identity_providers: {oidc: {clients: [\n",
        "authelia_clients:\n",
        "kind: ConfigMap\ndata:\n  configuration.yml: |\n    identity_providers:\n      oidc:\n        clients:\n",
    ];
    let line = (select(LINES), select(&ENDS[..]));
    (select(&HEADS[..]), select(&[0, 2, 4, 4, 6, 8, 10][..]), vec(line, 0..12)).prop_map(
        |(head, indent, lines)| {
            let line = |(line, end): (&str, &str)| format!("{}{line}{end}", " ".repeat(indent));
            let end = if head.ends_with("[\n") { "]}}\n" } else { "" };
            format!("{head}{}{end}", lines.into_iter().map(line).collect::<String>())
        },
    )
}

pub(crate) fn toml() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "name = 'X'\n",
        "[[clients]]\n",
        "[clients.entry]\n",
        "client_id = 'x'\n",
        "client_secret = '{secret}'\n",
        "redirect_uris = ['{app}/cb']\n",
        "public = true\n",
        "[[settings]]\n",
        "format = 'env'\n",
        "format = 'ini'\n",
        "format = 'yaml'\n",
        "format = 'json'\n",
        "[settings.values]\n",
        "'A' = '{secret}'\n",
        "'b.c' = '{client_id}'\n",
        "[[inputs]]\n",
        "name = 'realm'\n",
        "default = '{input:realm}'\n",
        "'section.a' = ['x', '{app}']\n",
        "template = '''\n",
        "'''\n",
        "{",
        "}",
        "aliases = ['y']\n",
        "steps = ['do {app}']\n",
        "[inputs.realm]\n",
        "extra_config = '''a: {b: 1}'''\n",
        "variant = 'v'\n",
        "text = \"\\u2028\"\n",
    ];
    joined(PIECES, 16)
}

pub(crate) fn log() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "time=\"2026-01-02T03:04:05Z\" level=error msg=\"",
        "\" ",
        "\n",
        "{\"level\":\"error\",\"msg\":\"",
        "\",\"path\":\"/api/oidc/token\",\"time\":\"2026-01-02T03:04:05Z\"}",
        "Client with id 'wiki' ",
        "does not appear to be a registered client",
        "The 'redirect_uri' parameter does not match any",
        "with client id 'a' and redirect_uri 'https://a.example.com/cb?token=x#y' ",
        "client secret did not match",
        "is not allowed to request scope 'x y'",
        "\u{1b}[31m",
        "ERRO[2026-01-02T03:04:05Z] ",
        "{\"log\":\"",
        "\\\"",
        "\\u0026",
        "Rate Limit Exceeded",
        "path=/api/oidc/token",
        "client_id=a",
        "was determined to be us",
        "ing token_endpoint_auth_method 'none'",
        "is configured to only support",
        "requested with 'code_challenge_method' value 'plain'",
        "is not allowed to use authorization grant 'implicit'",
        "authelia  | ",
    ];
    joined(PIECES, 14)
}

pub(crate) fn template() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "{{",
        "}}",
        "{{-",
        "-}}",
        "{{- /* ",
        " */ -}}",
        " secret ",
        " env ",
        " \"/ab\" ",
        " `/a` ",
        " 'X' ",
        " | ",
        " default ",
        " quote ",
        " squote ",
        " indent 4 ",
        " nindent ",
        " trim ",
        " if ",
        " end ",
        " range ",
        " else ",
        " $x := ",
        " . ",
        " fileContent ",
        " mustEnv ",
        "${AB}",
        "${A:-x}",
        "$AB",
        "$$",
        "a: ",
        "\n",
        "'",
        "\"",
        "(",
        ")",
        "\r\n",
        "b64enc ",
        "\\",
        "{{ secret \"/ab\" }}",
        "{{ env \"AB\" | default \"x\" }}",
    ];
    joined(PIECES, 16)
}
