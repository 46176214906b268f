import re

import pytest

from wardline.catalog.sources import service_file
from wardline.catalog.sources.service_file import CONTACTS, KEYS, ServiceFile, parse
from wardline.kernel.errors import AskedWronglyError


def test_the_example_of_the_documentation_says_what_it_should() -> None:
    shown = re.search(r"\n\n(    name:.*?)\n\n", service_file.__doc__ or "", re.DOTALL)
    assert shown is not None
    assert parse(re.sub(r"(?m)^    ", "", shown[1]).encode()) == ServiceFile(
        name="Payments",
        team="payments",
        tier=1,
        tier_argument="Every order passes through here.",
        exposed=True,
        data=("payment", "personal"),
        environments=("production",),
        depends_on=("ledger",),
        repository="https://git.example/shop/payments",
        description="Takes the money.",
        contacts=(("email", "payments@shop.example"), ("slack", "#payments")),
    )


def test_every_key_may_be_left_out() -> None:
    assert parse(b"{}") == ServiceFile()


@pytest.mark.parametrize("key", KEYS)
def test_an_unknown_key_names_the_line_and_the_nearest_key(key: str) -> None:
    wrong = key[:-1] + "x" + key[-1]
    with pytest.raises(AskedWronglyError) as raised:
        parse(f"# comment\nname: x\n{wrong}: y\n".encode())
    assert raised.value.detail == f"security/service.yaml:3: unknown key {wrong!r}"
    assert raised.value.hint == f"did you mean {key}?"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"tier: 2\n", ":1: a tier is claimed with an argument"),
        (b"tier: {claimed: 2}\n", ":1: a tier is 1, 2, 3 or 4"),
        (b"tier:\n  claimed: 5\n  argument: x\n", "a tier is 1, 2, 3 or 4"),
        (b"tier:\n  claimd: 5\n", ":2: unknown key 'claimd'"),
        (b"name: x\nexposed: maybe\n", ":2: here stands true or false"),
        (b"data: [secret]\n", ":1: there is no class of data 'secret'"),
        (b"contacts: {fax: x}\n", ":1: unknown key 'fax'"),
        (b"contacts: x\n", ":1: here stand keys with values"),
        (b"name: [a]\n", ":1: here stands a text"),
        (b"- a\n", ":1: here stand keys with values"),
        (b"a\n---\nb\n", ":3: one document"),
        (b"", ":1: one document"),
        (b"name: " + b"x" * 201, ":1: here stands a text of up to 200"),
        (b"depends_on: [" + b"a," * 201 + b"]", "up to 200 texts"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_wrong_is_said_with_its_line(content: bytes, said: str) -> None:
    with pytest.raises(AskedWronglyError) as raised:
        parse(content)
    assert said in raised.value.detail


def test_a_text_alone_is_a_list_of_one_and_contacts_are_known() -> None:
    assert parse(b"data: payment\nenvironments: prod\n").data == ("payment",)
    assert list(CONTACTS) == sorted(CONTACTS)
    assert list(KEYS) == sorted(KEYS)
