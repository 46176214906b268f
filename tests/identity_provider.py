"""An OpenID Connect provider and a CI's token issuer for tests: their keys, documents and tokens, answered in-process.

provider = IdentityProvider(clock)
Identity(..., fetch=provider)         # every question of ours lands here
query = provider.signs_in(redirect.url, sub="ada", email="ada@example.com", email_verified=True)
"""

import base64
import functools
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

ISSUER = "https://login.example"
CLIENT = "wardline"


@functools.cache
def rsa_key(kid: str) -> RSAKey:
    """A key of this name; making one takes a while, so that there is one of each name in a test run."""
    return RSAKey.generate_key(2048, {"kid": kid}, private=True)


class IdentityProvider:
    """Speaks the code flow with PKCE as a strict provider does; its tokens can be made wrong in every way."""

    def __init__(self, clock: Callable[[], datetime], issuer: str = ISSUER) -> None:
        self.clock = clock
        self.issuer = issuer
        self.keys: dict[str, Any] = {"key-1": rsa_key("key-1")}
        self.signs_with = "key-1"
        self.algorithm = "RS256"
        self.claims: dict[str, Any] = {}  # over those of the next ID token; None takes one out
        self.codes: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.down = False
        self.forms: list[dict[str, str]] = []
        self.headers: list[Mapping[str, str]] = []

    def __call__(
        self, url: str, *, form: str | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        self.asked.append(url)
        if self.down:
            return 503, {}
        path = url.removeprefix(self.issuer)
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        if path == "/keys":
            return 200, {"keys": [key.as_dict(private=False) for key in self.keys.values()]}
        if path == "/token":
            return self._exchange(dict(parse_qsl(form or "")), headers or {})
        return 404, {}

    def rotated(self, kid: str, *, keep: bool = True) -> None:
        """Sign with a new key from now on."""
        if not keep:
            self.keys.clear()
        self.keys[kid] = ECKey.generate_key("P-256", {"kid": kid}, private=True)
        self.signs_with, self.algorithm = kid, "ES256"

    def signs_in(self, url: str, **claims: Any) -> dict[str, str]:
        """Return the query with which the provider sends a browser back from the authorization request at `url`."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = uuid4().hex
        self.codes[code] = {"asked": asked, "claims": claims}
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def token(self, **claims: Any) -> str:
        """Return a token of this issuer, valid for five minutes unless the claims say otherwise."""
        now = int(self.clock().timestamp())
        known = {"iss": self.issuer, "iat": now, "exp": now + 300, "jti": uuid4().hex, **claims}
        header = {"alg": self.algorithm, "kid": self.signs_with}
        kept = {name: value for name, value in known.items() if value is not None}
        return jwt.encode(header, kept, self.keys[self.signs_with], algorithms=[self.algorithm])

    def _exchange(self, form: dict[str, str], headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        self.forms.append(form)
        self.headers.append(headers)
        kept = self.codes.pop(form.get("code", ""), None)  # a code counts once
        if kept is None:
            return 400, {"error": "invalid_grant"}
        asked = kept["asked"]
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if challenge != asked["code_challenge"] or form.get("redirect_uri") != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        claims = {"aud": asked["client_id"], "nonce": asked["nonce"], **kept["claims"], **self.claims}
        return 200, {"token_type": "Bearer", "access_token": "opaque", "id_token": self.token(**claims)}
