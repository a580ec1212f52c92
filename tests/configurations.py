#!/usr/bin/env python3
"""Check that files differ by exactly one intended edit of an Authelia configuration.

Reads one JSON object per line: `before` and `after` are paths, `client` is an id, and either `secret` is
its new secret or `added` is the new client. `lines` is the number of lines that the edit replaces (with
`added`: adds); `templates` replaces {{...}} by plain letters first. Writes a line for each edit that is not
exact.
"""
import difflib, hashlib, json, re, sys
from types import SimpleNamespace

import yaml
from ruamel.yaml import YAML


class Inexact(Exception):
    pass


def fail(reason):
    raise Inexact(' '.join(reason.split()))  # one line


# A template: comments and Go strings inside may hold "}}", so they are skipped as a whole.
ONE = rb'\{\{(?:/\*(?s:.*?)\*/|"(?:\\.|[^"\\\n])*"|`[^`]*`|(?!\}\})[^"`])*\}\}'
TEMPLATE = re.compile(ONE)
ALONE = re.compile(rb'^([ \t]*)(' + ONE + rb')(?=[ \t]*\r?$)', re.M)
# A whole plain value in block style: after "- " and/or "key: ", up to the end of the line or a comment.
PLAIN = re.compile(rb'^((?:[ \t]*- +)*[ \t]*(?:- +|[\w.\'"-]+ *: +))(' + ONE + rb')(?=[ \t]*(?: #.*)?\r?$)', re.M)


def letters(template):
    """Letters of the same length, derived from the template's text, so that different templates stay
    different. The letters a-p after a `t` are plain text in any context: never a number, boolean, null,
    quote or indicator."""
    return b't' + bytes(97 + (byte & 15) for byte in hashlib.shake_128(template).digest(len(template) - 1))


def neutral(data):
    """The bytes with letters instead of templates, and the list of templates that became comments."""
    alone = [m[2] for m in ALONE.finditer(data)]
    # `{{ if … }}` alone on a line is not a YAML node, so a comment can replace it.
    data = ALONE.sub(lambda m: m[1] + b'#' + letters(m[2])[1:], data)
    data = PLAIN.sub(lambda m: m[1] + b"'" + letters(m[2])[2:] + b"'", data)
    # The rest is inside quotes, text or flow collections, where letters need no quotes.
    return TEMPLATE.sub(lambda m: letters(m[0]), data), alone


LOADERS = {
    'PyYAML': lambda data: list(yaml.safe_load_all(data)),
    'ruamel': lambda data: list(YAML(typ='safe', pure=True).load_all(data)),  # the C parser knows only YAML 1.1
}


def own(node):
    """A copy without shared nodes: an edit at one alias must not change the others."""
    if isinstance(node, dict):
        return {k: own(v) for k, v in node.items()}
    return [own(v) for v in node] if isinstance(node, list) else node


def same(a, b, at):
    """Fail at the first difference between the expected (a) and the actual value (b), with types and key
    order."""
    parts = ()
    if type(a) is not type(b):
        fail('%s: expected %s, found %s' % (at, type(a).__name__, type(b).__name__))
    if isinstance(a, dict):
        if [(type(k), k) for k in a] != [(type(k), k) for k in b]:
            fail('%s: keys %s became %s' % (at, list(a), list(b)))
        parts = zip(a, a.values(), b.values())
    elif isinstance(a, list):
        if len(a) != len(b):
            fail('%s: %d elements expected, %d found' % (at, len(a), len(b)))
        parts = zip(range(len(a)), a, b)
    elif a != b and (a == a or b == b):  # .nan is not equal to itself
        fail('%s: expected %r, found %r' % (at, a, b))
    for name, x, y in parts:
        same(x, y, '%s/%s' % (at, name))


PATH = ('identity_providers', 'oidc', 'clients')


def clients(document):
    for key in PATH:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, list) else []


def expect_secret(before, ident, secret):
    """Change BEFORE as the rotation should."""
    # str(): Authelia reads an unquoted number as a string, too.
    found = [c for d in before for c in clients(d)
             if isinstance(c, dict) and str(c.get('client_id', c.get('id'))) == ident]
    keys = [k for c in found for k in ('client_secret', 'secret') if k in c]
    if len(found) != 1 or len(keys) != 1:
        fail('%d clients %r with %d secrets in BEFORE' % (len(found), ident, len(keys)))
    found[0][keys[0]] = secret


def take_added(before, after, added):
    """Remove the new element, and the parents created for it, from AFTER, which should then be BEFORE."""
    before[:] = before or [None]  # an empty stream has no document at all
    if not after or not clients(after[0]):
        fail('no clients in AFTER')
    same(added, clients(after[0]).pop(), 'new client')
    old, new, chain = before[0], after[0], []
    for key in PATH:
        here = isinstance(old, dict) and key in old
        old = old[key] if here else None
        chain.append((new, key, here, old))
        new = new[key]
    for parent, key, here, was in reversed(chain):
        if was is None and not parent[key]:  # now empty, and before null or without the key
            parent[key] = None
            if not here:
                del parent[key]
    if before[0] is None and not after[0]:
        after[0] = None


def compare(o, raw):
    if o.lines is not None:
        # bytes.splitlines splits at LF, CRLF and a lone CR only, as YAML does, and keeps the line ends.
        lines = [data.splitlines(True) for data in raw]
        ops = [op for op in difflib.SequenceMatcher(None, *lines, False).get_opcodes() if op[0] != 'equal']
        removed, new = (sum(op[i + 1] - op[i] for op in ops) for i in (1, 3))
        if (removed, new) != (o.lines if o.secret is not None else 0, o.lines):
            fail('%d lines removed and %d added' % (removed, new))
    if o.templates:
        raw, alone = zip(*map(neutral, raw))
        if alone[0] != alone[1]:  # the parsers drop them as comments
            fail('templates that are alone on a line differ')
    for name, load in LOADERS.items():
        try:
            before, after = map(own, map(load, raw))
        except Exception as error:  # the parsers raise many kinds
            fail('%s cannot load: %s' % (name, error))
        if o.secret is not None:
            expect_secret(before, o.client, o.secret)
        else:
            take_added(before, after, o.added)
        same(before, after, name + ': documents')


if __name__ == '__main__':
    count = 0
    for line in sys.stdin:
        job = SimpleNamespace(**{'secret': None, 'added': None, 'lines': None, 'templates': False, **json.loads(line)})
        try:
            compare(job, [open(name, 'rb').read() for name in (job.before, job.after)])
        except Inexact as reason:
            print(f'{job.before}: {reason}')
        count += 1
    print(count)
