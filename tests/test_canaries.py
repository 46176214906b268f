import base64
import os
import sys
from subprocess import PIPE, Popen
from urllib.parse import quote

import pytest
from tests import canaries

VALUE = "a+canary/that=sings"


def written(how: str, value: str, before: int = 0) -> bytes:
    raw = b"\x01" * before + value.encode() + b"tail"
    return {
        "plain": raw,
        "base64": base64.b64encode(raw),
        "base64url": base64.urlsafe_b64encode(raw),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "URL": quote(value, safe="").encode(),
        "UTF-16": (value + "tail").encode("utf-16"),
        "UTF-16 big": (value + "tail").encode("utf-16-be"),
    }[how]


@pytest.mark.parametrize("how", ["plain", "base64", "base64url", "hex", "HEX", "URL", "UTF-16", "UTF-16 big"])
@pytest.mark.parametrize("before", range(4))
def test_a_value_is_found_in_every_spelling_wherever_it_begins(how: str, before: int) -> None:
    content = b"noise" + written(how, VALUE, before) + b"noise"
    assert canaries.hits(content, [VALUE], "here")
    assert not canaries.hits(content, ["another-canary-altogether"], "here")


@pytest.mark.parametrize("how", ["gzip", "zlib", "bzip2", "xz"])
def test_a_value_is_found_in_what_is_compressed(how: str) -> None:
    content = canaries.packed(os.urandom(100) + VALUE.encode() * 3)[how]
    assert {hit.place for hit in canaries.hits(content, [VALUE], "here")} == {"here, inflated"}
    if how in {"gzip", "zlib"}:
        assert canaries.hits(b"a header before it" + content, [VALUE], "here")


def test_a_value_is_found_in_files_and_in_their_names(tmp_path) -> None:
    (tmp_path / "one").write_bytes(b"nothing")
    assert canaries.in_folder(tmp_path, ["needle-in-a-file"]) == []
    (tmp_path / "needle-in-a-file").write_bytes(b"nothing")
    (tmp_path / "two").write_bytes("needle-in-a-file".encode("utf-16"))
    assert len(canaries.in_folder(tmp_path, ["needle-in-a-file"])) >= 2
    assert canaries.in_folder(tmp_path, ["needle-in-a-file"], skip=("two", "needle-in-a-file")) == []


def test_a_value_is_found_in_the_memory_of_another_process() -> None:
    reading = "import sys; kept = sys.stdin.readline(); print('ready', flush=True); sys.stdin.read()"
    with Popen([sys.executable, "-c", reading], stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{VALUE}\n")
        process.stdin.flush()
        process.stdout.readline()
        try:
            found, size = canaries.in_memory(process.pid, [VALUE])
        except PermissionError:
            pytest.skip("this user may not read another process's memory")
        finally:
            process.stdin.close()
    assert found
    assert size > 1_000_000
    assert not [hit for hit in found if hit.value != VALUE]
