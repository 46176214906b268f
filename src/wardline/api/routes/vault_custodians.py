"""The vault, for custodians: what there is to do in their zone, and where what they sealed and signed goes."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import AwareDatetime, Field, StringConstraints
from starlette.responses import Response

from wardline.api.caller import Called
from wardline.api.routes.vault_agents import by_machine
from wardline.api.routing import route, router
from wardline.api.vault_words import Base64Url, EnvelopeSent, Octets, SecretPath, handed_in, octets
from wardline.api.words import Asked, Number, Shown
from wardline.vault.server.model import Machine, Row
from wardline.vault.server.working import MAX_WRAPS

ROUTER = router("vault/custodians")
_WRAP = Annotated[str, StringConstraints(min_length=1, max_length=16 * 1024, pattern=r"^[A-Za-z0-9_-]+$")]
Wraps = Annotated[list[_WRAP], Field(max_length=MAX_WRAPS)]
Kind = Literal["grant", "version", "put", "break-glass", "receipt"]
Words = Annotated[str, StringConstraints(max_length=400, pattern=r"^[^\x00-\x1f\x7f]*$")]


class BasisShown(Shown):
    """Roots, epochs, revocations, and what each custodian states; envelopes as base64url."""

    roots: list[Octets]
    epochs: list[Octets]
    revocations: list[Octets]
    statements: list[Octets]
    head_size: int
    head_root: Octets


class RowShown(Shown):
    """A rotation's row."""

    path: str
    number: int
    mark: str
    sealed: Octets
    reason: str
    step: str
    begun: datetime
    since: datetime
    attempts: int
    not_before: datetime | None
    problem: str
    superseded: bool
    revision: int


class TaskShown(Shown):
    """One secret of the zone."""

    path: str
    grant: Octets
    version: Octets
    reason: str
    rotation: RowShown | None


class TasksShown(Shown):
    """Every secret of the zone."""

    tasks: list[TaskShown]


class DocumentsAsked(Asked):
    """Which documents of a secret, from above which number."""

    kind: Kind
    path: SecretPath
    after: Annotated[int, Field(ge=-1, lt=2**53)] = -1


class DocumentsShown(Shown):
    """Envelopes as base64url, in order."""

    documents: list[Octets]


class HeadAsked(Asked):
    """The size of the head that was seen."""

    seen: Number = 0


class HeadShown(Shown):
    """A signed note, and hashes that lead to it from the head that was seen."""

    note: Octets
    consistency: list[Octets]


class WrapAsked(Asked):
    """Of which version."""

    version: Base64Url


class WrapShown(Shown):
    """A wrap."""

    wrap: Octets


class Published(Asked):
    """A version and its wraps."""

    version: EnvelopeSent
    wraps: Wraps


class SealedTo(Asked):
    """Further wraps of a version, by its digest."""

    version: Base64Url
    wraps: Wraps


class RowSent(Asked):
    """A rotation's row, as its custodian wants it to be."""

    path: SecretPath
    number: Number
    mark: Words
    sealed: Annotated[str, StringConstraints(max_length=1024 * 1024, pattern=r"^[A-Za-z0-9_-]*$")]
    reason: Words
    step: Literal["create", "apply", "verify", "publish", "retire", "done"]
    begun: AwareDatetime
    since: AwareDatetime
    attempts: Annotated[int, Field(ge=0, lt=2**31)]
    not_before: AwareDatetime | None
    problem: Words
    superseded: bool
    revision: Number

    def row(self) -> Row:
        """Return the row."""
        return Row(**{**self.model_dump(), "sealed": octets(self.sealed, "sealed") if self.sealed else b""})


class KeptShown(Shown):
    """Whether it was kept: it was not where another one stood there meanwhile."""

    kept: bool


class OneSecret(Asked):
    """Which secret."""

    path: SecretPath


class UnfinishedShown(Shown):
    """The unfinished rotation."""

    rotation: RowShown | None


class DroppedShown(Shown):
    """How many wraps were deleted."""

    dropped: int


@route(ROUTER, "GET", "/basis", needs="a machine", shows=BasisShown)
async def custodians_basis(call: Called) -> Response:
    """Show what a custodian goes by."""

    def basis(machine: Machine) -> dict[str, Any]:
        found = call.services.vault.basis(machine)
        return {**found._asdict(), "head_size": found.head[0], "head_root": found.head[1]}

    return await call.answer(by_machine(call, basis))


@route(ROUTER, "GET", "/tasks", needs="a machine", shows=TasksShown)
async def custodians_tasks(call: Called) -> Response:
    """List every secret of the custodian's zone, with what is asked for and under way."""
    return await call.answer(by_machine(call, lambda machine: {"tasks": call.services.vault.tasks(machine)}))


