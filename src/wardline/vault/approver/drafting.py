"""Documents as people draft them: the first root of a ceremony, a secret's first grant, and what changes in the next.

A draft is nothing: it becomes what it says when enough people sign it, each after reading their own diff of it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.text import printable
from wardline.vault.protocol import encoding, grants, roots
from wardline.vault.protocol.encoding import b64, unb64, whole_milliseconds
from wardline.vault.protocol.envelope import Envelope, Read, enveloped, read_envelope, unverified
from wardline.vault.protocol.errors import RefusedError
from wardline.vault.protocol.evidence import join as join_evidence
from wardline.vault.protocol.keys import SealingKey
from wardline.vault.protocol.model.binding import Join
from wardline.vault.protocol.model.grant import (
    JOIN_ISSUER,
    PERSON_ISSUER,
    BreakGlass,
    Claim,
    Endpoint,
    Epoch,
    Grant,
    Revocation,
    Setting,
    Subject,
)
from wardline.vault.protocol.model.root import Approver, Custodian, Issuer, LedgerKey, PinnedKey, Root, Standing, Zone
from wardline.vault.protocol.model.statement import HeadSeen
from wardline.vault.protocol.roots import TrustedRoot

JOIN_LIFETIME: Final = timedelta(days=30)
GRANT_LIFETIME: Final = timedelta(days=365)
_DRAIN: Final = 300
_GRACE: Final = 3600
_SETTINGS: Final = ("database", "name", "owner", "probe", "user")  # of a PostgreSQL target
_THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_SCHEMES: Final = {"postgresql": "postgresql", "postgres": "postgresql"}


class Plan(NamedTuple):
    """What a ceremony decides."""

    organisation: str
    approvers: Sequence[tuple[str, bytes]]
    threshold: int
    grant_threshold: int
    zones: dict[str, Sequence[Custodian]]
    ledger: LedgerKey
    issuers: Sequence[Issuer] = ()


class Terms(NamedTuple):
    """What a new secret's grant says beside who reads it."""

    path: str
    zone: str
    requester: str
    target: str = ""  # an address of the target; "" for a value that people bring
    rotate_every: timedelta = timedelta(0)
    maximum_age: timedelta = timedelta(days=1)
    overlap: timedelta = timedelta(minutes=5)
    authority: str = ""  # PEM
    program: bytes = b""  # the digest of an exec rotator's program


def first_root(plan: Plan, now: datetime, *, solo: bool) -> tuple[Envelope, Standing]:
    """Return the first root, unsigned. Raises: `RefusedError` for one that nobody may sign."""
    standing: Standing = "solo" if solo else "ordinary"
    root = Root(
        root=b"",
        version=1,
        previous=b"",
        organisation=plan.organisation,
        issued=whole_milliseconds(now),
        threshold=plan.threshold,
        grant_threshold=plan.grant_threshold,
        approvers=tuple(Approver(name, key) for name, key in sorted(plan.approvers)),
        issuers=tuple(sorted(plan.issuers, key=lambda one: one.issuer)),
        trust_domains=(),
        zones=tuple(
            Zone(name, tuple(sorted(custodians, key=lambda one: one.name)))
            for name, custodians in sorted(plan.zones.items())
        ),
        ledgers=(plan.ledger,),
        witnesses=(),
        witness_threshold=0,
        upheld=(),
    )
    return _written(lambda: roots.enveloped(root, standing), "root"), standing


def next_root(trusted: TrustedRoot, now: datetime, **changes: object) -> Envelope:
    """Return a root after the newest one, unsigned, with what changes in it."""
    made = replace(
        trusted.root,
        root=trusted.id,
        version=trusted.root.version + 1,
        previous=trusted.digest,
        issued=whole_milliseconds(now),
        **changes,  # type: ignore[arg-type] # fields of a root, by name
    )
    return _written(lambda: roots.enveloped(made, trusted.standing), "root")


