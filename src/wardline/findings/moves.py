"""What people do with a finding: say "mine", hand it on, begin the repair, or say that it is wrong. Pure rules.

    detected -> owned -> fixing -> fixed -> verified
    any of the first three -> dismissed: a reason, evidence, a second person, an end; then back to detected
    fixed, verified, dismissed -> detected: the next cycle

No state is skipped by a person's move: beginning the repair of a detected finding takes it first. That it is gone
(fixed) is a fact that a report brings, whatever the state.
"""

from datetime import datetime, timedelta
from typing import Final

from wardline.findings.model import OPEN, State
from wardline.findings.policy import Policy
from wardline.findings.spans import after
from wardline.kernel.errors import AskedWronglyError, ConflictError, DeniedError
from wardline.kernel.identity.model import Principal

NEXT: Final[dict[State, frozenset[State]]] = {
    "detected": frozenset({"owned", "fixed", "dismissed"}),
    "owned": frozenset({"fixing", "fixed", "dismissed"}),
    "fixing": frozenset({"fixed", "dismissed"}),
    "fixed": frozenset({"verified", "detected"}),
    "verified": frozenset({"detected"}),
    "dismissed": frozenset({"detected", "fixed"}),
}
MIN_CHARS: Final = 20
MAX_CHARS: Final = 4000
MIN_REFUSAL_CHARS: Final = 10
_SHORTEST: Final = timedelta(hours=1)


def require_open(state: State) -> None:
    """Go on only if the finding still has to be repaired. Raises: `ConflictError`."""
    if state not in OPEN:
        raise ConflictError(f"this finding is {state}: there is nothing to do", hint="it opens again if it comes back")


def checked_dismissal(
    reason: str, evidence: str, expires: datetime, *, now: datetime, policy: Policy
) -> tuple[str, str]:
    """Return reason and evidence as they are kept.

    Raises: `AskedWronglyError` where one says too little, or the end is not within the policy's longest life.
    """
    texts = []
    for name, text in (("the reason", reason), ("the evidence", evidence)):
        plain = " ".join(text.split())
        if not MIN_CHARS <= len(plain) <= MAX_CHARS:
            raise AskedWronglyError(f"{name} has {MIN_CHARS} to {MAX_CHARS} characters", hint="say what you looked at")
        texts.append(plain)
    if expires.tzinfo is None:
        raise AskedWronglyError("the end has no time zone", hint="write it as 2026-12-24T12:00:00Z")
    longest = after(now, policy.dismissals.longest, policy.calendar)
    if not now + _SHORTEST <= expires <= longest:
        raise AskedWronglyError(
            f"a dismissal ends within {policy.dismissals.longest}, by {longest:%Y-%m-%d %H:%M} UTC",
            hint="it lapses then, and is looked at again",
        )
    return texts[0], texts[1]


def checked_refusal(why: str) -> str:
    """Return the reason of a refusal as it is kept. Raises: `AskedWronglyError` for too few or too many words."""
    plain = " ".join(why.split())
    if not MIN_REFUSAL_CHARS <= len(plain) <= MAX_CHARS:
        raise AskedWronglyError(
            f"a reason of {MIN_REFUSAL_CHARS} to {MAX_CHARS} characters is owed", hint="who asked will read it"
        )
    return plain


def require_second(who: Principal, *, asked_by: str, owner: str | None) -> None:
    """Go on only if `who` is neither the person that asked nor the owner. Raises: `DeniedError`."""
    if who.kind != "person":
        raise DeniedError("a person decides on dismissals", hint="sign in, and decide on its page")
    if who.id in {asked_by, owner}:
        raise DeniedError(
            "whoever asked for a dismissal, or owns the finding, does not decide on it", hint="ask another person"
        )
