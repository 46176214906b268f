import contextlib
import os
import time
import zipfile
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.check.dependencies import versions
from wardline.check.dependencies.versions import VersionError

PARTS = [
    "affected",
    "package",
    "ecosystem",
    "name",
    "ranges",
    "type",
    "events",
    "introduced",
    "fixed",
    "limit",
    "last_affected",
    "versions",
    "withdrawn",
]
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(("0", "1.0"))),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(PARTS),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


def entry(*ranges, listed=()):
    return {"ranges": list(ranges), "versions": list(listed)}


def ranged(*events, kind="ECOSYSTEM"):
    """Return a range; events are written ("introduced", "0")."""
    return {"type": kind, "events": [{name: bound} for name, bound in events]}


def record(*members, **others):
    return {"id": "OSV-1", "affected": list(members), **others}


def member(ecosystem, name, *ranges, listed=()):
    return {"package": {"ecosystem": ecosystem, "name": name}, **entry(*ranges, listed=listed)}


def hit(given_entry, candidates, ecosystem="PyPI"):
    """Return which of the candidates an entry affects."""
    return [version for version in candidates.split() if versions.entry_affects(given_entry, ecosystem, version)]


ALL = ranged(("introduced", "0"))


# Which ecosystems there are


def test_ecosystems_are_known_with_and_without_a_suffix():
    assert versions.compare("Debian:12", "1.0~rc1", "1.0") == -1
    assert versions.compare("Packagist:https://registry.example/8", "1.0", "1.0.0") == 0
    assert versions.compare("Ubuntu:22.04:LTS", "2", "1") == 1


@pytest.mark.parametrize("ecosystem", ["", "pypi", "Nowhere", "Nowhere:1", ":", "Debian 12", "TuxCare:Nowhere"])
def test_an_unknown_ecosystem_is_an_error_that_names_it(ecosystem):
    with pytest.raises(VersionError, match=r"unknown ecosystem") as caught:
        versions.compare(ecosystem, "1", "2")
    assert repr(ecosystem) in caught.value.detail
    assert caught.value.hint


@pytest.mark.parametrize("ecosystem", ["GIT", "Android", "Linux", "OSS-Fuzz", "FreeBSD:ports", "TuxCare"])
def test_an_ecosystem_without_an_order_says_so(ecosystem):
    with pytest.raises(VersionError, match="no order"):
        versions.compare(ecosystem, "1", "2")


@pytest.mark.parametrize("ecosystem", [None, 7, [], {}, b"PyPI"])
def test_an_ecosystem_of_the_wrong_type_is_an_error(ecosystem):
    with pytest.raises(VersionError, match="text"):
        versions.compare(ecosystem, "1", "2")


# What every scheme refuses, in bounded time

ECOSYSTEMS = (
    "npm", "Go", "crates.io", "Pub", "Bitnami", "Root:npm", "PyPI", "Maven", "RubyGems", "Packagist", "NuGet", "Debian",
    "opam", "Red Hat", "Alpine", "CRAN", "Hackage", "ConanCenter",
)  # fmt: skip


@pytest.mark.parametrize("ecosystem", ECOSYSTEMS)
@pytest.mark.parametrize("version", [None, 1, 1.0, [], ["1.0"], {}, b"1.0", "", " ", "\t\n", "1" * 501])
def test_what_can_be_no_version_is_refused_by_all(ecosystem, version):
    for ask in (versions.sort_key, versions.prerelease, versions.major):
        with pytest.raises(VersionError):
            ask(ecosystem, version)
    with pytest.raises(VersionError):
        versions.compare(ecosystem, "1.0.0", version)


@pytest.mark.parametrize("ecosystem", ECOSYSTEMS)
def test_the_longest_versions_take_no_time(ecosystem):
    started = time.process_time()
    for shape in (
        "1",
        "1.",
        "1-",
        "1a",
        "a1.",
        "1_",
        "~",
        "-",
        ".",
        "+",
        "0",
        "1.0-",
        "1 ",
        "dev",
        "1-beta1.",
        "٣",
        "é",
    ):
        for end in ("", "1", "!", "-x"):
            text = (shape * 500)[: 500 - len(end)] + end
            with contextlib.suppress(VersionError):
                versions.compare(ecosystem, text, text[1:] + "1")
    assert time.process_time() - started < 2


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ECOSYSTEMS), st.text(max_size=12), st.text("0123456789.-+~^_:vabrcpx ", max_size=12))
def test_any_text_has_a_place_or_is_refused(ecosystem, a, b):
    for text in (a, b):
        try:
            key = versions.sort_key(ecosystem, text)
        except VersionError:
            continue
        assert versions.compare(ecosystem, text, text) == 0
        assert hash(key) == hash(versions.sort_key(ecosystem, text))
        assert isinstance(versions.prerelease(ecosystem, text), bool)
        assert isinstance(versions.major(ecosystem, text), str)


