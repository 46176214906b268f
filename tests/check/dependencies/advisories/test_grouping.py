import random

from hypothesis import given
from hypothesis import strategies as st

from wardline.check.dependencies.advisories.grouping import Claim, group


def of(*claims):
    return group([Claim(own, tuple(same)) for own, same in claims])


def test_one_bug_under_three_ids_is_one_group_with_the_cve_first():
    groups = of(("PYSEC-2021-1", ["CVE-2021-1"]), ("GHSA-aaaa", ["CVE-2021-1"]), ("x_FOO-1", ["GHSA-aaaa"]))

    expected = ("CVE-2021-1", "GHSA-aaaa", "PYSEC-2021-1", "x_FOO-1")
    assert groups.of("x_FOO-1") == groups.of("CVE-2021-1") == expected


def test_aliases_are_transitive_without_a_cve_too():
    groups = of(("MAL-1", ["GHSA-b"]), ("SNYK-1", ["GHSA-b", "LWA-1"]))

    assert groups.of("LWA-1") == ("GHSA-b", "LWA-1", "MAL-1", "SNYK-1")


def test_a_record_that_lists_several_cves_does_not_weld_them():
    groups = of(("RUSTSEC-1", ["CVE-1", "CVE-2"]), ("GHSA-a", ["CVE-1"]), ("GHSA-b", ["CVE-2"]))

    assert groups.lumping == {"RUSTSEC-1"}
    assert groups.of("RUSTSEC-1") == ("RUSTSEC-1",)
    assert groups.of("GHSA-a") == ("CVE-1", "GHSA-a")
    assert groups.of("GHSA-b") == ("CVE-2", "GHSA-b")


def test_a_record_whose_aliases_stand_for_several_cves_does_not_weld_them_either():
    groups = of(("GO-1", ["GHSA-a", "GHSA-b"]), ("GHSA-a", ["CVE-1"]), ("GHSA-b", ["CVE-2"]))

    assert groups.lumping == {"GO-1"}
    assert groups.of("GHSA-a") == ("CVE-1", "GHSA-a")


def test_nothing_is_welded_to_a_record_that_lumps():
    groups = of(("GO-1", ["CVE-1", "CVE-2"]), ("GHSA-a", ["GO-1", "CVE-1"]))

    assert groups.of("GHSA-a") == ("CVE-1", "GHSA-a")
    assert groups.of("GO-1") == ("GO-1",)


def test_two_advisories_for_one_cve_are_one_bug():
    groups = of(
        ("PYSEC-1", ["CVE-1", "GHSA-a", "GHSA-b"]),
    )

    assert groups.of("GHSA-b") == ("CVE-1", "GHSA-a", "GHSA-b", "PYSEC-1")


def test_a_stray_alias_between_two_cves_is_left_out():
    groups = of(("GHSA-a", ["CVE-1"]), ("PYSEC-1", ["CVE-2", "GHSA-a"]))

    assert groups.of("GHSA-a") == ("CVE-1", "GHSA-a")
    assert groups.of("PYSEC-1") == ("CVE-2", "PYSEC-1")


def test_a_record_without_aliases_stands_alone():
    assert of(("MAL-1", [])).of("MAL-1") == ("MAL-1",)


ids = st.sampled_from([f"{prefix}-{number}" for prefix in ("CVE", "GHSA", "GO", "PYSEC") for number in range(4)])


@given(st.dictionaries(ids, st.lists(ids, max_size=4), max_size=12), st.randoms())
def test_no_group_ever_holds_two_cves_and_order_never_matters(claims: dict, order: random.Random):
    rows = [Claim(own, tuple(dict.fromkeys(one for one in same if one != own))) for own, same in claims.items()]
    groups = group(rows)
    order.shuffle(rows)
    again = group(rows)

    for row in rows:
        found = groups.of(row.id)
        assert sum(one.startswith("CVE-") for one in found) <= 1
        assert row.id in found
        assert again.of(row.id) == found
