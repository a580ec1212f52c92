//! Characters that end a line for Authelia, which reads YAML 1.1 here, but not in YAML 1.2.

use super::{QUICK, folder, run};

/// The characters, each with its code point and its escape.
const BREAKS: [(char, &str, &str); 3] =
    [('\u{85}', "U+0085", r"\N"), ('\u{2028}', "U+2028", r"\L"), ('\u{2029}', "U+2029", r"\P")];

/// A configuration whose only line break of this kind is in one of several places, with that place.
fn configurations(character: char) -> Vec<(String, &'static str)> {
    let places = [
        (
            "identity_providers:",
            "# a comment@old: hunter2\nidentity_providers:",
            "line 1, column 12",
        ),
        ("name: 'Wiki'", "name: Our@wiki", "line 6, column 25"),
        ("name: 'Wiki'", "name: |-\n          Our@wiki", "line 7, column 14"),
    ];
    let configuration = format!(
        "identity_providers:\r\n  oidc:\n    clients:\n      - client_id: wiki\r        client_secret: \
         '{QUICK}'\n        client_name: 'Wiki'\n        redirect_uris: ['https://wiki.example.com/cb']\n"
    );
    let place = |(old, new, place): (&str, &str, &'static str)| {
        (configuration.replace(old, &new.replace('@', &character.to_string())), place)
    };
    places.into_iter().map(place).collect()
}

#[test]
fn a_line_break_for_authelia_alone_is_refused_and_nothing_changes() {
    let folder = folder();
    let file = folder.path().join("configuration.yml");
    let path = file.to_str().unwrap();
    for (character, code_point, escape) in BREAKS {
        for (text, place) in configurations(character) {
            std::fs::write(&file, &text).unwrap();
            for args in [
                &["audit", path][..],
                &["list", path],
                &["verify", "--config", path, "--client", "wiki"],
                &["rotate", path, "wiki"],
                &["rotate", path, "--all", "--dry-run"],
                &["new", "b", "--redirect-uri", "https://b.example.com/cb", "--write", path],
            ] {
                let run = run(args, "insecure_secret");
                assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
                let message = format!("{place}: {code_point} is a line break for Authelia");
                run.fails_with(&["configuration.yml: ", &message, "delete the character", escape]);
                assert_eq!(std::fs::read_to_string(&file).unwrap(), text, "{args:?}");
            }
        }
    }
}

#[test]
fn an_escape_and_the_character_in_quotes_are_accepted() {
    let folder = folder();
    let file = folder.path().join("configuration.yml");
    let in_quotes = BREAKS.map(|(character, ..)| character.to_string());
    let escapes = BREAKS.map(|(_, _, escape)| escape.to_owned());
    for escape in in_quotes.iter().chain(&escapes) {
        let text = configurations('x')[1].0.replace("Ourxwiki", &format!("\"Our{escape}wiki\""));
        std::fs::write(&file, &text).unwrap();
        let path = file.to_str().unwrap();
        let args = ["rotate", path, "wiki", "-a", "sha512crypt", "--rounds", "1000"];
        assert_eq!(run(&args, "").code, Some(0), "{text}");
        let changed = std::fs::read_to_string(&file).unwrap();
        assert!(changed.contains(escape.as_str()) && !changed.contains(QUICK), "{changed}");
    }
}
