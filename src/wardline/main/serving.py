"""One node of the platform: the API, the pages and the duties, over one database, until it is asked to stop."""

import os
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import uvicorn

from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.observing import logs, tracing
from wardline.kernel.observing.measures import Measures
from wardline.kernel.serving.metrics import Metrics
from wardline.kernel.settings import Settings
from wardline.main import migrating, platform
from wardline.main.application import application
from wardline.services import Services

_GRACE_SECONDS: Final = 3
_HEADERS_BYTES: Final = 32 * 1024


def listening(settings: Settings) -> socket.socket:
    """Return the socket that the node will be reached at, bound and listening.

    Raises: `AskedWronglyError` where the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((settings.host, settings.port))
        bound.listen(512)
    except OSError as error:
        bound.close()
        raise AskedWronglyError(
            f"{settings.host}:{settings.port} cannot be listened on: {error.strerror}",
            hint="name another --port, or 0 for any free one",
        ) from error
    return bound


def serve(
    settings: Settings, *, parent: int | None = None, log: Path | None = None, ready: Callable[[str], None]
) -> None:
    """Serve until SIGINT or SIGTERM, or until the descriptor `parent` is closed at its other end.

    `ready` is called with the node's own address once it answers; log lines go to the file `log`, or to standard error.
    Every thread is gone when this returns.

    Raises: `AskedWronglyError` where the address cannot be had; `CannotSayError` where the database was not migrated;
    `UnavailableError` where it does not answer.
    """
    bound = listening(settings)
    settings = settings._replace(port=bound.getsockname()[1])
    services = platform.services(settings)
    migrating.require_migrated(services.database)
    adopt_policy(services)
    logs.set_up(log)
    ended = tracing.set_up(services.duties.node)
    metrics = Metrics()
    metrics.registry.register(Measures(services.duties, services.ledger))
    stop = threading.Event()
    runner = services.duties.runner(platform.duties(services))
    background = threading.Thread(target=runner.run, args=(stop,), name="duties")
    server = uvicorn.Server(
        uvicorn.Config(
            application(services, metrics),
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies) or None,
            h11_max_incomplete_event_size=_HEADERS_BYTES,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            timeout_keep_alive=15,
            limit_concurrency=512,
            lifespan="off",
        )
    )
    if parent is not None:
        threading.Thread(target=_until_closed, args=(parent, server), name="parent", daemon=True).start()
    threading.Thread(target=_announce, args=(server, settings, ready), name="ready", daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM):  # uvicorn raises them again once it has ended: that is said and done
        signal.signal(number, lambda *_: None)
    background.start()
    try:
        server.run(sockets=[bound])
    finally:
        stop.set()
        background.join(_GRACE_SECONDS)
        services.database.close()
        if ended is not None:
            ended()


def adopt_policy(services: Services) -> None:
    """Make the policy in the file that the settings name the one that stands; without one, what stands stays.

    Raises: `AskedWronglyError` for a file that cannot be read or obeyed, naming the place.
    """
    path = services.settings.policy
    if path is None:
        return
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AskedWronglyError(f"{path}: the policy cannot be read", hint="make it readable, as UTF-8") from error
    services.findings.adopt_policy(text, str(path))


def _announce(server: uvicorn.Server, settings: Settings, ready: Callable[[str], None]) -> None:
    pause = threading.Event()
    while not server.started and not server.should_exit:
        pause.wait(0.01)
    if server.started:
        ready(f"http://{f'[{settings.host}]' if ':' in settings.host else settings.host}:{settings.port}")


def _until_closed(descriptor: int, server: uvicorn.Server) -> None:
    """Stop the server once nobody holds the other end: the process that started us is gone, however it went."""
    while os.read(descriptor, 64):
        pass
    server.should_exit = True
