"""The description and the API agree: requests made from OpenAPI, right and wrong, are answered as it says.

Schemathesis makes the requests and holds the answers against the description: statuses, content types, bodies, wrong
data refused, right data taken, methods that there are not, no answer without a token, never an error of our own.
"""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from tests.api.world import ROOT, World, finding

from wardline.api.app import PREFIX
from wardline.kernel.errors import UnauthenticatedError

_TOKEN = "wl_everything"
# What is wrong about a file is wrong about none: with no file at all it is right, and is taken.
_EMPTY = ("PUT /waivers/files",)
_SLOW = "/reports"  # each starts a process
_EXAMPLES = 3


@pytest.fixture
def everything(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Let one token do everything, as no account can: what is asked here is not who may."""
    who = ROOT._replace(id=world.people["admin"], via=f"ses-{'0' * 26}")
    right = type(world.services.identity).bearer

    def bearer(identity: Any, token: str) -> Any:
        if token == _TOKEN:
            return who
        return right(identity, token)

    monkeypatch.setattr(type(world.services.identity), "bearer", bearer)
    world.receive("orders", *map(finding, range(3)))
    return world


def refused_by_rules_alone(_context: Any, response: Any, case: Case) -> bool | None:
    """Hold what the description allows to be refused only by rules that no description can say (a time in the past)."""
    right = case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE
    if right and response.status_code == 422:
        assert response.json()["errors"] == [], "the description allows it, and its form was refused"
    return None


def failure(operation: Any, mode: GenerationMode, examples: int, asked: list[str]) -> str:
    """Return what is wrong with the answers to some requests of one kind; "" where nothing is."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        asked.append(operation.label)
        case.call_and_validate(
            headers={"Authorization": f"Bearer {_TOKEN}"},
            excluded_checks=[positive_data_acceptance],
            additional_checks=[refused_by_rules_alone],
        )

    try:
        ask()
    except Unsatisfiable:
        return ""  # there is no such request: nothing in it could be wrong
    except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - all that is wrong is wanted at once
        found = getattr(error, "exceptions", (error,))
        return f"{operation.label} ({mode.value}): " + "; ".join(map(str, found))
    return ""


def test_every_answer_is_as_the_description_says(everything: World) -> None:
    schema = schemathesis.openapi.from_asgi(f"{PREFIX}/openapi.json", everything.app)
    asked: list[str] = []
    operations = [found.ok() for found in schema.get_all_operations()]
    failures = [
        failure(operation, mode, 1 if operation.label.endswith(_SLOW) else _EXAMPLES, asked)
        for operation in operations
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        if mode == GenerationMode.POSITIVE or operation.label not in _EMPTY
    ]
    assert [one for one in failures if one] == []
    assert len(set(asked)) == len(operations)


def test_a_strange_token_is_refused(everything: World) -> None:
    with pytest.raises(UnauthenticatedError):
        everything.services.identity.bearer("wl_something")
