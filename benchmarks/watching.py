"""What a process and those that it starts use, for other benchmarks: it measures nothing by itself."""

import os
import threading
from pathlib import Path
from typing import Self


class Watch:
    """Notes the peaks of a node and of what it starts, five times a second."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._told = told(pid)
        self._over = threading.Event()
        self.peaks = {"node": 0, "importer": 0}
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.2):
            for pid in family(self._pid):
                name = "node" if told(pid) == self._told else "importer"  # before it becomes one, a copy of the node
                self.peaks[name] = max(self.peaks[name], anonymous(pid))


def family(pid: int) -> list[int]:
    """Return a process and all that it started (proc_pid_children(5))."""
    found = [pid]
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += family(int(child))
    except OSError:
        return found
    return found


def told(pid: int) -> bytes:
    """Return the command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def anonymous(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("RssAnon:")), 0)


def processor(pid: int) -> float:
    """Return the seconds that a process and its ended children have used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
