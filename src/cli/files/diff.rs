//! Unified diff of a change.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use imara_diff::{Algorithm, Diff, Hunk, InternedInput, Token};

use crate::cli::terminal::output::colours;
use crate::cli::terminal::visible::{visible, visible_lines};

/// Unchanged lines before and after a change.
const CONTEXT: u32 = 3;

/// Compares two texts.
pub(crate) fn unified(path: &Path, old: &str, new: &str) -> String {
    let name = visible(&path.display().to_string());
    // The diff is for people: its lines end in LF, whichever line end the file has.
    let (old, new) = (shown(old), shown(new));
    let lines = InternedInput::new(&*old, &*new);
    let mut diff = Diff::compute(Algorithm::Histogram, &lines);
    diff.postprocess_lines(&lines);
    let changes: Vec<_> = diff.hunks().collect();
    let share_context = |one: &Hunk, next: &Hunk| next.before.start - one.before.end <= 2 * CONTEXT;
    let mut text = format!("--- {name}\n+++ {name}\n");
    for changes in changes.chunk_by(share_context) {
        write_hunk(&mut text, &lines, changes);
    }
    if colours() { coloured(&text) } else { text }
}

/// Writes changes that are near each other, as GNU diff does. Why not the crate's own printer? Its first hunk
/// has the wrong lines if the change begins in one of the lines 5 to 7 (version 0.2.0).
fn write_hunk(text: &mut String, lines: &InternedInput<&str>, changes: &[Hunk]) {
    let (Some(first), Some(last)) = (changes.first(), changes.last()) else { return };
    let before = first.before.start.min(CONTEXT);
    let rest = lines.before.len() - last.before.end as usize;
    let after = u32::try_from(rest).map_or(CONTEXT, |rest| rest.min(CONTEXT));
    let old = first.before.start - before..last.before.end + after;
    let new = first.after.start - before..last.after.end + after;
    // Writing to a string cannot fail.
    let _ = writeln!(text, "@@ -{} +{} @@", place(&old), place(&new));
    let mut at = old.start;
    for change in changes {
        write_lines(text, ' ', lines, &lines.before, at..change.before.start);
        write_lines(text, '-', lines, &lines.before, change.before.clone());
        write_lines(text, '+', lines, &lines.after, change.after.clone());
        at = change.before.end;
    }
    write_lines(text, ' ', lines, &lines.before, at..old.end);
}

/// Returns the number of the first line and the number of lines. No lines have the number of the line before
/// them.
fn place(lines: &Range<u32>) -> String {
    let first = lines.start + u32::from(!lines.is_empty());
    format!("{first},{}", lines.len())
}

fn write_lines(
    text: &mut String,
    sign: char,
    lines: &InternedInput<&str>,
    side: &[Token],
    range: Range<u32>,
) {
    for token in &side[range.start as usize..range.end as usize] {
        let line = lines.interner[*token];
        let end = if line.ends_with('\n') { "" } else { "\n\\ No newline at end of file\n" };
        let _ = write!(text, "{sign}{line}{end}");
    }
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
    use proptest::prelude::*;

    use super::*;

    fn hunks(old: &str, new: &str) -> String {
        let diff = unified(Path::new("f.yml"), old, new);
        diff.strip_prefix("--- f.yml\n+++ f.yml\n").unwrap().to_owned()
    }

    // The expected texts are GNU diff's.

    #[test]
    fn lines_that_differ_stand_among_those_around_them() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let expected = "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n";
        assert_eq!(hunks(old, &old.replace('5', "five")), expected);
    }

    #[test]
    fn changes_far_from_each_other_have_hunks_of_their_own() {
        let old = (1..=20).map(|number| number.to_string() + "\n").collect::<String>();
        let new = old.replace("3\n4\n", "3\nx\n4\n").replace("18\n", "");
        let expected = "@@ -1,6 +1,7 @@\n 1\n 2\n 3\n+x\n 4\n 5\n 6\n\
                        @@ -15,6 +16,5 @@\n 15\n 16\n 17\n-18\n 19\n 20\n";
        assert_eq!(hunks(&old, &new), expected);
    }

    #[test]
    fn a_file_may_be_empty() {
        assert_eq!(hunks("", "a\nb\n"), "@@ -0,0 +1,2 @@\n+a\n+b\n");
        assert_eq!(hunks("a\nb\n", ""), "@@ -1,2 +0,0 @@\n-a\n-b\n");
        assert_eq!(hunks("", ""), "");
    }

    #[test]
    fn a_missing_line_end_is_marked() {
        let mark = "\\ No newline at end of file\n";
        assert_eq!(hunks("a\nb", "a\nb\n"), format!("@@ -1,2 +1,2 @@\n a\n-b\n{mark}+b\n"));
        assert_eq!(hunks("a\nb", "c\nb"), format!("@@ -1,2 +1,2 @@\n-a\n+c\n b\n{mark}"));
    }

    /// Applies hunks; each must stand where its heading says.
    fn patched(old: &str, hunks: &str) -> String {
        let old: Vec<_> = old.split_inclusive('\n').collect();
        let (mut new, mut at, mut end) = (Vec::new(), 0, 0);
        let hunks = hunks.replace("\n\\ No newline at end of file", "$");
        for line in hunks.split_inclusive('\n') {
            let (sign, text) = line.strip_suffix("$\n").unwrap_or(line).split_at(1);
            if sign == "@" {
                assert_eq!(at, end);
                let mut numbers =
                    text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok());
                let [from, count, to, new_count]: [usize; 4] =
                    std::array::from_fn(|_| numbers.next().unwrap());
                let first = from - usize::from(count > 0);
                new.extend(&old[at..first]);
                (at, end) = (first, first + count);
                assert_eq!(new.len(), to - usize::from(new_count > 0));
                continue;
            }
            if sign != "+" {
                assert_eq!(old[at], text);
                at += 1;
            }
            if sign != "-" {
                new.push(text);
            }
        }
        assert_eq!(at, end);
        new.extend(&old[at..]);
        new.concat()
    }

    proptest! {
        #[test]
        fn hunks_make_the_new_text_of_the_old(old in "([ab]\n){0,25}a?", new in "([ab]\n){0,25}a?") {
            prop_assert_eq!(patched(&old, &hunks(&old, &new)), new);
        }
    }
}
