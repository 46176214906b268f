"""Sockets and the server program: a Unix socket for this user alone, or loopback TCP."""

import contextlib
import ipaddress
import os
import socket
import ssl
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from wardline.kernel.errors import AskedWronglyError, ConflictError
from wardline.kernel.serving.asgi import Application
from wardline.kernel.serving.limits import Limits
from wardline.vault import files
from wardline.vault.agent.guard import Guard

_BACKLOG: Final = 128
_HEADERS_BYTES: Final = 32 * 1024


class Listening(NamedTuple):
    """Where an agent is reached: a bound socket, and its address as clients write it."""

    bound: socket.socket
    address: str
    certificate: Path | None = None
    key: Path | None = None
    client_ca: Path | None = None

    @property
    def local(self) -> bool:
        """Tell whether it is a Unix socket."""
        return self.bound.family == socket.AF_UNIX


def unix_socket(path: Path) -> Listening:
    """Return a listening Unix socket that its owner alone may connect to; one that nobody serves any more is replaced.

    Raises: `ConflictError` where another process answers there; `AskedWronglyError` where it cannot be made.
    """
    _replaceable(path)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    waiting = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = os.umask(0o177)
        try:
            with files.socket_name(waiting) as name:
                bound.bind(name)
        finally:
            os.umask(before)
        bound.listen(_BACKLOG)
        waiting.rename(path)
    except OSError as error:
        bound.close()
        raise AskedWronglyError(f"{path}: {error.strerror or error}", hint="name another --socket") from error
    return Listening(bound, f"unix://{path}")


def loopback_socket(host: str, port: int, certificate: Path | None = None, key: Path | None = None) -> Listening:
    """Return a listening TCP socket on loopback.

    Raises: `AskedWronglyError` for an address that is not loopback, or cannot be had.
    """
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise AskedWronglyError(f"{host} is no address", hint="an agent listens on 127.0.0.1 or ::1") from None
    if not address.is_loopback:
        raise AskedWronglyError(
            f"{host} is not loopback: an agent serves its own machine only", hint="listen on 127.0.0.1 or ::1"
        )
    if (certificate is None) != (key is None):
        raise AskedWronglyError("a certificate and its key come together", hint="name both files, or neither")
    bound = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((str(address), port))
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        raise AskedWronglyError(f"{host}:{port}: {error.strerror}", hint="name another port, or 0") from error
    shown = f"[{address}]" if address.version == 6 else str(address)
    scheme = "http" if certificate is None else "https"
    return Listening(bound, f"{scheme}://{shown}:{bound.getsockname()[1]}", certificate, key)


def serve(app: Application, at: list[Listening], ready: Callable[[list[str]], None]) -> None:
    """Serve an application at several places until SIGINT or SIGTERM; `ready` is called once they all answer.

    Raises: `AskedWronglyError` for a certificate that cannot be used.
    """
    import asyncio

    servers = [_server(app, one) for one in at]

    async def run() -> None:
        loop = asyncio.get_running_loop()
        with _until_signalled(loop, servers):
            running = [
                asyncio.ensure_future(server.serve(sockets=[one.bound]))
                for server, one in zip(servers, at, strict=True)
            ]
            while not all(server.started or server.should_exit for server in servers):  # noqa: ASYNC110 - a flag is all
                await asyncio.sleep(0.002)
            if all(server.started for server in servers):
                ready([one.address for one in at])
            await asyncio.gather(*running)

    try:
        asyncio.run(run())
    finally:
        for one in at:
            if one.local:
                Path(one.address.removeprefix("unix://")).unlink(missing_ok=True)
            one.bound.close()


def _server(app: Application, at: Listening) -> Any:
    import uvicorn
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Protocol(H11Protocol):
        """uvicorn's HTTP/1.1, that remembers which certificate the client showed."""

        def connection_made(self, transport: Any) -> None:
            """Begin a connection."""
            secured = transport.get_extra_info("ssl_object")
            shown = secured.getpeercert(binary_form=True) if secured is not None else None
            self.app_state = {**self.app_state, **({"certificate": shown} if shown else {})}
            super().connection_made(transport)

    class Server(uvicorn.Server):
        """uvicorn's server, that leaves signals to whoever runs several."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Leave signals alone."""
            yield

    guarded = Guard(Limits(app), socket=at.local)
    try:
        config = uvicorn.Config(
            guarded,
            http=Protocol,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            h11_max_incomplete_event_size=_HEADERS_BYTES,
            timeout_graceful_shutdown=2,
            timeout_keep_alive=75,
            limit_concurrency=512,
            lifespan="off",
            ssl_certfile=at.certificate,
            ssl_keyfile=at.key,
            ssl_ca_certs=str(at.client_ca) if at.client_ca else None,
            ssl_cert_reqs=ssl.CERT_OPTIONAL if at.client_ca else ssl.CERT_NONE,
        )
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise AskedWronglyError(f"{at.certificate}: the certificate or its key cannot be used") from error
    return Server(config)


@contextlib.contextmanager
def _until_signalled(loop: Any, servers: list[Any]) -> Iterator[None]:
    import signal

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    numbers = (signal.SIGINT, signal.SIGTERM)
    try:
        for number in numbers:
            loop.add_signal_handler(number, stop)
    except (ValueError, RuntimeError):  # a thread of a test: whoever runs it stops it otherwise
        yield
        return
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def _replaceable(path: Path) -> None:
    """Make sure that nothing but a socket that nobody serves stands at a path.

    Raises: `ConflictError` where somebody answers, `AskedWronglyError` where it is no socket.
    """
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise AskedWronglyError(f"{path} is there, and no socket", hint="name another one with --socket")
    except FileNotFoundError:
        return
    except OSError as error:
        raise AskedWronglyError(f"{path}: {error.strerror}") from error
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as tried:
        tried.settimeout(1)
        try:
            with files.socket_name(path) as name:
                tried.connect(name)
        except OSError:
            return
    raise ConflictError(f"an agent already answers at {path}", hint="end it first, or name another --socket")
