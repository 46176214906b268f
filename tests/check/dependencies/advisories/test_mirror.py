"""The index held against the records themselves, on a real mirror."""

import os
import random
import zipfile
from collections import defaultdict
from pathlib import Path

import orjson
import pytest

from wardline.check.dependencies import versions
from wardline.check.dependencies.advisories import index, ranking
from wardline.check.dependencies.advisories.core import Core
from wardline.check.dependencies.advisories.record import written
from wardline.check.dependencies.matching import match, repair
from wardline.check.dependencies.model import Package
from wardline.findings import package_names as names
from wardline.findings.report import Finding, most_urgent_first

pytestmark = pytest.mark.outside
SEED = 20
SAMPLE = 1500


@pytest.fixture(scope="module")
def source():
    named = os.environ.get("WARDLINE_ADVISORIES", "")
    if not named or named.startswith("http") or not list(Path(named).glob("*/all.zip")):
        pytest.skip("WARDLINE_ADVISORIES names no mirror in OSV's bucket layout")
    return Path(named)


@pytest.fixture(scope="module")
def records(source):
    """Return every record, cut down to what is compared; the latest edition of each id."""
    kept = {}
    for path in sorted(source.glob("*/all.zip")):
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                found = orjson.loads(archive.read(entry))
                if found["id"] not in kept or kept[found["id"]]["modified"] < found["modified"]:
                    kept[found["id"]] = {name: found.get(name) for name in ("id", "modified", "affected", "withdrawn")}
    return list(kept.values())


@pytest.fixture(scope="module")
def by_package(records):
    found = defaultdict(list)
    for one in records:
        packages = [member["package"] for member in one["affected"] if "package" in member]
        for key in {(part["ecosystem"], names.normalised(part["ecosystem"], part["name"])) for part in packages}:
            if ":" not in key[0]:
                found[key].append(one)
    return found


@pytest.fixture(scope="module")
def known(source, tmp_path_factory):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("WARDLINE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield index.ready(source)


@pytest.fixture(scope="module")
def packages(by_package):
    """Return packages at versions where records change their minds, and between."""
    choice = random.Random(SEED)  # noqa: S311 - a sample that is the same each time
    keys = [*choice.sample(sorted(by_package), SAMPLE), *sorted(by_package, key=lambda key: -len(by_package[key]))[:25]]
    found = []
    for ecosystem, name in keys:
        said = set()
        for member in (member for one in by_package[ecosystem, name] for member in one["affected"]):
            said.update(choice.sample(member.get("versions") or [], min(2, len(member.get("versions") or []))))
            ranges = [part for part in member.get("ranges", ()) if part["type"] != "GIT"]
            said.update(bound for part in ranges for event in part["events"] for bound in event.values())
        chosen = choice.sample(sorted(said - {"0"}), min(3, len(said - {"0"})))
        found += [Package(ecosystem, name, version) for version in (*chosen, "1.0.0")]
    return found


def test_the_index_answers_as_each_record_read_by_itself_does(known, by_package, packages):
    matching = match(known, packages)
    found = defaultdict(set)
    for one in matching.matches:
        found[one.package].update(one.ids)

    for number, package in enumerate(packages):
        said = by_package[package.ecosystem, package.name]
        wanted = {written(one["id"]) for one in said if versions.affected(one, *package[:3])}
        assert wanted <= found[number], package
        assert bool(wanted) == bool(found[number]), package
    assert len(matching.matches) > SAMPLE
    assert {one.package for one in matching.unjudged} < set(range(len(packages)))


def test_every_record_is_reachable_or_accounted_for(known, records):
    status = known.status
    reachable = set()
    for one in records:
        cores: list[Core] = known.named(one["id"])
        assert any(core.id == written(one["id"]) for core in cores), one["id"]
        if any(core.id == written(one["id"]) and not core.withdrawn for core in cores):
            reachable.add(one["id"])

    lost = sum(part.withdrawn + part.superseded for part in status.sources)
    assert sum(part.records for part in status.sources) == len(reachable) + lost
    assert status.unreadable == 0


def test_every_live_record_stands_under_each_package_that_it_names(known, records):
    postings = {}
    silent = 0
    for one in records:
        if one["withdrawn"]:
            continue
        for member in one["affected"]:
            part = member.get("package")
            ranges = [ranged for ranged in member.get("ranges") or () if ranged["type"] != "GIT"]
            if not part or not (ranges or member.get("versions")):
                silent += 1
                continue
            key = (part["ecosystem"], names.normalised(part["ecosystem"], part["name"]))
            if key not in postings:
                postings[key] = {known.core(posting.record).id for posting in known.about(*key)}
            assert written(one["id"]) in postings[key]
    assert silent < len(records) / 100


def test_no_bug_has_two_cves_and_no_finding_two_bugs(known, packages):
    for one in match(known, packages).matches:
        own = [name for name in one.ids if name not in one.covers]
        assert sum(name.startswith("CVE-") for name in own) <= 1


def test_a_repair_is_affected_by_nothing_and_newer(known, by_package, packages):
    repaired = 0
    for package in packages[:: len(packages) // 300]:
        version = repair(known, *package[:3])
        if version is None:
            continue
        repaired += 1
        assert versions.compare(package.ecosystem, package.version, version) < 0
        said = by_package[package.ecosystem, package.name]
        assert not any(versions.affected(one, package.ecosystem, package.name, version) for one in said), package
    assert repaired > 20


def _finding(one):
    return Finding(
        fingerprint=one.id,
        practice="dependencies",
        rule="vulnerable-dependency",
        title=one.summary,
        severity=one.severity,
        confidence="high",
        message=one.summary,
        file="lock",
        advisories=one.ids,
        exploited=one.exploited,
    )


def test_what_is_known_to_be_exploited_ranks_first(known, tmp_path, monkeypatch):
    named = os.environ.get("WARDLINE_KEV", "")
    if not named:
        pytest.skip("WARDLINE_KEV is unset")
    monkeypatch.setenv("WARDLINE_CACHE", str(tmp_path))
    ranks = ranking.ready(Path(named), None)
    packages = [
        Package("Maven", "org.apache.logging.log4j:log4j-core", "2.14.1"),
        Package("PyPI", "Django", "3.2.0"),
        Package("Go", "stdlib", "1.20.0"),
    ]

    found = most_urgent_first([_finding(one) for one in match(known, packages, ranks).matches])

    exploited = [one.exploited is not None for one in found]
    assert exploited == sorted(exploited, reverse=True)
    assert "CVE-2021-44228" in {name for one in found[: sum(exploited)] for name in one.advisories}
    assert ranks.exploited_count > 1000
