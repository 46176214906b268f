"""What strangers may put before the rules: bounded, no value shown, a gap where it was not looked at, never an end."""

import base64
import gzip
import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from tests.check.exposure.credentials import every, github

from wardline.check.exposure import archives
from wardline.check.exposure.catalogue import providers
from wardline.check.exposure.contents import search
from wardline.check.exposure.engine import MAX_HITS
from wardline.check.exposure.examples import firing
from wardline.check.exposure.reference import Reference
from wardline.check.exposure.service import examine
from wardline.check.model import View
from wardline.check.policy.file import Policy
from wardline.check.worktree import WorkTree
from wardline.kernel.sandbox import deadline

FEW = 3000
EXAMPLES = {
    f"{rule.id} {number}": (rule, text.encode(), value.encode())
    for provider in providers()
    for number, (rule, text, value) in enumerate(firing(provider, "near"))
}


def near_misses(text, value, size):
    """Return a line in which a rule nearly matches, again and again, each in another way."""
    shown = text.replace(b"\n", b" ")
    flat = value.replace(b"\n", b" ")
    parts = [
        flat[:-1] + b" ",
        flat[:-1],
        flat[: len(flat) // 2 + 1],
        shown.replace(flat, flat[:-2] + b"\x01") + b" ",
        shown.replace(flat, b""),
        (shown.split(flat)[0] or b" "),
    ]
    cut = flat[:-1] + flat[-2:-1] * size
    return b" ".join([*((part or b" ") * (size // max(len(part), 1) + 1) for part in parts), shown.replace(flat, cut)])


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_near_miss_repeated_takes_long(name, engine):
    _, text, value = EXAMPLES[name]
    with deadline(10.0):
        hits, _, _ = engine.search(near_misses(text, value, FEW), "a.env")
    assert len(hits) <= MAX_HITS


def test_a_line_of_a_million_columns_with_every_rules_near_misses_has_an_end(engine):
    line = b"".join(near_misses(text, value, 1200) for _, text, value in EXAMPLES.values())
    with deadline(60.0):
        hits, _, _ = engine.search(line, "a.env")
    assert len(line) > 1_000_000
    assert b"\n" not in line
    assert len(hits) <= MAX_HITS


def test_a_credential_in_the_middle_of_a_million_columns_is_found(engine):
    line = b"x" * 600_000 + b" " + github().encode() + b" " + b"y" * 600_000
    hits, _, _ = engine.search(line, "a.min.js")
    assert [(hit.rule.id, hit.column) for hit in hits] == [("github-personal-access-token", 600_002)]
    assert len(hits[0].elided) < 2000


def zipped(content):
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("inside.txt", content)
    return made.getvalue()


VALUE = github()
POLYGLOTS = {
    "a program that ends in a zip": b"\x7fELF\0\0" + VALUE.encode() + b"\0" + zipped("x"),
    "a picture with text in it": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"tEXtComment\0" + VALUE.encode() + b"\0",
    "a script that is a PDF": b"%PDF-1.4\n#!/bin/sh\nTOKEN=" + VALUE.encode() + b"\n%%EOF",
    "JSON in a notebook's name": json.dumps({"token": VALUE}).encode(),
    "HTML in base64 in JSON": json.dumps({"a": base64.b64encode(f"<i>{VALUE}</i>".encode()).decode()}).encode(),
    "a zip whose member is a gzip": zipped(gzip.compress(VALUE.encode())),
    "wide text with a mark of the other order": b"\xff\xfe" + f"token: {VALUE}".encode("utf-16-le"),
    "invalid UTF-8 on both sides": b"\xc3\x28\xff" + b" " + VALUE.encode() + b" \xed\xa0\x80",
    "NULs far behind": VALUE.encode() + b"\n" * 9000 + b"\0",
}


@pytest.mark.parametrize("what", POLYGLOTS)
@pytest.mark.parametrize("path", ["a.ipynb", "a.bin"])
def test_a_file_that_is_two_things_is_searched_as_what_it_is(what, path, engine):
    with deadline(10.0):
        found = search(POLYGLOTS[what], path, engine)
    assert VALUE.encode() in [hit.value for hit in found.hits]
    assert VALUE not in repr(found)


def test_a_text_that_only_begins_like_an_archive_is_a_gap_and_not_a_pass(engine):
    for magic in (b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\x00"):
        assert search(magic + b" TOKEN=" + VALUE.encode(), "a", engine).unread


@pytest.mark.parametrize("name", EXAMPLES)
def test_binary_with_the_shape_of_a_credential_is_searched_only_where_that_means_something(name, engine):
    rule, text, value = EXAMPLES[name]
    content = b"\x7fELF\x02\x01\0\0" + b"\xfe\xff" * 50 + b"\0\n" + text + b"\n\0" + b"\x90" * 200
    with deadline(10.0):
        found = search(content, "a.out", engine)
    assert all(hit.rule.binary for hit in found.hits)
    if rule.binary and not rule.near:
        assert any(hit.value.startswith(value) for hit in found.hits), rule.id
    assert value.decode("latin-1") not in repr(found)


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "a.env").write_text(f"TOKEN={VALUE}\n")
    (tmp_path / "b.env").write_text(f"TOKEN={github('two')}\n")
    return tmp_path


def examined(tree):
    view = View(tree=tree, policy=Policy(), in_scope=lambda _: True, doing=lambda _: None)
    return examine(view, Reference())


CHANGES = {
    "grows": lambda path: path.write_bytes(b"x" * 5_000_000 + b"\n" + path.read_bytes()),
    "is cut off": lambda path: path.write_bytes(b""),
    "is gone": lambda path: path.unlink(),
    "becomes a folder": lambda path: (path.unlink(), path.mkdir()),
    "becomes a link out of the tree": lambda path: (path.unlink(), path.symlink_to("/etc/passwd")),
    "becomes a link to itself": lambda path: (path.unlink(), path.symlink_to(path)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_changes_between_listing_and_reading_is_accounted_for(tree, change):
    listed = WorkTree(tree)
    listed.files()
    CHANGES[change](tree / "a.env")
    answer = examined(listed)
    assert "b.env" in [finding.file for finding in answer.findings]
    there = {finding.file for finding in answer.findings} | {gap.scope for gap in answer.gaps}
    assert there == {"a.env", "b.env"} or (change == "is cut off" and answer.gaps == ())
    assert answer.coverage.in_scope == answer.coverage.examined + answer.coverage.gaps == 2


def test_a_file_that_is_written_while_it_is_read_is_read_to_a_bound(tree, monkeypatch):
    import threading

    going = threading.Event()

    def write():
        with (tree / "a.env").open("ab") as file:
            while not going.is_set():
                file.write(b"y" * 4096 + b"\n")
                file.flush()
                if file.tell() > 30_000_000:
                    return

    writer = threading.Thread(target=write)
    listed = WorkTree(tree)
    listed.files()
    writer.start()
    try:
        answer = examined(listed)
    finally:
        going.set()
        writer.join()
    assert {finding.file for finding in answer.findings} | {gap.scope for gap in answer.gaps} == {"a.env", "b.env"}
    assert answer.coverage.in_scope == 2


def test_archives_in_archives_and_of_many_members_have_an_end(engine, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 20)
    nested = VALUE.encode()
    for _ in range(6):
        nested = zipped(nested)
    assert "depth" in search(nested, "a.zip", engine).unread[0]
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for number in range(30):
            archive.writestr(f"{number}", "x")
    assert "members" in search(made.getvalue(), "a.zip", engine).unread[0]


def test_every_kind_at_once_is_said_without_any_value(engine):
    content = "\n\n".join(text for text, _ in every("strangers").values()).encode()
    found = search(content * 3, "a.env", engine)
    assert len(found.hits) <= MAX_HITS
    assert [name for name, (_, value) in every("strangers").items() if value in repr(found)] == []
