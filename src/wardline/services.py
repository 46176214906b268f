"""Every service that a face may ask, by name. `main` puts them together; `api` and `web` are given them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from wardline.catalog.service import Catalog
from wardline.findings.service import Findings
from wardline.findings.waivers.service import Waivers
from wardline.kernel.database.engine import Database
from wardline.kernel.duties.service import Duties
from wardline.kernel.identity.service import Identity
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.notices.service import Notices
from wardline.kernel.settings import Settings
from wardline.vault.server.service import Vault


@dataclass(frozen=True, slots=True)
class Services:
    """The platform's services over one database. Stateless: any number of nodes may hold the same."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime]
    ledger: Ledger
    duties: Duties
    identity: Identity
    notices: Notices
    catalog: Catalog
    findings: Findings
    waivers: Waivers
    vault: Vault
