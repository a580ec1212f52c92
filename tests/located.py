"""Checks changes of files that contain clients, as PyYAML and ruamel.yaml read them.

Each line of standard input is {"name", "old", "new", "path", "value"}: the texts before and after, the
expected path of the one value that differs, and the value. Texts in scalars are read as YAML too, and
base64 is decoded. Prints a line for each change that is not the expected one, and their number.
"""

import base64
import json
import re
import sys

import yaml
from ruamel.yaml import YAML


def with_pyyaml(text):
    return list(yaml.safe_load_all(text))


def with_ruamel(text):
    reader = YAML(typ="safe", pure=True)
    return list(reader.load_all(text))


def decoded(text):
    try:
        plain = base64.b64decode("".join(text.split()), validate=True).decode()
    except ValueError:
        return text
    return plain if len(text) >= 40 else text


def opened(value, load, key=None):
    """The value with the texts in its scalars read as YAML."""
    if isinstance(value, dict):
        return {name: opened(child, load, name) for name, child in value.items()}
    if isinstance(value, list):
        return [opened(child, load) for child in value]
    if not isinstance(value, str):
        return value
    text = decoded(value)
    if "\n" not in text:
        return value
    if key == "content":
        # Compose replaces variables before the file is made.
        text = re.sub(r"\$(\$|[A-Za-z_][A-Za-z0-9_]*)", lambda m: "$" if m[1] == "$" else "", text)
    try:
        return [opened(document, load) for document in load(text)]
    except Exception:
        return value


def differences(old, new, path=""):
    if type(old) is not type(new):
        return [(path, new)]
    if isinstance(old, dict):
        keys = list(old) + [key for key in new if key not in old]
        return [
            change
            for key in keys
            for change in differences(old.get(key), new.get(key), f"{path}/{key}")
        ]
    if isinstance(old, list):
        longer = max(len(old), len(new))
        pad = lambda items: items + [None] * (longer - len(items))
        return [
            change
            for index, (a, b) in enumerate(zip(pad(old), pad(new)))
            for change in differences(a, b, f"{path}/{index}")
        ]
    return [] if old == new else [(path, new)]


def main():
    count = 0
    for line in sys.stdin:
        job = json.loads(line)
        for load in (with_pyyaml, with_ruamel):
            old, new = (opened(load(job[key]), load) for key in ("old", "new"))
            found = differences(old, new)
            if found != [(job["path"], job["value"])]:
                print(f"{job['name']}, {load.__name__}: {found} instead of {job['path']}")
        count += 1
    print(count)


if __name__ == "__main__":
    main()
