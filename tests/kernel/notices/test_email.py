"""Mails as they are made: their headers, their two bodies, and that nobody writes into them."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline.kernel.notices.email import Email, MailError, Server, made, server
from wardline.kernel.notices.model import Message, Off, Refused, Row, Section
from wardline.kernel.settings import Settings

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FROM = "wardline@example.org"
URL = "https://wardline.example"
HEADERS = {
    "subject", "from", "to", "date", "message-id", "list-id", "auto-submitted", "x-auto-response-suppress",
    "mime-version", "content-type",
}  # fmt: skip


def message(subject: str = "It burns", text: str = "Put it out.", name: str = "Ada", **parts: object) -> Message:
    rows = (Row("A key in the log", "Orders: app.py:3", "yours to repair", "3 hours left", "critical"),)
    made = Message("key", "ada@example.org", name, NOW, (Section(subject, text, f"{URL}/", rows, 2),))
    return made._replace(**parts)


def parsed(mail: EmailMessage) -> EmailMessage:
    found = message_from_bytes(mail.as_bytes(policy=SMTP), policy=default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_mail_says_who_wrote_it_and_that_it_was_a_machine() -> None:
    mail = parsed(made(message(), FROM, URL))
    assert mail["Subject"] == "[Wardline] It burns"
    assert mail["From"] == "Wardline <wardline@example.org>"
    assert mail["To"] == "Ada <ada@example.org>"
    assert mail["List-Id"] == "Wardline notices <notices.wardline.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOW
    assert {name.lower() for name in mail.keys()} == HEADERS  # noqa: SIM118 - a mail is no dictionary


def test_it_has_two_bodies_that_say_the_same() -> None:
    mail = parsed(made(message(), FROM, URL))
    assert mail.get_content_type() == "multipart/alternative"
    text, html = (part.get_content() for part in mail.iter_parts())
    for said in ("It burns", "Put it out.", "A key in the log", "Orders: app.py:3", "3 hours left", f"{URL}/"):
        assert said in text
        assert said in html
    assert max(map(len, text.splitlines())) <= 72


def test_the_same_message_has_the_same_id_and_another_has_another() -> None:
    first, again = made(message(), FROM, URL), made(message("later"), FROM, URL)
    assert first["Message-ID"] == again["Message-ID"]
    assert made(message(key="other"), FROM, URL)["Message-ID"] != first["Message-ID"]
    assert made(message(address="bo@example.org"), FROM, URL)["Message-ID"] != first["Message-ID"]


@given(subject=st.text(max_size=300), name=st.text(max_size=100), text=st.text(max_size=300))
def test_nothing_written_by_strangers_becomes_a_header(subject: str, name: str, text: str) -> None:
    mail = parsed(made(message(subject, text, name), FROM, URL))
    assert {header.lower() for header in mail.keys()} == HEADERS  # noqa: SIM118 - a mail is no dictionary
    assert len(mail["To"].addresses) == 1
    assert mail["To"].addresses[0].addr_spec == "ada@example.org"
    raw = made(message(subject, text, name), FROM, URL).as_bytes(policy=SMTP)
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))  # RFC 5322 §2.1.1


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org\r\nBcc: all@example.org", "ada@example.org, all@example.org", "ada", "@", "a@", "@b",
        "ada@example.org>", '"a b"@example.org', "ada(all)@example.org", "a@b@c", "ädä@example.org",
        "a" * 300 + "@b.org",        "", "a@b.org\x00", "<ada@example.org>",
    ],
)  # fmt: skip
def test_an_address_is_one_address(address: str) -> None:
    with pytest.raises(MailError):
        made(message(address=address), FROM, URL)


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_an_error_of_ours(address: str) -> None:
    try:
        mail = parsed(made(message(address=address), FROM, URL))
    except MailError:
        return
    assert [one.addr_spec for one in mail["To"].addresses] == [address]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("smtp://mail.example", Server("mail.example", 587, secure=False)),
        ("smtps://mail.example", Server("mail.example", 465, secure=True)),
        ("smtp://mail.example:25/", Server("mail.example", 25, secure=False)),
    ],
)
def test_a_server_is_named_by_its_address(address: str, expected: Server) -> None:
    assert server(address) == expected


@pytest.mark.parametrize(
    "address", ["mail.example", "http://x", "smtp://", "smtp://u:p@x", "smtp://x:y", "smtp://x/?q"]
)
def test_another_address_is_refused_without_being_shown(address: str) -> None:
    with pytest.raises(MailError) as caught:
        server(address)
    assert "u:p" not in caught.value.detail


def test_a_channel_that_is_not_set_up_says_why(tmp_path: Path) -> None:
    assert Email(Settings(tmp_path)).off() == "smtp is not set"
    assert "no address of e-mail" in Email(Settings(tmp_path, smtp="smtp://x")).off()
    assert isinstance(Email(Settings(tmp_path)).send(message()), Off)


def test_a_mail_that_cannot_be_made_is_parked(tmp_path: Path) -> None:
    channel = Email(Settings(tmp_path, smtp="smtp://127.0.0.1:1", mail_from=FROM))
    assert isinstance(channel.send(message(address="nobody")), Refused)
