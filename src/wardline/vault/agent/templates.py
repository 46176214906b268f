"""Files for programs that read their secrets from files: rendered from a template, on tmpfs, 0400, whole or not at all.

    url = postgresql://{{ db/orders#username }}:{{ db/orders#password }}@db.example/orders

`{{ PATH#FIELD }}` is a field's text; `{{ PATH#FIELD | json }}` and `{{ PATH#FIELD | url }}` are written for where they
stand. Anything else in braces is an error, so that a typing mistake is not a password.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from wardline.kernel.errors import AskedWronglyError
from wardline.vault import files

_MOST_BYTES: Final = 1024 * 1024
_PLACE: Final = re.compile(r"\{\{([^{}]{0,600})\}\}")
_WANTED: Final = re.compile(r"\s*([A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*)#([^\s|#]+)\s*(?:\|\s*(json|url)\s*)?")
_IN_MEMORY: Final = frozenset({"tmpfs", "ramfs"})

Fields = Callable[[str], Mapping[str, Any]]


class Template(NamedTuple):
    """A template's text, the secrets that it wants, and the file that it becomes."""

    text: str
    paths: frozenset[str]
    target: Path


def read(source: Path, target: Path, mounts: Path = Path("/proc/self/mountinfo")) -> Template:
    """Return a template whose places are all understood, and whose file lies in memory.

    Raises: `AskedWronglyError`.
    """
    try:
        content = source.read_bytes()
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AskedWronglyError(f"{source}: the template cannot be read", hint="make it readable, as UTF-8") from error
    if len(content) > _MOST_BYTES:
        raise AskedWronglyError(f"{source}: a template has up to {_MOST_BYTES} bytes")
    paths = set()
    for place in _PLACE.finditer(text):
        wanted = _WANTED.fullmatch(place[1])
        if wanted is None:
            line = text.count("\n", 0, place.start()) + 1
            raise AskedWronglyError(f"{source}:{line}: this place is not understood", hint="{{ db/orders#password }}")
        paths.add(wanted[1])
    kind = filesystem(target.parent, mounts)
    if kind not in _IN_MEMORY:
        raise AskedWronglyError(
            f"{target} would lie on {kind or 'an unknown file system'}, where it outlives its time",
            hint="name a file below /run or /dev/shm, which are memory",
        )
    return Template(text, frozenset(paths), target)


def render(template: Template, fields: Fields) -> str:
    """Return a template's text with its values.

    Raises: `AskedWronglyError` for a field that a secret does not have; whatever `fields` raises.
    """

    def value(place: re.Match[str]) -> str:
        wanted = _WANTED.fullmatch(place[1])
        if wanted is None:
            raise AskedWronglyError("a place is not understood")
        path, name, form = wanted[1], wanted[2], wanted[3]
        known = fields(path)
        if name not in known:
            raise AskedWronglyError(f"{path} has no field {name}", hint=f"it has {', '.join(sorted(known))}")
        found = known[name]
        if form == "json":
            return json.dumps(found)
        text = found if isinstance(found, str) else json.dumps(found)
        return quote(text, safe="") if form == "url" else text

    return _PLACE.sub(value, template.text)


def write(template: Template, fields: Fields) -> None:
    """Render a template into its file (0400), in place of the one before. Raises: as `render`; `AskedWronglyError`."""
    content = render(template, fields).encode()
    try:
        files.replace(template.target, content, 0o400, durable=False)
    except OSError as error:
        raise AskedWronglyError(f"{template.target}: {error.strerror}") from error


def filesystem(folder: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str:
    """Return the kind of file system that a folder lies on ("" where that cannot be told). Source: proc(5)."""
    wanted = os.path.realpath(folder)
    best, kind = -1, ""
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    for line in lines:
        before, _, after = line.partition(" - ")
        columns = before.split(" ")
        if len(columns) < 5 or not after:
            continue
        point = columns[4].replace("\\040", " ")
        if (wanted == point or wanted.startswith(point.rstrip("/") + "/")) and len(point) >= best:
            best, kind = len(point), after.split(" ")[0]
    return kind
