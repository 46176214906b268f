"""What identity providers publish about themselves, and whether a JWT of theirs is genuine.

Source: OpenID Connect Discovery 1.0 §3 and §4.3; RFC 7517 (keys); RFC 8725 (JWT best practice: algorithms are a list of
ours, keys belong to one issuer, and who a token is for is always looked at).
"""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from wardline.kernel.errors import UnauthenticatedError, UnavailableError
from wardline.kernel.identity.fetching import Fetch, safe_address

if TYPE_CHECKING:
    from joserfc.jwk import Key

# Signatures with a public key only: with a shared secret (HS…), a provider's public key could be taken for that secret.
ALGORITHMS: Final = (
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
    "PS256",
    "PS384",
    "PS512",
    "RS256",
    "RS384",
    "RS512",
)
LEEWAY_SECONDS: Final = 60
_LONGEST_TOKEN: Final = 16 * 1024
_METADATA_FOR: Final = timedelta(hours=1)
_KEYS_FOR: Final = timedelta(minutes=5)  # so long may a key still count that its provider has withdrawn
_ASK_AGAIN_AFTER: Final = timedelta(seconds=20)  # keys that are not known do not make us ask more often than this
_MAX_KEYS: Final = 64
_MIN_RSA_BITS: Final = 2048
_LONGEST_NUMBER: Final = 1400  # base64 of 8192 bits, with room to spare: larger keys only cost time
_KINDS: Final = frozenset({"EC", "OKP", "RSA"})


class Provider(NamedTuple):
    """What a provider says about itself (its discovery document)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_auth_methods: tuple[str, ...]
    at: datetime


class _Keys(NamedTuple):
    by_id: Mapping[str | None, "Key"]
    at: datetime


class Providers:
    """The providers of the settings, remembered for a while: metadata for an hour, keys for five minutes.

    A key that is not known is asked for at once, so that a rotation is seen, and at most every twenty seconds.
    """

    def __init__(self, fetch: Fetch, clock: Callable[[], datetime]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._metadata: dict[str, Provider] = {}
        self._keys: dict[str, _Keys] = {}

    def provider(self, issuer: str) -> Provider:
        """Return what the provider says about itself. Only for issuers of the settings.

        Raises: `UnavailableError` where it does not answer, or answers as another (Discovery §4.3).
        """
        known = self._metadata.get(issuer)
        if known is not None and self._clock() - known.at < _METADATA_FOR:
            return known
        status, said = self._fetch(issuer.rstrip("/") + "/.well-known/openid-configuration")
        if status != 200 or said.get("issuer") != issuer:
            raise UnavailableError("the identity provider says nothing usable about itself", hint="check oidc_issuer")
        found = Provider(
            issuer,
            _address(said, "authorization_endpoint", needed=False),
            _address(said, "token_endpoint", needed=False),
            _address(said, "jwks_uri", needed=True),
            _texts(said.get("token_endpoint_auth_methods_supported")),
            self._clock(),
        )
        self._metadata[issuer] = found
        return found

    def claims(self, token: str, issuer: str, audience: str) -> dict[str, Any]:
        """Return the claims of a JWT that this issuer signed for this audience and that is valid now.

        Promised: signed by one of the issuer's keys with an algorithm of `ALGORITHMS` that fits the key; `iss`, `aud`,
        `exp`, `iat`, `sub` there and right, `nbf` where there. *Not* looked at: nonce, azp, what the claims mean.

        Raises: `UnauthenticatedError`, saying no more than which claim; `UnavailableError`.
        """
        from joserfc import errors, jwt

        if len(token) > _LONGEST_TOKEN or token.count(".") != 2:
            raise UnauthenticatedError("this is no signed token")
        header = unverified(token, 0)
        kid, algorithm = header.get("kid"), header.get("alg")
        if algorithm not in ALGORITHMS:
            raise UnauthenticatedError("the token is signed in a way that is not accepted")
        if kid is not None and not isinstance(kid, str):
            raise UnauthenticatedError("the token names no key")
        key = self._key(issuer, kid)
        if key is None:
            raise UnauthenticatedError("the token is signed with a key that its issuer does not publish")
        registry = jwt.JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            decoded = jwt.decode(token, key, algorithms=[algorithm])
            registry.validate(decoded.claims)
        except errors.ClaimError as error:
            raise UnauthenticatedError(f"the token is refused for its claim {error.claim!r:.40}") from error
        except (errors.JoseError, ValueError, TypeError, RecursionError) as error:
            raise UnauthenticatedError("the token is not genuine") from error
        return dict(decoded.claims)

    def _key(self, issuer: str, kid: str | None) -> "Key | None":
        now = self._clock()
        with self._lock:
            known = self._keys.get(issuer)
            fresh = known is not None and now - known.at < _KEYS_FOR
            if known is not None and fresh and (kid in known.by_id or now - known.at < _ASK_AGAIN_AFTER):
                return known.by_id.get(kid)
            found = _Keys(self._published(issuer), now)
            self._keys[issuer] = found
            return found.by_id.get(kid)

    def _published(self, issuer: str) -> dict[str | None, "Key"]:
        """Return the issuer's public signing keys by id; under None the only one, where there is one only."""
        from cryptography.exceptions import UnsupportedAlgorithm
        from joserfc.errors import JoseError
        from joserfc.jwk import JWKRegistry

        status, said = self._fetch(self.provider(issuer).jwks_uri)
        listed = said.get("keys")
        if status != 200 or not isinstance(listed, list) or len(listed) > _MAX_KEYS:
            raise UnavailableError("the identity provider publishes no usable keys")
        keys: dict[str | None, Key] = {}
        for entry in listed:
            if not isinstance(entry, dict) or entry.get("kty") not in _KINDS or entry.get("use", "sig") != "sig":
                continue
            public = {name: entry[name] for name in _PUBLIC if name in entry}
            if not all(isinstance(value, str) and len(value) <= _LONGEST_NUMBER for value in public.values()):
                continue
            try:
                key = JWKRegistry.import_key(public)
                bits = getattr(key.get_op_key("verify"), "key_size", _MIN_RSA_BITS)
            except (JoseError, UnsupportedAlgorithm, LookupError, TypeError, ValueError):
                continue  # RFC 7517 §5: a key that is not understood is passed over
            if entry["kty"] != "RSA" or bits >= _MIN_RSA_BITS:
                keys[public.get("kid", f"#{len(keys)}")] = key
        if len(keys) == 1:
            keys[None] = next(iter(keys.values()))
        return keys


_PUBLIC: Final = ("kty", "kid", "alg", "n", "e", "crv", "x", "y")


def unverified(token: str, part: int) -> dict[str, Any]:
    """Return the header (0) or the payload (1) of a JWT as it claims to be. Nothing of it is proven.

    Raises: `UnauthenticatedError` where it is none.
    """
    import base64
    import binascii

    import orjson

    pieces = token.split(".")
    try:
        content = orjson.loads(base64.b64decode(pieces[part] + "==", altchars=b"-_"))
    except (IndexError, ValueError, binascii.Error) as error:
        raise UnauthenticatedError("this is no signed token") from error
    if not isinstance(content, dict):
        raise UnauthenticatedError("this is no signed token")
    return content


def _address(said: Mapping[str, Any], name: str, *, needed: bool) -> str:
    value = said.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or not safe_address(value):
        raise UnavailableError(f"the identity provider names no usable {name}")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
