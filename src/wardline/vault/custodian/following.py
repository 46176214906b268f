"""What a custodian goes by: roots, epochs, revocations, grants and bindings, each by its own signatures.

The server hands them over and is believed in nothing: what follows from what is known is taken, once it is on the disk.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Final

from wardline.kernel.errors import WardlineError
from wardline.vault.custodian.fences import NotReadyError
from wardline.vault.custodian.memory import Memory
from wardline.vault.custodian.shelf import Shelf
from wardline.vault.protocol import (
    accepting,
    admitting,
    bindings,
    freshness,
    grants,
    roots,
)
from wardline.vault.protocol import floors as floor_rules
from wardline.vault.protocol.bindings import Bound
from wardline.vault.protocol.encoding import whole_milliseconds
from wardline.vault.protocol.envelope import Read, unverified
from wardline.vault.protocol.errors import EquivocationError, OldVersionError
from wardline.vault.protocol.keys import Signer
from wardline.vault.protocol.model.grant import Claim, Grant
from wardline.vault.protocol.model.root import Custodian
from wardline.vault.protocol.opening import OpeningKey
from wardline.vault.protocol.roots import TrustedRoot

Fetched = Mapping[str, Sequence[str]]
"""Keys of issuers (JWK in JSON) that a custodian fetched itself, by issuer."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which custodian this is, and its two keys."""

    name: str
    zone: str
    opening: OpeningKey
    signer: Signer


_ANY_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)


