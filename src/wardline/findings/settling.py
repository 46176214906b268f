"""What a report says, held against what stands: seen again, new, elsewhere, or no longer there.

Each function works in the transaction of the keeper that it is given. `receiving` says when which of them is asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row

from wardline.findings import identity, matching, places, report_store, sights, store
from wardline.findings.arrival import Arrival, Waiting, weight
from wardline.findings.keeping import Keeper, as_reported, same
from wardline.findings.model import Upload
from wardline.findings.report import Finding

MOST: Final = 20_000  # findings that are new, or gone, and can be told apart: where there are more, none is
MOST_CHARS: Final = 64 * 1024 * 1024  # of them
PIECE: Final = 1000
_ENDED: Final = frozenset({"fixed", "verified"})


class Gone:
    """What a source reported before and no longer does, of practices that were examined whole, outside of every gap."""

    def __init__(self, arrival: Arrival, upload: Upload) -> None:
        self._arrival: Final = arrival
        self._complete: Final = upload.complete
        self._unexamined: Final = places.Unexamined(places.scopes(upload.gaps))

    def piece(self, tx: Connection, after: str) -> tuple[list[Any], str | None]:
        """Return some of it, by id, and after which id the next piece begins; None where this is the last."""
        arrival = self._arrival
        rows = report_store.unseen(tx, (arrival.service.id, arrival.source), arrival.report, after=after, limit=PIECE)
        found = [
            row
            for row in rows
            if row.practice in self._complete
            and not self._unexamined.hides(
                row.practice, row.files or ([row.file] if row.file else []), package=places.package_of(row.place)
            )
        ]
        return found, rows[-1].finding if len(rows) == PIECE else None


def held(keeper: Keeper, arrival: Arrival, findings: Sequence[Finding]) -> None:
    """Hold some findings of the default branch against what stands: what is new waits."""
    grouped = arrival.grouped(findings)
    tx, service = keeper.tx, arrival.service.id
    standing = store.standing(tx, service, list(grouped))
    once = store.aliases(tx, service, [name for name in grouped if name not in standing])
    sighted: dict[str, tuple[str, list[str]]] = {}
    news: dict[str, Finding] = {}
    for name, some in grouped.items():
        row = standing.get(name)
        if row is not None:
            if row.state in _ENDED and not (arrival.stale or arrival.first):  # or one that is open moved here
                arrival.wait(some[0], files_of(some), row.id)
                continue
            if arrival.stale or (row.state not in _ENDED and same(row, some[0], arrival.source)):
                arrival.seen += 1
                arrival.stay(places.place(some[0]), some[0])
            else:
                news[row.id] = some[0]
            sighted[row.id] = (name, files_of(some))
        elif arrival.stale and arrival.looked_at(some[0]):
            arrival.ignored += 1
        elif not (arrival.stale and name in once):
            arrival.wait(some[0], files_of(some), once.get(name))
    if news:
        seen(keeper, arrival, store.by_ids(tx, list(news), lock=True), news)
    if arrival.first and not once:
        opened(keeper, arrival, arrival.take())
    store.seen(tx, [row.id for row in standing.values() if row.last_seen_at < arrival.at], arrival.at)
    if not arrival.stale:
        keeper.sight(sighted, source=arrival.source, report=arrival.report, at=arrival.at)


def files_of(findings: Sequence[Finding]) -> list[str]:
    """Return the files of one finding that was reported several times, where there are several."""
    if len(findings) == 1:
        return []
    files = list(dict.fromkeys(finding.file for finding in findings if finding.file))
    return files if len(files) > 1 else []


def looked(keeper: Keeper, arrival: Arrival, findings: Sequence[Finding]) -> None:
    """Count what another branch has: how much of it is known, and how much it would bring."""
    grouped = arrival.grouped(findings)
    rows = store.standing(keeper.tx, arrival.service.id, list(grouped))
    known = sum(1 for row in rows.values() if row.state not in _ENDED)
    arrival.seen += known
    arrival.introduced += len(grouped) - known


def seen(keeper: Keeper, arrival: Arrival, rows: Mapping[str, Row[Any]], findings: Mapping[str, Finding]) -> None:
    """Take findings (by id) that are known, and of which something else may be said than what stands."""
    if arrival.stale:
        arrival.seen += len(rows)
        return
    others = {(row.source, row.id) for row in rows.values() if row.source != arrival.source}
    speaking = report_store.reporting(keeper.tx, others) if others else set()
    for identifier, row in rows.items():
        if row.state in _ENDED:
            keeper.reopen(row, findings[identifier], source=arrival.source, at=arrival.at)
            arrival.reopened += 1
        else:
            speaks = (row.source, row.id) not in speaking
            arrival.stay(row.place, findings[identifier])
            keeper.see(row, findings[identifier], source=arrival.source, speaks=speaks)
            arrival.seen += 1
    keeper.flush()


def opened(keeper: Keeper, arrival: Arrival, waiting: Sequence[Waiting]) -> None:
    """Open what is new, whatever it may once have been called; reopen what ended under the name that it has."""
    there = store.standing(keeper.tx, arrival.service.id, [finding.fingerprint for finding, _, _ in waiting])
    back = {row.id: name for name, row in there.items() if row.state in _ENDED}
    if back:
        again = {finding.fingerprint: (finding, files) for finding, files, _ in waiting}
        rows = store.by_ids(keeper.tx, list(back), lock=True)
        seen(keeper, arrival, rows, {identifier: again[name][0] for identifier, name in back.items()})
        sighted = {identifier: (name, again[name][1]) for identifier, name in back.items()}
        keeper.sight(sighted, source=arrival.source, report=arrival.report, at=arrival.at)
    fresh = [(finding, files) for finding, files, _ in waiting if finding.fingerprint not in there]
    for finding, _, once in waiting:
        if once is not None:
            store.drop_alias(keeper.tx, arrival.service.id, finding.fingerprint)
    made = keeper.open([finding for finding, _ in fresh], source=arrival.source, at=arrival.at)
    named = {identifier: (finding.fingerprint, files) for identifier, (finding, files) in zip(made, fresh, strict=True)}
    keeper.sight(named, source=arrival.source, report=arrival.report, at=arrival.at)
    arrival.opened += len(fresh)


def settled(keeper: Keeper, arrival: Arrival, gone: Gone) -> None:
    """Take out of what waits whatever is known and only moved."""
    if not arrival.waiting:
        return
    named = {once: number for number, (_, _, once) in enumerate(arrival.waiting) if once is not None}
    rules = {(finding.practice, finding.rule) for finding, _, _ in arrival.waiting}
    called: dict[str, str] = {}
    candidates: list[str] = []
    crowded = False
    after: str | None = ""
    while after is not None:
        rows, after = gone.piece(keeper.tx, after)
        called.update((row.finding, row.name) for row in rows if row.finding in named)
        candidates += [row.finding for row in rows if not crowded and (row.practice, row.rule) in rules]
        if len(candidates) > MOST:
            crowded = True
            candidates.clear()
    taken = _known_again(keeper, arrival, named, called, ended=False)
    old = _told(keeper.tx, [identifier for identifier in candidates if identifier not in taken])
    found = matching.pairs(old, [finding for finding, _, _ in arrival.waiting], arrival.stays())
    arrival.ambiguous += found.ambiguous
    standing = store.by_ids(keeper.tx, list(found.matched.values()), lock=True)
    holders = store.by_fingerprints(
        keeper.tx, arrival.service.id, [arrival.waiting[number][0].fingerprint for number in found.matched], lock=True
    )
    moved = set()
    for number, identifier in found.matched.items():
        finding, files, _ = arrival.waiting[number]
        holder = holders.get(finding.fingerprint)
        if holder is not None:
            if sights.same_text(sights.sight(old[identifier]), sights.sight(finding)) < 1:
                continue  # what ended under this very name says more than a likeness
            store.change(keeper.tx, holder.id, fingerprint=identity.given_up(holder.fingerprint, holder.id))
        moved.add(number)
        _renamed(keeper, arrival, standing[identifier], finding, files)
    keeper.flush()
    arrival.leave(moved)
    named = {once: number for number, (_, _, once) in enumerate(arrival.waiting) if once is not None}
    _known_again(keeper, arrival, named, called, ended=True)


def _told(tx: Connection, identifiers: Sequence[str]) -> dict[str, Finding]:
    """Return what was said of findings; nothing where it is more than can be held against anything."""
    found: dict[str, Finding] = {}
    chars = 0
    for start in range(0, len(identifiers), PIECE):
        for name, row in store.details(tx, identifiers[start : start + PIECE]).items():
            found[name] = as_reported(row.attributes)
            chars += weight(found[name])
        if chars > MOST_CHARS:
            return {}
    return found


def _known_again(
    keeper: Keeper, arrival: Arrival, named: Mapping[str, int], called: Mapping[str, str], *, ended: bool
) -> frozenset[str]:
    """Take what is called by a name that a known finding had before it moved: unless that is in this report as well.

    Those that are open come first; those that ended are asked when nothing that was open until now moved there.
    """
    rows = store.by_ids(keeper.tx, list(named), lock=True)
    taken: set[str] = set()
    for identifier, row in rows.items():
        finding, files, _ = arrival.waiting[named[identifier]]
        if arrival.has(row.fingerprint) or (row.state in _ENDED) != ended:
            continue
        if row.open and called.get(row.id, finding.fingerprint) != finding.fingerprint:  # it moved back
            _renamed(keeper, arrival, row, finding, files)
        else:
            seen(keeper, arrival, {row.id: row}, {row.id: finding})
            keeper.sight(
                {row.id: (finding.fingerprint, files)}, source=arrival.source, report=arrival.report, at=arrival.at
            )
        taken.add(identifier)
    keeper.flush()
    arrival.leave({named[identifier] for identifier in taken})
    return frozenset(taken)


def _renamed(keeper: Keeper, arrival: Arrival, row: Row[Any], finding: Finding, files: list[str]) -> None:
    """Note that a finding moved: it keeps its clock and its history, and has another name."""
    store.put_alias(keeper.tx, row.service, row.fingerprint, row.id)
    store.drop_alias(keeper.tx, row.service, finding.fingerprint)
    store.change(keeper.tx, row.id, fingerprint=finding.fingerprint, last_seen_at=max(row.last_seen_at, arrival.at))
    keeper.note("finding:seen-again", row.id, row.team, moved_from=row.place, moved_to=places.place(finding))
    keeper.see(row, finding, source=arrival.source, speaks=True)
    keeper.sight({row.id: (finding.fingerprint, files)}, source=arrival.source, report=arrival.report, at=arrival.at)
    arrival.moved += 1


def closed(keeper: Keeper, arrival: Arrival, gone: Iterable[Any]) -> None:
    """Note that this source no longer reports some findings; what no other one reports either is fixed."""
    identifiers = [row.finding for row in gone]
    if not identifiers:
        return
    rows = store.by_ids(keeper.tx, identifiers, lock=True)
    report_store.gone(keeper.tx, arrival.source, identifiers)
    still = report_store.reported(keeper.tx, identifiers)
    arrival.fixed += keeper.fix(
        (row for identifier, row in rows.items() if identifier not in still), report=arrival.report
    )
