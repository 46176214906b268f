"""Coverage-guided fuzzing of everything that reads strangers' files in the dependencies practice (`make fuzz`).

    python fuzz/lockfiles.py [libFuzzer options] [corpus folders]

A reader may answer, or raise `LockfileError`; anything else is a crash. The first byte of an input picks the reader.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["wardline"]):
    from wardline.check.dependencies import formats, versions
    from wardline.check.dependencies.model import LockfileError, Source
    from wardline.check.policy.file import PolicyFileError
    from wardline.check.policy.file import read as read_policy
    from wardline.check.suppressions import read as read_suppressions
    from wardline.findings.purl import parsed

    READERS = [(known, known.plugin.load()) for known in formats.load().all]

ECOSYSTEMS = (
    "PyPI",
    "npm",
    "Maven",
    "RubyGems",
    "Packagist",
    "NuGet",
    "Debian",
    "Red Hat",
    "Alpine",
    "CRAN",
    "Hackage",
    "Pub",
    "Go",
    "crates.io",
    "Hex",
)


def read_lockfile(number: int, data: bytes) -> None:
    """Read a lockfile, its lines and its graph."""
    known, module = READERS[number % len(READERS)]
    pattern = known.plugin.declared["PATTERNS"][0].replace("*", "x")
    try:
        lockfile = module.read(Source(pattern, data, lambda _: None))
        lines, graph = lockfile.lines(), lockfile.graph()
    except LockfileError:
        return
    assert len(lines) == len(lockfile.packages)
    assert graph is None or len(graph.edges) == len(lockfile.packages)


def compare_versions(number: int, data: bytes) -> None:
    """Compare two versions both ways."""
    one, _, other = data.decode("utf-8", "replace").partition("\0")
    ecosystem = ECOSYSTEMS[number % len(ECOSYSTEMS)]
    try:
        there, back = versions.compare(ecosystem, one, other), versions.compare(ecosystem, other, one)
    except versions.VersionError:
        return
    assert there == -back


def read_settings(number: int, data: bytes) -> None:
    """Read a policy file, suppressions, a package URL."""
    from datetime import date

    if number % 3 == 0:
        try:
            read_policy(data)
        except PolicyFileError:
            return
    elif number % 3 == 1:
        read_suppressions(data, "suppressions.toml", date(2026, 1, 1))
    else:
        parsed(data.decode("utf-8", "replace"))


TARGETS: tuple[Callable[[int, bytes], None], ...] = (
    read_lockfile,
    read_lockfile,
    read_lockfile,
    compare_versions,
    read_settings,
)


def one_input(data: bytes) -> None:
    """Run one input."""
    if len(data) > 2:
        TARGETS[data[0] % len(TARGETS)](data[1], data[2:])


def corpus(folder: Path) -> None:
    """Write the tests' fixtures as a corpus, each with the bytes that pick its reader."""
    fixtures = Path(__file__).parents[1] / "tests" / "check" / "dependencies" / "lockfiles" / "fixtures"
    for number, (known, _) in enumerate(READERS):
        for path in (fixtures / known.id).rglob("*"):
            if path.is_file() and path.stat().st_size < 65536:
                (folder / f"{known.id}-{path.name}").write_bytes(bytes([0, number]) + path.read_bytes())


if __name__ == "__main__":
    seeds = Path(__file__).parents[1] / ".fuzz"
    seeds.mkdir(exist_ok=True)
    corpus(seeds)
    atheris.Setup([*sys.argv, str(seeds)], one_input)
    atheris.Fuzz()
