"""What a rule or an advisory means, as Markdown: for `wardline explain`."""

import re
from collections.abc import Mapping
from typing import Any, Final

from wardline.check.dependencies.advisories.record import Core
from wardline.check.rules import rule, rules
from wardline.kernel.errors import AskedWronglyError, CannotSayError
from wardline.kernel.text import printable

# Any id of an advisory database has a dash and a digit; no rule has a digit.
_ADVISORY: Final = re.compile(r"[A-Za-z_]+-.*\d")
_MAX_DETAILS: Final = 20_000
_MAX_ROWS: Final = 50


def listed() -> str:
    """Return the list of all rules."""
    lines = [f"**{one.id}**  {one.title}" for one in rules().values()]
    return "\n".join(
        ["# Rules", "", *lines, "", "`wardline explain RULE` says more; so does `wardline explain CVE-…`."]
    )


def explain(name: str, *, advisories: str | None) -> str:
    """Return what a rule or an advisory means.

    Raises: `UnknownRuleError`, `AskedWronglyError` for an advisory that is not there, `CannotSayError` without any.
    """
    if _ADVISORY.fullmatch(name) and name not in rules():
        return _advisory(name, advisories)
    known = rule(name)
    return f"# {known.id}: {known.title}\n\n{known.help}\n"


def _advisory(name: str, advisories: str | None) -> str:
    from wardline.check.dependencies import mirror

    index = mirror.index_of(mirror.located(advisories, lambda _: None))
    found = index.named(name)
    if not found:
        raise AskedWronglyError(
            f"no advisory {printable(name, max_chars=80)} in {index.status.source}",
            hint="look for another of its ids, or bring the advisories up to date: wardline advisories sync",
        )
    return "\n\n".join(_record(core, index.document(core)) for core in found[:_MAX_ROWS]) + "\n"


def _record(core: Core, document: Mapping[str, Any] | None) -> str:
    heading = f"# {core.id}: {core.summary}"
    facts = [
        f"**severity** {core.severity}" + (f" ({core.vector})" if core.vector else ""),
        f"**also known as** {', '.join(core.same)}" if core.same else "",
        f"**weakness** {', '.join(core.cwe)}" if core.cwe else "",
        f"**published** {core.published[:10]}, **changed** {core.modified[:10]}" if core.modified else "",
        "**withdrawn**: its publisher took it back, and it does not count" if core.withdrawn else "",
        "**malware**: the package itself is the attack" if core.malware else "",
    ]
    if document is None:
        raise CannotSayError(f"{core.id} is in the index, and its record cannot be read any more")
    details = document.get("details")
    shown = [printable(line) for line in str(details)[:_MAX_DETAILS].splitlines()] if isinstance(details, str) else []
    return "\n".join(
        [heading, "", *filter(None, facts), "", *shown, "", *_affected(document), "", *_references(document)]
    )


def _affected(document: Mapping[str, Any]) -> list[str]:
    affected = document.get("affected")
    lines = ["## Affected"]
    for member in affected[:_MAX_ROWS] if isinstance(affected, list) else []:
        package = member.get("package") if isinstance(member, dict) else None
        if not isinstance(package, dict):
            continue
        name = printable(f"{package.get('ecosystem')} {package.get('name')}", max_chars=200)
        lines.append(f"- {name}: {_ranges(member) or 'the versions that the record lists'}")
    return lines if len(lines) > 1 else []


def _ranges(member: Mapping[str, Any]) -> str:
    said = []
    ranges = member.get("ranges")
    for one in ranges[:_MAX_ROWS] if isinstance(ranges, list) else []:
        if not isinstance(one, dict) or one.get("type") == "GIT" or not isinstance(one.get("events"), list):
            continue
        events = [
            f"{kind} {version}"
            for event in one["events"][:_MAX_ROWS]
            if isinstance(event, dict)
            for kind, version in event.items()
        ]
        said.append(printable(", ".join(events), max_chars=500))
    return "; ".join(said)


def _references(document: Mapping[str, Any]) -> list[str]:
    references = document.get("references")
    urls = (
        [one.get("url") for one in references[:_MAX_ROWS] if isinstance(one, dict)]
        if isinstance(references, list)
        else []
    )
    return (
        ["## References", *(f"- {printable(url, max_chars=500)}" for url in urls if isinstance(url, str))]
        if urls
        else []
    )
