import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.custodian import fences
from wardline.vault.custodian.fences import Drain, Fence, ForeignFenceError, NotReadyError, SupersededError

SECRET = fences.digest("db/orders")
NUMBERS = st.integers(1, 10**18)
DRAINS = st.lists(st.builds(Drain, NUMBERS, st.integers(0, 10**18)), max_size=5).map(tuple)
FENCES = st.builds(
    Fence,
    st.just(SECRET),
    NUMBERS,
    st.text("0123456789abcdef", min_size=16, max_size=16),
    st.sampled_from(["applied", "published", "refused"]),
    DRAINS,
)


def fence(number: int, state: fences.State, *drains: Drain) -> Fence:
    return Fence(SECRET, number, fences.digest(str(number)), state, drains)


@given(FENCES)
@settings(max_examples=60)
def test_a_fence_reads_as_it_was_written(made: Fence) -> None:
    assert fences.read(made.text(), SECRET) == made


@given(st.text(max_size=200))
@settings(max_examples=60)
def test_any_other_text_is_somebody_elses(text: str) -> None:
    if not text:
        assert fences.read(text, SECRET) is None
        return
    with pytest.raises(ForeignFenceError):
        fences.read(text, SECRET)


@pytest.mark.parametrize(
    "text", ["-", fence(1, "applied").text() + "\n", fence(1, "applied").text() + " 1", "x" * 10**6]
)
def test_what_is_nearly_a_fence_is_none(text: str) -> None:
    with pytest.raises(ForeignFenceError):
        fences.read(text, SECRET)


def test_a_later_epoch_is_above_every_number_of_the_one_before() -> None:
    assert fences.order(1, 10**12 - 1) < fences.order(2, 1)
    assert fences.numbers(fences.order(3, 41)) == (3, 41)
    assert (fences.told(fences.order(1, 7)), fences.told(fences.order(2, 7))) == ("7", "2/7")
    for epoch, number in ((1, 0), (1, 10**12), (-1, 1), (2**53, 1)):
        with pytest.raises(AskedWronglyError):
            fences.order(epoch, number)


def test_a_slot_is_chosen_empty_first_then_refused_then_abandoned() -> None:
    assert fences.choose({"blue": fence(1, "published"), "green": None}, 2) == "green"
    assert (
        fences.choose({"blue": fence(3, "applied"), "green": fence(2, "refused"), "red": fence(1, "published")}, 4)
        == "green"
    )
    assert fences.choose({"blue": fence(1, "published"), "green": fence(2, "applied")}, 3) == "green"


def test_the_moment_that_tells_sessions_apart_is_read_after_the_old_version_was_refused() -> None:
    slots = {"blue": fence(1, "published"), "green": fence(2, "published")}
    found = fences.refused(slots, 1)
    assert found == ("blue", fence(1, "refused", Drain(1, 0)))
    slots["blue"] = found[1]
    assert fences.applied(slots, "blue", fence(3, "applied"), at=77).drains == (Drain(1, 77),)


def test_a_slot_is_never_taken_from_a_published_version_but_one_that_nobody_holds() -> None:
    slots = {"blue": fence(1, "published"), "green": None}
    with pytest.raises(NotReadyError):
        fences.cleared(slots, "blue", 2, fences.digest("2"))
    with pytest.raises(NotReadyError):
        fences.applied(slots, "blue", fence(2, "applied"), at=1)
    with pytest.raises(NotReadyError):
        fences.cleared(slots, "blue", 2, fences.digest("2"), unless=frozenset({1}))
    assert fences.cleared(slots, "blue", 9, fences.digest("9"), unless=frozenset({9}))


def test_a_version_does_not_stand_in_two_slots() -> None:
    slots = {"blue": fence(2, "applied"), "green": None}
    with pytest.raises(SupersededError, match="another slot"):
        fences.applied(slots, "green", fence(2, "applied"), at=1)


def test_old_drains_are_forgotten_before_a_fence_grows_without_end() -> None:
    many = tuple(Drain(number, number) for number in range(1, 200))
    slots = {"blue": fence(500, "published", *many), "green": fence(501, "published")}
    found = fences.refused(slots, 500)
    assert found
    assert len(found[1].drains) == fences.MAX_DRAINS
    assert found[1].drains[-1] == Drain(500, 0)
    assert fences.read(found[1].text(), SECRET) == found[1]
