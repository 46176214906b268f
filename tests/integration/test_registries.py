"""Each registry's plug-in, asked through the service, against a server that answers in the registry's own shape."""

import json
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler

import pytest
from tests.integration.loopback import Loopback

from wardline.check.dependencies.freshness.model import Behind, Freshness, Used
from wardline.check.dependencies.freshness.service import Asked, Result, measure

NOW = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp())


def ask(loopback: Loopback, *packages: Used, offline: bool = False, now: int = NOW, **registries: str) -> Result:
    named = {used.ecosystem: loopback.url for used in packages} | registries
    asked = Asked(packages=packages, now=now, offline=offline, named=named)
    return measure(asked, progress=lambda _: None)


def one(result: Result) -> Freshness:
    assert result.gaps == []
    (row,) = result.rows
    return row


def why_not(result: Result) -> str:
    assert result.rows == []
    (gap,) = result.gaps
    assert gap.remedy
    return gap.reason


def simple_file(filename: str, uploaded: str, *, yanked: bool | str = False) -> dict[str, object]:
    return {
        "filename": filename,
        "hashes": {"sha256": "00"},
        "requires-python": None,
        "size": 1,
        "upload-time": uploaded,
        "url": f"https://registry.example/{filename}",
        "yanked": yanked,
    }


def simple(name: str, versions: list[str], *files: dict[str, object]) -> str:
    return json.dumps({"files": files, "meta": {"api-version": "1.1"}, "name": name, "versions": versions})


def test_pypi_dates_a_version_by_its_first_file_and_leaves_out_what_is_yanked(loopback: Loopback) -> None:
    page = simple(
        "zope-interface",
        ["5.0.0", "5.1.0", "5.2.0", "6.0b1"],
        simple_file("zope.interface-5.0.0.tar.gz", "2020-01-01T00:00:00.1Z"),
        simple_file("zope.interface-5.0.0-cp39-cp39-win32.whl", "2020-03-01T00:00:00Z"),
        simple_file("zope_interface-5.1.0-cp39-cp39-manylinux1_x86_64.whl", "2021-01-01T00:00:00Z"),
        simple_file("zope-interface-5.2.0.zip", "2022-01-01T00:00:00Z", yanked="broken"),
        simple_file("zope_interface-6.0b1.tar.gz", "2023-01-01T00:00:00Z"),
        simple_file("unrelated.txt", "2023-01-01T00:00:00Z"),
    )
    loopback.json("/zope-interface/", page)
    row = one(ask(loopback, Used("PyPI", "Zope.Interface", "5.0", dated=NOW)))
    assert row.doubt.startswith("the lockfile says 2026-11-23")
    row = one(ask(loopback, Used("PyPI", "Zope.Interface", "5.0")))
    assert (row.newest, row.releases_behind, row.behind) == ("5.1.0", 1, Behind(0, 1, 0))
    assert row.libyears == pytest.approx(366 / 365.25, abs=1e-6)
    assert "application/vnd.pypi.simple.v1+json" in loopback.asked[0][1]["accept"]


def test_a_used_version_that_is_yanked_is_said(loopback: Loopback) -> None:
    files = [simple_file(f"a-{n}.0.tar.gz", f"202{n}-01-01T00:00:00Z", yanked=n == 1) for n in (1, 2)]
    loopback.json("/a/", simple("a", ["1.0", "2.0"], *files))
    assert one(ask(loopback, Used("PyPI", "a", "1.0"))).withdrawn


def test_an_index_of_pages_gives_versions_without_dates(loopback: Loopback) -> None:
    page = """<!DOCTYPE html><html><body><h1>Links for foo-bar</h1>
    <a href="../../p/foo-bar-1.0.tar.gz#sha256=00">foo-bar-1.0.tar.gz</a><br/>
    <a href="../../p/foo_bar-1.1-py3-none-any.whl" data-requires-python="&gt;=3">foo_bar-1.1-py3-none-any.whl</a>
    <a href="x" data-yanked="">foo-bar-1.2.tar.gz</a></body></html>"""
    loopback.text("/foo-bar/", page, "text/html; charset=UTF-8")
    row = one(ask(loopback, Used("PyPI", "foo.bar", "1.0")))
    assert (row.newest, row.releases_behind, row.libyears) == ("1.1", 1, None)
    assert row.doubt == "the registry gives no date for the version used"


