"""The ledger: what happened, in order, under signed heads; the proof of one event; and how to check all of it."""

from typing import Any, Final

from starlette.responses import PlainTextResponse, Response

from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.paging import Page
from wardline.web import exports, happenings
from wardline.web.asking import Asked
from wardline.web.routing import Look

COLUMNS: Final = ("number", "id", "at", "actor", "actor_name", "via", "action", "subject", "about", "details")
_RESOURCES: Final = (
    ("finding:", "Findings"), ("waiver:", "Waivers"), ("report:", "Reports"), ("deployment:", "Deployments"),
    ("service:", "Services"), ("team:", "Teams"), ("account:", "People"), ("session:", "Sessions"),
    ("token:", "API tokens"), ("policy:", "Policy"),
)  # fmt: skip
_HEADS: Final = 5


def ledger(asked: Asked) -> Response:
    """Return the events, the last first."""
    ask = asked.services.ledger
    chosen = _chosen(asked)
    return asked.html(
        "ledger.html",
        listing=ask.list(asked.who, **chosen, page=asked.page()),
        chosen=chosen,
        resources=_RESOURCES,
        head=ask.head(asked.who),
        heads=ask.heads(asked.who, Page(_HEADS)).rows,
        keys=ask.keys(asked.who),
        next_address=lambda cursor: f"/ledger{_query(chosen, cursor)}",
        export_query=_query(chosen, None),
    )


def event(asked: Asked) -> Response:
    """Return one event and, once it has a number, the proof that it stands in the ledger."""
    ask = asked.services.ledger
    one = ask.get(asked.who, asked.parameters["id"])
    head = ask.head(asked.who)
    proof = ask.inclusion(asked.who, one.number, head.size) if head and one.number is not None else None
    return asked.html("event.html", event=one, head=head, proof=proof, details=happenings.details(one))


def export(asked: Asked) -> Response:
    """Return the same events as a file."""
    chosen = _chosen(asked)
    rows = exports.every(lambda page: asked.services.ledger.list(asked.who, **chosen, page=page))
    kind = asked.path.rpartition(".")[2]
    return exports.answer(kind, "ledger", (_row(one) for one in rows), COLUMNS)


def note(asked: Asked) -> Response:
    """Return the newest head as a signed note, to be kept elsewhere."""
    text = asked.services.ledger.note(asked.who)
    return PlainTextResponse(text, headers={"content-disposition": 'attachment; filename="wardline-head.txt"'})


def _row(one: Any) -> dict[str, Any]:
    row: dict[str, Any] = one._asdict()
    row["about"] = list(one.about)
    row["details"] = dict(one.details)
    return row


def _chosen(asked: Asked) -> dict[str, str | None]:
    chosen = {name: asked.query.get(name, "").strip()[:100] or None for name in ("about", "actor", "action")}
    if chosen["action"] and len(chosen["action"]) > 60:
        raise AskedWronglyError("this is no action", hint="choose one of the list")
    return chosen


def _query(chosen: dict[str, str | None], cursor: str | None) -> str:
    from urllib.parse import urlencode

    pairs = {name: value for name, value in {**chosen, "after": cursor}.items() if value}
    return f"?{urlencode(pairs)}" if pairs else ""


ROUTES: Final = (
    Look("/ledger", ledger, "ledger:read"),
    Look("/ledger.csv", export, "ledger:read"),
    Look("/ledger.json", export, "ledger:read"),
    Look("/ledger/head.txt", note, "ledger:read"),
    Look("/ledger/{id}", event, "ledger:read"),
)
