import gzip
import tarfile
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from wardline.check.exposure import archives
from wardline.check.exposure.archives import UnreadArchiveError, archive, members


def zipped(parts):
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as opened:
        for name, content in parts.items():
            opened.writestr(name, content)
    return made.getvalue()


def tarred(info, content=b""):
    made = BytesIO()
    with tarfile.open(fileobj=made, mode="w") as opened:
        info.size = len(content)
        opened.addfile(info, BytesIO(content))
    return made.getvalue()


def read(content):
    return [(name, part if isinstance(part, bytes) else str(part)) for name, part in members(content)]


def test_archives_are_known_by_their_first_bytes_and_nothing_else_is_one():
    assert archive(zipped({"a": "x"}))
    assert archive(gzip.compress(b"x"))
    assert archive(tarred(tarfile.TarInfo("a"), b"x"))
    assert not archive(b"text that speaks of PK\x03\x04")
    assert not archive(b"")


def test_every_member_is_given_once_with_a_name_that_can_be_shown():
    assert read(zipped({"a": "one", "b/c\n": "two"})) == [("a", b"one"), ("b/c\\x0a", b"two")]
    assert read(gzip.compress(b"one") + gzip.compress(b"two")) == [("(gzip)", b"onetwo")]


def test_links_and_devices_in_a_tar_are_not_followed():
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    device = tarfile.TarInfo("device")
    device.type = tarfile.CHRTYPE
    assert read(tarred(link)) == []
    assert read(tarred(device)) == []


def test_a_member_that_is_too_large_is_said_and_the_next_one_read(monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBER_BYTES", 10)
    assert read(zipped({"a": "x" * 11, "b": "y"})) == [("a", "a member is larger than 0 MB"), ("b", b"y")]


def test_all_members_together_have_a_bound(monkeypatch):
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 15)
    found = read(zipped({"a": "x" * 10, "b": "y" * 10}))
    assert found[0] == ("a", b"x" * 10)
    assert found[1][1] == "it unpacks to more than 0 MB"
    assert "unpacks" in read(gzip.compress(b"z" * 16))[0][1]


def test_an_encrypted_member_and_a_broken_one_are_said():
    content = bytearray(zipped({"a": "x", "b": "y"}))
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    assert read(bytes(content)) == [("a", "a member is encrypted"), ("b", b"y")]
    (broken,) = members(b"PK\x03\x04 and nothing of a zip")
    assert isinstance(broken[1], UnreadArchiveError)


@pytest.mark.parametrize("cut", [1, 10, 20])
def test_a_stream_that_ends_early_gives_what_it_had(cut):
    whole = gzip.compress(b"some text " * 100, mtime=0)
    assert read(whole[:-cut])[-1][1] == "it ends before its end"
