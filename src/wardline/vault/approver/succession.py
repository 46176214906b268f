"""The next root: who comes, who leaves, and what people of earlier roots approved that goes on to hold.

A document holds while enough people *of the newest root* have signed it. Where somebody leaves, what only they and too
few others signed would fall; the next root names such documents by digest and so approves them once more. Whoever signs
a root therefore looks at that list on their own machine: nothing may stand in it that was not approved before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.text import printable
from wardline.vault.approver.drafting import custodian_line, next_root
from wardline.vault.protocol import encoding, grants, roots
from wardline.vault.protocol.encoding import b64
from wardline.vault.protocol.envelope import Envelope, read_envelope, unverified
from wardline.vault.protocol.errors import RefusedError
from wardline.vault.protocol.model.binding import Join
from wardline.vault.protocol.model.grant import Epoch, Grant, Revocation
from wardline.vault.protocol.model.root import Approver, Custodian, Issuer, LedgerKey, Root, TrustDomain, Zone
from wardline.vault.protocol.roots import TrustedRoot


class Amendment(NamedTuple):
    """What changes from one root to the next. A custodian of a name that is there takes its place."""

    approvers: Sequence[tuple[str, bytes]] = ()
    without_approvers: Sequence[str] = ()
    custodians: Sequence[tuple[str, Custodian]] = ()  # each with its zone
    without_custodians: Sequence[str] = ()
    issuers: Sequence[Issuer] = ()
    without_issuers: Sequence[str] = ()
    trust_domains: Sequence[TrustDomain] = ()
    without_trust_domains: Sequence[str] = ()
    ledger: LedgerKey | None = None  # a key that signs the ledger from now on, beside those before it
    threshold: int | None = None
    grant_threshold: int | None = None


def amended(trusted: TrustedRoot, amendment: Amendment, standing: Iterable[bytes], now: datetime) -> Envelope:
    """Return the next root, unsigned. It upholds what stands now and would fall with those who leave.

    `standing` are the documents that hold: newest grants, epochs, revocations, joins. Raises: `AskedWronglyError` for a
    name that is not there, or for a root that nobody may sign.
    """
    root = trusted.root
    changes: dict[str, Any] = {
        "approvers": _people(root, amendment),
        "zones": _zones(root, amendment),
        "issuers": _replaced(root.issuers, amendment.issuers, amendment.without_issuers, "issuer"),
        "trust_domains": _replaced(
            root.trust_domains, amendment.trust_domains, amendment.without_trust_domains, "trust domain", by="name"
        ),
        "threshold": amendment.threshold or root.threshold,
        "grant_threshold": amendment.grant_threshold or root.grant_threshold,
        "upheld": (),
    }
    if amendment.ledger and amendment.ledger not in root.ledgers:
        changes["ledgers"] = tuple(sorted((*root.ledgers, amendment.ledger), key=lambda one: (one.origin, one.key)))
    after = TrustedRoot(replace(root, **changes), trusted.id, b"", trusted.standing)
    upheld = {read_envelope(one).digest for one in standing if _approved(one, trusted) and not _approved(one, after)}
    return next_root(trusted, now, **{**changes, "upheld": tuple(sorted(upheld))})


def looked_at(content: bytes, trusted: TrustedRoot, standing: Iterable[bytes]) -> tuple[Envelope, tuple[str, ...]]:
    """Return a proposed root and what it changes, as whoever signs it has to see it.

    Raises: `AskedWronglyError` where it does not follow, or upholds what nobody can be shown to have approved.
    """
    envelope = read_envelope(content)
    root = encoding.read(Root, envelope.payload, "a root")
    if envelope.kind != Root.kinds[trusted.standing] or (root.root, root.version, root.previous) != (
        trusted.id, trusted.root.version + 1, trusted.digest,
    ):  # fmt: skip
        raise AskedWronglyError("this root does not follow the newest one", hint="have it drafted again")
    roots.require_sound(root, trusted.standing)
    known = {read_envelope(one).digest: one for one in standing}
    lines = list(changes(trusted.root, root))
    for digest in root.upheld:
        if digest not in known or not _approved(known[digest], trusted):
            raise AskedWronglyError(
                f"the root upholds a document that was not approved: {b64(digest)}",
                hint="do not sign it; ask who drafted it, and draft it again",
            )
        lines.append(f"+ upholds {_named(known[digest])}")
    return envelope, tuple(lines)


def changes(before: Root, after: Root) -> tuple[str, ...]:
    """Return what differs between two roots, a line for each person, custodian, issuer and number."""
    lines: list[str] = []
    for one in fields(Root):
        old, new = getattr(before, one.name), getattr(after, one.name)
        if one.name in {"root", "version", "previous", "issued", "upheld"} or old == new:
            continue
        if isinstance(new, tuple):
            gone, come = set(_shown(one.name, old)), set(_shown(one.name, new))
            lines += [f"- {text}" for text in sorted(gone - come)] + [f"+ {text}" for text in sorted(come - gone)]
        else:
            lines += [f"- {one.name}: {printable(str(old))}", f"+ {one.name}: {printable(str(new))}"]
    return tuple(lines)


def fallen(trusted: TrustedRoot, after: Root, standing: Iterable[bytes]) -> tuple[str, ...]:
    """Return what holds now and would not hold under the next root, whatever it upholds: its zone or issuer is gone."""
    then = TrustedRoot(after, trusted.id, b"", trusted.standing)
    return tuple(_named(one) for one in standing if _approved(one, trusted) and not _approved(one, then))


def _approved(content: bytes, trusted: TrustedRoot) -> bool:
    envelope = read_envelope(content)
    try:
        if envelope.kind == Grant.kind:
            grants.require(content, trusted)
        elif envelope.kind == Revocation.kind:
            grants.require_revocation(content, trusted)
        elif envelope.kind == Epoch.kind:
            unverified(Epoch, content, trusted.id)
            roots.require_approved(envelope, trusted, trusted.root.grant_threshold)
        else:
            requester = unverified(Join, content, trusted.id).document.requester
            besides = requester if trusted.standing == "ordinary" else ""
            roots.require_approved(envelope, trusted, trusted.root.grant_threshold, besides=besides)
    except RefusedError:
        return False
    return True


def _named(content: bytes) -> str:
    envelope = read_envelope(content)
    if envelope.kind == Grant.kind:
        grant = encoding.read(Grant, envelope.payload, "a grant")
        return f"grant {grant.version} of {grant.path}"
    if envelope.kind == Revocation.kind:
        said = encoding.read(Revocation, envelope.payload, "a revocation")
        return f"the revocation of {said.name or 'everybody'} from {said.path}"
    if envelope.kind == Join.kind:
        return f"the join of workload {encoding.read(Join, envelope.payload, 'a join').name}"
    return f"epoch {encoding.read(Epoch, envelope.payload, 'an epoch').epoch}"


def _people(root: Root, amendment: Amendment) -> tuple[Approver, ...]:
    people = {one.name: one for one in root.approvers}
    for name in amendment.without_approvers:
        if people.pop(name, None) is None:
            raise _nobody("approver", name, [one.name for one in root.approvers])
    people |= {name: Approver(name, key) for name, key in amendment.approvers}
    return tuple(people[name] for name in sorted(people))


def _zones(root: Root, amendment: Amendment) -> tuple[Zone, ...]:
    zones = {zone.name: {one.name: one for one in zone.custodians} for zone in root.zones}
    for name in amendment.without_custodians:
        if not any(zone.pop(name, None) for zone in zones.values()):
            raise _nobody("custodian", name, [one.name for zone in root.zones for one in zone.custodians])
    for zone_name, custodian in amendment.custodians:
        zones.setdefault(zone_name, {})[custodian.name] = custodian
    return tuple(
        Zone(name, tuple(zones[name][one] for one in sorted(zones[name]))) for name in sorted(zones) if zones[name]
    )


def _replaced(
    there: Sequence[Any], more: Sequence[Any], without: Sequence[str], what: str, *, by: str = "issuer"
) -> tuple[Any, ...]:
    kept = {getattr(one, by): one for one in there}
    for name in without:
        if kept.pop(name, None) is None:
            raise _nobody(what, name, [getattr(one, by) for one in there])
    kept |= {getattr(one, by): one for one in more}
    return tuple(kept[name] for name in sorted(kept))


def _shown(name: str, values: Sequence[Any]) -> list[str]:
    if name == "approvers":
        return [f"approver: {one.name}:{b64(one.key)}" for one in values]
    if name == "zones":
        return [f"custodian in {zone.name}: {custodian_line(one)}" for zone in values for one in zone.custodians]
    if name == "issuers":
        return [printable(f"issuer: {one.issuer} ({one.form}), {_keys(one)}") for one in values]
    if name == "ledgers":
        return [f"ledger: {one.origin} {b64(one.key)}" for one in values]
    return [printable(f"{name}: {one}", max_chars=300) for one in values]


def _keys(issuer: Issuer) -> str:
    return issuer.jwks_uri or f"{len(issuer.keys)} pinned keys, {sha256(encoding.canonical(issuer)).hexdigest()[:16]}"


def _nobody(what: str, name: str, there: Sequence[str]) -> AskedWronglyError:
    return AskedWronglyError(
        f"the root names no {what} {printable(name, max_chars=80)}", hint=f"it names: {', '.join(there) or 'none'}"
    )
