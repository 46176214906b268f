"""The dependencies practice: read every lockfile, hold every package against the advisories, account for all of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from wardline.check.dependencies import accounts, wording
from wardline.check.dependencies.advisories.index import Index
from wardline.check.dependencies.formats import Formats
from wardline.check.dependencies.listing import Listing, listing
from wardline.check.dependencies.matching import match, repair
from wardline.check.dependencies.vex.model import Statement
from wardline.check.model import Examination, View
from wardline.findings.report import Finding


class Data(NamedTuple):
    """What the practice holds packages against, opened before the tree is looked at.

    `index` is None where there are no advisories, and `missing` then says why and what to do about it.
    """

    formats: Formats
    index: Index | None
    missing: tuple[str, str] = ("", "")
    statements: Sequence[Statement] = ()


def examine(view: View, data: Data, *, inventory: bool = False) -> Examination:
    """Return every vulnerable or malicious package that the lockfiles in scope pin, and an account of all of them.

    With `view.changed`, only lockfiles that the change touches are read, and only what was not there before the change
    is found. Without advisories every package is a gap.
    """
    now = listing(view.tree, data.formats, view, view.changed)
    found = _findings(now, data, view.doing)
    if view.before is not None and view.changed is not None:
        renamed = {old: old for old in view.changed.values() if old is not None}
        earlier = listing(view.before, data.formats, view, renamed)
        known = {finding.fingerprint for finding in _findings(earlier, data, view.doing)}
        found = [finding for finding in found if finding.fingerprint not in known]
    return accounts.examination(now, found, data, view, inventory=inventory)


def _findings(listed: Listing, data: Data, doing: Callable[[str], None]) -> list[Finding]:
    if data.index is None:
        return []
    doing("matching packages against advisories")
    rows = listed.rows
    matched = match(data.index, [row.package for row in rows])
    ...
