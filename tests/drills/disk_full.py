"""The disk under the database fills up under traffic, and has room again."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.drills.scene import Outcome, traffic

TITLE = "the disk is full"


def drill(folder: Path, seconds: float) -> Iterator[Outcome]:
    """Fill a small file system, wait, free it. Only root can mount one: without, there is nothing to show."""
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=48m,mode=700", "tmpfs", disk]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        return
    try:
        with traffic(disk) as under:
            filler = disk / "filler"
            with filler.open("wb", buffering=0) as full:
                until = time.monotonic() + seconds
                while time.monotonic() < until:  # whatever is freed meanwhile is filled again
                    with contextlib.suppress(OSError):
                        while full.write(b"x" * 4096) == 4096:
                            pass
                    time.sleep(0.2)
            listed = under.scene.nodes[0].get("findings").status_code
            filler.unlink()
            yield under.outcome(TITLE, seconds, time.monotonic(), f"a list meanwhile: {listed}")
    finally:
        subprocess.run(["umount", "-l", disk], check=True)
