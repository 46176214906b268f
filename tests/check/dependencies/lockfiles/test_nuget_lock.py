import json

import pytest
from tests.check.dependencies.lockfiles.strangers import alone, answered, names, source

from wardline.check.dependencies.lockfiles import nuget_lock

CASE = "nuget-lock/valid-project/packages.lock.json"


def test_frameworks_are_merged_and_what_another_project_needs_is_direct():
    lockfile = answered(nuget_lock, source(CASE))
    assert {package.name: (package.version, package.direct) for package in lockfile.packages} == {
        "Newtonsoft.Json": ("12.0.1", True),
        "Serilog.Sinks.Console": ("4.0.0", True),
        "Serilog": ("2.10.0", False),
        "System.Text.Encodings.Web": ("4.5.0", True),
    }
    assert list(lockfile.lines()) == [5, 11, 20, 31]
    graph = lockfile.graph()
    assert graph.edges[1] == [2]
    assert sorted(graph.roots) == [0, 1, 3]
    assert not lockfile.unread


def test_a_version_that_only_a_later_framework_has_stands_on_its_own_line():
    row = {"type": "Transitive", "resolved": "1.0.0"}
    document = {
        "version": 1,
        "dependencies": {"a": {"X": row}, "b": {"X": row}, "c": {"X": {**row, "resolved": "2.0.0"}}},
    }
    text = json.dumps(document, indent=2)
    lockfile = answered(nuget_lock, alone("packages.lock.json", text))
    assert names(lockfile) == {("NuGet", "X", "1.0.0"), ("NuGet", "X", "2.0.0")}
    at = [number for number, line in enumerate(text.splitlines(), 1) if '"X"' in line]
    assert list(lockfile.lines()) == [at[0], at[2]]


@pytest.mark.parametrize("row", [7, {}, {"type": "Direct"}, {"type": "Unheard", "resolved": "1"}, {"resolved": "1"}])
def test_an_entry_that_cannot_be_read_is_counted(row):
    lockfile = answered(
        nuget_lock, alone("p", json.dumps({"version": 2, "dependencies": {"net6.0": {"A": row}, "x": 7}}))
    )
    assert sum(part.units for part in lockfile.unread) == 2


@pytest.mark.parametrize("document", [{}, {"version": 3, "dependencies": {}}, {"version": 1, "dependencies": []}, []])
def test_another_document_is_refused(document):
    assert answered(nuget_lock, alone("packages.lock.json", json.dumps(document))) is None
