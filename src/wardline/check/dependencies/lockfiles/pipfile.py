"""pipenv: `Pipfile.lock`, specification 6.

`default` is production, `develop` the group "dev", and every further category a group of its name. What is direct
stands in the `Pipfile` beside it. Local folders (`path`, `editable` without a repository) are not third-party. A
package from git or a URL has no version in a `Pipfile.lock`: it is not examined, and said so, except where a file name
tells.

Not known: who needs whom (pipenv does not write it), and dates.

Source: pipenv's documentation, "Pipfile & Pipfile.lock".
"""

from typing import Any, Final

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.json_lines import Path, key_lines
from wardline.check.dependencies.lockfiles._requirement import named_in_file, normalised, parsed
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import load_json, load_toml, mapping, text, unmarked

ID = "pipfile"
TITLE = "Pipfile.lock (pipenv)"
PATTERNS = ("Pipfile.lock",)
ECOSYSTEMS = ("PyPI",)
UPGRADE = "pipenv upgrade {name}=={version}"

_REMEDY: Final = "run `pipenv lock`, and commit Pipfile.lock"
_UNPINNED: Final = "pin it to a version in a registry"
_GROUPS: Final = {"default": "", "packages": "", "develop": "dev", "dev-packages": "dev"}
_NOT_CATEGORIES: Final = frozenset({"source", "requires", "scripts", "pipenv", "build-system", "pipfile"})


def read(source: Source) -> Lockfile:
    """Return the packages of a `Pipfile.lock`. Raises: `LockfileError`."""
    document = load_json(source.data)
    if not isinstance(document, dict) or "_meta" not in document:
        raise LockfileError("no `_meta`: not a Pipfile.lock", hint=_REMEDY)
    specification = mapping(document["_meta"]).get("pipfile-spec", 6)
    if specification != 6:
        raise LockfileError(f"Pipfile.lock's version {specification!r:.20} is not one that is known", hint=_REMEDY)
    asked = _asked(source)
    gathering = Gathering()
    paths: list[Path] = []
    for category, rows in document.items():
        if category == "_meta":
            continue
        if not isinstance(rows, dict):
            gathering.skip(category, "is a category that cannot be read", _REMEDY)
            continue
        for name, row in rows.items():
            package = _package(gathering, category, name, row, asked)
            if package is not None and gathering.add(package) == len(paths):
                paths.append((category, name))
    return gathering.lockfile(lambda: key_lines(unmarked(source.data), paths))


def _package(
    gathering: Gathering, category: str, name: str, row: Any, asked: dict[str, set[str]] | None
) -> Package | None:
    entry = mapping(row)
    group = _GROUPS.get(category, category)
    direct = None if asked is None else normalised(name) in asked.get(group, ())
    groups = (group,) if group else ()
    requirement = parsed(f"x{entry['version']}") if isinstance(entry.get("version"), str) else None
    if requirement is not None and requirement.exact and name:
        return Package("PyPI", name, requirement.exact, groups, direct)
    place = text(entry.get("path")) or text(entry.get("file"))
    named = named_in_file(place.partition("#")[0].rpartition("/")[2])
    if named is not None and name:
        return Package("PyPI", name, named[1], groups, direct)
    remote = any(kind in entry for kind in ("git", "hg", "svn", "bzr")) or "://" in place
    if place and not remote:
        return None
    gathering.skip(name, "has no exact version in the lockfile", _UNPINNED if remote else _REMEDY)
    return None


def _asked(source: Source) -> dict[str, set[str]] | None:
    """Return what each group of the `Pipfile` asks for, or None where there is none that can be read."""
    try:
        data = source.near("Pipfile")
        document = load_toml(data) if data is not None else None
    except LockfileError:
        return None
    if document is None:
        return None
    return {
        _GROUPS.get(section, section): set(map(normalised, mapping(row)))
        for section, row in document.items()
        if section not in _NOT_CATEGORIES
    }
