"""Verifies digests with implementations that are not ours.

Reads JSON lines {"digest", "secret"} and writes, for each, the list of the peers that could read
the digest as [name, matches, matches_a_wrong_secret].
"""

import base64
import hashlib
import json
import re
import sys

import argon2.low_level
import passlib.hash


def with_hashlib(digest, secret):
    """PBKDF2 by Python's hashlib (OpenSSL), in both encodings."""
    _, identifier, cost, salt, key = digest.split("$")
    name = {"pbkdf2": "sha1"}.get(identifier, identifier.removeprefix("pbkdf2-"))
    phc = re.fullmatch(r"i=(\d+),l=(\d+)", cost)
    iterations = int(phc[1] if phc else cost)

    def decode(text):
        standard = text if phc else text.replace(".", "+")
        return base64.b64decode(standard + "=" * (-len(text) % 4), validate=True)

    key = decode(key)
    assert not phc or int(phc[2]) == len(key)
    return hashlib.pbkdf2_hmac(name, secret, decode(salt), iterations, len(key)) == key


def with_libpass(digest, secret):
    """PBKDF2 by libpass, the maintained passlib."""
    handler = {
        "pbkdf2": passlib.hash.pbkdf2_sha1,
        "pbkdf2-sha256": passlib.hash.pbkdf2_sha256,
        "pbkdf2-sha512": passlib.hash.pbkdf2_sha512,
    }[digest.split("$")[1]]
    return handler.verify(secret, digest)


def with_argon2_cffi(digest, secret):
    """Argon2 by argon2-cffi (the reference implementation)."""
    kind = {
        "argon2id": argon2.low_level.Type.ID,
        "argon2i": argon2.low_level.Type.I,
        "argon2d": argon2.low_level.Type.D,
    }[digest.split("$")[1]]
    try:
        return argon2.low_level.verify_secret(digest.encode(), secret, kind)
    except argon2.exceptions.VerifyMismatchError:
        return False


def peers(digest):
    """The peers that read this digest's format."""
    identifier = digest.split("$")[1]
    if identifier.startswith("argon2"):
        return [with_argon2_cffi]
    # libpass reads three of the hash functions, and only with keys as long as their output.
    lengths = {"pbkdf2": 27, "pbkdf2-sha256": 43, "pbkdf2-sha512": 86}
    in_libpass = lengths.get(identifier) == len(digest.split("$")[-1]) and "=" not in digest
    return [with_hashlib, with_libpass] if in_libpass else [with_hashlib]


for line in sys.stdin:
    record = json.loads(line)
    digest, secret = record["digest"], record["secret"].encode()
    print(json.dumps([
        [peer.__name__, peer(digest, secret), peer(digest, secret + b"x")]
        for peer in peers(digest)
    ]))