def test_what_is_shown_of_a_strangers_version_is_one_short_printable_line():
    for shown in ("a\nb", "\x1b[31m", "\u202e1.0", "x" * 500, "y" * 5000, "\udcff"):
        with pytest.raises(VersionError) as caught:
            versions.sort_key("npm", shown)
        assert caught.value.detail.isprintable()
        assert len(caught.value.detail) < 160


# Whether a record concerns a package


def test_a_record_concerns_its_package_in_its_ecosystem():
    found = record(member("PyPI", "Django", ALL))
    assert versions.affected(found, "PyPI", "django", "1.0")
    assert not versions.affected(found, "PyPI", "djangorestframework", "1.0")
    assert not versions.affected(found, "npm", "django", "1.0")


def test_names_are_compared_as_the_registry_does():
    assert versions.affected(record(member("PyPI", "zope.interface", ALL)), "PyPI", "Zope_Interface", "1.0")
    assert versions.affected(record(member("NuGet", "newtonsoft.json", ALL)), "NuGet", "Newtonsoft.Json", "1.0")
    assert not versions.affected(record(member("npm", "JSONStream", ALL)), "npm", "jsonstream", "1.0.0")


def test_a_release_matches_itself_only():
    found = record(member("Debian:12", "openssl", ranged(("introduced", "0"), ("fixed", "3.0.11-1~deb12u2"))))
    assert versions.affected(found, "Debian:12", "openssl", "3.0.11-1~deb12u1")
    assert not versions.affected(found, "Debian:12", "openssl", "3.0.11-1~deb12u2")
    assert not versions.affected(found, "Debian:11", "openssl", "3.0.11-1~deb12u1")


def test_the_order_is_that_of_what_the_record_is_about():
    found = record(member("Root:Alpine:3.18", "curl", ranged(("introduced", "0"), ("fixed", "8.1_p1-r0"))))
    assert versions.affected(found, "Root", "curl", "8.1_rc1-r0")


def test_several_members_may_be_about_one_package():
    found = record(
        member("npm", "other", ALL),
        member("npm", "lib", ranged(("introduced", "1.0.0"), ("fixed", "1.0.5"), kind="SEMVER")),
        member("npm", "lib", ranged(("introduced", "2.0.0"), ("fixed", "2.1.0"), kind="SEMVER")),
    )
    assert [v for v in ("0.9.0", "1.0.4", "1.0.5", "2.0.9", "2.1.0") if versions.affected(found, "npm", "lib", v)] == [
        "1.0.4",
        "2.0.9",
    ]


@pytest.mark.parametrize("when", ["2024-01-01T00:00:00Z", "yesterday"])
def test_a_withdrawn_record_concerns_nothing(when):
    assert not versions.affected(record(member("npm", "lib", ALL), withdrawn=when), "npm", "lib", "1.0.0")


@pytest.mark.parametrize("when", [None, "", " ", False, 0, []])
def test_a_record_that_names_no_time_is_not_withdrawn(when):
    assert versions.affected(record(member("npm", "lib", ALL), withdrawn=when), "npm", "lib", "1.0.0")


# Ranges


def test_an_interval_begins_with_introduced_and_ends_before_fixed():
    """OSV schema, "Multiple range example"."""
    found = entry(
        ranged(("introduced", "1.0.0"), ("fixed", "1.0.2"), ("introduced", "3.0.0"), ("fixed", "3.2.5"), kind="SEMVER")
    )
    assert hit(found, "0.9.9 1.0.0-rc.1 1.0.0 1.0.1 1.0.2 2.0.0 3.0.0 3.2.4 3.2.5-rc.1 3.2.5", "npm") == [
        "1.0.0",
        "1.0.1",
        "3.0.0",
        "3.2.4",
        "3.2.5-rc.1",
    ]


