import asyncio
import gzip
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from tests.integration.loopback import Loopback

from wardline.kernel import http
from wardline.kernel.http import Answer, Client, HttpError
from wardline.kernel.version import VERSION


def get(url: str, *, seconds: float = 10, **options: Any) -> Answer:
    async def run() -> Answer:
        async with Client(seconds=seconds, backoff_seconds=0.01) as client:
            return await client.get(url, **options)

    return asyncio.run(run())


def in_turn(*answers: tuple[int, dict[str, str], bytes]) -> Any:
    left = list(answers)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        status, headers, body = left.pop(0)
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), "Connection": "close", **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_an_answer_is_whole_and_says_who_asked(loopback: Loopback) -> None:
    loopback.text("/a", "hello")
    answer = get(loopback.url + "a", accept="text/plain")
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"hello", "text/plain")
    (_, headers) = loopback.asked[0]
    assert headers["user-agent"] == f"wardline/{VERSION}"
    assert headers["accept"] == "text/plain"
    assert "authorization" not in headers


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_is_an_error_with_its_status_and_is_not_asked_again(loopback: Loopback, status: int) -> None:
    loopback.answers["/a"] = (status, {}, b"")
    with pytest.raises(HttpError) as caught:
        get(loopback.url + "a")
    assert caught.value.status == status
    assert len(loopback.asked) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_failure_that_may_pass_is_asked_again(loopback: Loopback, status: int) -> None:
    loopback.answers["/a"] = in_turn((status, {"Retry-After": "0"}, b""), (200, {}, b"now"))
    assert get(loopback.url + "a").body == b"now"


def test_a_failure_that_does_not_pass_is_given_up(loopback: Loopback) -> None:
    loopback.answers["/a"] = (503, {}, b"")
    with pytest.raises(HttpError, match="503"):
        get(loopback.url + "a")
    assert len(loopback.asked) == 3


def test_a_wait_that_is_asked_for_is_kept(loopback: Loopback) -> None:
    loopback.answers["/a"] = in_turn((429, {"Retry-After": "1"}, b""), (200, {}, b"now"))
    started = time.monotonic()
    assert get(loopback.url + "a").body == b"now"
    assert time.monotonic() - started >= 1


@pytest.mark.parametrize("named", ["3600", "9" * 400, "in an hour"])
def test_a_wait_that_is_too_long_is_an_error(loopback: Loopback, named: str) -> None:
    if named == "in an hour":
        named = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    loopback.answers["/a"] = (429, {"Retry-After": named}, b"")
    with pytest.raises(HttpError, match="left alone"):
        get(loopback.url + "a")
    assert len(loopback.asked) == 1


@pytest.mark.parametrize("named", ["soon", "Mon, 99 Foo", "-1", "Wed, 21 Oct 2015 07:28:00 GMT", "²"])
def test_a_wait_that_is_none_is_not_waited_for(loopback: Loopback, named: str) -> None:
    loopback.answers["/a"] = in_turn((503, {"Retry-After": named.encode().decode("latin-1")}, b""), (200, {}, b"now"))
    assert get(loopback.url + "a").body == b"now"


def test_an_answer_that_is_too_large_is_refused_before_it_is_held(loopback: Loopback) -> None:
    loopback.answers["/plain"] = (200, {}, b"x" * 5000)
    bomb = gzip.compress(b"\0" * 50_000_000)
    loopback.answers["/bomb"] = (200, {"Content-Encoding": "gzip"}, bomb)
    for path in ("plain", "bomb"):
        with pytest.raises(HttpError, match="more than 4 KB"):
            get(loopback.url + path, max_bytes=4096)
    assert len(loopback.asked) == 2


def test_an_endless_answer_is_given_up(loopback: Loopback) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b"x" * 65536)

    loopback.answers["/a"] = endless
    with pytest.raises(HttpError, match="more than"):
        get(loopback.url + "a", max_bytes=1_000_000)


