//! Runs that are killed at random moments: every file is complete, either old or new, and no secret is lost.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use super::replacement::{DIGEST, ROTATE, digest, finished, matches, spawn, written};
use super::{Run, folder, mode, names, run};

/// Returns the number of kills in each test. `OIDC_SECRET_KILLS` raises it, for runs by hand.
fn kills() -> usize {
    std::env::var("OIDC_SECRET_KILLS").map_or(60, |number| number.parse().unwrap())
}

/// Returns pseudo-random numbers from 0 to 1.
fn fractions() -> impl Iterator<Item = f64> {
    let mut state: u64 = 1;
    std::iter::repeat_with(move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from((state >> 32) as u32) / f64::from(u32::MAX)
    })
}

/// Runs a command many times, kills each run at a random moment, and checks its result.
fn killed(args: &[&str], mut check: impl FnMut(Run)) {
    let start = Instant::now();
    check(finished(spawn(args)));
    let usual = start.elapsed();
    for fraction in fractions().take(kills()) {
        let mut child = spawn(args);
        std::thread::sleep(Duration::from_secs_f64(usual.as_secs_f64() * fraction));
        let _ = child.kill();
        check(finished(child));
    }
}

#[test]
fn killed_rotations_never_lose_a_printed_secret() {
    let folder = folder();
    let path = written(folder.path());
    let args = [&ROTATE[..], &["--backup", path.to_str().unwrap(), "kasm"]].concat();
    let (mut old, mut outcomes) = (DIGEST.to_owned(), [0; 3]);
    killed(&args, |run| {
        let new = digest(&path);
        let is_set = new != old;
        // A run prints the whole secret before it changes the file, and succeeds only after that.
        assert!(!is_set || matches(&run.stdout, &new), "the secret is lost");
        assert!(run.code != Some(0) || is_set);
        outcomes[usize::from(is_set) + usize::from(run.code == Some(0))] += 1;
        old = new;
    });
    println!(
        "unchanged {}, changed {}, changed with exit code 0 {}",
        outcomes[0], outcomes[1], outcomes[2]
    );
    assert!(outcomes[0] > 0 && outcomes[2] > 0, "{outcomes:?}");
    run(&args, "").result_and_messages();
    assert_eq!(names(folder.path()), ["configuration.yml", "configuration.yml.bak"]);
}

#[test]
fn killed_rotations_never_lose_a_secret_file() {
    let folder = folder();
    let path = written(folder.path());
    let file = folder.path().join("secret");
    let options = ["--force", "--secret-out", file.to_str().unwrap()];
    let args = [&ROTATE[..], &options, &[path.to_str().unwrap(), "kasm"]].concat();
    run(&args, "").result_and_messages();
    let mut old = digest(&path);
    killed(&args, |run| {
        let new = digest(&path);
        let secret = std::fs::read_to_string(&file).unwrap();
        assert_eq!(secret.len(), 72);
        // Until both files are replaced, the old secret is kept under another name.
        let kept = names(folder.path()).into_iter().filter(|name| name.contains("-old-"));
        let kept = kept.map(|name| std::fs::read_to_string(folder.path().join(name)).unwrap());
        let is_known = matches(&secret, &new) || kept.into_iter().any(|kept| matches(&kept, &new));
        assert!(is_known, "the secret is lost");
        assert!(run.code != Some(0) || (matches(&secret, &new) && new != old));
        old = new;
    });
    run(&args, "").result_and_messages();
    assert_eq!(names(folder.path()), ["configuration.yml", "secret"]);
}

/// The digest's file is replaced before the configuration, and after the secret's file.
#[test]
fn killed_rotations_never_leave_a_digest_without_its_secret() {
    let folder = folder();
    let path = written(folder.path());
    let (file, copy) = (folder.path().join("secret"), folder.path().join("digest"));
    let out = ["--secret-out", file.to_str().unwrap(), "--digest-out", copy.to_str().unwrap()];
    let args = [&ROTATE[..], &["--force"], &out, &[path.to_str().unwrap(), "kasm"]].concat();
    run(&args, "").result_and_messages();
    let (mut old, mut ahead) = (digest(&path), 0);
    killed(&args, |run| {
        let (new, copy) = (digest(&path), std::fs::read_to_string(&copy).unwrap());
        let secret = std::fs::read_to_string(&file).unwrap();
        let kept = names(folder.path()).into_iter();
        let kept = kept.filter(|name| name.starts_with(".secret.") && name.contains("-old-"));
        let kept = kept.map(|name| std::fs::read_to_string(folder.path().join(name)).unwrap());
        let secrets: Vec<_> = kept.chain([secret]).collect();
        for digest in [&new, &copy] {
            assert!(secrets.iter().any(|secret| matches(secret, digest)), "the secret is lost");
        }
        assert!(run.code != Some(0) || (copy == new && new != old));
        ahead += usize::from(copy != new);
        old = new;
    });
    println!("the digest's file was newer than the configuration {ahead} times");
    run(&args, "").result_and_messages();
    assert_eq!(digest(&path), std::fs::read_to_string(&copy).unwrap());
    assert_eq!(names(folder.path()), ["configuration.yml", "digest", "secret"]);
}

#[test]
fn killed_additions_leave_the_old_or_the_new_configuration() {
    let folder = folder();
    let path = written(folder.path());
    let args = ["new", "-a", "sha512crypt", "--rounds", "1000", "--id", "new"];
    let uri = ["--redirect-uri", "https://new.example.com/cb", "--write"];
    let args = [&args[..], &uri, &[path.to_str().unwrap()]].concat();
    let old = std::fs::read_to_string(&path).unwrap();
    killed(&args, |run| {
        let new = std::fs::read_to_string(&path).unwrap();
        if new == old {
            assert_ne!(run.code, Some(0));
            return;
        }
        let added = new.split_once("- client_id: 'new'").unwrap().1;
        let digest = added.split_once("client_secret: '").unwrap().1.split_once('\'').unwrap().0;
        let secret = run.stdout.split_once("Client secret").unwrap().1.lines().nth(1).unwrap();
        assert!(matches(secret.trim(), digest));
        std::fs::write(&path, &old).unwrap();
    });
    run(&args, "").result_and_messages();
    assert_eq!(names(folder.path()), ["configuration.yml"]);
}

