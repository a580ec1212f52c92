"""`hash --batch` of 1,000 secrets as a process, against a loop of Python's hashlib (OpenSSL).

The loop would take minutes: it is timed over a part, before and after, and scaled.
"""

import hashlib
import statistics
import subprocess
import sys
import time

COUNT, PART = 1000, 40
secrets = [b"secret-%d" % i for i in range(COUNT)]


def loop():
    """The times of a part of the loop, one by one."""
    times = []
    for secret in secrets[:PART]:
        start = time.perf_counter()
        hashlib.pbkdf2_hmac("sha512", secret, b"saltsaltsaltsalt", 310_000, 64)
        times.append(time.perf_counter() - start)
    return times


before = loop()
start = time.perf_counter()
command = [sys.argv[1], "hash", "--batch"]
output = subprocess.run(command, input=b"\n".join(secrets), capture_output=True, check=True)
ours = time.perf_counter() - start
assert len(output.stdout.splitlines()) == COUNT
theirs = before + loop()
print(f"oidc-secret hash --batch, {COUNT} secrets: {ours:.2f} s")
for name, each in [("mean", statistics.mean(theirs)), ("fastest", min(theirs))]:
    print(f"hashlib, {name}: {each * 1e3:.1f} ms each, {each * COUNT / ours:.1f} times as long")