@pytest.mark.parametrize("where", ["headers", "body"])
def test_an_answer_that_trickles_is_given_up_in_time(loopback: Loopback, where: str) -> None:
    def slow(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-A: " if where == "headers" else b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(60):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    loopback.answers["/a"] = slow
    started = time.monotonic()
    with pytest.raises(HttpError, match="no whole answer within"):
        get(loopback.url + "a", seconds=0.2)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("garbage", [b"\x00\x01\x02\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b""])
def test_what_is_no_http_is_an_error(loopback: Loopback, garbage: bytes) -> None:
    loopback.answers["/a"] = lambda handler: handler.wfile.write(garbage) and None
    with pytest.raises(HttpError):
        get(loopback.url + "a")


def test_a_body_that_is_not_what_its_encoding_says_is_an_error(loopback: Loopback) -> None:
    loopback.answers["/a"] = (200, {"Content-Encoding": "gzip"}, b"no gzip")
    with pytest.raises(HttpError):
        get(loopback.url + "a")


def test_a_redirect_is_followed_and_takes_no_credentials_to_another_host(loopback: Loopback) -> None:
    elsewhere = loopback.url.replace("127.0.0.1", "localhost")
    loopback.answers["/near"] = (302, {"Location": "/a"}, b"")
    loopback.answers["/far"] = (307, {"Location": elsewhere + "a"}, b"")
    loopback.text("/a", "there")
    for path, carried in (("near", True), ("far", False)):
        loopback.asked.clear()
        assert get(loopback.url + path, authorization="Bearer abc").body == b"there"
        assert loopback.asked[0][1]["authorization"] == "Bearer abc"
        assert ("authorization" in loopback.asked[1][1]) is carried


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://a/", "http://[::1/"])
def test_a_redirect_to_another_scheme_is_refused(loopback: Loopback, target: str) -> None:
    loopback.answers["/a"] = (302, {"Location": target}, b"")
    with pytest.raises(HttpError, match=r"redirects to|Invalid URL"):
        get(loopback.url + "a")


def test_an_endless_redirect_is_given_up(loopback: Loopback) -> None:
    loopback.answers["/a"] = (302, {"Location": "/a"}, b"")
    with pytest.raises(HttpError, match="more than 5 redirects"):
        get(loopback.url + "a")
    assert len(loopback.asked) == 6


def test_a_public_registry_cannot_send_the_client_to_a_private_address() -> None:
    with pytest.raises(HttpError, match="private address"):
        http._refuse_redirect("https://93.184.215.14/a", "https://169.254.169.254/latest")
    with pytest.raises(HttpError, match="private address"):
        http._refuse_redirect("https://93.184.215.14/a", "https://[::1]:8080/")
    with pytest.raises(HttpError, match="another scheme"):
        http._refuse_redirect("https://93.184.215.14/a", "http://93.184.215.14/a")
    http._refuse_redirect("http://127.0.0.1/a", "http://10.0.0.1/a")


def test_netrc_is_asked_where_no_other_credentials_are_given(loopback: Loopback, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password pw\n")
    loopback.text("/a", "")
    get(loopback.url + "a")
    get(loopback.url + "a", authorization="Bearer abc")
    assert [headers["authorization"] for _, headers in loopback.asked] == [http.basic("me", "pw"), "Bearer abc"]


def test_what_is_shown_of_an_address_has_no_credentials() -> None:
    with pytest.raises(HttpError) as caught:
        get("http://user:hidden@127.0.0.1:9/a?token=hidden2#hidden3")
    assert "hidden" not in caught.value.detail + caught.value.hint
    assert "127.0.0.1:9/a" in caught.value.detail


@pytest.mark.parametrize(
    "url", ["", "no address", "http://", "http://[::1", "http://a:99999/", "data:x", "http://a\n/"]
)
def test_what_is_no_address_is_an_error(url: str) -> None:
    with pytest.raises(HttpError):
        get(url, seconds=2)


def test_a_host_that_is_down_is_not_asked_for_ever() -> None:
    async def run() -> list[str]:
        async with Client(backoff_seconds=0.001) as client:
            said = []
            for number in range(4):
                try:
                    await client.get(f"http://127.0.0.1:9/{number}")
                except HttpError as error:
                    said.append(error.detail)
            return said

    said = asyncio.run(run())
    assert "127.0.0.1:9/0" in said[0]
    assert said[2:] == ["http://127.0.0.1:9 does not answer"] * 2


def test_what_concerns_everybody_is_asked_once(loopback: Loopback) -> None:
    loopback.text("/a", "hello")

    async def run() -> list[bytes]:
        async with Client() as client:
            answers = await asyncio.gather(*(client.once(loopback.url + "a") for _ in range(5)))
            return [answer.body for answer in answers]

    assert asyncio.run(run()) == [b"hello"] * 5
    assert loopback.paths() == ["/a"]


def test_no_more_requests_are_under_way_than_promised(loopback: Loopback) -> None:
    under_way = most = 0

    def slow(handler: BaseHTTPRequestHandler) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        time.sleep(0.02)
        under_way -= 1
        in_turn((200, {}, b""))(handler)

    loopback.answers["/a"] = slow

    async def run() -> None:
        async with Client() as client:
            await asyncio.gather(*(client.get(loopback.url + "a") for _ in range(60)))

    asyncio.run(run())
    assert 1 < most <= http.CONCURRENCY


def test_certificates_that_cannot_be_read_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIP_CERT", str(tmp_path / "none.pem"))
    with pytest.raises(HttpError, match="PIP_CERT names no readable certificates"):
        get("http://127.0.0.1:9/")


def send(url: str, *, tries: int = 3, **options: Any) -> Answer:
    async def run() -> Answer:
        async with Client(seconds=10, tries=tries, backoff_seconds=0.01) as client:
            return await client.send("POST", url, **options)

    return asyncio.run(run())


def test_what_is_sent_arrives_and_every_status_is_an_answer(loopback: Loopback) -> None:
    loopback.answers["/a"] = (422, {"Content-Type": "application/problem+json"}, b"{}")
    answer = send(loopback.url + "a", body=b"hello", headers={"Idempotency-Key": "k"}, authorization="Bearer t")
    assert (answer.status, answer.body) == (422, b"{}")
    assert loopback.sent == [("POST", b"hello")]
    assert loopback.asked[0][1]["idempotency-key"] == "k"
    assert loopback.asked[0][1]["authorization"] == "Bearer t"


def test_what_failed_on_the_way_is_sent_again_whole(loopback: Loopback) -> None:
    async def parts() -> Any:
        yield b"one "
        yield b"two"

    loopback.answers["/a"] = in_turn((503, {"Retry-After": "0"}, b""), (201, {}, b"made"))
    assert send(loopback.url + "a", body=parts).status == 201
    assert loopback.sent == [("POST", b"one two")] * 2


def test_nothing_is_sent_on_to_where_a_redirect_points(loopback: Loopback) -> None:
    loopback.answers["/a"] = (307, {"Location": loopback.url + "b"}, b"")
    assert send(loopback.url + "a", body=b"secret").status == 307
    assert loopback.paths() == ["/a"]
