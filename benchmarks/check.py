"""How long `wardline check` takes, whole process, beside what users would pick instead, on the same input in one run.

    WARDLINE_ADVISORIES=path/to/mirror python benchmarks/check.py

Peers are used where they are found (on PATH or in `.venv-peers/bin`): osv-scanner, offline on the same mirror. What is
not there is said. Every figure is the median of several whole processes; memory is the largest of them.
"""

import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.synthetic import package_lock, uv_lock

ROOT = Path(__file__).parents[1]
WARDLINE = Path(sys.executable).with_name("wardline")


class Row(NamedTuple):
    """One line of the table."""

    what: str
    tool: str
    seconds: float
    megabytes: float
    said: str


def run(command: Sequence[str | Path], *, environment: dict[str, str], times: int) -> tuple[float, float, int, bytes]:
    """Return the median seconds, the peak resident megabytes, the last exit status and the last output."""
    seconds, peak, status, out = [], 0.0, 0, b""
    for _ in range(times):
        with tempfile.TemporaryFile() as answers:
            started = time.perf_counter()
            process = os.posix_spawn(
                str(command[0]),
                list(map(str, command)),
                environment,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, answers.fileno(), 1),
                    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                ],
            )
            _, code, usage = os.wait4(process, 0)
            seconds.append(time.perf_counter() - started)
            peak = max(peak, usage.ru_maxrss / 1024)
            status = os.waitstatus_to_exitcode(code)
            answers.seek(0)
            out = answers.read()
    return statistics.median(seconds), peak, status, out


def vulnerable(advisories: Path, ecosystem: str, number: int) -> list[tuple[str, str]]:
    """Return real (name, version) pairs that records name, so that there is something to find."""
    found: dict[str, str] = {}
    with zipfile.ZipFile(advisories / ecosystem / "all.zip") as archive:
        names = sorted(archive.namelist())
        random.Random(1).shuffle(names)
        for name in names:
            record = json.loads(archive.read(name))
            for entry in record.get("affected", ()):
                versions = entry.get("versions") or ()
                if versions and not record["id"].startswith("MAL") and entry["package"]["ecosystem"] == ecosystem:
                    found[entry["package"]["name"]] = versions[-1]
            if len(found) >= number:
                break
    return list(found.items())[:number]


def trees(into: Path, advisories: Path | None) -> dict[str, Path]:
    """Write the inputs; return them by what they are called in the table."""
    npm = vulnerable(advisories, "npm", 50) if advisories else []
    pypi = vulnerable(advisories, "PyPI", 50) if advisories else []
    made = {}
    for what, name, content in (
        ("package-lock.json, 10,000 packages", "package-lock.json", package_lock(10_000, 1, known=npm)),
        ("package-lock.json, 100,000 packages", "package-lock.json", package_lock(100_000, 1, known=npm)),
        ("uv.lock, 10,000 packages", "uv.lock", uv_lock(10_000, 1, known=pypi)),
        ("uv.lock, 100,000 packages", "uv.lock", uv_lock(100_000, 1, known=pypi)),
    ):
        folder = into / str(len(made))
        folder.mkdir()
        (folder / name).write_bytes(content)
        made[what] = folder
    folder = into / "repository"
    for number in range(5):
        for name, content in (
            ("package-lock.json", package_lock(200, number, known=npm[:5])),
            ("uv.lock", uv_lock(200, number, known=pypi[:5])),
        ):
            place = folder / f"service{number}" / "web" if name.startswith("p") else folder / f"service{number}"
            place.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(content)
    for number in range(2_000):
        place = folder / "src" / f"part{number % 50}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"module{number}.py").write_text("print(1)\n" * 20)
    made["repository, 2,000 locked packages in 10 lockfiles, 2,000 files"] = folder
    return made


