"""PostgreSQL: two login roles, blue and green, which both act as the owner of the objects.

A session of either role works as the owner (`ALTER ROLE … SET role`), so that whatever it makes belongs to the owner,
also after `DISCARD ALL`. Blue is used while green gets its next password, and the other way round: there are always two
credentials, and no new connection ever fails for a rotation. The server receives SCRAM verifiers, never a password: not
in a statement, not at login (a login that does not prove SCRAM-SHA-256 is refused on our side), not in its log.

What the custodian's own role needs, once, from a superuser (`missing` says which of it is lacking):

    CREATE ROLE custodian LOGIN CREATEROLE;            -- and a way in: peer over the Unix socket, or a certificate
    GRANT pg_signal_backend, pg_read_all_stats TO custodian;
    GRANT orders_owner TO custodian WITH ADMIN OPTION; -- PostgreSQL 16 and later

Each change is one transaction under an advisory lock, and compares and sets the fence, which stands in the comments of
the two roles. A custodian that stops while it holds the lock loses it to the server's own timeouts. Retiring a version
means NOLOGIN, then an end to its sessions: idle ones at once, the others after their transaction or when they are told.

Limits: the lock belongs to one database, so all custodians of a secret use the database that its grant names. Sessions
are told apart by the server's clock: where that is set back, sessions of a slot's next version can be taken for those
of the one before. A superuser of the server stands above all of this.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from wardline.kernel.errors import WardlineError
from wardline.kernel.text import printable
from wardline.vault.custodian import fences
from wardline.vault.custodian.postgres import Target, granted, lead, translated, try_out
from wardline.vault.custodian.rotator import (
    Fields,
    Here,
    Patience,
    RefusedByTargetError,
    Standing,
    TargetError,
    Version,
)
from wardline.vault.custodian.scram import verifier
from wardline.vault.protocol.model.grant import Grant

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.errors import Diagnostic
    from psycopg.sql import Composable

ID: Final = "postgresql"
TITLE: Final = "PostgreSQL roles, blue and green"
SCHEMES: Final = ("postgresql", "postgres")

_AGAIN_SECONDS: Final = 0.05  # between the two looks that both must find no session
# Lists that pg_dump quotes one by one: their stored text is set whole in our session, and copied from there.
_LISTS: Final = {"search_path", "temp_tablespaces", "local_preload_libraries", "session_preload_libraries"}


def rotator(grant: Grant, here: Here) -> "PostgreSQL":
    """Return the rotator of a grant whose strategy is `postgresql`."""
    target = granted(grant, here.way_in(grant.path), here.certificates)
    return PostgreSQL(target, password=here.password, patience=here.patience)


class PostgreSQL:
    """Rotates one secret's two roles. `password` gives the custodian's own, where it has no better way in."""

    def __init__(
        self, target: Target, *, password: Callable[[], str] | None = None, patience: Patience | None = None
    ) -> None:
        self._target = target
        self._password = password
        self._patience = patience or Patience()
        self._secret = fences.digest(target.path)
        self._turn = threading.RLock()  # rotations and drains share one connection, one transaction at a time
        self._kept: Connection | None = None
        self._lock = int.from_bytes(
            sha256(f"wardline rotation {target.path}".encode()).digest()[:8], "big", signed=True
        )

    def missing(self) -> tuple[str, ...]:
        """Return what the custodian's role lacks on the server, each with the statement that gives it."""
        from psycopg.sql import SQL, Identifier

        me, owner = Identifier(self._target.admin), Identifier(self._target.owner)
        said: list[Composable] = []
        with self._admin() as connection:
            row = connection.execute(
                "SELECT r.rolsuper OR r.rolcreaterole, pg_has_role(r.oid, 'pg_signal_backend', 'USAGE'),"
                " pg_has_role(r.oid, 'pg_read_all_stats', 'USAGE'), o.oid IS NOT NULL, coalesce(o.rolsuper, false),"
                " r.rolsuper OR current_setting('server_version_num')::int < 160000"
                "   OR coalesce(pg_has_role(r.oid, o.oid, 'MEMBER WITH ADMIN OPTION'), false)"
                " FROM pg_roles r LEFT JOIN pg_roles o ON o.rolname = %s WHERE r.rolname = current_user",
                (self._target.owner,),
            ).fetchone()
            creates, signals, reads, owned, above, admits = row or (False,) * 6
            if not creates:
                said.append(SQL("ALTER ROLE {} CREATEROLE").format(me))
            if not signals:
                said.append(SQL("GRANT pg_signal_backend TO {}").format(me))
            if not reads:
                said.append(SQL("GRANT pg_read_all_stats TO {}").format(me))
            if not owned:
                said.append(SQL("CREATE ROLE {} NOLOGIN").format(owner))
            elif not admits:
                said.append(SQL("GRANT {} TO {} WITH ADMIN OPTION").format(owner, me))
            texts = [statement.as_string(connection) for statement in said]
        if above:
            texts.append(f"the owner {printable(self._target.owner)} is a superuser: name a role that is none")
        return tuple(texts)

    def standing(self) -> Standing:
        """Return what the comments of the two roles say."""
        with self._admin() as connection:
            slots = self._slots(connection)
        held = [fence for fence in slots.values() if fence]
        return Standing(
            fences.highest(slots),
            tuple(sorted(fence.number for fence in held if fence.state == "published")),
            tuple(sorted(fence.number for fence in held if fence.state == "applied")),
            tuple(drain.number for _, drain in fences.draining(slots)),
        )

    def create(self, number: int, password: str) -> Fields:
        """Return the fields of version `number`: the role that is free, its password, and an address with both."""
        with self._admin() as connection:
            name = fences.choose(self._slots(connection), number)
        hosts = ",".join(quote(endpoint.host, safe="") for endpoint in self._target.endpoints)
        ports = ",".join(str(endpoint.port) for endpoint in self._target.endpoints)
        socket = self._target.endpoints[0].host.startswith("/")
        place = f"/{quote(self._target.database, safe='')}"
        place += f"?host={hosts}&port={ports}" if socket else ""
        at = "" if socket else ",".join(
            f"{quote(endpoint.host, safe='[]:')}:{endpoint.port}" for endpoint in self._target.endpoints
        )  # fmt: skip
        return {
            "username": name,
            "password": password,
            "dsn": f"postgresql://{quote(name, safe='')}:{quote(password, safe='')}@{at}{place}",
            "host": ",".join(endpoint.host for endpoint in self._target.endpoints),
            "port": ports,
            "database": self._target.database,
        }

    def apply(self, version: Version) -> None:
        """Give the version's role its verifier and let it log in."""
        self._set(version, unless=None)

    def verify(self, version: Version) -> None:
        """Log in with the version on every endpoint; it must act as the owner, and the probe must answer."""
        for endpoint in self._target.endpoints:
            try_out(self._target, endpoint, version, self._patience)

    def publish(self, version: Version) -> None:
        """Note in the role's comment that readers may hold the version."""
        with self._fenced() as (connection, slots):
            name, fence = fences.published(slots, version.number, version.mark)
            self._note(connection, name, fence)

    def refuse(self, number: int, *, held: int = 0) -> None:
        """Take the login from the role of version `number`, and its verifier."""
        with self._fenced() as (connection, slots):
            found = fences.refused(slots, number, held=held)
            if found:
                self._refuse(connection, *found)

    def drain(self, number: int, *, force: bool) -> int:
        """End the sessions of a refused version; 0 once two looks running have found none."""
        for look in (1, 2):
            with self._fenced() as (connection, slots):
                drains = [(name, drain) for name, drain in fences.draining(slots) if drain.number == number]
                seen = sum(self._end(connection, name, drain, force=force) for name, drain in drains)
                if seen or not drains:
                    return seen
                if look == 2:
                    for name, _ in drains:
                        fence = slots[name]
                        if fence:
                            self._note(connection, name, fences.drained(fence, number))
            time.sleep(_AGAIN_SECONDS if look == 1 else 0)
        return 0

    def sweep(self, live: Sequence[Version]) -> tuple[str, ...]:
        """Set again the verifiers of published versions that no longer log in, and refuse those that nobody holds."""
        done = []
        numbers = frozenset(version.number for version in live)
        for version in sorted(live, key=lambda one: one.number):
            try:
                self.verify(version)
            except RefusedByTargetError:
                try:
                    self._set(version, unless=numbers)
                except fences.SupersededError:
                    continue  # a later one is there: this one is about to be retired anyway
                self.publish(version)
                self.verify(version)
                done.append(f"version {fences.told(version.number)} was set again")
        standing = self.standing()
        for number in (*standing.published, *standing.pending):
            if number not in numbers and number < max(numbers, default=0):
                self.refuse(number)
                done.append(f"version {fences.told(number)}, which nobody holds, is refused")
        return tuple(done)

    def _set(self, version: Version, *, unless: frozenset[int] | None) -> None:
        from psycopg.sql import SQL, Identifier, Literal

        name = version.fields["username"]
        if name not in self._target.slots:
            raise RefusedByTargetError("the version names a role that is not one of the target's two")
        with self._fenced() as (connection, slots):
            fence = fences.cleared(slots, name, version.number, version.mark, unless=unless)
            if fence:
                self._refuse(connection, name, fence)
        kept = verifier(version.fields["password"])
        with self._fenced() as (connection, slots):
            at = _one(connection, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
            fence = fences.applied(slots, name, self._new(version), at=at)
            role = Identifier(name)
            if not _one(connection, "SELECT count(*) FROM pg_roles WHERE rolname = %s", name):
                connection.execute(SQL("CREATE ROLE {} NOLOGIN").format(role))
            connection.execute(SQL("GRANT {} TO {}").format(Identifier(self._target.owner), role))
            _copy_settings(connection, self._target.owner, name)
            connection.execute(SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(role, Literal(kept)))
            self._note(connection, name, fence)

    def _new(self, version: Version) -> fences.Fence:
        return fences.Fence(self._secret, version.number, version.mark, "applied")

    def _refuse(self, connection: "Connection", name: str, fence: fences.Fence) -> None:
        from psycopg.sql import SQL, Identifier

        connection.execute(SQL("ALTER ROLE {} NOLOGIN PASSWORD NULL").format(Identifier(name)))
        self._note(connection, name, fence)

    def _note(self, connection: "Connection", name: str, fence: fences.Fence) -> None:
        from psycopg.sql import SQL, Identifier, Literal

        # Also where it says the same: a commit without a change would not wait for a standby.
        connection.execute(SQL("COMMENT ON ROLE {} IS {}").format(Identifier(name), Literal(fence.text())))

    def _end(self, connection: "Connection", name: str, drain: fences.Drain, *, force: bool) -> int:
        """End sessions of a slot that began before the drain's moment; return how many there were."""
        return _one(
            connection,
            "SELECT count(CASE WHEN %s OR state = 'idle' THEN pg_terminate_backend(pid) ELSE false END)"
            " FROM pg_stat_activity WHERE usename = %s"
            " AND (%s = 0 OR extract(epoch FROM backend_start) * 1000000 < %s)",
            force, name, drain.before, drain.before,
        )  # fmt: skip

    def _slots(self, connection: "Connection") -> dict[str, fences.Fence | None]:
        rows = connection.execute(
            "SELECT rolname, coalesce(shobj_description(oid, 'pg_authid'), '-') FROM pg_roles WHERE rolname = ANY(%s)",
            (list(self._target.slots),),
        ).fetchall()
        found: dict[str, str] = dict(rows)  # a role without a comment is somebody else's, and '-' is no fence
        return {name: fences.read(found.get(name), self._secret) for name in self._target.slots}

    def close(self) -> None:
        """Let go of the connection that steps share."""
        with self._turn:
            if self._kept:
                self._kept.close()
            self._kept = None

    @contextmanager
    def _admin(self) -> "Iterator[Connection]":
        """Give the connection that takes writes; whatever goes wrong on it ends it."""
        with self._turn:
            if self._kept is None or self._kept.closed or not _answers(self._kept):
                self._kept = lead(self._target, self._password() if self._password else None, self._patience)
            with translated():
                try:
                    yield self._kept
                except WardlineError:  # a rule said no; the connection is as good as before
                    raise
                except BaseException:
                    self._kept.close()
                    raise

    @contextmanager
    def _fenced(self) -> "Iterator[tuple[Connection, dict[str, fences.Fence | None]]]":
        """Give a transaction that holds the secret's lock, and the fences; it ends with the block."""
        with self._admin() as connection:
            warnings: list[str] = []

            def hear(notice: "Diagnostic") -> None:
                if notice.severity_nonlocalized == "WARNING":
                    warnings.append(notice.sqlstate or "")

            connection.add_notice_handler(hear)
            try:
                with connection.transaction():
                    connection.execute("SELECT pg_advisory_xact_lock(%s)", (self._lock,))
                    slots = self._slots(connection)
                    yield connection, slots
                    warnings.clear()
            finally:
                connection.remove_notice_handler(hear)
            if warnings:  # a commit whose wait for the standby was cut short "succeeds" with a warning
                raise TargetError("the target committed without its standby: the step is repeated")


def _answers(connection: "Connection") -> bool:
    import psycopg

    try:
        connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def _copy_settings(connection: "Connection", owner: str, name: str) -> None:
    """Give a role the owner's settings, for all databases and for each, and the owner's identity."""
    from psycopg.sql import SQL, Identifier, Literal

    rows = connection.execute(
        "SELECT coalesce(d.datname::text, ''), r.rolname = %s, s.setconfig FROM pg_db_role_setting s"
        " JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase"
        " WHERE r.rolname = ANY(%s) AND (s.setdatabase = 0 OR d.oid IS NOT NULL)",
        (owner, [owner, name]),
    ).fetchall()
    wanted = {place: {_pair(text) for text in config} for place, theirs, config in rows if theirs}
    there = {place: {_pair(text) for text in config} for place, theirs, config in rows if not theirs}
    for place in {*wanted, *there, ""}:
        want = {pair for pair in wanted.get(place, set()) if pair[0] != "role"} | (
            set() if place else {("role", owner)}
        )
        if want == there.get(place, set()):
            continue
        scope = SQL("ALTER ROLE {}").format(Identifier(name))
        scope += SQL(" IN DATABASE {}").format(Identifier(place)) if place else SQL("")
        connection.execute(scope + SQL(" RESET ALL"))
        for setting, value in sorted(want):
            key = SQL(".").join(map(Identifier, setting.split(".")))
            if setting in _LISTS:
                connection.execute("SELECT set_config(%s, %s, true)", (setting, value))
                connection.execute(scope + SQL(" SET {} FROM CURRENT").format(key))
            else:
                connection.execute(scope + SQL(" SET {} TO {}").format(key, Literal(value)))
        connection.execute("SELECT set_config('search_path', 'pg_catalog', true)")


def _pair(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    return key, value


def _one(connection: "Connection", statement: str, *values: object) -> int:
    row = connection.execute(statement.encode(), values).fetchone()
    return int(row[0]) if row else 0
