"""Each request gets an id, and a line in the log when it is over: what, from where, how it ended, how long it took.

A line holds the path, never the query, a header, a token or a body; in paths, what follows `/sign-in/` is not shown.
"""

import json
import logging
import re
import time
from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

from wardline.kernel.serving.asgi import Application, Message, Receive, Scope, Send, header, with_headers
from wardline.kernel.serving.rates import source_of
from wardline.kernel.text import printable

_ID: Final = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_SECRET_PATH: Final = re.compile(r"^(/sign-in/)(?!callback$)[^/]+")
_LONGEST_PATH: Final = 300
# Custodians and agents ask several times a second. What they change stands in the ledger; what fails is said as ever.
_ROUTINE: Final = re.compile(r"^/api/v1/vault/(custodians/|agents/(changes|challenge|token|offer|secrets)$)")


class Access:
    """Gives ids and writes lines (one JSON object each) to the logger `wardline.access`.

    An id that a proxy brings in `X-Request-ID` is kept where it looks like one; it stands in `scope["state"]` as
    `request_id`, in the answer and in the line.
    """

    def __init__(
        self,
        app: Application,
        *,
        clock: Callable[[], float] = time.monotonic,
        log: logging.Logger | None = None,
    ) -> None:
        self._app = app
        self._clock = clock
        self._log = log or logging.getLogger("wardline.access")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = header(scope, b"x-request-id")
        identifier = given.decode("ascii") if given and _ID.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = identifier
        started = self._clock()
        status, size = 0, 0

        async def sent(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                with_headers(message, [(b"x-request-id", identifier.encode())])
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            routine = 200 <= status < 300 and _ROUTINE.match(scope["path"]) is not None
            self._log.log(
                logging.DEBUG if routine else logging.INFO,
                "%s",
                _line(
                    id=identifier,
                    method=printable(scope["method"], max_chars=20),
                    path=shown_path(scope["path"]),
                    status=status or 500,
                    bytes=size,
                    ms=round((self._clock() - started) * 1000, 1),
                    source=source_of(scope),
                ),
            )


def shown_path(path: str) -> str:
    """Return a path as it may stand in a log: printable, bounded, without one-time tokens."""
    return printable(_SECRET_PATH.sub(r"\1…", path), max_chars=_LONGEST_PATH)


def _line(**facts: Any) -> str:
    return json.dumps(facts, ensure_ascii=True)
