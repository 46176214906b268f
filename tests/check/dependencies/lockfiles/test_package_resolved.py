import json

import pytest
from tests.check.dependencies.lockfiles.strangers import alone, answered, names, source

from wardline.check.dependencies.lockfiles import package_resolved


def test_packages_are_named_by_their_repository_and_branches_are_said_so():
    lockfile = answered(package_resolved, source("package-resolved/valid-v2/Package.resolved"))
    assert names(lockfile) == {
        ("SwiftURL", "github.com/apple/swift-nio", "2.41.0"),
        ("SwiftURL", "github.com/apple/swift-nio-http2", "1.19.1"),
    }
    assert lockfile.lines() == [6, 15]
    assert [part.reason[:10] for part in lockfile.unread] == ["unreleased"]


def test_the_first_version_is_read_too():
    lockfile = answered(package_resolved, source("package-resolved/valid-v1/Package.resolved"))
    assert names(lockfile) == {("SwiftURL", "github.com/apple/swift-nio", "2.41.0")}
    assert lockfile.lines() == [6]


@pytest.mark.parametrize(
    ("pin", "units"),
    [
        ({"identity": "a", "kind": "localSourceControl", "location": "/a", "state": {"revision": "1"}}, 0),
        ({"identity": "mona.list", "kind": "registry", "location": "", "state": {"version": "1.0.0"}}, 1),
        ({"identity": "a", "location": "https://a.example/b", "state": {}}, 1),
        (7, 1),
    ],
)
def test_pins_that_cannot_be_examined_are_counted(pin, units):
    lockfile = answered(package_resolved, alone("p", json.dumps({"version": 3, "pins": [pin]})))
    assert sum(part.units for part in lockfile.unread) == units


@pytest.mark.parametrize(
    "document", [{}, {"version": 4, "pins": []}, {"version": 1, "pins": []}, {"version": 2, "pins": {}}]
)
def test_another_document_is_refused(document):
    assert answered(package_resolved, alone("Package.resolved", json.dumps(document))) is None
