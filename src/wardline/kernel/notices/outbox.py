"""Posting a notice: in the transaction of what it tells about, so that there is never one without the other."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from wardline.kernel import ids
from wardline.kernel.notices import store
from wardline.kernel.notices.model import (
    MAX_ROWS,
    MAX_SUBJECT_CHARS,
    MAX_TEXT_CHARS,
    Recipient,
    Row,
    When,
    next_morning,
)
from wardline.kernel.text import printable

_MAX_PART_CHARS: Final = 300


def post(  # noqa: PLR0913 - what a notice consists of, all by name
    tx: Connection,
    *,
    at: datetime,
    kind: str,
    to: Recipient,
    subject: str,
    text: str,
    link: str,
    dedupe: str,
    when: When = "now",
    rows: Sequence[Row] = (),
) -> str | None:
    """Post a notice to one recipient and return its id, or None where the same (`dedupe`) was posted to them before.

    `link` is a path of ours (`/findings/fnd-…`) or "". `when` "morning" waits for the next working morning, where all
    that waits for the same address becomes one message. Texts may be strangers': they are made printable here, and each
    channel escapes them again in its own way. Rows beyond `MAX_ROWS` become a number.
    """
    if link and not link.startswith("/"):
        raise ValueError(link)
    notice: dict[str, Any] = {
        "id": ids.new("ntc", at),
        "kind": kind,
        "recipient": to.id,
        "recipient_name": one_line(to.name),
        "subject": one_line(subject, MAX_SUBJECT_CHARS),
        "text": _lines(text),
        "link": link,
        "rows": [[one_line(part) for part in row] for row in rows[:MAX_ROWS]],
        "more": max(0, len(rows) - MAX_ROWS),
        "dedupe": dedupe,
        "posted_at": at,
    }
    due_at = at if when == "now" else next_morning(at)
    addresses = (("email", to.email or None), ("slack", to.slack))
    deliveries = [
        {
            "notice": notice["id"],
            "channel": channel,
            "address": address,
            "name": notice["recipient_name"],
            "state": "waiting",
            "attempts": 0,
            "due_at": due_at,
            "said": "",
        }
        for channel, address in addresses
        if address is not None
    ]
    return notice["id"] if store.add(tx, notice, deliveries) else None


def one_line(text: str, max_chars: int = _MAX_PART_CHARS) -> str:
    """Return text on one line, printable, shortened."""
    return printable(" ".join(text[: 4 * max_chars].split()), max_chars=max_chars)


def _lines(text: str) -> str:
    return "\n".join(printable(line.rstrip()) for line in text[:MAX_TEXT_CHARS].splitlines())
