"""Settings: a file, then the environment, then the command line; nothing unknown is passed over."""

from pathlib import Path

import pytest

from wardline.kernel import settings
from wardline.kernel.errors import AskedWronglyError


def test_without_a_word_everything_is_in_the_state_folder(tmp_path: Path) -> None:
    made = settings.load(tmp_path, {})
    assert made.database == f"sqlite:///{tmp_path}/wardline.db"
    assert made.base_url == "http://127.0.0.1:0"


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "wardline.toml").write_text(
        'port = 1\nhost = "0.0.0.0"\nnode = "file"\nci_issuers = ["https://a.example"]'
    )
    made = settings.load(tmp_path, {"WARDLINE_PORT": "2", "WARDLINE_HOST": "::1"}, port=3, host=None)
    assert (made.port, made.host, made.node) == (3, "::1", "file")
    assert made.ci_issuers == ("https://a.example",)
    assert made.base_url == "http://[::1]:3"


def test_lists_and_paths_are_read_from_the_environment(tmp_path: Path) -> None:
    made = settings.load(tmp_path, {"WARDLINE_TRUSTED_PROXIES": "10.0.0.1, 10.0.0.2", "WARDLINE_POLICY": "/p.toml"})
    assert made.trusted_proxies == ("10.0.0.1", "10.0.0.2")
    assert made.policy == Path("/p.toml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 1", "did you mean port"),
        ("zzz = 1", "there are: "),
        ('port = "1"', "port cannot be"),
        ("port = true", "port cannot be"),
        ("port = 70000", "port cannot be"),
        ("ci_issuers = [1]", "no list of texts"),
        ('url = "wardline.example"', "url cannot be"),
        ("max_report_bytes = 0", "positive"),
        ("port =", "wardline.toml:1"),
    ],
)
def test_what_cannot_be_obeyed_is_said_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "wardline.toml").write_text(text)
    with pytest.raises(AskedWronglyError) as raised:
        settings.load(tmp_path, {})
    assert said in raised.value.detail + raised.value.hint


def test_the_state_folder_is_named_or_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WARDLINE_STATE", str(tmp_path))
    assert settings.state_folder() == tmp_path
    monkeypatch.delenv("WARDLINE_STATE")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "x"))
    assert settings.state_folder() == tmp_path / "x" / "wardline"
