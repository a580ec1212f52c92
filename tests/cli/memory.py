"""Runs commands and searches the memory that each has when it exits for what its secret leaves.

Reads a JSON array of commands from standard input, and prints one JSON object for each: the exit code, and the
places with traces of the secret. The process is stopped with ptrace at its exit, when nothing in it runs any more.
"""

import base64
import ctypes
import functools
import json
import os
import re
import select
import signal
import sys
import tempfile
import threading

PTRACE_TRACEME, PTRACE_CONT, PTRACE_SETOPTIONS = 0, 7, 0x4200
PTRACE_O_TRACEEXIT, PTRACE_O_EXITKILL = 0x40, 0x100000
EXIT_STOP = signal.SIGTRAP | 6 << 8
# Seconds for a process to ask a question.
PATIENCE = 60

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def ptrace(request, pid=0, data=0):
    if libc.ptrace(request, pid, None, data) == -1:
        raise OSError(ctypes.get_errno(), "ptrace is not allowed")


def primes():
    number = 2
    while True:
        if all(number % divisor for divisor in range(2, int(number**0.5) + 1)):
            yield number
        number += 1


def root(number, degree, bits):
    """The first bits of the fractional part of a root (FIPS 180-4, 4.2 and 5.3)."""
    low, high, scaled = 0, number << bits, number << degree * bits
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**degree <= scaled else (low, middle)
    return low % (1 << bits)


def midstates(secret, bits):
    """The chaining values of SHA-2 after both halves of an HMAC's key, as words."""
    rounds, sigma, choice = (
        (80, [(1, 8, -7), (19, 61, -6)], [(28, 34, 39), (14, 18, 41)])
        if bits == 64
        else (64, [(7, 18, -3), (17, 19, -10)], [(2, 13, 22), (6, 11, 25)])
    )
    mask, size = (1 << bits) - 1, bits // 8
    turn = lambda x, n: x >> -n if n < 0 else (x >> n | x << bits - n) & mask
    mixed = lambda x, turns: turn(x, turns[0]) ^ turn(x, turns[1]) ^ turn(x, turns[2])
    first = [prime for prime, _ in zip(primes(), range(rounds))]
    constants = [root(prime, 3, bits) for prime in first]
    initial = [root(prime, 2, bits) for prime in first[:8]]
    for pad in (0x36, 0x5C):
        key = bytes(byte ^ pad for byte in secret.ljust(16 * size, b"\0"))
        w = [int.from_bytes(key[i : i + size], "big") for i in range(0, len(key), size)]
        for t in range(16, rounds):
            w.append(w[t - 16] + mixed(w[t - 15], sigma[0]) + w[t - 7] + mixed(w[t - 2], sigma[1]) & mask)
        a, b, c, d, e, f, g, h = initial
        for t in range(rounds):
            one = h + mixed(e, choice[1]) + (e & f ^ ~e & g) + constants[t] + w[t]
            two = mixed(a, choice[0]) + (a & b ^ a & c ^ b & c)
            a, b, c, d, e, f, g, h = one + two & mask, a, b, c, d + one & mask, e, f, g
        yield from (x + y & mask for x, y in zip(initial, (a, b, c, d, e, f, g, h)))


