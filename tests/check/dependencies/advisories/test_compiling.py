import os
import signal
import subprocess
import sys
import time

import pytest
from tests.check.dependencies.osv import below, bucket, loose, member, record, zipped

from wardline.check.dependencies.advisories import compiling, index
from wardline.check.dependencies.advisories.compiling import compile_index
from wardline.check.dependencies.advisories.sources import AdvisoriesMissingError
from wardline.check.dependencies.advisories.status import Status
from wardline.check.dependencies.model import Package


@pytest.fixture
def mirror(tmp_path):
    shared = record("GHSA-1", below("2.0"), below("3.0", "left-pad", ecosystem="npm"), aliases=["CVE-2024-1"])
    return bucket(
        tmp_path / "mirror",
        PyPI=[shared, record("PYSEC-1", below("2.0"), aliases=["CVE-2024-1"]), ("broken.json", b"{")],
        npm=[shared, record("MAL-1", below("1", "evil", ecosystem="npm"), withdrawn="2024-01-01T00:00:00Z")],
    )


@pytest.fixture
def frozen(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1750000000")  # 2025-06-15


def test_every_record_is_accounted_for(mirror, tmp_path, frozen):
    loose(mirror, record("A-1", member("flask")), record("A-2", {"package": 3}))
    (mirror / "ecosystems.txt").write_text("PyPI\nnpm\nMaven\n")

    status = compile_index(mirror, tmp_path / "index")

    rows = [
        (part.name, part.records, part.withdrawn, part.superseded, part.silent, part.unreadable, part.flawed)
        for part in status.sources
    ]
    assert rows == [
        ("PyPI/all.zip", 2, 0, 0, 0, 1, 0),
        ("npm/all.zip", 2, 1, 1, 0, 0, 0),
        (".", 2, 0, 0, 2, 0, 1),
    ]
    assert status.sources[0].problems[0].name == "broken.json"
    assert (status.unreadable, status.missing) == (1, ("Maven",))
    assert {name: (one.records, one.packages, one.covered) for name, one in status.ecosystems.items()} == {
        "PyPI": (2, 1, True),
        "npm": (1, 1, True),
    }
    assert Status.from_dict(status.to_dict()) == status


def test_a_date_in_the_future_is_not_believed(tmp_path, frozen):
    bucket(
        tmp_path,
        PyPI=[
            record("A-1", below("1"), modified="2027-01-01T00:00:00Z"),
            record("A-2", below("1"), modified="2025-01-01T00:00:00Z"),
            record("A-3", below("1"), modified="yesterday"),
        ],
    )

    assert compile_index(tmp_path, tmp_path / "index").ecosystems["PyPI"].newest == "2025-01-01T00:00:00"


def test_an_ecosystem_that_others_only_mention_is_not_covered(tmp_path):
    bucket(tmp_path, PyPI=[record("A-1", below("1"), below("1", "x", ecosystem="Maven"))])

    assert not compile_index(tmp_path, tmp_path / "index").ecosystems["Maven"].covered


def test_loose_records_cover_what_they_name_or_what_the_list_promises(tmp_path):
    loose(tmp_path / "a", record("A-1", below("1"), below("1", "x", ecosystem="Maven")))
    loose(tmp_path / "b", record("A-1", below("1"), below("1", "x", ecosystem="Maven")))
    (tmp_path / "b" / "ecosystems.txt").write_text("Maven\n")

    covered = [
        [name for name, one in compile_index(tmp_path / part, tmp_path / "index").ecosystems.items() if one.covered]
        for part in ("a", "b")
    ]

    assert covered == [["Maven", "PyPI"], ["Maven"]]


def test_the_latest_edition_of_an_id_counts(tmp_path):
    bucket(
        tmp_path,
        Go=[record("A-1", below("1"), modified="2025-01-01T00:00:00Z", summary="old")],
        PyPI=[record("A-1", below("2"), modified="2025-01-01T00:00:00.5Z", summary="new")],
        npm=[record("A-1", below("3"), modified="2024-12-31T23:00:00-02:00", summary="newest")],
    )

    compile_index(tmp_path, tmp_path / "index")

    (core,) = index.ready(tmp_path).named("a-1")
    assert core.summary == "newest"


def test_an_incremental_compile_gives_what_a_full_one_gives(mirror, tmp_path, frozen, monkeypatch):
    compile_index(mirror, tmp_path / "kept")
    zipped(
        mirror / "npm" / "all.zip", [record("GHSA-2", below("2.0", "left-pad", ecosystem="npm"), aliases=["PYSEC-1"])]
    )
    compile_index(mirror, tmp_path / "full")
    read = []
    monkeypatch.setattr(
        compiling, "documents", lambda part, real=compiling.documents: read.append(part.ecosystem) or real(part)
    )

    compile_index(mirror, tmp_path / "kept")

    assert read == ["npm"]
    assert (tmp_path / "kept").read_bytes() == (tmp_path / "full").read_bytes()


def test_a_damaged_section_is_read_anew(mirror, tmp_path, frozen):
    compile_index(mirror, tmp_path / "full")
    content = bytearray((tmp_path / "full").read_bytes())
    content[content.index(b"PYSEC-1")] ^= 1
    (tmp_path / "kept").write_bytes(content)

    compile_index(mirror, tmp_path / "kept")

    assert (tmp_path / "kept").read_bytes() == (tmp_path / "full").read_bytes()


def test_progress_ends_at_the_total(mirror, tmp_path):
    said = []

    compile_index(mirror, tmp_path / "index", progress=lambda done, total: said.append((done, total)))

    assert said[-1][0] == said[-1][1] == 5
    assert said == sorted(said)


def test_no_source_is_an_error_and_leaves_the_index(mirror, tmp_path):
    compile_index(mirror, tmp_path / "index")
    before = (tmp_path / "index").read_bytes()

    with pytest.raises(AdvisoriesMissingError):
        compile_index(tmp_path / "nowhere", tmp_path / "index")

    assert (tmp_path / "index").read_bytes() == before


def test_a_source_that_is_all_rubbish_covers_nothing(tmp_path):
    bucket(tmp_path, PyPI=[("a.json", b"{")])
    (tmp_path / "npm").mkdir()
    (tmp_path / "npm" / "all.zip").write_bytes(b"no zip")

    status = compile_index(tmp_path, tmp_path / "index")

    assert (status.ecosystems, status.unreadable) == ({}, 2)


def test_what_killed_compiles_left_is_swept_away_and_a_running_one_is_not(mirror, tmp_path):
    old, young = tmp_path / ".part-old", tmp_path / ".part-young"
    old.touch()
    young.touch()
    os.utime(old, (1, 1))

    compile_index(mirror, tmp_path / "index")

    assert not old.exists()
    assert young.exists()


_SLOW = """
import sys, time
from pathlib import Path
from wardline.check.dependencies.advisories import compiling
def slow(part, real=compiling.documents):
    for one in real(part):
        time.sleep(0.05)
        print("record", flush=True)
        yield one
compiling.documents = slow
compiling.compile_index(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_a_compile_that_is_killed_leaves_the_previous_index(mirror, tmp_path):
    target = index.place(mirror)
    compile_index(mirror, target)
    zipped(
        mirror / "npm" / "all.zip",
        [record(f"MAL-{number}", below("1", "evil", ecosystem="npm")) for number in range(99)],
    )
    before = target.read_bytes()
    process = subprocess.Popen([sys.executable, "-c", _SLOW, mirror, target], stdout=subprocess.PIPE)
    process.stdout.readline()
    time.sleep(0.05)

    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()

    assert target.read_bytes() == before
    assert [path for path in target.parent.iterdir() if path.name.startswith(".part-")]
    assert len(list(index.ready(mirror).find([Package("npm", "evil", "0.1")]))) == 1


def test_a_record_that_nests_deeper_than_can_be_written_costs_only_itself(tmp_path):
    deep = (
        b'{"id": "A-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "flask"}, "ranges": [{"type": "SEMVER", '
    )
    deep += b'"events": [{"introduced": ' + b"[" * 300 + b"]" * 300 + b"}]}]}]}"
    bucket(tmp_path, PyPI=[("A-1.json", deep), record("A-2", below("1"))])

    (part,) = compile_index(tmp_path, tmp_path / "index").sources

    assert (part.records, part.unreadable, part.problems[0].name) == (1, 1, "A-1.json")
