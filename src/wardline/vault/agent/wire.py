"""An offer as bytes: how a server sends it and how the cache keeps it. All of it is sealed, or public, or signed.

{"grant": b64, "version": b64, "wrap": b64, "freshness": b64, "head": b64,
 "leaf": {"entry": b64, "number": n, "proof": [b64, …]}, "known": [b64, …], "stated": […], "roots": […], "epochs": […]}
"""

import json
from typing import Any, Final

from wardline.vault.protocol.accepting import Offer
from wardline.vault.protocol.encoding import b64, unb64
from wardline.vault.protocol.errors import MalformedError
from wardline.vault.protocol.heads import Leaf

MAX_BYTES: Final = 4 * 1024 * 1024
_MAX_LIST: Final = 4096
_ONE: Final = ("grant", "version", "wrap", "freshness", "head")
_MANY: Final = ("known", "stated", "roots", "epochs")


def written(offer: Offer) -> bytes:
    """Return an offer as JSON."""
    shown: dict[str, Any] = {name: b64(getattr(offer, name)) for name in _ONE}
    shown |= {name: [b64(one) for one in getattr(offer, name)] for name in _MANY}
    shown["leaf"] = {
        "entry": b64(offer.leaf.entry),
        "number": offer.leaf.number,
        "proof": [b64(one) for one in offer.leaf.proof],
    }
    return json.dumps(shown, separators=(",", ":")).encode()


def read(content: bytes) -> Offer:
    """Return the offer that bytes stand for; whether it is true is not looked at here.

    Raises: `MalformedError` for what is none, or is too large.
    """
    if len(content) > MAX_BYTES:
        raise MalformedError("an offer is too large")
    try:
        found = json.loads(content)
        leaf = found["leaf"]
        number = leaf["number"]
        if type(number) is not int or not 0 <= number < 2**53:
            raise ValueError  # noqa: TRY301 - one way to say that it is none
        one = {name: _octets(found[name]) for name in _ONE}
        many = {name: _list(found.get(name, [])) for name in _MANY}
        return Offer(
            one["grant"],
            one["version"],
            one["wrap"],
            one["freshness"],
            one["head"],
            Leaf(_octets(leaf["entry"]), number, _list(leaf["proof"])),
            many["known"],
            many["stated"],
            many["roots"],
            many["epochs"],
        )
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError) as error:
        raise MalformedError("this is no offer") from error


def _octets(value: Any) -> bytes:
    if not isinstance(value, str):
        raise TypeError
    return unb64(value)


def _list(value: Any) -> tuple[bytes, ...]:
    if not isinstance(value, list) or len(value) > _MAX_LIST:
        raise ValueError
    return tuple(_octets(one) for one in value)
