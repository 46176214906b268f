"""What the platform owes to what it keeps of how many findings there are: drawn together, and counted anew each day."""

from typing import Final

from wardline.findings import tally_store
from wardline.kernel.duties.model import Duty, Turn

_TOGETHER_SECONDS: Final = 60
_ANEW_SECONDS: Final = 86400


def duties() -> tuple[Duty, ...]:
    """Return the duties."""
    return (
        Duty("findings-tallies", "What is counted of findings is drawn together", _TOGETHER_SECONDS, _together),
        Duty("findings-recount", "What is counted of findings is counted anew", _ANEW_SECONDS, _anew),
    )


def _together(turn: Turn) -> str:
    with turn.transaction() as tx:
        tally_store.drawn_together(tx)
    return ""


def _anew(turn: Turn) -> str:
    with turn.transaction() as tx:
        wrong = tally_store.recounted(tx)
    return f"{wrong} counts were wrong, and are right now" if wrong else ""
