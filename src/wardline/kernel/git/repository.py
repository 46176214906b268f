"""A git repository that a stranger may have made, asked what is in it without running or obeying any of it.

    with Repository.at(path) as repository:  # in the parent: what it needs to read is `repository.readable`
        run(lambda channel: ..., readable=[*repository.readable])  # every other method works in there

See `shadow` for how, and `layout` for what is refused.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple, Self

from wardline.kernel.git import layout, shadow
from wardline.kernel.git.command import Answer, BlobReader, Git
from wardline.kernel.git.errors import GitError, RevisionError
from wardline.kernel.text import printable

MAX_BLOB_SECONDS: Final = 60.0
_EMPTY_TREE: Final = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
_DEEPEN: Final = "git fetch --unshallow (GitHub Actions: fetch-depth: 0; GitLab: GIT_DEPTH: 0)"
_REPACK: Final = "git repack -a -d && rm .git/objects/info/alternates"


class Listed(NamedTuple):
    """One entry of a tree or of the index. `mode` is git's: 0o100644, 0o100755, 0o120000 (link), 0o160000 (submodule).

    `stage` is 0, or 1 to 3 for the sides of a conflict (index only).
    """

    path: str
    mode: int
    id: str
    stage: int = 0


class Change(NamedTuple):
    """One changed path: status A(dded), M(odified), D(eleted), R(enamed), T(ype), U(nmerged); `old_path` if renamed."""

    path: str
    old_path: str | None
    status: str


class Repository:
    """A repository; close it, or use it in a `with`. Paths are relative to `top`, decoded as file names are."""

    def __init__(self, found: layout.Places, program: str) -> None:
        self._places = found
        self._shadow = shadow.make(found)
        self._owner = os.getpid()
        variables = {"GIT_DIR": str(self._shadow), "GIT_INDEX_FILE": str(_index(found))}
        if found.top is not None:
            variables["GIT_WORK_TREE"] = str(found.top)
        self._git = Git(program, found.top or self._shadow, variables)
        self._idle: tuple[int, BlobReader] | None = None  # process, reader

    @classmethod
    def at(cls, path: Path) -> Self | None:
        """Return the repository that `path` is in, or None where it is in none.

        Raises: `GitError` where git is not installed, or the repository is made of what lies elsewhere.
        """
        found = layout.find(path)
        return None if found is None else cls(found, _program(found))

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """End the git that is still running, and take the private folder away (in the process that made it)."""
        if self._idle is not None and self._idle[0] == os.getpid():
            self._idle[1].close()
        self._idle = None
        if self._owner == os.getpid():
            shadow.remove(self._shadow)

    @property
    def top(self) -> Path:
        """Return the work tree's folder, or that of a bare repository."""
        return self._places.top or self._places.git_dir

    @property
    def bare(self) -> bool:
        """Return whether there is no work tree."""
        return self._places.top is None

    @property
    def readable(self) -> tuple[Path, ...]:
        """Return the folders that every method here reads: for the sandbox."""
        return tuple(dict.fromkeys((self.top, self._places.git_dir, self._places.common_dir, self._shadow)))

    def inside(self, path: Path) -> str:
        """Return `path` (a folder in the work tree) relative to `top`: "" for `top` itself."""
        relative = path.resolve().relative_to(self.top).as_posix()
        return "" if relative == "." else relative

    def head(self) -> str | None:
        """Return the id of the commit that is checked out, or None before the first commit."""
        answer = self._git.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        return _line(answer.out) if answer.status == 0 else None

    def commit(self, revision: str) -> str:
        """Return the id of the commit that `revision` names. Raises: `RevisionError`."""
        shown = printable(revision, max_chars=100)
        if not revision or revision.startswith("-") or not revision.isprintable():
            raise RevisionError(f"{shown!r} is not a revision")
        self._refuse_borrowed()
        answer = self._git.ask("rev-parse", "--verify", "--quiet", revision + "^{commit}")
        if answer.status != 0 or not _line(answer.out).isalnum():  # "^main" is answered with "^" and an id
            hint = _DEEPEN if self.shallow else "git fetch, then name a branch (origin/main), a tag or a commit id"
            raise RevisionError(f"the repository has no revision {shown!r}", hint=hint)
        return _line(answer.out)

    @property
    def shallow(self) -> bool:
        """Return whether the history was cut off when it was fetched."""
        return (self._places.common_dir / "shallow").exists()

    def merge_base(self, base: str) -> str:
        """Return the id of the commit where HEAD's history left that of `base`.

        Raises: `RevisionError` where `base` is unknown; `GitError` where there is no common commit, or not here.
        """
        commit, head = self.commit(base), self.head()
        if head is None:
            raise GitError("there is no commit yet to compare")
        answer = self._git.ask("merge-base", commit, head)
        if answer.status == 0:
            return _line(answer.out)
        shown = printable(base, max_chars=100)
        if self.shallow:
            raise GitError(f"this shallow clone does not reach back to where HEAD left {shown!r}", hint=_DEEPEN)
        raise GitError(f"HEAD and {shown!r} have no commit in common", hint="name a branch that HEAD was made from")

    def changed(self, base: str | None, *, staged: bool | None) -> list[Change]:
        """Return what differs from the commit `base` (an id; None: from nothing), renames followed, by path.

        `staged`: True compares the index, False the work tree's tracked files, None the commit that is checked out.
        A file of the work tree that was merely touched does not differ.
        """
        before = _id(base or _EMPTY_TREE[self._places.object_format])
        raw = ("-r", "--raw", "-z", "-M", "--no-abbrev", "--no-ext-diff", "--no-textconv")
        if staged is None:
            after = self.head() or _EMPTY_TREE[self._places.object_format]
            out = self._objects("diff-tree", *raw, before, after)
        elif staged:
            out = self._objects("diff-index", "--cached", *raw, before)
        else:
            out = self._objects("diff-index", "--ignore-submodules=all", *raw, before)
        changes, suspects = _changes(out)
        untouched = self._untouched(suspects) if staged is False else set()
        return [change for change in changes if change.path not in untouched]

    def _untouched(self, suspects: Sequence[tuple[str, str]]) -> set[str]:
        """Return the paths whose content has the id beside them: git's index only knows that their times changed."""
        asked = [(path, old) for path, old in suspects if "\n" not in path and not path.startswith('"')]
        if not asked:
            return set()
        said = b"".join(os.fsencode(path) + b"\n" for path, _ in asked)
        answer = self._git.ask("hash-object", "--no-filters", "--stdin-paths", said=said)
        found = answer.out.decode("ascii", "replace").split("\n")  # stops at the first that cannot be read
        return {path for (path, old), new in zip(asked, found, strict=False) if old == new}

    def tree(self, commit: str) -> list[Listed]:
        """Return what a commit (an id) holds, without folders, in git's order."""
        out = self._objects("ls-tree", "-r", "-z", "--full-tree", _id(commit))
        return [_from_tree(row) for row in out.split(b"\0") if row]

    def index(self) -> list[Listed]:
        """Return what is staged."""
        out = self._done(self._git.ask("ls-files", "-s", "-z", "--full-name"))
        return [_from_index(row) for row in out.split(b"\0") if row]

    def tracked(self) -> set[str]:
        """Return the paths of the work tree that git tracks."""
        out = self._done(self._git.ask("ls-files", "-z", "--full-name"))
        return {os.fsdecode(path) for path in out.split(b"\0") if path}

    def untracked(self) -> list[str]:
        """Return the files of the work tree that git neither tracks nor is told to ignore."""
        out = self._done(self._git.ask("ls-files", "-z", "--full-name", "--others", "--exclude-standard"))
        return [os.fsdecode(path) for path in out.split(b"\0") if path]

    def ignored(self, paths: Iterable[str]) -> set[str]:
        """Return those of `paths` that the work tree's `.gitignore` files and `info/exclude` tell git to ignore.

        The user's own `core.excludesFile` is not read: it says nothing about the tree.
        """
        # "./": a name that begins with ":(" would be taken for a pattern
        said = b"".join(b"./" + os.fsencode(path) + b"\0" for path in paths)
        answer = self._git.ask("check-ignore", "-z", "--stdin", said=said)
        if answer.status not in {0, 1}:  # 1: none is
            self._done(answer)
        return {os.fsdecode(path[2:]) for path in answer.out.split(b"\0") if path}

    def sizes(self, ids: Iterable[str]) -> dict[str, int]:
        """Return the size in bytes of each blob; one that is missing (a partial clone) is left out."""
        said = "".join(f"{_id(name)}\n" for name in ids).encode("ascii")
        out = self._objects("cat-file", "--batch-check", "--buffer", said=said)
        found = {}
        for line in out.decode("ascii", "replace").splitlines():
            words = line.split(" ")
            if len(words) == 3 and words[1] == "blob":
                found[words[0]] = int(words[2])
        return found

    def blobs(self, ids: Iterable[str], *, max_bytes: int) -> Iterator[tuple[str, bytes | None]]:
        """Yield each id with its bytes, in order; None where it is missing, no blob, or over `max_bytes`.

        The git that answers is kept for the next call. Raises: `GitError`.
        """
        self._refuse_borrowed()
        reader = self._idle[1] if self._idle is not None and self._idle[0] == os.getpid() else self._git.reader()
        self._idle = None
        try:
            yield from reader.blobs(map(_id, ids), max_bytes=max_bytes, seconds=MAX_BLOB_SECONDS)
        finally:
            if reader.unanswered or self._idle is not None:
                reader.close()
            else:
                self._idle = (os.getpid(), reader)

    def blobs_stored(self) -> dict[str, int]:
        """Return the size of every blob that is stored here, reachable or not, in the order that git reads fastest."""
        out = self._objects(
            "cat-file",
            "--batch-all-objects",
            "--unordered",
            "--buffer",
            "--batch-check=%(objecttype) %(objectname) %(objectsize)",
        )
        rows = (row.split(b" ") for row in out.split(b"\n") if row.startswith(b"blob "))
        return {name.decode("ascii"): int(size) for _, name, size in rows}

    def first_parents(self) -> list[tuple[str, int]]:
        """Return id and time (seconds since 1970, the committer's) of each commit of HEAD's own line, oldest first."""
        out = self._objects("log", "--first-parent", "--reverse", "--format=%H %ct", "--no-show-signature", "HEAD")
        rows = (row.split(" ") for row in out.decode("ascii", "replace").splitlines())
        return [(row[0], int(row[1])) for row in rows if len(row) == 2 and row[1].lstrip("-").isdecimal()]

    def first_commits(self) -> Iterator[tuple[str, str, str]]:
        """Yield blob, commit and path where each blob first appeared in what the refs reach, oldest first."""
        out = self._objects(
            "log", "--all", "--reverse", "--topo-order", "--format=%x00%H", "-c", "--root", "--raw", "-r", "-z",
            "--no-renames", "--no-abbrev", "--no-ext-diff", "--no-textconv", "--no-show-signature",
        )  # fmt: skip
        yield from _appearances(out)

    def authors(self, path: str) -> tuple[str, ...] | None:
        """Return the e-mail addresses of who wrote and committed what HEAD's history says of a file, as commits claim.

        None where that cannot be told: the history was cut off (`shallow`), or the file is not there as committed.
        """
        if self.shallow or self.head() is None:
            return None
        if self._git.ask("--literal-pathspecs", "diff", "--quiet", "HEAD", "--", path).status != 0:
            return None
        wanted = "--format=%ae%n%(trailers:key=Co-authored-by,valueonly)"
        out = self._objects(
            "--literal-pathspecs", "log", wanted, "--no-renames", "--full-history", "--no-show-signature", "HEAD", "--",
            path,
        )  # fmt: skip
        lines = (line.strip() for line in out.decode("utf-8", "replace").splitlines())
        found = {line.rpartition("<")[2].rstrip(">") for line in lines if line}
        return tuple(sorted(found)) if found else None

    def _objects(self, *arguments: str, said: bytes = b"") -> bytes:
        self._refuse_borrowed()
        return self._done(self._git.ask(*arguments, said=said))

    def _refuse_borrowed(self) -> None:
        lender = layout.borrowed(self._places)
        if lender is not None:
            raise GitError(f"the repository takes objects from another one ({lender})", hint=_REPACK)

    def _done(self, answer: Answer) -> bytes:
        if answer.status != 0:
            words = printable(answer.complaint.decode("utf-8", "replace").strip().split("\n")[0], max_chars=300)
            raise GitError(f"git could not read the repository: {words or f'status {answer.status}'}", hint="git fsck")
        return answer.out


