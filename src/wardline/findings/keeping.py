"""How findings are kept: opened, seen again, reopened and fixed, each in the transaction that it is given.

Every change of a finding goes through here or through `moves`, with its event and its cycle; nothing else writes them.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, Row

from wardline.catalog.model import Service
from wardline.findings import clocks, places, report_store, store, words
from wardline.findings.clocks import Clock
from wardline.findings.neighbours import Catalog
from wardline.findings.policy import Policy
from wardline.findings.report import Finding, finding_from_dict, finding_to_dict, fingerprint
from wardline.findings.waivers import covering
from wardline.kernel import ids
from wardline.kernel.identity.model import Principal
from wardline.kernel.ledger.model import Entry
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.text import printable

_IDENTITY: Final = re.compile(r"[0-9a-f]{32}")
_MAX_MESSAGE: Final = 20_000
_MAX_TITLE: Final = 300
_MAX_RULE: Final = 200
_MAX_PARTS: Final = 100
_MAX_FILES: Final = 20
_NOTHING: Final[Mapping[str, Any]] = {
    name: [] if name in {"cwe", "advisories", "trace", "context"} else None for name in Finding._fields
} | {"blocks": False}


class Given(NamedTuple):
    """What a change is made with: by whom, when, under which policy, in which service."""

    who: Principal
    now: datetime
    policy: Policy
    service: Service


class Keeper:
    """What is done to findings of one service in one transaction; `finish` records the events."""

    def __init__(self, tx: Connection, ledger: Ledger, catalog: Catalog, given: Given) -> None:
        self.tx: Final = tx
        self.who, self.now, self.policy, self.service = given
        self._ledger: Final = ledger
        self._catalog: Final = catalog
        self._entries: Final[list[Entry]] = []
        self._owner: Callable[[str | None], tuple[str, str | None]] | None = None
        self._touched: Final[set[str]] = set()
        self._clocks: Final[dict[tuple[clocks.Facts, int], Clock]] = {}
        self._values: Final[dict[str, dict[str, Any]]] = {}  # of findings, details and cycles: not yet written
        self._told: Final[dict[str, dict[str, Any]]] = {}
        self._cycles: Final[dict[tuple[str, int], dict[str, Any]]] = {}
        self._begun: Final[list[dict[str, Any]]] = []

    def flush(self) -> None:
        """Write what was changed so far: before anything reads it in this transaction."""
        store.change_each(self.tx, [{"id": finding, **row} for finding, row in self._values.items()])
        store.tell_each(self.tx, [{"finding": finding, **row} for finding, row in self._told.items()])
        store.change_cycles(
            self.tx, [{"finding": finding, "number": number, **row} for (finding, number), row in self._cycles.items()]
        )
        store.put_cycles(self.tx, self._begun)
        for written in (self._values, self._told, self._cycles):
            written.clear()
        self._begun.clear()

    def finish(self) -> None:
        """Record the events of everything that was done, and have waivers look at what they may cover no more."""
        self.flush()
        if self._touched:
            covering.reflect(self.tx, self.now, self._touched)
            self._touched.clear()
        self._ledger.record_all(self.tx, at=self.now, who=self.who, entries=self._entries)
        self._entries.clear()

    def note(self, action: str, identifier: str, team: str, **details: Any) -> None:
        """Add the event that something happened to a finding of `team`."""
        self._entries.append(Entry(action, identifier, (self.service.id, team), details))

    def owner(self, file: str | None) -> tuple[str, str | None]:
        """Return the team and the account that look after a path: never nobody."""
        if self._owner is None:
            self._owner = self._catalog.owners_in(self.tx, self.service.id)
        team, account = self._owner(file)
        return team, account

    def open(self, findings: Sequence[Finding], *, source: str, at: datetime) -> list[str]:
        """Open findings that were never there, and return their ids."""
        rows: list[dict[str, Any]] = []
        told, cycles = [], []
        for finding in findings:
            team, owner = self.owner(finding.file)
            clock = self._started(self._facts(finding))
            row = {
                **self.said(finding),
                "id": ids.new("fnd", self.now),
                "service": self.service.id,
                "fingerprint": finding.fingerprint,
                "source": source,
                "team": team,
                "owner": owner,
                "cycle": 1,
                "first_detected_at": self.now,
                "last_seen_at": at,
                **self._beginning(clock),
            }
            rows.append(row)
            told.append({"finding": row["id"], "attributes": plain(finding), "clock": list(clock.words)})
            cycles.append(self._cycle(row))
            self.note("finding:opened", row["id"], team, **_told(row))
        store.put(self.tx, rows, told)
        self._words(findings, rows)
        store.put_cycles(self.tx, cycles)
        return [row["id"] for row in rows]

    def see(self, row: Row[Any], finding: Finding, *, source: str, speaks: bool) -> None:
        """Take what a source says of an open finding now; `speaks`: its words are the ones that are shown."""
        if speaks and same(row, finding, source):
            return
        values: dict[str, Any] = {}
        said = self.said(finding)
        if speaks:
            values = {name: value for name, value in said.items() if getattr(row, name) != value} | {"source": source}
            self._tell(row, attributes=plain(finding))
            self._words([finding], [said])
            if "urgency" in values:
                self._touched.add(row.id)
                self._turn(row, urgency=values["urgency"])
        if row.open:
            values |= self.tighten(row, finding)
        self._change(row, **values)

    def tighten(self, row: Row[Any], finding: Finding) -> dict[str, Any]:
        """Return the columns that change as what is known now asks for less time than the clock gives."""
        standing = Clock(row.due_at, row.acknowledge_by, ())
        clock = clocks.tightened(standing, self._facts(finding), self.policy, self.now, cycle=row.cycle)
        values: dict[str, Any] = {}
        if clock.acknowledge_by < row.acknowledge_by and row.acknowledged_at is None:
            values["acknowledge_by"] = clock.acknowledge_by
        if clock.due_at < row.due_at:
            window = int((clock.due_at - row.detected_at).total_seconds())
            values |= {"due_at": clock.due_at, "window_seconds": window}
            self._tell(row, clock=list(clock.words))
            self._turn(row, due=seconds(clock.due_at))
            self.note(
                "finding:clock-tightened", row.id, row.team, due=clock.due_at.isoformat(), before=row.due_at.isoformat()
            )
        return values

    def handed_on(self, row: Row[Any]) -> dict[str, Any]:
        """Return the columns that change as a finding now is somebody else's: never nobody's."""
        team, owner = self.owner(row.file)
        if team == row.team:
            return {}
        self._turn(row, team=team)
        self.note("finding:assigned", row.id, team, to=team, before=row.team)
        return {"team": team, "owner": owner}

    def reopen(self, row: Row[Any], finding: Finding, *, source: str, at: datetime, why: str = "seen again") -> None:
        """Begin the next cycle of a finding that was gone, with the policy's share of the window."""
        team, owner = self.owner(finding.file)
        clock = self._started(self._facts(finding), cycle=row.cycle + 1)
        said = self.said(finding)
        values = {
            **said,
            "source": source,
            "team": team,
            "owner": row.owner if row.owner and row.team == team else owner,
            "cycle": row.cycle + 1,
            "last_seen_at": max(at, row.last_seen_at),
            **self._beginning(clock),
        }
        self._change(row, **values)
        self._tell(row, attributes=plain(finding), clock=list(clock.words))
        self._words([finding], [said])
        whole = {"id": row.id, "service": row.service, **values}
        self._begun.append(self._cycle(whole))
        self._touched.add(row.id)
        self.note("finding:reopened", row.id, team, why=why, cycle=row.cycle + 1, **_told(whole))

    def fix(self, rows: Iterable[Row[Any]], *, report: str) -> int:
        """Note that findings are gone from the default branch; returns how many were open."""
        self.flush()
        fixed = [row for row in rows if row.open]
        names = [row.id for row in fixed]
        store.change_all(self.tx, names, state="fixed", open=False, fixed_at=self.now)
        ended = {"ended": seconds(self.now), "ended_as": "fixed"}
        store.change_cycles(self.tx, [{"finding": row.id, "number": row.cycle, **ended} for row in fixed])
        store.moot(self.tx, names, self.now)
        self._touched.update(names)
        for row in fixed:
            self.note("finding:fixed", row.id, row.team, report=report, late=self.now > row.due_at)
        return len(fixed)

    def sight(self, seen: Mapping[str, tuple[str, Sequence[str]]], *, source: str, report: str, at: datetime) -> None:
        """Note that a source reports these findings (by id): under which fingerprint, and in which files."""
        rows = [
            {
                "service": self.service.id,
                "source": source,
                "finding": finding,
                "name": name,
                "present": True,
                "report": report,
                "at": at,
                "files": list(files)[:_MAX_FILES],
            }
            for finding, (name, files) in seen.items()
        ]
        report_store.sight(self.tx, rows)

    def said(self, finding: Finding) -> dict[str, Any]:
        """Return the columns that a report says."""
        place = places.place(finding)
        row = {
            "practice": finding.practice,
            "rule": printable(finding.rule, max_chars=_MAX_RULE),
            "title": printable(finding.title, max_chars=_MAX_TITLE),
            "severity": finding.severity,
            "urgency": places.rank(finding.severity),
            "confidence": finding.confidence,
            "place": place,
            "file": printable(finding.file) if finding.file else None,
            "exploited": finding.exploited is not None,
            "flags": clocks.packed(self._facts(finding)),
            "subject": words.number(words.subject(finding)),
            "spot": words.number(words.spot(finding, place)),
        }
        return row | {"said": _digest(finding)}

    def _words(self, findings: Sequence[Finding], rows: Sequence[Mapping[str, Any]]) -> None:
        """Have findings be found by what they are about and where they are: what is shared is kept once."""
        texts: dict[int, str] = {}
        for finding, row in zip(findings, rows, strict=True):
            texts[row["subject"]] = words.subject(finding)
            texts[row["spot"]] = words.spot(finding, row["place"])
        store.put_words(self.tx, {name: words.of_text(texts[name]) for name in store.unknown_texts(self.tx, texts)})

    def _change(self, row: Row[Any], **values: Any) -> None:
        if values:
            self._values.setdefault(row.id, {}).update(values)

    def _tell(self, row: Row[Any], **values: Any) -> None:
        self._told.setdefault(row.id, {}).update(values)

    def _turn(self, row: Row[Any], **values: Any) -> None:
        """Change the present cycle of a finding."""
        self._cycles.setdefault((row.id, row.cycle), {}).update(values)

    def _started(self, known: clocks.Facts, *, cycle: int = 1) -> Clock:
        """Return the clock of a cycle that begins now; findings that are alike in what it depends on share one."""
        clock = self._clocks.get((known, cycle))
        if clock is None:
            clock = self._clocks[known, cycle] = clocks.started(known, self.policy, self.now, cycle=cycle)
        return clock

    def _facts(self, finding: Finding) -> clocks.Facts:
        return clocks.facts(finding, tier=self.service.tier, exposed=self.service.exposed)

    def _beginning(self, clock: Clock) -> dict[str, Any]:
        return {
            "state": "detected",
            "open": True,
            "detected_at": self.now,
            "window_seconds": int((clock.due_at - self.now).total_seconds()),
            "due_at": clock.due_at,
            "acknowledge_by": clock.acknowledge_by,
            "acknowledged_at": None,
            "fixed_at": None,
            "verified_at": None,
            "escalation": 0,
            "waived_until": None,
        }

    def _cycle(self, row: Mapping[str, Any]) -> dict[str, Any]:
        same = {name: row[name] for name in ("service", "team", "practice", "urgency")}
        times = {"detected": seconds(self.now), "due": seconds(row["due_at"]), "ended": None, "verified": None}
        return {"finding": row["id"], "number": row["cycle"], **same, **times, "ended_as": None, "waived": False}


