import json

from tests.check.dependencies.lockfiles.strangers import alone, answered, source

from wardline.check.dependencies.lockfiles import nuget_deps


def test_an_application_names_its_packages_and_the_runtime_that_it_carries():
    lockfile = answered(nuget_deps, source("nuget-deps/valid-application/service.deps.json"))
    assert {package.name: (package.version, package.direct) for package in lockfile.packages} == {
        "Microsoft.NETCore.App.Runtime.linux-x64": ("6.0.1", True),
        "Serilog": ("2.10.0", False),
        "Serilog.Sinks.Console": ("4.0.0", True),
    }
    assert list(lockfile.lines()) == [48, 53, 60]
    assert lockfile.graph().edges == [[], [], [1]]


def test_without_a_project_nothing_says_what_is_direct():
    document = {"targets": {"x": {"A/1": {}}}, "libraries": {"A/1": {"type": "package"}}}
    lockfile = answered(nuget_deps, alone("a.deps.json", json.dumps(document)))
    assert lockfile.packages[0].direct is None


def test_a_library_that_cannot_be_read_is_counted():
    document = {"targets": {}, "libraries": {"A": {"type": "package"}, "B/1": {}, "C/1": 7, "D/1": {"type": "package"}}}
    lockfile = answered(nuget_deps, alone("a.deps.json", json.dumps(document)))
    assert len(lockfile.packages) == 1
    assert sum(part.units for part in lockfile.unread) == 3


def test_another_document_is_refused():
    for document in ({}, {"libraries": {}}, {"libraries": [], "targets": {}}, 7):
        assert answered(nuget_deps, alone("a.deps.json", json.dumps(document))) is None
