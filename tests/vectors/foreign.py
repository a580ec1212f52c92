"""Writes `foreign.jsonl`: digests of other software, made by implementations that are not ours.

Needs libpass, argon2-cffi, bcrypt, django, werkzeug, scramp and libxcrypt. The output differs each time,
because the salts are random; published vectors stay the same.
"""

import base64
import ctypes
import ctypes.util
import hashlib
import hmac
import json
import os

import argon2.low_level
import bcrypt
import passlib.hash
import scramp
import werkzeug.security
from django.conf import settings
from django.contrib.auth import hashers

SECRET = "insecure_secret"
BYTES = SECRET.encode()
HASHERS = [
    "PBKDF2PasswordHasher", "PBKDF2SHA1PasswordHasher", "Argon2PasswordHasher", "ScryptPasswordHasher",
    "BCryptPasswordHasher", "BCryptSHA256PasswordHasher", "MD5PasswordHasher",
]
settings.configure(PASSWORD_HASHERS=[f"django.contrib.auth.hashers.{name}" for name in HASHERS])

CRYPT = ctypes.CDLL(ctypes.util.find_library("crypt"))
CRYPT.crypt.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
CRYPT.crypt_gensalt.argtypes = [ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p, ctypes.c_int]
CRYPT.crypt.restype = CRYPT.crypt_gensalt.restype = ctypes.c_char_p


def write(form, can, digest, source, secret=SECRET):
    vector = {"form": form, "can": can, "digest": digest, "secret": secret, "source": source}
    print(json.dumps(vector))


def b64(data):
    return base64.b64encode(data).decode()


def crypt(prefix, cost):
    return CRYPT.crypt(BYTES, CRYPT.crypt_gensalt(prefix.encode(), cost, None, 0)).decode()


def pbkdf2(name, salt, iterations, length=None):
    return hashlib.pbkdf2_hmac(name, BYTES, salt, iterations, length)


def django(name, **attributes):
    hasher = hashers.get_hasher(name)
    for key, value in attributes.items():
        setattr(hasher, key, value)
    return hasher.encode(SECRET, hasher.salt())


salt = os.urandom(16)

for method in ["pbkdf2:sha256:1000", "pbkdf2:sha512:1000", "pbkdf2:sha1:1000", "scrypt:1024:8:1"]:
    digest = werkzeug.security.generate_password_hash(SECRET, method)
    write("werkzeug", "convert", digest, "werkzeug")
digest = werkzeug.security.generate_password_hash(SECRET, "pbkdf2:sha3_256:1000")
write("werkzeug", "name", digest, "werkzeug")

write("django", "convert", django("scrypt", work_factor=1024), "django")
write("django", "convert", django("pbkdf2_sha256", iterations=1000), "django")
write("django", "convert", django("pbkdf2_sha1", iterations=1000), "django")
write("django", "convert", django("argon2", memory_cost=64, time_cost=2, parallelism=1), "django")
write("django", "convert", django("bcrypt", rounds=4), "django")
write("django-bcrypt-sha256", "prove", django("bcrypt_sha256", rounds=4), "django")
write("django-hash", "prove", django("md5"), "django")
write("django-hash", "prove", passlib.hash.django_salted_sha1.hash(SECRET), "libpass")
key = hmac.digest(b"Xy12AbCd", BYTES, "sha256").hex()
write("django-hash", "prove", f"sha256$Xy12AbCd${key}", "hmac, as werkzeug before 2.3")

write("cisco-8", "convert", "$8$TnGX/fE4KGHOVU$pEhnEvxrvaynpi8j4f.EMHr6M.FzU8xnZnBr/tJdFWk",
      "hashcat, example hashes, mode 9200", "hashcat")
write("cisco-9", "convert", "$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6",
      "hashcat, example hashes, mode 9300", "hashcat")

key = pbkdf2("sha512", salt[:12], 101)
write("mosquitto", "convert", f"$7$101${b64(salt[:12])}${b64(key)}", "hashlib")
key = hashlib.sha512(BYTES + salt[:12]).digest()
write("mosquitto-sha512", "prove", f"$6${b64(salt[:12])}${b64(key)}", "hashlib")

write("crypt-scrypt", "convert", crypt("$7$", 6), "libxcrypt")
write("crypt-gost", "name", crypt("$gy$", 1), "libxcrypt")

