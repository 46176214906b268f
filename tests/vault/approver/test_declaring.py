"""A file of grants means exactly the readers that stand in it, for exactly the secrets that it names."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.approver import declaring

FILE = b"""\
grants:
  - path: db/orders
    readers:
      - name: workload:orders
        issuer: https://kubernetes.example
        claims: {sub: "system:serviceaccount:shop:orders"}
        instances: 2
  - prefix: db/
    readers: [{name: workload:backup}]
  - prefix: shared
    readers: []
"""


def test_a_secret_has_the_readers_of_all_entries_that_name_it() -> None:
    entries = declaring.read(FILE, "grants.yaml")
    orders = declaring.wanted(entries, "db/orders")
    assert orders is not None
    assert [(one.name, one.instances) for one in orders] == [("workload:backup", 1), ("workload:orders", 2)]
    assert [(one.name, one.value) for one in orders[1].claims] == [("sub", "system:serviceaccount:shop:orders")]
    assert [one.name for one in declaring.wanted(entries, "db/shop") or ()] == ["workload:backup"]
    assert declaring.wanted(entries, "shared/key") == ()


def test_what_no_entry_names_is_left_alone_and_a_prefix_ends_at_a_slash() -> None:
    entries = declaring.read(FILE, "grants.yaml")
    assert declaring.wanted(entries, "dbs/orders") is None
    assert declaring.wanted(entries, "sharedkey") is None
    assert declaring.wanted(entries, "shared") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "one document"),
        ("grants: []", "no grants"),
        ("grant: []", "unknown key"),
        ("grants: [{path: a, prefix: b, readers: []}]", "a path or a prefix"),
        ("grants: [{readers: []}]", "a path or a prefix"),
        ("grants: [{path: a}]", "list of readers"),
        ("grants: [{path: a, readers: [{nam: x}]}]", "did you mean name"),
        ("grants: [{path: a, readers: [{instances: 2}]}]", "a name and a number"),
        ("grants: [{path: a, readers: [{name: x, instances: many}]}]", "a name and a number"),
        ("grants: [{path: a, readers: [{name: x, issuer: https://a.example}]}]", "a claim is"),
        ("a: &a [*a]", "grants.yaml:1"),
    ],
)
def test_what_is_unclear_is_refused_with_the_line(text: str, said: str) -> None:
    with pytest.raises(AskedWronglyError) as refused:
        declaring.read(text.encode(), "grants.yaml")
    assert said in f"{refused.value.detail} {refused.value.hint}"


def test_one_name_means_one_workload() -> None:
    text = "grants: [{path: a, readers: [{name: x}]}, {path: a, readers: [{name: x, instances: 3}]}]"
    with pytest.raises(AskedWronglyError, match="differently who x is"):
        declaring.wanted(declaring.read(text.encode(), "grants.yaml"), "a")


@settings(max_examples=60)
@given(
    st.recursive(st.text(max_size=8), lambda inner: st.lists(inner, max_size=3), max_leaves=8), st.binary(max_size=60)
)
def test_whatever_stands_in_a_file_is_read_or_refused(value: object, octets: bytes) -> None:
    for content in (f"grants: {value}".encode(errors="replace"), octets, b"grants:\n" + octets):
        try:
            entries = declaring.read(content, "grants.yaml")
        except AskedWronglyError:
            continue
        assert entries
