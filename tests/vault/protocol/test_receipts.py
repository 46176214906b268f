"""Receipts: by whom a version was sealed to, and when the version before goes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.vault.protocol.documents import HEAD, HEADER, filled, opening_key, signer
from tests.vault.protocol.refusing import refused
from tests.vault.world import START, World

from wardline.vault.protocol import receipts
from wardline.vault.protocol.admitting import Consumer
from wardline.vault.protocol.bindings import Bound
from wardline.vault.protocol.envelope import Read, read_envelope
from wardline.vault.protocol.grants import Identity
from wardline.vault.protocol.model.grant import Grant
from wardline.vault.protocol.model.statement import Receipt
from wardline.vault.protocol.model.version import Header
from wardline.vault.protocol.receipts import Publication

MINUTE, TICK = timedelta(minutes=1), timedelta(milliseconds=1)
VERSION = filled("version")


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def consumer(name: str = "orders", ends: timedelta = timedelta(hours=1)) -> Consumer:
    identity = Identity("join", (("name", name),))
    key = signer(name)
    bound = Bound(identity, opening_key(name).public, key.public, name, START + ends, filled(name))
    return Consumer(f"workload:{name}", bound)


def header(world: World, **changes: Any) -> Header:
    return replace(HEADER, **{"root": world.trusted.id, "issued": START, **changes})


def made(world: World, now: datetime = START, *, by: str = "orders", **changes: Any) -> bytes:
    """Return a receipt for the version, or for one whose header says otherwise."""
    version, reader = changes.pop("version", VERSION), changes.pop("reader", "workload:orders")
    envelope = receipts.receipt(
        header(world, **changes), version, reader=reader, delivered="run", head=HEAD, now=now, signer=signer(by)
    )
    return envelope.written()


def taken(
    world: World, content: bytes, consumers: Iterable[Consumer] = (consumer(),), now: datetime = START
) -> tuple[Read[Receipt], Consumer]:
    return receipts.require(content, world.trusted, header(world), VERSION, consumers, now)


def test_a_receipt_is_taken_of_whom_the_version_was_sealed_to(world: World) -> None:
    content = made(world)
    read, who = taken(world, content, (consumer("reports"), consumer()))
    assert who == consumer()
    assert (read.document.delivered, read.document.head, read.document.issued) == ("run", HEAD, START)
    assert read.digest == read_envelope(content).digest


@pytest.mark.parametrize("changes", [{"path": "other"}, {"epoch": 2}, {"number": 3}, {"version": filled("other")}])
def test_a_receipt_for_another_version_is_refused(world: World, changes: dict[str, Any]) -> None:
    with refused("vault-receipt", "for another version"):
        taken(world, made(world, **changes))


def test_a_receipt_is_neither_from_the_future_nor_from_before_its_version(world: World) -> None:
    for at in (START - MINUTE, START + MINUTE):
        assert taken(world, made(world, at))[1] == consumer()
    for at in (START - MINUTE - TICK, START + MINUTE + TICK):
        with refused("vault-receipt", "from the future, or from before"):
            taken(world, made(world, at))


def test_a_receipt_in_somebody_elses_name_is_refused(world: World) -> None:
    both = (consumer("reports"), consumer())
    for content in (made(world, by="reports"), made(world, by="stranger"), made(world, reader="workload:nobody")):
        with refused("vault-receipt", "nobody that this version was sealed to"):
            taken(world, content, both)
    with refused("vault-receipt", "nobody that this version was sealed to"):
        taken(world, made(world), ())


def test_of_two_instances_of_one_name_it_is_the_one_that_signed(world: World) -> None:
    second = replace(consumer("second"), name="workload:orders")
    assert taken(world, made(world, by="second"), (consumer(), second))[1] == second


def grant(world: World, **changes: Any) -> Grant:
    timing = {"overlap_seconds": 300, "grace_seconds": 3600, "maximum_age_seconds": 86_400}
    return replace(world.grant(), **{**timing, **changes})


def after(minutes: float, *before: Consumer, receipts_of: tuple[Consumer, ...] = ()) -> tuple[Publication, datetime]:
    keys = {one.bound.signing for one in receipts_of}
    return Publication(START, before, keys), START + timedelta(minutes=minutes)


def test_nothing_is_retired_before_the_new_one_was_published(world: World) -> None:
    assert receipts.retirement(None, grant(world), START + timedelta(days=365)) == "wait"


def test_with_everybodys_receipts_it_is_retired_after_the_overlap(world: World) -> None:
    for before, mine in (((consumer(),), (consumer(),)), ((), ())):
        assert receipts.retirement(*_with(world, after(4.99, *before, receipts_of=mine))) == "wait"
        assert receipts.retirement(*_with(world, after(5, *before, receipts_of=mine))) == "retire"


def test_without_a_receipt_it_is_overdue_after_freshness_and_grace_and_goes_at_the_maximum_age(world: World) -> None:
    lasting = consumer(ends=timedelta(days=9))
    expected = {69.99: "wait", 70: "overdue", 1439.9: "overdue", 1440: "retire"}
    for minutes, said in expected.items():
        assert receipts.retirement(*_with(world, after(minutes, lasting))) == said


def test_a_long_overlap_puts_both_off(world: World) -> None:
    lasting = consumer(ends=timedelta(days=9))
    long = {"overlap_seconds": 7200, "maximum_age_seconds": 60}
    for minutes, said in {119.9: "wait", 120: "retire"}.items():
        assert receipts.retirement(*_with(world, after(minutes, lasting), **long)) == said
    for minutes, said in {69.9: "wait", 70: "retire"}.items():
        assert receipts.retirement(*_with(world, after(minutes, lasting), maximum_age_seconds=60)) == said
    for minutes, said in {119.9: "wait", 120: "overdue"}.items():
        assert receipts.retirement(*_with(world, after(minutes, lasting), overlap_seconds=7200)) == said


def test_one_whose_binding_ended_is_waited_for_until_what_it_kept_has_ended_too(world: World) -> None:
    ended = consumer(ends=-MINUTE)
    assert receipts.retirement(*_with(world, after(69.9, ended))) == "wait"
    assert receipts.retirement(*_with(world, after(70, ended))) == "retire"


def _with(world: World, at: tuple[Publication, datetime], **changes: Any) -> tuple[Publication, Grant, datetime]:
    return at[0], grant(world, **changes), at[1]