write("grub", "convert", passlib.hash.grub_pbkdf2_sha512.using(rounds=1000).hash(SECRET), "libpass")
write("atlassian", "convert", passlib.hash.atlassian_pbkdf2_sha1.hash(SECRET), "libpass")
key = pbkdf2("sha512", salt * 2, 1000, 128)
write("macos", "convert", f"$ml$1000${(salt * 2).hex()}${key.hex()}", "hashlib")
write("macos", "convert", "$ml$35460$93a94bd24b5de64d79a5e49fa372827e739f4d7b6975c752c9a0ff1e5cf72e05$752351df64dd2ce9dc9c64a72ad91de6581a15c19176266b44d98919dfa81f0f96cbcb20a1ffb400718c20382030f637892f776627d34e021bad4f81b7de8222",
      "hashcat, example hashes, mode 7100", "hashcat")
write("macos-entropy", "name", f"entropy:{b64(key)}", "hashlib")
key = pbkdf2("sha512", salt, 100_000)
write("qbittorrent", "convert", f"@ByteArray({b64(salt)}:{b64(key)})", "hashlib")

DOVECOT = "dovecot/core, the test of its password schemes"
for form, can, digest in [
    ("dovecot-pbkdf2", "convert", "{PBKDF2}$1$bUnT4Pl7yFtYX0KU$5000$50a83cafdc517b9f46519415e53c6a858908680a"),
    ("dovecot", "convert", "{BLF-CRYPT}$2y$05$11ipvo5dR6CwkzwmhwM26OXgzXwhV2PyPuLV.Qi31ILcRcThQpEiW"),
    ("dovecot", "convert", "{ARGON2I}$argon2i$v=19$m=32768,t=4,p=1$f2iuP4aUeNMrgu34fhOkkg$1XSZZMWlIs0zmE+snlUIcLADO3GXbA2O/hsQmmc317k"),
    ("dovecot", "convert", "{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$vBb99oJ12p3WAdYlaMHz1A$jtFOtbo/sYV9OSlTxDo/nVNq3uArHd5GJSEx0ty85Cc"),
    ("dovecot", "refuse", "{MD5-CRYPT}$1$GgvxyNz8$OjZhLh4P.gF1lxYEbLZ3e/"),
    ("dovecot", "refuse", "{MD5}$1$wmyrgRuV$kImF6.9MAFQNHe23kq5vI/"),
    ("dovecot-plain", "prove", "{PLAIN}test"),
    ("dovecot-scram", "prove", "{SCRAM-SHA-256}4096,LfNGSFqiFykEZ1xDAYlnKQ==,HACNf9CII7cMz3XjRy/Oh3Ae2LHApoDyNw74d3YtFws=,AQH0j7Hf8J12g8eNBadvzlNB2am3PxgNwFCFd3RxEaw="),
    ("ldap-sha", "prove", "{SHA1}qUqP5cyxm6YcTAhz05Hph5gvu9M="),
    ("ldap-sha", "prove", "{LDAP-MD5}CY9rzUYh03PK3k6DJie09g=="),
    ("ldap-sha", "prove", "{SHA256}n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="),
    ("ldap-sha", "prove", "{SHA512}7iaw3Ur350mqGo7jwQrpkj9hiYB3Lkc/iBml1JQODbJ6wYX4oOHV+E+IvIh/1nsUNzLDBMxfqa2Ob1f1ACio/w=="),
    ("ldap-salted-sha", "prove", "{SSHA}H/zrDv8FXUu1JmwvVYijfrYEF34jVZcO"),
    ("ldap-salted-sha", "prove", "{SMD5}JTu1KRwptKZJg/RLd+6Vn5GUd0M="),
    ("dovecot-other", "name", "{CRAM-MD5}e02d374fde0dc75a17a557039a3a5338c7743304777dccd376f332bee68d2cf6"),
    ("dovecot-other", "name", "{DIGEST-MD5}77c1a8c437c9b08ba2f460fe5d58db5d"),
    ("dovecot-other", "name", "{PLAIN-MD4}db346d691d7acc4dc2625db19f9e3f52"),
    ("ntlm", "name", "{NTLM}0cb6948805f797bf2a82807973b89537"),
    ("ntlm", "name", "{LANMAN}01fc5a6be7bc6929aad3b435b51404ee"),
]:
    write(form, can, digest, DOVECOT, "test")
write("dovecot", "convert", "{SHA512-CRYPT}" + crypt("$6$", 1000), "libxcrypt")
write("dovecot", "convert", "{SHA256-CRYPT}" + crypt("$5$", 1000), "libxcrypt")
write("ldap-salted-sha", "prove", passlib.hash.ldap_salted_sha512.hash(SECRET), "libpass")
write("ldap-salted-sha", "prove", "{SSHA256.hex}" + (hashlib.sha256(BYTES + salt).digest() + salt).hex(), "hashlib")
write("ldap-sha", "prove", "{ldap}" + passlib.hash.ldap_sha1.hash(SECRET), "libpass")
write("ntlm", "name", "{NT}" + passlib.hash.nthash.hash(SECRET), "libpass")

