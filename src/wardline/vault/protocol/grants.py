"""Grants and what takes them away: whether they hold, who is in them, and what changed between two of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from wardline.kernel.text import printable
from wardline.vault.protocol.envelope import Envelope, Read, enveloped, unverified
from wardline.vault.protocol.errors import (
    EpochError,
    EquivocationError,
    ExpiredGrantError,
    GrantError,
    NotGrantedError,
    OldVersionError,
    RevocationError,
    RevokedError,
)
from wardline.vault.protocol.keys import Signer
from wardline.vault.protocol.model.grant import (
    JOIN_ISSUER,
    PERSON_ISSUER,
    SPIFFE_SCHEME,
    Acknowledgement,
    Epoch,
    Grant,
    Revocation,
    Subject,
)
from wardline.vault.protocol.model.statement import Revoked
from wardline.vault.protocol.roots import TrustedRoot, require_approved

# What tells one workload of an issuer from all others of it. The names of repositories can be taken over; ids cannot.
_GITHUB_PLACES: Final = frozenset({"environment", "job_workflow_ref", "ref", "workflow_ref"})


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as evidence shows it: claims by name, nested ones with `/` between (`kubernetes.io/pod/uid`)."""

    issuer: str
    claims: tuple[tuple[str, str], ...]

    def fits(self, subject: Subject) -> bool:
        """Return whether this is one of the workloads that a grant's subject stands for."""
        mine = dict(self.claims)
        return subject.issuer == self.issuer and all(mine.get(one.name) == one.value for one in subject.claims)


def require(content: bytes, trusted: TrustedRoot) -> Read[Grant]:
    """Return a grant that enough distinct people other than its requester signed, under this root, and that is sound.

    Whether it is the *current* one, and not expired, is asked by `follow`, `require_unexpired` and freshness. Under a
    solo root the one person may approve what they requested.

    Raises: `ThresholdError`, `GrantError`, `MalformedError`, `WrongKindError`, `ForeignRootError`.
    """
    read = unverified(Grant, content, trusted.id)
    besides = read.document.requester if trusted.standing == "ordinary" else ""
    require_approved(read.envelope, trusted, trusted.root.grant_threshold, besides=besides)
    require_sound(read.document, trusted)
    return read


def require_sound(grant: Grant, trusted: TrustedRoot) -> None:
    """Refuse a grant that contradicts itself or the root. Raises: `GrantError`, `UnknownCustodianError`."""
    trusted.custodians(grant.zone)
    if not grant.issued < grant.expires:
        raise GrantError("a grant ends before it begins")
    if (grant.version == 1) != (not grant.previous):
        raise GrantError("a grant follows another one unless it is the first")
    if (grant.strategy == "exec") != bool(grant.rotator):
        raise GrantError("a grant names the digest of the exec rotator's program, and of nothing else")
    if grant.maximum_age_seconds < grant.rotate_every_seconds:
        raise GrantError("a grant's maximum age is below its time between rotations")
    if bool(grant.targets) != (grant.strategy != "none"):
        raise GrantError("a grant names targets exactly where it is rotated")
    if any(one.given > grant.version for one in (*grant.readers, *grant.writers)):
        raise GrantError("a grant repeats what a later one gives")
    for subject in grant.readers:
        if subject.issuer == PERSON_ISSUER:
            raise GrantError("no person is a reader: people write, and never read")
        _require_pinned(subject, trusted)
    for subject in grant.writers:
        _require_pinned(subject, trusted)