def packument(times: dict[str, str], latest: str, **facts: dict[str, str]) -> str:
    versions = [name for name in times if name[0].isdigit()]
    return json.dumps(
        {
            "_id": "a",
            "name": "a",
            "dist-tags": {"latest": latest},
            "versions": {version: {"name": "a", "version": version, **facts.get(version, {})} for version in versions},
            "time": times,
        }
    )


PUBLISHED = {
    "created": "2012-04-23T16:37:11.912Z",
    "modified": "2026-01-10T00:00:00.000Z",
    "4.17.20": "2020-08-13T16:53:54.152Z",
    "4.17.21": "2021-02-20T15:42:16.891Z",
    "5.0.0": "2025-02-20T15:42:16.891Z",
}


def test_npm_offers_what_its_publisher_calls_latest(loopback: Loopback) -> None:
    loopback.json("/a", packument(PUBLISHED, "4.17.21"))
    row = one(ask(loopback, Used("npm", "a", "4.17.20", direct=True)))
    assert (row.newest, row.releases_behind) == ("4.17.21", 1)
    assert row.libyears == pytest.approx(0.523, abs=1e-3)


def test_npm_leaves_out_what_is_deprecated_and_asks_for_scoped_names_as_one_part(loopback: Loopback) -> None:
    loopback.json("/@scope%2fa", packument(PUBLISHED, "5.0.0", **{"5.0.0": {"deprecated": "moved"}}))
    row = one(ask(loopback, Used("npm", "@scope/a", "4.17.20")))
    assert row.newest == "4.17.21"


def test_a_cache_that_answers_without_created_and_modified_is_not_trusted(loopback: Loopback) -> None:
    # as a real one did: 0.1.0 was published in 2012
    times = {"0.10.0": "2024-12-07T08:03:45.988000+00:00", "0.1.0": "2025-10-02T07:13:37.852000+00:00"}
    loopback.json("/a", packument(times, "0.10.0"))
    row = one(ask(loopback, Used("npm", "a", "0.1.0")))
    assert (row.libyears, row.releases_behind) == (None, 1)
    assert "a cache's own" in row.doubt


@pytest.mark.parametrize("wrong", [{"created": "2022-01-01T00:00:00Z"}, {"modified": "2020-09-01T00:00:00Z"}])
def test_npm_times_that_contradict_created_and_modified_are_not_trusted(
    loopback: Loopback, wrong: dict[str, str]
) -> None:
    loopback.json("/a", packument(PUBLISHED | wrong, "5.0.0"))
    assert "contradict" in one(ask(loopback, Used("npm", "a", "4.17.20"))).doubt


def test_where_one_package_in_five_contradicts_itself_none_is_trusted(loopback: Loopback) -> None:
    backwards = {
        name: f"20{30 - number}-01-01T00:00:00Z" for number, name in enumerate(("1.0.5", "1.0.6", "1.0.7"), 10)
    }
    whole = {"created": "2010-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z"}
    for name in ("a", "b"):
        loopback.json(f"/{name}", packument(whole | backwards, "1.0.7"))
    loopback.json("/c", packument(PUBLISHED, "5.0.0"))
    result = ask(loopback, Used("npm", "a", "1.0.5"), Used("npm", "b", "1.0.5"), Used("npm", "c", "4.17.20"))
    doubts = {row.used.name: row.doubt for row in result.rows}
    assert "later versions before earlier ones" in doubts["a"]
    assert doubts["c"] == "the registry's dates contradict themselves for 2 of 3 packages"


