"""What the vault's protocol costs: sealing and opening by HPKE, a full acceptance, and the size of each document.

`python benchmarks/vault_protocol.py` prints two tables. Times are processor time per call, the best of five rounds.
"""

# ruff: noqa: E402 - first of all, this folder must not hide the library's `platform`
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1])

import time
from collections.abc import Callable

from tests.vault.protocol.documents import EXAMPLES, PARTS, filled
from tests.vault.world import PATH, World

from wardline.vault.protocol import accepting, bindings, encoding, freshness, grants, opening, sealing
from wardline.vault.protocol.envelope import Envelope
from wardline.vault.protocol.keys import DHKEM_P256
from wardline.vault.protocol.model.version import Version, Wrap
from wardline.vault.protocol.opening import OpeningKey
from wardline.vault.protocol.sealing import Recipient


def cost(call: Callable[[], object], calls: int = 200) -> float:
    """Return the processor time of one call in microseconds."""
    best = float("inf")
    for _ in range(5):
        began = time.process_time()
        for _ in range(calls):
            call()
        best = min(best, (time.process_time() - began) / calls * 1e6)
    return best


def main() -> None:
    world = World()
    agent = world.agent()
    world.one.mint(PATH, {"username": "orders_blue", "password": "x" * 40})
    offer, reader = agent.offered(), agent.reader()
    read = encoding.read(Wrap, offer.wrap, "a wrap")
    version = grants.unverified(Version, offer.version, world.trusted.id)
    header, digest = version.document.header, version.digest
    x_wing, point = OpeningKey(filled("a")), OpeningKey(filled("b"), DHKEM_P256)
    sealed = {key: sealing.seal_to(bytes(32), key.public, b"info") for key in (x_wing, point)}
    binding = world.server.bindings[0]
    statement = world.server.freshness["keeper-1"]
    rows: list[tuple[str, Callable[[], object]]] = [
        ("HPKE seal, MLKEM768-X25519", lambda: sealing.seal_to(bytes(32), x_wing.public, b"info")),
        ("HPKE open, MLKEM768-X25519", lambda: x_wing.open(sealed[x_wing], b"info")),
        ("HPKE seal, DHKEM-P256", lambda: sealing.seal_to(bytes(32), point.public, b"info")),
        ("HPKE open, DHKEM-P256", lambda: point.open(sealed[point], b"info")),
        ("wrap one data key", lambda: sealing.wrap(bytes(32), header, digest, Recipient("x", x_wing.public))),
        ("open one wrap", lambda: opening.open_wrap(read, header, digest, (read.recipient,), agent.key)),
        ("verify a grant (two people)", lambda: grants.require(offer.grant, world.trusted)),
        ("verify a binding (OIDC, Ed25519)", lambda: bindings.require(binding, world.trusted, {}, world.wall)),
        (
            "verify a freshness statement",
            lambda: freshness.require(statement, world.trusted, "eu", epoch=1, now=world.wall),
        ),
        ("accept an offer, whole chain", lambda: accepting.accept(offer, PATH, reader, world.wall)),
        ("refuse an offer of garbage", lambda: _refused(offer.grant[:-1])),
    ]
    print(f"{'operation':36} {'microseconds':>12}")
    for name, call in rows:
        print(f"{name:36} {cost(call):12.0f}")
    print(f"\n{'document':36} {'bytes':>12}")
    for name, example in EXAMPLES.items():
        envelope = Envelope(name, encoding.canonical(example))
        for person in world.people.values():
            envelope = envelope.cosigned(person)
            if name not in {"root", "grant", "epoch", "join", "break-glass"} or len(envelope.signatures) == 2:
                break
        print(f"{name + f' ({len(envelope.signatures)} signed)':36} {len(envelope.written()):12}")
    print(f"{'wrap (a row)':36} {len(encoding.canonical(PARTS['wrap'])):12}")
    print(f"{'wrap of P-256 (a row)':36} {len(_row_of(point, header, digest)):12}")


def _row_of(key: OpeningKey, header: sealing.Header, digest: bytes) -> bytes:
    return encoding.canonical(sealing.wrap(bytes(32), header, digest, Recipient("workload:orders", key.public)))


def _refused(content: bytes) -> None:
    from wardline.vault.protocol.errors import MalformedError

    try:
        grants.unverified(Version, content, bytes(32))
    except MalformedError:
        return


if __name__ == "__main__":
    main()