def first_grant(trusted: TrustedRoot, terms: Terms, now: datetime) -> Grant:
    """Return a secret's first grant: nobody reads it yet, and its requester and every approver may bring a value.

    Raises: `AskedWronglyError` for a target that cannot be one: a password in its address, an unknown kind.
    """
    strategy, settings, targets = _target(terms)
    issued = whole_milliseconds(now)
    writers = tuple(
        Subject(f"person:{one.name}", PERSON_ISSUER, (Claim("approver", one.name),), 1, given=1)
        for one in trusted.root.approvers
    )
    return Grant(
        root=trusted.id,
        path=terms.path,
        version=1,
        previous=b"",
        requester=terms.requester,
        zone=terms.zone,
        issued=issued,
        expires=issued + GRANT_LIFETIME,
        readers=(),
        writers=tuple(sorted(writers, key=lambda one: one.name)),
        strategy=strategy,
        settings=settings,
        targets=targets,
        rotator=terms.program,
        rotate_every_seconds=int(terms.rotate_every.total_seconds()) if strategy != "none" else 0,
        maximum_age_seconds=int(max(terms.maximum_age, terms.rotate_every).total_seconds()),
        overlap_seconds=int(terms.overlap.total_seconds()),
        drain_seconds=_DRAIN,
        grace_seconds=_GRACE,
    )


def next_grant(before: Read[Grant], requester: str, now: datetime) -> Grant:
    """Return the grant after another one, which says the same until something is changed in it.

    Who was taken off since stays off: their place in it is repeated, and nobody gives it again.
    """
    issued = whole_milliseconds(now)
    return replace(
        before.document,
        version=before.document.version + 1,
        previous=before.digest,
        requester=requester,
        issued=issued,
        expires=issued + GRANT_LIFETIME,
    )


def with_reader(grant: Grant, reader: Subject) -> Grant:
    """Return a grant that gives one more reader, or gives the one of its name again."""
    others = [one for one in grant.readers if one.name != reader.name]
    given = replace(reader, given=grant.version)
    return replace(grant, readers=tuple(sorted([*others, given], key=lambda one: one.name)))


def with_readers(grant: Grant, readers: Sequence[Subject]) -> Grant:
    """Return a grant with these readers and no others; those that are there already are repeated, not given again."""
    there = {replace(one, given=1): one for one in grant.readers}
    made = [there.get(replace(one, given=1)) or replace(one, given=grant.version) for one in readers]
    return replace(grant, readers=tuple(sorted(made, key=lambda one: one.name)))


def subject(name: str, issuer: str, claims: Sequence[str], instances: int = 1) -> Subject:
    """Return a reader, as a first grant gives it: `claims` are `name=value`.

    Without an issuer it is a workload that people joined by hand.

    Raises: `AskedWronglyError`.
    """
    if not issuer:
        issuer, claims = JOIN_ISSUER, claims or [f"name={name.removeprefix('workload:')}"]
    pairs = [one.partition("=") for one in claims]
    if not pairs or not all(key and equals for key, equals, _ in pairs):
        raise AskedWronglyError("a claim is NAME=VALUE", hint="--claim sub=system:serviceaccount:shop:orders")
    made = tuple(sorted((Claim(key, value) for key, _, value in pairs), key=lambda one: one.name))
    return Subject(name, issuer, made, instances, given=1)


def drafted(grant: Grant) -> Envelope:
    """Return a grant in an envelope, unsigned. Raises: `AskedWronglyError` for words it cannot hold."""
    return _written(lambda: enveloped(grant), "grant")


def revocation(grant: Read[Grant], name: str, reason: str, now: datetime) -> Revocation:
    """Return what takes a reader or writer (empty: everybody) off a secret in every grant so far."""
    said = grant.document
    return Revocation(said.root, said.path, name, said.version, reason, whole_milliseconds(now))


