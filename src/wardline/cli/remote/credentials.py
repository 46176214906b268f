"""Who the command line is to a server: a token from the environment, of the CI, or kept by `wardline sign-in`.

In this order: `WARDLINE_TOKEN`; the file that `WARDLINE_TOKEN_FILE` names; `WARDLINE_ID_TOKEN` (GitLab's `id_tokens`);
GitHub's OIDC token, asked for with the server as its audience; what `sign-in` has kept for that server.
"""

import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from wardline.kernel.errors import AskedWronglyError, UnauthenticatedError, UnavailableError

_LONGEST: Final = 16 * 1024
_MAX_BYTES: Final = 1024 * 1024


def found(url: str) -> str:
    """Return the token to send to a server.

    Raises: `UnauthenticatedError` where there is none; `AskedWronglyError` for a file that cannot be read;
    `UnavailableError` where GitHub gives no token.
    """
    for name in ("WARDLINE_TOKEN", "WARDLINE_ID_TOKEN"):
        if name == "WARDLINE_ID_TOKEN" and os.environ.get("WARDLINE_TOKEN_FILE"):
            return _checked(_read(Path(os.environ["WARDLINE_TOKEN_FILE"])), "WARDLINE_TOKEN_FILE")
        if os.environ.get(name, "").strip():
            return _checked(os.environ[name].strip(), name)
    if os.environ.get("ACTIONS_ID_TOKEN_REQUEST_URL"):
        return _of_github(url)
    token = kept().get(url)
    if not token:
        raise UnauthenticatedError(
            f"nothing says who you are to {url}", hint="wardline sign-in LINK, or set WARDLINE_TOKEN to an API token"
        )
    return token


def file() -> Path:
    """Return where sign-ins are kept: below `$XDG_CONFIG_HOME`."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "wardline" / "servers.json"


def kept() -> dict[str, str]:
    """Return the kept tokens by server. A file that others can read is not believed.

    Raises: `AskedWronglyError`.
    """
    import json

    path = file()
    try:
        mode = path.stat().st_mode
        if mode & 0o077:
            raise AskedWronglyError(f"{path} can be read by others", hint=f"chmod 600 {path}, and sign in again")
        known: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise AskedWronglyError(f"{path} cannot be read", hint="delete it, and sign in again") from error
    entries = known.items() if isinstance(known, dict) else ()
    return {url: token for url, token in entries if isinstance(url, str) and isinstance(token, str)}


def keep(url: str, token: str | None) -> None:
    """Keep a server's token for this user alone, or forget it (None).

    Raises: `AskedWronglyError` where the file cannot be written.
    """
    import json

    path = file()
    known = {**kept(), url: token}
    content = json.dumps({name: value for name, value in known.items() if value is not None}, indent=1)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(content + "\n")
        fresh.replace(path)
    except OSError as error:
        raise AskedWronglyError(f"{path} cannot be written: {error.strerror}", hint="set WARDLINE_TOKEN") from error


def _of_github(url: str) -> str:
    """Return a token of this job, for this server alone.

    Source: GitHub, "OpenID Connect reference", which names the two variables and the request.
    """
    import asyncio

    import orjson

    from wardline.kernel.http import Client, HttpError

    async def asked() -> bytes:
        where = f"{os.environ['ACTIONS_ID_TOKEN_REQUEST_URL']}&audience={quote(url, safe='')}"
        secret = os.environ.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "")
        async with Client(seconds=30) as client:
            return (await client.get(where, authorization=f"Bearer {secret}", max_bytes=_MAX_BYTES)).body

    try:
        return _checked(str(orjson.loads(asyncio.run(asked()))["value"]), "GitHub's token")
    except (HttpError, ValueError, KeyError, TypeError) as error:
        raise UnavailableError(
            "GitHub gives this job no token", hint="give the job `permissions: id-token: write`"
        ) from error


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as stream:
            return stream.read(_LONGEST + 1).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise AskedWronglyError(
            f"{path} cannot be read", hint="WARDLINE_TOKEN_FILE names a file with one token"
        ) from error


def _checked(token: str, where: str) -> str:
    if not 8 <= len(token) <= _LONGEST or not all("!" <= char <= "~" for char in token):
        raise AskedWronglyError(f"{where} holds no token", hint="one line of visible characters, such as wl_…")
    return token
