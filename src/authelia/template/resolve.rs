//! A configuration as Authelia's filters change it, before the YAML is read.

use zeroize::Zeroizing;

use super::error::TemplateError;
use super::expand_env::{self, Forms};
use super::expression::Source;
use super::filters::{Filter, Filters};
use super::reference::Reference;
use super::render::templates;
use super::resolved::{ExpansionNote, ExpansionProblem, Resolved};

/// Resolves the templates and variables of a configuration: a text becomes the one that Authelia
/// reads as YAML. Templates of one value are resolved. One without a known value stays, quoted so
/// that YAML reads it as text. If the filters are not known, variables are resolved in the form
/// `${NAME}` alone, since digests have other `$`.
///
/// ```
/// use oidc_secret::authelia::{Filters, Reference, resolve_templates};
///
/// let yaml = "client_secret: {{ secret \"/run/kasm\" }}";
/// let known = |reference: Reference<'_>| match reference {
///     Reference::File("/run/kasm") => Ok("$digest\r\n".to_owned().into()),
///     _ => Err("no such file".to_owned()),
/// };
/// let resolved = resolve_templates(yaml, &Filters::UNKNOWN, &known)?;
/// assert_eq!(resolved.text(), "client_secret: $digest\r");
/// let unknown = |_: Reference<'_>| Err("no such file".to_owned());
/// let resolved = resolve_templates(yaml, &Filters::UNKNOWN, &unknown)?;
/// assert_eq!(resolved.text(), "client_secret: '{{ secret \"/run/kasm\" }}'");
/// # Ok::<(), oidc_secret::error::TemplateError>(())
/// ```
///
/// # Errors
/// [`TemplateError`] for a template that is not valid or has no end, for one that decides on lines
/// of the file, and for one that removes white space that YAML needs.
pub fn resolve_templates(
    yaml: &str,
    filters: &Filters,
    value: Source<'_>,
) -> Result<Resolved, TemplateError> {
    let mut resolved = Resolved { text: Zeroizing::new(yaml.to_owned()), ..Resolved::default() };
    match filters.known() {
        None => {
            variables(&mut resolved, Forms::Braces, value);
            templates(&mut resolved, filters, value)?;
        }
        Some(known) => {
            // Without the filter the templates are left as they are, and noted.
            if !known.contains(&Filter::Template) {
                templates(&mut resolved, filters, value)?;
            }
            for filter in known {
                match filter {
                    Filter::Template => templates(&mut resolved, filters, value)?,
                    Filter::ExpandEnv => variables(&mut resolved, Forms::All, value),
                }
            }
            if !known.contains(&Filter::ExpandEnv) {
                literal_variables(&mut resolved);
            }
        }
    }
    Ok(resolved)
}

/// Makes a configuration readable whose templates cannot be resolved.
pub(crate) fn unresolved(yaml: &str) -> Result<Resolved, TemplateError> {
    let unknown = |_: Reference<'_>| Err(String::new());
    resolve_templates(yaml, &Filters::UNKNOWN, &unknown)
}

fn variables(resolved: &mut Resolved, forms: Forms, value: Source<'_>) {
    if !resolved.text.contains('$') {
        return;
    }
    let found = expand_env::expand(&resolved.text, &resolved.lines, forms, value);
    resolved.unresolved.extend(found.unresolved);
    resolved.notes.extend(found.notes);
    (resolved.text, resolved.lines) = (found.expanded.text, found.expanded.lines);
}

