import orjson
from tests.asgi import ask

from wardline.kernel.serving.asgi import header, refuse, with_headers


def test_headers_take_the_place_of_those_before_or_stand_back() -> None:
    message = {"headers": [(b"Cache-Control", b"private"), (b"x-a", b"1")]}
    with_headers(message, [(b"x-a", b"2")])
    assert message["headers"] == [(b"cache-control", b"private"), (b"x-a", b"2")]
    with_headers(message, [(b"cache-control", b"no-store"), (b"x-b", b"3")], replace=False)
    assert message["headers"] == [(b"cache-control", b"private"), (b"x-a", b"2"), (b"x-b", b"3")]


def test_a_refusal_is_a_problem_that_nobody_keeps() -> None:
    async def app(_scope, _receive, send) -> None:
        await refuse(send, 413, "too much", [(b"x-a", b"1")], close=True)

    answer = ask(app)
    assert answer.status == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["connection"] == "close"
    assert answer.headers["x-a"] == "1"
    assert orjson.loads(answer.body) == {
        "type": "about:blank",
        "title": "Content too large",
        "status": 413,
        "detail": "too much",
    }


def test_of_two_headers_the_first_is_found() -> None:
    assert header({"headers": [(b"a", b"1"), (b"a", b"2")]}, b"a") == b"1"
    assert header({"headers": []}, b"a") is None
