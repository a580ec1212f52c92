use oidc_secret::authelia::edit::Editor;

use super::SECRET;

/// A plaintext secret in any place where a configuration has one is redacted, and no line is lost.
pub fn redaction(text: &str) {
    /// A text with many clients repeats itself.
    const CLIENTS: usize = 3;
    let Ok(editor) = Editor::parse(text) else { return };
    let lines = |text: &str| text.matches('\n').count();
    // A text that is encoded in the file is shown alone.
    if editor.location().is_own() {
        assert_eq!(lines(&editor.redacted()), lines(text));
    }
    if text.contains(SECRET) {
        return;
    }
    for id in editor.ids().unwrap_or_default().iter().take(CLIENTS) {
        let Ok(edited) = editor.replace(&[(id, &format!("$plaintext${SECRET}"))]) else { continue };
        let Ok(again) = edited.check(edited.text()) else { continue };
        assert!(!again.redacted().contains(SECRET), "{}", again.redacted());
    }
}
