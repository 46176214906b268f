"""What isolation costs: the sandbox around empty work, the walk of a large folder, the first answer of git.

    python benchmarks/sandbox.py

Each figure is the median over several rounds in one process that has everything imported, unless it says otherwise; a
bare fork stands beside the sandbox, since nothing that forks costs less.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from wardline.check.worktree import WorkTree
from wardline.kernel.git.repository import Repository
from wardline.kernel.sandbox import run

FILES = 100_000


def median_ms(work: Callable[[], object], rounds: int) -> float:
    work()  # warm
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return statistics.median(took) * 1000


def bare_fork() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def spawned() -> None:
    subprocess.run([sys.executable, "-I", "-c", ""], check=True)


def first_run_ms() -> float:
    """Return what the first run of a process costs, imports included."""
    program = (
        "import time\n"
        "import wardline.kernel.sandbox as sandbox\n"
        "started = time.perf_counter()\n"
        "sandbox.run(lambda _: b'', readable=[])\n"
        "print((time.perf_counter() - started) * 1000)\n"
    )
    took = [float(subprocess.check_output([sys.executable, "-c", program])) for _ in range(7)]
    return statistics.median(took)


def folder_of_files(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    for number in range(FILES):
        os.mknod(f"f{number}", dir_fd=descriptor)
    os.close(descriptor)


def asked_of_git(folder: Path) -> None:
    with Repository.at(folder) as repository:
        repository.head()


def main() -> None:
    rows = [
        ("fork and wait, nothing else", median_ms(bare_fork, 30)),
        ("a Python that starts and ends", median_ms(spawned, 10)),
        ("sandbox around empty work", median_ms(lambda: run(lambda _: b"", readable=[]), 30)),
        ("sandbox, an answer of 10 MB", median_ms(lambda: run(lambda _: bytes(10_000_000), readable=[]), 10)),
        ("sandbox, the first of a process", first_run_ms()),
    ]
    with tempfile.TemporaryDirectory() as made:
        folder_of_files(Path(made))
        rows.append((f"walk {FILES:,} files in one folder", median_ms(lambda: WorkTree(Path(made)).files(), 5)))
    here = Path(__file__).parents[1]
    if (here / ".git").exists():
        rows.append(("open a repository and ask for HEAD", median_ms(lambda: asked_of_git(here), 20)))
        rows.append(("git rev-parse HEAD, by itself", median_ms(lambda: git_alone(here), 20)))
    for what, took in rows:
        print(f"{what:<40} {took:8.1f} ms")


def git_alone(folder: Path) -> None:
    subprocess.run(["git", "-C", folder, "rev-parse", "HEAD"], check=False, capture_output=True)


if __name__ == "__main__":
    main()