@route(ROUTER, "GET", "/head", needs="a machine", shows=HeadShown)
async def custodians_head(call: Called, asked: Annotated[HeadAsked, Query()]) -> Response:
    """Show the ledger's newest head, and that it goes on from an earlier one."""

    def head(machine: Machine) -> dict[str, Any]:
        note, proof = call.services.vault.head(machine, asked.seen)
        return {"note": note.encode(), "consistency": proof}

    return await call.answer(by_machine(call, head))


@route(ROUTER, "GET", "/bindings", needs="a machine", shows=DocumentsShown)
async def custodians_bindings(call: Called) -> Response:
    """List the bindings that agents handed in."""

    def bindings(machine: Machine) -> dict[str, Any]:
        return {"documents": [one.content for one in call.services.vault.bindings(machine)]}

    return await call.answer(by_machine(call, bindings))


@route(ROUTER, "GET", "/documents", needs="a machine", shows=DocumentsShown)
async def custodians_documents(call: Called, asked: Annotated[DocumentsAsked, Query()]) -> Response:
    """List documents of a secret."""

    def documents(machine: Machine) -> dict[str, Any]:
        found = call.services.vault.documents(machine, asked.kind, asked.path, asked.after)
        return {"documents": [one.content for one in found]}

    return await call.answer(by_machine(call, documents))


@route(ROUTER, "GET", "/wrap", needs="a machine", shows=WrapShown, may=(404,))
async def custodians_wrap(call: Called, asked: Annotated[WrapAsked, Query()]) -> Response:
    """Show the wrap of a version for this custodian."""
    version = octets(asked.version, "the version's digest")
    return await call.answer(by_machine(call, lambda machine: {"wrap": call.services.vault.wrap(machine, version)}))


@route(ROUTER, "POST", "/versions", needs="a machine", status=204)
async def custodians_publish(call: Called, published: Published) -> Response:
    """Keep a version and its wraps."""
    wraps = [octets(one, "a wrap") for one in published.wraps]

    def publish(machine: Machine) -> None:
        handed_in(lambda: call.services.vault.publish(machine, published.version.content(), wraps))

    return await call.answer(by_machine(call, publish))


@route(ROUTER, "POST", "/wraps", needs="a machine", status=204)
async def custodians_seal_to(call: Called, sealed: SealedTo) -> Response:
    """Keep further wraps of a version, for readers that came later."""
    version, wraps = octets(sealed.version, "the version's digest"), [octets(one, "a wrap") for one in sealed.wraps]

    def seal_to(machine: Machine) -> None:
        handed_in(lambda: call.services.vault.seal_to(machine, version, wraps))

    return await call.answer(by_machine(call, seal_to))


@route(ROUTER, "POST", "/statements", needs="a machine", status=204)
async def custodians_state(call: Called, statement: EnvelopeSent) -> Response:
    """Keep a freshness statement in place of the custodian's last one."""

    def state(machine: Machine) -> None:
        handed_in(lambda: call.services.vault.state(machine, statement.content()))

    return await call.answer(by_machine(call, state))


@route(ROUTER, "POST", "/acknowledgements", needs="a machine", status=204)
async def custodians_acknowledge(call: Called, said: EnvelopeSent) -> Response:
    """Keep a custodian's word that it applied a document."""

    def acknowledge(machine: Machine) -> None:
        handed_in(lambda: call.services.vault.acknowledge(machine, said.content()))

    return await call.answer(by_machine(call, acknowledge))


@route(ROUTER, "GET", "/rotation", needs="a machine", shows=UnfinishedShown)
async def custodians_rotation(call: Called, asked: Annotated[OneSecret, Query()]) -> Response:
    """Show a secret's unfinished rotation."""

    def unfinished(machine: Machine) -> dict[str, Any]:
        return {"rotation": call.services.vault.unfinished(machine, asked.path)}

    return await call.answer(by_machine(call, unfinished))


@route(ROUTER, "POST", "/rotations", needs="a machine", shows=KeptShown)
async def custodians_begin(call: Called, row: RowSent) -> Response:
    """Keep a new rotation, unless one is under way."""
    made = row.row()
    return await call.answer(by_machine(call, lambda machine: {"kept": call.services.vault.begin(machine, made)}))


@route(ROUTER, "PUT", "/rotations", needs="a machine", shows=KeptShown)
async def custodians_change(call: Called, row: RowSent) -> Response:
    """Keep a rotation's row in place of the revision before it."""
    made = row.row()
    return await call.answer(by_machine(call, lambda machine: {"kept": call.services.vault.change(machine, made)}))


@route(ROUTER, "POST", "/retired", needs="a machine", shows=DroppedShown)
async def custodians_retired(call: Called, asked: OneSecret) -> Response:
    """Delete the wraps of versions long retired."""

    def retired(machine: Machine) -> dict[str, int]:
        return {"dropped": call.services.vault.retired(machine, asked.path)}

    return await call.answer(by_machine(call, retired))
