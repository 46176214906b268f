"""Version 1 of `yarn.lock`: a format of yarn's own, indented like YAML and not YAML.

Source: yarn 1's documentation, "yarn.lock", and its `src/lockfile/parse.js` for what it accepts.
"""

import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.lockfiles import _package_json
from wardline.check.dependencies.lockfiles._asked import mark, refuse_crowds
from wardline.check.dependencies.lockfiles._javascript import is_local, split_name
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source

_REMEDY: Final = "run `yarn install`, and commit yarn.lock"
_WORD: Final = r'(?:"(?:[^"\\]|\\.)*"|[^\s",:][^\s",]*)'
_HEADER: Final = re.compile(rf"({_WORD}(?:, *{_WORD})*):\Z")
_WORDS: Final = re.compile(_WORD)
_SECTION: Final = re.compile(rf"  ({_WORD}):\Z")
_FIELD: Final = re.compile(rf"( {{2}}| {{4}})({_WORD}) +({_WORD})\Z")
_NEEDS: Final = ("dependencies", "optionalDependencies")
_MAX_WORKSPACES: Final = 1_000


class _Entry(NamedTuple):
    """One entry: the descriptors (`name@range`) that it answers, its fields, what it needs by name, and its line."""

    descriptors: list[str]
    fields: dict[str, str]
    needs: dict[str, str]
    line: int


def read_classic(source: Source, content: str) -> Lockfile:
    """Return the packages of a `yarn.lock` of version 1. Raises: `LockfileError`."""
    gathering = Gathering()
    by_descriptor: dict[str, int] = {}
    by_name: dict[str, dict[int, None]] = {}
    entries = _entries(content)
    numbers = [_gathered(gathering, entry) for entry in entries]
    for entry, number in zip(entries, numbers, strict=True):
        for descriptor in entry.descriptors:
            by_descriptor.setdefault(descriptor, number)
            by_name.setdefault(split_name(descriptor)[0], {})[number] = None

    refuse_crowds(by_name)

    def found(wanted: Iterable[tuple[str, str]], line: int | None = None) -> dict[int, None]:
        """Return what is meant; a range that `resolutions` changed is in no descriptor: then all of that name."""
        numbers: dict[int, None] = {}
        for name, asked in wanted:
            number = by_descriptor.get(f"{name}@{asked}")
            numbers.update(dict.fromkeys(by_name.get(name, ()) if number is None else (number,)))
            if line is not None and number is None and name not in by_name:
                gathering.skip(name, "is needed and not in the file", _REMEDY, line)
        numbers.pop(-1, None)
        return numbers

    edges: list[dict[int, None]] = [{} for _ in gathering.packages]
    local: dict[int, None] = {}
    for entry, number in zip(entries, numbers, strict=True):
        (edges[number] if number >= 0 else local).update(found(entry.needs.items(), entry.line))
    roots: dict[int, set[str]] = {number: {""} for number in local}
    manifests, complete = _manifests(source)
    for manifest in manifests:
        for group, wanted in _package_json.asked(manifest).items():
            for number in found(wanted.items()):
                roots.setdefault(number, set()).add(group)
    graph = mark(gathering.packages, [list(needs) for needs in edges], roots, complete=complete)
    return gathering.lockfile(graph=lambda: graph)


def _gathered(gathering: Gathering, entry: _Entry) -> int:
    name, reference = split_name(entry.descriptors[0])
    if reference.startswith("npm:"):
        name = split_name(reference.removeprefix("npm:"))[0]
    version = entry.fields.get("version", "")
    if is_local(reference):
        return -1
    if not name or not version:
        gathering.skip(name, "has no name or version that can be read", _REMEDY, entry.line)
        return -1
    return gathering.add(Package("npm", name, version), entry.line)


def _entries(content: str) -> list[_Entry]:
    entries: list[_Entry] = []
    section = ""
    for number, line in enumerate(content.split("\n"), 1):
        if not line or line.startswith("#") or not line.strip():
            continue
        if not line.startswith(" "):
            entries.append(_opened(line, number))
            section = ""
            continue
        field = _FIELD.match(line)
        opened = _SECTION.match(line)
        if not entries or (field is None and opened is None):
            raise LockfileError("a line that yarn does not write", line=number, hint=_REMEDY)
        if field is None:
            section = _plain(opened[1]) if opened else ""
        elif len(field[1]) == 2:
            section = ""
            entries[-1].fields.setdefault(_plain(field[2]), _plain(field[3]))
        elif section in _NEEDS:
            entries[-1].needs.setdefault(_plain(field[2]), _plain(field[3]))
    return entries


def _opened(line: str, number: int) -> _Entry:
    header = _HEADER.match(line)
    if header is None:
        raise LockfileError("a line that yarn does not write", line=number, hint=_REMEDY)
    return _Entry([_plain(word) for word in _WORDS.findall(header[1])], {}, {}, number)


def _plain(word: str) -> str:
    if not word.startswith('"'):
        return word
    if "\\" not in word:
        return word[1:-1]
    import json

    try:
        return str(json.loads(word))
    except ValueError:
        return word[1:-1]


def _manifests(source: Source) -> tuple[list[dict[str, Any]], bool]:
    """Return the manifests of the project and its workspaces, and whether these are all.

    A pattern of workspaces cannot be followed without listing folders, which a reader of lockfiles does not do.
    """
    root = _package_json.beside(source)
    if root is None:
        return [], False
    manifests = [root]
    complete = True
    for pattern in _package_json.workspaces(root)[:_MAX_WORKSPACES]:
        folder = pattern.removeprefix("./").rstrip("/")
        found = None if set(folder) & set("*?[{!") else _package_json.beside(source, f"{folder}/package.json")
        complete = complete and found is not None
        manifests += [found] if found is not None else []
    return manifests, complete
