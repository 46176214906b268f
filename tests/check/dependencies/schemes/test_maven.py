from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.check.dependencies.schemes import ordering

from wardline.check.dependencies import versions

VERSION = st.builds(
    "{}{}{}".format,
    st.lists(st.integers(0, 11), min_size=1, max_size=4).map(lambda numbers: ".".join(map(str, numbers))),
    st.sampled_from(
        ("", "-alpha-1", "-beta2", ".RC1", "-M3", "-SNAPSHOT", ".Final", "-jre", "-sp", "a", "-1", "_2", "-20")
    ),
    st.sampled_from(("", "", "-SNAPSHOT", "-1", ".1", ".0", "-", "x3")),
)
ANY = st.text("01.-_abmrcsp", max_size=8).map("1{}".format)
POOL = [
    "1", "1.0.0", "1.2-alpha-1", "1.0.0.Final", "2.0.0.RELEASE", "1-SNAPSHOT", "2.9.0.RC1", "31.1-jre", "31.1-android",
    "1.0-M1", "20040616", "1.1.31.sec10", "1.1.31_noneautotype", "4.1.0-incubating", "0.9.2-pre2-RELEASE", "1.0.beta8",
]  # fmt: skip
SUFFIXES = [
    "-SNAPSHOT",
    ".Final",
    "-GA",
    "-alpha-1",
    "beta2",
    ".RC1",
    "-M1",
    ".CR2",
    "-sp",
    "-1",
    ".0",
    "a",
    "-",
    ".x.2",
]


def test_qualifiers_are_ordered_by_what_they_mean():
    """POM Reference, "Version Order Specification"."""
    ordering.assert_ascending(
        "Maven",
        ("1-alpha-1", "1-a1", "1.alpha1", "1-ALPHA-1"),
        ("1-beta-1", "1-b1"),
        ("1-milestone-1", "1-m1"),
        ("1-rc", "1-cr"),
        "1-SNAPSHOT",
        ("1", "1.0", "1.0.0", "1-ga", "1-final", "1.RELEASE", "1-0", "1.0-FINAL"),
        "1-sp",
        "1-abc",
        "1-xyz",
        ("1-1", "1.0-1"),
        "1-2",
        "1.0.1",
        "1.1",
    )


def test_the_examples_of_the_specification_hold():
    ordering.assert_ascending("Maven", "1-foo2", "1-foo10", "1-1", "1-1-foo", "1.1")
    ordering.assert_ascending("Maven", ("1-0.ga", "1.0.0", "1"), "1-sp-1", "1-sp.1")
    ordering.assert_ascending("Maven", "2.0", "2.0.a", "2.0-1", "2.0.1")
    ordering.assert_ascending("Maven", "1.0.0-beta2", "1.0.0-beta11", ("1.0.0x", "1.0.0-x", "1.0.0.x"))


def test_numbers_have_no_size():
    ordering.assert_ascending("Maven", "20190126.230843", "20230101000000.1", "9" * 18, "1" + "0" * 18, "1" + "0" * 40)
    ordering.assert_ascending(
        "Maven", ("1", "1.0000000000"), "1.0.1", "1.0000000000.1"
    )  # a long zero is more than zero


def test_deep_nesting_is_read_without_recursion():
    deep = "1" + "-1" * 200
    assert versions.compare("Maven", deep, deep + "-1") == -1
    assert versions.compare("Maven", "1a" * 240, "1a" * 239 + "1b") == -1


def test_prereleases_are_told_by_their_qualifier():
    early = ("1-alpha", "1.0-M2", "1-rc1", "1.0.CR3", "1-SNAPSHOT", "1-20200101.1-SNAPSHOT", "1b2")
    assert all(versions.prerelease("Maven", version) for version in early)
    late = ("1", "1.Final", "1-jre", "1-sp", "1.0-b", "1-1")
    assert not any(versions.prerelease("Maven", version) for version in late)
    assert versions.major("Maven", "31.1-jre") == "31"


@ordering.LAWS
@given(VERSION, VERSION, VERSION)
def test_the_order_is_total(a, b, c):
    ordering.assert_total_order("Maven", a, b, c)


@ordering.LAWS
@given(ANY, ANY)
def test_any_string_is_read_and_compared_both_ways(a, b):
    found = versions.compare("Maven", a, b)
    assert found == -versions.compare("Maven", b, a)
    assert (found == 0) == (versions.sort_key("Maven", a) == versions.sort_key("Maven", b))


@pytest.mark.native
def test_maven_agrees(tmp_path):
    jars = [*Path("/usr/share/maven/lib").glob("*.jar"), *Path("/usr/share/java").glob("commons-lang3.jar")]
    if not any(jar.name.startswith("maven-artifact") for jar in jars):
        pytest.skip("maven-artifact is not installed")
    source = tmp_path / "Compare.java"
    source.write_text(
        "import org.apache.maven.artifact.versioning.ComparableVersion;\n"
        "class Compare { public static void main(String[] none) throws Exception {\n"
        "  var lines = new java.io.BufferedReader(new java.io.InputStreamReader(System.in));\n"
        '  for (String line; (line = lines.readLine()) != null; ) { var pair = line.split("\\t", -1);\n'
        "    int found = new ComparableVersion(pair[0]).compareTo(new ComparableVersion(pair[1]));\n"
        "    System.out.println(Integer.signum(found));\n"
        "  } } }\n"
    )
    asked = ordering.pairs(POOL, SUFFIXES)
    command = ["java", "-cp", ":".join(map(str, jars)), str(source)]
    assert ordering.disagreements("Maven", command, asked) == []
