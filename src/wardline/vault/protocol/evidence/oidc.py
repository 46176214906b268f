"""Evidence: an OIDC token of a pinned issuer, whose audience is the thumbprint of root id and both keys.

Kubernetes: a projected service-account token (TokenRequest), bound to a pod. GitHub Actions: a job's token, by
repository id. Both may ask for any audience, so the token is worth nothing with other keys and nothing elsewhere.

Source: RFC 7519, RFC 8725 (algorithms are a list of ours, keys the issuer's alone, the audience always looked at);
Kubernetes "Managing Service Accounts" (bound tokens); GitHub "OpenID Connect reference".
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson

from wardline.vault.protocol.encoding import unb64
from wardline.vault.protocol.errors import EvidenceError
from wardline.vault.protocol.evidence.shown import Shown
from wardline.vault.protocol.grants import Identity
from wardline.vault.protocol.model.root import Issuer

# Signatures with public keys only, as RFC 8725 §3.1 asks for; what Kubernetes and GitHub use is among them.
ALGORITHMS: Final = frozenset(
    ("ES256", "ES384", "ES512", "Ed25519", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512")
)
LEEWAY_SECONDS: Final = 60
_MAX_TOKEN: Final = 16 * 1024
_MAX_LIFE: Final = timedelta(hours=25)  # Kubernetes gives up to a day
_MAX_CLAIMS: Final = 128
_MAX_KEYS: Final = 64
_LONGEST: Final = 500
_PASSING: Final = frozenset({"aud", "exp", "iat", "jti", "nbf"})  # of one token, and no identity
_PUBLIC: Final = ("kty", "kid", "alg", "n", "e", "crv", "x", "y")
_MIN_RSA_BITS: Final = 2048


def show(token: bytes, issuer: Issuer, fetched: Sequence[str], audience: str, now: datetime) -> Shown:
    """Return who a token shows.

    `fetched` are keys (JWK, JSON) that the custodian fetched from the issuer itself; with keys pinned in the root, only
    those count. Raises: `EvidenceError`.
    """
    claims = _claims(token, [one.jwk for one in issuer.keys] or fetched, issuer.issuer, audience, now)
    found = identity(claims)
    expires = datetime.fromtimestamp(claims["exp"], UTC)
    if expires - datetime.fromtimestamp(claims["iat"], UTC) > _MAX_LIFE:
        raise EvidenceError("the token lives for more than a day")
    return Shown(found, _instance(issuer, dict(found.claims), claims), expires)


def identity(claims: Mapping[str, Any]) -> Identity:
    """Return the identity that a token's claims stand for. Raises: `EvidenceError` where there are too many."""
    found = list(_flattened({name: value for name, value in claims.items() if name not in _PASSING}))
    flat = dict(found)
    if len(found) > _MAX_CLAIMS or len(flat) != len(found):
        raise EvidenceError(f"the token has more than {_MAX_CLAIMS} claims, or two of one name")
    return Identity(flat.get("iss", ""), tuple(sorted(flat.items())))


def own(token: bytes) -> Identity:
    """Return who an agent's *own* token says it is; nothing of it is verified. Raises: `EvidenceError`."""
    text, _ = _parts(token)
    try:
        claims = orjson.loads(unb64(text.split(".")[1]))
    except ValueError:
        claims = None
    if not isinstance(claims, dict):
        raise EvidenceError("this is no token of OpenID Connect")
    return identity(claims)


def _instance(issuer: Issuer, claims: Mapping[str, str], passing: Mapping[str, Any]) -> str:
    if issuer.form == "kubernetes":
        pod = claims.get("kubernetes.io/pod/uid", "")
        if not pod:
            raise EvidenceError("the token is not bound to a pod", hint="use a projected service-account token")
        return f"pod {pod}"
    if issuer.form == "github":
        if not claims.get("repository_id") or not claims.get("run_id"):
            raise EvidenceError("the token names no repository id and run")
        return f"run {claims['repository_id']}/{claims['run_id']}/{claims.get('run_attempt', '1')}"
    return f"token {str(passing.get('jti') or passing['iat'])[:200]} of {claims.get('sub', '')}"


def _claims(token: bytes, keys: Sequence[str], issuer: str, audience: str, now: datetime) -> dict[str, Any]:
    from joserfc import errors, jwt

    text, header = _parts(token)
    key = _key(keys, header)
    registry = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        decoded = jwt.decode(text, key, algorithms=[header["alg"]])
        registry.validate(decoded.claims)
    except errors.ClaimError as error:
        raise EvidenceError(f"the token is refused for its claim {error.claim!r:.40}") from error
    except (errors.JoseError, ValueError, TypeError, RecursionError) as error:
        raise EvidenceError("the token is not genuine") from error
    claims = dict(decoded.claims)
    # Exactly one audience: a token for others too could be used by each of them elsewhere.
    if claims.get("aud") not in (audience, [audience]):
        raise EvidenceError("the token's audience is not these keys under this root")
    if not all(type(claims[name]) is int and 0 <= claims[name] < 2**33 for name in ("exp", "iat")):
        raise EvidenceError("the token's times are no whole seconds")
    if not isinstance(claims["sub"], str):
        raise EvidenceError("the token's subject is no text")
    return claims


def _parts(token: bytes) -> tuple[str, dict[str, Any]]:
    if len(token) > _MAX_TOKEN:
        raise EvidenceError("the token is too long")
    try:
        text = token.decode("ascii")
        header = orjson.loads(unb64(text.split(".")[0]))
    except ValueError:
        raise EvidenceError("this is no signed token") from None
    if text.count(".") != 2 or not isinstance(header, dict) or header.get("alg") not in ALGORITHMS or "crit" in header:
        raise EvidenceError("the token is not signed in a way that is accepted")
    return text, header


def _key(keys: Sequence[str], header: Mapping[str, Any]) -> Any:
    """Return the issuer's key that a token names; one that names none is taken where there is only one key."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from joserfc.errors import JoseError
    from joserfc.jwk import JWKRegistry

    found = []
    for text in keys[:_MAX_KEYS]:
        try:
            members = orjson.loads(text)
            public = {name: members[name] for name in _PUBLIC if name in members}
            if public.get("kty") not in {"EC", "OKP", "RSA"} or header.get("kid", public.get("kid")) != public.get(
                "kid"
            ):
                continue
            key = JWKRegistry.import_key(public)
            if getattr(key.get_op_key("verify"), "key_size", _MIN_RSA_BITS) < _MIN_RSA_BITS and public["kty"] == "RSA":
                continue
        except (JoseError, UnsupportedAlgorithm, LookupError, TypeError, ValueError, AttributeError):
            continue  # RFC 7517 §5: a key that is not understood is passed over
        found.append(key)
    if len(found) != 1:
        raise EvidenceError("the token is not signed with a key of its issuer")
    return found[0]


def _flattened(claims: Mapping[str, Any], before: str = "", depth: int = 4) -> Iterator[tuple[str, str]]:
    """Yield claims as text, nested ones by their way (`kubernetes.io/pod/uid`); lists are no identity and left out."""
    for name, value in claims.items():
        way = f"{before}{name}"
        if isinstance(value, Mapping) and depth:
            yield from _flattened(value, f"{way}/", depth - 1)
        elif isinstance(value, bool):
            yield way, "true" if value else "false"
        elif isinstance(value, str | int) and len(str(value)) <= _LONGEST:
            yield way, str(value)
