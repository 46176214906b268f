from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.catalog.sources.tree import PLACES, read


def test_every_place_is_read_and_others_are_passed_over() -> None:
    facts = read(
        {
            "security/service.yaml": b"team: payments\n",
            "catalog-info.yaml": b"kind: Component\nmetadata: {name: orders}\n",
            "CODEOWNERS": b"* @a\n",
            "README.md": b"\xff",
        }
    )
    assert facts.service is not None
    assert facts.service.team == "payments"
    assert [one.name for one in facts.components] == ["orders"]
    assert facts.code_owners is not None
    assert facts.problems == ()


def test_a_file_that_cannot_be_read_is_a_problem_and_the_others_count() -> None:
    facts = read(
        {"security/service.yaml": b"nam: x\n", ".github/CODEOWNERS": b"* nobody\n* @a\n", "CODEOWNERS": b"* @b\n"}
    )
    assert facts.problems == (
        "security/service.yaml:1: unknown key 'nam' (did you mean name?)",
        ".github/CODEOWNERS:1: 'nobody' is neither @name, @organisation/team nor an e-mail address",
    )
    assert facts.code_owners is not None
    assert facts.code_owners.rules[0].owners == ("@a",)


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(PLACES), st.binary(max_size=80)))
def test_it_never_raises(files) -> None:
    assert isinstance(read(files).problems, tuple)
