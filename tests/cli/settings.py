#!/usr/bin/env python3
"""Read settings as their applications do, and compare the values with the expected ones.

Reads one JSON object per line: `form` and `text` are the settings, `expected` has the values by name; a
value is text, or an object with the `digest` of the text. Of an application of the catalogue (`app`) the
names are not known, so `expected` is a list of values that must be among those found. Writes a line for
each value that differs, then the number of objects.
"""
import argparse, ast, base64, configparser, csv, hashlib, io, json, os, re, subprocess, sys, tempfile
from urllib.parse import urlsplit
from xml.etree import ElementTree

import javaproperties
import yaml
from dotenv import dotenv_values
from ruamel.yaml import YAML

try:
    import tomllib
except ImportError:
    import tomli as tomllib


def run(command, text=None):
    process = subprocess.run(command, input=text, capture_output=True, text=True)
    if process.returncode:
        raise ValueError(f'{command[0]}: {process.stderr or process.stdout}')
    return process.stdout


def shell(script, text):
    """The output of a POSIX shell with an empty PATH, where running any command is an error."""
    command = ['sh', '-c', 'PATH=; ' + text + '\n' + script]
    run = subprocess.run(command, capture_output=True, env={})
    if run.returncode or run.stderr:
        raise ValueError(run.stderr)
    return [part.decode() for part in run.stdout.split(b'\0')[:-1]]


def sh_variables(text):
    names = re.findall(r'^(\w+)=', text, re.M)
    return dict(zip(names, shell('printf "%s\\0" ' + ' '.join(f'"${name}"' for name in names), 'set -a; ' + text)))


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


def ini_sections(text):
    parser = configparser.ConfigParser()
    parser.optionxform = str
    parser.read_string('[top]\n' + text)
    return {name: dict(parser[name]) for name in parser.sections()}


def options(text):
    """argparse takes a value that begins with a hyphen for an option, so it is the strictest reader."""
    words = shell('printf "%s\\0" "$@"', 'set -- ' + ' '.join(text.splitlines()))
    parser = argparse.ArgumentParser(allow_abbrev=False, exit_on_error=False)
    parser.add_argument('--title')
    parser.add_argument('--secret')
    return vars(parser.parse_args(words))


