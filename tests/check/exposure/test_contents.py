"""A credential is found whatever it is wrapped in, once, at the place in the file where it stands."""

import base64
import bz2
import gzip
import json
import lzma
import random
from io import BytesIO
from tarfile import TarInfo
from tarfile import open as open_tar
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.check.exposure.credentials import every, github, password

from wardline.check.exposure.contents import search, search_text

VALUE = github()


def zipped(name, content):
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return made.getvalue()


def tarred(name, content, mode="w"):
    made = BytesIO()
    with open_tar(fileobj=made, mode=mode) as archive:
        info = TarInfo(name)
        info.size = len(content)
        archive.addfile(info, BytesIO(content))
    return made.getvalue()


ENCODED = {
    "base64": base64.b64encode(f"token={VALUE} and more".encode()).decode(),
    "base64 for addresses": base64.urlsafe_b64encode(f"token={VALUE} and more".encode()).decode().rstrip("="),
    "base64 with several lines in it": base64.b64encode(f"a: b\n\nç\nkey: {VALUE}\n".encode()).decode(),
    "base64 twice": base64.b64encode(base64.b64encode(f"token={VALUE} and more".encode())).decode(),
    "hexadecimal": f"token={VALUE}".encode().hex(),
    "percent signs": quote(f"https://{VALUE}@git.example", safe=""),
    "escapes": "".join(f"\\u{ord(char):04x}" for char in VALUE),
    "short escapes": "".join(f"\\x{ord(char):02x}" for char in VALUE),
}


@pytest.mark.parametrize("form", ENCODED)
def test_what_is_encoded_is_found_at_the_line_where_it_is_written(form, engine):
    found = search(f"first\n\nkey: '{ENCODED[form]}'\nlast\n".encode(), "a.txt", engine)
    assert [(hit.rule.id, hit.value.decode(), hit.line) for hit in found.hits] == [
        ("github-personal-access-token", VALUE, 3)
    ]
    assert found.hits[0].via
    assert found.unread == ()


def test_what_is_encoded_three_times_is_not_found(engine):
    inside = ENCODED["base64 twice"].encode()
    assert search(base64.b64encode(inside), "a.txt", engine).hits == []


@pytest.mark.parametrize(
    ("archive", "member"),
    [
        (zipped("inner/settings.txt", f"\n{VALUE}"), "inner/settings.txt"),
        (zipped("a.zip", zipped("b.txt", f"\n{VALUE}")), "a.zip!b.txt"),
        (tarred("b.txt", f"\n{VALUE}".encode()), "b.txt"),
        (tarred("b.txt", f"\n{VALUE}".encode(), "w:gz"), "b.txt"),
        (tarred("b.txt", f"\n{VALUE}".encode(), "w:xz"), "b.txt"),
        (gzip.compress(f"\n{VALUE}".encode()), "(gzip)"),
        (bz2.compress(f"\n{VALUE}".encode()), "(bzip2)"),
        (lzma.compress(f"\n{VALUE}".encode()), "(xz)"),
    ],
    ids=["zip", "zip in a zip", "tar", "tar.gz", "tar.xz", "gzip", "bzip2", "xz"],
)
def test_archives_and_compressed_files_are_opened(archive, member, engine):
    found = search(archive, "x.bin", engine)
    assert [(hit.value.decode(), hit.member, hit.line) for hit in found.hits] == [(VALUE, member, 2)]


def test_text_is_never_taken_for_an_archive_where_that_is_asked(engine):
    assert search_text(b"PK\x03\x04 " + VALUE.encode(), "x", engine).hits[0].value.decode() == VALUE


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_wide_text_is_read(encoding, engine):
    content = f"some settings of a program\ntoken: {VALUE}\n".encode(encoding)
    assert [(hit.value.decode(), hit.line) for hit in search(content, "x.txt", engine).hits] == [(VALUE, 2)]


def test_a_notebook_is_read_as_its_author_wrote_it(engine):
    document = {
        "cells": [{"source": ["import os\n", f'db_password = "{password()}"\n'], "outputs": [{"text": [VALUE]}]}]
    }
    hits = search(json.dumps(document, indent=1).encode(), "a.ipynb", engine).hits
    assert [(hit.rule.id, hit.line) for hit in hits] == [("password-in-code", 6), ("github-personal-access-token", 11)]


def test_a_program_is_searched_for_what_has_a_face_and_nothing_else(engine):
    content = b"\x7fELF\0\0" + VALUE.encode() + f'\0password = "{password()}"\0'.encode()
    assert [hit.rule.id for hit in search(content, "a.out", engine).hits] == ["github-personal-access-token"]


def test_a_zip_bomb_ends_as_something_that_was_not_read(engine):
    bomb = zipped("zeros", b"\0" * 40_000_000)
    found = search(bomb, "bomb.zip", engine)
    assert len(bomb) < 100_000
    assert found.unread == ("a member is larger than 32 MB",)


def test_a_broken_archive_is_said_and_no_end(engine):
    whole = zipped("a.txt", VALUE * 50)
    assert search(whole[: len(whole) // 2], "a.zip", engine).unread
    assert search(gzip.compress(random.Random(1).randbytes(1000))[:-200], "a.gz", engine).unread  # noqa: S311 - noise


def test_streams_one_after_the_other_are_all_read(engine):
    both = gzip.compress(b"nothing\n") + gzip.compress(VALUE.encode())
    assert [hit.value.decode() for hit in search(both, "a.gz", engine).hits] == [VALUE]


def test_both_ways_to_search_find_the_same(engine):
    examples = list(every("same").values())
    random.Random(5).shuffle(examples)  # noqa: S311 - the same order each time
    content = "\n\n# next\n".join(text for text, _ in examples).encode()
    found = search(content, "all.txt", engine)
    assert found.unread == ()
    listed = sorted((hit.rule.id, hit.line, hit.column, hit.confidence, hit.value) for hit in found.hits)
    assert len(listed) > 90
    first = test_both_ways_to_search_find_the_same.__dict__.setdefault("first", listed)
    assert listed == first


@settings(max_examples=60, deadline=None)
@given(
    content=st.binary(max_size=2000),
    before=st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"\xff\xfe", b"BZh9"]),
)
def test_no_bytes_are_too_strange(content, before):
    found = search(before + content, "x.ipynb")
    assert all(hit.value for hit in found.hits)
