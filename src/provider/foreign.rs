//! Digests of other software: the one table of their forms.
//!
//! | content | can be converted | the secret can be proved |
//! | --- | --- | --- |
//! | [`Content::Digests`]: parameters, salt and key of a format that we have | yes | yes |
//! | [`Content::Proof`]: another function of the secret | no | yes |
//! | [`Content::Opaque`]: a part is missing, keyed or encrypted | no | no |
//!
//! A form is recognised by the whole text, not by its beginning alone: a plaintext secret may begin
//! with anything.

mod content;
mod encoding;
mod fields;
mod hash;
mod opaque;
mod pbkdf2;
mod prehash;
mod proof;
mod scheme;
mod scram;
mod scrypt;

pub(crate) use content::Content;
pub(crate) use fields::with_usual_alphabet;
pub(crate) use proof::Proof;

/// Other software, and the form in which it writes digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Software {
    /// The name in JSON.
    pub name: &'static str,
    /// The name for a sentence: `Cisco IOS (type 8)`.
    pub title: &'static str,
}

/// A digest of other software.
pub(crate) struct Foreign {
    pub(crate) software: Software,
    /// Whether only a digest has this form, so that it is not a plaintext secret.
    pub(crate) is_marked: bool,
    pub(crate) content: Content,
}

/// A form of digests.
struct Form {
    software: Software,
    is_marked: bool,
    read: fn(&str) -> Option<Content>,
}

/// A form with a mark, such as a prefix, that secrets do not have.
const fn marked(
    name: &'static str,
    title: &'static str,
    read: fn(&str) -> Option<Content>,
) -> Form {
    Form { software: Software { name, title }, is_marked: true, read }
}

/// A form that is told by its length and alphabet, which a secret may have too.
const fn unmarked(
    name: &'static str,
    title: &'static str,
    read: fn(&str) -> Option<Content>,
) -> Form {
    Form { is_marked: false, ..marked(name, title, read) }
}

/// The forms. The first that fits counts.
static FORMS: [Form; 57] = [
    marked("hex-fields", "GitLab and Devise (the key in hex)", fields::hex),
    marked("werkzeug", "Werkzeug", pbkdf2::werkzeug),
    marked("werkzeug", "Werkzeug", scrypt::werkzeug),
    marked("django", "Django (scrypt)", scrypt::django),
    marked("cisco-8", "Cisco IOS (type 8)", pbkdf2::cisco),
    marked("cisco-9", "Cisco IOS (type 9)", scrypt::cisco),
    marked("mosquitto", "Mosquitto", pbkdf2::mosquitto),
    marked("mosquitto-sha512", "Mosquitto (salted SHA-512)", hash::mosquitto),
    marked("crypt-scrypt", "crypt(3) (scrypt)", scrypt::crypt),
    marked("grub", "GRUB", pbkdf2::grub),
    marked("macos", "macOS", pbkdf2::macos),
    marked("qbittorrent", "qBittorrent", pbkdf2::qbittorrent),
    marked("dovecot-pbkdf2", "Dovecot", pbkdf2::dovecot),
    marked("atlassian", "Atlassian", pbkdf2::atlassian),
    marked("spring-pbkdf2", "Spring Security", pbkdf2::spring),
    marked("spring-scrypt", "Spring Security", scrypt::spring),
    marked("spring", "Spring Security", scheme::spring),
    marked("dovecot", "Dovecot", scheme::dovecot),
    marked("spring-noop", "Spring Security (the plaintext secret)", scheme::noop),
    marked("dovecot-plain", "Dovecot (the plaintext secret)", scheme::plain),
    marked("spring-sha256", "Spring Security (SHA-256)", hash::spring_standard),
    marked("ldap-salted-sha", "an LDAP directory (salted SHA)", hash::ldap_salted),
    marked("ldap-sha", "an LDAP directory (SHA)", hash::ldap),
    marked("spring-hash", "Spring Security (MD5 or SHA)", hash::spring),
    marked("wordpress", "WordPress (bcrypt of an HMAC)", prehash::wordpress),
    marked("phpass", "WordPress or phpBB (phpass)", hash::phpass),
    marked("django-bcrypt-sha256", "Django (bcrypt of SHA-256)", prehash::django),
    marked("passlib-bcrypt-sha256", "passlib (bcrypt_sha256, version 1)", prehash::passlib),
    marked("django-hash", "Django or Werkzeug (salted hash)", hash::salt_and_hash),
    marked("scram", "PostgreSQL (SCRAM)", scram::postgresql),
    marked("dovecot-scram", "Dovecot (SCRAM)", scram::dovecot),
    marked("crypt-gost", "crypt(3) (gost-yescrypt)", opaque::gost),
    marked("mysql-sha2", "MySQL (caching_sha2_password)", opaque::mysql),
    marked("drupal", "Drupal", opaque::drupal),
    marked("macos-entropy", "macOS (without salt and iterations)", opaque::macos),
    marked("dovecot-other", "Dovecot", opaque::dovecot),
    marked("ntlm", "Windows (NT hash)", opaque::nt),
    marked("postgresql-md5", "PostgreSQL (MD5)", opaque::postgresql),
    unmarked("aspnet-2", "ASP.NET Identity (version 2)", pbkdf2::aspnet_2),
    unmarked("aspnet-3", "ASP.NET Core Identity (version 3)", pbkdf2::aspnet_3),
    unmarked("mysql", "MySQL", hash::mysql),
    unmarked("md5-hex", "MD5 in hex", |text| hash::in_hex(hash::MD5, text)),
    unmarked("sha1-hex", "SHA-1 in hex", |text| hash::in_hex(hash::SHA1, text)),
    unmarked("sha256-hex", "SHA-256 in hex", |text| hash::in_hex(hash::SHA256, text)),
    unmarked("sha384-hex", "SHA-384 in hex", |text| hash::in_hex(hash::SHA384, text)),
    unmarked("sha512-hex", "SHA-512 in hex", |text| hash::in_hex(hash::SHA512, text)),
    unmarked("grafana", "Grafana", opaque::grafana),
    unmarked("md5-base64", "MD5 in base64", |text| hash::in_base64(hash::MD5, text)),
    unmarked("sha1-base64", "SHA-1 in base64", |text| hash::in_base64(hash::SHA1, text)),
    unmarked("sha256-base64", "SHA-256 in base64, as in IdentityServer", |text| {
        hash::in_base64(hash::SHA256, text)
    }),
    unmarked("sha384-base64", "SHA-384 in base64", |text| hash::in_base64(hash::SHA384, text)),
    unmarked("md5-hex-base64", "MD5 in hex, encoded in base64", |text| {
        hash::in_base64_of_hex(hash::MD5, text)
    }),
    unmarked("sha1-hex-base64", "SHA-1 in hex, encoded in base64", |text| {
        hash::in_base64_of_hex(hash::SHA1, text)
    }),
    unmarked("sha256-hex-base64", "SHA-256 in hex, encoded in base64", |text| {
        hash::in_base64_of_hex(hash::SHA256, text)
    }),
    unmarked("sha512-hex-base64", "SHA-512 in hex, encoded in base64", |text| {
        hash::in_base64_of_hex(hash::SHA512, text)
    }),
    unmarked("sha512-base64", "SHA-512 in base64, as in IdentityServer", |text| {
        hash::in_base64(hash::SHA512, text)
    }),
    unmarked("salt-and-key", "a salt and a key in hex, without parameters", opaque::salt_and_key),
];

