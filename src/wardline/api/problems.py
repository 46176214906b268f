"""Errors as the API tells them: `application/problem+json` (RFC 9457) for everything that is not the answer.

`detail` and `hint` are an error's own words; what nobody foresaw is an id to quote, and the rest is in the log.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wardline.kernel import ids
from wardline.kernel.clock import now
from wardline.kernel.errors import (
    HTTP_STATUS,
    AskedWronglyError,
    ConflictError,
    TooManyError,
    UnavailableError,
    WardlineError,
)
from wardline.kernel.text import printable

MEDIA_TYPE: Final = "application/problem+json"
_LOG: Final = logging.getLogger("wardline.api")
_RETRY_SECONDS: Final = 5
_MOST_ERRORS: Final = 20
_LONGEST: Final = 300


class UnsupportedMediaError(AskedWronglyError):
    """The body is of a kind that is not read here."""

    code = "unsupported-media-type"


class ChangedMeanwhileError(ConflictError):
    """What is there is not what the caller saw: the condition of the request does not hold."""

    code = "changed-meanwhile"


class NoSpaceError(UnavailableError):
    """There is no room to take in what was sent."""

    code = "insufficient-storage"


# Where a kind's status is too coarse. RFC 9110 §15.5.13, §15.5.16; RFC 4918 §11.5.
_BY_CODE: Final[dict[str, int]] = {
    ChangedMeanwhileError.code: 412,
    UnsupportedMediaError.code: 415,
    NoSpaceError.code: 507,
}
_TITLES: Final[dict[int, str]] = {
    400: "The request cannot be read",
    401: "Nobody knows who asks",
    403: "Not allowed",
    404: "There is no such thing",
    405: "This address does not take such a request",
    406: "Nothing here has that form",
    409: "It contradicts what stands",
    412: "It was changed meanwhile",
    413: "Too large",
    415: "Not a kind of body that is read here",
    422: "The request is wrong",
    429: "Too many requests",
    500: "Something went wrong on our side",
    503: "Not available at the moment",
    507: "No room for it at the moment",
}


class Mistake(BaseModel):
    """One thing that is wrong in a request: where, and what."""

    where: str = Field(description="`body.name`, `query.limit`, `path.finding`")
    what: str


class Problem(BaseModel):
    """An error (RFC 9457). `hint` is the way out; quote `instance` when asking for help."""

    type: str = Field(description="`urn:wardline:problem:` and the code")
    title: str
    status: int
    detail: str
    code: str
    hint: str = ""
    instance: str = Field(description="the id of this request, as it stands in the server's log")
    errors: list[Mistake] = []


class Unforeseen:
    """Answers with a problem where anything inside raised what nobody foresaw; the reason goes to the log alone."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on. An answer that has begun is broken off, so that it cannot pass for a whole one."""
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:
            if scope["type"] != "http" or begun:
                raise
            request = Request(scope)
            _LOG.exception("unforeseen", extra={"request_id": request_id(request)}, exc_info=error)
            answer = problem(
                request, 500, "internal", "this is a defect of Wardline", hint="report it, and quote `instance`"
            )
            await answer(scope, receive, send)


def request_id(request: Request) -> str:
    """Return the id of a request: the one that its log line has, else a new one."""
    state: dict[str, Any] = request.scope.setdefault("state", {})
    if "request_id" not in state:
        state["request_id"] = ids.new("evt", now()).partition("-")[2]
    return str(state["request_id"])


def problem(  # noqa: PLR0913 - a problem has these members
    request: Request,
    status: int,
    code: str,
    detail: str,
    *,
    hint: str = "",
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the answer that tells one error."""
    body = {
        "type": f"urn:wardline:problem:{code}",
        "title": _TITLES.get(status, "It could not be done"),
        "status": status,
        "detail": printable(detail, max_chars=2000),
        "code": code,
        "hint": printable(hint, max_chars=2000),
        "instance": f"urn:wardline:request:{request_id(request)}",
        "errors": list(errors),
    }
    told = {"cache-control": "no-store", **(headers or {})}
    return Response(orjson.dumps(body), status_code=status, media_type=MEDIA_TYPE, headers=told)


def status_of(error: WardlineError) -> int:
    """Return the HTTP status of an error of ours."""
    return _BY_CODE.get(error.code, HTTP_STATUS[error.kind])


def of(request: Request, error: WardlineError) -> Response:
    """Return the answer that tells an error of ours."""
    status = status_of(error)
    headers = {}
    if status == 401:  # RFC 6750 §3
        given = ', error="invalid_token"' if "authorization" in request.headers else ""
        headers["www-authenticate"] = f'Bearer realm="wardline"{given}'
    elif isinstance(error, TooManyError):
        headers["retry-after"] = str(error.retry_after_seconds)
    elif error.kind == "unavailable":
        headers["retry-after"] = str(_RETRY_SECONDS)
    elif error.code == "idempotency-in-progress":
        headers["retry-after"] = "2"
    if status >= 500:
        _LOG.warning("%s: %s", error.code, error.detail, extra={"request_id": request_id(request)})
    return problem(request, status, error.code, error.detail, hint=error.hint, headers=headers)


def install(app: FastAPI) -> None:
    """Have an application tell all of its errors as problems."""
    app.add_exception_handler(WardlineError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(Unforeseen)


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, WardlineError)  # noqa: S101 - registered for it, and so mypy knows it
    return of(request, error)


async def _invalid(request: Request, error: Exception) -> Response:
    """Tell what is wrong where; never what was sent, which may be a secret."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    found = error.errors()
    errors = [
        {"where": printable(".".join(map(str, one["loc"])), max_chars=_LONGEST), "what": _what(one)}
        for one in found[:_MOST_ERRORS]
    ]
    more = f", and {len(found) - _MOST_ERRORS} more" if len(found) > _MOST_ERRORS else ""
    detail = f"{errors[0]['where']}: {errors[0]['what']}{more}" if errors else "the request is wrong"
    hint = "/api/v1/openapi.json describes every request"
    return problem(request, 422, "asked-wrongly", detail, hint=hint, errors=errors)


def _what(one: Mapping[str, Any]) -> str:
    return printable(str(one["msg"]), max_chars=_LONGEST)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    status = error.status_code
    detail = {404: "there is nothing at this address", 405: "this address does not take such a request"}.get(
        status, "the request cannot be read"
    )
    hint = "/api/v1/openapi.json lists every address" if status in {404, 405} else ""
    code = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}.get(status, "asked-wrongly")
    return problem(request, status, code, detail, hint=hint, headers=error.headers)


# What every route may answer besides its own: the same words for all of them.
_DESCRIPTIONS: Final[dict[int, str]] = {
    400: "Not readable",
    401: "No valid token",
    403: "Not granted",
    404: "Not there, or not yours to know of",
    409: "Contradicts what stands, or is being worked on",
    412: "Changed meanwhile (If-Match)",
    413: "Too large",
    415: "Unread media type",
    422: "Asked wrongly",
    429: "Too many requests",
    500: "Went wrong on the server's side",
    503: "Not available now: ask again",
    507: "No room on the server",
}


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return how OpenAPI describes the problems with these statuses."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _DESCRIPTIONS[status], "content": content} for status in statuses}
