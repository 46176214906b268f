"""`yarn.lock` of yarn 2 and later: YAML with `__metadata`.

Source: yarn's documentation, "Lexicon" and "Protocols", and yarn's `packages/yarnpkg-core/sources/Project.ts`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.lockfiles import _package_json
from wardline.check.dependencies.lockfiles._asked import mark, refuse_crowds
from wardline.check.dependencies.lockfiles._javascript import is_local, split_name
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import YamlLines, load_yaml, mapping, text

_REMEDY: Final = "run `yarn install`, and commit yarn.lock"
_MAX_VERSION: Final = 10
_MAX_MANIFESTS: Final = 1_000
_NEEDS: Final = ("dependencies", "optionalDependencies")


class _Entry(NamedTuple):
    """One entry, its key, and its number among the packages (-1: local or unread)."""

    key: str
    value: dict[str, Any]
    number: int


def read_berry(source: Source) -> Lockfile:
    """Return the packages of a `yarn.lock` of yarn 2 or later. Raises: `LockfileError`."""
    document, line_of = load_yaml(source.data)
    _known_version(document)
    gathering = Gathering()
    entries: list[_Entry] = []
    keys: list[str] = []
    for key, row in document.items():
        if key != "__metadata":
            number = _gathered(gathering, text(key), row, line_of)
            if number == len(keys):
                keys.append(key)
            entries.append(_Entry(text(key), mapping(row), number))
    lookup = _Lookup(entries)
    edges: list[dict[int, None]] = [{} for _ in gathering.packages]
    roots: dict[int, set[str]] = {}
    manifests = _Manifests(source)
    for entry in entries:
        groups = manifests.groups(entry.value) if entry.number < 0 else {}
        for name, wanted in _needs(entry.value):
            found = lookup.found(name, wanted)
            if not found:
                gathering.skip(name, "is needed and not in the file", _REMEDY, line_of((entry.key,)))
            for number in found:
                if number >= 0 and entry.number >= 0:
                    edges[entry.number][number] = None
                elif number >= 0:
                    roots.setdefault(number, set()).update(groups.get(name, {""}))
    graph = mark(gathering.packages, [list(needs) for needs in edges], roots, complete=True)
    return gathering.lockfile(lambda: [line_of((key,)) or 1 for key in keys], lambda: graph)


def _known_version(document: Any) -> None:
    metadata = mapping(document).get("__metadata")
    version = text(mapping(metadata).get("version"))
    if not version.isdecimal() or not 1 <= int(version[:4]) <= _MAX_VERSION:
        raise LockfileError(f"yarn.lock's version {version!r:.20} is not one that is known", hint=_REMEDY)


def _gathered(gathering: Gathering, key: str, row: Any, line_of: YamlLines) -> int:
    entry = mapping(row)
    name, reference = split_name(text(entry.get("resolution")) or key.partition(", ")[0])
    version = text(entry.get("version"))
    if reference.startswith("patch:"):  # name@patch:real@npm%3A1.0.0#the-patch::version=1.0.0
        name, reference = split_name(unquote(reference.removeprefix("patch:").partition("#")[0]))
    if name and (is_local(reference) or entry.get("linkType") == "soft"):
        return -1
    if not name or not reference or not version:
        gathering.skip(name, "has no name, resolution or version that can be read", _REMEDY, line_of((key,)))
        return -1
    return gathering.add(Package("npm", name, version))


def _needs(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for section in _NEEDS:
        for name, wanted in mapping(entry.get(section)).items():
            yield text(name), text(wanted)


class _Lookup:
    """Entries by what they answer: the descriptors in their keys."""

    def __init__(self, entries: list[_Entry]) -> None:
        self._by_descriptor: dict[str, int] = {}
        self._by_name: dict[str, dict[int, None]] = {}
        for entry in entries:
            for descriptor in entry.key.split(", "):
                self._by_descriptor.setdefault(descriptor, entry.number)
                self._by_name.setdefault(split_name(descriptor)[0], {})[entry.number] = None
        refuse_crowds(self._by_name)

    def found(self, name: str, wanted: str) -> dict[int, None]:
        """Return what is meant; a range that `resolutions` or a catalogue changed is in no key: all of that name."""
        for descriptor in (f"{name}@{wanted}", f"{name}@npm:{wanted}"):
            if descriptor in self._by_descriptor:
                return {self._by_descriptor[descriptor]: None}
        return dict.fromkeys(self._by_name.get(name, ()))


class _Manifests:
    """The `package.json` files of workspaces: only they tell development dependencies from others."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._read = 0

    def groups(self, entry: Mapping[str, Any]) -> dict[str, set[str]]:
        """Return the groups in which a workspace asks for each name; empty where its manifest cannot be read."""
        _, _, folder = text(entry.get("resolution")).partition("@workspace:")
        self._read += 1
        if not folder or self._read > _MAX_MANIFESTS:
            return {}
        manifest = _package_json.beside(self._source, f"{folder}/package.json" if folder != "." else "package.json")
        found: dict[str, set[str]] = {}
        for group, wanted in _package_json.asked(manifest or {}).items():
            for name in wanted:
                found.setdefault(name, set()).add(group)
        return found
