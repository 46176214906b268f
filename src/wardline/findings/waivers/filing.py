"""Bringing the waivers of a service in line with the files of its repository: ask, renew, withdraw, or leave alone."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from wardline.catalog.model import Service
from wardline.findings.escalation import people
from wardline.findings.waivers import store
from wardline.findings.waivers.asking import Asking, ask, renew
from wardline.findings.waivers.deciding import withdraw
from wardline.findings.waivers.desk import Act
from wardline.findings.waivers.files import Filed
from wardline.findings.waivers.model import TERMINAL, Standing, Waiver, granted, standing
from wardline.kernel.errors import ConflictError, WardlineError
from wardline.kernel.text import printable


class Outcome(NamedTuple):
    """What one file led to: its waiver and how that stands, or why there is none, in words."""

    path: str
    waiver: str | None
    standing: Standing | None
    said: str
    changed: bool = False


def bring_in_line(
    act: Act, service: Service, filed: Sequence[Filed], authors: Mapping[str, Sequence[str]]
) -> tuple[Outcome, ...]:
    """Do what the files say, and return what each led to; what a removed file asked for is withdrawn."""
    known = {waiver.file or "": (waiver, digest) for waiver, digest in store.from_files(act.tx, service.id)}
    outcomes = []
    for one in filed:
        before = known.pop(one.path, None)
        with act.tx.begin_nested() as savepoint:
            try:
                outcomes.append(_one(act, service, one, before, authors.get(one.path, ())))
            except WardlineError as error:  # one file that asks wrongly does not stop the others
                savepoint.rollback()
                hint = f" ({error.hint})" if error.hint else ""
                outcomes.append(Outcome(one.path, None, None, f"{error.detail}{hint}"))
    for path, (waiver, _digest) in sorted(known.items()):
        if _withdrawn(act, waiver, "its file was removed"):
            outcomes.append(Outcome(path, waiver.id, "withdrawn", "the file was removed", changed=True))
    return tuple(outcomes)


def _one(act: Act, service: Service, one: Filed, before: tuple[Waiver, str] | None, authors: Sequence[str]) -> Outcome:
    now = act.now
    if before is not None and before[1].partition(":")[0] == one.digest:
        waiver = before[0]
        said = waiver.refusal or waiver.ending or "nothing changed"
        return Outcome(one.path, waiver.id, standing(waiver, now), said)
    asking = _asking(act, service, one, authors)
    if before is not None and standing(before[0], now) not in TERMINAL:
        waiver, digest = before
        if digest.partition(":")[2] == one.kernel and granted(waiver):
            made = renew(act, asking, waiver, one.request)
            return Outcome(one.path, made.id, standing(made, now), f"asked to renew {waiver.id}", changed=True)
        _withdrawn(act, waiver, "its file was changed")
    made = ask(act, asking, one.request)
    return Outcome(one.path, made.id, standing(made, now), "asked", changed=True)


def _asking(act: Act, service: Service, one: Filed, authors: Sequence[str]) -> Asking:
    """Return who asks: the person whom the file names; whoever sent it and wrote it had a hand in it too (T-30).

    Whoever wrote it may not approve it. So each author has to be somebody who is known here: an address that is not
    might be anybody's, the approver's too.
    """
    if not authors:
        raise ConflictError(
            "who wrote it cannot be told", hint="commit it, and fetch the whole history (fetch-depth: 0)"
        )
    found = people.account(act.tx, one.requested_by) if "@" in one.requested_by else None
    if found is None or not found.active:
        raise ConflictError("whoever asks is not known here", hint="requested_by is the e-mail address of an account")
    involved = {act.who.id}
    for author in authors:
        writer = people.account(act.tx, author) if "@" in author else None
        if writer is None:
            raise ConflictError(
                f"its author {printable(author, max_chars=100)} is not known here",
                hint="commit under the e-mail address of an account; a new file has new authors",
            )
        involved.add(writer.id)
    involved -= {found.id}
    return Asking(service, found.id, found.name, frozenset(involved), one.path, f"{one.digest}:{one.kernel}")


def _withdrawn(act: Act, waiver: Waiver, why: str) -> bool:
    """Withdraw what a file asked for, and what that renews; return whether there was anything to withdraw."""
    found = False
    linked: str | None = waiver.id
    while linked is not None:
        locked = store.found(act.tx, linked, lock=True)
        if locked is None:
            break
        if locked.file and standing(locked, act.now) not in TERMINAL:
            withdraw(act, locked._replace(involved=locked.involved | {act.who.id}), why)
            found = True
        linked = locked.renews
    return found
