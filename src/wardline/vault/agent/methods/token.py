"""The token auth method: create, look up, renew and revoke, and roles that bound what is created.

Source: Vault's API documentation, "Token auth method (API)"; checked against OpenBao 2.7.
"""

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final, NamedTuple

from wardline.vault.agent.calls import (
    NOTHING,
    Answer,
    Call,
    RefusedError,
    absent,
    denied,
    keys,
    names_field,
    seconds_field,
    stamp,
    table_field,
    text_field,
    truth_field,
    unsupported_operation,
    whole_field,
)
from wardline.vault.agent.estate import Estate
from wardline.vault.agent.methods.issuing import KINDS, Wish, auth, issue
from wardline.vault.agent.tokens import DEFAULT, ROOT, WRAPPING, Token, named

_FIELDS: Final = frozenset(
    {
        "id", "policies", "meta", "no_parent", "no_default_policy", "renewable", "lease", "ttl", "type",
        "explicit_max_ttl", "display_name", "num_uses", "period", "entity_alias", "role_name",
    }
)  # fmt: skip
_MOST_ROLES: Final = 1000


class Role(NamedTuple):
    """What bounds the tokens that are created against it."""

    allowed: tuple[str, ...] = ()
    disallowed: tuple[str, ...] = ()
    allowed_glob: tuple[str, ...] = ()
    disallowed_glob: tuple[str, ...] = ()
    orphan: bool = False
    renewable: bool = True
    explicit_max: int = 0
    period: int = 0
    no_default: bool = False
    suffix: str = ""
    kind: str = "default-service"

    def shown(self, name: str) -> dict[str, Any]:
        """Return it as it is read."""
        return {
            "allowed_entity_aliases": None,
            "allowed_policies": list(self.allowed),
            "allowed_policies_glob": list(self.allowed_glob),
            "disallowed_policies": list(self.disallowed),
            "disallowed_policies_glob": list(self.disallowed_glob),
            "explicit_max_ttl": 0,
            "name": name,
            "orphan": self.orphan,
            "path_suffix": self.suffix,
            "period": 0,
            "renewable": self.renewable,
            "token_explicit_max_ttl": self.explicit_max,
            "token_no_default_policy": self.no_default,
            "token_period": self.period,
            "token_type": self.kind,
        }


