"""What every lockfile reader is held to: fixtures as `Source`s, what a good answer looks like, and hostile variants."""

import json
import posixpath
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from wardline.check.dependencies.model import Lockfile, LockfileError, Source

FIXTURES = Path(__file__).parent / "fixtures"

Name = tuple[str, str, str]


def source(path: str, data: bytes | None = None) -> Source:
    """Return the fixture at `path` below `fixtures/`, with `data` instead of its own bytes if given."""
    folder = posixpath.dirname(path)
    inside = "/".join(path.split("/")[:2])  # fixtures/<ID>/<case> is the tree

    def near(relative: str) -> bytes | None:
        place = posixpath.normpath(posixpath.join(folder, relative))
        if not place.startswith(f"{inside}/"):
            return None
        beside = FIXTURES / place
        return beside.read_bytes() if beside.is_file() else None

    return Source(path, (FIXTURES / path).read_bytes() if data is None else data, near)


def alone(name: str, data: bytes | str, /, **neighbours: bytes | str) -> Source:
    """Return a source of `data` at `name`; a neighbour's name has `__` for `/` and `_dot_` for `.`."""
    beside = {key.replace("_dot_", ".").replace("__", "/"): value for key, value in neighbours.items()}

    def near(relative: str) -> bytes | None:
        value = beside.get(posixpath.normpath(relative))
        return value.encode() if isinstance(value, str) else value

    return Source(name, data.encode() if isinstance(data, str) else data, near)


def names(lockfile: Lockfile) -> set[Name]:
    return {(package.ecosystem, package.name, package.version) for package in lockfile.packages}


def answered(module: ModuleType, given: Source) -> Lockfile | None:
    """Return a sound lockfile, or None where the reader refused with `LockfileError`; anything else fails."""
    try:
        lockfile: Lockfile = module.read(given)
    except LockfileError as refused:
        _refusal_is_sound(refused)
        return None
    assert len(names(lockfile)) == len(lockfile.packages)
    for package in lockfile.packages:
        assert all(isinstance(part, str) and part for part in package[:3])
        assert list(package.groups) == sorted(set(package.groups))
        assert all(isinstance(group, str) and group for group in package.groups)
        assert package.direct in {True, False, None}
    lines = lockfile.lines()
    assert len(lines) == len(lockfile.packages)
    count = len(given.data.splitlines()) + 1
    assert all(1 <= line <= count for line in lines)
    graph = lockfile.graph()
    if graph is not None:
        assert len(graph.edges) == len(lockfile.packages)
        reached = [*graph.roots, *(needed for needs in graph.edges for needed in needs)]
        assert all(0 <= number < len(lockfile.packages) for number in reached)
    for part in lockfile.unread:
        assert part.reason
        assert part.units >= 1
        assert part.line is None or part.line >= 1
    return lockfile


def _refusal_is_sound(refused: LockfileError) -> None:
    assert refused.detail
    assert refused.line is None or refused.line >= 1


WRONG = (None, 7, True, "", "\x00", [], {}, [[[]]], {"": None})


def mistyped(document: object) -> Iterator[tuple[str, object]]:
    """Yield variants of a JSON document in which one part has another type, with what was there before."""
    for path, value in _parts(document, ()):
        for wrong in WRONG:
            if type(wrong) is type(value) or (isinstance(value, dict) and wrong == {}):
                continue
            yield "/".join(map(str, path)), _with(document, path, wrong)


def _parts(value: object, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], object]]:
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _parts(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _parts(part, (*path, number))


def _with(document: object, path: tuple[str | int, ...], wrong: object) -> object:
    copy = json.loads(json.dumps(document))
    place = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = wrong
    return copy