def next_epoch(  # noqa: PLR0913 - what an epoch says
    trusted: TrustedRoot,
    before: bytes | None,
    why: str,
    now: datetime,
    restored: HeadSeen | None = None,
    *,
    number: int | None = None,
) -> Envelope:
    """Return what raises the epoch after the newest one (None: the first that is raised), unsigned.

    `restored`: the ledger's head after a restore, from which it goes on whatever anybody saw beyond it.

    Raises: `AskedWronglyError` for a reason that it cannot hold; `RefusedError` for what is no epoch.
    """
    last = unverified(Epoch, before, trusted.id) if before else None
    following, previous = (last.document.epoch + 1, last.digest) if last else (2, b"")
    if number and (not restored or number < following):
        raise AskedWronglyError(
            f"epoch {number} does not follow", hint=f"after a restore, {following} or above; else {following}"
        )
    entries, head = (restored.size, restored.root_hash) if restored else (0, b"")
    made = Epoch(trusted.id, number or following, previous, entries, head, why, whole_milliseconds(now))
    return _written(lambda: enveloped(made), "epoch")


def looked_at(content: bytes, before: bytes | None, trusted: TrustedRoot) -> tuple[Read[Grant], tuple[str, ...]]:
    """Return a proposed grant and what it changes, as an approver has to see it.

    Both documents come from a server: the one before is believed for its signatures alone, and the proposed one has to
    follow it. Raises: `RefusedError`.
    """
    proposed = unverified(Grant, content, trusted.id)
    grants.require_sound(proposed.document, trusted)
    known = grants.require(before, trusted) if before else None
    wanted = (known.document.version + 1, known.digest) if known else (1, b"")
    if (proposed.document.version, proposed.document.previous) != wanted:
        raise AskedWronglyError("this grant does not follow the newest one", hint="have it requested again")
    return proposed, grants.changes(known.document if known else None, proposed.document)


def custodian_line(custodian: Custodian) -> str:
    """Return what a custodian's operator hands to whoever drafts the root."""
    return f"{custodian.name}:{b64(custodian.signing)}:{custodian.sealing.kem}:{b64(custodian.sealing.public)}"


def read_custodian(line: str) -> Custodian:
    """Return the custodian of a line. Raises: `AskedWronglyError`."""
    parts = line.strip().split(":")
    try:
        name, signing, kem, sealing = parts
        return Custodian(name, unb64(signing), SealingKey(kem, unb64(sealing)))  # type: ignore[arg-type] # read strictly when it is signed
    except ValueError:
        raise AskedWronglyError(
            f"{printable(line, max_chars=80)} is no custodian's line", hint="`wardline custodian --public` prints one"
        ) from None


def issuer(form: str, address: str, keys: str) -> Issuer:
    """Return an issuer: `keys` is a JWK set (RFC 7517) to pin, or an https address to fetch one from."""
    import json

    if keys.startswith("https://"):
        return Issuer(address, form, keys, ())  # type: ignore[arg-type] # read strictly when it is signed
    try:
        listed = json.loads(keys)["keys"]
        pinned = sorted(json.dumps(one, sort_keys=True, separators=(",", ":")) for one in listed)
    except (ValueError, KeyError, TypeError) as error:
        raise AskedWronglyError(
            "the issuer's keys are no JWK set", hint='{"keys": […]}, or an https address'
        ) from error
    return Issuer(address, form, "", tuple(PinnedKey(one) for one in pinned))  # type: ignore[arg-type] # as above


def _target(terms: Terms) -> tuple[str, tuple[Setting, ...], tuple[Endpoint, ...]]:
    if not terms.target:
        return "none", (), ()
    url = urlsplit(terms.target)
    if url.password is not None:
        raise AskedWronglyError(
            "the target's address holds a password", hint="leave it out: peer authentication, or import it sealed"
        )
    if url.scheme == "exec":
        program = PurePosixPath(url.path)
        if not terms.program or not program.is_absolute():
            raise AskedWronglyError(
                "an exec target is exec:///absolute/program", hint="and the program has to be there"
            )
        return "exec", (Setting("program", str(program)),), (Endpoint("localhost", 0, ""),)
    strategy = _SCHEMES.get(url.scheme)
    if strategy is None:
        raise AskedWronglyError(
            f"nothing rotates {printable(url.scheme, max_chars=30) or 'that'}",
            hint="postgresql://HOST/DATABASE, or exec://",
        )
    given = dict(parse_qsl(url.query))
    host, port = given.pop("host", "") or url.hostname or "/var/run/postgresql", given.pop("port", "") or url.port
    settings = {"database": url.path.lstrip("/"), **({"user": url.username} if url.username else {}), **given}
    if unknown := settings.keys() - _SETTINGS:
        raise AskedWronglyError(
            f"a target's address has no {printable(min(unknown), max_chars=30)}", hint=f"it has {', '.join(_SETTINGS)}"
        )
    if not settings["database"] or not settings.get("owner"):
        raise AskedWronglyError(
            "the target's address names no database, or nobody who owns its objects",
            hint="postgresql:///orders?owner=orders_owner",
        )
    if not str(port or 5432).isdecimal():
        raise AskedWronglyError("the target's port is no number")
    if not (host.startswith("/") or host in _THIS_MACHINE or terms.authority):
        raise AskedWronglyError(
            f"{printable(host, max_chars=80)} is another machine: who signed its certificate?",
            hint="--ca FILE: that authority's certificate, PEM",
        )
    named = tuple(Setting(name, value) for name, value in sorted(settings.items()) if value)
    return strategy, named, (Endpoint(host, int(port or 5432), terms.authority),)


