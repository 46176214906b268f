"""The JWT auth method: a token of another issuer, by the keys that the mount was given, for a token of ours.

An agent fetches nothing: `jwks_url` and `oidc_discovery_url` are refused, keys are given in `jwt_validation_pubkeys`.
There is no OIDC login through a browser.

Source: Vault's API documentation, "JWT/OIDC auth method (API)"; RFC 7519; RFC 8725 (algorithms are a list of ours).
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Final, NamedTuple

from wardline.vault.agent.calls import (
    NOTHING,
    Answer,
    Call,
    RefusedError,
    absent,
    keys,
    names_field,
    table_field,
    text_field,
    unsupported_operation,
)
from wardline.vault.agent.estate import Estate
from wardline.vault.agent.methods.issuing import Terms, logged_in, terms

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA")
_MOST: Final = 1000
_MOST_KEYS: Final = 16
_LEEWAY_SECONDS: Final = 60
_WRONG: Final = "error validating token"


class _Configuration(NamedTuple):
    pubkeys: tuple[str, ...] = ()
    issuer: str = ""
    default_role: str = ""


class _Role(NamedTuple):
    user_claim: str
    audiences: tuple[str, ...]
    subject: str
    claims: Mapping[str, Any]
    glob: bool
    mappings: Mapping[str, str]
    terms: Terms

    def shown(self) -> dict[str, Any]:
        return {
            "bound_audiences": list(self.audiences),
            "bound_claims": dict(self.claims),
            "bound_claims_type": "glob" if self.glob else "string",
            "bound_subject": self.subject,
            "claim_mappings": dict(self.mappings),
            "role_type": "jwt",
            "user_claim": self.user_claim,
            **self.terms.shown(),
        }


class Jwt:
    """One JWT mount."""

    def __init__(self, estate: Estate, options: Mapping[str, str]) -> None:
        del options
        self._estate = estate
        self._configuration = _Configuration()
        self._roles: dict[str, _Role] = {}

    def exists(self, path: str) -> bool:
        """Tell whether a role is there already."""
        word, _, name = path.partition("/")
        return word != "role" or name.lower() in self._roles

    def open_to_all(self, call: Call) -> bool:
        """Let everybody log in."""
        return call.path == "login"

    def answer(self, call: Call) -> Answer:
        """Answer one call below the mount."""
        word, _, name = call.path.partition("/")
        name = name.lower()
        if word == "login" and not name and call.writes:
            return self._login(call)
        if word == "config" and not name:
            return self._config(call)
        if word == "oidc":
            raise RefusedError(400, "logins through a browser are not done here: use a JWT")
        if word != "role":
            raise RefusedError(404, "unsupported path")
        if not name:
            if call.operation != "list":
                raise unsupported_operation()
            return keys(sorted(self._roles))
        if call.writes:
            return self._put(call, name)
        if call.operation == "delete":
            self._roles.pop(name, None)
            return NOTHING
        if name not in self._roles:
            raise absent()
        return Answer(data=self._roles[name].shown())

    def _config(self, call: Call) -> Answer:
        if call.operation == "read":
            return Answer(
                data={
                    "bound_issuer": self._configuration.issuer,
                    "default_role": self._configuration.default_role,
                    "jwt_supported_algs": list(ALGORITHMS),
                    "jwt_validation_pubkeys": list(self._configuration.pubkeys),
                }
            )
        if not call.writes:
            raise unsupported_operation()
        for field in ("jwks_url", "jwks_pairs", "oidc_discovery_url", "oidc_client_id"):
            if call.body.get(field):
                raise RefusedError(400, f"{field}: an agent fetches nothing; give the keys in jwt_validation_pubkeys")
        said = call.body.get("jwt_validation_pubkeys", [])
        pubkeys = tuple(str(one) for one in (said if isinstance(said, list) else [said]))
        if not 0 < len(pubkeys) <= _MOST_KEYS:
            raise RefusedError(400, f"jwt_validation_pubkeys has from 1 to {_MOST_KEYS} keys in PEM")
        for one in pubkeys:
            _key(one)
        self._configuration = _Configuration(
            pubkeys, text_field(call.body, "bound_issuer"), text_field(call.body, "default_role").lower()
        )
        return NOTHING

    def _put(self, call: Call, name: str) -> Answer:
        body = call.body
        if text_field(body, "role_type", "jwt") != "jwt":
            raise RefusedError(400, "role_type is jwt here: there are no logins through a browser")
        if not text_field(body, "user_claim"):
            raise RefusedError(400, "a user claim must be defined on the role")
        if name not in self._roles and len(self._roles) >= _MOST:
            raise RefusedError(400, f"up to {_MOST} roles stand here")
        before = self._roles.get(name)
        role = _Role(
            user_claim=text_field(body, "user_claim"),
            audiences=tuple(names_field(body, "bound_audiences") or ()),
            subject=text_field(body, "bound_subject"),
            claims=dict(table_field(body, "bound_claims") or {}),
            glob=text_field(body, "bound_claims_type", "string") == "glob",
            mappings={key: str(value) for key, value in (table_field(body, "claim_mappings") or {}).items()},
            terms=terms(body, before.terms if before else Terms()),
        )
        if not (role.audiences or role.subject or role.claims):
            raise RefusedError(400, "must have at least one bound constraint when creating/updating a role")
        self._roles[name] = role
        return NOTHING

    def _login(self, call: Call) -> Answer:
        name = (text_field(call.body, "role") or self._configuration.default_role).lower()
        role = self._roles.get(name)
        if role is None:
            raise RefusedError(400, f'role "{name[:60]}" could not be found' if name else "missing role")
        claims = self._claims(text_field(call.body, "jwt"), call.now)
        _require_bound(role, claims)
        user = claims.get(role.user_claim)
        if not isinstance(user, str) or not user:
            raise RefusedError(400, f'claim "{role.user_claim}" not found in token')
        metadata = {"role": name}
        for claim, key in role.mappings.items():
            if isinstance(claims.get(claim), str):
                metadata[key] = claims[claim]
        mount = call.whole.removesuffix("/login").removeprefix("auth/")
        return logged_in(self._estate, role.terms.wish(call.whole, f"{mount}-{user}", metadata))

    def _claims(self, text: str, now: float) -> dict[str, Any]:
        from joserfc import jwt
        from joserfc.errors import JoseError

        if not self._configuration.pubkeys:
            raise RefusedError(400, "could not load configuration")
        registry = jwt.JWTClaimsRegistry(now=int(now), leeway=_LEEWAY_SECONDS, exp={"essential": True})
        for one in self._configuration.pubkeys:
            try:
                decoded = jwt.decode(text, _key(one), algorithms=list(ALGORITHMS))
                registry.validate(decoded.claims)
            except (JoseError, ValueError, TypeError, RecursionError):
                continue
            claims = dict(decoded.claims)
            if self._configuration.issuer and claims.get("iss") != self._configuration.issuer:
                raise RefusedError(400, f"{_WRONG}: invalid issuer (iss) claim")
            return claims
        raise RefusedError(400, f"{_WRONG}: no known key verifies it, or its time has passed")


def _require_bound(role: _Role, claims: Mapping[str, Any]) -> None:
    said = claims.get("aud")
    audiences = {said} if isinstance(said, str) else set(said) if isinstance(said, list) else set()
    if role.audiences and audiences.isdisjoint(role.audiences):
        raise RefusedError(400, f"{_WRONG}: invalid audience (aud) claim")
    if audiences and not role.audiences:
        raise RefusedError(400, "audience claim found in JWT but no audiences bound to the role")
    if role.subject and claims.get("sub") != role.subject:
        raise RefusedError(400, f"{_WRONG}: invalid subject (sub) claim")
    for name, wanted in role.claims.items():
        found = claims.get(name)
        values = found if isinstance(found, list) else [found]
        accepted = wanted if isinstance(wanted, list) else [wanted]
        if not any(_same(value, one, glob=role.glob) for value in values for one in accepted):
            raise RefusedError(400, f'{_WRONG}: claim "{name[:60]}" does not match any associated bound claim values')


def _same(value: Any, wanted: Any, *, glob: bool) -> bool:
    if glob and isinstance(value, str) and isinstance(wanted, str):
        return fnmatchcase(value, wanted.replace("[", "[[]"))
    return type(value) is type(wanted) and bool(value == wanted)


def _key(pem: str) -> Any:
    """Return a public key. Raises: `RefusedError` (400) for what is none, shared secrets and private keys among it."""
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey, OKPKey, RSAKey

    try:
        load_pem_public_key(pem.encode())
    except ValueError as error:
        raise RefusedError(400, "error parsing public key: one in PEM is expected") from error
    for kind in (RSAKey, ECKey, OKPKey):
        try:
            return kind.import_key(pem)
        except (JoseError, ValueError, TypeError):
            continue
    raise RefusedError(400, "error parsing public key: RSA, EC and Ed25519 are known")
