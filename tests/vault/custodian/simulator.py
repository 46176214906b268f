"""A target in memory, and a rotator for it: the same promises as the real ones, under the same contract test.

It keeps what a server keeps (per slot: a verifier, whether it may log in, a comment) and lets a test look at sessions.
`Machine.pause` is called before and after everything that happens on the target, so that a test may stop, kill or
interleave custodians there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from wardline.vault.custodian import fences
from wardline.vault.custodian.rotator import Fields, RefusedByTargetError, Standing, TargetError, Version


@dataclass
class Session:
    number: int  # of the version that it logged in with
    slot: str
    began: int
    busy: bool = False


@dataclass
class Role:
    password: str | None = None
    enabled: bool = False
    comment: str | None = None


@dataclass
class Machine:
    """The target: shared by every custodian of a test."""

    slots: tuple[str, ...] = ("blue", "green")
    down: bool = False
    roles: dict[str, Role] = field(default_factory=dict)
    sessions: list[Session] = field(default_factory=list)
    said: list[str] = field(default_factory=list)  # what its log would hold
    clock: "count[int]" = field(default_factory=lambda: count(1))

    def log_in(self, fields: Fields) -> bool:
        role = self.roles.get(fields["username"])
        self.answer()
        return bool(role and role.enabled and role.password == _verifier(fields["password"]))

    def open(self, version: Version, *, busy: bool = False) -> Session:
        assert self.log_in(version.fields)
        session = Session(version.number, version.fields["username"], next(self.clock), busy)
        self.sessions.append(session)
        return session

    def answer(self) -> None:
        if self.down:
            raise TargetError("the target does not answer")


class Simulated:
    """One custodian's rotator for a machine."""

    def __init__(self, path: str, machine: Machine, pause: Callable[[str], None] = lambda place: None) -> None:
        self._secret = fences.digest(path)
        self._machine = machine
        self._pause = pause

    def missing(self) -> tuple[str, ...]:
        self._machine.answer()
        return ()

    def standing(self) -> Standing:
        slots = self._slots("standing")
        held = [fence for fence in slots.values() if fence]
        return Standing(
            fences.highest(slots),
            tuple(sorted(fence.number for fence in held if fence.state == "published")),
            tuple(sorted(fence.number for fence in held if fence.state == "applied")),
            tuple(drain.number for _, drain in fences.draining(slots)),
        )

    def create(self, number: int, password: str) -> Fields:
        return {"username": fences.choose(self._slots("create"), number), "password": password}

    def apply(self, version: Version) -> None:
        self._set(version, None)

    def verify(self, version: Version) -> None:
        self._pause("verify")
        if not self._machine.log_in(version.fields):
            raise RefusedByTargetError(f"the target refuses version {version.number}")

    def publish(self, version: Version) -> None:
        name, fence = fences.published(self._slots("publish"), version.number, version.mark)
        self._machine.roles[name].comment = fence.text()
        self._pause("publish, done")

    def refuse(self, number: int, *, held: int = 0) -> None:
        found = fences.refused(self._slots("refuse"), number, held=held)
        if found:
            self._refuse(*found)
        self._pause("refuse, done")

    def drain(self, number: int, *, force: bool) -> int:
        slots = self._slots("drain")
        drains = [(name, drain) for name, drain in fences.draining(slots) if drain.number == number]
        seen = [
            session
            for session in self._machine.sessions
            for name, drain in drains
            if session.slot == name and (drain.before == 0 or session.began < drain.before)
        ]
        for session in seen:
            if force or not session.busy:
                self._machine.sessions.remove(session)
        for name, _ in drains:
            fence = slots[name]
            if fence and not seen:
                self._machine.roles[name].comment = fences.drained(fence, number).text()
        self._pause("drain, done")
        return len(seen)

    def sweep(self, live: Sequence[Version]) -> tuple[str, ...]:
        done = []
        numbers = frozenset(version.number for version in live)
        for version in sorted(live, key=lambda one: one.number):
            if not self._machine.log_in(version.fields):
                try:
                    self._set(version, numbers)
                except fences.SupersededError:
                    continue
                self.publish(version)
                done.append(f"version {fences.told(version.number)} was set again")
        standing = self.standing()
        for number in (*standing.published, *standing.pending):
            if number not in numbers and number < max(numbers, default=0):
                self.refuse(number)
                done.append(f"version {fences.told(number)}, which nobody holds, is refused")
        return tuple(done)

    def close(self) -> None:
        self._pause("close")

    def _set(self, version: Version, unless: frozenset[int] | None) -> None:
        name = version.fields["username"]
        slots = self._slots("apply")
        fence = fences.cleared(slots, name, version.number, version.mark, unless=unless)
        if fence:
            self._refuse(name, fence)
            slots = self._slots("apply, cleared")
        new = fences.Fence(self._secret, version.number, version.mark, "applied")
        fence = fences.applied(slots, name, new, at=next(self._machine.clock))
        kept = _verifier(version.fields["password"])
        self._machine.roles[name] = Role(kept, enabled=True, comment=fence.text())
        self._machine.said.append(f"ALTER ROLE {name} PASSWORD {kept}")
        self._pause("apply, done")

    def _refuse(self, name: str, fence: fences.Fence) -> None:
        self._machine.roles[name] = replace(self._machine.roles[name], enabled=False, comment=fence.text())
        self._machine.roles[name].password = None

    def _slots(self, place: str) -> dict[str, fences.Fence | None]:
        """What the fences say; nothing else happens on the target until the change that follows (a transaction)."""
        self._pause(place)
        self._machine.answer()
        found = {name: role.comment for name, role in self._machine.roles.items()}
        return {name: fences.read(found.get(name), self._secret) for name in self._machine.slots}


def _verifier(password: str) -> str:
    return fences.digest(password)
