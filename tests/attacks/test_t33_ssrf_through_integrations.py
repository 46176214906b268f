"""T-33: the server is made to talk to its own network: by a team's settings, a webhook, a redirect, a name."""

import socket
from pathlib import Path

import pytest
from tests.conftest import Clock
from tests.findings.waivers.world import OneTurn

from wardline.kernel.database.engine import Database
from wardline.kernel.identity.model import Principal, granted
from wardline.kernel.notices import outbox
from wardline.kernel.notices.model import Recipient
from wardline.kernel.notices.service import Notices
from wardline.kernel.paging import Page
from wardline.kernel.settings import Settings

METADATA = "http://169.254.169.254/latest/meta-data/"
ADMIN = Principal("person", "acc-admin", "Admin", granted(frozenset({"admin"})))


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every address that is looked up or connected to; nothing is reached."""
    seen: list[object] = []

    def look(host: str, *_: object, **__: object) -> list[object]:
        seen.append(host)
        address = {
            "rebound.example": "10.0.0.7",
            "hooks.example": "93.184.215.14",
            "0": "127.0.0.1",
            "2130706433": "127.0.0.1",
        }.get(host, host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]

    def connect(address: object, *_: object, **__: object) -> None:
        seen.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look)
    monkeypatch.setattr(socket, "create_connection", connect)
    return seen


def sent(lite: Database, clock: Clock, tmp_path: Path, webhooks: str, slack: str) -> tuple[str, str]:
    file = tmp_path / "webhooks"
    file.write_text(webhooks)
    notices = Notices(lite, clock, Settings(tmp_path, slack_webhook_file=file))
    with lite.transaction() as tx:
        team = Recipient("tea-1", "Orders", None, slack)
        outbox.post(tx, at=clock(), kind="t", to=team, subject="s", text="t", link="", dedupe="d")
    (duty,) = notices.duties()
    duty.run(OneTurn(lite, clock))
    (one,) = notices.list(ADMIN, Page()).rows
    return one.deliveries[0].state, one.deliveries[0].said


@pytest.mark.parametrize("slack", [METADATA, "https://127.0.0.1/", "file:///etc/passwd", "#x https://evil.example/"])
def test_what_a_team_calls_its_channel_is_never_an_address(
    lite: Database, clock: Clock, tmp_path: Path, connected: list[object], slack: str
) -> None:
    state, _said = sent(lite, clock, tmp_path, "https://hooks.example/services/x\n", slack)
    assert connected == ["hooks.example", ("93.184.215.14", 443)]
    assert state == "waiting"


@pytest.mark.parametrize(
    "address",
    [
        METADATA, "https://169.254.169.254/", "https://127.0.0.1/", "https://rebound.example/", "https://[::1]/",
        "https://hooks.example@10.0.0.1/", "https://hooks.example:6379/", "gopher://hooks.example/", "https://0/",
        "https://2130706433/",
    ],
)  # fmt: skip
def test_a_webhook_into_our_own_network_is_not_called(
    lite: Database, clock: Clock, tmp_path: Path, connected: list[object], address: str
) -> None:
    state, said = sent(lite, clock, tmp_path, f"{address}\n", "")
    assert state == "waiting"
    assert not any(isinstance(one, tuple) for one in connected), said


def test_who_tries_a_channel_names_no_server(
    lite: Database, clock: Clock, tmp_path: Path, connected: list[object]
) -> None:
    from wardline.kernel.errors import WardlineError

    notices = Notices(lite, clock, Settings(tmp_path, smtp="smtp://mail.example", mail_from="w@example.org"))
    for channel, address in (("slack", METADATA), ("email", "ada@[127.0.0.1]"), ("email", METADATA)):
        with pytest.raises(WardlineError):
            notices.test(ADMIN, channel, address)
    assert connected == []


def test_an_error_never_shows_the_webhook(
    lite: Database, clock: Clock, tmp_path: Path, connected: list[object]
) -> None:
    _state, said = sent(lite, clock, tmp_path, "https://hooks.example/services/T0/B0/very-private\n", "")
    assert "hooks.example" in said
    assert "very-private" not in said
    assert "services" not in said
