"""Logs as one JSON object per line, in which nothing stands that looks like a secret.

    {"at":"2026-03-02T09:00:00.123456Z","level":"warning","logger":"wardline.duties","message":"duties wait: …"}

A message that is a JSON object itself (`wardline.access` writes such) brings its members instead of `message`. An error
brings its class and where it was raised; its text only where it is ours (`WardlineError`), for texts of others quote
queries, files and values. What is taken out: API tokens, bearer tokens and cookies, one-time links, JSON Web Tokens,
passwords in addresses, private keys. That is a net under whoever logs, not a licence to log secrets.
"""

import json
import logging
import logging.handlers
import re
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any, Final, TextIO

from wardline.kernel.errors import WardlineError

MAX_CHARACTERS: Final = 8_000
MAX_BYTES: Final = 10 * 1024 * 1024  # of a file of lines; the one before it is kept beside it
_FRAMES: Final = 12
_OUT: Final = "\u2026"

_SECRETS: Final = (
    (re.compile(r"\bwl_[A-Za-z0-9_-]{8,}"), f"wl_{_OUT}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {_OUT}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]*"), f"eyJ{_OUT}"),
    (re.compile(r"(/sign-in/)(?!callback\b)[A-Za-z0-9_-]{8,}"), rf"\1{_OUT}"),
    (re.compile(r"((?:__Host-)?wardline=)[^;\s\"]{8,}"), rf"\1{_OUT}"),
    (re.compile(r"(://[^\s/:@]{0,256}:)[^\s/@]{1,256}(@)"), rf"\1{_OUT}\2"),
    (re.compile(r"(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)[\s\S]*?(-----END|\Z)"), rf"\1{_OUT}\2"),
    (
        re.compile(r"(?i)\b(password|passwd|secret|client_secret|api_key|token)(\"?\s*[=:]\s*\"?)[^\s\"',;&]+"),
        rf"\1\2{_OUT}",
    ),
)


def without_secrets(text: str) -> str:
    """Return text with what looks like a secret taken out, cut off at 8,000 characters."""
    text = text[:MAX_CHARACTERS]
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


class Lines(logging.Formatter):
    """Formats records as the module says."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, whatever is in the record."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        line: dict[str, Any] = {"at": at, "level": record.levelname.lower(), "logger": record.name}
        message = without_secrets(_message(record))
        line |= _members(message) or {"message": message}
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _error(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True, separators=(",", ":"))


def set_up(to: TextIO | Path | None = None, level: int = logging.INFO) -> None:
    """Write every logger's lines to a stream or a file (None: standard error), from `level` on; once for a process.

    Loggers of libraries that have handlers of their own (uvicorn's) lose them.
    """
    handler: logging.Handler
    if isinstance(to, Path):
        handler = logging.handlers.RotatingFileHandler(to, maxBytes=MAX_BYTES, backupCount=1, encoding="utf-8")
    else:
        handler = logging.StreamHandler(to or sys.stderr)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.WARNING))  # libraries speak of requests and addresses below that
    logging.getLogger("wardline").setLevel(level)
    for name in ("uvicorn", "uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).handlers[:] = []
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.access").disabled = True  # `wardline.access` says it without queries
    logging.captureWarnings(capture=True)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # arguments that do not fit the message
        return str(record.msg)


def _members(message: str) -> dict[str, Any] | None:
    if not message.startswith("{"):
        return None
    try:
        value = json.loads(message)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    return {name: member for name, member in value.items() if name not in {"at", "level", "logger", "error"}}


def _error(error: BaseException) -> dict[str, Any]:
    """Return an error's class, its frames, and what ours say."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    shown: dict[str, Any] = {
        "class": type(error).__qualname__,
        "frames": [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if isinstance(error, WardlineError):
        shown |= {"code": error.code, "detail": without_secrets(error.detail)}
    if error.__cause__ is not None:
        shown["cause"] = type(error.__cause__).__qualname__
    return shown
