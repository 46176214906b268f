"""Large lockfiles for measurements: made from a seed, shaped like what the native tools write.

Sizes, field order, nesting, scopes and the share of names in several versions follow real lockfiles of a few thousand
packages. `known` are (name, version) pairs that are mixed in, so that a measurement meets packages with advisories.
"""

import json
import random
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

_TEXT = (
    "acorn array async babel base binary body buffer cache call camel chalk child class cli code color combine "
    "common compare concat config content cookie core create cross crypto css data date debug deep default depd "
    "describe detect diff dom duplex electron encode error escape event execa express extend fast file fill find "
    "flat form fresh get glob graph gulp has hash header helper hook html http icon inherit ini inline internal is "
    "iterate jest js json key lazy lib line lint load locale lodash log loop lru map match media merge method micro "
    "mime mini module mount ms multi node normal object once open option os pack parse path pend pick pipe plugin "
    "port post pretty process promise property proxy pump query queue random range raw react read regex registry "
    "remove repeat request require resolve retry router safe schema semver send serve set shell side signal slash "
    "source space sort split stack static stream string strip style super support table tag tar temp terminal test "
    "text through time token tool tree trim type union unique unpipe update uri url user util uuid validate value "
    "vary walk watch which wide word wrap write yaml zip zone"
)
_WORDS = _TEXT.split()
_SCOPES = ("@acme", "@babel", "@types", "@jest", "@storage", "@platform")
_SITE = "https://registry.example"


def _names(count: int, random_: random.Random, *, scoped: bool) -> list[str]:
    names: dict[str, None] = {}
    while len(names) < count:
        name = "-".join(random_.sample(_WORDS, random_.choice((1, 2, 2, 2, 3, 3))))
        names[f"{random_.choice(_SCOPES)}/{name}" if scoped and random_.random() < 0.25 else name] = None
    return list(names)


def _version(random_: random.Random) -> str:
    return f"{random_.randint(0, 9)}.{random_.randint(0, 20)}.{random_.randint(0, 30)}"