def seconds(at: datetime) -> int:
    """Return a time as whole seconds since 1970."""
    return int(at.timestamp())


def moment(at: int) -> datetime:
    """Return the time that is so many seconds after 1970."""
    return datetime.fromtimestamp(at, UTC)


def bounded(finding: Finding) -> Finding:
    """Return a finding as it is kept: with an identity of ours, and without the endless parts a stranger may send."""
    identity = finding.fingerprint
    if not _IDENTITY.fullmatch(identity):
        identity = fingerprint("foreign", identity)
    return finding._replace(
        fingerprint=identity,
        message=finding.message[:_MAX_MESSAGE],
        title=finding.title[:_MAX_TITLE],
        trace=finding.trace[:_MAX_PARTS],
        advisories=finding.advisories[:_MAX_PARTS],
        cwe=finding.cwe[:_MAX_PARTS],
        context=tuple(line[:500] for line in finding.context[:_MAX_PARTS]),
    )


def same(row: Row[Any], finding: Finding, source: str) -> bool:
    """Return whether a source says of a finding, word for word, what stands: then nothing changes."""
    return bool(source == row.source and _digest(finding) == row.said)


def plain(finding: Finding) -> dict[str, Any]:
    """Return a finding as both databases keep it: JSON without NUL, lone surrogates, and what is not said."""
    made = {name: value for name, value in finding_to_dict(finding).items() if value not in (None, [], False)}
    try:
        if b"\\u0000" not in orjson.dumps(made) and math.isfinite(finding.exploit_probability or 0.0):
            return made
    except orjson.JSONEncodeError:
        pass
    stored: dict[str, Any] = _storable(made)
    return {name: value for name, value in stored.items() if value is not None}


def as_reported(kept: Mapping[str, Any]) -> Finding:
    """Return the finding that `plain` wrote."""
    return finding_from_dict({**_NOTHING, **kept})


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        if value.isascii() and "\x00" not in value:
            return value
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_storable(part) for part in value]
    if isinstance(value, dict):
        return {name: _storable(part) for name, part in value.items()}
    return value


def _digest(finding: Finding) -> str:
    return sha256(repr(finding).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the event of a finding that opens says of it."""
    return {
        "rule": row["rule"],
        "title": row["title"],
        "severity": row["severity"],
        "place": row["place"],
        "due": row["due_at"].isoformat(),
    }
