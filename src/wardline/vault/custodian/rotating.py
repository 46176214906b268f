"""One rotation as a row that holds only ciphertext, and the only ways it moves: pure, so that any custodian goes on.

    create -> apply -> verify -> publish -> retire -> done

After `create` a value is minted and sealed and stands in the row before its target hears of it; a row that stays at
`create` says why nothing could be minted (the target is away, or full), and has no number yet. Each other step is done
on the target first and noted in the row after, so a custodian that dies between the two leaves a step that is done
twice, which every step allows. A secret has one unfinished row; whoever finds it goes on with it.

The row is kept by a server that may lie. So no step relies on it: the fence on the target says what is there, and what
is opened was signed. A row that was put back costs a repetition, and a row that was lost a new rotation.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from wardline.kernel.errors import WardlineError
from wardline.kernel.text import printable
from wardline.vault.protocol import receipts
from wardline.vault.protocol.model.grant import Grant
from wardline.vault.protocol.receipts import Publication

Step = Literal["create", "apply", "verify", "publish", "retire", "done"]
Reason = Literal["first", "due", "asked", "revoked", "imported", "epoch"]

_NEXT: Final[dict[Step, Step]] = {
    "create": "apply", "apply": "verify", "verify": "publish", "publish": "retire", "retire": "done",
}  # fmt: skip
_FIRST_PAUSE: Final = timedelta(milliseconds=250)
LONGEST_PAUSE: Final = timedelta(seconds=60)
LONGEST_LOOK: Final = timedelta(seconds=1)  # how late a receipt may be noticed
STUCK_AFTER: Final = timedelta(minutes=15)
_MAX_COUNT: Final = 2**63 - 2
_MAX_PROBLEM: Final = 400
REVOCATION_WAITS: Final = timedelta(seconds=1)  # for the remaining readers to take the new version


@dataclass(frozen=True, slots=True)
class Rotation:
    """One rotation. `number` is a `fences.order`, `mark` a digest of the version; only custodians open `sealed`."""

    path: str
    number: int
    mark: str
    sealed: bytes = field(repr=False)
    reason: Reason
    step: Step
    begun: datetime
    since: datetime  # when the step was reached
    attempts: int = 0
    not_before: datetime | None = None
    problem: str = ""  # why the last attempt failed, to be shown
    superseded: bool = False
    revision: int = 0  # each change of the row takes the next: compare-and-set

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.step == "done"


@dataclass(frozen=True, slots=True)
class Retirement:
    """Whether the version before is refused now; if not, when to look again; and whether that is a finding already."""

    now: bool
    again: datetime
    finding: str = ""


def begun(  # noqa: PLR0913 - the row's first columns, by name
    path: str, number: int, mark: str, sealed: bytes, *, reason: Reason, at: datetime
) -> Rotation:
    """Return the row of a new rotation, whose value is minted and sealed and which its target has not heard of."""
    return Rotation(path, number, mark, sealed, reason, "apply", at, at)


def waiting(path: str, problem: str, *, reason: Reason, at: datetime, again: datetime | None = None) -> Rotation:
    """Return the row of a rotation for which nothing could be minted yet, so that people see it, and why."""
    return failed(Rotation(path, 0, "", b"", reason, "create", at, at, revision=-1), problem, at, again=again)


def created(rotation: Rotation, number: int, mark: str, sealed: bytes, at: datetime) -> Rotation:
    """Return the row that waited once its value is minted and sealed."""
    return replace(stepped(rotation, at), number=number, mark=mark, sealed=sealed)


def stepped(rotation: Rotation, at: datetime) -> Rotation:
    """Return the row after its step was done on the target."""
    return replace(
        rotation,
        step=_NEXT[rotation.step],
        since=at,
        attempts=0,
        not_before=None,
        problem="",
        revision=rotation.revision + 1,
    )


def why(error: WardlineError) -> str:
    """Return what went wrong and the way out, in words that a row holds."""
    return f"{error.detail} ({error.hint})" if error.hint else error.detail


def failed(rotation: Rotation, problem: str, at: datetime, *, again: datetime | None = None) -> Rotation:
    """Return the row after an attempt that failed: the same step again, later each time, and at least each minute.

    `again` is when what it waits for is over, where that is known: it is not waited beyond.
    """
    until = at + min(_FIRST_PAUSE * 2 ** min(rotation.attempts, 10), LONGEST_PAUSE)
    return replace(
        rotation,
        attempts=rotation.attempts + 1,
        not_before=min(until, max(at, again)) if again else until,
        problem=printable(problem, max_chars=_MAX_PROBLEM),
        revision=rotation.revision + 1,
    )


def superseded(rotation: Rotation, problem: str, at: datetime) -> Rotation:
    """Return the row's end where the target has seen a later version: a new rotation begins above it."""
    return replace(
        rotation,
        step="done",
        since=at,
        superseded=True,
        problem=printable(problem, max_chars=_MAX_PROBLEM),
        revision=rotation.revision + 1,
    )


