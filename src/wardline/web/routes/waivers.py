"""Waivers: what was asked for, what counts, what ends soon; asking, and what becomes of it."""

from datetime import timedelta
from typing import Any, Final

from starlette.responses import Response

from wardline.findings.model import Tracked
from wardline.findings.waivers.model import MAX_DAYS, REASONS, STANDINGS, Control, Request, Scope, Shown
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.paging import Page
from wardline.web import exports, rendering
from wardline.web.asking import Asked
from wardline.web.routing import Look, Move

COLUMNS: Final = (
    "id", "standing", "severity", "reason", "service", "service_name", "rule", "fingerprint", "path_prefix", "findings",
    "requester_name", "asked_at", "decide_by", "starts_at", "expires_at", "renewals", "justification", "control",
)  # fmt: skip
_REASON_WORDS: Final = {
    "fix-in-progress": "The fix is under way and needs longer",
    "compensating-control": "Something else holds meanwhile",
    "no-fix-available": "There is no fix yet",
    "not-reachable": "The vulnerable part is not reached",
    "false-positive-in-review": "It may be wrong, and is being looked at",
}
_VIEWS: Final = (
    ("", "Live"), ("asked", "Asked for"), ("effective", "Effective"), ("expiring", "Ending within 7 days"),
    ("over", "Over"),
)  # fmt: skip
_SOON: Final = timedelta(days=7)
_MEMBERS: Final = 500


def waivers(asked: Asked) -> Response:
    """Return the list."""
    chosen = _chosen(asked)
    listing = asked.services.waivers.list(asked.who, query(chosen, asked), asked.page())
    return asked.html(
        "waivers.html",
        listing=listing,
        chosen=chosen,
        views=[(f"/waivers{rendering.query({'standing': value})}", words, value == chosen) for value, words in _VIEWS],
        next_address=lambda cursor: "/waivers" + rendering.query({"standing": chosen, "after": cursor}),
    )


def export(asked: Asked) -> Response:
    """Return the same list as a file."""
    wanted = query(_chosen(asked), asked)
    rows = exports.every(lambda page: asked.services.waivers.list(asked.who, wanted, page))
    return exports.answer(asked.path.rpartition(".")[2], "waivers", map(_row, rows), COLUMNS)


def waiver(asked: Asked) -> Response:
    """Return one waiver: what it covers, why, what holds instead, who decided, and what may be done now."""
    shown = asked.services.waivers.get(asked.who, asked.parameters["id"])
    events: Any = ()
    if asked.may("ledger:read"):
        events = asked.services.ledger.list(asked.who, about=shown.waiver.id, page=Page(50)).rows
    return asked.html(
        "waiver.html", shown=shown, waiver=shown.waiver, events=events, reasons=_REASON_WORDS, longest=MAX_DAYS
    )


def form(asked: Asked) -> Response:
    """Return the form to ask for a waiver of one finding."""
    identifier = asked.form.get("finding") or asked.query.get("finding", "")
    if not identifier:
        raise AskedWronglyError("no finding is named", hint="open a finding and ask for a waiver there")
    finding: Tracked = asked.services.findings.get(asked.who, identifier)
    people = asked.services.catalog.members(asked.who, finding.team) if asked.may("catalog:read") else ()
    return asked.html(
        "waiver_form.html",
        finding=finding,
        people=people[:_MEMBERS],
        reasons=[(name, _REASON_WORDS.get(name, name)) for name in REASONS],
        longest=MAX_DAYS[finding.severity],
    )


