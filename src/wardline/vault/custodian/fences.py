"""The fence that stands on a target: what each slot holds, and the only rules by which it changes.

A target has two slots or more (PostgreSQL: a blue and a green role). Each slot's fence says which version's verifier it
holds and how far that version is; a rotator reads all fences of a secret, asks the rules here, and writes verifier and
fence in one transaction of the target. So the *target* decides between two custodians, or between a custodian that was
paused for an hour and the one that went on without it; the server's lease is a hint that saves work.

    empty -> applied -> published -> refused -> applied (a later version) ...

- A slot is given to a version only if no slot has seen a later one, and never while its own version is published.
- `published` stands there *before* readers are told, so no slot is taken from a version that some of them may hold.
- A version is refused only where a *later* one is published, or where it is the last one and nobody was told of it,
  and the one before it is published: there is always a working credential that readers hold.
- Sessions of a refused version are told from those of its slot's next one by when they began (`Drain.before`). That
  moment is read from the target's clock between two commits: the one that refused the old version and the one that lets
  the next one in. So no session falls between, however slow a commit is.

Pure: no target, no clock.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import ClassVar, Final, Literal, cast

from wardline.kernel.errors import AskedWronglyError, ConflictError

State = Literal["applied", "published", "refused"]
Slots = Mapping[str, "Fence | None"]

MAX_NUMBER: Final = 2**63 - 1
_EPOCH: Final = 10**12  # an order is epoch times this, plus number: both can be read off a comment
MAX_DRAINS: Final = 64
_PREFIX: Final = "wardline-fence-1 "
_TEXT: Final = re.compile(
    r"wardline-fence-1 ([0-9a-f]{16}) ([0-9]{1,19}) ([0-9a-f]{16}) (applied|published|refused)"
    r"((?: [0-9]{1,19}:[0-9]{1,19})*)"
)


class SupersededError(ConflictError):
    """The target has seen a later version, or another value under this number: whoever asks is late and stops."""

    code = "superseded"


class ForeignFenceError(AskedWronglyError):
    """A slot of the target belongs to something else: it is never touched."""

    code: ClassVar[str] = "foreign-fence"


class NotReadyError(ConflictError):
    """The step is right and its turn has not come: what must stand on the target first does not yet."""

    code = "not-ready"


@dataclass(frozen=True, slots=True)
class Drain:
    """Sessions of version `number` that may still run: those which began before `before`, 0 for all of the slot.

    `before` is in microseconds since 1970 on the target's clock, and is set when the slot's next version comes.
    """

    number: int
    before: int


@dataclass(frozen=True, slots=True)
class Fence:
    """What one slot holds. `secret` and `mark` are digests (16 hexadecimal digits) of the path and of the version."""

    secret: str
    number: int
    mark: str
    state: State
    drains: tuple[Drain, ...] = ()

    def text(self) -> str:
        """Return the fence as it is kept on the target: one line, nothing secret in it."""
        drains = "".join(f" {drain.number}:{drain.before}" for drain in self.drains)
        return f"{_PREFIX}{self.secret} {self.number} {self.mark} {self.state}{drains}"


def order(epoch: int, number: int) -> int:
    """Return the one number by which versions are ordered on a target: first by epoch, then by number.

    Raises: `AskedWronglyError` for numbers that no fence has room for.
    """
    if not 0 <= epoch <= MAX_NUMBER // _EPOCH - 1 or not 0 < number < _EPOCH:
        raise AskedWronglyError(f"version {told(number)} of epoch {epoch} has no place on a target")
    return epoch * _EPOCH + number


def numbers(order: int) -> tuple[int, int]:
    """Return the epoch and the number that make up an order."""
    return divmod(order, _EPOCH)


def told(order: int) -> str:
    """Return an order as people read it: `7`, and `2/7` in the second epoch."""
    epoch, number = divmod(order, _EPOCH)
    return f"{epoch}/{number}" if epoch > 1 else str(number)


def digest(text: str) -> str:
    """Return what stands for a path or a version in a fence: 16 hexadecimal digits of its SHA-256."""
    return sha256(text.encode()).hexdigest()[:16]


def read(text: str | None, secret: str) -> Fence | None:
    """Return the fence of `secret` (a digest) that a target keeps, or None where it keeps nothing.

    Raises: `ForeignFenceError` for a text that is no fence, or another secret's.
    """
    if not text:
        return None
    found = _TEXT.fullmatch(text) if len(text) <= 4096 else None
    if found is None:
        raise ForeignFenceError(
            "the slot on the target is not one of ours: its comment is no fence", hint="give the secret its own names"
        )
    if found[1] != secret:
        raise ForeignFenceError(
            "the slot on the target belongs to another secret", hint="give each secret its own names"
        )
    drains = tuple(Drain(*map(int, pair.split(":"))) for pair in found[5].split())
    return Fence(found[1], int(found[2]), found[3], cast("State", found[4]), drains[-MAX_DRAINS:])


def highest(slots: Slots) -> int:
    """Return the highest number that the target has seen, 0 for none: a floor for a custodian that has lost its own."""
    return max((fence.number for fence in slots.values() if fence), default=0)


def choose(slots: Slots, number: int) -> str:
    """Return the name of a slot for a new version: one that nobody needs.

    Raises: `SupersededError` where the target has seen this number or a later one; `NotReadyError` where each slot
    holds a published version.
    """
    if number <= highest(slots):
        raise SupersededError(f"the target has seen version {told(highest(slots))}: version {told(number)} is late")
    # Empty first; then refused; then what was applied and abandoned before anybody was told of it.
    order = {None: 0, "refused": 1, "applied": 2}
    free = [
        (order[fence.state if fence else None], fence.number if fence else 0, name)
        for name, fence in slots.items()
        if fence is None or fence.state != "published"
    ]
    if not free:
        raise NotReadyError(
            f"version {told(number)} has no slot: every one holds a published version",
            hint="the one before is retired first",
        )
    return min(free)[2]


def cleared(slots: Slots, name: str, number: int, mark: str, *, unless: frozenset[int] | None = None) -> Fence | None:
    """Return the fence by which slot `name` first refuses what stands in this version's way; None where nothing does.

    An applied version was abandoned: nobody was told of it. A published one is in the way for good, except where
    `unless` names the versions that readers hold and it is none of them (a target that came back from a backup).
    Raises: `SupersededError`, `NotReadyError`.
    """
    _refuse_late(slots, number, mark)
    there = slots.get(name)
    if there is None or there.number == number or there.state == "refused":
        return None
    if there.state == "published" and (unless is None or there.number in unless):
        raise NotReadyError(f"the slot of version {told(number)} holds version {told(there.number)}, which readers use")
    return _refusing(there)


def applied(slots: Slots, name: str, new: Fence, *, at: int) -> Fence:
    """Return the fence of slot `name` once it holds `new`; a version that is there already keeps its state.

    `at` is the target's clock, read after what the slot held was refused (`cleared`). Raises: `SupersededError`,
    `NotReadyError`.
    """
    if cleared(slots, name, new.number, new.mark):
        raise NotReadyError(f"the slot of version {told(new.number)} is not cleared yet")
    there = slots.get(name)
    if there and there.number == new.number:
        if there.state == "refused":
            raise SupersededError(f"version {told(new.number)} was retired")
        return there
    if any(fence and fence.number == new.number for fence in slots.values()):
        raise SupersededError(f"version {told(new.number)} is in another slot of the target")
    drains = there.drains if there else ()
    return replace(new, drains=tuple(Drain(drain.number, drain.before or at) for drain in drains))


def published(slots: Slots, number: int, mark: str) -> tuple[str, Fence]:
    """Return the slot of this version and its fence from when readers may be given it.

    Raises: `SupersededError`; `NotReadyError` where the target does not hold it.
    """
    name, fence = _holding(slots, number, mark)
    if fence.state == "refused":
        raise SupersededError(f"version {told(number)} was retired")
    return name, replace(fence, state="published")


def refused(slots: Slots, number: int, *, held: int = 0) -> tuple[str, Fence] | None:
    """Return the slot that refuses this version from now on, and its fence; None where no slot holds it any more.

    Raises: `NotReadyError` unless a later version is published, or `held`, which readers have instead of this one.
    """
    for name, fence in slots.items():
        if fence is None or fence.number != number:
            continue
        if fence.state == "refused":
            return name, fence
        stays = [other.number for other in slots.values() if other and other.state == "published"]
        if not any(other > number or other == held != number for other in stays):
            raise NotReadyError(
                f"version {told(number)} is the last that works: no later one is published on the target"
            )
        return name, _refusing(fence)
    return None


def draining(slots: Slots) -> tuple[tuple[str, Drain], ...]:
    """Return what is to be drained, as slot and drain, the lowest version first."""
    found = [(name, drain) for name, fence in slots.items() if fence for drain in fence.drains]
    return tuple(sorted(found, key=lambda pair: (pair[1].number, pair[1].before)))


def drained(fence: Fence, number: int) -> Fence:
    """Return the fence without the drains of this version: its sessions are gone."""
    return replace(fence, drains=tuple(drain for drain in fence.drains if drain.number != number))


def _refusing(fence: Fence) -> Fence:
    drains = (*fence.drains, Drain(fence.number, 0))
    return replace(fence, state="refused", drains=drains[-MAX_DRAINS:])


def _holding(slots: Slots, number: int, mark: str) -> tuple[str, Fence]:
    _refuse_late(slots, number, mark)
    for name, fence in slots.items():
        if fence and fence.number == number:
            return name, fence
    raise NotReadyError(f"the target does not hold version {told(number)}")


def _refuse_late(slots: Slots, number: int, mark: str) -> None:
    """Raise `SupersededError` where the target has seen a later version, or another value under this number."""
    if not 0 < number <= MAX_NUMBER:
        raise AskedWronglyError(f"{number} is no version number")
    for fence in slots.values():
        if fence and fence.number > number:
            raise SupersededError(f"the target has seen version {told(fence.number)}: version {told(number)} is late")
        if fence and fence.number == number and fence.mark != mark:
            raise SupersededError(f"the target holds another value under number {told(number)}")
