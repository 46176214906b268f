"""Response wrapping: an answer is kept once, for one caller, behind a token of its own.

Source: Vault's documentation, "Response wrapping". The answer waits in the wrapping token's cubbyhole and goes with it.
"""

from collections.abc import Mapping
from typing import Any, Final

from wardline.vault.agent.calls import Answer, Call, RefusedError, stamp, text_field, unsupported_operation
from wardline.vault.agent.estate import Estate
from wardline.vault.agent.methods.issuing import Wish, issue
from wardline.vault.agent.tokens import WRAPPING, Token

RESPONSE: Final = "response"
_FACTS: Final = "wrapinfo"
_GONE: Final = "wrapping token is not valid or does not exist"


def wrapped(estate: Estate, said: str, ttl: int, path: str, accessor: str) -> Answer:
    """Return an answer that gives out a wrapping token in the place of `said` (an answer's JSON)."""
    token, _ = issue(estate, Wish(policies=(WRAPPING,), path=path, ttl=ttl, uses=1, renewable=False))
    token.cubbyhole[RESPONSE] = {"response": said}
    token.cubbyhole[_FACTS] = {
        "creation_ttl": ttl,
        "creation_time": stamp(token.created),
        "creation_path": path,
    }
    info: dict[str, Any] = {
        "token": token.text,
        "accessor": token.accessor,
        "ttl": ttl,
        "creation_time": stamp(token.created),
        "creation_path": path,
    }
    if accessor:
        info["wrapped_accessor"] = accessor
    return Answer(wrap=info)


def answer(estate: Estate, call: Call, rest: str) -> Answer:
    """Answer `sys/wrapping/…`.

    Raises: `RefusedError` (400) for a token that wraps nothing, or nothing any more.
    """
    if rest == "wrap":
        raise RefusedError(400, "endpoint requires response wrapping to be used")
    if rest not in {"lookup", "unwrap", "rewrap"}:
        raise RefusedError(404, "unsupported path")
    if not call.writes and not (rest == "lookup" and call.operation == "read"):
        raise unsupported_operation()
    token = _wrapping(estate, call)
    facts: Mapping[str, Any] = token.cubbyhole[_FACTS]
    if rest == "lookup":
        return Answer(data=facts)
    said = str(token.cubbyhole[RESPONSE]["response"])
    estate.tokens.revoke(token)
    if rest == "rewrap":
        return wrapped(estate, said, int(facts["creation_ttl"]), str(facts["creation_path"]), "")
    return Answer(kept=said.encode())


def _wrapping(estate: Estate, call: Call) -> Token:
    text = text_field(call.body, "token")
    token = estate.tokens.find(text, call.now) if text else call.token
    if token is None or WRAPPING not in token.policies or RESPONSE not in token.cubbyhole:
        raise RefusedError(400, _GONE)
    return token
