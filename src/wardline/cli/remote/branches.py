"""Which branch a report is about: what is said, what the CI says, what the repository says; never a guess.

A report of the default branch moves clocks, closes and opens; one of another branch does none of that. So where it is
not clear which of the two it is, nothing is sent, and what has to be said is named.

Sources: GitHub, "Variables" and "Events that trigger workflows" (a scheduled run is of the default branch); GitLab,
"Predefined CI/CD variables reference"; Azure Pipelines, "Use predefined variables"; Jenkins, "Pipeline: Multibranch"
(`BRANCH_IS_PRIMARY`); Buildkite, "Environment variables"; gitrepository-layout(5).
"""

import os
from pathlib import Path
from typing import Any, Final

from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.git import layout
from wardline.kernel.git.errors import GitError

_MAX_BYTES: Final = 1024 * 1024
_HEADS: Final = "refs/heads/"
_ORIGIN: Final = "refs/remotes/origin/"
_CHANGES: Final = (  # a proposed change is never the default branch, whatever its branch is called
    "GITHUB_HEAD_REF", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CHANGE_BRANCH", "SYSTEM_PULLREQUEST_SOURCEBRANCH",
)  # fmt: skip
_TAGS: Final = ("CI_COMMIT_TAG", "TAG_NAME", "BUILDKITE_TAG", "CIRCLE_TAG", "BITBUCKET_TAG")
_BRANCHES: Final = (
    "CI_COMMIT_BRANCH", "BUILD_SOURCEBRANCH", "BRANCH_NAME", "BUILDKITE_BRANCH", "CIRCLE_BRANCH", "BITBUCKET_BRANCH",
)  # fmt: skip
_DEFAULTS: Final = ("CI_DEFAULT_BRANCH", "BUILDKITE_PIPELINE_DEFAULT_BRANCH")
_HINT: Final = "say --default-branch where it is the default one, else --branch NAME"


def branch(path: Path, *, said: str | None, default: bool) -> str | None:
    """Return the branch that a report about `path` is of; None: the default one.

    `said` is a name that the user gave, `default` that the user said it is the default one. A folder that is in no
    repository has no branches: then it is the default one.

    Raises: `AskedWronglyError` where it cannot be told.
    """
    if default:
        if said:
            raise AskedWronglyError("--branch and --default-branch exclude each other", hint="name one of them")
        return None
    if said:
        return None if said == _default(path) else said
    aside = _aside()
    if aside:
        return aside
    if os.environ.get("GITHUB_EVENT_NAME") == "schedule" or os.environ.get("BRANCH_IS_PRIMARY") == "true":
        return None
    here = _here(path)
    if here is None:
        return None
    known = _default(path)
    if not known:
        raise AskedWronglyError(f"it is not clear whether {here!r:.100} is the default branch", hint=_HINT)
    return None if here == known else here


def _aside() -> str:
    """Return the proposed change or the tag that the CI builds, "" where it builds a branch or there is no CI."""
    for name in _CHANGES:
        if os.environ.get(name):
            return os.environ[name].removeprefix(_HEADS)
    tag = next((os.environ[name] for name in _TAGS if os.environ.get(name)), "")
    if os.environ.get("GITHUB_REF_TYPE") == "tag":
        tag = os.environ.get("GITHUB_REF_NAME", "")
    return f"refs/tags/{tag}" if tag else ""


def _here(path: Path) -> str | None:
    """Return the branch that is built or checked out; None where there is no repository, and so no branch."""
    if os.environ.get("GITHUB_REF_TYPE") == "branch" and os.environ.get("GITHUB_REF_NAME"):
        return os.environ["GITHUB_REF_NAME"]
    built = next((os.environ[name] for name in _BRANCHES if os.environ.get(name)), "")
    if built:
        return built.removeprefix(_HEADS)
    places = _places(path)
    if places is None:
        return None
    head = _pointed(places.git_dir / "HEAD")
    if not head.startswith(_HEADS) or places.ref_storage != "files":
        raise AskedWronglyError("no branch is checked out here, and no CI says which one this is", hint=_HINT)
    return head.removeprefix(_HEADS)


def _default(path: Path) -> str:
    """Return the name of the default branch, "" where nothing says it."""
    named = next((os.environ[name] for name in _DEFAULTS if os.environ.get(name)), "") or _on_github()
    if named:
        return named
    places = _places(path)
    if places is None or places.ref_storage != "files":
        return ""
    remote = _pointed(places.common_dir / _ORIGIN / "HEAD")
    if remote.startswith(_ORIGIN):
        return remote.removeprefix(_ORIGIN)
    return "" if _has_remotes(places) else _only(places)


def _on_github() -> str:
    import json

    event: Any = {}
    try:
        event = json.loads(_content(Path(os.environ.get("GITHUB_EVENT_PATH", ""))) or b"{}")
        return str(event["repository"]["default_branch"])
    except (ValueError, KeyError, TypeError):
        return ""


def _only(places: layout.Places) -> str:
    """Return the branch of a repository that was never shared and has one: nothing else can be meant."""
    here = _pointed(places.git_dir / "HEAD").removeprefix(_HEADS)
    heads = places.common_dir / _HEADS
    loose = (
        {one.relative_to(heads).as_posix() for one in heads.rglob("*") if one.is_file()} if heads.is_dir() else set()
    )
    packed = (_content(places.common_dir / "packed-refs") or b"").decode("utf-8", "replace").split()
    names = loose | {one.removeprefix(_HEADS) for one in packed if one.startswith(_HEADS)}
    return here if names <= {here} else ""


def _has_remotes(places: layout.Places) -> bool:
    config = (_content(places.common_dir / "config") or b"").decode("utf-8", "replace")
    return any(line.strip().startswith("[remote ") for line in config.splitlines())


def _places(path: Path) -> layout.Places | None:
    try:
        return layout.find(path)
    except GitError as error:
        raise AskedWronglyError(f"the branch cannot be told: {error.detail}", hint=_HINT) from error


def _pointed(file: Path) -> str:
    """Return the name that a symbolic ref holds, "" where it is none."""
    text = (_content(file) or b"").decode("utf-8", "replace").strip()
    return text.removeprefix("ref:").strip() if text.startswith("ref:") else ""


def _content(path: Path) -> bytes | None:
    try:
        if path.is_symlink() or not path.is_file():
            return None
        with path.open("rb") as stream:
            return stream.read(_MAX_BYTES)
    except OSError:
        return None
