"""The platform watches itself: a duty that keeps failing is a finding like any other, with an owner and a clock."""

from datetime import timedelta
from typing import Final

from wardline.findings.model import Upload
from wardline.findings.report import Finding, Fix, Location, fingerprint
from wardline.kernel.duties.model import Duty, Standing, Turn
from wardline.kernel.errors import NotFoundError
from wardline.kernel.identity.model import PLATFORM
from wardline.services import Services

SERVICE: Final = "wardline"
SOURCE: Final = "wardline itself"
RULE: Final = "failing-duty"
_PATIENCE: Final = timedelta(minutes=15)
_TRIES: Final = 5


def duty(services: Services) -> Duty:
    """Return the duty that turns duties that keep failing into findings, and closes them when they work again."""

    def run(turn: Turn) -> str:
        found = [failing(one) for one in services.duties.list(PLATFORM) if keeps_failing(one, turn)]
        known = _registered(services)
        if not found and not known:
            return ""
        if not known:
            services.catalog.put_service(
                PLATFORM, SERVICE, name="Wardline", description="The platform that shows you this."
            )
        receipt = services.findings.receive(
            PLATFORM,
            Upload(
                service=SERVICE,
                source=SOURCE,
                findings=found,
                complete=frozenset({"other"}),
                at=turn.now,
                idempotency=f"{SOURCE} {turn.now.isoformat()}",
            ),
        )
        changed = receipt.opened + receipt.reopened + receipt.fixed
        return f"{len(found)} duties keep failing" if found or changed else ""

    return Duty("platform:watch", "Duties that keep failing become findings", every_seconds=60, run=run)


def keeps_failing(standing: Standing, turn: Turn) -> bool:
    """Return whether a duty failed five times in a row or for a quarter of an hour."""
    if not standing.failures or standing.failing_since is None:
        return False
    return standing.failures >= _TRIES or turn.now - standing.failing_since >= _PATIENCE


def failing(standing: Standing) -> Finding:
    """Return the finding of a duty that keeps failing."""
    return Finding(
        fingerprint=fingerprint(RULE, standing.name),
        practice="other",
        rule=RULE,
        title=f"A duty of the platform keeps failing: {standing.title}",
        severity="high",
        confidence="high",
        message=f"{standing.name} has failed {standing.failures} times in a row, at last by: {standing.last_failure}",
        location=Location("resource", f"duty/{standing.name}"),
        fix=Fix("edit", "see what it last said on Settings, Duties, and what docs/operations.md says of it"),
    )


def _registered(services: Services) -> bool:
    try:
        services.catalog.service(PLATFORM, SERVICE)
    except NotFoundError:
        return False
    return True
