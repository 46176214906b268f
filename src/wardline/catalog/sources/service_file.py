"""`security/service.yaml`: what a team says of its service, in its own repository. Pure.

    name: Payments
    team: payments                # short name of the team that answers
    tier:
      claimed: 1                  # 1 the business stops … 4 nobody outside notices
      argument: Every order passes through here.
    exposed: true                 # reachable from the internet
    data: [payment, personal]     # credentials, health, internal, payment, personal, public
    environments: [production]
    depends_on: [ledger]          # short names of other services
    repository: https://git.example/shop/payments
    description: Takes the money.
    contacts:
      slack: "#payments"
      email: payments@shop.example

Every key may be left out; an unknown one is an error that names the line and the nearest key that there is. A tier is
claimed with an argument or not at all, and stands beside the tier that the facts make.
"""

from typing import Final, NamedTuple, cast

from wardline.catalog.model import DATA_CLASSES, DataClass, Tier
from wardline.catalog.sources.documents import Reading, Value, read

PLACE: Final = "security/service.yaml"
KEYS: Final = (
    "contacts",
    "data",
    "depends_on",
    "description",
    "environments",
    "exposed",
    "name",
    "repository",
    "team",
    "tier",
)
CONTACTS: Final = ("email", "on_call", "pager", "slack", "url")
_TIERS: Final[dict[str, Tier]] = {"1": 1, "2": 2, "3": 3, "4": 4}


class ServiceFile(NamedTuple):
    """What the file says. None: it does not say."""

    name: str | None = None
    team: str | None = None
    tier: Tier | None = None
    tier_argument: str | None = None
    exposed: bool | None = None
    data: tuple[DataClass, ...] | None = None
    environments: tuple[str, ...] | None = None
    depends_on: tuple[str, ...] | None = None
    repository: str | None = None
    description: str | None = None
    contacts: tuple[tuple[str, str], ...] = ()


def parse(content: bytes, place: str = PLACE) -> ServiceFile:
    """Return what the file says.

    Raises: `AskedWronglyError`, naming file and line, for the first thing that is wrong with it.
    """
    reading = Reading(place)
    documents = read(content, place)
    if len(documents) != 1:
        raise reading.wrong(documents[1].line if documents else 1, "one document describes one service")
    entries = reading.mapping(documents[0], KEYS)
    tier, argument = _tier(reading, entries.get("tier"))
    return ServiceFile(
        name=reading.text(entries.get("name"), 200),
        team=reading.text(entries.get("team"), 100),
        tier=tier,
        tier_argument=argument,
        exposed=reading.truth(entries.get("exposed")),
        data=_data(reading, entries.get("data")),
        environments=reading.texts(entries.get("environments")),
        depends_on=reading.texts(entries.get("depends_on")),
        repository=reading.text(entries.get("repository"), 1000),
        description=reading.text(entries.get("description")),
        contacts=_contacts(reading, entries.get("contacts")),
    )


def _tier(reading: Reading, value: Value | None) -> tuple[Tier | None, str | None]:
    if value is None:
        return None, None
    if not isinstance(value.content, dict):
        raise reading.wrong(value.line, "a tier is claimed with an argument", "tier: {claimed: 2, argument: …}")
    entries = reading.mapping(value, ("argument", "claimed"))
    claimed, argument = reading.text(entries.get("claimed"), 10), reading.text(entries.get("argument"))
    if claimed not in _TIERS or not argument:
        raise reading.wrong(value.line, "a tier is 1, 2, 3 or 4, claimed with an argument")
    return _TIERS[claimed], argument


def _data(reading: Reading, value: Value | None) -> tuple[DataClass, ...] | None:
    named = reading.texts(value)
    if named is None or value is None:
        return None
    unknown = sorted(set(named) - set(DATA_CLASSES))
    if unknown:
        hint = f"there are: {', '.join(DATA_CLASSES)}"
        raise reading.wrong(value.line, f"there is no class of data {unknown[0]!r:.60}", hint)
    return tuple(sorted(cast("set[DataClass]", set(named))))


def _contacts(reading: Reading, value: Value | None) -> tuple[tuple[str, str], ...]:
    if value is None:
        return ()
    entries = reading.mapping(value, CONTACTS)
    return tuple((key, text) for key in sorted(entries) if (text := reading.text(entries[key], 300)))