def commands(text):
    """The words of all commands, printed instead of run; `--name=value` is a value with a name."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if number == 0 or not lines[number - 1].endswith(' \\'):
            lines[number] = 'show ' + line
    words = shell('', 'show() { printf "%s\\0" "$@"; }\n' + '\n'.join(lines))
    pairs = (word.lstrip('-').split('=', 1) for word in words if '=' in word)
    return {**dict(pairs), 'words': words}


def conf(text):
    """The values of `name = value`; of a URL its user and password too."""
    found = dict(re.findall(r'^\s*(\w+) = (.*)$', text, re.M))
    urls = [urlsplit(value) for value in found.values() if '@' in value]
    return {**found, 'urls': [[url.username, url.password] for url in urls]}


def gui(text):
    """The values are in one column, two places after the longest label; items of a list have no label."""
    width = 2 + max(len(line.split(':')[0]) for line in text.splitlines() if not line.startswith(' '))
    return {line[:width].split(':')[0] or number: line[width:] for number, line in enumerate(text.splitlines())}


def undoubled(values):
    """The values of a Compose file, where `$$` is a dollar sign and any other `$` is special."""
    if isinstance(values, dict):
        return {name: undoubled(value) for name, value in values.items()}
    if not isinstance(values, str):
        return values
    return None if re.search(r'\$', values.replace('$$', '')) else values.replace('$$', '$')


def python(text):
    found = {}
    exec(compile(ast.parse(text), 'settings.py', 'exec'), {'__builtins__': {}}, found)
    return found


def xml(text):
    return {element.tag: element.text or '' for element in ElementTree.fromstring(text).iter()}


def all_xml(text):
    return [element.text or '' for element in ElementTree.fromstring(text).iter()]


# Programs that read the settings of their languages: all texts in one run, because each start takes time.
# The variables that applications give to their files, and the functions that they call, are in here.

PHP = r'''
function settings($file) { $config = []; $returned = include $file; return [$config, $CONFIG ?? 0, $returned]; }
echo json_encode(array_map('settings', array_slice($argv, 1)), JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
'''

RUBY = r'''
require 'json'
def settings(file) gitlab_rails = {}; eval(File.read(file, encoding: 'UTF-8'), binding, file); gitlab_rails end
puts JSON.generate(ARGV.map { |file| settings(file) })
'''

NODE = r'''
const fs = require('fs');
function settings(file) {
  const source = fs.readFileSync(file, 'utf8');
  const found = [];
  const app = { use() {}, get() {}, listen() {} };
  const modules = {
    'express': () => app,
    'express-openid-connect': { auth: (options) => found.push(options), requiresAuth() {} },
    'passport-openidconnect': { Strategy: 'Strategy' },
    'crypto': require('crypto'),
  };
  const isProgram = source.startsWith('"use strict"');
  const body = isProgram ? source : `return ({\n${source}\n});`;
  const returned = new Function('require', 'process', body)((name) => modules[name], { env: {} });
  return isProgram ? found : returned;
}
console.log(JSON.stringify(process.argv.slice(1).map(settings)));
'''

ELIXIR = r'''
defmodule Settings do
  def pairs({key, value}) when is_binary(value), do: [{key, value}]
  def pairs({_, value}), do: pairs(value)
  def pairs(list) when is_list(list), do: Enum.flat_map(list, &pairs/1)
  def pairs(_), do: []
end
for file <- System.argv() do
  found = Config.Reader.eval!(file, "import Config\n" <> File.read!(file))
  IO.puts(Enum.map_join(Settings.pairs(found), " ", fn {key, value} -> "#{key}:#{Base.encode64(value)}" end))
end
'''


def php_results(files):
    return json.loads(run(['php', '-d', 'display_errors=stderr', '-r', PHP, '--', *files]))


def ruby_results(files):
    return json.loads(run(['ruby', '-e', RUBY, *files]))


def node_results(files):
    return json.loads(run(['node', '-e', NODE, *files]))


def elixir_results(files):
    read = lambda pair: (pair.split(':')[0], base64.b64decode(pair.split(':')[1]).decode())
    return [dict(map(read, line.split())) for line in run(['elixir', '-e', ELIXIR, *files]).splitlines()]


# For each language: the evaluation, the arguments that only check a file, and the ending of its files.
LANGUAGES = {
    'php': (php_results, ['php', '-l'], '.php'),
    'ruby': (ruby_results, ['ruby', '-c'], '.rb'),
    'javascript': (node_results, ['node', '--check'], '.js'),
    'elixir': (elixir_results, None, '.exs'),
}


def source(job):
    """The snippet of a job as a file of its own."""
    text = job['text']
    if job['form'] == 'php' and not text.startswith('<?php'):
        return '<?php\n' + text
    return text


def evaluate(form, jobs, folder):
    """Sets `found` in the jobs of a language."""
    results, check, ending = LANGUAGES[form]
    files = []
    for number, job in enumerate(jobs):
        files.append(os.path.join(folder, f'{form}{number}{ending}'))
        with open(files[-1], 'w', encoding='utf-8', newline='') as file:
            file.write(source(job))
    try:
        found = results(files)
    except ValueError:
        # One after the other is slow, but names the text that fails.
        found = [found_or_error(lambda: results([file])[0]) for file in files]
    for file, job, value in zip(files, jobs, found, strict=True):
        # The members of an object are no file of JavaScript.
        is_file = form != 'javascript' or job.get('app') == 'expressjs'
        is_checked = check and job.get('check') and is_file
        job['found'] = found_or_error(lambda: (run([*check, file]), value)[1]) if is_checked else value


def found_or_error(read):
    try:
        return read()
    except Exception as error:
        return {'error': repr(error)[:200]}


def first_client(values):
    return values['configMap']['identity_providers']['oidc']['clients'][0]


def each(place, *loads):
    return [lambda text, load=load: place(load(text)) for load in loads]


PYYAML = yaml.safe_load
RUAMEL = lambda text: YAML(typ='safe', pure=True).load(text)
ALL_YAML = lambda text: list(yaml.safe_load_all(text))
DOTENV = [lambda text: dotenv_values(stream=io.StringIO(text), interpolate=True),
          lambda text: dotenv_values(stream=io.StringIO(text), interpolate=False)]
READERS = {
    'env': [sh_variables, compose_variables, *DOTENV],
    'variables': [sh_variables],
    'compose': each(lambda data: undoubled(data['services']['own-compose']['environment']), PYYAML, RUAMEL),
    'services': each(lambda data: undoubled(data['services']['own']['environment']), PYYAML, RUAMEL),
    'yaml': each(lambda data: data['s'], PYYAML, RUAMEL),
    'list of yaml': each(lambda data: {**data['s'][0], 'title': data['s'][0]['l'][0]}, PYYAML, RUAMEL),
    'block of yaml': each(lambda data: PYYAML(data['s']), PYYAML, RUAMEL),
    'json of env': each(lambda data: json.loads(data['S']), sh_variables, compose_variables, *DOTENV),
    'flat': each(lambda data: {key.split('.', 1)[1]: value for key, value in data.items()}, PYYAML, RUAMEL),
    'json': [lambda text: json.loads(text)['s']],
    'toml': [lambda text: tomllib.loads(text)['s']],
    'ini': [lambda text: ini_sections(text)['s']],
    'properties': [javaproperties.loads],
    'cli': [options],
    'gui': [gui],
    'shell': [commands],
    'conf': [conf],
    'python': [python],
    'xml': [xml],
    'entry': each(lambda data: data[0], PYYAML, RUAMEL),
    'values': each(first_client, PYYAML, RUAMEL),
    'values and secret': [lambda text: first_client(next(yaml.safe_load_all(text)))],
    'configmap': each(lambda data: PYYAML(data['data']['configuration.oidc.yml'])['identity_providers']
                      ['oidc']['clients'][0], PYYAML, RUAMEL),
    'manifest': each(lambda data: data['stringData'], PYYAML, RUAMEL),
    'object': [json.loads],
    'csv': [lambda text: next(csv.DictReader(io.StringIO(text, newline=''), strict=True))],
}
# The readers of the applications' settings, whose structure is not known.
WHOLE = {
    **READERS,
    'compose': [lambda text: undoubled(PYYAML(text))],
    'yaml': [ALL_YAML],
    'flat': [PYYAML],
    'json': [json.loads],
    'toml': [tomllib.loads],
    'ini': [ini_sections],
    'cli': [lambda text: shell('printf "%s\\0" "$@"', 'set -- ' + ' '.join(text.splitlines()))],
    'xml': [all_xml],
}


def leaves(value):
    """All texts of a structure, also those in a text of JSON or YAML."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in leaves(item)]
    if not isinstance(value, str):
        return []
    try:
        inner = json.loads(value) if value.startswith('{"') else PYYAML(value) if '\n' in value else None
    except (ValueError, yaml.YAMLError):
        inner = None
    return [value] + (leaves(inner) if isinstance(inner, (dict, list)) else [])