const CLIENTS: [&str; 3] = ["a", "b", "c"];

/// Returns a configuration with the digest of each client.
fn several(digests: &BTreeMap<String, String>) -> String {
    let client = |(id, digest): (&String, &String)| {
        format!("      - client_id: {id}\n        client_secret: '{digest}'\n")
    };
    let clients: String = digests.iter().map(client).collect();
    format!("identity_providers:\n  oidc:\n    clients:\n{clients}{}", "# kept\n".repeat(2000))
}

/// Returns the digests in such a configuration, and asserts that the file is complete.
#[track_caller]
fn digests(path: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(path).unwrap();
    let entries = text.split("- client_id: ").skip(1);
    let digests = entries.map(|entry| {
        let (id, rest) = entry.split_once('\n').unwrap();
        (id.to_owned(), rest.split('\'').nth(1).unwrap().to_owned())
    });
    let digests = digests.collect();
    assert!(text == several(&digests), "incomplete: {} bytes", text.len());
    digests
}

/// Asserts that other users cannot read the temporary files and the previous versions that were left.
#[track_caller]
fn assert_private(folder: &Path) {
    for name in names(folder).into_iter().filter(|name| name.starts_with('.')) {
        // The configuration's temporary file gets the mode of the configuration at the end.
        assert!(name.contains(".oidc-secret-"), "{name}");
        if !name.starts_with(".configuration.yml.") {
            assert_eq!(mode(&folder.join(&name)), 0o600, "{name}");
        }
    }
}

#[test]
fn killed_rotations_of_all_clients_change_all_or_none() {
    let folder = folder();
    let path = folder.path().join("configuration.yml");
    let first = CLIENTS.map(|id| (id.to_owned(), DIGEST.to_owned()));
    std::fs::write(&path, several(&first.into())).unwrap();
    let secrets = folder.path().join("secrets");
    let options = ["--all", "--backup", "--force", "--secret-out", secrets.to_str().unwrap()];
    let args = [&ROTATE[..], &options, &[path.to_str().unwrap()]].concat();
    run(&args, "").result_and_messages();
    let (mut old, mut outcomes) = (digests(&path), [0; 2]);
    killed(&args, |run| {
        let new = digests(&path);
        let kept = folder.path().join("configuration.yml.bak");
        let backup = digests(&kept);
        let changed = CLIENTS.iter().filter(|id| new[**id] != old[**id]).count();
        assert!(changed == 0 || changed == CLIENTS.len(), "{changed} clients changed");
        assert!(changed == 0 || backup == old, "the backup is another configuration");
        assert!(run.code != Some(0) || changed > 0);
        let read = |name: &String| std::fs::read_to_string(secrets.join(name)).unwrap();
        for (id, digest) in &new {
            let previous = format!(".{id}.oidc-secret-");
            let is_of_client = |name: &String| {
                name == id || (name.starts_with(&previous) && name.contains("-old-"))
            };
            let texts: Vec<_> =
                names(&secrets).iter().filter(|name| is_of_client(name)).map(read).collect();
            assert!(texts.iter().all(|secret| secret.len() == 72), "an incomplete secret");
            assert!(texts.iter().any(|secret| matches(secret, digest)), "the secret is lost");
        }
        assert_private(&secrets);
        outcomes[usize::from(changed > 0)] += 1;
        old = new;
    });
    println!("unchanged {}, changed {}", outcomes[0], outcomes[1]);
    run(&args, "").result_and_messages();
    assert_eq!(names(folder.path()), ["configuration.yml", "configuration.yml.bak", "secrets"]);
    assert_eq!(names(&secrets), CLIENTS);
}

#[test]
fn killed_additions_with_files_leave_no_incomplete_secret() {
    let folder = folder();
    let path = written(folder.path());
    let file = folder.path().join("secret");
    let args = ["new", "-a", "sha512crypt", "--rounds", "1000", "--id", "new"];
    let uri = ["--redirect-uri", "https://new.example.com/cb", "--backup", "--force"];
    let out = ["--secret-out", file.to_str().unwrap(), "--write", path.to_str().unwrap()];
    let args = [&args[..], &uri, &out].concat();
    let old = std::fs::read_to_string(&path).unwrap();
    killed(&args, |run| {
        let new = std::fs::read_to_string(&path).unwrap();
        assert_private(folder.path());
        let secret = std::fs::read_to_string(&file).unwrap_or_else(|_| "-".repeat(72));
        assert_eq!(secret.len(), 72);
        if new == old {
            assert_ne!(run.code, Some(0));
            return;
        }
        let added = new.split_once("- client_id: 'new'").unwrap().1;
        let digest = added.split_once("client_secret: '").unwrap().1.split_once('\'').unwrap().0;
        assert!(matches(&secret, digest), "the secret is lost");
        assert!(new.starts_with("# kept\n") && new.ends_with("# kept\n"), "incomplete");
        assert_eq!(
            std::fs::read_to_string(folder.path().join("configuration.yml.bak")).unwrap(),
            old
        );
        std::fs::write(&path, &old).unwrap();
    });
    run(&args, "").result_and_messages();
    assert_eq!(names(folder.path()), ["configuration.yml", "configuration.yml.bak", "secret"]);
}
