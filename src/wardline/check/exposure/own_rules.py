"""A team's own rules: where they stand in a tree, and the engine that also searches for them."""

from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from wardline.check.exposure.contents import Search, search
from wardline.check.model import View
from wardline.check.tree import UnreadableError
from wardline.findings.report import Gap

PATH: Final = ".wardline/exposure.toml"
_REMEDY: Final = "name a file of the repository under [exposure] rules, or take the key out of the policy file"


class Own(NamedTuple):
    """How a file is searched, what of the team's own rules could not be honoured, and what a reader should know."""

    search: Callable[[bytes, str], Search]
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()


def own(view: View, house: Callable[[bytes, str], Search] = search) -> Own:
    """Return how the files of a tree are searched: for the house's rules, and for the team's where it has any."""
    path = view.policy.exposure_rules or PATH
    try:
        data = _read(view, path)
    except UnreadableError as error:
        return Own(house, (Gap("exposure", path, error.detail, _REMEDY),))
    except OSError:
        if not view.policy.exposure_rules:
            return Own(house)
        return Own(house, (Gap("exposure", path, "the policy names it, and it cannot be read", _REMEDY),))
    from wardline.check.exposure import gitleaks
    from wardline.check.exposure.catalogue import rules
    from wardline.check.exposure.engine import default
    from wardline.check.exposure.team import Team

    found = gitleaks.read(data, path, partial(_read, view), frozenset(rule.id for rule in rules()))
    if not found.rules:
        return Own(house, found.gaps, found.notes)
    engine = default().with_team(Team(found.rules))
    return Own(partial(search, engine=engine), found.gaps, found.notes)


def _read(view: View, path: str) -> bytes:
    from wardline.check.exposure.gitleaks import MAX_BYTES

    return view.tree.read(path, max_bytes=MAX_BYTES)
