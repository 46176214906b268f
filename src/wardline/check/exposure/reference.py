"""What the exposure practice needs before the sandbox closes: its rules, compiled and kept, and the repository."""

from typing import NamedTuple

from wardline.check.exposure.engine import default
from wardline.check.model import Mode, Request
from wardline.kernel.git.repository import Repository


class Reference(NamedTuple):
    """What is examined in which way; `repository` is needed for `history` only."""

    mode: Mode = "tree"
    repository: Repository | None = None
    wanted: str = ""  # the fingerprint of findings whose values are to be derived, for a suppression


def load(request: Request, repository: Repository | None = None) -> Reference:
    """Return the reference for a request, with the rules compiled: only out here may the user's cache be written."""
    if "exposure" in request.only:
        default()
    return Reference(request.mode, repository)
