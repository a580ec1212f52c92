//! `audit`: checks of the clients in an Authelia configuration.

use super::{QUICK, SEED, folder, run};
use serde_json::Value;

const GOOD: &str = "$pbkdf2-sha512$310000$dy9fVqTjGxAJkfSaXmYkVQ$Wc0JtRwJGdUxIeHL/L3oXyCnRvvVHEqWBvmLMpp14mrDAsmzHzLc3oGpVSN5hjSKVrUhvMu8CVZ6c8NGx6XKcg";

/// Returns a configuration whose only client has these lines and is otherwise valid.
fn configuration(lines: &str) -> String {
    let redirects = if lines.contains("redirect_uri") {
        ""
    } else {
        "\nredirect_uris: ['https://x.example.com/cb']"
    };
    let lines = format!("{lines}{redirects}");
    let lines: String = lines.lines().map(|line| format!("        {line}\n")).collect();
    format!(
        "identity_providers:\n  oidc:\n    authorization_policies:\n      family: {{rules: [{{subject: 'user:john', policy: one_factor}}]}}\n    scopes:\n      \
         custom: {{}}\n    clients:\n      - client_id: app\n{lines}"
    )
}

fn audit(yaml: &str, args: &[&str]) -> (Option<i32>, Value) {
    let args: Vec<&str> = ["audit", "--format", "json", "-"].iter().chain(args).copied().collect();
    let run = run(&args, yaml);
    assert_eq!(run.stderr, "", "{yaml}");
    (run.code, serde_json::from_str(&run.stdout).unwrap())
}

/// Returns the findings of all clients as code, line and key.
fn findings(yaml: &str, args: &[&str]) -> Vec<String> {
    let (_, json) = audit(yaml, args);
    let clients = json["clients"].as_array().unwrap().iter();
    let of_clients = clients.flat_map(|client| client["findings"].as_array().unwrap());
    let all = json["findings"].as_array().unwrap().iter().chain(of_clients);
    all.map(|finding| {
        let place = &finding["where"];
        assert!(place["file"].as_str().is_some(), "{finding}");
        format!("{} {} {}", finding["code"], place["line"], place["key"]).replace('"', "")
    })
    .collect()
}

