import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.check.dependencies.schemes import ordering

from wardline.check.dependencies import versions

VERSION = st.lists(st.integers(0, 11), min_size=1, max_size=4).map(lambda numbers: "-".join(map(str, numbers)))
POOL = ["1.0", "1.0.0", "0.1-2", "2.1-10", "0.9.75", "3.4.3-1", "1", "2023.1.5", "1-0-1"]
SUFFIXES = [".0", "-0", ".1", "-10", ".01"]


def test_dots_and_hyphens_are_the_same_and_the_shorter_comes_first():
    """R: `compareVersion("1.2.3", "1.2.3.1")` is -1, numbers are compared as numbers."""
    for ecosystem in ("CRAN", "Bioconductor"):
        ordering.assert_ascending(
            ecosystem, "0.75", "1", "1.0", ("1.0.0", "1.0-0", "01.00-0"), "1.0-2", "1.0.10", "1.1"
        )


def test_letters_are_no_part_of_a_version():
    ordering.assert_unreadable("CRAN", "", "1.0a", "a", "1..0", "1.0-", "1_0", "1.0.rc1")
    assert not versions.prerelease("CRAN", "1.0-1")
    assert versions.major("CRAN", "01-2") == "1"


@ordering.LAWS
@given(VERSION, VERSION, VERSION)
def test_the_order_is_total(a, b, c):
    ordering.assert_total_order("CRAN", a, b, c)


@pytest.mark.native
def test_r_agrees():
    script = """
    for (line in readLines(file("stdin"))) {
        pair <- strsplit(line, "\\t", fixed = TRUE)[[1]]
        ok <- all(grepl("^[0-9]+([.-][0-9]+)*$", pair))
        cat(if (ok) compareVersion(pair[1], pair[2]) else "E", "\\n", sep = "")
    }
    """
    assert ordering.disagreements("CRAN", ["Rscript", "-e", script], ordering.pairs(POOL, SUFFIXES)) == []
