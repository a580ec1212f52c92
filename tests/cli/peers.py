"""Independent implementations that verify and create digests.

`peers.py verify` reads JSON lines {"digest", "secret"} and writes, for each, the list of the peers
that could read the digest as [name, matches, matches_a_wrong_secret]. `peers.py make` reads JSON
lines {"secret"} and writes, for each, the list of their digests as [name, digest].
"""

import base64
import ctypes
import ctypes.util
import hashlib
import hmac
import json
import re
import sys

import argon2.low_level
import passlib.hash
from django.conf import settings
from django.contrib.auth import hashers

DJANGO = {
    "pbkdf2_sha256": "PBKDF2PasswordHasher",
    "pbkdf2_sha1": "PBKDF2SHA1PasswordHasher",
    "argon2": "Argon2PasswordHasher",
}
settings.configure(
    PASSWORD_HASHERS=[f"django.contrib.auth.hashers.{name}" for name in DJANGO.values()]
)

LIBXCRYPT = ctypes.CDLL(ctypes.util.find_library("crypt"))
LIBXCRYPT.crypt.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
LIBXCRYPT.crypt_gensalt.argtypes = [ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p, ctypes.c_int]
LIBXCRYPT.crypt.restype = LIBXCRYPT.crypt_gensalt.restype = ctypes.c_char_p

# libpass reads three of PBKDF2's hash functions, and only keys as long as their output. Its name for
# {PBKDF2-SHA1} is {PBKDF2}.
LIBPASS = {
    r"\$pbkdf2\$\d+\$[^$]+\$.{27}": passlib.hash.pbkdf2_sha1,
    r"\$pbkdf2-sha256\$\d+\$[^$]+\$.{43}": passlib.hash.pbkdf2_sha256,
    r"\$pbkdf2-sha512\$\d+\$[^$]+\$.{86}": passlib.hash.pbkdf2_sha512,
    r"\{PBKDF2\}.*": passlib.hash.ldap_pbkdf2_sha1,
    r"\{PBKDF2-SHA256\}.*": passlib.hash.ldap_pbkdf2_sha256,
    r"\{PBKDF2-SHA512\}.*": passlib.hash.ldap_pbkdf2_sha512,
    r"pbkdf2_sha1\$.*": passlib.hash.django_pbkdf2_sha1,
    r"pbkdf2_sha256\$.*": passlib.hash.django_pbkdf2_sha256,
    r"\$2[aby]\$.*": passlib.hash.bcrypt,
    r"\{CRYPT\}\$2[aby]\$.*": passlib.hash.ldap_bcrypt,
    r"\$bcrypt-sha256\$.*": passlib.hash.bcrypt_sha256,
    r"\$scrypt\$.*\$.{43}": passlib.hash.scrypt,
    r"\$6\$.*": passlib.hash.sha512_crypt,
    r"\$5\$.*": passlib.hash.sha256_crypt,
    r"\{CRYPT\}\$6\$.*": passlib.hash.ldap_sha512_crypt,
    r"\{CRYPT\}\$5\$.*": passlib.hash.ldap_sha256_crypt,
}
# Without this, libpass would call crypt(3), which is another peer already.
for crypt in ("sha512_crypt", "sha256_crypt", "sha1_crypt", "md5_crypt"):
    getattr(passlib.hash, crypt).set_backend("builtin")


def unpadded(text):
    """The bytes of standard base64 without padding."""
    assert "=" not in text
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


def padded(text):
    """The bytes of standard base64 with padding."""
    return base64.b64decode(text, validate=True)


def pbkdf2_of_authelia(digest):
    """The hash function, iterations, salt and key of `$pbkdf2-sha512$310000$SALT$KEY`."""
    _, identifier, iterations, salt, key = digest.split("$")
    name = {"pbkdf2": "sha1"}.get(identifier, identifier.removeprefix("pbkdf2-"))
    salt, key = (unpadded(text.replace(".", "+")) for text in (salt, key))
    return name, int(iterations), salt, key


def pbkdf2_of_phc(digest):
    """The same of `$pbkdf2-sha512$i=310000,l=64$SALT$KEY`."""
    _, identifier, parameters, salt, key = digest.split("$")
    name = {"pbkdf2": "sha1"}.get(identifier, identifier.removeprefix("pbkdf2-"))
    iterations, length = re.fullmatch(r"i=(\d+),l=(\d+)", parameters).groups()
    assert int(length) == len(unpadded(key))
    return name, int(iterations), unpadded(salt), unpadded(key)


def pbkdf2_of_ldap(digest):
    """The same of `{PBKDF2-SHA512}310000$SALT$KEY`."""
    scheme, rest = re.fullmatch(r"\{PBKDF2-(\w+)\}(.*)", digest).groups()
    return pbkdf2_of_authelia(f"$pbkdf2-{scheme.lower()}${rest}")


def pbkdf2_of_django(digest):
    """The same of `pbkdf2_sha256$1000000$SALT$KEY`, where the salt is text."""
    name, iterations, salt, key = digest.split("$")
    return name.removeprefix("pbkdf2_"), int(iterations), salt.encode(), padded(key)


def pbkdf2_of_keycloak(digest):
    """The same of a credential's JSON."""
    credential = json.loads(digest)
    assert credential["type"] == "password"
    secret = json.loads(credential["secretData"])
    data = json.loads(credential["credentialData"])
    name = {"pbkdf2": "sha1"}.get(data["algorithm"], data["algorithm"].removeprefix("pbkdf2-"))
    return name, data["hashIterations"], padded(secret["salt"]), padded(secret["value"])


