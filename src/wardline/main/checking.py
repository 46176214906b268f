"""Check a repository that lies on this machine and hand the report to the platform.

The check is a process of its own, as it is for everybody: what a customer's tree does to it, it does not do to us.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import orjson

from wardline.findings.report import Report
from wardline.kernel.errors import EXIT_CANNOT_SAY, EXIT_NO, EXIT_YES, CannotSayError, WardlineError
from wardline.kernel.git.repository import Repository


class Checked(NamedTuple):
    """A repository's report and the revision that it is of (None where the tree is in no repository)."""

    report: Report
    revision: str | None


def check(repository: Path, options: Sequence[str], *, shown: bool = True, seconds: float = 900.0) -> Checked:
    """Check `repository` with `wardline check`, its words going to our own terminal, and return the report.

    Raises: `CannotSayError` where the check gave none: it says why itself, on standard error.
    """
    with tempfile.TemporaryDirectory(prefix="wardline-") as folder:
        answer = Path(folder) / "report.json"
        command = [sys.executable, "-m", "wardline", "check", str(repository), *options, "--write", f"json={answer}"]
        try:
            status = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=None if shown else subprocess.DEVNULL,
                timeout=seconds,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            raise CannotSayError(
                f"{repository}: the check took longer than {seconds:.0f} s",
                hint="run `wardline check` there by hand, and exclude what is not yours in .wardline/policy.toml",
            ) from None
        if status not in {EXIT_YES, EXIT_NO, EXIT_CANNOT_SAY} or not answer.exists():
            raise CannotSayError(
                f"{repository}: the check ended with {status} and no report", hint="see what it said above"
            )
        report = Report.from_dict(orjson.loads(answer.read_bytes()))
    return Checked(report, _revision(repository))


def _revision(repository: Path) -> str | None:
    try:
        found = Repository.at(repository)
        if found is None:
            return None
        with found:
            return found.head()
    except WardlineError:
        return None
