"""What an upload may say, and when it is the same as another: the part of receiving that asks for no finding."""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection

from wardline.findings import report_store
from wardline.findings.model import Upload
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.text import printable
from wardline.kernel.version import VERSION

MAX_GAPS: Final = 1000
_MAX_SOURCE: Final = 100
_MAX_BRANCH: Final = 300


def checked(upload: Upload) -> Upload:
    """Return the upload as it is kept: printable, bounded. Raises: `AskedWronglyError`."""
    source = printable(upload.source.strip(), max_chars=_MAX_SOURCE)
    if not source:
        raise AskedWronglyError("a report says what made it", hint='name a source, such as "wardline check"')
    if upload.at is not None and upload.at.tzinfo is None:
        raise AskedWronglyError("the time of a report has a zone", hint="write it as 2026-12-24T12:00:00Z")
    branch = printable(upload.branch, max_chars=_MAX_BRANCH) if upload.branch is not None else None
    commit = printable(upload.commit, max_chars=_MAX_SOURCE) if upload.commit else None
    return upload._replace(source=source, branch=branch or None, commit=commit, gaps=listed(upload.gaps))


def listed(gaps: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Return gaps as they are kept: up to `MAX_GAPS`, and one more for each practice that has others.

    That one stands for all of its practice, so that nothing counts as fixed for want of a line that says where to look.
    """
    found = iter(gaps)
    kept = list(itertools.islice(found, MAX_GAPS))
    practices = (gap.get("practice") for gap in found)
    beyond = Counter(practice if isinstance(practice, str) else "" for practice in practices)
    for practice, count in sorted(beyond.items()):
        reason = f"{count:,} more gaps of this practice are not listed here"
        kept.append({"practice": practice, "scope": ".", "reason": reason, "remedy": "read them in the report itself"})
    return tuple(kept)


def name(upload: Upload) -> str:
    """Return what makes this upload the same as another: its idempotency key, else all it says; "" for neither."""
    if upload.idempotency:
        return f"key:{sha256(upload.idempotency.encode('utf-8', 'surrogatepass')).hexdigest()}"
    digest = sha256()
    if upload.said:  # another version may read something else in it
        digest.update(repr((VERSION, upload.source, upload.branch, upload.commit, upload.at, upload.said)).encode())
        return f"sent:{digest.hexdigest()}"
    if iter(upload.findings) is upload.findings:
        return ""
    digest.update(repr((upload.source, upload.branch, upload.commit, upload.at, sorted(upload.complete))).encode())
    for part in itertools.chain(map(repr, upload.gaps), map(repr, upload.findings)):
        digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return f"said:{digest.hexdigest()}"


def numbered(tx: Connection, service: str, upload: Upload, name: str) -> str:
    """Return the name under which the report is kept.

    Without key, commit and time, the same text may be said again later and be news then: only right after itself is it
    the same.
    """
    if name and (upload.idempotency or upload.commit or upload.at):
        return name
    last = report_store.last_named(tx, service, upload.source, upload.branch)
    if name and last and last.startswith(name):
        return last
    return f"{name}:{report_store.count(tx, service, upload.source)}"
