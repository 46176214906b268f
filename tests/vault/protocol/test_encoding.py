"""Canonical bytes: one meaning, one spelling (how hostile ones fare stands in tests/attacks/test_t63…)."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.vault.protocol.documents import AT, EXAMPLES

from wardline.kernel.ledger.encoding import canonical as rfc_8785
from wardline.vault.protocol import encoding
from wardline.vault.protocol.encoding import b64, canonical, packed, read, unb64, whole_milliseconds
from wardline.vault.protocol.errors import MalformedError
from wardline.vault.protocol.model.grant import Grant, Revocation


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "put"])
def test_what_is_written_is_what_the_houses_own_rfc_8785_writes(name: str) -> None:
    members = encoding.as_json(type(EXAMPLES[name]), EXAMPLES[name])
    assert canonical(EXAMPLES[name]).decode() == rfc_8785(members)


def test_base64url_has_one_spelling() -> None:
    assert unb64(b64(b"\x00\xff\xfe")) == b"\x00\xff\xfe"
    for text in ("A", "AB", "AA==", "A+", "A/", "AAA A", "é"):
        with pytest.raises(ValueError, match="base64url"):
            unb64(text)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("path", "../etc"),
        ("path", "a//b"),
        ("path", "/a"),
        ("path", "a/./b"),
        ("path", "a" * 201),
        ("requester", "Ada"),
        ("requester", "а"),  # noqa: RUF001 - Cyrillic, on purpose
        ("version", 0),
        ("version", True),
        ("version", 2**53),
        ("previous", bytes(31)),
        ("issued", datetime(2026, 3, 2)),  # noqa: DTZ001 - no zone, on purpose
        ("issued", datetime(2026, 3, 2, 0, 0, 0, 1, tzinfo=UTC)),
        ("readers", []),
        ("strategy", "none\n"),
    ],
)
def test_a_value_that_no_reader_would_take_is_not_written(member: str, value: object) -> None:
    with pytest.raises(ValueError, match=member):
        canonical(replace(EXAMPLES["grant"], **{member: value}))


def test_a_list_stands_in_order_and_holds_nothing_twice() -> None:
    grant: Grant = EXAMPLES["grant"]
    for settings in (grant.settings[::-1], grant.settings[:1] * 2):
        with pytest.raises(ValueError, match="ascending"):
            canonical(replace(grant, settings=settings))


def test_a_time_is_written_in_utc_whatever_its_zone() -> None:
    revocation: Revocation = EXAMPLES["revocation"]
    there = replace(revocation, issued=AT.astimezone(timezone(timedelta(hours=5))))
    assert canonical(there) == canonical(revocation)
    assert whole_milliseconds(AT + timedelta(microseconds=999)) == AT


@pytest.mark.parametrize("text", ["2026-02-30T00:00:00.000Z", "2026-03-02T24:30:00.000Z", "2026-03-02T09:00:60.000Z"])
def test_a_time_that_is_none_is_refused(text: str) -> None:
    content = canonical(EXAMPLES["revocation"]).replace(b"2026-03-02T09:00:00.123Z", text.encode())
    with pytest.raises(MalformedError):
        read(Revocation, content, "a revocation")


def test_an_error_names_the_member_and_its_way_and_never_the_value() -> None:
    content = canonical(EXAMPLES["grant"]).replace(b'"port":5432', b'"port":"hunter2"', 1)
    with pytest.raises(MalformedError, match=r"targets\.?.*port must be") as caught:
        read(Grant, content, "a grant")
    assert "hunter2" not in caught.value.detail


def test_parts_are_packed_so_that_nothing_else_reads_alike() -> None:
    assert packed("a", [b"b", b"cd"]) == b"a\x00" + bytes(7) + b"\x01b" + bytes(7) + b"\x02cd"
    seen = {packed("d", parts) for parts in ([b"ab", b"c"], [b"a", b"bc"], [b"abc"], [b"abc", b""], [])}
    assert len(seen) == 5


def test_another_class_is_not_written_in_a_documents_place() -> None:
    @dataclass(frozen=True)
    class Impostor(Grant):
        pass

    grant = EXAMPLES["grant"]
    with pytest.raises(ValueError, match="must be a Grant"):
        encoding.as_json(Grant, Impostor(**{one: getattr(grant, one) for one in Grant.__slots__}))
