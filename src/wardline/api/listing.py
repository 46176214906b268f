"""Long lists: a piece at a time as JSON with the way to the next, or the whole as CSV or JSON Lines."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final, Generic, Literal, TypeVar, get_args

import orjson
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from wardline.api.bodies import JSON
from wardline.api.caller import Call
from wardline.api.words import Asked, Cursor
from wardline.kernel.paging import MAX_LIMIT, Listing, Page
from wardline.kernel.spreadsheet import line

Row = TypeVar("Row")
Form = Literal["json", "csv", "jsonl"]
_PIECE: Final = 500
_BYTE_ORDER_MARK: Final = "\ufeff"


class Paging(Asked):
    """Which piece of a list is asked for, and in which form."""

    limit: int = Field(50, ge=1, le=MAX_LIMIT)
    cursor: Cursor | None = None
    format: Form | None = Field(None, description="`csv` and `jsonl` are the whole list from the cursor on")

    def page(self) -> Page:
        """Return the piece."""
        return Page(self.limit, self.cursor)


class Rows(BaseModel, Generic[Row]):
    """One piece of a list. `next_cursor` is null at its end."""

    model_config = ConfigDict(from_attributes=True)

    rows: list[Row]
    next_cursor: str | None


async def listed(call: Call, asked: Paging, method: Callable[..., Listing[Any]], /, *given: Any) -> Response:
    """Return the answer of a service method that takes who asks, what is given and a `Page`, in the form asked for."""
    form = asked.format or _accepted(call)
    use = partial(method, call.who, *given)
    if form == "json":
        return await call.platform.hop(_piece, call, use, asked)
    first = await call.platform.hop(use, Page(_PIECE, asked.cursor))
    write = _csv if form == "csv" else _jsonl
    return StreamingResponse(
        _all(call, use, first, partial(write, _row_model(call))),
        media_type="text/csv; charset=utf-8; header=present" if form == "csv" else "application/jsonl",
        headers={"cache-control": "no-store", "content-disposition": f'attachment; filename="{_name(call)}.{form}"'},
    )


async def listed_whole(call: Call, asked: Paging, method: Callable[..., Sequence[Any]], /, *given: Any) -> Response:
    """Return the answer of a service method that returns a whole short list; the same as `listed` to who asks."""

    def whole(who: Any, *rest: Any) -> Listing[Any]:
        return Listing(list(method(who, *rest[:-1])))

    return await listed(call, asked, whole, *given)


def _piece(call: Call, use: Callable[..., Listing[Any]], asked: Paging) -> Response:
    listing = use(asked.page())
    body = call.shown(listing)
    headers = {"cache-control": "no-store"}
    if listing.next_cursor is not None:  # RFC 8288
        headers["link"] = f'<{_address(call, listing.next_cursor)}>; rel="next"'
    return Response(body, media_type=JSON, headers=headers)


def _address(call: Call, cursor: str) -> str:
    return str(call.request.url.include_query_params(cursor=cursor).replace(scheme="", netloc=""))


async def _all(
    call: Call, use: Callable[..., Listing[Any]], first: Listing[Any], write: Callable[[Listing[Any], bool], bytes]
) -> AsyncIterator[bytes]:
    """Give the whole list; what fails on the way breaks the answer off, so that a part never passes for all of it."""
    yield await call.platform.hop(write, first, True)  # noqa: FBT003 - the header comes with the first piece
    cursor = first.next_cursor
    while cursor is not None:
        listing = await call.platform.hop(use, Page(_PIECE, cursor))
        yield await call.platform.hop(write, listing, False)  # noqa: FBT003 - as above
        cursor = listing.next_cursor


def _row_model(call: Call) -> type[BaseModel]:
    rows = call.request.scope["route"].response_model.model_fields["rows"].annotation
    model: type[BaseModel] = get_args(rows)[0]
    return model


def _csv(model: type[BaseModel], listing: Listing[Any], header: bool) -> bytes:  # noqa: FBT001 - see `_all`
    lines = [_BYTE_ORDER_MARK + line(model.model_fields)] if header else []
    lines += [line(map(_flat, row.values())) for row in _plain(model, listing)]
    return "".join(lines).encode()


def _jsonl(model: type[BaseModel], listing: Listing[Any], header: bool) -> bytes:  # noqa: FBT001 - see `_all`
    del header
    return b"".join(orjson.dumps(row) + b"\n" for row in _plain(model, listing))


def _plain(model: type[BaseModel], listing: Listing[Any]) -> Iterator[dict[str, Any]]:
    return (model.model_validate(row, from_attributes=True).model_dump(mode="json") for row in listing.rows)


def _flat(value: Any) -> Any:
    """Return a value as one cell: a list of words as words, anything deeper as JSON."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "; ".join(value)
    return orjson.dumps(value).decode() if isinstance(value, list | dict) else value


def _accepted(call: Call) -> Form:
    accepted = {one.partition(";")[0].strip() for one in call.request.headers.get("accept", "").lower().split(",")}
    if JSON in accepted:
        return "json"
    return "csv" if "text/csv" in accepted else "jsonl" if "application/jsonl" in accepted else "json"


def _name(call: Call) -> str:
    return "wardline-" + str(call.request.scope["route"].operation_id).replace("_", "-")
