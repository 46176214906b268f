import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline.check.answers import packed, unpacked
from wardline.check.examination import Examined
from wardline.findings.inventory import Component, Inventory
from wardline.findings.report import Coverage, Finding, Gap, Report
from wardline.kernel.errors import AskedWronglyError, CannotSayError, WardlineError

FINDING = Finding(
    fingerprint="0" * 32, practice="dependencies", rule="r", title="t", severity="low", confidence="high", message="m",
    file="f",
)  # fmt: skip
GAP = Gap(practice="code", scope=".", reason="r", remedy="m", units=2)
REPORT = Report(findings=(FINDING,), gaps=(GAP,), coverage={"code": Coverage(in_scope=2, gaps=2)}, notes=("n",))
COMPONENT = Component("PyPI", "a", "1", "pkg:pypi/a@1", "f", 3, ("dev",), True, (("a@1",),))
INVENTORY = Inventory(components=[COMPONENT], needs={0: [0]}, gaps=(GAP,))


@pytest.mark.parametrize("inventory", [None, INVENTORY])
def test_what_is_packed_is_unpacked(inventory) -> None:
    examined = Examined(report=REPORT, inventory=inventory, revision="abc")
    assert unpacked(packed(lambda: examined)) == examined


@pytest.mark.parametrize("kind", [AskedWronglyError, CannotSayError])
def test_an_error_keeps_its_kind_its_words_and_its_way_out(kind) -> None:
    def work():
        raise kind("what", hint="how")

    with pytest.raises(kind) as caught:
        unpacked(packed(work))
    assert (caught.value.detail, caught.value.hint) == ("what", "how")


@given(st.binary(max_size=200))
def test_any_other_bytes_are_no_answer(said: bytes) -> None:
    with pytest.raises(WardlineError):
        unpacked(said)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_other_document_is_no_answer(document) -> None:
    with pytest.raises(WardlineError):
        unpacked(json.dumps(document).encode())


def test_every_part_of_another_type_is_no_answer() -> None:
    document = orjson.loads(packed(lambda: Examined(report=REPORT, inventory=INVENTORY, revision="abc")))
    for key in ("report", "inventory"):
        for wrong in (1, "x", [], {}, [[]], {"rows": 1}):
            with pytest.raises(WardlineError):
                unpacked(orjson.dumps({**document, key: wrong}))
