"""Deciding about a waiver: yes, no, and taking it back. Each in the transaction it is given, with the row locked."""

from datetime import datetime

from wardline.findings.escalation import people
from wardline.findings.waivers import rules, store
from wardline.findings.waivers.covering import reflect
from wardline.findings.waivers.desk import Act, require_live
from wardline.findings.waivers.model import Approval, Waiver, effective, granted, standing
from wardline.findings.waivers.telling import Telling
from wardline.kernel.errors import AskedWronglyError, ConflictError, DeniedError
from wardline.kernel.identity.model import allowed, require

MIN_WHY_CHARS = 10
MAX_WHY_CHARS = 2000


def approve(act: Act, waiver: Waiver) -> None:
    """Add one person's yes; with the last one that is needed the waiver counts.

    Raises: `DeniedError` for whoever asked, wrote, or owns; `ConflictError` where it is decided or ended.
    """
    now = act.now
    require(act.who, "waiver:approve")
    _require_undecided(waiver, now)
    act.let_go(waiver)
    covered = store.subjects(act.tx, act.left(waiver), lock=True).values()
    if not covered:
        raise ConflictError("nothing that this waiver covers is open as it was when it was asked for", hint="ask anew")
    barred = people.owners(act.tx, [(subject.owner, subject.team) for subject in covered])
    rules.check_decider(act.who, waiver, barred, people.same_person(act.tx, act.who.id))
    if any(yes.account == act.who.id for yes in waiver.approvals):
        raise ConflictError("you approved it already", hint="it waits for somebody else")
    store.approve(act.tx, waiver.id, Approval(act.who.id, act.who.name, now))
    store.change(act.tx, waiver.id, owners=waiver.owners | barred)
    after = store.found(act.tx, waiver.id)
    if after is None:
        raise ConflictError("the waiver is gone")
    about = [subject.id for subject in covered]
    enough = granted(after._replace(granted_by_clock=False))
    act.record("waiver:approved", waiver, about=about, approvals=len(after.approvals), needed=after.needed_approvals)
    if not enough:
        return
    if after.granted_by_clock:  # now it is decided, it lives as long as was asked
        store.change(act.tx, waiver.id, granted_by_clock=False, expires_at=after.asked_until or after.expires_at)
        after = after._replace(granted_by_clock=False, expires_at=after.asked_until or after.expires_at)
    begun(act, after)
    Telling(act.tx, now, after).decided("approved", act.who.name)


def begun(act: Act, waiver: Waiver) -> bool:
    """Write down, once, that a waiver counts, where it does now; return whether that was new."""
    now = act.now
    if not effective(waiver, now) or store.notes(act.tx, waiver.id).noted_effective_at is not None:
        reflect(act.tx, now, act.left(waiver))
        return False
    findings = act.left(waiver)
    store.change(act.tx, waiver.id, noted_effective_at=now)
    act.platform().record(
        "waiver:effective", waiver, about=findings, until=waiver.expires_at.isoformat(), findings=findings
    )
    if waiver.renews:
        act.platform().record("waiver:renewed", waiver, about=[waiver.renews], renews=waiver.renews)
    reflect(act.tx, now, findings)
    return True


def refuse(act: Act, waiver: Waiver, why: str) -> None:
    """Say no, with a reason. Raises: `DeniedError`, `ConflictError` where it is decided, `AskedWronglyError`."""
    now = act.now
    require(act.who, "waiver:approve")
    if act.who.kind != "person":
        raise DeniedError("a waiver is refused by a person", hint="sign in, or use a personal token")
    _require_undecided(waiver, now)
    reason = _why(why)
    findings = act.left(waiver)
    act.ended(waiver, refused_at=now, refused_by=act.who.id, refusal=reason)
    act.record("waiver:refused", waiver, about=findings, why=reason)
    Telling(act.tx, now, waiver).decided("refused", act.who.name, reason)


def revoke(act: Act, waiver: Waiver, why: str) -> None:
    """End a waiver before its time. Security may, and whoever attests its control.

    Raises: `DeniedError`, `ConflictError` where it has ended, `AskedWronglyError` without a reason.
    """
    now = act.now
    if not allowed(act.who, "waiver:approve") and act.who.id != waiver.control.attested_by:
        raise DeniedError(
            f"{act.who.name} may not revoke this waiver", hint="security may, and whoever attests its control"
        )
    require_live(waiver, now)
    reason = _why(why)
    end(act, waiver, reason)


def end(act: Act, waiver: Waiver, why: str) -> None:
    """Revoke a waiver, whoever decided that, and tell those whom it concerns."""
    now = act.now
    findings = act.left(waiver)
    act.ended(waiver, revoked_at=now, ended_by=act.who.id, ending=why)
    act.record("waiver:revoked", waiver, about=findings, why=why)
    Telling(act.tx, now, waiver).decided("revoked", act.who.name, why)


def withdraw(act: Act, waiver: Waiver, why: str = "") -> None:
    """Take a request back, or a waiver that is not wanted any more: who asked may, and the team that it concerns.

    Raises: `DeniedError`, `ConflictError` where it has ended.
    """
    now = act.now
    mine = act.who.id == waiver.requester or act.who.id in waiver.involved
    if not mine and not (allowed(act.who, "waiver:ask") and waiver.team in act.who.teams):
        raise DeniedError(f"{act.who.name} may not withdraw this waiver", hint="who asked for it may, and the team")
    require_live(waiver, now)
    findings = act.left(waiver)
    act.ended(waiver, withdrawn_at=now, ended_by=act.who.id, ending=why.strip()[:MAX_WHY_CHARS])
    act.record("waiver:withdrawn", waiver, about=findings, why=why.strip()[:MAX_WHY_CHARS])


def require_decided(waiver: Waiver, now: datetime) -> None:
    """Go on only if the waiver counts, or will. Raises: `ConflictError`."""
    require_live(waiver, now)
    if not granted(waiver):
        raise ConflictError("this waiver was not decided yet", hint="there is nothing to renew before that")


def _require_undecided(waiver: Waiver, now: datetime) -> None:
    """Go on only if people can still decide: asked for, or granted by the clock for the time being."""
    require_live(waiver, now)
    if granted(waiver._replace(granted_by_clock=False)):
        word = standing(waiver, now)
        raise ConflictError(f"this waiver is {word}: it was decided", hint="to end it, revoke it")


def _why(text: str) -> str:
    why = text.strip()
    if not MIN_WHY_CHARS <= len(why) <= MAX_WHY_CHARS:
        raise AskedWronglyError(
            f"a reason of {MIN_WHY_CHARS} to {MAX_WHY_CHARS} characters is owed", hint="who asked will read it"
        )
    return why
