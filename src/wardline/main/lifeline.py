"""Ends a process with the one that started it, however that one went: a pipe whose other end nobody holds any more."""

import os
import signal
import threading


def follow(descriptor: int | None) -> None:
    """End this process, as SIGTERM would, once the other end of `descriptor` is closed; None: nobody is followed."""
    if descriptor is not None:
        threading.Thread(target=_until_closed, args=(descriptor,), name="lifeline", daemon=True).start()


def _until_closed(descriptor: int) -> None:
    while os.read(descriptor, 64):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