def _program(found: layout.Places) -> str:
    """Return git's path: from absolute folders of PATH, and never from inside the repository that is examined."""
    for folder in os.environ.get("PATH", os.defpath).split(":"):
        candidate = Path(folder) / "git"
        if not folder.startswith("/") or not os.access(candidate, os.X_OK):
            continue
        real = candidate.resolve()
        if real.is_file() and (found.top is None or not real.is_relative_to(found.top)):
            return str(candidate)
    raise GitError("git is not installed", hint="install git 2.31 or later")


def _index(found: layout.Places) -> Path:
    """Return the index: the one that git names to a hook (`git commit -a` makes its own), if it is in here."""
    named = os.environ.get("GIT_INDEX_FILE")
    if named:
        path = Path(os.path.abspath(named))  # noqa: PTH100 - without following links
        if path.parent.resolve() == found.git_dir and not path.is_symlink() and path.is_file():
            return path
    return found.git_dir / "index"


def _id(name: str) -> str:
    if not (name.isascii() and name.isalnum()):
        raise RevisionError(f"{printable(name, max_chars=100)!r} is not the id of an object")
    return name


def _line(out: bytes) -> str:
    return out.decode("ascii", "replace").strip()


def _from_tree(row: bytes) -> Listed:
    facts, _, path = row.partition(b"\t")  # MODE SP TYPE SP ID TAB PATH
    mode, _, name = facts.decode("ascii").split(" ")
    return Listed(os.fsdecode(path), int(mode, 8), name)