def follow(known: Grant | None, known_digest: bytes, grants: Sequence[Read[Grant]]) -> Read[Grant] | None:
    """Return the last of a path's grants, each of which follows from the one before it; None where there are none.

    They begin anywhere up to the one after the known one: those before it are passed over.

    Raises: `GrantError` where one does not follow; `EquivocationError`; `OldVersionError` where all are before it.
    """
    version, digest = (known.version, known_digest) if known else (0, b"")
    path = known.path if known else ""
    last: Read[Grant] | None = None
    for read in grants:
        grant = read.document
        path = path or grant.path
        if grant.path != path:
            raise GrantError(f"this is a grant for {grant.path}, among those for {path}")
        if grant.version < version:
            continue
        if grant.version == version and read.digest != digest:
            raise EquivocationError(f"there are two grants of version {version} for {path}")
        if grant.version > version:
            if grant.version != version + 1 or grant.previous != digest:
                raise GrantError(f"grant {grant.version} for {path} does not follow from {version}")
            version, digest = grant.version, read.digest
        last = read
    if grants and last is None:
        raise OldVersionError(f"no grant for {path} is as new as {version}, which was seen")
    return last


def require_unexpired(grant: Grant, now: datetime) -> None:
    """Refuse a grant that has ended. Raises: `ExpiredGrantError`."""
    if now >= grant.expires:
        raise ExpiredGrantError(
            f"the grant for {grant.path} ended on {grant.expires:%Y-%m-%d}", hint="two approvers renew it"
        )


def entitled(subjects: Sequence[Subject], identity: Identity, what: str) -> tuple[Subject, ...]:
    """Return the subjects that this identity is one of. Raises: `NotGrantedError` where there are none."""
    found = tuple(one for one in subjects if identity.fits(one))
    if not found:
        raise NotGrantedError(f"the grant does not name this workload as a {what}")
    return found


def taken_off(grant: Grant, name: str, revoked: Iterable[Revoked]) -> bool:
    """Return whether a reader's or writer's grant was taken away, and not given again since."""
    given = min((one.given for one in (*grant.readers, *grant.writers) if one.name == name), default=grant.version)
    return any(one.path == grant.path and one.name in {name, ""} and given <= one.through for one in revoked)


def require_kept(grant: Grant, name: str, revoked: Iterable[Revoked]) -> None:
    """Refuse a reader or writer that was `taken_off`. Raises: `RevokedError`."""
    if taken_off(grant, name, revoked):
        raise RevokedError(f"{name} was taken off {grant.path}", hint="`wardline grant request` asks to give it again")


def require_revocation(content: bytes, trusted: TrustedRoot) -> Read[Revocation]:
    """Return a revocation that at least one approver signed. Raises: `ThresholdError`, and as `unverified`."""
    read = unverified(Revocation, content, trusted.id)
    require_approved(read.envelope, trusted, 1)
    return read


def revoked_by(revocation: Revocation) -> Revoked:
    """Return what a custodian remembers of a revocation."""
    return Revoked(revocation.path, revocation.name, revocation.through)


def merged(*sets: Iterable[Revoked]) -> tuple[Revoked, ...]:
    """Return what all of these take away together: of each path and name, the highest version."""
    highest: dict[tuple[str, str], int] = {}
    for one in (one for revoked in sets for one in revoked):
        highest[one.path, one.name] = max(one.through, highest.get((one.path, one.name), 0))
    return tuple(Revoked(path, name, through) for (path, name), through in sorted(highest.items()))


def acknowledged_by(
    document: bytes, zone: str, acknowledgements: Iterable[bytes], trusted: TrustedRoot
) -> tuple[str, ...]:
    """Return the custodians of the zone whose acknowledgement is *missing*: none is success.

    Raises: `RevocationError` for an acknowledgement of something else; `SignatureError`, `UnknownCustodianError`.
    """
    missing = {one.name for one in trusted.custodians(zone)}
    for content in acknowledgements:
        read = unverified(Acknowledgement, content, trusted.id)
        said = read.document
        if (said.document, said.zone) != (document, zone):
            raise RevocationError("this acknowledges another document")
        read.envelope.require_signer(trusted.custodian(zone, said.custodian).signing, said.custodian)
        missing.discard(said.custodian)
    return tuple(sorted(missing))


