import pytest
from tests.asgi import Plain, ask

from wardline.kernel.serving.headers import POLICY, Hosts, SecurityHeaders


def test_every_answer_carries_the_headers_also_an_error() -> None:
    for status in (200, 404, 500):
        answer = ask(SecurityHeaders(Plain(status), https=True))
        assert answer.status == status
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_the_policy_names_what_may_load_and_nothing_else() -> None:
    parts = dict(part.strip().split(" ", 1) for part in POLICY.split(";"))
    assert parts == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }


def test_the_policy_has_no_way_round() -> None:
    assert "unsafe" not in POLICY
    assert "*" not in POLICY
    assert "http" not in POLICY
    for directive in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert directive in POLICY


def test_https_is_asked_for_only_where_people_come_by_https() -> None:
    assert "max-age=63072000" in ask(SecurityHeaders(Plain(), https=True)).headers["strict-transport-security"]
    assert "strict-transport-security" not in ask(SecurityHeaders(Plain(), https=False)).headers


def test_where_nothing_is_kept_nothing_is_unless_it_says_so() -> None:
    assert ask(SecurityHeaders(Plain(), https=False, kept=False)).headers["cache-control"] == "no-store"
    static = Plain(headers=[("cache-control", "public")])
    assert ask(SecurityHeaders(static, https=False, kept=False)).headers["cache-control"] == "public"


@pytest.mark.parametrize("name", ["Authorization", "Cookie"])
def test_what_somebody_asked_for_is_kept_nowhere(name: str) -> None:
    assert ask(SecurityHeaders(Plain(), https=True), headers=[(name, "x")]).headers["cache-control"] == "no-store"


def test_an_answer_that_signs_in_is_kept_nowhere_and_others_are_as_they_say() -> None:
    cookie = Plain(headers=[("Set-Cookie", "a=b")])
    assert ask(SecurityHeaders(cookie, https=True)).headers["cache-control"] == "no-store"
    static = Plain(headers=[("cache-control", "public, max-age=600")])
    answer = ask(SecurityHeaders(static, https=True), headers=[("cookie", "x")])
    assert answer.headers["cache-control"] == "public, max-age=600"
    assert "cache-control" not in ask(SecurityHeaders(Plain(), https=True)).headers


def test_a_policy_that_an_answer_brings_itself_stays_and_stands_once() -> None:
    own = Plain(headers=[("Content-Security-Policy", "sandbox"), ("X-Frame-Options", "SAMEORIGIN")])
    answer = ask(SecurityHeaders(own, https=True))
    assert [value for name, value in answer.pairs if name == "content-security-policy"] == ["sandbox"]
    assert [value for name, value in answer.pairs if name == "x-frame-options"] == ["DENY"]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("wardline.example", 200),
        ("WARDLINE.example:443", 200),
        ("wardline.example.", 200),
        ("127.0.0.1:8080", 200),
        ("[::1]:8080", 200),
        ("[::1]", 200),
        ("evil.example", 421),
        ("wardline.example.evil.example", 421),
        ("wardline.example:evil", 421),
        ("wardline.example@evil.example", 421),
        ("wardline.example evil.example", 421),
        ("[::1", 421),
        ("[::1]evil", 421),
        ("", 421),
        ("é", 421),
    ],
)
def test_only_requests_for_our_own_names_come_in(host: str, status: int) -> None:
    app = Plain()
    answer = ask(Hosts(app, ["wardline.example", "127.0.0.1", "::1"]), headers=[("Host", host)])
    assert answer.status == status
    assert app.asked == (status == 200)


def test_two_hosts_are_none_and_health_is_asked_by_address() -> None:
    hosts = Hosts(Plain(), ["wardline.example"])
    assert ask(hosts, headers=[("Host", "wardline.example"), ("Host", "evil.example")]).status == 421
    assert ask(hosts, "/healthz", headers=[("Host", "10.0.0.7")]).status == 200
    assert ask(hosts, "/healthz/x", headers=[("Host", "10.0.0.7")]).status == 421
