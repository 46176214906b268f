"""Identifiers say what they name, sort by age, and are never two the same."""

from datetime import UTC, datetime, timedelta

import pytest

from wardline.kernel import ids
from wardline.kernel.errors import AskedWronglyError

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("kind", sorted(ids.KINDS))
def test_an_identifier_names_its_kind(kind: str) -> None:
    made = ids.new(kind, AT)
    assert made.startswith(f"{kind}-")
    assert ids.kind(made) == kind


def test_identifiers_sort_by_the_time_they_were_made() -> None:
    made = [ids.new("fnd", AT + timedelta(milliseconds=5 * step)) for step in range(200)]
    assert made == sorted(made)


def test_a_thousand_identifiers_of_one_moment_differ() -> None:
    assert len({ids.new("evt", AT) for _ in range(1000)}) == 1000


def test_a_kind_that_is_not_listed_is_no_kind() -> None:
    with pytest.raises(KeyError):
        ids.new("xyz", AT)


GOOD = "fnd-01kb2q6vj8e7y9r3m5t0c4w6xz"


@pytest.mark.parametrize(
    "text",
    ["", "fnd", "fnd-", "fnd-1", f"xyz{GOOD[3:]}", "fnd-" + "u" * 26, "fnd-8" + "0" * 25, GOOD + " ", GOOD.upper()],
)
def test_what_was_never_made_is_refused(text: str) -> None:
    with pytest.raises(AskedWronglyError, match="no identifier"):
        ids.kind(text)
