"""Who the command line is: tokens of the environment, of the CI, of a sign-in; nothing that others wrote."""

import pytest

from wardline.cli.remote import credentials
from wardline.kernel.errors import AskedWronglyError, UnauthenticatedError

URL = "https://wardline.example"
TOKEN = "wl_0123456789"


@pytest.fixture(autouse=True)
def nobody(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in ("WARDLINE_TOKEN", "WARDLINE_TOKEN_FILE", "WARDLINE_ID_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL"):
        monkeypatch.delenv(name, raising=False)


def test_without_any_token_the_way_out_is_said() -> None:
    with pytest.raises(UnauthenticatedError) as caught:
        credentials.found(URL)
    assert "sign-in" in caught.value.hint


def test_the_order_is_token_file_id_token_and_sign_in(monkeypatch, tmp_path) -> None:
    credentials.keep(URL, "kept-token")
    assert credentials.found(URL) == "kept-token"
    monkeypatch.setenv("WARDLINE_ID_TOKEN", "id-token-of-gitlab")
    assert credentials.found(URL) == "id-token-of-gitlab"
    (tmp_path / "file").write_text(f"{TOKEN}file\n")
    monkeypatch.setenv("WARDLINE_TOKEN_FILE", str(tmp_path / "file"))
    assert credentials.found(URL) == f"{TOKEN}file"
    monkeypatch.setenv("WARDLINE_TOKEN", TOKEN)
    assert credentials.found(URL) == TOKEN


def test_a_sign_in_is_kept_for_its_server_and_this_user_alone() -> None:
    credentials.keep(URL, TOKEN)
    credentials.keep("https://other.example", "another-token")
    assert credentials.file().stat().st_mode & 0o777 == 0o600
    assert credentials.kept() == {URL: TOKEN, "https://other.example": "another-token"}
    credentials.keep(URL, None)
    assert credentials.kept() == {"https://other.example": "another-token"}


def test_a_file_that_others_can_read_is_not_believed() -> None:
    credentials.keep(URL, TOKEN)
    credentials.file().chmod(0o644)
    with pytest.raises(AskedWronglyError, match="read by others"):
        credentials.found(URL)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"a": 1}'])
def test_a_file_that_is_damaged_is_no_sign_in(content) -> None:
    credentials.file().parent.mkdir(parents=True)
    credentials.file().write_text(content)
    credentials.file().chmod(0o600)
    with pytest.raises((AskedWronglyError, UnauthenticatedError)):
        credentials.found(URL)


@pytest.mark.parametrize("token", ["short", "two words here", "x" * 20_000, "tab\there-is"])
def test_what_is_no_token_is_not_sent(monkeypatch, token) -> None:
    monkeypatch.setenv("WARDLINE_TOKEN", token)
    with pytest.raises(AskedWronglyError) as caught:
        credentials.found(URL)
    assert token not in caught.value.detail
