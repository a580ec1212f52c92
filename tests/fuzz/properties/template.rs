use oidc_secret::authelia::{Filters, Reference, has_template, resolve_templates};

/// Templates are resolved or refused under every filter; each line of the result comes from a line of the
/// text, and a text without templates and variables stays as it is.
pub fn template(text: &str) {
    let value = |reference: Reference<'_>| match reference {
        Reference::File(path) if path.len() % 2 == 0 => Ok("two\nlines: '\"".to_owned().into()),
        Reference::Variable(name) if name.len() % 2 == 0 => Ok("a 'value' $X {{".to_owned().into()),
        _ => Err("unknown".to_owned()),
    };
    let lines = text.split(['\n', '\r']).count() as u64;
    for filters in ["", "template", "expand-env", "template,expand-env", "expand-env,template"] {
        let filters = filters.parse().unwrap_or(Filters::UNKNOWN);
        let Ok(resolved) = resolve_templates(text, &filters, &value) else { continue };
        for line in 1..=resolved.text().split('\n').count() as u64 {
            assert!((1..=lines).contains(&resolved.line(line)), "{line}");
        }
        if !has_template(text) && !text.contains('$') {
            assert_eq!(resolved.text(), text);
        }
        assert!(resolved.unresolved().iter().all(|unresolved| unresolved.line <= lines));
        assert!(resolved.notes().iter().all(|note| note.line <= lines));
    }
}
