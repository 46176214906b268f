"""Authlib's OAuth 2.0 client over the bounded requests of `fetching`."""

from typing import Any

from authlib.oauth2.client import OAuth2Client

from wardline.kernel.identity.fetching import Fetch


class _Client(OAuth2Client):  # type: ignore[misc]  # Authlib is not typed
    """Authlib asks through `_fetch_token`; everything that goes over the wire is made there, and asked by ours."""

    def _fetch_token(self, url: str, body: str = "", headers: Any = None, auth: Any = None, **_: Any) -> Any:
        if callable(getattr(auth, "prepare", None)):
            url, headers, body = auth.prepare("POST", url, headers, body)
        status, answer = self.fetch(url, form=body, headers={str(k): str(v) for k, v in dict(headers or {}).items()})
        self.answers.append((status, answer))
        return answer


def client(fetch: Fetch, answers: list[tuple[int, dict[str, Any]]], **settings: Any) -> Any:
    """Return a client for one sign-in. Answers of the token endpoint are appended to `answers` as they come."""
    made = _Client(None, **settings)
    made.fetch = fetch
    made.answers = answers
    return made
