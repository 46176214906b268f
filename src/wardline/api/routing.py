"""How a route of the API is declared: what it needs, takes and answers. One that does not say so cannot be made."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, Literal, TypeVar, get_args

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from wardline.api import bodies, problems
from wardline.api.caller import TAGS, Call, Needs, Platform, Shape, admit
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.identity.model import PERMISSIONS

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Method = Literal["GET", "POST", "PUT", "DELETE"]
_NEEDS: Final = "x-wardline-needs"
_SHAPE: Final = "x-wardline-shape"
_NEEDED: Final = frozenset({*PERMISSIONS, *get_args(get_args(Needs)[1])})
_OF_WRITES: Final = (400, 404, 409, 413, 415)
_ALWAYS: Final = (401, 403, 422, 429, 500, 503)
_DESCRIBED: Final = frozenset({"/openapi.json"})  # says what there is to ask for, and holds nothing of anybody
_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "names this request: sent again under the same key, it is answered again and not done again",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!#-+\\--:<-\\[\\]-~]+$"},
}
_IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "the `ETag` of what was seen: where something else is there by now, nothing is changed (412)",
    "schema": {"type": "string", "maxLength": 400, "pattern": f"^({TAGS.pattern})$"},
}


class GuardedRoute(APIRoute):
    """A route that knows what it needs, and lets nobody in who does not have it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers: first who asks is known and may, then the body is read, and only then looked at.

        Raises: `TypeError` where the route does not say what it needs.
        """
        handler = super().get_route_handler()
        needs, shape = declared(self)
        reads = self.body_field is not None
        asks = bool(self.dependant.query_params)

        async def guarded(request: Request) -> Response:
            platform: Platform = request.app.state.platform
            who = await admit(platform, request, needs)
            if "%00" in request.scope.get("raw_path", b"").decode("latin-1") or "%00" in request.url.query:
                raise AskedWronglyError("no name of ours has a zero byte", hint="leave it out")
            if request.url.query and not asks:
                raise AskedWronglyError("this takes nothing after the question mark", hint="leave it out")
            streams = getattr(self.endpoint, "streams", False)
            body = b"" if streams else await bodies.read(request)
            if body and not reads:
                raise AskedWronglyError("this takes no body", hint="send none")
            call = Call(platform, request, who, shape, body)
            asked = request if streams else bodies.ReadRequest(request.scope, request.receive, body)
            asked.state.call = call
            return await handler(asked)

        return guarded


def declared(route: APIRoute) -> tuple[Needs, Shape]:
    """Return what a route needs, and what it answers with.

    Raises: `TypeError` where it does not say so.
    """
    needs: Any = (route.openapi_extra or {}).get(_NEEDS)
    shape = getattr(route.endpoint, "shape", None)
    if needs not in _NEEDED or not isinstance(shape, Shape):
        raise TypeError(f"{route.path} declares no permission")
    return needs, shape


def router(resource: str) -> APIRouter:
    """Return a router for the routes below one resource, whose every route is guarded."""
    return APIRouter(prefix=f"/{resource}" if resource else "", tags=[resource or "platform"], route_class=GuardedRoute)


def route(  # noqa: PLR0913 - a route has these parts
    there: APIRouter,
    method: Method,
    path: str,
    *,
    needs: Needs,
    shows: Any = None,
    status: int = 200,
    tagged: bool = False,
    lists: bool = False,
    streams: bool = False,
    may: Sequence[int] = (),
    extra: dict[str, Any] | None = None,
) -> Callable[[Endpoint], Endpoint]:
    """Return what declares a route: who may ask (`needs`), what it answers (`shows`), and which problems (`may`).

    `tagged`: the answer has an `ETag`, and a PUT may be conditional. `lists`: it also comes as CSV and JSON Lines.
    `streams`: the body is the endpoint's own to read.
    """
    if needs not in _NEEDED:
        raise TypeError(f"{path} declares no permission")
    conditional = tagged and method == "PUT"
    statuses = {*may, *(_OF_WRITES if method != "GET" else ()), *((404,) if "{" in path else ())}
    responses = _responses({*statuses, *((412,) if conditional else ())}, lists=lists)
    parameters = [*([_KEY] if method != "GET" and needs != "nothing" else []), *([_IF_MATCH] if conditional else [])]
    described: dict[str, Any] = {_NEEDS: needs, "security": [] if needs == "nothing" else [{"bearer": []}]}
    if parameters:
        described["parameters"] = parameters

    def declare(endpoint: Endpoint) -> Endpoint:
        model = TypeAdapter(shows) if shows is not None else None
        endpoint.shape = Shape(status, model, tagged)  # type: ignore[attr-defined]
        endpoint.streams = streams  # type: ignore[attr-defined]
        there.add_api_route(
            path,
            endpoint,
            methods=[method],
            response_model=shows,
            status_code=status,
            responses=responses,
            summary=(endpoint.__doc__ or "").partition("\n")[0].rstrip("."),
            description=(endpoint.__doc__ or "").partition("\n")[2].strip() or None,
            operation_id=endpoint.__name__,
            openapi_extra={**described, **(extra or {})},
        )
        return endpoint

    return declare


def _responses(statuses: set[int], *, lists: bool) -> dict[int | str, dict[str, Any]]:
    found: dict[int | str, dict[str, Any]] = problems.responses(*sorted({*_ALWAYS, *statuses}))
    if lists:
        text = {"schema": {"type": "string"}}
        found[200] = {
            "description": "A piece of the list; `Link` leads to the next. As CSV and JSON Lines: all of it",
            "content": {"text/csv": text, "application/jsonl": text},
        }
    return found


def routes_of(app: FastAPI) -> list[tuple[str, str, Needs]]:
    """Return every route as method, path and what it needs.

    Raises: `TypeError` for a route that is not guarded: nothing is reachable that does not say who may.
    """
    found: list[tuple[str, str, Needs]] = []
    for one in iter_route_contexts(app.routes):
        if one.path in _DESCRIBED:
            continue
        original = one.original_route
        if not isinstance(original, GuardedRoute):
            raise TypeError(f"{one.path} is not guarded")
        needs, _ = declared(original)
        found += [(method, str(one.path), needs) for method in sorted(original.methods or ())]
    return found
