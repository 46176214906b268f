"""How identity providers are asked: one bounded request, no redirect, JSON back.

The addresses come from the settings and from what a provider of the settings publishes; never from a request.
"""

import ipaddress
from collections.abc import Mapping
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from wardline.kernel.errors import UnavailableError

_SECONDS: Final = 10.0
_MAX_BYTES: Final = 1024 * 1024


class Fetch(Protocol):
    """Asks for a JSON object: GET, or POST of a form. The form's content is never shown."""

    def __call__(
        self, url: str, *, form: str | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Return the status and the object ({} where the answer is none)."""


def fetch(url: str, *, form: str | None = None, headers: Mapping[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    """Return the status and the JSON object that an identity provider answers with.

    Raises: `UnavailableError` where it does not answer within ten seconds, answers with more than 1 MiB, or its address
    is not https (http is for the loopback interface).
    """
    import httpx
    import orjson

    if not safe_address(url):
        raise UnavailableError(f"{_host(url)} is not asked: an identity provider needs https")
    sent = {"accept": "application/json", **(headers or {})}
    if form is not None:
        sent["content-type"] = "application/x-www-form-urlencoded"
    body = bytearray()
    try:
        with (
            httpx.Client(timeout=_SECONDS, follow_redirects=False) as client,
            client.stream("GET" if form is None else "POST", url, content=form, headers=sent) as response,
        ):
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > _MAX_BYTES:
                    raise UnavailableError(f"{_host(url)} answers with too much")
            status = response.status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        detail = f"{_host(url)} does not answer"
        raise UnavailableError(detail, hint="look at the identity provider; then sign in again") from error
    try:
        document = orjson.loads(bytes(body))
    except orjson.JSONDecodeError:
        document = {}
    return status, document if isinstance(document, dict) else {}


def safe_address(url: str) -> bool:
    """Return whether an address is https, or http on the loopback interface, and carries no credentials."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _loopback(host))


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "the identity provider"
    except ValueError:
        return "the identity provider"
