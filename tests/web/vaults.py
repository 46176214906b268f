"""A vault for the made-up organisation: one root, seven secrets in every standing, proposals that wait.

furnished(world)   # a World of tests/web/world.py, at its end; secrets' ages are counted from then
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.vault.server.conftest import KeptWorld, Running
from tests.vault.world import PATH
from tests.web.world import World

from wardline.kernel.identity.model import PERMISSIONS, PLATFORM, Principal
from wardline.vault.protocol import roots
from wardline.vault.protocol.envelope import enveloped
from wardline.vault.protocol.model.grant import Endpoint, Epoch, Grant
from wardline.vault.server.model import Row
from wardline.vault.server.service import Vault

HOURS = 3600
STUCK = "the target does not answer: connection refused at db-2.shop.example:5432"


def furnished(world: World) -> Running:
    """Hold a ceremony and let every kind of secret come about over the month before the world's end."""
    ledger, vault = world.services.ledger, world.services.vault
    ledger.sequence()
    end = world.clock.at
    kept = KeptWorld(ledger, ledger.note(PLATFORM).partition("\n")[0], ledger.keys(PLATFORM)[0].public)
    who = Principal("person", world.accounts["security"], "Ana Castellanos", frozenset(PERMISSIONS))
    running = _Running(vault, ledger, kept, who)
    _at(world, kept, end - timedelta(days=29))
    vault.establish(who, kept.server.roots[0])
    every = {
        "rotate_every_seconds": 6 * HOURS,
        "maximum_age_seconds": 24 * HOURS,
        "strategy": "postgresql",
        "targets": (Endpoint("/run/postgresql", 5432, ""),),
    }
    secrets = (
        ("stripe/key", 28, {"maximum_age_seconds": 20 * 24 * HOURS}),
        ("mail/relay/password", 12, {"maximum_age_seconds": 14 * 24 * HOURS}),
        ("ssh/deploy", 3, {"maximum_age_seconds": 90 * 24 * HOURS}),
        ("db/billing", 0.9, every),
        ("db/search", 0.2, every),
        (PATH, 0.1, {**every, "expires": end + timedelta(days=11)}),
        ("partner/token", None, {"maximum_age_seconds": 30 * 24 * HOURS}),
    )
    kept.server.grants.clear()
    for path, _, special in secrets:
        changes = {"issued": kept.wall, "expires": end + timedelta(days=300), **special}
        made = kept.grant(path, **changes)
        writer = made.writers[0]
        running.granted(replace(made, writers=(writer,), readers=(kept.reader("orders"), kept.reader("reports"))))
    for path, days, _ in secrets:
        if days is not None:
            _at(world, kept, end - timedelta(days=days))
            _minted(running, path)
    _at(world, kept, end)
    _work(running, end)
    ledger.sequence()
    return running


class _Running(Running):
    def __init__(self, vault: Vault, ledger: Any, world: KeptWorld, who: Principal) -> None:
        super().__init__(vault, ledger, world)
        self.who = who

    def granted(self, grant: Grant, by: tuple[str, ...] = ("ada", "bob")) -> None:
        bare = enveloped(grant)
        proposal = self.vault.propose(self.who, bare.written())
        for name in by:
            self.vault.sign(self.who, proposal.id, bare.cosigned(self.world.people[name]).written())
        if len(by) > 1:
            self.world.granted(grant, by)


def _at(world: World, kept: KeptWorld, at: datetime) -> None:
    """Let time stand at a moment for both clocks of the vault's world."""
    kept.pass_time(seconds=(at - kept.wall).total_seconds())
    world.clock.at = at


def _minted(running: _Running, path: str) -> None:
    """Mint a version that two workloads are handed; one of them says that it has it."""
    agents = [running.agent("orders"), running.agent("reports", "pod-7")]
    keeper, server = running.world.one, running.world.server
    machine = running.fetched(keeper, path)
    imported = path in {"stripe/key", "mail/relay/password"}
    read = keeper.mint(path, {"password": "a value that nobody sees"}, "imported" if imported else "minted")
    wraps = [content for (version, _), content in server.wraps.items() if version == read.digest]
    running.vault.publish(machine, server.versions[path][-1], wraps)
    running.vault.state(machine, keeper.state())
    accepted = running.read(agents[0], path)
    running.vault.receipt(running.enter(agents[0].signer), agents[0].receipt(accepted))


def _work(running: _Running, end: datetime) -> None:
    """Begin two rotations, one of which is stuck, and propose two grants and an epoch."""
    kept, vault = running.world, running.vault
    keeper = running.enter(kept.one.signer)
    for path, step, problem in (("db/billing", "apply", STUCK), ("db/search", "verify", "")):
        row = Row(path, 2, "blue", b"sealed", "due", "create", kept.wall, kept.wall, 0, None, "", False, 1)
        vault.begin(keeper, row)
        vault.change(keeper, row._replace(step=step, attempts=3, not_before=end, problem=problem, revision=2))
    grant = kept.grant("stripe/key")
    running.granted(replace(grant, readers=(*grant.readers, kept.reader("web"))), by=("ada",))
    running.granted(replace(kept.grant("db/new"), issued=kept.wall), by=())
    epoch = Epoch(kept.trusted.id, 2, b"", 0, b"", "restored from a backup", kept.wall)
    vault.propose(running.who, enveloped(epoch).written())


def alone(world: World) -> None:
    """Hold a ceremony of one person in an installation that has no root yet."""
    ledger, vault = world.services.ledger, world.services.vault
    ledger.sequence()
    kept = KeptWorld(ledger, ledger.note(PLATFORM).partition("\n")[0], ledger.keys(PLATFORM)[0].public)
    root = replace(kept.root, threshold=1, grant_threshold=1, approvers=kept.root.approvers[:1])
    who = Principal("person", "acc-alone", "Ada", frozenset(PERMISSIONS))
    vault.establish(who, roots.enveloped(root, "solo").cosigned(kept.people["ada"]).written())
