"""T-07: a small file that becomes huge, or endlessly deep, when it is read."""

import gzip
import io
import time
import zipfile

import pytest

from wardline.kernel.sandbox import Limits, run


def zip_bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("package-lock.json", bytes(100_000_000))
    return made.getvalue()


BOMBS = {
    "a zip archive": zip_bomb(),
    "a gzip stream": gzip.compress(bytes(100_000_000)),
    "deep arrays": b"[" * 5_000_000,
    "deep objects": b'{"a":' * 1_000_000,
    "a billion laughs": b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>',
    "aliases": b"a: &a [x,x]\n" + b"".join(b"%c: &%c [*%c,*%c]\n" % (c + 1, c + 1, c, c) for c in range(97, 121)),
    "one endless line": b"x" * 20_000_000,
    "a number without end": b'{"lockfileVersion": ' + b"9" * 2_000_000 + b"}",
}
LOCKFILES = ("package-lock.json", "pnpm-lock.yaml", "uv.lock", "pom.xml")


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_as_a_lockfile_is_a_gap(check, tree, bomb) -> None:
    for name in LOCKFILES:
        (tree / name).write_bytes(BOMBS[bomb])
    started = time.monotonic()
    seen = check(tree, seconds=100)
    assert seen.status == 3
    for name in LOCKFILES:
        assert name in seen.gaps()
    assert time.monotonic() - started < 60


def test_a_parser_that_blows_up_all_the_same_stops_at_its_memory() -> None:
    def blow_up(_channel):
        with zipfile.ZipFile(io.BytesIO(BOMBS["a zip archive"])) as archive:
            return b"%d" % len(archive.read("package-lock.json"))

    outcome = run(blow_up, readable=[], limits=Limits(memory_bytes=50 * 1024**2))
    assert outcome.died == "ran out of memory (limit 50 MB)"