def ask(asked: Asked) -> Response:
    """Ask for a waiver."""
    sent = asked.form
    finding: Tracked = asked.services.findings.get(asked.who, sent.required("finding", "the finding"))
    reason = sent.required("reason", "the reason")
    if reason not in REASONS:
        raise AskedWronglyError("this is none of the reasons", hint="choose one of the list")
    days = sent.whole("days", "for how many days", least=1, most=max(MAX_DAYS.values()))
    covers = sent.get("covers", "finding")
    scope = Scope(finding.service, fingerprint=finding.fingerprint)
    if covers == "rule":
        scope = Scope(finding.service, rule=finding.rule, path_prefix=sent.get("path") or None)
    made = asked.services.waivers.ask(
        asked.who,
        Request(
            scope=scope,
            reason=reason,
            justification=sent.required("justification", "the justification"),
            control=Control(
                sent.required("control", "what holds instead"),
                check=sent.get("check") or None,
                attested_by=sent.get("attested_by") or None,
            ),
            expires_at=asked.now + timedelta(days=days) - timedelta(minutes=1),
        ),
    )
    return asked.back(f"/waivers/{_id(made)}", "Asked for. Somebody else decides; until then the clock runs")


def approve(asked: Asked) -> Response:
    """Say yes."""
    asked.services.waivers.approve(asked.who, asked.parameters["id"])
    return _back(asked, "Approved")


def refuse(asked: Asked) -> Response:
    """Say no, and why."""
    asked.services.waivers.refuse(asked.who, asked.parameters["id"], asked.form.required("why", "the reason"))
    return _back(asked, "Refused")


def revoke(asked: Asked) -> Response:
    """End a waiver that counts, and say why."""
    asked.services.waivers.revoke(asked.who, asked.parameters["id"], asked.form.required("why", "the reason"))
    return _back(asked, "Revoked: what it covered is due as if it had never been waived")


def withdraw(asked: Asked) -> Response:
    """Take back what one asked for."""
    asked.services.waivers.withdraw(asked.who, asked.parameters["id"])
    return _back(asked, "Withdrawn")


def renew(asked: Asked) -> Response:
    """Ask for the same once more, until later."""
    days = asked.form.whole("days", "for how many days", least=1, most=max(MAX_DAYS.values()))
    made = asked.services.waivers.renew(
        asked.who,
        asked.parameters["id"],
        justification=asked.form.required("justification", "the justification"),
        expires_at=asked.now + timedelta(days=days) - timedelta(minutes=1),
    )
    return asked.back(f"/waivers/{_id(made)}", "Renewal asked for; somebody else decides")


def query(chosen: str, asked: Asked) -> Any:
    """Return the question that one of the views asks."""
    from wardline.findings.waivers.model import TERMINAL, Query

    live = frozenset(STANDINGS) - TERMINAL
    return {
        "": Query(standings=live),
        "over": Query(standings=TERMINAL),
        "expiring": Query(standings=frozenset({"effective"}), expires_before=asked.now + _SOON),
    }.get(chosen) or Query(standings=frozenset(one for one in STANDINGS if one == chosen))


def _chosen(asked: Asked) -> str:
    chosen = asked.query.get("standing", "")
    return chosen if chosen in {*STANDINGS, "expiring", "over"} else ""


def _row(shown: Shown) -> dict[str, Any]:
    one = shown.waiver
    return {
        **one._asdict(),
        **one.scope._asdict(),
        "standing": shown.standing,
        "service_name": shown.service_name,
        "findings": [finding.id for finding in shown.findings],
        "control": one.control.text,
    }


def _id(made: Any) -> str:
    return str(made.waiver.id if isinstance(made, Shown) else made.id)


def _back(asked: Asked, done: str) -> Response:
    return asked.back(f"/waivers/{asked.parameters['id']}", done)


_AT: Final = "/waivers/{id}"
ROUTES: Final = (
    Look("/waivers", waivers, "waiver:read"),
    Look("/waivers.csv", export, "waiver:read"),
    Look("/waivers.json", export, "waiver:read"),
    Look("/waivers/ask", form, "waiver:ask"),
    Move("/waivers/ask", ask, "waiver:ask", form),
    Look(_AT, waiver, "waiver:read"),
    Move(f"{_AT}/approve", approve, "waiver:approve", waiver),
    Move(f"{_AT}/refuse", refuse, "waiver:approve", waiver),
    Move(f"{_AT}/revoke", revoke, "waiver:read", waiver),
    Move(f"{_AT}/withdraw", withdraw, "waiver:ask", waiver),
    Move(f"{_AT}/renew", renew, "waiver:ask", waiver),
)
