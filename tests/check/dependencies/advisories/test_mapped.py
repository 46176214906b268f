import struct
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.check.dependencies.advisories.mapped import (
    DamagedError,
    Mapped,
    seed,
    split_key,
    tag,
    write_table,
    writing,
)

KIND = "test 1"


def written(path, entries, **contents):
    with writing(path, KIND) as writer:
        rows = [(tag(key), writer.keyed(key, value)) for key, value in entries.items()]
        writer.finish({"table": write_table(writer, rows), **contents})
    return Mapped.open(path, KIND)


@settings(max_examples=30)
@given(
    entries=st.dictionaries(st.binary(max_size=12), st.binary(max_size=20), max_size=60), other=st.binary(max_size=12)
)
def test_every_key_is_found_and_no_other(tmp_path_factory, entries, other):
    mapped = written(tmp_path_factory.mktemp("mapped") / "file", entries)
    table = mapped.table(mapped.contents["table"])

    assert {key: mapped.value(table, key, tag(key)) for key in entries} == entries
    assert mapped.value(table, other, tag(other)) == entries.get(other)
    mapped.close()


def test_keys_of_one_tag_are_told_apart(tmp_path):
    """CRC-32 collides on purpose easily; these pairs share a tag whatever stands before them."""
    with writing(tmp_path / "file", KIND) as writer:
        offsets = [writer.keyed(key, value) for key, value in ((b"one", b"1"), (b"two", b"2"), (b"three", b"3"))]
        writer.finish({"table": writer.table(array("I", [2**32 - 1] * 3), array("Q", offsets))})
    mapped = Mapped.open(tmp_path / "file", KIND)
    table = mapped.table(mapped.contents["table"])

    assert [mapped.value(table, key, 2**32 - 1) for key in (b"one", b"two", b"three", b"four")] == [
        b"1",
        b"2",
        b"3",
        None,
    ]


def test_a_table_full_of_collisions_is_still_built_in_no_time(tmp_path):
    with writing(tmp_path / "file", KIND) as writer:
        offset = writer.keyed(b"key", b"value")
        where = writer.table(array("I", [7] * 50_000), array("Q", [offset] * 50_000))
        writer.finish({"table": where})

    assert Mapped.open(tmp_path / "file", KIND).table(where).tags[-1] == 0


def test_a_tag_continues_from_its_scope():
    assert tag(b"name", seed(b"PyPI")) == tag(b"PyPI\0name")


def test_an_error_while_writing_leaves_what_was_there_and_no_litter(tmp_path):
    written(tmp_path / "file", {b"a": b"1"}).close()

    def fail():
        with writing(tmp_path / "file", KIND) as writer:
            writer.blob(b"half")
            raise OSError(28, "No space left")

    with pytest.raises(OSError, match="No space left"):
        fail()

    assert Mapped.open(tmp_path / "file", KIND).contents
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_another_kind_is_foreign(tmp_path):
    written(tmp_path / "file", {b"a": b"1"})

    with pytest.raises(DamagedError, match="not an index of this version"):
        Mapped.open(tmp_path / "file", "test 2")


@pytest.mark.parametrize("content", [b"", b"x", b"x" * 64, b"WARDMAP1", b"\0" * 1000])
def test_a_foreign_file_is_damaged_and_never_a_traceback(tmp_path, content):
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(DamagedError):
        Mapped.open(tmp_path / "file", KIND)


def test_no_file_is_no_damage(tmp_path):
    with pytest.raises(FileNotFoundError):
        Mapped.open(tmp_path / "file", KIND)


def test_whatever_bit_flips_every_answer_is_right_or_damage(tmp_path):
    entries = {f"key {number}".encode(): f"value {number}".encode() for number in range(40)}
    written(tmp_path / "file", entries).close()
    content = (tmp_path / "file").read_bytes()
    damaged = 0
    for position in range(0, len(content), 3):
        (tmp_path / "file").write_bytes(
            content[:position] + bytes([content[position] ^ 0x41]) + content[position + 1 :]
        )
        try:
            mapped = Mapped.open(tmp_path / "file", KIND)
            table = mapped.table(mapped.contents["table"])
            for key, value in entries.items():
                assert mapped.value(table, key, tag(key)) == value
        except DamagedError:
            damaged += 1

    assert damaged > len(content) // 6


def test_a_truncated_file_is_damaged(tmp_path):
    written(tmp_path / "file", {b"a": b"1"}).close()
    content = (tmp_path / "file").read_bytes()
    for length in range(0, len(content), 7):
        (tmp_path / "file").write_bytes(content[:length])
        with pytest.raises(DamagedError):
            Mapped.open(tmp_path / "file", KIND)


@pytest.mark.parametrize(
    "where",
    [
        None,
        {},
        {"tags": [0, 4, 4, 0], "offsets": [0, 8, 8, 0], "shift": 3},
        {"tags": [-4, 4, 4, 0], "offsets": [0, 8, 8, 0], "shift": 28},
        {"tags": [0, 2**40, 4, 0], "offsets": [0, 8, 8, 0], "shift": 28},
        {"tags": "no", "offsets": [], "shift": 28},
        {"tags": [0, 4, 4, 0], "offsets": [0, 8, 8, 0], "shift": "x"},
        {"tags": [0, 4, 4, 0], "offsets": [0, 8, 8, 0], "shift": 99},
    ],
)
def test_a_table_that_is_described_wrongly_is_damage(tmp_path, where):
    mapped = written(tmp_path / "file", {b"a": b"1"})

    with pytest.raises(DamagedError):
        mapped.table(where)


@pytest.mark.parametrize("offset", [-1, 10**9, 2**70])
def test_an_offset_outside_the_file_is_damage(tmp_path, offset):
    mapped = written(tmp_path / "file", {b"a": b"1"})

    with pytest.raises(DamagedError):
        mapped.blob(offset)
    with pytest.raises(DamagedError):
        mapped.copy(offset, offset + 1)


def test_a_blob_too_short_for_a_key_is_damage():
    with pytest.raises(DamagedError):
        split_key(b"\x01")
    assert split_key(struct.pack("=H", 2) + b"abc") == (b"ab", b"c")