class Following:
    """One custodian's view of who may what. `clock` is its watch's: it raises after a jump, and all stops."""

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of a custodian
        self,
        me: Identity,
        trusted: TrustedRoot,
        memory: Memory,
        shelf: Shelf,
        clock: Callable[[], datetime],
        random: Callable[[int], bytes],
        *,
        fetched: Callable[[], Fetched] = dict,
    ) -> None:
        self._me = me
        self._trusted = trusted
        self._memory = memory
        self._shelf = shelf
        self._clock = clock
        self._random = random
        self._fetched = fetched
        self._grants: dict[str, bytes] = {}
        self._bound: list[Bound] = []
        self._asked: dict[str, str] = {}
        self._acknowledged: dict[bytes, bytes] = {}
        self._stated: tuple[object, ...] = ()
        self._shared: dict[str, tuple[bytes, bytes]] = {}  # the version and root of which all custodians have a wrap

    @property
    def trusted(self) -> TrustedRoot:
        """Return the newest root that this custodian goes by."""
        return self._trusted

    def follow(self) -> tuple[str, ...]:
        """Take what the server has, from roots to bindings, and return what was refused.

        Each refusal keeps only itself out. A revocation is acknowledged here, once it is on the disk.
        """
        findings: list[str] = []
        basis = self._shelf.basis()
        self._follow_roots(basis.roots)
        known = self._memory.floors()
        floors = accepting.follow_epochs(self._trusted, known, basis.epochs)
        if floors.restarted(known):  # grants after the restored head did not happen; what was revoked stays revoked
            self._memory.keep(*(floor.restored() for floor in self._memory.paths()))
            self._grants.clear()
        self._memory.keep(replace(floors, root_version=self._trusted.root.version, root_digest=self._trusted.digest))
        for content in basis.revocations:
            kept(findings, partial(self.revoke, content))
        for content in basis.statements:
            kept(findings, partial(self._take_peer, content))
        tasks = self._shelf.tasks()
        self._asked = {task.path: task.reason for task in tasks}
        for task in tasks:
            kept(findings, partial(self._take_grants, task.path))
        self._bound = []
        for path in self.paths():
            kept(findings, partial(self._note_end, path))
        for content in self._shelf.bindings():
            kept(findings, partial(self._bind, content))
        return tuple(findings)

    def paths(self) -> tuple[str, ...]:
        """Return the secrets of the zone that a grant is known of, in order."""
        return tuple(sorted(self._grants))

    def revoke(self, content: bytes) -> bytes:
        """Apply a revocation, and return and hand in the acknowledgement; nothing is sealed to them from now on.

        From the server, or from somebody at this custodian's own socket, past the server.
        """
        read = grants.require_revocation(content, self._trusted)
        floors, said = self._memory.floors(), grants.revoked_by(read.document)
        revoked = grants.merged(floors.revoked, [said])
        if revoked != floors.revoked:  # an earlier one of the same reader's is not new, whenever it is shown
            self._memory.take_away(said.path, self._clock())
            self._memory.keep(replace(floors, revoked=revoked))
        if read.digest not in self._acknowledged:  # once a process: each word is an event of the ledger
            now, root = whole_milliseconds(self._clock()), self._trusted.id
            word = grants.acknowledge(read.digest, self._me.zone, self._me.name, root, now, self._me.signer).written()
            self._shelf.acknowledge(word)
            self._acknowledged[read.digest] = word
        return self._acknowledged[read.digest]

    def grant(self, path: str) -> Grant:
        """Return the secret's grant. Raises: `RefusedError`; `NotReadyError` where none is known."""
        return self._grant(path).document

    def admission(self, path: str) -> admitting.Admission:
        """Return who the current version of a secret may be sealed to now: nobody but custodians once its grant ended.

        Raises: as `admitting.admit`.
        """
        grant, now = self._grant(path).document, self._clock()
        if now >= grant.expires:
            return admitting.Admission(grant, admitting.custodians_for(self._trusted, self._me.zone), (), ())
        return admitting.admit(
            self._known(path), self._trusted, self._memory.floors(), self._memory.floor(path), self._bound,
            zone=self._me.zone, now=now,
        )  # fmt: skip

    def _follow_roots(self, contents: Sequence[bytes]) -> None:
        """Go by the newest root; what a custodian knew that it leaves out has to be replaced, all of it."""
        trusted, known = accepting.follow_roots(self._trusted, contents), self._memory.floors()
        if trusted.root.version < known.root_version:
            raise OldVersionError(f"root {trusted.root.version} is older than {known.root_version}, which was seen")
        if trusted.root.version == known.root_version and trusted.digest != known.root_digest:
            raise EquivocationError(f"there are two roots of version {trusted.root.version}")
        if known.root_version and trusted.root.version > known.root_version:
            there, reached = set[Custodian](), False
            for root in roots.before(trusted, contents):
                there.update(one for zone in root.zones if zone.name == self._me.zone for one in zone.custodians)
                if reached := root.version == known.root_version:
                    break
            if not reached or there - set(trusted.custodians(self._me.zone)):  # roots that are not shown hide nobody
                for floor in self._memory.paths():
                    self._memory.take_away(floor.path, self._clock())
        self._trusted = trusted

    def _grant(self, path: str) -> Read[Grant]:
        """Return a path's grant after every check but its end: a custodian still rotates what nobody may read."""
        floor = self._memory.floor(path)
        return admitting.current_grant(self._known(path), self._trusted, floor, zone=self._me.zone, now=_ANY_TIME)

    def _note_end(self, path: str) -> None:
        """Take a grant's end for a revocation of everybody in it, once."""
        grant, now = self._grant(path).document, self._clock()
        if now >= grant.expires and not self._memory.ended(path, grant.version):
            self._memory.take_away(path, now)
            self._memory.end(path, grant.version)

    def _known(self, path: str) -> bytes:
        if path not in self._grants:
            raise NotReadyError(f"the server shows no grant for {path} that this custodian accepts")
        return self._grants[path]

    def _take_grants(self, path: str) -> None:
        contents = self._shelf.documents("grant", path)
        reads = [unverified(Grant, one, self._trusted.id) for one in contents]
        known = [read.document for read in reads if read.digest == self._memory.floor(path).grant]
        last = grants.follow(known[0] if known else None, self._memory.floor(path).grant, reads)
        if last is None or last.document.zone != self._me.zone or last.document.path != path:
            return
        # Of a chain of digests the last one's approval is enough: those who approved the others may have left.
        content = next(one for one, read in zip(contents, reads, strict=True) if read.digest == last.digest)
        grants.require(content, self._trusted)
        floor = self._memory.floor(path).granted(last.document.version, last.digest)
        if known and not _workloads(known[0]) <= _workloads(last.document):
            self._memory.take_away(path, self._clock())  # who is not named any more knows the current version
        self._memory.keep(floor)
        self._grants[path] = content

    def _take_peer(self, content: bytes) -> None:
        floors, now = self._memory.floors(), self._clock()
        said = freshness.require(content, self._trusted, self._me.zone, epoch=floors.epoch, now=now).document
        if said.custodian == self._me.name:
            return
        self._memory.keep(replace(floors, revoked=grants.merged(floors.revoked, said.revoked)))
        for path, theirs in floor_rules.from_peer(said).items():
            mine = self._memory.floor(path)
            if (theirs.epoch, theirs.number) >= (mine.epoch, mine.number):
                self._memory.keep(mine.raised(theirs.epoch, theirs.number, theirs.version))

    def _bind(self, content: bytes) -> None:
        bound = bindings.require(content, self._trusted, self._fetched(), self._clock())
        self._bound.append(bound)


def _workloads(grant: Grant) -> set[tuple[str, tuple[Claim, ...]]]:
    return {(one.issuer, one.claims) for one in grant.readers}


def kept(findings: list[str], work: Callable[[], object]) -> None:
    """Do one thing, and add why to the findings where it is refused: it keeps nothing else out."""
    try:
        work()
    except WardlineError as error:
        findings.append(f"{error.code}: {error.detail}")
