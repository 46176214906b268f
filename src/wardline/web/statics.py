"""Static files: their address carries their hash, so browsers keep them for good and still see every change."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

FOLDER: Final = Path(__file__).with_name("static")
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_HASH_DIGITS: Final = 16


class File(NamedTuple):
    """One static file as it is served."""

    name: str
    content: bytes
    media_type: str


@cache
def files() -> dict[str, File]:
    """Return the files by the last part of their address, `<hash>-<name>`: nothing else can be asked for."""
    found = {}
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix in _TYPES:
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:_HASH_DIGITS]
            found[f"{digest}-{path.name}"] = File(path.name, content, _TYPES[path.suffix])
    return found


@cache
def address(name: str) -> str:
    """Return the address of the static file called `name`.

    Raises: `KeyError` where there is none.
    """
    return next((f"/static/{key}" for key, file in files().items() if file.name == name), "") or _missing(name)


async def serve(request: Request) -> Response:
    """Answer a request for a static file."""
    file = files().get(request.path_params["name"])
    if file is None:
        return PlainTextResponse("There is no such file.\n", status_code=404)
    return Response(
        file.content,
        media_type=file.media_type,
        headers={"cache-control": "public, max-age=31536000, immutable"},
    )


def _missing(name: str) -> str:
    raise KeyError(name)
