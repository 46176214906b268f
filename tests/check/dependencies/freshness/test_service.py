import pytest

from wardline.check.dependencies.freshness.model import Used
from wardline.check.dependencies.freshness.service import Asked, ecosystems, measure, unique
from wardline.kernel.errors import AskedWronglyError


def silent(_: str) -> None:
    pass


def test_a_package_in_two_lockfiles_counts_once_and_is_direct_where_one_says_so() -> None:
    one = Used("npm", "a", "1", direct=False, groups=("dev",), file="a/package-lock.json")
    two = Used("npm", "a", "1", direct=True, dated=5, groups=("test",), file="b/package-lock.json")
    (found,) = unique([one, two])
    assert found == Used("npm", "a", "1", direct=True, dated=5, groups=("dev", "test"), file="a/package-lock.json")
    assert len(unique([one, one._replace(version="2"), one._replace(ecosystem="PyPI")])) == 3


def test_what_production_needs_in_one_place_is_production_s() -> None:
    one, two = Used("npm", "a", "1", groups=("dev",)), Used("npm", "a", "1", direct=False)
    (found,) = unique([one, two])
    assert (found.groups, found.direct) == ((), None)


def test_an_ecosystem_without_a_plug_in_is_a_gap_with_its_packages_counted() -> None:
    packages = [Used("Hex", f"package{number}", "1.0") for number in range(5)]
    result = measure(Asked(packages=packages, now=0), progress=silent)
    (gap,) = result.gaps
    assert (gap.units, result.rows) == (5, [])
    assert gap.scope == "Hex: package0 1.0, package1 1.0, package2 1.0 and 2 more"


def test_nothing_asked_is_nothing_said() -> None:
    assert measure(Asked(packages=[], now=0), progress=silent) == ([], [], [], {})


@pytest.mark.parametrize(
    "wrong", [{"only": ("PyPy",)}, {"named": {"PyPy": "https://a.example"}}, {"named": {"npm": "a"}}]
)
def test_a_wrong_question_names_the_right_one(wrong: dict[str, object]) -> None:
    with pytest.raises(AskedWronglyError) as caught:
        measure(Asked(packages=[], now=0, **wrong), progress=silent)
    assert caught.value.hint


def test_the_ecosystems_are_those_of_the_plug_ins() -> None:
    assert set(ecosystems()) == {"PyPI", "npm", "Go", "crates.io", "Maven", "RubyGems", "Packagist"}