def hurried(rotation: Rotation, reason: Reason) -> Rotation:
    """Return the row as it is once a revocation finds it under way: from `retire` on it waits for nobody."""
    return replace(rotation, reason=reason, not_before=None, revision=rotation.revision + 1)


def sound(rotation: Rotation, path: str) -> bool:
    """Return whether a row that a server shows has the shape of one for this secret; nothing else is believed of it."""
    times = (rotation.begun, rotation.since, rotation.not_before or rotation.since)
    counts = (rotation.number, rotation.attempts, rotation.revision)
    return (
        rotation.path == path
        and rotation.step in _NEXT
        and rotation.reason in get_args(Reason)
        and all(isinstance(one, datetime) and one.tzinfo is not None for one in times)
        and all(type(one) is int and 0 <= one <= _MAX_COUNT for one in counts)
        and isinstance(rotation.sealed, bytes)
        and isinstance(rotation.mark, str)
    )


def ready(rotation: Rotation, at: datetime) -> bool:
    """Return whether the row's step is to be tried now. A pause that a clock's jump made longer than any is over."""
    left = (rotation.not_before or at) - at
    return not rotation.finished and not timedelta(0) < left <= LONGEST_PAUSE


def stuck(rotation: Rotation, at: datetime) -> bool:
    """Return whether the row has failed for so long that it is a finding; it is tried on all the same."""
    return not rotation.finished and rotation.attempts > 0 and at - rotation.since > STUCK_AFTER


def due(grant: Grant, published: datetime | None, at: datetime) -> Reason | None:
    """Return why a secret without an unfinished rotation is rotated now, or None. Every 0 seconds means never again.

    A version from the future was published before a clock was set back: it is rotated, since its age cannot be known.
    """
    if published is None:
        return "first"
    age, every = at - published, timedelta(seconds=grant.rotate_every_seconds)
    return "due" if every and (age >= every or age < -LONGEST_PAUSE) else None


def retirement(reason: Reason, published: Publication | None, grant: Grant, at: datetime) -> Retirement:
    """Return whether the versions before a published one are refused now.

    Without proof that this one was published: never. A revocation waits a second for the readers that remain;
    everything else as `protocol.receipts.retirement` has it.
    """
    if published is None:
        return Retirement(now=False, again=at + _FIRST_PAUSE)
    if reason == "revoked":
        waiting = any(one.bound.signing not in published.receipts for one in published.before)
        until = published.at + REVOCATION_WAITS if waiting else published.at
        return Retirement(at >= until or until - at > REVOCATION_WAITS, until)
    answer = receipts.retirement(published, grant, at)
    silent = sorted({one.name for one in published.before if one.bound.signing not in published.receipts})
    finding = f"the new version was not taken by {', '.join(silent[:3])}" if answer == "overdue" else ""
    if answer == "retire" and silent:
        finding = f"the version before was retired without word from {', '.join(silent[:3])}"
    overlap = published.at + timedelta(seconds=grant.overlap_seconds)
    return Retirement(answer == "retire", overlap if at < overlap else at + LONGEST_LOOK, finding)
