"""What the server keeps of the vault and shows of it: documents as bytes, and what they claim. Pure values."""

from datetime import datetime
from typing import Literal, NamedTuple

MachineRole = Literal["agent", "custodian"]


class Kept(NamedTuple):
    """A document as it came. What stands beside its bytes is what it *claims*; whoever relies on it reads the bytes.

    `name` is whose it is (a requester, a custodian as `zone/name`, a reader, a key's id); `number` orders documents of
    one kind and path; `refers` is the digest of the document that it is about, empty where there is none.
    """

    digest: bytes
    kind: str
    path: str
    name: str
    number: int
    refers: bytes
    at: datetime
    content: bytes
    event: str


class Machine(NamedTuple):
    """A process that showed that it holds a key: a custodian that the root names, or an agent."""

    role: MachineRole
    name: str  # a custodian's name; an agent's sealing key's id
    zone: str  # a custodian's zone; "" for an agent
    signing: bytes
    key_id: bytes  # of its sealing key


class Challenge(NamedTuple):
    """What a machine signs to show that it holds its key; good once, and for a minute."""

    nonce: bytes
    expires_at: datetime


class Entered(NamedTuple):
    """A machine's token, shown once, and until when it is good."""

    token: str
    role: MachineRole
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Entered({self.role}, until {self.expires_at:%H:%M:%S})"


class Changes(NamedTuple):
    """Paths that something happened to, and where to ask on from: a number of the ledger."""

    cursor: int
    paths: tuple[str, ...]


class Proposal(NamedTuple):
    """A document that people are asked to sign: as it stands, with who signed it so far."""

    id: str
    kind: str
    path: str
    digest: bytes
    content: bytes
    asked_by: str
    asked_at: datetime
    signed_by: tuple[str, ...]
    wanted: int
    state: Literal["open", "done", "withdrawn"]


class Secret(NamedTuple):
    """A secret as lists show it: what its newest grant and version claim. No value is anywhere near."""

    path: str
    zone: str
    strategy: str
    grant_version: int
    grant_expires_at: datetime
    requester: str
    approvers: tuple[str, ...]
    readers: tuple[str, ...]
    rotate_every_seconds: int
    maximum_age_seconds: int
    epoch: int | None  # None where no version is published yet
    number: int | None
    origin: str | None  # "minted", "imported" or "written"
    published_at: datetime | None
    next_rotation_at: datetime | None
    rotation_step: str | None  # of the rotation that is under way
    rotation_since: datetime | None  # when it came to that step
    rotation_problem: str | None
    overdue: bool
    solo: bool


class Consumer(NamedTuple):
    """A reader that a version was sealed to, and which version it said that it has."""

    reader: str
    key_id: str
    number: int | None
    delivered: str | None
    at: datetime | None


class PastVersion(NamedTuple):
    """A version as the history of a secret shows it."""

    epoch: int
    number: int
    origin: str
    custodian: str
    issued_at: datetime
    digest: str
    consumers: int


class Row(NamedTuple):
    """A rotation's row as custodians keep it here: ciphertext and words. See `custodian/rotating.py`."""

    path: str
    number: int
    mark: str
    sealed: bytes
    reason: str
    step: str
    begun: datetime
    since: datetime
    attempts: int
    not_before: datetime | None
    problem: str
    superseded: bool
    revision: int
