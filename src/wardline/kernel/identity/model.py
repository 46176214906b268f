"""Who asks, and what they may: principals, roles and the list of permissions. Pure values and rules.

Nothing is allowed that no role grants; a permission that stands in no role is granted to nobody.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, NamedTuple, get_args

from wardline.kernel.errors import DeniedError

# `resource:action`, alphabetical. `:all` beside a permission's name means: of every team, not only of one's own.
Permission = Literal[
    "account:read",
    "account:write",
    "catalog:read",
    "catalog:write",
    "duty:read",
    "duty:run",
    "finding:dismiss",
    "finding:dismiss-approve",
    "finding:read",
    "finding:read-all",
    "finding:work",
    "ledger:read",
    "ledger:read-all",
    "notice:write",
    "policy:read",
    "policy:write",
    "report:write",
    "report:write-all",
    "scim:write",
    "session:revoke",
    "token:create",
    "token:revoke",
    "vault:ask",
    "vault:read",
    "vault:write",
    "waiver:approve",
    "waiver:ask",
    "waiver:read",
    "waiver:read-all",
]
PERMISSIONS: Final[tuple[Permission, ...]] = get_args(Permission)

Role = Literal["admin", "auditor", "developer", "director", "machine", "scim", "security"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

_READS: Final[frozenset[Permission]] = frozenset(
    {"account:read", "catalog:read", "finding:read", "ledger:read", "policy:read", "waiver:read"}
)
_READS_ALL: Final[frozenset[Permission]] = _READS | {
    "duty:read",
    "finding:read-all",
    "ledger:read-all",
    "vault:read",
    "waiver:read-all",
}
_WORKS: Final[frozenset[Permission]] = frozenset(
    {"finding:dismiss", "finding:work", "waiver:ask", "token:create", "vault:ask", "vault:read"}
)

# What a role grants. The platform engineer runs the platform and decides nothing about findings; whoever decides
# (security) does not run it: separation of duties.
GRANTS: Final[dict[Role, frozenset[Permission]]] = {
    "admin": _READS_ALL
    | {
        "account:write",
        "catalog:write",
        "duty:run",
        "notice:write",
        "report:write",
        "report:write-all",
        "scim:write",
        "session:revoke",
        "token:create",
        "token:revoke",
        "vault:ask",
        "vault:write",
    },
    "auditor": _READS_ALL,
    "developer": _READS | _WORKS,
    "director": _READS_ALL,
    "machine": frozenset({"catalog:read", "finding:read", "policy:read", "report:write", "waiver:ask", "waiver:read"}),
    "scim": frozenset({"scim:write"}),  # only /scim/v2 asks for it: such a token opens nothing else
    "security": _READS_ALL
    | _WORKS
    | {
        "catalog:write",
        "finding:dismiss-approve",
        "policy:write",
        "session:revoke",
        "token:revoke",
        "vault:write",
        "waiver:approve",
    },
}

# Roles that one account never holds together: who runs the platform, and who decides what it lets pass.
APART: Final[frozenset[Role]] = frozenset({"admin", "security"})

PrincipalKind = Literal["person", "workload", "platform"]


class Principal(NamedTuple):
    """Whoever asks: a person (at a session, or by an API token), a workload (CI), or the platform itself (a duty).

    `id` is the account's (`acc-…`; the binding's `bnd-…` for a workload; "platform" for the platform). `teams` are the
    ids of the teams it belongs to, `leads` those it leads. `services` narrows a token to some services (empty: no
    narrowing), and is all that a workload reaches. `permissions` is what this session or token may do: never more than
    the account's roles grant.
    """

    kind: PrincipalKind
    id: str
    name: str
    permissions: frozenset[Permission] = frozenset()
    teams: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    via: str = ""  # the session's, token's or issuer's id, for the ledger
    expires: datetime | None = None


PLATFORM: Final = Principal("platform", "platform", "Wardline", frozenset(PERMISSIONS))


class Account(NamedTuple):
    """A person whom the platform knows. `user_name` and `external_id` are the directory's (SCIM), where it sent them.

    `teams` are ids. An account is never deleted, so that what it did keeps its name; it is deactivated.
    """

    id: str
    name: str
    email: str | None
    roles: frozenset[Role]
    active: bool
    created_at: datetime
    deactivated_at: datetime | None = None
    user_name: str | None = None
    external_id: str | None = None
    seen_at: datetime | None = None
    teams: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()
    version: int = 1
    changed_at: datetime | None = None
    removed_at: datetime | None = None  # its directory has deleted it


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that somebody is signed in with. `cookie` is there only at the sign-in that made it: show it once.

    `return_to` is where the person wanted to go (a path of ours). Neither the cookie nor the key of its CSRF tokens is
    printed with it.
    """

    id: str
    account: str
    account_name: str
    agent: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime  # however much it is used
    ended_at: datetime | None = None
    cookie: str = field(default="", repr=False)
    return_to: str = "/"
    csrf_key: bytes = field(default=b"", repr=False)


class Token(NamedTuple):
    """A scoped, expiring API token, without its secret. `permissions` are those it was made with: see `bearer`."""

    id: str
    account: str
    account_name: str
    name: str
    permissions: tuple[Permission, ...]
    services: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class Link(NamedTuple):
    """A one-time way to sign in. `account` None: the first administrator, who is made when it is used."""

    id: str
    account: str | None
    created_at: datetime
    expires_at: datetime


class Binding(NamedTuple):
    """Which workloads of a CI may send reports of a service: an issuer, and the claims that its tokens must have.

    `claims` maps a claim's name to the values it may have; a value that ends in `*` is a prefix.
    """

    id: str
    issuer: str
    service: str
    claims: Mapping[str, tuple[str, ...]]
    created_at: datetime
    created_by: str


class Redirect(NamedTuple):
    """Where to send a browser that signs in, and the cookie that binds the answer to it (HttpOnly, SameSite=Lax)."""

    url: str
    state_cookie: str
    max_age_seconds: int


def granted(roles: AbstractSet[Role]) -> frozenset[Permission]:
    """Return what these roles grant together."""
    return frozenset().union(*(GRANTS[role] for role in roles))


def allowed(who: Principal, permission: Permission, *, team: str | None = None, service: str | None = None) -> bool:
    """Return whether `who` may do this to something of `team` (None: to something that is no team's).

    `finding:read` and the like reach one's own teams; with the `-all` permission beside it, every team. A principal
    that is narrowed to services reaches nothing outside them; only a workload reaches them without belonging to their
    team, so narrowing a token never widens it.
    """
    if service is not None and who.services and service not in who.services:
        return False
    if f"{permission}-all" in who.permissions:
        return True
    if permission not in who.permissions:
        return False
    scoped = f"{permission}-all" in PERMISSIONS
    bound = who.kind == "workload" and service is not None and service in who.services
    return not scoped or team is None or team in who.teams or bound


def require(who: Principal, permission: Permission, *, team: str | None = None, service: str | None = None) -> None:
    """Go on only if `who` may do this.

    Raises: `DeniedError`, naming the permission that is missing.
    """
    if not allowed(who, permission, team=team, service=service):
        raise DeniedError(
            f"{who.name} may not: {permission} is not granted here",
            hint="ask whoever runs Wardline for a role or a team that has it",
        )
