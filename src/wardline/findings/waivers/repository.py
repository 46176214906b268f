"""The waiver files of a repository on this machine, with who wrote each: what a server is told of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from wardline.findings.waivers.files import FOLDER, MAX_BYTES, MAX_FILES
from wardline.kernel.errors import WardlineError
from wardline.kernel.git.repository import Repository


class Written(NamedTuple):
    """One file. `authors` is empty where the history does not tell who wrote it as it lies there."""

    path: str
    content: bytes
    authors: tuple[str, ...]


def written(tree: Path) -> tuple[Written, ...]:
    """Return the plain files of `.wardline/waivers/`; links lead nowhere here. At most one more than a server takes."""
    contents = dict(_contents(tree))
    authors = _authors(tree, list(contents)) if contents else {}
    return tuple(Written(path, content, authors.get(path, ())) for path, content in contents.items())


def _contents(tree: Path) -> Iterator[tuple[str, bytes]]:
    folder = tree / FOLDER
    if folder.is_symlink() or folder.parent.is_symlink() or not folder.is_dir():
        return
    for path in sorted(folder.glob("*.toml"))[: MAX_FILES + 1]:
        if path.is_symlink() or not path.is_file():
            continue
        with path.open("rb") as opened:
            yield f"{FOLDER}{path.name}", opened.read(MAX_BYTES + 1)


def _authors(tree: Path, paths: list[str]) -> dict[str, tuple[str, ...]]:
    """Return who wrote each file; nothing where git cannot be asked: then nobody is known to have written it."""
    found: dict[str, tuple[str, ...]] = {}
    try:
        opened = Repository.at(tree)
        if opened is None:
            return {}
        with opened as repository:
            inside = repository.inside(tree)
            for path in paths:
                found[path] = repository.authors(f"{inside}/{path}" if inside else path) or ()
    except WardlineError:
        return found
    return found
