//! Unified diff of a change.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use similar::TextDiff;

use crate::cli::terminal::output::colours;
use crate::cli::terminal::visible::{visible, visible_lines};

/// Compares two texts, with three lines of context.
pub(crate) fn unified(path: &Path, old: &str, new: &str) -> String {
    let name = visible(&path.display().to_string());
    // The diff is for people: its lines end in LF, whichever line end the file has.
    let (old, new) = (shown(old), shown(new));
    // Longest time to look for the smallest diff of two large texts. After it, the diff is correct
    // but longer.
    let diff = TextDiff::configure().timeout(Duration::from_secs(2)).diff_lines(&*old, &*new);
    let text = diff.unified_diff().context_radius(3).header(&name, &name).to_string();
    if colours() { coloured(&text) } else { text }
}

fn shown(text: &str) -> String {
    visible_lines(&text.replace("\r\n", "\n"))
}

fn coloured(text: &str) -> String {
    let mut coloured = String::new();
    for (number, line) in text.lines().enumerate() {
        let colour = match line.chars().next() {
            // Names of the files.
            _ if number < 2 => "1",
            Some('+') => "32",
            Some('-') => "31",
            Some('@') => "36",
            _ => "0",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(coloured, "\x1b[{colour}m{line}\x1b[0m");
    }
    coloured
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_differ_stand_among_those_around_them() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let new = old.replace('5', "five");
        let expected = "--- f.yml\n+++ f.yml\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n";
        assert_eq!(unified(Path::new("f.yml"), old, &new), expected);
    }
}
