import json
import time

import pytest
from tests.check.dependencies.lockfiles.strangers import alone, answered, names, source

from wardline.check.dependencies.lockfiles import cyclonedx
from wardline.check.dependencies.model import shortest_paths


def _bom(*components, version="1.6", **more):
    return {"bomFormat": "CycloneDX", "specVersion": version, "components": list(components), **more}


def _read(document):
    lockfile = answered(cyclonedx, alone("bom.json", json.dumps(document, indent=2)))
    assert lockfile is not None
    return lockfile


def _component(name, purl="", ref="", **more):
    return {"type": "library", "name": name, "purl": purl or f"pkg:npm/{name}@1.0.0", "bom-ref": ref or name, **more}


def test_mavens_own_sbom_is_read_the_same_as_json_and_as_xml():
    one = answered(cyclonedx, source("cyclonedx/valid-maven/bom.json"))
    other = answered(cyclonedx, source("cyclonedx/valid-xml/bom.xml"))
    assert one.packages == other.packages
    assert one.graph() == other.graph()
    assert {(package.name, package.direct) for package in one.packages} == {
        ("com.example:core", True),
        ("com.fasterxml.jackson.core:jackson-databind", True),
        ("com.fasterxml.jackson.core:jackson-annotations", False),
        ("com.fasterxml.jackson.core:jackson-core", False),
        ("commons-io:commons-io", True),
        ("junit:junit", True),
        ("org.hamcrest:hamcrest-core", False),
    }
    lines = source("cyclonedx/valid-maven/bom.json").data.decode().splitlines()
    for package, line in zip(one.packages, one.lines(), strict=True):
        assert f"/{package.name.split(':')[1]}@{package.version}" in lines[line - 1]


def test_npms_own_sbom_is_read_with_its_development_packages_and_paths():
    lockfile = answered(cyclonedx, source("cyclonedx/valid-npm/bom.json"))
    by_name = {package.name: number for number, package in enumerate(lockfile.packages)}
    assert lockfile.packages[by_name["minimist"]].groups == ("dev",)
    assert lockfile.packages[by_name["lodash"]].direct is True
    paths = shortest_paths(lockfile.graph())
    chain = [lockfile.packages[number].name for number in paths[by_name["color-name"]]]
    assert chain == ["@babel/code-frame", "@babel/highlight", "chalk", "ansi-styles", "color-convert", "color-name"]


def test_nested_components_and_those_of_the_subject_count_and_the_subject_does_not():
    inner = _component("inner", components=[_component("innermost")])
    lockfile = _read(
        _bom(
            _component("outer", components=[inner]),
            metadata={"component": _component("me", components=[_component("x")])},
        )
    )
    assert {name for _, name, _ in names(lockfile)} == {"outer", "inner", "innermost", "x"}
    assert {package.direct for package in lockfile.packages} == {None}
    assert lockfile.graph() is None


def test_what_has_no_purl_no_version_or_no_advisories_is_counted_by_reason():
    lockfile = _read(
        _bom(
            {"type": "library", "name": "nothing"},
            {"type": "framework", "name": "nothing-else", "purl": ""},
            _component("unversioned", "pkg:npm/unversioned"),
            _component("ranged", "pkg:npm/ranged", version="^1.0"),
            _component("image", "pkg:docker/debian@12"),
            _component("junk", "not a purl"),
            _component("good"),
            _component("by-version", "pkg:npm/by-version", version="3.0.0"),
            {"type": "file", "name": "/etc/passwd"},
            {"type": "operating-system", "name": "debian", "version": "12"},
            7,
        )
    )
    assert names(lockfile) == {("npm", "good", "1.0.0"), ("npm", "by-version", "3.0.0")}
    assert sorted(part.units for part in lockfile.unread) == [1, 1, 1, 1, 1, 2]
    reasons = " | ".join(part.reason for part in lockfile.unread)
    for said in ("nothing, nothing-else: has no purl", "'^1.0'", "'docker'", "junk: has a purl that names no package"):
        assert said in reasons


def test_capitals_that_a_purl_lost_are_taken_from_the_name():
    lockfile = _read(
        _bom(_component("JSONStream", "pkg:npm/jsonstream@1.0.0"), _component("Odd", "pkg:npm/other@1.0.0"))
    )
    assert {name for _, name, _ in names(lockfile)} == {"JSONStream", "other"}


def test_scopes_are_groups():
    lockfile = _read(
        _bom(_component("a", scope="required"), _component("b", scope="optional"), _component("c", scope=7))
    )
    assert [package.groups for package in lockfile.packages] == [(), ("optional",), ()]


def test_an_sbom_that_says_it_is_incomplete_or_refers_to_what_is_missing_is_a_gap():
    lockfile = _read(
        _bom(
            _component("a"),
            compositions=[{"aggregate": "incomplete"}, {"aggregate": "complete"}, {"aggregate": "unknown"}],
            dependencies=[{"ref": "a", "dependsOn": ["gone", "service", "urn:cdx:elsewhere"]}],
            services=[{"bom-ref": "service", "name": "s"}],
        )
    )
    assert [part.reason for part in lockfile.unread] == [
        "this SBOM: a composition is 'incomplete', the SBOM says itself",
        "gone: is related to others and not in the document",
    ]


def test_a_part_that_is_no_package_passes_on_what_it_needs():
    bom = _bom(
        {"type": "application", "name": "module", "bom-ref": "module", "purl": "pkg:generic/module@1"},
        _component("a"),
        metadata={"component": {"name": "me", "bom-ref": "me"}},
        dependencies=[{"ref": "me", "dependsOn": ["module"]}, {"ref": "module", "dependsOn": ["a", "module"]}],
    )
    lockfile = _read(bom)
    assert [(package.name, package.direct) for package in lockfile.packages] == [("a", True)]


@pytest.mark.parametrize("version", ["1.1", "2.0", 1.6, None, [], "x"])
def test_another_version_is_refused(version):
    assert answered(cyclonedx, alone("bom.json", json.dumps(_bom(version=version)))) is None


def test_ten_thousand_components_that_need_each_other_take_no_time():
    count = 10_000
    bom = _bom(
        *(_component(f"c{n}") for n in range(count)),
        dependencies=[
            {"ref": f"c{n}", "dependsOn": [f"c{(n * 7 + k) % count}" for k in range(5)]} for n in range(count)
        ],
        metadata={"component": {"name": "me", "bom-ref": "c0"}},
    )
    data = json.dumps(bom)
    start = time.process_time()
    lockfile = answered(cyclonedx, alone("bom.json", data))
    assert len(lockfile.packages) == count
    assert time.process_time() - start < 4


def test_a_chain_of_parts_that_are_no_packages_is_walked_once():
    count = 5_000
    bom = _bom(
        *({"type": "application", "name": f"g{n}", "bom-ref": f"g{n}"} for n in range(count)),
        *(_component(f"p{n}") for n in range(count)),
        dependencies=[
            {"ref": "me", "dependsOn": [f"g{n}" for n in range(count)]},
            *({"ref": f"g{n}", "dependsOn": [f"g{(n + 1) % count}", f"p{n}"]} for n in range(count)),
            *({"ref": f"p{n}", "dependsOn": ["g0"]} for n in range(count)),
        ],
        metadata={"component": {"name": "me", "bom-ref": "me"}},
    )
    start = time.process_time()
    lockfile = _read(bom)
    assert all(package.direct for package in lockfile.packages)
    assert time.process_time() - start < 4
