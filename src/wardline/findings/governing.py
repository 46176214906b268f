"""The use cases of the organisation's policy: which one stands, what another one would change, and changing it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from wardline.findings import clocks, list_store, policy_file, store
from wardline.findings.policies import current
from wardline.findings.policy import Policy, plain
from wardline.findings.room import Room
from wardline.kernel.identity.model import PLATFORM, Principal, require

_EXAMPLES: Final = 20


class Standing(NamedTuple):
    """The policy that stands, and who made it so; `text` is "" where nobody ever did, and the defaults stand."""

    policy: Policy
    digest: str
    text: str
    at: datetime | None
    author: str | None


class Difference(NamedTuple):
    """One value that would change: `windows.critical`, from "7 days" to "5 days"."""

    key: str
    before: str
    after: str


class Sooner(NamedTuple):
    """An open finding that would be due sooner."""

    finding: str
    title: str
    service: str
    before: datetime
    after: datetime


class Trial(NamedTuple):
    """What would change if a policy stood from now on.

    Due times only move earlier: where a policy gives more time, that holds for what opens from then on. A window that
    becomes shorter counts from now, so nothing is late at once by it.
    """

    policy: Policy
    digest: str
    differences: tuple[Difference, ...]
    open: int
    sooner: int
    kept: int  # the policy gives more time: they keep their due times
    examples: tuple[Sooner, ...]


class Kind(NamedTuple):
    """What a window depends on."""

    flags: int
    severity: Any
    exploited: bool
    again: bool
    tier: int
    exposed: bool


class Governing(Room):
    """The organisation's policy."""

    def policy(self, who: Principal) -> Standing:
        """Return the policy that stands."""
        require(who, "policy:read")
        with self._database.reading() as tx:
            row = store.policy(tx)
            policy = current(tx)
        if row is None:
            return Standing(policy, policy.digest, "", None, None)
        return Standing(policy, policy.digest, row.text, row.at, row.author_name)

    def try_policy(self, who: Principal, text: str) -> Trial:
        """Return what a policy would change; nothing is changed. Raises: `PolicyError`."""
        require(who, "policy:read")
        policy = policy_file.read(text)
        with self._database.reading() as tx:
            return self._tried(tx, current(tx), policy)

    def put_policy(self, who: Principal, text: str) -> Standing:
        """Make a policy the one that stands; a duty holds every open finding against it. Raises: `PolicyError`."""
        require(who, "policy:write")
        self._put(who, text)
        return self.policy(who)

    def adopt_policy(self, text: str, name: str = "the policy file") -> bool:
        """Make the policy of a node's file the one that stands, and return whether it was another. For `main`.

        Nodes with different files would take turns: give every node the same.

        Raises: `PolicyError`.
        """
        policy_file.read(text, name)
        return self._put(PLATFORM, text)

    def _put(self, who: Principal, text: str) -> bool:
        policy = policy_file.read(text)
        now = self._clock()
        with self._database.transaction() as tx:
            before = current(tx)
            last = store.policy(tx)
            if last is not None and last.text == text:
                return False
            number = last.number + 1 if last is not None else 1
            digest = policy.digest
            store.put_policy(tx, number=number, digest=digest, text=text, at=now, author=who.id, author_name=who.name)
            changed = {one.key: [one.before, one.after] for one in _differences(plain(before), plain(policy))}
            self._ledger.record(
                tx, at=now, who=who, action="policy:changed", subject="policy",
                details={"digest": digest, "before": before.digest, "changed": changed},
            )  # fmt: skip
        return True

    def _tried(self, tx: Connection, before: Policy, policy: Policy) -> Trial:
        now = self._clock()
        services = self._catalog.services_named(tx, store.services_open(tx))
        ends = _ends(now, before, policy)
        counts = {"open": 0, "sooner": 0, "kept": 0}
        examples: list[tuple[str, datetime, datetime]] = []
        for row in list_store.clocked(tx):
            service = services.get(row.service)
            if service is None:
                continue
            counts["open"] += 1
            kind = Kind(row.flags, row.severity, row.exploited, row.cycle > 1, service.tier, service.exposed)
            old, new = ends(kind)
            if new < row.due_at:
                counts["sooner"] += 1
                if len(examples) < _EXAMPLES:
                    examples.append((row.id, row.due_at, new))
            elif new > old:
                counts["kept"] += 1
        rows = store.by_ids(tx, [identifier for identifier, _, _ in examples])
        return Trial(
            policy=policy,
            digest=policy.digest,
            differences=tuple(_differences(plain(before), plain(policy))),
            examples=tuple(
                Sooner(one, rows[one].title, services[rows[one].service].name, old, new) for one, old, new in examples
            ),
            **counts,
        )


def _ends(now: datetime, before: Policy, policy: Policy) -> Callable[[Kind], tuple[datetime, datetime]]:
    """Return what says when a window that begins now is over, before and after: each kind of finding is asked once."""

    @cache
    def ends(kind: Kind) -> Any:
        facts = clocks.unpacked(
            kind.flags, severity=kind.severity, exploited=kind.exploited, tier=kind.tier, exposed=kind.exposed
        )
        cycle = 2 if kind.again else 1
        return tuple(clocks.started(facts, one, now, cycle=cycle).due_at for one in (before, policy))

    return ends


def _differences(before: Any, after: Any, path: str = "") -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before:
            yield from _differences(before[key], after[key], f"{path}.{key}" if path else key)
    elif before != after:
        yield Difference(path, _shown(before), _shown(after))


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(part)}" for key, part in value.items())
    return "; ".join(map(_shown, value)) if isinstance(value, list) else str(value)
