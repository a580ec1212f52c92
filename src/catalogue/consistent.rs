//! Keys of settings that contradict each other.

use super::application::{Application, Settings};

/// Returns the first contradiction in an application's settings.
pub(super) fn contradiction(application: &Application) -> Option<String> {
    let settings = application.settings.iter().zip(1..);
    let problem = |(settings, number): (&Settings, usize)| {
        in_values(settings).map(|problem| format!("settings {number}: {problem}"))
    };
    settings
        .clone()
        .find_map(problem)
        .or_else(|| unknown_variant(application))
        .or_else(|| in_alternatives(application))
}

/// Checks that the variant of settings is one of the clients': no other one can be chosen.
fn unknown_variant(application: &Application) -> Option<String> {
    let variants = application.variants();
    application.settings.iter().zip(1..).find_map(|(settings, number)| {
        let name = settings.variant.as_deref().filter(|name| !variants.contains(name))?;
        let known = if variants.is_empty() {
            "the clients have no variants".to_owned()
        } else {
            format!("the variants of the clients: {}", variants.join(", "))
        };
        Some(format!("settings {number}: no client has the variant `{name}`; {known}"))
    })
}

fn in_values(settings: &Settings) -> Option<String> {
    let format = settings.format;
    match (&settings.template, format.is_syntax()) {
        (Some(_), false) => Some(format!("the format {format} has values, not a template")),
        (None, true) => Some(format!("the format {format} needs a template")),
        (Some(_), true) if !settings.values.is_empty() => {
            Some("there are both values and a template".to_owned())
        }
        (Some(_), true) if settings.replaces_variables => {
            Some("replaces_variables is for values, not for a template".to_owned())
        }
        (None, false) if settings.values.is_empty() => Some("there are no values".to_owned()),
        _ => None,
    }
}

/// Checks that there are settings before each alternative, in every variant.
fn in_alternatives(application: &Application) -> Option<String> {
    let mut variants: Vec<_> = application.variants().into_iter().map(Some).collect();
    variants.push(None);
    variants.into_iter().find_map(|variant| {
        let belongs = |of: &&Settings| of.variant.is_none() || variant.is_some_and(|v| of.is_of(v));
        let first = application.settings.iter().find(belongs)?;
        let problem =
            || format!("settings `{}`: there is nothing before this alternative", first.name);
        first.alternative.then(problem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contradiction_is_named() {
        let head = "name = 'X'\n[[clients]]\nvariant = 'v'\n[clients.entry]\nclient_id = 'x'\n";
        let settings = |keys: &str| format!("[[settings]]\nname = 'S'\n{keys}\n");
        let env = settings("format = 'env'\nvalues = [['A', 'b']]");
        let php = settings("format = 'php'\ntemplate = 'a'");
        let other = settings("format = 'env'\nvalues = [['A', 'b']]\nalternative = true");
        let of_variant = settings("variant = 'v'\nformat = 'gui'\nvalues = [['A', 'b']]");
        let parsed = |settings: &str| Application::parse("x", &format!("{head}{settings}"));
        assert!(parsed(&format!("{env}{other}{php}")).is_ok());
        for (text, problem) in [
            (settings("format = 'php'\nvalues = [['A', 'b']]"), "the format php needs a template"),
            (settings("format = 'env'\ntemplate = 'a'"), "the format env has values"),
            (settings("format = 'env'"), "no values"),
            (
                settings("format = 'php'\ntemplate = 'a'\nvalues = [['A', 'b']]"),
                "both values and a template",
            ),
            (
                settings("format = 'php'\ntemplate = 'a'\nreplaces_variables = true"),
                "replaces_variables is for values",
            ),
            (other.clone(), "settings `S`: there is nothing before this alternative"),
            (format!("{of_variant}{other}"), "nothing before this alternative"),
            (
                format!("{env}{}", of_variant.replace("'v'", "'w'")),
                "settings 2: no client has the variant `w`; the variants of the clients: v",
            ),
            (settings("format = 'php'\ntemplate = '{\"a'"), "has no end"),
            (settings("format = 'php'\ntemplate = \"a\\u001b\""), "control character"),
        ] {
            let error = parsed(&text).unwrap_err().to_string();
            assert!(error.contains(problem), "{text}: {error}");
        }
        let without = head.replace("variant = 'v'\n", "") + &of_variant;
        let error = Application::parse("x", &without).unwrap_err().to_string();
        assert!(error.contains("the variant `v`; the clients have no variants"), "{error}");
    }
}
