"""The organisation's policy: what stands, what another would change, and making it stand."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any

from pydantic import Field, StringConstraints
from starlette.responses import Response

from wardline.api.caller import Called
from wardline.api.routing import route, router
from wardline.api.words import Asked, Shown
from wardline.findings.policy import Policy, plain
from wardline.kernel.identity.model import Principal

ROUTER = router("policy")
Toml = Annotated[str, StringConstraints(max_length=100_000, pattern=r"^[^\x00]*$")]


class PolicyShown(Shown):
    """The policy that stands. `text` is "" where nobody ever gave one, and the defaults stand."""

    digest: str
    text: str
    at: datetime | None
    author: str | None
    values: dict[str, Any] = Field(description="every value, with its default where the text names none")


class PolicyAsked(Asked):
    """A policy, in TOML."""

    text: Toml


class DifferenceShown(Shown):
    """One value that would change."""

    key: str
    before: str
    after: str


class SoonerShown(Shown):
    """An open finding that would be due sooner."""

    finding: str
    title: str
    service: str
    before: datetime
    after: datetime


class TrialShown(Shown):
    """What would change. Due times only move earlier."""

    digest: str
    differences: list[DifferenceShown]
    open: int
    sooner: int
    kept: int
    examples: list[SoonerShown]


def _shown(standing: Any) -> dict[str, Any]:
    policy: Policy = standing.policy
    return {**standing._asdict(), "values": plain(policy)}


@route(ROUTER, "GET", "", needs="policy:read", shows=PolicyShown, tagged=True)
async def get_policy(call: Called) -> Response:
    """Show the policy that stands."""
    return await call.answer(lambda who: _shown(call.services.findings.policy(who)))


@route(ROUTER, "POST", "/try", needs="policy:read", shows=TrialShown)
async def try_policy(call: Called, asked: PolicyAsked) -> Response:
    """Say what a policy would change. Nothing is changed."""
    return await call.answer(call.services.findings.try_policy, asked.text)


@route(ROUTER, "PUT", "", needs="policy:write", shows=PolicyShown, tagged=True)
async def put_policy(call: Called, asked: PolicyAsked) -> Response:
    """Make a policy the one that stands. Send `If-Match`, so that nobody's change is lost."""
    findings = call.services.findings

    def put(who: Principal) -> dict[str, Any]:
        return _shown(findings.put_policy(who, asked.text))

    return await call.edit(partial(lambda who: _shown(findings.policy(who)), call.who), put)
