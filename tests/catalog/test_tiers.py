import itertools

import pytest

from wardline.catalog.model import DATA_CLASSES, TIERS
from wardline.catalog.tiers import MANY_DEPENDENTS, SENSITIVE, SOME_DEPENDENTS, Claim, Facts, effective, inferred


@pytest.mark.parametrize(
    ("facts", "tier"),
    [
        (Facts(), 3),
        (Facts(exposed=True), 2),
        (Facts(exposed=True, production=False), 4),
        (Facts(production=False, data=["payment"]), 4),
        (Facts(data=["payment"]), 1),
        (Facts(data=["public", "internal"]), 3),
        (Facts(data=[], production=True), 3),
        (Facts(dependents=SOME_DEPENDENTS), 2),
        (Facts(dependents=SOME_DEPENDENTS - 1), 3),
        (Facts(dependents=MANY_DEPENDENTS), 1),
        (Facts(lifecycle="experimental"), 4),
        (Facts(lifecycle="experimental", production=True, exposed=True), 2),
        (Facts(lifecycle="production"), 3),
    ],
    ids=str,
)
def test_the_tier_follows_from_the_facts(facts: Facts, tier: int) -> None:
    assert inferred(facts)[0] == tier


def test_what_nobody_says_is_said_to_be_not_said() -> None:
    words = " · ".join(inferred(Facts())[1])
    assert "internet is not said" in words
    assert "data it holds is not said" in words
    assert "runs is not said" in words


def test_a_worse_fact_never_makes_a_service_less_important() -> None:
    for exposed, data, dependents in itertools.product((None, False, True), (None, [], ["personal"]), (0, 3, 10)):
        facts = Facts(exposed=exposed, data=data, production=True, dependents=dependents)
        tier = inferred(facts)[0]
        assert inferred(facts._replace(exposed=True))[0] <= tier
        assert inferred(facts._replace(data=["personal"]))[0] <= tier
        assert inferred(facts._replace(dependents=dependents + 5))[0] <= tier
    assert set(DATA_CLASSES) > SENSITIVE


def test_a_claim_of_more_counts_and_one_of_less_only_when_agreed() -> None:
    for inference, claimed in itertools.product(TIERS, TIERS):
        tier, disputed = effective(inference, Claim(claimed, "because", agreed=False))
        assert tier == min(inference, claimed)
        assert disputed == (claimed > inference)
        assert effective(inference, Claim(claimed, "because", agreed=True)) == (claimed, False)
        assert effective(inference, None) == (inference, False)
