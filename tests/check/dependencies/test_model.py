import pytest

from wardline.check.dependencies.model import (
    MAX_PATH_LENGTH,
    MAX_PATHS,
    Graph,
    LockfileError,
    paths_to,
    reverse,
    shortest_paths,
    upward,
)

#      0 -> 1 -> 3 -> 4 <-> 5      6 <- 2 -> 3
DIAMOND = Graph([0, 2], [[1], [3], [3, 6], [4], [5], [4], []])


def test_the_shortest_chain_starts_at_a_direct_package():
    assert shortest_paths(DIAMOND) == [(0,), (0, 1), (2,), (2, 3), (2, 3, 4), (2, 3, 4, 5), (2, 6)]


def test_what_nothing_reaches_has_no_chain():
    assert shortest_paths(Graph([0], [[], [0], [1]])) == [(0,), None, None]
    assert shortest_paths(Graph([], [[0]])) == [None]


def test_a_direct_package_that_stands_twice_counts_once():
    assert shortest_paths(Graph([0, 0], [[0, 0]])) == [(0,)]


def test_every_direct_package_that_brings_it_has_a_chain_the_shortest_first():
    assert paths_to(upward(DIAMOND), 5) == [(2, 3, 4, 5), (0, 1, 3, 4, 5)]
    assert paths_to(upward(DIAMOND), 0) == [(0,)]


def test_there_are_no_more_chains_than_a_reader_wants():
    count = MAX_PATHS * 3
    graph = Graph(range(count), [[count]] * count + [[]])
    assert len(paths_to(upward(graph), count)) == MAX_PATHS


@pytest.mark.timeout(20)
def test_a_chain_without_end_is_cut_and_keeps_both_its_ends():
    length = 100_000
    graph = Graph([0], [[number + 1] for number in range(length - 1)] + [[0]])
    chains = shortest_paths(graph)
    assert chains[-1][0] == 0
    assert chains[-1][-1] == length - 1
    assert max(map(len, filter(None, chains))) == MAX_PATH_LENGTH
    (chain,) = paths_to(upward(graph), length - 1)
    assert (chain[0], chain[-1], len(chain)) == (0, length - 1, MAX_PATH_LENGTH)


def test_reversed_edges_name_who_needs_each():
    assert reverse([[1, 2], [2], []]) == [[], [0], [0, 1]]


def test_an_error_knows_its_line_and_the_way_out():
    error = LockfileError("broken", line=3, hint="repair it")
    assert (error.detail, error.line, error.hint, error.code) == ("broken", 3, "repair it", "lockfile-unreadable")


def test_the_nearest_direct_dependencies_come_first_and_are_enough() -> None:
    wide = Graph(list(range(1, 10)), [[], *[[0]] * 9])  # nine direct ones need package 0
    assert paths_to(upward(wide), 0) == [(number, 0) for number in range(1, 1 + MAX_PATHS)]
