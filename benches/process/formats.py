"""Times `verify` of each format against libxcrypt and Python's hashlib, taking turns.

The time of a process that derives nothing is taken off ours. Usage: formats.py OIDC_SECRET
"""

import ctypes
import ctypes.util
import hashlib
import subprocess
import sys
import time

OURS = sys.argv[1]
SECRET = b"insecure_secret"
ROUNDS = 9
LIBXCRYPT = ctypes.CDLL(ctypes.util.find_library("crypt"))
LIBXCRYPT.crypt.restype = ctypes.c_char_p
LIBXCRYPT.crypt.argtypes = [ctypes.c_char_p, ctypes.c_char_p]


def run(*arguments):
    """What the program prints."""
    return subprocess.run([OURS, *arguments], input=SECRET, capture_output=True, check=True).stdout


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def by_hashlib():
    hashlib.scrypt(SECRET, salt=bytes(16), n=1 << 16, r=8, p=1, maxmem=1 << 30, dklen=32)


for algorithm, peer in [
    (["bcrypt"], "libxcrypt"),
    (["yescrypt"], "libxcrypt"),
    (["sha512crypt", "-i", "500000"], "libxcrypt"),
    (["sha256crypt", "-i", "500000"], "libxcrypt"),
    (["scrypt"], "hashlib"),
]:
    digest = run("hash", "-a", *algorithm).strip()
    ours, empty, theirs = [], [], []
    for _ in range(ROUNDS):
        ours.append(timed(lambda: run("verify", digest)))
        empty.append(timed(lambda: run("verify", "$plaintext$" + SECRET.decode())))
        by_peer = by_hashlib if peer == "hashlib" else lambda: LIBXCRYPT.crypt(SECRET, digest)
        theirs.append(timed(by_peer))
    mine, other = min(ours) - min(empty), min(theirs)
    print(
        f"{' '.join(algorithm)}: {mine * 1e3:.1f} ms, {peer} {other * 1e3:.1f} ms: "
        f"{other / mine:.2f} times as fast"
    )