PBKDF2 = {
    r"\$pbkdf2(-\w+)?\$\d+\$.*": pbkdf2_of_authelia,
    r"\$pbkdf2(-\w+)?\$i=.*": pbkdf2_of_phc,
    r"\{PBKDF2-\w+\}.*": pbkdf2_of_ldap,
    r"pbkdf2_.*": pbkdf2_of_django,
    r"\{\".*": pbkdf2_of_keycloak,
}


def reader(readers, digest):
    """The entry of a table for digests of this format."""
    [one] = [one for form, one in readers.items() if re.fullmatch(form, digest)]
    return one


def with_hashlib_pbkdf2(digest, secret):
    """PBKDF2 by Python's hashlib (OpenSSL), in every dialect."""
    name, iterations, salt, key = reader(PBKDF2, digest)(digest)
    return hashlib.pbkdf2_hmac(name, secret, salt, iterations, len(key)) == key


def with_hashlib_scrypt(digest, secret):
    """scrypt by Python's hashlib (OpenSSL)."""
    _, _, parameters, salt, key = digest.split("$")
    log_n, r, p = map(int, re.fullmatch(r"ln=(\d+),r=(\d+),p=(\d+)", parameters).groups())
    salt, key, maxmem = unpadded(salt), unpadded(key), 2**30
    return key == hashlib.scrypt(
        secret, salt=salt, n=2**log_n, r=r, p=p, maxmem=maxmem, dklen=len(key)
    )


def with_libpass(digest, secret):
    """The formats of libpass, the maintained fork of passlib.

    Its bcrypt is that of the package `bcrypt`, which uses the same Rust crate as the binary. So it
    checks only the encoding; libxcrypt checks the key.
    """
    return reader(LIBPASS, digest).verify(secret, digest)


def with_argon2_cffi(digest, secret):
    """Argon2 by argon2-cffi (the reference implementation)."""
    digest = digest.removeprefix("{ARGON2}")
    kind = {
        "argon2id": argon2.low_level.Type.ID,
        "argon2i": argon2.low_level.Type.I,
        "argon2d": argon2.low_level.Type.D,
    }[digest.split("$")[1]]
    try:
        return argon2.low_level.verify_secret(digest.encode(), secret, kind)
    except argon2.exceptions.VerifyMismatchError:
        return False


def with_django(digest, secret):
    """The formats of Django."""
    return hashers.check_password(secret.decode(), digest)


def with_libxcrypt(digest, secret):
    """The formats of crypt(3), by libxcrypt."""
    digest = digest.removeprefix("{CRYPT}").encode()
    return LIBXCRYPT.crypt(secret, digest) == digest


def with_hmac_and_libxcrypt(digest, secret):
    """bcrypt-sha256 as passlib documents version 2: HMAC-SHA-256 under the salt's text, bcrypt."""
    _, _, parameters, salt, key = digest.split("$")
    cost = re.fullmatch(r"v=2,t=2b,r=(\d+)", parameters)[1]
    hashed = base64.b64encode(hmac.digest(salt.encode(), secret, "sha256"))
    return with_libxcrypt(f"$2b${cost:0>2}${salt}{key}", hashed)


VERIFIERS = {
    with_hashlib_pbkdf2: "|".join(PBKDF2),
    with_hashlib_scrypt: r"\$scrypt\$.*",
    with_libpass: "|".join(LIBPASS),
    with_argon2_cffi: r"(\{ARGON2\})?\$argon2.*",
    with_django: r"(pbkdf2_|argon2\$).*",
    with_libxcrypt: r"(\{CRYPT\})?\$(2[aby]|y|5|6)\$.*",
    with_hmac_and_libxcrypt: r"\$bcrypt-sha256\$.*",
}


def made_by_libxcrypt(secret):
    """One digest of each supported format of crypt(3), with its minimum or default cost."""
    costs = {"$2a$": 4, "$2b$": 4, "$2y$": 4, "$y$": 1, "$1$": 0, "$sha1": 1000, "$md5": 1}
    costs = [*costs.items(), ("$5$", 0), ("$5$", 1000), ("$6$", 0), ("$6$", 1000)]
    for prefix, cost in costs:
        setting = LIBXCRYPT.crypt_gensalt(prefix.encode(), cost, None, 0)
        yield LIBXCRYPT.crypt(secret, setting).decode()


def made_by_libpass(secret):
    """One digest by each handler for a supported format."""
    obsolete = [passlib.hash.sha1_crypt, passlib.hash.sun_md5_crypt]
    for handler in [*LIBPASS.values(), *obsolete]:
        yield handler.using(rounds=max(handler.min_rounds, 4)).hash(secret)
    yield passlib.hash.md5_crypt.hash(secret)
    yield passlib.hash.apr_md5_crypt.hash(secret)


def made_by_argon2_cffi(secret):
    """One digest of each variant."""
    for kind in argon2.low_level.Type:
        yield argon2.PasswordHasher(1, 64, 2, type=kind).hash(secret)


def made_by_django(secret):
    """One digest by each hasher."""
    for name in DJANGO:
        hasher = hashers.get_hasher(name)
        hasher.iterations = 1000
        yield hasher.encode(secret.decode(), hasher.salt())


MAKERS = [made_by_libxcrypt, made_by_libpass, made_by_argon2_cffi, made_by_django]


def verify(record):
    """The verdict of each peer that reads the digest on the secret and on a wrong one."""
    digest, secret = record["digest"], record["secret"].encode()
    return [
        [peer.__name__, peer(digest, secret), peer(digest, secret + b"x")]
        for peer, form in VERIFIERS.items()
        if re.fullmatch(form, digest)
    ]


def make(record):
    """The digests of the secret that each peer makes."""
    secret = record["secret"].encode()
    return [[maker.__name__, digest] for maker in MAKERS for digest in maker(secret)]


command = {"verify": verify, "make": make}[sys.argv[1]]
for line in sys.stdin:
    print(json.dumps(command(json.loads(line))))
