"""T-63: every byte of a document is a stranger's: whatever is sent is a document or one refusal, soon, never a crash.

Each kind is parsed from noise, from damaged genuine documents, from members of other types, and from what is too large
or too deep.
"""

import json
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import fields, replace
from functools import cache
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vault.protocol.documents import EXAMPLES, PARTS
from tests.vault.world import START, AgentParty, World

from wardline.kernel.errors import WardlineError
from wardline.vault.protocol import accepting, bindings, encoding, grants, heads, roots
from wardline.vault.protocol.envelope import Envelope, payload_type, read_envelope, unverified
from wardline.vault.protocol.errors import MalformedError, RefusedError
from wardline.vault.protocol.evidence import join, oidc, x509
from wardline.vault.protocol.model.root import Root, TrustDomain

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
ALL = {**EXAMPLES, **PARTS}


def refused(call: Callable[[], object]) -> None:
    try:
        call()
    except WardlineError as error:
        said = error.detail
    else:
        return
    assert 0 < len(said) < 500


@pytest.mark.parametrize("name", ALL)
def test_a_document_is_read_as_it_was_written(name: str) -> None:
    document = ALL[name]
    content = encoding.canonical(document)
    assert encoding.read(type(document), content, name) == document
    assert encoding.canonical(encoding.read(type(document), content, name)) == content


@pytest.mark.parametrize("name", ALL)
def test_what_is_written_in_another_way_is_refused(name: str) -> None:
    document = ALL[name]
    content = encoding.canonical(document)
    members = orjson.loads(content)
    first = next(iter(members))
    others = [
        b" " + content,
        content + b"\n",
        json.dumps(members).encode(),
        content[:1] + content[1:-1] + b',"' + first.encode() + b'":' + orjson.dumps(members[first]) + b"}",
        orjson.dumps({**members, "more": 1}, option=orjson.OPT_SORT_KEYS),
        orjson.dumps({name: value for name, value in members.items() if name != first}, option=orjson.OPT_SORT_KEYS),
        content.replace(b'"', b"'"),
        b"\xef\xbb\xbf" + content,
        b"[" + content + b"]",
    ]
    for one in others:
        with pytest.raises(MalformedError):
            encoding.read(type(document), one, name)


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=15, deadline=None)
@given(chosen=st.data())
def test_a_member_of_another_type_or_value_is_refused_or_means_itself(name: str, chosen: st.DataObject) -> None:
    document = ALL[name]
    members = orjson.loads(encoding.canonical(document))
    member = chosen.draw(st.sampled_from([one.name for one in fields(document)]))
    members[member] = chosen.draw(JSON)
    content = json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")
    try:
        read = encoding.read(type(document), content, name)
    except RefusedError:
        return
    assert encoding.canonical(read) == content


@pytest.mark.parametrize("name", EXAMPLES)
@settings(max_examples=20, deadline=None)
@given(chosen=st.data())
def test_a_genuine_envelope_with_a_byte_changed_is_refused_or_the_same(name: str, chosen: st.DataObject) -> None:
    document = EXAMPLES[name]
    kind = "root" if isinstance(document, Root) else document.kind
    content = Envelope(kind, encoding.canonical(document)).written()
    place = chosen.draw(st.integers(0, len(content) - 1))
    damaged = content[:place] + bytes([chosen.draw(st.integers(0, 255))]) + content[place + 1 :]
    readers: tuple[Callable[[bytes], object], ...] = (
        lambda one: unverified(type(document), one, document.root),
        lambda one: roots.version_of(one, "ordinary"),
    )
    for one in (damaged, damaged[: chosen.draw(st.integers(0, len(damaged)))]):
        refused(lambda one=one: readers[kind == "root"](one))  # type: ignore[misc]


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode("utf-8", "replace")))
def test_noise_is_refused_by_every_reader(content: bytes) -> None:
    trusted = _world().trusted
    for kind in ("root", "grant", "version"):
        payload = {"payload": b64encode(content).decode(), "payloadType": payload_type(kind), "signatures": []}
        for one in (content, orjson.dumps(payload)):
            refused(lambda one=one: read_envelope(one))  # type: ignore[misc]
            refused(lambda one=one: roots.chain([one], _world().pin))  # type: ignore[misc]
            refused(lambda one=one: grants.require(one, trusted))  # type: ignore[misc]
            refused(lambda one=one: bindings.require(one, trusted, {}, START))  # type: ignore[misc]
    refused(lambda: heads.require_head(content, trusted.root))
    refused(lambda: oidc.own(content))
    refused(lambda: oidc.show(content, trusted.root.issuers[0], (), "audience", START))
    refused(lambda: x509.show(content, TrustDomain("shop.example", (bytes(64),)), "audience", START))
    refused(lambda: join.show(content, trusted, "wardline-vault:" + "A" * 43, START))
    assert heads.names(content, "version", "db/orders", bytes(32)) is False


@settings(max_examples=60, deadline=None)
@given(chosen=st.data())
def test_an_offer_of_noise_is_refused_and_leaves_no_mark(chosen: st.DataObject) -> None:
    world, agent = _agent()
    offer = agent.offered()
    member = chosen.draw(st.sampled_from(("grant", "version", "wrap", "freshness", "head", "roots", "epochs")))
    content = chosen.draw(
        st.binary(max_size=200) | st.sampled_from([offer.grant, offer.version, offer.wrap, offer.head])
    )
    value: Any = (content,) if member in {"roots", "epochs"} else content
    changed = replace(offer, **{member: value})
    before = agent.reader()
    refused(lambda: accepting.accept(changed, "db/orders", before, world.wall))
    assert agent.reader() == before


def test_what_is_too_large_or_too_deep_is_refused_soon() -> None:
    began = time.process_time()
    large = [
        b"[" * 2_000_000,
        b'{"a":' * 400_000,
        b'"' + b"a" * (4 * 1024 * 1024) + b'"',
        b"[" + b"1," * 1_000_000 + b"1]",
        b"{" + b",".join(b'"%d":1' % number for number in range(200_000)) + b"}",
    ]
    for content in large:
        with pytest.raises(MalformedError):
            read_envelope(content)
        for document in (EXAMPLES["grant"], EXAMPLES["version"]):
            with pytest.raises(MalformedError):
                encoding.read(type(document), content, "a document")
    assert time.process_time() - began < 20


def test_an_envelope_with_many_signatures_costs_one_look_per_approver() -> None:
    signature = {"keyid": "x", "sig": b64encode(bytes(64)).decode()}
    members: dict[str, Any] = {"payload": "", "payloadType": payload_type("grant"), "signatures": [signature] * 65}
    with pytest.raises(MalformedError, match="up to 64"):
        read_envelope(orjson.dumps(members))
    members["signatures"] = [{**signature, "keyid": str(number)} for number in range(64)]
    assert read_envelope(orjson.dumps(members)).signers([bytes([9]) * 32]) == frozenset()


@cache
def _world() -> World:
    return World()


@cache
def _agent() -> tuple[World, AgentParty]:
    world = World()
    agent = world.agent()
    world.one.mint("db/orders", {"password": "one"})
    return world, agent
