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
from wardline.check.dependencies.json_lines import Path, few_lines, key_lines
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
    line_of = few_lines(source.data)
    paths: list[Path] = []
    categories: dict[str, Any] = document
    for category, rows in categories.items():
        if category == "_meta":
            continue
        if not isinstance(rows, dict):
            gathering.skip(category, "is a category that cannot be read", _REMEDY, line_of((category,)))
            continue
        for name, row in rows.items():
            entry = mapping(row)
            version = _version(entry)
            if name and version:
                group = _GROUPS.get(category, category)
                direct = None if asked is None else normalised(name) in asked.get(group, ())
                package = Package("PyPI", name, version, (group,) if group else (), direct)
                if gathering.add(package) == len(paths):
                    paths.append((category, name))
            elif not _is_local(entry):
                remedy = _UNPINNED if _is_remote(entry) else _REMEDY
                gathering.skip(name, "has no exact version in the lockfile", remedy, line_of((category, name)))
    return gathering.lockfile(lambda: key_lines(unmarked(source.data), paths))


def _version(entry: dict[str, Any]) -> str:
    """Return the one version that an entry allows, or else what the file name of its archive says, or ""."""
    requirement = parsed(f"x{entry['version']}") if isinstance(entry.get("version"), str) else None
    if requirement is not None and requirement.exact:
        return requirement.exact
    named = named_in_file(_place(entry).partition("#")[0].rpartition("/")[2])
    return named[1] if named else ""


def _place(entry: dict[str, Any]) -> str:
    return text(entry.get("path")) or text(entry.get("file"))


def _is_remote(entry: dict[str, Any]) -> bool:
    return any(kind in entry for kind in ("git", "hg", "svn", "bzr")) or "://" in _place(entry)


def _is_local(entry: dict[str, Any]) -> bool:
    return bool(_place(entry)) and not _is_remote(entry)


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
