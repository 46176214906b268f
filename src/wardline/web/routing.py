"""What there is to ask for, and who may: each route declares its permission; nothing is reachable that declares none.

A request is answered in one hop to a thread, of which there are few: session, permission, form token, services and
template, in this order. What is refused or fails comes back as a page that shows the way out.
"""

import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from wardline.kernel.database.types import stored
from wardline.kernel.errors import (
    HTTP_STATUS,
    AskedWronglyError,
    DeniedError,
    NotFoundError,
    TooLargeError,
    TooManyError,
    UnauthenticatedError,
    UnavailableError,
    WardlineError,
)
from wardline.kernel.identity.model import Permission
from wardline.services import Services
from wardline.web.asking import Asked, Form, granted, local, secure

Needs = Permission | Literal["anybody", "a session"]
Handler = Callable[[Asked], Response]

MAX_FORM_BYTES: Final = 256 * 1024
_MAX_FIELDS: Final = 200
_FORM: Final = "application/x-www-form-urlencoded"
_LOG: Final = logging.getLogger("wardline.web")
_AGAIN_ON_THE_FORM: Final = frozenset({"asked wrongly", "conflict"})


class Look(NamedTuple):
    """A page: GET `path`, for whoever has what it `needs`."""

    path: str
    answer: Handler
    needs: Needs


class Move(NamedTuple):
    """A form: POST `path`. `page` is shown again, with what was sent and what is wrong, where it was asked wrongly."""

    path: str
    answer: Handler
    needs: Needs
    page: Handler


def route(services: Services, limiter: CapacityLimiter, one: Look | Move) -> Route:
    """Return the route that answers one page or form."""

    async def endpoint(request: Request) -> Response:
        try:
            form = await _form(request) if isinstance(one, Move) else None
        except WardlineError as error:
            return await _hop(limiter, _problem, services, request, error)
        return await _hop(limiter, _answer, services, request, one, form)

    return Route(one.path, endpoint, methods=["POST"] if isinstance(one, Move) else ["GET"])


def missing(services: Services, limiter: CapacityLimiter) -> Callable[[Request, Exception], Any]:
    """Return what answers a request that no route takes."""

    async def endpoint(request: Request, error: Exception) -> Response:
        shown = NotFoundError("there is no such page", hint="search for it, or start from Now")
        if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            shown = NotFoundError("this address takes no such request", hint="go back and use the form there")
        return await _hop(limiter, _problem, services, request, shown)

    return endpoint


async def _hop(limiter: CapacityLimiter, call: Callable[..., Response], *given: Any) -> Response:
    return await anyio.to_thread.run_sync(call, *given, limiter=limiter)


async def _form(request: Request) -> Form:
    """Return what a form sent, of bounded size.

    Raises: `TooLargeError`; `AskedWronglyError` for anything but a form.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise AskedWronglyError("this is not what a form sends", hint="use the form on the page")
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MAX_FORM_BYTES:
                raise TooLargeError("the form is too large", hint=f"at most {MAX_FORM_BYTES // 1024} KiB")
    except ClientDisconnect:
        raise AskedWronglyError("the form did not arrive whole") from None
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=False, max_num_fields=_MAX_FIELDS)
        return Form(_kept(pairs))
    except (UnicodeDecodeError, ValueError):
        raise AskedWronglyError("the form cannot be read", hint="use the form on the page") from None


def _answer(services: Services, request: Request, one: Look | Move, form: Form | None) -> Response:
    asked = _asked(services, request, form)
    try:
        if isinstance(one, Move):
            _from_here(asked, request)
        if one.needs != "anybody":
            _known(asked, request, one)
        try:
            return one.answer(asked)
        except WardlineError as error:
            if isinstance(one, Move) and error.kind in _AGAIN_ON_THE_FORM:
                asked.problem = error
                response = one.page(asked)
                response.status_code = HTTP_STATUS[error.kind]
                return response
            raise
    except UnauthenticatedError as error:
        if one.needs != "anybody":
            return _to_sign_in(services, request)
        asked.problem = error
        response = one.page(asked) if isinstance(one, Move) else _shown(asked, error)
        response.status_code = HTTP_STATUS[error.kind]
        return response
    except WardlineError as error:
        return _shown(asked, error)
    except Exception:  # noqa: BLE001 - a face answers whatever happens, and says nothing of how
        _LOG.exception("a page failed: %s", one.path)
        return _shown(asked, _ours())


def _ours() -> WardlineError:
    return WardlineError("something went wrong on our side", hint="try again; it has been written down")


def _asked(services: Services, request: Request, form: Form | None = None) -> Asked:
    return Asked(
        services,
        path=request.url.path,
        query=QueryParams(_kept(request.query_params.multi_items())),
        parameters=dict(_kept(request.path_params.items())),
        cookies=request.cookies,
        form=form,
        agent=request.headers.get("user-agent", "")[:300],
    )


def _kept(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return names and values as both databases can be asked for them: what no text may hold shows as U+FFFD."""
    return [(stored(name), stored(value)) for name, value in pairs]