def package_lock(packages: int, seed: int, known: Sequence[tuple[str, str]] = ()) -> bytes:
    """Return a package-lock.json (lockfileVersion 3) with that many `node_modules` entries."""
    random_ = random.Random(seed)
    nested = packages // 6
    names = [name for name, _ in known][: packages - nested]
    versions = dict(known)
    taken = set(names)
    names += [name for name in _names(packages + len(names), random_, scoped=True) if name not in taken]
    names = names[: packages - nested]
    random_.shuffle(names)
    entries = {
        f"node_modules/{name}": _node_entry(name, versions.get(name, _version(random_)), names, random_)
        for name in names
    }
    while len(entries) < packages:
        parent, name = random_.choice(names), random_.choice(names)
        entries[f"node_modules/{parent}/node_modules/{name}"] = _node_entry(name, _version(random_), names, random_)
    direct = random_.sample(names, max(1, packages // 60))
    half = len(direct) // 2
    root = {
        "name": "synthetic",
        "version": "1.0.0",
        "dependencies": dict.fromkeys(sorted(direct[half:]), "^1.0.0"),
        "devDependencies": dict.fromkeys(sorted(direct[:half]), "^1.0.0"),
    }
    document = {
        "name": "synthetic",
        "version": "1.0.0",
        "lockfileVersion": 3,
        "requires": True,
        "packages": {"": root, **dict(sorted(entries.items()))},
    }
    return json.dumps(document, indent=2).encode() + b"\n"


def _node_entry(name: str, version: str, names: Sequence[str], random_: random.Random) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "version": version,
        "resolved": f"{_SITE}/{name}/-/{name.rpartition('/')[2]}-{version}.tgz",
        "integrity": f"sha512-{b64encode(random_.randbytes(64)).decode()}",
    }
    if random_.random() < 0.6:
        entry["dev"] = True
    if random_.random() < 0.05:
        entry["optional"] = True
    entry["license"] = random_.choice(("MIT", "MIT", "MIT", "ISC", "Apache-2.0"))
    needs = random_.sample(names, min(len(names), random_.choice((0, 0, 1, 2, 3, 4, 8))))
    if needs:
        entry["dependencies"] = {need: f"^{_version(random_)}" for need in sorted(needs)}
    if random_.random() < 0.6:
        entry["engines"] = {"node": ">=14"}
    if random_.random() < 0.15:
        entry["peerDependencies"] = {random_.choice(names): "^7.0.0"}
    return entry


def uv_lock(packages: int, seed: int, known: Sequence[tuple[str, str]] = ()) -> bytes:
    """Return a uv.lock (version 1, revision 3) with that many packages from a registry, and one project."""
    random_ = random.Random(seed)
    pairs: dict[tuple[str, str], None] = dict.fromkeys(list(known)[:packages])
    taken = {name for name, _ in pairs}
    for name in _names(packages + len(pairs), random_, scoped=False):
        if len(pairs) < packages and name not in taken:
            pairs[name, _version(random_)] = None
            if len(pairs) < packages and random_.random() < 0.03:  # a second version, chosen by a marker
                pairs[name, _version(random_)] = None
    versions: dict[str, list[str]] = {}
    for name, version in sorted(pairs):
        versions.setdefault(name, []).append(version)
    names = list(versions)
    direct = random_.sample(names, max(1, packages // 60))
    parts = ['version = 1\nrevision = 3\nrequires-python = ">=3.11"\n', _uv_project(direct, versions)]
    parts += [
        _uv_package(name, version, versions, names, random_) for name in names for version in sorted(versions[name])
    ]
    return "\n".join(parts).encode()


def _uv_needs(needs: Sequence[str], versions: dict[str, list[str]]) -> str:
    rows = []
    for need in sorted(needs):
        several = len(versions[need]) > 1
        for number, version in enumerate(versions[need]):
            source = f', version = "{version}", source = {{ registry = "{_SITE}/simple" }}' if several else ""
            sign = "<" if number == 0 else ">="
            marker = f""", marker = "python_full_version {sign} '3.12'\"""" if several else ""
            rows.append(f'    {{ name = "{need}"{source}{marker} }},\n')
    return "".join(rows)


def _uv_project(direct: Sequence[str], versions: dict[str, list[str]]) -> str:
    half = len(direct) // 2
    return (
        '[[package]]\nname = "synthetic-project"\nversion = "0.1.0"\nsource = { editable = "." }\n'
        f"dependencies = [\n{_uv_needs(direct[half:], versions)}]\n\n"
        f"[package.dev-dependencies]\ndev = [\n{_uv_needs(direct[:half], versions)}]\n"
    )


def _uv_package(
    name: str, version: str, versions: dict[str, list[str]], names: Sequence[str], random_: random.Random
) -> str:
    needs = random_.sample(names, min(len(names), random_.choice((0, 0, 0, 1, 2, 3, 6))))
    dependencies = f"dependencies = [\n{_uv_needs(needs, versions)}]\n" if needs else ""
    stem = name.replace("-", "_")
    day = f"20{random_.randint(15, 25)}-{random_.randint(1, 12):02}-{random_.randint(1, 28):02}T09:30:00.123Z"

    def file(tail: str) -> str:
        digest = random_.randbytes(32).hex()
        url = f"{_SITE}/packages/{digest[:2]}/{digest[2:4]}/{digest[4:60]}/{stem}-{version}{tail}"
        size = random_.randint(2_000, 900_000)
        return f'{{ url = "{url}", hash = "sha256:{digest}", size = {size}, upload-time = "{day}" }}'

    wheels = ["-py3-none-any.whl"]
    if random_.random() < 0.15:
        wheels = [f"-cp3{minor}-cp3{minor}-manylinux_2_17_x86_64.whl" for minor in range(9, 14)]
    return (
        f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {{ registry = "{_SITE}/simple" }}\n'
        f"{dependencies}sdist = {file('.tar.gz')}\nwheels = [\n"
        + "".join(f"    {file(tail)},\n" for tail in wheels)
        + "]\n"
    )
