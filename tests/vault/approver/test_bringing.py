"""A value that a person brings leaves their machine sealed, or not at all."""

import json
import os

import pytest
from tests.vault.world import PATH, START, World

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.approver import bringing
from wardline.vault.approver.bringing import After
from wardline.vault.protocol.errors import RefusedError


def test_what_is_handed_in_holds_no_value_and_a_custodian_applies_it() -> None:
    world = World()
    world.one.follow()
    put = bringing.sealed(
        world.server.grants[PATH][-1], world.trusted, {"value": "a-canary-that-sings"}, After("person:ada", 1, 0),
        signer=world.people["ada"], now=START, random=os.urandom,
    )  # fmt: skip
    assert b"canary" not in put
    agent = world.agent()
    assert world.one.apply(put).document.header.origin == "imported"
    assert agent.read().fields == {"value": "a-canary-that-sings"}


def test_who_is_no_writer_seals_nothing() -> None:
    world = World()
    with pytest.raises(RefusedError):
        bringing.sealed(
            world.server.grants[PATH][-1], world.trusted, {"value": "x"}, After("person:cleo", 1, 0),
            signer=world.people["cleo"], now=START, random=os.urandom,
        )  # fmt: skip


def test_fields_are_one_text_or_an_object() -> None:
    assert bringing.fields(b"word\n", "value", as_json=False) == {"value": "word"}
    assert bringing.fields(b'{"user": "a", "password": "b"}', "value", as_json=True) == {"user": "a", "password": "b"}


@pytest.mark.parametrize(
    ("content", "as_json"),
    [(b"", False), (b"\xff", False), (b"[]", True), (b"{}", True), (b"not", True), (b"x" * 300_000, False),
     (json.dumps({str(one): "" for one in range(101)}).encode(), True)],
)  # fmt: skip
def test_what_is_no_value_is_refused_and_not_shown(content: bytes, as_json: bool) -> None:
    with pytest.raises(AskedWronglyError) as raised:
        bringing.fields(content, "value", as_json=as_json)
    assert "x" * 10 not in raised.value.detail + raised.value.hint
