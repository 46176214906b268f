"""When a finding has to be repaired, and why then. Pure: no clock of its own, no database.

Several windows may apply: that of the severity (half of it for internet-facing services of the policy's tiers), that of
CISA's four facts for a vulnerability with a CVE, one day for a leaked credential, one working day for an ungated
deployment. The shortest counts; each regression has the policy's share of it (half).

A due time only ever moves earlier. What becomes known later (known exploitation, a higher severity, a service that
now faces the internet, a stricter policy) counts from when it became known; what is said to be milder changes nothing
before the next cycle. A clock never pauses.

Source of the table of four facts: CISA, Binding Operational Directive 22-01 and the SSVC guide (act, attend, track*).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from wardline.findings.policy import Policy
from wardline.findings.report import Finding, Severity
from wardline.findings.spans import Span, after

UNGATED_DEPLOYMENT: Final = "ungated-deployment"  # the rule of that name
_CREDENTIAL: Final = frozenset({"CWE-798", "CWE-321", "CWE-522", "CWE-259"})


class Facts(NamedTuple):
    """What a clock depends on. `automatable` and `total` are None where nobody said."""

    severity: Severity
    tier: int
    exposed: bool
    cve: bool = False
    exploited: bool = False
    exploited_since: str | None = None
    automatable: bool | None = None
    total: bool | None = None
    leaked: bool = False
    ungated: bool = False


class Clock(NamedTuple):
    """When it is due, when somebody must have said "mine", and why, in words."""

    due_at: datetime
    acknowledge_by: datetime
    words: tuple[str, ...]


class _Window(NamedTuple):
    span: Span
    why: str


def facts(finding: Finding, *, tier: int, exposed: bool) -> Facts:
    """Return what the clock of `finding` depends on, in a service of this tier."""
    automatable, total = _of_vector(finding.vector)
    leaked = finding.practice == "exposure" and finding.confidence != "low" and "CWE-359" not in finding.cwe
    return Facts(
        severity=finding.severity,
        tier=tier,
        exposed=exposed,
        cve=any(name.startswith("CVE-") for name in finding.advisories),
        exploited=finding.exploited is not None,
        exploited_since=finding.exploited.since if finding.exploited else None,
        automatable=automatable,
        total=total,
        leaked=leaked and (not finding.cwe or not _CREDENTIAL.isdisjoint(finding.cwe)),
        ungated=finding.rule == UNGATED_DEPLOYMENT,
    )


def packed(known: Facts) -> int:
    """Return what does not stand in a column of its own, in one number: `unpacked` reads it."""
    told = (part for fact in (known.automatable, known.total) for part in (fact is not None, fact is True))
    marks = (known.cve, known.leaked, known.ungated, *told)
    return sum(mark << place for place, mark in enumerate(marks))


def unpacked(number: int, *, severity: Severity, exploited: bool, tier: int, exposed: bool) -> Facts:
    """Return facts from what `packed` made, and from columns."""
    cve, leaked, ungated, told, automatable, said, total = (bool(number >> place & 1) for place in range(7))
    return Facts(
        severity=severity,
        tier=tier,
        exposed=exposed,
        cve=cve,
        exploited=exploited,
        automatable=automatable if told else None,
        total=total if said else None,
        leaked=leaked,
        ungated=ungated,
    )


def started(known: Facts, policy: Policy, at: datetime, *, cycle: int = 1) -> Clock:
    """Return the clock of a cycle that begins at `at`; any cycle but the first has the policy's share of the window."""
    windows = list(_windows(known, policy))
    share = policy.clocks.regression if cycle > 1 else 1.0
    ends = [(after(at, window.span.times(share), policy.calendar), number) for number, window in enumerate(windows)]
    due_at, chosen = min(ends)
    words = [window.why for window in windows]
    if len(windows) > 1:
        words.append(f"the shortest counts: {windows[chosen].span}")
    if cycle > 1:
        words.append(f"it came back (cycle {cycle}): {policy.clocks.regression:.0%} of that")
    words.append(f"from {_time(at)} on, so it is due by {_time(due_at)}")
    return Clock(due_at, min(due_at, after(at, policy.acknowledge.of(known.severity), policy.calendar)), tuple(words))


