"""What a name, a value and a place make of each other."""

import pytest

from wardline.check.exposure.model import Candidate
from wardline.check.exposure.models.passwords import judge


def judged(name, value, path="src/app.py", before=b'x = "'):
    return judge(Candidate(value.encode(), name.encode(), before, b'"', path))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("db_password", "tR7-kwolp"),
        ("PASSWORD", "izayoi12"),
        ("clientSecret", "8f1e0c7b2d9a4e6f8f1e0c7b2d9a4e60"[::-1]),
        ("api_key", "Zq3vN8xwP0aL7mRt"),
        ("dbPass", "kwolp-7"),
    ],
)
def test_a_value_that_is_written_out_is_found(name, value):
    assert judged(name, value) in {"medium", "high", "low"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("password", "${DB_PASSWORD}"),
        ("password", "password"),
        ("password", "Please enter it twice"),
        ("password_field", "tR7-kwolp"),
        ("label_password", "tR7-kwolp"),
        ("password", "$2b$12$abcdefghijklmnopqrstuv"),
        ("password", "********"),
        ("password", "/run/secrets/db"),
        ("password", "process.env.PASSWORD"),
        ("bypass", "tR7-kwolp"),
        ("token", "bearer_token_name"),
        ("token", "short"),
        ("sort_key", "created_at"),
        ("public_key", "Zq3vN8xwP0aL7mRt"),
        ("resetPassword", "ResetPassword"),
        ("secret", "mongo.secret.name"),
    ],
)
def test_a_value_that_is_none_is_left_alone(name, value):
    assert judged(name, value) is None


def test_what_stands_in_tests_is_said_with_low_confidence():
    assert judged("password", "Zq3vN8xwP0aL7mRt") == "high"
    assert judged("password", "Zq3vN8xwP0aL7mRt", path="tests/test_app.py") == "low"


def test_a_default_that_everybody_knows_counts_in_settings_only():
    assert judged("MYSQL_ROOT_PASSWORD", "root", path="deploy/compose.yml", before=b"MYSQL_ROOT_PASSWORD: ") == "low"
    assert judged("MYSQL_ROOT_PASSWORD", "root", path="tests/compose.yml", before=b"MYSQL_ROOT_PASSWORD: ") is None


def test_translations_hold_words_and_no_passwords():
    assert judged("NEW_PASSWORD", "nyt-kodeord", path="assets/i18n/da.json") is None


def test_an_answer_of_a_ternary_is_no_value():
    assert judged("pass", "failed-12", before=b'ok ? "pass" : "') is None
