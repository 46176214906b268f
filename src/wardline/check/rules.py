"""The rules' documentation, from the files that hold the rules: for `wardline explain`, SARIF and the pages."""

from collections.abc import Mapping
from typing import Final

from wardline.check.reports.model import Rule
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.plugins import catalogue

_FOLDERS: Final = ("wardline.check.dependencies.rules",)


class UnknownRuleError(AskedWronglyError):
    """There is no rule of that name."""

    code = "unknown-rule"


def rules() -> Mapping[str, Rule]:
    """Return every rule by its id."""
    found = {}
    for folder in _FOLDERS:
        for plugin in catalogue(folder):
            found[plugin.declared["ID"]] = Rule(
                id=plugin.declared["ID"], title=plugin.declared["TITLE"], help=plugin.doc
            )
    return found


def rule(name: str) -> Rule:
    """Return one rule. Raises: `UnknownRuleError`, naming those nearest in spelling."""
    known = rules()
    if name in known:
        return known[name]
    from difflib import get_close_matches

    near = get_close_matches(name, known) or sorted(known)
    raise UnknownRuleError(f"there is no rule {name!r}", hint=f"did you mean: {', '.join(near)}?")
