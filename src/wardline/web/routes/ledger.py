"""The ledger: what happened, in order, under signed heads; the proof of one event; and how to check all of it."""

import re
from typing import Any, Final, NamedTuple

from starlette.responses import PlainTextResponse, Response

from wardline.kernel import merkle
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.ledger.model import Proof
from wardline.kernel.paging import Page
from wardline.web import exports, happenings
from wardline.web.asking import Asked
from wardline.web.routing import Look

COLUMNS: Final = ("number", "id", "at", "actor", "actor_name", "via", "action", "subject", "about", "details")
_RESOURCES: Final = (
    ("finding:", "Findings"), ("waiver:", "Waivers"), ("report:", "Reports"), ("deployment:", "Deployments"),
    ("service:", "Services"), ("team:", "Teams"), ("account:", "People"), ("session:", "Sessions"),
    ("token:", "API tokens"), ("policy:", "Policy"), ("vault:", "Vault"),
)  # fmt: skip
_HEADS: Final = 5
_DIGITS: Final = 15
_ROOT: Final = re.compile(r"[0-9a-f]{64}")


class Growth(NamedTuple):
    """Whether the newest head goes on from a kept one: the proof, the root that was kept ("" for none), the verdict."""

    proof: Proof
    kept: str
    goes_on: bool


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
    return asked.html(
        "event.html",
        event=one,
        head=head,
        proof=proof,
        leads=proof is not None
        and head is not None
        and merkle.verify_inclusion(proof.first_hash, proof.first, proof.size, proof.hashes, head.root),
        growth=_growth(asked, head.size) if head else None,
        longest=head.size if head else 0,
        details=happenings.details(one),
    )


def _growth(asked: Asked, size: int) -> Growth | None:
    """Return the proof that the newest head goes on from one that somebody kept; None where none was named."""
    kept = asked.query.get("kept", "").strip().replace(",", "")
    root = asked.query.get("root", "").strip().lower()
    if not kept:
        return None
    if not (kept.isascii() and kept.isdecimal() and len(kept) <= _DIGITS and 0 < int(kept) <= size):
        raise AskedWronglyError(f"a head that you kept is over 1 to {size:,} events", hint="its note says how many")
    if root and not _ROOT.fullmatch(root):
        raise AskedWronglyError("a root is 64 hexadecimal digits", hint="leave it out to see what it should be")
    proof = asked.services.ledger.consistency(asked.who, int(kept), size)
    first = bytes.fromhex(root) if root else proof.first_hash
    return Growth(proof, root, merkle.verify_consistency(int(kept), size, proof.hashes, first, proof.root))


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