def test_introduced_zero_comes_before_everything():
    assert hit(entry(ranged(("introduced", "0"), ("fixed", "1"))), "0 0.dev1 0a1 legacy-x 0.9 1.0") == [
        "0",
        "0.dev1",
        "0a1",
        "legacy-x",
        "0.9",
    ]
    assert hit(entry(ranged(("introduced", "0"), ("fixed", "0.0.1"))), "0.0.0-alpha 0.0.0 0.0.1", "npm") == [
        "0.0.0-alpha",
        "0.0.0",
    ]


def test_events_need_not_be_sorted():
    found = entry(
        ranged(("fixed", "3.0"), ("introduced", "2.0"), ("fixed", "1.5"), ("introduced", "0"), ("fixed", "10.0"))
    )
    assert hit(found, "1.4 1.5 1.9 2.0 2.9 3.0 9.0 11.0") == ["1.4", "2.0", "2.9"]


def test_last_affected_is_affected_and_what_follows_is_not():
    found = entry(ranged(("introduced", "1.0"), ("last_affected", "1.5")))
    assert hit(found, "0.9 1.0 1.5 1.5.0 1.5.post1 1.6") == ["1.0", "1.5", "1.5.0"]


def test_every_last_affected_is_affected():
    """PYSEC-2009-14 has three of them after one `introduced`."""
    found = entry(ranged(("introduced", "0"), ("last_affected", "0.10.9"), ("last_affected", "0.10.10")))
    assert hit(found, "0.10.8 0.10.9 0.10.10 0.10.11") == ["0.10.8", "0.10.9", "0.10.10"]


def test_a_single_version_may_be_an_interval():
    assert hit(entry(ranged(("introduced", "1.5"), ("last_affected", "1.5"))), "1.4 1.5 1.5.0 1.6") == ["1.5", "1.5.0"]


def test_an_empty_interval_holds_nothing():
    assert hit(entry(ranged(("introduced", "1.5"), ("fixed", "1.5"))), "1.4 1.5 1.6") == []
    assert hit(entry(ranged(("introduced", "0"), ("fixed", "0"))), "0 1.5") == []


def test_intervals_may_touch():
    """PYSEC-2024-258: [0, 2.0.0) and [2.0.0, 2.11.2), whichever is written first."""
    events = ("introduced", "0"), ("fixed", "2.0.0"), ("introduced", "2.0.0"), ("fixed", "2.11.2")
    for order in (events, events[::-1], (events[2], events[3], events[0], events[1])):
        assert hit(entry(ranged(*order)), "1.0 2.0.0 2.5 2.11.2 3.0") == ["1.0", "2.0.0", "2.5"]


def test_a_limit_restricts_and_any_of_several_will_do():
    """OSV schema, BeforeLimits."""
    found = entry(ranged(("introduced", "1.0"), ("limit", "2.0")))
    assert hit(found, "0.9 1.0 1.9 2.0 3.0") == ["1.0", "1.9"]
    assert hit(entry(ranged(("introduced", "0"), ("limit", "1.0"), ("limit", "2.0"))), "1.5 2.0") == ["1.5"]
    assert hit(entry(ranged(("introduced", "0"), ("limit", "*"))), "1.5 2.0") == ["1.5", "2.0"]


def test_a_limit_that_cannot_be_read_lets_nothing_through():
    found = entry(ranged(("introduced", "1.0.0"), ("limit", "soon"), kind="SEMVER"), listed=["1.2.0"])
    assert hit(found, "1.0.0 1.2.0 9.0.0", "npm") == ["1.2.0"]


def test_git_ranges_say_nothing_about_versions():
    commits = {"type": "GIT", "repo": "https://example.org/x", "events": [{"introduced": "0"}]}
    assert hit(entry(commits), "1.0 2.0") == []
    assert hit(entry(commits, ranged(("introduced", "2.0"))), "1.0 2.0") == ["2.0"]
    assert hit(entry(commits, listed=["1.0"]), "1.0 2.0") == ["1.0"]


def test_semver_and_ecosystem_ranges_may_stand_together():
    found = entry(
        ranged(("introduced", "1.0.0"), ("fixed", "1.0.1"), kind="SEMVER"),
        ranged(("introduced", "2.0"), ("fixed", "2.0.1"), kind="ECOSYSTEM"),
    )
    assert hit(found, "0.9.0 1.0.0+build 1.0.1 2.0.0 2.0.1", "npm") == ["1.0.0+build", "2.0.0"]