def test_go_asks_for_two_times_only_and_escapes_capitals(loopback: Loopback) -> None:
    base = "/github.com/!burnt!sushi/toml/@v/"
    loopback.text(base + "list", "v0.3.1\nv1.4.1-0.20240526193622-a339e1f7089c\nv1.0.0\nv1.4.0\nnonsense\n")
    loopback.json(base + "v0.3.1.info", '{"Version": "v0.3.1", "Time": "2018-08-15T10:47:33Z"}')
    loopback.json(base + "v1.4.0.info", '{"Version":"v1.4.0","Time":"2024-05-25T10:47:33Z"}')
    row = one(ask(loopback, Used("Go", "github.com/BurntSushi/toml", "v0.3.1")))
    assert (row.newest, row.releases_behind, row.behind) == ("v1.4.0", 2, Behind(1, 0, 0))
    assert row.libyears == pytest.approx(5.777, abs=1e-3)
    assert sorted(loopback.paths()) == [base + "list", base + "v0.3.1.info", base + "v1.4.0.info"]


def test_a_go_pseudo_version_carries_its_time(loopback: Loopback) -> None:
    loopback.text("/golang.org/x/exp/@v/list", "\n")
    loopback.json(
        "/golang.org/x/exp/@latest",
        '{"Version": "v0.0.0-20240613232115-7f521ea00fb8", "Time": "2024-06-13T23:21:15Z"}',
    )
    row = one(ask(loopback, Used("Go", "golang.org/x/exp", "v0.0.0-20230613232115-0123456789ab")))
    assert row.libyears == pytest.approx(366 / 365.25)
    assert row.releases_behind == 1


def test_go_itself_is_published_as_a_module(loopback: Loopback) -> None:
    names = [
        f"v0.0.1-go{go}.{platform}"
        for go in ("1.20", "1.22.0", "1.23rc1", "1.22.3")
        for platform in ("linux-amd64", "a-b")
    ]
    base = "/golang.org/toolchain/@v/"
    loopback.text(base + "list", "\n".join(names))
    loopback.json(base + "v0.0.1-go1.20.linux-amd64.info", '{"Time": "2023-02-01T00:00:00Z"}')
    loopback.json(base + "v0.0.1-go1.22.3.linux-amd64.info", '{"Time": "2024-05-01T00:00:00Z"}')
    row = one(ask(loopback, Used("Go", "stdlib", "1.20.0")))
    assert (row.newest, row.releases_behind) == ("1.22.3", 2)
    assert row.libyears == pytest.approx(1.246, abs=1e-3)


def crate(version: str, time: str | None, *, yanked: bool = False) -> str:
    entry = {"name": "serde", "vers": version, "deps": [], "cksum": "00", "features": {}, "yanked": yanked}
    return json.dumps(entry | ({"pubtime": time} if time else {}))


def test_crates_are_lines_of_a_sparse_index(loopback: Loopback) -> None:
    lines = [
        crate("1.0.100", "2019-09-08T00:00:00Z"),
        crate("1.0.200", "2024-05-01T00:00:00Z"),
        crate("1.0.201", "2024-05-08T00:00:00Z", yanked=True),
    ]
    for path in ("/se/rd/serde", "/3/s/syn", "/2/io", "/1/a"):
        loopback.text(path, "\n".join(lines) + "\n")
    names = ("Serde", "syn", "io", "a")
    result = ask(loopback, *(Used("crates.io", name, "1.0.100") for name in names))
    assert {(row.newest, row.releases_behind) for row in result.rows} == {("1.0.200", 1)}
    assert len(result.rows) == len(names)


def test_an_older_index_without_times_gives_versions_only(loopback: Loopback) -> None:
    loopback.text("/se/rd/serde", crate("1.0.0", None) + "\n" + crate("1.1.0", None))
    assert one(ask(loopback, Used("crates.io", "serde", "1.0.0"))).doubt.startswith("the registry gives no date")


METADATA = """<?xml version="1.0" encoding="UTF-8"?>
<metadata><groupId>org.example</groupId><artifactId>core</artifactId><versioning>
<latest>2.10.0</latest><release>2.10.0</release><versions>
<version>2.9.0</version><version>2.9.1</version><version>2.10.0.pr1</version><version>2.10.0</version>
<version>2.11.0-SNAPSHOT</version></versions><lastUpdated>20261123105832</lastUpdated></versioning></metadata>"""


