"""`sys/init` and `sys/unseal`, which are asked before there is any token."""

import base64
from collections.abc import Mapping
from typing import Any

from wardline.vault.agent.calls import Answer, RefusedError, text_field, truth_field, whole_field
from wardline.vault.agent.estate import Estate
from wardline.vault.agent.methods.issuing import Wish, issue
from wardline.vault.agent.tokens import ROOT


def answer(estate: Estate, method: str, path: str, body: Mapping[str, Any], version: str) -> Answer:
    """Answer `sys/init` and `sys/unseal`.

    Raises: `RefusedError`.
    """
    writes = method in {"PUT", "POST"}
    if path == "sys/init":
        if method == "GET":
            return Answer(data={"initialized": estate.seal.initialised}, bare=True)
        if writes:
            return _initialised(estate, body)
    elif writes:
        if truth_field(body, "reset"):
            estate.seal.reset()
        else:
            estate.seal.enter(_hexadecimal(text_field(body, "key")))
        return Answer(data=estate.seal.status(version), bare=True)
    raise RefusedError(405)


def _initialised(estate: Estate, body: Mapping[str, Any]) -> Answer:
    if any(body.get(name) for name in ("pgp_keys", "root_token_pgp_key", "stored_shares", "recovery_shares")):
        raise RefusedError(400, "keys are given as they are here: pgp_keys, stored and recovery shares are not known")
    keys = estate.seal.initialise(whole_field(body, "secret_shares", 5), whole_field(body, "secret_threshold", 3))
    token, _ = issue(estate, Wish(policies=(ROOT,), path="auth/token/root", display_name="root"))
    return Answer(
        data={
            "keys": keys,
            "keys_base64": [base64.b64encode(bytes.fromhex(key)).decode() for key in keys],
            "root_token": token.text,
        },
        bare=True,
    )


def _hexadecimal(key: str) -> str:
    """Return a key as it was made, whether it was given in hexadecimal or in base64.

    Raises: `RefusedError` (400) for what is neither.
    """
    if not key:
        raise RefusedError(400, "'key' must be specified in request body as JSON, or 'reset' set to true")
    try:
        return bytes.fromhex(key).hex()
    except ValueError:
        try:
            return base64.b64decode(key, validate=True).hex()
        except ValueError:
            raise RefusedError(400, "'key' must be a valid hex or base64 string") from None