@functools.cache
def traces(secret):
    """What must not be found, by kind: eight bytes each, which are elsewhere only by design."""
    padded = {pad: bytes(byte ^ pad for byte in secret) for pad in (0x36, 0x5C)}
    windows = lambda text: {text[i : i + 8] for i in range(len(text) - 7)}
    swapped = lambda text, size: {
        b"".join(w[j : j + size][::-1] for j in range(0, 8, size)) for w in windows(text)
    }
    kinds = {"secret": windows(secret), "key of HMAC": set().union(*map(windows, padded.values()))}
    for size in (4, 8):
        texts = [secret, *padded.values()]
        kinds[f"words of {size} bytes"] = set().union(*(swapped(text, size) for text in texts))
    # Base64 depends on the place of the first byte in a group of three.
    shifted = [base64.b64encode(secret[i : i + (len(secret) - i) // 3 * 3]) for i in range(3)]
    kinds["base64"] = set().union(*map(windows, shifted))
    # In the lanes of a vector register the words of a chaining value are apart from each other.
    for bits in (32, 64):
        if len(secret) <= 2 * bits:
            words = [word.to_bytes(bits // 8, "little") for word in midstates(secret, bits)]
            kinds[f"HMAC midstates of {bits} bits"] = set(words)
    return kinds


def memory(pid):
    """The writable mappings: name and contents."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in maps:
            start, end, access, name = re.match(r"(\w+)-(\w+) (\S+) \S+ \S+ \S+ *(.*)", line).groups()
            if access.startswith("rw"):
                mem.seek(int(start, 16))
                yield name or "anonymous", mem.read(int(end, 16) - int(start, 16))


def found(pid, secret):
    """Traces by mapping and kind, and how many different ones."""
    result = {}
    for kind, patterns in traces(secret).items():
        # Four bytes are found by chance.
        least = 3 if min(map(len, patterns)) < 8 else 1
        for name, contents in memory(pid):
            count = sum(pattern in contents for pattern in patterns)
            if count >= least:
                result[f"{name}: {kind}"] = count
    return result


def start(command, output):
    """Starts a command under ptrace; its standard input has a text, or is a terminal where answers are typed."""
    reader, writer = os.pipe()
    pid, keyboard = os.forkpty() if "typed" in command else (os.fork(), writer)
    if pid == 0:
        try:
            if "typed" not in command:
                os.dup2(reader, 0)
            # `new` prints the secret on standard error if the output is only for the provider.
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
            ptrace(PTRACE_TRACEME)
            os.execvpe(command["argv"][0], command["argv"], os.environ | command.get("env", {}))
        finally:
            os._exit(127)
    os.close(reader)
    if "typed" in command:
        # The prompt comes only while this thread lets the process run.
        threading.Thread(target=answer, args=(keyboard, command["typed"]), daemon=True).start()
    else:
        os.write(writer, command.get("stdin", "").encode())
    os.close(writer)
    return pid


def answer(keyboard, answers):
    """Types each answer after its question: a prompt drops what was typed before it."""
    for question, text in answers:
        screen = b""
        while not screen.endswith(question.encode()):
            if not select.select([keyboard], [], [], PATIENCE)[0]:
                # Interrupts the process, which would wait forever.
                os.write(keyboard, b"\x03")
                raise TimeoutError(f"no {question!r} in {screen!r}")
            screen += os.read(keyboard, 1024)
        os.write(keyboard, text.encode() + b"\n")


def secrets_of(command, output):
    """The secrets: given, or made by the command and matched in its output or in a file."""
    if "secret" in command:
        return [command["secret"].encode()]
    if "file" in command:
        with open(command["file"], "rb") as file:
            return [file.read().strip()]
    output.seek(0)
    return re.findall(command["pattern"].encode(), output.read())


def run(command):
    with tempfile.TemporaryFile() as output:
        pid = start(command, output)
        os.waitpid(pid, 0)
        ptrace(PTRACE_SETOPTIONS, pid, PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL)
        ptrace(PTRACE_CONT, pid)
        result = {"found": {}, "secrets": 0}
        while True:
            _, status = os.waitpid(pid, 0)
            if not os.WIFSTOPPED(status):
                return result | {"exit": os.waitstatus_to_exitcode(status)}
            if status >> 8 == EXIT_STOP:
                secrets = secrets_of(command, output)
                result["secrets"] = len(secrets)
                for secret in secrets:
                    result["found"] |= found(pid, secret)
                ptrace(PTRACE_CONT, pid)
            else:
                ptrace(PTRACE_CONT, pid, os.WSTOPSIG(status))


for command in json.load(sys.stdin):
    print(json.dumps(run(command)), flush=True)