def test_a_range_without_a_type_is_one_of_versions():
    assert hit({"ranges": [{"events": [{"introduced": "0"}, {"fixed": "2"}]}]}, "1 2") == ["1"]
    assert hit(entry(ranged(("introduced", "0"), ("fixed", "2"), kind="semver")), "1 2") == ["1"]
    assert hit(entry(ranged(("introduced", "0"), ("fixed", "2"), kind="OTHER")), "1 2") == []


def test_without_an_introduction_nothing_is_affected():
    """OSV schema, evaluation: `vulnerable` is false until an `introduced`."""
    assert hit(entry(ranged(("fixed", "2.0"))), "1.0 2.0") == []


def test_neither_ranges_nor_versions_is_nothing():
    """OSV schema: a version is affected if it lies within any range or is listed."""
    for nothing in ({}, {"ranges": [], "versions": []}, {"ranges": None}, entry(ranged())):
        assert hit(nothing, "1.0 2.0") == []


# Bounds that cannot be read


def test_a_fix_that_cannot_be_read_is_not_the_absence_of_a_fix():
    """CVE-2024-47179 for npm was "fixed" in the commit 64e00e7: nobody knows which release that is."""
    found = entry(ranged(("introduced", "0"), ("fixed", "64e00e7"), kind="SEMVER"), listed=["1.0.0"])
    assert hit(found, "0.9.0 1.0.0 1.0.1 99.0.0", "npm") == ["1.0.0"]
    assert versions.unreadable_bounds(found, "npm") == ["64e00e7"]


def test_a_commit_is_no_bound_even_where_any_text_is_a_version():
    commit = "601688ee8e8808a23b102fa305b178f27cbd226d"
    for ecosystem in ("Maven", "PyPI", "Packagist", "npm"):
        found = entry(ranged(("introduced", "0"), ("fixed", commit)))
        assert hit(found, "1.0 700000", ecosystem) == []
        assert versions.unreadable_bounds(found, ecosystem) == [commit]


def test_the_other_intervals_of_the_range_hold():
    found = entry(
        ranged(("introduced", "1.0.0"), ("fixed", "1.1.0"), ("introduced", "2.0.0"), ("fixed", "?"), kind="SEMVER"),
        ranged(("introduced", "3.0.0"), ("last_affected", "latest"), ("introduced", "4.0.0"), kind="SEMVER"),
    )
    assert hit(found, "1.0.5 1.1.0 2.0.0 2.5.0 3.0.0 3.9.0 4.0.0 5.0.0", "npm") == ["1.0.5", "4.0.0", "5.0.0"]
    assert versions.unreadable_bounds(found, "npm") == ["?", "latest"]


def test_an_introduction_that_cannot_be_read_leaves_its_interval_to_the_list():
    found = entry(
        ranged(("introduced", "?"), ("fixed", "1.2.0"), ("introduced", "2.0.0"), ("fixed", "3.0.0"), kind="SEMVER"),
        listed=["1.1.0"],
    )
    assert hit(found, "0.5.0 1.1.0 1.1.9 2.5.0 3.0.0", "npm") == ["1.1.0", "2.5.0"]


def test_an_end_that_can_be_read_is_enough():
    found = entry(ranged(("introduced", "0"), ("fixed", "?"), ("fixed", "1.2.0"), kind="SEMVER"))
    assert hit(found, "1.1.0 1.2.0 9.0.0", "npm") == ["1.1.0"]


def test_an_unreadable_introduction_beside_a_readable_one_is_passed_over():
    found = entry(ranged(("introduced", "1.0.0"), ("introduced", "?"), ("fixed", "1.2.0"), kind="SEMVER"))
    assert hit(found, "0.9.0 1.1.0 1.2.0", "npm") == ["1.1.0"]


def test_an_unreadable_end_without_a_beginning_spoils_what_has_no_end():
    found = entry(ranged(("fixed", "?"), ("introduced", "1.0.0"), kind="SEMVER"))
    assert hit(found, "1.0.0 9.0.0", "npm") == []
    ended = entry(ranged(("fixed", "?"), ("introduced", "1.0.0"), ("fixed", "2.0.0"), kind="SEMVER"))
    assert hit(ended, "1.0.0 2.0.0", "npm") == ["1.0.0"]


@pytest.mark.parametrize("bound", [None, 1.5, True, [], {}, ["2.0.0"], "", " ", "1" * 501])
def test_a_fix_of_the_wrong_type_is_not_the_absence_of_a_fix(bound):
    found = {"ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": bound}]}]}
    if bound is None:  # null is how some databases write "absent"
        assert hit(found, "1.0.0 9.0.0", "npm") == ["1.0.0", "9.0.0"]
    else:
        assert hit(found, "1.0.0 9.0.0", "npm") == []


