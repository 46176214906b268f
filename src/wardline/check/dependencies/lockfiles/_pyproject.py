"""What the `pyproject.toml` beside a lockfile asks for itself: names by group.

Sources: PEP 621 (`project`), PEP 735 (`dependency-groups`), and the documentation of poetry (`tool.poetry`), PDM
(`tool.pdm.dev-dependencies`) and uv (`tool.uv.dev-dependencies`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from wardline.check.dependencies.lockfiles._requirement import normalised, parsed
from wardline.check.dependencies.model import LockfileError, Package, Source
from wardline.check.dependencies.reading import load_toml, mapping, sequence, text


def asked(source: Source) -> dict[str, set[str]] | None:
    """Return the normalised names that each group asks for; the group "" is production.

    None where there is no readable `pyproject.toml`, or one that says nothing about dependencies: then it is not known
    what is direct.
    """
    try:
        data = source.near("pyproject.toml")
        document = load_toml(data) if data is not None else {}
    except LockfileError:
        return None
    project = mapping(document.get("project"))
    tool = mapping(document.get("tool"))
    poetry = mapping(tool.get("poetry"))
    if not project and not poetry and "dependency-groups" not in document:
        return None
    found: dict[str, set[str]] = {"": _names(project.get("dependencies"))}
    for extra, requirements in mapping(project.get("optional-dependencies")).items():
        found.setdefault(extra, set()).update(_names(requirements))
    groups = mapping(document.get("dependency-groups"))
    for group in groups:
        found.setdefault(group, set()).update(_group(groups, group))
    for group, requirements in mapping(mapping(tool.get("pdm")).get("dev-dependencies")).items():
        found.setdefault(group, set()).update(_names(requirements))
    found.setdefault("dev", set()).update(_names(mapping(tool.get("uv")).get("dev-dependencies")))
    _add_poetry(found, poetry)
    return found


def _names(requirements: Any) -> set[str]:
    found = (parsed(text(requirement)) for requirement in sequence(requirements))
    return {normalised(requirement.name) for requirement in found if requirement}


def _group(groups: Mapping[str, Any], group: str) -> set[str]:
    """Return the names in a group and in those that it includes (PEP 735), each once."""
    found: set[str] = set()
    queue = [group]
    for name in queue:
        rows = sequence(groups.get(name))
        found |= _names(rows)
        included = (text(mapping(row).get("include-group")) for row in rows)
        queue += [other for other in dict.fromkeys(included) if other and other not in queue]
    return found


def _add_poetry(found: dict[str, set[str]], poetry: Mapping[str, Any]) -> None:
    optional: set[str] = set()
    for extra, names in mapping(poetry.get("extras")).items():
        extras = {normalised(text(name)) for name in sequence(names)}
        optional |= extras
        found.setdefault(extra, set()).update(extras)
    main = _tabled(poetry.get("dependencies"))
    found[""] |= main - optional
    found.setdefault("dev", set()).update(_tabled(poetry.get("dev-dependencies")))
    for group, row in mapping(poetry.get("group")).items():
        found.setdefault(group, set()).update(_tabled(mapping(row).get("dependencies")))


def _tabled(dependencies: Any) -> set[str]:
    names: Iterable[str] = mapping(dependencies)
    return {normalised(name) for name in names} - {"python"}


def roots(groups: Mapping[str, set[str]] | None, packages: Iterable[Package]) -> dict[int, set[str]]:
    """Return the packages (by number) that the project asks for by name, with the groups in which it does."""
    by_name: dict[str, set[str]] = {}
    for group, names in (groups or {}).items():
        for name in names:
            by_name.setdefault(name, set()).add(group)
    wanted = ((number, by_name.get(normalised(package.name))) for number, package in enumerate(packages))
    return {number: found for number, found in wanted if found}
