"""A lockfile that cannot be read, for whatever reason, is a gap with its place; the others are still read."""

import time
from types import SimpleNamespace
from typing import Any

import pytest

from wardline.check.dependencies import listing as listings
from wardline.check.dependencies.formats import Formats
from wardline.check.dependencies.listing import listing
from wardline.check.dependencies.model import Lockfile, LockfileError, Package, Source, Unread
from wardline.check.model import View
from wardline.check.policy.file import Policy
from wardline.check.tree import Entry, UnreadableError

ONE = Package("PyPI", "one", "1.0")


class Files:
    """A tree of strings; an exception in it is raised when it is read."""

    def __init__(self, **files: Any) -> None:
        self._files = {name.replace("__", "."): content for name, content in files.items()}
        self.installed: list[str] = []

    def files(self):
        return [Entry(path, 1) for path in sorted(self._files)]

    def unlisted(self):
        return []

    def read(self, path, *, max_bytes):
        if path not in self._files:
            raise FileNotFoundError(path)
        if isinstance(self._files[path], Exception):
            raise self._files[path]
        return self._files[path]


def known(read) -> Formats:
    plugin = SimpleNamespace(
        declared={"ID": "fake", "TITLE": "a fake", "PATTERNS": ("*.fake",)}, load=lambda: SimpleNamespace(read=read)
    )
    return Formats([plugin])


def listed(read, *, skip=None, **files):
    tree = Files(**files)
    view = View(
        tree=tree,
        policy=Policy(),
        in_scope=lambda path: not path.startswith("out"),
        doing=lambda _: None,
        skip=skip or {},
    )
    return listing(tree, known(read), view)


def fine(_: Source) -> Lockfile:
    return Lockfile([ONE], lambda: [1])


def raising(error: Exception):
    def read(source: Source) -> Lockfile:
        if source.path == "bad.fake":
            raise error
        return fine(source)

    return read


def test_what_is_read_is_listed_in_path_order() -> None:
    found = listed(fine, b__fake=b"", a__fake=b"", other=b"")
    assert [read.path for read in found.read] == ["a.fake", "b.fake"]
    assert found.packages() == [ONE, ONE]
    place = found.places()
    assert [(place(number)[0].path, place(number)[1]) for number in (0, 1)] == [("a.fake", 0), ("b.fake", 0)]
    assert found.gaps == []


@pytest.mark.parametrize(
    ("error", "scope", "said"),
    [
        (LockfileError("no version", line=3), "bad.fake:3", "no version"),
        (LockfileError("not TOML", hint="make it anew"), "bad.fake", "not TOML"),
        (KeyError("secret value"), "bad.fake", "the reader for a fake (rule lockfiles/fake) failed: KeyError"),
        (RecursionError(), "bad.fake", "failed: RecursionError"),
        (MemoryError(), "bad.fake", "failed: MemoryError"),
    ],
)
def test_a_reader_that_fails_is_a_gap_that_names_it_and_the_rest_is_read(error, scope, said) -> None:
    found = listed(raising(error), bad__fake=b"", good__fake=b"")
    (gap,) = found.gaps
    assert gap.scope == scope
    assert said in gap.reason
    assert "secret value" not in gap.reason
    assert gap.remedy
    assert [read.path for read in found.read] == ["good.fake"]


def test_a_reader_that_takes_too_long_is_a_gap(monkeypatch) -> None:
    monkeypatch.setattr(listings, "SECONDS_PER_LOCKFILE", 0.05)

    def read(source: Source) -> Lockfile:
        if source.path == "bad.fake":
            while True:
                time.sleep(0.01)
        return fine(source)

    found = listed(read, bad__fake=b"", good__fake=b"")
    assert "took longer" in found.gaps[0].reason
    assert len(found.read) == 1


def test_a_file_that_cannot_be_opened_is_a_gap() -> None:
    found = listed(fine, bad__fake=UnreadableError("bad.fake: a FIFO"), worse__fake=OSError(5, "Input/output error"))
    assert [gap.reason for gap in found.gaps] == ["bad.fake: a FIFO", "Input/output error"]


def test_what_ended_an_earlier_attempt_is_not_tried_again() -> None:
    found = listed(raising(AssertionError()), skip={"bad.fake": "it ended the examining process"}, bad__fake=b"")
    assert [gap.reason for gap in found.gaps] == ["it ended the examining process"]


def test_unread_parts_are_gaps_with_their_units() -> None:
    def read(_: Source) -> Lockfile:
        return Lockfile([ONE], lambda: [1], unread=[Unread("not pinned", 7, "pin it", 3)])

    (gap,) = listed(read, a__fake=b"").gaps
    assert (gap.scope, gap.reason, gap.remedy, gap.units) == ("a.fake:7", "not pinned", "pin it", 3)


def test_what_is_out_of_scope_is_counted_and_not_read() -> None:
    found = listed(raising(AssertionError()), out__fake=b"")
    assert (found.excluded, found.read, found.gaps) == (1, [], [])


def test_a_name_with_control_characters_is_shown_escaped() -> None:
    tree = Files()
    tree._files["a\x1b[31m\n.fake"] = b""
    view = View(tree=tree, policy=Policy(), in_scope=lambda _: True, doing=lambda _: None)
    (gap,) = listing(tree, known(raising_always), view).gaps
    assert gap.scope == "a\\x1b[31m\\x0a.fake"


def raising_always(_: Source) -> Lockfile:
    raise LockfileError("bad")


def test_a_neighbour_is_read_inside_the_tree_only() -> None:
    said = []

    def read(source: Source) -> Lockfile:
        said.append(source.near("package.json"))
        said.append(source.near("missing"))
        with pytest.raises(LockfileError):
            source.near("locked")
        return fine(source)

    listed(read, a__fake=b"", package__json=b"{}", locked=UnreadableError("a link"))
    assert said == [b"{}", None]
