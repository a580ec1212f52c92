//! The action for GitHub and the playbook for Ansible do what the documentation promises.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use super::peers::python_with;
use super::{QUICK, Run, finish, folder};

#[derive(Deserialize)]
struct Action {
    runs: Steps,
}

#[derive(Deserialize)]
struct Steps {
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    run: String,
}

/// A configuration with a warning in line 4.
const CONFIGURATION: &str = "\
identity_providers:
  oidc:
    clients:
      - client_id: 'wiki'
        client_secret: 'plain'
        redirect_uris: ['https://wiki.example.com/cb']
";

/// Runs the last step of the action with its inputs.
fn action(folder: &Path, inputs: &[(&str, &str)]) -> Run {
    let action: Action = serde_saphyr::from_str(include_str!("../../action.yml")).unwrap();
    let step = action.runs.steps.last().unwrap();
    let mut bash = Command::new("bash");
    bash.args(["-e", "-c", &step.run]).current_dir(folder);
    bash.env("RUNNER_TEMP", folder)
        .env("FAIL_ON", "warning")
        .env("IGNORE", "")
        .env("SARIF_FILE", "");
    bash.envs(inputs.iter().copied());
    finish(bash, "")
}

#[test]
fn the_action_annotates_and_fails_as_its_inputs_say() {
    let folder = folder();
    let bin = folder.path().join("oidc-secret/bin");
    std::fs::create_dir_all(&bin).unwrap();
    symlink(env!("CARGO_BIN_EXE_oidc-secret"), bin.join("oidc-secret")).unwrap();
    std::fs::write(folder.path().join("a b.yml"), CONFIGURATION).unwrap();
    let sarif = folder.path().join("findings.sarif");
    let files = ("FILES", "a b.yml\n\n");
    let found = action(folder.path(), &[files, ("SARIF_FILE", sarif.to_str().unwrap())]);
    assert_eq!(found.code, Some(1));
    assert!(found.stdout.starts_with("::warning file=a b.yml,line=5,"), "{}", found.stdout);
    assert!(std::fs::read_to_string(&sarif).unwrap().contains("plaintext-secret"));
    assert_eq!(action(folder.path(), &[files, ("FAIL_ON", "error")]).code, Some(0));
    assert_eq!(action(folder.path(), &[files, ("IGNORE", "plaintext-secret\n")]).code, Some(0));
    let missing =
        action(folder.path(), &[("FILES", "c.yml"), ("SARIF_FILE", sarif.to_str().unwrap())]);
    missing.fails_with(&["cannot read c.yml"]);
    // An input is a file's name and no command.
    let hostile = action(folder.path(), &[("FILES", "$(touch x)`touch x`; touch x")]);
    assert_eq!((hostile.code, folder.path().join("x").exists()), (Some(2), false));
}

/// Returns the play of the documentation for this machine.
fn playbook() -> String {
    let page = include_str!("../../docs/pipelines.md");
    let block = page.split("```yaml\n").find(|block| block.starts_with("- hosts: authelia"));
    block.unwrap().split("```").next().unwrap().replace("hosts: authelia", "hosts: localhost")
}

#[test]
fn the_playbook_makes_a_digest_for_a_new_secret_only() {
    let Some(python) = python_with("import ansible", "ansible-core") else { return };
    let folder = folder();
    let (secret, digest) = (folder.path().join("secret"), folder.path().join("digest"));
    std::fs::write(folder.path().join("play.yml"), playbook()).unwrap();
    let write_secret = |text: &str| {
        std::fs::write(&secret, text).unwrap();
        std::fs::set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();
    };
    let binary = Path::new(env!("CARGO_BIN_EXE_oidc-secret")).parent().unwrap();
    let play = || {
        let mut command = Command::new(&python);
        command.args([
            "-m",
            "ansible.cli.playbook",
            "-i",
            "localhost,",
            "-c",
            "local",
            "play.yml",
            "-e",
        ]);
        command.arg(format!("secret_file={} digest_file={}", secret.display(), digest.display()));
        command.env("PATH", format!("{}:{}", binary.display(), std::env::var("PATH").unwrap()));
        command.env("ANSIBLE_HOME", folder.path()).env("ANSIBLE_LOCALHOST_WARNING", "0");
        command.env("ANSIBLE_PYTHON_INTERPRETER", &python);
        command.current_dir(folder.path());
        finish(command, "")
    };
    for (text, changes) in [("insecure_secret", 2), ("insecure_secret", 0), ("another", 2)] {
        write_secret(text);
        let run = play();
        assert!(
            run.stdout.contains(&format!("changed={changes} ")),
            "{}{}",
            run.stdout,
            run.stderr
        );
    }
    std::fs::write(&digest, format!("{QUICK}\n")).unwrap();
    write_secret("insecure_secret");
    assert!(play().stdout.contains("changed=0 "));
    assert_eq!(std::fs::read_to_string(&digest).unwrap(), format!("{QUICK}\n"));
    std::fs::remove_file(&secret).unwrap();
    assert_ne!(play().code, Some(0));
}
