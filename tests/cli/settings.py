#!/usr/bin/env python3
"""Read settings as their applications do, and compare the values with the expected ones.

Reads one JSON object per line: `form` and `text` are the settings, `expected` has the values by name; a
value is text, or an object with the `digest` of the text. Writes a line for each value that differs, then
the number of objects.
"""
import argparse, base64, configparser, csv, hashlib, io, json, re, subprocess, sys

import javaproperties
import yaml
from dotenv import dotenv_values
from ruamel.yaml import YAML

try:
    import tomllib
except ImportError:
    import tomli as tomllib


def shell(script, text):
    """The output of a POSIX shell with an empty PATH, where running any command is an error."""
    command = ['sh', '-c', 'PATH=; ' + text + '\n' + script]
    run = subprocess.run(command, capture_output=True, env={})
    if run.returncode or run.stderr:
        raise ValueError(run.stderr)
    return [part.decode() for part in run.stdout.split(b'\0')[:-1]]


def sh_variables(text):
    names = re.findall(r'^(\w+)=', text, re.M)
    return dict(zip(names, shell('printf "%s\\0" ' + ' '.join(f'"${name}"' for name in names), text)))


def compose_variables(text):
    """The rules of compose-go's dotenv/parser.go: an unquoted value ends at a space with a #, `\\'` and
    `\\"` do not end a quoted value, and `$` is special unless between single quotes."""
    found = {}
    for line in text.splitlines():
        name, value = line.split('=', 1)
        quoted = re.fullmatch(r"""(['"])((?:\\.|(?!\1)[^\\])*)\1""", value)
        if not quoted and value[:1] in ('"', "'"):
            value = None
        elif not quoted:
            value = None if re.search(r'\s|\$|#', value) else value
        elif quoted[1] == "'":
            value = quoted[2].replace("\\'", "'")
        else:
            value = None if re.search(r'[$\\]', quoted[2]) else quoted[2]
        found[name] = value
    return found


def ini(text):
    parser = configparser.ConfigParser()
    parser.optionxform = str
    parser.read_string(text)
    return dict(parser['s'])


def options(text):
    """argparse takes a value that begins with a hyphen for an option, so it is the strictest reader."""
    words = shell('printf "%s\\0" "$@"', 'set -- ' + ' '.join(text.splitlines()))
    parser = argparse.ArgumentParser(allow_abbrev=False, exit_on_error=False)
    parser.add_argument('--title')
    parser.add_argument('--secret')
    return vars(parser.parse_args(words))


def lines(separator):
    def read(text):
        pairs = (line.split(separator, 1) for line in text.splitlines())
        return {name: value for name, value in pairs}
    return read


def gui(text):
    """The values are in one column, two places after the longest label."""
    width = 2 + max(len(line.split(':')[0]) for line in text.splitlines())
    return {line[:width].split(':')[0]: line[width:] for line in text.splitlines()}


def undoubled(values):
    """The values of a Compose file, where `$$` is a dollar sign and any other `$` is special."""
    return {name: None if re.search(r'\$', value.replace('$$', '')) else value.replace('$$', '$')
            for name, value in values.items() if isinstance(value, str)}


def first_client(values):
    return values['configMap']['identity_providers']['oidc']['clients'][0]


def each(place, *loads):
    return [lambda text, load=load: place(load(text)) for load in loads]


PYYAML = yaml.safe_load
RUAMEL = lambda text: YAML(typ='safe', pure=True).load(text)
READERS = {
    'env': [sh_variables, compose_variables,
            lambda text: dotenv_values(stream=io.StringIO(text), interpolate=True),
            lambda text: dotenv_values(stream=io.StringIO(text), interpolate=False)],
    'shell': [sh_variables],
    'compose': each(lambda data: undoubled(data['services']['own-compose']['environment']), PYYAML, RUAMEL),
    'services': each(lambda data: undoubled(data['services']['own']['environment']), PYYAML, RUAMEL),
    'yaml': each(lambda data: data['s'], PYYAML, RUAMEL),
    'list of yaml': each(lambda data: {**data['s'][0], 'title': data['s'][0]['l'][0]}, PYYAML, RUAMEL),
    'block of yaml': each(lambda data: PYYAML(data['s']), PYYAML, RUAMEL),
    'flat': each(lambda data: {key.split('.', 1)[1]: value for key, value in data.items()}, PYYAML, RUAMEL),
    'json': [lambda text: json.loads(text)['s']],
    'toml': [lambda text: tomllib.loads(text)['s']],
    'ini': [ini],
    'properties': [javaproperties.loads],
    'cli': [options],
    'list': [lines(' = ')],
    'gui': [gui],
    'entry': each(lambda data: data[0], PYYAML, RUAMEL),
    'values': each(first_client, PYYAML, RUAMEL),
    'values and secret': [lambda text: first_client(next(yaml.safe_load_all(text)))],
    'configmap': each(lambda data: PYYAML(data['data']['configuration.oidc.yml'])['identity_providers']
                      ['oidc']['clients'][0], PYYAML, RUAMEL),
    'manifest': each(lambda data: data['stringData'], PYYAML, RUAMEL),
    'object': [json.loads],
    'csv': [lambda text: next(csv.DictReader(io.StringIO(text, newline=''), strict=True))],
}


def is_same(found, expected):
    if not isinstance(expected, dict):
        return found == expected
    _, _, iterations, salt, key = expected['digest'].split('$')
    salt, key = (base64.b64decode(part.replace('.', '+') + '==') for part in (salt, key))
    text = found.encode() if isinstance(found, str) else b''
    return hashlib.pbkdf2_hmac('sha512', text, salt, int(iterations), len(key)) == key


def main():
    count = 0
    for line in sys.stdin:
        job = json.loads(line)
        count += 1
        for number, read in enumerate(READERS[job['form']]):
            try:
                found = read(job['text'])
            except Exception as error:
                found = {'error': repr(error)[:200]}
            for name, expected in job['expected'].items():
                if not is_same(found.get(name), expected):
                    print(f"{job['form']}, reader {number}: {name} is {expected!r:.200}, not {found!r:.300}")
    print(count)


main()
