"""Which findings are waived until when: what waivers decide, written where lists and clocks read it.

`effective` decides; this writes down its answer in the transaction of whatever changed it. Time itself ends a mark:
`waived_until` in the past says no.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from wardline.findings.waivers import store
from wardline.findings.waivers.model import Subject, Waiver, covers, effective


def reflect(tx: Connection, now: datetime, findings: Collection[str]) -> int:
    """Mark each of these findings as waived until the end of what covers it, or as not waived; return how many changed.

    For whoever changes findings: call it in the same transaction after a severity rose, a finding came back or closed.
    """
    if not findings:
        return 0
    known = store.subjects(tx, findings)
    covering: dict[str, list[Waiver]] = {finding: [] for finding in known}
    for waiver, pin in store.pins_on(tx, known, live=True):
        if covers(pin, known[pin.finding]):
            covering[pin.finding].append(waiver)
    marked = store.waived_until(tx, known)
    changed = 0
    for finding, subject in known.items():
        until = _until(covering[finding], now, subject)
        if until != marked[finding]:
            store.mark(tx, finding, subject.cycle, until)
            changed += 1
    return changed


def _until(waivers: list[Waiver], now: datetime, finding: Subject) -> datetime | None:
    """Return the end of an unbroken chain of waivers that count from now on: a renewal begins where the other ends."""
    until: datetime | None = None
    for _ in range(len(waivers) + 1):
        ends = [waiver.expires_at for waiver in waivers if effective(waiver, until or now)]
        if not ends or not finding.open:
            break
        until = max(ends)
    return until
