"""What a repository needs so that every change to it is checked: planned from what is there, and written without harm.

Nothing that is there is ever overwritten. A list of hooks is extended as text; any other file that lacks what is wanted
is left, and the addition is shown. A second run changes nothing.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path
from typing import Final, NamedTuple

from wardline.check.adoption import extending
from wardline.check.adoption.model import Forge, Planned, Wishes
from wardline.kernel import files
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.text import printable
from wardline.kernel.version import VERSION

EXAMINED: Final = ("dependencies", "exposure")  # the practices that this version examines: what the templates ask for

_MAX_BYTES: Final = 1024 * 1024
_TEMPLATES: Final = Path(__file__).parent / "templates"
_REQUIREMENT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:==[A-Za-z0-9.+!_-]+| @ [A-Za-z0-9:/@._+%=#&-]+)")
_SHAREABLE: Final = re.compile(r"\+https://[^/@]+/")
_REMOTE: Final = re.compile(
    r"^\s*url\s*=\s*\"?(?:[a-z+]+://)?(?:[^@/\s\"]*@)?([^/:\s\"]+)", re.MULTILINE | re.IGNORECASE
)


class _Wanted(NamedTuple):
    """A file that is wanted; `marker` tells one of that purpose, however edited; `elsewhere` are its other places."""

    path: str
    template: str
    why: str
    marker: str
    forge: Forge | None = None
    elsewhere: tuple[str, ...] = ()


_WANTED: Final = (
    _Wanted(".wardline/policy.toml", "policy.toml", "what blocks, what is out of scope, how old advisories may be", ""),
    _Wanted(
        ".pre-commit-config.yaml",
        "pre-commit.yaml",
        "stops a commit that brings in something wrong, on the author's machine",
        "wardline-check",
    ),
    _Wanted(
        ".github/workflows/wardline.yml",
        "github-workflow.yml",
        "checks every pull request, and the whole tree each day",
        "wardline",
        "github",
    ),
    _Wanted(
        ".github/pull_request_template.md",
        "change.md",
        "what submitter and reviewers owe each change",
        "wardline:owed",
        "github",
        ("pull_request_template.md", "docs/pull_request_template.md"),
    ),
    _Wanted(
        ".gitlab/wardline.yml",
        "gitlab-job.yml",
        "checks every merge request, and the default branch",
        "wardline",
        "gitlab",
    ),
    _Wanted(".gitlab-ci.yml", "gitlab-ci.yml", "makes the pipeline include that job", ".gitlab/wardline.yml", "gitlab"),
    _Wanted(
        ".gitlab/merge_request_templates/Default.md",
        "change.md",
        "what submitter and reviewers owe each change",
        "wardline:owed",
        "gitlab",
    ),
)


def forges(root: Path) -> tuple[Forge, ...]:
    """Return the forges that a repository is on: as its remotes say, else its folders; both where nothing tells.

    Git is not run: the names of hosts are read from `.git/config`, which may say anything.
    """
    try:
        config = files.read(root, ".git/config", max_bytes=_MAX_BYTES) or b""
    except files.UnsafeFileError:
        config = b""
    hosts = _REMOTE.findall(config.decode("utf-8", "replace"))
    told: list[Forge] = [forge for forge in ("github", "gitlab") if any(forge in host.lower() for host in hosts)]
    if not told:
        names = set(files.names(root))
        signs: dict[Forge, set[str]] = {"github": {".github"}, "gitlab": {".gitlab", ".gitlab-ci.yml"}}
        told = [forge for forge, sign in signs.items() if sign & names]
    return tuple(told) or ("github", "gitlab")


def requirement() -> str:
    """Return what installs the Wardline that runs: the commit it was installed from (PEP 610), else its version."""
    import json
    from importlib import metadata

    try:
        origin = json.loads(metadata.distribution("wardline").read_text("direct_url.json") or "{}")
        commit = origin["vcs_info"]["commit_id"]
        named = f"wardline @ {origin['vcs_info']['vcs']}+{origin['url']}@{commit}"
    except (metadata.PackageNotFoundError, ValueError, KeyError, TypeError):
        named = ""
    # A local path or a URL with a password in it says nothing to anybody else.
    return named if _REQUIREMENT.fullmatch(named) and _SHAREABLE.search(named) else f"wardline=={VERSION}"


def plan(root: Path, wishes: Wishes) -> list[Planned]:
    """Return every wanted file with how it stands to what is there; nothing is written.

    Raises: `AskedWronglyError` for a requirement that is none.
    """
    if not _REQUIREMENT.fullmatch(wishes.requirement):
        raise AskedWronglyError(
            f"{printable(wishes.requirement, max_chars=80)!r} is no exact requirement",
            hint='write wardline==VERSION, or "wardline @ git+https://HOST/PATH@COMMIT"',
        )
    return [
        _planned(root, wanted, wishes) for wanted in _WANTED if wanted.forge is None or wanted.forge in wishes.forges
    ]


def write(root: Path, planned: list[Planned]) -> None:
    """Write what is new or extended.

    Raises: `AskedWronglyError` where the folder changed since it was looked at; what was written before that stays.
    """
    for file in planned:
        if file.exists == "new":
            files.create(root, file.path, file.content)
        elif file.exists == "extend":
            if files.read(root, file.path, max_bytes=_MAX_BYTES) != file.before:
                raise AskedWronglyError(f"{file.path} changed meanwhile", hint="run the command again")
            files.replace(root, file.path, file.content)


def filled(template: str, wishes: Wishes) -> str:
    """Return a template's text for these wishes."""
    only = f" --only {','.join(wishes.only)}" if wishes.only else ""
    text = (_TEMPLATES / template).read_text(encoding="utf-8")
    return text.replace("@@REQUIREMENT@@", wishes.requirement).replace("@@ONLY@@", only)


