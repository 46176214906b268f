"""Where a report comes from: the service, the commit and the branch, as the CI or the repository says it."""

import os
import re
from pathlib import Path
from typing import Any, Final, NamedTuple

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


def of(path: Path, *, service: str | None, branch: str | None) -> Origin:
    """Return the origin of a report about a tree; what is said outright outweighs what is found.

    Raises: `AskedWronglyError` where no name of a service is found.
    """
    name = service or os.environ.get("WARDLINE_SERVICE") or _service(path)
    if not name:
        raise AskedWronglyError(
            "it is not clear which service this is", hint="--service NAME, or write security/service.yaml"
        )
    return Origin(name, _commit(), branch or _branch(), " ".join(os.environ.get(one, "") for one in _RUNS).strip())


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


def _branch() -> str | None:
    """Return the branch that the CI builds, None where that is the default one or nobody says."""
    pull = os.environ.get("GITHUB_HEAD_REF") or os.environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME")
    if pull:
        return pull
    if os.environ.get("GITHUB_REF_TYPE") == "branch":
        name = os.environ.get("GITHUB_REF_NAME", "")
        return None if name == _default_on_github() else name or None
    name = os.environ.get("CI_COMMIT_BRANCH", "")
    return None if not name or name == os.environ.get("CI_DEFAULT_BRANCH") else name


def _default_on_github() -> str:
    import json

    event: Any = {}
    try:
        event = json.loads(_content(Path(os.environ.get("GITHUB_EVENT_PATH", ""))) or b"{}")
        return str(event["repository"]["default_branch"])
    except (ValueError, KeyError, TypeError):
        return "main"


def _content(path: Path) -> bytes | None:
    try:
        if path.is_symlink() or not path.is_file():
            return None
        with path.open("rb") as stream:
            return stream.read(_MAX_BYTES)
    except OSError:
        return None
