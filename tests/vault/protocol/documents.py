"""One example of each document, with every member filled: for round trips, fuzzing and the committed vectors."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from wardline.vault.protocol.evidence.x509 import Svid
from wardline.vault.protocol.floors import Floor, Floors
from wardline.vault.protocol.keys import SealingKey, SoftwareSigner
from wardline.vault.protocol.model.binding import Binding, Evidence, Join
from wardline.vault.protocol.model.grant import (
    Acknowledgement,
    BreakGlass,
    Claim,
    Endpoint,
    Epoch,
    Grant,
    Revocation,
    Setting,
    Subject,
)
from wardline.vault.protocol.model.root import (
    Approver,
    Custodian,
    Issuer,
    LedgerKey,
    PinnedKey,
    Root,
    TrustDomain,
    Witness,
    Zone,
)
from wardline.vault.protocol.model.statement import (
    Current,
    Freshness,
    HeadSeen,
    Put,
    PutHeader,
    PutWrap,
    Receipt,
    Revoked,
)
from wardline.vault.protocol.model.version import Header, Version, Wrap
from wardline.vault.protocol.opening import OpeningKey

AT: Final = datetime(2026, 3, 2, 9, 0, 0, 123000, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)


def filled(name: str, size: int = 32) -> bytes:
    """Return bytes that are the same in every run."""
    return (sha256(name.encode()).digest() * (size // 32 + 1))[:size]


def signer(name: str) -> SoftwareSigner:
    """Return the signer of this name: its seed is the SHA-256 of the name."""
    return SoftwareSigner(filled(name))


def opening_key(name: str) -> OpeningKey:
    """Return the private sealing key of this name: its seed is the SHA-256 of the name."""
    return OpeningKey(filled(name))


ROOT_ID: Final = filled("root id")
SEALING: Final = opening_key("keeper").public
POINT: Final = SealingKey("DHKEM-P256", OpeningKey(filled("keeper"), "DHKEM-P256").public.public)
HEAD: Final = HeadSeen(7, filled("head"))
SUBJECT: Final = Subject("workload:orders", "https://issuer.example", (Claim("sub", "orders"),), 3, 1)
HEADER: Final = Header(
    ROOT_ID, "eu", "db/orders", 1, 2, filled("before"), filled("grant"), 1, filled("commitment"), "minted", "keeper", AT
)
PUT_HEADER: Final = PutHeader(
    ROOT_ID, "eu", "db/orders", 1, 2, filled("nonce", 16), "person:ada", filled("grant"), "imported",
    filled("commitment"), AT, AT + HOUR,
)  # fmt: skip

EXAMPLES: Final[dict[str, Any]] = {
    "root": Root(
        ROOT_ID, 2, filled("root before"), "Example \u00e9 \u4f8b", AT, 2, 2,
        tuple(Approver(name, signer(name).public) for name in ("ada", "bob", "cleo")),
        (Issuer("https://issuer.example", "oidc", "https://issuer.example/jwks", (PinnedKey('{"kty":"OKP"}'),)),),
        (TrustDomain("shop.example", (filled("authority", 64),)),),
        (Zone("eu", (Custodian("keeper", signer("keeper").public, SEALING),)),),
        (LedgerKey("wardline/test", signer("ledger").public),),
        (Witness("watch.example/1", signer("witness").public),),
        1,
        (filled("a grant of before"),),
    ),
    "grant": Grant(
        ROOT_ID, "db/orders", 2, filled("grant before"), "cleo", "eu", AT, AT + 24 * HOUR, (SUBJECT,),
        (Subject("person:ada", "root", (Claim("approver", "ada"),), 1, 1),), "postgresql",
        (Setting("database", "orders"), Setting("owner", "orders_owner")),
        (Endpoint("db1.example", 5432, "-----BEGIN CERTIFICATE-----\n"), Endpoint("/run/postgresql", 5432, "")),
        b"", 3600, 7200, 300, 300, 3600,
    ),
    "revocation": Revocation(ROOT_ID, "db/orders", "workload:orders", 2, "left", AT),
    "acknowledgement": Acknowledgement(ROOT_ID, filled("document"), "eu", "keeper", AT),
    "epoch": Epoch(ROOT_ID, 2, b"", 7, filled("head"), "restored", AT),
    "break-glass": BreakGlass(
        ROOT_ID, "db/orders", "ada", "read", filled("key"), "incident", filled("n", 16), AT, AT + HOUR
    ),
    "binding": Binding(
        ROOT_ID, SEALING, signer("agent").public, Evidence("oidc", "https://issuer.example", b"a.b.c"), AT, AT + HOUR
    ),
    "join": Join(ROOT_ID, "orders", "cleo", filled("thumbprint"), AT, AT + HOUR),
    "version": Version(ROOT_ID, HEADER, filled("sealed", 284)),
    "freshness": Freshness(
        ROOT_ID, 1, 1, "eu", "keeper", (Current("db/orders", 2, filled("version"), 1, filled("grant")),),
        (Revoked("db/orders", "workload:reports", 1),), HEAD, AT, AT + timedelta(minutes=10),
    ),
    "receipt": Receipt(ROOT_ID, "db/orders", 1, 2, filled("version"), "workload:orders", "template", HEAD, AT),
    "put": Put(
        ROOT_ID, PUT_HEADER, (PutWrap("keeper", SEALING.key_id, SEALING.kem, filled("wrapped", 1168)),),
        filled("sealed", 284),
    ),
}  # fmt: skip

PARTS: Final[dict[str, Any]] = {
    "wrap": Wrap(
        ROOT_ID, "db/orders", 1, 2, filled("version"), "workload:orders", SEALING.key_id, SEALING.kem,
        filled("wrapped", 1168),
    ),
    "point": POINT,
    "svid": Svid((filled("certificate", 64),), filled("signature", 70)),
    "floor": Floor("db/orders", 1, 2, filled("version"), 1, filled("grant")),
    "floors": Floors(
        1, filled("root"), 1, b"", "wardline/test", 7, filled("head"), (Revoked("db/orders", "", 1),), AT
    ),
}  # fmt: skip
