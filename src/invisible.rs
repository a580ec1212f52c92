//! Characters that a reader does not see.

/// Whether a character is invisible: those that a token endpoint refuses, and the Hangul fillers,
/// which are letters to Unicode and to Authelia, but blank.
///
/// ```
/// use oidc_secret::is_invisible;
///
/// assert!(is_invisible('\u{200b}') && is_invisible('\u{202e}') && is_invisible('\n'));
/// assert!(!is_invisible(' ') && !is_invisible('é'));
/// ```
#[must_use]
pub fn is_invisible(character: char) -> bool {
    is_unsendable(character)
        || matches!(character, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// Whether a token endpoint refuses a character: control, format, separator and private-use ones
/// (Unicode's Cc, Cf, Zl, Zp and Co, as far as they are assigned).
///
/// ```
/// use oidc_secret::is_unsendable;
///
/// assert!(is_unsendable('\0') && !is_unsendable('\u{3164}'));
/// ```
#[must_use]
pub fn is_unsendable(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}'
                | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}' | '\u{f0000}'..='\u{10ffff}'
        )
}
