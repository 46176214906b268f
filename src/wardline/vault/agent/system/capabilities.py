"""`sys/capabilities…`: what a token may at some paths."""

from wardline.vault.agent.calls import (
    Answer,
    Call,
    RefusedError,
    denied,
    names_field,
    text_field,
    unsupported_operation,
)
from wardline.vault.agent.estate import Estate
from wardline.vault.agent.policies.rules import capabilities, decide
from wardline.vault.agent.tokens import Token


def of_self(estate: Estate, call: Call, rest: str) -> Answer:
    """Answer what the caller may."""
    if call.token is None:
        raise denied()
    return _shown(estate, call, rest, call.token)


def of_token(estate: Estate, call: Call, rest: str) -> Answer:
    """Answer what another token may."""
    token = estate.tokens.find(text_field(call.body, "token"), call.now)
    if token is None:
        raise RefusedError(400, "invalid token")
    return _shown(estate, call, rest, token)


def of_accessor(estate: Estate, call: Call, rest: str) -> Answer:
    """Answer what the token of an accessor may."""
    token = estate.tokens.by_accessor(text_field(call.body, "accessor"), call.now)
    if token is None:
        raise RefusedError(400, "invalid accessor")
    return _shown(estate, call, rest, token)


def _shown(estate: Estate, call: Call, rest: str, token: Token) -> Answer:
    if rest or not call.writes:
        raise unsupported_operation()
    paths = names_field(call.body, "paths") or names_field(call.body, "path")
    if not paths:
        raise RefusedError(400, "paths must be supplied")
    rules = estate.policies.rules(token.policies)
    found: dict[str, list[str]] = {
        path: ["root"] if token.root else capabilities(decide(rules, path, listing=True)) for path in paths
    }
    return Answer(data=found | ({"capabilities": found[paths[0]]} if len(paths) == 1 else {}), flat=True)