def test_maven_is_dated_by_its_poms_where_the_repository_dates_them(loopback: Loopback) -> None:
    loopback.text("/org/example/core/maven-metadata.xml", METADATA, "text/xml")
    for version, date in (("2.9.0", "Sun, 30 Jul 2017 03:39:42 GMT"), ("2.10.0", "Thu, 26 Sep 2019 03:39:42 GMT")):
        headers = {"Last-Modified": date, "Content-Type": "text/xml"}
        loopback.answers[f"/org/example/core/{version}/core-{version}.pom"] = (200, headers, b"")
    row = one(ask(loopback, Used("Maven", "org.example:core", "2.9.0")))
    assert (row.newest, row.releases_behind) == ("2.10.0", 2)
    assert row.libyears == pytest.approx(788 / 365.25)


def test_a_repository_that_dates_a_file_by_its_own_answer_is_not_trusted(loopback: Loopback) -> None:
    loopback.text("/org/example/core/maven-metadata.xml", METADATA, "text/xml")

    def just_now(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Last-Modified", handler.date_time_string(time.time() - 5))
        handler.end_headers()

    loopback.answers["/org/example/core/2.9.0/core-2.9.0.pom"] = just_now
    assert "no date" in one(ask(loopback, Used("Maven", "org.example:core", "2.9.0"))).doubt


@pytest.mark.parametrize(
    "page",
    [
        "<metadata/>",
        "<metadata><versioning/></metadata>",
        "no xml",
        '<!DOCTYPE a [<!ENTITY a "aaaa">]><metadata>&a;</metadata>',
        "<a>" * 1000,
    ],
)
def test_a_maven_answer_that_lists_nothing_is_a_gap(loopback: Loopback, page: str) -> None:
    loopback.text("/org/example/core/maven-metadata.xml", page, "text/xml")
    assert why_not(ask(loopback, Used("Maven", "org.example:core", "2.9.0")))


def test_gems_of_several_platforms_are_one_release(loopback: Loopback) -> None:
    gems = [
        {"number": "1.15.0", "platform": "ruby", "created_at": "2023-05-15T20:37:36.000Z", "prerelease": False},
        {"number": "1.14.0", "platform": "java", "created_at": "2023-01-13T00:00:00.000Z", "prerelease": False},
        {"number": "1.14.0", "platform": "ruby", "created_at": "2023-01-12T00:00:00.000Z", "prerelease": False},
        {"number": "1.16.0.rc1", "platform": "ruby", "created_at": "2023-10-09T00:00:00.000Z", "prerelease": True},
    ]
    loopback.json("/api/v1/versions/nokogiri.json", json.dumps(gems))
    row = one(
        ask(loopback, Used("RubyGems", "nokogiri", "1.14.0", dated=int(datetime(2023, 1, 13, tzinfo=UTC).timestamp())))
    )
    assert (row.newest, row.releases_behind) == ("1.15.0", 1)
    assert row.libyears == pytest.approx(123.86 / 365.25, abs=1e-4)


def test_composer_answers_are_unfolded_and_their_root_is_asked_once(loopback: Loopback) -> None:
    loopback.json("/packages.json", '{"packages": [], "metadata-url": "/p2/%package%.json"}')
    entries = [
        {"name": "monolog/monolog", "version": "3.5.0", "time": "2023-10-27T15:32:31+00:00", "type": "library"},
        {"version": "3.4.0", "time": "2023-06-21T08:46:11+00:00"},
        {"version": "3.3.1", "type": "__unset"},
    ]
    for name in ("monolog/monolog", "psr/log"):
        answer = {"minified": "composer/2.0", "packages": {name: entries}}
        loopback.json(f"/p2/{name}.json", json.dumps(answer))
    result = ask(loopback, Used("Packagist", "Monolog/Monolog", "3.4.0"), Used("Packagist", "psr/log", "3.4.0"))
    assert {(row.newest, row.releases_behind) for row in result.rows} == {("3.5.0", 1)}
    assert result.rows[0].libyears == pytest.approx(128.28 / 365.25, abs=1e-4)
    assert loopback.paths().count("/packages.json") == 1


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/%package%.json", "//evil.example/%package%", "ftp://a/", "%package%"]
)
def test_a_composer_repository_cannot_send_the_client_elsewhere(loopback: Loopback, elsewhere: str) -> None:
    loopback.json("/packages.json", json.dumps({"metadata-url": elsewhere}))
    assert why_not(ask(loopback, Used("Packagist", "a/b", "1.0")))
    assert all(path.startswith("/") for path in loopback.paths())