def _written(make: "object", what: str) -> Envelope:
    try:
        return make()  # type: ignore[operator, no-any-return] # a function without arguments
    except ValueError as error:
        raise AskedWronglyError(f"this {what} cannot be written: {error}") from error
    except RefusedError as error:
        raise AskedWronglyError(error.detail, hint=error.hint) from error


def root_said(envelope: Envelope) -> tuple[str, ...]:
    """Return what a root says, as whoever signs it has to see it. Raises: `RefusedError` for what is none."""
    standing = next((name for name, kind in Root.kinds.items() if kind == envelope.kind), None)
    if standing is None:
        raise AskedWronglyError(f"this is a {printable(envelope.kind, max_chars=40)}, and no root")
    root = encoding.read(Root, envelope.payload, "a root")
    roots.require_sound(root, standing)
    custodians = [f"custodian in {zone.name}: {custodian_line(one)}" for zone in root.zones for one in zone.custodians]
    return (
        f"{standing} root of {printable(root.organisation)}, version {root.version}",
        f"digest: {standing}:{b64(envelope.digest)}",
        *(f"approver: {one.name}:{b64(one.key)}" for one in root.approvers),
        f"change the root: {root.threshold}; approve a grant: {root.grant_threshold}",
        *custodians,
        *(f"issuer: {one.issuer} ({one.form})" for one in root.issuers),
        *(f"ledger: {one.origin} {b64(one.key)}" for one in root.ledgers),
    )


def join(trusted: TrustedRoot, name: str, requester: str, thumbprint: str, now: datetime) -> Envelope:
    """Return what two approvers sign so that keys with this thumbprint are a workload's, for development; unsigned."""
    issued = whole_milliseconds(now)
    made = Join(trusted.id, name, requester, join_evidence.digest(thumbprint), issued, issued + JOIN_LIFETIME)
    return _written(lambda: enveloped(made), "join document")


def looked_at_other(content: bytes, trusted: TrustedRoot) -> tuple[Envelope, tuple[str, ...]]:
    """Return a proposed root, epoch or break-glass access, and what it says. Raises: `RefusedError`."""
    envelope = read_envelope(content)
    if envelope.kind == BreakGlass.kind:
        unverified(BreakGlass, content, trusted.id)
    return envelope, said_by(envelope)


def said_by(envelope: Envelope) -> tuple[str, ...]:
    """Return what a root, epoch, break-glass access or join document says, as whoever signs it has to see it.

    Raises: `RefusedError`, `AskedWronglyError`.
    """
    if envelope.kind in Root.kinds.values():
        return root_said(envelope)
    for known in (Epoch, BreakGlass, Join):
        if known.kind == envelope.kind:
            said = encoding.read(known, envelope.payload, f"a {known.kind}")
            return tuple(f"{name}: {_plain(getattr(said, name))}" for name in known.__dataclass_fields__)
    raise AskedWronglyError(f"a {printable(envelope.kind, max_chars=40)} is not signed here")


def _plain(value: object) -> str:
    return b64(value) if isinstance(value, bytes) else printable(str(value))