/// Notes each variable that stays a part of the text.
fn literal_variables(resolved: &mut Resolved) {
    for (number, line) in (1..).zip(resolved.text.lines()) {
        let mut starts = line.split("${").skip(1);
        if starts.any(|name| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')) {
            let line = resolved.lines.original(number);
            let problem = ExpansionProblem::LiteralVariable;
            resolved.notes.push(ExpansionNote { line, problem });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::reference::Reference;
    use super::*;

    fn resolved(yaml: &str, filters: &str) -> Result<Resolved, TemplateError> {
        let filters = if filters == "?" { Filters::UNKNOWN } else { filters.parse().unwrap() };
        resolve_templates(yaml, &filters, &|reference| match reference {
            Reference::File("/x") => Ok(Zeroizing::new("a\r\n".to_owned())),
            Reference::Variable("X") => Ok(Zeroizing::new("a'b\"c".to_owned())),
            _ => Err("unknown".to_owned()),
        })
    }

    fn text(yaml: &str, filters: &str) -> String {
        resolved(yaml, filters).unwrap().text().to_owned()
    }

    #[test]
    fn values_are_inserted_as_they_are() {
        for (yaml, expected) in [
            ("x: {{ env \"X\" }}", "x: a'b\"c"),
            ("x: '{{ env \"X\" }}'", "x: 'a'b\"c'"),
            ("x: '{{ fileContent `/x` }}'", "x: 'a\r\n'"),
            ("x: '{{ secret `/x` }}' ${X}", "x: 'a\r' a'b\"c"),
            ("x: '\n {{- secret `/x` | trim -}} \n'", "x: 'a'"),
            ("x: 1 {{- /* c */}}\ny: 2", "x: 1\ny: 2"),
            ("# {{ secret \"/y\" }} {{- x }}", "# {{ secret \"/y\" }} {{- x }}"),
        ] {
            assert_eq!(text(yaml, "?"), expected);
        }
    }

    #[test]
    fn unknown_templates_stay_as_texts() {
        for (yaml, expected) in [
            ("x: {{ env \"Y\" }}", "x: '{{ env \"Y\" }}'"),
            ("x: '{{ env \"Y\" }}'", "x: '{{ env \"Y\" }}'"),
            ("x: \"{{ env \"Y\" }}\"", r#"x: "{{ env \"Y\" }}""#),
            ("x: 'tcp://{{ env `Y` }}:1'", "x: 'tcp://{{ env `Y` }}:1'"),
            ("x: \"it's {{ env `Y` }}\"", "x: \"it's {{ env `Y` }}\""),
            ("x: 'it''s {{ env `Y` }}'", "x: 'it''s {{ env `Y` }}'"),
            ("x: tcp://{{ env `Y` }}:1", "x: tcp://{{ env `Y` }}:1"),
            ("[{{ env `Y` }},{{ nine }}]", "['{{ env `Y` }}','{{ nine }}']"),
            ("x: {{ lookup('env', 'Y') }}", "x: '{{ lookup(''env'', ''Y'') }}'"),
            ("x: '{{ if a }}b{{ end }}'", "x: '{{ if a }}b{{ end }}'"),
            ("x: 'a{{b' ${Y}", "x: 'a{{b' ${Y}"),
        ] {
            assert_eq!(text(yaml, "?"), expected);
        }
    }

    #[test]
    fn a_template_that_breaks_the_file_is_an_error() {
        for (yaml, filters, line, problem) in [
            ("a: 1\nx: {{- secret `/x` }}", "?", 2, "`{{-`"),
            ("a: 1\nx:\n  {{- secret `/x` }}", "?", 3, "`{{-`"),
            ("a:\n - {{- secret `/y` }}", "?", 2, "`{{-`"),
            ("a: 1\n{{ range list 1 }}", "?", 2, "`range`"),
            ("{{ $x := 1 }}", "?", 1, "`:=`"),
            ("a: '{{ secret \\\"/x\\\" }}'", "?", 1, "not a valid template"),
            ("a: 1\nb: '{{ secret \"/x\" }'", "?", 2, "not a valid template"),
            ("a: '{{ nope \\ }}'", "template", 1, "not a valid template"),
            ("a: {{ secret `/x`", "?", 1, "without `}}`"),
            ("# {{ env \\ }}", "template", 1, "not a valid template"),
            ("a: {{ secret `/x` }}", "", 1, "filter template is off"),
        ] {
            let error = resolved(yaml, filters).unwrap_err();
            assert_eq!(error.line, line, "{yaml}");
            assert!(error.to_string().contains(problem), "{yaml}: {error}");
        }
        assert!(resolved("# {{ env \\ }}", "?").is_ok());
    }

    #[test]
    fn filters_run_in_their_order() {
        let yaml = "x: '{{ secret `/x` }}$$y' ${X}";
        assert_eq!(text(yaml, "template"), "x: 'a\r$$y' ${X}");
        assert_eq!(text(yaml, "expand-env"), "x: '{{ secret `/x` }}$y' a'b\"c");
        let read = |filters: &str| {
            let filters = filters.parse().unwrap();
            let value = |_: Reference<'_>| Ok(Zeroizing::new("$$".to_owned()));
            resolve_templates("{{ env `A` }}", &filters, &value).unwrap().text().to_owned()
        };
        assert_eq!(read("template,expand-env"), "$");
        assert_eq!(read("expand-env,template"), "$$");
    }

    #[test]
    fn values_that_surprise_are_noted() {
        for (yaml, filters, problem) in [
            ("a: 1\nx: '{{ env `X` }}'", "expand-env", ExpansionProblem::LiteralTemplate),
            ("a: 1\nx: '${X}'", "template", ExpansionProblem::LiteralVariable),
            (
                "a: {{ fileContent `/x` }}x: '{{ env `AUTHELIA_A_KEY` }}'",
                "?",
                ExpansionProblem::HiddenVariable("AUTHELIA_A_KEY".to_owned()),
            ),
        ] {
            let found = resolved(yaml, filters).unwrap();
            let line = yaml.lines().count() as u64;
            assert_eq!(found.notes(), [ExpansionNote { line, problem }], "{yaml}");
        }
    }
}
