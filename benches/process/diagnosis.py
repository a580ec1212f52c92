"""Times `diagnose` against `verify`, taking turns, and `audit` of many clients.

Usage: diagnosis.py OIDC_SECRET
"""

import base64
import os
import subprocess
import sys
import tempfile
import time

OURS = sys.argv[1]
ROUNDS = 15
CLIENT = """\
      - client_id: 'app{number}'
        client_name: 'App {number}'
        client_secret: '$pbkdf2-sha512$310000${salt}${key}'
        authorization_policy: 'two_factor'
        redirect_uris: ['https://app{number}.example.com/oauth2/callback']
        scopes: ['openid', 'profile', 'email', 'groups']
        response_types: ['code']
        grant_types: ['authorization_code']
        userinfo_signed_response_alg: 'none'
        token_endpoint_auth_method: 'client_secret_basic'
"""


def timed(*arguments, secret=b""):
    start = time.perf_counter()
    subprocess.run([OURS, *arguments], input=secret, capture_output=True, check=False)
    return time.perf_counter() - start


def adapted(length):
    return base64.b64encode(os.urandom(length)).decode().rstrip("=").replace("+", ".")


def configuration(clients):
    """A file with so many clients, none of which has a finding."""
    file = tempfile.NamedTemporaryFile("w", suffix=".yml", delete=False)
    with file:
        file.write("identity_providers:\n  oidc:\n    clients:\n")
        for number in range(clients):
            file.write(CLIENT.format(number=number, salt=adapted(16), key=adapted(64)))
    return file.name


digest = subprocess.run([OURS, "hash"], input=b"x", capture_output=True, check=True).stdout.strip()
plain = b"q3Z~kV9_t.Lw-0aXbN7yH2sJd5RmE8uGfTpCqW1oKiYzAeB4vQ6nD_lMx.c~PrShUgFj-OIk"
odd = "a+b c%2F/$x\"it's\" é".encode()
times = {"verify": [], "diagnose": [], "diagnose, an odd secret": []}
for _ in range(ROUNDS):
    times["verify"].append(timed("verify", digest, secret=plain))
    times["diagnose"].append(timed("diagnose", digest, secret=plain))
    times["diagnose, an odd secret"].append(timed("diagnose", digest, secret=odd))
for name, taken in times.items():
    print(f"{name}: {min(taken) * 1e3:.0f} ms, {min(taken) / min(times['verify']):.2f} of verify")

for clients, arguments in [(10_000, []), (100_000, []), (50, ["--guess"])]:
    name = configuration(clients)
    print(f"audit {' '.join(arguments)} of {clients} clients: {timed('audit', *arguments, name):.2f} s")
    os.unlink(name)
