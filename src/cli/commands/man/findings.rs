//! The page on findings, whose codes several commands have.

use oidc_secret::Code;

use super::roff::{Roff, bold, escaped};

pub(super) fn add(page: &mut Roff) {
    page.section("Description");
    page.paragraph(
        "The findings of `oidc-secret diagnose`, `oidc-secret inspect` and `oidc-secret audit`. Error: \
         it does not work or gives no protection. Warning: it should be fixed. Note: for information. The \
         codes are stable.",
    );
    page.section("Findings");
    for code in Code::ALL {
        let term =
            format!("{} {}", bold(code.name()), escaped(&format!("({})", code.severity().name())));
        page.entry(&term, &format!("{}.", code.meaning()));
        for (label, text) in [("Cause", code.cause()), ("Fix", code.fix())] {
            page.next_line(&format!("{label}: {text}"));
        }
    }
}