def is_same(found, expected):
    if not isinstance(expected, dict):
        return found == expected
    _, _, iterations, salt, key = expected['digest'].split('$')
    salt, key = (base64.b64decode(part.replace('.', '+') + '==') for part in (salt, key))
    text = found.encode() if isinstance(found, str) else b''
    return hashlib.pbkdf2_hmac('sha512', text, salt, int(iterations), len(key)) == key


def first_object(found):
    """The first of the objects that may have the values: languages differ in where they are."""
    return next((part for part in found if part), {}) if isinstance(found, list) else found


def report(job, number, found):
    name = job.get('app', job['form'])
    if isinstance(job['expected'], list):
        texts = leaves(found)
        missing = [value for value in job['expected'] if value not in texts]
        if missing:
            print(f"{name}, {job['form']}, reader {number}: no {missing!r:.200} in {texts!r:.600}")
        return
    found = first_object(found)
    for key, expected in job['expected'].items():
        if not is_same(found.get(key), expected):
            print(f"{name}, reader {number}: {key} is {expected!r:.200}, not {found!r:.300}")


def main():
    jobs = [json.loads(line) for line in sys.stdin]
    with tempfile.TemporaryDirectory() as folder:
        for form in LANGUAGES:
            of_form = [job for job in jobs if job['form'] == form]
            if of_form:
                evaluate(form, of_form, folder)
    for job in jobs:
        if 'found' in job:
            report(job, 0, job['found'])
            continue
        for number, read in enumerate((WHOLE if 'app' in job else READERS)[job['form']]):
            report(job, number, found_or_error(lambda: read(job['text'])))
    print(len(jobs))


main()
