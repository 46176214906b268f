"""The platform put together: settings in, every service over one database out, and the duties that they owe."""

import os
import socket
from collections.abc import Callable
from datetime import datetime

from wardline.catalog.service import Catalog
from wardline.findings.service import Findings
from wardline.findings.waivers.service import Waivers
from wardline.kernel import clock
from wardline.kernel.database.engine import Database
from wardline.kernel.duties.model import Duty
from wardline.kernel.duties.service import Duties
from wardline.kernel.identity.service import Identity
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.notices.service import Notices
from wardline.kernel.settings import Settings
from wardline.main import selfcheck, vaultcheck
from wardline.services import Services
from wardline.vault.server.service import Vault


def services(settings: Settings, now: Callable[[], datetime] = clock.now) -> Services:
    """Return the services of one node. Nothing is connected and nothing runs yet.

    Raises: `AskedWronglyError` for an address that is no database's; `UnsafeKeyError` for a key that others may read.
    """
    database = Database(settings.database)
    ledger = Ledger(database, now, Signer.opened(settings.state, settings.ledger_key_file))
    catalog = Catalog(database, now, ledger)
    return Services(
        settings=settings,
        database=database,
        clock=now,
        ledger=ledger,
        duties=Duties(database, now, settings.node or f"{socket.gethostname()}/{os.getpid()}"),
        identity=Identity(database, now, ledger, settings),
        notices=Notices(database, now, settings),
        catalog=catalog,
        findings=Findings(database, now, ledger, catalog),
        waivers=Waivers(database, now, ledger, catalog),
        vault=Vault(database, now, ledger),
    )


def duties(made: Services) -> tuple[Duty, ...]:
    """Return everything that the platform owes regularly."""
    return (
        made.ledger.duty(),
        *made.findings.duties(),
        *made.waivers.duties(),
        *made.notices.duties(),
        selfcheck.duty(made),
        vaultcheck.duty(made),
    )
