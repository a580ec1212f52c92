"""Digests of secrets of every length from 0 to 300 bytes, made by hashlib, argon2-cffi and libxcrypt.

Prints JSON lines {"format", "secret_b64", "digest"}, grouped by format. The costs are low and differ, so that
digests of one batch have different numbers of steps.
"""

import base64
import ctypes
import ctypes.util
import hashlib
import json

from argon2.low_level import Type, hash_secret

LIBXCRYPT = ctypes.CDLL(ctypes.util.find_library("crypt"))
LIBXCRYPT.crypt.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
LIBXCRYPT.crypt.restype = ctypes.c_char_p

LENGTHS = range(301)
CRYPT = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def some_bytes(length, seed):
    """Bytes without NUL, at which the functions of libxcrypt stop."""
    return bytes(1 + (i * 7 + seed * 31) % 255 for i in range(length))


def adapted(data):
    return base64.b64encode(data, b"./").decode().rstrip("=")


def standard(data):
    return base64.b64encode(data).decode().rstrip("=")


def pbkdf2(hash_function, secret):
    length = len(secret)
    salt, iterations, key_length = some_bytes(1 + length % 70, 3), 1 + length % 5, 1 + length % 150
    key = hashlib.pbkdf2_hmac(hash_function, secret, salt, iterations, key_length)
    return f"$pbkdf2-{hash_function}${iterations}${adapted(salt)}${adapted(key)}"


def scrypt(secret):
    length = len(secret)
    ln, r, p = 1 + length // 60, 1 + length // 40 % 4, 1 + length // 20 % 3
    salt = some_bytes(16, length)
    key = hashlib.scrypt(secret, salt=salt, n=1 << ln, r=r, p=p, dklen=32)
    return f"$scrypt$ln={ln},r={r},p={p}${standard(salt)}${standard(key)}"


def argon2(kind, secret):
    lanes, passes = 1 + len(secret) % 4, 1 + len(secret) % 3
    memory, salt = 8 * lanes + len(secret) % 50, some_bytes(16, len(secret))
    return hash_secret(secret, salt, passes, memory, lanes, 32, kind).decode()


def crypt(setting, secret):
    digest = LIBXCRYPT.crypt(secret, setting.encode())
    assert digest.startswith(b"$"), (setting, digest)
    return digest.decode()


def bcrypt(secret):
    return crypt(f"$2b$04${(CRYPT[len(secret) % 64] * 21)}u", secret)


def yescrypt(secret):
    """N is 2 to the power of 2 to 5, in the first character after `j`, the block size in the second."""
    length = len(secret)
    salt = CRYPT[length % 64] * (length % 5) * 4
    return crypt(f"$y$j{CRYPT[1 + length // 80]}{CRYPT[length // 20 % 4]}${salt}", secret)


def sha_crypt(prefix, secret):
    rounds = 1000 + len(secret) // 100
    return crypt(f"${prefix}$rounds={rounds}${CRYPT[len(secret) % 64] * (len(secret) % 17)}$", secret)


FORMATS = {
    **{f"pbkdf2-sha{bits}": (pbkdf2, f"sha{bits}") for bits in (1, 224, 256, 384, 512)},
    **{f"argon2{kind.name.lower()}": (argon2, kind) for kind in Type},
    "sha512crypt": (sha_crypt, "6"),
    "sha256crypt": (sha_crypt, "5"),
    "scrypt": (scrypt,),
    "bcrypt": (bcrypt,),
    "yescrypt": (yescrypt,),
}

for name, (make, *arguments) in FORMATS.items():
    for length in LENGTHS:
        secret = some_bytes(length, 1)
        record = {"format": name, "digest": make(*arguments, secret)}
        print(json.dumps(record | {"secret_b64": base64.b64encode(secret).decode()}))
