from wardline.check.dependencies.gathering import Gathering
from wardline.check.dependencies.model import Graph
from wardline.check.dependencies.sbom import Part, Relations, assembled, say_missing


def _assembled(parts, needs=None, roots=(), lines=dict):
    gathering = Gathering()
    return assembled(parts, Relations(list(roots), needs or {}), lines, gathering)


def test_what_a_root_needs_is_direct_and_the_graph_is_by_index():
    parts = [Part("a", "pkg:npm/a@1", "a", ""), Part("b", "pkg:npm/b@1", "b", ""), Part("c", "pkg:npm/c@1", "c", "")]
    lockfile = _assembled(parts, {"me": ["b", "nowhere"], "b": ["c", "b"], "a": ["gone"]}, ["me"])
    assert [package.direct for package in lockfile.packages] == [False, True, False]
    assert lockfile.graph() == Graph([1], [[], [2, 1], []])


def test_one_package_under_two_references_is_one_and_keeps_both_references():
    parts = [
        Part("x", "pkg:npm/a@1", "a", ""),
        Part("y", "pkg:npm/a@1?x=y", "a", ""),
        Part("z", "pkg:npm/z@1", "z", ""),
    ]
    lockfile = _assembled(parts, {"me": ["y"], "y": ["z"]}, ["me"])
    assert [(package.name, package.direct) for package in lockfile.packages] == [("a", True), ("z", False)]
    assert lockfile.graph().edges == [[1], []]


def test_lines_are_looked_up_only_where_a_part_has_none():
    def refuse():
        raise AssertionError

    assert _assembled([Part("a", "pkg:npm/a@1", "a", "", (), 4)], lines=refuse).lines() == [4]
    assert _assembled([Part("a", "pkg:npm/a@1", "a", "")], lines=lambda: {"pkg:npm/a@1": 9}).lines() == [9]
    assert _assembled([Part("a", "pkg:npm/a@1", "a", "")]).lines() == [1]


def test_what_is_missing_is_said_once():
    gathering = Gathering()
    say_missing({"a"}, ["a", "b", "b", "", "c"], gathering, "make it anew")
    assert gathering.lockfile().unread[0].units == 2
