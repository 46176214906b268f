"""SCIM 2.0 (RFC 7643, RFC 7644) as an ASGI application, to be put at `/scim/v2`: joiners, leavers, groups.

    application(services.identity, services.catalog, services.database, services.clock, services.settings.base_url)

The protocol is `scim2_server`'s: validation, PATCH, filters, ETags, discovery, errors. Every request needs a token
with `scim:write`, which opens nothing else, discovery too. Addresses are made from the settings, never from `Host`.
Deviations that Entra ID and Okta need are accepted (unknown attributes are passed over).

Sources of what they send, which the tests repeat: Microsoft, "Develop and plan provisioning for a SCIM endpoint" (`op`
in capitals, `active` as the text "False", members removed by a value, filters by `userName`, `externalId` and
`emails[type eq "work"].value`); Okta, "Okta and SCIM Version 2.0" (PATCH without a path, members removed by a filter).
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

from anyio import to_thread
from pydantic import ValidationError
from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    ETag,
    Filter,
    Group,
    Patch,
    ResourceType,
    SCIMException,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    User,
)
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.service import ScimService

from wardline.catalog.directory import Directory, Person
from wardline.catalog.enterprise import EnterpriseUser
from wardline.catalog.service import Catalog
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import HTTP_STATUS, AskedWronglyError, UnauthenticatedError, WardlineError
from wardline.kernel.identity.model import require
from wardline.kernel.identity.service import Identity

PREFIX: Final = "/scim/v2"
MAX_BYTES: Final = 4 * 1024 * 1024
_MAX_RESULTS: Final = 500
_ERROR: Final = "urn:ietf:params:scim:api:messages:2.0:Error"

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def application(
    identity: Identity, catalog: Catalog, database: Database, clock: Callable[[], datetime], base_url: str
) -> Application:
    """Return the application. It keeps nothing between requests."""
    service = ScimService(described())

    def answer(request: ScimRequest) -> ScimResponse:
        try:
            who = identity.bearer(_token(request))
            require(who, "scim:write")
            storage = Directory(database, clock, identity, catalog)
            storage.who = who
            return ScimHandler(service, storage).handle(request)
        except WardlineError as error:
            return _refusal(error)
        except (SCIMException, ValidationError) as error:
            return service.error_response(error)

    async def scim(scope: Message, receive: Receive, send: Send) -> None:
        request = ScimRequest(
            method=scope["method"],
            base_url=base_url + PREFIX,
            path=_path(scope),
            query=dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=50)),
            headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
        )
        body = await _body(receive)
        if body is None:
            await _send(send, _error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {MAX_BYTES} bytes"))
            return
        request.body = body
        await _send(send, await to_thread.run_sync(answer, request))

    return scim


def described() -> ScimProvider:
    """Return what the service says of itself: users (with the enterprise's attributes), groups, and what it can do."""
    scheme = AuthenticationScheme(
        type=AuthenticationScheme.Type.oauthbearertoken,
        name="API token",
        description="A Wardline API token with scim:write",
        primary=True,
    )
    return ScimProvider(
        models=[User, EnterpriseUser, Group],
        resource_types=[ResourceType.from_resource(Person), ResourceType.from_resource(Group)],
        config=ServiceProviderConfig(
            patch=Patch(supported=True),
            bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
            filter=Filter(supported=True, max_results=_MAX_RESULTS),
            change_password=ChangePassword(supported=False),
            sort=Sort(supported=False),
            etag=ETag(supported=True),
            authentication_schemes=[scheme],
        ),
        policy=ScimPolicy(
            unknown=ScimPolicy.Unknown.ignore,
            remove_value_as_filter=ScimPolicy.RemoveValue.apply,
            unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
        ),
    )


def _token(request: ScimRequest) -> str:
    scheme, _, token = (request.header("Authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnauthenticatedError("this needs a token with scim:write")
    return token.strip()


def _path(scope: Message) -> str:
    """Return the path below `/scim/v2`, whether the application was mounted there or gets the whole path."""
    path: str = scope["path"]
    for prefix in (scope.get("root_path") or "", PREFIX):
        if prefix and (path == prefix or path.startswith(prefix + "/")):
            path = path[len(prefix) :]
    return path or "/"


async def _body(receive: Receive) -> bytes | None:
    """Return the body, or None where it is longer than may be or its sender has gone."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > MAX_BYTES:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _refusal(error: WardlineError) -> ScimResponse:
    """Return our own error as SCIM says it (RFC 7644 §3.12)."""
    wrong = isinstance(error, AskedWronglyError)
    status = HTTPStatus.BAD_REQUEST if wrong else HTTPStatus(HTTP_STATUS[error.kind])
    response = _error(status, error.detail, "invalidValue" if wrong else None)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="SCIM"'
    return response


def _error(status: HTTPStatus, detail: str, kind: str | None = None) -> ScimResponse:
    body = {"schemas": [_ERROR], "status": str(status.value), "detail": detail}
    return ScimResponse(status, body | ({"scimType": kind} if kind else {}))


async def _send(send: Send, response: ScimResponse) -> None:
    content = b"" if response.body is None else json.dumps(response.body).encode()
    headers = {"Cache-Control": "no-store", **response.headers, "Content-Length": str(len(content))}
    if response.body is None:
        headers.pop("Content-Type", None)
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": int(response.status), "headers": pairs})
    await send({"type": "http.response.body", "body": content})
