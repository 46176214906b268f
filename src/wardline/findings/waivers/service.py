"""Waivers for faces: ask, approve, refuse, renew, revoke, withdraw, list; each one transaction."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from wardline.catalog.model import Service
from wardline.catalog.service import Catalog
from wardline.findings.escalation import people
from wardline.findings.escalation.service import Escalation
from wardline.findings.waivers import asking, deciding, files, filing, store
from wardline.findings.waivers.asking import Asking
from wardline.findings.waivers.covering import reflect
from wardline.findings.waivers.desk import Act, Desk, visible, why_not
from wardline.findings.waivers.keeping import Keeper
from wardline.findings.waivers.model import (
    STANDINGS,
    TERMINAL,
    Action,
    Control,
    Query,
    Reason,
    Request,
    Shown,
    Standing,
    Waiver,
    granted,
    standing,
)
from wardline.kernel import ids
from wardline.kernel.database.engine import Database
from wardline.kernel.duties.model import Duty
from wardline.kernel.errors import AskedWronglyError, DeniedError, NotFoundError
from wardline.kernel.identity.model import Principal, allowed, require
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.paging import MAX_LIMIT, Listing, Page, cursor

_FIRST_PAGE: Final = Page()


_ANY: Final = Query()


class Waivers:
    """Leave for findings to stay a while. Stateless: any number of nodes may hold one over the same database."""

    def __init__(self, database: Database, clock: Callable[[], datetime], ledger: Ledger, catalog: Catalog) -> None:
        self._desk: Final = Desk(database, clock, ledger, catalog)
        self._database: Final = database
        self._clock: Final = clock

    def ask(self, who: Principal, request: Request) -> Shown:
        """Ask for a waiver, and return it as it stands: asked, until somebody else decides.

        It covers what is open in its scope now, in its present cycle and at its present severity; nothing that comes
        later. Raises: `DeniedError`, `NotFoundError` for a service that `who` may not know of, `AskedWronglyError`,
        `ConflictError` where all of it is waived already or was renewed too often.
        """
        with self._database.transaction() as tx:
            service = self._service(tx, who, request.scope.service)
            require(who, "waiver:ask", team=service.team, service=service.id)
            made = asking.ask(Act(self._desk, tx, who), Asking(service, who.id, who.name), request)
            return self._shown(tx, who, [made])[0]

    def renew(  # noqa: PLR0913 - what is asked anew, by name
        self,
        who: Principal,
        waiver: str,
        *,
        expires_at: datetime,
        justification: str,
        control: Control | None = None,
        reason: Reason | None = None,
    ) -> Shown:
        """Ask to go on with a waiver that counts, from its end on, and return the new one: it is decided anew.

        Raises: as `ask`; `ConflictError` where it does not count, or a renewal is asked for already.
        """
        with self._database.transaction() as tx:
            act = Act(self._desk, tx, who)
            old = act.locked(_identifier(waiver))
            service = self._service(tx, who, old.scope.service)
            require(who, "waiver:ask", team=service.team, service=service.id)
            deciding.require_decided(old, self._clock())
            request = Request(old.scope, reason or old.reason, justification, control or old.control, expires_at)
            made = asking.renew(act, Asking(service, who.id, who.name), old, request)
            return self._shown(tx, who, [made])[0]

    def approve(self, who: Principal, waiver: str) -> Shown:
        """Say yes. Raises: `DeniedError` for who asked, wrote or owns; `NotFoundError`; `ConflictError`."""
        return self._decided(who, waiver, deciding.approve)

    def refuse(self, who: Principal, waiver: str, why: str) -> Shown:
        """Say no, with a reason. Raises: `DeniedError`, `NotFoundError`, `ConflictError`, `AskedWronglyError`."""
        return self._decided(who, waiver, lambda act, known: deciding.refuse(act, known, why))

    def revoke(self, who: Principal, waiver: str, why: str) -> Shown:
        """End one before its time. Raises: `DeniedError`, `NotFoundError`, `ConflictError`, `AskedWronglyError`."""
        return self._decided(who, waiver, lambda act, known: deciding.revoke(act, known, why))

    def withdraw(self, who: Principal, waiver: str, why: str = "") -> Shown:
        """Take it back, as who asked for it or as the team. Raises: `DeniedError`, `NotFoundError`, `ConflictError`."""
        return self._decided(who, waiver, lambda act, known: deciding.withdraw(act, known, why))

    def get(self, who: Principal, waiver: str) -> Shown:
        """Return one waiver. Raises: `NotFoundError`, also for one that `who` may not know of."""
        identifier = _identifier(waiver)
        with self._database.reading() as tx:
            found = store.found(tx, identifier)
            if found is None or not visible(who, found):
                raise NotFoundError("there is no such waiver")
            return self._shown(tx, who, [found])[0]

    def list(self, who: Principal, query: Query = _ANY, page: Page = _FIRST_PAGE) -> Listing[Shown]:
        """Return waivers, newest first. Raises: `AskedWronglyError` for no such standing or a strange cursor."""
        if not query.standings <= set(STANDINGS):
            raise AskedWronglyError("there is no such standing", hint=f"there are: {', '.join(STANDINGS)}")
        if not 1 <= page.limit <= MAX_LIMIT:
            raise AskedWronglyError(f"a piece of a list has 1 to {MAX_LIMIT} rows")
        after = page.after(str)
        rows: list[Shown] = []
        with self._database.reading() as tx:
            position: str | None = after[0] if after else None
            while len(rows) <= page.limit:
                batch = store.listed(
                    tx, live=_live(query), now=self._clock(), after=position, limit=2 * page.limit + 10,
                    teams=_teams(who, query), services=self._services(tx, who, query),
                    finding=query.finding,
                )  # fmt: skip
                rows += [one for one in self._shown(tx, who, batch) if self._wanted(who, query, one)]
                if len(batch) < 2 * page.limit + 10:
                    break
                position = batch[-1].id
        more = len(rows) > page.limit
        rows = rows[: page.limit]
        return Listing(rows, cursor(rows[-1].waiver.id) if more else None)

    def read_files(
        self,
        who: Principal,
        service: str,
        waiver_files: Mapping[str, bytes],
        authors: Mapping[str, Sequence[str]] | None = None,
    ) -> tuple[filing.Outcome, ...]:
        """Bring a service's waivers in line with `.wardline/waivers/*.toml` of its default branch, all of them at once.

        `authors` are e-mail addresses of who wrote each file, as its history tells: they do not approve. A new file of
        which that is not known, or whose author has no account, asks for nothing; its outcome says so.
        What a file that is not there any more asked for is withdrawn. Raises: `WaiverFileError` for a file that cannot
        be read (nothing is changed then), `DeniedError`, `NotFoundError`.
        """
        with self._database.transaction() as tx:
            known = self._service(tx, who, service)
            require(who, "waiver:ask", team=known.team, service=known.id)
            if who.kind != "workload" and known.team not in who.teams and not allowed(who, "waiver:approve"):
                raise DeniedError(f"{who.name} may not speak for the repository of {known.name}")
            filed = files.read_all(known.id, waiver_files)
            return filing.bring_in_line(Act(self._desk, tx, who), known, filed, authors or {})

    def effective_for(self, tx: Connection, service_id: str, findings: Collection[str]) -> int:
        """Mark findings (ids) of a service as waived or not, in the caller's transaction; return how many changed.

        For whoever changed their severity, state or cycle. Nothing but `model.effective` decides.
        """
        del service_id
        return reflect(tx, self._clock(), findings)

    def duties(self) -> tuple[Duty, ...]:
        """Return what the platform owes here: ends and late decisions on time, and the ladder of escalation."""
        keeper = Keeper(self._desk)
        keep = Duty("waivers:keep", "Waivers end, begin and are decided on time", every_seconds=60, run=keeper.run)
        return (keep, *Escalation(*self._desk).duties())

    def _decided(self, who: Principal, waiver: str, decide: Callable[[Act, Waiver], None]) -> Shown:
        identifier = _identifier(waiver)
        with self._database.transaction() as tx:
            act = Act(self._desk, tx, who)
            decide(act, act.locked(identifier))
            found = store.found(tx, identifier)
            if found is None:
                raise NotFoundError("there is no such waiver")
            return self._shown(tx, who, [found])[0]

    def _service(self, tx: Connection, who: Principal, id_or_slug: str) -> Service:
        found = people.service(tx, id_or_slug)
        if found is None or not allowed(who, "waiver:read", team=found.team, service=found.id):
            raise NotFoundError("there is no such service")
        return found

    def _services(self, tx: Connection, who: Principal, query: Query) -> Collection[str] | None:
        """Return the ids of services that are asked for and may be known of; None for any."""
        named = None
        if query.services:
            known = [people.service(tx, one) for one in sorted(query.services)]
            named = [one.id for one in known if one is not None]
        if who.services:
            return sorted(who.services & set(named)) if named is not None else sorted(who.services)
        return named

    def _wanted(self, who: Principal, query: Query, one: Shown) -> bool:
        waiver = one.waiver
        return (
            visible(who, waiver)
            and (not query.standings or one.standing in query.standings)
            and (query.requester is None or waiver.requester == query.requester)
            and (query.expires_before is None or waiver.expires_at < query.expires_before)
            and (not query.mine or "approve" in one.actions)
        )

    def _shown(self, tx: Connection, who: Principal, waivers: Sequence[Waiver]) -> Sequence[Shown]:
        now = self._clock()
        pins = store.pins(tx, [waiver.id for waiver in waivers])
        subjects = store.subjects(tx, [pin.finding for some in pins.values() for pin in some])
        services = people.service_names(tx, {waiver.scope.service for waiver in waivers})
        mentioned = {name for waiver in waivers for name in _mentioned(waiver)}
        names = people.names(tx, mentioned)
        same = people.same_person(tx, who.id) if waivers else frozenset()
        found = []
        for waiver in waivers:
            word = standing(waiver, now)
            mine = pins[waiver.id]
            service = services.get(waiver.scope.service)
            found.append(
                Shown(
                    waiver=waiver,
                    standing=word,
                    service_name=service.name if service else waiver.scope.service,
                    service_slug=service.slug if service else waiver.scope.service,
                    team_name=service.team_name if service else waiver.team,
                    findings=tuple(subjects[pin.finding] for pin in mine if not why_not(pin, subjects)),
                    released=tuple(
                        (subjects[pin.finding], why)
                        for pin in mine
                        if pin.finding in subjects and (why := why_not(pin, subjects))
                    ),
                    names={one: names[one] for one in _mentioned(waiver) if one in names},
                    move=_move(waiver, word),
                    actions=_actions(who, waiver, word, same | {who.id}),
                )
            )
        return found


def _identifier(waiver: str) -> str:
    if ids.kind(waiver) != "wvr":
        raise NotFoundError("there is no such waiver")
    return waiver


def _mentioned(waiver: Waiver) -> set[str]:
    some = {waiver.requester, waiver.refused_by, waiver.ended_by, waiver.control.attested_by}
    return {one for one in some if one} | waiver.owners | waiver.involved | {yes.account for yes in waiver.approvals}


def _live(query: Query) -> bool | None:
    """Return what the index may leave out: it knows only what has surely ended."""
    if not query.standings or (query.standings & TERMINAL and query.standings - TERMINAL):
        return None
    return not query.standings & TERMINAL


def _teams(who: Principal, query: Query) -> frozenset[str] | None:
    if allowed(who, "waiver:read", team="") or who.kind == "workload":
        return query.teams or None
    return who.teams & query.teams if query.teams else who.teams


def _move(waiver: Waiver, word: Standing) -> str:
    if word in TERMINAL:
        return "nobody"
    return "requester" if granted(waiver._replace(granted_by_clock=False)) else "approver"


def _actions(who: Principal, waiver: Waiver, word: Standing, mine: frozenset[str]) -> frozenset[Action]:
    """Return what `who` may do now, as far as can be said without trying: for buttons, never for deciding."""
    if word in TERMINAL:
        return frozenset()
    found: set[Action] = set()
    undecided = not granted(waiver._replace(granted_by_clock=False))
    decides = allowed(who, "waiver:approve") and who.kind == "person"
    said = {yes.account for yes in waiver.approvals}
    if decides and undecided:
        found.add("refuse")
        if not mine & (waiver.owners | waiver.involved | said | {waiver.requester}):
            found.add("approve")
    if allowed(who, "waiver:approve") or who.id == waiver.control.attested_by:
        found.add("revoke")
    asks = allowed(who, "waiver:ask", team=waiver.team, service=waiver.scope.service)
    if mine & (waiver.involved | {waiver.requester}) or (asks and waiver.team in who.teams):
        found.add("withdraw")
    if asks and not undecided:
        found.add("renew")
    return frozenset(found)
