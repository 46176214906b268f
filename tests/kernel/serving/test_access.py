import json
import logging

import pytest
from tests.asgi import Plain, ask

from wardline.kernel.serving.access import Access, shown_path


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "wardline.access")
    return lambda: [json.loads(record.getMessage()) for record in caplog.records]


def test_every_request_has_an_id_and_a_line(lines) -> None:
    app = Plain(404)
    answer = ask(Access(app), "/findings/fnd-1", method="POST", body=[b"1234"])
    (line,) = lines()
    assert answer.headers["x-request-id"] == line["id"] == app.scope["state"]["request_id"]
    assert (line["method"], line["path"], line["status"], line["source"]) == (
        "POST",
        "/findings/fnd-1",
        404,
        "192.0.2.1",
    )
    assert line["bytes"] == len(answer.body)
    assert line["ms"] >= 0


def test_a_line_holds_no_query_no_header_no_body(lines) -> None:
    secret = "made-up-secret-of-this-test"
    ask(
        Access(Plain()),
        "/x",
        query=f"token={secret}",
        headers=[("Authorization", f"Bearer {secret}"), ("Cookie", secret), ("Referer", secret)],
        body=[secret.encode()],
    )
    assert secret not in json.dumps(lines())


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/sign-in/abcdef", "/sign-in/…"),
        ("/sign-in/callback", "/sign-in/callback"),
        ("/sign-in/callback2", "/sign-in/…"),
        ("/sign-in", "/sign-in"),
        ("/a\n\x1b[31m\u202e", "/a\\x0a\\x1b[31m\\u202e"),
        ("/" + "a" * 1000, "/" + "a" * 298 + "…"),
    ],
)
def test_a_path_is_shown_without_one_time_tokens_and_without_tricks(path: str, shown: str) -> None:
    assert shown_path(path) == shown


def test_what_machines_ask_several_times_a_second_has_a_line_only_where_it_fails(lines) -> None:
    for status in (200, 204, 403, 500):
        ask(Access(Plain(status)), "/api/v1/vault/custodians/tasks")
    ask(Access(Plain(200)), "/api/v1/vault/secrets")
    assert [(line["path"][-5:], line["status"]) for line in lines()] == [("tasks", 403), ("tasks", 500), ("crets", 200)]


def test_an_id_from_a_proxy_is_kept_where_it_looks_like_one() -> None:
    assert ask(Access(Plain()), headers=[("X-Request-ID", "abc-12345")]).headers["x-request-id"] == "abc-12345"
    for wrong in ("short", "x" * 65, "a b c d e f", "<script>12345"):
        assert ask(Access(Plain()), headers=[("X-Request-ID", wrong)]).headers["x-request-id"] != wrong


def test_a_request_that_breaks_has_its_line_too(lines) -> None:
    async def app(_scope, _receive, _send) -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        ask(Access(app))
    assert lines()[0]["status"] == 500