def tightened(standing: Clock, known: Facts, policy: Policy, now: datetime, *, cycle: int = 1) -> Clock:
    """Return the clock after `known` became known at `now`: never later than `standing`, which stays if it is earlier.

    Its words are replaced only where the due time moves.
    """
    fresh = started(known, policy, now, cycle=cycle)
    acknowledge_by = min(standing.acknowledge_by, fresh.acknowledge_by)
    if fresh.due_at >= standing.due_at:
        return standing._replace(acknowledge_by=acknowledge_by)
    words = (*fresh.words, f"before, it was due by {_time(standing.due_at)}: due times only move earlier")
    return Clock(fresh.due_at, acknowledge_by, words)


def cisa(*, exploited: bool, exposed: bool, automatable: bool, total: bool) -> str:
    """Return the name of the policy's window by the four facts: "act", "attend", "track" or "otherwise"."""
    if (exploited and total and (exposed or automatable)) or (exposed and automatable and (exploited or total)):
        return "act"
    if exploited or (exposed and automatable) or (exposed and total):
        return "attend"
    return "track" if exposed or automatable else "otherwise"


def _windows(known: Facts, policy: Policy) -> Iterator[_Window]:
    """Yield each window that applies, with its reason."""
    yield _by_severity(known, policy)
    if known.cve or known.exploited:
        yield _by_four_facts(known, policy)
    if known.leaked:
        span = policy.clocks.leaked_credential
        yield _Window(span, f"a credential that leaked is as good as used: {span}")
    if known.ungated:
        span = policy.clocks.ungated_deployment
        yield _Window(span, f"it runs without a verdict from before it was deployed: {span}")


def _by_severity(known: Facts, policy: Policy) -> _Window:
    span = policy.windows.of(known.severity)
    word = "severity unknown, taken as high" if known.severity == "unknown" else f"severity {known.severity}"
    if not known.exposed or known.tier not in policy.halving.tiers:
        return _Window(span, f"{word}: {span}")
    shorter = span.times(policy.halving.factor)
    return _Window(
        shorter, f"{word}: {span}, and {shorter} as the service faces the internet and is of tier {known.tier}"
    )


def _by_four_facts(known: Facts, policy: Policy) -> _Window:
    name = cisa(
        exploited=known.exploited,
        exposed=known.exposed,
        automatable=known.automatable is True,
        total=known.total is True,
    )
    span: Span = getattr(policy.cisa, name)
    since = f" since {known.exploited_since}" if known.exploited_since else ""
    said = [
        f"known to be exploited{since}" if known.exploited else "not known to be exploited",
        "facing the internet" if known.exposed else "not facing the internet",
    ]
    for fact, yes, no in (
        (known.automatable, "attacks can be automated", "attacks cannot be automated"),
        (known.total, "impact is total", "impact is partial"),
    ):
        said += [] if fact is None else [yes if fact else no]
    unknown = [
        word
        for fact, word in ((known.automatable, "attacks can be automated"), (known.total, "impact is total"))
        if fact is None
    ]
    if unknown:
        said.append(f"whether {' and whether '.join(unknown)} is not known and not counted")
    return _Window(span, f"CISA's four facts ({', '.join(said)}): {span}")


def _of_vector(vector: str | None) -> tuple[bool | None, bool | None]:
    """Return whether attacks can be automated and whether impact is total, as far as a CVSS vector tells.

    CVSS v4.0 says the first itself where its supplemental metric is given (AU, section 4.2). Else it is read as SSVC's
    guide does: automatable where nothing but the network is needed (AV:N, AC:L, PR:N, UI:N, and AT:N in v4), total
    where confidentiality, integrity and availability are all lost.
    """
    if not vector:
        return None, None
    metrics = dict(part.split(":", 1) for part in vector.strip("()").split("/") if part.count(":") == 1)
    if vector.startswith("CVSS:4.0/"):
        needs: tuple[str, ...] = ("AV:N", "AC:L", "AT:N", "PR:N", "UI:N")
        lost = ("VC", "VI", "VA")
    elif vector.startswith("CVSS:3."):
        needs, lost = ("AV:N", "AC:L", "PR:N", "UI:N"), ("C", "I", "A")
    else:  # v2 knows neither
        return None, None
    wanted = [need.split(":") for need in needs]
    if not all(name in metrics for name in (*(name for name, _ in wanted), *lost)):
        return None, None
    automatable = all(metrics[name] == value for name, value in wanted)
    if metrics.get("AU") in {"Y", "N"}:
        automatable = metrics["AU"] == "Y"
    return automatable, all(metrics[name] == "H" for name in lost)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
