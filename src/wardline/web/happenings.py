"""What the ledger's events say, in words that people use. Pure."""

import re
from typing import Any, Final

from wardline.kernel.ledger.model import Event

_WORDS: Final = {
    "finding:opened": "Detected",
    "finding:seen-again": "Seen again",
    "finding:reopened": "Came back after it was fixed: half the window",
    "finding:fixed": "Fixed: gone from the default branch",
    "finding:verified": "Verified: gone from every running deployment",
    "finding:acknowledged": "Acknowledged",
    "finding:assigned": "Assigned",
    "finding:started": "Fixing started",
    "finding:dismissal-asked": "Dismissal asked for",
    "finding:dismissed": "Dismissed",
    "finding:dismissal-refused": "Dismissal refused",
    "finding:dismissal-lapsed": "Dismissal ended: open again",
    "finding:clock-tightened": "Due earlier than before",
    "finding:escalated": "Escalated",
    "waiver:asked": "Waiver asked for",
    "waiver:approved": "Waiver approved",
    "waiver:refused": "Waiver refused",
    "waiver:effective": "Waiver took effect",
    "waiver:expired": "Waiver expired",
    "waiver:revoked": "Waiver revoked",
    "waiver:lapsed": "Waiver ended: no longer needed",
    "waiver:renewed": "Waiver renewed",
    "waiver:narrowed": "Waiver covers less: something left it",
    "waiver:escalated": "Waiver not decided in time: told to whoever stands above",
    "waiver:withdrawn": "Waiver withdrawn",
    "waiver:granted-by-clock": "Waiver granted by the clock: nobody decided in time",
    "session:opened": "Signed in",
    "session:ended": "Signed out",
    "session:revoked": "Session revoked",
    "token:created": "API token made",
    "token:revoked": "API token revoked",
    "deployment:recorded": "Deployed",
    "report:received": "Report received",
    "policy:changed": "Policy changed",
    "vault:root": "Root of the vault",
    "vault:grant": "Grant approved",
    "vault:proposed": "Signatures asked for",
    "vault:version": "New version of a secret",
    "vault:wrap": "Version sealed to more readers",
    "vault:handed-out": "Ciphertext handed to an agent",
    "vault:receipt": "Delivered to a workload",
    "vault:binding": "Keys of a workload handed in",
    "vault:freshness": "Custodian vouched for what is current",
    "vault:revocation": "Reader taken off a secret",
    "vault:acknowledgement": "Custodian applied it",
    "vault:epoch": "New epoch",
    "vault:put": "Sealed value brought",
    "vault:break-glass": "Break-glass access approved",
    "vault:rotation-asked": "Rotation asked for",
    "vault:rotation-begun": "Rotation begun",
    "vault:rotation-ended": "Rotation ended",
}
_GOOD: Final = ("fixed", "verified", "approved", "effective", "acknowledged", "started")
_BAD: Final = ("reopened", "escalated", "revoked", "refused", "clock-tightened", "dismissal-lapsed")
_ACCENT: Final = ("opened", "asked", "assigned", "received", "recorded")
_NAMED: Final = {"finding:assigned": "owner_name", "finding:escalated": "told"}
_PLAIN_TO_SEE: Final = frozenset(
    {"findings", "scope", "source", "renewals", "needed", "owner", "owner_name", "told", "title", "place"}
)
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:\+00:00|Z)")
_MOST_DETAILS: Final = 8
_LONGEST: Final = 400


def words(event: Event) -> str:
    """Return what happened: "Waiver approved"; an action without words of its own is shown as it is."""
    named = event.details.get(_NAMED.get(event.action, ""))
    known = _WORDS.get(event.action)
    if known and named:
        return f"{known} to {named}"
    if known:
        return known
    noun, _, verb = event.action.partition(":")
    return f"{noun.replace('-', ' ')} {verb.replace('-', ' ')}".strip().capitalize()


def tone(event: Event) -> str:
    """Return the style sheet's class of an event: good, bad, accent, or none."""
    verb = event.action.partition(":")[2]
    if event.action.startswith("session"):
        return ""
    return "good" if verb in _GOOD else "bad" if verb in _BAD else "accent" if verb in _ACCENT else ""


def details(event: Event) -> list[str]:
    """Return an event's details as lines: "severity: high"."""
    lines = []
    for name, value in list(event.details.items())[:_MOST_DETAILS]:
        said = _said(value)
        if said and name not in _PLAIN_TO_SEE:
            lines.append(f"{str(name).replace('_', ' ')}: {said}"[:_LONGEST])
    return lines


def _said(value: Any) -> str:
    if value is None or not str(value).strip() or not (value or isinstance(value, int | float)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{str(name).replace('_', ' ')} {part}" for name, part in value.items() if part is not None)
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    text = str(value)
    moment = _MOMENT.fullmatch(text)
    return f"{moment[1]} {moment[2]} UTC" if moment else text