#[test]
fn a_good_configuration_has_no_findings() {
    let yaml = configuration(&format!(
        "client_name: 'App'\nclient_secret: '{GOOD}'\npublic: false\nauthorization_policy: 'two_factor'\n\
         require_pkce: true\npkce_challenge_method: 'S256'\nredirect_uris:\n  - 'https://app.example.com/oauth2/callback'\n  \
         - 'com.example.app:/callback'\nscopes: ['openid', 'profile', 'email', 'groups', 'custom', 'offline_access']\n\
         response_types: ['code']\ngrant_types: ['authorization_code', 'refresh_token']\nconsent_mode: 'auto'\n\
         access_token_signed_response_alg: 'none'\nuserinfo_signed_response_alg: 'none'\n\
         token_endpoint_auth_method: 'client_secret_basic'"
    ));
    let (code, json) = audit(&yaml, &["--guess"]);
    assert_eq!((code, &json["findings"]), (Some(0), &Value::Array(Vec::new())));
    let client = &json["clients"][0];
    assert_eq!(client["client_id"], "app");
    assert_eq!(
        (&client["public"], &client["auth_method"]),
        (&false.into(), &"client_secret_basic".into())
    );
    assert_eq!(client["digest"]["algorithm"], "pbkdf2-sha512");
    assert_eq!(client["digest"]["parameters"]["iterations"], 310_000);
    assert_eq!(client["findings"], Value::Array(Vec::new()));
    assert_eq!(json["summary"]["clients"], 1);
    assert_eq!(json["files"][0], "-");
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn every_rule_reports_its_code_line_and_key() {
    let secret = format!("client_secret: '{GOOD}'\n");
    let public = "public: true\ntoken_endpoint_auth_method: none\n".to_owned();
    let cases: [(String, &[&str]); 46] = [
        (secret.clone() + "public: true", &["unexpected-secret 9 client_secret"]),
        (public.clone() + "client_secret: ''", &[]),
        (
            "public: true\ntoken_endpoint_auth_method: client_secret_post".to_owned(),
            &["public-method 10 token_endpoint_auth_method"],
        ),
        ("client_name: x".to_owned(), &["missing-secret 8 client_secret"]),
        ("client_secret: ''".to_owned(), &["missing-secret 9 client_secret"]),
        (
            "token_endpoint_auth_method: private_key_jwt".to_owned(),
            &[
                "missing-value 8 token_endpoint_auth_signing_alg",
                "missing-value 8 revocation_endpoint_auth_method",
                "missing-value 8 introspection_endpoint_auth_method",
                "missing-value 8 pushed_authorization_request_endpoint_auth_method",
                "missing-value 8 token_endpoint_auth_method",
            ],
        ),
        (
            secret.clone() + "token_endpoint_auth_method: none",
            &["unexpected-secret 9 client_secret"],
        ),
        (
            secret.clone() + "token_endpoint_auth_method: basic",
            &["unknown-value 10 token_endpoint_auth_method"],
        ),
        (
            secret.clone() + "token_endpoint_auth_method: client_secret_jwt",
            &["plaintext-needed 9 client_secret", "hashed-secret 10 token_endpoint_auth_method"],
        ),
        (
            secret.clone() + "id_token_signed_response_alg: HS256",
            &["plaintext-needed 9 client_secret", "hashed-secret 10 id_token_signed_response_alg"],
        ),
        (
            secret.clone() + "userinfo_encrypted_response_alg: dir",
            &["algorithm 10 userinfo_encrypted_response_alg", "plaintext-needed 9 client_secret"],
        ),
        (
            "client_secret: '$plaintext$x'\ntoken_endpoint_auth_method: client_secret_jwt"
                .to_owned(),
            &["hashed-secret 10 token_endpoint_auth_method"],
        ),
        (
            "client_secret: 'long-and-random'\ntoken_endpoint_auth_method: client_secret_jwt"
                .to_owned(),
            &["hashed-secret 10 token_endpoint_auth_method"],
        ),
        ("client_secret: 'long-and-random'".to_owned(), &["plaintext-secret 9 client_secret"]),
        ("client_secret: '$plaintext$x'".to_owned(), &["plaintext-secret 9 client_secret"]),
        (
            "client_secret: 123456".to_owned(),
            &[
                "unknown-value 9 client_secret",
                "plaintext-secret 9 client_secret",
                "unquoted 9 client_secret",
            ],
        ),
        ("client_secret: '123456'".to_owned(), &["plaintext-secret 9 client_secret"]),
        (format!("client_secret: '{SEED}'"), &["known-example 9 client_secret"]),
        (
            format!("client_secret: '{}'", &GOOD[..GOOD.len() - 22]),
            &["key-truncated 9 client_secret"],
        ),
        (format!("client_secret: '\"{GOOD}\"'"), &["quotes 9 client_secret"]),
        (format!("client_secret: '{}'", &GOOD[1..]), &["lost-dollar 9 client_secret"]),
        (format!("client_secret: '{{CRYPT}}{GOOD}'"), &["other-dialect 9 client_secret"]),
        (
            "client_secret: '-sha51210000/nCb2CJPOsKaPK0hjf.9yHxzQGZziziccp6Yng'".to_owned(),
            &["expanded 9 client_secret"],
        ),
        (
            secret.clone()
                + "redirect_uris:\n  - 'app.example.com/x'\n  - 'https://a.example.com'\n  - 'https://a.example.com'",
            &["redirect-uri 11 redirect_uris", "duplicate-redirect-uri 13 redirect_uris"],
        ),
        (secret.clone() + "authorization_policy: family", &[]),
        (
            secret.clone() + "authorization_policy: friends",
            &["unknown-value 10 authorization_policy"],
        ),
        (secret.clone() + "consent_mode: sometimes", &["unknown-value 10 consent_mode"]),
        (
            secret.clone() + "pkce_challenge_method: s256",
            &["unknown-value 10 pkce_challenge_method"],
        ),
        (
            secret.clone() + "grant_types: ['client_credentials']\nscopes: ['openid']",
            &["client-credentials 10 grant_types"],
        ),
        (
            secret.clone()
                + "grant_types: ['authorization_code', 'password']\nresponse_modes: ['post']",
            &["unknown-value 10 grant_types", "unknown-value 11 response_modes"],
        ),
        (
            secret.clone() + "scopes: ['openid', 'opnid']\nresponse_types: ['cod']",
            &["unusual-value 11 response_types", "unusual-value 10 scopes"],
        ),
        (secret.clone() + "grant_types: ['refresh_token']", &["refresh-token 10 grant_types"]),
        (
            secret.clone() + "scopes: ['openid', 'offline_access']\nresponse_types: ['id_token']",
            &["refresh-token 10 scopes"],
        ),
        (
            secret.clone() + "redirect_uri: x",
            &["unknown-key 10 redirect_uri", "no-redirect-uri 8 redirect_uris"],
        ),
        (secret.clone() + "redirect_uris: []", &["no-redirect-uri 10 redirect_uris"]),
        (secret.clone() + "redirect_uris: ['{{< x >}}']", &["placeholder 10 redirect_uris"]),
        (
            secret.clone() + "redirect_uris: ['oc://android.opencloud.eu']\npublic: false",
            &["public-application 11 public"],
        ),
        (format!("secret: '{GOOD}'"), &["renamed-key 9 secret"]),
        (secret.clone() + "lifespan: long", &["undefined-name 10 lifespan"]),
        (
            secret.clone() + "id_token_signed_response_alg: RS255",
            &["algorithm 10 id_token_signed_response_alg"],
        ),
        (
            secret.clone() + "request_uris: ['http://a.example.com']",
            &["invalid-uri 10 request_uris"],
        ),
        (secret.clone() + "jwks: [{key_id: a}]", &["invalid-key 10 jwks"]),
        (
            secret.clone()
                + "grant_types: ['client_credentials']\nscopes: ['authelia.bearer.authz']\n\
                   token_endpoint_auth_method: client_secret_basic",
            &["bearer-authz 11 audience"],
        ),
        (
            secret.clone() + "response_types: ['code', 'code']",
            &["duplicate-value 10 response_types"],
        ),
        (secret.clone() + "grant_types: ['implicit']", &["unused-grant 10 grant_types"]),
        (secret.clone() + "require_pkce: 1", &["unusual-boolean 10 require_pkce"]),
    ];
    for (lines, expected) in cases {
        assert_eq!(findings(&configuration(&lines), &[]), expected, "{lines}");
    }
}

#[test]
fn client_ids_are_checked_against_authelias_rules() {
    let yaml =
        |id: &str| configuration(&format!("client_secret: '{GOOD}'")).replace("client_id: app", id);
    let long = format!("client_id: '{}'", "x".repeat(101));
    for id in ["client_id: ''", "client_id: 'a b'", "client_id: 'ä'", &long] {
        assert_eq!(findings(&yaml(id), &[]), ["client-id 8 client_id"], "{id}");
    }
    assert_eq!(findings(&yaml("id: 'a b'"), &[]), ["client-id 8 id", "renamed-key 8 id"]);
    assert_eq!(findings(&yaml("client_name: x"), &[]), ["client-id 9 client_id"]);
    let twice = yaml("client_id: app")
        + "      - client_id: app\n        client_secret: 'long-and-random'\n        redirect_uris: ['com.example:/cb']\n";
    assert_eq!(
        findings(&twice, &[]),
        ["duplicate-client-id 11 client_id", "plaintext-secret 12 client_secret"]
    );
    let same = yaml("client_id: app")
        + &format!(
            "      - id: other\n        secret: '{GOOD}'\n        redirect_uris: ['com.example:/cb']\n"
        );
    assert_eq!(
        findings(&same, &[]),
        ["renamed-key 11 id", "renamed-key 12 secret", "same-secret 12 secret"]
    );
}

#[test]
fn an_application_is_recognised_by_its_redirect_uri() {
    let kasm = |method: &str| {
        configuration(&format!(
            "client_secret: '{GOOD}'\nredirect_uris: ['https://kasm.example.com/api/oidc_callback']\n\
             token_endpoint_auth_method: {method}"
        ))
    };
    assert_eq!(findings(&kasm("client_secret_basic"), &[]), Vec::<String>::new());
    let found = ["method-mismatch 11 token_endpoint_auth_method"];
    assert_eq!(findings(&kasm("client_secret_post"), &[]), found);
    let (_, json) = audit(&kasm("client_secret_post"), &[]);
    let message = json["clients"][0]["findings"][0]["message"].as_str().unwrap();
    assert!(message.contains("Kasm Workspaces") && message.contains("client_secret_basic"));
}

#[test]
fn a_fix_names_the_key_and_its_value() {
    let secret = format!("client_secret: '{GOOD}'");
    // The names are those of Authelia's documentation.
    for (lines, fixes) in [
        (
            "token_endpoint_auth_method: private_key_jwt".to_owned(),
            &["Add token_endpoint_auth_signing_alg.", "Add jwks or jwks_uri."][..],
        ),
        (secret.clone() + "\ndescription: App", &["Rename it to client_name."]),
        (
            secret.clone()
                + "\nredirect_uris: ['https://kasm.example.com/api/oidc_callback']\n\
                   token_endpoint_auth_method: client_secret_post",
            &["Set token_endpoint_auth_method to client_secret_basic, unless "],
        ),
        (
            secret + "\nscopes: [authelia.bearer.authz]",
            &["Change audience, or remove the scope authelia.bearer.authz."],
        ),
    ] {
        let (_, json) = audit(&configuration(&lines), &[]);
        let found = json["clients"][0]["findings"].as_array().unwrap();
        for fix in fixes {
            let has_it = found.iter().any(|found| found["fix"].as_str().unwrap().starts_with(fix));
            assert!(has_it, "{fix}: {json}");
        }
    }
}

#[test]
fn a_guessed_secret_is_found_and_not_shown() {
    let digest = |secret: &str| {
        let args =
            ["hash", "-q", "-a", "argon2id", "--memory", "64", "-i", "1", "--parallelism", "1"];
        run(&args, secret).result().trim().to_owned()
    };
    for secret in ["app", "app-secret", "My App", "my app", "changeme"] {
        let yaml =
            configuration(&format!("client_name: My App\nclient_secret: '{}'", digest(secret)));
        assert_eq!(findings(&yaml, &["--ignore", "below-owasp"]), Vec::<String>::new());
        let found = findings(&yaml, &["--guess", "--ignore", "below-owasp"]);
        assert_eq!(found, ["guessable 10 client_secret"], "{secret}");
    }
    let output =
        run(&["audit", "--guess", "-"], configuration(&format!("client_secret: '{QUICK}'")));
    assert!(output.stdout.contains("guessable") && !output.stdout.contains("insecure_secret"));
}

#[test]
fn a_plaintext_secret_is_guessed_and_a_known_digest_is_reported_once() {
    for secret in ["app", "$plaintext$app"] {
        let yaml = configuration(&format!("client_name: App\nclient_secret: '{secret}'"));
        let found = findings(&yaml, &["--guess"]);
        assert_eq!(found, ["guessable 10 client_secret", "plaintext-secret 10 client_secret"]);
    }
    let known = configuration(&format!("client_secret: '{SEED}'"));
    assert_eq!(findings(&known, &["--guess"]), ["known-example 9 client_secret"]);
    // Its name is its id.
    let named = configuration("client_name: app\nclient_secret: '$plaintext$app'");
    assert_eq!(findings(&named, &["--guess"]).len(), 2);
}

#[test]
fn templates_are_resolved_only_with_resolve() {
    let folder = folder();
    let file = folder.path().join("secret");
    std::fs::write(&file, format!("{}\n", &GOOD[..61])).unwrap();
    let path = file.display();
    for template in [
        format!("{{{{ secret \"{path}\" }}}}"),
        format!("'{{{{ secret \"{path}\" }}}}'"),
        format!("\"{{{{ secret \"{path}\" }}}}\""),
        format!("'{{{{- secret \"{path}\" | trim -}}}}'"),
    ] {
        let yaml = configuration(&format!("client_secret: {template}"));
        assert_eq!(findings(&yaml, &[]), ["unresolved 9 client_secret"], "{template}");
        assert_eq!(
            findings(&yaml, &["--resolve"]),
            ["key-too-short 9 client_secret"],
            "{template}"
        );
    }
    let yaml = configuration("client_secret: '${KASM_DIGEST}'");
    assert_eq!(findings(&yaml, &[]), ["unresolved 9 client_secret"]);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
    command.args(["audit", "--resolve", "-"]).env("KASM_DIGEST", "hunter2");
    let resolved = super::finish(command, &yaml);
    assert!(resolved.stdout.contains("plaintext-secret") && !resolved.stdout.contains("hunter2"));
    let yaml = configuration("client_secret: {{ secret \"/nonexistent\" }}");
    let unreadable = run(&["audit", "--resolve", "-"], &yaml);
    assert!(unreadable.stdout.contains("note unresolved"), "{}", unreadable.stdout);
    assert!(
        unreadable.stderr.contains(
            "line 9: a template or variable cannot be resolved: cannot read /nonexistent"
        )
    );
    assert_eq!(unreadable.code, Some(2));
}

#[test]
fn the_exit_code_depends_on_the_severity() {
    let code = |secret: &str, args: &[&str]| {
        audit(&configuration(&format!("client_secret: '{secret}'")), args).0
    };
    assert_eq!(code("plaintext", &[]), Some(1));
    assert_eq!(code("plaintext", &["--fail-on", "error"]), Some(0));
    assert_eq!(code("plaintext", &["--ignore", "plaintext-secret"]), Some(0));
    assert_eq!(code(SEED, &["--fail-on", "error"]), Some(1));
    assert_eq!(code("{{ secret \"x\" }}", &[]), Some(0));
    run(&["audit", "--ignore", "nonsense", "x"], "").fails_with(&["--ignore", "plaintext-secret"]);
    run(&["audit"], "").fails_with(&["FILE"]);
    run(&["audit", "/nonexistent.yml"], "").fails_with(&["/nonexistent.yml", "No such file"]);
}

#[test]
fn the_last_file_with_clients_is_audited() {
    let folder = folder();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("a.yml", &configuration("client_secret: 'plain'"));
    write(
        "b.yaml",
        &configuration(&format!("client_secret: '{GOOD}'\nauthorization_policy: late")),
    );
    write(
        "c.yml",
        "identity_providers: {oidc: {authorization_policies: {late: {rules: [{subject: 'user:john'}]}}}}",
    );
    write("d.txt", "not: [yaml");
    let output = run(&["audit", "--format", "json", folder.path().to_str().unwrap()], "");
    let json: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(json["files"].as_array().unwrap().len(), 3);
    assert_eq!(json["findings"][0]["code"], "overridden");
    assert!(json["findings"][0]["where"]["file"].as_str().unwrap().ends_with("a.yml"));
    assert_eq!(json["clients"].as_array().unwrap().len(), 1);
    assert_eq!(json["clients"][0]["findings"], Value::Array(Vec::new()));
    let empty = super::folder();
    run(&["audit", empty.path().to_str().unwrap()], "").fails_with(&["no .yml or .yaml file"]);
}

#[test]
fn unusual_yaml_is_read_and_invalid_yaml_is_refused() {
    let anchors = format!(
        "x: &d '{GOOD}'\nb: &base {{redirect_uris: [com.example:/cb], authorization_policy: one_factor}}\nidentity_providers:\n  oidc:\n    clients:\n      - <<: *base\n        client_id: !!str one\n        client_secret: *d\n      - {{client_id: two, client_secret: *d, <<: *base}}\n"
    );
    assert_eq!(findings(&anchors, &[]), ["same-secret 9 client_secret"]);
    let folded = configuration(&format!("client_secret: >-\n  {GOOD}"));
    assert_eq!(findings(&folded, &[]), Vec::<String>::new());
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let alias = format!("*a{},", level - 1).repeat(10);
        bomb = format!("{bomb}a{level}: &a{level} [{alias}]\n");
    }
    for (yaml, word) in [
        (bomb.as_str(), "aliases make this too large"),
        (&"[".repeat(1_000_000), "line 1"),
        ("identity_providers:\n\toidc: {}\n", "line 2"),
        (
            "identity_providers:\n  oidc:\n    clients:\n      - client_id: a\n        client_id: b\n",
            "duplicate key",
        ),
        ("identity_providers: {oidc: {clients: hunter2}}", "list of clients"),
        ("hunter2: [", "line"),
    ] {
        let output = run(&["audit", "-"], yaml);
        assert!(!output.stderr.contains("hunter2"), "{}", output.stderr);
        output.fails_with(&[word]);
    }
    for nobody in ["a: 1\n", "", "identity_providers: {oidc: {clients: []}}\n", "users: {}\n"] {
        run(&["audit", "-"], nobody).fails_with(&["no client", "identity_providers.oidc.clients"]);
        run(&["audit", "--format", "json", "-"], nobody).fails_with(&["no client"]);
    }
}

