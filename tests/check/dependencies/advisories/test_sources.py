import os

import pytest
from tests.check.dependencies.osv import below, bucket, loose, record, zipped

from wardline.check.dependencies.advisories import sources
from wardline.check.dependencies.advisories.sources import AdvisoriesMissingError, listing


def test_the_bucket_layout_is_a_part_for_each_ecosystem(tmp_path):
    bucket(tmp_path, PyPI=[record("A-1", below("1"))], npm=[record("A-2", below("1"))])
    (tmp_path / "ecosystems.txt").write_text("PyPI\n# no\n\nnpm\nMaven\n")

    found = listing(tmp_path)

    assert [(part.kind, part.ecosystem) for part in found.parts] == [("zip", "PyPI"), ("zip", "npm")]
    assert found.promised == ("PyPI", "npm", "Maven")


def test_loose_records_flat_or_by_ecosystem_are_one_part_without_an_ecosystem(tmp_path):
    loose(tmp_path, record("A-1", below("1")))
    loose(tmp_path / "PyPI", record("A-2", below("1")))

    (part,) = listing(tmp_path).parts

    assert (part.kind, part.ecosystem, part.files) == ("loose", None, ("A-1.json", "PyPI/A-2.json"))


def test_one_zip_or_one_record_is_a_source_too(tmp_path):
    named = zipped(tmp_path / "some.zip", [record("A-1", below("1"))])
    (tmp_path / "PyPI").mkdir()
    of_bucket = zipped(tmp_path / "PyPI" / "all.zip", [record("A-1", below("1"))])
    single = loose(tmp_path, record("A-2", below("1"))) / "A-2.json"

    assert listing(named).parts[0].ecosystem is None
    assert listing(of_bucket).parts[0].ecosystem == "PyPI"
    assert listing(single).parts[0].files == ("A-2.json",)


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir(), os.mkfifo])
def test_no_advisories_is_an_error_that_says_how_to_get_them(tmp_path, make):
    make(tmp_path / "source")

    with pytest.raises(AdvisoriesMissingError) as error:
        listing(tmp_path / "source")

    assert "wardline advisories sync" in error.value.hint


def test_a_path_that_cannot_be_one_is_an_error_too(tmp_path):
    with pytest.raises(AdvisoriesMissingError):
        listing(tmp_path / "a\0b")


def test_a_fifo_a_dangling_link_and_cisas_catalogue_are_no_records(tmp_path):
    loose(tmp_path, record("A-1", below("1")))
    os.mkfifo(tmp_path / "fifo.json")
    (tmp_path / "gone.json").symlink_to("nowhere")
    (tmp_path / "known_exploited_vulnerabilities.json").write_text("{}")
    (tmp_path / ".hidden.json").write_text("{}")

    found = listing(tmp_path)

    assert found.parts[0].files == ("A-1.json",)
    assert sorted(problem.name for problem in found.problems) == ["fifo.json", "gone.json"]


def test_a_link_to_a_regular_file_counts_since_mounted_mirrors_are_made_of_them(tmp_path):
    loose(tmp_path / "elsewhere", record("A-1", below("1")))
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "A-1.json").symlink_to(tmp_path / "elsewhere" / "A-1.json")

    assert listing(tmp_path / "source").parts[0].files == ("A-1.json",)


def test_a_folder_that_cannot_be_listed_is_named(tmp_path, monkeypatch):
    loose(tmp_path, record("A-1", below("1")))
    (tmp_path / "locked").mkdir()
    scandir = os.scandir

    def refusing(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(sources.os, "scandir", refusing)

    assert listing(tmp_path).problems == (("locked", "cannot be listed: Permission denied"),)


def test_every_change_of_a_file_changes_its_stamp(tmp_path):
    path = bucket(tmp_path, PyPI=[record("A-1", below("1"))]) / "PyPI" / "all.zip"
    before = listing(tmp_path).parts[0].stamp
    os.utime(path, ns=(1, 1))
    touched = listing(tmp_path).parts[0].stamp
    content = path.read_bytes()
    path.rename(tmp_path / "it keeps its inode")
    path.write_bytes(content)
    os.utime(path, ns=(1, 1))

    assert len({before, touched, listing(tmp_path).parts[0].stamp}) == 3


def test_more_loose_records_than_can_be_kept_apart_are_a_problem(tmp_path, monkeypatch):
    loose(tmp_path, *(record(f"A-{number}", below("1")) for number in range(4)))
    monkeypatch.setattr(sources, "MAX_LOOSE", 3)

    found = listing(tmp_path)

    assert len(found.parts[0].files) == 3
    assert "more than 3" in found.problems[0].reason
