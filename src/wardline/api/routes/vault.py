"""The vault, for people: its root, what they are asked to sign, secrets by path. No answer holds a value."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import StringConstraints
from starlette.responses import Response

from wardline.api.caller import Called
from wardline.api.listing import Paging, Rows, listed, listed_whole
from wardline.api.routing import route, router
from wardline.api.vault_words import (
    Base64Url,
    EnvelopeSent,
    EnvelopeShown,
    Octets,
    PathPrefix,
    SecretPath,
    handed_in,
    octets,
    shown,
)
from wardline.api.words import Asked, Shown
from wardline.kernel.errors import NotFoundError
from wardline.kernel.identity.model import Principal
from wardline.kernel.paging import Listing, Page
from wardline.vault.server.model import Proposal

ROUTER = router("vault")
ProposalId = Annotated[str, StringConstraints(pattern=r"^prp-[0-7][0-9a-hjkmnp-tv-z]{25}$")]


class StandingShown(Shown):
    """How the vault stands: its root, and who approves. `root` is what agents and custodians are given at install."""

    root: str
    standing: Literal["ordinary", "solo", "dev"]
    version: int
    approvers: list[str]
    threshold: int
    grant_threshold: int
    zones: dict[str, list[str]]


class RootsShown(Shown):
    """The chain of roots, the first one first."""

    roots: list[EnvelopeShown]


class RootShown(Shown):
    """The first root's digest."""

    root: str


class ProposalShown(Shown):
    """A document that people are asked to sign. Whoever signs reads `document`, on their own machine."""

    id: str
    kind: str
    path: str
    digest: Octets
    asked_by: str
    asked_at: datetime
    signed_by: list[str]
    wanted: int
    state: Literal["open", "done", "withdrawn"]
    document: EnvelopeShown


class ProposalsAsked(Paging):
    """Which proposals."""

    state: Literal["open", "done", "withdrawn"] | None = None


class SecretShown(Shown):
    """A secret: what its newest grant and version claim."""

    path: str
    zone: str
    strategy: str
    grant_version: int
    grant_expires_at: datetime
    requester: str
    approvers: list[str]
    readers: list[str]
    rotate_every_seconds: int
    maximum_age_seconds: int
    epoch: int | None
    number: int | None
    origin: str | None
    published_at: datetime | None
    next_rotation_at: datetime | None
    rotation_step: str | None
    rotation_since: datetime | None
    rotation_problem: str | None
    overdue: bool
    solo: bool


class SecretsAsked(Paging):
    """Which secrets."""

    prefix: PathPrefix = ""


class VersionShown(Shown):
    """A version that was published."""

    epoch: int
    number: int
    origin: str
    custodian: str
    issued_at: datetime
    digest: str
    consumers: int


class ConsumerShown(Shown):
    """A reader that the newest version is sealed to, and which version it said that it has."""

    reader: str
    key_id: Octets | str
    number: int | None
    delivered: str | None
    at: datetime | None


class OneSecret(Asked):
    """Which secret."""

    path: SecretPath


class SecretPaging(Paging):
    """Which secret."""

    path: SecretPath


class RevokingShown(Shown):
    """A revocation, and the custodians whose acknowledgement is missing: it holds once there are none."""

    document: str
    path: str
    name: str
    missing: list[str]


@route(ROUTER, "GET", "", needs="vault:read", shows=StandingShown, may=(404,))
async def get_vault(call: Called) -> Response:
    """Show how the vault stands."""

    def standing(who: Principal) -> Any:
        found = call.services.vault.standing(who)
        if found is None:
            raise NotFoundError(
                "this vault has no root yet",
                hint="hold the ceremony: docs/operations.md, or `wardline up` for a first look",
            )
        return found

    return await call.answer(standing)


@route(ROUTER, "GET", "/roots", needs="vault:read", shows=RootsShown)
async def list_roots(call: Called) -> Response:
    """Show the chain of roots."""
    return await call.answer(lambda who: {"roots": [shown(one) for one in call.services.vault.root(who)]})


@route(ROUTER, "GET", "/documents", needs="vault:read", shows=Rows[EnvelopeShown], lists=True)
async def list_documents(call: Called, asked: Annotated[Paging, Query()]) -> Response:
    """List what holds by people's signatures, as it was signed: newest grants, epochs, revocations, joins."""

    def documents(who: Principal) -> list[Any]:
        return [shown(one) for one in call.services.vault.approved(who)]

    return await listed_whole(call, asked, documents)


@route(ROUTER, "POST", "/roots", needs="vault:write", shows=RootShown)
async def establish_root(call: Called, root: EnvelopeSent) -> Response:
    """Keep a root: the first one of a ceremony, or the one after the newest."""

    def establish(who: Principal) -> dict[str, str]:
        return {"root": handed_in(lambda: call.services.vault.establish(who, root.content()))}

    return await call.answer(establish)


@route(ROUTER, "GET", "/proposals", needs="vault:read", shows=Rows[ProposalShown], lists=True)
async def list_proposals(call: Called, asked: Annotated[ProposalsAsked, Query()]) -> Response:
    """List documents that people are asked to sign, the newest first."""

    def proposals(who: Principal, page: Page) -> Listing[Any]:
        found = call.services.vault.proposals(who, asked.state, page)
        return Listing([_proposal(one) for one in found.rows], found.next_cursor)

    return await listed(call, asked, proposals)


