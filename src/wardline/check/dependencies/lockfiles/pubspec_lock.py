"""Pub (Dart, Flutter): `pubspec.lock`.

`direct dev` is the group "dev"; the file does not say who brings a transitive package, so those count as production's.
Packages from a `path` and from an SDK are not third-party; those from git are reported at the version that is given.

Source: "Package dependencies" in Dart's documentation, and pub's `lock_file.dart`.
"""

from typing import Any, Final

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import load_yaml, mapping, text

ID = "pubspec-lock"
TITLE = "pubspec.lock (Pub)"
PATTERNS = ("pubspec.lock",)
ECOSYSTEMS = ("Pub",)
UPGRADE = "dart pub upgrade {name}"

_REMEDY: Final = "run `dart pub get`, and commit pubspec.lock"
_KINDS: Final = {"direct main": True, "direct dev": True, "direct overridden": True, "transitive": False}


def read(source: Source) -> Lockfile:
    """Return the packages of a `pubspec.lock`. Raises: `LockfileError`."""
    document, line_of = load_yaml(source.data)
    rows: Any = mapping(document).get("packages")
    if not isinstance(rows, dict) or "sdks" not in document:
        raise LockfileError("no packages and SDKs: no pubspec.lock, or one that is cut short", hint=_REMEDY)
    gathering = Gathering()
    for name, value in rows.items():
        row = mapping(value)
        line = line_of(("packages", name)) or 1
        kind, version = text(row.get("dependency")), text(row.get("version"))
        if text(row.get("source")) in {"path", "sdk"}:
            continue
        if not text(row.get("source")) or kind not in _KINDS or not version or not text(name):
            gathering.skip(text(name), "has no source, version or kind that can be read", _REMEDY, line)
            continue
        package = text(mapping(row.get("description")).get("name")) or name
        gathering.add(Package("Pub", package, version, ("dev",) if kind == "direct dev" else (), _KINDS[kind]), line)
    return gathering.lockfile()
