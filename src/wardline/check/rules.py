"""The rules' documentation, from the files that hold the rules: for `wardline explain`, SARIF and the pages."""

from collections.abc import Collection, Mapping

from wardline.check.model import PRACTICES
from wardline.check.reports.model import Rule
from wardline.findings.report import Practice
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.plugins import catalogue


class UnknownRuleError(AskedWronglyError):
    """There is no rule of that name."""

    code = "unknown-rule"


def rules(practices: Collection[Practice] = PRACTICES) -> Mapping[str, Rule]:
    """Return every rule of these practices by its id."""
    found = {}
    if "dependencies" in practices:
        for plugin in catalogue("wardline.check.dependencies.rules"):
            known = plugin.declared["ID"]
            found[known] = Rule(id=known, title=plugin.declared["TITLE"], help=plugin.doc)
    if "exposure" in practices:
        from wardline.check.exposure.catalogue import providers  # only here: other checks do not pay for it

        for provider in providers():
            for one in provider.rules:
                found[one.id] = Rule(id=one.id, title=one.title, help=provider.doc)
    return found


def rule(name: str) -> Rule:
    """Return one rule. Raises: `UnknownRuleError`, naming those nearest in spelling."""
    known = rules()
    if name in known:
        return known[name]
    if name.startswith("team/"):
        where = "its words stand in .wardline/exposure.toml, or in the file that the policy names under [exposure]"
        raise UnknownRuleError(f"{name!r} is a rule of a repository's own", hint=where)
    from difflib import get_close_matches

    near = get_close_matches(name, known) or sorted(known)
    raise UnknownRuleError(f"there is no rule {name!r}", hint=f"did you mean: {', '.join(near)}?")
