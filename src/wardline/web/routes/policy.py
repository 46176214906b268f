"""The organisation's policy: what stands, what another one would change, and making it the one that stands."""

from typing import Any, Final

from starlette.responses import Response

from wardline.web import policy_text
from wardline.web.asking import Asked
from wardline.web.routing import Look, Move


def policy(asked: Asked) -> Response:
    """Return the policy that stands, and the form to try another."""
    return _page(asked, trial=None)


def change(asked: Asked) -> Response:
    """Show what a policy would change (nothing is kept then), or make it the one that stands."""
    text = asked.form.required("policy", "the policy")
    if asked.form.get("do") != "keep":
        return _page(asked, trial=asked.services.findings.try_policy(asked.who, text))
    asked.services.findings.put_policy(asked.who, text)
    return asked.back("/settings/policy", "It stands now; every open finding is held against it")


def _page(asked: Asked, *, trial: Any) -> Response:
    standing = asked.services.findings.policy(asked.who)
    return asked.html("policy.html", standing=standing, trial=trial, whole=policy_text.written(standing.policy))


ROUTES: Final = (
    Look("/settings/policy", policy, "policy:read"),
    Move("/settings/policy", change, "policy:read", policy),
)