def _from_index(row: bytes) -> Listed:
    facts, _, path = row.partition(b"\t")  # MODE SP ID SP STAGE TAB PATH
    mode, name, stage = facts.decode("ascii").split(" ")
    return Listed(os.fsdecode(path), int(mode, 8), name, int(stage))


def _changes(out: bytes) -> tuple[list[Change], list[tuple[str, str]]]:
    """Return the changes in a raw diff, by path, and those that may be none: a path, and the id that it had.

    Source: git-diff-index(1), "raw output format": `:MODE MODE ID ID STATUS NUL PATH NUL [PATH NUL]`; the new id is
    all zeros where the work tree was not read.
    """
    fields = iter(out.split(b"\0"))
    found, suspects = [], []
    for head in fields:
        if not head.startswith(b":"):
            continue
        old_mode, new_mode, old_id, new_id, status = head[1:].decode("ascii").split(" ")
        path = os.fsdecode(next(fields))
        renamed = status[0] in "RC"
        old_path, path = (path, os.fsdecode(next(fields))) if renamed else (None, path)
        found.append(Change(path, old_path, status[0]))
        if status == "M" and old_mode == new_mode and not new_id.strip("0"):
            suspects.append((path, old_id))
    return sorted(found, key=lambda change: change.path), suspects


def _appearances(out: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield blob, commit and path for each blob that a log with raw diffs names first.

    Source: git-diff-tree(1), "raw output format" and, for merges (`-c`), one colon, mode and id for each parent.
    """
    seen: set[bytes] = set()
    commit = ""
    facts: list[bytes] = []
    for piece in out.split(b"\0"):
        field = piece.lstrip(b"\n")
        if facts:
            name, mode = facts[-2], facts[(len(facts) - 1) // 2 - 1]
            if name not in seen and mode.startswith((b"100", b"120")):
                seen.add(name)
                yield name.decode("ascii"), commit, os.fsdecode(piece)
            facts = []
        elif field.startswith(b":"):
            facts = field.lstrip(b":").split(b" ")  # MODE… MODE ID… ID STATUS
        elif len(field) in {40, 64}:
            commit = field.decode("ascii")
