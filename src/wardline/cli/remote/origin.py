"""Where a report comes from: the service, the commit and the branch, as the CI or the repository says it."""

import os
import re
from pathlib import Path
from typing import Final, NamedTuple

from wardline.cli.remote import branches
from wardline.kernel.errors import AskedWronglyError

_MAX_BYTES: Final = 1024 * 1024
_REMOTE: Final = re.compile(r'^\[remote "origin"\][^\[]*?^\s*url\s*=\s*(\S+)\s*$', re.MULTILINE)
_COMMITS: Final = ("GITHUB_SHA", "CI_COMMIT_SHA", "BUILD_SOURCEVERSION", "GIT_COMMIT")
_RUNS: Final = ("GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GITHUB_JOB", "CI_JOB_ID", "BUILD_BUILDID", "BUILD_TAG")


class Origin(NamedTuple):
    """Where a report comes from, as far as is known. `branch` None: the default one. `run` tells jobs apart."""

    service: str
    commit: str | None
    branch: str | None
    run: str


def of(path: Path, *, service: str | None, branch: str | None, default_branch: bool = False) -> Origin:
    """Return the origin of a report about a tree; what is said outright outweighs what is found.

    Raises: `AskedWronglyError` where no name of a service is found, or it is not clear which branch it is.
    """
    name = service or os.environ.get("WARDLINE_SERVICE") or _service(path)
    if not name:
        raise AskedWronglyError(
            "it is not clear which service this is", hint="--service NAME, or write security/service.yaml"
        )
    about = branches.branch(path, said=branch, default=default_branch)
    return Origin(name, _commit(), about, " ".join(os.environ.get(one, "") for one in _RUNS).strip())


def _service(path: Path) -> str:
    """Return the service's short name: its own file, the CI's project, the remote repository, in this order."""
    from wardline.catalog.room import slug_of
    from wardline.catalog.sources import service_file, tree

    content = _content(path / service_file.PLACE)
    facts = tree.read({service_file.PLACE: content}) if content else None
    if facts is not None and facts.service is not None and facts.service.name:
        return slug_of(facts.service.name)
    project = os.environ.get("GITHUB_REPOSITORY") or os.environ.get("CI_PROJECT_PATH") or ""
    if not project:
        config = _content(path / ".git" / "config") or b""
        found = _REMOTE.search(config.decode("utf-8", "replace"))
        project = found[1] if found else ""
    last = re.split(r"[/:\\]", project.rstrip("/"))[-1]
    return slug_of(last.removesuffix(".git"))


def _commit() -> str | None:
    found = next((os.environ[name] for name in _COMMITS if os.environ.get(name)), "")
    return found if re.fullmatch(r"[0-9a-f]{40}([0-9a-f]{24})?", found) else None


def _content(path: Path) -> bytes | None:
    try:
        if path.is_symlink() or not path.is_file():
            return None
        with path.open("rb") as stream:
            return stream.read(_MAX_BYTES)
    except OSError:
        return None