def test_empty_kinds_beside_another_are_absent_and_whole_numbers_are_read():
    full = {"introduced": "0", "fixed": "", "last_affected": "", "limit": ""}
    assert hit({"ranges": [{"type": "SEMVER", "events": [full]}]}, "1.0.0", "npm") == ["1.0.0"]
    assert hit({"ranges": [{"type": "SEMVER", "events": [{"introduced": 0, "fixed": 2}]}]}, "1.9.0 2.0.0", "npm") == [
        "1.9.0"
    ]


# The list of versions


def test_a_listed_version_counts_outside_the_ranges_too():
    found = entry(ranged(("introduced", "1.0"), ("fixed", "1.1")), listed=["0.1", "5.0", None, 7, ["9.0"]])
    assert hit(found, "0.1 0.2 1.0 5.0 6.0 9.0") == ["0.1", "1.0", "5.0"]


@pytest.mark.parametrize(
    ("ecosystem", "listed", "version"),
    [
        ("PyPI", "1.0", "1.0.0"),
        ("PyPI", "1.0.post1", "v1.0-1"),
        ("PyPI", "1.0rc1", "1.0.C1"),
        ("npm", "1.0.0", "1.0.0+build.5"),
        ("npm", "v1.2", "1.2.0"),
        ("crates.io", "111.10.0", "111.10.0+1.1.1d"),
        ("Go", "1.2.3", "v1.2.3+incompatible"),
        ("Maven", "1.0.0.Final", "1"),
        ("NuGet", "1.0.0-BETA", "1.0-beta"),
        ("Packagist", "v1.0.0-RC1", "1.0rc1"),
        ("RubyGems", "1.0.a", "1.0.0.a"),
        ("Debian:12", "0:1.0-0", "1.0"),
        ("Hackage", "0", "0-rc1"),
    ],
)
def test_a_version_may_be_listed_in_other_words(ecosystem, listed, version):
    assert versions.entry_affects(entry(listed=["0.0.9", listed, "99.1"]), ecosystem, version)
    assert versions.entry_affects(entry(listed=[version]), ecosystem, listed)
    assert not versions.entry_affects(entry(listed=["0.0.9", "99.1"]), ecosystem, version)


VERSION = st.builds(
    "{}{}{}".format,
    st.lists(st.sampled_from(("0", "1", "01", "10", "100")), min_size=1, max_size=4).map(".".join),
    st.sampled_from(("", "-rc1", ".rc.1", "a0", "a", "-1", ".post1", ".Final", ".0", "-dev", "-p1")),
    st.sampled_from(("", "", "+b.7")),
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ECOSYSTEMS), VERSION, VERSION)
def test_no_equal_spelling_is_missed(ecosystem, a, b):
    """The list is searched for look-alikes first; an equal version is always one of them."""
    try:
        equal = versions.compare(ecosystem, a, b) == 0
    except VersionError:
        return
    assert not equal or versions.entry_affects(entry(listed=["7.7.7", b]), ecosystem, a)


# Versions that cannot be read


def test_a_version_that_cannot_be_read_is_an_error_where_only_the_order_could_tell():
    with pytest.raises(VersionError, match="workspace"):
        versions.entry_affects(entry(ranged(("introduced", "1.0.0"))), "npm", "workspace:*")
    assert not versions.affected(
        record(member("npm", "lib", ranged(("introduced", "1.0.0")))), "npm", "lib", "workspace:*"
    )


@pytest.mark.parametrize("version", ["workspace:*", "", "git+ssh://example.org/x", "1" * 1000])
def test_malware_is_malware_in_any_version(version):
    assert versions.entry_affects(entry(ALL), "npm", version)
    assert versions.affected(record(member("npm", "lib", ALL)), "npm", "lib", version)
    assert versions.entry_affects(entry(listed=[version]), "npm", version)


def test_an_ecosystem_without_an_order_has_lists_still():
    found = entry(ranged(("introduced", "1")), listed=["v1.0"])
    assert versions.entry_affects(found, "OSS-Fuzz", "v1.0")
    with pytest.raises(VersionError):
        versions.entry_affects(found, "OSS-Fuzz", "v1.1")


# Fixes