def _planned(root: Path, wanted: _Wanted, wishes: Wishes) -> Planned:
    path = _place(root, wanted)
    text = filled(wanted.template, wishes)
    content = _STANDALONE.get(wanted.template, str)(text).encode()

    new = Planned(path=path, content=content, why=wanted.why, exists="new")
    try:
        before = files.read(root, path, max_bytes=_MAX_BYTES)
    except files.UnsafeFileError as error:
        return replace(new, exists="refused", reason=error.detail)
    if before is None:
        return new
    if before == content or _present(wanted, before):
        return replace(new, exists="same" if before == content else "edited", before=before)
    extended = _EXTENDED[wanted.template](before, text)
    if wanted.template == "pre-commit.yaml" and extended is not None:
        return replace(new, exists="extend", before=before, content=extended)
    return replace(new, exists="differs", before=before, diff=_diff(path, before, extended, text))


def _place(root: Path, wanted: _Wanted) -> str:
    """Return where the file is, in whatever spelling and place the forge accepts, else where it is to be."""
    for path in (wanted.path, *wanted.elsewhere):
        parent, slash, name = path.rpartition("/")
        for there in files.names(root, parent):
            if there.lower() == name.lower():
                return parent + slash + there
    return wanted.path


def _present(wanted: _Wanted, before: bytes) -> bool:
    if wanted.path.endswith((".yaml", ".yml")):
        return any(value.removeprefix("/") == wanted.marker for value in extending.scalars(before))
    return wanted.marker.encode() in before


def _hooks(before: bytes, text: str) -> bytes | None:
    return extending.appended(before, "repos", text)


def _includes(before: bytes, text: str) -> bytes | None:
    if not extending.has_key(before, "include"):
        return text.encode() + b"\n" + before
    return extending.appended(before, "include", "\n".join(line[2:] for line in text.splitlines()[1:]))


def _at_the_end(before: bytes, text: str) -> bytes:
    return before + (b"" if before.endswith(b"\n") or not before else b"\n") + b"\n" + text.encode()


def _instead(_before: bytes, text: str) -> bytes:
    return text.encode()


def _as_hooks_file(text: str) -> str:
    return "repos:\n" + "".join(f"  {line}\n" for line in text.splitlines())


_STANDALONE: Final[dict[str, Callable[[str], str]]] = {"pre-commit.yaml": _as_hooks_file}
_EXTENDED: Final[dict[str, Callable[[bytes, str], bytes | None]]] = {
    "change.md": _at_the_end,
    "github-workflow.yml": _instead,
    "gitlab-ci.yml": _includes,
    "gitlab-job.yml": _instead,
    "pre-commit.yaml": _hooks,
}


def _diff(path: str, before: bytes, after: bytes | None, text: str) -> str:
    """Return what is missing, as a unified diff where it can be put into the file as text, else as lines to add."""
    if after is None:
        return "\n".join((f"add to {path} by hand:", *(f"+{line}" for line in text.splitlines())))
    old, new = (part.decode("utf-8", "replace").splitlines() for part in (before, after))
    # The lines of a stranger's file go to a terminal: nothing in them may steer it.
    return "\n".join(printable(line.rstrip("\n")) for line in unified_diff(old, new, path, path, lineterm=""))
