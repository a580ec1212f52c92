use oidc_secret::catalogue::{Application, Values};
use oidc_secret::{check_application, is_one_line};

/// The file of an application is refused or can be checked and resolved, and its settings written.
pub fn catalogue(toml: &str) {
    let Ok(application) = Application::parse("example", toml) else { return };
    let _ = check_application(&application);
    let values = Values {
        app: "https://app.example.com".parse().ok(),
        authelia: "https://auth.example.com".parse().ok(),
        ..Values::default()
    };
    let Ok(resolved) = application.resolve(&values) else { return };
    for settings in &application.settings {
        assert!(is_one_line(settings.format.name()));
        let _ = resolved.settings_text(settings, "hunter2");
        let _ = resolved.settings_values(settings, "hunter2");
    }
}
