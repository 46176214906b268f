"""What a `package.json` asks for itself: package names and ranges by group.

Source: npm's documentation, "package.json".
"""

from collections.abc import Mapping
from typing import Any, Final

from wardline.check.dependencies.model import LockfileError, Source
from wardline.check.dependencies.reading import load_json, mapping, sequence, text

# npm 7 and pnpm 8 install peers of production without being asked.
_SECTIONS: Final = {
    "dependencies": "",
    "peerDependencies": "",
    "devDependencies": "dev",
    "optionalDependencies": "optional",
}


def beside(source: Source, path: str = "package.json") -> dict[str, Any] | None:
    """Return the `package.json` at this relative path, or None where there is none that can be read."""
    try:
        data = source.near(path)
        document = load_json(data) if data is not None else None
    except LockfileError:
        return None
    return document if isinstance(document, dict) else None


def asked(document: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the names that a manifest (or its copy in a lockfile) asks for, and their ranges, by group.

    The group "" is production. An optional dependency that also stands under `dependencies` is optional: npm says that
    the former wins.
    """
    found: dict[str, dict[str, str]] = {}
    optional = mapping(document.get("optionalDependencies"))
    for section, group in _SECTIONS.items():
        rows = mapping(document.get(section))
        names = found.setdefault(group, {})
        for name, wanted in rows.items():
            if section == "optionalDependencies" or name not in optional:
                names.setdefault(name, text(wanted))
    return found


def workspaces(document: Mapping[str, Any]) -> list[str]:
    """Return the patterns of a manifest's workspaces: folders that have a `package.json` of their own."""
    declared = document.get("workspaces")
    patterns = declared if isinstance(declared, list) else mapping(declared).get("packages")
    return [pattern for pattern in map(text, sequence(patterns)) if pattern]