class TokenMethod:
    """`auth/token/`."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._roles: dict[str, Role] = {}
        self._verbs: Mapping[str, Callable[[Call, str], Answer]] = {
            "create": self._create,
            "create-orphan": self._create,
            "lookup": self._lookup,
            "lookup-self": self._lookup_self,
            "lookup-accessor": self._lookup_accessor,
            "renew": self._renew,
            "renew-self": self._renew_self,
            "renew-accessor": self._renew_accessor,
            "revoke": self._revoke,
            "revoke-self": self._revoke_self,
            "revoke-orphan": self._revoke_orphan,
            "revoke-accessor": self._revoke_accessor,
            "accessors": self._accessors,
            "roles": self._role,
        }

    def exists(self, path: str) -> bool:
        """Take every write as a change, but of roles that are not there yet."""
        word, _, name = path.partition("/")
        return word != "roles" or name in self._roles

    def open_to_all(self, call: Call) -> bool:
        """Answer nobody without a token."""
        del call
        return False

    def answer(self, call: Call) -> Answer:
        """Answer one call below `auth/token/`."""
        word, _, rest = call.path.partition("/")
        verb = self._verbs.get(word)
        if verb is None:
            raise RefusedError(404, "unsupported path")
        if call.operation == "delete" and word != "roles":
            raise unsupported_operation()
        return verb(call, rest)

    def _create(self, call: Call, name: str) -> Answer:
        maker = call.token
        if not call.writes or maker is None:
            raise unsupported_operation()
        role = self._roles.get(name or text_field(call.body, "role_name"))
        if name and role is None:
            raise RefusedError(400, f"unknown role {name}")
        wish = self._wished(call, maker, role, name)
        token, warnings = issue(self._estate, wish)
        ignored = sorted(set(call.body) - _FIELDS)
        if ignored:
            warnings += (f"Endpoint ignored these unrecognized parameters: [{' '.join(ignored)}]",)
        return Answer(auth=auth(token, call.now), warnings=warnings)

    def _wished(self, call: Call, maker: Token, role: Role | None, name: str) -> Wish:
        body = call.body
        if text_field(body, "type", "service") not in KINDS:
            raise RefusedError(400, "invalid 'token_type' value")
        if text_field(body, "type") == "batch":
            raise RefusedError(400, "batch tokens are not made here: use service tokens")
        text = text_field(body, "id")
        if text and not maker.root:
            raise RefusedError(400, "root or sudo privileges required to specify token id")
        if "." in text:
            raise RefusedError(400, "custom token ID cannot have a '.' in the value")
        uses = whole_field(body, "num_uses")
        if uses < 0:
            raise RefusedError(400, "number of uses cannot be negative")
        period = seconds_field(body, "period")
        orphan = truth_field(body, "no_parent") or call.path == "create-orphan" or (role is not None and role.orphan)
        if (period or truth_field(body, "no_parent")) and not maker.root:
            raise RefusedError(400, "root or sudo privileges required for a period or no_parent")
        meta = table_field(body, "meta")
        return Wish(
            policies=_policies(body, maker, role),
            path=f"auth/token/{call.path}",
            ttl=seconds_field(body, "ttl", seconds_field(body, "lease")),
            explicit_max=(role.explicit_max if role else 0) or seconds_field(body, "explicit_max_ttl"),
            period=(role.period if role else 0) or period,
            uses=uses,
            renewable=truth_field(body, "renewable", default=True) and (role is None or role.renewable),
            display_name=_display(text_field(body, "display_name")),
            meta={key: str(value) for key, value in meta.items()} if meta else None,
            parent="" if orphan else maker.accessor,
            text=text,
            role=name,
        )

    def _lookup(self, call: Call, rest: str) -> Answer:
        text = text_field(call.body, "token") or text_field(call.query, "token") or rest
        token = self._estate.tokens.find(text, call.now) if text else call.token
        if token is None:
            raise RefusedError(403, "bad token")
        return Answer(data=shown(token, call.now))

    def _lookup_self(self, call: Call, rest: str) -> Answer:
        del rest
        if call.token is None:
            raise denied()
        return Answer(data=shown(call.token, call.now))

    def _lookup_accessor(self, call: Call, rest: str) -> Answer:
        return Answer(data=shown(self._of_accessor(call, rest), call.now) | {"id": ""})

    def _renew(self, call: Call, rest: str) -> Answer:
        token = self._estate.tokens.find(text_field(call.body, "token") or rest, call.now)
        if token is None:
            raise RefusedError(400, "token not found")
        return self._renewed(token, call)

    def _renew_self(self, call: Call, rest: str) -> Answer:
        del rest
        if call.token is None:
            raise denied()
        return self._renewed(call.token, call)

    def _renew_accessor(self, call: Call, rest: str) -> Answer:
        answer = self._renewed(self._of_accessor(call, rest), call)
        return answer._replace(auth={**(answer.auth or {}), "client_token": ""})

    def _renewed(self, token: Token, call: Call) -> Answer:
        if not token.renewable:
            raise RefusedError(400, "lease is not renewable")
        self._estate.tokens.renew(token, seconds_field(call.body, "increment"), call.now)
        return Answer(auth=auth(token, call.now))

    def _revoke(self, call: Call, rest: str) -> Answer:
        return self._ended(self._estate.tokens.find(text_field(call.body, "token") or rest, call.now))

    def _revoke_self(self, call: Call, rest: str) -> Answer:
        del rest
        return self._ended(call.token)

    def _revoke_accessor(self, call: Call, rest: str) -> Answer:
        return self._ended(self._of_accessor(call, rest))

    def _revoke_orphan(self, call: Call, rest: str) -> Answer:
        token = self._estate.tokens.find(text_field(call.body, "token") or rest, call.now)
        if token is None:
            raise RefusedError(400, "token to revoke not found")
        self._estate.tokens.revoke(token, children=False)
        return NOTHING

    def _ended(self, token: Token | None) -> Answer:
        if token is not None:
            self._estate.tokens.revoke(token)
        return NOTHING

    def _accessors(self, call: Call, rest: str) -> Answer:
        if call.operation != "list" or rest:
            raise unsupported_operation()
        return keys(self._estate.tokens.accessors(call.now))

    def _of_accessor(self, call: Call, rest: str) -> Token:
        accessor = text_field(call.body, "accessor") or rest
        token = self._estate.tokens.by_accessor(accessor, call.now)
        if token is None:
            raise RefusedError(403 if rest else 400, "invalid accessor")
        return token

    def _role(self, call: Call, name: str) -> Answer:
        if not name:
            if call.operation != "list":
                raise unsupported_operation()
            return keys(sorted(self._roles))
        if call.operation == "delete":
            self._roles.pop(name, None)
            return NOTHING
        if call.writes:
            if name not in self._roles and len(self._roles) >= _MOST_ROLES:
                raise RefusedError(400, f"up to {_MOST_ROLES} roles stand here")
            self._roles[name] = _role(call.body, self._roles.get(name, Role()))
            return NOTHING
        if name not in self._roles:
            raise absent()
        return Answer(data=self._roles[name].shown(name))


def shown(token: Token, now: float) -> dict[str, Any]:
    """Return a token as a look-up shows it."""
    found: dict[str, Any] = {
        "accessor": token.accessor,
        "creation_time": int(token.created),
        "creation_ttl": token.ttl,
        "display_name": token.display_name,
        "entity_id": "",
        "expire_time": stamp(token.expires) if token.expires else None,
        "explicit_max_ttl": token.explicit_max,
        "id": token.text,
        "issue_time": stamp(token.created),
        "meta": token.meta,
        "num_uses": token.uses,
        "orphan": not token.parent,
        "path": token.path,
        "policies": list(token.policies),
        "renewable": token.renewable,
        "ttl": token.left(now),
        "type": token.kind,
    }
    if token.period:
        found["period"] = token.period
    if token.role:
        found["role"] = token.role
    return found


def _policies(body: Mapping[str, Any], maker: Token, role: Role | None) -> tuple[str, ...]:
    """Return the policies of a new token: never more than its maker, or its role, has.

    Raises: `RefusedError` (400).
    """
    said = names_field(body, "policies")
    default = not truth_field(body, "no_default_policy") and not (role is not None and role.no_default)
    if role is not None:
        wished = named(said or role.allowed or maker.policies, default=default)
        allowed = set(role.allowed) | ({DEFAULT} if default else set())
        if role.allowed or role.allowed_glob:
            outside = {name for name in wished if name not in allowed and not _globbed(name, role.allowed_glob)}
            if outside:
                raise RefusedError(
                    400,
                    f"token policies ({_listed(wished)}) must be subset of the role's allowed policies "
                    f"({_listed(sorted(allowed))}) or glob policies ({_listed(role.allowed_glob)})",
                )
        elif not maker.root and not set(wished) <= set(maker.policies) | {DEFAULT}:
            raise RefusedError(400, "child policies must be subset of parent")
        barred = {name for name in wished if name in role.disallowed or _globbed(name, role.disallowed_glob)}
        if barred:
            raise RefusedError(400, f"token policy {min(barred)!r} is disallowed by this role")
    else:
        wished = named(said or maker.policies, default=default)
        if not maker.root and not set(wished) <= set(maker.policies) | {DEFAULT}:
            raise RefusedError(400, "child policies must be subset of parent")
    if WRAPPING in wished:
        raise RefusedError(400, f'cannot assign policy "{WRAPPING}"')
    if ROOT in wished and not maker.root:
        raise RefusedError(400, "root tokens may not be created without parent token being root")
    return wished


def _role(body: Mapping[str, Any], before: Role) -> Role:
    def names(field: str, standing: tuple[str, ...]) -> tuple[str, ...]:
        said = names_field(body, field)
        return standing if said is None else tuple(sorted({name.lower() for name in said}))

    if names_field(body, "token_bound_cidrs") or names_field(body, "bound_cidrs"):
        raise RefusedError(400, "token_bound_cidrs is not enforced here, and so not kept: everything is loopback")
    explicit = "token_explicit_max_ttl" if "token_explicit_max_ttl" in body else "explicit_max_ttl"
    kind = text_field(body, "token_type", before.kind)
    if kind not in KINDS or "batch" in kind:
        raise RefusedError(400, "invalid 'token_type' value: service tokens are made here")
    return Role(
        allowed=names("allowed_policies", before.allowed),
        disallowed=names("disallowed_policies", before.disallowed),
        allowed_glob=names("allowed_policies_glob", before.allowed_glob),
        disallowed_glob=names("disallowed_policies_glob", before.disallowed_glob),
        orphan=truth_field(body, "orphan", default=before.orphan),
        renewable=truth_field(body, "renewable", default=before.renewable),
        explicit_max=seconds_field(body, explicit, before.explicit_max),
        period=seconds_field(body, "token_period" if "token_period" in body else "period", before.period),
        no_default=truth_field(body, "token_no_default_policy", default=before.no_default),
        suffix=text_field(body, "path_suffix", before.suffix),
        kind=kind,
    )


def _globbed(name: str, globs: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, glob.replace("[", "[[]").replace("?", "[?]")) for glob in globs)


def _listed(names: Any) -> str:
    return "[" + " ".join(f'"{name}"' for name in names) + "]"


def _display(said: str) -> str:
    kept = "".join(char if char.isascii() and char.isalnum() else "-" for char in said[:128]).strip("-")
    return f"token-{kept}" if kept else "token"
