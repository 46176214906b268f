import json

import pytest
from tests.check.dependencies.lockfiles.strangers import alone, answered, source

from wardline.check.dependencies.lockfiles import conan_lock


def test_references_are_read_without_revisions_users_and_channels():
    lockfile = answered(conan_lock, source("conan-lock/valid-v2/conan.lock"))
    assert [tuple(package[:4]) for package in lockfile.packages] == [
        ("ConanCenter", "zlib", "1.2.11", ()),
        ("ConanCenter", "openssl", "1.1.1k", ()),
        ("ConanCenter", "cmake", "3.22.0", ("build",)),
    ]
    assert lockfile.lines() == [4, 5, 8]


def test_a_graph_of_conan_1_is_read():
    lockfile = answered(conan_lock, source("conan-lock/valid-v1/conan.lock"))
    assert {(package.name, package.version) for package in lockfile.packages} == {
        ("service", "1.0"),
        ("zlib", "1.2.11"),
    }
    assert lockfile.lines() == [5, 11]


@pytest.mark.parametrize("requires", [["zlib/[>=1.2]"], ["zlib"], [7], [""]])
def test_what_is_no_reference_is_counted(requires):
    lockfile = answered(conan_lock, alone("conan.lock", json.dumps({"version": "0.5", "requires": requires})))
    assert not lockfile.packages
    assert lockfile.unread[0].units == 1


@pytest.mark.parametrize("document", [{}, {"requires": {}}, {"graph_lock": {}}, {"graph_lock": {"nodes": []}}])
def test_another_document_is_refused(document):
    assert answered(conan_lock, alone("conan.lock", json.dumps(document))) is None