@route(ROUTER, "POST", "/proposals", needs="vault:ask", shows=ProposalShown, status=201)
async def propose(call: Called, document: EnvelopeSent) -> Response:
    """Hand in a grant, an epoch, a root or a break-glass access for people to sign."""

    def ask(who: Principal) -> dict[str, Any]:
        return _proposal(handed_in(lambda: call.services.vault.propose(who, document.content())))

    return await call.answer(ask, at=lambda made: f"/vault/proposals/{made['id']}")


@route(ROUTER, "GET", "/proposals/{proposal}", needs="vault:read", shows=ProposalShown)
async def get_proposal(call: Called, proposal: ProposalId) -> Response:
    """Show a document that people are asked to sign."""
    return await call.answer(lambda who: _proposal(call.services.vault.proposal(who, proposal)))


@route(ROUTER, "POST", "/proposals/{proposal}/signatures", needs="vault:write", shows=ProposalShown)
async def sign_proposal(call: Called, proposal: ProposalId, signed: EnvelopeSent) -> Response:
    """Add the signatures of an envelope over the same document; with the last that is needed it stands."""

    def sign(who: Principal) -> dict[str, Any]:
        return _proposal(handed_in(lambda: call.services.vault.sign(who, proposal, signed.content())))

    return await call.answer(sign)


@route(ROUTER, "POST", "/proposals/{proposal}/withdraw", needs="vault:ask", shows=ProposalShown)
async def withdraw_proposal(call: Called, proposal: ProposalId) -> Response:
    """Take back what one has asked for."""
    return await call.answer(lambda who: _proposal(call.services.vault.withdraw(who, proposal)))


@route(ROUTER, "GET", "/secrets", needs="vault:read", shows=Rows[SecretShown], lists=True)
async def list_secrets(call: Called, asked: Annotated[SecretsAsked, Query()]) -> Response:
    """List secrets by path."""

    def secrets(who: Principal, page: Page) -> Listing[Any]:
        return call.services.vault.secrets(who, asked.prefix, page)

    return await listed(call, asked, secrets)


@route(ROUTER, "GET", "/secret", needs="vault:read", shows=SecretShown, may=(404,))
async def get_secret(call: Called, asked: Annotated[OneSecret, Query()]) -> Response:
    """Show one secret."""
    return await call.answer(call.services.vault.secret, asked.path)


@route(ROUTER, "GET", "/grant", needs="vault:read", shows=EnvelopeShown, may=(404,))
async def get_grant(call: Called, asked: Annotated[OneSecret, Query()]) -> Response:
    """Show a secret's newest grant, as it was signed."""
    return await call.answer(lambda who: shown(call.services.vault.granted(who, asked.path)))


@route(ROUTER, "GET", "/consumers", needs="vault:read", shows=Rows[ConsumerShown], lists=True, may=(404,))
async def list_consumers(call: Called, asked: Annotated[SecretPaging, Query()]) -> Response:
    """List who a secret's newest version is sealed to, and which version each has."""
    return await listed_whole(call, asked, partial(_consumers, call, asked.path))


@route(ROUTER, "GET", "/versions", needs="vault:read", shows=Rows[VersionShown], lists=True, may=(404,))
async def list_versions(call: Called, asked: Annotated[SecretPaging, Query()]) -> Response:
    """List a secret's versions, the newest first."""

    def versions(who: Principal, page: Page) -> Listing[Any]:
        return call.services.vault.versions(who, asked.path, page)

    return await listed(call, asked, versions)


@route(ROUTER, "POST", "/revocations", needs="vault:write", shows=RevokingShown)
async def revoke_reader(call: Called, revocation: EnvelopeSent) -> Response:
    """Take a reader or writer off a secret, by a document that one approver signed."""

    def revoke(who: Principal) -> Any:
        return handed_in(lambda: call.services.vault.revoke(who, revocation.content()))

    return await call.answer(revoke)


@route(ROUTER, "GET", "/revocations/{document}", needs="vault:read", shows=RevokingShown)
async def get_revocation(call: Called, document: Base64Url) -> Response:
    """Show which custodians have yet to acknowledge a revocation."""
    return await call.answer(lambda who: call.services.vault.revoking(who, octets(document, "the document's digest")))


@route(ROUTER, "POST", "/rotations", needs="vault:write", status=204)
async def rotate_now(call: Called, asked: OneSecret) -> Response:
    """Ask for a new version now."""
    return await call.answer(call.services.vault.rotate, asked.path)


@route(ROUTER, "POST", "/values", needs="vault:write", status=204)
async def bring_value(call: Called, put: EnvelopeSent) -> Response:
    """Hand in a value that was sealed to a zone's custodians before it left the person's machine."""

    def bring(who: Principal) -> None:
        handed_in(lambda: call.services.vault.bring(who, put.content()))

    return await call.answer(bring)


def _consumers(call: Any, path: str, who: Principal) -> Any:
    return call.services.vault.consumers(who, path)


def _proposal(proposal: Proposal) -> dict[str, Any]:
    return {**proposal._asdict(), "document": shown(proposal.content)}
