"""A value is known again by what scrypt made of it, and by nothing else."""

import hashlib
from base64 import urlsafe_b64decode
from time import process_time

import pytest

from wardline.check import suppressions
from wardline.check.exposure import values
from wardline.check.exposure.values import Known, derive

BASE, SHOWN = "a" * 32, "b" * 32
VALUE, OTHER = b"hunter2-or-so", b"hunter3-or-so"
DERIVED = derive(VALUE, bytes(16))


def test_what_is_written_is_scrypt_of_the_value_as_anybody_would_work_it_out():
    _, parameters, salt, made = DERIVED.split(":")
    assert parameters == "n=1024,r=8,p=1"
    assert urlsafe_b64decode(salt + "==") == bytes(16)
    expected = hashlib.scrypt(VALUE, salt=bytes(16), n=1024, r=8, p=1, dklen=32)
    assert urlsafe_b64decode(made + "=") == expected
    assert suppressions.values(entry(BASE, DERIVED)) == {BASE: (DERIVED,)}


def entry(fingerprint, value):
    return f'[[suppression]]\nfingerprint = "{fingerprint}"\nvalue = "{value}"\n'.encode()


def test_a_value_meets_the_entry_that_was_made_from_it():
    known = Known({BASE: (derive(OTHER, bytes(16)), DERIVED)})
    met = known.met(BASE, BASE, VALUE)
    assert (met.fingerprint, met.key, met.other) == (BASE, f"{BASE} {DERIVED}", False)
    assert known.met(BASE, SHOWN, VALUE).key == f"{BASE} {DERIVED}"


def test_another_value_has_a_fingerprint_of_its_own_that_says_nothing_of_it():
    known = Known({BASE: (DERIVED,)})
    met = known.met(BASE, BASE, OTHER)
    assert (met.key, met.other) == (None, True)
    assert met.fingerprint not in {BASE, SHOWN}
    assert met.fingerprint == known.met(BASE, BASE, b"yet another").fingerprint
    assert known.met(BASE, SHOWN, OTHER).fingerprint == SHOWN


def test_an_entry_without_a_value_is_named_and_one_with_a_value_comes_first():
    assert Known({BASE: ("",)}).met(BASE, BASE, VALUE).key == BASE
    assert Known({BASE: ("", DERIVED)}).met(BASE, BASE, VALUE).key == f"{BASE} {DERIVED}"


def test_without_entries_nothing_is_worked_out():
    started = process_time()
    for number in range(200):
        assert Known({}).met(BASE, BASE, b"%d" % number) == values.Met(BASE)
    assert process_time() - started < 0.1


def test_one_value_is_worked_out_once_and_twenty_cost_less_than_a_tenth_of_a_second():
    known = Known({BASE: (DERIVED,), SHOWN: (DERIVED,)})
    started = process_time()
    for number in range(20):
        assert known.met(BASE, BASE, b"%d" % number).other
    first = process_time() - started
    assert first < 0.25  # 0.05 measured on a quiet machine
    started = process_time()
    for _ in range(100):
        known.met(BASE, BASE, b"7")
    assert process_time() - started < first


def test_no_more_is_worked_out_than_can_be_borne_and_what_was_not_stays_found(monkeypatch):
    monkeypatch.setattr(values, "MAX_COST", 3 * values.COST)
    known = Known({BASE: (DERIVED,)})
    for number in range(3):
        known.met(BASE, BASE, b"%d" % number)
    met = known.met(BASE, BASE, VALUE)
    assert (met.key, met.other) == (None, True)


@pytest.mark.parametrize("asked", ["base", "shown", "of another"])
def test_what_is_wanted_is_derived_and_the_same_for_the_same_value(asked):
    another = Known({BASE: (DERIVED,)}).met(BASE, BASE, OTHER).fingerprint
    wanted = {"base": BASE, "shown": SHOWN, "of another": another}[asked]
    known = Known({}, wanted=wanted)
    key = known.met(BASE, SHOWN, VALUE).key
    assert key == known.met(BASE, SHOWN, VALUE).key
    fingerprint, _, made = key.partition(" ")
    assert Known({fingerprint: (made,)}).met(BASE, SHOWN, VALUE).key == key
    assert Known({}, wanted=wanted).met(BASE, SHOWN, VALUE).key != key  # a new salt each time
    assert known.met("c" * 32, "d" * 32, VALUE).key is None


def test_what_is_wanted_and_there_already_is_kept():
    assert Known({BASE: (DERIVED,)}, wanted=SHOWN).met(BASE, SHOWN, VALUE).key == f"{BASE} {DERIVED}"


@pytest.mark.parametrize(
    "value",
    ["scrypt:n=1048576,r=8,p=1", "scrypt:n=1024,r=99,p=1", "x", "scrypt:n=1024,r=8,p=1:" + "A" * 22 + ":" + "A" * 42],
)
def test_what_would_cost_too_much_or_is_none_is_not_held_against_anything(value):
    assert suppressions.values(entry(BASE, value)) == {}


def test_no_file_is_too_strange_to_read_values_from():
    for data in (b"", b"\xff", b"suppression = 3", b"suppression = [3]", b"[[suppression]]\nfingerprint = 3"):
        assert suppressions.values(data) == {}
    many = b"".join(entry(BASE, derive(b"", bytes([number] * 16))) for number in range(20))
    assert len(suppressions.values(many)[BASE]) == suppressions.MAX_VALUES