#[test]
fn text_and_sarif_report_the_same_finding() {
    let yaml = configuration("client_secret: 'plain'");
    let text = run(&["audit", "-"], &yaml);
    assert_eq!(
        text.stdout,
        "-:9: client app, client_secret\nwarning plaintext-secret: this is the plaintext secret, not a digest\n  \
         Make a digest with `oidc-secret hash`.\n\n1 client: 0 errors, 1 warning, 0 notes\n"
    );
    let sarif = run(&["audit", "--format", "sarif", "-"], &yaml);
    let sarif: Value = serde_json::from_str(&sarif.stdout).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let (run, result) = (&sarif["runs"][0], &sarif["runs"][0]["results"][0]);
    assert_eq!(
        (&result["ruleId"], &result["level"]),
        (&"plaintext-secret".into(), &"warning".into())
    );
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 9);
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert!(rules.iter().any(|rule| rule["id"] == result["ruleId"]));
}

/// The commands as GitHub's runner parses them: properties between commas, both with escapes.
#[test]
fn an_annotation_has_the_place_and_the_text_of_its_finding() {
    let folder = folder();
    let file = folder.path().join("a,b: 100%.yml");
    let yaml =
        configuration("client_secret: 'plain'").replace(": app\n", ": \"a::error::\\n%\\e\"\n");
    std::fs::write(&file, yaml).unwrap();
    let audit = run(&["audit", "--format", "github", file.to_str().unwrap()], "");
    assert_eq!(audit.code, Some(1));
    let [line] =
        audit.stdout.lines().filter(|line| line.contains("plaintext")).collect::<Vec<_>>()[..]
    else {
        panic!("{}", audit.stdout)
    };
    let (command, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (name, properties) = command.split_once(' ').unwrap();
    let properties: Vec<_> =
        properties.split(',').map(|pair| pair.split_once('=').unwrap()).collect();
    let escaped =
        file.to_str().unwrap().replace('%', "%25").replace(':', "%3A").replace(',', "%2C");
    assert_eq!(name, "warning");
    assert_eq!(properties, [("file", &*escaped), ("line", "9"), ("title", "plaintext-secret")]);
    assert_eq!(
        message,
        r"a::error::%0A%25\u{1b}: client_secret: this is the plaintext secret, not a digest%0AMake a digest with `oidc-secret hash`."
    );
}

#[test]
fn a_single_value_needs_no_list() {
    let yaml = configuration(&format!(
        "client_secret: '{GOOD}'\nredirect_uris: 'https://a.example.com/cb'\nscopes: openid"
    ));
    assert_eq!(findings(&yaml, &[]), Vec::<String>::new());
    let yaml = configuration(&format!("client_secret: '{GOOD}'\nredirect_uris: 'none'"));
    assert_eq!(findings(&yaml, &[]), ["redirect-uri 10 redirect_uris"]);
}

#[test]
fn an_unquoted_id_that_yaml_changes_is_a_finding() {
    for id in ["0123", "1e5", "0x1F", "yes"] {
        let yaml = format!(
            "identity_providers:\n  oidc:\n    clients:\n      - client_id: {id}\n        client_secret: '{GOOD}'\n        redirect_uris: ['https://x.example.com/cb']\n"
        );
        assert_eq!(findings(&yaml, &[]), ["unquoted 4 client_id"], "{id}");
        assert_eq!(findings(&yaml.replace(id, &format!("'{id}'")), &[]), Vec::<String>::new());
    }
}

/// A key that is not a word is not shown: it may be a secret in the wrong place.
#[test]
fn an_unknown_key_is_named_with_the_one_that_it_resembles() {
    let yaml = configuration(&format!("client_secret: '{GOOD}'\nredirect_url: x\n'hunter 2': x"));
    let (_, json) = audit(&yaml, &[]);
    let found = json["clients"][0]["findings"].as_array().unwrap();
    let message = found[0]["message"].as_str().unwrap();
    assert!(message.ends_with("did you mean redirect_uris?"), "{message}");
    assert_eq!(found[1]["where"]["key"], "clients");
    assert!(!json.to_string().contains("hunter"));
}

#[test]
fn a_date_as_an_id_is_an_error() {
    let yaml = "identity_providers: {oidc: {clients: [{client_id: 2024-01-01, public: true, \
                redirect_uris: ['https://x.example.com/cb']}]}}";
    assert_eq!(findings(yaml, &[]), ["unknown-value 1 client_id", "unquoted 1 client_id"]);
}

#[test]
fn templates_are_accepted_for_every_type() {
    let yaml = configuration(&format!(
        "client_secret: '{GOOD}'\npublic: {{{{ env \"X\" }}}}\nlifespan: '{{{{ env \"Y\" }}}}'"
    ));
    let jwks =
        "    jwks:\n      - key: {{ secret \"/k\" | mindent 10 \"|\" | msquote }}\n    clients:";
    let yaml = yaml.replace("    clients:", jwks);
    // Without it, Authelia starts with a key that anyone can compute.
    assert_eq!(findings(&yaml, &[]), ["no-hmac-secret 8 hmac_secret"]);
    let yaml = yaml.replace("    jwks:", "    hmac_secret: '{{ secret \"/h\" }}'\n    jwks:");
    assert_eq!(findings(&yaml, &[]), Vec::<String>::new());
}

#[test]
fn an_id_or_a_redirect_uri_from_a_template_is_unresolved() {
    for template in ["'{{ env \"X\" }}'", "\"{{ env `X` }}\"", "'${X}'", "{{ secret \"/x\" }}"] {
        let yaml = configuration(&format!("client_secret: '{GOOD}'")).replace("app", template);
        let found = findings(&yaml, &[]);
        assert!(found.contains(&"unresolved 8 client_id".to_owned()), "{template}: {found:?}");
        assert!(!found.iter().any(|finding| finding.starts_with("client-id ")), "{found:?}");
    }
    let uri = "https://a.{{ env \"DOMAIN\" }}/cb";
    let yaml = configuration(&format!("client_secret: '{GOOD}'\nredirect_uris: ['{uri}']"));
    let found = findings(&yaml, &[]);
    assert!(found.contains(&"unresolved 10 redirect_uris".to_owned()), "{found:?}");
    assert!(!found.iter().any(|finding| finding.starts_with("redirect-uri ")), "{found:?}");
}
