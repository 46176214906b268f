from pathlib import Path

from tests.asgi import Plain, ask

from wardline.kernel.serving.guarded import guarded, hosts
from wardline.kernel.serving.metrics import Metrics
from wardline.kernel.settings import Settings

SETTINGS = Settings(Path("/nowhere"), url="https://wardline.example")


def test_answers_of_the_guards_carry_headers_and_ids_and_are_measured_too() -> None:
    metrics, app = Metrics(), Plain()
    whole = guarded(app, SETTINGS._replace(requests_per_second=1), metrics)
    answers = [
        ask(whole, headers=[("Host", "evil.example")]),
        ask(whole, headers=[("Content-Length", "9999999")]),
        *(ask(whole) for _ in range(6)),
    ]
    assert [one.status for one in answers] == [421, 413, 200, 200, 200, 200, 429, 429]
    for one in answers:
        assert "content-security-policy" in one.headers
        assert "strict-transport-security" in one.headers
        assert "x-request-id" in one.headers
    assert 'status="421"} 1.0' in metrics.text().decode()
    assert app.asked == 4


def test_larger_bodies_where_they_are_for_and_no_rates_where_none_are_set() -> None:
    whole = guarded(Plain(), SETTINGS._replace(requests_per_second=0), Metrics(), {"/api/v1/reports": 2 * 1024 * 1024})
    assert ask(whole, "/api/v1/reports", body=[b"x" * 1_500_000]).status == 200
    assert ask(whole, "/other", body=[b"x" * 1_500_000]).status == 413
    assert {ask(whole).status for _ in range(50)} == {200}


def test_the_names_are_those_of_the_settings_and_loopback() -> None:
    assert hosts(SETTINGS) == {"wardline.example", "127.0.0.1", "::1", "localhost"}
    more = SETTINGS._replace(host="0.0.0.0", allowed_hosts=("wardline.internal",))  # noqa: S104 - a setting, not a socket
    assert hosts(more) == hosts(SETTINGS) | {"wardline.internal"}
    assert hosts(Settings(Path("/nowhere"), host="10.0.0.7")) == {"10.0.0.7", "127.0.0.1", "::1", "localhost"}
