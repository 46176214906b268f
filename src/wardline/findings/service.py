"""Findings: the one class that faces ask. Its parts are in these files.

reading.py     lists, counts, one finding and its history, reports
working.py     what people do with findings
measuring.py   secure velocity in numbers
governing.py   the organisation's policy, and what a change of it would change
receiving.py   a report comes in
tending.py     what the platform owes findings between reports
tallying.py    what it owes to what is kept of how many there are
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from wardline.findings import tallying
from wardline.findings.governing import Governing
from wardline.findings.measuring import Measuring
from wardline.findings.model import Receipt, Upload
from wardline.findings.neighbours import Catalog
from wardline.findings.reading import Reading
from wardline.findings.receiving import Receiving
from wardline.findings.tending import Tending
from wardline.findings.working import Working
from wardline.kernel.database.engine import Database
from wardline.kernel.duties.model import Duty
from wardline.kernel.identity.model import Principal
from wardline.kernel.ledger.service import Ledger


class Findings(Reading, Working, Measuring, Governing):
    """`Findings(database, clock, ledger, catalog)`. Stateless."""

    def __init__(self, database: Database, clock: Callable[[], datetime], ledger: Ledger, catalog: Catalog) -> None:
        super().__init__(database, clock, ledger, catalog)
        self._receiving: Final = Receiving(database, clock, ledger, catalog)
        self._tending: Final = Tending(ledger, catalog)

    def receive(self, who: Principal, upload: Upload) -> Receipt:
        """Return what an upload changed. See `Receiving.receive`; not to be called inside `Database.joined`."""
        return self._receiving.receive(who, upload)

    def repeated(self, who: Principal, upload: Upload) -> Receipt | None:
        """Return what an upload changed when it came before; None where it is news. See `Receiving.repeated`."""
        return self._receiving.repeated(who, upload)

    def duties(self) -> tuple[Duty, ...]:
        """Return what the platform owes findings between reports."""
        return (*self._tending.duties(), *tallying.duties())
