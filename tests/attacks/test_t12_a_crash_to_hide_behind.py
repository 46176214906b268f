"""T-12: one file ends, stalls or fills the examining process, so that the others are never looked at."""

import os
import signal
import time
from datetime import UTC, datetime

import orjson
import pytest

from wardline.check import asking
from wardline.check.model import Request

MARK = b'"lockfileVersion": 3, "trap": true'


def crash():
    os.kill(os.getpid(), signal.SIGSEGV)


def leave():
    os._exit(0)


def fill():
    return bytearray(1 << 44)


@pytest.mark.parametrize("trap", [crash, leave, fill])
def test_the_file_is_a_gap_and_the_others_are_examined(check, tree, tmp_path, monkeypatch, trap) -> None:
    (tree / "a").mkdir()
    (tree / "a/package-lock.json").write_bytes(b"{" + MARK + b', "packages": {}}')
    (tree / "z").mkdir()
    (tree / "z/requirements.txt").write_text("known==1.0\n")
    monkeypatch.setenv("WARDLINE_CACHE", str(tmp_path / "cache"))
    honest, victim = orjson.loads, os.getpid()

    def parse(data):
        if os.getpid() != victim and MARK in bytes(data):
            trap()
        return honest(data)

    monkeypatch.setattr(orjson, "loads", parse)
    request = Request(path=tree, only=("dependencies",), advisories=str(tmp_path / "advisories"))
    started = time.monotonic()
    report = asking.check(request, now=datetime.now(UTC), progress=lambda _: None).report
    monkeypatch.setattr(orjson, "loads", honest)
    assert report.verdict == "block"
    assert [finding.file for finding in report.findings] == ["z/requirements.txt"]
    assert ["a/package-lock.json" in gap.scope for gap in report.gaps] == [True]
    assert time.monotonic() - started < 30
