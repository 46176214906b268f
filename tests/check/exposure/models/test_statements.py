import pytest
from tests.check.exposure.models.candidates import candidate

from wardline.check.exposure.models.statements import judge


def test_what_stands_at_the_place_of_a_password_is_one_whatever_it_is_assigned_to():
    assert judge(candidate(b"kT7-wolp-93x", name=b"", before=b"CREATE USER app IDENTIFIED BY '")) is not None


@pytest.mark.parametrize("value", [b"password", b"123456", b"admin", b"${DB_PASSWORD}", b"<password>"])
def test_what_is_only_shown_is_none(value):
    assert judge(candidate(value, name=b"", before=b"mysql -p")) is None