def _from_here(asked: Asked, request: Request) -> None:
    """Go on only if a form was sent by a page of ours, as far as the browser says so (Fetch Metadata, Origin).

    This is what guards the one form that has no session to carry a token of: the sign-in.

    Raises: `DeniedError`.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    ours = urlsplit(asked.services.settings.base_url).netloc, request.headers.get("host", "")
    elsewhere = origin is not None and urlsplit(origin).netloc not in ours
    if elsewhere or site not in {None, "same-origin", "none"}:
        raise DeniedError("this form was sent by another site", hint="open Wardline itself and do it there")


def _known(asked: Asked, request: Request, one: Look | Move) -> None:
    """Go on only for a session that may, and a form that is this session's.

    Raises: `UnauthenticatedError`, `DeniedError`.
    """
    identify(asked)
    if isinstance(one, Move):
        sent = request.headers.get("x-csrf-token") or asked.form.get("csrf")
        asked.services.identity.check_csrf(asked.session, sent)
    if one.needs != "a session" and not granted(asked.who, one.needs):  # type: ignore[arg-type] # a permission then
        raise DeniedError(
            f"this page needs the permission {one.needs}, which none of your roles grants",
            hint="ask whoever runs Wardline for a role that has it",
        )


def identify(asked: Asked) -> None:
    """Find out who asks, by the session's cookie.

    Raises: `UnauthenticatedError`.
    """
    cookie = asked.cookies.get(cookie_name(asked.services), "")
    if not cookie:
        raise UnauthenticatedError("you are not signed in", hint="sign in, and you come back here")
    asked._who, asked.session = asked.services.identity.session(cookie)  # noqa: SLF001 - the one place that knows it


def cookie_name(services: Services) -> str:
    """Return the name of the session's cookie: `__Host-` binds it to this host where there is TLS (RFC 6265bis)."""
    return "__Host-wardline" if secure(services) else "wardline"


def state_cookie_name(services: Services) -> str:
    """Return the name of the cookie that binds an identity provider's answer to the browser that asked."""
    return f"{cookie_name(services)}-state"


def _problem(services: Services, request: Request, error: WardlineError) -> Response:
    asked = _asked(services, request)
    try:
        identify(asked)
    except UnauthenticatedError:
        asked.session = None
    except UnavailableError as unavailable:
        error = unavailable
    return _shown(asked, error)


def _shown(asked: Asked, error: WardlineError) -> Response:
    """Return the page of an error: what happened, and the way out."""
    asked.problem = None
    status = HTTP_STATUS[error.kind]
    template = "error.html" if asked.session is not None else "error_alone.html"
    response = asked.html(template, status=status, error=error, code=status)
    if isinstance(error, TooManyError):
        response.headers["retry-after"] = str(error.retry_after_seconds)
    elif error.kind == "unavailable":
        response.headers["retry-after"] = "30"
    return response


def _to_sign_in(services: Services, request: Request) -> Response:
    """Return the way to the sign-in page, and back to a page that was asked for (never to a form)."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    to = "/sign-in"
    if request.method == "GET" and local(wanted) == wanted and wanted != "/":
        to += "?" + urlencode({"to": wanted})
    if request.headers.get("hx-request"):  # a fetched piece is no place to sign in
        return Response(status_code=200, headers={"hx-redirect": to})
    response = RedirectResponse(to, status_code=303)
    if request.cookies.get(cookie_name(services)):
        response.delete_cookie(cookie_name(services), secure=secure(services), httponly=True, samesite="lax")
    return response
