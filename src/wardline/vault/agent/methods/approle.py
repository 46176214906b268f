"""The AppRole auth method: a role id and a secret id for a token.

Source: Vault's API documentation, "AppRole auth method (API)"; checked against OpenBao 2.7.
"""

import hmac
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from wardline.vault.agent.calls import (
    NOTHING,
    Answer,
    Call,
    RefusedError,
    absent,
    identifier,
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
from wardline.vault.agent.methods.issuing import Terms, logged_in, terms

_MOST: Final = 1000
_WRONG: Final = "invalid role or secret ID"
_PARTS: Final = {
    "policies": "token_policies",
    "token-ttl": "token_ttl",
    "token-max-ttl": "token_max_ttl",
    "token-num-uses": "token_num_uses",
    "period": "token_period",
    "bind-secret-id": "bind_secret_id",
    "secret-id-num-uses": "secret_id_num_uses",
    "secret-id-ttl": "secret_id_ttl",
}


@dataclass(slots=True)
class _SecretId:
    text: str
    accessor: str
    created: float
    ttl: int
    uses: int
    limited: bool
    metadata: dict[str, str]
    cidrs: list[str]

    def live(self, now: float) -> bool:
        return (not self.ttl or now < self.created + self.ttl) and (not self.limited or self.uses > 0)

    def shown(self) -> dict[str, Any]:
        return {
            "cidr_list": self.cidrs,
            "creation_time": stamp(self.created),
            "expiration_time": stamp(self.created + self.ttl) if self.ttl else "0001-01-01T00:00:00Z",
            "last_updated_time": stamp(self.created),
            "metadata": self.metadata,
            "secret_id_accessor": self.accessor,
            "secret_id_num_uses": self.uses,
            "secret_id_ttl": self.ttl,
            "token_bound_cidrs": [],
        }


@dataclass(slots=True)
class _Role:
    terms: Terms = field(default_factory=Terms)
    role_id: str = ""
    bind: bool = True
    uses: int = 0
    ttl: int = 0
    ids: dict[str, _SecretId] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        return {
            "bind_secret_id": self.bind,
            "local_secret_ids": False,
            "secret_id_bound_cidrs": None,
            "secret_id_num_uses": self.uses,
            "secret_id_ttl": self.ttl,
            **self.terms.shown(),
        }


class AppRole:
    """One AppRole mount."""

    def __init__(self, estate: Estate, options: Mapping[str, str]) -> None:
        del options
        self._estate = estate
        self._roles: dict[str, _Role] = {}
        self._parts: Mapping[str, Callable[[Call, _Role], Answer]] = {
            "role-id": _role_id,
            "secret-id": self._secret_id,
            "custom-secret-id": self._secret_id,
        }

    def exists(self, path: str) -> bool:
        """Tell whether a role is there already; everything else is a change."""
        parts = path.split("/")
        return len(parts) != 2 or parts[0] != "role" or parts[1].lower() in self._roles

    def open_to_all(self, call: Call) -> bool:
        """Let everybody log in."""
        return call.path == "login"

    def answer(self, call: Call) -> Answer:
        """Answer one call below the mount."""
        parts = call.path.split("/")
        if parts == ["login"] and call.writes:
            return self._login(call)
        if parts[0] != "role":
            raise RefusedError(404, "unsupported path")
        if len(parts) == 1 or parts[1:] == [""]:
            if call.operation != "list":
                raise unsupported_operation()
            return keys(sorted(self._roles))
        name, below = parts[1].lower(), parts[2:]
        if not below:
            return self._role(call, name)
        role = self._roles.get(name)
        if role is None:
            raise RefusedError(404, f'role "{name}" does not exist') if call.writes else absent()
        if below[0] in _PARTS and len(below) == 1:
            return self._part(call, name, role, below[0])
        if below[0] in {"secret-id-accessor", "secret-id"} and len(below) == 2:
            return _one_secret_id(call, role, by_accessor=below[0] == "secret-id-accessor", verb=below[1])
        part = self._parts.get(below[0]) if len(below) == 1 else None
        if part is None:
            raise RefusedError(404, "unsupported path")
        return part(call, role)

    def _role(self, call: Call, name: str) -> Answer:
        if call.operation == "delete":
            self._roles.pop(name, None)
            return NOTHING
        if call.writes:
            if name not in self._roles and len(self._roles) >= _MOST:
                raise RefusedError(400, f"up to {_MOST} roles stand here")
            before = self._roles.get(name) or _Role(role_id=identifier())
            self._roles[name] = _changed(call.body, before)
            return NOTHING
        if name not in self._roles:
            raise absent()
        return Answer(data=self._roles[name].shown())

    def _part(self, call: Call, name: str, role: _Role, part: str) -> Answer:
        said = _PARTS[part]
        if call.operation == "read":
            return Answer(data={said: role.shown()[said]})
        if call.writes:
            value = next((call.body[key] for key in (said, said.removeprefix("token_")) if key in call.body), None)
            self._roles[name] = _changed({said: value}, role)
            return NOTHING
        if call.operation == "delete":
            self._roles[name] = _changed({said: _Role().shown()[said]}, role)
            return NOTHING
        raise unsupported_operation()

    def _secret_id(self, call: Call, role: _Role) -> Answer:
        if call.operation == "list":
            now = self._estate.clock()
            return keys([found.accessor for found in role.ids.values() if found.live(now)])
        if not call.writes:
            raise unsupported_operation()
        text = text_field(call.body, "secret_id") if call.path.endswith("custom-secret-id") else identifier()
        if not text:
            raise RefusedError(400, "missing secret_id")
        if text in role.ids:
            raise RefusedError(400, "duplicate SecretID")
        if len(role.ids) >= _MOST:
            raise RefusedError(400, f"up to {_MOST} secret ids live for one role")
        uses = whole_field(call.body, "num_uses", role.uses)
        made = _SecretId(
            text=text,
            accessor=identifier(),
            created=call.now,
            ttl=seconds_field(call.body, "ttl", role.ttl),
            uses=uses,
            limited=uses > 0,
            metadata={key: str(value) for key, value in (table_field(call.body, "metadata") or {}).items()},
            cidrs=_networks(names_field(call.body, "cidr_list") or []),
        )
        role.ids[text] = made
        return Answer(
            data={
                "secret_id": made.text,
                "secret_id_accessor": made.accessor,
                "secret_id_num_uses": made.uses,
                "secret_id_ttl": made.ttl,
            }
        )

    def _login(self, call: Call) -> Answer:
        role_id, secret_id = text_field(call.body, "role_id"), text_field(call.body, "secret_id")
        if not role_id:
            raise RefusedError(400, "missing role_id")
        found = next(((name, role) for name, role in self._roles.items() if _same(role.role_id, role_id)), None)
        if found is None:
            raise RefusedError(400, _WRONG)
        name, role = found
        metadata = {"role_name": name}
        if role.bind:
            if not secret_id:
                raise RefusedError(400, "missing secret_id")
            known = next((entry for text, entry in role.ids.items() if _same(text, secret_id)), None)
            if known is None or not known.live(call.now):
                raise RefusedError(400, _WRONG)
            if known.limited:
                known.uses -= 1
                if not known.uses:
                    del role.ids[known.text]
            metadata |= known.metadata
        path = call.whole.removesuffix("/login")
        return logged_in(self._estate, role.terms.wish(f"{path}/login", path.removeprefix("auth/"), metadata))


def _role_id(call: Call, role: _Role) -> Answer:
    if call.operation == "read":
        return Answer(data={"role_id": role.role_id})
    if not call.writes:
        raise unsupported_operation()
    text = text_field(call.body, "role_id")
    if not text:
        raise RefusedError(400, "missing role_id")
    role.role_id = text
    return NOTHING


def _one_secret_id(call: Call, role: _Role, *, by_accessor: bool, verb: str) -> Answer:
    field_name = "secret_id_accessor" if by_accessor else "secret_id"
    wanted = text_field(call.body, field_name) or text_field(call.query, field_name)
    if not wanted:
        raise RefusedError(400, f"missing {field_name}")
    found = next(
        (entry for entry in role.ids.values() if _same(entry.accessor if by_accessor else entry.text, wanted)), None
    )
    if found is not None and not found.live(call.now):
        found = None
    if verb == "lookup" and call.writes:
        if found is None:
            if by_accessor:
                raise RefusedError(404, f"failed to find accessor entry for secret_id_accessor: {wanted[:60]!r}")
            return NOTHING
        return Answer(data=found.shown())
    if verb == "destroy" and (call.writes or call.operation == "delete"):
        if found is not None:
            del role.ids[found.text]
        elif by_accessor:
            raise RefusedError(404, f"failed to find accessor entry for secret_id_accessor: {wanted[:60]!r}")
        return NOTHING
    raise unsupported_operation()


def _changed(body: Mapping[str, Any], before: _Role) -> _Role:
    if names_field(body, "secret_id_bound_cidrs") or names_field(body, "bound_cidr_list"):
        raise RefusedError(400, "secret_id_bound_cidrs is not enforced here, and so not kept: everything is loopback")
    return _Role(
        terms=terms(body, before.terms),
        role_id=text_field(body, "role_id") or before.role_id,
        bind=truth_field(body, "bind_secret_id", default=before.bind),
        uses=whole_field(body, "secret_id_num_uses", before.uses),
        ttl=seconds_field(body, "secret_id_ttl", before.ttl),
        ids=before.ids,
    )


def _networks(said: list[str]) -> list[str]:
    """Return the networks that a secret id may come from; everything here comes from loopback, so it has to be among.

    Raises: `RefusedError` (400).
    """
    try:
        networks = [ipaddress.ip_network(one, strict=False) for one in said]
    except ValueError as error:
        raise RefusedError(400, "invalid CIDR blocks") from error
    if networks and not any(network.is_loopback or network.prefixlen == 0 for network in networks):
        raise RefusedError(400, "everything here comes from loopback: this secret id could never be used")
    return said


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
