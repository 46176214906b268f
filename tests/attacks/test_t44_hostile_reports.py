"""T-44: a report that is meant to harm whoever takes it in: bombs, depth, entities, bytes, types, sizes, cuts."""

import gzip
import json
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.api import world as making
from tests.api.world import World, finding
from tests.conftest import Clock

from wardline.findings.report import Coverage, Report, finding_to_dict
from wardline.kernel.database.engine import Database

PATH = "/reports?service=orders"


@pytest.fixture
def world(lite: Database, tmp_path: Path, clock: Clock) -> Iterator[World]:
    made = making.made(f"sqlite:///{tmp_path / 'lite.db'}", tmp_path / "state", clock)
    yield made
    made.services.database.close()


def sent(world: World, body: bytes, path: str = PATH, **headers: str) -> Any:
    answer = world.ask("POST", path, "machine", content=body, headers={"Content-Type": "application/json", **headers})
    spool = world.services.settings.state / "spool"
    assert not spool.exists() or list(spool.iterdir()) == [], "nothing of it stays on the disk"
    return answer


def report(*findings: dict[str, Any]) -> bytes:
    document = Report(coverage={"code": Coverage(in_scope=1, examined=1)}).to_dict()
    return json.dumps({**document, "findings": list(findings)}).encode()


HOSTILE = {
    "nothing": b"",
    "a list": b"[]",
    "a number": b"1",
    "deep": b'{"schema":1,"findings":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "cut": report(finding_to_dict(finding()))[:-40],
    "no utf-8": b'{"schema":1,"findings":[{"title":"\xff\xfe\x80"}]}',
    "nul": b"\x00" * 1000,
    "entities": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "another schema": b'{"schema":2,"findings":[],"gaps":[],"coverage":{},"suppressed":[],"notes":[]}',
    "keys twice": b'{"schema":1,"schema":2,"findings":[]}',
    "numbers": b'{"schema":1e400,"findings":[' + b"9" * 10_000 + b"]}",
    "zip": b"PK\x03\x04" + b"\x00" * 100,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_report_is_refused_or_a_gap_and_closes_nothing(world: World, name: str) -> None:
    world.receive("orders", finding(1))
    answer = sent(world, HOSTILE[name], PATH + "&format=auto" if name == "entities" else PATH)
    assert answer.status_code in {201, 422}, answer.text
    assert "Traceback" not in answer.text
    assert "spool" not in answer.text
    assert len(world.findings("Orders")) == 1


def test_a_bomb_is_unpacked_no_further_than_its_bound(world: World) -> None:
    bomb = gzip.compress(b'{"schema":1,"findings":[' + b" " * (100 * 1024 * 1024), 9)
    assert len(bomb) < 200_000
    assert sent(world, bomb, **{"Content-Encoding": "gzip"}).status_code in {201, 413, 422}
    assert world.findings("Orders") == []


def test_only_what_is_unpacked_is_taken_packed(world: World) -> None:
    for encoding in ("br", "deflate", "gzip, gzip", "zstd"):
        assert sent(world, b"{}", **{"Content-Encoding": encoding}).status_code == 415


def test_more_than_the_bound_is_refused_while_it_arrives(world: World) -> None:
    most = world.services.settings.max_report_bytes

    async def endless() -> Any:
        for _ in range(most // 1_000_000 + 2):
            yield b" " * 1_000_000

    assert world.ask("POST", PATH, "machine", content=endless()).status_code == 413
    too_long = {"Content-Length": str(most + 1)}
    assert world.ask("POST", PATH, "machine", content=b"", headers=too_long).status_code == 413


def test_wrong_types_in_every_field_are_left_out_and_said(world: World) -> None:
    right = finding_to_dict(finding(5))
    wrong = [
        {**right, "fingerprint": f"{100 + number:032x}", name: value}
        for number, (name, value) in enumerate(
            (name, value)
            for name in right
            if name != "fingerprint"
            for value in (None, 0, -1, 1.5, True, "x" * 3, [], {}, [[[]]], {"a": {"b": 1}}, 2**70)
        )
    ]
    answer = sent(world, report(right, *wrong))
    assert answer.status_code == 201, answer.text
    assert answer.json()["gaps"] >= 1
    shown = world.ask("GET", "/findings?limit=1000&format=jsonl", "lead")
    assert shown.status_code == 200
    assert f"{5:032x}" in shown.text


def test_text_of_a_report_reaches_every_answer_as_text(world: World) -> None:
    title = "<script>alert(1)</script>\r\nSet-Cookie: a=b \u202e \u0000 '; DROP TABLE findings; --"
    answer = sent(world, report(finding_to_dict(finding(1, title=title, file="../../etc/passwd"))))
    assert answer.status_code == 201
    identifier = world.findings("Orders")[0]
    shown = world.ask("GET", f"/findings/{identifier}", "lead")
    assert shown.headers["content-type"] == "application/json"
    assert "set-cookie" not in shown.headers
    assert "\u0000" not in shown.json()["title"]
    assert "\n" not in shown.json()["title"]


def test_a_full_disk_is_said_and_the_same_report_is_taken_later(world: World) -> None:
    body = report(finding_to_dict(finding(1))) + b" " * 3_000_000
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    key = {"Idempotency-Key": "k"}
    import signal

    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, hard))
        answer = sent(world, body, **key)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert (answer.status_code, answer.json()["code"]) == (507, "insufficient-storage")
    assert answer.headers["retry-after"]
    assert sent(world, body, **key).status_code == 201
    assert len(world.findings("Orders")) == 1
