import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.check.dependencies.schemes import ordering

from wardline.check.dependencies import versions
from wardline.check.dependencies.schemes import packagist

VERSION = st.builds(
    "{}{}{}".format,
    st.lists(st.integers(0, 11), min_size=1, max_size=4).map(lambda numbers: ".".join(map(str, numbers))),
    st.sampled_from(("", "", "-alpha1", "beta2", "-RC1", "-p1", "-patch", "-stable", ".x-dev", "b", "_rc")),
    st.sampled_from(("", "", "-dev", "+build", "@dev")),
)
POOL = [
    "1.0.0", "v1.2", "2.0.0-alpha1", "v3.7.0-rc.3", "2.4.5-p7", "6.6.0.0-rc1", "1.x-dev", "2.0.x-dev", "20100102",
    "2010-01-02.5", "1.0.0-beta.1", "v3.10.0RC1", "1.0-dev", "2.3.2-p2", "201903.0", "2010.1.555", "1.0.0+foo",
]  # fmt: skip
SUFFIXES = [
    "-beta1",
    "-RC1",
    "alpha.1",
    "-p1",
    "pl2",
    "-dev",
    ".x-dev",
    ".0",
    "@dev",
    "-stable",
    "b",
    "+build",
    "-RC-dev",
]


@pytest.mark.parametrize(
    ("version", "normalised"),
    [
        ("1.0.0", "1.0.0.0"),
        ("v1.2", "1.2.0.0"),
        ("1.0.0-rC15-dev", "1.0.0.0-RC15-dev"),
        ("1.0.0.RC.15-dev", "1.0.0.0-RC15-dev"),
        ("1.0.0.pl3-dev", "1.0.0.0-patch3-dev"),
        ("10.4.13-b5", "10.4.13.0-beta5"),
        ("1.0-dev", "1.0.0.0-dev"),
        ("1.0.0-STABLE", "1.0.0.0-stable"),
        ("1.0.0-stable", "1.0.0.0"),
        ("1.0.0+build.5", "1.0.0.0"),
        ("1.0.0-beta.5+foo", "1.0.0.0-beta5"),
        ("1.0.0@dev", "1.0.0.0"),
        ("1.0.0 as 1.2.0", "1.0.0.0"),
        ("2010.01.02", "2010.01.02.0"),
        ("20100102-203040", "20100102.203040"),
        ("2010-01-02-10-20-30.5", "2010.01.02.10.20.30.5"),
        ("1.x-dev", "1.9999999.9999999.9999999-dev"),
        ("1.0.*-dev", "1.0.9999999.9999999-dev"),
        ("dev-feature-Foo", "dev-feature-Foo"),
        ("DEV-main", "dev-main"),
        ("trunk", "dev-trunk"),
    ],
)
def test_versions_are_normalised_as_composer_does(version, normalised):
    assert packagist.normalised(version) == normalised


def test_stabilities_are_ordered_as_in_php():
    """PHP manual, version_compare: dev < alpha < beta < RC < # < pl."""
    ordering.assert_ascending(
        "Packagist",
        "dev-main",
        "1.0-dev",
        "1.0-alpha1-dev",
        ("1.0.0-alpha1", "1.0a1", "v1.0.0.0-ALPHA.1"),
        "1.0-alpha10",
        ("1.0-beta", "1.0b"),
        "1.0-beta2",
        "1.0-RC1",
        ("1", "1.0", "v1.0.0.0", "1.0-stable", "1.0+b"),
        ("1.0-p1", "1.0-patch1", "1.0pl1"),
        "1.0.0.1",
        "1.0.x-dev",
        "1.10",
        "1.x-dev",
        "2.0-dev",
    )


def test_numbers_end_where_those_of_php_do():
    ordering.assert_ascending("Packagist", "1.1", ("1.9223372036854775807", "1.99999999999999999999"), "2")


def test_what_composer_refuses_but_is_numbered_keeps_its_order():
    ordering.assert_ascending("Packagist", "1.2.3.4", "1.2.3.4.5", "1.2.3.4.10", "1.2.3.5")


def test_what_is_no_version_is_refused():
    ordering.assert_unreadable(
        "Packagist",
        "",
        "foo",
        "601688ee8e8808a23b102fa305b178f27cbd226d",
        "1.0.0 foo",
        "a.1",
        "~1.0",
        "foo-dev",
        "1.0#x",
    )


def test_a_long_run_of_digits_takes_no_time():
    started = time.process_time()
    ordering.assert_unreadable("Packagist", "1.0-beta" + "1" * 480 + "!", "1" * 499 + "!", "1.0-a" + ".1" * 240 + "!")
    assert time.process_time() - started < 1


def test_a_branch_is_in_no_range_but_may_be_listed():
    branch = {"versions": ["dev-main"], "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "1.0"}]}]}
    assert versions.entry_affects(branch, "Packagist", "dev-main")
    with pytest.raises(versions.VersionError, match="branch"):
        versions.entry_affects(branch, "Packagist", "dev-other")
    assert versions.entry_affects(branch, "Packagist", "1.x-dev")


def test_prereleases_and_majors():
    assert all(versions.prerelease("Packagist", version) for version in ("1.0RC1", "1.x-dev", "dev-main", "1.0-dev"))
    assert not any(versions.prerelease("Packagist", version) for version in ("1.0", "1.0-p1", "1.0-stable"))
    assert versions.major("Packagist", "v2.4") == "2"
    assert versions.major("Packagist", "dev-main") == "dev-main"


@ordering.LAWS
@given(VERSION, VERSION, VERSION)
def test_the_order_is_total(a, b, c):
    ordering.assert_total_order("Packagist", a, b, c)


@pytest.mark.native
def test_composer_agrees():
    script = """
    $found = @include '/usr/share/php/Composer/Semver/autoload.php';
    if (!$found) { fwrite(STDERR, 'composer/semver is not installed'); exit(1); }
    $parser = new Composer\\Semver\\VersionParser();
    while (($line = fgets(STDIN)) !== false) {
        [$a, $b] = explode("\\t", rtrim($line, "\\n"));
        try {
            [$a, $b] = [$parser->normalize($a), $parser->normalize($b)];
            echo Composer\\Semver\\Comparator::lessThan($a, $b) ? -1
                : (int) Composer\\Semver\\Comparator::greaterThan($a, $b), "\\n";
        } catch (UnexpectedValueException $error) { echo "E\\n"; }
    }
    """
    assert ordering.disagreements("Packagist", ["php", "-r", script], ordering.pairs(POOL, SUFFIXES)) == []
