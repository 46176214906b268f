"""Every table there is, in one place: what migrations are held against and tests create."""

from typing import Final

from sqlalchemy import MetaData

import wardline.catalog.store
import wardline.findings.escalation.store
import wardline.findings.store
import wardline.findings.tally_store
import wardline.findings.waivers.store
import wardline.kernel.duties.store
import wardline.kernel.idempotency.store
import wardline.kernel.identity.store
import wardline.kernel.ledger.store
import wardline.kernel.notices.store
import wardline.vault.server.tables  # noqa: F401 - imported for their tables
from wardline.kernel.database.types import METADATA

SCHEMA: Final[MetaData] = METADATA
