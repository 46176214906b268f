"""Lines of a log: one JSON object each, whatever is logged, and no secret in it."""

import io
import json
import logging
import sys
from hashlib import sha1

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.kernel.errors import UnavailableError
from wardline.kernel.observing import logs


def line_of(message, *args, error=None, level=logging.WARNING):
    info = (type(error), error, error.__traceback__) if error is not None else None
    record = logging.LogRecord("wardline.x", level, "file.py", 1, message, args, info)
    written = logs.Lines().format(record)
    assert "\n" not in written
    return json.loads(written)


def test_a_line_says_when_how_bad_where_and_what():
    line = line_of("duty %s failed", "ledger-sequencer")
    assert line.pop("at").endswith("Z")
    assert line == {"level": "warning", "logger": "wardline.x", "message": "duty ledger-sequencer failed"}


def test_a_message_that_is_an_object_brings_its_members():
    line = line_of('{"method":"GET","path":"/now","level":"forged","at":1}')
    assert (line["method"], line["path"], line["level"]) == ("GET", "/now", "warning")
    assert "message" not in line
    assert line["at"] != 1


@pytest.mark.parametrize("message", ["{", "{}x", "[1]", "{" * 5000, '{"a":NaN', "\x00\x1b[31m\n\u2028red"])
def test_any_other_message_is_text(message):
    assert line_of(message)["message"] == message


def test_arguments_that_do_not_fit_lose_no_line():
    assert line_of("%d %s", "x")["message"] == "%d %s"


CHANCE = sha1(b"the same in every worker, and nobody's", usedforsecurity=False).hexdigest()


@pytest.mark.parametrize(
    "text",
    [
        f"token wl_{CHANCE} was used",
        f"Authorization: Bearer {CHANCE}",
        f"authorization: basic {CHANCE}==",
        f"GET /sign-in/{CHANCE} HTTP/1.1",
        f"cookie: __Host-wardline={CHANCE}; a=b",
        f"cookie: wardline={CHANCE}",
        f"postgresql://wardline:{CHANCE}@db/wardline",
        f"smtps://user:{CHANCE}@mail",
        f"eyJhbGciOiJub25lIn0.{CHANCE}.{CHANCE}",
        f"-----BEGIN PRIVATE KEY-----\n{CHANCE}\n-----END PRIVATE KEY-----",
        f"-----BEGIN EC PRIVATE KEY-----\n{CHANCE}",
        f"password={CHANCE}",
        f'{{"client_secret": "{CHANCE}"}}',
        f"https://x/?token={CHANCE}&a=b",
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text):
    assert CHANCE not in json.dumps(line_of(text))
    assert CHANCE not in json.dumps(line_of("%s", text))
    assert CHANCE not in json.dumps(line_of("it failed", error=UnavailableError(text)))


@pytest.mark.parametrize("text", ["GET /sign-in/callback", "https://example.org:8080/@x", "the token was revoked"])
def test_what_is_no_secret_stays(text):
    assert line_of(text)["message"] == text


def test_an_error_of_others_is_its_class_and_its_place():
    def fails():
        raise ValueError(f"near the key '{CHANCE}'")

    try:
        fails()
    except ValueError as error:
        line = line_of("it failed", error=error)
    assert line["error"]["class"] == "ValueError"
    assert line["error"]["frames"][-1].startswith("test_logs.py:")
    assert line["error"]["frames"][-1].endswith(" fails")
    assert CHANCE not in json.dumps(line)


def test_an_error_of_ours_says_what_it_says():
    error = UnavailableError("the database does not answer: it is busy")
    error.__cause__ = KeyError("x")
    assert line_of("it failed", error=error)["error"] == {
        "class": "UnavailableError",
        "frames": [],
        "code": "unavailable",
        "detail": "the database does not answer: it is busy",
        "cause": "KeyError",
    }


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text_is_one_line_and_bounded(text):
    assert line_of("%s", text)
    assert len(line_of("%s", text * 1000 + "x" * 9000).get("message", "")) <= logs.MAX_CHARACTERS + 200


@pytest.fixture
def loggers():
    """Loggers as they were, afterwards."""
    names = ("", "wardline", "uvicorn", "uvicorn.access", "uvicorn.error", "py.warnings")
    kept = {
        name: (log := logging.getLogger(name), list(log.handlers), log.level, log.propagate, log.disabled)
        for name in names
    }
    yield
    logging.captureWarnings(capture=False)
    for log, handlers, level, propagate, disabled in kept.values():
        log.handlers[:], log.level, log.propagate, log.disabled = handlers, level, propagate, disabled
        log.manager._clear_cache()


def test_a_file_of_lines_is_bounded(loggers, tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "MAX_BYTES", 1000)
    logs.set_up(tmp_path / "server.log")
    for number in range(50):
        logging.getLogger("wardline").info("line %d", number)
    logging.getLogger().handlers[0].close()
    newest = (tmp_path / "server.log").read_text().splitlines()
    assert json.loads(newest[-1])["message"] == "line 49"
    assert sorted(file.stat().st_size < 1000 for file in tmp_path.iterdir()) == [True, True]


def test_every_logger_writes_lines_to_one_stream(loggers):
    stream = io.StringIO()
    logging.getLogger("uvicorn").addHandler(logging.StreamHandler(sys.stderr))
    logs.set_up(stream)
    logging.getLogger("wardline.access").info('{"path":"/now"}')
    logging.getLogger("wardline.duties").debug("not shown")
    logging.getLogger("uvicorn.error").warning("it ends")
    logging.getLogger("uvicorn.access").warning("GET /?token=x")
    logging.getLogger("httpx").info("GET https://example.org/?key=x")
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(line["logger"], line.get("path") or line["message"]) for line in lines] == [
        ("wardline.access", "/now"),
        ("uvicorn.error", "it ends"),
    ]
