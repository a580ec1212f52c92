use oidc_secret::authelia::{Configuration, has_template};

use super::libyaml::scalars;

/// The ids and secrets in a configuration are scalars of it for libyaml too, and every finding of the
/// audit has a line of the text.
pub fn yaml(text: &str) {
    let Ok(file) = Configuration::parse("configuration.yml", text) else { return };
    let report = oidc_secret::audit(std::slice::from_ref(&file));
    let lines = text.split(['\n', '\r']).count() as u64;
    let of_clients = report.clients.iter().flat_map(|client| &client.findings);
    for located in of_clients.chain(&report.findings) {
        assert!(located.place.line <= lines, "{}", located.finding.message);
    }
    let is_literal = !has_template(text) && !text.contains('$') && file.location().is_own();
    let (Ok(clients), Some(scalars), true) = (file.client_secrets(), scalars(text), is_literal)
    else {
        return;
    };
    for client in clients {
        assert!(client.line <= lines && client.secret_line <= lines);
        for text in [Some(client.id), client.secret].into_iter().flatten() {
            let is_same = |scalar: &String| scalar.trim_end() == text.trim_end();
            assert!(scalars.iter().any(is_same), "{text:?} is not in {scalars:?}");
        }
    }
}
