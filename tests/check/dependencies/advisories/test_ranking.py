import gzip
import json
import os

import pytest

from wardline.check.dependencies.advisories import ranking
from wardline.check.dependencies.advisories.ranking import KEV_NAME, Ranking, ready
from wardline.findings.report import Exploited


def kev(path, *rows, **more):
    path.write_text(json.dumps({"dateReleased": "2025-08-25T17:04:19.9796Z", "vulnerabilities": rows, **more}))
    return path


def row(name, **more):
    return {"cveID": name, "dateAdded": "2021-12-10", "dueDate": "2021-12-24", **more}


def test_the_catalogue_says_since_when_until_when_and_whether_for_ransom(tmp_path):
    found = ready(
        kev(tmp_path / "kev.json", row("CVE-2021-44228", knownRansomwareCampaignUse="Known"), row("CVE-2020-0001")),
        None,
    )

    expected = Exploited(since="2021-12-10", due="2021-12-24", ransomware=True)
    assert found.exploited(["GHSA-1", "CVE-2021-44228"]) == expected
    assert found.exploited(["CVE-2020-0001"]) == Exploited(since="2021-12-10", due="2021-12-24")
    assert found.exploited(["CVE-2020-0002", "x_CVE-2020-0001"]) is None
    assert (found.kev_date, found.exploited_count, found.problems) == ("2025-08-25", 2, ())


def test_of_several_bugs_the_earliest_exploitation_counts(tmp_path):
    rows = (row("CVE-2020-0001"), row("CVE-2020-0002", dateAdded="2020-01-01", knownRansomwareCampaignUse="Known"))

    found = ready(kev(tmp_path / "kev.json", *rows), None).exploited(["CVE-2020-0001", "CVE-2020-0002"])

    assert found == Exploited(since="2020-01-01", due="2021-12-24", ransomware=True)


def test_a_folder_stands_for_the_catalogue_in_it(tmp_path):
    kev(tmp_path / KEV_NAME, row("CVE-2020-0001"))

    assert ready(tmp_path, None).exploited_count == 1


@pytest.mark.parametrize("pack", [lambda content: content, gzip.compress])
def test_epss_is_read_packed_or_not(tmp_path, pack):
    content = (
        "#model_version:v2025.03.14,score_date:2025-08-25T12:55:00Z\ncve,epss,percentile\nCVE-2020-0001,0.97,0.99\n"
    )
    (tmp_path / "epss.csv").write_bytes(pack(content.encode()))

    found = ready(None, tmp_path / "epss.csv")

    assert found.probability(["GHSA-1", "CVE-2020-0001"]) == 0.97
    assert found.probability(["CVE-2020-0002"]) is None
    assert (found.epss_date, found.scored_count, found.exploited(["CVE-2020-0001"])) == ("2025-08-25", 1, None)


def test_rows_that_cannot_be_read_are_counted(tmp_path):
    rows = (row("CVE-2020-0001", dateAdded=5, dueDate="soon"), row("CVE-x"), 3, row(None))
    (tmp_path / "epss.csv").write_text("CVE-2020-0001,1.5\nCVE-2020-0002\nnonsense\n\nCVE-2020-0003,0.5\n")

    found = ready(kev(tmp_path / "kev.json", *rows), tmp_path / "epss.csv")

    assert found.exploited(["CVE-2020-0001"]) == Exploited()
    assert found.probability(["CVE-2020-0003"]) == 0.5
    assert [problem.reason for problem in found.problems] == ["3 rows could not be read"] * 2


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"vulnerabilities": {}}', b"\x1f\x8b broken", b"\xff\xfe"])
def test_a_file_that_is_something_else_is_a_problem_and_ranks_nothing(tmp_path, content):
    (tmp_path / "kev.json").write_bytes(content)
    (tmp_path / "epss.csv").write_bytes(content)

    found = ready(tmp_path / "kev.json", tmp_path / "epss.csv")

    assert [problem.name for problem in found.problems] == ["kev.json", "epss.csv"]
    assert found.exploited(["CVE-2020-0001"]) is None


def test_a_bomb_a_fifo_and_a_missing_file_are_problems(tmp_path, monkeypatch):
    monkeypatch.setattr(ranking, "MAX_BYTES", 1000)
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(b" " * 1001))
    os.mkfifo(tmp_path / "fifo")

    assert "larger than" in ready(None, tmp_path / "bomb.csv.gz").problems[0].reason
    assert ready(tmp_path / "fifo", None).problems[0].reason == "not a regular file"
    assert ready(tmp_path / "gone", None).problems[0].name == "gone"


def test_a_file_is_read_once_and_again_when_it_changed(tmp_path, monkeypatch):
    path = kev(tmp_path / "kev.json", row("CVE-2020-0001"))
    ready(path, None)
    compile_once = ranking._compile
    monkeypatch.setattr(ranking, "_compile", None)
    assert ready(path, None).exploited_count == 1

    monkeypatch.setattr(ranking, "_compile", compile_once)
    kev(path, row("CVE-2020-0001"), row("CVE-2020-0002"))
    assert ready(path, None).exploited_count == 2


def test_a_damaged_cache_is_made_anew(tmp_path, own_cache):
    path = kev(tmp_path / "kev.json", row("CVE-2020-0001"))
    ready(path, None)
    (kept,) = (own_cache / "advisories").glob("ranking-*")
    kept.write_bytes(b"x" * 500)

    assert ready(path, None).exploited_count == 1


def test_without_a_cache_ranks_are_read_each_time(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("WARDLINE_CACHE", str(tmp_path / "file"))

    assert ready(kev(tmp_path / "kev.json", row("CVE-2020-0001")), None).exploited(["CVE-2020-0001"])


def test_no_files_rank_nothing():
    found = ready(None, None)

    assert isinstance(found, Ranking)
    assert found.exploited(["CVE-2020-0001"]) is None
    assert found.probability(["CVE-2020-0001"]) is None
