import pytest
from tests.check.exposure.models.candidates import candidate

from wardline.check.exposure.models.settings import judge

VALUE = b"kT7wolp93xQ"


@pytest.mark.parametrize("path", ["a.yaml", "conf/app.properties", ".env", "x/.env.local", "Dockerfile", "run.sh", ""])
def test_a_line_of_a_settings_file_sets_a_password(path):
    assert judge(candidate(VALUE, path=path)) is not None


@pytest.mark.parametrize("path", ["a.py", "src/main.go", "x/App.java", "a.rs"])
def test_in_code_it_is_a_name(path):
    assert judge(candidate(VALUE, path=path)) is None


@pytest.mark.parametrize("value", [b"get_password()", b"config.db.password", b"a[0]", b"x||y"])
def test_an_expression_is_none(value):
    assert judge(candidate(value)) is None
