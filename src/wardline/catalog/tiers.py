"""How important a service is, inferred from facts and argued about in the open. Pure."""

from collections.abc import Collection
from typing import Final, NamedTuple

from wardline.catalog.model import DataClass, Tier

SENSITIVE: Final[frozenset[DataClass]] = frozenset({"credentials", "health", "payment", "personal"})
MANY_DEPENDENTS: Final = 10
SOME_DEPENDENTS: Final = 3
_DEAD: Final = frozenset({"deprecated", "experimental", "sandbox"})


class Facts(NamedTuple):
    """What is known of a service. None: nobody says."""

    exposed: bool | None = None
    data: Collection[DataClass] | None = None
    production: bool | None = None
    dependents: int = 0
    lifecycle: str | None = None


class Claim(NamedTuple):
    """A tier that somebody argues for. `agreed`: by a person who may, not only by the service's own files."""

    tier: Tier
    argument: str
    agreed: bool


def inferred(facts: Facts) -> tuple[Tier, tuple[str, ...]]:
    """Return the tier that the facts make, and the facts in words, also those that are not known.

    Where nobody says whether a service runs in production it is taken to: not known is not unimportant.
    """
    said = list(_words(facts))
    runs = facts.production if facts.production is not None else facts.lifecycle not in _DEAD
    sensitive = sorted(SENSITIVE.intersection(facts.data or ()))
    if not runs:
        return 4, (*said, "so nobody outside notices when it fails")
    if sensitive:
        return 1, (*said, f"so people's {' and '.join(sensitive)} data is at stake")
    if facts.dependents >= MANY_DEPENDENTS:
        return 1, (*said, "so much of the rest fails with it")
    if facts.exposed or facts.dependents >= SOME_DEPENDENTS:
        return 2, (*said, "so customers notice at once")
    return 3, (*said, "so customers notice in a while")


def effective(inference: Tier, claim: Claim | None) -> tuple[Tier, bool]:
    """Return the tier that counts, and whether the claim is disputed.

    A claim that a service is more important than it looks counts at once. That it is less important counts when
    somebody who may has agreed: a repository does not loosen its own clocks.
    """
    if claim is None:
        return inference, False
    if claim.tier > inference and not claim.agreed:
        return inference, True
    return claim.tier, False


def _words(facts: Facts) -> list[str]:
    exposed = {True: "reachable from the internet", False: "not reachable from the internet"}
    production = {True: "runs in production", False: "does not run in production"}
    data = "what data it holds is not said"
    if facts.data is not None:
        data = f"holds {', '.join(sorted(facts.data))} data" if facts.data else "holds no data of anybody's"
    words = [
        exposed[facts.exposed]
        if facts.exposed is not None
        else "whether it is reachable from the internet is not said",
        data,
        production[facts.production] if facts.production is not None else "where it runs is not said",
    ]
    if facts.dependents:
        words.append(f"{facts.dependents} service{'s depend' if facts.dependents > 1 else ' depends'} on it")
    if facts.lifecycle:
        words.append(f"lifecycle: {facts.lifecycle}")
    return words
