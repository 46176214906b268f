"""Ways into a PostgreSQL server: addresses without passwords, logins that send none, and what a refusal means.

Nothing is left to the environment or to files in somebody's home (`PGPASSWORD`, `~/.pgpass`, a service file): each
login says all that libpq would look up. A login with a password takes part in SCRAM-SHA-256 or does not happen
(`require_auth`), so a false server cannot ask for the password itself; off loopback it also proves its name under the
pinned CA.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from wardline.kernel.text import printable
from wardline.vault.custodian.fences import told
from wardline.vault.custodian.rotator import (
    Endpoint,
    Patience,
    RefusedByTargetError,
    TargetError,
    UnsafeTargetError,
    Version,
)
from wardline.vault.protocol.model.grant import Grant

if TYPE_CHECKING:
    from psycopg import Connection

_LOOPBACK: Final = ("127.", "::1")
_MAX_NAME: Final = 63  # NAMEDATALEN - 1


@dataclass(frozen=True, slots=True)
class Target:
    """One secret's target: where readers log in, and how the custodian comes in."""

    path: str
    endpoints: tuple[Endpoint, ...]  # as the grant names them: every one is logged in to
    ways_in: tuple[Endpoint, ...]
    database: str
    admin: str  # the custodian's own role
    owner: str
    slots: tuple[str, ...]  # the login roles: blue and green
    probe: str = "SELECT 1"


def target(  # noqa: PLR0913 - what a grant says of a target, by name
    path: str, address: str, owner: str, *, way_in: str = "", name: str = "", probe: str = "SELECT 1"
) -> Target:
    """Return the target that `postgresql://custodian@host:port,host:port/database?sslrootcert=…` names.

    `way_in` is another address for the custodian itself (the Unix socket); `name` begins the names of the two roles
    (default: the owner's name). Raises: `UnsafeTargetError` for an address with a password, with settings that change
    how a login is made, or that leaves loopback without a pinned CA.
    """
    found = _read(address)
    ways = _read(way_in) if way_in else found
    if not ways.get("user") or not found.get("dbname") or ways.get("dbname", found["dbname"]) != found["dbname"]:
        raise UnsafeTargetError("the target's address names no user or no database, or two databases")
    slots = _slots(name or owner)
    return Target(path, _endpoints(found), _endpoints(ways), found["dbname"], ways["user"], owner, slots, probe)


def granted(grant: Grant, way_in: str, ca: Callable[[str], str]) -> Target:
    """Return the target of a grant: settings `owner`, `database`, `name`, `probe` and `user` (the custodian's role).

    `way_in` is this custodian's own address (empty: the grant's endpoints); `ca` keeps certificates in PEM and returns
    the path of their file. Raises: `UnsafeTargetError`.
    """
    endpoints = tuple(Endpoint(one.host, one.port or 5432, ca(one.ca) if one.ca else "") for one in grant.targets)
    database, owner = grant.setting("database"), grant.setting("owner")
    if not endpoints or not database or not owner:
        raise UnsafeTargetError("the grant names no endpoint, no database or no owner of the objects")
    _require_pinned(endpoints)
    ways = _read(way_in) if way_in else {"user": grant.setting("user", "custodian"), "dbname": database}
    if ways.get("dbname", database) != database or not ways.get("user"):
        raise UnsafeTargetError("the custodian's own address names no user, or another database than the grant")
    slots = _slots(grant.setting("name", owner))
    ways_in = _endpoints(ways) if way_in else endpoints
    probe = grant.setting("probe", "SELECT 1")
    return Target(grant.path, endpoints, ways_in, database, ways["user"], owner, slots, probe)


def _slots(name: str) -> tuple[str, ...]:
    slots = (f"{name}_blue", f"{name}_green")
    if len(slots[1].encode()) > _MAX_NAME:
        raise UnsafeTargetError("the name of the target's roles is too long", hint="PostgreSQL's end after 63 bytes")
    return slots


def _require_pinned(endpoints: Iterable[Endpoint]) -> None:
    for endpoint in endpoints:
        if not _local(endpoint) and not endpoint.ca:
            raise UnsafeTargetError(
                f"{printable(endpoint.host)} is not on this machine, and no CA is pinned for it",
                hint="name the CA that signed the server's certificate (sslrootcert=…)",
            )


def _read(address: str) -> dict[str, str]:
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        found = {key: str(value) for key, value in conninfo_to_dict(address).items() if value not in {None, ""}}
    except ProgrammingError:
        raise UnsafeTargetError("the target's address cannot be read") from None  # its text may hold a password
    if {"password", "passfile", "service", "sslpassword"} & found.keys():
        raise UnsafeTargetError(
            "the target's address holds a password or leads to one",
            hint="use peer authentication over the Unix socket, or import the password as a secret",
        )
    unknown = found.keys() - {"host", "port", "user", "dbname", "sslrootcert", "sslmode"}
    if unknown:
        raise UnsafeTargetError(
            f"the target's address sets {printable(', '.join(sorted(unknown)))}, which is ours to set"
        )
    return found