def test_fixes_above_a_version_come_lowest_first_and_once():
    found = entry(
        ranged(("introduced", "0"), ("fixed", "4.2.10"), ("introduced", "5.0"), ("fixed", "5.0.2")),
        ranged(("fixed", "3.2.1"), ("fixed", "?"), ("fixed", "5.0.2.0"), ("last_affected", "9.0")),
    )
    assert versions.fixed_bounds(found, "PyPI", "3.2") == ["3.2.1", "4.2.10", "5.0.2"]
    assert versions.fixed_bounds(found, "PyPI", "4.2.10") == ["5.0.2"]
    assert versions.fixed_bounds(found, "PyPI", "6.0") == []


def test_there_are_no_fixes_where_there_is_no_order():
    found = entry(ranged(("introduced", "0"), ("fixed", "1.0.0")))
    assert versions.fixed_bounds(found, "npm", "workspace:*") == []
    assert versions.fixed_bounds(found, "GIT", "0.1") == []
    assert versions.fixed_bounds({"ranges": "none"}, "npm", "0.1") == []


# Records that strangers wrote


@settings(max_examples=250, deadline=None)
@given(JUNK, JUNK)
def test_no_record_is_a_traceback(document, version):
    assert versions.affected(document, "PyPI", "name", version) in (True, False)
    whole = {"affected": [{"package": {"ecosystem": "PyPI", "name": "name"}, "ranges": document, "versions": document}]}
    assert versions.affected(whole, "PyPI", "name", "1.0") in (True, False)
    deeper = {**whole, "affected": [{**whole["affected"][0], "ranges": [{"type": "ECOSYSTEM", "events": document}]}]}
    assert versions.affected(deeper, "PyPI", "name", "1.0") in (True, False)
    assert isinstance(versions.fixed_bounds(deeper["affected"][0], "PyPI", "1.0"), list)
    assert isinstance(versions.unreadable_bounds(deeper["affected"][0], "PyPI"), list)


@pytest.mark.parametrize("wrong", [None, 1, "x", [], ["x"], {}, True])
def test_a_part_of_the_wrong_type_is_as_good_as_absent(wrong):
    for part in ("package", "ranges", "versions"):
        broken = {**member("PyPI", "lib", ALL), part: wrong}
        assert versions.affected(record(broken), "PyPI", "lib", "1.0") is (part == "versions")
    assert not versions.affected({"affected": wrong}, "PyPI", "lib", "1.0")
    assert not versions.affected(wrong, "PyPI", "lib", "1.0")
    assert not versions.affected(record(member("PyPI", "lib", ALL)), wrong, "lib", "1.0")
    assert not versions.entry_affects({"ranges": [{"type": wrong, "events": [{"introduced": "1"}]}]}, "PyPI", "2")


def test_a_record_of_many_events_is_read_in_time():
    events = [event for number in range(20000) for event in (("introduced", f"{number}"), ("fixed", f"{number}"))]
    found = entry(ranged(*events), listed=[f"{number}.1" for number in range(50000)])
    started = time.process_time()
    assert not versions.entry_affects(found, "PyPI", "30000.5")
    assert time.process_time() - started < 3


@pytest.mark.outside
@pytest.mark.parametrize("ecosystem", ["crates.io", "RubyGems", "Packagist", "Hex", "NuGet"])
def test_real_records_are_told_apart_by_their_own_bounds(ecosystem):
    place = os.environ.get("WARDLINE_ADVISORIES")
    if not place:
        pytest.skip("WARDLINE_ADVISORIES is not set")
    archive = Path(place, ecosystem, "all.zip")
    if not archive.is_file():
        pytest.skip(f"WARDLINE_ADVISORIES has no {ecosystem}")
    asked = 0
    with zipfile.ZipFile(archive) as records:
        for name in records.namelist():
            for each in orjson.loads(records.read(name)).get("affected", []):
                asked += _holds_its_own_bounds(each, each["package"]["ecosystem"])
    assert asked > 50


def _holds_its_own_bounds(each, ecosystem):
    unreadable = versions.unreadable_bounds(each, ecosystem)
    told = 0
    for one in each.get("ranges", []):
        bounds = [event for event in one["events"] if one["type"] != "GIT" and not unreadable]
        starts = {event["introduced"] for event in bounds if "introduced" in event}
        for event in bounds:
            for kind, bound in event.items():
                if kind == "last_affected":
                    assert versions.entry_affects(each, ecosystem, bound)
                elif kind == "fixed" and bound not in starts and len(each["ranges"]) == 1 and not each.get("versions"):
                    assert not versions.entry_affects(each, ecosystem, bound)
                told += 1
    return told
