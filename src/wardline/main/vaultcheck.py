"""What is wrong with the vault is a finding like any other, with an owner and a clock, and closes when it is gone."""

from typing import Final

from wardline.findings.model import Upload
from wardline.findings.report import Finding, Fix, Location, fingerprint
from wardline.kernel.duties.model import Duty, Turn
from wardline.kernel.errors import NotFoundError
from wardline.kernel.identity.model import PLATFORM
from wardline.services import Services
from wardline.vault.server.watching import Kind, Worry

SERVICE: Final = "vault"
SOURCE: Final = "the vault"
_EVERY_SECONDS: Final = 30
_TITLES: Final[dict[Kind, str]] = {
    "overdue": "A secret is older than it may be",
    "stuck-rotation": "A secret's rotation does not go on",
    "ending-grant": "A secret's grant ends",
    "known-to-the-revoked": "A secret is known to somebody whose access was taken away",
    "silent-custodian": "A custodian is silent",
}


def duty(services: Services) -> Duty:
    """Return the duty that turns the vault's worries into findings, and closes them when they are gone."""
    awake = services.clock()

    def run(turn: Turn) -> str:
        found = [finding(one) for one in services.vault.worries(awake)]
        known = _registered(services)
        if not found and not known:
            return ""
        if not known:
            services.catalog.put_service(PLATFORM, SERVICE, name="Vault", description="The vault's secrets.")
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
        return f"{len(found)} worries, {receipt.opened} new, {receipt.fixed} gone" if changed else ""

    return Duty("vault:watch", "What is wrong with the vault becomes findings", every_seconds=_EVERY_SECONDS, run=run)


def finding(worry: Worry) -> Finding:
    """Return a worry as a finding: the same one for as long as it lasts."""
    rule = f"vault-{worry.kind}"
    return Finding(
        fingerprint=fingerprint(rule, worry.about),
        practice="other",
        rule=rule,
        title=f"{_TITLES[worry.kind]}: {worry.about.partition('/')[2]}",
        severity=worry.severity,
        confidence="high",
        message=worry.detail,
        location=Location("resource", worry.about),
        fix=Fix("edit", worry.way_out),
    )


def _registered(services: Services) -> bool:
    try:
        services.catalog.service(PLATFORM, SERVICE)
    except NotFoundError:
        return False
    return True
