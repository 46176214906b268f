"""T-28: an attacker chooses `Host`, headers or sizes: to turn links, to get past rules, to use a node up."""

from pathlib import Path

import pytest
from tests.asgi import Plain, ask

from wardline.kernel.serving.guarded import guarded
from wardline.kernel.serving.metrics import Metrics
from wardline.kernel.settings import Settings

SETTINGS = Settings(Path("/nowhere"), url="https://wardline.example", requests_per_second=50)


@pytest.fixture
def app() -> Plain:
    return Plain()


@pytest.mark.parametrize(
    "headers",
    [
        [("Host", "evil.example")],
        [("Host", "wardline.example.evil.example")],
        [("Host", "evil.example:443")],
        [("Host", "wardline.example"), ("Host", "evil.example")],
        [("Host", "evil.example"), ("Host", "wardline.example")],
        [("Host", "")],
        [("Host", "169.254.169.254")],
    ],
    ids=str,
)
def test_a_request_for_another_name_reaches_nothing(app: Plain, headers) -> None:
    answer = ask(guarded(app, SETTINGS, Metrics()), headers=headers)
    assert (answer.status, app.asked) == (421, 0)
    assert b"evil" not in answer.body
    assert not any("evil" in value for _, value in answer.pairs)


@pytest.mark.parametrize("name", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL"])
def test_no_other_header_stands_for_the_name(app: Plain, name: str) -> None:
    answer = ask(guarded(app, SETTINGS, Metrics()), headers=[(name, "evil.example")])
    assert answer.status == 200
    assert SETTINGS.base_url == "https://wardline.example"
    assert not any("evil" in value for _, value in answer.pairs)


def test_a_source_that_is_only_said_does_not_get_round_the_rates(app: Plain) -> None:
    whole = guarded(app, SETTINGS, Metrics())
    statuses = [ask(whole, headers=[("X-Forwarded-For", f"192.0.2.{number % 250}")]).status for number in range(300)]
    assert statuses[:250] == [200] * 250
    assert 429 in statuses


def test_guesses_of_tokens_are_stopped_before_the_platform_is_asked() -> None:
    app = Plain(401)
    whole = guarded(app, SETTINGS, Metrics())
    for number in range(100):
        ask(whole, headers=[("Authorization", f"Bearer wl_{number}")])
    assert app.asked <= 25


def test_a_flood_of_sources_takes_no_memory(app: Plain) -> None:
    whole = guarded(app, SETTINGS, Metrics())
    rates = whole._app._app._app._app  # type: ignore[attr-defined]
    rates._source._max_keys = 100
    for number in range(1000):
        ask(whole, client=(f"2001:db8:{number:x}::1", 1))
    assert len(rates._source) == 100


def test_sizes_are_refused_before_anything_is_kept(app: Plain) -> None:
    whole = guarded(app, SETTINGS, Metrics())
    assert ask(whole, method="POST", body=[b"x" * 65536] * 100).status == 413
    assert ask(whole, headers=[("Content-Length", str(10**17))]).status == 413
    assert ask(whole, headers=[("Cookie", "a" * 40_000)]).status == 431


def test_nothing_that_is_sent_splits_an_answer_or_a_log_line(app: Plain, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "wardline.access")
    evil = "x\r\nSet-Cookie: a=b"
    answer = ask(guarded(app, SETTINGS, Metrics()), "/a\r\nlevel=ERROR", headers=[("X-Request-ID", evil)])
    assert not any(name == "set-cookie" or "\n" in value for name, value in answer.pairs)
    assert all("\n" not in record.getMessage() for record in caplog.records)
