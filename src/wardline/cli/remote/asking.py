"""Which server a command asks."""

from typing import TYPE_CHECKING

from wardline.kernel.errors import AskedWronglyError

if TYPE_CHECKING:
    from wardline.cli.remote.server import Server


def server(url: str | None, *, seconds: float = 60.0) -> "Server":
    """Return the server that was named, or the only one that this user is signed in to.

    Raises: `AskedWronglyError` where none is named and it is not clear which one is meant.
    """
    from wardline.cli.remote.credentials import kept
    from wardline.cli.remote.server import Server

    if not url:
        known = sorted(kept())
        if len(known) != 1:
            which = "one of: " + ", ".join(known) if known else "https://wardline.example"
            raise AskedWronglyError("no server is named", hint=f"--server URL or WARDLINE_URL: {which}")
        url = known[0]
    return Server(url, seconds=seconds)
