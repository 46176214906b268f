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
DataClass = Literal["credentials", "health", "internal", "payment", "personal", "public"]
DATA_CLASSES: Final[tuple[DataClass, ...]] = get_args(DataClass)
Source = Literal["service.yaml", "backstage", "codeowners", "api", "fallback"]


class Team(NamedTuple):
    """Who is asked first. `slug` is its stable short name; `slack` and `email` are where its notices go."""

    id: str
    slug: str
    name: str
    email: str | None = None
    slack: str | None = None
    external_id: str | None = None  # SCIM's group
    members: int = 0  # people in it whose accounts are active
    version: int = 1
    directory: bool = False  # a group of the directory, which says who is in it
    created_at: datetime | None = None
    changed_at: datetime | None = None


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
    team_name: str = ""
    team_slug: str = ""
    tier_claimed: Tier | None = None
    tier_argued_by: str | None = None  # whose argument it is: a name, or the file that makes it
    tier_disputed: bool = False  # claimed less important than the facts say, and nobody who may has agreed
    data: tuple[DataClass, ...] = ()
    lifecycle: str | None = None
    system: str | None = None
    contacts: tuple[tuple[str, str], ...] = ()
    environments: tuple[str, ...] = ()  # where it is said, or was seen, to run
    depends_on: tuple[str, ...] = ()  # slugs
    dependents: int = 0
    notes: tuple[str, ...] = ()  # what its files say wrongly, and what nobody says
    created_at: datetime | None = None
    version: int = 1


class Brief(NamedTuple):
    """A service in a few words: for lists that name many."""

    id: str
    slug: str
    name: str
    tier: Tier
    team: str
    team_name: str


class Deployment(NamedTuple):
    """An artifact that runs, or ran, somewhere."""

    id: str
    service: str
    environment: str
    digest: str
    commit: str | None
    started_at: datetime
    ended_at: datetime | None = None
    environment_name: str = ""
    service_name: str = ""


class Environment(NamedTuple):
    """A place where services run. `production`: what runs there is what customers meet."""

    id: str
    slug: str
    name: str
    production: bool


class ServiceQuery(NamedTuple):
    """Which services are asked for; None or empty means any. `text` is looked for in name, slug and repository."""

    text: str = ""
    teams: frozenset[str] = frozenset()
    tiers: frozenset[Tier] = frozenset()
    exposed: bool | None = None
    unowned: bool | None = None
    retired: bool | None = False
