"""Who asks, and what they may: principals, roles and the list of permissions. Pure values and rules.

Nothing is allowed that no role grants; a permission that stands in no role is granted to nobody.
"""

from collections.abc import Set as AbstractSet
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
    "notice:write",
    "policy:read",
    "policy:write",
    "report:write",
    "report:write-all",
    "session:revoke",
    "token:create",
    "token:revoke",
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
_READS_ALL: Final[frozenset[Permission]] = _READS | {"duty:read", "finding:read-all", "waiver:read-all"}
_WORKS: Final[frozenset[Permission]] = frozenset({"finding:dismiss", "finding:work", "waiver:ask", "token:create"})

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
        "session:revoke",
        "token:create",
        "token:revoke",
    },
    "auditor": _READS_ALL,
    "developer": _READS | _WORKS,
    "director": _READS_ALL,
    "machine": frozenset({"catalog:read", "finding:read", "policy:read", "report:write", "waiver:ask", "waiver:read"}),
    "scim": frozenset({"account:read", "account:write"}),
    "security": _READS_ALL
    | _WORKS
    | {"catalog:write", "finding:dismiss-approve", "policy:write", "session:revoke", "token:revoke", "waiver:approve"},
}

PrincipalKind = Literal["person", "workload", "platform"]


class Principal(NamedTuple):
    """Whoever asks: a person at a session, a workload with a token, or the platform itself (a duty).

    `id` is the account's (`acc-…`; "platform" for the platform). `teams` are the ids of the teams it belongs to,
    `leads` those it leads; `services` narrows a token to some services (empty: no narrowing). `permissions` is what
    this session or token may do: never more than the account's roles grant.
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


def granted(roles: AbstractSet[Role]) -> frozenset[Permission]:
    """Return what these roles grant together."""
    return frozenset().union(*(GRANTS[role] for role in roles))


def allowed(who: Principal, permission: Permission, *, team: str | None = None, service: str | None = None) -> bool:
    """Return whether `who` may do this to something of `team` (None: to something that is no team's).

    `finding:read` and the like reach one's own teams; with the `-all` permission beside it, every team. A principal
    that is narrowed to services reaches nothing outside them.
    """
    if service is not None and who.services and service not in who.services:
        return False
    if f"{permission}-all" in who.permissions:
        return True
    if permission not in who.permissions:
        return False
    scoped = f"{permission}-all" in PERMISSIONS
    return not scoped or team is None or team in who.teams or service in who.services


def require(who: Principal, permission: Permission, *, team: str | None = None, service: str | None = None) -> None:
    """Go on only if `who` may do this.

    Raises: `DeniedError`, naming the permission that is missing.
    """
    if not allowed(who, permission, team=team, service=service):
        raise DeniedError(
            f"{who.name} may not: {permission} is not granted here",
            hint="ask whoever runs Wardline for a role or a team that has it",
        )