ECOSYSTEMS = {
    "PyPI": ("a", "/a/"),
    "npm": ("a", "/a"),
    "Go": ("a.example/b", "/a.example/b/@v/list"),
    "crates.io": ("abcd", "/ab/cd/abcd"),
    "Maven": ("a:b", "/a/b/maven-metadata.xml"),
    "RubyGems": ("a", "/api/v1/versions/a.json"),
    "Packagist": ("a/b", "/p2/a/b.json"),
}
HOSTILE = [
    b"<html><form>sign in</form></html>",
    b"",
    b"null",
    b"[]",
    b"{}",
    b"[[[[1]]]]",
    b'{"versions": 1, "files": [1, {"filename": 2}], "packages": {"a/b": [1, {}]}, "time": 3, "dist-tags": 4}',
    b'{"versions": {"1.0.0": null, "": 1}, "time": {"1.0.0": 5, "created": []}, "files": null}',
    b'{"versions": ["1.0.0", 5, null, "\\u0000"], "files": [{"filename": "a-1.0.0.tar.gz", "upload-time": "never"}]}',
    b'[{"number": 5}, {"number": "1.0.0", "created_at": 7}, null]',
    b'{"vers": 1}\n{"vers": "1.0.0", "pubtime": {}}\n[]',
    b"[" * 100_000,
    b"\xff\xfe\x00",
    b"v1.0.0\nv1.0.0-0\n\x00\n" + b"v" * 10_000,
]


@pytest.mark.parametrize("ecosystem", ECOSYSTEMS)
def test_whatever_a_registry_answers_is_a_row_or_a_gap(loopback: Loopback, ecosystem: str) -> None:
    name, path = ECOSYSTEMS[ecosystem]
    for number, body in enumerate(HOSTILE):
        loopback.json("/packages.json", "{}")
        loopback.json(path, body)
        result = ask(loopback, Used(ecosystem, name, "1.0.0"), now=NOW + number * 7 * 3600)
        assert len(result.rows) + len(result.gaps) == 1
        assert all(row.libyears is None or row.libyears >= 0 for row in result.rows)


@pytest.mark.parametrize("ecosystem", ECOSYSTEMS)
def test_a_package_that_nobody_knows_is_a_gap_with_a_way_out(loopback: Loopback, ecosystem: str) -> None:
    if ecosystem == "Packagist":
        loopback.json("/packages.json", "{}")
    said = why_not(ask(loopback, Used(ecosystem, ECOSYSTEMS[ecosystem][0], "1.0.0")))
    assert said.endswith("does not know it")


@pytest.mark.parametrize(
    "name", ["../../etc", "a b", "a?b", "a#b", "a%2f", "", "x" * 1000, "a\nb", "a\\b", "é\u202e", "a:b:c"]
)
@pytest.mark.parametrize("ecosystem", ECOSYSTEMS)
def test_a_name_never_leaves_the_registry_s_own_paths(loopback: Loopback, ecosystem: str, name: str) -> None:
    result = ask(loopback, Used(ecosystem, name, "1.0.0"))
    assert result.rows == []
    assert not any(".." in path or "etc" in path for path in loopback.paths())


