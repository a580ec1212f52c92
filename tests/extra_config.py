"""Checks configurations that clients and the parts that they need were added to, as PyYAML and
ruamel.yaml read them.

Each line of standard input is {"name", "old", "new", "path", "extra", "claims", "clients"}: the texts
before and after, the path of the configuration in them, the YAML of the parts as the catalogue has it,
and the new entries. Texts in scalars are read as YAML too. Prints a line for each text that is not the
old one with the parts and the clients, and the number of texts.
"""

import copy
import json
import sys

from located import opened, with_pyyaml, with_ruamel


def merged(old, needed):
    """The old value with what it lacks. A list that has all items in another order is kept."""
    if old is None:
        return copy.deepcopy(needed)
    if isinstance(old, dict) and isinstance(needed, dict):
        result = dict(old)
        for key, value in needed.items():
            result[key] = merged(old[key], value) if key in old else copy.deepcopy(value)
        return result
    return old


def at(root, path):
    for step in path.strip("/").split("/"):
        root = root[int(step)] if isinstance(root, list) else root[step]
    return root


def expected(job, load):
    old = opened(load(job["old"]), load) or [{}]
    configuration = at(old, job["path"])
    if configuration is None:
        old[0] = configuration = {}
    for key in ("extra", "claims"):
        for parts in load(job[key]) if job[key] else []:
            # The clients in the configuration for claims are parts of the entries.
            parts.get("identity_providers", {}).get("oidc", {}).pop("clients", None)
            changed = merged(configuration, parts)
            configuration.clear()
            configuration.update(changed)
    providers = configuration.get("identity_providers") or {}
    oidc = providers.get("oidc") or {}
    oidc["clients"] = (oidc.get("clients") or []) + job["clients"]
    providers["oidc"] = oidc
    configuration["identity_providers"] = providers
    return old


def main():
    count = 0
    for line in sys.stdin:
        job = json.loads(line)
        for load in (with_pyyaml, with_ruamel):
            new = opened(load(job["new"]), load)
            if new != expected(job, load):
                print(f"{job['name']}, {load.__name__}: {new} instead of {expected(job, load)}")
        count += 1
    print(count)


main()