key = pbkdf2("sha256", salt, 310_000)
write("spring-pbkdf2", "convert", "{pbkdf2@SpringSecurity_v5_8}" + (salt + key).hex(), "hashlib")
key = pbkdf2("sha1", salt[:8], 185_000, 32)
write("spring-pbkdf2", "convert", "{pbkdf2}" + (salt[:8] + key).hex(), "hashlib")
write("spring-pbkdf2", "name", "{pbkdf2}" + (salt + key).hex(), "hashlib")
key = hashlib.scrypt(BYTES, salt=salt, n=1 << 14, r=8, p=1, maxmem=2**30, dklen=32)
write("spring-scrypt", "convert", f"{{scrypt}}$e0801${b64(salt)}${b64(key)}", "hashlib")
write("spring-scrypt", "convert", f"{{scrypt@SpringSecurity_v5_8}}$e0801${b64(salt)}${b64(key)}", "hashlib")
write("spring", "convert", "{bcrypt}" + bcrypt.hashpw(BYTES, bcrypt.gensalt(4, b"2a")).decode(), "bcrypt")
hasher = argon2.PasswordHasher(2, 64, 1)
write("spring", "convert", "{argon2@SpringSecurity_v5_8}" + hasher.hash(SECRET), "argon2-cffi")
write("spring-noop", "prove", "{noop}" + SECRET, "by hand")
key = salt[:8] + BYTES
for _ in range(1024):
    key = hashlib.sha256(key).digest()
write("spring-sha256", "prove", "{sha256}" + (salt[:8] + key).hex(), "hashlib")
for name in ["SHA-1", "SHA-256", "SHA-512", "MD5"]:
    hashed = hashlib.new(name.replace("-", "").lower(), BYTES + b"{AbC=}").hexdigest()
    write("spring-hash", "prove", f"{{{name}}}{{AbC=}}{hashed}", "hashlib")

write("spring-hash", "prove", "{MD5}{thisissalt}2a4e7104c2780098f50ed5a84bb2323d",
      "spring-security, MessageDigestPasswordEncoder.java", "password")

write("wordpress", "prove", "$wp$2y$12$iWN5xRwDE7i9R5jVJvCyqOxS1CNnwUggQaF8O2W9Bg8TuXQz.ngrS",
      "published, checked with wp_check_password", "grimoire-test-123")
write("wordpress", "prove", "$wp$2y$10$qeleDSuDaeZO5fBsEqFReeWdlqaDnBDBzB16hFgsFnhN9qFBIihvm",
      "published, made with PHP's password_hash", "BigBike@2026")
write("phpass", "prove", "$H$984478476IagS59wHZvyQMArzfx58u.",
      "hashcat, example hashes, mode 400", "hashcat")
write("phpass", "prove", passlib.hash.phpass.hash(SECRET), "libpass")
write("phpass", "prove", passlib.hash.phpass.using(ident="H", rounds=8).hash(SECRET), "libpass")
write("drupal", "name", "$S$D" + "a" * 51, "by hand")
digest = passlib.hash.bcrypt_sha256.using(version=1, rounds=4).hash(SECRET)
write("passlib-bcrypt-sha256", "prove", digest, "libpass")

mechanism = scramp.ScramMechanism("SCRAM-SHA-256")
_, stored, server, iterations = mechanism.make_auth_info(SECRET, iteration_count=4096, salt=salt)
write("scram", "prove", f"SCRAM-SHA-256$4096:{b64(salt)}${b64(stored)}:{b64(server)}", "scramp")
write("mysql", "prove", passlib.hash.mysql41.hash(SECRET), "libpass")
write("mysql-sha2", "name", "$A$005$" + "x" * 20 + "y" * 43, "by hand")
write("postgresql-md5", "name", passlib.hash.postgres_md5.hash(SECRET, user="u"), "libpass")

ASPNET = "dotnet/aspnetcore, PasswordHasherTest.cs"
for form, digest in [
    ("aspnet-2", "AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggHIVY0sdEUfdyeM+E1LtH1uJg=="),
    ("aspnet-3", "AQAAAAAAAAD6AAAAEAhftMyfTJylOlZT+eEotFXd1elee8ih5WsjXaR3PA9M"),
    ("aspnet-3", "AQAAAAEAA9CQAAAAIESkQuj2Du8Y+kbc5lcN/W/3NiAZFEm11P27nrSN5/tId+bR1SwV8CO1Jd72r4C08OLvplNlCDc3oQZ8efcW+jQ="),
    ("aspnet-3", "AQAAAAIAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4B6pZWND6zgESBuWiHw"),
    ("aspnet-3", "AQAAAAIAAAD6AAAAIJbVi5wbMR+htSfFp8fTw8N8GOS/Sje+S/4YZcgBfU7EQuqv4OkVYmc4VJl9AGZzmRTxSkP7LtVi9IWyUxX8IAAfZ8v+ZfhjCcudtC1YERSqE1OEdXLW9VukPuJWBBjLuw=="),
    ("aspnet-3", "AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg+yWU7rLgUwPZb1Itsmra7cbxw2EFpwpVFIEtP+JIuUEw=="),
]:
    write(form, "convert", digest, ASPNET, "my password")