def acknowledge(document: bytes, zone: str, custodian: str, root: bytes, now: datetime, signer: Signer) -> Envelope:  # noqa: PLR0913, PLR0917 - the parts of one document
    """Return a custodian's word that it applied a document."""
    return enveloped(Acknowledgement(root, document, zone, custodian, now), signer)


def require_epoch(content: bytes, trusted: TrustedRoot, *, known: int, known_digest: bytes) -> Read[Epoch]:
    """Return the epoch after the known one (0 and no digest: the first), that enough people raised.

    One that follows a restore need not name the one before it, which may be among what was lost.

    Raises: `EpochError` where it does not follow; `EquivocationError`; `ThresholdError`.
    """
    read = unverified(Epoch, content, trusted.id)
    if read.document.epoch == known and read.digest != known_digest:
        raise EquivocationError(f"there are two epochs {known}")
    require_approved(read.envelope, trusted, trusted.root.grant_threshold)
    if read.digest == known_digest:
        return read
    if bool(read.document.entries) != bool(read.document.head):
        raise EpochError("an epoch names a size and a root hash of the ledger, or neither")
    if read.document.entries and read.document.epoch > known:
        return read
    if read.document.epoch != known + 1 or read.document.previous != known_digest:
        raise EpochError(f"epoch {read.document.epoch} does not follow from epoch {known}")
    return read


def epoch_of(content: bytes, trusted: TrustedRoot) -> int:
    """Return the epoch that a document claims to raise. Raises: as `unverified`."""
    return unverified(Epoch, content, trusted.id).document.epoch


def changes(before: Grant | None, after: Grant) -> tuple[str, ...]:
    """Return what an approver is asked to sign, as lines: what is new, gone or different, never a picture of it.

    It is made from the two documents themselves, by whoever signs; no page or server takes part.
    """
    lines: list[str] = []
    for one in fields(Grant):
        old, new = getattr(before, one.name) if before else None, getattr(after, one.name)
        if isinstance(new, tuple):
            gone = [f"- {one.name}: {_shown(value)}" for value in (old or ()) if value not in new]
            lines += gone + [f"+ {one.name}: {_shown(value)}" for value in new if value not in (old or ())]
        elif old != new:
            lines += [f"- {one.name}: {_shown(old)}"] * (before is not None) + [f"+ {one.name}: {_shown(new)}"]
    return tuple(lines)


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        return value.hex() or "none"
    if isinstance(value, Subject):
        claims = ", ".join(f"{one.name}={one.value}" for one in value.claims)
        return printable(f"{value.name}, up to {value.instances}, given by {value.given}: {claims} of {value.issuer}")
    return printable(str(value))


def _require_pinned(subject: Subject, trusted: TrustedRoot) -> None:
    """Refuse a subject that could be more than was meant. Raises: `GrantError`."""
    names = {one.name for one in subject.claims}
    issuer = trusted.root.issuer(subject.issuer)
    if subject.issuer in {PERSON_ISSUER, JOIN_ISSUER}:
        pinned = names == {"approver" if subject.issuer == PERSON_ISSUER else "name"}
    elif subject.issuer.startswith(SPIFFE_SCHEME):
        domain = subject.issuer.removeprefix(SPIFFE_SCHEME)
        known = any(one.name == domain for one in trusted.root.trust_domains)
        mine = [one.value for one in subject.claims if one.name == "sub"]
        pinned = known and names == {"sub"} and mine[0].startswith(f"{subject.issuer}/")
    elif issuer is None:
        raise GrantError(f"the root does not know the issuer of {subject.name}")
    elif issuer.form == "github":
        pinned = "repository_id" in names and bool(names & _GITHUB_PLACES)
    else:
        pinned = "sub" in names
    if not pinned:
        raise GrantError(
            f"{subject.name} is not pinned to one workload",
            hint="Kubernetes and others: sub; GitHub: repository_id and ref, environment or workflow_ref; SPIFFE: sub",
        )
