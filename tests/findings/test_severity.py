import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline.findings import severity
from wardline.findings.severity import UNKNOWN, Rating

V2 = "AV:N/AC:L/Au:N/C:C/I:C/A:C"
V3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V4_LOW = "CVSS:4.0/AV:L/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N"


@pytest.mark.parametrize(
    ("vector", "expected"),
    [
        (V2, "critical"),
        (f"({V2})", "critical"),
        (V3, "critical"),
        ("CVSS:3.0/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N", "low"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "info"),
        (V4_LOW, "low"),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", "critical"),
        ("7.5", "high"),
        ("11", "unknown"),
        ("nan", "unknown"),
        ("CVSS:3.1/AV:N", "unknown"),
        ("CVSS:3.1/" + "AV:N/" * 10_000, "unknown"),
        ("", "unknown"),
    ],
)
def test_a_vector_becomes_the_band_of_its_base_score(vector, expected):
    assert severity.of_vector(vector) == expected


@pytest.mark.parametrize(
    ("score", "band"),
    [(10, "critical"), (9.0, "critical"), (8.9, "high"), (7.0, "high"), (4.0, "medium"), (0.1, "low")],
)
def test_bands_begin_where_cvss_says(score, band):
    assert severity.of_score(score) == band


def test_words_are_read_in_any_case():
    assert [severity.of_word(word) for word in ("MODERATE", "Important", " low ", "Negligible", "?", None)] == [
        "medium",
        "high",
        "low",
        "info",
        "unknown",
        "unknown",
    ]


def test_the_newest_cvss_of_a_record_holds_even_where_it_is_lower():
    said = {"severity": [{"type": "CVSS_V3", "score": V3}, {"type": "CVSS_V4", "score": V4_LOW}]}

    assert severity.of_record(said) == Rating("low", V4_LOW)


def test_an_illegible_vector_gives_way_to_an_older_one_and_that_to_a_word():
    said = {
        "severity": [{"type": "CVSS_V4", "score": "CVSS:4.0/rubbish"}, {"type": "CVSS_V3", "score": V3}],
        "database_specific": {"severity": "LOW"},
    }

    assert severity.of_record(said).severity == "critical"
    said["severity"].pop()
    assert severity.of_record(said) == Rating("low")


@pytest.mark.parametrize(
    "said",
    [
        {"database_specific": {"severity": "HIGH"}},
        {"ecosystem_specific": {"severity": "high"}},
        {"database_specific": {"cvss": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}}},
        {"database_specific": {"severity": 7.5}},
        {"severity": [{"type": "Ubuntu", "score": "high"}]},
        {"affected": [{"database_specific": {"severity": "low"}}, {"ecosystem_specific": {"severity": "HIGH"}}]},
    ],
)
def test_severity_is_found_wherever_databases_put_it(said):
    assert severity.of_record(said).severity == "high"


def test_a_record_that_says_nothing_is_unknown_and_never_harmless():
    assert severity.of_record({}) == UNKNOWN
    assert severity.highest([]) == UNKNOWN


def test_the_highest_known_rating_of_several_wins():
    assert severity.highest([UNKNOWN, Rating("low"), Rating("high"), Rating("high", "v")]) == Rating("high", "v")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(json_values, json_values, json_values)
def test_any_json_in_place_of_a_severity_is_survived(one, other, third):
    said = {"severity": one, "database_specific": other, "affected": third}
    said["ecosystem_specific"] = {"severity": one, "cvss": other}

    assert severity.of_record(said).severity in severity._ORDER
    severity.of_vectors([{"type": one, "score": other}, third])