for name, form in [("md5", "md5"), ("sha1", "sha1"), ("sha256", "sha256"), ("sha384", "sha384"), ("sha512", "sha512")]:
    hashed = hashlib.new(name, BYTES)
    write(f"{form}-hex", "prove", hashed.hexdigest(), "hashlib")
    write(f"{form}-base64", "prove", b64(hashed.digest()), "hashlib")
    if name != "sha384":
        write(f"{form}-hex-base64", "prove", b64(hashed.hexdigest().encode()), "hashlib")

write("grafana", "name", pbkdf2("sha256", b"Xy12AbCdEf", 10_000, 50).hex(), "hashlib")
write("salt-and-key", "name", f"{salt.hex()}:{pbkdf2('sha512', salt, 1000).hex()}", "hashlib")

key = pbkdf2("sha512", salt, 1000)
adapted = lambda data: b64(data).rstrip("=").replace("+", ".")
urlsafe = lambda data: base64.urlsafe_b64encode(data).decode()
write("hex-fields", "convert", f"$pbkdf2-sha512$1000${salt.hex()}${key.hex()}", "hashlib")
write("hex-fields", "convert", f"$pbkdf2-sha512$1000${adapted(salt)}${key.hex()}", "hashlib")
write("hex-fields", "convert", f"$pbkdf2-sha512$1000${salt.hex().upper()}${key.hex().upper()}", "hashlib")
write("hex-fields", "convert", f"$pbkdf2-sha512$i=1000,l=64${salt.hex()}${key.hex()}", "hashlib")
text = pbkdf2("sha512", b"0123456789abcdef", 1000)
write("hex-fields", "convert", f"$pbkdf2-sha512$1000$0123456789abcdef${text.hex()}", "hashlib")
# These have a - or a _ in base64url.
salt, key = bytes(range(0xF0, 0x100)), pbkdf2("sha512", bytes(range(0xF0, 0x100)), 1000)
write("other-base64", "convert", f"$pbkdf2-sha512$1000${urlsafe(salt)}${urlsafe(key)}", "hashlib")
write("other-base64", "convert", f"$pbkdf2-sha512$i=1000,l=64${urlsafe(salt)}${urlsafe(key)}", "hashlib")
raw = argon2.low_level.hash_secret_raw(BYTES, salt, 2, 64, 1, 32, argon2.low_level.Type.ID)
head = "$argon2id$v=19$m=64,t=2,p=1"
write("hex-fields", "convert", f"{head}${salt.hex()}${raw.hex()}", "argon2-cffi")
write("other-base64", "convert", f"{head}${urlsafe(salt)}${urlsafe(raw)}", "argon2-cffi")
write("other-base64", "convert", f"{head}${b64(salt)}${b64(raw)}", "argon2-cffi")
raw_scrypt = hashlib.scrypt(BYTES, salt=salt, n=1024, r=8, p=1, dklen=32)
write("other-base64", "convert", f"$scrypt$ln=10,r=8,p=1${b64(salt)}${b64(raw_scrypt)}", "hashlib")

write("base64", "convert", b64(hasher.hash(SECRET).encode()), "argon2-cffi")
write("base64", "convert", b64(bcrypt.hashpw(BYTES, bcrypt.gensalt(4))), "bcrypt")
write("base64", "convert", b64(werkzeug.security.generate_password_hash(SECRET, "pbkdf2:sha256:1000").encode()), "werkzeug")

for kind, name in [(argon2.low_level.Type.ID, "id"), (argon2.low_level.Type.I, "i")]:
    raw = argon2.low_level.hash_secret_raw(BYTES, salt, 5, 7168, 1, 32, kind)
    parameters = {"hashLength": ["32"], "memory": ["7168"], "type": [name], "version": ["1.3"], "parallelism": ["1"]}
    data = {"hashIterations": 5, "algorithm": "argon2", "additionalParameters": parameters}
    secret = {"value": b64(raw), "salt": b64(salt), "additionalParameters": {}}
    credential = {"type": "password", "secretData": json.dumps(secret), "credentialData": json.dumps(data)}
    write("keycloak", "convert", json.dumps(credential), "argon2-cffi")
