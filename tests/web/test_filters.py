from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from wardline.findings.model import OPEN, STATES
from wardline.web import filters
from wardline.web.filters import Filter

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def back(address: str) -> Filter:
    return filters.read(QueryParams(address.partition("?")[2]))


def test_an_address_says_all_of_a_filter_and_nothing_that_is_the_default():
    assert Filter().address() == "/findings"
    chosen = Filter(q="log4j & co", severity=("critical", "high"), due="overdue", sort="seen")
    assert back(chosen.address()) == chosen
    assert "state" not in chosen.address()
    assert Filter().address("/findings.csv", after="x", rows=None) == "/findings.csv?after=x"


@settings(max_examples=50)
@given(
    st.builds(
        Filter,
        q=st.text("abc& =?#<>é", max_size=9).map(str.strip),
        severity=st.lists(st.sampled_from(filters.SHOWN_SEVERITIES), unique=True).map(
            lambda some: tuple(one for one in ("critical", "high", "medium", "low", "info", "unknown") if one in some)
        ),
        practice=st.sampled_from([(), ("code",), ("dependencies", "exposure")]),
        due=st.sampled_from(["", "overdue", "7"]),
        state=st.sampled_from([(), ("owned", "fixed"), ("any",)]),
        service=st.sampled_from([(), ("svc-1", "svc-2")]),
        team=st.sampled_from([(), ("tea-1",)]),
        owner=st.sampled_from(["", "me", "acc-1"]),
        waived=st.sampled_from(["", "yes", "no"]),
        exploited=st.sampled_from(["", "yes"]),
        sort=st.sampled_from([name for name, _ in filters.SORTS]),
    )
)
def test_whatever_is_chosen_is_read_back(chosen):
    assert back(chosen.address()) == chosen


def test_what_the_form_does_not_offer_is_left_out():
    read = filters.read(
        QueryParams("severity=awful&practice=x&state=backlog&due=99&waived=maybe&sort=rows&exploited=1")
    )
    assert read == Filter()


def test_a_filter_asks_for_open_findings_unless_it_says_otherwise():
    assert filters.query(Filter(), me="acc-1", now=NOW).states == OPEN
    assert filters.query(Filter(state=("any",)), me="acc-1", now=NOW).states == frozenset(STATES)
    assert filters.query(Filter(state=("fixed",)), me="acc-1", now=NOW).states == {"fixed"}


def test_due_and_mine_are_seen_from_who_asks_now():
    asked = filters.query(Filter(owner="me", due="7", waived="no", exploited="yes"), me="acc-1", now=NOW)
    assert asked.owner == "acc-1"
    assert asked.due_before == NOW + timedelta(days=7)
    assert asked.overdue is None
    assert asked.waived is False
    assert asked.exploited is True
    assert filters.query(Filter(due="overdue"), me="acc-1", now=NOW).overdue is True


def test_each_part_can_be_taken_away():
    chosen = Filter(q="x", severity=("critical", "high"), team=("tea-1",))
    chips = chosen.chips({"tea-1": "Checkout"})
    assert [words for words, _ in chips] == ["text \N{LEFT DOUBLE QUOTATION MARK}x\N{RIGHT DOUBLE QUOTATION MARK}",
                                             "critical", "high", "team Checkout"]  # fmt: skip
    assert back(dict(chips)["high"]) == chosen._replace(severity=("critical",))
    assert back(dict(chips)["team Checkout"]) == chosen._replace(team=())
    assert Filter(sort="seen").empty
    assert not chosen.empty