/// Recognises a digest of other software.
pub(crate) fn recognise(text: &str) -> Option<Foreign> {
    /// More than any form has. Longer text is not decoded for nothing.
    const LONGEST: usize = 4096;
    if text.len() > LONGEST {
        return None;
    }
    FORMS.iter().find_map(|form| {
        let content = (form.read)(text)?;
        Some(Foreign { software: form.software, is_marked: form.is_marked, content })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::provider::read;

    /// Returns the fields of the vectors that have the names.
    fn vectors<const N: usize>(names: [&str; N]) -> Vec<[String; N]> {
        let lines = include_str!("../../tests/vectors/foreign.jsonl").lines();
        let fields = |line| {
            let vector: serde_json::Value = serde_json::from_str(line).unwrap();
            names.map(|name| vector[name].as_str().unwrap().to_owned())
        };
        lines.map(fields).collect()
    }

    #[test]
    fn every_form_has_a_vector_and_is_recognised() {
        let mut seen = BTreeSet::new();
        for [form, can, digest] in vectors(["form", "can", "digest"]) {
            let Some(foreign) = recognise(&digest) else {
                // These are forms of the systems, or encodings of a digest.
                let names = ["django", "keycloak", "other-base64", "base64"];
                assert!(names.contains(&&*form), "{form}: {digest}");
                continue;
            };
            assert_eq!(foreign.software.name, form, "{digest}");
            let expected = match foreign.content {
                Content::Digests(_) => ["convert", "refuse"].as_slice(),
                Content::Proof(_) => &["prove"],
                Content::Opaque => &["name"],
            };
            assert!(expected.contains(&&*can), "{form}: {digest}");
            seen.insert(form);
        }
        let all = FORMS.iter().map(|form| form.software.name.to_owned()).collect();
        assert_eq!(seen, all);
    }

    #[test]
    fn digests_of_our_formats_are_not_foreign() {
        for format in crate::digest::FORMATS {
            assert!(recognise(format.example).is_none(), "{}", format.name);
        }
    }

    fn mutated() -> impl Strategy<Value = String> {
        let texts: Vec<_> = vectors(["digest"]).into_iter().flatten().collect();
        let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4), 0..4);
        (prop::sample::select(texts), edits).prop_map(|(text, edits)| {
            let mut bytes = text.into_bytes();
            for (at, byte, kind) in edits {
                let at = at.index(bytes.len());
                match kind {
                    0 => bytes[at] = byte,
                    1 => bytes.insert(at, byte),
                    2 => bytes.truncate(at.max(1)),
                    _ => bytes.insert(at, b'$'),
                }
            }
            String::from_utf8_lossy(&bytes).into_owned()
        })
    }

    proptest! {
        #[test]
        fn no_mutation_makes_reading_panic(text in mutated()) {
            if let Ok((digest, _)) = read(&text) {
                let printed = digest.to_string();
                let again = printed.parse::<crate::Digest>().map(|again| again.to_string());
                prop_assert_eq!(again, Ok(printed));
            }
            let _ = crate::inspect(&text);
        }

        #[test]
        fn random_secrets_have_no_mark(text in "[A-Za-z0-9._~-]{16,90}") {
            prop_assert!(!recognise(&text).is_some_and(|foreign| foreign.is_marked));
        }
    }
}
