import pytest

from wardline.check.exposure.models.words import random, wordlike


@pytest.mark.parametrize("value", ["password", "created_at", "SelectedItemChanged", "username"])
def test_words_read_like_words(value):
    assert wordlike(value.encode())
    assert not random(value.encode())


@pytest.mark.parametrize("value", ["Zq3vN8xwP0aL7mRt", "8f1e0c7b2d9a4e6f", "xK9-qQ2zW_v7Tj"])
def test_what_a_machine_draws_does_not(value):
    assert random(value.encode())


@pytest.mark.parametrize("value", ["short1", "123456789012", "aaaaaaaaaaaaaaaa"])
def test_too_little_is_not_random(value):
    assert not random(value.encode())
