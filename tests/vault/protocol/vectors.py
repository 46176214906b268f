"""The known answers of docs/vault-protocol.md: `python -m tests.vault.protocol.vectors` writes them anew.

Everything in them follows from seeds that are SHA-256 of names, but for two HPKE ciphertexts: those are random where
they are made, so they are made once, kept, and opened by every run.
"""

import json
from pathlib import Path
from typing import Any, Final

from tests.vault.protocol.documents import (
    AT,
    EXAMPLES,
    HEADER,
    PARTS,
    PUT_HEADER,
    ROOT_ID,
    SEALING,
    filled,
    opening_key,
    signer,
)

from wardline.vault.protocol import encoding, plaintext, sealing
from wardline.vault.protocol.envelope import Envelope
from wardline.vault.protocol.evidence import x509
from wardline.vault.protocol.keys import DHKEM_P256, signing_key_id, thumbprint
from wardline.vault.protocol.model.root import Root
from wardline.vault.protocol.opening import OpeningKey

FILE: Final = Path(__file__).with_name("fixtures") / "vectors.json"
CAFE: Final = "caf\u00e9"  # text beyond ASCII
INFO: Final = b"info"
DATA_KEY: Final = filled("data key")


def made() -> dict[str, Any]:
    """Return every answer that is computed."""
    return {
        "documents": {name: _document(name, example) for name, example in EXAMPLES.items()},
        "parts": {name: encoding.canonical(part).decode() for name, part in PARTS.items()},
        "keys": _keys(),
        "bound": {
            "version_commitment": plaintext.commitment(DATA_KEY, HEADER).hex(),
            "put_commitment": plaintext.commitment(DATA_KEY, PUT_HEADER).hex(),
            "version_associated_data": plaintext.associated(HEADER).hex(),
            "put_associated_data": plaintext.associated(PUT_HEADER).hex(),
            "wrap_info": plaintext.wrap_info(PARTS["wrap"]).hex(),
            "put_wrap_info": plaintext.put_info(PUT_HEADER, EXAMPLES["put"].wraps[0]).hex(),
            "svid_message": x509.message("wardline-vault:example").hex(),
        },
        "value": _value(),
    }


def _document(name: str, example: Any) -> dict[str, str]:
    kind = Root.kinds["ordinary"] if isinstance(example, Root) else example.kind
    envelope = Envelope(kind, encoding.canonical(example)).cosigned(signer("ada"))
    return {
        "kind": kind,
        "payload": envelope.payload.decode(),
        "digest": envelope.digest.hex(),
        "envelope_signed_by_ada": envelope.written().decode(),
    }


def _keys() -> dict[str, str]:
    point = OpeningKey(filled("keeper"), DHKEM_P256).public
    return {
        "ada_seed": filled("ada").hex(),
        "ada_public": signer("ada").public.hex(),
        "ada_key_id": signing_key_id(signer("ada").public),
        "keeper_seed": filled("keeper").hex(),
        "keeper_x_wing_public": SEALING.public.hex(),
        "keeper_x_wing_key_id": SEALING.key_id.hex(),
        "keeper_p256_public": point.public.hex(),
        "keeper_p256_key_id": point.key_id.hex(),
        "thumbprint_of_keeper_and_ada": thumbprint(ROOT_ID, SEALING, signer("ada").public),
    }


def _value() -> dict[str, str]:
    given = iter((DATA_KEY, filled("nonce", 12)))
    fields = {"username": "orders_blue", "password": CAFE}
    sealed = sealing.seal_version(HEADER, fields, signer("keeper"), lambda _: next(given))
    return {
        "data_key": DATA_KEY.hex(),
        "nonce": filled("nonce", 12).hex(),
        "padded": plaintext.padded(fields).decode(),
        "version": sealed.envelope.payload.decode(),
        "digest": sealed.digest.hex(),
        "at": AT.isoformat(),
    }


def hpke() -> dict[str, str]:
    """Return two ciphertexts of the data key: they are other ones every time."""
    point = OpeningKey(filled("keeper"), DHKEM_P256).public
    return {
        "info": INFO.hex(),
        "x_wing": sealing.seal_to(DATA_KEY, SEALING, INFO).hex(),
        "p256": sealing.seal_to(DATA_KEY, point, INFO).hex(),
        "opens_to": DATA_KEY.hex(),
    }


def opened(kept: dict[str, str]) -> tuple[bytes, bytes]:
    """Return what the kept ciphertexts open to."""
    info = bytes.fromhex(kept["info"])
    point = OpeningKey(filled("keeper"), DHKEM_P256)
    return opening_key("keeper").open(bytes.fromhex(kept["x_wing"]), info), point.open(
        bytes.fromhex(kept["p256"]), info
    )


def main() -> None:
    """Write the file, keeping the HPKE ciphertexts that are there."""
    kept = json.loads(FILE.read_text())["hpke"] if FILE.exists() else hpke()
    FILE.write_text(json.dumps({**made(), "hpke": kept}, indent=1, sort_keys=True, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main()
