import json
import struct
import zipfile

import pytest
from tests.check.dependencies.osv import below, loose, record, zipped

from wardline.check.dependencies.advisories import documents as reading
from wardline.check.dependencies.advisories.documents import count, document, documents
from wardline.check.dependencies.advisories.sources import Problem, listing

GOOD = record("A-1", below("1"))


def read(source):
    found = list(documents(listing(source).parts[0]))
    return (
        [one[0] for one in found if not isinstance(one, Problem)],
        {one.name: one.reason for one in found if isinstance(one, Problem)},
    )


def test_what_cannot_be_read_is_named_and_hides_nothing_else(tmp_path):
    entries = [
        ("bad.json", b'{"id": '),
        ("latin.json", '{"id": "é"}'.encode("latin-1")),
        ("../up.json", b"{}"),
        ("/root.json", b"{}"),
        ("a\\b.json", b"{}"),
        ("README.md", b"hello"),
        ("folder/", b""),
        ("deep.json", b"[" * 100_000),
        GOOD,
    ]

    names, problems = read(zipped(tmp_path / "some.zip", entries))

    assert names == ["A-1.json"]
    assert set(problems) == {
        "bad.json",
        "latin.json",
        "../up.json",
        "/root.json",
        "a\\b.json",
        "README.md",
        "deep.json",
    }


def test_an_entry_that_declares_or_holds_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_RECORD_BYTES", 1000)
    path = zipped(tmp_path / "some.zip", [("large.json", b" " * 1001), ("liar.json", b" " * 1001), GOOD])
    content = path.read_bytes()
    name = content.rindex(b"liar.json")
    declared = name - 46 + 24  # the central directory's uncompressed size (APPNOTE 4.3.12)
    path.write_bytes(content[:declared] + struct.pack("<I", 10) + content[declared + 4 :])

    names, problems = read(path)

    assert names == ["A-1.json"]
    assert set(problems) == {"large.json", "liar.json"}


def test_a_bomb_ends_the_archive_and_not_the_process(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "FREE_BYTES", 10_000_000)
    bomb = [(f"{number}.json", b" " * 5_000_000) for number in range(20)]

    _, problems = read(zipped(tmp_path / "some.zip", bomb))

    assert any("unpacks to more than" in reason for reason in problems.values())
    assert len(problems) < 10


@pytest.mark.parametrize("broken", [b"", b"PK", b"no zip at all" * 100])
def test_what_is_no_zip_is_one_problem(tmp_path, broken):
    (tmp_path / "some.zip").write_bytes(broken)

    names, problems = read(tmp_path / "some.zip")

    assert (names, len(problems)) == ([], 1)


def test_a_truncated_zip_is_one_problem(tmp_path):
    path = zipped(tmp_path / "some.zip", [GOOD])
    path.write_bytes(path.read_bytes()[:-30])

    assert len(read(path)[1]) == 1


def test_a_flipped_bit_costs_one_record(tmp_path):
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("A-1.json", json.dumps(GOOD))
        archive.writestr("A-2.json", json.dumps(record("A-2", below("1"))))
    content = bytearray(path.read_bytes())
    content[content.index(b"flask")] ^= 1
    path.write_bytes(content)

    names, problems = read(path)

    assert names == ["A-2.json"]
    assert "CRC" in problems["A-1.json"]


def test_an_encrypted_linked_or_oddly_packed_entry_is_refused(tmp_path):
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("secret.json", "{}")
        archive.writestr("lzma.json", "{}", compress_type=zipfile.ZIP_LZMA)
        link = zipfile.ZipInfo("link.json")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    content = path.read_bytes()
    flags = content.rindex(b"secret.json") - 46 + 8
    path.write_bytes(content[:flags] + b"\x01\x00" + content[flags + 2 :])

    assert set(read(path)[1].values()) == {"encrypted", "packed with method 14", "a link"}


def test_a_directory_that_would_fill_the_memory_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = zipped(tmp_path / "some.zip", [record(f"A-{number}", below("1")) for number in range(50)])
    monkeypatch.setattr(reading, "MAX_ENTRIES", 40)

    assert "declares 50 entries" in next(iter(read(path)[1].values()))


def test_loose_records_are_bounded_and_named_too(tmp_path, monkeypatch):
    loose(tmp_path, GOOD)
    (tmp_path / "bad.json").write_bytes(b"\xff")
    (tmp_path / "large.json").write_bytes(b" " * 2000)
    (tmp_path / "new\nline.json").write_text("{}")
    monkeypatch.setattr(reading, "MAX_RECORD_BYTES", 1000)

    names, problems = read(tmp_path)

    assert names == ["A-1.json"]
    assert set(problems) == {"bad.json", "large.json", "new\\x0aline.json"}


def test_a_record_is_found_again_by_its_entry(tmp_path):
    path = zipped(tmp_path / "some.zip", [GOOD])

    assert document(path, zipped=True, entry="A-1.json")["id"] == "A-1"
    assert document(path, zipped=True, entry="A-2.json") is None
    assert document(tmp_path / "gone.zip", zipped=True, entry="A-1.json") is None
    assert document(loose(tmp_path, GOOD), zipped=False, entry="A-1.json")["id"] == "A-1"


def test_the_count_for_progress_comes_from_the_archives_end(tmp_path):
    path = zipped(tmp_path / "some.zip", [GOOD, record("A-2")])

    assert count(listing(path).parts[0]) == 2
