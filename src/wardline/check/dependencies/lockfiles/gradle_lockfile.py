"""Gradle's dependency locking: `gradle.lockfile`, and the older `gradle/dependency-locks/`.

`buildscript-gradle.lockfile` and `settings-gradle.lockfile` lock the build's own plugins. A line names a module and the
configurations that resolve it, which become groups: a module on any compile or runtime classpath that is not a test's
is production's; `test...` and `...Test...` configurations are the group "test"; the build's own classpath is the group
"buildscript"; any other configuration is a group of its own name. The format does not say what is direct, or who brings
whom.

Source: Gradle User Manual, "Locking Versions", and its `LockFileReaderWriter`.
"""

import re
from collections.abc import Sequence
from typing import Final

from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source
from wardline.check.dependencies.reading import decoded

ID = "gradle-lockfile"
TITLE = "gradle.lockfile (Gradle)"
PATTERNS = (
    "gradle.lockfile",
    "buildscript-gradle.lockfile",
    "settings-gradle.lockfile",
    "gradle/dependency-locks/*.lockfile",
)
ECOSYSTEMS = ("Maven",)
UPGRADE = "gradle dependencies --update-locks {name}"

_REMEDY: Final = "run `gradle dependencies --write-locks`, and commit the lockfile"
_LINE: Final = re.compile(r"([^:=\s]+:[^:=\s]+):([^:=\s]+)(?:=(\S*))?")
_TEST: Final = re.compile(r"test|.*Test")
_PRODUCTION: Final = re.compile(
    r"(?:.*[cC]ompile|.*[rR]untime)Classpath|compile|runtime|api|implementation|default|archives|compileOnly|runtimeOnly"
    r"|annotationProcessor"
)


def read(source: Source) -> Lockfile:
    """Return the modules that a lock state names. Raises: `LockfileError`."""
    path, _, own_name = source.path.rpartition("/")
    legacy = path == "gradle/dependency-locks" or path.endswith("/gradle/dependency-locks")
    build = own_name.startswith(("buildscript-", "settings-"))
    gathering = Gathering()
    ended = False
    for number, raw in enumerate(decoded(source.data).split("\n"), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("empty="):
            ended = True
            continue
        match = _LINE.fullmatch(line)
        if match is None or ended or (match[3] is None) != legacy:
            raise LockfileError("a line that is not `group:name:version=configurations`", line=number, hint=_REMEDY)
        configurations = [own_name.removesuffix(".lockfile")] if legacy else match[3].split(",")
        groups = ("buildscript",) if build else _groups(configurations)
        gathering.add(Package("Maven", match[1], match[2], groups), number)
    if not ended and not legacy:
        raise LockfileError("no `empty=` line: the lockfile is cut short", hint=_REMEDY)
    return gathering.lockfile()


def _groups(configurations: Sequence[str]) -> tuple[str, ...]:
    """Return () for production, which any configuration decides that is a classpath and not a test's."""
    groups = set()
    for name in configurations:
        if _TEST.match(name):
            groups.add("test")
        elif _PRODUCTION.fullmatch(name) or not name:
            return ()
        else:
            groups.add("buildscript" if name == "classpath" else name)
    return tuple(sorted(groups))