def _endpoints(found: dict[str, str]) -> tuple[Endpoint, ...]:
    hosts = found.get("host", "").split(",")
    ports = [port or "5432" for port in found.get("port", "5432").split(",")]
    if len(ports) == 1:
        ports *= len(hosts)
    if len(ports) != len(hosts) or not all(port.isdecimal() and 0 < int(port) < 65536 for port in ports):
        raise UnsafeTargetError("the target's address has ports that do not match its hosts")
    if not all(hosts):
        raise UnsafeTargetError("the target's address names no host")
    ca = found.get("sslrootcert", "")
    endpoints = tuple(Endpoint(host, int(port), ca) for host, port in zip(hosts, ports, strict=True))
    _require_pinned(endpoints)
    return endpoints


def lead(target: Target, password: str | None, patience: Patience) -> "Connection":
    """Return a connection to the endpoint that takes writes, as the custodian's own role; the caller closes it.

    The server ends it on its own where the custodian stops in the middle of a transaction. Raises: `TargetError`.
    """
    import psycopg

    problems = []
    for endpoint in target.ways_in:
        way = _way(target, endpoint, patience) | {
            "user": target.admin,
            "target_session_attrs": "read-write",
            "options": _options(patience),
        }
        try:
            return psycopg.connect(_text(way, password), autocommit=True)
        except psycopg.OperationalError as error:
            problems.append(f"{printable(endpoint.host)}:{endpoint.port}: {said(error)}")
    problem = "; ".join(problems)
    raise TargetError(f"no endpoint lets the custodian in: {problem}", hint=_way_out(problem))


def try_out(target: Target, endpoint: Endpoint, version: Version, patience: Patience) -> None:
    """Log in with a version at one endpoint: it acts as the owner, and the probe answers.

    Raises: `RefusedByTargetError` where the endpoint answers and refuses; `TargetError` where it does not answer.
    """
    import psycopg
    from psycopg.pq import PGconn, Ping

    place = f"{printable(endpoint.host)}:{endpoint.port}"
    way = _way(target, endpoint, patience) | {"user": version.fields["username"]}
    try:
        connection = psycopg.connect(_text(way, version.fields["password"]), autocommit=True)
    except psycopg.OperationalError as error:
        # libpq does not tell a refused login from a server that is not there: ask whether it takes connections
        if PGconn.ping(_text(way, None).encode()) != Ping.OK:
            raise TargetError(f"{place} does not answer: {said(error)}", hint=_way_out(said(error))) from None
        raise RefusedByTargetError(f"{place} refuses version {told(version.number)}: {said(error)}") from None
    with closing(connection), translated():
        who = connection.execute("SELECT session_user::text, current_user::text").fetchone()
        if who != (version.fields["username"], target.owner):
            raise RefusedByTargetError(
                f"{place}: a session of version {told(version.number)} does not act as the owner"
            )
        connection.execute(f"SET statement_timeout = {_milliseconds(patience.answer)}".encode())
        connection.execute("BEGIN READ ONLY")
        connection.execute(target.probe.encode())


@contextmanager
def translated() -> Iterator[None]:
    """Say what the server said in the house's words. Statements are not repeated: they may hold a verifier."""
    import psycopg

    try:
        yield
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedObject) as error:
        raise RefusedByTargetError(
            f"the target denies: {said(error)}", hint="give the custodian's role what docs/vault.md says"
        ) from None
    except psycopg.Error as error:
        raise TargetError(f"the target: {said(error)}") from None


def said(error: Exception) -> str:
    """Return the first line of what a server said: the rest may repeat a statement."""
    primary = getattr(getattr(error, "diag", None), "message_primary", None)
    lines = (primary or str(error)).strip().splitlines()
    return printable(lines[0] if lines else type(error).__name__, max_chars=200)


def _way_out(problem: str) -> str:
    if "certificate" in problem:
        return "the CA that the grant pins did not sign the server's certificate: request a grant with the one that did"
    return "the server has to run, and to let the custodian's role in as a peer or by its certificate"


def _way(target: Target, endpoint: Endpoint, patience: Patience) -> dict[str, str]:
    local = _local(endpoint)
    return {
        "host": "127.0.0.1" if endpoint.host == "localhost" else endpoint.host,
        "port": str(endpoint.port),
        "dbname": target.database,
        "passfile": "/dev/null/none",  # libpq warns of one that is no plain file, and is silent where none can be
        "connect_timeout": str(max(2, round(patience.connect.total_seconds()))),
        "tcp_user_timeout": str(_milliseconds(patience.answer)),
        "application_name": "wardline custodian",
        "gssencmode": "disable",
        **({"sslmode": "disable"} if local else {"sslmode": "verify-full", "sslrootcert": endpoint.ca}),
    }


def _text(way: dict[str, str], password: str | None) -> str:
    from psycopg.conninfo import make_conninfo

    if password is None:
        return make_conninfo("", **way, require_auth="none")
    return make_conninfo("", **way, password=password, require_auth="scram-sha-256")


def _options(patience: Patience) -> str:
    """Return the settings by which the server itself takes the lock from a custodian that stopped."""
    answer, lock = _milliseconds(patience.answer), _milliseconds(patience.lock)
    return (
        f"-csearch_path=pg_catalog -cstatement_timeout={answer} -clock_timeout={lock}"
        f" -cidle_in_transaction_session_timeout={max(1, lock * 2 // 3)}"
    )


def _local(endpoint: Endpoint) -> bool:
    return endpoint.host.startswith(("/", *_LOOPBACK)) or endpoint.host == "localhost"


def _milliseconds(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)