def apart(work: Callable[[], dict[str, Path]]) -> dict[str, Path]:
    """Do the work in a process of its own: a child's peak memory counts from what its parent held when it was made."""
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        os.write(writer, json.dumps({what: str(path) for what, path in work().items()}).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        said = file.read()
    os.waitpid(process, 0)
    return {what: Path(path) for what, path in json.loads(said).items()}


def wardline_rows(made: dict[str, Path], advisories: Path | None, cache: Path) -> list[Row]:
    environment = {**os.environ, "WARDLINE_CACHE": str(cache)}
    environment.pop("WARDLINE_KEV", None)
    rows = []
    seconds, memory, _, out = run([WARDLINE, "--version"], environment=environment, times=15)
    rows.append(Row("--version", "wardline", seconds, memory, out.decode().strip()))
    for what, folder in made.items():
        command = [WARDLINE, "check", folder, "--only", "dependencies", "--format", "json"]
        command += ["--advisories", advisories] if advisories else []
        run(command, environment=environment, times=1)  # the index is warm from here on
        seconds, memory, status, out = run(command, environment=environment, times=7 if "100" not in what else 3)
        report = json.loads(out)
        examined = report["coverage"]["dependencies"]["examined"]
        rows.append(
            Row(
                what,
                "wardline",
                seconds,
                memory,
                f"exit {status}, {examined:,} examined, {len(report['findings'])} findings",
            )
        )
    return rows


def osv_scanner_rows(made: dict[str, Path], advisories: Path | None, into: Path) -> list[Row]:
    tool = shutil.which("osv-scanner", path=f"{ROOT / '.venv-peers' / 'bin'}:{os.environ.get('PATH', '')}")
    if tool is None or advisories is None:
        print(
            "not run: osv-scanner (not found; `make peers`)"
            if tool is None
            else "not run: osv-scanner (no mirror given)"
        )
        return []
    store = into / "osv-scalibr"  # where it keeps its copy of the bucket
    store.mkdir()
    for folder in advisories.iterdir():
        if (folder / "all.zip").exists():
            (store / folder.name).symlink_to(folder)
    environment = {**os.environ, "XDG_CACHE_HOME": str(into)}
    rows = []
    for what, folder in made.items():
        command = [tool, "scan", "source", "--offline", "--format", "json", "-r", folder]
        if "100,000" in what:
            print(f"not run: osv-scanner on {what} (minutes)")
            continue
        seconds, memory, status, out = run(command, environment=environment, times=1)
        try:
            groups = [
                group
                for result in json.loads(out)["results"]
                for package in result["packages"]
                for group in package.get("groups", ())
            ]
            said = f"exit {status}, {len(groups)} findings"
        except (ValueError, KeyError):
            said = f"exit {status}"
        rows.append(Row(what, "osv-scanner", seconds, memory, said))
    return rows


def compile_rows(advisories: Path | None, into: Path) -> list[Row]:
    if advisories is None:
        return []
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from wardline.check.dependencies.advisories.compiling import compile_index\n"
        "status = compile_index(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "print(sum(part.records for part in status.sources))\n"
    )
    rows = []
    for what in ("compile the whole mirror", "compile again, nothing changed"):
        command = [sys.executable, "-c", program, advisories, into / "index"]
        seconds, memory, _, out = run(command, environment=dict(os.environ), times=1)
        rows.append(Row(what, "wardline", seconds, memory, f"{int(out):,} records"))
    return rows


def show(rows: Sequence[Row]) -> None:
    width = max(len(row.what) for row in rows)
    print(f"{'what':<{width}}  {'tool':<12} {'ms':>9} {'MB':>7}  answer")
    for row in sorted(rows, key=lambda row: (row.what, row.tool != "wardline")):
        print(f"{row.what:<{width}}  {row.tool:<12} {row.seconds * 1000:>9,.0f} {row.megabytes:>7,.0f}  {row.said}")


def main() -> None:
    named = os.environ.get("WARDLINE_ADVISORIES")
    advisories = Path(named) if named else None
    if advisories is None:
        print("WARDLINE_ADVISORIES is not set: packages are held against nothing, and nothing is compiled")
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder)
        made = apart(lambda: trees(into, advisories))
        rows = wardline_rows(made, advisories, into / "cache")
        rows += compile_rows(advisories, into)
        rows += osv_scanner_rows(made, advisories, into)
        show(rows)


if __name__ == "__main__":
    main()
