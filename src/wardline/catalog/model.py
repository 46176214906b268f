"""What is looked after and by whom: services, teams, people's membership, environments, deployments. Pure values."""

from datetime import datetime
from typing import Final, Literal, NamedTuple, get_args

Tier = Literal[1, 2, 3, 4]
TIERS: Final[tuple[Tier, ...]] = get_args(Tier)
TIER_MEANING: Final[dict[Tier, str]] = {
    1: "the business stops, or people's data is at stake",
    2: "customers notice at once",
    3: "customers notice in a while",
    4: "nobody outside notices",
}
Source = Literal["service.yaml", "backstage", "codeowners", "api", "fallback"]


class Team(NamedTuple):
    """Who is asked first. `slug` is its stable short name; `slack` and `email` are where its notices go."""

    id: str
    slug: str
    name: str
    email: str | None = None
    slack: str | None = None
    external_id: str | None = None  # SCIM's group


class Member(NamedTuple):
    """A person in a team."""

    account: str
    name: str
    email: str | None
    lead: bool


class Service(NamedTuple):
    """Something that is built, deployed and owned. It always has a team: nothing is ownerless.

    `tier` is inferred from facts (`tier_facts` says which), or claimed with a reason and then shown beside what was
    inferred. `exposed`: reachable from the internet.
    """

    id: str
    slug: str
    name: str
    team: str
    team_source: Source
    tier: Tier
    tier_inferred: Tier
    tier_facts: tuple[str, ...]
    tier_argument: str | None
    exposed: bool
    repository: str | None = None
    description: str = ""
    retired_at: datetime | None = None


class Deployment(NamedTuple):
    """An artifact that runs, or ran, somewhere."""

    id: str
    service: str
    environment: str
    digest: str
    commit: str | None
    started_at: datetime
    ended_at: datetime | None = None
