import pytest
from tests.findings.importers.reports import made_up_secret

from wardline.findings.importers import building
from wardline.findings.importers.building import Place, Said, Seen

SAID = Said(tool="t", rule="r", title="a title", message="a message", severity="high")
PLACE = Place({"file": "src/a.py"}, 3, 2, 5)


def test_malware_blocks():
    about = building.package("npm", "x", "1.0")
    found = building.dependency(SAID, about, ["MAL-2024-1"], PLACE)
    assert (found.blocks, found.severity, found.rule, found.fix.kind) == (
        True,
        "critical",
        "malicious-dependency",
        "remove",
    )


def test_a_package_is_what_its_purl_says_else_what_the_tool_calls_it():
    assert building.package("npm", "x", "1", "pkg:pypi/Y@2")[:3] == ("PyPI", "y", "2")
    assert building.package("npm", "x", "1", "pkg:docker/y@2")[:3] == ("npm", "x", "1")
    assert building.package("npm", "", "1") is None
    assert building.package("npm", None, 3, 4) is None


def test_an_end_before_its_start_is_none():
    assert building.code(SAID, PLACE, Seen(snippet="x")).end_line == 3


def test_a_place_that_is_no_file_has_no_lines():
    found = building.code(SAID, PLACE._replace(where=building.words.place(None, "", "x")), Seen())
    assert (found.line, found.column, found.location.value) == (None, None, "x")


@pytest.mark.parametrize(
    ("rule", "cwe", "quiet"),
    [
        ("B105", ("CWE-259",), True),
        ("hardcoded-password", (), True),
        ("generic.secrets.security.detected-key", (), True),
        ("weak-cipher", ("CWE-327",), False),
        ("token-in-url", ("CWE-598",), False),
    ],
)
def test_rules_about_values_are_known_by_weakness_or_name(rule, cwe, quiet):
    assert building.is_credential(SAID._replace(rule=rule, cwe=cwe)) == quiet


def test_what_is_quoted_or_looks_like_a_value_is_elided():
    secret = made_up_secret()
    text = f"Found password 'hunter2' and {secret} in settings.py, see the configuration-management page"
    assert building.elided(text) == "Found password '…' and … in settings.py, see the configuration-management page"


@pytest.mark.parametrize(
    ("match", "name"),
    [
        ('api_key = "v4lue"', "api_key"),
        ("password: v4lue", "password"),
        ("\"token\" => 'v4lue'", "token"),
        ("v4lue", ""),
        ("nothing of it", ""),
        (None, ""),
    ],
)
def test_of_a_match_only_the_name_before_the_value_is_taken(match, name):
    assert building.name_before("v4lue", match) == name


def test_an_address_is_shown_without_user_query_and_fragment():
    found = building.dynamic(SAID, method="get", url="https://u:p@h.example/a/7?k=v#f", parameter="k")
    assert found.location.value == "https://h.example/a/7"
