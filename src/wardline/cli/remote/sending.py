"""A report sent to a server: packed, named so that it may be sent again, and its receipt shown."""

import gzip
import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Final

from wardline.cli.remote import showing
from wardline.cli.remote.origin import Origin
from wardline.cli.remote.server import Server
from wardline.cli.words import say
from wardline.findings.report import Report
from wardline.kernel.errors import EXIT_CANNOT_SAY, EXIT_NO, DeniedError, WardlineError

_PIECE: Final = 256 * 1024
_SECONDS: Final = 900.0


def send(
    url: str, write: Callable[[BinaryIO], object], origin: Origin, *, source: str = "", whole: bool = True
) -> dict[str, Any]:
    """Return the receipt of a report that `write` writes as `wardline check --format json` does.

    The same report of the same job is the same upload, however often it is sent: its key follows from what it says.
    Raises: as `Server.send`.
    """
    import orjson

    with TemporaryFile() as packed:
        key = _packed(write, packed, origin)
        query = {
            "service": origin.service,
            "commit": origin.commit,
            "branch": origin.branch,
            "source": source,
            "scope": None if whole else "part",
        }
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        server = Server(url, seconds=_SECONDS)
        answer = server.send("POST", "/reports", query=query, body=_again(packed), headers=headers, key=key)
    receipt: dict[str, Any] = orjson.loads(answer.body)
    return receipt


def checked(url: str, report: Report, path: Path, options: dict[str, Any], status: int) -> int:
    """Send what `wardline check` has found, and return the exit status: the check's own, which is what counts.

    A report that could not be sent is said, and is status 3 unless the check has said no.
    """
    import orjson

    from wardline.cli.remote import origin

    try:
        where = origin.of(
            path,
            service=options["service"],
            branch=options["branch"],
            default_branch=bool(options["default_branch"]),
        )
        document = orjson.dumps(report.to_dict())
        whole = options["base"] is None and not options["staged"]
        receipt = send(url, lambda stream: stream.write(document), where, whole=whole)
    except WardlineError as error:
        say(f"wardline: the report was not sent: {error.detail}", error.hint)
        return status if status == EXIT_NO else EXIT_CANNOT_SAY
    say(said(url, where, receipt))
    if where.branch is None and whole:
        for line in waiver_files(url, path, where.service):
            say(line)
    return status


def waiver_files(url: str, tree: Path, service: str) -> list[str]:
    """Send the waiver files of the default branch, with who wrote each; return what came of them, in lines.

    What a server did not take is said, and is no verdict on the code.
    """
    import orjson

    from wardline.findings.waivers.repository import written

    files = written(tree)
    sent = [
        {"path": one.path, "content": one.content.decode("utf-8", "replace"), "authors": one.authors} for one in files
    ]
    try:
        body = orjson.dumps({"service": service, "files": sent})
        headers = {"Content-Type": "application/json"}
        answer = Server(url).send("PUT", "/waivers/files", body=body, headers=headers).body
    except DeniedError as error:  # a token that may send reports alone, and nothing to ask for
        return [f"the waiver files were not read: {error.detail}"] if files else []
    except WardlineError as error:
        return [f"the waiver files were not read: {error.detail}"]
    outcomes = orjson.loads(answer)["outcomes"]
    telling = [one for one in outcomes if one["changed"] or one["waiver"] is None]
    return [f"{showing.plain(one['path'])}: {showing.plain(one['said'])}" for one in telling]


def said(url: str, origin: Origin, receipt: dict[str, Any]) -> str:
    """Return a receipt in one line."""
    if receipt["branch"]:
        counts = f"branch {showing.plain(receipt['branch'])} would introduce {receipt['introduced']:,}"
    else:
        named = ("opened", "reopened", "fixed", "seen")
        counts = ", ".join(f"{receipt[name]:,} {name}" for name in named if receipt[name]) or "nothing changed"
    gaps = f"; {receipt['gaps']:,} gaps" if receipt["gaps"] else ""
    return f"sent to {url} as {origin.service}: {counts}{gaps} ({receipt['report']})"


def _packed(write: Callable[[BinaryIO], object], into: BinaryIO, origin: Origin) -> str:
    """Pack the report, and return the key that names this upload."""
    with TemporaryFile() as plain:
        write(plain)
        plain.seek(0)
        digest = sha256()
        while part := plain.read(_PIECE):
            digest.update(part)
        plain.seek(0)
        with gzip.GzipFile(fileobj=into, mode="wb", compresslevel=6, mtime=0) as packing:
            shutil.copyfileobj(plain, packing, _PIECE)
    run = origin.run or secrets.token_hex(8)  # outside of CI every call is an upload of its own
    for said in (origin.service, origin.commit or "", origin.branch or "", run):
        digest.update(b"\0" + said.encode())
    return digest.hexdigest()


def _again(packed: BinaryIO) -> Callable[[], AsyncIterator[bytes]]:
    async def parts() -> AsyncIterator[bytes]:
        packed.seek(0)
        while part := packed.read(_PIECE):
            yield part

    return parts
