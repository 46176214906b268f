"""`.wardline/waivers/*.toml`: waivers that a repository asks for, one a file. An unknown key is an error.

    [waiver]
    rule = "CVE-2026-1000"                   # or fingerprint = "…", as the report has it
    path = "src/legacy"                      # with a rule: only below this path of the repository; may be left out
    reason = "fix-in-progress"               # or one of the others that `wardline waiver --help` lists
    justification = "The fix is merged upstream; its release is announced for the second week of May."
    expires = 2026-05-20                     # the end of that day in UTC
    requested_by = "ada@example.org"         # who answers for it

    [control]
    text = "The endpoint is behind the company's network, and its logs are watched."
    attested_by = "bo@example.org"           # somebody else, or check = "a rule"

A file asks, and the server decides: a file holds no approval. A changed file asks anew, except that one which changes
nothing but its end and its justification asks to renew; a file that is removed withdraws its waiver.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple

from wardline.findings.waivers.model import REASONS, Control, Request, Scope
from wardline.kernel import toml
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.text import printable

FOLDER: Final = ".wardline/waivers/"
MAX_FILES: Final = 200
MAX_BYTES: Final = 64 * 1024
_KEYS: Final[Mapping[str, frozenset[str]]] = {
    "waiver": frozenset({"rule", "fingerprint", "path", "reason", "justification", "expires", "requested_by"}),
    "control": frozenset({"text", "check", "attested_by"}),
}
_OWED: Final = (("waiver", "reason"), ("waiver", "justification"), ("waiver", "expires"), ("waiver", "requested_by"),
                ("control", "text"))  # fmt: skip
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.toml")


class WaiverFileError(AskedWronglyError):
    """A file says something that cannot be obeyed: the file, the line where it can be told, and what it may say."""

    code = "waiver-file"


class Filed(NamedTuple):
    """What one file asks for. `digest` names all of it, `kernel` all but its end and its justification."""

    path: str
    request: Request
    requested_by: str
    digest: str
    kernel: str


def read_all(service: str, files: Mapping[str, bytes]) -> tuple[Filed, ...]:
    """Return what the files of a repository ask for, by path.

    Raises: `WaiverFileError` for the first that cannot be read: then nothing of any is done.
    """
    if len(files) > MAX_FILES:
        raise WaiverFileError(f"{FOLDER} has more than {MAX_FILES} files", hint="remove what is over")
    return tuple(read(service, path, files[path]) for path in sorted(files))


def read(service: str, path: str, content: bytes) -> Filed:
    """Return what one file asks for.

    Raises: `WaiverFileError` for another folder, what is no TOML, an unknown or missing key, or a wrong type.
    """
    if not path.startswith(FOLDER) or not _NAME.fullmatch(path.removeprefix(FOLDER)):
        raise WaiverFileError(
            f"{printable(path, max_chars=100)} is no file of a waiver", hint=f"write {FOLDER}NAME.toml"
        )
    try:
        document = toml.load(content, max_bytes=MAX_BYTES)
    except toml.TomlError as error:
        line = f":{error.line}" if error.line else ""
        raise WaiverFileError(f"{path}{line}: {error.detail}", hint=error.hint or "write it as TOML") from error
    text = content.decode("utf-8-sig")
    _check_keys(path, text, document)
    waiver, control = document["waiver"], document["control"]
    said = {(table, key): _text(path, text, key, value) for table in ("waiver", "control")
            for key, value in document[table].items() if key != "expires"}  # fmt: skip
    if waiver["reason"] not in REASONS:
        raise WaiverFileError(f"{path}:{_line(text, 'reason')}: {waiver['reason']!r:.60} is no reason",
                              hint=f"there are: {', '.join(REASONS)}")  # fmt: skip
    scope = Scope(
        service, said.get(("waiver", "fingerprint")), said.get(("waiver", "rule")), said.get(("waiver", "path"))
    )
    request = Request(
        scope=scope,
        reason=waiver["reason"],
        justification=waiver["justification"],
        control=Control(control["text"], said.get(("control", "check")), said.get(("control", "attested_by"))),
        expires_at=_expires(path, text, waiver["expires"]),
    )
    stays = repr((*scope[1:], request.reason, request.control, waiver["requested_by"]))
    whole = repr((stays, request.justification, request.expires_at.isoformat()))
    return Filed(path, request, waiver["requested_by"], _digest(whole), _digest(stays))


def _check_keys(path: str, text: str, document: Mapping[str, Any]) -> None:
    for table, values in document.items():
        if table not in _KEYS:
            raise WaiverFileError(f"{path}:{_line(text, table)}: unknown table or key {table!r:.60}",
                                  hint="there are: [waiver] and [control]")  # fmt: skip
        if not isinstance(values, dict):
            raise WaiverFileError(f"{path}:{_line(text, table)}: {table} is a table",
                                  hint=f"write [{table}] on a line of its own")  # fmt: skip
        for key in values:
            if key not in _KEYS[table]:
                raise WaiverFileError(f"{path}:{_line(text, key)}: unknown key {key!r:.60} in [{table}]",
                                      hint=f"there are: {', '.join(sorted(_KEYS[table]))}")  # fmt: skip
    for table, key in _OWED:
        if key not in document.get(table, {}):
            raise WaiverFileError(f"{path}: [{table}] {key} is missing", hint="every waiver says it")


def _text(path: str, text: str, key: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise WaiverFileError(f"{path}:{_line(text, key)}: {key} is a text", hint=f'write {key} = "…"')
    return value


def _expires(path: str, text: str, value: Any) -> datetime:
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            return value.astimezone(UTC)
    elif isinstance(value, date):
        return datetime.combine(value, time(), UTC) + timedelta(days=1)
    raise WaiverFileError(f"{path}:{_line(text, 'expires')}: expires is a day, or a time with its zone",
                          hint="write expires = 2026-05-20")  # fmt: skip


def _line(text: str, key: str) -> int:
    """Return the line where a key or table is named first: TOML's parser does not tell."""
    named = re.compile(rf"""^\s*\[?\s*["']?{re.escape(key)}["']?\s*[\].=]""")
    for number, line in enumerate(text.splitlines(), 1):
        if named.match(line):
            return number
    return 1


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
