import pytest

from wardline.check.dependencies.gathering import Gathering, spread
from wardline.check.dependencies.model import Graph, Package


def test_a_package_that_stands_twice_is_one_and_the_stronger_statement_wins():
    gathering = Gathering()
    first = gathering.add(Package("npm", "a", "1", ("dev",), direct=False), 3)
    again = gathering.add(Package("npm", "a", "1", (), direct=True, date="2020-01-01"), 9)
    other = gathering.add(Package("npm", "a", "2", ("test",)), 12)
    assert (first, again, other) == (0, 0, 1)
    lockfile = gathering.lockfile()
    assert lockfile.packages == [
        Package("npm", "a", "1", (), direct=True, date="2020-01-01"),
        Package("npm", "a", "2", ("test",)),
    ]
    assert lockfile.lines() == [3, 12]
    assert lockfile.graph() is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [(None, None, None), (None, False, False), (False, None, False), (False, True, True), (True, None, True)],
)
def test_direct_outweighs_transitive_and_that_outweighs_unknown(one, other, expected):
    gathering = Gathering()
    gathering.add(Package("npm", "a", "1", ("x",), one))
    gathering.add(Package("npm", "a", "1", ("y",), other))
    assert gathering.packages == [Package("npm", "a", "1", ("x", "y"), expected)]


def test_what_was_skipped_for_one_reason_is_one_gap_of_as_many_units():
    gathering = Gathering()
    for number in range(5):
        gathering.skip(f"p{number}", "has no version", "pin it", number + 10 if number else None)
    gathering.skip("\x1b[31m", "is odd", "look", None)
    versionless, odd = gathering.lockfile().unread
    assert versionless == ("p0, p1, p2 and 2 more: has no version", 11, "pin it", 5)
    assert odd.reason == "\\x1b[31m: is odd"


def test_groups_spread_along_the_graph_and_production_wins():
    #        0 (dev) -> 1 -> 2 -> 1, 3 (production) -> 2, 4 (test), 5 unreached
    edges = [[1], [2], [1], [2], [1], []]
    assert spread(edges, {0: ["dev"], 3: [], 4: ["test"]}) == [("dev",), (), (), (), ("test",), None]
    assert spread([[1], []], {0: ["", "dev"]}) == [(), ()]


def test_more_groups_than_can_be_told_apart_count_as_production():
    edges = [[100]] * 100 + [[]]
    assert set(spread(edges, {number: [f"g{number}"] for number in range(100)})) == {()}


def test_a_long_chain_is_walked_without_recursion():
    count = 50_000
    edges = [[number + 1] for number in range(count)] + [[0]]
    assert spread(edges, {0: ["dev"]})[count] == ("dev",)


def test_lines_and_graph_are_only_worked_out_when_asked():
    gathering = Gathering()
    gathering.add(Package("npm", "a", "1"))
    lockfile = gathering.lockfile(lambda: [7], lambda: Graph([0], [[]]))
    assert lockfile.lines() == [7]
    assert lockfile.graph() == Graph([0], [[]])