def test_a_hundred_thousand_versions_are_measured_in_time(loopback: Loopback) -> None:
    lines = [crate(f"1.{number // 100}.{number % 100}", "2020-01-01T00:00:00Z") for number in range(100_000)]
    loopback.text("/se/rd/serde", "\n".join(lines))
    started = time.monotonic()
    row = one(ask(loopback, Used("crates.io", "serde", "1.0.0")))
    assert row.releases_behind == 99_999
    assert time.monotonic() - started < 20


def test_a_second_run_asks_nobody_until_six_hours_have_passed(loopback: Loopback) -> None:
    loopback.text(
        "/se/rd/serde", crate("1.0.0", "2020-01-01T00:00:00Z") + "\n" + crate("1.1.0", "2021-01-01T00:00:00Z")
    )
    used = Used("crates.io", "serde", "1.0.0")
    first = ask(loopback, used)
    assert ask(loopback, used, now=NOW + 3600).rows == first.rows
    assert len(loopback.asked) == 1
    ask(loopback, used, now=NOW + 7 * 3600)
    assert len(loopback.asked) == 2


def test_times_that_were_asked_apart_are_kept_too(loopback: Loopback) -> None:
    loopback.text("/a.example/b/@v/list", "v1.0.0\nv1.1.0")
    for version in ("v1.0.0", "v1.1.0"):
        loopback.json(f"/a.example/b/@v/{version}.info", '{"Time": "2020-01-01T00:00:00Z"}')
    used = Used("Go", "a.example/b", "v1.0.0")
    first = ask(loopback, used)
    loopback.asked.clear()
    assert ask(loopback, used).rows == first.rows
    assert ask(loopback, used, offline=True).rows == first.rows
    assert loopback.asked == []


def test_without_a_network_old_answers_count_and_the_rest_is_a_gap(loopback: Loopback) -> None:
    loopback.text(
        "/se/rd/serde", crate("1.0.0", "2020-01-01T00:00:00Z") + "\n" + crate("1.1.0", "2021-01-01T00:00:00Z")
    )
    known, unknown = Used("crates.io", "serde", "1.0.0"), Used("crates.io", "rand", "0.8.0")
    ask(loopback, known)
    loopback.asked.clear()
    later = ask(loopback, known, unknown, offline=True, now=NOW + 20 * 24 * 3600)
    assert [row.used.name for row in later.rows] == ["serde"]
    assert [(gap.scope, gap.remedy) for gap in later.gaps] == [("crates.io: rand 0.8.0", "run it without --offline")]
    assert later.notes == ["crates.io: from answers kept since 2026-11-23; the registry was not asked"]
    assert ask(loopback, known, offline=True, now=NOW + 31 * 24 * 3600).rows == []
    assert loopback.asked == []


def test_packages_that_fail_for_the_same_reason_are_one_gap_with_all_their_units(loopback: Loopback) -> None:
    names = [f"crate{number}" for number in range(9)]
    result = ask(loopback, *(Used("crates.io", name, "1.0.0") for name in names))
    (gap,) = result.gaps
    assert gap.units == 9
    assert gap.scope == "crates.io: crate0 1.0.0, crate1 1.0.0, crate2 1.0.0 and 6 more"


def test_a_registry_that_is_down_is_a_gap_and_the_others_are_asked(loopback: Loopback) -> None:
    loopback.text("/se/rd/serde", crate("1.0.0", "2020-01-01T00:00:00Z"))
    packages = [Used("crates.io", "serde", "1.0.0"), *(Used("npm", f"a{number}", "1.0.0") for number in range(40))]
    started = time.monotonic()
    result = ask(loopback, *packages, npm="http://127.0.0.1:9/")
    assert [row.used.name for row in result.rows] == ["serde"]
    assert sum(gap.units for gap in result.gaps) == 40
    assert time.monotonic() - started < 10


def test_credentials_reach_the_registry_and_no_gap_shows_them(loopback: Loopback) -> None:
    url = loopback.url.replace("http://", "http://me:hidden@")
    result = ask(loopback, Used("crates.io", "serde", "1.0.0"), **{"crates.io": url})
    assert loopback.asked[0][1]["authorization"].startswith("Basic ")
    assert "hidden" not in repr(result)
