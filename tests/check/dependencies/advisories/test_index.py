import os

import pytest
from tests.check.dependencies.osv import below, bucket, loose, record, zipped

from wardline.check.dependencies.advisories import index
from wardline.check.dependencies.advisories.mapped import DamagedError
from wardline.check.dependencies.advisories.sources import AdvisoriesMissingError
from wardline.check.dependencies.model import Package
from wardline.findings import package_names as names
from wardline.kernel import cache


@pytest.fixture
def mirror(tmp_path):
    return bucket(
        tmp_path / "mirror",
        PyPI=[
            record("PYSEC-1", below("2.0", "Flask_Login"), aliases=["CVE-2024-1"], details="all of it"),
            record("GHSA-1", below("2.0", "flask-login"), aliases=["CVE-2024-1"], summary="It leaks"),
            record("GO-1", below("2.0", "flask-login"), aliases=["CVE-2024-2", "CVE-2024-3"]),
        ],
    )


def test_packages_are_found_under_every_spelling_of_their_registry(mirror):
    packages = [
        Package("PyPI", name, "1") for name in ("flask-login", "Flask.Login", "flask", "FLASK__LOGIN", "\udcff")
    ]
    packages += [Package("npm", "flask-login", "1"), Package("Nowhere", "flask-login", "1"), Package("", "", "")]

    found = dict(index.ready(mirror).find(packages))

    assert {number: len(postings) for number, postings in found.items()} == {0: 3, 1: 3, 3: 3}


def test_a_warm_index_is_opened_and_not_compiled(mirror, monkeypatch):
    assert index.fresh(mirror) is None
    index.ready(mirror)

    monkeypatch.setattr("wardline.check.dependencies.advisories.compiling.compile_index", None)

    assert index.ready(mirror).status.ecosystems["PyPI"].records == 3


@pytest.mark.parametrize("change", ["touch", "content", "new part", "problem"])
def test_a_changed_source_makes_the_index_stale(mirror, change):
    index.ready(mirror)
    path = mirror / "PyPI" / "all.zip"
    match change:
        case "touch":
            os.utime(path, ns=(1, 1))
        case "content":
            zipped(path, [record("PYSEC-9", below("1"))])
        case "new part":
            loose(mirror, record("A-1", below("1")))
        case "problem":
            os.mkfifo(mirror / "fifo.json")

    assert index.fresh(mirror) is None


@pytest.mark.parametrize("damage", ["truncated", "foreign", "empty", "flipped"])
def test_a_damaged_index_is_compiled_anew(mirror, damage):
    index.ready(mirror).close()
    path = index.place(mirror)
    content = path.read_bytes()
    flipped = bytearray(content)
    flipped[-5] ^= 1
    path.write_bytes(
        {"truncated": content[:-9], "foreign": b"x" * 999, "empty": b"", "flipped": bytes(flipped)}[damage]
    )

    assert len(index.ready(mirror).about("PyPI", "flask-login")) == 3


def test_without_a_cache_the_index_is_compiled_each_time_and_leaves_nothing(mirror, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("WARDLINE_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    found = index.ready(mirror)

    assert len(found.about("PyPI", "flask-login")) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "mirror"]


def test_a_cache_that_cannot_be_written_is_no_error(mirror, monkeypatch):
    real = cache.own_folder
    monkeypatch.setattr(cache, "own_folder", lambda *names: real(*names) / "gone")

    assert len(index.ready(mirror).about("PyPI", "flask-login")) == 3


def test_no_source_is_an_error(tmp_path):
    with pytest.raises(AdvisoriesMissingError):
        index.ready(tmp_path / "nowhere")


def test_coverage_and_dates_are_by_family(mirror):
    found = index.ready(mirror)

    assert [found.covers(name) for name in ("PyPI", "PyPI:https://a.example", "npm")] == [True, True, False]
    assert (found.data_date("PyPI"), found.data_date("npm")) == ("2025-06-01T00:00:00", None)


def test_a_record_is_found_by_any_of_its_ids_in_any_case(mirror):
    found = index.ready(mirror)

    assert [core.id for core in found.named("cve-2024-1")] == ["PYSEC-1", "GHSA-1"]
    assert [core.id for core in found.named(" CVE-2024-3 ")] == ["GO-1"]
    assert found.named("CVE-2024-9") == []


def test_a_record_is_there_whole_as_long_as_its_source_is(mirror):
    found = index.ready(mirror)
    (core, _) = found.named("CVE-2024-1")

    assert found.document(core)["details"] == "all of it"
    zipped(mirror / "PyPI" / "all.zip", [record("PYSEC-9")])
    assert found.document(core) is None


def test_groups_say_what_a_record_is_and_what_it_covers(mirror):
    found = index.ready(mirror)
    by_id = {found.core(one.record).id: one.record for one in found.about("PyPI", "flask-login")}

    assert found.identity(by_id["PYSEC-1"]) == found.identity(by_id["GHSA-1"])
    assert found.group(by_id["GHSA-1"]).ids == ("CVE-2024-1", "GHSA-1", "PYSEC-1")
    assert found.group(by_id["GO-1"])[::2] == (("GO-1",), ("CVE-2024-2", "CVE-2024-3"))


def test_a_number_that_is_no_records_is_damage(mirror):
    found = index.ready(mirror)

    with pytest.raises(DamagedError):
        found.core(99)
    with pytest.raises(DamagedError):
        found.identity(-1)


def test_an_index_stays_usable_while_it_is_replaced(mirror):
    old = index.ready(mirror)
    zipped(mirror / "PyPI" / "all.zip", [record("PYSEC-9", below("1", "other"))])
    new = index.ready(mirror)

    assert len(old.about("PyPI", "flask-login")) == 3
    assert new.about("PyPI", "flask-login") == []


@pytest.mark.parametrize(
    "ecosystem", ["PyPI", "npm", "crates.io", "NuGet", "Packagist", "SwiftURL", "Go", "Hex", "Pub"]
)
def test_asking_once_whether_an_ecosystem_has_spellings_tells_the_truth(ecosystem):
    exact = index._spelling(ecosystem) is None

    assert exact == (names.normalised(ecosystem, "A_b") == "A_b")
