"""Addresses of webhooks: where they may lead."""

import socket

import pytest

from wardline.kernel.notices import webhook
from wardline.kernel.notices.webhook import Webhook, WebhookError, parsed


def test_an_address_is_https_on_its_usual_port() -> None:
    assert parsed("https://hooks.example/a?b=c") == Webhook("hooks.example", 443, "/a?b=c", secure=True)
    assert parsed("https://hooks.example:443") == Webhook("hooks.example", 443, "/", secure=True)


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example/a", "https://user@hooks.example/", "https://user:pass@hooks.example/", "https:///a",
        "https://hooks.example:8443/", "https://hooks.example/#f", "https://hooks.example\\@evil.example/",
        "file:///etc/passwd", "gopher://x/", "https://hooks.example/a b", "https://hooks.example/\r\nX: y", "",
        "https://[::1", "https://hooks.example:99999/", "https://höoks.example/", "//hooks.example/", "http://127.0.0.1/",
    ],
)  # fmt: skip
def test_any_other_is_refused(address: str) -> None:
    with pytest.raises(WebhookError):
        parsed(address)


def test_loopback_is_for_tests_that_say_so() -> None:
    assert parsed("http://127.0.0.1:8080/x", unsafe_loopback=True).port == 8080
    with pytest.raises(WebhookError):
        parsed("http://127.0.0.1:8080/x")
    with pytest.raises(WebhookError):
        parsed("http://192.0.2.1:8080/x", unsafe_loopback=True)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "::1", "::",
        "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "224.0.0.1", "ff02::1",
        "255.255.255.255", "64:ff9b:1::1",
        "64:ff9b::7f00:1",
    ],
)  # fmt: skip
def test_a_host_with_an_address_that_is_not_public_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [public, (family, socket.SOCK_STREAM, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    connected: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *asked, **_: connected.append(asked))
    with pytest.raises(WebhookError, match="private"):
        webhook.post(parsed("https://hooks.example/x"), b"", "text/plain")
    assert connected == []


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: next(answers))  # a second question would be an error
    connected: list[object] = []

    def connect(address: object, _seconds: float) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(WebhookError, match="does not answer: ConnectionRefusedError"):
        webhook.post(parsed("https://hooks.example/x"), b"", "text/plain")
    assert connected == [("93.184.215.14", 443)]


def test_a_host_that_is_unknown_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(WebhookError, match="has no address"):
        webhook.post(parsed("https://hooks.example/x"), b"", "text/plain")
