"""One finding: what, where, why it matters, how to repair it, who, by when and why then, and all that happened."""

from datetime import timedelta
from typing import Any, Final

from starlette.responses import Response

from wardline.findings.model import Tracked
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.paging import Page
from wardline.web.asking import Asked
from wardline.web.routing import Look, Move

_MEMBERS: Final = 200
_STEPS: Final = ("detected", "owned", "fixing", "fixed", "verified")
_LONGEST_DISMISSAL: Final = 180
_DISMISSALS: Final = (
    "The vulnerable part is not used",
    "The tool is wrong here",
    "It is only in tests or examples",
    "It is the same as another finding",
)


def finding(asked: Asked) -> Response:
    """Return the page."""
    services, who = asked.services, asked.who
    one: Tracked = services.findings.get(who, asked.parameters["id"])
    history = services.findings.history(who, one.id)
    return asked.html(
        "finding.html",
        finding=one,
        reported=one.attributes,
        history=history,
        events=history.events.rows if asked.may("ledger:read") else (),
        dismissal=next((past for past in history.dismissals if past.state in {"asked", "approved"}), None),
        steps=_STEPS,
        dismissals=_DISMISSALS,
        longest_dismissal=_LONGEST_DISMISSAL,
        members=_members(asked, one),
        waivers=_waivers(asked, one),
        why=why_it_matters(one),
    )


def why_it_matters(one: Tracked) -> list[str]:
    """Return why this finding matters here, in sentences: only what is known, each a fact."""
    reported, said = one.attributes, []
    if reported.exploited:
        since = f" since {reported.exploited.since}" if reported.exploited.since else ""
        said.append(
            f"It is known to be exploited{since}{', by ransomware too' if reported.exploited.ransomware else ''}."
        )
    if reported.blocks:
        said.append("It is malware: whatever ran it has to be treated as taken over.")
    if reported.exploit_probability is not None:
        said.append(f"The chance that it is exploited within 30 days is {reported.exploit_probability:.1%} (EPSS).")
    said.append(f"{one.service_name} is a service of tier {one.tier}.")
    if one.cycle > 1:
        said.append(f"It was fixed before and came back: this is time {one.cycle}, with half the window.")
    return said


def acknowledge(asked: Asked) -> Response:
    """Say that the finding was seen: it has an owner who knows."""
    one = asked.services.findings.acknowledge(asked.who, asked.parameters["id"])
    return _back(asked, f"Acknowledged. Due {one.due_at:%Y-%m-%d %H:%M} UTC")


def start(asked: Asked) -> Response:
    """Say that the fix is under way."""
    asked.services.findings.start(asked.who, asked.parameters["id"])
    return _back(asked, "Fixing has started. The clock keeps running until it is gone")


def assign(asked: Asked) -> Response:
    """Give the finding to a person of its team."""
    account = asked.form.required("account", "the new owner")
    one = asked.services.findings.assign(asked.who, asked.parameters["id"], account)
    return _back(asked, f"{one.owner_name or 'The team'} owns it now")


def dismiss(asked: Asked) -> Response:
    """Ask that the finding is dismissed: with a reason, evidence, and an end; a second person decides."""
    form = asked.form
    reason = form.required("reason", "the reason")
    evidence = form.required("evidence", "the evidence")
    days = form.whole("days", "for how many days", least=1, most=_LONGEST_DISMISSAL)
    if reason not in _DISMISSALS:
        raise AskedWronglyError("this is none of the reasons", hint="choose one of the list")
    asked.services.findings.dismiss(
        asked.who, asked.parameters["id"], reason, evidence, asked.now + timedelta(days=days)
    )
    return _back(asked, "Dismissal asked for. Until a second person agrees, the finding stays open and its clock runs")


def approve_dismissal(asked: Asked) -> Response:
    """Agree to a dismissal."""
    asked.services.findings.approve_dismissal(asked.who, asked.parameters["id"])
    return _back(asked, "Dismissed. It opens again when the dismissal ends")


def refuse_dismissal(asked: Asked) -> Response:
    """Refuse a dismissal, with a reason for whoever asked."""
    why = asked.form.required("why", "why not")
    asked.services.findings.refuse_dismissal(asked.who, asked.parameters["id"], why)
    return _back(asked, "Dismissal refused. The finding stays open")


def _back(asked: Asked, done: str) -> Response:
    return asked.back(asked.form.get("to") or f"/findings/{asked.parameters['id']}", done)


def _members(asked: Asked, one: Tracked) -> list[Any]:
    if not asked.may("finding:work") or not asked.may("catalog:read"):
        return []
    return sorted(asked.services.catalog.members(asked.who, one.team), key=lambda member: member.name.casefold())


def _waivers(asked: Asked, one: Tracked) -> list[Any]:
    if not asked.may("waiver:read"):
        return []
    from wardline.findings.waivers.model import Query

    return list(asked.services.waivers.list(asked.who, Query(finding=one.id), Page(_MEMBERS)).rows)


_AT: Final = "/findings/{id}"
ROUTES: Final = (
    Look(_AT, finding, "finding:read"),
    Move(f"{_AT}/acknowledge", acknowledge, "finding:work", finding),
    Move(f"{_AT}/start", start, "finding:work", finding),
    Move(f"{_AT}/assign", assign, "finding:work", finding),
    Move(f"{_AT}/dismiss", dismiss, "finding:dismiss", finding),
    Move(f"{_AT}/approve-dismissal", approve_dismissal, "finding:dismiss-approve", finding),
    Move(f"{_AT}/refuse-dismissal", refuse_dismissal, "finding:dismiss-approve", finding),
)
