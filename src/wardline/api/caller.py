"""Whoever asks, by bearer token alone, and one request of theirs: asked of one service, answered once.

The API never looks at a cookie, so that no page elsewhere can make a browser ask it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Annotated, Any, Final, Literal, NamedTuple

from fastapi import Depends
from pydantic import BaseModel, TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from wardline.api.bodies import JSON
from wardline.api.hop import Hop
from wardline.api.problems import ChangedMeanwhileError
from wardline.api.spool import Spool
from wardline.kernel.errors import AskedWronglyError, NotFoundError, UnauthenticatedError
from wardline.kernel.idempotency.model import Kept, digest_of, key_of
from wardline.kernel.idempotency.service import Idempotency
from wardline.kernel.identity.model import Permission, Principal, require
from wardline.kernel.identity.service import Identity
from wardline.services import Services
from wardline.vault.server.room import actor

# "a machine": a custodian or an agent of the vault, by a token that its key opened. "a session or …": a person who is
# signed in, whose own things or team the service decides about; from an API token, which may lie around anywhere, the
# permission.
Needs = (
    Permission
    | Literal[
        "a session or account:read",
        "a session or catalog:write",
        "a session or notice:write",
        "a session or session:revoke",
        "a session or token:revoke",
        "a machine",
        "a token",
        "nothing",
    ]
)
SESSION_PREFIX: Final = "wls_"  # what a command line sends, whose user signed in by a link
TAGS: Final = re.compile(r'\*|"[0-9a-f]{32}"(, *"[0-9a-f]{32}"){0,9}')
_CONDITIONS: Final = ("if-match", "if-none-match")
SOLO: Final = "this vault is for a first look: ONE person approves alone (--solo)"
NOBODY: Final = Principal("person", "nobody", "nobody")
_LONGEST_TOKEN: Final = 16 * 1024
_HOW: Final = "send Authorization: Bearer TOKEN, with a token from the settings page or `wardline token create`"


class Platform(NamedTuple):
    """What every request needs: the services, the threads they are asked in, the answers that are kept.

    Reports are received in threads of their own (`intake`), so that many of them keep nobody else waiting.
    """

    services: Services
    hop: Hop
    intake: Hop
    idempotency: Idempotency
    spool: Spool


class Shape(NamedTuple):
    """What a route answers with: a status, a model (None: nothing), whether it carries an `ETag`."""

    status: int
    model: TypeAdapter[Any] | None
    tagged: bool


def token_of(request: Request) -> str:
    """Return the bearer token of a request (RFC 6750 §2.1: in the header and nowhere else).

    Raises: `UnauthenticatedError`.
    """
    given = request.headers.getlist("authorization")
    if len(given) > 1:
        raise UnauthenticatedError("more than one Authorization header was sent", hint=_HOW)
    scheme, _, token = (given[0] if given else "").strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise UnauthenticatedError("this needs a token", hint=_HOW)
    if len(token) > _LONGEST_TOKEN or not all("!" <= char <= "~" for char in token):
        raise UnauthenticatedError("this is no token of ours", hint=_HOW)
    return token


async def admit(platform: Platform, request: Request, needs: Needs) -> Principal:
    """Return who asks, if they may ask for this at all; the services decide about each thing.

    Raises: `UnauthenticatedError`, `DeniedError`.
    """
    if needs == "nothing":
        return NOBODY
    if needs == "a machine":
        request.state.machine = await platform.hop(platform.services.vault.machine, token_of(request))
        return actor(request.state.machine)
    who = await platform.hop(_known, platform.services.identity, token_of(request))
    _, either, permission = needs.rpartition(" or ")
    if (either and who.via.startswith("ses-")) or permission == "a token":
        return who
    require(who, permission)  # type: ignore[arg-type] # `routing.declared` looked at it
    return who


def _known(identity: Identity, token: str) -> Principal:
    if token.startswith(SESSION_PREFIX):
        return identity.session(token.removeprefix(SESSION_PREFIX))[0]
    who = identity.bearer(token)
    # To lead a team is nothing that a token can list among what it may do: it takes the person, at a session.
    return who._replace(leads=frozenset())


class Call:
    """One request by somebody who is known: which service method answers it, and how the answer is shown."""

    def __init__(self, platform: Platform, request: Request, who: Principal, shape: Shape, body: bytes) -> None:
        """Hold what the request brought."""
        self.platform = platform
        self.services = platform.services
        self.request = request
        self.who = who
        self.shape = shape
        self._body = body
        sent = request.headers.getlist("idempotency-key") if request.method != "GET" and who != NOBODY else []
        if len(sent) > 1:
            raise AskedWronglyError("more than one Idempotency-Key header was sent", hint="send one")
        self.key = key_of(sent[0]) if sent else None

    @property
    def digest(self) -> bytes:
        """What makes this request the same as another: method, address, and body."""
        url = self.request.url
        return digest_of(self.request.method.encode(), url.path.encode(), url.query.encode(), self._body)

    async def answer(
        self,
        method: Callable[..., Any],
        /,
        *given: Any,
        at: Callable[[Any], str] | None = None,
        once: str = "",
        **named: Any,
    ) -> Response:
        """Return the answer of one service method, which is given whoever asks first.

        `at` says where what was made is found (`Location`, below the API's root). `once` is a field that is shown now
        and never kept: a repeated request is answered without it.
        """
        use = partial(method, self.who, *given, **named)
        return await self.platform.hop(self._answer, use, at, once, nullcontext)

    async def edit(self, read: Callable[[], Any], method: Callable[..., Any], /, *given: Any, **named: Any) -> Response:
        """Return the answer of a change to what `read` returns, if that is what the caller saw (If-Match).

        Raises: `ChangedMeanwhileError` where it is not.
        """
        use = partial(method, self.who, *given, **named)
        return await self.platform.hop(self._answer, use, None, "", partial(self._unchanged, read))

    async def answer_apart(
        self, use: Callable[[Principal], Any], *, lease: timedelta, at: Callable[[Any], str]
    ) -> Response:
        """Return the answer of what takes long and guards itself against being done twice, in several transactions.

        Its body was read by the route, which has told what it is (`sent`).
        """
        return await self.platform.intake(self._answer_apart, partial(use, self.who), lease, at)

    def sent(self, body: bytes) -> None:
        """Say what the body is, by its digest, where the route has read it."""
        self._body = body

    def shown(self, made: Any) -> bytes:
        """Return a value as the route's model shows it."""
        model = self.shape.model
        if model is None:
            return b""
        return model.dump_json(model.validate_python(made, from_attributes=True))

    def _answer(
        self,
        use: Callable[[], Any],
        at: Callable[[Any], str] | None,
        once: str,
        around: Callable[[], AbstractContextManager[None]],
    ) -> Response:
        if self.key is None:
            with around():
                return self._response(*self._made(use, at))
        claim = self.platform.idempotency.claim(self.who.id, self.key, self.digest)
        if isinstance(claim, Kept):
            return self._response(claim.body, {**claim.headers, "idempotent-replayed": "true"}, claim.status)
        with self.platform.idempotency.once(claim) as keep, around():
            body, headers = self._made(use, at)
            keep(Kept(self.shape.status, headers, self._without(once, body)))
        return self._response(body, headers)

    def _answer_apart(self, use: Callable[[], Any], lease: timedelta, at: Callable[[Any], str]) -> Response:
        if self.key is None:
            return self._response(*self._made(use, at))
        claim = self.platform.idempotency.claim(self.who.id, self.key, self.digest, lease=lease)
        if isinstance(claim, Kept):
            return self._response(claim.body, {**claim.headers, "idempotent-replayed": "true"}, claim.status)
        try:
            with self.platform.idempotency.renewed(claim, lease):
                body, headers = self._made(use, at)
        except BaseException:
            self.platform.idempotency.release(claim)
            raise
        self.platform.idempotency.keep(claim, Kept(self.shape.status, headers, body))
        return self._response(body, headers)

    def _made(self, use: Callable[[], Any], at: Callable[[Any], str] | None) -> tuple[bytes, dict[str, str]]:
        made = use()
        body = self.shown(made)
        headers = {}
        if at is not None:
            headers["location"] = self.request.scope.get("root_path", "") + at(made)
        if self.shape.tagged:
            headers["etag"] = tag(body)
        return body, headers

    def _response(self, body: bytes, headers: Mapping[str, str], status: int = 0) -> Response:
        status = status or self.shape.status
        if self.request.method == "GET" and headers.get("etag") and _matches(self.request, "if-none-match", headers):
            return Response(status_code=304, headers=dict(headers))
        media_type = JSON if body else None
        said = {"cache-control": "no-store", **headers, **self._warned()}
        return Response(body, status, media_type=media_type, headers=said)

    def _warned(self) -> dict[str, str]:
        """Return what every answer about a vault says where one person approves alone."""
        below = self.request.url.path.removeprefix(self.request.scope.get("root_path", ""))
        if not below.startswith("/vault") or not self.services.vault.solo():
            return {}
        return {"x-wardline-warning": SOLO}

    def _without(self, once: str, body: bytes) -> bytes:
        if not once or self.shape.model is None:
            return body
        model: BaseModel = self.shape.model.validate_json(body)
        return self.shape.model.dump_json(model.model_copy(update={once: None}))

    @contextmanager
    def _unchanged(self, read: Callable[[], Any]) -> Iterator[None]:
        """One transaction, alone with this address, in which what is there was seen to be what the caller saw."""
        with self.platform.idempotency.alone(self.request.url.path):
            self._look(read)
            yield

    def _look(self, read: Callable[[], Any]) -> None:
        conditions = [self.request.headers[name] for name in _CONDITIONS if name in self.request.headers]
        if not conditions:
            return
        if not all(TAGS.fullmatch(condition) for condition in conditions):
            raise AskedWronglyError("the condition holds no ETag of ours", hint='send the ETag as it came, or "*"')
        try:
            there = {"etag": tag(self.shown(read()))}
        except NotFoundError:
            there = {}
        wanted = "if-match" not in self.request.headers or _matches(self.request, "if-match", there)
        unwanted = "if-none-match" in self.request.headers and _matches(self.request, "if-none-match", there)
        if not wanted or unwanted:
            raise ChangedMeanwhileError("what is there is not what you saw", hint="get it again, then change that")


def tag(body: bytes) -> str:
    """Return the strong `ETag` of a representation (RFC 9110 §8.8.3)."""
    return f'"{sha256(body).hexdigest()[:32]}"'


def _matches(request: Request, header: str, there: Mapping[str, str]) -> bool:
    if "etag" not in there:
        return False
    wanted = ",".join(request.headers.getlist(header))[:4096].split(",")
    return any(one.strip() in {"*", there["etag"]} for one in wanted)


async def _call(request: Request) -> Call:
    call = request.state.call
    assert isinstance(call, Call)  # noqa: S101 - the route put it there, and so mypy knows it
    return call


Called = Annotated[Call, Depends(_call)]
