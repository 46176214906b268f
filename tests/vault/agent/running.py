"""A dev agent as users start it: a process of its own, on real sockets."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple


class Agent(NamedTuple):
    process: subprocess.Popen[str]
    folder: Path
    socket: str
    url: str

    @property
    def token(self) -> str:
        return (self.folder / "root-token").read_text()


@contextmanager
def dev_agent(folder: Path, *options: str, tcp: bool = True) -> Iterator[Agent]:
    state = folder / "dev"
    arguments: Sequence[str] = [
        sys.executable, "-m", "wardline", "agent", "--dev", "--state", str(state),
        *(["--listen", "127.0.0.1:0"] if tcp else []), *options,
    ]  # fmt: skip
    process = subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    said = ""
    try:
        assert process.stdout is not None
        for line in process.stdout:
            said += line
            if line.startswith("ready "):
                break
        else:
            assert process.stderr is not None
            raise AssertionError(said + process.stderr.read())
        _, socket, *urls = line.split()
        yield Agent(process, state, socket, urls[0] if urls else "")
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
